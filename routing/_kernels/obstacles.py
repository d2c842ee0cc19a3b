"""What stands in the way on closed arcs (障碍), and the least set of it that opens a way."""

import numpy as np
from numba import njit

from routing._kernels import verdict as v
from routing._kernels.heap import pop, push
from routing._kernels.reach import SEEN, Roads, step
from routing._kernels.widest import Statements
from routing.graph import I32, I64, U8, Bool

PAID, FREE, BARRED = 0, 1, 2  # what an obstacle costs: its weight, nothing, or it may not be crossed at all
NO_PARENT = -1


@njit(cache=True, nogil=True)
def statements_at(
    says: Statements,
    load: v.Load,
    limits: v.Thresholds,
    verdicts: U8,
    wanted: int,
    structure: I32,
    source: I32,
) -> tuple[I32, U8, U8, I32, I32]:
    """Every check of the network's own data that gives `wanted`, on arcs whose verdict is `wanted`.

    Returns:
        Arc, quantity, reason, structure (-1: none) and source text (0: what no source states) of each.
    """
    room = 1024
    arcs = np.empty(room, np.int32)
    quantities = np.empty(room, np.uint8)
    reasons = np.empty(room, np.uint8)
    structures = np.empty(room, np.int32)
    sources = np.empty(room, np.int32)
    size = 0
    for arc in range(len(verdicts)):
        if verdicts[arc] != wanted:
            continue
        rows = says.row_first_out[arc + 1] - says.row_first_out[arc]
        if size + rows + 5 > room:
            room = 2 * room + rows
            arcs, quantities, reasons = _grown32(arcs, room), _grown8(quantities, room), _grown8(reasons, room)
            structures, sources = _grown32(structures, room), _grown32(sources, room)
        flag = says.flags[arc]
        before = size
        if says.access_verdict[says.access[arc]] == wanted:
            quantities[size], reasons[size] = v.ACCESS, v.ACCESS_LIMITED
            structures[size], sources[size] = -1, 0
            size += 1
        if flag & v.IS_CONSTRUCTION and wanted == v.BLOCKED:
            quantities[size], reasons[size] = v.CLOSURE, v.UNDER_CONSTRUCTION
            structures[size], sources[size] = -1, 0
            size += 1
        height_stated = False
        width_stated = False
        for row in range(says.row_first_out[arc], says.row_first_out[arc + 1]):
            active = says.condition_state[says.row_condition[row]]
            if active == v.INACTIVE:
                continue
            quantity = says.row_quantity[row]
            if says.row_scope[row] == v.ROAD and says.row_condition[row] == 0 and says.row_state[row] != v.NONE_STATED:
                height_stated = height_stated or quantity == v.HEIGHT
                width_stated = width_stated or (quantity == v.WIDTH and says.row_state[row] == v.NUMBER)
            verdict, reason, _ = v.judge_row(
                quantity,
                says.row_state[row],
                says.row_value[row],
                says.row_scope[row],
                flag,
                says.assumed_of_grade[says.grade[arc]],
                says.access_verdict,
                load,
                limits,
            )
            if v.under_condition(verdict, active) == wanted:
                quantities[size], reasons[size] = quantity, reason
                structures[size], sources[size] = structure[row], source[row]
                size += 1
        if not height_stated:
            verdict, reason, _ = v.judge_open_road(load, limits)
            if verdict == wanted:
                quantities[size], reasons[size] = v.HEIGHT, reason
                structures[size], sources[size] = -1, 0
                size += 1
        if not width_stated:
            verdict, reason, _ = v.judge_width(
                says.lane_width_mm[arc], says.carriageway_mm[arc], says.width_basis[arc], load, limits
            )
            if verdict == wanted:
                quantities[size], reasons[size] = v.WIDTH, reason
                structures[size], sources[size] = -1, 0
                size += 1
        verdict, reason, _ = v.judge_coverage(says.coverage[arc], flag, load, limits)
        if verdict == wanted:
            quantities[size], reasons[size] = v.COVERAGE, reason
            structures[size], sources[size] = -1, 0
            size += 1
        arcs[before:size] = arc
    return arcs[:size], quantities[:size], reasons[:size], structures[:size], sources[:size]


@njit(cache=True, nogil=True)
def _grown32(values: I32, room: int) -> I32:
    grown = np.empty(room, np.int32)
    grown[: len(values)] = values
    return grown


@njit(cache=True, nogil=True)
def _grown8(values: U8, room: int) -> U8:
    grown = np.empty(room, np.uint8)
    grown[: len(values)] = values
    return grown


@njit(cache=True, nogil=True)
def _price(
    first: I64, items: I32, arc: int, paid_first: int, paid_end: int, paid: I32, weight: I64, handling: U8
) -> int:
    """Weight of an arc's obstacles that are not among those just paid for, -1 if one may not be crossed."""
    price = np.int64(0)
    for place in range(first[arc], first[arc + 1]):
        item = items[place]
        if handling[item] == BARRED:
            return -1
        if handling[item] == FREE:
            continue
        known = False
        for earlier in range(paid_first, paid_end):
            known = known or paid[earlier] == item
        if not known:
            price += weight[item]
    return int(price)


@njit(cache=True, nogil=True)
def least_obstacles(
    roads: Roads,
    first: I64,
    items: I32,
    weight: I64,
    handling: U8,
    seen_before: U8,
    goal: Bool,
    first_state: I32,
    start_place: I64,
    start_first: I64,
    start_items: I32,
    target_arc: I32,
    target_first: I64,
    target_items: I32,
    state_bits: int,
) -> tuple[int, I32, int, int, int]:
    """Way from the first states to the goal whose obstacles weigh least, each run of an obstacle counted once.

    A way through arcs that share an obstacle one after the other pays for it once; one that meets it again later pays
    again. Arcs without obstacles cost nothing. A first state with `start_place` >= 0 begins a trip on part of its arc
    and has met the obstacles of that row of `start_first`; a target arc is driven in part and has those of
    `target_first`. `seen_before` are states of no use.

    Returns:
        Weight (-1: no way), the states of the way from a first state on (none if a target arc is next to what was seen
        before), the index of the first state in the lists, that of the target if the way ends on one, else -1, and the
        number of states settled.
    """
    states = len(roads.state_arc)
    cost = np.full(states, np.int64(-1), np.int64)
    came_from = np.empty(states, np.int32)
    started = np.full(states, NO_PARENT, np.int32)
    closed = seen_before == SEEN
    heap = np.empty(4096, np.int64)
    size = 0
    for i in range(len(first_state)):
        state = first_state[i]
        row = start_place[i]
        if row >= 0:
            price = _price(start_first, start_items, row, 0, 0, items, weight, handling)
        else:
            price = _price(first, items, roads.state_arc[state], 0, 0, items, weight, handling)
        if price >= 0 and (cost[state] < 0 or price < cost[state]):
            cost[state] = price
            came_from[state] = NO_PARENT
            started[state] = i
            if size == len(heap):
                heap = _longer(heap)
            size = push(heap, size, (np.int64(price) << state_bits) | state)
    best = np.int64(-1)
    best_state = np.int64(NO_PARENT)
    best_target = np.int64(NO_PARENT)
    settled = 0
    for i in range(len(target_arc)):
        node = roads.tail[target_arc[i]]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if seen_before[earlier] == SEEN and step(roads, earlier, target_arc[i]) >= 0:
                price = _price(target_first, target_items, i, 0, 0, items, weight, handling)
                if price >= 0 and (best < 0 or price < best):
                    best, best_state, best_target = np.int64(price), np.int64(NO_PARENT), np.int64(i)
    mask = (1 << state_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        state = entry & mask
        reached = entry >> state_bits
        if closed[state] or reached > cost[state]:
            continue
        if 0 <= best <= reached:
            break
        closed[state] = True
        settled += 1
        if goal[state]:
            best, best_state, best_target = reached, np.int64(state), np.int64(NO_PARENT)
            break
        arc = roads.state_arc[state]
        paid, paid_first, paid_end = items, first[arc], first[arc + 1]
        begun = started[state]
        if begun >= 0 and start_place[begun] >= 0:
            paid = start_items
            paid_first, paid_end = start_first[start_place[begun]], start_first[start_place[begun] + 1]
        node = roads.head[arc]
        for following in range(roads.first_out[node], roads.first_out[node + 1]):
            next_state = step(roads, state, following)
            if next_state < 0:
                continue
            for i in range(len(target_arc)):
                if target_arc[i] == following:
                    price = _price(target_first, target_items, i, paid_first, paid_end, paid, weight, handling)
                    if price >= 0 and (best < 0 or reached + price < best):
                        best, best_state, best_target = reached + price, np.int64(state), np.int64(i)
            if closed[next_state]:
                continue
            price = _price(first, items, following, paid_first, paid_end, paid, weight, handling)
            if price < 0:
                continue
            if cost[next_state] < 0 or reached + price < cost[next_state]:
                cost[next_state] = reached + price
                came_from[next_state] = state
                started[next_state] = NO_PARENT
                if size == len(heap):
                    heap = _longer(heap)
                size = push(heap, size, ((reached + price) << state_bits) | next_state)
    if best < 0:
        return -1, np.empty(0, np.int32), NO_PARENT, NO_PARENT, settled
    if best_state < 0:
        return int(best), np.empty(0, np.int32), NO_PARENT, int(best_target), settled
    length = 0
    state = best_state
    while state >= 0:
        length += 1
        state = came_from[state]
    way = np.empty(length, np.int32)
    state = best_state
    while state >= 0:
        length -= 1
        way[length] = state
        state = came_from[state]
    return int(best), way, int(started[way[0]]), int(best_target), settled


@njit(cache=True, nogil=True)
def _longer(heap: I64) -> I64:
    grown = np.empty(2 * len(heap), np.int64)
    grown[: len(heap)] = heap
    return grown
