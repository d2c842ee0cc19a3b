"""Do something with a case (办理): the one way in which its state changes."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from api.accounts.authorise import roles_of
from api.accounts.permissions import Action, Role
from api.cases import remarks
from api.cases.effects import EFFECTS
from api.cases.facts import gather
from api.cases.find import NO_CASE, get_case
from api.cases.inputs import ActionInput
from api.cases.notices import write_notice
from api.cases.relation import relation_to
from api.cases.states import State, Task
from api.cases.transitions import Refused, Step, check
from api.db.tables import Case
from api.errors import ConflictError, FieldFault, ForbiddenError, NotFoundError, StaleError
from api.outbox.publish import publish
from api.unit_of_work import UnitOfWork

DONE_BY_ORIGIN = frozenset(
    {Action.START_REVIEW, Action.RECOMMEND, Action.APPROVE, Action.REFUSE, Action.REQUEST_CHANGE}
)
NOTHING = ActionInput.model_validate({})


def act(
    work: UnitOfWork, case_id: uuid.UUID, action: Action, sent: ActionInput = NOTHING, *, expected: int | None = None
) -> Case:
    """Do an action with a case, whole or not at all.

    Args:
        work: Who, when, in which transaction.
        case_id: The case.
        action: An action of cases.
        sent: What the action needs.
        expected: The version that whoever acts has seen; None where none was given.

    Raises:
        NotFoundError: There is no such case for this account.
        ForbiddenError: The account may not do it.
        ConflictError: It cannot be done now; with every reason.
        StaleError: Somebody else changed the case meanwhile.
        InvalidError: What was sent has faults.
    """
    case = lock_case(work, case_id)
    if expected is not None and expected != case.version:
        raise StaleError
    _refuse_for_another_province(case, action)
    note = write_notice(work, case, action, sent)
    given = gather(work, case, action, sent, notice_id=str(note.id) if note else "")
    step = check(action, State(case.state), roles_of(work.actor), relation_to(work, case), given)
    if isinstance(step, Refused):
        raise _refusal(step)
    if step.accepted_on is not None:
        case.accepted_on = step.accepted_on
    EFFECTS[action](work, case, sent, note)
    _follow(case, step)
    flag_modified(case, "remarks")  # every action makes a new version, also one that only concerns a packet
    work.record(action.value, case_id=case.id, **_said(step, sent, note_id=note.id if note else None))
    _publish(work, case, step)
    work.session.flush()
    return case


def lock_case(work: UnitOfWork, case_id: uuid.UUID) -> Case:
    """The case, locked until the end of the transaction: two actions at once come one after the other."""
    if Role.SYSTEM not in roles_of(work.actor):
        get_case(work, case_id, action=Action.LIST_CASES)
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case).execution_options(populate_existing=True)
    case = work.session.scalar(query)
    if case is None:
        raise NotFoundError(*NO_CASE)
    return case


def _refuse_for_another_province(case: Case, action: Action) -> None:
    """A part of another province's case is answered by an exchange file: the origin reviews, decides and issues."""
    if action in DONE_BY_ORIGIN and remarks.get(case, "exchange", None) is not None:
        raise ConflictError(
            "外省转入的办件由起运地省份审查决定，本省以交换文件答复",
            "a case of another province is decided there: answer it by an exchange file",
        )


def _follow(case: Case, step: Step) -> None:
    """Open and close tasks, and go where the step leads."""
    if step.opens is not None and step.opens is not Task.CONSULTATION:  # consultations are packets
        remarks.open_task(case, step.opens)
    if step.closes is not None and step.closes is not Task.CONSULTATION:
        remarks.close_task(case, step.closes)
    case.state = step.to_state.value


def _publish(work: UnitOfWork, case: Case, step: Step) -> None:
    """Tell the systems that asked for it; what is told names nobody and nothing of the load."""
    told = {"case": str(case.id), "number": case.number, "from": step.from_state.value, "to": step.to_state.value}
    publish(work, f"case.{step.action.value}", {**told, "at": work.now.isoformat()})


def _refusal(refused: Refused) -> Exception:
    reasons = [FieldFault(reason.code, reason.reason_zh, reason.reason_en) for reason in refused.reasons]
    told_zh = "；".join(reason.message_zh for reason in reasons)
    told_en = "; ".join(reason.message_en for reason in reasons)
    return ForbiddenError(told_zh, told_en) if refused.is_denied else ConflictError(told_zh, told_en, reasons)


def _said(step: Step, sent: ActionInput, *, note_id: uuid.UUID | None) -> dict[str, Any]:
    """What the ledger keeps of an action: its words and choices, not the whole form."""
    said = sent.model_dump(mode="json", exclude_defaults=True, exclude={"form"})
    return {
        "from": step.from_state.value,
        "to": step.to_state.value,
        "role": step.role.value,
        "clause": step.clause,
        "note": str(note_id) if note_id else None,
        **{f"sent_{name}": value for name, value in said.items()},
    }
