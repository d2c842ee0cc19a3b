"""What the map says about two arcs and their structures (匹配证据), for linking."""

import math
from collections import defaultdict
from typing import Final

import numpy as np

from routing.columns import ArcFlag, Role
from routing.graph import I32, RoadGraph
from routing.phrase import refs_of

COLLINEAR: Final = 0.85  # cosine of what still is the same direction


def heading(graph: RoadGraph, arc: int, at_mm: int) -> tuple[float, float]:
    """Direction of travel on an arc at a place on it, as a unit vector east and north."""
    lon, lat = graph.arc_points(arc)
    x, y = lon * math.cos(math.radians(float(lat[0]))), lat
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = at_mm / max(1, int(graph.arcs.length_mm[arc])) * along[-1]
    step = min(max(int(np.searchsorted(along, at)), 1), len(along) - 1)
    dx, dy = float(x[step] - x[step - 1]), float(y[step] - y[step - 1])
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def is_same_road(graph: RoadGraph, arc: int, other: int) -> bool:
    """Whether two arcs are pieces or directions of one road."""
    arcs = graph.arcs
    if arcs.geometry[arc] == arcs.geometry[other] or (arcs.way_id[arc] and arcs.way_id[arc] == arcs.way_id[other]):
        return True
    is_ramp = (arcs.flags[arc] & ArcFlag.LINK, arcs.flags[other] & ArcFlag.LINK)
    if is_ramp[0] == is_ramp[1] == 0:
        shared = set(refs_of(graph.strings[int(arcs.ref[arc])]))
        shared &= set(refs_of(graph.strings[int(arcs.ref[other])]))
        if shared or (arcs.name[arc] and arcs.name[arc] == arcs.name[other]):
            return True
    return any(_runs_on(graph, arc, other, node) for node in _ends(graph, arc) & _ends(graph, other))


def _ends(graph: RoadGraph, arc: int) -> set[int]:
    return {int(graph.arcs.tail[arc]), int(graph.arcs.head[arc])}


def _runs_on(graph: RoadGraph, arc: int, other: int, node: int) -> bool:
    """Whether two arcs that share a node have one line there."""
    places = (0 if int(graph.arcs.tail[one]) == node else int(graph.arcs.length_mm[one]) for one in (arc, other))
    (a, b), (c, d) = (heading(graph, one, at) for one, at in zip((arc, other), places, strict=True))
    return abs(a * c + b * d) >= COLLINEAR


def structure_names(graph: RoadGraph, roles: set[Role]) -> dict[int, list[str]]:
    """Names of the structures that arcs meet in one of some roles."""
    table = graph.arc_structures
    arcs: I32 = np.repeat(np.arange(graph.arc_count, dtype=np.int32), np.diff(table.first_out))
    rows = np.flatnonzero(
        np.isin(table.role, [int(role) for role in roles]) & (graph.structures.name[table.structure] > 0)
    )
    names: dict[int, list[str]] = defaultdict(list)
    for row in rows.tolist():
        names[int(arcs[row])].append(graph.strings[int(graph.structures.name[table.structure[row]])])
    return names
