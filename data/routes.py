"""Read a given route (申请路线): a GeoJSON LineString in, checked longitudes and latitudes out."""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import BadInputError
from routing.graph import F64

LISTED = 10  # points named in one fault; more are counted
MAX_LON, MAX_LAT = 180.0, 90.0
# Longitude and latitude in degrees, whose datums agree within a metre; GeoJSON without "crs" means the first.
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


def read_route_line(path: Path) -> tuple[F64, F64]:
    """Read a route drawn by a person, recorded by a receiver, or exported by a review.

    Args:
        path: GeoJSON: a LineString as bare geometry, as a Feature, or as the only feature of a collection. Heights are
            read over.

    Returns:
        Longitudes and latitudes in degrees (CGCS2000 or WGS-84), two different points at least.

    Raises:
        BadInputError: Naming every fault; points are counted from 0.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInputError(str(path), [f"cannot be read as JSON: {error}"]) from error
    points = _points_of(path, content)
    faults = _number_faults(points)
    if not faults:
        faults = _range_faults(points)
    if not faults and len({(p[0], p[1]) for p in points}) < 2:  # noqa: PLR2004 - a line has two ends
        faults = [f"a line needs two different points, found {len(points)} that are the same or fewer than two"]
    faults += _crs_faults(content)
    if faults:
        raise BadInputError(str(path), faults)
    line = np.array([point[:2] for point in points], np.float64)
    return line[:, 0].copy(), line[:, 1].copy()


def _points_of(path: Path, content: object) -> list[Any]:
    """The list under "coordinates" of the only LineString."""
    geometry = _geometry_of(path, content)
    kind = geometry.get("type")
    if kind == "MultiLineString":
        raise BadInputError(str(path), ["is a MultiLineString: a route is one line, join its parts in travel order"])
    if kind != "LineString":
        raise BadInputError(str(path), [f"has the geometry type {kind!r}, expected 'LineString'"])
    points = geometry.get("coordinates")
    if not isinstance(points, list):
        raise BadInputError(str(path), ["has no list of coordinates"])
    return points


def _geometry_of(path: Path, content: object) -> dict[str, Any]:
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        features = content.get("features")
        count = len(features) if isinstance(features, list) else 0
        if not isinstance(features, list) or count != 1:
            raise BadInputError(str(path), [f"has {count} features, a route is exactly one"])
        content = features[0]
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = content.get("geometry")
    if not isinstance(content, dict):
        raise BadInputError(str(path), ["holds no GeoJSON geometry, expected a LineString"])
    return content


def _number_faults(points: list[Any]) -> list[str]:
    not_pairs = [i for i, p in enumerate(points) if not isinstance(p, list) or len(p) < 2]  # noqa: PLR2004
    pairs = [(i, p[:2]) for i, p in enumerate(points) if isinstance(p, list) and len(p) >= 2]  # noqa: PLR2004
    not_numbers = [i for i, p in pairs if not all(_is_number(value) for value in p)]
    return [
        *_fault("is not a pair [longitude, latitude]", not_pairs),
        *_fault("is not made of finite numbers", not_numbers),
    ]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _range_faults(points: list[Any]) -> list[str]:
    out = [i for i, (lon, lat, *_) in enumerate(points) if abs(lon) > MAX_LON or abs(lat) > MAX_LAT]
    swapped = [i for i in out if abs(points[i][0]) <= MAX_LAT < abs(points[i][1]) <= MAX_LON]
    metres = [i for i in out if abs(points[i][0]) > 2 * MAX_LON or abs(points[i][1]) > 2 * MAX_LON]
    rest = sorted(set(out) - set(swapped) - set(metres))
    return [
        *_fault("has a latitude beyond 90°: longitude and latitude seem swapped", swapped),
        *_fault("is not in degrees: it seems to be in metres", metres),
        *_fault("lies outside longitude ±180°, latitude ±90°", rest),
    ]


def _crs_faults(content: object) -> list[str]:
    crs = content.get("crs") if isinstance(content, dict) else None
    if crs is None:
        return []
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else str(crs)
    return [] if name.upper().endswith(DEGREES) else [f"has the reference system {name}, expected degrees (CGCS2000)"]


def _fault(what: str, points: Iterable[int]) -> list[str]:
    """One sentence for all points with the same fault."""
    found = list(points)
    if not found:
        return []
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    noun = "point" if len(found) == 1 else "points"
    return [f"{noun} {', '.join(map(str, found[:LISTED]))}{more}: {what}"]
