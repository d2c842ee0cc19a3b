"""The largest sagging moment of a continuous beam over all sections and places of a train (连续梁绝对最大正弯矩).

Between loads the moment runs straight, so its maximum over the sections lies under an axle. Between two events (an axle
passes a support) the moment under one axle is a quartic of the train's place: support moments are cubics, weighted by
the place, plus the simple span's parabola. Ends and roots of its derivative are all candidates; intervals whose bound
is below the best so far are skipped.
"""

import numpy as np
from numba import njit

from routing._kernels.axle_train import prefix_sums
from routing._kernels.beam_lines import cubic_turns, support_events
from routing.graph import F64

HALVINGS = 50


@njit(cache=True, nogil=True)
def support_moment_states(loads_kn: F64, offsets_m: F64, supports_m: F64, jumps: F64) -> tuple[F64, F64]:
    """Support moments just after every event, as cubics of the place.

    Args:
        loads_kn: Axle loads, front to rear.
        offsets_m: Distances behind the front axle.
        supports_m: Supports of the beam.
        jumps: float64[supports, supports, 4]: jumps of the line of each support's moment.

    Returns:
        Places of the events, float64[events]; float64[events, supports, 4].
    """
    places, codes = support_events(offsets_m, supports_m)
    count = len(supports_m)
    states = np.zeros((len(places), count, 4))
    for event in range(len(places)):
        load = loads_kn[codes[event] // count]
        passed = codes[event] % count
        d = places[event] - places[event - 1] if event else 0.0
        for support in range(count):
            c0, c1, c2, c3 = 0.0, 0.0, 0.0, 0.0
            if event:
                c0, c1 = states[event - 1, support, 0], states[event - 1, support, 1]
                c2, c3 = states[event - 1, support, 2], states[event - 1, support, 3]
            states[event, support, 0] = c0 + d * (c1 + d * (c2 + d * c3)) + load * jumps[support, passed, 0]
            states[event, support, 1] = c1 + d * (2.0 * c2 + 3.0 * d * c3) + load * jumps[support, passed, 1]
            states[event, support, 2] = c2 + 3.0 * d * c3 + load * jumps[support, passed, 2]
            states[event, support, 3] = c3 + load * jumps[support, passed, 3]
    return places, states


@njit(cache=True, nogil=True)
def quartic_peak(
    g0: float, g1: float, g2: float, g3: float, g4: float, length: float, best: float
) -> tuple[float, float]:
    """Largest value of a quartic on [0, length] and its place, if it can exceed `best`; else one of the ends."""
    end = g0 + length * (g1 + length * (g2 + length * (g3 + length * g4)))
    top, at = (g0, 0.0) if g0 >= end else (end, length)
    bend = 2.0 * abs(g2) + 6.0 * abs(g3) * length + 12.0 * abs(g4) * length * length
    if top + bend * length * length / 8.0 <= best:
        return top, at
    first, second = cubic_turns(2.0 * g2, 3.0 * g3, 4.0 * g4, length)
    low = 0.0
    for n in range(3):
        high = first if n == 0 else (second if n == 1 else length)
        if high > low:
            left = g1 + low * (2.0 * g2 + low * (3.0 * g3 + low * 4.0 * g4))
            right = g1 + high * (2.0 * g2 + high * (3.0 * g3 + high * 4.0 * g4))
            if left > 0.0 and right < 0.0:
                a, b = low, high
                for _ in range(HALVINGS):
                    t = 0.5 * (a + b)
                    if g1 + t * (2.0 * g2 + t * (3.0 * g3 + t * 4.0 * g4)) > 0.0:
                        a = t
                    else:
                        b = t
                t = 0.5 * (a + b)
                value = g0 + t * (g1 + t * (g2 + t * (g3 + t * g4)))
                if value > top:
                    top, at = value, t
            low = high
    return top, at


@njit(cache=True, nogil=True)
def beam_peak_moment(loads_kn: F64, offsets_m: F64, supports_m: F64, jumps: F64) -> tuple[float, float]:
    """Largest sagging moment in kN·m and its section in m, one direction of travel; arguments as above."""
    places, states = support_moment_states(loads_kn, offsets_m, supports_m, jumps)
    load, moment = prefix_sums(loads_kn, offsets_m)
    count = len(offsets_m)
    best, best_at = 0.0, 0.0
    for event in range(len(places) - 1):
        u = places[event]
        length = places[event + 1] - u
        if length <= 0.0:
            continue
        middle = u + 0.5 * length
        for span in range(len(supports_m) - 1):
            start, stop = supports_m[span], supports_m[span + 1]
            reach = stop - start
            first, last = 0, count  # axles on this span, decided at the interval's middle
            while first < count and middle - offsets_m[first] >= stop:
                first += 1
            while last > 0 and middle - offsets_m[last - 1] <= start:
                last -= 1
            left, right = states[event, span], states[event, span + 1]
            for k in range(first, last):
                x = u - offsets_m[k] - start
                # Simple span: x (A - a t) + (L - x)(B + b t), divided by L, with x = x0 + t.
                a = load[k + 1] - load[first]
                big_a = (reach - u + start) * a + moment[k + 1] - moment[first]
                b = load[last] - load[k + 1]
                big_b = (u - start) * b - (moment[last] - moment[k + 1])
                y = reach - x
                g0 = (x * big_a + y * big_b + y * left[0] + x * right[0]) / reach
                g1 = (big_a - x * a - big_b + y * b + y * left[1] - left[0] + x * right[1] + right[0]) / reach
                g2 = (-a - b + y * left[2] - left[1] + x * right[2] + right[1]) / reach
                g3 = (y * left[3] - left[2] + x * right[3] + right[2]) / reach
                g4 = (right[3] - left[3]) / reach
                value, t = quartic_peak(g0, g1, g2, g3, g4, length, best)
                if value > best:
                    best, best_at = value, start + x + t
    return best, best_at
