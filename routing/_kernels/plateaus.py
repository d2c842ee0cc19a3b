"""Trees from both ends of a trip and where they agree (平台): a stretch that is best from both sides.

On a customised hierarchy the cost of every node is one sweep from the highest rank down: all ways down come from
ancestors, whose costs are known by then. A link is in the tree from the start if it is tight: cost of its tail plus its
weight is cost of its head; of several, that of the lowest arc. No queue and no search is needed.

Costs stand as in `hierarchy_query`: a cost ``c`` as ``c + 1``.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, weight_of
from routing._kernels.hierarchy_query import (
    UNREACHABLE,
    Ends,
    Roads,
    Scratch,
    Tree,
    descend_to,
    search_from_sources,
    search_from_targets,
)
from routing._kernels.hierarchy_topology import Integer
from routing.graph import I32, I64, U32

NO_LINK = -1


class Trees(NamedTuple):
    """Trees of cheapest ways from the start and to the end, where a way within the bound can be.

    Attributes:
        ahead, behind: int64[nodes], cost from the start and to the end, plus 1.
        before, after: int32[nodes], link of the tree that comes in, or goes on; `NO_LINK` at the ends.
    """

    ahead: I64
    behind: I64
    before: I32
    after: I32


@njit(cache=True, nogil=True)
def sweep(tree: Tree, downward: U32, known: I64) -> None:
    """Make the cost of every node exact that the search upwards has not met."""
    for node in range(len(tree.parent) - 1, -1, -1):
        if known[node] == 0:
            known[node] = descend_to(node, UNREACHABLE + 1, tree, downward, known)


@njit(cache=True, nogil=True)
def costs_of_all(roads: Roads, tree: Tree, up: U32, down: U32, ends: Ends, noted: I32, stack: I32) -> tuple[I64, I64]:
    """Cost of every node from the start, and to the end, plus 1."""
    nodes = len(tree.parent)
    ahead, behind = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    search_from_sources(roads, tree, up, down, ends, Scratch(ahead, noted, np.zeros(1, np.int64), stack))
    sweep(tree, down, ahead)
    search_from_targets(roads, tree, up, down, ends, Scratch(behind, noted, np.zeros(1, np.int64), stack))
    sweep(tree, up, behind)
    return ahead, behind


@njit(cache=True, nogil=True)
def cheapest(roads: Roads, ends: Ends, ahead: I64) -> Integer:
    """Cost of the cheapest way from the sources to the targets if turning round is not prevented."""
    best: Integer = UNREACHABLE
    for i in range(len(ends.target_link)):
        if not roads.is_shut[ends.target_link[i]]:
            best = min(best, ahead[roads.tail[ends.target_link[i]]] - 1 + ends.target_cost[i])
    return best


@njit(cache=True, nogil=True)
def grow_trees(roads: Roads, weights: Weights, ends: Ends, ahead: I64, behind: I64, bound: int) -> Trees:
    """Find the links of both trees, of equal ones the lowest arc; a tree ends where a way may begin or end."""
    nodes = len(ahead)
    before, after = np.full(nodes, NO_LINK, np.int32), np.full(nodes, NO_LINK, np.int32)
    for node in range(nodes):
        if ahead[node] + behind[node] - 2 > bound:
            continue
        for i in range(roads.first_in[node], roads.first_in[node + 1]):
            link, tail = roads.in_link[i], roads.in_tail[i]
            if ahead[tail] >= ahead[node] or roads.is_shut[link]:
                continue
            weight = weight_of(weights, roads.arc[link])
            if weight == FORBIDDEN or ahead[tail] + weight != ahead[node]:
                continue
            if before[node] == NO_LINK or roads.arc[link] < roads.arc[before[node]]:
                before[node] = link
        for link in range(roads.first_out[node], roads.end_out[node]):
            head = roads.head[link]
            if behind[head] >= behind[node] or roads.is_shut[link]:
                continue
            weight = weight_of(weights, roads.arc[link])
            if weight == FORBIDDEN or behind[head] + weight != behind[node]:
                continue
            if after[node] == NO_LINK or roads.arc[link] < roads.arc[after[node]]:
                after[node] = link
    for i in range(len(ends.source_link)):
        head = roads.head[ends.source_link[i]]
        if ahead[head] == ends.source_cost[i] + 1:
            before[head] = NO_LINK
    for i in range(len(ends.target_link)):
        tail = roads.tail[ends.target_link[i]]
        if behind[tail] == ends.target_cost[i] + 1 and not roads.is_shut[ends.target_link[i]]:
            after[tail] = NO_LINK
    return Trees(ahead, behind, before, after)


@njit(cache=True, nogil=True)
def plateaus(roads: Roads, trees: Trees, shortest: int) -> tuple[I32, I64, I64]:
    """Stretches of both trees that cost at least so much.

    Returns:
        int32, the first node of each; int64, the cost of the whole way through it; int64, the cost of the stretch.
    """
    first, total, length = np.empty(256, np.int32), np.empty(256, np.int64), np.empty(256, np.int64)
    found = 0
    for node in range(len(trees.before)):
        link = trees.after[node]
        if link == NO_LINK or trees.before[roads.head[link]] != link:
            continue
        come = trees.before[node]
        if come != NO_LINK and trees.after[roads.tail[come]] == come:
            continue
        end = node
        while link != NO_LINK and trees.before[roads.head[link]] == link:
            end = roads.head[link]
            link = trees.after[end]
        cost = trees.ahead[end] - trees.ahead[node]
        if cost < shortest:
            continue
        if found == len(first):
            first, total = np.concatenate((first, first)), np.concatenate((total, total))
            length = np.concatenate((length, length))
        first[found], total[found], length[found] = node, trees.ahead[node] + trees.behind[node] - 2, cost
        found += 1
    return first[:found], total[:found], length[:found]


@njit(cache=True, nogil=True)
def way_through(node: int, roads: Roads, trees: Trees, ends: Ends) -> I32:
    """Links of the way through a node along both trees, from a source link to a target link."""
    size, at = 2, node
    while trees.before[at] != NO_LINK:
        at = roads.tail[trees.before[at]]
        size += 1
    start, ahead = at, size - 2
    at = node
    while trees.after[at] != NO_LINK:
        at = roads.head[trees.after[at]]
        size += 1
    links = np.full(size, NO_LINK, np.int32)
    for i in range(len(ends.source_link)):
        link = ends.source_link[i]
        is_here = roads.head[link] == start and ends.source_cost[i] + 1 == trees.ahead[start]
        if is_here and (links[0] == NO_LINK or roads.arc[link] < roads.arc[links[0]]):
            links[0] = link
    for i in range(len(ends.target_link)):
        link = ends.target_link[i]
        is_here = roads.tail[link] == at and ends.target_cost[i] + 1 == trees.behind[at] and not roads.is_shut[link]
        if is_here and (links[size - 1] == NO_LINK or roads.arc[link] < roads.arc[links[size - 1]]):
            links[size - 1] = link
    at = node
    for n in range(ahead, 0, -1):
        links[n] = trees.before[at]
        at = roads.tail[links[n]]
    at = node
    for n in range(ahead + 1, size - 1):
        links[n] = trees.after[at]
        at = roads.head[links[n]]
    return links
