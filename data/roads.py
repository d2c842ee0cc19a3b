"""Road tables (路段明细表): what an operator knows of its roads between two stakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from data import cells
from data.cells import Side
from data.column_names import map_columns, split_unit
from data.coverage import WHOLE_ROUTE_M, Coverage, CoverageRange, read_range, read_stretch
from data.datums import Datum, read_datum, to_cgcs2000
from data.errors import BadInputError
from data.row_notes import RowNote, TableReport
from data.rows import RowReader
from data.stakes import Anchor, anchors_along
from data.tables import Table, read_shape, read_table
from routing.columns import Basis, TechnicalGrade
from routing.graph import F64

FIELDS: Final = {
    "route_ref": ("路线编号", "路线编码", "路线代码"),
    "route_name": ("路线名称", "路名"),
    "from": ("起点桩号", "起始桩号", "起桩号"),
    "to": ("止点桩号", "终点桩号", "终止桩号", "止桩号"),
    "direction": ("行车方向", "上下行", "方向"),
    "grade": ("技术等级", "路线技术等级", "公路技术等级"),
    "carriageway": ("路面宽度", "行车道宽度", "车行道宽度", "路面宽"),
    "roadbed": ("路基宽度",),
    "lanes": ("车道数", "车道数量", "车道"),
    "lane_width": ("车道宽度", "单车道宽度"),
    "limit_mass": ("限载", "限重", "限制质量"),
    "limit_axle": ("限轴重", "限制轴重"),
    "limit_height": ("限高",),
    "limit_width": ("限宽",),
    "limit_length": ("限长",),
    "basis": ("限制依据", "数据来源", "依据"),
    "owner": ("管养单位", "管养单位名称", "管理(养)单位", "管理单位"),
    "from_lon": ("起点经度",),
    "from_lat": ("起点纬度",),
    "to_lon": ("止点经度", "终点经度"),
    "to_lat": ("止点纬度", "终点纬度"),
    "datum": ("坐标系", "坐标系统", "坐标基准"),
    "geometry": ("几何", "线形", "geometry", "wkt"),
    "bridges": ("桥梁资料完整",),
    "culverts": ("涵洞资料完整",),
    "clearances": ("净空资料完整",),
    "ramps": ("匝道资料完整",),
    "remark": ("备注",),
}
_COVERAGE: Final = {
    "bridges": Coverage.BRIDGES,
    "culverts": Coverage.CULVERTS,
    "clearances": Coverage.CLEARANCES,
    "ramps": Coverage.RAMPS,
}
_YES: Final = frozenset({"是", "完整", "有", "y", "yes", "1", "true", "√"})
_NO: Final = frozenset({"否", "不完整", "n", "no", "0", "false", "×", "x"})


@dataclass(frozen=True, slots=True)
class RoadSegment:
    """A stretch of one route as its operator describes it (路段). None and empty text mean: not known.

    Attributes:
        route_ref: 路线编号.
        route_name: 路线名称.
        from_m: 起点桩号 in metres, not above ``to_m``.
        to_m: 止点桩号; 0 to `WHOLE_ROUTE_M` for the whole route (全线).
        direction: For which direction of travel; both where not stated.
        grade: 技术等级.
        carriageway_mm: 路面宽度 of the whole carriageway; on a divided road of the one of this direction.
        lanes: 车道数 over the same width.
        lane_width_mm: 车道宽度; without it the width divided by the lanes.
        limit_mass_kg: 限载.
        limit_axle_kg: 限轴重.
        limit_height_mm: 限高.
        limit_width_mm: 限宽.
        limit_length_mm: 限长.
        limit_basis: POSTED where the table says so (标志), else INVENTORY.
        owner: 管养单位.
        line_deg: Its line from the lower stake to the higher, as longitude and latitude pairs (CGCS2000).
        ends_deg: Places of both ends, if only these are known.
        source: "file:row".
    """

    route_ref: str
    route_name: str
    from_m: int
    to_m: int
    direction: Side = Side.UNKNOWN
    grade: TechnicalGrade | None = None
    carriageway_mm: int | None = None
    lanes: int | None = None
    lane_width_mm: int | None = None
    limit_mass_kg: int | None = None
    limit_axle_kg: int | None = None
    limit_height_mm: int | None = None
    limit_width_mm: int | None = None
    limit_length_mm: int | None = None
    limit_basis: Basis = Basis.INVENTORY
    owner: str = ""
    line_deg: tuple[tuple[float, float], ...] = ()
    ends_deg: tuple[tuple[float, float] | None, tuple[float, float] | None] = (None, None)
    source: str = ""

    @property
    def is_whole_route(self) -> bool:
        """Whether it speaks for the route from end to end."""
        return self.from_m == 0 and self.to_m == WHOLE_ROUTE_M

    def anchors(self) -> list[Anchor]:
        """Places with known stakes that it gives."""
        ref = self.route_ref.partition(";")[0]
        if self.is_whole_route:
            return []
        if self.line_deg:
            line: F64 = np.array(self.line_deg, np.float64)
            return anchors_along(ref, line, self.from_m, self.to_m, self.source)
        pairs = zip((self.from_m, self.to_m), self.ends_deg, strict=True)
        return [Anchor(ref, stake, *place, self.source) for stake, place in pairs if place is not None]


@dataclass(frozen=True, slots=True)
class RoadTable:
    """One road table (路段明细表).

    Attributes:
        segments: Stretches, in the order of the rows.
        report: What became of every row.
        coverage: What the table's own columns declare complete.
    """

    segments: tuple[RoadSegment, ...]
    report: TableReport
    coverage: tuple[CoverageRange, ...] = ()


def read_roads(path: Path, *, datum: Datum | str | None = None, sheet: str | None = None) -> RoadTable:
    """Read a road table with everything that is wrong in it.

    A row without route or stakes is rejected; a cell that cannot be read counts as unknown.

    Args:
        path: CSV, XLSX or GeoJSON with Chinese column names (docs/inventories.md).
        datum: Of the coordinates where rows say none; CGCS2000 is taken then.
        sheet: Of an XLSX file, None for the first.

    Raises:
        BadInputError: The file cannot be read as a table, or the datum is not known.
    """
    names = {name for names in FIELDS.values() for name in names}
    table = read_table(path, lambda name: split_unit(name)[0] in names, sheet=sheet)
    try:
        file_datum = read_datum(datum) if datum else Datum.CGCS2000
    except ValueError as error:
        raise BadInputError(str(path), [f"datum: {datum!r} {error}"]) from error
    return _read_rows(table, file_datum)


def _read_rows(table: Table, datum: Datum) -> RoadTable:
    mapped = map_columns(table.header, FIELDS)
    segments: list[RoadSegment] = []
    coverage: list[CoverageRange] = []
    rejected: list[RowNote] = []
    faults: list[RowNote] = []
    warnings: list[RowNote] = []
    for row in table.rows:
        reader = RowReader(table.source, row, mapped.columns)
        segment = None if row.fault else _read_segment(reader, datum)
        if segment is None:
            reason = row.fault or "has no route number and stakes"
            rejected += [*reader.faults, reader.note("", f"{reason}; the row was rejected")]
            continue
        segments.append(segment)
        coverage += _read_coverage(reader)
        faults += reader.faults
        warnings += reader.warnings
    report = TableReport(
        table.source,
        table.sha256,
        rows_in=len(table.rows),
        rows_kept=len(segments),
        rejected=tuple(rejected),
        faults=tuple(faults),
        warnings=tuple(warnings),
        unused_columns=mapped.unused,
        notes=table.notes,
    )
    return RoadTable(tuple(segments), report, tuple(coverage))


def _read_segment(reader: RowReader, datum: Datum) -> RoadSegment | None:
    ref = reader.read("route_ref", cells.route_ref)
    stretch = read_stretch(reader)
    if ref is None or stretch is None:
        return None
    is_whole = stretch[1] == WHOLE_ROUTE_M
    is_drawn_back = not is_whole and (reader.read("from", cells.stake_m) or 0) > (reader.read("to", cells.stake_m) or 0)
    line, ends = _read_line(reader, datum), _read_ends(reader, datum)
    if is_drawn_back:
        line, ends = line[::-1], ends[::-1]
    width, lanes = reader.read("carriageway", _width), reader.read("lanes", cells.whole_number)
    lane_width = reader.read("lane_width", _width)
    roadbed = reader.read("roadbed", _width)
    if width is not None and roadbed is not None and width > roadbed:
        reader.fault("carriageway", f"is wider than the roadbed of {roadbed} mm; it counts as unknown")
        width = None
    if lane_width is None and width is not None and lanes:
        lane_width = width // lanes
    length = partial(cells.length_mm, low=500, high=100_000)
    return RoadSegment(
        route_ref=ref,
        route_name=reader.text("route_name"),
        from_m=stretch[0],
        to_m=stretch[1],
        direction=reader.read("direction", cells.side) or Side.UNKNOWN,
        grade=reader.read("grade", cells.grade),
        carriageway_mm=width,
        lanes=lanes or None,
        lane_width_mm=lane_width,
        limit_mass_kg=reader.read("limit_mass", cells.mass_kg),
        limit_axle_kg=reader.read("limit_axle", cells.mass_kg),
        limit_height_mm=reader.read("limit_height", length),
        limit_width_mm=reader.read("limit_width", length),
        limit_length_mm=reader.read("limit_length", length),
        limit_basis=Basis.POSTED if "标志" in reader.text("basis") else Basis.INVENTORY,
        owner=reader.text("owner"),
        line_deg=line,
        ends_deg=ends,
        source=reader.place,
    )


def _width(text: str, unit: str) -> int:
    return cells.length_mm(text, unit, low=1000, high=100_000)


def _datum_of(reader: RowReader, datum: Datum) -> Datum | None:
    stated = reader.read("datum", read_datum)
    return datum if not reader.text("datum") else stated


def _read_line(reader: RowReader, datum: Datum) -> tuple[tuple[float, float], ...]:
    shape = reader.row.shape
    if reader.row.shape_fault:
        reader.fault("geometry", reader.row.shape_fault)
    if text := reader.text("geometry"):
        try:
            shape = read_shape(text)
        except ValueError as error:
            reader.fault("geometry", str(error))
    own = _datum_of(reader, datum)
    if shape is None or own is None:
        return ()
    if shape.geom_type != "LineString":
        reader.fault("geometry", f"is a {shape.geom_type}, expected a LineString from the first stake to the last")
        return ()
    return tuple(to_cgcs2000(float(x), float(y), own) for x, y in shapely.get_coordinates(shape))


def _read_ends(reader: RowReader, datum: Datum) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    own = _datum_of(reader, datum)
    places = []
    for end in ("from", "to"):
        lon, lat = reader.read(f"{end}_lon", cells.degrees), reader.read(f"{end}_lat", cells.degrees)
        is_place = lon is not None and lat is not None and abs(lat) <= 90 and abs(lon) <= 180  # noqa: PLR2004
        if not is_place and (lon is not None or lat is not None):
            reader.fault(f"{end}_lon", "is no longitude and latitude in degrees")
        places.append(to_cgcs2000(lon, lat, own) if is_place and own and lon is not None and lat is not None else None)
    return places[0], places[1]


def _read_coverage(reader: RowReader) -> Sequence[CoverageRange]:
    what = Coverage(0)
    for name, bit in _COVERAGE.items():
        if reader.read(name, _yes):
            what |= bit
    found = read_range(reader, what) if what else None
    return [found] if found else []


def _yes(text: str, unit: str) -> bool:  # noqa: ARG001  called like the readers of cells
    word = cells.plain(text)
    if word not in _YES | _NO:
        raise ValueError("is neither 是 nor 否")
    return word in _YES
