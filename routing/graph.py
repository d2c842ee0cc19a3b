"""RoadGraph: a road network as columns.

Forward star: the arcs leaving node ``x`` are ``first_out[x] .. first_out[x + 1] - 1``; ``tail`` and ``head`` are the
nodes an arc joins. Arcs are directed; the two directions of a road share one geometry. Ids are row numbers from 0.
"""

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from routing.columns import (
    Access,
    Basis,
    BridgeSystem,
    DeckKind,
    LimitState,
    Quantity,
    RoadClass,
    Role,
    Scope,
    StructureKind,
    TechnicalGrade,
    WidthBasis,
    column,
)

I8 = npt.NDArray[np.int8]
I16 = npt.NDArray[np.int16]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
NO_INCLINE = -32768


@dataclass(frozen=True, slots=True)
class Nodes:
    """Junctions and ends of roads (节点), sorted by source id."""

    lon_deg: F64 = column(np.float64, "经度", unit="deg")
    lat_deg: F64 = column(np.float64, "纬度", unit="deg")
    source_id: I64 = column(np.int64, "来源编号", unknown="0")


@dataclass(frozen=True, slots=True)
class Arcs:
    """Directed pieces of road between two nodes (弧), sorted by tail, then by source order."""

    first_out: I64 = column(np.int64, "起始偏移", per="nodes+1")
    tail: I32 = column(np.int32, "起点节点")
    head: I32 = column(np.int32, "终点节点")
    length_mm: I32 = column(np.int32, "长度", unit="mm")
    way_id: I64 = column(np.int64, "来源路线编号", unknown="0")
    geometry: I32 = column(np.int32, "线形编号")
    is_reversed: Bool = column(np.bool_, "与线形反向")
    road_class: U8 = column(np.uint8, "道路等级", codes=RoadClass)
    technical_grade: U8 = column(np.uint8, "技术等级", unknown="0", codes=TechnicalGrade)
    ref: I32 = column(np.int32, "路线编号（文字）", unknown="0")
    name: I32 = column(np.int32, "路名（文字）", unknown="0")
    flags: U32 = column(np.uint32, "路段标志")
    layer: I8 = column(np.int8, "层")
    lanes: U8 = column(np.uint8, "车道数（本方向）", unknown="0")
    lane_width_mm: I32 = column(np.int32, "车道宽", unit="mm", unknown="0")
    carriageway_mm: I32 = column(np.int32, "行车道总宽", unit="mm", unknown="0")
    width_basis: U8 = column(np.uint8, "路宽依据", unknown="0", codes=WidthBasis)
    access: U8 = column(np.uint8, "通行权", codes=Access)
    maxspeed_kmh: U8 = column(np.uint8, "限速", unit="km/h", unknown="0")
    surface: I32 = column(np.int32, "路面（文字）", unknown="0")
    smoothness: I32 = column(np.int32, "平整度（文字）", unknown="0")
    incline_permille: I16 = column(np.int16, "纵坡", unit="per mille", unknown=str(NO_INCLINE))
    county_code: I32 = column(np.int32, "县级行政区划代码", unknown="0")
    border_county_code: I32 = column(np.int32, "邻近界线另一侧的区划代码", unknown="0 (not near a border)")
    coverage: U8 = column(np.uint8, "桥涵资料覆盖（1 桥梁 2 涵洞 4 净空）", unknown="0")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the sources say of each arc, one row a statement (限值), grouped by arc."""

    first_out: I64 = column(np.int64, "起始偏移", per="arcs+1")
    quantity: U8 = column(np.uint8, "限制项目", codes=Quantity)
    state: U8 = column(np.uint8, "限值状态", codes=LimitState)
    value: I32 = column(
        np.int32, "限值", unit="mm or kg; an Access code for access", unknown="0 unless state is NUMBER"
    )
    basis: U8 = column(np.uint8, "依据", codes=Basis)
    scope: U8 = column(np.uint8, "作用范围", codes=Scope)
    structure: I32 = column(np.int32, "构造物", unknown="-1")
    condition: I32 = column(np.int32, "条件（文字）", unknown="0 (always)")
    source: I32 = column(np.int32, "来源（文字）")


@dataclass(frozen=True, slots=True)
class Geometries:
    """Polylines, one for both directions of a road (线形)."""

    first_point: I64 = column(np.int64, "起始偏移", per="geometries+1")
    lon_deg: F64 = column(np.float64, "经度", unit="deg", per="points")
    lat_deg: F64 = column(np.float64, "纬度", unit="deg", per="points")


@dataclass(frozen=True, slots=True)
class Structures:
    """Bridges, tunnels, overpasses, toll stations, interchanges, barriers (构造物)."""

    key: I32 = column(np.int32, "编号（文字）")
    kind: U8 = column(np.uint8, "类型", codes=StructureKind)
    name: I32 = column(np.int32, "名称（文字）", unknown="0")
    lon_deg: F64 = column(np.float64, "经度", unit="deg")
    lat_deg: F64 = column(np.float64, "纬度", unit="deg")
    way_id: I64 = column(np.int64, "来源路线编号", unknown="0")


@dataclass(frozen=True, slots=True)
class ArcStructures:
    """Which structures stand on, over or at which arc (路段与构造物), grouped by arc."""

    first_out: I64 = column(np.int64, "起始偏移", per="arcs+1")
    structure: I32 = column(np.int32, "构造物")
    role: U8 = column(np.uint8, "关系", codes=Role)
    at_mm: I32 = column(np.int32, "距弧起点", unit="mm")


@dataclass(frozen=True, slots=True)
class TurnBans:
    """Forbidden sequences of arcs (禁止转向): two arcs at a node, more through via ways."""

    first_arc: I64 = column(np.int64, "起始偏移", per="bans+1")
    arc: I32 = column(np.int32, "弧", per="sequence")
    condition: I32 = column(np.int32, "条件（文字）", unknown="0 (always)")
    source: I32 = column(np.int32, "来源（文字）")


@dataclass(frozen=True, slots=True)
class BorderCrossings:
    """Places where a road crosses a county line (跨界点)."""

    arc: I32 = column(np.int32, "弧")
    at_mm: I32 = column(np.int32, "距弧起点", unit="mm")
    from_code: I32 = column(np.int32, "驶出区划", unknown="0")
    to_code: I32 = column(np.int32, "驶入区划", unknown="0")


@dataclass(frozen=True, slots=True)
class Bridges:
    """What an inventory says of bridges and culverts (桥涵台账), one row a deck; all a load effect depends on."""

    structure: I32 = column(np.int32, "构造物")
    spans: I32 = column(np.int32, "跨径组合（文字）", unknown="0")
    system: U8 = column(np.uint8, "结构体系", unknown="0", codes=BridgeSystem)
    design_load: I32 = column(np.int32, "设计荷载（文字）", unknown="0")
    standard: I32 = column(np.int32, "设计标准年版（文字）", unknown="0")
    lanes: U8 = column(np.uint8, "设计车道数", unknown="0")
    deck: U8 = column(np.uint8, "横向分布", unknown="0", codes=DeckKind)
    condition: U8 = column(np.uint8, "技术状况等级", unknown="0")
    rated_on: I32 = column(np.int32, "评定日期（年月日）", unknown="0")
    skew_deg: I16 = column(np.int16, "斜交角", unit="deg", unknown="-1")
    superstructure: I32 = column(np.int32, "上部结构类型（文字）", unknown="0")
    built_year: I16 = column(np.int16, "修建年度", unknown="0")
    owner: I32 = column(np.int32, "管养单位（文字）", unknown="0")
    source: I32 = column(np.int32, "来源（文字）", unknown="0")


@dataclass(frozen=True, slots=True)
class ArcBridges:
    """Which bridge carries which arc (路段与桥梁), sorted by arc."""

    arc: I32 = column(np.int32, "弧")
    bridge: I32 = column(np.int32, "桥梁")


@dataclass(frozen=True, slots=True)
class RoadRecords:
    """What the road's operator says of an arc (路段明细), sorted by arc; an arc without a row has none."""

    arc: I32 = column(np.int32, "弧")
    stake_from_m: I32 = column(np.int32, "起点桩号", unit="m")
    stake_to_m: I32 = column(np.int32, "终点桩号", unit="m")
    owner: I32 = column(np.int32, "管养单位（文字）", unknown="0")


@dataclass(frozen=True, slots=True)
class Strings:
    """Every text once, as UTF-8 (文字表); text 0 is empty."""

    first_byte: I64 = column(np.int64, "起始偏移", per="texts+1")
    utf8: U8 = column(np.uint8, "UTF-8 字节", per="bytes")

    def __getitem__(self, text: int) -> str:
        start, end = int(self.first_byte[text]), int(self.first_byte[text + 1])
        return self.utf8[start:end].tobytes().decode("utf-8")

    def __len__(self) -> int:
        return len(self.first_byte) - 1


TableT = TypeVar("TableT")


def empty_table(kind: type[TableT]) -> TableT:
    """Make a table without rows; only for tables without offsets."""
    columns: Any = fields(kind)  # type: ignore[arg-type]  # every table is a dataclass
    return kind(**{col.name: np.empty(0, col.metadata["dtype"]) for col in columns})


Table = (
    Nodes
    | Arcs
    | Limits
    | Geometries
    | Structures
    | ArcStructures
    | TurnBans
    | BorderCrossings
    | Bridges
    | ArcBridges
    | RoadRecords
    | Strings
)


@dataclass(frozen=True)
class RoadGraph:
    """A compiled road network (路网快照), immutable; every array may be a read-only memory map.

    Attributes:
        network_id: Content hash "sha256:…", empty for a graph that was never saved.
        attribution: Notice that every picture of this data must show.
    """

    nodes: Nodes
    arcs: Arcs
    limits: Limits
    geometries: Geometries
    structures: Structures
    arc_structures: ArcStructures
    turn_bans: TurnBans
    border_crossings: BorderCrossings
    strings: Strings
    bridges: Bridges = field(default_factory=lambda: empty_table(Bridges))
    arc_bridges: ArcBridges = field(default_factory=lambda: empty_table(ArcBridges))
    road_records: RoadRecords = field(default_factory=lambda: empty_table(RoadRecords))
    network_id: str = ""
    attribution: str = ""

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.nodes.lon_deg)

    @property
    def arc_count(self) -> int:
        """Number of directed arcs."""
        return len(self.arcs.head)

    @cached_property
    def geometry_bounds(self) -> tuple[F64, F64, F64, F64]:
        """West, south, east, north of every geometry, in degrees."""
        first = self.geometries.first_point[:-1]
        lon, lat = self.geometries.lon_deg, self.geometries.lat_deg
        if not len(first):
            empty = np.empty(0)
            return empty, empty, empty, empty
        return (
            np.minimum.reduceat(lon, first),
            np.minimum.reduceat(lat, first),
            np.maximum.reduceat(lon, first),
            np.maximum.reduceat(lat, first),
        )

    def take_bounds(self, bounds: tuple[F64, F64, F64, F64]) -> None:
        """Take over what `geometry_bounds` would compute, from where it was stored."""
        vars(self)["geometry_bounds"] = bounds

    def arc_points(self, arc: int) -> tuple[F64, F64]:
        """Longitudes and latitudes of an arc's polyline in travel order, in degrees."""
        geometry = int(self.arcs.geometry[arc])
        points = slice(int(self.geometries.first_point[geometry]), int(self.geometries.first_point[geometry + 1]))
        lon, lat = self.geometries.lon_deg[points], self.geometries.lat_deg[points]
        return (lon[::-1], lat[::-1]) if self.arcs.is_reversed[arc] else (lon, lat)


def iter_columns(graph: RoadGraph) -> Iterator[tuple[str, Field[object], npt.NDArray[np.generic]]]:
    """Yield (``table.column``, its declaration, its array) for every column of the graph, in a fixed order."""
    for table_field in fields(graph):
        table = getattr(graph, table_field.name)
        if isinstance(table, str):
            continue
        for col in fields(table):
            yield f"{table_field.name}.{col.name}", col, getattr(table, col.name)
