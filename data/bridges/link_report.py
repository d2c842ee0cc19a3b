"""What became of inventories on the map (入网报告): links, open questions for a person, withheld coverage."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data.bridges.covering import Withheld
from data.bridges.records import Record
from data.linking import Links, Unclear
from data.row_notes import TableReport
from routing.graph import RoadGraph


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that a person has to place (待人工核对).

    Attributes:
        source: "file:row".
        key: Its key.
        name: Its name.
        route_ref: Its route number.
        reason: Why it has no certain road.
        way_ids: Source ids of the roads it may belong to.
    """

    source: str
    key: str
    name: str
    route_ref: str
    reason: str
    way_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Everything that attaching inventories did and could not do.

    Attributes:
        tables: Report of each file.
        linked: Rows linked, by method.
        median_distance_m: Of links by coordinates; None without any.
        ambiguous: Rows that fit several roads; they are on none.
        unlinked: Rows that fit no road.
        doubts: Links whose stake and coordinates disagree.
        stakes: Warnings of the interpolation of stakes.
        datums: Files whose coordinates seem to be in another datum than they say.
        roads: Contradictions between road tables and map.
        unplaced_segments: Rows of road tables that no road of the map belongs to.
        withheld: Where declared coverage does not hold, and why.
        unlisted_ways: Source ids of roads that the map draws as a bridge inside declared coverage, and no inventory
            lists; coverage is withheld there.
    """

    tables: tuple[TableReport, ...]
    linked: dict[str, int]
    median_distance_m: float | None
    ambiguous: tuple[OpenRow, ...]
    unlinked: tuple[OpenRow, ...]
    doubts: tuple[str, ...]
    stakes: tuple[str, ...]
    datums: tuple[str, ...]
    roads: tuple[str, ...]
    unplaced_segments: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    unlisted_ways: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)

    def to_json(self) -> str:
        """Write the report."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1)


def open_rows(graph: RoadGraph, records: Sequence[Record], unclear: Sequence[Unclear]) -> tuple[OpenRow, ...]:
    """Write unclear links for a person."""
    found = []
    for one in unclear:
        record = records[one.record]
        ways = tuple(sorted({int(graph.arcs.way_id[arc]) for arc, _ in one.arcs}))
        found.append(OpenRow(record.source, record.key, record.name, record.route_ref, one.reason, ways))
    return tuple(found)


def doubts_of(records: Sequence[Record], links: Links) -> tuple[str, ...]:
    """Write down links that do not agree with themselves."""
    return tuple(
        f"{records[link.record].source} ({records[link.record].name}): {link.doubt}"
        for link in links.linked
        if link.doubt
    )


def methods_of(links: Sequence[Links]) -> dict[str, int]:
    """Count links by method."""
    counts = Counter(link.method.value for one in links for link in one.linked)
    return dict(sorted(counts.items()))
