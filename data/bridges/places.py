"""Where a row of an inventory is (位置): coordinates in a datum, or the line of a feature, or route and stake."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.cells import Side, degrees, route_ref, side, stake_m
from data.datums import CHINA_BOX, Datum, read_datum, to_cgcs2000
from data.rows import RowReader
from routing.geometry import metres_per_degree


@dataclass(frozen=True, slots=True)
class RowPlace:
    """The place of a row.

    Attributes:
        lon_deg, lat_deg: Converted to CGCS2000, None without.
        raw_lon_deg, raw_lat_deg: As the file has them, NaN without.
        datum: What the coordinates were taken for.
        bearing_deg: Of a line, from north, in the sense it is drawn.
        line_mm: Length of a line.
        route_ref, route_name, stake_m, direction: As stated.
    """

    lon_deg: float | None
    lat_deg: float | None
    raw_lon_deg: float
    raw_lat_deg: float
    datum: Datum
    bearing_deg: float | None
    line_mm: int | None
    route_ref: str
    route_name: str
    stake_m: int | None
    direction: Side

    @property
    def is_known(self) -> bool:
        """Whether the row can be linked to a road at all."""
        return self.lon_deg is not None or bool(self.route_ref and self.stake_m is not None)


def read_place(reader: RowReader, datum: Datum) -> RowPlace:
    """Read coordinates, route, stake and direction; what is wrong is noted.

    Args:
        reader: The row.
        datum: Of the file, where the row has none of its own.
    """
    stated = reader.read("datum", read_datum)
    is_readable = stated is not None or not reader.text("datum")
    raw, bearing, line_mm = _raw_place(reader)
    known = raw is not None and is_readable
    lon_lat = to_cgcs2000(*raw, stated or datum) if raw is not None and known else (None, None)
    return RowPlace(
        lon_deg=lon_lat[0],
        lat_deg=lon_lat[1],
        raw_lon_deg=raw[0] if raw is not None and known else math.nan,
        raw_lat_deg=raw[1] if raw is not None and known else math.nan,
        datum=stated or datum,
        bearing_deg=bearing,
        line_mm=line_mm,
        route_ref=reader.read("route_ref", route_ref) or "",
        route_name=reader.text("route_name"),
        stake_m=reader.read("stake", stake_m),
        direction=reader.read("direction", side) or Side.UNKNOWN,
    )


def _raw_place(reader: RowReader) -> tuple[tuple[float, float] | None, float | None, int | None]:
    lon, lat = reader.read("lon", degrees), reader.read("lat", degrees)
    if lon is None and lat is None and not reader.text("lon") and not reader.text("lat"):
        return _of_shape(reader)
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        if not reader.text(missing):
            reader.fault(missing, "is missing beside the other coordinate")
        return None, None, None
    if fault := _fault_of(lon, lat):
        reader.fault("lon", fault)
        return None, None, None
    return (lon, lat), None, None


def _fault_of(lon: float, lat: float) -> str:
    west, south, east, north = CHINA_BOX
    if lon == 0 or lat == 0:
        return "is zero: no place is known"
    if west < lat < east and south < lon < north:
        return "and the latitude seem swapped; the coordinates count as unknown"
    if abs(lon) > 180 or abs(lat) > 85:  # noqa: PLR2004  no road leads farther north
        return "is not in degrees (metres of a projection?); the coordinates count as unknown"
    return ""


def _of_shape(reader: RowReader) -> tuple[tuple[float, float] | None, float | None, int | None]:
    """Middle, bearing and length of a feature's geometry."""
    shape: BaseGeometry | None = reader.row.shape
    if shape is None:
        return None, None, None
    if fault := _fault_of(shape.centroid.x, shape.centroid.y):
        reader.fault("geometry", fault)
        return None, None, None
    if shape.geom_type != "LineString":
        centre = shape.centroid
        return (centre.x, centre.y), None, None
    middle = shape.interpolate(0.5, normalized=True)
    xy = shapely.get_coordinates(shape)
    east, north = metres_per_degree(middle.y)
    metres = np.diff(xy, axis=0) * (east, north)
    across, along = metres.sum(axis=0)
    bearing = math.degrees(math.atan2(across, along)) % 360
    return (middle.x, middle.y), bearing, round(1000 * float(np.hypot(metres[:, 0], metres[:, 1]).sum()))
