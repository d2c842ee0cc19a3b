"""Give arcs what road tables know (路段属性入网): grade, widths, lanes, owner, posted limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from data.cells import Side
from data.line_arcs import arcs_by_ref
from data.roads import RoadSegment, RoadTable
from data.stakes import StakeColumns
from routing.columns import ArcFlag, Basis, LimitState, Quantity, Scope, WidthBasis
from routing.graph import F64, I32, Bool, RoadGraph
from routing.phrase import refs_of

MOSTLY: Final = 0.5  # a segment describes an arc if it covers at least this share of it; a limit holds if it touches
TOUCHES_M: Final = 10.0
_LIMITS: Final = {
    Quantity.GROSS_MASS: "limit_mass_kg",
    Quantity.AXLE_LOAD: "limit_axle_kg",
    Quantity.HEIGHT: "limit_height_mm",
    Quantity.WIDTH: "limit_width_mm",
    Quantity.LENGTH: "limit_length_mm",
}


class LimitRow(NamedTuple):
    """A row to be added to the limits table; texts are not numbered yet (待写入限值)."""

    arc: int
    quantity: Quantity
    state: LimitState
    value: int
    basis: Basis
    scope: Scope
    structure: int
    source: str


@dataclass(frozen=True, slots=True)
class RoadColumns:
    """What road tables lead to.

    Attributes:
        graph: With grades, widths and lanes filled in.
        owners: Names of owners (管养单位).
        owner: int32[arcs], row of `owners`, -1 unknown.
        rows: Limits to be added.
        unplaced: Segments that no arc of the map belongs to.
        warnings: Where the map and the table contradict each other.
    """

    graph: RoadGraph
    owners: tuple[str, ...]
    owner: I32
    rows: tuple[LimitRow, ...]
    unplaced: tuple[RoadSegment, ...]
    warnings: tuple[str, ...]


def apply_roads(graph: RoadGraph, tables: Sequence[RoadTable], stakes: StakeColumns) -> RoadColumns:
    """Fill columns from road tables.

    The operator speaks where the map is silent. Where both state a width the smaller holds, and a different grade is
    kept as the map (or another source) has it, with a warning. Without a direction the width of a divided road is that
    of both carriageways, and each gets half.

    Args:
        graph: The network.
        tables: Road tables.
        stakes: Stakes of the arcs.
    """
    grade, lanes = graph.arcs.technical_grade.copy(), graph.arcs.lanes.copy()
    width, lane_width = graph.arcs.carriageway_mm.copy(), graph.arcs.lane_width_mm.copy()
    basis, owner = graph.arcs.width_basis.copy(), np.full(graph.arc_count, -1, np.int32)
    owners: dict[str, int] = {}
    rows: list[LimitRow] = []
    unplaced: list[RoadSegment] = []
    warnings: list[str] = []
    segments = [one for table in tables for one in table.segments]
    whole = arcs_by_ref(graph, {refs_of(one.route_ref)[0] for one in segments if one.is_whole_route})
    for segment in segments:
        arcs, share, metres = _arcs_of(graph, segment, stakes, whole)
        described = arcs[share >= MOSTLY]
        rows += _limit_rows(segment, arcs[(metres >= TOUCHES_M) | (share >= MOSTLY)])
        if not len(arcs):
            unplaced.append(segment)
        if segment.grade is not None:
            clash = described[(grade[described] != 0) & (grade[described] != segment.grade)]
            if len(clash):
                warnings.append(f"{segment.source}: grade differs from the network's on {len(clash)} arcs")
            grade[described[grade[described] == 0]] = segment.grade
        if segment.owner:
            owner[described] = owners.setdefault(segment.owner, len(owners))
        parts = 1 + _has_both_carriageways(graph, segment, described)
        if segment.carriageway_mm is not None:
            stated = (segment.carriageway_mm // parts).astype(np.int32)
            is_smaller = (basis[described] != WidthBasis.STATED) | (stated < width[described])
            width[described] = np.where(is_smaller, stated, width[described])
            basis[described] = WidthBasis.STATED
        if segment.lane_width_mm is not None:
            lane_width[described] = np.minimum(segment.lane_width_mm, width[described])
        if segment.lanes:
            is_one_way = (graph.arcs.flags[described] & ArcFlag.ONEWAY) != 0
            own = np.maximum(1, segment.lanes // np.where(is_one_way, parts, 2))
            lanes[described] = np.where(lanes[described] == 0, np.minimum(own, 255), lanes[described])
    changed = replace(
        graph.arcs,
        technical_grade=grade,
        lanes=lanes,
        carriageway_mm=width,
        lane_width_mm=np.minimum(lane_width, np.where(width > 0, width, lane_width)).astype(np.int32),
        width_basis=basis,
    )
    graph = replace(graph, arcs=changed, network_id="")
    return RoadColumns(graph, tuple(owners), owner, tuple(rows), tuple(unplaced), tuple(warnings))


def overlaps(stakes: StakeColumns, arcs: I32, from_m: int, to_m: int) -> tuple[F64, F64]:
    """Metres and share of each arc, by its stakes, that a stretch takes in."""
    low, high = np.minimum(stakes.from_m[arcs], stakes.to_m[arcs]), np.maximum(stakes.from_m[arcs], stakes.to_m[arcs])
    metres = np.minimum(high, to_m) - np.maximum(low, from_m)
    is_inside = (metres >= 0) & (low >= from_m) & (high <= to_m)
    share = np.where(is_inside, 1.0, np.maximum(metres, 0) / np.maximum(high - low, 1))
    return np.maximum(metres, 0).astype(np.float64), share


def _arcs_of(
    graph: RoadGraph, segment: RoadSegment, stakes: StakeColumns, whole: Mapping[str, I32]
) -> tuple[I32, F64, F64]:
    """Arcs of a segment, the share of each, and the metres."""
    ref = refs_of(segment.route_ref)[0]
    if segment.is_whole_route:
        arcs = whole.get(ref, np.empty(0, np.int32))
        share, metres = np.ones(len(arcs)), graph.arcs.length_mm[arcs] / 1000
    else:
        arcs = stakes.arcs_of(ref)
        metres, share = overlaps(stakes, arcs, segment.from_m, segment.to_m)
    is_meant = (share > 0) & _goes(stakes, arcs, segment.direction)
    return arcs[is_meant], share[is_meant], metres[is_meant]


def _goes(stakes: StakeColumns, arcs: I32, direction: Side) -> Bool:
    """Whether arcs run in a direction; without stakes nobody knows, and they are meant too."""
    if direction not in {Side.UP, Side.DOWN}:
        return np.ones(len(arcs), np.bool_)
    rises = stakes.to_m[arcs] > stakes.from_m[arcs]
    return np.asarray((stakes.route[arcs] < 0) | (rises == (direction is Side.UP)))


def _has_both_carriageways(graph: RoadGraph, segment: RoadSegment, arcs: I32) -> I32:
    """1 where an arc is one carriageway of those the segment's width is about, else 0."""
    is_about_one = segment.direction in {Side.UP, Side.DOWN}
    return np.asarray(((graph.arcs.flags[arcs] & ArcFlag.ONEWAY) != 0) & (not is_about_one), np.int32)


def _limit_rows(segment: RoadSegment, arcs: Iterable[int]) -> list[LimitRow]:
    source = f"inventory:{segment.source}"
    stated = {quantity: getattr(segment, name) for quantity, name in _LIMITS.items()}
    return [
        LimitRow(int(arc), quantity, LimitState.NUMBER, value, segment.limit_basis, Scope.ROAD, -1, source)
        for arc in arcs
        for quantity, value in stated.items()
        if value is not None
    ]
