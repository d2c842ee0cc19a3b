"""Ellipsoidal Mercator: conformal, so near any place one factor turns its lengths into true metres."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from data.ragged import spans
from routing.graph import F64, I32, RoadGraph

Shapes = npt.NDArray[np.object_]
_FROM_DEGREES = Transformer.from_crs(4326, 3395, always_xy=True)
_ELLIPSOID_E2 = CRS(3395).get_geod().es  # type: ignore[union-attr]


def project(lon_deg: F64, lat_deg: F64) -> F64:
    """Degrees to Mercator metres, one row (x, y) a point."""
    return np.column_stack(_FROM_DEGREES.transform(lon_deg, lat_deg))


def project_shapes(shapes: Shapes) -> Shapes:
    """The same for shapes given in degrees."""
    return np.asarray(shapely.transform(shapes, lambda xy: project(xy[:, 0], xy[:, 1])))


def scale_at(northing_m: F64) -> F64:
    """Mercator units a true metre, at northings of projected points."""
    _, lat_deg = _FROM_DEGREES.transform(np.zeros_like(northing_m), northing_m, direction="INVERSE")
    lat = np.radians(lat_deg)
    return np.asarray(np.sqrt(1 - _ELLIPSOID_E2 * np.sin(lat) ** 2) / np.cos(lat))


def project_lines(graph: RoadGraph, geometries: I32 | None = None) -> Shapes:
    """Projected polylines of the graph.

    Args:
        graph: Road network.
        geometries: Rows of the geometries table, None for all.
    """
    table = graph.geometries
    rows = np.arange(len(table.first_point) - 1, dtype=np.int32) if geometries is None else geometries
    if not len(rows):
        return np.empty(0, object)
    sizes = np.diff(table.first_point)[rows]
    points = spans(table.first_point[rows], sizes)
    xy = project(table.lon_deg[points], table.lat_deg[points])
    return np.asarray(shapely.linestrings(xy, indices=np.repeat(np.arange(len(rows)), sizes)))
