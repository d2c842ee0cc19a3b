"""Customisation (定制): the weights of one vehicle, or of sixteen side by side, on all shortcuts.

Up-arc ``a`` joins node x with a node z of higher rank: ``up[a]`` is the weight from x to z, ``down[a]`` from z to x.
Where nothing leads is `INFINITE`; two of these add up without overflow, and a minimum with what stood there before
keeps every weight at most `INFINITE`.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing._kernels.hierarchy_topology import Integer
from routing.columns import Verdict
from routing.graph import I32, I64, U8, U32, Bool

LANES = 16
"""Vehicles customised side by side: as many 32-bit numbers as one vector of the processor holds."""
INFINITE = np.uint32(0x7FFFFFFF)
DEAREST = np.int64(0x7FFFFFFE)
"""Most that an arc costs, in ms: 24.8 days; below `INFINITE`, so that it is still a way."""
FORBIDDEN = -1
BLOCK = 4096
BLOCKED = int(Verdict.BLOCKED)


class Weights(NamedTuple):
    """What every arc costs one vehicle: a time of the network and a factor of the arc's verdict.

    The same numbers as `routing.metric.customise` makes, without making them for all arcs.

    Attributes:
        base_ms: int64[arcs], at least 1.
        verdict: uint8[arcs].
        permille: int64[verdicts], factor of the time, `FORBIDDEN` where no arc of that verdict may be driven.
        blocked_ms: Added for a blocked arc.
    """

    base_ms: I64
    verdict: U8
    permille: I64
    blocked_ms: int


@njit(cache=True, nogil=True, inline="always")
def weight_of(weights: Weights, arc: Integer) -> Integer:
    """Weight of one arc in ms, `FORBIDDEN` if it may not be driven."""
    verdict = weights.verdict[arc]
    permille = weights.permille[verdict]
    weight = max(weights.base_ms[arc] * permille // 1000, 1)
    weight = weight + weights.blocked_ms if verdict == BLOCKED else weight
    weight = min(weight, DEAREST)
    return weight if permille >= 0 else FORBIDDEN


class Placed(NamedTuple):
    """Which links stand on which up-arcs, sorted by up-arc, so that customisation writes in order.

    Attributes:
        arc: int32[links].
        is_shut: bool[links].
        upward, upward_on: int32, links that lead up, and the up-arc of each.
        downward, downward_on: Likewise those that lead down.
    """

    arc: I32
    is_shut: Bool
    upward: I32
    upward_on: I32
    downward: I32
    downward_on: I32


@njit(cache=True, nogil=True)
def respect(placed: Placed, weights: Weights, up: U32, down: U32) -> None:
    """Put the weights of the links on the up-arcs that stand for them: the least of parallel ones."""
    weight = np.empty(len(placed.arc), np.uint32)
    for link in range(len(placed.arc)):
        found = weight_of(weights, placed.arc[link])
        weight[link] = INFINITE if found == FORBIDDEN or placed.is_shut[link] else np.uint32(found)
    up[:] = INFINITE
    down[:] = INFINITE
    for n in range(len(placed.upward)):
        a = np.uint32(placed.upward_on[n])
        up[a] = min(up[a], weight[np.uint32(placed.upward[n])])
    for n in range(len(placed.downward)):
        a = np.uint32(placed.downward_on[n])
        down[a] = min(down[a], weight[np.uint32(placed.downward[n])])


@njit(cache=True, nogil=True)
def customise(first_up: I32, triangle: I32, up: U32, down: U32) -> None:
    """Make every up-arc as cheap as the ways below it: over the lowest node of each lower triangle.

    Nodes are taken from the lowest rank on, so the two sides of a triangle that meet at its lowest node are final.
    Unsigned indices spare the test for negative ones, which costs as much as the rest.
    """
    at = np.uint64(0)
    for node in range(len(first_up) - 1):
        end = np.uint64(first_up[node + 1])
        for i in range(np.uint64(first_up[node]), end):
            up_i, down_i = up[i], down[i]
            for j in range(i + np.uint64(1), end):
                third = np.uint32(triangle[at])
                at += np.uint64(1)
                up[third] = min(up[third], np.uint32(down_i + up[j]))
                down[third] = min(down[third], np.uint32(down[j] + up_i))


@njit(cache=True, nogil=True)
def respect_lanes(placed: Placed, base_ms: I64, verdicts: U8, permille: I64, both: U32) -> None:
    """`respect` for many vehicles: verdicts uint8[arcs, vehicles], their weights uint32[up-arcs, 2 * vehicles]."""
    vehicles = verdicts.shape[1]
    by_verdict = np.full(len(permille), INFINITE, np.uint32)
    both[:] = INFINITE
    for direction in range(2):
        links, on = (placed.upward, placed.upward_on) if direction == 0 else (placed.downward, placed.downward_on)
        first = direction * vehicles
        for n in range(len(links)):
            if placed.is_shut[links[n]]:
                continue
            a, arc = np.uint32(on[n]), np.uint32(placed.arc[links[n]])
            for verdict in range(len(permille)):
                weight = min(max(base_ms[arc] * permille[verdict] // 1000, 1), DEAREST)
                by_verdict[verdict] = np.uint32(weight) if permille[verdict] >= 0 else INFINITE
            for lane in range(vehicles):
                both[a, first + lane] = min(both[a, first + lane], by_verdict[verdicts[arc, lane]])


@njit(cache=True, nogil=True)
def customise_lanes(first_up: I32, triangle: I32, both: U32) -> None:
    """`customise` for `LANES` vehicles: ``both[a]`` holds all their weights up, then all down, as whole vectors."""
    at = np.uint64(0)
    for node in range(len(first_up) - 1):
        end = np.uint64(first_up[node + 1])
        for i in range(np.uint64(first_up[node]), end):
            for j in range(i + np.uint64(1), end):
                third = np.uint32(triangle[at])
                at += np.uint64(1)
                for lane in range(LANES):
                    both[third, lane] = min(both[third, lane], np.uint32(both[i, LANES + lane] + both[j, lane]))
                    both[third, LANES + lane] = min(
                        both[third, LANES + lane], np.uint32(both[j, LANES + lane] + both[i, lane])
                    )


@njit(cache=True, nogil=True)
def is_nowhere_worse(lower: U8, upper: U8) -> bool:
    """Whether no entry of the first is larger than that of the second; looks at a block at a time, as vectors."""
    for begin in range(0, len(lower), BLOCK):
        worse = 0
        for arc in range(begin, min(begin + BLOCK, len(lower))):
            worse += lower[arc] > upper[arc]
        if worse > 0:
            return False
    return True


@njit(cache=True, nogil=True)
def count_verdicts(verdict: U8, kinds: int) -> I64:
    """How many arcs have each verdict; one pass for each, as vectors."""
    counts = np.zeros(kinds, np.int64)
    for kind in range(kinds):
        found = 0
        for arc in range(len(verdict)):
            found += verdict[arc] == kind
        counts[kind] = found
    return counts


@njit(cache=True, nogil=True)
def clip(weights: Weights) -> U8:
    """The verdicts, `BLOCKED` for all that may not be driven."""
    clipped = np.empty_like(weights.verdict)
    for arc in range(len(clipped)):
        verdict = weights.verdict[arc]
        clipped[arc] = verdict if weights.permille[verdict] >= 0 else BLOCKED
    return clipped


@njit(cache=True, nogil=True)
def largest_finite(up: U32, down: U32) -> int:
    """Largest weight that is not `INFINITE`, 0 if there is none."""
    largest = np.uint32(0)
    for a in range(len(up)):
        largest = max(largest, up[a] if up[a] < INFINITE else np.uint32(0))
        largest = max(largest, down[a] if down[a] < INFINITE else np.uint32(0))
    return int(largest)
