"""Prepare, customise, query (预处理、定制、查询): three types, so that a vehicle never rebuilds the graph.

`Prepared` is made once for a snapshot and a set of turn bans, `routing.metric.Metric` once for a vehicle, `query` once
for a pair of places. A faster core replaces these three behind the same names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from routing._kernels import search as kernel
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
        end_state: Search state it ends in: the last arc, or a copy of it that remembers the roads before.
    """

    arcs: tuple[int, ...]
    start: Place
    end: Place
    cost: int
    settled: int = 0
    relaxed: int = 0
    end_state: int = -1


@dataclass(frozen=True, slots=True)
class Prepared:
    """A graph made ready for queries (预处理结果)."""

    graph: RoadGraph
    turns: TurnTable

    @classmethod
    def of(cls, graph: RoadGraph, bans: Sequence[Sequence[int]]) -> Self:
        """Compile the bans in force."""
        return cls(graph, build_turn_table(graph, bans))

    @property
    def state_bits(self) -> int:
        """Bits that number every search state; the rest of a heap entry is for the cost."""
        return max(len(self.turns.state_arc) - 1, 1).bit_length()


PartWeight = Callable[[int, int, int], int]
"""Weight of a whole arc if only a part counts: (arc, from_mm, to_mm) -> weight, `FORBIDDEN` if it may not be driven."""


def query(
    prepared: Prepared,
    metric: Metric,
    starts: Sequence[Place],
    ends: Sequence[Place],
    *,
    part_weight: PartWeight | None = None,
    state: int | None = None,
) -> Path | None:
    """Find the cheapest path from any of the starts to any of the ends.

    Starts and ends are usually the two directions of one road, split at a point.

    Args:
        prepared: Graph and turn bans.
        metric: Weights of one vehicle.
        starts: Where the path may begin.
        ends: Where it may end.
        part_weight: Weights of the first and the last arc by the part that is driven; None: those of the metric.
        state: Search state a path before this one ended in, so that bans over its last roads hold on; there is then
            one start, on the arc of that state.

    Returns:
        The path, or None if there is none. Equal costs are decided by arc number, so the answer never varies.
    """
    arcs, turns = prepared.graph.arcs, prepared.turns
    priced = _Prices(prepared.graph, metric, part_weight)
    direct = _direct(priced, starts, ends, state)
    sources = [(p, cost) for p in starts if (cost := priced.rest(p)) is not None]
    targets = [(p, cost) for p in ends if (cost := priced.begun(p)) is not None]
    cost, found, end_state, settled, relaxed = kernel.shortest_path(
        arcs.first_out,
        arcs.head,
        arcs.geometry,
        arcs.is_reversed,
        metric.weight,
        turns.state_arc,
        turns.first_row,
        turns.row_arc,
        turns.row_state,
        np.array([place.arc if state is None else state for place, _ in sources], np.int32),
        np.array([cost for _, cost in sources], np.int64),
        np.array([place.arc for place, _ in targets], np.int32),
        np.array([cost for _, cost in targets], np.int64),
        prepared.state_bits,
    )
    if direct is not None and (cost < 0 or direct.cost <= cost):
        return direct
    if cost < 0:
        return None
    path = tuple(int(a) for a in found)
    start, end = _cheapest_on(path[0], sources), _cheapest_on(path[-1], targets)
    return Path(path, start, end, int(cost), int(settled), int(relaxed), int(end_state))


def _cheapest_on(arc: int, priced: Sequence[tuple[Place, int]]) -> Place:
    """The place on an arc that a path through it uses; of equal ones the first."""
    return min((entry for entry in priced if entry[0].arc == arc), key=lambda entry: entry[1])[0]


@dataclass(frozen=True, slots=True)
class _Prices:
    """What parts of arcs cost."""

    graph: RoadGraph
    metric: Metric
    part_weight: PartWeight | None

    def rest(self, place: Place) -> int | None:
        """Cost from a place to the end of its arc, None if it may not be driven."""
        return self.between(place.arc, place.at_mm, int(self.graph.arcs.length_mm[place.arc]))

    def begun(self, place: Place) -> int | None:
        """Cost from the start of an arc to a place on it, None if it may not be driven."""
        return self.between(place.arc, 0, place.at_mm)

    def between(self, arc: int, from_mm: int, to_mm: int) -> int | None:
        """Cost of a part of an arc, rounded to the nearest ms, None if it may not be driven."""
        weight = int(self.metric.weight[arc]) if self.part_weight is None else self.part_weight(arc, from_mm, to_mm)
        if weight == FORBIDDEN:
            return None
        length = int(self.graph.arcs.length_mm[arc])
        return (weight * (to_mm - from_mm) + length // 2) // length


def cost_of(prepared: Prepared, metric: Metric, path: Path, *, part_weight: PartWeight | None = None) -> int:
    """Cost of a known path under a metric, in ms; every arc of it must be allowed."""
    priced = _Prices(prepared.graph, metric, part_weight)
    if len(path.arcs) == 1:
        return priced.between(path.arcs[0], path.start.at_mm, path.end.at_mm) or 0
    inner = sum(int(metric.weight[arc]) for arc in path.arcs[1:-1])
    return (priced.rest(path.start) or 0) + inner + (priced.begun(path.end) or 0)


def _direct(priced: _Prices, starts: Sequence[Place], ends: Sequence[Place], state: int | None) -> Path | None:
    """Ways that start and end on the same arc without leaving it."""
    found = [
        Path((s.arc,), s, e, cost, end_state=s.arc if state is None else state)
        for s in starts
        for e in ends
        if s.arc == e.arc and s.at_mm <= e.at_mm and (cost := priced.between(s.arc, s.at_mm, e.at_mm)) is not None
    ]
    return min(found, key=lambda p: (p.cost, p.arcs), default=None)
