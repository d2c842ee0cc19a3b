"""Lengths and places on polylines (几何).

Distances of a few kilometres are measured in a local plane: longitudes and latitudes scaled to metres at one latitude
with the WGS-84 radii. Lengths of whole arcs are stored in the snapshot and come from the geodesic there.
"""

import math

import numpy as np

from routing.graph import F64

EQUATOR_RADIUS_M = 6_378_137.0  # WGS-84; CGCS2000 has the same
ECCENTRICITY_SQUARED = 0.006_694_379_990_14


def metres_per_degree(lat_deg: float) -> tuple[float, float]:
    """Return metres per degree of longitude and of latitude at a latitude."""
    sine = math.sin(math.radians(lat_deg))
    root = math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    across = EQUATOR_RADIUS_M / root * math.cos(math.radians(lat_deg))
    along = EQUATOR_RADIUS_M * (1.0 - ECCENTRICITY_SQUARED) / root**3
    return math.radians(across), math.radians(along)


def nearest_on_polyline(lon_deg: F64, lat_deg: F64, lon: float, lat: float) -> tuple[float, float]:
    """Find the point of a polyline nearest to a point.

    Args:
        lon_deg: float64[points] of the polyline.
        lat_deg: float64[points] of the polyline.
        lon: Longitude of the point in degrees.
        lat: Latitude of the point in degrees.

    Returns:
        Distance in metres, and how far along the polyline (0 to 1 of its length) the nearest point lies.
    """
    east, north = metres_per_degree(lat)
    x, y = (lon_deg - lon) * east, (lat_deg - lat) * north
    dx, dy = np.diff(x), np.diff(y)
    squared = dx * dx + dy * dy
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.clip(np.where(squared > 0, -(x[:-1] * dx + y[:-1] * dy) / squared, 0.0), 0.0, 1.0)
    distances = np.hypot(x[:-1] + t * dx, y[:-1] + t * dy)
    nearest = int(np.argmin(distances))
    lengths = _steps(lon_deg, lat_deg)
    total = float(lengths.sum())
    before = float(lengths[:nearest].sum() + t[nearest] * lengths[nearest])
    return float(distances[nearest]), (before / total if total > 0 else 0.0)


def _steps(lon_deg: F64, lat_deg: F64) -> F64:
    """Lengths in metres between the points of a polyline, scaled at its own start: shares of it are always the same."""
    east, north = metres_per_degree(float(lat_deg[0]))
    steps: F64 = np.hypot(np.diff(lon_deg) * east, np.diff(lat_deg) * north)
    return steps


def cut(lon_deg: F64, lat_deg: F64, start: float, end: float) -> tuple[F64, F64]:
    """Cut a polyline from one share of its length to another (0 <= start <= end <= 1)."""
    along = np.concatenate([[0.0], np.cumsum(_steps(lon_deg, lat_deg))])
    if along[-1] == 0:
        return lon_deg, lat_deg
    along /= along[-1]
    inner = (along > start) & (along < end)
    shares = np.concatenate([[start], along[inner], [end]])
    lon, lat = np.interp(shares, along, lon_deg), np.interp(shares, along, lat_deg)
    # Inner vertices are taken as they are: interpolation would round them, and a route must fit its arcs exactly.
    lon[1:-1], lat[1:-1] = lon_deg[inner], lat_deg[inner]
    return lon, lat
