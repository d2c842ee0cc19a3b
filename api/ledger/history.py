"""The ledger as people read it (台账查看): its state, the history of a case, events for those who supervise."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, true

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Relation, scopes_for
from api.accounts.roles import Scope
from api.cases.relation import relation_to
from api.db.tables import Body, Case, Event, LedgerHead
from api.errors import ForbiddenError, NotFoundError
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; None for all."""

    kind: str | None = None
    case_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None


def head_of(work: UnitOfWork) -> LedgerHead | None:
    """The ledger's present end; None before the first event."""
    authorise(work.actor, Action.READ_LEDGER, _above(work))
    return work.session.get(LedgerHead, 1)


def may_verify(work: UnitOfWork) -> None:
    """Refuse a verification to those who may not ask for it."""
    authorise(work.actor, Action.VERIFY_LEDGER, _above(work))


def list_events(work: UnitOfWork, wanted: EventFilter, *, limit: int, offset: int) -> tuple[list[Event], int]:
    """Events from the newest on, as far as they are the actor's to supervise, and how many there are."""
    authorise(work.actor, Action.READ_LEDGER, _above(work))
    query = select(Event).where(_supervised(work))
    for column, value in (
        (Event.kind, wanted.kind),
        (Event.case_id, wanted.case_id),
        (Event.actor_id, wanted.actor_id),
    ):
        query = query if value is None else query.where(column == value)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(work.session.scalars(query.order_by(Event.seq.desc()).limit(limit).offset(offset))), total


def case_history(work: UnitOfWork, case_id: uuid.UUID, *, limit: int, offset: int) -> tuple[list[Event], int]:
    """What happened with a case, in order, and how many events there are.

    Raises:
        NotFoundError: No such case, or the actor may not know of it.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        authorise(work.actor, Action.READ_CASE_EVENTS, Relation(is_own_carrier=True, is_deciding_body=True))
        raise NotFoundError("没有这个办件", "no such case")
    try:
        authorise(work.actor, Action.READ_CASE_EVENTS, relation_to(work, case))
    except ForbiddenError as error:
        if scopes_for(roles_of(work.actor), Action.READ_CASE_EVENTS):
            raise NotFoundError("没有这个办件", "no such case") from error
        raise
    query = select(Event).where(Event.case_id == case_id)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(work.session.scalars(query.order_by(Event.seq).limit(limit).offset(offset))), total


def shows_content(work: UnitOfWork) -> bool:
    """Whether the data of events are shown: to offices; a carrier sees what happened and when."""
    return work.actor.body_id is not None or Scope.ALL in scopes_for(roles_of(work.actor), Action.READ_LEDGER)


def _above(work: UnitOfWork) -> Relation:
    """The relation of a supervising office to what lies below it."""
    level = work.actor.body_level
    return Relation(
        is_superior_body=level in {"province", "city"}, same_province=True, is_province_level=level == "province"
    )


def _supervised(work: UnitOfWork) -> ColumnElement[bool]:
    """Events of bodies below one's own, and of the cases they decide."""
    if Scope.ALL in scopes_for(roles_of(work.actor), Action.READ_LEDGER):
        return true()
    digits = {"province": 2, "city": 4}.get(work.actor.body_level or "", 6)
    within = (work.actor.division_code or "none")[:digits]
    bodies = select(Body.id).where(Body.division_code.startswith(within, autoescape=True))
    cases = select(Case.id).where(Case.deciding_body_id.in_(bodies))
    return or_(Event.body_id.in_(bodies), Event.case_id.in_(cases))
