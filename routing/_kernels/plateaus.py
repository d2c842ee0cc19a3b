"""Trees from both ends of a trip and where they agree (平台): a stretch that is best from both sides."""

import numpy as np
from numba import njit

from routing._kernels.heap import pop, push
from routing._kernels.reach import Roads, step
from routing.graph import I32, I64, U32

FORBIDDEN = 0xFFFFFFFF
NO_STATE = -1


@njit(cache=True, nogil=True)
def _longer(heap: I64) -> I64:
    grown = np.empty(2 * len(heap), np.int64)
    grown[: len(heap)] = heap
    return grown


@njit(cache=True, nogil=True)
def tree(
    roads: Roads, weight: U32, source_arc: I32, source_cost: I64, bound: int, state_bits: int
) -> tuple[I64, I32, I32]:
    """Least cost to the end of every state, up to a bound.

    Returns:
        Cost by state (-1: not reached), the state before (`NO_STATE` at a source), states in the order of cost.
    """
    states = len(roads.state_arc)
    cost = np.full(states, np.int64(-1), np.int64)
    before = np.full(states, NO_STATE, np.int32)
    order = np.empty(1024, np.int32)
    settled = 0
    heap = np.empty(4096, np.int64)
    size = 0
    for i in range(len(source_arc)):
        state = source_arc[i]
        if cost[state] < 0 or source_cost[i] < cost[state]:
            cost[state] = source_cost[i]
            size = push(heap, size, (source_cost[i] << state_bits) | state)
    mask = (1 << state_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        state = entry & mask
        reached = entry >> state_bits
        if reached > cost[state]:
            continue
        if settled == len(order):
            grown = np.empty(2 * settled, np.int32)
            grown[:settled] = order
            order = grown
        order[settled] = state
        settled += 1
        node = roads.head[roads.state_arc[state]]
        for following in range(roads.first_out[node], roads.first_out[node + 1]):
            if weight[following] == FORBIDDEN:
                continue
            next_state = step(roads, state, following)
            if next_state < 0:
                continue
            new = reached + np.int64(weight[following])
            if new <= bound and (cost[next_state] < 0 or new < cost[next_state]):
                cost[next_state] = new
                before[next_state] = state
                if size == len(heap):
                    heap = _longer(heap)
                size = push(heap, size, (new << state_bits) | next_state)
    return cost, before, order[:settled].copy()


@njit(cache=True, nogil=True)
def tree_back(
    roads: Roads, weight: U32, target_arc: I32, target_cost: I64, ahead: I64, bound: int, state_bits: int
) -> tuple[I64, I32]:
    """Least cost from the end of every state to the trip's end, only where a way within the bound can be.

    Returns:
        Cost by state (-1: not reached), the state after (`NO_STATE` where a target arc follows).
    """
    states = len(roads.state_arc)
    cost = np.full(states, np.int64(-1), np.int64)
    after = np.full(states, NO_STATE, np.int32)
    heap = np.empty(4096, np.int64)
    size = 0
    for i in range(len(target_arc)):
        node = roads.tail[target_arc[i]]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            state = roads.in_state[place]
            if ahead[state] < 0 or step(roads, state, target_arc[i]) < 0:
                continue
            if ahead[state] + target_cost[i] <= bound and (cost[state] < 0 or target_cost[i] < cost[state]):
                cost[state] = target_cost[i]
                if size == len(heap):
                    heap = _longer(heap)
                size = push(heap, size, (target_cost[i] << state_bits) | state)
    mask = (1 << state_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        state = entry & mask
        reached = entry >> state_bits
        if reached > cost[state]:
            continue
        arc = roads.state_arc[state]
        if weight[arc] == FORBIDDEN:
            continue
        new = reached + np.int64(weight[arc])
        node = roads.tail[arc]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if ahead[earlier] < 0 or ahead[earlier] + new > bound or step(roads, earlier, arc) != state:
                continue
            if cost[earlier] < 0 or new < cost[earlier]:
                cost[earlier] = new
                after[earlier] = state
                if size == len(heap):
                    heap = _longer(heap)
                size = push(heap, size, (new << state_bits) | earlier)
    return cost, after


@njit(cache=True, nogil=True)
def plateaus(
    ahead: I64, before: I32, order: I32, behind: I64, after: I32, bound: int, shortest: int
) -> tuple[I32, I64, I64]:
    """Stretches of both trees at least so long, on ways within the bound.

    Returns:
        The last state of each, the cost of the way through it, and its length in cost.
    """
    begun = np.empty(len(ahead), np.int64)
    last = np.empty(256, np.int32)
    total = np.empty(256, np.int64)
    length = np.empty(256, np.int64)
    found = 0
    for state in order:
        if behind[state] < 0:
            continue
        earlier = before[state]
        is_on = earlier >= 0 and behind[earlier] >= 0 and after[earlier] == state
        begun[state] = begun[earlier] if is_on else ahead[state]
        following = after[state]
        if following >= 0 and before[following] == state:
            continue
        cost = ahead[state] + behind[state]
        if cost > bound or ahead[state] - begun[state] < shortest:
            continue
        if found == len(last):
            more_last, more_total, more_length = (
                np.empty(2 * found, np.int32),
                np.empty(2 * found, np.int64),
                np.empty(2 * found, np.int64),
            )
            more_last[:found], more_total[:found], more_length[:found] = last, total, length
            last, total, length = more_last, more_total, more_length
        last[found], total[found], length[found] = state, cost, ahead[state] - begun[state]
        found += 1
    return last[:found], total[:found], length[:found]
