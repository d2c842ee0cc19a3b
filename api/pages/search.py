"""Finding places on the map by name (地名、道路、桥梁、站点检索), and by typed coordinates."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from shapely import Point

from api.reviews.network import OpenNetwork
from api.tiles.tileset import areas_of
from maps.tiles_counties import Area
from routing.columns import StructureKind
from routing.graph import RoadGraph

MOST: Final = 20
MOST_CHOICES: Final = 8  # places of which somebody has to choose one
BESIDE_DIVISIONS: Final = 3  # of them beside divisions of just that name
LONGEST: Final = 60
# Order of equal matches, and how near the map goes.
_KINDS: Final = {
    "city": 9,
    "county": 10,
    "interchange": 14,
    "toll_station": 15,
    "road": 12,
    "bridge": 15,
    "tunnel": 14,
}
_STRUCTURES: Final = {
    StructureKind.TOLL_STATION: "toll_station",
    StructureKind.INTERCHANGE: "interchange",
    StructureKind.BRIDGE: "bridge",
    StructureKind.TUNNEL: "tunnel",
}
DIVISIONS: Final = ("city", "county")
# What a division may be called without; 湘西土家族苗族自治州 and its like are called by whole names.
_LEVELS: Final = ("地区", "市", "县", "区", "盟", "旗")
_SHORTEST: Final = 2
_COORDINATES: Final = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*")
_LON_MAX, _LAT_MAX = 180, 90
_LAST_DISTRICT: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One thing with a name.

    Attributes:
        kind: Of `facts.kind_…` in the catalogue.
        row: Of the network's structures; None for places and roads.
    """

    kind: str
    name: str
    lon: float
    lat: float
    row: int | None = None

    @property
    def zoom(self) -> int:
        """How near the map goes."""
        return _KINDS.get(self.kind, 14)

    @property
    def query(self) -> str:
        """What the map page shows of it, as the query of its address."""
        return f"structure={self.row}" if self.row is not None else f"at={self.lon:.6f},{self.lat:.6f}"


def coordinates_of(text: str) -> tuple[float, float] | None:
    """Longitude and latitude if a text is that, as degrees (CGCS2000)."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    lon, lat = float(match[1]), float(match[2])
    return (lon, lat) if abs(lon) <= _LON_MAX and abs(lat) <= _LAT_MAX else None


class Index:
    """Everything of a network that has a name."""

    def __init__(self, network: OpenNetwork) -> None:
        order = list(_KINDS)
        every = [*_places(network), *_structures(network.graph), *_roads(network.graph)]
        self._every = sorted(every, key=lambda one: (order.index(one.kind), one.name, one.row or 0))

    def find(self, text: str) -> list[Found]:
        """The best matches: the same name first, then divisions called so, names that begin so, names that hold it."""
        wanted = text.strip().casefold()[:LONGEST]
        if not wanted:
            return []
        ranked: tuple[list[Found], ...] = ([], [], [], [])
        for one in self._every:
            name = one.name.casefold()
            if wanted in name:
                rank = 0 if name == wanted else 1 if is_division_called(one, wanted) else 3 - name.startswith(wanted)
                ranked[rank].append(one)
        return [one for rank in ranked for one in rank][:MOST]

    def choices(self, text: str) -> list[Found]:
        """Places to choose one of: where divisions are called just so, they and few others."""
        found = self.find(text)
        named = [one for one in found if is_division_called(one, text.strip())]
        others = [one for one in found if one not in named]
        return [*named, *others[:BESIDE_DIVISIONS]] if named else others[:MOST_CHOICES]


def is_division_called(place: Found, text: str) -> bool:
    """Whether a place is a prefecture or county and a text its name, with or without the level: 长沙 for 长沙市."""
    if place.kind not in DIVISIONS:
        return False
    levels = ("", *_LEVELS) if len(text) >= _SHORTEST else ("",)
    return any(place.name == text + level for level in levels)


def _places(network: OpenNetwork) -> Iterator[Found]:
    divisions = network.divisions
    areas = areas_of(network.graph, divisions)
    for area in areas:
        point = area.polygon.representative_point()
        yield Found("county", area.name, point.x, point.y)
    for city in sorted({area.code // 100 * 100 for area in areas}):
        name = divisions.name_of(city)
        lon, lat = _seat([area for area in areas if area.code // 100 * 100 == city])
        if name:
            yield Found("city", name, lon, lat)


def _seat(parts: Sequence[Area]) -> tuple[float, float]:
    """A point of a city where people look for it: its middle district (市辖区), not its largest county.

    Codes of districts end in 01 to 20 (GB/T 2260); the seat of a prefecture without districts is 01 too.
    """
    districts = [area for area in parts if area.code % 100 <= _LAST_DISTRICT] or parts
    points = [area.polygon.representative_point() for area in districts]
    middle = Point(fmean(one.x for one in points), fmean(one.y for one in points))
    seat = min(points, key=middle.distance)
    return seat.x, seat.y


def _structures(graph: RoadGraph) -> Iterator[Found]:
    """Stations and interchanges once by name, bridges and tunnels each."""
    table, texts = graph.structures, graph.strings
    seen: set[tuple[str, str]] = set()
    for row in np.flatnonzero(np.isin(table.kind, list(_STRUCTURES)) & (table.name > 0)).tolist():
        kind, name = _STRUCTURES[StructureKind(int(table.kind[row]))], texts[int(table.name[row])]
        if (kind, name) not in seen:
            seen.add((kind, name))
            yield Found(kind, name, float(table.lon_deg[row]), float(table.lat_deg[row]), row)


def _roads(graph: RoadGraph) -> Iterator[Found]:
    """Every number with a name once, at the middle one of its pieces."""
    arcs, texts, first = graph.arcs, graph.strings, graph.geometries.first_point
    kinds, kind = np.unique(np.column_stack([arcs.ref, arcs.name]), axis=0, return_inverse=True)
    order = np.argsort(kind.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(kind.ravel(), minlength=len(kinds)))
    for (ref, name), begin, end in zip(kinds.tolist(), np.concatenate([[0], ends[:-1]]), ends, strict=True):
        text = " ".join(filter(None, (texts[ref], texts[name])))
        geometry = int(arcs.geometry[order[(begin + end) // 2]])
        point = int(first[geometry] + first[geometry + 1]) // 2
        if text:
            yield Found("road", text, float(graph.geometries.lon_deg[point]), float(graph.geometries.lat_deg[point]))


_lock = threading.Lock()
_latest: tuple[OpenNetwork, Index] | None = None


def index_of(network: OpenNetwork) -> Index:
    """The index of a network, kept for the one in use."""
    global _latest  # noqa: PLW0603 - one a process
    with _lock:
        if _latest is None or _latest[0] is not network:
            _latest = network, Index(network)
        return _latest[1]
