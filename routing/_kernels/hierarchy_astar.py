"""A* over links with distances of another metric as potentials (势函数 A*).

The potential of a link is the exact distance from its head to the targets in a metric that is nowhere dearer than the
vehicle's own: that of a vehicle it dominates, or its own metric where only turning round has to be prevented. Such a
potential never overestimates and never falls by more than a link costs, so every link is settled once.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing._kernels.heap import pop, push
from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, weight_of
from routing._kernels.hierarchy_query import (
    CAPPED,
    FOUND,
    NONE,
    UNREACHABLE,
    Ends,
    Roads,
    Scratch,
    Tree,
    clear,
    cost_of,
    drive_on,
    is_source,
    is_u_turn,
    search_from_targets,
    widened,
)
from routing._kernels.hierarchy_topology import Integer
from routing.graph import I32, I64, U32


class Labels(NamedTuple):
    """Memory of one thread for a search over links, all zero between queries.

    Attributes:
        cost: int64[links], cost to the end of each link plus 1, 0 if not reached.
        reached: int32[links], links whose cost is set, to clear it again.
    """

    cost: I64
    reached: I32


@njit(cache=True, nogil=True)
def read_path(
    last: Integer, cost: Integer, roads: Roads, weights: Weights, ends: Ends, labels: Labels, path: I32
) -> int:
    """Read the way backwards by the same rule as `hierarchy_query.read_path`.

    Returns:
        Where in `path` it begins, -1 if the links reached make no way.
    """
    at = len(path) - 1
    path[at] = last
    copies = np.empty((2, 8), np.int32)
    now, count, driven = 0, 0, UNREACHABLE
    for i in range(len(ends.target_link)):
        link = ends.target_link[i]
        if roads.arc[link] == roads.arc[last] and not roads.is_shut[link]:
            driven = min(driven, ends.target_cost[i])
            if count == copies.shape[1]:
                copies = widened(copies)
            copies[now, count] = roads.tail[link]
            count += 1
    wanted, is_first, branches = cost - driven, False, count > 1
    while not is_first:
        size, lowest, chosen = 0, np.int32(0), np.int32(-1)
        for n in range(count):
            node = copies[now, n]
            for i in range(roads.first_in[node], roads.first_in[node + 1]):
                link = roads.in_link[i]
                arc = roads.arc[link]
                if labels.cost[link] != wanted + 1 or (chosen >= 0 and arc > lowest):
                    continue
                if is_u_turn(roads, link, path[at]):
                    continue
                if chosen < 0 or arc < lowest:
                    size, lowest, chosen, is_first = 0, arc, link, False
                if is_source(link, wanted, ends):
                    chosen, is_first = link, True
                if size == copies.shape[1]:
                    copies = widened(copies)
                copies[1 - now, size] = roads.in_tail[i]
                size += 1
        if chosen < 0:
            return -1
        at -= 1
        path[at] = chosen
        wanted -= weight_of(weights, roads.arc[chosen])
        branches |= size > 1
        now, count = 1 - now, size
    if branches:
        drive_on(roads, path, at)
    return at


@njit(cache=True, nogil=True)
def shortest_path(
    roads: Roads,
    tree: Tree,
    up: U32,
    down: U32,
    weights: Weights,
    ends: Ends,
    scratch: Scratch,
    labels: Labels,
    path: I32,
    link_bits: int,
    most_settled: int,
) -> tuple[int, Integer, int, int, int]:
    """Cheapest way that never turns round on the spot; `up` and `down` are of the metric that gives the potentials.

    A heap entry packs `(cost so far + potential) << link_bits | link`. The search ends when nothing is left that could
    be as good as the best target, so that all equally good ways are known and the path does not depend on potentials.

    Returns:
        `FOUND`, `NONE` or `CAPPED`; the cost; where in `path` the links begin; links settled; links relaxed.
    """
    search_from_targets(roads, tree, up, down, ends, scratch)
    heap = np.empty(1024, np.int64)
    size, reached, settled, relaxed = 0, 0, 0, 0
    for i in range(len(ends.source_link)):
        link, cost = ends.source_link[i], ends.source_cost[i]
        potential = cost_of(roads.head[link], tree, up, scratch)
        if potential < UNREACHABLE and (labels.cost[link] == 0 or cost + 1 < labels.cost[link]):
            if labels.cost[link] == 0:
                labels.reached[reached] = link
                reached += 1
            labels.cost[link] = cost + 1
            if size + 1 >= len(heap):
                heap = np.concatenate((heap, heap))
            size = push(heap, size, ((cost + potential) << link_bits) | link)
    status, best, last = NONE, UNREACHABLE, -1
    mask = (np.int64(1) << link_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        link = entry & mask
        key = entry >> link_bits
        if key > best:
            break
        cost = labels.cost[link] - 1
        if key > cost + cost_of(roads.head[link], tree, up, scratch):
            continue
        if settled == most_settled:
            status = CAPPED
            break
        settled += 1
        node = roads.head[link]
        for following in range(roads.first_out[node], roads.end_out[node]):
            if roads.is_shut[following] or is_u_turn(roads, link, following):
                continue
            for i in range(len(ends.target_link)):
                if ends.target_link[i] == following:
                    whole = cost + ends.target_cost[i]
                    if whole < best or (whole == best and roads.arc[following] < roads.arc[last]):
                        best, last = whole, following
            weight = weight_of(weights, roads.arc[following])
            if weight == FORBIDDEN:
                continue
            relaxed += 1
            further = cost + weight
            known = labels.cost[following]
            if known != 0 and further + 1 >= known:
                continue
            potential = cost_of(roads.head[following], tree, up, scratch)
            if potential >= UNREACHABLE:
                continue
            if known == 0:
                labels.reached[reached] = following
                reached += 1
            labels.cost[following] = further + 1
            if size + 1 >= len(heap):
                heap = np.concatenate((heap, heap))
            size = push(heap, size, ((further + potential) << link_bits) | following)
    begin = len(path)
    if status != CAPPED and last >= 0:
        status = FOUND
        begin = read_path(last, best, roads, weights, ends, labels, path)
    for i in range(reached):
        labels.cost[labels.reached[i]] = 0
    clear(scratch)
    if begin < 0:
        raise ValueError("the potentials are no lower bound of the weights")
    return status, best, begin, settled, relaxed
