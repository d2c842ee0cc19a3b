"""Contraction without weights (无权收缩): which shortcuts a node order needs, whatever the weights will be.

All nodes here are ranks: node 0 is contracted first. An *up-arc* joins a node to one of higher rank; the up-arcs of
node ``x`` are ``first_up[x] .. first_up[x + 1] - 1``, sorted by head.
"""

from typing import Any

import numpy as np
from numba import njit

from routing.graph import I32, Bool

Integer = int | np.integer[Any]

NO_NODE = -1
NO_ARC = -1


@njit(cache=True, nogil=True)
def chordal_supergraph(first_neighbour: I32, neighbour: I32) -> tuple[I32, I32, I32]:
    """Contract all nodes in order: the higher neighbours of a contracted node become neighbours of each other.

    It is enough to hand them to the lowest of them, the node's parent in the elimination tree.

    Args:
        first_neighbour: int32[nodes + 1].
        neighbour: int32, neighbours of higher rank, each once.

    Returns:
        first_up, int32[up-arcs] heads, int32[nodes] parents (`NO_NODE` at a root).
    """
    nodes = len(first_neighbour) - 1
    first_up = np.zeros(nodes + 1, np.int32)
    up_head = np.empty(4 * len(neighbour) + 16, np.int32)
    parent = np.full(nodes, NO_NODE, np.int32)
    first_child = np.full(nodes, NO_NODE, np.int32)
    next_sibling = np.full(nodes, NO_NODE, np.int32)
    seen_by = np.full(nodes, NO_NODE, np.int32)
    end = np.int64(0)
    for node in range(nodes):
        begin = end
        needed = first_neighbour[node + 1] - first_neighbour[node]
        child = first_child[node]
        while child != NO_NODE:
            needed += first_up[child + 1] - first_up[child]
            child = next_sibling[child]
        if end + needed > len(up_head):
            larger = np.empty(2 * (end + needed), np.int32)
            larger[:end] = up_head[:end]
            up_head = larger
        for i in range(first_neighbour[node], first_neighbour[node + 1]):
            seen_by[neighbour[i]] = node
            up_head[end] = neighbour[i]
            end += 1
        child = first_child[node]
        while child != NO_NODE:
            for arc in range(first_up[child], first_up[child + 1]):
                head = up_head[arc]
                if head != node and seen_by[head] != node:
                    seen_by[head] = node
                    up_head[end] = head
                    end += 1
            child = next_sibling[child]
        up_head[begin:end] = np.sort(up_head[begin:end])
        first_up[node + 1] = end
        if end > begin:
            parent[node] = up_head[begin]
            next_sibling[node] = first_child[parent[node]]
            first_child[parent[node]] = node
    return first_up, up_head[:end].copy(), parent


@njit(cache=True, nogil=True)
def count_triangles(first_up: I32) -> Integer:
    """Pairs of up-arcs that leave the same node."""
    count = np.int64(0)
    for node in range(len(first_up) - 1):
        degree = np.int64(first_up[node + 1] - first_up[node])
        count += degree * (degree - 1) // 2
    return count


@njit(cache=True, nogil=True)
def list_triangles(first_up: I32, up_head: I32) -> I32:
    """The third side of every triangle (三角形).

    Returns:
        int32[triangles]: for node x and its up-arcs i < j, in that order, the up-arc from head of i to head of j.
    """
    third = np.empty(count_triangles(first_up), np.int32)
    at = 0
    for node in range(len(first_up) - 1):
        for i in range(first_up[node], first_up[node + 1]):
            side = first_up[up_head[i]]
            for j in range(i + 1, first_up[node + 1]):
                while up_head[side] != up_head[j]:
                    side += 1
                third[at] = side
                at += 1
    return third


@njit(cache=True, nogil=True)
def place_links(tail_rank: I32, head_rank: I32, first_up: I32, up_head: I32) -> tuple[I32, Bool]:
    """Find the up-arc that stands for each link, `NO_ARC` for a link from a node to itself, and whether it leads up."""
    up_arc = np.full(len(tail_rank), NO_ARC, np.int32)
    leads_up = np.zeros(len(tail_rank), np.bool_)
    for link in range(len(tail_rank)):
        low, high = min(tail_rank[link], head_rank[link]), max(tail_rank[link], head_rank[link])
        if low == high:
            continue
        begin, end = first_up[low], first_up[low + 1]
        up_arc[link] = begin + np.searchsorted(up_head[begin:end], high)
        leads_up[link] = tail_rank[link] == low
    return up_arc, leads_up
