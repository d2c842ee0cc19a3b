"""County lines around a route, to draw below it (县界底图)."""

from collections.abc import Sequence

import numpy as np
import shapely

from api.permits.map_figure import MapBackdrop, Point
from data.divisions import Divisions

MARGIN = 0.6  # of the route's extent, on every side: the frame is wider than the route
FINENESS_DEG = 0.002


def county_backdrop(divisions: Divisions, geometry: Sequence[Point]) -> MapBackdrop:
    """Lines and names of the counties around a line in degrees."""
    west, south, east, north = shapely.LineString(geometry).bounds
    room = MARGIN * max(east - west, north - south, 0.02)
    box = (west - room, south - room, east + room, north + room)
    near = np.flatnonzero(shapely.intersects(divisions.polygons, shapely.box(*box)))
    borders: list[tuple[Point, ...]] = []
    names: list[tuple[str, Point]] = []
    for row in near:
        polygon = divisions.polygons[row]
        cut = shapely.clip_by_rect(shapely.simplify(shapely.boundary(polygon), FINENESS_DEG), *box)
        borders += [tuple(map(_point, part.coords)) for part in shapely.get_parts(cut) if len(part.coords) > 1]
        spot = shapely.point_on_surface(shapely.intersection(polygon, shapely.box(*box)))
        name = divisions.names.get(int(divisions.codes[row]))
        if name and not spot.is_empty:
            names.append((name, (float(spot.x), float(spot.y))))
    return MapBackdrop(borders=tuple(borders), names=tuple(names))


def _point(pair: Sequence[float]) -> Point:
    return round(float(pair[0]), 6), round(float(pair[1]), 6)
