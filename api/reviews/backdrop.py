"""Roads around a route, to draw below it where no map tiles can be had (底图)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from routing.columns import RoadClass
from routing.graph import RoadGraph

MARGIN = 0.15  # of the route's extent, on every side
MAX_LINES = 4000
DECIMALS = 5


def backdrop_around(graph: RoadGraph, review: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the roads around a review's routes and stops, larger roads first, as a GeoJSON FeatureCollection."""
    points = [point for route in review["routes"] for point in route["geometry"]["coordinates"]]
    points += [[stop["lon"], stop["lat"]] for stop in review["stops"]]
    lon, lat = np.array(points).T
    width = max(float(np.ptp(lon)), float(np.ptp(lat)), 0.01)
    west, south = float(lon.min()) - MARGIN * width, float(lat.min()) - MARGIN * width
    east, north = float(lon.max()) + MARGIN * width, float(lat.max()) + MARGIN * width
    g_west, g_south, g_east, g_north = graph.geometry_bounds
    near = (g_west <= east) & (g_east >= west) & (g_south <= north) & (g_north >= south)
    rank = np.full(len(near), len(RoadClass), np.int64)
    importance = np.argsort(np.argsort([_importance(code) for code in RoadClass], kind="stable"), kind="stable")
    np.minimum.at(rank, graph.arcs.geometry, importance[graph.arcs.road_class])
    chosen = np.flatnonzero(near)
    chosen = chosen[np.argsort(rank[chosen], kind="stable")][:MAX_LINES]
    return {"type": "FeatureCollection", "features": [_feature(graph, int(row)) for row in np.sort(chosen)]}


def _importance(code: RoadClass) -> int:
    """Order of road classes for drawing: the numbering, with the catch-all class last."""
    return len(RoadClass) if code is RoadClass.UNCLASSIFIED else int(code)


def _feature(graph: RoadGraph, geometry: int) -> dict[str, Any]:
    points = slice(int(graph.geometries.first_point[geometry]), int(graph.geometries.first_point[geometry + 1]))
    lon, lat = graph.geometries.lon_deg[points], graph.geometries.lat_deg[points]
    line = [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in zip(lon, lat, strict=True)]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
