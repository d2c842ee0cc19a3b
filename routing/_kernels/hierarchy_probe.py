"""Pocket probe (口袋探测): is one end of the trip shut in by arcs this vehicle may not drive?

A breadth-first search over links that gives up after a few of them. What it exhausts is a pocket, and the forbidden
arcs on its rim are the reason why there is no way.
"""

import numpy as np
from numba import njit

from routing._kernels.hierarchy_astar import Labels
from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, weight_of
from routing._kernels.hierarchy_query import Ends, Roads, is_u_turn
from routing._kernels.hierarchy_topology import Integer
from routing.graph import I32

OPEN, SHUT_IN, UNDECIDED = 0, 1, 2


@njit(cache=True, nogil=True)
def has(links: I32, link: Integer) -> bool:
    """Whether a short list holds a link."""
    found = False
    for i in range(len(links)):
        found |= links[i] == link
    return found


@njit(cache=True, nogil=True)
def spread(roads: Roads, weights: Weights, ends: Ends, labels: Labels, is_backward: bool, most: int) -> tuple[int, int]:
    """Explore links from one end into `labels.reached`; return what was found and how many were seen."""
    begin = ends.target_link if is_backward else ends.source_link
    goal = ends.source_link if is_backward else ends.target_link
    size = 0
    for i in range(len(begin)):
        if not (is_backward and roads.is_shut[begin[i]]):
            if size == len(labels.reached):
                return UNDECIDED, size
            labels.reached[size] = begin[i]
            size += 1
    at = 0
    while at < size:
        here = labels.reached[at]
        at += 1
        node = roads.tail[here] if is_backward else roads.head[here]
        first = roads.first_in[node] if is_backward else roads.first_out[node]
        end = roads.first_in[node + 1] if is_backward else roads.end_out[node]
        for i in range(first, end):
            link = roads.in_link[i] if is_backward else np.int32(i)
            turns = is_u_turn(roads, link, here) if is_backward else is_u_turn(roads, here, link)
            if turns or (roads.is_shut[link] and not (is_backward and has(goal, link))):
                continue
            if has(goal, link):
                return OPEN, size
            if labels.cost[link] != 0 or weight_of(weights, roads.arc[link]) == FORBIDDEN:
                continue
            if size >= most:
                return UNDECIDED, size
            labels.cost[link] = 1
            labels.reached[size] = link
            size += 1
    return SHUT_IN, size


@njit(cache=True, nogil=True)
def probe(roads: Roads, weights: Weights, ends: Ends, labels: Labels, is_backward: bool, most: int) -> tuple[int, I32]:
    """Explore from the sources forwards, or from the targets backwards, up to `most` links.

    Returns:
        `OPEN` if the other end was met, `SHUT_IN` if everything reachable was seen without it, `UNDECIDED`; if shut in,
        int32 arcs that lead out of the pocket and are forbidden.
    """
    most = min(most, len(labels.reached))
    found, size = spread(roads, weights, ends, labels, is_backward, most)
    rim = {np.int32(-1)}
    if found == SHUT_IN:
        inside = {np.int32(-1)}
        for at in range(size):
            inside.add(roads.tail[labels.reached[at]] if is_backward else roads.head[labels.reached[at]])
        inside.discard(np.int32(-1))
        for node in inside:
            first = roads.first_in[node] if is_backward else roads.first_out[node]
            end = roads.first_in[node + 1] if is_backward else roads.end_out[node]
            for i in range(first, end):
                link = roads.in_link[i] if is_backward else np.int32(i)
                outer = roads.tail[link] if is_backward else roads.head[link]
                if outer not in inside and weight_of(weights, roads.arc[link]) == FORBIDDEN:
                    rim.add(roads.arc[link])
    rim.discard(np.int32(-1))
    for at in range(size):
        labels.cost[labels.reached[at]] = 0
    blocking = np.empty(len(rim), np.int32)
    for n, arc in enumerate(rim):
        blocking[n] = arc
    return found, np.sort(blocking)
