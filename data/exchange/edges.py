"""Read the edges of an OSMnx graph: attributes as tags, through the same readers as OpenStreetMap's own."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import shapely
from pyproj import Geod

from data.exchange.conventions import EXACT_COLUMNS, PREFIX
from data.osm.profiles import RoadProfile, read_profile, reject_road
from data.osm.road import read_name, read_refs
from routing.columns import Scope
from routing.policy import RoadPolicy

_GEOD = Geod(ellps="WGS84")
_NOT_TAGS = frozenset({"osmid", "length", "geometry", "reversed", "u", "v", "key", "speed_kph", "travel_time"})
Ends = tuple[int, int, int]
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """One arc to be.

    Attributes:
        ends: Tail, head and key in the graph.
        order: Among the arcs of its tail.
        line: Coordinates in degrees along the way as drawn.
        is_mixed: Whether the edge was merged of ways drawn in different directions; its line is in travel order.
        columns: Arc columns by name, numbers and texts.
        limits: Rows in the order of the columns from quantity on, texts as texts.
        structures: Rows of structure, role, distance in mm.
        crossings: Rows of distance in mm, code left, code entered.
    """

    ends: Ends
    order: int
    line: Line
    is_mixed: bool
    columns: dict[str, Any]
    limits: Sequence[Sequence[Any]]
    structures: Sequence[Sequence[int]]
    crossings: Sequence[Sequence[int]]


def read_rows(attributes: Mapping[str, Any], name: str) -> list[Any] | None:
    """Rows of a ``dajian_`` attribute, None without it; OSMnx turns what looks like a list into one by itself."""
    rows = attributes.get(PREFIX + name)
    return json.loads(rows) if isinstance(rows, str) else rows


class EdgeReader:
    """Reads the edges of one graph; edges with equal tags share the reading."""

    def __init__(self, graph: "nx.DiGraph[int]", policy: RoadPolicy) -> None:
        """Read nothing yet.

        Args:
            graph: Whose nodes have ``x`` and ``y``.
            policy: Usual lane widths and counts.
        """
        self._graph = graph
        self._policy = policy
        self._profiles: dict[frozenset[tuple[str, str]], RoadProfile] = {}

    def read(self, ends: Ends, order: int, data: Mapping[str, Any]) -> Edge | None:
        """Read an edge; None if it is no road for heavy vehicles.

        Raises:
            ValueError, TypeError, KeyError, IndexError: An attribute is not what it should be.
        """
        tags = self._tags(ends, data)
        if f"{PREFIX}road_class" not in data and reject_road(tags):
            return None
        profile = self._profile(tags)
        is_mixed = not isinstance(data.get("reversed", False), (bool, np.bool_))
        is_reversed = bool(data.get("reversed", False)) and not is_mixed
        points = self._points(ends, data)
        way_id = int(_first(data.get("osmid", 0)))
        columns = _profile_columns(profile, is_reversed=is_reversed)
        columns |= {"name": read_name(tags), "ref": ";".join(read_refs(tags)), "way_id": way_id}
        columns |= {name: int(data[PREFIX + name]) for name in EXACT_COLUMNS if PREFIX + name in data}
        columns |= {"length_mm": _length_mm(data, points), "is_reversed": is_reversed}
        limits = read_rows(data, "limits")
        return Edge(
            ends=ends,
            order=int(data.get(f"{PREFIX}arc", order)),
            line=points[::-1] if is_reversed else points,
            is_mixed=is_mixed,
            columns=columns,
            limits=_limits(profile, way_id, is_reversed=is_reversed) if limits is None else limits,
            structures=read_rows(data, "structures") or [],
            crossings=read_rows(data, "crossings") or [],
        )

    def _profile(self, tags: dict[str, str]) -> RoadProfile:
        key = frozenset(tags.items())
        if key not in self._profiles:
            self._profiles[key] = read_profile(tags, self._policy)
        return self._profiles[key]

    def _tags(self, ends: Ends, data: Mapping[str, Any]) -> dict[str, str]:
        """The edge's tags as OpenStreetMap would write them, several values with semicolons."""
        tags = {
            key: ";".join(dict.fromkeys(str(part) for part in value)) if _is_list(value) else str(value)
            for key, value in data.items()
            if key not in _NOT_TAGS and not key.startswith(PREFIX) and not _is_absent(value)
        }
        oneway = data.get("oneway")
        if not isinstance(oneway, str):
            is_known = isinstance(oneway, (bool, np.bool_))
            tags["oneway"] = "yes" if (oneway if is_known else not self._graph.has_edge(ends[1], ends[0])) else "no"
        return tags

    def _points(self, ends: Ends, data: Mapping[str, Any]) -> Line:
        geometry = data.get("geometry")
        if _is_absent(geometry):
            places = [self._graph.nodes[end] for end in ends[:2]]
            return tuple((float(place["x"]), float(place["y"])) for place in places)
        if not isinstance(geometry, shapely.LineString) or geometry.is_empty:
            raise ValueError("geometry is not a LineString")
        return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(geometry))


def _length_mm(data: Mapping[str, Any], points: Line) -> int:
    length_m = data.get("length")
    if _is_absent(length_m):
        length_m = _GEOD.line_length([x for x, _ in points], [y for _, y in points])
    if not 0 <= float(str(length_m)) < np.iinfo(np.int32).max / 1000:
        raise ValueError(f"length {length_m} is not one in metres")
    return max(1, round(float(str(length_m)) * 1000))


def _profile_columns(profile: RoadProfile, *, is_reversed: bool) -> dict[str, Any]:
    way = profile.backward if is_reversed else profile.forward
    shared = ("road_class", "flags", "layer", "lane_width_mm", "carriageway_mm", "width_basis", "surface", "smoothness")
    directed = ("lanes", "access", "maxspeed_kmh", "incline_permille")
    return {name: getattr(profile, name) for name in shared} | {name: getattr(way, name) for name in directed}


def _limits(profile: RoadProfile, way: int, *, is_reversed: bool) -> list[list[Any]]:
    directions = ("both", "backward" if is_reversed else "forward")
    return [
        [row.quantity, row.state, row.value, row.basis, Scope.ROAD, -1, row.condition, f"osm:way/{way} {row.raw}"]
        for row in profile.statements
        if row.direction in directions
    ]


def _first(value: Any) -> Any:  # noqa: ANN401
    return next(iter(value)) if _is_list(value) else value


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple, set, frozenset, np.ndarray))


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
