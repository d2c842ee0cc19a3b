"""Arcs of a route (路线所属路段): those that bear its number, and those without one along a line its operator draws."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
import shapely

from data.mercator import project, project_lines, scale_at
from routing.columns import ArcFlag
from routing.graph import F64, I32, RoadGraph
from routing.phrase import refs_of

BESIDE_M: Final = 25.0
NEARLY_ALL: Final = 0.9


def arcs_by_ref(graph: RoadGraph, wanted: AbstractSet[str]) -> dict[str, I32]:
    """Arcs of each route number, rising; ramps are left out."""
    is_main = (graph.arcs.flags & ArcFlag.LINK) == 0
    main = np.flatnonzero(is_main & (graph.arcs.ref > 0)).astype(np.int32)
    texts, text = np.unique(graph.arcs.ref[main], return_inverse=True)
    order = np.argsort(text, kind="stable")
    first = np.searchsorted(text[order], np.arange(len(texts) + 1))
    found: dict[str, list[I32]] = defaultdict(list)
    for row, number in enumerate(texts.tolist()):
        for ref in wanted & set(refs_of(graph.strings[number])):
            found[ref].append(main[order[first[row] : first[row + 1]]])
    return {ref: np.sort(np.concatenate(parts)) for ref, parts in found.items()}


def arcs_along(graph: RoadGraph, lines: Sequence[tuple[str, F64]]) -> dict[str, I32]:
    """Arcs without any number that lie along lines, by the line's route.

    Args:
        graph: The network.
        lines: Route number, and float64[points, 2] in degrees.
    """
    rows = np.unique(graph.arcs.geometry[(graph.arcs.ref == 0) & ((graph.arcs.flags & ArcFlag.LINK) == 0)])
    if not len(lines) or not len(rows):
        return {}
    shapes = project_lines(graph, rows)
    tree = shapely.STRtree(shapes)
    found: dict[str, set[int]] = defaultdict(set)
    for route, line in lines:
        projected = project(line[:, 0], line[:, 1])
        width = BESIDE_M * float(scale_at(projected[:1, 1])[0])
        strip = shapely.buffer(shapely.linestrings(projected), width, cap_style="flat")
        near = tree.query(strip, predicate="intersects")
        inside = shapely.length(shapely.intersection(shapes[near], strip))
        found[route] |= set(rows[near[inside >= NEARLY_ALL * shapely.length(shapes[near])]].tolist())
    return {route: _arcs_of(graph, geometries) for route, geometries in found.items()}


def _arcs_of(graph: RoadGraph, geometries: Iterable[int]) -> I32:
    return np.flatnonzero(np.isin(graph.arcs.geometry, sorted(geometries))).astype(np.int32)
