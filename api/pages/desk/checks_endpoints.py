"""Checks before departure at the desk (起运前核查清单): what is due, at whose desk, and handing over."""

import datetime as dt
import uuid
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from api.accounts.authorise import may, roles_of
from api.accounts.permissions import Action, Relation, scopes_for
from api.cases.clocks import local_day
from api.cases.queue import authorise_desk
from api.cases.savepoint import attempt
from api.db.tables import Body, CheckTask
from api.errors import ConflictError, InvalidError, NotFoundError
from api.pages.desk.act_reading import faults_by_field
from api.pages.desk.words import amount, class_word
from api.pages.page import FormPage, Page, PageContext
from api.permits.checks_service import TaskState, get_check, hand_over, list_checks

router = APIRouter(include_in_schema=False)
A_PAGE: Final = 50
_BADGES: Final = {"open": "unknown", "agrees": "passes", "change_needed": "conditional", "differs": "blocked"}
_INVALID, _CONFLICT = 422, 409
_LONGEST: Final = 1000
Which = Literal["open", "done", "all"]
_STATES: Final[dict[Which, tuple[TaskState, ...]]] = {
    "open": ("open",),
    "done": ("agrees", "change_needed", "differs", "cancelled"),
    "all": (),
}


@router.get("/desk/checks")
def checks_page(
    page: Page,
    which: Which = "open",
    own: Annotated[bool, Query()] = False,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """The list, the oldest open ones first."""
    authorise_desk(page.work)
    rows, total = list_checks(page.work, _STATES[which], own=own, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    context = {
        "rows": [_row(page, row) for row in rows],
        "total": total,
        "which": which,
        "own": own,
        "has_sheets": bool(scopes_for(roles_of(page.work.actor), Action.RECORD_CHECK)),
        "number": number,
        "pages": max(1, -(-total // A_PAGE)),
    }
    return page.render("desk_checks.html.j2", context)


@router.get("/desk/checks/{check_id}/hand-over")
def hand_over_page(page: Page, check_id: uuid.UUID) -> Response:
    """The form that delegates a check."""
    authorise_desk(page.work)
    return _hand_over_form(page, get_check(page.work, check_id), {}, [])


@router.post("/desk/checks/{check_id}/hand-over")
def post_hand_over(page: FormPage, check_id: uuid.UUID) -> Response:
    """Delegate an open check to a department below."""
    authorise_desk(page.work)
    body_id, reason = (page.field(name).replace("\0", "")[:_LONGEST] for name in ("body_id", "reason"))
    try:
        attempt(page.work, lambda: hand_over(page.work, check_id, body_id, reason))
    except InvalidError as error:
        task = get_check(page.work, check_id)
        return _hand_over_form(page, task, faults_by_field(page, error), [], status=_INVALID)
    except ConflictError as error:
        page.work.session.expire_all()
        return _hand_over_form(page, get_check(page.work, check_id), {}, [page.message_of(error)], status=_CONFLICT)
    return page.see_other("/desk/checks")


def _hand_over_form(
    page: PageContext, task: CheckTask, faults: dict[str, str], lacks: list[str], *, status: int = 200
) -> Response:
    if not _may_hand_over(page, task):
        raise NotFoundError("没有可委托的核查任务", "there is no check to be delegated")
    here = (Body.kind == "transport", Body.division_code.startswith(task.case.province), Body.id != task.body_id)
    bodies = page.work.session.scalars(select(Body).where(*here).order_by(Body.division_code, Body.id))
    context = {
        "check": _row(page, task),
        "bodies": [(one.id, one.name) for one in bodies],
        "chosen": page.field("body_id"),
        "reason": page.field("reason"),
        "faults": faults,
        "lacks": lacks,
    }
    return page.render("desk_hand_over.html.j2", context, status=status)


def _row(page: PageContext, task: CheckTask) -> dict[str, object]:
    case, whole = task.case, task.case.form["whole"]
    departs: dt.date = dt.date.fromisoformat(str(case.form["trip"]["start_date"]))
    left = (departs - page.work.today).days
    return {
        "id": task.id,
        "case_id": case.id,
        "case_number": case.number,
        "permit": task.permit_number,
        "carrier": case.carrier.name,
        "load": f"{amount(whole['height_mm'], 'mm')} × {amount(whole['width_mm'], 'mm')}",
        "gross": amount(whole["gross_mass_kg"], "kg"),
        "class": class_word(page, case.vehicle_class),
        "why": page.t(f"desk.check_{task.reason}"),
        "state": page.t(f"desk.check_state_{task.state}"),
        "badge": _BADGES.get(task.state, "none"),
        "body": task.body.name,
        "departs": departs.isoformat(),
        "left": left if task.state == "open" else None,
        "card": "red" if left < 0 else "warning" if left <= 1 else "green",
        "since": local_day(task.created_at).isoformat(),
        "can_hand_over": task.state == "open" and _may_hand_over(page, task),
    }


def _may_hand_over(page: PageContext, task: CheckTask) -> bool:
    is_own = page.work.actor.body_id == task.body_id
    return may(page.work.actor, Action.RECORD_CHECK, Relation(is_deciding_body=is_own))
