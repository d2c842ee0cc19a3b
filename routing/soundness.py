"""Whether the columns of a graph fit together (路网核对): shapes, codes, index ranges, lines and turn bans."""

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.columns import Access, LimitState, Quantity
from routing.errors import GraphError
from routing.graph import RoadGraph, iter_columns

BRIDGE_TEXTS = ("spans", "design_load", "standard", "superstructure", "owner", "source")
WORST_CONDITION = 5
LEAST = 2  # points of a line, arcs of a ban


def check(graph: RoadGraph) -> None:
    """Check dtypes, lengths, codes and index ranges of all columns, and that lines and turn bans can be driven.

    Raises:
        GraphError: Naming every column that is wrong.
    """
    faults = shape_faults(graph) or _offset_faults(graph) + _range_faults(graph) + _code_faults(graph)
    faults = faults or _meaning_faults(graph)
    if faults:
        raise GraphError("; ".join(faults))


def shape_faults(graph: RoadGraph) -> list[str]:
    """List every column that has another dtype than declared or another number of rows than its table."""
    columns = list(iter_columns(graph))
    nested = [f"{name} has {array.ndim} dimensions, expected 1" for name, _, array in columns if array.ndim != 1]
    faults = [
        f"{name} is {array.dtype}, declared {col.metadata['dtype']}"
        for name, col, array in columns
        if array.dtype != col.metadata["dtype"]
    ]
    return nested + faults if nested else faults + _length_faults(graph)


def has_only(array: npt.NDArray[Any], codes: type[IntEnum]) -> bool:
    """Tell whether every entry is a value of an enumeration; values count up from 0 without a gap."""
    return not len(array) or (int(array.min()) >= 0 and int(array.max()) < len(codes))


def _length_faults(graph: RoadGraph) -> list[str]:
    rows = {
        "nodes": graph.node_count,
        "arcs": graph.arc_count,
        "limits": len(graph.limits.quantity),
        "structures": len(graph.structures.kind),
        "arc_structures": len(graph.arc_structures.structure),
        "border_crossings": len(graph.border_crossings.arc),
        "bridges": len(graph.bridges.structure),
        "arc_bridges": len(graph.arc_bridges.arc),
        "road_records": len(graph.road_records.arc),
        "turn_bans": len(graph.turn_bans.condition),
        "geometries": len(graph.geometries.first_point) - 1,
        "points": len(graph.geometries.lon_deg),
        "nodes+1": graph.node_count + 1,
        "arcs+1": graph.arc_count + 1,
        "geometries+1": len(graph.geometries.first_point),
        "bans+1": len(graph.turn_bans.condition) + 1,
        "sequence": len(graph.turn_bans.arc),
        "texts+1": len(graph.strings.first_byte),
        "bytes": len(graph.strings.utf8),
    }
    faults = []
    for name, col, array in iter_columns(graph):
        expected = rows[col.metadata["per"] or name.partition(".")[0]]
        if len(array) != expected:
            faults.append(f"{name} has {len(array)} rows, expected {expected}")
    return faults


def _offset_faults(graph: RoadGraph) -> list[str]:
    offsets = {
        "arcs.first_out": (graph.arcs.first_out, graph.arc_count),
        "limits.first_out": (graph.limits.first_out, len(graph.limits.quantity)),
        "geometries.first_point": (graph.geometries.first_point, len(graph.geometries.lon_deg)),
        "arc_structures.first_out": (graph.arc_structures.first_out, len(graph.arc_structures.structure)),
        "turn_bans.first_arc": (graph.turn_bans.first_arc, len(graph.turn_bans.arc)),
        "strings.first_byte": (graph.strings.first_byte, len(graph.strings.utf8)),
    }
    return [
        f"{name} must rise from 0 to {end}"
        for name, (array, end) in offsets.items()
        if not len(array) or array[0] != 0 or array[-1] != end or bool((np.diff(array) < 0).any())
    ]


def _range_faults(graph: RoadGraph) -> list[str]:
    nodes, arcs, texts = graph.node_count, graph.arc_count, len(graph.strings)
    structures, geometries = len(graph.structures.kind), len(graph.geometries.first_point) - 1
    indices = {
        "arcs.tail": (graph.arcs.tail, 0, nodes),
        "arcs.head": (graph.arcs.head, 0, nodes),
        "arcs.geometry": (graph.arcs.geometry, 0, geometries),
        "arcs.ref": (graph.arcs.ref, 0, texts),
        "arcs.name": (graph.arcs.name, 0, texts),
        "arcs.surface": (graph.arcs.surface, 0, texts),
        "arcs.smoothness": (graph.arcs.smoothness, 0, texts),
        "arcs.length_mm": (graph.arcs.length_mm, 1, np.iinfo(np.int32).max),
        "limits.structure": (graph.limits.structure, -1, structures),
        "limits.condition": (graph.limits.condition, 0, texts),
        "limits.source": (graph.limits.source, 0, texts),
        "structures.key": (graph.structures.key, 0, texts),
        "structures.name": (graph.structures.name, 0, texts),
        "arc_structures.structure": (graph.arc_structures.structure, 0, structures),
        "turn_bans.arc": (graph.turn_bans.arc, 0, arcs),
        "turn_bans.condition": (graph.turn_bans.condition, 0, texts),
        "turn_bans.source": (graph.turn_bans.source, 0, texts),
        "border_crossings.arc": (graph.border_crossings.arc, 0, arcs),
        "bridges.structure": (graph.bridges.structure, 0, structures),
        **{f"bridges.{name}": (getattr(graph.bridges, name), 0, texts) for name in BRIDGE_TEXTS},
        "bridges.condition": (graph.bridges.condition, 0, WORST_CONDITION + 1),
        "arc_bridges.arc": (graph.arc_bridges.arc, 0, arcs),
        "arc_bridges.bridge": (graph.arc_bridges.bridge, 0, len(graph.bridges.structure)),
        "road_records.arc": (graph.road_records.arc, 0, arcs),
        "road_records.owner": (graph.road_records.owner, 0, texts),
    }
    return [
        f"{name} has a value outside {low}..{high - 1}"
        for name, (array, low, high) in indices.items()
        if len(array) and (int(array.min()) < low or int(array.max()) >= high)
    ]


def _code_faults(graph: RoadGraph) -> list[str]:
    faults = [
        f"{name} has a value that is no {codes.__name__}"
        for name, col, array in iter_columns(graph)
        if (codes := col.metadata["codes"]) is not None and not has_only(array, codes)
    ]
    rows = graph.limits
    rights = rows.value[(rows.quantity == Quantity.ACCESS) & (rows.state == LimitState.NUMBER)]
    if not has_only(rights, Access):
        faults.append("limits.value has a value that is no Access in a row about access")
    return faults


def _meaning_faults(graph: RoadGraph) -> list[str]:
    """Faults that can be looked for only where all indices are sound."""
    arcs, bans = graph.arcs, graph.turn_bans
    faults = []
    if not np.array_equal(np.repeat(np.arange(graph.node_count), np.diff(arcs.first_out)), arcs.tail):
        faults.append("arcs.tail does not agree with arcs.first_out")
    if bool((np.diff(graph.geometries.first_point) < LEAST).any()):
        faults.append("geometries.first_point leaves a line with fewer than two points")
    if bool((np.diff(bans.first_arc) < LEAST).any()):
        faults.append("turn_bans.first_arc leaves a ban with fewer than two arcs")
    follows = arcs.head[bans.arc[:-1]] == arcs.tail[bans.arc[1:]]
    is_inside = np.ones(len(follows), np.bool_)
    inner = bans.first_arc[1:-1]
    is_inside[inner[(inner > 0) & (inner < len(bans.arc))] - 1] = False
    if not bool(follows[is_inside].all()):
        faults.append("turn_bans.arc has an arc that does not begin where the one before it ends")
    return faults
