"""Roads open to destination traffic (仅限到达车辆): for the trip that starts or ends there, not for passing through."""

from collections.abc import Iterable

import numpy as np

from routing.columns import Access
from routing.graph import U8, Bool, RoadGraph

DESTINATION_ACCESS = (Access.DESTINATION, Access.DELIVERY, Access.CUSTOMERS)


def access_for_trip(graph: RoadGraph, terminal_arcs: Iterable[int]) -> U8:
    """Open the destination-only roads around the ends of a trip.

    Args:
        graph: The network.
        terminal_arcs: Arcs the trip starts or ends on, of either direction.

    Returns:
        uint8[arcs] of `Access`: YES on every destination-only arc that joins a terminal arc through destination-only
        roads, otherwise the network's value.
    """
    limited = np.isin(graph.arcs.access, [int(a) for a in DESTINATION_ACCESS])
    reached = {int(arc) for arc in terminal_arcs if limited[arc]}
    if not reached:
        return graph.arcs.access
    joined = _arcs_by_node(graph, limited)
    queue = list(reached)
    for arc in queue:
        for node in (int(graph.arcs.tail[arc]), int(graph.arcs.head[arc])):
            fresh = [a for a in joined.pop(node, ()) if a not in reached]
            reached.update(fresh)
            queue.extend(fresh)
    access = np.array(graph.arcs.access)
    access[list(reached)] = Access.YES
    return access


def _arcs_by_node(graph: RoadGraph, limited: Bool) -> dict[int, list[int]]:
    joined: dict[int, list[int]] = {}
    for arc in np.flatnonzero(limited):
        for node in (graph.arcs.tail[arc], graph.arcs.head[arc]):
            joined.setdefault(int(node), []).append(int(arc))
    return joined
