"""The queue of a desk (待办队列): what runs out first, whose turn it is, and how many stand in which state."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from sqlalchemy import ColumnElement, false, func, or_, select, true

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Role, scopes_for
from api.cases.find import visible
from api.cases.states import STATES, State
from api.cases.table import IN_HAND
from api.db.tables import Body, Carrier, Case
from api.errors import ForbiddenError
from api.supervision.clock_cards import OPEN_STATES, OpenCase, open_cases
from api.unit_of_work import UnitOfWork
from rules.cards import Card

Whose = Literal["turn", "mine", "unclaimed", "all"]
# In which states the next step of the procedure is a role's.
TURN_OF: Final[Mapping[Role, tuple[State, ...]]] = MappingProxyType(
    {
        Role.WINDOW: (State.SUBMITTED,),
        Role.REVIEWER: (State.REVIEW, State.PAUSED),
        Role.APPROVER: (State.DECISION, State.CHANGING),
    }
)
CLAIMABLE: Final = (State.SUBMITTED, *IN_HAND, State.CHANGING)
# Decided, but something is still to be done by somebody.
_AFTERWARDS: Final = (State.APPROVED, State.REFUSED, State.CHANGING)
ACTIVE: Final = tuple(State(one) for one in OPEN_STATES if one != State.DRAFT) + _AFTERWARDS


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a queue is narrowed to.

    Attributes:
        whose: "turn": at one's own body, one's role being next; "mine": claimed by oneself; "unclaimed"; "all".
        states: Empty for all that are not over.
        card: Only of this card; leaves out cases whose clock has stopped.
        text: Part of a number, of the carrier's name or of the cargo.
    """

    whose: Whose = "all"
    states: tuple[State, ...] = ()
    vehicle_class: str | None = None
    verdict: str | None = None
    card: Card | None = None
    body_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case of a queue with its clock; without one after the decision (队列的一行)."""

    case: Case
    card: Card | None
    due_on: dt.date | None
    left: int | None
    is_paused: bool


def list_queue(work: UnitOfWork, wanted: QueueFilter, *, limit: int, offset: int) -> tuple[list[QueueRow], int]:
    """Cases that an office may read, what runs out first coming first, and how many there are in all.

    Cases whose clock has stopped come after all others, the last decided first.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: The account works at no desk.
    """
    authorise_desk(work)
    where = _where(work, wanted)
    running = [one for one in open_cases(work, where) if wanted.card in {None, one.reading.card}]
    running.sort(key=lambda one: (one.due_on or dt.date.max, -one.reading.card.rank, one.number))
    page = running[offset : offset + limit]
    rows = _with_clocks(work, page)
    if wanted.card is not None:
        return rows, len(running)
    stopped = where & Case.state.not_in(OPEN_STATES)
    total = len(running) + (work.session.scalar(select(func.count()).select_from(Case).where(stopped)) or 0)
    if len(page) < limit:
        query = select(Case).where(stopped).order_by(Case.ended_at.desc().nulls_last(), Case.id)
        more = work.session.scalars(query.limit(limit - len(page)).offset(max(0, offset - len(running))))
        rows += [QueueRow(case, None, None, None, is_paused=False) for case in more]
    return rows, total


def count_states(work: UnitOfWork, wanted: QueueFilter) -> dict[State, int]:
    """How many cases of a queue stand in which state, whatever states it is narrowed to."""
    authorise_desk(work)
    everywhere = replace(wanted, states=tuple(State), card=None)
    rows = work.session.execute(select(Case.state, func.count()).where(_where(work, everywhere)).group_by(Case.state))
    found = {State(state): number for state, number in rows}
    return {state: found[state] for state in State if state in found}


def deciding_bodies(work: UnitOfWork) -> list[Body]:
    """Bodies that decide a case the account may read: for a filter."""
    authorise_desk(work)
    decides = select(Case.deciding_body_id).where(visible(work, Action.READ_CASE))
    return list(work.session.scalars(select(Body).where(Body.id.in_(decides)).order_by(Body.id)))


def authorise_desk(work: UnitOfWork) -> None:
    """Refuse who reads no cases of an office: bodies that are asked have an inbox, carriers their own pages.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: The account works at no desk.
    """
    if not scopes_for(roles_of(work.actor), Action.READ_CASE):
        authorise(work.actor, Action.READ_CASE)
    if work.actor.body_id is None:
        raise ForbiddenError("只有办理单位可以使用办件台", "the desk is for offices")


def turn_of(work: UnitOfWork) -> tuple[State, ...]:
    """States in which the next step is for a role of whoever looks."""
    return tuple(state for role, states in TURN_OF.items() if role in roles_of(work.actor) for state in states)


def _with_clocks(work: UnitOfWork, page: list[OpenCase]) -> list[QueueRow]:
    cases = {case.id: case for case in work.session.scalars(select(Case).where(Case.id.in_([p.id for p in page])))}
    return [_row(one, cases[one.id]) for one in page]


def _row(one: OpenCase, case: Case) -> QueueRow:
    measured = one.reading.promised or one.reading.statutory
    return QueueRow(case, one.reading.card, one.due_on, measured.left if measured else None, case.state == State.PAUSED)


def _where(work: UnitOfWork, wanted: QueueFilter) -> ColumnElement[bool]:
    states = wanted.states or (turn_of(work) if wanted.whose == "turn" else ACTIVE)
    where = visible(work, Action.READ_CASE) & Case.state.in_([state.value for state in states])
    where &= _whose(wanted.whose, work.actor.account_id, work.actor.body_id)
    if wanted.vehicle_class:
        where &= Case.vehicle_class == wanted.vehicle_class
    if wanted.verdict:
        where &= Case.verdict == wanted.verdict
    if wanted.body_id:
        where &= Case.deciding_body_id == wanted.body_id
    if wanted.text:
        firms = select(Carrier.id).where(Carrier.name.icontains(wanted.text, autoescape=True))
        cargo = Case.form[("cargo", "name")].astext
        named = (Case.number, cargo)
        where &= or_(*(one.icontains(wanted.text, autoescape=True) for one in named), Case.carrier_id.in_(firms))
    return where


def _whose(whose: Whose, account_id: uuid.UUID | None, body_id: str | None) -> ColumnElement[bool]:
    if whose == "mine":
        return Case.claimed_by == account_id
    if whose == "unclaimed":
        return Case.claimed_by.is_(None) & Case.state.in_([state.value for state in CLAIMABLE])
    if whose == "turn":
        own = Case.deciding_body_id == body_id if body_id else false()
        return own & (Case.claimed_by.is_(None) | (Case.claimed_by == account_id))
    return true()


assert set(ACTIVE) <= set(STATES)  # noqa: S101 - the table knows every state
