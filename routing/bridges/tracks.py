"""Tracked vehicles on influence lines of continuous beams (履带荷载): a uniform load of fixed length.

Its effect is the integral of the line under the tracks. Between two events (an end of the tracks passes a breakpoint)
the slope of the effect, the ordinate at the front less the ordinate at the rear, is one cubic; extremes are at its
roots. Old bridges only, computed once a span list, so plain numpy.
"""

from itertools import pairwise

import numpy as np

from routing.bridges.design_loads import Tracks
from routing.bridges.influence import Lines
from routing.graph import F64

_REAL = 1e-9


def track_extremes(lines: Lines, tracks: Tracks) -> F64:
    """float64[lines, 2]: largest and smallest effect of a tracked vehicle."""
    per_metre = tracks.gross_kn / tracks.length_m
    extremes = np.zeros((len(lines), 2))
    for n in range(len(lines)):
        breaks, pieces = _pieces(lines, n)
        places = np.unique(np.concatenate((breaks, breaks + tracks.length_m)))
        candidates = [*places]
        for low, high in pairwise(places):
            candidates += _turns(breaks, pieces, float(low), float(high), tracks.length_m)
        values = [_integral(breaks, pieces, u) - _integral(breaks, pieces, u - tracks.length_m) for u in candidates]
        extremes[n] = per_metre * max(*values, 0.0), per_metre * min(*values, 0.0)
    return extremes


def _pieces(lines: Lines, line: int) -> tuple[F64, F64]:
    """Breakpoints, and the cubic from each of them on, about it."""
    has_section = bool(np.any(lines.section_jump[line]))
    steps = [(float(at), jump) for at, jump in zip(lines.supports_m, lines.jumps[line], strict=True)]
    if has_section:
        steps.append((float(lines.at_m[line]), np.concatenate((lines.section_jump[line], [0.0, 0.0]))))
    steps.sort(key=lambda step: step[0])
    cubic = np.zeros(4)
    cubics = []
    before = steps[0][0]
    for at, jump in steps:
        cubic = _shifted(cubic, at - before) + jump
        cubics.append(cubic)
        before = at
    cubics[-1] = np.zeros(4)
    return np.array([at for at, _ in steps]), np.array(cubics)


def _shifted(cubic: F64, t: float) -> F64:
    c0, c1, c2, c3 = cubic
    return np.array([c0 + t * (c1 + t * (c2 + t * c3)), c1 + t * (2 * c2 + 3 * t * c3), c2 + 3 * t * c3, c3])


def _integral(breaks: F64, pieces: F64, u: float) -> float:
    """Area of the line left of a place."""
    total = 0.0
    for n in range(len(breaks) - 1):
        t = min(u, float(breaks[n + 1])) - float(breaks[n])
        if t <= 0:
            break
        c0, c1, c2, c3 = pieces[n]
        total += float(t * (c0 + t * (c1 / 2 + t * (c2 / 3 + t * c3 / 4))))
    return total


def _at(breaks: F64, pieces: F64, u: float) -> F64:
    """The cubic that holds just right of a place, about that place."""
    piece = int(np.searchsorted(breaks, u, side="right")) - 1
    return np.zeros(4) if piece < 0 else _shifted(pieces[piece], u - float(breaks[piece]))


def _turns(breaks: F64, pieces: F64, low: float, high: float, length_m: float) -> list[float]:
    middle = 0.5 * (low + high)
    slope = _at(breaks, pieces, middle) - _at(breaks, pieces, middle - length_m)
    roots = np.roots(slope[::-1])
    return [middle + float(root.real) for root in roots if abs(root.imag) < _REAL and low < middle + root.real < high]
