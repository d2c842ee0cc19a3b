"""The largest vehicle of a ladder that still gets through (瓶颈搜索): each arc bears it up to some rung."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing._kernels import verdict as v
from routing._kernels.heap import pop, push
from routing._kernels.reach import SEEN, UNSEEN, Roads, step
from routing.graph import I32, I64, U8, U32, Bool

NO_RUNG = -1


class Statements(NamedTuple):
    """All that is known of arcs and the vehicle's policy, as `verdict.judge_arcs` takes it."""

    flags: U32
    grade: U8
    access: U8
    lane_width_mm: I32
    carriageway_mm: I32
    width_basis: U8
    coverage: U8
    row_first_out: I64
    row_quantity: U8
    row_state: U8
    row_value: I32
    row_scope: U8
    row_condition: I32
    condition_state: U8
    assumed_of_grade: I32
    access_verdict: U8


@njit(cache=True, nogil=True)
def verdict_of_arc(says: Statements, arc: int, load: v.Load, limits: v.Thresholds) -> int:
    """Verdict of one arc, the same as `verdict.judge_arcs` gives."""
    worst = int(says.access_verdict[says.access[arc]])
    flag = says.flags[arc]
    if flag & v.IS_CONSTRUCTION:
        return v.BLOCKED
    if flag & v.IS_FERRY:
        worst = max(worst, v.CONDITIONAL)
    assumed_mm = says.assumed_of_grade[says.grade[arc]]
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
        verdict, _, _ = v.judge_row(
            quantity,
            says.row_state[row],
            says.row_value[row],
            says.row_scope[row],
            flag,
            assumed_mm,
            says.access_verdict,
            load,
            limits,
        )
        worst = max(worst, v.under_condition(verdict, active))
    if not height_stated:
        verdict, _, _ = v.judge_open_road(load, limits)
        worst = max(worst, verdict)
    if not width_stated:
        verdict, _, _ = v.judge_width(
            says.lane_width_mm[arc], says.carriageway_mm[arc], says.width_basis[arc], load, limits
        )
        worst = max(worst, verdict)
    verdict, _, _ = v.judge_coverage(says.coverage[arc], flag, load, limits)
    return max(worst, verdict)


@njit(cache=True, nogil=True)
def load_at(rungs: I64, rung: int) -> v.Load:
    """The vehicle on a rung: the first seven columns."""
    return v.Load(
        rungs[rung, 0], rungs[rung, 1], rungs[rung, 2], rungs[rung, 3], rungs[rung, 4], rungs[rung, 5], rungs[rung, 6]
    )


@njit(cache=True, nogil=True)
def rung_of_arc(
    says: Statements, limits: v.Thresholds, rungs: I64, highest: int, worst: int, arc: int, hint: int
) -> int:
    """Highest rung, at most `highest`, whose vehicle the arc bears with a verdict up to `worst`; `NO_RUNG` if none.

    Many arcs bear the same, so the answer for another arc, `hint`, is tried first.
    """
    low, high = NO_RUNG, highest
    if low < hint < high:
        if verdict_of_arc(says, arc, load_at(rungs, hint + 1), limits) <= worst:
            low = hint + 1
        else:
            high = hint
    while low < high:
        middle = high if high == hint else (low + high + 1) // 2
        if verdict_of_arc(says, arc, load_at(rungs, middle), limits) <= worst:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True, nogil=True)
def widest(
    roads: Roads,
    says: Statements,
    limits: v.Thresholds,
    rungs: I64,
    cap: I32,
    worst: int,
    seen_before: U8,
    source_arcs: I32,
    source_rungs: I32,
    edge: I32,
    goal: Bool,
    target_arcs: I32,
    target_rungs: I32,
    state_bits: int,
) -> int:
    """Highest rung of the ladder on which some way leads from start to end, `NO_RUNG` if there is none.

    A trip begins on the rest of a source arc, which bears its own rung, or in the states of `edge`, which are next to
    what was `seen_before`; that need not be looked at again, for every way through it goes on over the edge or on to a
    target arc. A target arc is entered with the rung of its driven part; `goal` holds states from whose end no rung is
    lost any more. The state that bears most is always followed first, so what is reached at all is reached with the
    highest rung it can be reached with.
    """
    seen = seen_before.copy()
    heap = np.empty(4096, np.int64)
    size = 0
    top = len(rungs)
    stack = np.empty(1024, np.int64)
    best = np.int64(NO_RUNG)
    hint = NO_RUNG
    for i in range(len(source_arcs)):
        if source_rungs[i] >= 0 and seen[source_arcs[i]] != SEEN:
            size = push(heap, size, (np.int64(top - source_rungs[i]) << state_bits) | source_arcs[i])
    for state in edge:
        arc = roads.state_arc[state]
        borne = min(np.int64(top - 1), np.int64(cap[arc]))
        hint = rung_of_arc(says, limits, rungs, int(borne), worst, arc, hint)
        borne = np.int64(hint)
        if borne >= 0:
            if size == len(heap):
                heap = _larger(heap)
            size = push(heap, size, (np.int64(top - borne) << state_bits) | state)
    for i in range(len(target_arcs)):
        node = roads.tail[target_arcs[i]]
        for place in range(roads.first_in[node], roads.first_in[node + 1]):
            earlier = roads.in_state[place]
            if seen_before[earlier] == SEEN and step(roads, earlier, target_arcs[i]) >= 0:
                best = max(best, np.int64(target_rungs[i]))
    mask = (1 << state_bits) - 1
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        rung = np.int64(top) - (entry >> state_bits)
        if rung <= best:
            return int(best)
        first = entry & mask
        if seen[first] == SEEN:
            continue
        seen[first] = SEEN
        stack[0] = first
        waiting = 1
        while waiting > 0:
            waiting -= 1
            state = stack[waiting]
            if goal[state]:
                return int(rung)
            node = roads.head[roads.state_arc[state]]
            for following in range(roads.first_out[node], roads.first_out[node + 1]):
                reached = step(roads, state, following)
                if reached < 0:
                    continue
                for i in range(len(target_arcs)):
                    if target_arcs[i] == following:
                        best = max(best, min(rung, np.int64(target_rungs[i])))
                if seen[reached] != UNSEEN:
                    continue
                borne = min(rung, np.int64(cap[following]))
                if borne > best:
                    hint = rung_of_arc(says, limits, rungs, int(borne), worst, following, hint)
                    borne = np.int64(hint)
                if borne <= best:
                    continue
                if borne == rung:
                    seen[reached] = SEEN
                    if waiting == len(stack):
                        stack = _larger(stack)
                    stack[waiting] = reached
                    waiting += 1
                else:
                    seen[reached] = WAITING
                    if size == len(heap):
                        heap = _larger(heap)
                    size = push(heap, size, int((np.int64(top - borne) << state_bits) | reached))
        if best == rung:
            return int(best)
    return int(best)


WAITING = 3


@njit(cache=True, nogil=True)
def _larger(values: I64) -> I64:
    grown = np.empty(2 * len(values), values.dtype)
    grown[: len(values)] = values
    return grown
