"""Areas to be avoided (避让区域): polygons of a GeoJSON file."""

import json
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from api.reviews.request import Area
from data.errors import BadInputError

LARGEST_LON, LARGEST_LAT = 180.0, 90.0


def read_areas(path: Path) -> tuple[Area, ...]:
    """Read the outer rings of all polygons of a GeoJSON file, in degrees; holes are avoided too.

    Raises:
        BadInputError: It cannot be read, or holds anything but valid polygons; all faults at once.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInputError(str(path), [f"cannot be read: {error}"]) from error
    areas: list[Area] = []
    faults: list[str] = []
    for number, geometry in enumerate(_geometries(found)):
        try:
            areas += _rings(shape(geometry))
        except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
            faults.append(f"feature {number}: {error}")
    if not areas and not faults:
        faults.append("holds no polygon")
    if faults:
        raise BadInputError(str(path), faults)
    return tuple(areas)


def _geometries(found: Any) -> list[Any]:  # noqa: ANN401 - whatever a JSON file holds
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "FeatureCollection":
        return [feature.get("geometry") if isinstance(feature, dict) else feature for feature in found["features"]]
    return [found.get("geometry") if kind == "Feature" else found]


def _rings(geometry: BaseGeometry) -> list[Area]:
    parts = [geometry] if isinstance(geometry, shapely.Polygon) else list(getattr(geometry, "geoms", []))
    if not parts or not all(isinstance(part, shapely.Polygon) for part in parts):
        raise ValueError("a Polygon or MultiPolygon is wanted")
    west, south, east, north = geometry.bounds
    if not geometry.is_valid or geometry.is_empty:
        raise ValueError(f"is no area: {shapely.is_valid_reason(geometry)}")
    if max(-west, east) > LARGEST_LON or max(-south, north) > LARGEST_LAT:
        raise ValueError("coordinates must be longitude and latitude in degrees")
    return [tuple((float(x), float(y)) for x, y, *_ in part.exterior.coords) for part in parts]
