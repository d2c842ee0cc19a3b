"""Stakes along a route (桩号): what the operator's records say of a spot on an arc."""

import numpy as np

from routing.graph import RoadGraph

UNKNOWN = -1


def stake_at(graph: RoadGraph, arc: int, at_mm: int) -> int | None:
    """Stake of a spot on an arc in metres, interpolated along it; None where the operator's records give none.

    Args:
        graph: The network.
        arc: The arc.
        at_mm: Distance from the arc's start.
    """
    rows = graph.road_records
    row = int(np.searchsorted(rows.arc, arc))
    if row == len(rows.arc) or rows.arc[row] != arc:
        return None
    first, last = int(rows.stake_from_m[row]), int(rows.stake_to_m[row])
    if UNKNOWN in {first, last}:
        return None
    return round(first + (last - first) * at_mm / int(graph.arcs.length_mm[arc]))
