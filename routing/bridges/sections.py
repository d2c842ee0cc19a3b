"""The sections at which a bridge is judged (判定截面), as simple spans or as continuous beams.

Every section is a row: an effect, a place, and a column of the vector of values that any load produces on the model.
Vehicle and design load go through the same code, so both mean the same section. Columns: one a point of simple spans,
then three a line of continuous beams: largest, smallest (as magnitude), larger of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from routing._kernels.axle_train import SHEAR_KIND
from routing.bridges.effects import Effect
from routing.bridges.errors import BridgeError
from routing.bridges.influence import FIRST_STEP, STEPS, Beam, Lines, joint_line, judged_lines
from routing.graph import F64, I64, U8

Units = tuple[tuple[float, ...], ...]  # span lists, one a continuous unit (联), m

Flags = npt.NDArray[np.bool_]

MOMENT_KIND = 0
FLAT = 1e-9  # a permanent moment smaller than this part of (span length)² has no sign
LINE_COLUMNS = 3


class System(Enum):
    """Structural system of the deck (结构体系)."""

    SIMPLE = "simple"  # 简支
    CONTINUOUS = "continuous"  # 连续
    UNKNOWN = "unknown"  # 不明: both are computed, the worse counts


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Sections of simple spans (简支截面); a pier is the scaled moment of its two spans taken as one.

    Attributes:
        kind: `SHEAR_KIND` end shear, else moment at a section.
        effect: `Effect` codes.
        span_m: Span the influence line runs over.
        x_m: Section's distance from the span's left end.
        scale: Multiplies the moment.
        own_span_m: Design span; the shorter of two at a pier.
        longest_m: Design span; the longer of two at a pier.
        at_m: Place on the bridge, from its start.
    """

    kind: U8
    effect: U8
    span_m: F64
    x_m: F64
    scale: F64
    own_span_m: F64
    longest_m: F64
    at_m: F64

    def __len__(self) -> int:
        """Number of sections."""
        return len(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class PlacedLines:
    """Influence lines of one deck and where on the bridge it begins.

    Attributes:
        start_m: Start of the deck, from the bridge's start.
        spans_m: Spans of the deck.
        lines: The lines.
        name: The same for the same lines.
    """

    start_m: float
    spans_m: F64
    lines: Lines
    name: Units


@dataclass(frozen=True, eq=False)
class Sections:
    """All sections of one bridge in one structural system.

    Attributes:
        effect: `Effect` code a row.
        at_m: Place on the bridge a row.
        column: Column of the values a row.
        longest_m: Span that decides impact and long-span factors, a row.
    """

    points: Points
    groups: tuple[PlacedLines, ...]
    effect: U8
    at_m: F64
    column: I64
    longest_m: F64

    @cached_property
    def columns(self) -> int:
        """Length of the vector of values."""
        return len(self.points) + LINE_COLUMNS * sum(len(group.lines) for group in self.groups)


def check_units(units: Units) -> None:
    """Refuse what cannot be a bridge.

    Raises:
        BridgeError: No span, or a span that is not a positive number.
    """
    if not units or not all(units):
        raise BridgeError("a bridge needs at least one span in every unit")
    wrong = [span for unit in units for span in unit if not (np.isfinite(span) and span > 0)]
    if wrong:
        raise BridgeError(f"span lengths must be positive: {wrong[0]}")


def sections_of(units: Units, system: System) -> Sections:
    """Sections of a bridge in one system, simple or continuous.

    Raises:
        BridgeError: The span list cannot be computed with, or the system is UNKNOWN (compute both).
    """
    check_units(units)
    if system is System.UNKNOWN:
        raise BridgeError("an unknown system is computed as simple and as continuous, not by itself")
    if system is System.SIMPLE:
        return _assemble(_simple_points(np.array([span for unit in units for span in unit])), ())
    starts = np.concatenate(([0.0], np.cumsum([sum(unit) for unit in units])))
    singles = [(start, unit[0]) for start, unit in zip(starts, units, strict=False) if len(unit) == 1]
    points = [row for start, span in singles for row in _span_rows(start, span)]
    total = float(starts[-1])
    points += [_end_row(start, span, at) for start, span in singles for at in {start, start + span} & {0.0, total}]
    return _assemble(_as_points(points), _groups(units, starts))


def _groups(units: Units, starts: F64) -> tuple[PlacedLines, ...]:
    beams = [Beam.of(unit) for unit in units]
    groups = [
        PlacedLines(float(start), beam.spans_m, judged_lines(beam), (unit,))
        for start, beam, unit in zip(starts, beams, units, strict=False)
        if len(unit) > 1
    ]
    for n in range(len(beams) - 1):
        left, right = beams[n], beams[n + 1]
        spans = np.concatenate((left.spans_m, right.spans_m))
        groups.append(PlacedLines(float(starts[n]), spans, joint_line(left, right), units[n : n + 2]))
    return tuple(groups)


_Row = tuple[int, Effect, float, float, float, float, float, float]


def _span_rows(start: float, span: float) -> list[_Row]:
    rows: list[_Row] = [
        (MOMENT_KIND, Effect.SAGGING, span, span * n / STEPS, 1.0, span, span, start + span * n / STEPS)
        for n in range(FIRST_STEP, STEPS // 2 + 1)  # the other half is the same mirrored
    ]
    return [*rows, (SHEAR_KIND, Effect.SHEAR, span, 0.0, 1.0, span, span, start)]


def _end_row(_start: float, span: float, at: float) -> _Row:
    return (SHEAR_KIND, Effect.REACTION, span, 0.0, 1.0, span, span, at)


def _simple_points(spans: F64) -> Points:
    starts = np.concatenate(([0.0], np.cumsum(spans)))
    rows: list[_Row] = []
    for start, span in zip(starts, spans, strict=False):
        rows += _span_rows(float(start), float(span))
    for n in range(len(spans) - 1):
        left, right = float(spans[n]), float(spans[n + 1])
        scale = (left + right) / (left * right)
        own, longest = min(left, right), max(left, right)
        rows.append((MOMENT_KIND, Effect.REACTION, left + right, left, scale, own, longest, float(starts[n + 1])))
    rows.append(_end_row(0.0, float(spans[0]), 0.0))
    rows.append(_end_row(0.0, float(spans[-1]), float(starts[-1])))
    return _as_points(rows)


def _as_points(rows: Sequence[_Row]) -> Points:
    """Turn rows into arrays; of rows that differ only in their place the first is kept."""
    kept = list({row[:-1]: row for row in reversed(rows)}.values())[::-1]
    table = np.array(kept, dtype=np.float64).reshape(-1, 8)
    return Points(
        table[:, 0].astype(np.uint8), table[:, 1].astype(np.uint8), *(table[:, n].copy() for n in range(2, 8))
    )


def _assemble(points: Points, groups: tuple[PlacedLines, ...]) -> Sections:
    effects = [points.effect]
    places = [points.at_m]
    columns = [np.arange(len(points), dtype=np.int64)]
    longest = [points.longest_m]
    first = len(points)
    for group in groups:
        effect, line, column = _line_rows(group.lines, float(np.max(group.spans_m)))
        effects.append(effect)
        places.append(group.start_m + group.lines.at_m[line])
        columns.append(first + LINE_COLUMNS * line + column)
        longest.append(np.full(len(line), np.max(group.spans_m)))
        first += LINE_COLUMNS * len(group.lines)
    return Sections(
        points,
        groups,
        np.concatenate(effects),
        np.concatenate(places),
        np.concatenate(columns),
        np.concatenate(longest),
    )


def _line_rows(lines: Lines, longest_m: float) -> tuple[U8, I64, I64]:
    """Effect, line and column (0 largest, 1 smallest, 2 larger of both) of every row of a beam."""
    areas = lines.areas_and_peaks()
    rows: list[tuple[Effect, int, int]] = []
    sags, hogs = _permanent_signs(lines, areas, longest_m)
    for n, effect in enumerate(lines.effect):
        if effect == Effect.SAGGING:
            rows += [(Effect.SAGGING, n, 0)] * bool(sags[n]) + [(Effect.HOGGING, n, 1)] * bool(hogs[n])
        elif effect == Effect.SHEAR:
            rows.append((Effect.SHEAR, n, 2))
        else:
            rows += [(Effect.REACTION, n, 0), (Effect.UPLIFT, n, 1)]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return table[:, 0].astype(np.uint8), table[:, 1], table[:, 2]


def _permanent_signs(lines: Lines, areas: F64, longest_m: float) -> tuple[Flags, Flags]:
    """Where an even permanent load sags, and where it hogs (恒载弯矩正负区).

    A live moment is judged where it adds to the permanent one; sagging also wherever a span is most sensitive to it,
    and hogging at every inner support.
    """
    permanent = areas[:, 0] + areas[:, 1]
    flat = FLAT * longest_m**2
    sags = permanent > -flat
    for start, stop in zip(lines.supports_m[:-1], lines.supports_m[1:], strict=True):
        inside = (lines.effect == Effect.SAGGING) & (lines.at_m > start) & (lines.at_m < stop)
        if np.any(inside):
            sags[np.argmax(np.where(inside, areas[:, 0], -np.inf))] = True
    return sags, (permanent < flat) | np.isin(lines.at_m, lines.supports_m)
