"""Edges as the tables of a network."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any

import networkx as nx
import numpy as np

from data.exchange.conventions import PREFIX
from data.exchange.edges import Edge, Line, read_rows
from data.ragged import offsets
from data.texts import TextTable
from routing.graph import (
    I64,
    Arcs,
    ArcStructures,
    BorderCrossings,
    Geometries,
    Limits,
    Nodes,
    RoadGraph,
    Structures,
    TurnBans,
)

_TEXTS = frozenset({"name", "ref", "surface", "smoothness", "condition", "source", "key"})
_MADE_HERE = frozenset({"first_out", "tail", "head", "geometry", "is_reversed"})


def assemble(graph: "nx.DiGraph[int]", labels: Sequence[int], edges: Iterable[Edge]) -> RoadGraph:
    """Make a network of edges that were read.

    Args:
        graph: Where they come from; its nodes and graph attributes are read here.
        labels: Its nodes, rising.
        edges: In any order.
    """
    row_of = {label: row for row, label in enumerate(labels)}
    ordered = sorted(edges, key=lambda edge: (row_of[edge.ends[0]], edge.order))
    texts = TextTable()
    places = [graph.nodes[label] for label in labels]
    lines, geometry, is_reversed = _share_lines(ordered)
    tails = np.array([row_of[edge.ends[0]] for edge in ordered], np.int32)
    arcs: dict[str, Any] = {
        "first_out": offsets(np.bincount(tails, minlength=len(labels))),
        "tail": tails,
        "head": np.array([row_of[edge.ends[1]] for edge in ordered], np.int32),
        "geometry": np.array(geometry, np.int32),
        "is_reversed": np.array(is_reversed, np.bool_),
    }
    columns = [edge.columns for edge in ordered]
    names = [col.name for col in fields(Arcs) if col.name not in _MADE_HERE]
    limits = [row for edge in ordered for row in edge.limits]
    met = [row for edge in ordered for row in edge.structures]
    crossings = [[arc, *row] for arc, edge in enumerate(ordered) for row in edge.crossings]
    return RoadGraph(
        nodes=Nodes(
            np.array([float(place["x"]) for place in places], np.float64),
            np.array([float(place["y"]) for place in places], np.float64),
            np.array([int(p.get(f"{PREFIX}source_id", n)) for n, p in zip(labels, places, strict=True)], np.int64),
        ),
        arcs=Arcs(**arcs, **_columns(Arcs, names, [[row.get(name, 0) for name in names] for row in columns], texts)),
        limits=Limits(_counts(len(edge.limits) for edge in ordered), **_rest(Limits, limits, texts)),
        geometries=_geometries(lines),
        structures=Structures(**_rest(Structures, read_rows(graph.graph, "structures") or [], texts, skip=0)),
        arc_structures=ArcStructures(
            _counts(len(edge.structures) for edge in ordered), **_rest(ArcStructures, met, texts)
        ),
        turn_bans=_turn_bans(
            read_rows(graph.graph, "turn_bans") or [], {edge.ends: arc for arc, edge in enumerate(ordered)}, texts
        ),
        border_crossings=BorderCrossings(**_rest(BorderCrossings, crossings, texts, skip=0)),
        strings=texts.to_strings(),
        attribution=str(graph.graph.get(f"{PREFIX}attribution", "© OpenStreetMap contributors")),
    )


def _rest(table: Callable[..., Any], rows: Sequence[Sequence[Any]], texts: TextTable, skip: int = 1) -> dict[str, Any]:
    """All columns of a table but the first ``skip``, from rows in the order of its columns."""
    return _columns(table, [col.name for col in fields(table)][skip:], rows, texts)  # type: ignore[arg-type]


def _columns(
    table: Callable[..., Any], names: Sequence[str], rows: Sequence[Sequence[Any]], texts: TextTable
) -> dict[str, Any]:
    """Rows turned into the named columns of a table, texts into their numbers."""
    dtypes = {col.name: col.metadata["dtype"] for col in fields(table)}  # type: ignore[arg-type]
    turned = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return {
        name: np.array([texts.add(value) for value in values] if name in _TEXTS else values, dtypes[name])
        for name, values in zip(names, turned, strict=True)
    }


def _share_lines(edges: Sequence[Edge]) -> tuple[list[Line], list[int], list[bool]]:
    """Each line once; of every edge its line and whether it runs against it."""
    rows: dict[tuple[int, Line], int] = {}
    geometry: list[int] = []
    is_reversed: list[bool] = []
    for edge in edges:
        way = int(edge.columns["way_id"])
        # An edge merged of ways drawn in both directions takes the line of its twin, if that came first.
        is_against = edge.is_mixed and (way, edge.line) not in rows and (way, edge.line[::-1]) in rows
        line = edge.line[::-1] if is_against else edge.line
        geometry.append(rows.setdefault((way, line), len(rows)))
        is_reversed.append(is_against or bool(edge.columns["is_reversed"]))
    return [line for _, line in rows], geometry, is_reversed


def _geometries(lines: Sequence[Line]) -> Geometries:
    points = np.array([point for line in lines for point in line], np.float64).reshape(-1, 2)
    return Geometries(_counts(map(len, lines)), points[:, 0].copy(), points[:, 1].copy())


def _turn_bans(rows: Sequence[Any], arc_of: dict[tuple[int, int, int], int], texts: TextTable) -> TurnBans:
    """Bans of which every arc is still there; one that lost an arc cannot be broken."""
    bans = [([arc_of.get((u, v, key), -1) for u, v, key in ends], *more) for ends, *more in rows]
    kept = [ban for ban in bans if -1 not in ban[0]]
    return TurnBans(
        first_arc=_counts(len(arcs) for arcs, *_ in kept),
        arc=np.array([arc for arcs, *_ in kept for arc in arcs], np.int32),
        condition=texts.add_all([condition for _, condition, _ in kept]),
        source=texts.add_all([source for _, _, source in kept]),
    )


def _counts(counts: Iterable[int]) -> I64:
    return offsets(np.array(list(counts), np.int64))
