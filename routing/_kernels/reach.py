"""Which search states can be reached over open arcs (可达范围), from a start or back from an end; turn bans exact."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.graph import I32, I64, U8, Bool

UNSEEN, SEEN, AT_EDGE = 0, 1, 2
FORWARD, BACKWARD = 1, 2  # bits of a state met from both sides


class Roads(NamedTuple):
    """The network as states: `routing.graph.Arcs`, `routing.turns.TurnTable`, and the states that end at each node."""

    first_out: I64
    tail: I32
    head: I32
    geometry: I32
    is_reversed: Bool
    state_arc: I32
    first_row: I64
    row_arc: I32
    row_state: I32
    first_in: I64
    in_state: I32


@njit(cache=True, nogil=True, inline="always")
def step(roads: Roads, state: int, following: int) -> int:
    """Return the state that driving on along `following` leads to, below 0 if that is not allowed."""
    arc = roads.state_arc[state]
    if roads.geometry[following] == roads.geometry[arc] and roads.is_reversed[following] != roads.is_reversed[arc]:
        return -1
    for row in range(roads.first_row[state], roads.first_row[state + 1]):
        if roads.row_arc[row] == following:
            return int(roads.row_state[row])
    return following


@njit(cache=True, nogil=True)
def spread(roads: Roads, is_open: Bool, sources: I32) -> tuple[U8, I32]:
    """Drive on from the ends of the source states over open arcs.

    Returns:
        uint8[states]: SEEN what is reached, AT_EDGE the states on closed arcs that could be entered next; and those.
    """
    states = len(roads.state_arc)
    seen = np.zeros(states, np.uint8)
    stack = np.empty(states, np.int32)
    edge = np.empty(states, np.int32)
    size = edges = 0
    for state in sources:
        if seen[state] == UNSEEN:
            seen[state] = SEEN
            stack[size] = state
            size += 1
    while size > 0:
        size -= 1
        state = stack[size]
        node = roads.head[roads.state_arc[state]]
        for following in range(roads.first_out[node], roads.first_out[node + 1]):
            reached = step(roads, state, following)
            if reached < 0 or seen[reached] != UNSEEN:
                continue
            if is_open[following]:
                seen[reached] = SEEN
                stack[size] = reached
                size += 1
            else:
                seen[reached] = AT_EDGE
                edge[edges] = reached
                edges += 1
    return seen, edge[:edges].copy()


@njit(cache=True, nogil=True)
def spread_back(roads: Roads, is_open: Bool, target_arcs: I32) -> U8:
    """States at whose end one can drive on to a target arc over open arcs: uint8[states], UNSEEN or SEEN."""
    states = len(roads.state_arc)
    seen = np.zeros(states, np.uint8)
    stack = np.empty(states, np.int32)
    size = 0
    for arc in target_arcs:
        node = roads.tail[arc]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if seen[earlier] == UNSEEN and step(roads, earlier, arc) >= 0:
                seen[earlier] = SEEN
                stack[size] = earlier
                size += 1
    while size > 0:
        size -= 1
        state = stack[size]
        arc = roads.state_arc[state]
        if not is_open[arc]:
            continue
        node = roads.tail[arc]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if seen[earlier] == UNSEEN and step(roads, earlier, arc) == state:
                seen[earlier] = SEEN
                stack[size] = earlier
                size += 1
    return seen


@njit(cache=True, nogil=True)
def connects(roads: Roads, is_open: Bool, sources: I32, target_arcs: I32) -> bool:
    """Whether open arcs lead from a source state to a target arc; both sides take turns, the smaller ends it."""
    states = len(roads.state_arc)
    seen = np.zeros(states, np.uint8)
    ahead = np.empty(states, np.int32)
    behind = np.empty(states, np.int32)
    first_ahead = last_ahead = first_behind = last_behind = 0
    for state in sources:
        if not seen[state] & FORWARD:
            seen[state] |= FORWARD
            ahead[last_ahead] = state
            last_ahead += 1
    for arc in target_arcs:
        node = roads.tail[arc]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            state = roads.in_state[place]
            if not seen[state] & BACKWARD and step(roads, state, arc) >= 0:
                if seen[state] & FORWARD:
                    return True
                seen[state] |= BACKWARD
                behind[last_behind] = state
                last_behind += 1
    while first_ahead < last_ahead and first_behind < last_behind:
        state = ahead[first_ahead]
        first_ahead += 1
        node = roads.head[roads.state_arc[state]]
        for following in range(roads.first_out[node], roads.first_out[node + 1]):
            if not is_open[following]:
                continue
            reached = step(roads, state, following)
            if reached >= 0 and not seen[reached] & FORWARD:
                if seen[reached] & BACKWARD:
                    return True
                seen[reached] |= FORWARD
                ahead[last_ahead] = reached
                last_ahead += 1
        state = behind[first_behind]
        first_behind += 1
        arc = roads.state_arc[state]
        if not is_open[arc]:
            continue
        node = roads.tail[arc]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if not seen[earlier] & BACKWARD and step(roads, earlier, arc) == state:
                if seen[earlier] & FORWARD:
                    return True
                seen[earlier] |= BACKWARD
                behind[last_behind] = earlier
                last_behind += 1
    return False
