"""The queue of a desk (待办队列), with claiming and releasing in one click."""

import uuid
from typing import Annotated, Final, Literal, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.act import act
from api.cases.inputs import ActionInput
from api.cases.queue import (
    ACTIVE,
    CLAIMABLE,
    QueueFilter,
    QueueRow,
    Whose,
    authorise_desk,
    count_states,
    deciding_bodies,
    list_queue,
    turn_of,
)
from api.cases.relation import relation_to
from api.cases.savepoint import attempt
from api.cases.states import STATES, State
from api.db.tables import Case
from api.errors import ConflictError, FieldFault, InvalidError, StaleError
from api.pages.desk.happened import show_what_happened
from api.pages.desk.words import class_word, state_word, verdict_badge, verdict_word
from api.pages.page import FormPage, Page, PageContext
from rules.cards import Card

router = APIRouter(include_in_schema=False)
A_PAGE: Final = 50
WHOSE: Final[tuple[Whose, ...]] = ("turn", "mine", "unclaimed", "all")
CLASSES: Final = ("none", "I", "II", "III", "unknown")
VERDICTS: Final = ("passes", "conditional", "unknown", "blocked", "no_route", "not_reviewable")
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


@router.get("/desk")
def queue_page(
    page: Page,
    whose: Literal["", "turn", "mine", "unclaimed", "all"] = "",
    state: Word = "",
    class_: Annotated[str, Query(alias="class", max_length=20)] = "",
    verdict: Word = "",
    card: Word = "",
    body: Word = "",
    q: Word = "",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """The queue, what runs out first at the top."""
    authorise_desk(page.work)
    chosen: Whose = whose or ("turn" if turn_of(page.work) else "all")
    wanted = QueueFilter(
        whose=chosen,
        states=(_state(state),) if state else (),
        vehicle_class=_one_of("class", class_, CLASSES),
        verdict=_one_of("verdict", verdict, VERDICTS),
        card=_card(card),
        body_id=body or None,
        text=q or None,
    )
    rows, total = list_queue(page.work, wanted, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    asked = {"whose": chosen, "state": state, "class": class_, "verdict": verdict, "card": card, "body": body, "q": q}
    return page.render("desk_queue.html.j2", _context(page, wanted, rows, total, number, asked))


@router.post("/desk/cases/{case_id}/claim")
def post_claim(page: FormPage, case_id: uuid.UUID) -> Response:
    """Claim a case and come back to where one was."""
    return _do(page, case_id, Action.CLAIM)


@router.post("/desk/cases/{case_id}/release")
def post_release(page: FormPage, case_id: uuid.UUID) -> Response:
    """Release one's own claim and come back."""
    return _do(page, case_id, Action.RELEASE)


def _do(page: PageContext, case_id: uuid.UUID, action: Action) -> Response:
    expected = version_of(page)
    try:
        attempt(page.work, lambda: act(page.work, case_id, action, ActionInput(), expected=expected))
    except (ConflictError, StaleError) as error:
        return show_what_happened(page, case_id, action, error)
    return page.see_other(page.field("back") or f"/desk/cases/{case_id}")


def version_of(page: PageContext) -> int | None:
    """The version that a form was made from.

    Raises:
        InvalidError: It is no number.
    """
    text = page.field("version")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - no case has so many versions
        raise InvalidError([FieldFault("version", "版本应为整数", "the version is a whole number")])
    return int(text)


def _context(
    page: PageContext, wanted: QueueFilter, rows: list[QueueRow], total: int, number: int, asked: dict[str, str]
) -> dict[str, object]:
    counts = count_states(page.work, wanted)
    chosen = {name: value for name, value in asked.items() if value}
    return {
        "rows": [_row(page, row) for row in rows],
        "total": total,
        "number": number,
        "pages": max(1, -(-total // A_PAGE)),
        "asked": asked,
        "is_narrowed": any(asked[name] for name in ("state", "class", "verdict", "card", "body", "q")),
        "query": urlencode(chosen),
        "states": [
            (one.value, state_word(page, one), number_of, _with(chosen, state=one.value), one in ACTIVE)
            for one, number_of in counts.items()
        ],
        "every_state": _with(chosen, state=""),
        "whose": [(one, page.t(f"desk.whose_{one}"), _with(chosen, whose=one)) for one in WHOSE],
        "all_states": [(one.value, state_word(page, one)) for one in STATES if one is not State.DRAFT],
        "classes": [(one, class_word(page, one)) for one in CLASSES],
        "verdicts": [(one, verdict_word(page, one)) for one in VERDICTS],
        "cards": [(one.value, page.t(f"desk.card_{one.value}")) for one in Card],
        "bodies": [(one.id, one.name) for one in deciding_bodies(page.work)],
    }


def _row(page: PageContext, row: QueueRow) -> dict[str, object]:
    case, form = row.case, row.case.form
    is_mine = case.claimed_by is not None and case.claimed_by == page.work.actor.account_id
    return {
        "id": case.id,
        "number": case.number,
        "version": case.version,
        "carrier": case.carrier.name,
        "cargo": form["cargo"]["name"],
        "origin": form["trip"]["origin"]["name"],
        "destination": form["trip"]["destination"]["name"],
        "state": state_word(page, case.state),
        "class": class_word(page, case.vehicle_class),
        "verdict": verdict_word(page, case.verdict),
        "badge": verdict_badge(case.verdict),
        "card": row.card.value if row.card else None,
        "due_on": row.due_on,
        "left": row.left,
        "is_paused": row.is_paused,
        "body": case.deciding_body.name if case.deciding_body else None,
        "is_own_body": case.deciding_body_id == page.work.actor.body_id,
        "holder": case.claimant.display_name if case.claimant else None,
        "is_mine": is_mine,
        "can_claim": case.claimed_by is None and case.state in CLAIMABLE and _may_claim(page, case),
    }


def _may_claim(page: PageContext, case: Case) -> bool:
    return may(page.work.actor, Action.CLAIM, relation_to(page.work, case))


def _with(chosen: dict[str, str], **changes: str) -> str:
    """The address of the queue with another choice, from its first page."""
    return "/desk?" + urlencode({name: value for name, value in {**chosen, **changes}.items() if value})


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str | None:
    if not value:
        return None
    if value not in allowed:
        raise InvalidError([FieldFault(name, "没有这个选项", "there is no such choice")])
    return value


def _state(value: str) -> State:
    return State(cast(str, _one_of("state", value, tuple(State))))


def _card(value: str) -> Card | None:
    found = _one_of("card", value, tuple(Card))
    return Card(found) if found else None
