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
    Entry("/plan", "plan.nav", frozenset({"carrier"})),
    Entry("/my", "layout.my", frozenset({"carrier"})),
    Entry("/desk", "desk.nav", frozenset({"window", "reviewer", "approver", "supervisor"})),
    Entry("/dashboard", "desk.nav_dashboard", frozenset({"approver", "supervisor", "admin"})),
    Entry("/inbox", "inbox.title", frozenset({"reviewer", "police", "city_road", "toll_operator", "maintainer"})),
    Entry(
        "/holdings",
        "holdings.title",
        frozenset({"reviewer", "approver", "enforcement", "police", "city_road", "toll_operator", "maintainer"}),
    ),
    Entry("/inspect", "inspect.title", frozenset({"enforcement"})),
    Entry("/admin", "admin.title", frozenset({"admin"})),
    Entry("/guide", "public.nav_guide"),
    Entry("/verify", "public.nav_verify"),
)


def entries_for(actor: Actor) -> list[Entry]:
    """The entries that somebody sees."""
    return [entry for entry in ENTRIES if not entry.roles or entry.roles & actor.roles]
