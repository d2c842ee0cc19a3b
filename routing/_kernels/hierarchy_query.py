"""Queries on a customised hierarchy: an upward search from one end, then exact costs wherever they are asked for.

A cheapest path climbs from its start to some highest node and descends to its end. Every shortcut of a node leads to
one of its ancestors in the elimination tree, so `climb` needs no queue: it walks from the root of the search to the top
of the tree; `descend` walks back and adds the ways that come down. The cost of any other node is the least over its
up-arcs of the cost of their head plus the way down; `cost_of` computes it when it is asked for and remembers all it met
(lazy potentials, Strasser and Zeitz).

The path itself is read off backwards: of the links into a node, the one its cost came over. No shortcut is ever
unpacked, and of equally good ways the one over the lowest arcs is taken, read from the end, so the path depends neither
on the order nor on the copies of junctions; where copies are equally good, all are followed until the arcs differ.

Nodes are ranks throughout. A remembered cost ``c`` stands as ``c + 1`` and 0 says nothing is known, so fresh zeroed
memory will do and only the pages that a query touches become resident.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing._kernels.hierarchy_customise import FORBIDDEN, INFINITE, Weights, weight_of
from routing._kernels.hierarchy_topology import NO_NODE, Integer
from routing.graph import I32, I64, U32, Bool

UNREACHABLE = np.int64(1) << 60
FOUND, NONE, TURNS_ROUND, CAPPED = 0, 1, 2, 3


class Roads(NamedTuple):
    """Nodes and links of the expanded graph, see `routing.hierarchy.topology.Hierarchy`."""

    first_out: I32
    end_out: I32
    first_in: I32
    in_link: I32
    in_tail: I32
    tail: I32
    head: I32
    arc: I32
    is_copy: Bool
    is_shut: Bool
    geometry: I32
    is_reversed: Bool


class Tree(NamedTuple):
    """Up-arcs and the elimination tree, see `routing._kernels.hierarchy_topology`."""

    first_up: I32
    up_head: I32
    parent: I32


class Ends(NamedTuple):
    """Where paths begin and end: what is left of a source link's arc, what is driven of a target link's, in ms."""

    source_link: I32
    source_cost: I64
    target_link: I32
    target_cost: I64


class Scratch(NamedTuple):
    """Memory of one thread, all zero between queries.

    Attributes:
        known: int64[nodes], cost of each node plus 1, 0 if not known.
        noted: int32[nodes], nodes whose cost is set, to clear it again.
        size: int64[1], how many of them.
        stack: int32[nodes].
    """

    known: I64
    noted: I32
    size: I64
    stack: I32


@njit(cache=True, nogil=True, inline="always")
def is_u_turn(roads: Roads, link: Integer, following: Integer) -> bool:
    """Whether a link drives back the one before it."""
    arc, next_arc = roads.arc[link], roads.arc[following]
    is_same_road = roads.geometry[arc] == roads.geometry[next_arc]
    return bool(is_same_road and roads.is_reversed[arc] != roads.is_reversed[next_arc])


@njit(cache=True, nogil=True)
def begin_at(root: Integer, cost: Integer, tree: Tree, scratch: Scratch) -> None:
    """Let a search begin at a node with a cost; its ancestors, which it may reach, are unreachable until it does."""
    node = root
    while node != NO_NODE and scratch.known[node] == 0:
        scratch.noted[scratch.size[0]] = node
        scratch.size[0] += 1
        scratch.known[node] = UNREACHABLE + 1
        node = tree.parent[node]
    scratch.known[root] = min(scratch.known[root], cost + 1)


@njit(cache=True, nogil=True)
def climb(root: Integer, tree: Tree, upward: U32, scratch: Scratch) -> None:
    """Upward search from a node through all its ancestors; `upward` is `up` forwards and `down` backwards."""
    known = scratch.known
    node = root
    while node != NO_NODE:
        here = known[node]
        if here <= UNREACHABLE:
            for a in range(np.uint64(tree.first_up[node]), np.uint64(tree.first_up[node + 1])):
                head = np.uint32(tree.up_head[a])
                if upward[a] < INFINITE:
                    known[head] = min(known[head], here + np.int64(upward[a]))
        node = tree.parent[node]


@njit(cache=True, nogil=True, inline="always")
def descend_to(node: Integer, best: Integer, tree: Tree, downward: U32, known: I64) -> Integer:
    """Cost plus 1 of a node by the ways down from its ancestors, or `best`; unsigned indices make the loop vectors."""
    for a in range(np.uint64(tree.first_up[node]), np.uint64(tree.first_up[node + 1])):
        cost = known[np.uint32(tree.up_head[a])] + np.int64(downward[a])
        best = min(best, cost if downward[a] < INFINITE else UNREACHABLE + 1)
    return best


@njit(cache=True, nogil=True)
def descend(root: Integer, tree: Tree, downward: U32, scratch: Scratch) -> None:
    """Make the costs of a node and all its ancestors exact, from the top of the tree down."""
    depth = 0
    node = root
    while node != NO_NODE:
        scratch.stack[depth] = node
        depth += 1
        node = tree.parent[node]
    while depth > 0:
        depth -= 1
        node = scratch.stack[depth]
        scratch.known[node] = descend_to(node, scratch.known[node], tree, downward, scratch.known)


@njit(cache=True, nogil=True)
def cost_of(node: Integer, tree: Tree, downward: U32, scratch: Scratch) -> Integer:
    """Exact cost between the roots of the search and a node, `UNREACHABLE` if there is no way."""
    depth = 0
    ancestor = node
    while ancestor != NO_NODE and scratch.known[ancestor] == 0:
        scratch.stack[depth] = ancestor
        depth += 1
        ancestor = tree.parent[ancestor]
    while depth > 0:
        depth -= 1
        ancestor = scratch.stack[depth]
        scratch.known[ancestor] = descend_to(ancestor, UNREACHABLE + 1, tree, downward, scratch.known)
        scratch.noted[scratch.size[0]] = ancestor
        scratch.size[0] += 1
    return int(scratch.known[node] - 1)


@njit(cache=True, nogil=True)
def clear(scratch: Scratch) -> None:
    """Set everything back to zero."""
    for i in range(scratch.size[0]):
        scratch.known[scratch.noted[i]] = 0
    scratch.size[0] = 0


@njit(cache=True, nogil=True)
def search_from_sources(roads: Roads, tree: Tree, up: U32, down: U32, ends: Ends, scratch: Scratch) -> None:
    """Search upwards from where the source links end; `cost_of` with `down` then tells the cost from them."""
    for i in range(len(ends.source_link)):
        begin_at(roads.head[ends.source_link[i]], ends.source_cost[i], tree, scratch)
    for i in range(len(ends.source_link)):
        climb(roads.head[ends.source_link[i]], tree, up, scratch)
    for i in range(len(ends.source_link)):
        descend(roads.head[ends.source_link[i]], tree, down, scratch)


@njit(cache=True, nogil=True)
def search_from_targets(roads: Roads, tree: Tree, up: U32, down: U32, ends: Ends, scratch: Scratch) -> None:
    """Search upwards from where the target links begin; `cost_of` with `up` then tells the cost to them."""
    for i in range(len(ends.target_link)):
        if not roads.is_shut[ends.target_link[i]]:
            begin_at(roads.tail[ends.target_link[i]], ends.target_cost[i], tree, scratch)
    for i in range(len(ends.target_link)):
        if not roads.is_shut[ends.target_link[i]]:
            climb(roads.tail[ends.target_link[i]], tree, down, scratch)
    for i in range(len(ends.target_link)):
        if not roads.is_shut[ends.target_link[i]]:
            descend(roads.tail[ends.target_link[i]], tree, up, scratch)


@njit(cache=True, nogil=True)
def nearest_target(roads: Roads, tree: Tree, down: U32, ends: Ends, scratch: Scratch) -> tuple[Integer, Integer]:
    """Least cost of a way to a target after `search_from_sources`, and its last link; of equal ones the lowest arc."""
    best, best_link = UNREACHABLE, -1
    for i in range(len(ends.target_link)):
        link = ends.target_link[i]
        if roads.is_shut[link]:
            continue
        cost = cost_of(roads.tail[link], tree, down, scratch)
        if cost < UNREACHABLE:
            cost += ends.target_cost[i]
            if cost < best or (cost == best and roads.arc[link] < roads.arc[best_link]):
                best, best_link = cost, link
    return best, best_link


@njit(cache=True, nogil=True, inline="always")
def is_source(link: Integer, cost: Integer, ends: Ends) -> bool:
    """Whether a way may begin with a link at that cost."""
    found = False
    for s in range(len(ends.source_link)):
        found |= ends.source_link[s] == link and ends.source_cost[s] == cost
    return found


@njit(cache=True, nogil=True)
def widened(copies: I32) -> I32:
    """The same two rows with twice the room."""
    room = np.empty((2, 2 * copies.shape[1]), np.int32)
    room[:, : copies.shape[1]] = copies
    return room


@njit(cache=True, nogil=True)
def drive_on(roads: Roads, path: I32, begin: int) -> None:
    """Make a path whose arcs are right go over the links that its first link leads to, copies of junctions included."""
    for at in range(begin + 1, len(path)):
        node = roads.head[path[at - 1]]
        for link in range(roads.first_out[node], roads.end_out[node]):
            if roads.arc[link] == roads.arc[path[at]]:
                path[at] = link


@njit(cache=True, nogil=True)
def read_path(
    last: Integer, roads: Roads, tree: Tree, down: U32, weights: Weights, ends: Ends, scratch: Scratch, path: I32
) -> tuple[int, int]:
    """Read a cheapest way backwards from its last link, over the lowest arcs.

    Only between copies of one junction can a cheapest way turn round on the spot, or over its first or last link.

    `last` comes from `nearest_target`; `path` is filled from its end on.

    Returns:
        `FOUND`, or `TURNS_ROUND` if the way turns round on the spot somewhere; where in `path` the way begins.
    """
    at = len(path) - 1
    path[at] = last
    beyond = roads.head[last]
    copies = np.empty((2, 8), np.int32)
    now, count = 0, 0
    wanted: Integer = UNREACHABLE
    for i in range(len(ends.target_link)):
        link = ends.target_link[i]
        if roads.arc[link] != roads.arc[last] or roads.is_shut[link]:
            continue
        cost = cost_of(roads.tail[link], tree, down, scratch)
        if count == 0 or cost + ends.target_cost[i] < wanted:
            count, wanted = 0, cost + ends.target_cost[i]
        if cost + ends.target_cost[i] == wanted:
            if count == copies.shape[1]:
                copies = widened(copies)
            copies[now, count] = roads.tail[link]
            count += 1
    is_first, branches = False, count > 1
    while not is_first:
        wanted = cost_of(copies[now, 0], tree, down, scratch)
        size, lowest, chosen = 0, np.int32(0), np.int32(-1)
        for n in range(count):
            node = copies[now, n]
            for i in range(roads.first_in[node], roads.first_in[node + 1]):
                link, tail = roads.in_link[i], roads.in_tail[i]
                arc = roads.arc[link]
                if chosen >= 0 and arc > lowest:
                    continue
                begins = is_source(link, wanted, ends)
                if not begins:
                    weight = weight_of(weights, arc)
                    if weight == FORBIDDEN or roads.is_shut[link]:
                        continue
                    if cost_of(tail, tree, down, scratch) + weight != wanted:
                        continue
                if chosen < 0 or arc < lowest:
                    size, lowest, chosen, is_first = 0, arc, link, False
                if begins:
                    chosen, is_first = link, True
                if size == copies.shape[1]:
                    copies = widened(copies)
                copies[1 - now, size] = tail
                size += 1
        if chosen < 0 or at == 0:
            return TURNS_ROUND, at
        tail = copies[1 - now, 0]
        near = count > 1 or size > 1 or tail == beyond or roads.is_copy[tail] or roads.is_copy[beyond]
        if near and is_u_turn(roads, chosen, path[at]):
            return TURNS_ROUND, at
        at -= 1
        path[at] = chosen
        branches |= size > 1
        beyond = copies[now, 0]
        now, count = 1 - now, size
    if branches:
        drive_on(roads, path, at)
    return FOUND, at


@njit(cache=True, nogil=True)
def way_to(
    roads: Roads, tree: Tree, down: U32, weights: Weights, ends: Ends, scratch: Scratch, path: I32
) -> tuple[int, Integer, int]:
    """Cheapest way to the targets after `search_from_sources`.

    Returns:
        `FOUND`, `NONE` or `TURNS_ROUND`; the cost, a lower bound in the last case; where in `path` the links begin.
    """
    cost, last = nearest_target(roads, tree, down, ends, scratch)
    status, begin = NONE, len(path)
    if last >= 0:
        status, begin = read_path(last, roads, tree, down, weights, ends, scratch, path)
    return status, cost, begin


@njit(cache=True, nogil=True)
def shortest_path(
    roads: Roads, tree: Tree, up: U32, down: U32, weights: Weights, ends: Ends, scratch: Scratch, path: I32
) -> tuple[int, Integer, int, Integer]:
    """Cheapest way from the sources to the targets; turning round on the spot is not prevented but noticed.

    Returns:
        `FOUND`, `NONE` or `TURNS_ROUND`; the cost, a lower bound in the last case; where in `path` the links begin;
        nodes whose cost was computed (a counter for measurements).
    """
    search_from_sources(roads, tree, up, down, ends, scratch)
    status, cost, begin = way_to(roads, tree, down, weights, ends, scratch, path)
    noted = scratch.size[0]
    clear(scratch)
    return status, cost, begin, noted
