"""The history of a case as a line of events (办理过程): what, who, when, with the words that were written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.db.tables import Body, Event
from api.pages.desk.words import action_word, clause_word, state_word, when
from api.pages.language import catalogue
from api.pages.page import PageContext

_ACTIONS: Final = frozenset(one.value for one in Action)
_WORDS: Final = ("sent_reason", "reason", "text")
_BODIES: Final = ("body", "to")


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the history.

    Attributes:
        what: The step.
        who: Whose step it was.
        at: Moment in China standard time.
        leads_to: State it led to; None where it stayed.
        words: What was written with it.
        body: The body it speaks of.
        clause: Its basis.
    """

    seq: int
    what: str
    who: str
    at: str
    leads_to: str | None
    words: str
    body: str
    clause: str


def event_lines(page: PageContext, events: Iterable[Event]) -> Iterator[EventLine]:
    """Events in words."""
    listed = list(events)
    ids = {str(one.data.get(name)) for one in listed for name in _BODIES if one.data.get(name)}
    query = select(Body.id, Body.name).where(Body.id.in_(ids))
    names: dict[str, str] = dict(page.work.session.execute(query).all())
    yield from (_line(page, one, names) for one in listed)


def event_word(page: PageContext, kind: str) -> str:
    """What a kind of event is called; one that has no name yet keeps its code."""
    if kind in _ACTIONS:
        return action_word(page, Action(kind))
    key = f"desk.event_{kind}"
    return page.t(key) if key in catalogue() else kind


def _line(page: PageContext, event: Event, names: Mapping[str, str]) -> EventLine:
    data: Mapping[str, Any] = event.data
    has_moved = data.get("to") != data.get("from") and "from" in data
    bodies = [names[str(data[name])] for name in _BODIES if str(data.get(name)) in names]
    return EventLine(
        seq=event.seq,
        what=event_word(page, event.kind),
        who=event.actor,
        at=when(event.at),
        leads_to=state_word(page, str(data["to"])) if has_moved else None,
        words=next((str(data[name]) for name in _WORDS if data.get(name)), ""),
        body=" → ".join(bodies),
        clause=clause_word(str(data.get("clause") or "")),
    )
