"""A network from a graph of OSMnx, or from one that `to_networkx` made."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx
import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.errors import BadInputError
from data.exchange.assembling import assemble
from data.exchange.edges import Edge, EdgeReader
from routing.graph import RoadGraph
from routing.policy import RoadPolicy
from routing.soundness import check

_LOG = logging.getLogger(__name__)


def from_networkx(graph: "nx.DiGraph[int]", policy: RoadPolicy) -> RoadGraph:
    """Make a network of a graph in OSMnx's conventions.

    Simplified graphs are taken too, with what simplification left: of several ``osmid`` the first becomes the way id,
    of several limits each becomes a row, of several classes the lowest counts. An edge without ``length`` gets that of
    its line on the ellipsoid, one without ``geometry`` a straight line. Roads that heavy vehicles cannot use
    (footways) are left out and counted in the log. Structures, overpasses and turn bans are not in an OSMnx graph;
    they are there only if `to_networkx` gave them, whose ``dajian_`` attributes go before all tags.

    Args:
        graph: Directed, in EPSG:4326, integer node labels.
        policy: Usual lane widths and counts.

    Returns:
        A checked network, equal to the one `to_networkx` was given but for the numbers of geometries and texts.

    Raises:
        BadInputError: Naming every fault of the graph, its nodes and its edges.
    """
    labels, faults = _check(graph)
    edges: list[Edge] = []
    left_out = 0
    reader = EdgeReader(graph, policy)
    for order, (u, v, key, data) in enumerate(_edges(graph)):
        try:
            edge = reader.read((u, v, key), order, data)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            faults.append(f"edge ({u}, {v}, {key}): {error}")
            continue
        left_out += edge is None
        edges += [] if edge is None else [edge]
    if faults:
        raise BadInputError("graph", faults)
    if left_out:
        _LOG.warning("%d of %d edges left out: no roads for heavy vehicles", left_out, left_out + len(edges))
    result = assemble(graph, labels, edges)
    check(result)
    return result


def _check(graph: "nx.DiGraph[int]") -> tuple[list[int], list[str]]:
    """The node labels in order, and what is wrong with graph and nodes."""
    if not isinstance(graph, nx.DiGraph):
        raise BadInputError("graph", ["must be directed: a MultiDiGraph or DiGraph"])
    faults = []
    try:
        if CRS(graph.graph.get("crs")) != CRS(4326):
            faults.append(f"crs must be EPSG:4326, not {graph.graph.get('crs')}; use osmnx.projection.project_graph")
    except CRSError:
        faults.append("has no crs that can be read; OSMnx graphs have crs='epsg:4326'")
    strangers = [label for label in graph if not isinstance(label, (int, np.integer))]
    if strangers:
        raise BadInputError("graph", [*faults, *(f"node {label!r}: label is not an integer" for label in strangers)])
    nodes = sorted(graph)
    for label in nodes:
        try:
            place = float(graph.nodes[label]["x"]), float(graph.nodes[label]["y"])
        except (KeyError, TypeError, ValueError):
            faults.append(f"node {label}: has no x and y in degrees")
            continue
        if not (abs(place[0]) <= 180 and abs(place[1]) <= 90):  # noqa: PLR2004  also false for NaN
            faults.append(f"node {label}: x, y {place} are not degrees")
    return nodes, faults


def _edges(graph: "nx.DiGraph[int]") -> Iterator[tuple[int, int, int, Mapping[str, Any]]]:
    if isinstance(graph, nx.MultiDiGraph):
        yield from graph.edges(keys=True, data=True)
    else:
        yield from ((u, v, 0, data) for u, v, data in graph.edges(data=True))
