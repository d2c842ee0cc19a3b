"""Shortest way over the arcs of one route (沿线最短路), between places given on several arcs."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

from routing.graph import RoadGraph

Spot = tuple[int, float]
"""An arc, and a place on it in metres from its start."""

Way = tuple[float, list[int], float, float]
"""Length in metres, arcs in travel order, place of its start on the first arc and of its end on the last."""


def shortest_way(
    graph: RoadGraph, leaving: Mapping[int, Sequence[int]], starts: Sequence[Spot], ends: Sequence[Spot], most_m: float
) -> Way | None:
    """Find the shortest way from any start to any end; None if there is none as short as asked for.

    Args:
        graph: The network.
        leaving: Arcs of the route by the node they start at.
        starts: Places to start from.
        ends: Places to arrive at.
        most_m: Longer ways are not looked for.
    """
    length = graph.arcs.length_mm
    best: Way | None = None
    for arc, offset in starts:
        for end, stop in ends:
            if end == arc and stop > offset and (best is None or stop - offset < best[0]):
                best = stop - offset, [arc], offset, stop
    queue = [(length[arc] / 1000 - offset, arc, offset, -1) for arc, offset in sorted(starts)]
    heapq.heapify(queue)
    before: dict[int, int] = {}
    targets = defaultdict(list)
    for end, stop in ends:
        targets[end].append(stop)
    while queue:
        cost, arc, offset, previous = heapq.heappop(queue)
        if cost > most_m or (best is not None and cost >= best[0]):
            break
        if arc in before:
            continue
        before[arc] = previous
        for following in leaving.get(int(graph.arcs.head[arc]), ()):
            for stop in targets.get(following, ()):
                if best is None or cost + stop < best[0]:
                    best = cost + stop, [*_chain(before, arc), following], offset, stop
            if following not in before:
                heapq.heappush(queue, (cost + length[following] / 1000, following, offset, arc))
    return best


def _chain(before: dict[int, int], arc: int) -> list[int]:
    chain = [arc]
    while before[chain[-1]] >= 0:
        chain.append(before[chain[-1]])
    return chain[::-1]
