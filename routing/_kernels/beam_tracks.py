"""A uniform load of fixed length on influence lines of continuous beams (连续梁上的履带荷载): exact extremes.

Its effect is the integral of the line under it. Between two events (one of its ends passes a breakpoint) the slope of
the effect, the ordinate at the front less the ordinate at the rear, is one cubic; extremes are at its roots.
"""

import numpy as np
from numba import njit

from routing._kernels.beam_lines import cubic_turns
from routing.graph import F64

HALVINGS = 60


@njit(cache=True, nogil=True)
def line_pieces(supports_m: F64, jumps: F64, section_m: float, section_jump: F64) -> tuple[F64, F64, F64]:
    """Breakpoints of a line, the cubic from each on about it, the area left of each; zero outside the deck."""
    has_section = section_jump[0] != 0.0 or section_jump[1] != 0.0
    count = len(supports_m) + (1 if has_section else 0)
    breaks = np.empty(count + 1)
    cubics = np.zeros((count + 1, 4))
    areas = np.zeros(count + 1)
    breaks[0] = -np.inf
    support, n = 0, 1
    while n <= count:
        at_support = support < len(supports_m) and (not has_section or supports_m[support] <= section_m)
        breaks[n] = supports_m[support] if at_support else section_m
        if n > 1:
            d = breaks[n] - breaks[n - 1]
            c0, c1, c2, c3 = cubics[n - 1]
            areas[n] = areas[n - 1] + d * (c0 + d * (c1 / 2 + d * (c2 / 3 + d * c3 / 4)))
            cubics[n, 0] = c0 + d * (c1 + d * (c2 + d * c3))
            cubics[n, 1] = c1 + d * (2.0 * c2 + 3.0 * d * c3)
            cubics[n, 2] = c2 + 3.0 * d * c3
            cubics[n, 3] = c3
        if at_support:
            cubics[n] += jumps[support]
            support += 1
        else:
            cubics[n, :2] += section_jump
            has_section = False
        n += 1
    cubics[count] = 0.0  # what is left there is rounding
    return breaks, cubics, areas


@njit(cache=True, nogil=True)
def shifted(breaks: F64, cubics: F64, areas: F64, piece: int, u: float) -> tuple[float, float, float, float, float]:
    """Area left of a place, and the cubic that holds there, about it."""
    if piece == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    t = u - breaks[piece]
    c0, c1, c2, c3 = cubics[piece]
    return (
        areas[piece] + t * (c0 + t * (c1 / 2 + t * (c2 / 3 + t * c3 / 4))),
        c0 + t * (c1 + t * (c2 + t * c3)),
        c1 + t * (2.0 * c2 + 3.0 * t * c3),
        c2 + 3.0 * t * c3,
        c3,
    )


@njit(cache=True, nogil=True)
def uniform_extremes(
    supports_m: F64, jumps: F64, section_m: float, section_jump: F64, length_m: float
) -> tuple[float, float]:
    """Largest and smallest integral of a line over a window of fixed length, wherever it stands."""
    breaks, cubics, areas = line_pieces(supports_m, jumps, section_m, section_jump)
    last = len(breaks) - 1
    front, rear = 1, 0
    u = breaks[1]
    highest, lowest = 0.0, 0.0
    while rear < last:
        front_event = breaks[front + 1] if front < last else np.inf
        rear_event = breaks[rear + 1] + length_m
        stop = min(front_event, rear_event)
        d = stop - u
        if d > 0.0:
            ahead, a0, a1, a2, a3 = shifted(breaks, cubics, areas, front, u)
            behind, b0, b1, b2, b3 = shifted(breaks, cubics, areas, rear, u - length_m)
            start = ahead - behind
            s0, s1, s2, s3 = a0 - b0, a1 - b1, a2 - b2, a3 - b3
            first, second = cubic_turns(s1, s2, s3, d)
            low = 0.0
            for n in range(3):
                high = first if n == 0 else (second if n == 1 else d)
                if high <= low:
                    continue
                at_low = s0 + low * (s1 + low * (s2 + low * s3))
                at_high = s0 + high * (s1 + high * (s2 + high * s3))
                t = high
                if at_low * at_high < 0.0:
                    a, b = low, high
                    for _ in range(HALVINGS):
                        t = 0.5 * (a + b)
                        if (s0 + t * (s1 + t * (s2 + t * s3))) * at_low > 0.0:
                            a = t
                        else:
                            b = t
                value = start + t * (s0 + t * (s1 / 2 + t * (s2 / 3 + t * s3 / 4)))
                highest, lowest = max(highest, value), min(lowest, value)
                low = high
            value = start + d * (s0 + d * (s1 / 2 + d * (s2 / 3 + d * s3 / 4)))
            highest, lowest = max(highest, start, value), min(lowest, start, value)
            u = stop
        if front_event <= rear_event:
            front += 1
        else:
            rear += 1
    return highest, lowest
