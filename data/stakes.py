"""Stakes along roads (桩号): from places with a known stake to the stakes at both ends of every arc between them.

Stakes rise along a route, not along a map. Between two anchors of one route the shortest way over the route's own arcs
is looked for in each direction; where its length agrees with the stakes, they are interpolated along it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import shapely

from data.line_arcs import arcs_along, arcs_by_ref
from data.mercator import project, project_lines, scale_at
from data.ragged import group_rows
from data.route_walk import Spot, Way, shortest_way
from routing.graph import F64, I32, RoadGraph
from routing.phrase import refs_of

ANCHOR_M: Final = 60.0  # an anchor lies this near to its road
DISAGREE_SHARE: Final = 0.1  # lengths on the map and by stakes may differ by this share,
DISAGREE_M: Final = 300.0  # or by this much
OF_APART: Final = 0.5  # but never by more than this share of a short distance
CLOSE_M: Final = 200  # anchors nearer to each other than this by stakes are thinned out
JUMP_DEG: Final = 0.02
SKIP: Final = 4  # anchors that may be left out between two that agree
SAMPLE_M: Final = 500.0  # along a line that an operator draws


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place with a known stake (桩号控制点).

    Attributes:
        route_ref: One route number.
        stake_m: Stake in metres.
        lon_deg: Longitude in degrees.
        lat_deg: Latitude in degrees.
        source: Where it comes from, for people.
    """

    route_ref: str
    stake_m: int
    lon_deg: float
    lat_deg: float
    source: str = ""


@dataclass(frozen=True)
class StakeColumns:
    """Stakes of every arc (弧的起讫桩号).

    Attributes:
        routes: Route numbers that have stakes.
        route: int32[arcs], row of `routes` the stakes belong to, -1 without stakes.
        from_m: int32[arcs], stake at the tail in metres, -1 unknown.
        to_m: int32[arcs], stake at the head; smaller than ``from_m`` where stakes fall in the direction of travel.
    """

    routes: tuple[str, ...]
    route: I32
    from_m: I32
    to_m: I32

    @classmethod
    def none(cls, arc_count: int) -> "StakeColumns":
        """Columns in which nothing is known."""
        unknown = np.full(arc_count, -1, np.int32)
        return cls((), unknown, unknown.copy(), unknown.copy())

    @cached_property
    def _arcs(self) -> dict[str, I32]:
        order, first = group_rows(self.route + 1, len(self.routes) + 1)
        return {ref: order[first[n] : first[n + 1]].astype(np.int32) for n, ref in enumerate(self.routes, start=1)}

    def arcs_of(self, route_ref: str) -> I32:
        """Arcs with stakes of a route, rising."""
        return self._arcs.get(route_ref, np.empty(0, np.int32))

    def at(self, route_ref: str, stake_m: int) -> list[Spot]:
        """Arcs of a route that a stake lies on, and how far along each (0 to 1); one for each direction, mostly."""
        arcs = self.arcs_of(route_ref)
        start, end = self.from_m[arcs], self.to_m[arcs]
        hit = (np.minimum(start, end) <= stake_m) & (stake_m <= np.maximum(start, end)) & (start != end)
        return [
            (int(arc), (stake_m - int(self.from_m[arc])) / (int(self.to_m[arc]) - int(self.from_m[arc])))
            for arc in arcs[hit]
        ]


def anchors_along(route_ref: str, line_deg: F64, from_m: int, to_m: int, source: str = "") -> list[Anchor]:
    """Anchors along a line that an operator draws from one stake to another; lengths are proportional.

    Args:
        route_ref: Its route.
        line_deg: float64[points, 2], longitude and latitude.
        from_m: Stake where the line begins.
        to_m: Stake where it ends.
        source: For people.
    """
    projected = project(line_deg[:, 0], line_deg[:, 1])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(projected, axis=0).T))])
    shares = np.linspace(0, 1, 1 + max(1, round(abs(to_m - from_m) / SAMPLE_M)))
    lon, lat = (np.interp(shares * along[-1], along, line_deg[:, axis]) for axis in (0, 1))
    stakes = np.rint(from_m + shares * (to_m - from_m)).astype(int)
    return [
        Anchor(route_ref, stake, x, y, source)
        for stake, x, y in zip(stakes.tolist(), lon.tolist(), lat.tolist(), strict=True)
    ]


def interpolate_stakes(
    graph: RoadGraph, anchors: Iterable[Anchor], lines: Sequence[tuple[str, F64]] = ()
) -> tuple[StakeColumns, tuple[str, ...]]:
    """Give arcs the stakes that anchors imply.

    Args:
        graph: The network.
        anchors: In any order, of any routes.
        lines: Route number and line, float64[points, 2] in degrees, as operators draw them; roads of the map without
            a number belong to the route whose line they run along.

    Returns:
        The columns, and a warning for every anchor that lies off its route or disagrees with its neighbours.
    """
    by_route: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        by_route[anchor.route_ref].append(anchor)
    routes = sorted(by_route)
    columns = StakeColumns(tuple(routes), *(np.full(graph.arc_count, -1, np.int32) for _ in range(3)))
    numbered = arcs_by_ref(graph, set(routes))
    unnumbered = arcs_along(graph, lines)
    warnings: list[str] = []
    for number, route in enumerate(routes):
        arcs = np.union1d(*(found.get(route, np.empty(0, np.int32)) for found in (numbered, unnumbered)))
        if not len(arcs):
            warnings.append(f"{route}: the map has no road of this number")
            continue
        walk = _Walk(graph, route, arcs)
        walk.run(by_route[route])
        warnings += walk.warnings
        for arc, (start, end) in walk.stakes().items():
            if columns.route[arc] < 0 or refs_of(graph.strings[int(graph.arcs.ref[arc])])[:1] == [route]:
                columns.route[arc], columns.from_m[arc], columns.to_m[arc] = number, start, end
    return columns, tuple(warnings)


_Placed = tuple[Anchor, list[Spot]]  # an anchor, and its places on arcs in metres from their start


@dataclass(slots=True)
class _Walk:
    """The arcs of one route, walked from anchor to anchor."""

    graph: RoadGraph
    route: str
    arcs: I32
    warnings: list[str] = field(default_factory=list)
    _known: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    _out: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def run(self, anchors: Sequence[Anchor]) -> None:
        """Walk between anchors in the order of their stakes."""
        for arc in self.arcs.tolist():
            self._out[int(self.graph.arcs.tail[arc])].append(arc)
        placed = _thinned(self._snap(sorted(anchors, key=lambda one: (one.stake_m, one.source))))
        at = 0
        while at + 1 < len(placed):
            at = self._step(placed, at)

    def stakes(self) -> dict[int, tuple[int, int]]:
        """Stakes at tail and head of every arc reached: the line through its first and last known place."""
        found = {}
        for arc, points in self._known.items():
            (low, start), (high, end) = min(points), max(points)
            rate = (end - start) / (high - low)
            length = float(self.graph.arcs.length_mm[arc]) / 1000
            found[arc] = max(0, round(start - low * rate)), max(0, round(end + (length - high) * rate))
        return found

    def _snap(self, anchors: Sequence[Anchor]) -> list[_Placed]:
        geometries = np.unique(self.graph.arcs.geometry[self.arcs])
        arcs_of: dict[int, list[int]] = defaultdict(list)
        for arc in self.arcs.tolist():
            arcs_of[int(self.graph.arcs.geometry[arc])].append(arc)
        lines = project_lines(self.graph, geometries)
        tree = shapely.STRtree(lines)
        placed = []
        for anchor in anchors:
            xy = project(np.array([anchor.lon_deg]), np.array([anchor.lat_deg]))
            point = shapely.points(xy[0])
            near = tree.query(point, predicate="dwithin", distance=ANCHOR_M * float(scale_at(xy[:, 1])[0]))
            near = np.sort(near)
            shares = shapely.line_locate_point(lines[near], point, normalized=True)
            apart = shapely.distance(lines[near], point)
            # A road that ends before the anchor is not beside it: the next one is.
            is_beside = ((shares > 0) & (shares < 1)) | (apart <= apart.min(initial=np.inf) + 1)
            spots = [
                (arc, self._along(arc, share))
                for row, share in zip(near[is_beside].tolist(), shares[is_beside].tolist(), strict=True)
                for arc in arcs_of[int(geometries[row])]
            ]
            if spots:
                placed.append((anchor, spots))
            else:
                self.warnings.append(f"{self.route}: {_name(anchor)} lies over {ANCHOR_M:.0f} m from its road")
        return placed

    def _along(self, arc: int, share: float) -> float:
        length = float(self.graph.arcs.length_mm[arc]) / 1000
        return length * (1 - share if self.graph.arcs.is_reversed[arc] else share)

    def _step(self, placed: list[_Placed], at: int) -> int:
        """Walk from one anchor to the next that agrees with it; returns where to go on."""
        first, spots = placed[at]
        for other in range(at + 1, min(at + 1 + SKIP, len(placed))):
            last, ends = placed[other]
            apart = last.stake_m - first.stake_m
            if apart <= 0:
                continue
            slack = max(min(DISAGREE_M, OF_APART * apart), DISAGREE_SHARE * apart)
            up, down = (
                shortest_way(self.graph, self._out, spots, ends, apart + slack),
                shortest_way(self.graph, self._out, ends, spots, apart + slack),
            )
            agreeing = [way for way in (up, down) if way is not None and abs(way[0] - apart) <= slack]
            if agreeing:
                if up in agreeing and up is not None:
                    self._lay(up, first.stake_m, last.stake_m)
                if down in agreeing and down is not None:
                    self._lay(down, last.stake_m, first.stake_m)
                skipped = [one for one, _ in placed[at + 1 : other] if one.stake_m > first.stake_m]
                self.warnings += [f"{self.route}: {_name(one)} disagrees with its neighbours" for one in skipped]
                return other
        following = placed[at + 1][0]
        if following.stake_m > first.stake_m:
            self.warnings.append(
                f"{self.route}: no road on the map from {_name(first)} to {_name(following)} that fits"
            )
        return at + 1

    def _lay(self, way: Way, from_m: int, to_m: int) -> None:
        """Interpolate along a way: every arc on it gets two places with known stakes."""
        total, arcs, offset, stop = way
        rate = (to_m - from_m) / total
        at = -offset
        for place, arc in enumerate(arcs):
            length = float(self.graph.arcs.length_mm[arc]) / 1000
            first = offset if place == 0 else 0.0
            last = stop if place == len(arcs) - 1 else length
            if last > first:
                self._known[arc] += [(first, from_m + (at + first) * rate), (last, from_m + (at + last) * rate)]
            at += length


def _thinned(placed: list[_Placed]) -> list[_Placed]:
    """Leave out anchors close to the one before, but keep the last: their own errors would bend the stakes."""
    kept: list[_Placed] = []
    for one in placed:
        if not kept or one[0].stake_m - kept[-1][0].stake_m >= CLOSE_M or _is_elsewhere(one[0], kept[-1][0]):
            kept.append(one)
    if placed and placed[-1] is not kept[-1] and placed[-1][0].stake_m > kept[-1][0].stake_m:
        kept[-1:] = [placed[-1]] if len(kept) > 1 else [kept[-1], placed[-1]]
    return kept


def _is_elsewhere(anchor: Anchor, other: Anchor) -> bool:
    """Whether stakes jump in space: a route may end at a town and go on behind it."""
    return abs(anchor.lon_deg - other.lon_deg) + abs(anchor.lat_deg - other.lat_deg) > JUMP_DEG


def _name(anchor: Anchor) -> str:
    stake = f"K{anchor.stake_m // 1000}+{anchor.stake_m % 1000:03d}"
    return f"{stake} ({anchor.source})" if anchor.source else stake
