"""Roads open to destination traffic (仅限到达车辆): for the trip that starts or ends there, not for passing through."""

from collections.abc import Iterable

import numpy as np

from routing.columns import Access
from routing.graph import U8, Bool, RoadGraph
from routing.parts import Place

AT_NODE_MM = 10  # a place nearer to a node is at the node
DESTINATION_ACCESS = (Access.DESTINATION, Access.DELIVERY, Access.CUSTOMERS)


def terminal_arcs(graph: RoadGraph, places: Iterable[Place]) -> list[int]:
    """Arcs a trip starts or ends on: both directions of the road, and at a junction every road that meets there."""
    found: set[int] = set()
    for place in places:
        nodes = []
        if place.at_mm < AT_NODE_MM:
            nodes.append(int(graph.arcs.tail[place.arc]))
        if int(graph.arcs.length_mm[place.arc]) - place.at_mm < AT_NODE_MM:
            nodes.append(int(graph.arcs.head[place.arc]))
        here = graph.arcs.geometry == graph.arcs.geometry[place.arc]
        for node in nodes:
            here |= (graph.arcs.tail == node) | (graph.arcs.head == node)
        found.update(np.flatnonzero(here).tolist())
    return sorted(found)


def access_for_trip(graph: RoadGraph, terminals: Iterable[int]) -> U8:
    """Open the destination-only roads around the ends of a trip.

    Args:
        graph: The network.
        terminals: Arcs the trip starts or ends on, see `terminal_arcs`.

    Returns:
        uint8[arcs] of `Access`: YES on every destination-only arc that joins a terminal arc through destination-only
        roads, otherwise the network's value.
    """
    limited = np.isin(graph.arcs.access, [int(a) for a in DESTINATION_ACCESS])
    reached = {int(arc) for arc in terminals if limited[arc]}
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
