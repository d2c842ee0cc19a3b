"""The roads of a tile (路网图层): by class, merged, simplified; near the ground with name, bridge and tunnel.

Far out only large roads are drawn, from lines that were merged and simplified once; near the ground the tile reads the
snapshot's own polylines, so memory does not grow with the network.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from maps.tiles_encoding import Features, Value
from maps.tiles_grid import F64, Shapes, Tile, project
from maps.tiles_lines import Codes, cut_lines, line_features, merge_alike
from routing.columns import Access, ArcFlag, RoadClass
from routing.graph import I64, U8, RoadGraph

# How roads are drawn: a style for each name; codes are places in this list.
DRAWN: Final = ("motorway", "trunk", "primary", "secondary", "tertiary", "minor", "service", "ferry")
_AS: Final[Mapping[RoadClass, str]] = {
    RoadClass.MOTORWAY: "motorway",
    RoadClass.MOTORWAY_LINK: "motorway",
    RoadClass.TRUNK: "trunk",
    RoadClass.TRUNK_LINK: "trunk",
    RoadClass.PRIMARY: "primary",
    RoadClass.PRIMARY_LINK: "primary",
    RoadClass.SECONDARY: "secondary",
    RoadClass.SECONDARY_LINK: "secondary",
    RoadClass.TERTIARY: "tertiary",
    RoadClass.TERTIARY_LINK: "tertiary",
    RoadClass.SERVICE: "service",
    RoadClass.TRACK: "service",
    RoadClass.FERRY: "ferry",
}
_FROM_ZOOM: Final = {
    "motorway": 0,
    "trunk": 0,
    "primary": 7,
    "secondary": 9,
    "tertiary": 11,
    "minor": 13,
    "service": 14,
    "ferry": 7,
}
_LINKS_FROM_ZOOM: Final = 10
_FAR_LEVELS: Final = (6, 8, 10)  # zooms drawn from merged lines; each level serves the zooms up to its own
_NAMED_FROM_ZOOM: Final = 13
_HALF_A_PIXEL: Final = 0.5 / 512
_BRIDGES_AND_CULVERTS: Final = 3
_CLOSED_TO_US: Final = (Access.NO_HGV, Access.NO)
# Columns of the codes that tell kinds of road apart.
_CLASS, _LINK, _REF, _COVERAGE, _SHUT, _NAME, _ON, _TOLL = range(8)
_FAR_COLUMNS: Final = (_CLASS, _LINK, _REF, _COVERAGE)
_NEAR_COLUMNS: Final = (*_FAR_COLUMNS, _SHUT, _TOLL)
_BRIDGE, _TUNNEL = 1, 2


@dataclass(frozen=True, slots=True)
class _Level:
    lines: Shapes
    boxes: F64
    codes: Codes


class RoadLayer:
    """Every polyline of a network with what the map says of it; safe to share between threads."""

    def __init__(self, graph: RoadGraph) -> None:
        self._graph = graph
        self._codes, self._from_zoom = _codes_of(graph)
        self._levels: dict[int, _Level] = {}
        self._lock = threading.Lock()

    def features(self, tile: Tile) -> Features:
        """The roads of one tile."""
        top = next((zoom for zoom in _FAR_LEVELS if tile.z <= zoom), None)
        world, codes = self._near(tile) if top is None else self._far(tile, self._level(top))
        lines, rows = cut_lines(tile, world)
        return line_features(lines, codes[rows], self._properties)

    def prepare(self) -> None:
        """Make the merged lines now instead of with the first tile."""
        for top in _FAR_LEVELS:
            self._level(top)

    def _near(self, tile: Tile) -> tuple[Shapes, Codes]:
        west, south, east, north = tile.box_deg
        of_west, of_south, of_east, of_north = self._graph.geometry_bounds
        hits = (of_west <= east) & (of_east >= west) & (of_south <= north) & (of_north >= south)
        rows = np.flatnonzero(hits & (self._from_zoom <= tile.z))
        codes = self._codes[rows].copy()
        if tile.z < _NAMED_FROM_ZOOM:
            codes[:, [c for c in range(codes.shape[1]) if c not in _NEAR_COLUMNS]] = 0
        return world_lines(self._graph, rows), codes

    @staticmethod
    def _far(tile: Tile, level: _Level) -> tuple[Shapes, Codes]:
        west, north, east, south = tile.box
        of_west, of_north, of_east, of_south = level.boxes.T
        hits = (of_west <= east) & (of_east >= west) & (of_north <= south) & (of_south >= north)
        return level.lines[hits], level.codes[hits]

    def _level(self, top: int) -> _Level:
        with self._lock:
            if top not in self._levels:
                self._levels[top] = self._make_level(top)
            return self._levels[top]

    def _make_level(self, top: int) -> _Level:
        rows = np.flatnonzero(self._from_zoom <= top)
        codes = np.zeros_like(self._codes[rows])
        codes[:, list(_FAR_COLUMNS)] = self._codes[rows][:, list(_FAR_COLUMNS)]
        merged, kinds = merge_alike(world_lines(self._graph, rows), codes)
        simple = shapely.simplify(merged, _HALF_A_PIXEL * 0.5**top)
        parts, kind = shapely.get_parts(simple, return_index=True)
        return _Level(np.asarray(parts), shapely.bounds(parts), kinds[kind])

    def _properties(self, codes: Sequence[int]) -> Mapping[str, Value]:
        found: dict[str, Value] = {"class": DRAWN[codes[_CLASS]]}
        for name, text in (("ref", codes[_REF]), ("name", codes[_NAME])):
            if text:
                found[name] = self._graph.strings[text]
        if codes[_ON]:
            found["on"] = "bridge" if codes[_ON] == _BRIDGE else "tunnel"
        for name, column in (("link", _LINK), ("covered", _COVERAGE), ("shut", _SHUT), ("toll", _TOLL)):
            if codes[column]:
                found[name] = True
        return found


def world_lines(graph: RoadGraph, rows: I64) -> Shapes:
    """Polylines of the network in world units."""
    if not len(rows):
        return np.empty(0, object)
    first = graph.geometries.first_point
    counts = (first[rows + 1] - first[rows]).astype(np.int64)
    owner = np.repeat(np.arange(len(rows)), counts)
    points = np.arange(len(owner)) + np.repeat(first[rows] - (np.cumsum(counts) - counts), counts)
    xy = project(graph.geometries.lon_deg[points], graph.geometries.lat_deg[points])
    return np.asarray(shapely.linestrings(xy, indices=owner))


def _codes_of(graph: RoadGraph) -> tuple[Codes, U8]:
    """What the map says of every polyline, and from which zoom it is drawn; both directions count as one road."""
    arcs = graph.arcs
    count = len(graph.geometries.first_point) - 1
    one = np.zeros(count, np.int64)
    one[arcs.geometry[::-1]] = np.arange(graph.arc_count)[::-1]  # the first arc of each
    classes, flags = arcs.road_class[one], arcs.flags[one]
    drawn = np.array([DRAWN.index(_AS.get(RoadClass(kind), "minor")) for kind in range(max(RoadClass) + 1)])
    covered, shut = np.ones(count, np.bool_), np.ones(count, np.bool_)
    is_covered = (arcs.coverage & _BRIDGES_AND_CULVERTS) == _BRIDGES_AND_CULVERTS
    np.logical_and.at(covered, arcs.geometry, is_covered)
    np.logical_and.at(shut, arcs.geometry, np.isin(arcs.access, _CLOSED_TO_US))
    codes = np.zeros((count, 8), np.int32)
    codes[:, _CLASS] = drawn[classes]
    codes[:, _LINK] = (flags & ArcFlag.LINK) != 0
    codes[:, _REF], codes[:, _NAME] = arcs.ref[one], arcs.name[one]
    codes[:, _COVERAGE], codes[:, _SHUT] = covered, shut
    codes[:, _ON] = np.where(flags & ArcFlag.BRIDGE, _BRIDGE, np.where(flags & ArcFlag.TUNNEL, _TUNNEL, 0))
    codes[:, _TOLL] = (flags & ArcFlag.TOLL) != 0
    zooms = np.array([_FROM_ZOOM[name] for name in DRAWN], np.uint8)[codes[:, _CLASS]]
    return codes, np.where(codes[:, _LINK] == 1, np.maximum(zooms, _LINKS_FROM_ZOOM), zooms).astype(np.uint8)
