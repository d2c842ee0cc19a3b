"""A review as GeoJSON (审查结果的 GeoJSON): stretches of road by their worst finding, and the findings as points.

Every feature says in ``kind`` what it is:

========  ==========  =====================================================================================
kind      geometry    properties
========  ==========  =====================================================================================
stretch   LineString  route, outcome, from_m, to_m, findings (numbers of the findings that lie on it)
finding   Point       number, route and every property of the finding; geometry is null if no place is known
terminal  Point       route, role (``start`` 起 or ``end`` 终)
leg       Point       route, ref, name: middle of a part under one road name, a place for its label
division  Point       route, code, name: middle of the way through a county, a place for its label
========  ==========  =====================================================================================

``route`` is the rank of the route, null for a blocker that lies on none of the routes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from maps.errors import ReviewShapeError
from maps.ordering import number_or_none, severity, sort_findings

JsonObject = dict[str, Any]
_GEOD = Geod(ellps="WGS84")
_DECIMALS = 7  # about a centimetre
_LEAST_POINTS = 2
_LON_MAX, _LAT_MAX = 180.0, 90.0


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A polyline with the distance of every vertex from its start, stretched to the stated length."""

    points: npt.NDArray[np.float64]
    """lon, lat of the vertices, one row each."""
    at_m: npt.NDArray[np.float64]
    """Distance of each vertex from the start."""

    @property
    def length_m(self) -> float:
        """Length of the whole line."""
        return float(self.at_m[-1])

    def point_at(self, distance_m: float) -> list[float]:
        """The point ``[lon, lat]`` at a distance from the start, held within the line."""
        lon = np.interp(distance_m, self.at_m, self.points[:, 0])
        lat = np.interp(distance_m, self.at_m, self.points[:, 1])
        return [round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)]

    def cut(self, from_m: float, to_m: float) -> list[list[float]]:
        """Coordinates of the part between two distances."""
        inside = self.points[(self.at_m > from_m) & (self.at_m < to_m)]
        middle = [[float(lon), float(lat)] for lon, lat in inside]
        return [self.point_at(from_m), *middle, self.point_at(to_m)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a route on which the worst finding has one outcome."""

    from_m: float
    to_m: float
    outcome: str
    findings: tuple[int, ...]
    """Positions, in the given list, of the findings on this part."""


def measure_line(coordinates: Sequence[Sequence[float]], length_m: float | None = None) -> MeasuredLine:
    """Measure a polyline along the ellipsoid and scale it to ``length_m`` (路线里程).

    A route's stated length comes from its arcs and differs a little from its drawn line; positions of findings
    refer to the stated one.
    """
    points = np.asarray([[float(pair[0]), float(pair[1])] for pair in coordinates], dtype=np.float64)
    steps = np.asarray(_GEOD.line_lengths(points[:, 0], points[:, 1]), dtype=np.float64)
    at_m = np.concatenate([[0.0], np.cumsum(steps)])
    if length_m is not None and at_m[-1] > 0.0:
        at_m *= length_m / at_m[-1]
        at_m[-1] = length_m
    return MeasuredLine(points, at_m)


def split_into_stretches(
    length_m: float, findings: Sequence[Mapping[str, Any]], verdict: str = "passes"
) -> list[Stretch]:
    """Split a route where the worst outcome changes (按最不利意见分段).

    The parts cover the route without gap or overlap. A part without finding passes; but if no finding is as bad as
    the route's own verdict, the verdict holds there, so that nothing unexplained is painted as passing.
    """
    spans = [_span(finding, length_m) for finding in findings]
    worst = max((severity(finding.get("outcome")) for finding in findings), default=0)
    base = "passes" if worst >= severity(verdict) else verdict
    edges = sorted({0.0, length_m, *(edge for span in spans if span for edge in span)})
    parts: list[Stretch] = []
    for start, end in pairwise(edges):
        here = tuple(i for i, span in enumerate(spans) if span and span[0] <= start and span[1] >= end)
        outcome = max((str(findings[i].get("outcome")) for i in here), key=severity, default=base)
        outcome = base if severity(base) > severity(outcome) else outcome
        if parts and parts[-1].outcome == outcome:
            here = tuple(sorted({*parts[-1].findings, *here}))
            parts[-1] = Stretch(parts[-1].from_m, end, outcome, here)
        else:
            parts.append(Stretch(start, end, outcome, here))
    return parts or [Stretch(0.0, length_m, base, ())]


def review_features(review: Mapping[str, Any]) -> JsonObject:
    """The whole review as one GeoJSON FeatureCollection; see the module's table for the features.

    Findings are numbered from 1 through all routes in order of rank, on each route the worst first, after them the
    blockers that stand only in ``why_not``.

    Raises:
        ReviewShapeError: a route's geometry is not a line; all faults at once.
    """
    routes = _checked_routes(review)
    features: list[JsonObject] = [] if routes else list(_stop_features(review))
    number = 1
    for position, route in enumerate(routes):
        ordered = sort_findings(route.get("findings") or [])
        features.extend(_route_features(route, ordered, number, route.get("rank", position + 1)))
        number += len(ordered)
    for blocker in extra_blockers(review):
        features.append(_finding_feature(blocker, number, None, None))
        number += 1
    return {"type": "FeatureCollection", "features": features}


def _stop_features(review: Mapping[str, Any]) -> Iterator[JsonObject]:
    """Start and end as they were asked, for a review without any route."""
    stops = review.get("stops") or []
    for role, stop in zip(("start", "end"), (stops[:1] + stops[1:][-1:]), strict=False):
        geometry = {"type": "Point", "coordinates": [stop["lon"], stop["lat"]]}
        properties = {"kind": "terminal", "route": None, "role": role}
        yield {"type": "Feature", "geometry": geometry, "properties": properties}


def extra_blockers(review: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Blockers of ``why_not`` that are not among the findings of any route."""
    blockers = (review.get("why_not") or {}).get("blockers") or []
    known = [finding for route in review.get("routes") or [] for finding in route.get("findings") or []]
    return [blocker for blocker in sort_findings(blockers) if blocker not in known]


def _route_features(
    route: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], first_number: int, rank: object
) -> Iterator[JsonObject]:
    line = measure_line(route["geometry"]["coordinates"], number_or_none(route.get("length_m")))
    for part in split_into_stretches(line.length_m, findings, str(route.get("verdict", "passes"))):
        properties = {
            "kind": "stretch",
            "route": rank,
            "outcome": part.outcome,
            "from_m": round(part.from_m, 1),
            "to_m": round(part.to_m, 1),
            "findings": [first_number + i for i in part.findings],
        }
        geometry = {"type": "LineString", "coordinates": line.cut(part.from_m, part.to_m)}
        yield {"type": "Feature", "geometry": geometry, "properties": properties}
    for role, at_m in (("start", 0.0), ("end", line.length_m)):
        yield _point(line.point_at(at_m), {"kind": "terminal", "route": rank, "role": role})
    yield from _label_features(route, line, rank)
    for offset, finding in enumerate(findings):
        yield _finding_feature(finding, first_number + offset, rank, line)


def _label_features(route: Mapping[str, Any], line: MeasuredLine, rank: object) -> Iterator[JsonObject]:
    start_m = 0.0
    for leg in route.get("legs") or []:
        length_m = number_or_none(leg.get("length_m")) or 0.0
        properties = {"kind": "leg", "route": rank, "ref": leg.get("ref"), "name": leg.get("name")}
        yield _point(line.point_at(start_m + length_m / 2), properties)
        start_m += length_m
    for division in route.get("divisions") or []:
        enter_m = number_or_none(division.get("enter_m"))
        if enter_m is None:
            continue
        middle_m = enter_m + (number_or_none(division.get("length_m")) or 0.0) / 2
        properties = {"kind": "division", "route": rank, "code": division.get("code"), "name": division.get("name")}
        yield _point(line.point_at(middle_m), properties)


def _finding_feature(finding: Mapping[str, Any], number: int, rank: object, line: MeasuredLine | None) -> JsonObject:
    lon, lat = number_or_none(finding.get("lon")), number_or_none(finding.get("lat"))
    at_m = number_or_none(finding.get("at_m"))
    place: list[float] | None = None
    if lon is not None and lat is not None:
        place = [lon, lat]
    elif at_m is not None and line is not None:
        place = line.point_at(at_m)
    return _point(place, {**finding, "kind": "finding", "number": number, "route": rank})


def _point(place: list[float] | None, properties: JsonObject) -> JsonObject:
    geometry = None if place is None else {"type": "Point", "coordinates": place}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _span(finding: Mapping[str, Any], length_m: float) -> tuple[float, float] | None:
    """Where a finding begins and ends on the route; None for a point or a finding without place."""
    at_m = number_or_none(finding.get("at_m"))
    if at_m is None:
        return None
    start = min(max(at_m, 0.0), length_m)
    end = min(max(at_m + (number_or_none(finding.get("length_m")) or 0.0), start), length_m)
    return (start, end) if end > start else None


def _checked_routes(review: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    routes = list(review.get("routes") or [])
    faults = [fault for i, route in enumerate(routes) for fault in _geometry_faults(route, f"routes[{i}].geometry")]
    if faults:
        raise ReviewShapeError(faults)
    return routes


def _geometry_faults(route: Mapping[str, Any], where: str) -> Iterator[str]:
    geometry = route.get("geometry")
    if not isinstance(geometry, Mapping) or geometry.get("type") != "LineString":
        yield f"{where}: wanted a LineString, found {_short(geometry)}"
        return
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, Sequence) or len(coordinates) < _LEAST_POINTS:
        yield f"{where}.coordinates: wanted at least {_LEAST_POINTS} points, found {_short(coordinates)}"
        return
    for i, pair in enumerate(coordinates):
        if not _is_lon_lat(pair):
            yield f"{where}.coordinates[{i}]: wanted [lon, lat] in degrees, found {_short(pair)}"


def _is_lon_lat(pair: object) -> bool:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) < _LEAST_POINTS:
        return False
    lon, lat = number_or_none(pair[0]), number_or_none(pair[1])
    return lon is not None and lat is not None and math.fabs(lon) <= _LON_MAX and math.fabs(lat) <= _LAT_MAX


def _short(value: object) -> str:
    text = repr(value)
    limit = 60
    return text if len(text) <= limit else text[:limit] + "…"
