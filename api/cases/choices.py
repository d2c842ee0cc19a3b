"""What can be chosen in the form of an action (可选项): points, findings, tasks, packets, colleagues, bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.facts import is_overdue, mandatory_refusals
from api.cases.find import get_case
from api.cases.findings import NO_ROUTE, barring, open_findings, settles
from api.cases.needs import BLOCKING_TASKS
from api.cases.points import names_in
from api.cases.rows import current_review, packets_of
from api.cases.states import Task
from api.db.tables import Account, Body, Case, Packet, Review
from api.unit_of_work import UnitOfWork

# What a filed result settles, by the action that files it.
SETTLES: Final = {
    Action.FILE_SURVEY: "surveyed",
    Action.FILE_CALCULATION: "calculated",
    Action.ACCEPT_REINFORCEMENT: "reinforced",
}
_TRANSPORT: Final = "transport"


@dataclass(frozen=True, slots=True)
class Choices:
    """What an action on a case can name.

    Attributes:
        items: Points of the comparison, findings or clauses, by key.
        findings: Findings that may be overridden.
        tasks: Tasks that may be given up.
        packets: Packets the action can speak of.
        officers: Colleagues who can have verified together.
        bodies: Bodies it can be sent to.
    """

    items: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    packets: tuple[Packet, ...] = ()
    officers: tuple[Account, ...] = ()
    bodies: tuple[Body, ...] = ()


def choices_for(work: UnitOfWork, case: Case, action: Action) -> Choices:
    """What an action can name now."""
    get_case(work, case.id)
    review = current_review(work, case)
    return Choices(
        items=tuple(_items(work, case, review, action)),
        findings=tuple(sorted(_overridable(work, case, review))) if action is Action.OVERRIDE else (),
        tasks=_droppable(case) if action is Action.DROP_TASK else (),
        packets=tuple(_packets(work, case, action)),
        officers=tuple(_colleagues(work)) if action in {Action.FILE_SURVEY, Action.ACCEPT_REINFORCEMENT} else (),
        bodies=tuple(_bodies(work, case, action)),
    )


def _items(work: UnitOfWork, case: Case, review: Review | None, action: Action) -> Sequence[str]:
    if action in {Action.REQUEST_CORRECTION, Action.ACCEPT}:
        return sorted(names_in(review, "correction") | names_in(review, "to_follow"))
    if action is Action.REFUSE:
        return sorted(open_findings(case, review) | mandatory_refusals(work, case, review))
    if action in SETTLES and review is not None:
        found = barring(review)
        return sorted(key for key in open_findings(case, review) if settles(SETTLES[action], found[key]))
    return ()


def _overridable(work: UnitOfWork, case: Case, review: Review | None) -> frozenset[str]:
    """Without a route nothing but another route helps; what the law demands nobody overrides."""
    return open_findings(case, review) - mandatory_refusals(work, case, review) - {NO_ROUTE}


def _droppable(case: Case) -> tuple[Task, ...]:
    return tuple(task for task in dict.fromkeys(remarks.open_tasks(case)) if task in BLOCKING_TASKS)


def _packets(work: UnitOfWork, case: Case, action: Action) -> Sequence[Packet]:
    listed = packets_of(work, case)
    if action is Action.ESCALATE:
        return [one for one in listed if one.state == "open" and is_overdue(one, work.today)]
    if action is Action.DISPATCH:
        sent_on = {one.replaces_id for one in listed}
        return [one for one in listed if one.state == "returned" and one.id not in sent_on]
    if action is Action.RETURN_DISPATCH:
        return [one for one in listed if one.state == "open" and one.body_id == work.actor.body_id]
    return ()


def _colleagues(work: UnitOfWork) -> Sequence[Account]:
    """Open accounts of one's own body."""
    if work.actor.body_id is None:
        return ()
    query = select(Account).where(Account.body_id == work.actor.body_id, Account.is_active)
    return work.session.scalars(query.order_by(Account.display_name, Account.login)).all()


def _bodies(work: UnitOfWork, case: Case, action: Action) -> Sequence[Body]:
    """Bodies of the province, and firms, that a case or a packet can be sent to."""
    if action not in {Action.DISPATCH, Action.RETURN_DISPATCH, Action.ASK_OPINION}:
        return ()
    here = Body.division_code.startswith(case.province)
    query = select(Body).where(here | Body.division_code.is_(None) if action is Action.ASK_OPINION else here)
    has_packets = action is Action.ASK_OPINION or bool(_packets(work, case, action))
    if not has_packets:  # the whole case: only a department can decide it
        query = query.where(Body.kind == _TRANSPORT)
    query = query.where(Body.id != (case.deciding_body_id or ""))
    return work.session.scalars(query.order_by(Body.kind, Body.division_code, Body.id)).all()
