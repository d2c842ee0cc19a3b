"""The point layers of a tile (点图层): bridges, toll stations and interchanges, stated limits, stakes.

What a bridge can bear stands in none of them: a mass is shown only where a sign at the road shows it to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import shapely

from maps.tiles_encoding import Features, Value
from maps.tiles_grid import F64, Tile, project
from maps.tiles_roads import world_lines
from routing.columns import Access, Basis, LimitState, Quantity, Role, StructureKind
from routing.graph import I64, Bool, RoadGraph

_KINDS: Final[Mapping[str, Mapping[StructureKind, int]]] = {  # layer -> kind of structure -> first zoom
    "bridges": {StructureKind.BRIDGE: 12, StructureKind.CULVERT: 13, StructureKind.TUNNEL: 12},
    "stations": {StructureKind.TOLL_STATION: 10, StructureKind.INTERCHANGE: 9},
}
_LIMITS_FROM_ZOOM: Final = 12
_LIMITED: Final = (
    Quantity.HEIGHT,
    Quantity.WIDTH,
    Quantity.LENGTH,
    Quantity.GROSS_MASS,
    Quantity.AXLE_LOAD,
    Quantity.AXLE_GROUP,
    Quantity.TRIDEM,
    Quantity.ACCESS,
)
MASSES: Final = frozenset({Quantity.GROSS_MASS, Quantity.AXLE_LOAD, Quantity.AXLE_GROUP, Quantity.TRIDEM})
_KM: Final = 1000
_STAKES_FROM_ZOOM: Final = 13
_TENTH_STAKES_FROM_ZOOM: Final = 10


class PointLayer:
    """Points with a first zoom each and words made only for those that are drawn."""

    def __init__(self, world: F64, from_zoom: I64, words: Callable[[int], Mapping[str, Value]]) -> None:
        self._order = np.argsort(world[:, 0], kind="stable")
        self._world, self._from_zoom, self._words = world[self._order], from_zoom[self._order], words

    def features(self, tile: Tile) -> Features:
        """The points of one tile, in the order of their rows."""
        west, north, east, south = tile.box
        low, high = np.searchsorted(self._world[:, 0], [west, east])
        world = self._world[low:high]
        inside = (world[:, 1] >= north) & (world[:, 1] <= south) & (self._from_zoom[low:high] <= tile.z)
        found = np.flatnonzero(inside)
        rows = self._order[low + found]
        by_row = np.argsort(rows)
        points = shapely.points(np.rint(tile.units(world[found[by_row]])))
        return Features(np.asarray(points), [self._words(row) for row in rows[by_row].tolist()])


def point_layers(graph: RoadGraph) -> dict[str, PointLayer]:
    """All point layers of a network by name."""
    layers = {name: _structures(graph, kinds) for name, kinds in _KINDS.items()}
    return layers | {"limits": _limits(graph), "stakes": _stakes(graph)}


def _structures(graph: RoadGraph, kinds: Mapping[StructureKind, int]) -> PointLayer:
    table, texts = graph.structures, graph.strings
    rows = np.flatnonzero(np.isin(table.kind, list(kinds)) & np.isin(np.arange(len(table.kind)), _used(graph)))
    zooms = np.array([kinds[StructureKind(kind)] for kind in table.kind[rows].tolist()], np.int64)

    def words(row: int) -> Mapping[str, Value]:
        structure = int(rows[row])
        name = texts[int(table.name[structure])]
        said: dict[str, Value] = {"row": structure, "kind": StructureKind(int(table.kind[structure])).label}
        return said | ({"name": name} if name else {})

    return PointLayer(project(table.lon_deg[rows], table.lat_deg[rows]), zooms, words)


def _used(graph: RoadGraph) -> I64:
    """Structures that a road carries, passes or goes through; a bridge above a road is shown as what it limits."""
    roles = graph.arc_structures.role
    return np.unique(graph.arc_structures.structure[roles != Role.UNDER]).astype(np.int64)


def _limits(graph: RoadGraph) -> PointLayer:
    rows, world = limit_places(graph)
    table, texts = graph.limits, graph.strings

    def words(row: int) -> Mapping[str, Value]:
        limit = int(rows[row])
        quantity = Quantity(int(table.quantity[limit]))
        is_number = table.state[limit] == LimitState.NUMBER
        said: dict[str, Value] = {"quantity": quantity.label, "basis": basis_of(graph, limit)}
        if is_number:
            said["text"] = limit_text(quantity, int(table.value[limit]))
        if table.structure[limit] >= 0:
            said["row"] = int(table.structure[limit])
        if table.condition[limit]:
            said["when"] = texts[int(table.condition[limit])]
        return said

    return PointLayer(world, np.full(len(rows), _LIMITS_FROM_ZOOM, np.int64), words)


def limit_places(graph: RoadGraph) -> tuple[I64, F64]:
    """Rows of the limits that everybody may see, each place once, and where they are in world units."""
    table = graph.limits
    arc = np.repeat(np.arange(graph.arc_count), np.diff(table.first_out))
    geometry = graph.arcs.geometry[arc]
    shown = np.flatnonzero(is_open_limit(graph) & np.isin(table.quantity, _LIMITED))
    place = np.where(table.structure >= 0, -1 - table.structure.astype(np.int64), geometry)
    key = np.column_stack([place, table.quantity, table.state, table.value, table.basis, table.condition])[shown]
    rows = shown[np.sort(np.unique(key, axis=0, return_index=True)[1])]
    of_structure = np.maximum(table.structure[rows], 0)
    if len(graph.structures.lon_deg):
        world = project(graph.structures.lon_deg[of_structure], graph.structures.lat_deg[of_structure])
    else:
        world = np.zeros((len(rows), 2))
    loose = np.flatnonzero(table.structure[rows] < 0)
    if len(loose):
        lines = world_lines(graph, geometry[rows[loose]].astype(np.int64))
        world[loose] = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    return rows.astype(np.int64), world


def is_open_limit(graph: RoadGraph) -> Bool:
    """Whether everybody may see a limit, bool[limits]: masses only from signs, for others tell what a bridge bears."""
    table = graph.limits
    return np.asarray(~np.isin(table.quantity, list(MASSES)) | (table.basis == Basis.POSTED))


def basis_of(graph: RoadGraph, limit: int) -> str:
    """What a limit rests on; unknown where there is no number, which is never "no limit"."""
    if graph.limits.state[limit] != LimitState.NUMBER:
        return "unknown"
    return Basis(int(graph.limits.basis[limit])).name.lower()


def limit_text(quantity: Quantity, value: int) -> str:
    """A limit's number with its unit.

    >>> limit_text(Quantity.HEIGHT, 4480)
    '4.48 m'
    >>> limit_text(Quantity.GROSS_MASS, 30000)
    '30 t'
    """
    if quantity is Quantity.ACCESS:
        return Access(value).name.lower()
    return f"{value / _KM:g} {'t' if quantity in MASSES else 'm'}"


def _stakes(graph: RoadGraph) -> PointLayer:
    """Whole kilometres along the roads whose operators state their stakes (公里桩)."""
    records, texts = graph.road_records, graph.strings
    low = np.minimum(records.stake_from_m, records.stake_to_m).astype(np.int64)
    high = np.maximum(records.stake_from_m, records.stake_to_m).astype(np.int64)
    first = -(-low // _KM)
    counts = np.maximum(high // _KM - first + 1, 0)
    record = np.repeat(np.arange(len(low)), counts)
    km = np.arange(len(record)) - np.repeat(np.cumsum(counts) - counts, counts) + first[record]
    span = (records.stake_to_m - records.stake_from_m).astype(np.float64)[record]
    has_span = span != 0
    record, km, span = record[has_span], km[has_span], span[has_span]
    arc = records.arc[record]
    share = (km * _KM - records.stake_from_m[record]) / span
    share = np.where(graph.arcs.is_reversed[arc], 1 - share, share)
    geometry = graph.arcs.geometry[arc].astype(np.int64)
    once = np.sort(np.unique(np.column_stack([geometry, km]), axis=0, return_index=True)[1])
    arc, km, share, geometry = arc[once], km[once], share[once], geometry[once]
    points = shapely.line_interpolate_point(world_lines(graph, geometry), share, normalized=True)

    def words(row: int) -> Mapping[str, Value]:
        ref = texts[int(graph.arcs.ref[arc[row]])]
        return {"text": f"K{km[row]}"} | ({"ref": ref} if ref else {})

    zooms = np.where(km % 10 == 0, _TENTH_STAKES_FROM_ZOOM, _STAKES_FROM_ZOOM).astype(np.int64)
    return PointLayer(shapely.get_coordinates(points).reshape(-1, 2), zooms, words)
