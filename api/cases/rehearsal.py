"""What an action would do (预演): done in full and undone again, so that a person sees the document before it goes."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases.act import act
from api.cases.inputs import ActionInput
from api.cases.rows import current_review
from api.cases.savepoint import attempt
from api.cases.states import State
from api.db.tables import Case, Note
from api.errors import ConflictError
from api.permits.content import PermitContent
from api.permits.errors import PermitError
from api.permits.from_case import IssueAs, content_of
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an action would do.

    Attributes:
        leads_to: The state after it.
        document: Wording of the document that would go to the applicant; empty without one.
        permit: The permit that an approval would lead to; None where there is none yet.
        permit_fault: Why no permit could be made of it.
    """

    leads_to: State
    document: str
    permit: PermitContent | None = None
    permit_fault: ConflictError | None = None


class _UndoneError(Exception):
    """Ends the rehearsal."""


def rehearse(
    work: UnitOfWork, case_id: uuid.UUID, action: Action, sent: ActionInput, *, expected: int | None
) -> Rehearsal:
    """Do an action and undo it.

    Raises:
        ServiceError: Whatever `act` raises.
    """
    found: list[Rehearsal] = []

    def step() -> None:
        case = act(work, case_id, action, sent, expected=expected)
        found.append(_told(work, case, action))
        raise _UndoneError

    try:
        attempt(work, step)
    except _UndoneError:
        work.session.expire_all()
    return found[0]


def _told(work: UnitOfWork, case: Case, action: Action) -> Rehearsal:
    wanted = select(Note).where(Note.case_id == case.id, Note.kind == action.value)
    note = work.session.scalars(wanted.order_by(Note.created_at.desc())).first()
    state, text = State(case.state), note.text if note else ""
    review = current_review(work, case)
    if action is not Action.APPROVE or review is None or not review.report.get("routes"):
        return Rehearsal(state, text)
    try:
        permit = content_of(work, case, review, IssueAs("0" * 20, 1, "valid", is_demo=False))
    except ConflictError as error:
        return Rehearsal(state, text, permit_fault=error)
    except PermitError:  # what a permit lacks is told when it is issued
        return Rehearsal(state, text)
    return Rehearsal(state, text, permit)
