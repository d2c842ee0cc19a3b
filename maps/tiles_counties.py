"""The county lines of a tile (行政区界线): provinces, cities and counties, and their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from maps.tiles_encoding import Features, Value
from maps.tiles_grid import Shapes, Tile, project
from maps.tiles_lines import cut_lines, line_features
from maps.tiles_places import PointLayer

_LEVELS: Final = ("province", "city", "county")
_DIGITS_LEFT: Final = {"province": 10_000, "city": 100, "county": 1}
_LINES_FROM_ZOOM: Final = {"province": 0, "city": 5, "county": 8}
_NAMES_FROM_ZOOM: Final = {"province": 99, "city": 5, "county": 9}
_GRID: Final = 1e-6  # degrees: neighbours drawn apart by less share a line


@dataclass(frozen=True, slots=True)
class Area:
    """A county (县级行政区)."""

    code: int
    name: str
    polygon: Any
    """Of shapely, in degrees."""


class CountyLayer:
    """Lines and names of the divisions; `names` are those of cities (430100) and provinces (430000) by code."""

    def __init__(self, areas: Sequence[Area], names: Mapping[int, str]) -> None:
        lines: list[Any] = []
        levels: list[int] = []
        spots: list[tuple[float, float]] = []
        said: list[tuple[str, str]] = []
        own = {area.code: area.name for area in areas}
        drawn: Any = shapely.MultiLineString()
        for number, level in enumerate(_LEVELS):
            names_of_level = own.get if level == "county" else names.get
            whole = _dissolve(areas, _DIGITS_LEFT[level])
            edges = shapely.union_all(shapely.boundary(list(whole.values())), grid_size=_GRID)
            fresh = shapely.line_merge(shapely.difference(edges, drawn, grid_size=_GRID))
            parts = [part for part in shapely.get_parts(fresh) if part.geom_type == "LineString"]
            lines += parts
            levels += [number] * len(parts)
            drawn = shapely.union_all([drawn, edges], grid_size=_GRID)
            for code, shape in whole.items():
                point = shapely.point_on_surface(shape)
                spots.append((point.x, point.y))
                said.append((level, names_of_level(code, "")))
        self._lines: Shapes = shapely.transform(np.array(lines, object), lambda xy: project(xy[:, 0], xy[:, 1]))
        self._levels = np.array(levels, np.int32)
        places = np.array(spots).reshape(-1, 2)
        zooms = np.array([_NAMES_FROM_ZOOM[level] if name else 99 for level, name in said], np.int64)
        self.names = PointLayer(
            project(places[:, 0], places[:, 1]), zooms, lambda row: {"level": said[row][0], "name": said[row][1]}
        )

    def features(self, tile: Tile) -> Features:
        """The lines of one tile."""
        shown = [number for number, level in enumerate(_LEVELS) if _LINES_FROM_ZOOM[level] <= tile.z]
        rows = np.flatnonzero(np.isin(self._levels, shown))
        lines, of_row = cut_lines(tile, self._lines[rows])
        return line_features(lines, self._levels[rows[of_row]][:, None], _words)


def _words(codes: Sequence[int]) -> Mapping[str, Value]:
    return {"level": _LEVELS[codes[0]]}


def _dissolve(areas: Sequence[Area], unit: int) -> dict[int, Any]:
    """One shape for each division of a level, by its code."""
    members: dict[int, list[Any]] = {}
    for area in sorted(areas, key=lambda one: one.code):
        members.setdefault(area.code // unit * unit, []).append(area.polygon)
    return {
        code: shapes[0] if len(shapes) == 1 else shapely.union_all(shapes, grid_size=_GRID)
        for code, shapes in members.items()
    }
