"""Cases (我的办件): the list with its filters, and one case with everything about it and what is asked."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import roles_of
from api.accounts.permissions import Action
from api.cases.find import CaseFilter, get_case, list_cases
from api.cases.relation import relation_to
from api.cases.states import STATES, State
from api.cases.transitions import actions_from
from api.db.tables import Case
from api.errors import ForbiddenError
from api.pages.moments import moment_text
from api.pages.my import case_shown
from api.pages.my.asked import ACTIONS, asks_of
from api.pages.my.form_page import drawing_of
from api.pages.my.form_papers import KINDS as PAPER_KINDS
from api.pages.page import Page, PageContext
from api.pages.route_map import with_map_policy
from api.supervision.ratings import GRADES_EN, GRADES_ZH

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE: Final = 30
Which = Literal["open", "asked", "permit", "ended", "all"]
_MOST_ASKED: Final = 200
_PERMIT: Final = (State.ISSUED, State.CHANGING)
_OPEN: Final = tuple(state for state, facts in STATES.items() if not facts.final and state not in _PERMIT)
_ENDED: Final = tuple(state for state, facts in STATES.items() if facts.final)
FILTERS: Final[dict[Which, tuple[State, ...]]] = {
    "open": _OPEN,
    "asked": _OPEN,
    "permit": _PERMIT,
    "ended": _ENDED,
    "all": (),
}
_OWN_ACTIONS: Final = (*ACTIONS.values(), Action.WITHDRAW, Action.REQUEST_CHANGE)
DONE: Final = frozenset({"submit", "rated", *(action.value for action in _OWN_ACTIONS)})
Said = Mapping[str, Any]
NOTHING: Final[Said] = MappingProxyType({})


@router.get("/my/cases")
def cases_page(
    page: Page,
    which: Which = "open",
    q: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The firm's cases, the newest first."""
    refuse_others(page)
    wanted = CaseFilter(states=FILTERS[which], text=q or None)
    if which == "asked":
        found, _ = list_cases(page.work, wanted, limit=_MOST_ASKED, offset=0)
        rows = [row for row in (case_row(page, case) for case in found) if row["asks"]]
        total = len(rows)
    else:
        found, total = list_cases(page.work, wanted, limit=PAGE, offset=offset)
        rows = [case_row(page, case) for case in found]
    words = {"cases": rows, "total": total, "which": which, "filters": tuple(FILTERS), "q": q}
    return page.render("my_cases.html.j2", words | {"offset": offset, "step": PAGE})


@router.get("/my/cases/{case_id}")
def case_page(page: Page, case_id: uuid.UUID, done: str = "") -> Response:
    """One case."""
    refuse_others(page)
    return show_case(page, get_case(page.work, case_id), done=done if done in DONE else "")


def refuse_others(page: PageContext) -> None:
    """These pages are a firm's own; offices have theirs."""
    if page.work.actor.account_id is not None and page.work.actor.carrier_id is None:
        raise ForbiddenError("这是承运企业的页面", "this page is for carriers")


def case_row(page: PageContext, case: Case) -> dict[str, Any]:
    """A case in a list."""
    trip = case.form["trip"]
    return {
        "id": case.id,
        "number": case.number,
        "cargo": case.form["cargo"]["name"],
        "origin": trip["origin"]["name"],
        "destination": trip["destination"]["name"],
        "state": case.state,
        "submitted": moment_text(case.submitted_at),
        "due": case.promised_due_on.isoformat() if case.promised_due_on and case.ended_at is None else "",
        "asks": [ask.kind for ask in asks_of(page.work, case)],
        "vehicle_class": case.vehicle_class or "unknown",
    }


def show_case(page: PageContext, case: Case, *, done: str = "", wrong: Said = NOTHING, status: int = 200) -> Response:
    """The page of a case.

    Args:
        page: Who reads it.
        case: The case.
        done: What has just been done.
        wrong: Of a form that could not be taken: `action`, `message`, `reasons`, and what was typed as `values`.
        status: Of the answer.
    """
    work = page.work
    asks = asks_of(work, case)
    steps, current = case_shown.progress(case)
    actions = actions_from(State(case.state), roles_of(work.actor), relation_to(work, case))
    rating = case_shown.rating_of(page, case)
    grades = GRADES_ZH if page.language == "zh" else GRADES_EN
    words = {
        "case": case_row(page, case),
        "form": case.form,
        "version": case.version,
        "steps": steps,
        "current": current,
        "is_over": STATES[State(case.state)].final,
        "asks": asks,
        "paper_kinds": (*PAPER_KINDS, "outline_drawing"),
        "held": case_shown.holder_words(page, case, asks),
        "clock": case_shown.clock_words(page, case),
        "decisions": case_shown.decisions_words(page, case),
        "opinions": case_shown.opinions_words(page, case),
        "notes": case_shown.notes_of(page, case),
        "history": case_shown.history_of(page, case),
        "review": case_shown.review_words(page, case),
        "drawing": drawing_of(case.form.get("whole"), page.language),
        "permits": case_shown.permits_of(page, case),
        "actions": {action.value for action in actions},
        "rating": rating,
        "rated": grades[rating.grade] if rating else "",
        "grades": list(grades.items()),
        "may_rate": rating is None and case.ended_at is not None and case.deciding_body_id is not None,
        "done": done,
        "wrong": wrong,
        "asking": ACTIONS,
        "has_change": Action.REQUEST_CHANGE in actions,
    }
    return with_map_policy(page.render("my_case.html.j2", words, status=status))
