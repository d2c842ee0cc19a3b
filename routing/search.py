"""Plain Dijkstra (朴素最短路): the measure of exactness of the hierarchy, with nothing prepared but the turn bans.

`Prepared` is made once for a snapshot and a set of turn bans, `routing.metric.Metric` once for a vehicle, `query` once
for a pair of places. `routing.hierarchy` gives the same answers, to the arc.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from routing._kernels import search as kernel
from routing.graph import RoadGraph
from routing.metric import Metric
from routing.parts import PartWeight, Path, Place, Pricing, cheapest_on, columns_of
from routing.turns import TurnTable, build_turn_table


@dataclass(frozen=True, slots=True)
class Prepared:
    """A graph with its turn bans as search states (预处理结果)."""

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
        The path, or None if there is none. Of equally cheap ones it is that with the lowest arc numbers, read from the
        end.
    """
    arcs, turns = prepared.graph.arcs, prepared.turns
    pricing = Pricing(arcs.length_mm, lambda arc: int(metric.weight[arc]), part_weight)
    direct = pricing.direct(starts, ends, state)
    sources, targets = pricing.sources(starts), pricing.targets(ends)
    source_arc, source_cost = columns_of(sources)
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
        source_arc if state is None else np.full(len(sources), state, np.int32),
        source_cost,
        *columns_of(targets),
        prepared.state_bits,
    )
    if direct is not None and (cost < 0 or direct.cost <= cost):
        return direct
    if cost < 0:
        return None
    path = tuple(int(a) for a in found)
    start, end = cheapest_on(path[0], sources), cheapest_on(path[-1], targets)
    return Path(path, start, end, int(cost), int(settled), int(relaxed), int(end_state))
