"""The daily list of what runs out (临期清单), for those who have to do it and those who watch over them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Scope, scopes_for
from api.cases.find import visible
from api.db.tables import Body, Carrier, Case
from api.supervision.matters import Kind, Matter, matters
from api.unit_of_work import UnitOfWork
from rules.cards import Card

LISTED: Final = frozenset({Card.WARNING, Card.YELLOW, Card.RED, Card.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; everything that is not green unless said."""

    kinds: frozenset[Kind] = frozenset(Kind)
    cards: frozenset[Card] = LISTED
    body_id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list, with the words that say what it is about."""

    matter: Matter
    body: str | None
    carrier: str
    cargo: str


def running_out(work: UnitOfWork, wanted: Wanted, *, limit: int, offset: int) -> tuple[list[Line], int]:
    """What runs out, the worst first, and how many there are in all."""
    found = [one for one in seen(work, wanted.kinds) if one.card in wanted.cards]
    if wanted.body_id is not None:
        found = [one for one in found if one.body_id == wanted.body_id]
    found.sort(key=_urgency)
    return _lines(work, found[offset : offset + limit]), len(found)


def seen(work: UnitOfWork, kinds: frozenset[Kind] = frozenset(Kind)) -> list[Matter]:
    """Everything open that the account may know of.

    Who sees a case only because a part of it was sent to its body, sees what that body has to do and nothing else.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account reads the list.
    """
    scopes = scopes_for(roles_of(work.actor), Action.LIST_RUNNING_OUT)
    if not scopes:
        authorise(work.actor, Action.LIST_RUNNING_OUT)
    found = matters(work, visible(work, Action.LIST_RUNNING_OUT), kinds)
    if scopes - {Scope.PART}:
        return found
    return [one for one in found if one.body_id is not None and one.body_id == work.actor.body_id]


def counts(found: list[Matter]) -> dict[Kind, dict[Card, int]]:
    """How many of each kind stand at which card."""
    counted = Counter((one.kind, one.card) for one in found)
    return {kind: {card: counted[kind, card] for card in Card} for kind in Kind}


def _urgency(one: Matter) -> tuple[int, dt.date, str, str, str]:
    return -one.card.rank, one.due_on or dt.date.max, one.number, one.kind.value, str(one.subject_id)


def _lines(work: UnitOfWork, page: list[Matter]) -> list[Line]:
    """Names for one page, in two queries."""
    cargo = Case.form["cargo"]["name"].astext
    wanted = select(Case.id, Carrier.name, cargo).join(Carrier, Carrier.id == Case.carrier_id)
    rows = work.session.execute(wanted.where(Case.id.in_({one.case_id for one in page})))
    told = {key: (carrier, name or "") for key, carrier, name in rows}
    ids = {one.body_id for one in page}
    named = work.session.execute(select(Body.id, Body.name).where(Body.id.in_(ids)))
    bodies: dict[str | None, str] = dict(named.all())
    return [Line(one, bodies.get(one.body_id), *told[one.case_id]) for one in page]
