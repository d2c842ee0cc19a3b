"""Influence lines of continuous beams (连续梁影响线) by the three-moment equation (三弯矩方程).

Constant EI, rigid supports, spans in m. A line is kept as cubics over the spans, then as their jumps at the supports,
the form the kernels work with. A beam of one span is a simple span.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing._kernels.beam_lines import areas_and_peaks
from routing.bridges.effects import Effect
from routing.graph import F64, U8

STEPS = 20  # moments are judged at 2/20 .. 18/20 of a span; nearer to its ends shear and reaction decide
FIRST_STEP = 2


@dataclass(frozen=True, slots=True)
class Beam:
    """One continuous unit (一联): its spans and the cubics of its support moments.

    Attributes:
        spans_m: Span lengths.
        supports_m: Supports from the left end, spans + 1.
        support_moments: float64[supports, spans, 4]: moment at a support for a unit load in a span, coefficients of
            rising powers of the load's distance from the span's left end.
    """

    spans_m: F64
    supports_m: F64
    support_moments: F64

    @staticmethod
    def of(spans_m: Sequence[float]) -> "Beam":
        """Solve the three-moment equation of a span list."""
        spans = np.array(spans_m, dtype=np.float64)
        return Beam(spans, np.concatenate(([0.0], np.cumsum(spans))), _support_moments(spans))

    @property
    def is_symmetric(self) -> bool:
        """Whether the span list reads the same backwards."""
        return bool(np.array_equal(self.spans_m, self.spans_m[::-1]))


def _support_moments(spans: F64) -> F64:
    count = len(spans)
    coefficients = np.zeros((count + 1, count, 4))
    if count == 1:
        return coefficients
    matrix = np.diag(2.0 * (spans[:-1] + spans[1:]))
    matrix += np.diag(spans[1:-1], 1) + np.diag(spans[1:-1], -1)
    inverse = np.linalg.inv(matrix)
    for span, length in enumerate(spans):
        # Unit load at a: -ab(L+a)/L in the equation of the right support, -ab(L+b)/L in that of the left one.
        if span < count - 1:
            coefficients[1:-1, span] += np.outer(inverse[:, span], [0.0, -length, 0.0, 1.0 / length])
        if span > 0:
            coefficients[1:-1, span] += np.outer(inverse[:, span - 1], [0.0, -2.0 * length, 3.0, -1.0 / length])
    return coefficients


@dataclass(frozen=True, slots=True)
class Lines:
    """Influence lines of one beam (影响线组), one row each.

    Attributes:
        supports_m: Supports of the deck the lines run over.
        effect: `Effect` codes: SAGGING for a moment (both signs), SHEAR at a support's face, REACTION.
        at_m: The section, from the left end of the deck.
        own_span_m: Span the section belongs to; the shorter neighbour at a support.
        jumps: float64[lines, supports, 4].
        section_jump: float64[lines, 2]: jump of value and slope at the section.
    """

    supports_m: F64
    effect: U8
    at_m: F64
    own_span_m: F64
    jumps: F64
    section_jump: F64

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.at_m)

    def areas_and_peaks(self) -> F64:
        """float64[lines, 4]: positive area, negative area, highest ordinate, lowest ordinate."""
        rows = [
            areas_and_peaks(self.supports_m, self.jumps[n], self.at_m[n], self.section_jump[n])
            for n in range(len(self))
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class _Line:
    effect: Effect
    at_m: float
    own_span_m: float
    cubics: F64
    section_jump: tuple[float, float] = (0.0, 0.0)
    section_span: int = -1


def moment_line(beam: Beam, span: int, x_m: float) -> _Line:
    """Bending moment at `x_m` inside a span (弯矩影响线)."""
    length = float(beam.spans_m[span])
    share = x_m / length
    cubics = (1.0 - share) * beam.support_moments[span] + share * beam.support_moments[span + 1]
    cubics[span, 1] += 1.0 - share
    return _Line(Effect.SAGGING, float(beam.supports_m[span]) + x_m, length, cubics, (0.0, -1.0), span)


def support_moment_line(beam: Beam, support: int) -> _Line:
    """Bending moment at an inner support (支点弯矩影响线)."""
    own = float(min(beam.spans_m[support - 1], beam.spans_m[support]))
    return _Line(Effect.SAGGING, float(beam.supports_m[support]), own, beam.support_moments[support].copy())


def shear_line(beam: Beam, span: int, *, is_right_end: bool) -> _Line:
    """Shear at a face of a support: at the left end of a span, or at its right end (支点剪力影响线)."""
    length = float(beam.spans_m[span])
    cubics = (beam.support_moments[span + 1] - beam.support_moments[span]) / length
    cubics[span, 1] -= 1.0 / length
    at_m = float(beam.supports_m[span + 1 if is_right_end else span])
    if not is_right_end:
        cubics[span, 0] += 1.0  # the section is passed at once
        return _Line(Effect.SHEAR, at_m, length, cubics)
    return _Line(Effect.SHEAR, at_m, length, cubics, (1.0, 0.0), span)


def reaction_line(beam: Beam, support: int) -> _Line:
    """Reaction of a support, upwards positive (支座反力影响线): shear right of it less shear left of it."""
    last = len(beam.spans_m)
    cubics = np.zeros((last, 4))
    neighbours = []
    if support < last:
        cubics += shear_line(beam, support, is_right_end=False).cubics
        neighbours.append(float(beam.spans_m[support]))
    if support > 0:
        cubics -= shear_line(beam, support - 1, is_right_end=True).cubics
        neighbours.append(float(beam.spans_m[support - 1]))
    return _Line(Effect.REACTION, float(beam.supports_m[support]), min(neighbours), cubics)


def judged_lines(beam: Beam) -> Lines:
    """Lines at which a beam is judged: moments at twentieths and supports, both faces, every reaction.

    Of a symmetric beam only the left half: both directions of travel are tried anyway.
    """
    spans = range(len(beam.spans_m))
    steps = range(FIRST_STEP, STEPS - FIRST_STEP + 1)
    lines = [moment_line(beam, span, float(beam.spans_m[span]) * step / STEPS) for span in spans for step in steps]
    lines += [support_moment_line(beam, support) for support in spans if support > 0]
    lines += [shear_line(beam, span, is_right_end=end) for span in spans for end in (False, True)]
    lines += [reaction_line(beam, support) for support in range(len(beam.spans_m) + 1)]
    if beam.is_symmetric:
        middle = 0.5 * float(beam.supports_m[-1])
        lines = [line for line in lines if line.at_m <= middle * (1.0 + 1e-9)]
    return pack(beam.supports_m, lines)


def joint_line(left: Beam, right: Beam) -> Lines:
    """Reaction of the pier shared by two neighbouring beams (联间墩反力): both end reactions together."""
    supports = np.concatenate((left.supports_m, left.supports_m[-1] + right.supports_m[1:]))
    cubics = np.concatenate((reaction_line(left, len(left.spans_m)).cubics, reaction_line(right, 0).cubics))
    own = float(min(left.spans_m[-1], right.spans_m[0]))
    return pack(supports, [_Line(Effect.REACTION, float(left.supports_m[-1]), own, cubics)])


def pack(supports_m: F64, lines: Sequence[_Line]) -> Lines:
    """Turn lines of one deck into arrays."""
    return Lines(
        supports_m=supports_m,
        effect=np.array([line.effect for line in lines], dtype=np.uint8),
        at_m=np.array([line.at_m for line in lines]),
        own_span_m=np.array([line.own_span_m for line in lines]),
        jumps=np.array([_jumps(np.diff(supports_m), line) for line in lines]).reshape(len(lines), len(supports_m), 4),
        section_jump=np.array([line.section_jump for line in lines]).reshape(len(lines), 2),
    )


def _jumps(spans: F64, line: _Line) -> F64:
    jumps = np.zeros((len(spans) + 1, 4))
    jumps[:-1] = line.cubics
    ends = _taylor(line.cubics, spans)
    if line.section_span >= 0:
        value, slope = line.section_jump
        beyond = float(np.sum(spans[: line.section_span + 1])) - line.at_m
        ends[line.section_span, :2] += (value + slope * beyond, slope)
    jumps[1:] -= ends
    return jumps


def _taylor(cubics: F64, t: F64) -> F64:
    """Coefficients of cubics about other points, one each."""
    c0, c1, c2, c3 = cubics.T
    shifted = [c0 + t * (c1 + t * (c2 + t * c3)), c1 + t * (2 * c2 + 3 * t * c3), c2 + 3 * t * c3, c3]
    return np.column_stack(shifted)
