"""Bridges, culverts, clearances and signs of an operator (桥涵台账), checked, in the units of the core."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from data.cells import Side
from data.coverage import CoverageRange
from data.datums import Datum
from data.row_notes import TableReport
from routing.columns import Basis, StructureKind


class Placed(Protocol):
    """Whatever can be linked to roads: it has a place, by coordinates or by route and stake."""

    @property
    def key(self) -> str:
        """Unique within its file."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def route_ref(self) -> str:
        """Road number (路线编号), several with ";" between them, empty if not stated."""

    @property
    def route_name(self) -> str:
        """Road name (路线名称), empty if not stated."""

    @property
    def stake_m(self) -> int | None:
        """Stake of the middle (中心桩号) in metres."""

    @property
    def lon_deg(self) -> float | None:
        """Longitude in degrees (CGCS2000)."""

    @property
    def lat_deg(self) -> float | None:
        """Latitude in degrees."""

    @property
    def direction(self) -> Side:
        """Direction of travel (行车方向)."""

    @property
    def bearing_deg(self) -> float | None:
        """Bearing of its line in degrees from north, if the file draws one."""

    @property
    def length_mm(self) -> int | None:
        """Length along the road."""

    @property
    def source(self) -> str:
        """Where it comes from: "file:row"."""


@dataclass(frozen=True, slots=True)
class BridgeRecord:
    """A bridge or culvert as its operator describes it (桥梁、涵洞). None and empty text mean: not known.

    Attributes:
        key: 桥梁身份码 or 桥梁代码, made unique within the file.
        name: 桥梁名称.
        kind: BRIDGE or CULVERT.
        route_ref: 路线编号, capitals; several with ";".
        route_name: 路线名称.
        stake_m: Stake of the middle (中心桩号) in metres.
        lon_deg: Longitude of the middle in degrees, converted to CGCS2000.
        lat_deg: Latitude.
        direction: 行车方向; left and right decks are rows of their own.
        bearing_deg: Of its line, if the file draws one, in degrees from north.
        length_mm: 桥梁全长.
        units: 联: span lengths of each continuous unit in mm.
        system: "simple" (简支), "continuous" (连续) or "unknown".
        design_load_text: 设计荷载 as written; after a rebuilding the new one.
        design_load: Canonical name, None if the text says no class.
        trailer: Check load written beside it (挂车-120), if any.
        standard: Edition of the design standard, "2015", "2004", "1989" …, if stated.
        lanes: Design lanes, from 车道数 or by 桥面净宽.
        condition: 技术状况等级 1 to 5.
        rated_on: 评定日期.
        superstructure: 上部结构类型 as written.
        is_line_beam_valid: Whether a line beam describes it: False for arches, cables, rigid frames, curved or skew
            bridges; None if the type is not stated.
        line_beam_doubts: Why not.
        skew_deg: 斜交角, 0 is square.
        deck_width_mm: 桥面全宽.
        deck_clear_mm: 桥面净宽.
        limit_mass_kg: 限载 as posted.
        limit_axle_kg: 限轴重.
        limit_height_mm: 限高 on the bridge.
        limit_width_mm: 限宽.
        clearance_below_mm: 桥下净高.
        limit_basis: POSTED where the file says so, else INVENTORY.
        is_closed: 交通管制措施 says the bridge is closed (封闭).
        unclear_control: 交通管制措施 that says a limit without its number, such as 限载.
        built_year: 修建年度, else the year of opening.
        owner: 管养单位.
        source: "file:row".
    """

    key: str
    name: str
    kind: StructureKind = StructureKind.BRIDGE
    route_ref: str = ""
    route_name: str = ""
    stake_m: int | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    direction: Side = Side.UNKNOWN
    bearing_deg: float | None = None
    length_mm: int | None = None
    units: tuple[tuple[int, ...], ...] | None = None
    system: str = "unknown"
    design_load_text: str = ""
    design_load: str | None = None
    trailer: str | None = None
    standard: str | None = None
    lanes: int | None = None
    condition: int | None = None
    rated_on: dt.date | None = None
    superstructure: str = ""
    is_line_beam_valid: bool | None = None
    line_beam_doubts: tuple[str, ...] = ()
    skew_deg: float | None = None
    deck_width_mm: int | None = None
    deck_clear_mm: int | None = None
    limit_mass_kg: int | None = None
    limit_axle_kg: int | None = None
    limit_height_mm: int | None = None
    limit_width_mm: int | None = None
    clearance_below_mm: int | None = None
    limit_basis: Basis = Basis.INVENTORY
    is_closed: bool = False
    unclear_control: str = ""
    built_year: int | None = None
    owner: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LimitRecord:
    """What stands over or beside a road and limits it (净空、限高架、龙门架、标志).

    Attributes:
        key, name, route_ref, route_name, stake_m, lon_deg, lat_deg, direction, bearing_deg, length_mm, owner, source:
            As in `BridgeRecord`.
        kind: What it is; None for a sign that stands for itself.
        height_mm: 净高 or 限高.
        width_mm: 净宽 or 限宽.
        limit_length_mm: 限长.
        mass_kg: 限载.
        axle_kg: 限轴重.
        basis: POSTED (标志), MEASURED (实测) or INVENTORY.
        measured_on: 实测日期.
    """

    key: str
    name: str
    kind: StructureKind | None = StructureKind.OVERPASS
    route_ref: str = ""
    route_name: str = ""
    stake_m: int | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    direction: Side = Side.UNKNOWN
    bearing_deg: float | None = None
    length_mm: int | None = None
    height_mm: int | None = None
    width_mm: int | None = None
    limit_length_mm: int | None = None
    mass_kg: int | None = None
    axle_kg: int | None = None
    basis: Basis = Basis.INVENTORY
    measured_on: dt.date | None = None
    owner: str = ""
    source: str = ""


Record = BridgeRecord | LimitRecord


@dataclass(frozen=True, slots=True)
class Gap:
    """A row that could not be kept, and what it still says about its place (缺口).

    Declared coverage does not hold around it: a bridge is known to be there, and nothing else.

    Attributes:
        route_ref: Its road, empty if even that is unknown; then the file's coverage holds nowhere.
        stake_m: Its stake, None: the whole road.
        what: Coverage it is missing from.
        source: "file:row".
    """

    route_ref: str
    stake_m: int | None
    what: int
    source: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """One file of an operator (台账).

    Attributes:
        records: Bridges and culverts.
        limits: Clearances, gantries and signs.
        report: What became of every row.
        coverage: For which routes and stakes the file is declared complete.
        gaps: Rejected rows, which take coverage away around them.
        raw_lon_deg: Longitudes as the file has them, one a record then one a limit, NaN without; for checking datums.
        raw_lat_deg: Latitudes.
        datums: Datum each of these was taken to be in.
    """

    records: tuple[BridgeRecord, ...]
    limits: tuple[LimitRecord, ...]
    report: TableReport
    coverage: tuple[CoverageRange, ...] = ()
    gaps: tuple[Gap, ...] = ()
    raw_lon_deg: tuple[float, ...] = ()
    raw_lat_deg: tuple[float, ...] = ()
    datums: tuple[Datum, ...] = ()

    @property
    def all_records(self) -> tuple[Record, ...]:
        """Records, then limits."""
        return (*self.records, *self.limits)
