"""Road graphs made by hand, for tests: a few nodes and roads in, a checked `RoadGraph` out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from routing.columns import Access, ArcFlag, Basis, LimitState, Quantity, RoadClass, Role, Scope, StructureKind
from routing.graph import (
    NO_INCLINE,
    ArcBridges,
    Arcs,
    ArcStructures,
    BorderCrossings,
    Bridges,
    Geometries,
    Limits,
    Nodes,
    RoadGraph,
    RoadRecords,
    Strings,
    Structures,
    TurnBans,
)
from routing.soundness import check

GEOD = Geod(ellps="GRS80")
Point = tuple[float, float]


class Limit(NamedTuple):
    """One statement about an arc, in the order of the columns; a plain tuple of the first few will do."""

    quantity: Quantity
    state: LimitState = LimitState.NUMBER
    value: int = 0
    basis: Basis = Basis.POSTED
    scope: Scope = Scope.ROAD
    condition: str = ""
    source: str = "test"
    structure: int = -1


class Met(NamedTuple):
    """How a road meets a structure: its row, the role, and how far from the start of the road."""

    structure: int
    role: Role = Role.ON
    at_mm: int = 0


class Structure(NamedTuple):
    """A structure; roads refer to it by its row."""

    key: str
    kind: StructureKind = StructureKind.BRIDGE
    lon_deg: float = 0.0
    lat_deg: float = 0.0
    name: str = ""
    way_id: int = 0


@dataclass(frozen=True)
class Road:
    """A road between two nodes.

    Attributes:
        length_m: None for the geodesic length of the line.
        via: Points of the line between the two nodes.
        limits: Of both directions, unless ``backward_limits`` says otherwise.
        way_id: None for 1000 + the road's place in the list.
        columns: Any other arc column by name, the same in both directions.
    """

    tail: int
    head: int
    two_way: bool = True
    length_m: float | None = None
    road_class: RoadClass = RoadClass.PRIMARY
    limits: Sequence[tuple[Any, ...]] = ()
    backward_limits: Sequence[tuple[Any, ...]] | None = None
    ref: str = ""
    name: str = ""
    flags: int = 0
    access: Access = Access.YES
    way_id: int | None = None
    via: Sequence[Point] = ()
    structures: Sequence[tuple[Any, ...]] = ()
    surface: str = ""
    smoothness: str = ""
    incline_permille: int = NO_INCLINE
    columns: Mapping[str, int] = field(default_factory=dict)


class _Texts:
    def __init__(self) -> None:
        self._ids = {"": 0}

    def __call__(self, text: str) -> int:
        return self._ids.setdefault(text, len(self._ids))

    def table(self) -> Strings:
        encoded = [text.encode() for text in self._ids]
        return Strings(_offsets(map(len, encoded)), np.frombuffer(b"".join(encoded), np.uint8))


@dataclass(frozen=True)
class _Arc:
    """One direction of a road."""

    number: int
    road: Road
    is_reversed: bool

    @property
    def tail(self) -> int:
        return self.road.head if self.is_reversed else self.road.tail

    @property
    def head(self) -> int:
        return self.road.tail if self.is_reversed else self.road.head

    @property
    def way_id(self) -> int:
        return 1000 + self.number if self.road.way_id is None else self.road.way_id

    @property
    def flags(self) -> int:
        return self.road.flags | (0 if self.road.two_way else ArcFlag.ONEWAY)

    @property
    def incline(self) -> int:
        incline = self.road.incline_permille
        return -incline if self.is_reversed and incline != NO_INCLINE else incline

    @property
    def limits(self) -> list[Limit]:
        rows = self.road.backward_limits if self.is_reversed else self.road.limits
        return [Limit(*row) for row in (self.road.limits if rows is None else rows)]


def make_graph(
    nodes: Sequence[Point],
    roads: Sequence[Road],
    *,
    structures: Sequence[Structure] = (),
    bans: Sequence[Sequence[tuple[int, int]]] = (),
    attribution: str = "© test",
) -> RoadGraph:
    """Build a graph; every column not named has its "unknown" or the plainest value.

    Args:
        nodes: Longitude and latitude in degrees; node ``i`` has source id ``i + 1``.
        roads: Arcs get their numbers by tail, then by the order of the roads, forward before backward.
        structures: Rows of the structures table.
        bans: Forbidden sequences of arcs, each arc as (tail, head); of parallel arcs the first is meant.
        attribution: As shown on pictures.

    Raises:
        GraphError: The rows do not fit together.
    """
    texts = _Texts()
    lines = [[nodes[road.tail], *road.via, nodes[road.head]] for road in roads]
    lengths = [_length_mm(road, line) for road, line in zip(roads, lines, strict=True)]
    directions = [(n, road, back) for n, road in enumerate(roads) for back in ((False, True)[: 1 + road.two_way])]
    arcs = sorted((_Arc(*direction) for direction in directions), key=lambda arc: arc.tail)
    points = [point for line in lines for point in line]
    graph = RoadGraph(
        nodes=Nodes(_floats(p[0] for p in nodes), _floats(p[1] for p in nodes), np.arange(1, len(nodes) + 1)),
        arcs=_arcs_table(arcs, len(nodes), lengths, texts),
        limits=_limits_table(arcs, texts),
        geometries=Geometries(_offsets(map(len, lines)), _floats(p[0] for p in points), _floats(p[1] for p in points)),
        structures=_structures_table(structures, texts),
        arc_structures=_meetings_table(arcs, lengths),
        turn_bans=_bans_table(arcs, bans, texts),
        border_crossings=BorderCrossings(*(np.empty(0, np.int32) for _ in range(4))),
        strings=texts.table(),
        attribution=attribution,
    )
    check(graph)
    return graph


def find_arc(graph: RoadGraph, tail: int, head: int) -> int:
    """The first arc from one node to another."""
    leaving = range(int(graph.arcs.first_out[tail]), int(graph.arcs.first_out[tail + 1]))
    return next(arc for arc in leaving if graph.arcs.head[arc] == head)


def _length_mm(road: Road, line: Sequence[Point]) -> int:
    metres = sum(GEOD.inv(*a, *b)[2] for a, b in pairwise(line)) if road.length_m is None else road.length_m
    return max(1, round(metres * 1000))


def _arcs_table(arcs: Sequence[_Arc], nodes: int, lengths: Sequence[int], texts: _Texts) -> Arcs:
    def extra(name: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
        return np.array([arc.road.columns.get(name, 0) for arc in arcs], dtype)

    return Arcs(
        first_out=_offsets(np.bincount([arc.tail for arc in arcs], minlength=nodes) if arcs else [0] * nodes),
        tail=_int32(arc.tail for arc in arcs),
        head=_int32(arc.head for arc in arcs),
        length_mm=_int32(lengths[arc.number] for arc in arcs),
        way_id=np.array([arc.way_id for arc in arcs], np.int64),
        geometry=_int32(arc.number for arc in arcs),
        is_reversed=np.array([arc.is_reversed for arc in arcs], np.bool_),
        road_class=np.array([arc.road.road_class for arc in arcs], np.uint8),
        technical_grade=extra("technical_grade", np.uint8),
        ref=_int32(texts(arc.road.ref) for arc in arcs),
        name=_int32(texts(arc.road.name) for arc in arcs),
        flags=np.array([arc.flags for arc in arcs], np.uint32),
        layer=extra("layer", np.int8),
        lanes=extra("lanes", np.uint8),
        lane_width_mm=extra("lane_width_mm", np.int32),
        carriageway_mm=extra("carriageway_mm", np.int32),
        width_basis=extra("width_basis", np.uint8),
        access=np.array([arc.road.access for arc in arcs], np.uint8),
        maxspeed_kmh=extra("maxspeed_kmh", np.uint8),
        surface=_int32(texts(arc.road.surface) for arc in arcs),
        smoothness=_int32(texts(arc.road.smoothness) for arc in arcs),
        incline_permille=np.array([arc.incline for arc in arcs], np.int16),
        county_code=extra("county_code", np.int32),
        border_county_code=extra("border_county_code", np.int32),
        coverage=extra("coverage", np.uint8),
    )


def _limits_table(arcs: Sequence[_Arc], texts: _Texts) -> Limits:
    rows = [row for arc in arcs for row in arc.limits]
    return Limits(
        first_out=_offsets(len(arc.limits) for arc in arcs),
        quantity=np.array([row.quantity for row in rows], np.uint8),
        state=np.array([row.state for row in rows], np.uint8),
        value=_int32(row.value for row in rows),
        basis=np.array([row.basis for row in rows], np.uint8),
        scope=np.array([row.scope for row in rows], np.uint8),
        structure=_int32(row.structure for row in rows),
        condition=_int32(texts(row.condition) for row in rows),
        source=_int32(texts(row.source) for row in rows),
    )


def _structures_table(rows: Sequence[Structure], texts: _Texts) -> Structures:
    return Structures(
        key=_int32(texts(row.key) for row in rows),
        kind=np.array([row.kind for row in rows], np.uint8),
        name=_int32(texts(row.name) for row in rows),
        lon_deg=_floats(row.lon_deg for row in rows),
        lat_deg=_floats(row.lat_deg for row in rows),
        way_id=np.array([row.way_id for row in rows], np.int64),
    )


def _meetings_table(arcs: Sequence[_Arc], lengths: Sequence[int]) -> ArcStructures:
    met = [(arc, Met(*row)) for arc in arcs for row in arc.road.structures]
    return ArcStructures(
        first_out=_offsets(len(arc.road.structures) for arc in arcs),
        structure=_int32(row.structure for _, row in met),
        role=np.array([row.role for _, row in met], np.uint8),
        at_mm=_int32(lengths[arc.number] - row.at_mm if arc.is_reversed else row.at_mm for arc, row in met),
    )


def _bans_table(arcs: Sequence[_Arc], bans: Sequence[Sequence[tuple[int, int]]], texts: _Texts) -> TurnBans:
    ends = [(arc.tail, arc.head) for arc in arcs]
    return TurnBans(
        first_arc=_offsets(map(len, bans)),
        arc=_int32(ends.index(step) for ban in bans for step in ban),
        condition=np.zeros(len(bans), np.int32),
        source=_int32(texts("test") for _ in bans),
    )


def _offsets(counts: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(list(counts))]).astype(np.int64)


def _int32(values: Iterable[int]) -> npt.NDArray[np.int32]:
    return np.array(list(values), np.int32)


def _floats(values: Iterable[float]) -> npt.NDArray[np.float64]:
    return np.array(list(values), np.float64)


def with_inventory(graph: RoadGraph, *, structure: int = 0, arc: int = 0) -> RoadGraph:
    """Add one row to each table that an operator's inventory fills; its texts are the graph's second text."""
    text = dict.fromkeys(("spans", "design_load", "standard", "superstructure", "owner", "source"), 1)
    row = {**text, "structure": structure, "lanes": 2, "condition": 2, "rated_on": 20_240_601, "built_year": 2008}
    bridges = {col.name: np.array([row.get(col.name, 0)], col.metadata["dtype"]) for col in fields(Bridges)}
    return replace(
        graph,
        bridges=Bridges(**bridges),
        arc_bridges=ArcBridges(_int32([arc]), _int32([0])),
        road_records=RoadRecords(_int32([arc]), _int32([12_300]), _int32([13_300]), _int32([1])),
    )
