"""What inventories say of limits (台账限值) as rows of the limits table: posted loads, clearances, closures."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from data.bridges.records import BridgeRecord, LimitRecord
from data.road_columns import LimitRow
from routing.columns import LimitState, Quantity, Role, Scope, StructureKind
from routing.graph import F64, I32, Bool, RoadGraph

UNDER_M: Final = 60.0  # a clearance belongs to what the map draws above the road this near to it


def bridge_rows(record: BridgeRecord, arcs: Iterable[int], structure: int) -> Iterator[LimitRow]:
    """Posted limits and closure of a bridge, for the roads over it."""
    source = f"inventory:{record.source}"
    stated = {
        Quantity.GROSS_MASS: record.limit_mass_kg,
        Quantity.AXLE_LOAD: record.limit_axle_kg,
        Quantity.HEIGHT: record.limit_height_mm,
        Quantity.WIDTH: record.limit_width_mm,
    }
    for arc in arcs:
        for quantity, value in stated.items():
            if value is not None:
                yield LimitRow(
                    arc, quantity, LimitState.NUMBER, value, record.limit_basis, Scope.STRUCTURE, structure, source
                )
        if record.is_closed:
            yield LimitRow(
                arc, Quantity.CLOSURE, LimitState.NUMBER, 0, record.limit_basis, Scope.STRUCTURE, structure, source
            )
        if record.unclear_control:
            text = f"{source} {record.unclear_control}"
            yield LimitRow(
                arc, Quantity.GROSS_MASS, LimitState.UNREADABLE, 0, record.limit_basis, Scope.STRUCTURE, structure, text
            )


def limit_rows(record: LimitRecord, arcs: Iterable[int], structure: int) -> Iterator[LimitRow]:
    """Limits of what stands over or beside a road; without a number its height is not stated, or not readable."""
    source, scope = f"inventory:{record.source}", scope_of(record.kind)
    stated = {
        Quantity.HEIGHT: record.height_mm,
        Quantity.WIDTH: record.width_mm,
        Quantity.LENGTH: record.limit_length_mm,
        Quantity.GROSS_MASS: record.mass_kg,
        Quantity.AXLE_LOAD: record.axle_kg,
    }
    has_number = any(value is not None for value in stated.values())
    is_portal = record.kind in {None, StructureKind.HEIGHT_RESTRICTOR}
    silent = LimitState.UNREADABLE if is_portal else LimitState.NONE_STATED
    for arc in arcs:
        for quantity, value in stated.items():
            if value is not None:
                yield LimitRow(arc, quantity, LimitState.NUMBER, value, record.basis, scope, structure, source)
        if record.height_mm is None and (record.kind is not None or not has_number):
            yield LimitRow(arc, Quantity.HEIGHT, silent, 0, record.basis, scope, structure, source)


def scope_of(kind: StructureKind | None) -> Scope:
    """Which part of an arc a structure's limit speaks for."""
    if kind is StructureKind.RAILWAY_BRIDGE:
        return Scope.RAILWAY
    is_point = kind in {None, StructureKind.HEIGHT_RESTRICTOR, StructureKind.TOLL_STATION}
    return Scope.POINT if is_point else Scope.STRUCTURE


def role_of(kind: StructureKind | None) -> Role:
    """How a road meets what limits its clearance."""
    return Role.UNDER if kind in {StructureKind.OVERPASS, StructureKind.RAILWAY_BRIDGE} else Role.THROUGH


class Below:
    """What the map draws above roads: whose clearance an inventory may know."""

    def __init__(self, graph: RoadGraph) -> None:
        table = graph.arc_structures
        self._graph = graph
        self._arc = np.repeat(np.arange(graph.arc_count), np.diff(table.first_out))
        self._is_above = np.isin(table.role, [Role.UNDER, Role.THROUGH])
        self._way = graph.structures.way_id[table.structure]

    def roads_below(self, record: BridgeRecord, arcs: Iterable[int]) -> list[tuple[int, int]]:
        """Arcs that pass under a bridge, which runs on some arcs, and the map's structure of it."""
        ways = [int(way) for way in self._graph.arcs.way_id[list(arcs)] if way]
        rows = np.flatnonzero((self._graph.arc_structures.role == Role.UNDER) & np.isin(self._way, ways))
        if record.lon_deg is not None and record.lat_deg is not None and record.length_mm is not None and len(rows):
            structure = self._graph.arc_structures.structure[rows]
            reach = record.length_mm / 2000 + UNDER_M
            away = _metres(self._graph, structure, record.lon_deg, record.lat_deg)
            rows = rows[away <= reach]
        return [(int(self._arc[row]), int(self._graph.arc_structures.structure[row])) for row in rows]

    def over(self, spots: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Arc and structure of whatever the map draws above some places of arcs."""
        table = self._graph.arc_structures
        found = set()
        for arc, at_mm in spots:
            rows = np.arange(int(table.first_out[arc]), int(table.first_out[arc + 1]))
            near = rows[self._is_above[rows] & (np.abs(table.at_mm[rows] - at_mm) <= UNDER_M * 1000)]
            found |= {(arc, int(table.structure[row])) for row in near}
        return found


def _metres(graph: RoadGraph, structure: I32, lon_deg: float, lat_deg: float) -> F64:
    """Rough distances from structures to a place."""
    north = (graph.structures.lat_deg[structure] - lat_deg) * 111_000
    east = (graph.structures.lon_deg[structure] - lon_deg) * 111_000 * np.cos(np.radians(lat_deg))
    return np.asarray(np.hypot(north, east))


def is_settled(graph: RoadGraph, settled: Mapping[tuple[int, int], int]) -> Bool:
    """Rows that say "no clearance stated" of a structure whose clearance an inventory now states."""
    rows = graph.limits
    arc = np.repeat(np.arange(graph.arc_count), np.diff(rows.first_out))
    is_silent = (rows.quantity == Quantity.HEIGHT) & (rows.state == LimitState.NONE_STATED) & (rows.structure >= 0)
    found = np.zeros(len(arc), np.bool_)
    for row in np.flatnonzero(is_silent):
        found[row] = (int(arc[row]), int(rows.structure[row])) in settled
    return found
