"""What any load does to the sections of a bridge (截面荷载效应): vehicle and design load by the same code.

Values have the column order of `Sections`: points, then largest, smallest, larger of both for every line. Design values
are static, for one lane, without lane factor.
"""

from enum import Enum

import numpy as np

from routing._kernels.axle_train import SHEAR_KIND, simple_effects
from routing._kernels.beam_lines import beam_extremes
from routing.bridges.design_loads import LaneLoad, LoadModel, Tracks, TruckTrain
from routing.bridges.effects import Effect
from routing.bridges.influence import Lines
from routing.bridges.sections import PlacedLines, Points, Sections
from routing.bridges.tracks import track_extremes
from routing.bridges.trains import AxleTrain
from routing.graph import F64


class PeakSpan(Enum):
    """Which design span decides the concentrated load where spans differ (Pk 所用计算跨径)."""

    LONGEST = "longest"  # usual practice: the longest span of the beam
    OWN = "own"  # the section's own span, at a support the shorter neighbour: never more than LONGEST


def effects_on(sections: Sections, model: LoadModel, peak_span: PeakSpan = PeakSpan.LONGEST) -> F64:
    """Largest effects of one load at all sections, exact over all positions, both directions.

    Args:
        sections: The bridge.
        model: Vehicle or design load.
        peak_span: Only for lane loads.

    Returns:
        float64[columns], kN·m or kN, all >= 0.
    """
    parts = [_points(sections.points, model, peak_span)]
    for group in sections.groups:
        extremes = np.abs(line_extremes_of(group, model, peak_span))
        parts.append(np.column_stack((extremes, np.max(extremes, axis=1))).ravel())
    return np.concatenate(parts)


def _points(points: Points, model: LoadModel, peak_span: PeakSpan) -> F64:
    if not len(points):
        return np.empty(0)
    if isinstance(model, AxleTrain):
        return simple_effects(model.loads_kn, model.offsets_m, points.kind, points.span_m, points.x_m, points.scale)
    if isinstance(model, TruckTrain):
        # Influence lines of simple spans have one sign: more trucks never relieve.
        most = model.most_trucks(float(np.max(points.span_m)))
        return _points(points, model.assemble(most, most), peak_span)
    shear = points.kind == SHEAR_KIND
    right = points.span_m - points.x_m
    peaks = np.where(shear, 1.0, points.scale * points.x_m * right / points.span_m)
    if isinstance(model, Tracks):
        return model.gross_kn * peaks * _spread(model.length_m, points.span_m)
    spans = points.longest_m if peak_span is PeakSpan.LONGEST else points.own_span_m
    uniform, peak = _lane_parts(model, spans, points.effect)
    return uniform * peaks * points.span_m / 2.0 + peak * peaks


def _spread(track_m: float, span_m: F64) -> F64:
    """Mean ordinate under tracks in the best place, as part of the triangle's peak."""
    return np.where(track_m <= span_m, 1.0 - track_m / (2.0 * span_m), span_m / (2.0 * track_m))


def _lane_parts(model: LaneLoad, spans_m: F64, effects: np.ndarray) -> tuple[F64, F64]:
    parts = [
        model.parts(float(span), is_shear=effect not in {Effect.SAGGING, Effect.HOGGING})
        for span, effect in zip(spans_m, effects, strict=True)
    ]
    table = np.array(parts, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def line_extremes_of(group: PlacedLines, model: LoadModel, peak_span: PeakSpan) -> F64:
    """float64[lines, 2]: largest and smallest effect of a load on the lines of one beam."""
    lines = group.lines
    if isinstance(model, AxleTrain):
        return train_extremes(lines, model)
    if isinstance(model, TruckTrain):
        return _truck_train_extremes(group, model)
    if isinstance(model, Tracks):
        return track_extremes(lines, model)
    longest = np.full(len(lines), np.max(group.spans_m))
    spans = longest if peak_span is PeakSpan.LONGEST else lines.own_span_m
    uniform, peak = _lane_parts(model, spans, lines.effect)
    ordinates = lines.areas_and_peaks()
    return uniform[:, None] * ordinates[:, :2] + peak[:, None] * ordinates[:, 2:]


def train_extremes(lines: Lines, train: AxleTrain) -> F64:
    """Extremes of one axle train on the lines of one beam."""
    count = len(lines)
    supports = len(lines.supports_m)
    return beam_extremes(
        train.loads_kn,
        train.offsets_m,
        np.array([0, supports], dtype=np.int64),
        lines.supports_m,
        np.array([0, count], dtype=np.int64),
        np.arange(count, dtype=np.int64) * supports,
        lines.jumps.reshape(-1, 4),
        lines.at_m,
        lines.section_jump,
    )


def _truck_train_extremes(group: PlacedLines, model: TruckTrain) -> F64:
    """Every number of trucks ahead and behind, because axles on parts of the other sign relieve.

    More trucks than fill two neighbouring spans are not tried; leaving a candidate out can only lower a design effect.
    """
    spans = group.spans_m
    pair = float(np.max(spans)) if len(spans) == 1 else float(np.max(spans[:-1] + spans[1:]))
    most = model.most_trucks(pair)
    extremes = np.zeros((len(group.lines), 2))
    for ahead in range(most + 1):
        for behind in range(most + 1):
            found = train_extremes(group.lines, model.assemble(ahead, behind))
            extremes[:, 0] = np.maximum(extremes[:, 0], found[:, 0])
            extremes[:, 1] = np.minimum(extremes[:, 1], found[:, 1])
    return extremes
