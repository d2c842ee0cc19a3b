"""Dijkstra on search states, with exact turn bans, from part of an arc to part of an arc."""

import numpy as np
from numba import njit

from routing._kernels.heap import pop, push
from routing.graph import I32, I64, U32, Bool

FORBIDDEN = 0xFFFFFFFF
NO_STATE = -1
FROM_START = -2


@njit(cache=True, nogil=True)
def is_lower_way(one: int, other: int, state_arc: I32, came_from: I32) -> bool:
    """Whether, of two equally cheap ways to two states, the first comes first: the lower arcs, read from the end.

    A way that begins where the other still goes on comes first. Weights are at least 1, so the ways to a settled state
    never change any more.
    """
    while one != other:
        if one < 0 or other < 0:
            return one < 0
        if state_arc[one] != state_arc[other]:
            return bool(state_arc[one] < state_arc[other])
        one, other = came_from[one], came_from[other]
    return False


@njit(cache=True, nogil=True)
def shortest_path(
    first_out: I64,
    head: I32,
    geometry: I32,
    is_reversed: Bool,
    weight: U32,
    state_arc: I32,
    first_row: I64,
    row_arc: I32,
    row_state: I32,
    source_state: I32,
    source_cost: I64,
    target_arc: I32,
    target_cost: I64,
    state_bits: int,
) -> tuple[int, I32, int, int, int]:
    """Cheapest way from the middle of source arcs to the middle of target arcs.

    `source_cost` is what remains of each source state's arc, `target_cost` what is driven of each target arc; they may
    be part of arcs that are forbidden as a whole. Ways that stay on one arc are the caller's matter: a path found here
    leaves its source arc at its head. A heap entry packs `(cost << state_bits) | state`.

    Of equally cheap ways it is the one whose arcs, read from the end, have the lowest numbers. The rule knows nothing
    of states or of the order of the search, so any other search can keep it.

    Returns:
        Cost (-1 if there is none), the path's arcs from source to target, the state it ends in, settled states, relaxed
        transitions.
    """
    states = len(state_arc)
    cost = np.full(states, np.iinfo(np.int64).max, np.int64)
    came_from = np.full(states, NO_STATE, np.int32)
    heap = np.empty(4096, np.int64)
    size = 0
    for i in range(len(source_state)):
        state = source_state[i]
        if source_cost[i] < cost[state]:
            cost[state] = source_cost[i]
            came_from[state] = FROM_START
            size = push(heap, size, (source_cost[i] << state_bits) | state)
    best = np.int64(-1)
    best_state = NO_STATE
    best_target = NO_STATE
    end_state = NO_STATE
    settled = 0
    relaxed = 0
    mask = (1 << state_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        state = entry & mask
        reached = entry >> state_bits
        if reached > cost[state]:
            continue
        if 0 <= best < reached:
            break
        settled += 1
        arc = state_arc[state]
        node = head[arc]
        for following in range(first_out[node], first_out[node + 1]):
            if geometry[following] == geometry[arc] and is_reversed[following] != is_reversed[arc]:
                continue
            next_state = following
            for row in range(first_row[state], first_row[state + 1]):
                if row_arc[row] == following:
                    next_state = row_state[row]
                    break
            if next_state < 0:
                continue
            for i in range(len(target_arc)):
                if target_arc[i] != following:
                    continue
                whole = reached + target_cost[i]
                is_equal = whole == best and following <= best_target
                if is_equal and following == best_target:
                    is_equal = is_lower_way(state, best_state, state_arc, came_from)
                if best < 0 or whole < best or is_equal:
                    best = whole
                    best_state = state
                    best_target = following
                    end_state = next_state
            if weight[following] == FORBIDDEN:
                continue
            relaxed += 1
            new_cost = reached + np.int64(weight[following])
            if new_cost < cost[next_state]:
                cost[next_state] = new_cost
                came_from[next_state] = state
                if size == len(heap):
                    larger = np.empty(2 * size, np.int64)
                    larger[:size] = heap
                    heap = larger
                size = push(heap, size, (new_cost << state_bits) | next_state)
            elif new_cost == cost[next_state] and is_lower_way(state, came_from[next_state], state_arc, came_from):
                came_from[next_state] = state
    if best < 0:
        return -1, np.empty(0, np.int32), NO_STATE, settled, relaxed
    length = 1
    state = best_state
    while state >= 0:
        length += 1
        state = came_from[state]
    path = np.empty(length, np.int32)
    path[length - 1] = best_target
    state = best_state
    place = length - 2
    while state >= 0:
        path[place] = state_arc[state]
        place -= 1
        state = came_from[state]
    return int(best), path, end_state, settled, relaxed
