"""Find cases that somebody may know of (查找办件)."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Allowed, Scope, decide, scopes_for
from api.cases.relation import is_department, relation_to
from api.cases.states import State
from api.db.tables import Body, Case, Packet
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

NO_CASE = ("没有这个办件", "there is no such case")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to."""

    states: tuple[State, ...] = ()
    vehicle_class: str | None = None
    body_id: str | None = None
    claimed_by: uuid.UUID | None = None
    text: str | None = None


def get_case(work: UnitOfWork, case_id: uuid.UUID, *, action: Action = Action.READ_CASE) -> Case:
    """The case, for somebody who may do this with it.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
        ForbiddenError: It may know of it, but not do this.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFoundError(*NO_CASE)
    relation = relation_to(work, case)
    roles = roles_of(work.actor)
    if work.actor.account_id is not None and not isinstance(decide(roles, Action.LIST_CASES, relation), Allowed):
        raise NotFoundError(*NO_CASE)
    authorise(work.actor, action, relation)
    return case


def list_cases(work: UnitOfWork, wanted: CaseFilter, *, limit: int, offset: int) -> tuple[list[Case], int]:
    """Cases the account may see, the newest first, and how many there are in all."""
    authorise_listing(work)
    query = _narrow(select(Case).where(visible(work)), wanted)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Case.submitted_at.desc(), Case.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def authorise_listing(work: UnitOfWork) -> None:
    """Refuse who may list no cases at all.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account lists cases.
    """
    if not scopes_for(roles_of(work.actor), Action.LIST_CASES):
        authorise(work.actor, Action.LIST_CASES)


def visible(work: UnitOfWork, action: Action = Action.LIST_CASES) -> ColumnElement[bool]:
    """Which cases lie within the scopes of the account's roles."""
    actor = work.actor
    clauses: list[ColumnElement[bool]] = [_within(work, scope) for scope in scopes_for(roles_of(actor), action)]
    return or_(false(), *clauses)


def _within(work: UnitOfWork, scope: Scope) -> ColumnElement[bool]:  # noqa: PLR0911 - a table of scopes
    actor = work.actor
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN:
        return Case.carrier_id == actor.carrier_id if actor.carrier_id else false()
    if actor.body_id is None:
        return false()
    if scope is Scope.BODY:
        return Case.deciding_body_id == actor.body_id
    if scope is Scope.PART:
        states = ("open", "answered", "informed")
        return Case.id.in_(select(Packet.case_id).where(Packet.body_id == actor.body_id, Packet.state.in_(states)))
    if not is_department(work):
        return false()
    if scope is Scope.PROVINCE and actor.body_level == "province" and actor.province:
        return Case.province == actor.province
    if scope is Scope.SUPERIOR and actor.division_code and actor.body_level in {"province", "city"}:
        digits = 2 if actor.body_level == "province" else 4
        lower = ("city", "county") if actor.body_level == "province" else ("county",)
        below = select(Body.id).where(
            Body.division_code.startswith(actor.division_code[:digits]), Body.level.in_(lower)
        )
        return Case.deciding_body_id.in_(below)
    return false()


def _narrow(query: Select[Case], wanted: CaseFilter) -> Select[Case]:
    if wanted.states:
        query = query.where(Case.state.in_([state.value for state in wanted.states]))
    if wanted.vehicle_class:
        query = query.where(Case.vehicle_class == wanted.vehicle_class)
    if wanted.body_id:
        query = query.where(Case.deciding_body_id == wanted.body_id)
    if wanted.claimed_by:
        query = query.where(Case.claimed_by == wanted.claimed_by)
    if wanted.text:
        like = f"%{wanted.text.replace('%', '').replace('_', '')}%"
        query = query.where(or_(Case.number.ilike(like), Case.form["cargo"]["name"].astext.ilike(like)))
    return query
