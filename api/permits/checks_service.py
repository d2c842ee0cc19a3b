"""Checks before departure (起运前核查): the desk, the sheet, and what follows from it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, func, select

from api.accounts.authorise import authorise, may, roles_of
from api.accounts.permissions import Action, Allowed, Relation, Scope, decide, scopes_for
from api.applications.attachments import find_attachment, use_attachments
from api.cases.act import act
from api.cases.find import visible
from api.cases.inputs import ActionInput
from api.cases.notify import tell_body, tell_carrier
from api.cases.relation import relation_to
from api.cases.states import State
from api.db.tables import Body, Case, CheckTask, Permit
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError, StaleError
from api.outbox.publish import publish
from api.permits.checks_due import open_check
from api.permits.comparing import SheetResult, compare_sheet
from api.permits.content import PermitContent
from api.permits.issuing import HELD, latest, restate_permit
from api.permits.load_sheets import newest_sheet
from api.permits.measured_form import measured_form
from api.permits.service import authorise_somewhere
from api.permits.sheets import CheckSheet, Photo, PhotoKind
from api.permits.stored import signed_content
from api.provinces.settings import permit_settings_on
from api.unit_of_work import LOCAL, UnitOfWork

TaskState = Literal["open", "agrees", "change_needed", "differs", "cancelled"]
_STATE: Final[dict[str, TaskState]] = {
    "consistent": "agrees",
    "change_needed": "change_needed",
    "inconsistent": "differs",
}
_NO_TASK: Final = ("没有这个核查任务", "there is no such check task")


@dataclass(frozen=True, slots=True)
class PhotoSent:
    """A photo as an attachment of the checking body."""

    kind: PhotoKind
    attachment_id: uuid.UUID


def list_checks(
    work: UnitOfWork, states: Sequence[TaskState], *, own: bool, limit: int, offset: int
) -> tuple[list[CheckTask], int]:
    """Check tasks the account may read, the oldest open ones first; `own`: at its own body's desk."""
    authorise_somewhere(work, Action.READ_CHECK_TASK)
    query = select(CheckTask).join(Case, Case.id == CheckTask.case_id).where(_seen(work))
    if states:
        query = query.where(CheckTask.state.in_(states))
    if own:
        query = query.where(CheckTask.body_id == work.actor.body_id)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(CheckTask.state != "open", CheckTask.created_at, CheckTask.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def get_check(work: UnitOfWork, task_id: uuid.UUID) -> CheckTask:
    """One task, for somebody who may read it.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
    """
    authorise_somewhere(work, Action.READ_CHECK_TASK)
    task = work.session.get(CheckTask, task_id)
    if task is None or not isinstance(
        decide(roles_of(work.actor), Action.READ_CHECK_TASK, _relation(work, task)), Allowed
    ):
        raise NotFoundError(*_NO_TASK)
    return task


def record_sheet(
    work: UnitOfWork, task_id: uuid.UUID, sheet: CheckSheet, photos: Sequence[PhotoSent], *, expected: int | None = None
) -> CheckTask:
    """Record the sheet of a check (《现场核查单》); what it concludes follows at once, whole or not at all.

    一致: the permit is signed anew as valid. 需变更: a change with the measured figures is opened, the permit waits on.
    不一致: the permit waits on, and the deciding body is told.

    Raises:
        NotFoundError: There is no such task for this account.
        ForbiddenError: It is another body's task.
        ConflictError: The task is over, or its permit does not hold.
        InvalidError: The sheet lacks what has to be looked at, its time or photos are not right; all at once.
    """
    case, task = _lock(work, task_id)
    _authorise_check(work, task, expected)
    _require_open(task)
    permit = _permit_of(work, task)
    filled, ids = _with_photos(work, sheet, photos)
    content = signed_content(permit)
    result = _compare(work, case, content, filled)
    _refuse_faults(work, permit, filled, result)
    use_attachments(work, case, ids, for_carrier=True)
    task.state, task.ended_at, task.ended_by = _STATE[result.conclusion], work.now, work.actor.account_id
    task.sheet = filled.model_dump(mode="json")
    outcome = _follow(work, case, permit, task, content, filled, result)
    task.result = {**result_json(result), **outcome}
    work.record(
        "check_recorded",
        case_id=case.id,
        task=task.id,
        permit=permit.number,
        conclusion=result.conclusion,
        sheet=task.sheet,
        **outcome,
    )
    _tell(work, case, permit, task, result)
    work.session.flush()
    return task


def file_once(
    work: UnitOfWork, task_id: uuid.UUID, sheet: CheckSheet, photos: Sequence[PhotoSent], *, expected: int | None = None
) -> CheckTask:
    """Record a sheet that may be sent again, as a phone does that never got the answer (重发不重复).

    The very same sheet of the same account is answered with what came of it the first time, and changes nothing.
    Raises as `record_sheet`.
    """
    _, task = _lock(work, task_id)
    _authorise_check(work, task, None)
    is_own = task.ended_by is not None and task.ended_by == work.actor.account_id
    if is_own and task.sheet == _with_photos(work, sheet, photos)[0].model_dump(mode="json"):
        return task
    return record_sheet(work, task_id, sheet, photos, expected=expected)


def preview(work: UnitOfWork, task_id: uuid.UUID, sheet: CheckSheet, photos: Sequence[PhotoSent]) -> SheetResult:
    """What a sheet would conclude; nothing is recorded (填报前预览).

    Raises as `record_sheet`.
    """
    case, task = _lock(work, task_id)
    _authorise_check(work, task, None)
    _require_open(task)
    permit = _permit_of(work, task)
    filled, _ = _with_photos(work, sheet, photos)
    result = _compare(work, case, signed_content(permit), filled)
    _refuse_faults(work, permit, filled, result)
    return result


def may_record(work: UnitOfWork, task: CheckTask) -> bool:
    """Whether the account may record the sheet of a task."""
    relation = replace(relation_to(work, task.case), is_deciding_body=_is_own(work, task))
    return may(work.actor, Action.RECORD_CHECK, relation)


def check_again(work: UnitOfWork, task_id: uuid.UUID, reason: str) -> CheckTask:
    """Open another check of a permit that was found to differ: the right vehicle may come the next day.

    Raises:
        ConflictError: The last check did not end with 不一致, another is open, or the permit does not hold.
    """
    case, task = _lock(work, task_id)
    _authorise_check(work, task, None)
    if task.state not in {"differs", "change_needed"}:
        raise ConflictError(
            "只有不一致或需变更的核查可以再次核查", "only a check that found a difference is made again"
        )
    if State(case.state) is State.CHANGING:
        raise ConflictError("变更办理中，变更后重新核查", "a change is under way: it is checked afterwards")
    _permit_of(work, task)
    another = select(CheckTask.id).where(CheckTask.permit_number == task.permit_number, CheckTask.state == "open")
    if work.session.scalar(another.limit(1)) is not None:
        raise ConflictError("已有未完成的核查任务", "a check is open already")
    work.record("check_again", case_id=case.id, task=task.id, reason=reason)
    return open_check(work, case, task.permit_number or "", task.reason, body_id=task.body_id)


def hand_over(work: UnitOfWork, task_id: uuid.UUID, body_id: str, reason: str) -> CheckTask:
    """Delegate an open check to a lower transport department of the same province (委托核查).

    Raises:
        InvalidError: No such department.
        ConflictError: The check is over.
    """
    case, task = _lock(work, task_id)
    _authorise_check(work, task, None)
    _require_open(task)
    target = work.session.get(Body, body_id)
    is_ours = target is not None and target.kind == "transport" and (target.division_code or "")[:2] == case.province
    if target is None or not is_ours or target.id == task.body_id:
        raise InvalidError([FieldFault("body_id", "没有这个本省交通运输主管部门", "no such transport department")])
    work.record("check_handed_over", case_id=case.id, task=task.id, body=task.body_id, to=target.id, reason=reason)
    task.body_id = target.id
    work.session.flush()
    tell_body(work, target.id, case, f"{case.number}委托你单位起运前核查", f"{case.number}: check delegated to you")
    return task


def result_json(result: SheetResult) -> dict[str, Any]:
    """A result as plain JSON values."""
    return {
        "conclusion": result.conclusion,
        "conclusion_zh": result.conclusion_zh,
        "differences": [asdict(item) for item in result.differences],
        "class_after_check": result.class_after_check,
        "class_as_measured": result.class_as_measured,
        "refusals": list(result.refusals),
        "missing": list(result.missing),
    }


def _relation(work: UnitOfWork, task: CheckTask) -> Relation:
    """A body at whose desk the check lies, also by delegation, handles it as the deciding one does."""
    relation = relation_to(work, task.case)
    return replace(relation, is_deciding_body=relation.is_deciding_body or _is_own(work, task))


def _is_own(work: UnitOfWork, task: CheckTask) -> bool:
    return work.actor.body_id is not None and work.actor.body_id == task.body_id


def _seen(work: UnitOfWork) -> ColumnElement[bool]:
    """Tasks of cases within one's scopes, and those at one's own desk."""
    within = visible(work, Action.READ_CHECK_TASK)
    if work.actor.body_id is None or Scope.BODY not in scopes_for(roles_of(work.actor), Action.READ_CHECK_TASK):
        return within
    return within | (CheckTask.body_id == work.actor.body_id)


def _lock(work: UnitOfWork, task_id: uuid.UUID) -> tuple[Case, CheckTask]:
    """Case before task, the order in which everything else locks them."""
    authorise_somewhere(work, Action.RECORD_CHECK)
    task = get_check(work, task_id)
    case = work.session.scalar(select(Case).where(Case.id == task.case_id).with_for_update(of=Case))
    again = select(CheckTask).where(CheckTask.id == task_id).with_for_update(of=CheckTask)
    locked = work.session.scalar(again.execution_options(populate_existing=True))
    if case is None or locked is None:
        raise NotFoundError(*_NO_TASK)
    return case, locked


def _authorise_check(work: UnitOfWork, task: CheckTask, expected: int | None) -> None:
    """The check is made by the body at whose desk it lies, and by no other."""
    relation = replace(relation_to(work, task.case), is_deciding_body=_is_own(work, task))
    authorise(work.actor, Action.RECORD_CHECK, relation)
    if expected is not None and expected != task.version:
        raise StaleError


def _require_open(task: CheckTask) -> None:
    if task.state != "open":
        raise ConflictError("核查任务已结束", "the check is over")


def _permit_of(work: UnitOfWork, task: CheckTask) -> Permit:
    permit = latest(work, task.permit_number or "", lock=True)
    if permit is None or permit.status not in HELD:
        raise ConflictError("通行证已失效，无须核查", "the permit holds no longer")
    return permit


def _with_photos(
    work: UnitOfWork, sheet: CheckSheet, photos: Sequence[PhotoSent]
) -> tuple[CheckSheet, list[uuid.UUID]]:
    """The sheet with the digests of the attachments that are its photos."""
    faults, found = [], []
    if sheet.photos:
        faults.append(FieldFault("sheet.photos", "照片须先作为附件上传", "upload photos as attachments"))
    for place, photo in enumerate(photos):
        try:
            attachment = find_attachment(work, photo.attachment_id)
        except NotFoundError:
            field = f"photos.{place}.attachment_id"
            faults.append(FieldFault(field, "没有这个附件", "there is no such attachment"))
            continue
        found.append(Photo(kind=photo.kind, sha256=attachment.sha256))
    if faults:
        raise InvalidError(faults)
    return sheet.model_copy(update={"photos": tuple(found)}), [photo.attachment_id for photo in photos]


def _compare(work: UnitOfWork, case: Case, content: PermitContent, sheet: CheckSheet) -> SheetResult:
    local = sheet.model_copy(update={"checked_at": _local(sheet.checked_at)})
    return compare_sheet(content, local, permit_settings_on(work, case.province, work.today))


def _refuse_faults(work: UnitOfWork, permit: Permit, sheet: CheckSheet, result: SheetResult) -> None:
    """What keeps a sheet from being recorded at all."""
    faults = []
    checked_at = sheet.checked_at if sheet.checked_at.tzinfo else sheet.checked_at.replace(tzinfo=LOCAL)
    if checked_at > work.now:
        faults.append(FieldFault("sheet.checked_at", "核查时间晚于现在", "the time lies ahead"))
    if checked_at.astimezone(LOCAL).date() < permit.issued_at.astimezone(LOCAL).date():
        faults.append(FieldFault("sheet.checked_at", "核查时间早于发证", "the time is before the permit was issued"))
    if not sheet.measured.instruments:
        faults.append(FieldFault("sheet.measured.instruments", "须填写所用仪器", "name the instruments"))
    if "officers" in result.missing:
        faults.append(
            FieldFault("sheet.officers", "核查人员不足，或执法证号相同", "too few officers, or twice the same one")
        )
    if result.conclusion == "incomplete":
        faults += [
            FieldFault(f"sheet.{name}", f"没有核查：{name}", f"not looked at: {name}")
            for name in result.missing
            if name != "officers"
        ]
    if faults:
        raise InvalidError(faults)


def _follow(
    work: UnitOfWork,
    case: Case,
    permit: Permit,
    task: CheckTask,
    content: PermitContent,
    sheet: CheckSheet,
    result: SheetResult,
) -> dict[str, Any]:
    """Release the permit, or withhold it and open the change."""
    if result.conclusion == "consistent":
        held_back = content.status == "awaiting_check" and State(case.state) is not State.CHANGING
        if held_back:
            permit = restate_permit(work, permit, "valid", why="released", task=task.id)
        return {"released": held_back, "sequence": permit.version, "change_opened": False}
    if content.status == "valid":
        permit = restate_permit(work, permit, "awaiting_check", why="withheld", task=task.id)
    opened = result.conclusion == "change_needed" and _open_change(work, case, sheet, result)
    return {"released": False, "sequence": permit.version, "change_opened": opened}


def _open_change(work: UnitOfWork, case: Case, sheet: CheckSheet, result: SheetResult) -> bool:
    """Ask for the change with the measured figures, where they make a whole form; else the carrier has to."""
    form = measured_form(case.form, sheet.measured, result.differences)
    if form is None or State(case.state) is not State.ISSUED:
        return False
    named = _in_the_name_of_the_deciding_body(work, case)
    if not may(named.actor, Action.REQUEST_CHANGE, relation_to(named, case)):
        return False
    reason = f"起运前核查与许可不符，按实测数据变更，核查后类别：{result.class_after_check}"
    act(named, case.id, Action.REQUEST_CHANGE, ActionInput.model_validate({"reason": reason, "form": form}))
    return True


def _in_the_name_of_the_deciding_body(work: UnitOfWork, case: Case) -> UnitOfWork:
    """A delegated body acts in the name of the one that delegated (委托机关的名义); the account stays who it is."""
    body = case.deciding_body
    if body is None:
        return work
    actor = replace(work.actor, body_id=body.id, body_level=body.level, division_code=body.division_code)
    return replace(work, actor=actor)


def _tell(work: UnitOfWork, case: Case, permit: Permit, task: CheckTask, result: SheetResult) -> None:
    """Carrier, deciding body and other systems: both sheets go to the enforcement system (S0-12)."""
    load_sheet = newest_sheet(work, permit.number)
    message = {
        "kind": "check_sheet",
        "permit": permit.number,
        "case": case.number,
        "task": str(task.id),
        "conclusion": result.conclusion,
        "conclusion_zh": result.conclusion_zh,
        "check_sheet": task.sheet,
        "load_sheet": load_sheet.content if load_sheet else None,
    }
    publish(work, "sheet.filed", message)
    if result.conclusion == "consistent":
        publish(work, "check.agreed", message)
    told = f"{case.number}起运前核查结论：{result.conclusion_zh}"
    if task.result and result.conclusion == "change_needed" and not task.result["change_opened"]:
        told += "，请承运人按实测数据申请变更"
    told_en = f"{case.number}: check before departure: {result.conclusion}"
    tell_carrier(work, case, "check", told, told_en)
    if case.deciding_body_id and result.conclusion != "consistent":
        tell_body(work, case.deciding_body_id, case, told, told_en)


def _local(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo is None else moment.astimezone(LOCAL).replace(tzinfo=None)
