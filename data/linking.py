"""Link what an operator lists to the roads of the map (台账与路网匹配): by coordinates, number, direction, name, stake.

Nothing is dropped: a row that fits several roads, or none, is returned as such, for a person to decide.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import shapely
from rapidfuzz import fuzz

from data.bridges.records import Placed
from data.cells import Side
from data.link_evidence import COLLINEAR, heading, is_same_road, structure_names
from data.mercator import project, project_lines, scale_at
from data.stakes import StakeColumns
from routing.columns import ArcFlag, Role
from routing.graph import RoadGraph
from routing.phrase import refs_of

REACH_M: Final = 100.0  # a structure lies this near to its road
BESIDE_M: Final = 40.0  # carriageways of one road lie this near to each other
ON_LINE_M: Final = 5.0  # a drawn line this much nearer to one carriageway is that one's
LEAST_CONFIDENCE: Final = 0.5
CLEAR_LEAD: Final = 0.08  # another road this close in confidence makes the link ambiguous
STAKE_AGREES_M: Final = 500
STAKE_CONFIDENCE: Final = 0.8
_RAMP: Final = "匝道"


class Method(Enum):
    """What a link rests on (匹配依据)."""

    COORDINATES = "coordinates"  # 坐标
    COORDINATES_AND_ROUTE = "coordinates and route number"  # 坐标与路线编号
    STAKE = "stake"  # 桩号


@dataclass(frozen=True, slots=True)
class Link:
    """A record and its road (匹配结果).

    Attributes:
        record: Row of the records.
        arcs: Arc and place on it in mm from its start: one arc a direction of travel.
        distance_m: From the stated coordinates to the road; 0 if linked by stake.
        confidence: 0 to 1.
        method: What it rests on.
        doubt: What does not agree, or empty.
    """

    record: int
    arcs: tuple[tuple[int, int], ...]
    distance_m: float
    confidence: float
    method: Method
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A record without a certain road (待人工核对).

    Attributes:
        record: Row of the records.
        reason: Why.
        arcs: Arcs it may belong to, with the place on each in mm; empty if none is near.
    """

    record: int
    reason: str
    arcs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """Every record once: linked, ambiguous or unlinked."""

    linked: tuple[Link, ...]
    ambiguous: tuple[Unclear, ...]
    unlinked: tuple[Unclear, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    arc: int
    at_mm: int
    distance_m: float
    confidence: float
    shares_ref: bool
    contradicts_ref: bool


def link_bridges(
    graph: RoadGraph,
    records: Sequence[Placed],
    stakes: StakeColumns | None = None,
    *,
    reach_m: float = REACH_M,
    above: bool = False,
) -> Links:
    """Link records to arcs.

    Args:
        graph: The network.
        records: Bridges, culverts, or what stands over the road.
        stakes: Stakes of the arcs, where known.
        reach_m: How far coordinates may lie from their road.
        above: Whether the records are over the road (clearances) rather than under it (bridges).
    """
    linker = _Linker(graph, stakes or StakeColumns.none(graph.arc_count), reach_m, above=above)
    near = linker.near(records)
    linked: list[Link] = []
    ambiguous: list[Unclear] = []
    unlinked: list[Unclear] = []
    for number, record in enumerate(records):
        found = linker.link(number, record, near[number])
        if isinstance(found, Link):
            linked.append(found)
        elif found.arcs:
            ambiguous.append(found)
        else:
            unlinked.append(found)
    return Links(tuple(linked), tuple(ambiguous), tuple(unlinked))


class _Linker:
    def __init__(self, graph: RoadGraph, stakes: StakeColumns, reach_m: float, *, above: bool) -> None:
        self._graph, self._stakes, self._reach_m = graph, stakes, reach_m
        self._wanted_flag = ArcFlag.UNDER_STRUCTURE if above else ArcFlag.BRIDGE
        order = np.argsort(graph.arcs.geometry, kind="stable").astype(np.int32)
        first = np.searchsorted(graph.arcs.geometry[order], np.arange(len(graph.geometries.first_point)))
        self._arcs_of, self._first = order, first
        self._names = structure_names(graph, {Role.UNDER, Role.THROUGH} if above else {Role.ON})

    def near(self, records: Sequence[Placed]) -> list[list[tuple[int, float, float]]]:
        """Geometry, distance in metres and share along it, of all roads in reach of each record."""
        found: list[list[tuple[int, float, float]]] = [[] for _ in records]
        rows = [n for n, one in enumerate(records) if one.lon_deg is not None and one.lat_deg is not None]
        places = np.array([(records[row].lon_deg, records[row].lat_deg) for row in rows], np.float64).reshape(-1, 2)
        if not rows or not self._graph.arc_count:
            return found
        projected = project(places[:, 0], places[:, 1])
        points, scale = np.asarray(shapely.points(projected)), scale_at(projected[:, 1])
        lines = project_lines(self._graph)
        tree = shapely.STRtree(lines)
        point, line = tree.query(points, predicate="dwithin", distance=self._reach_m * scale)
        distance = shapely.distance(lines[line], points[point]) / scale[point]
        share = shapely.line_locate_point(lines[line], points[point], normalized=True)
        for row, geometry, metres, part in sorted(zip(point.tolist(), line.tolist(), distance, share, strict=True)):
            found[rows[row]].append((geometry, float(metres), float(part)))
        return found

    def link(self, number: int, record: Placed, near: Sequence[tuple[int, float, float]]) -> Link | Unclear:
        """Decide for one record."""
        by_stake = self._by_stake(record)
        if record.lon_deg is None:
            return self._link_by_stake(number, record, by_stake)
        candidates = sorted(self._candidates(record, near), key=lambda one: (-one.confidence, one.distance_m, one.arc))
        if not candidates:
            if by_stake:
                return Unclear(number, f"no road within {self._reach_m:.0f} m of its coordinates", tuple(by_stake))
            return Unclear(number, f"no road within {self._reach_m:.0f} m of its coordinates")
        agreeing = [one for one in candidates if not one.contradicts_ref]
        if not agreeing:
            return Unclear(number, f"the roads nearby do not bear the number {record.route_ref}", _spots(candidates))
        best = agreeing[0]
        rivals = [one for one in agreeing if best.confidence - one.confidence < CLEAR_LEAD]
        others = [one for one in rivals if not is_same_road(self._graph, best.arc, one.arc)]
        if best.confidence < LEAST_CONFIDENCE or others:
            reason = "several roads fit alike" if others else f"confidence {best.confidence:.2f} is too low"
            return Unclear(number, reason, _spots(rivals))
        chosen = self._decks(record, best, agreeing)
        method = Method.COORDINATES_AND_ROUTE if best.shares_ref else Method.COORDINATES
        return Link(
            number,
            _spots(chosen),
            best.distance_m,
            round(best.confidence, 3),
            method,
            self._stake_doubt(record, best),
        )

    def _by_stake(self, record: Placed) -> list[tuple[int, int]]:
        if record.stake_m is None:
            return []
        lengths = self._graph.arcs.length_mm
        return [
            (arc, round(share * int(lengths[arc])))
            for ref in refs_of(record.route_ref)
            for arc, share in self._stakes.at(ref, record.stake_m)
        ]

    def _link_by_stake(self, number: int, record: Placed, spots: list[tuple[int, int]]) -> Link | Unclear:
        if not spots:
            return Unclear(number, "has no coordinates, and no road of its number has its stake")
        arcs = self._one_a_side(spots, record)
        return Link(number, tuple(arcs), 0.0, STAKE_CONFIDENCE, Method.STAKE)

    def _one_a_side(self, spots: list[tuple[int, int]], record: Placed) -> list[tuple[int, int]]:
        """At most one arc a direction; at a joint of two arcs the one that is a bridge."""
        by_side: dict[bool, list[tuple[int, int]]] = defaultdict(list)
        for arc, at in spots:
            by_side[bool(self._stakes.to_m[arc] > self._stakes.from_m[arc])].append((arc, at))
        wanted = {Side.UP: [True], Side.DOWN: [False]}.get(record.direction, [True, False])
        sides = [by_side[side] for side in wanted if by_side[side]] or [spots]
        flags = self._graph.arcs.flags
        return sorted(min(side, key=lambda spot: (not flags[spot[0]] & self._wanted_flag, spot)) for side in sides)

    def _candidates(self, record: Placed, near: Sequence[tuple[int, float, float]]) -> Iterable[_Candidate]:
        for geometry, distance, share in near:
            for arc in self._arcs_of[self._first[geometry] : self._first[geometry + 1]].tolist():
                forward = round(share * int(self._graph.arcs.length_mm[arc]))
                at = int(self._graph.arcs.length_mm[arc]) - forward if self._graph.arcs.is_reversed[arc] else forward
                yield self._judge(record, arc, at, distance)

    def _judge(self, record: Placed, arc: int, at_mm: int, distance_m: float) -> _Candidate:
        """Weigh the evidence for one arc; what neither side states does not count."""
        arcs = self._graph.arcs
        flags = int(arcs.flags[arc])
        own, stated = set(refs_of(self._graph.strings[int(arcs.ref[arc])])), set(refs_of(record.route_ref))
        evidence = [(0.4, max(0.0, 1 - distance_m / self._reach_m))]
        is_ramp, says_ramp = bool(flags & ArcFlag.LINK), _RAMP in record.name
        if stated and not (is_ramp and says_ramp and not own):  # ramps bear the number of their road in registers only
            evidence.append((0.3, 1.0 if own & stated else 0.4 if not own else 0.0))
        if (likeness := self._likeness(record, arc)) is not None:
            evidence.append((0.15, likeness))
        evidence.append((0.15, 1.0 if flags & self._wanted_flag else 0.4))
        says_road = bool(record.name or record.route_name or record.route_ref)
        if says_road and is_ramp is not says_ramp:
            evidence.append((0.1, 0.0))
        if record.bearing_deg is not None:
            evidence.append((0.2, abs(self._cosine(arc, at_mm, record.bearing_deg))))
        confidence = sum(weight * value for weight, value in evidence) / sum(weight for weight, _ in evidence)
        contradicts = bool(own and stated and not own & stated)
        return _Candidate(arc, at_mm, distance_m, confidence, bool(own & stated), contradicts)

    def _likeness(self, record: Placed, arc: int) -> float | None:
        road = self._graph.strings[int(self._graph.arcs.name[arc])]
        pairs = [(record.route_name, road), *((record.name, name) for name in self._names.get(arc, ()))]
        likeness = [fuzz.ratio(ours, theirs) / 100 for ours, theirs in pairs if ours and theirs]
        return max(likeness, default=None)

    def _cosine(self, arc: int, at_mm: int, bearing_deg: float) -> float:
        """Cosine between an arc in travel direction, at a place on it, and a bearing."""
        east, north = heading(self._graph, arc, at_mm)
        return east * math.sin(math.radians(bearing_deg)) + north * math.cos(math.radians(bearing_deg))

    def _decks(self, record: Placed, best: _Candidate, agreeing: Sequence[_Candidate]) -> list[_Candidate]:
        """The best arc, and the one of the other direction unless the record is about one direction only."""
        ours = [
            one
            for one in agreeing
            if one.distance_m <= best.distance_m + BESIDE_M and is_same_road(self._graph, best.arc, one.arc)
        ]
        along = heading(self._graph, best.arc, best.at_mm)
        back = [one for one in ours if np.dot(along, heading(self._graph, one.arc, one.at_mm)) < -COLLINEAR]
        decks = [best, *back[:1]]
        if record.direction in {Side.UP, Side.DOWN}:
            rising = record.direction is Side.UP
            told = [one for one in decks if self._stakes.route[one.arc] >= 0 and self._rises(one.arc) is rising]
            return told or decks
        is_divided = bool(self._graph.arcs.flags[best.arc] & ArcFlag.ONEWAY) and len(decks) > 1
        if record.bearing_deg is not None and is_divided and record.direction is Side.UNKNOWN:
            nearest, other = sorted(decks, key=lambda one: one.distance_m)
            return [nearest] if nearest.distance_m + ON_LINE_M < other.distance_m else decks
        return decks

    def _rises(self, arc: int) -> bool:
        return bool(self._stakes.to_m[arc] > self._stakes.from_m[arc])

    def _stake_doubt(self, record: Placed, best: _Candidate) -> str:
        route = int(self._stakes.route[best.arc])
        if record.stake_m is None or route < 0 or self._stakes.routes[route] not in refs_of(record.route_ref):
            return ""
        start, end = int(self._stakes.from_m[best.arc]), int(self._stakes.to_m[best.arc])
        found = start + (end - start) * best.at_mm / max(1, int(self._graph.arcs.length_mm[best.arc]))
        apart = abs(found - record.stake_m)
        return f"its stake lies {apart:.0f} m from its coordinates" if apart > STAKE_AGREES_M else ""


def _spots(candidates: Iterable[_Candidate]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({one.arc: one.at_mm for one in candidates}.items()))
