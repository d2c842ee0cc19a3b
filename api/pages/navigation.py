"""What stands in the head of every page (导航): a line here adds an entry."""

from dataclasses import dataclass
from typing import Final

from api.unit_of_work import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation.

    Attributes:
        path: Where it leads; it is the current one on every page whose path begins so.
        key: Its words in the catalogue.
        roles: Who sees it; empty: everybody.
    """

    path: str
    key: str
    roles: frozenset[str] = frozenset()


ENTRIES: Final = (
    Entry("/", "layout.start"),
    Entry("/map", "layout.map"),
)


def entries_for(actor: Actor) -> list[Entry]:
    """The entries that somebody sees."""
    return [entry for entry in ENTRIES if not entry.roles or entry.roles & actor.roles]
