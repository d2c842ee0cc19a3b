"""Prepare, customise, query (预处理、定制、查询): three types, so that a vehicle never rebuilds the graph.

`Prepared` is made once for a snapshot and a set of turn bans, `routing.metric.Metric` once for a vehicle, `query` once
for a pair of places. A faster core replaces these three behind the same names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from routing._kernels import search as kernel
from routing.errors import GraphError
from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, Metric
from routing.turns import TurnTable, build_turn_table


@dataclass(frozen=True, slots=True)
class Place:
    """A point on an arc (弧上位置).

    Attributes:
        arc: The arc.
        at_mm: Distance from the arc's start in travel order, 0 to its length.
    """

    arc: int
    at_mm: int


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the network (路径).

    Attributes:
        arcs: In travel order; the first and the last are driven in part.
        start: Where on the first arc.
        end: Where on the last arc.
        cost: In the metric's ms.
        settled: Search states settled (a counter for measurements).
        relaxed: Transitions looked at.
    """

    arcs: tuple[int, ...]
    start: Place
    end: Place
    cost: int
    settled: int = 0
    relaxed: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A graph made ready for queries (预处理结果)."""

    graph: RoadGraph
    turns: TurnTable

    @classmethod
    def of(cls, graph: RoadGraph, bans: Sequence[Sequence[int]]) -> Self:
        """Compile the bans in force.

        Raises:
            GraphError: The network has more arcs than a search state can number.
        """
        turns = build_turn_table(graph, bans)
        if len(turns.state_arc) >= 1 << kernel.STATE_BITS:
            raise GraphError(f"{len(turns.state_arc)} search states are too many")
        return cls(graph, turns)


def query(prepared: Prepared, metric: Metric, starts: Sequence[Place], ends: Sequence[Place]) -> Path | None:
    """Find the cheapest path from any of the starts to any of the ends.

    Starts and ends are usually the two directions of one road, split at a point.

    Returns:
        The path, or None if there is none. Equal costs are decided by arc number, so the answer never varies.
    """
    graph, weight = prepared.graph, metric.weight
    direct = _direct(prepared, metric, starts, ends)
    cost, arcs, settled, relaxed = kernel.shortest_path(
        graph.arcs.first_out,
        graph.arcs.head,
        graph.arcs.geometry,
        graph.arcs.is_reversed,
        weight,
        prepared.turns.state_arc,
        prepared.turns.first_row,
        prepared.turns.row_arc,
        prepared.turns.row_state,
        np.array([p.arc for p in starts], np.int32),
        np.array([_share(graph, metric, p.arc, p.at_mm, None) for p in starts], np.int64),
        np.array([p.arc for p in ends], np.int32),
        np.array([_share(graph, metric, p.arc, 0, p.at_mm) for p in ends], np.int64),
    )
    if direct is not None and (cost < 0 or direct.cost <= cost):
        return direct
    if cost < 0:
        return None
    path = tuple(int(a) for a in arcs)
    start = next(p for p in starts if p.arc == path[0])
    end = next(p for p in ends if p.arc == path[-1])
    return Path(path, start, end, int(cost), int(settled), int(relaxed))


def _share(graph: RoadGraph, metric: Metric, arc: int, from_mm: int, to_mm: int | None) -> int:
    """Cost of the part of an arc between two places, rounded to the nearest ms."""
    length = int(graph.arcs.length_mm[arc])
    part = (length if to_mm is None else to_mm) - from_mm
    return (int(metric.weight[arc]) * part + length // 2) // length


def _direct(prepared: Prepared, metric: Metric, starts: Sequence[Place], ends: Sequence[Place]) -> Path | None:
    """Ways that start and end on the same arc without leaving it."""
    found = [
        Path((s.arc,), s, e, _share(prepared.graph, metric, s.arc, s.at_mm, e.at_mm))
        for s in starts
        for e in ends
        if s.arc == e.arc and s.at_mm <= e.at_mm and metric.weight[s.arc] != FORBIDDEN
    ]
    return min(found, key=lambda p: (p.cost, p.arcs), default=None)
