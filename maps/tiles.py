"""A road network as vector tiles (矢量瓦片, MVT): the same network gives the same bytes.

========  ==========  =========================================================================================
layer     geometry    properties
========  ==========  =========================================================================================
counties  lines       level (province, city, county)
names     points      level, name: cities and counties
roads     lines       class (`maps.tiles_roads.DRAWN`), ref, name, link, toll, on (bridge, tunnel), covered (bridges
                      and culverts declared complete), shut (closed to heavy vehicles)
closures  lines       text, quantity, certain
bridges   points      kind (bridge, tunnel, culvert), name, row (of the network's structures)
stations  points      kind (toll_station, interchange), name, row
limits    points      quantity, basis (posted, measured, inventory, assumed, unknown), text, when, row
stakes    points      text (K12), ref
========  ==========  =========================================================================================

A capacity of a bridge is in no tile.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final, Protocol

import numpy as np
import shapely

from maps.tiles_closures import Closure, ClosureLayer
from maps.tiles_counties import Area, CountyLayer
from maps.tiles_encoding import Features, encode
from maps.tiles_grid import Tile
from maps.tiles_places import point_layers
from maps.tiles_roads import RoadLayer
from routing.graph import RoadGraph

FORMAT_VERSION: Final = 1  # another number: tiles made before are made again
Box = tuple[float, float, float, float]


class _Layer(Protocol):
    def features(self, tile: Tile) -> Features:
        """What a tile shows of it."""
        ...


class TileMaker:
    """Makes the tiles of one network with its closures; safe to share between threads.

    Attributes:
        bounds: West, south, east, north of the network in degrees.
        key: Stands for everything that a tile's bytes depend on.
    """

    def __init__(
        self,
        graph: RoadGraph,
        *,
        areas: Sequence[Area] = (),
        names: Mapping[int, str] | None = None,
        closures: Sequence[Closure] = (),
    ) -> None:
        self._graph = graph
        self._roads = RoadLayer(graph)
        self._below: dict[str, _Layer] = {}
        if areas:
            counties = CountyLayer(areas, names or {})
            self._below = {"counties": counties, "names": counties.names}
        self._above: dict[str, _Layer] = dict(point_layers(graph))
        self.bounds = _bounds(graph)
        self._drawn = _union(self.bounds, [area.polygon for area in areas])
        self._network_key = _hash([FORMAT_VERSION, graph.network_id, sorted((area.code, area.name) for area in areas)])
        self.set_closures(closures)

    def with_closures(self, closures: Sequence[Closure]) -> TileMaker:
        """The same network with other closures; nothing else is made again."""
        other = copy.copy(self)
        other.set_closures(closures)
        return other

    def set_closures(self, closures: Sequence[Closure]) -> None:
        """Show these closures and no others; not for a maker that other threads use already."""
        self._closures = ClosureLayer(self._graph, closures)
        self.key = f"{self._network_key}-{_hash([astuple(one) for one in closures])}"

    def prepare(self) -> None:
        """Do now what the first tile would wait for."""
        self._roads.prepare()

    def tile(self, z: int, x: int, y: int) -> bytes:
        """One tile; empty where there is nothing."""
        place = Tile(z, x, y)
        if not place.is_on_map or not self._reaches(place):
            return b""
        layers = {**self._below, "roads": self._roads, "closures": self._closures, **self._above}
        return encode({name: layer.features(place) for name, layer in layers.items()})

    def _reaches(self, tile: Tile) -> bool:
        west, south, east, north = tile.box_deg
        of_west, of_south, of_east, of_north = self._drawn
        return of_west <= east and of_east >= west and of_south <= north and of_north >= south


def _bounds(graph: RoadGraph) -> Box:
    west, south, east, north = graph.geometry_bounds
    if not len(west):
        return 0.0, 0.0, 0.0, 0.0
    return float(west.min()), float(south.min()), float(east.max()), float(north.max())


def _union(box: Box, shapes: Sequence[Any]) -> Box:
    boxes = np.vstack([box, *(shapely.bounds(shape) for shape in shapes)])
    low, high = boxes.min(axis=0), boxes.max(axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _hash(content: Any) -> str:  # noqa: ANN401 - whatever JSON takes
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
