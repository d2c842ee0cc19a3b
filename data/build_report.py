"""What a network build read, kept and left out (编译报告), so that nothing disappears unsaid."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from routing.columns import ArcFlag, LimitState, Quantity, Scope, StructureKind
from routing.graph import Bool, RoadGraph

_LIMITS = (
    Quantity.HEIGHT,
    Quantity.WIDTH,
    Quantity.LENGTH,
    Quantity.GROSS_MASS,
    Quantity.AXLE_LOAD,
    Quantity.AXLE_GROUP,
)
_SHARE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One input file (来源文件): name without folder, size in bytes, hash of its content ("sha256:…")."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Elements left out for one reason, all of them by id (舍弃)."""

    reason: str
    count: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """An element with tags that could not be read; what they would have said counts as unknown (无法判读)."""

    element: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Components:
    """Parts of the network not connected with each other (连通分量).

    Attributes:
        count: How many there are.
        main_arcs: Arcs of the largest.
        small_count: How many are flagged SMALL_COMPONENT.
        small_arcs: Arcs in them.
        largest: Arcs of the ten largest, falling.
    """

    count: int
    main_arcs: int
    small_count: int
    small_arcs: int
    largest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """Counts in and out, and what was left out or not understood.

    Attributes:
        sources: Files read.
        counts_in: Objects read and selected, by kind.
        counts_out: Rows of the network, by table and kind.
        limits: For each limit the share of arcs with a number, with none stated, and unknown; they add up to 1.
        components: Connected parts.
        rejected: Elements left out, by reason.
        not_understood: Elements with tags that could not be read.
        doubts: Ids of elements kept that look wrong, by what looks wrong.
    """

    sources: tuple[SourceFile, ...]
    counts_in: Mapping[str, int]
    counts_out: Mapping[str, int]
    limits: Mapping[str, Mapping[str, float]]
    components: Components
    rejected: tuple[Rejection, ...]
    not_understood: tuple[NotUnderstood, ...]
    doubts: Mapping[str, Sequence[int | str]]

    def to_json(self) -> str:
        """Write as JSON text; the same build gives the same text."""
        facts: dict[str, Any] = asdict(self)
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def list_rejections(rejected: Mapping[str, Sequence[int]]) -> tuple[Rejection, ...]:
    """Sort rejected ids by reason."""
    return tuple(
        Rejection(reason, len(ids), tuple(sorted(ids))) for reason, ids in sorted(rejected.items()) if len(ids)
    )


def count_network(graph: RoadGraph) -> dict[str, int]:
    """Count the rows of every table, and structures by kind."""
    kinds = np.bincount(graph.structures.kind, minlength=len(StructureKind))
    return {
        "nodes": graph.node_count,
        "arcs": graph.arc_count,
        "geometries": len(graph.geometries.first_point) - 1,
        "points": len(graph.geometries.lon_deg),
        "length_m": int(graph.arcs.length_mm.sum(dtype=np.int64) // 1000),
        "limits": len(graph.limits.quantity),
        "turn_bans": len(graph.turn_bans.condition),
        **{f"structures_{kind.label}": int(kinds[kind]) for kind in StructureKind},
        **{
            f"arcs_{flag.name.lower()}": int(np.count_nonzero(graph.arcs.flags & flag))
            for flag in ArcFlag
            if flag.name is not None
        },
    }


def share_limits(graph: RoadGraph) -> dict[str, dict[str, float]]:
    """Shares of arcs by what is known of each limit; a number goes before a doubt, a doubt before nothing stated.

    ``height_under_structures`` is the same for arcs that pass under or in something.
    """
    everywhere = np.ones(graph.arc_count, dtype=bool)
    shares = {quantity.label: _share(graph, quantity, everywhere) for quantity in _LIMITS}
    under = np.asarray((graph.arcs.flags & ArcFlag.UNDER_STRUCTURE) != 0)
    return {**shares, "height_under_structures": _share(graph, Quantity.HEIGHT, under)}


def _share(graph: RoadGraph, quantity: Quantity, arcs: Bool) -> dict[str, float]:
    rows = graph.limits
    arc_of_row = np.repeat(np.arange(graph.arc_count), np.diff(rows.first_out))
    about = rows.quantity == quantity

    def has(*states: LimitState) -> Bool:
        found = np.zeros(graph.arc_count, dtype=bool)
        found[arc_of_row[about & np.isin(rows.state, states)]] = True
        return found & arcs

    total = max(int(arcs.sum()), 1)
    posted = has(LimitState.NUMBER)
    unknown = has(LimitState.UNREADABLE, LimitState.BELOW_DEFAULT) & ~posted
    none_stated = arcs & ~posted & ~unknown
    return {
        "posted": round(int(posted.sum()) / total, _SHARE_DIGITS),
        "none_stated": round(int(none_stated.sum()) / total, _SHARE_DIGITS),
        "unknown": round(int(unknown.sum()) / total, _SHARE_DIGITS),
    }


def count_unstated_clearances(graph: RoadGraph) -> int:
    """Count rows that say nobody states the clearance under or in a structure."""
    rows = graph.limits
    unstated = (rows.quantity == Quantity.HEIGHT) & (rows.state == LimitState.NONE_STATED) & (rows.scope != Scope.ROAD)
    return int(np.count_nonzero(unstated))
