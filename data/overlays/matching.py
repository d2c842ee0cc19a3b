"""Which arcs an overlay's item is about: by way, by structure, by shape."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from data.mercator import project_lines, project_shapes, scale_at
from data.overlays.model import Direction, OverlayItem
from routing.columns import Quantity, Role
from routing.graph import I32, RoadGraph

NEAR_M: Final = 25.0  # a line or point of an item is this near to its roads
ARC_SHARE: Final = 0.5  # an arc is meant if the item's line runs along at least this much of it,
LINE_SHARE: Final = 0.25  # or if at least this much of the item's line runs along the arc
NEARLY_ALL: Final = 0.9
PARALLEL: Final = 0.8  # what a road gains along the line for each metre of its own beside it
LOST_SHARE: Final = 0.5  # below this the item's line is mostly beside all roads, which is said
_SAME_M: Final = 1.0  # roads that are equally near to a point
_METRES_A_DEGREE: Final = 111_000.0
_BELOW: Final = frozenset({Role.UNDER, Role.THROUGH})
_ABOVE: Final = frozenset({Role.ON, Role.THROUGH})
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Match:
    """Arcs of one item.

    Attributes:
        arcs: Pairs of an arc and the row of the structure the item names, -1 without one; rising, each once.
        warnings: What was asked for and not found.
    """

    arcs: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...]


class Matcher:
    """Finds the arcs of many items on one network."""

    def __init__(self, graph: RoadGraph, items: Sequence[OverlayItem]) -> None:
        """Look up all way and structure ids of the items at once."""
        self._graph = graph
        self._ways = _arcs_by_way(graph, {way for item in items for way in item.way_ids})
        self._structures = _structures_by_key(graph, {key for item in items for key in item.structure_ids})
        self._met = _arcs_by_structure(graph, set(chain.from_iterable(self._structures.values())))

    def match(self, item: OverlayItem) -> Match:
        """Find the arcs of an item, by all it names together."""
        arcs: set[tuple[int, int]] = set()
        warnings: list[str] = []
        for way in item.way_ids:
            found = self._ways.get(way, ())
            arcs |= {(arc, -1) for arc in found if self._runs(arc, item.direction)}
            warnings += [] if found else [f"way {way} is not in this network"]
        for key in item.structure_ids:
            met = self._meetings(key, item.says)
            arcs |= {(arc, row) for arc, row in met if self._runs(arc, item.direction)}
            warnings += [] if met else [f"structure {key} is not in this network"]
        if item.shape is not None:
            found, lost = self._along(item.shape, item.direction)
            arcs |= {(arc, -1) for arc in found}
            warnings += lost
        if not arcs and not warnings:
            warnings.append(f"no road runs {item.direction.value} there")
        return Match(tuple(sorted(arcs)), tuple(f"{item.id}: {warning}" for warning in warnings))

    def _runs(self, arc: int, direction: Direction) -> bool:
        return direction is Direction.BOTH or bool(self._graph.arcs.is_reversed[arc]) is (
            direction is Direction.BACKWARD
        )

    def _meetings(self, key: str, says: Mapping[Quantity, int]) -> list[tuple[int, int]]:
        """Arcs that a statement on a structure is about: those below for a height, those on it for all else."""
        met = [(arc, row, role) for row in self._structures.get(key, ()) for arc, role in self._met.get(row, ())]
        wanted = _BELOW if Quantity.HEIGHT in says else _ABOVE
        return [(arc, row) for arc, row, role in met if role in wanted] or [(arc, row) for arc, row, _ in met]

    def _along(self, shape: BaseGeometry, direction: Direction) -> tuple[list[int], list[str]]:
        """Arcs by shape, each part of a multi-shape by itself."""
        found: list[int] = []
        warnings: list[str] = []
        for part in shapely.get_parts(np.array([shape], object)):
            if part.geom_type == "LineString":
                arcs, warning = self._along_line(part, direction)
            else:
                rows = self._inside(part) if part.geom_type == "Polygon" else self._nearest(part)
                arcs = [arc for arc in self._arcs_of(rows) if self._runs(arc, direction)]
                warning = "" if len(rows) else f"no road at its {part.geom_type.lower()}"
            found += arcs
            warnings += [warning] if warning else []
        return found, warnings

    def _inside(self, area: BaseGeometry) -> Ints:
        rows = self._candidates(area, 0)
        x_y = self._graph.geometries
        lines = [
            shapely.LineString(np.column_stack([x_y.lon_deg[a:b], x_y.lat_deg[a:b]]))
            for a, b in zip(x_y.first_point[rows], x_y.first_point[rows + 1], strict=True)
        ]
        return np.asarray(rows[shapely.intersects(np.array(lines, object), area)])

    def _nearest(self, point: BaseGeometry) -> Ints:
        rows = self._candidates(point, NEAR_M)
        if not len(rows):
            return rows
        projected = project_shapes(np.array([point], object))[0]
        scale = float(scale_at(np.array([projected.y]))[0])
        distance_m = shapely.distance(project_lines(self._graph, rows.astype(np.int32)), projected) / scale
        return np.asarray(rows[(distance_m <= NEAR_M) & (distance_m <= distance_m.min() + _SAME_M)])

    def _along_line(self, line: LineString, direction: Direction) -> tuple[list[int], str]:
        rows = self._candidates(line, NEAR_M)
        projected = project_shapes(np.array([line], object))[0]
        near = NEAR_M * float(scale_at(np.array([projected.centroid.y]))[0])
        own = project_lines(self._graph, rows.astype(np.int32))
        progress = [_progress(shape, projected, near) for shape in own]
        is_along = np.array([gain is not None for gain in progress], np.bool_)
        runs_with = {int(row): gain > 0 for row, gain in zip(rows, progress, strict=True) if gain is not None}
        arcs = [arc for arc in self._arcs_of(rows[is_along]) if self._goes(arc, runs_with, direction)]
        lost = projected.difference(shapely.union_all(own[is_along]).buffer(near)).length / projected.length
        if lost < LOST_SHARE:
            return arcs, ""
        return arcs, f"{lost:.0%} of its line has no road within {NEAR_M:.0f} m that runs along it"

    def _goes(self, arc: int, runs_with: Mapping[int, bool], direction: Direction) -> bool:
        """Whether an arc runs with (forward) or against (backward) the item's line."""
        if direction is Direction.BOTH:
            return True
        is_forward = runs_with[int(self._graph.arcs.geometry[arc])] is not bool(self._graph.arcs.is_reversed[arc])
        return is_forward is (direction is Direction.FORWARD)

    def _candidates(self, shape: BaseGeometry, margin_m: float) -> Ints:
        """Geometries whose box comes within a margin of the shape's box."""
        west, south, east, north = shape.bounds
        up = margin_m / _METRES_A_DEGREE * 1.1
        side = up / max(0.01, float(np.cos(np.radians(max(abs(south), abs(north))))))
        own_west, own_south, own_east, own_north = self._graph.geometry_bounds
        is_close = (own_west <= east + side) & (own_east >= west - side)
        return np.flatnonzero(is_close & (own_south <= north + up) & (own_north >= south - up))

    def _arcs_of(self, geometries: Ints) -> list[int]:
        return [int(arc) for arc in np.flatnonzero(np.isin(self._graph.arcs.geometry, geometries))]


def _progress(own: BaseGeometry, line: LineString, near: float) -> float | None:
    """How far a road gets along a line while it is beside it, signed; None if it does not run along it.

    Args:
        own: The road, projected.
        line: The item's line, projected.
        near: How far beside is still beside, in the same units; the shortest run that counts follows from it.
    """
    beside = own.intersection(line.buffer(near, cap_style="flat"))
    gained = run = 0.0
    for part in shapely.get_parts(np.array([beside], object)):
        steps = shapely.points(shapely.get_coordinates(shapely.segmentize(part, near)))
        gains = np.diff(shapely.line_locate_point(line, np.asarray(steps)))
        gained += float(gains.sum())
        run += float(np.abs(gains).sum())
    # A road that forks off is beside the line for a while too; a short line must be run along nearly whole.
    of_line = min(NEARLY_ALL * line.length, max(LINE_SHARE * line.length, 2 * near))
    is_along = run >= PARALLEL * beside.length and run >= min(ARC_SHARE * own.length, of_line)
    return gained if is_along and run > 0 else None


def _arcs_by_way(graph: RoadGraph, ways: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    wanted = np.array(sorted(ways), np.int64)
    for arc in np.flatnonzero(np.isin(graph.arcs.way_id, wanted)) if len(wanted) else ():
        found[int(graph.arcs.way_id[arc])].append(int(arc))
    return found


def _structures_by_key(graph: RoadGraph, keys: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(graph.structures.key) if keys else ():
        key = graph.strings[int(text)]
        if key in keys:
            found[key].append(row)
    return found


def _arcs_by_structure(graph: RoadGraph, structures: set[int]) -> dict[int, list[tuple[int, Role]]]:
    found: dict[int, list[tuple[int, Role]]] = defaultdict(list)
    table = graph.arc_structures
    wanted: I32 = np.array(sorted(structures), np.int32)
    rows = np.flatnonzero(np.isin(table.structure, wanted)) if len(wanted) else np.empty(0, np.intp)
    arcs = np.searchsorted(table.first_out, rows, side="right") - 1
    for row, arc in zip(rows, arcs, strict=True):
        found[int(table.structure[row])].append((int(arc), Role(int(table.role[row]))))
    return found
