"""Axle trains on influence lines of continuous beams (连续梁影响线): exact extremes.

An influence line is kept as what changes at its breakpoints: at each support the jump of the Taylor coefficients
(value, slope, half second, sixth third derivative), at the section a jump of value and slope. The line left of the deck
is zero, so the jumps say everything. A train's effect is then one cubic of its place between two events (an axle passes
a breakpoint): the ends and the roots of a quadratic are all candidates. A section's value jump is a limit from both
sides, and both count.
"""

import numpy as np
from numba import njit

from routing.graph import F64, I64


@njit(cache=True, nogil=True)
def reversed_train(loads_kn: F64, offsets_m: F64) -> tuple[F64, F64]:
    """The same train travelling the other way."""
    return loads_kn[::-1].copy(), (offsets_m[-1] - offsets_m)[::-1].copy()


@njit(cache=True, nogil=True)
def support_events(offsets_m: F64, supports_m: F64) -> tuple[F64, I64]:
    """Places of the front axle at which some axle passes a support, ascending, with axle * supports + support."""
    count = len(supports_m)
    places = np.empty(len(offsets_m) * count)
    for k in range(len(offsets_m)):
        for i in range(count):
            places[k * count + i] = supports_m[i] + offsets_m[k]
    order = np.argsort(places)
    return places[order], order


@njit(cache=True, nogil=True)
def line_extremes(
    loads_kn: F64,
    offsets_m: F64,
    places: F64,
    codes: I64,
    jumps: F64,
    section_m: float,
    section_jump: F64,
) -> tuple[float, float]:
    """Largest and smallest effect of a train on one influence line over all places, one direction of travel."""
    supports = len(jumps)
    axles = len(loads_kn)
    value, slope, square, cube = 0.0, 0.0, 0.0, 0.0
    highest, lowest = 0.0, 0.0
    step_value, step_slope = section_jump[0], section_jump[1]
    section_axle = 0 if step_value != 0.0 or step_slope != 0.0 else axles
    u = places[0]
    event = 0
    while event < len(places) or section_axle < axles:
        at_support = event < len(places) and (
            section_axle >= axles or places[event] <= section_m + offsets_m[section_axle]
        )
        here = places[event] if at_support else section_m + offsets_m[section_axle]
        d = here - u
        if d > 0.0:
            end_slope = slope + d * (2.0 * square + 3.0 * d * cube)
            end_square = square + 3.0 * d * cube
            if slope * end_slope < 0.0 or square * end_square < 0.0:
                inner = square * square - 3.0 * cube * slope
                if inner >= 0.0:
                    # Roots of slope + 2 square t + 3 cube t², written so that nothing cancels.
                    q = -(square + np.sqrt(inner)) if square >= 0.0 else -(square - np.sqrt(inner))
                    t = q / (3.0 * cube) if cube != 0.0 else -1.0
                    if 0.0 < t < d:
                        at = value + t * (slope + t * (square + t * cube))
                        highest, lowest = max(highest, at), min(lowest, at)
                    t = slope / q if q != 0.0 else -1.0
                    if 0.0 < t < d:
                        at = value + t * (slope + t * (square + t * cube))
                        highest, lowest = max(highest, at), min(lowest, at)
            value += d * (slope + d * (square + d * cube))
            slope, square = end_slope, end_square
            u = here
            highest, lowest = max(highest, value), min(lowest, value)
        if at_support:
            load = loads_kn[codes[event] // supports]
            support = codes[event] % supports
            value += load * jumps[support, 0]
            slope += load * jumps[support, 1]
            square += load * jumps[support, 2]
            cube += load * jumps[support, 3]
            event += 1
        else:
            value += loads_kn[section_axle] * step_value
            slope += loads_kn[section_axle] * step_slope
            section_axle += 1
        highest, lowest = max(highest, value), min(lowest, value)
    return highest, lowest


@njit(cache=True, nogil=True)
def beam_extremes(
    loads_kn: F64,
    offsets_m: F64,
    first_support: I64,
    supports_m: F64,
    first_line: I64,
    first_jump: I64,
    jumps: F64,
    sections_m: F64,
    section_jumps: F64,
) -> F64:
    """Extremes of every influence line of many beams, both directions of travel.

    Args:
        loads_kn: Axle loads, front to rear.
        offsets_m: Distances behind the front axle, rising.
        first_support: int64[beams + 1]; beam b has the supports first_support[b] .. first_support[b + 1] - 1.
        supports_m: Supports from the beam's left end.
        first_line: int64[beams + 1], the beams' lines.
        first_jump: int64[lines], row of `jumps` where a line's supports begin.
        jumps: float64[n, 4].
        sections_m: float64[lines], the sections.
        section_jumps: float64[lines, 2].

    Returns:
        float64[lines, 2]: largest (>= 0) and smallest (<= 0) effect.
    """
    extremes = np.zeros((len(sections_m), 2))
    back_loads, back_offsets = reversed_train(loads_kn, offsets_m)
    for beam in range(len(first_support) - 1):
        supports = supports_m[first_support[beam] : first_support[beam + 1]]
        count = len(supports)
        places, codes = support_events(offsets_m, supports)
        back_places, back_codes = support_events(back_offsets, supports)
        for line in range(first_line[beam], first_line[beam + 1]):
            own = jumps[first_jump[line] : first_jump[line] + count]
            jump = section_jumps[line]
            high, low = line_extremes(loads_kn, offsets_m, places, codes, own, sections_m[line], jump)
            other_high, other_low = line_extremes(
                back_loads, back_offsets, back_places, back_codes, own, sections_m[line], jump
            )
            extremes[line, 0] = max(high, other_high)
            extremes[line, 1] = min(low, other_low)
    return extremes


@njit(cache=True, nogil=True)
def _root(c0: float, c1: float, c2: float, c3: float, low: float, high: float) -> float:
    """Root of a cubic in an interval at whose ends it has different signs."""
    rising = c0 + low * (c1 + low * (c2 + low * c3)) < 0.0
    for _ in range(60):
        mid = 0.5 * (low + high)
        if (c0 + mid * (c1 + mid * (c2 + mid * c3)) < 0.0) == rising:
            low = mid
        else:
            high = mid
    return 0.5 * (low + high)


@njit(cache=True, nogil=True)
def cubic_turns(c1: float, c2: float, c3: float, length: float) -> tuple[float, float]:
    """Where c1 t + c2 t² + c3 t³ turns round in (0, length): up to two places, `length` where there is none."""
    first, second = length, length
    inner = c2 * c2 - 3.0 * c3 * c1
    if inner > 0.0:
        q = -(c2 + np.sqrt(inner)) if c2 >= 0.0 else -(c2 - np.sqrt(inner))
        a = q / (3.0 * c3) if c3 != 0.0 else -1.0
        b = c1 / q if q != 0.0 else -1.0
        a = a if 0.0 < a < length else length
        b = b if 0.0 < b < length else length
        first, second = min(a, b), max(a, b)
    return first, second


@njit(cache=True, nogil=True)
def areas_and_peaks(supports_m: F64, jumps: F64, section_m: float, section_jump: F64) -> tuple[float, ...]:
    """Same-sign areas and peaks of an influence line (同号影响线面积与峰值).

    Returns:
        Positive area, negative area (<= 0), highest and lowest ordinate.
    """
    positive, negative, highest, lowest = 0.0, 0.0, 0.0, 0.0
    value, slope, square, cube = 0.0, 0.0, 0.0, 0.0
    u = supports_m[0]
    has_section = section_jump[0] != 0.0 or section_jump[1] != 0.0
    support = 0
    bounds = np.empty(4)
    while support < len(supports_m) or has_section:
        at_support = support < len(supports_m) and (not has_section or supports_m[support] <= section_m)
        here = supports_m[support] if at_support else section_m
        d = here - u
        if d > 0.0:
            bounds[0] = 0.0
            bounds[1], bounds[2] = cubic_turns(slope, square, cube, d)
            bounds[3] = d
            for n in range(3):
                low, high = bounds[n], bounds[n + 1]
                if high <= low:
                    continue
                start = value + low * (slope + low * (square + low * cube))
                stop = value + high * (slope + high * (square + high * cube))
                highest, lowest = max(highest, start, stop), min(lowest, start, stop)
                middle = high
                if start * stop < 0.0:
                    middle = _root(value, slope, square, cube, low, high)
                before = low * (value + low * (slope / 2 + low * (square / 3 + low * cube / 4)))
                until = middle * (value + middle * (slope / 2 + middle * (square / 3 + middle * cube / 4)))
                after = high * (value + high * (slope / 2 + high * (square / 3 + high * cube / 4)))
                positive += max(until - before, 0.0) + max(after - until, 0.0)
                negative += min(until - before, 0.0) + min(after - until, 0.0)
            value += d * (slope + d * (square + d * cube))
            slope += d * (2.0 * square + 3.0 * d * cube)
            square += 3.0 * d * cube
            u = here
        if at_support:
            value += jumps[support, 0]
            slope += jumps[support, 1]
            square += jumps[support, 2]
            cube += jumps[support, 3]
            support += 1
        else:
            value += section_jump[0]
            slope += section_jump[1]
            has_section = False
        if support < len(supports_m):
            highest, lowest = max(highest, value), min(lowest, value)
    return positive, negative, highest, lowest
