"""Axle trains on simple spans (简支梁): largest effects over all positions, without steps.

A train is `loads_kn` from the front axle to the rear and `offsets_m`, how far each stands behind the front one. On a
simple span every influence line is one-signed with one kink, so the largest effect has an axle on the kink, or, for the
moment under an axle, the axle at the vertex of a parabola. Windows of axles on the span move with two pointers over
prefix sums. Continuous beams: `beam_lines.py`.
"""

import numpy as np
from numba import njit

from routing.graph import F64, U8

SHEAR_KIND = 1  # of `simple_effects`: end shear; 0 is a moment at a section


@njit(cache=True, nogil=True)
def prefix_sums(loads_kn: F64, offsets_m: F64) -> tuple[F64, F64]:
    """Sums of loads, and of loads times offsets, of the axles before each axle."""
    count = len(loads_kn)
    load = np.zeros(count + 1)
    moment = np.zeros(count + 1)
    for k in range(count):
        load[k + 1] = load[k] + loads_kn[k]
        moment[k + 1] = moment[k] + loads_kn[k] * offsets_m[k]
    return load, moment


@njit(cache=True, nogil=True)
def section_moment(load: F64, moment: F64, offsets_m: F64, span_m: float, x_m: float) -> float:
    """Largest moment at a section, kN·m, the train travelling to the right; each axle stands on the section in turn."""
    count = len(offsets_m)
    right_m = span_m - x_m
    first, last = 0, 0  # axles first .. last - 1 are on the span
    best = 0.0
    for k in range(count):
        here = offsets_m[k]
        while here - offsets_m[first] >= right_m and first < k:
            first += 1
        last = max(last, k + 1)
        while last < count and offsets_m[last] - here < x_m:
            last += 1
        ahead = (right_m - here) * (load[k + 1] - load[first]) + moment[k + 1] - moment[first]
        behind = (x_m + here) * (load[last] - load[k + 1]) - (moment[last] - moment[k + 1])
        best = max(best, (x_m * ahead + right_m * behind) / span_m)
    return best


@njit(cache=True, nogil=True)
def end_shear(load: F64, moment: F64, offsets_m: F64, span_m: float) -> float:
    """Largest end shear, kN, both directions of travel; each axle stands just inside the support in turn."""
    count = len(offsets_m)
    first, last = 0, 0
    best = 0.0
    for k in range(count):
        here = offsets_m[k]
        while here - offsets_m[first] > span_m:
            first += 1
        last = max(last, k + 1)
        while last < count and offsets_m[last] - here <= span_m:
            last += 1
        ahead = (span_m - here) * (load[k + 1] - load[first]) + moment[k + 1] - moment[first]
        behind = (span_m + here) * (load[last] - load[k]) - (moment[last] - moment[k])
        best = max(best, ahead / span_m, behind / span_m)
    return best


@njit(cache=True, nogil=True)
def peak_moment(load: F64, moment: F64, offsets_m: F64, span_m: float) -> tuple[float, float, int]:
    """Largest moment of a span over all sections and positions (绝对最大弯矩).

    While axle k moves over the span and the same axles stay on it, the moment under it is a parabola of its place.

    Returns:
        The moment in kN·m, the section in m from the left end for travel to the right, the axle above it.
    """
    count = len(offsets_m)
    best, best_at, best_axle = 0.0, 0.5 * span_m, 0
    for k in range(count):
        here = offsets_m[k]
        first = 0
        while here - offsets_m[first] >= span_m:
            first += 1
        last = k + 1
        start = 0.0
        while start < span_m:
            leaves = span_m - (here - offsets_m[first]) if first < k else span_m
            enters = offsets_m[last] - here if last < count else span_m
            stop = min(leaves, enters, span_m)
            ahead = load[k + 1] - load[first]
            behind = load[last] - load[k + 1]
            ahead_arm = here * ahead - (moment[k + 1] - moment[first])
            behind_arm = moment[last] - moment[k + 1] - here * behind
            total = ahead + behind
            vertex = 0.5 * (span_m + (behind_arm - ahead_arm) / total)
            z = min(max(vertex, start), stop)
            value = (total * z * (span_m - z) - z * ahead_arm - (span_m - z) * behind_arm) / span_m
            if value > best:
                best, best_at, best_axle = value, z, k
            if stop >= span_m:
                break
            if leaves <= enters:
                first += 1
            else:
                last += 1
            start = stop
    return best, best_at, best_axle


@njit(cache=True, nogil=True)
def simple_effects(loads_kn: F64, offsets_m: F64, kinds: U8, spans_m: F64, at_m: F64, scales: F64) -> F64:
    """Largest effect at each of many sections of simple spans, both directions of travel.

    Args:
        loads_kn: Axle loads, front to rear.
        offsets_m: Distances behind the front axle, rising.
        kinds: Per section: `SHEAR_KIND` end shear, else moment.
        spans_m: Span lengths.
        at_m: Section's distance from an end of the span; unused for shear.
        scales: Multiplies the result; a pier's reaction is a scaled moment of the two spans as one.

    Returns:
        float64[sections], kN·m or kN.
    """
    load, moment = prefix_sums(loads_kn, offsets_m)
    effects = np.empty(len(spans_m))
    for n in range(len(spans_m)):
        span_m, x_m = spans_m[n], at_m[n]
        if kinds[n] == SHEAR_KIND:
            value = end_shear(load, moment, offsets_m, span_m)
        else:
            # The reversed train at x is the train at L - x.
            value = section_moment(load, moment, offsets_m, span_m, x_m)
            if x_m + x_m != span_m:
                value = max(value, section_moment(load, moment, offsets_m, span_m, span_m - x_m))
        effects[n] = scales[n] * value
    return effects
