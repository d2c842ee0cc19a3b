"""Many questions of one vehicle in one call, so that threads do not wait for each other between them."""

import numpy as np
from numba import njit

from routing._kernels import hierarchy_astar, hierarchy_query
from routing._kernels.hierarchy_astar import Labels
from routing._kernels.hierarchy_customise import FORBIDDEN, INFINITE, Weights, weight_of
from routing._kernels.hierarchy_query import FOUND, NONE, TURNS_ROUND, UNREACHABLE, Ends, Roads, Scratch, Tree
from routing.graph import I32, I64, U8, U32

link_search = hierarchy_astar.shortest_path
hierarchy_search = hierarchy_query.shortest_path
NO_CAP = 0x7FFFFFFFFFFFFFFF


@njit(cache=True, nogil=True)
def route_many(
    roads: Roads,
    tree: Tree,
    up: U32,
    down: U32,
    weights: Weights,
    first_source: I64,
    first_target: I64,
    all_ends: Ends,
    scratch: Scratch,
    labels: Labels,
    path: I32,
    link_bits: int,
) -> tuple[U8, I64, I64, I32]:
    """Ask for trip after trip.

    Trip ``n`` has the ends from ``first_source[n]`` and ``first_target[n]`` on; scratch, labels and path are those of
    this thread.

    Returns:
        uint8[trips] `FOUND` or `NONE`, int64[trips] costs, int64[trips + 1] where a trip's links begin, their links.
    """
    trips = len(first_source) - 1
    status = np.empty(trips, np.uint8)
    costs = np.empty(trips, np.int64)
    first_link = np.zeros(trips + 1, np.int64)
    links = np.empty(64 * trips + 1024, np.int32)
    for trip in range(trips):
        s, t = slice(first_source[trip], first_source[trip + 1]), slice(first_target[trip], first_target[trip + 1])
        ends = Ends(all_ends.source_link[s], all_ends.source_cost[s], all_ends.target_link[t], all_ends.target_cost[t])
        found, cost, begin, _ = hierarchy_search(roads, tree, up, down, weights, ends, scratch, path)
        if found == TURNS_ROUND:
            found, cost, begin, _, _ = link_search(
                roads, tree, up, down, weights, ends, scratch, labels, path, link_bits, NO_CAP
            )
        status[trip], costs[trip] = found, cost
        size = len(path) - begin if found == FOUND else 0
        at = first_link[trip]
        while at + size > len(links):
            links = np.concatenate((links, np.empty(len(links), np.int32)))
        links[at : at + size] = path[len(path) - size :]
        first_link[trip + 1] = at + size
    return status, costs, first_link, links[: first_link[trips]].copy()


@njit(cache=True, nogil=True)
def part_costs(weights: Weights, arc: I32, at_mm: I64, length_mm: I32, is_rest: bool) -> I64:
    """Cost of what is left of arcs from a place on, or of what is driven of them up to it; `FORBIDDEN` if shut.

    Rounded to the nearest ms.
    """
    costs = np.empty(len(arc), np.int64)
    for n in range(len(arc)):
        length = np.int64(length_mm[arc[n]])
        driven = length - at_mm[n] if is_rest else at_mm[n]
        weight = weight_of(weights, arc[n])
        costs[n] = FORBIDDEN if weight == FORBIDDEN else (weight * driven + length // 2) // length
    return costs


@njit(cache=True, nogil=True)
def cost_table(
    roads: Roads,
    tree: Tree,
    up: U32,
    down: U32,
    weights: Weights,
    source_link: I32,
    source_cost: I64,
    first_target: I64,
    target_link: I32,
    target_cost: I64,
    scratch: Scratch,
    path: I32,
) -> tuple[U8, I64]:
    """One to many: one upward search, then the cost of every destination; what turns round is left to the caller.

    Returns:
        uint8[destinations] `FOUND`, `NONE` or `TURNS_ROUND`, int64[destinations] costs.
    """
    count = len(first_target) - 1
    status = np.full(count, NONE, np.uint8)
    costs = np.full(count, UNREACHABLE, np.int64)
    origin = Ends(source_link, source_cost, target_link[:0], target_cost[:0])
    hierarchy_query.search_from_sources(roads, tree, up, down, origin, scratch)
    for n in range(count):
        t = slice(first_target[n], first_target[n + 1])
        ends = Ends(source_link, source_cost, target_link[t], target_cost[t])
        status[n], costs[n], _ = hierarchy_query.way_to(roads, tree, down, weights, ends, scratch, path)
    hierarchy_query.clear(scratch)
    return status, costs


@njit(cache=True, nogil=True)
def largest_finite_of_lanes(both: U32) -> U32:
    """Largest weight below `INFINITE` in every column."""
    largest = np.zeros(both.shape[1], np.uint32)
    for a in range(both.shape[0]):
        for lane in range(both.shape[1]):
            weight = both[a, lane] if both[a, lane] < INFINITE else np.uint32(0)
            largest[lane] = max(largest[lane], weight)
    return largest
