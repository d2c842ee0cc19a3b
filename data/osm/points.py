"""Tagged nodes on roads: barriers, gates, toll stations (收费站), interchanges (互通), signs on the road."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.osm.barriers import HEIGHT_RESTRICTORS, BarrierReading, Passability, read_barrier
from data.osm.statements import ACCESS_CODES, Statement, access_statement, read_node_statements
from routing.columns import Access, StructureKind

_BOLLARDS: Final = frozenset({"bollard", "block", "jersey_barrier", "planter", "stone", "boulder", "rock", "spikes"})


@dataclass(frozen=True, slots=True)
class PointProfile:
    """What a node says about the roads through it.

    Attributes:
        kind: The structure it is, None for a bare sign.
        name: Its name; for an interchange its name, else its exit number.
        statements: Limits of passing it.
        not_understood: Tags that could not be used.
    """

    kind: StructureKind | None
    name: str
    statements: tuple[Statement, ...]
    not_understood: tuple[str, ...]


def is_point(tags: Mapping[str, str]) -> bool:
    """Whether a node on a road limits it or is a place that routes are written by."""
    is_candidate = "barrier" in tags or tags.get("highway") == "motorway_junction"
    return (is_candidate or any(key.startswith("max") for key in tags)) and read_point(tags) is not None


def read_point(tags: Mapping[str, str]) -> PointProfile | None:
    """Read a node's tags; None if they say nothing that matters to a heavy vehicle."""
    stated = read_node_statements(tags)
    barrier = read_barrier(tags)
    if barrier is not None:
        rows = (*stated.rows, *_passing(barrier))
        failed = stated.not_understood if barrier.is_understood else (*stated.not_understood, barrier.raw)
        if not rows and not barrier.is_toll_booth and barrier.passability is Passability.PASSABLE:
            return None  # a kerb, an open entrance
        return PointProfile(_kind(barrier), barrier.name.strip(), rows, failed)
    if tags.get("highway") == "motorway_junction":
        name = tags.get("name", "").strip() or tags.get("ref", "").strip()
        return PointProfile(StructureKind.INTERCHANGE, name, stated.rows, stated.not_understood)
    return PointProfile(None, "", stated.rows, stated.not_understood) if stated.rows or stated.not_understood else None


def _kind(barrier: BarrierReading) -> StructureKind:
    if barrier.is_toll_booth:
        return StructureKind.TOLL_STATION
    if barrier.kind in HEIGHT_RESTRICTORS:
        return StructureKind.HEIGHT_RESTRICTOR
    if barrier.kind in _BOLLARDS:
        return StructureKind.BOLLARD
    return StructureKind.GATE if barrier.kind.endswith("gate") else StructureKind.BARRIER


def _passing(barrier: BarrierReading) -> tuple[Statement, ...]:
    """Whom the barrier lets through, as a row; nothing if everybody."""
    if barrier.passability is Passability.PASSABLE:
        return ()
    if barrier.passability is Passability.IMPASSABLE:
        access = Access.NO
    elif barrier.passability is Passability.UNKNOWN:
        access = Access.UNKNOWN
    else:
        # A gate without access tags opens for those whom the road lets in.
        access = ACCESS_CODES[barrier.access.access] if barrier.access else Access.YES
    return () if access is Access.YES else (access_statement(access, "both", "", barrier.raw),)
