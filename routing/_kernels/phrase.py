"""Dijkstra through the parts of a phrase: a search state in as many copies as there are parts."""

import numpy as np
from numba import njit

from routing._kernels.heap import pop, push
from routing._kernels.search import FORBIDDEN, FROM_START, NO_STATE
from routing.graph import I32, I64, U32, Bool

STATE_BITS = 28  # a heap entry packs (cost << STATE_BITS) | place; costs here stay far below 2 ** 35 ms


@njit(cache=True, nogil=True)
def path_through_parts(
    first_out: I64,
    head: I32,
    geometry: I32,
    is_reversed: Bool,
    weight: U32,
    state_arc: I32,
    first_row: I64,
    row_arc: I32,
    row_state: I32,
    fits: Bool,
    stays: Bool,
    source_arc: I32,
    source_cost: I64,
    target_arc: I32,
    target_cost: I64,
) -> tuple[int, I32]:
    """Cheapest way that meets all parts in order.

    `fits[p, a]`: arc ``a`` is of part ``p``; part 0 is the start. `stays[p, a]`: after part ``p`` arc ``a`` may be
    driven without meeting the next part. Source and target arcs may always be driven.

    Returns:
        Cost (-1 if there is none) and the path's arcs.
    """
    parts, states = len(fits), len(state_arc)
    cost = np.full(parts * states, np.iinfo(np.int64).max, np.int64)
    came_from = np.full(parts * states, NO_STATE, np.int32)
    heap = np.empty(4096, np.int64)
    size = 0
    for i in range(len(source_arc)):
        arc = source_arc[i]
        if weight[arc] == FORBIDDEN:
            continue
        for part in range(parts):
            if part > 0 and not fits[part, arc]:
                break
            place = part * states + arc
            if source_cost[i] < cost[place]:
                cost[place] = source_cost[i]
                came_from[place] = FROM_START
                size = push(heap, size, (source_cost[i] << STATE_BITS) | place)
    best = np.int64(-1)
    best_place = NO_STATE
    best_target = NO_STATE
    mask = (1 << STATE_BITS) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        place = entry & mask
        reached = entry >> STATE_BITS
        if reached > cost[place]:
            continue
        if 0 <= best <= reached:
            break
        part_now = place // states
        state = place - part_now * states
        arc = state_arc[state]
        for following in range(first_out[head[arc]], first_out[head[arc] + 1]):
            if weight[following] == FORBIDDEN:
                continue
            if geometry[following] == geometry[arc] and is_reversed[following] != is_reversed[arc]:
                continue
            next_state = following
            for row in range(first_row[state], first_row[state + 1]):
                if row_arc[row] == following:
                    next_state = row_state[row]
                    break
            if next_state < 0:
                continue
            new_cost = reached + np.int64(weight[following])
            for part in range(part_now, parts):
                if part > part_now and not fits[part, following]:
                    break
                if part == parts - 1:
                    for i in range(len(target_arc)):
                        if target_arc[i] == following and (best < 0 or reached + target_cost[i] < best):
                            best = reached + target_cost[i]
                            best_place = place
                            best_target = following
                if part == part_now and not stays[part, following]:
                    continue
                new_place = part * states + next_state
                if new_cost < cost[new_place]:
                    cost[new_place] = new_cost
                    came_from[new_place] = place
                    if size == len(heap):
                        larger = np.empty(2 * size, np.int64)
                        larger[:size] = heap
                        heap = larger
                    size = push(heap, size, (new_cost << STATE_BITS) | new_place)
    if best < 0:
        return -1, np.empty(0, np.int32)
    length = 1
    place = best_place
    while place >= 0:
        length += 1
        place = came_from[place]
    path = np.empty(length, np.int32)
    path[length - 1] = best_target
    place = best_place
    for at in range(length - 2, -1, -1):
        path[at] = state_arc[place % states]
        place = came_from[place]
    return int(best), path
