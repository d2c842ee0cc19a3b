"""Other libraries on the same weights (对照): NetworkX, SciPy, igraph, RoutingKit's binding.

Each gets a graph for one vehicle: junctions, the cheapest of parallel arcs, no turn bans and turning on the spot
allowed. That is an easier question: its cost may be lower than ours, never higher. RoutingKit's binding gets our
expanded graph, with the bans in force, so its cost must be ours wherever nobody would turn round.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import networkx as nx
import numpy as np
import scipy.sparse

from benchmarks.core_network import CoreNetwork, Pair
from benchmarks.peers import junction_graph
from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, Metric
from routing.parts import Place

Search = Callable[[Pair], int]


@dataclass(frozen=True, slots=True)
class Peer:
    """One library with its graph ready.

    Attributes:
        remake: What a new vehicle costs it: the graph, or the metric, made again.
        search: Least cost of a pair in ms, with the path.
        knows_bans: It obeys turn bans.
    """

    name: str
    remake: Callable[[], object]
    search: Search
    knows_bans: bool = False


def ends(graph: RoadGraph, metric: Metric, pair: Pair) -> list[tuple[int, int, int]]:
    """Junctions to search between, with the cost of the parts of the first and last arc."""

    def part(place: Place, begin: int, end: int) -> int:
        length = int(graph.arcs.length_mm[place.arc])
        return (int(metric.weight[place.arc]) * (end - begin) + length // 2) // length

    found = []
    for start, end in product(*pair):
        if FORBIDDEN not in {metric.weight[start.arc], metric.weight[end.arc]}:
            rest = part(start, start.at_mm, int(graph.arcs.length_mm[start.arc]))
            junctions = int(graph.arcs.head[start.arc]), int(graph.arcs.tail[end.arc])
            found.append((*junctions, rest + part(end, 0, end.at_mm)))
    return found


def peers(core: CoreNetwork, metric: Metric) -> Iterator[Peer]:
    """All that are installed."""
    yield networkx_peer(core.graph, metric)
    yield scipy_peer(core.graph, metric)
    try:
        yield igraph_peer(core.graph, metric)
    except ImportError:
        print("igraph is not installed: left out (pip install -r benchmarks/requirements.txt)")
    yield routingkit_peer(core, metric)


def networkx_peer(graph: RoadGraph, metric: Metric) -> Peer:
    """NetworkX, its faster search."""
    junctions = junction_graph(graph, metric)

    def search(pair: Pair) -> int:
        best = int(FORBIDDEN)
        for tail, head, parts in ends(graph, metric, pair):
            try:
                best = min(best, parts + nx.bidirectional_dijkstra(junctions, tail, head, weight="weight")[0])
            except (nx.NetworkXNoPath, nx.NodeNotFound):
                continue
        return best

    return Peer("networkx bidirectional", lambda: junction_graph(graph, metric), search)


def scipy_peer(graph: RoadGraph, metric: Metric) -> Peer:
    """SciPy; parallel arcs are reduced first, because its matrix adds them up."""

    def matrix() -> scipy.sparse.csr_array:
        order = np.lexsort((metric.weight, graph.arcs.head, graph.arcs.tail))
        tail, head = graph.arcs.tail[order], graph.arcs.head[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        keep = first & (metric.weight[order] != FORBIDDEN)
        shape = (graph.node_count, graph.node_count)
        weights = metric.weight[order][keep].astype(np.float64)
        return scipy.sparse.csr_array((weights, (tail[keep], head[keep])), shape=shape)

    made = matrix()

    def search(pair: Pair) -> int:
        found = ends(graph, metric, pair)
        tails = sorted({tail for tail, _, _ in found})
        costs, _ = scipy.sparse.csgraph.dijkstra(made, indices=tails, return_predecessors=True)
        return int(min(parts + costs[tails.index(tail), head] for tail, head, parts in found))

    return Peer("scipy dijkstra", matrix, search)


def igraph_peer(graph: RoadGraph, metric: Metric) -> Peer:
    """Igraph; forbidden arcs weigh infinitely much."""
    import igraph

    copied = igraph.Graph(graph.node_count, np.column_stack([graph.arcs.tail, graph.arcs.head]), directed=True)

    def weights() -> list[float]:
        made: list[float] = np.where(metric.weight == FORBIDDEN, np.inf, metric.weight).tolist()
        return made

    given = weights()

    def search(pair: Pair) -> int:
        best = np.inf
        for tail, head, parts in ends(graph, metric, pair):
            path = copied.get_shortest_path(tail, head, weights=given, output="epath")
            if path or tail == head:
                best = min(best, parts + sum(given[edge] for edge in path))
        return int(best)

    return Peer("igraph dijkstra", weights, search)


def routingkit_peer(core: CoreNetwork, metric: Metric) -> Peer:
    """RoutingKit's binding on our nodes and links; the links shut by bans weigh infinitely much."""
    import pyroutingkit

    h, graph = core.router.hierarchy, core.graph
    lat, lon = graph.nodes.lat_deg[h.junction], graph.nodes.lon_deg[h.junction]
    topology = pyroutingkit.CCHTopology()
    tail, head = h.tail.astype(np.uint32), h.head.astype(np.uint32)
    topology.build(tail, head, lat.astype(np.float32), lon.astype(np.float32), len(h.junction))

    def customised() -> object:
        weight = metric.weight[h.arc]
        weight = np.where(core.router.is_shut | (weight == FORBIDDEN), pyroutingkit.INF_WEIGHT, weight)
        made = pyroutingkit.CCHMetric(topology)
        made.customize(weight.astype(np.uint32))
        return made

    ready = customised()

    def search(pair: Pair) -> int:
        best = pyroutingkit.INF_WEIGHT
        for start, end in product(*pair):
            parts = [cost for _, _, cost in ends(graph, metric, ([start], [end]))]
            for last in (end.arc, *core.router.copies.get(end.arc, ())):
                if parts and not core.router.is_shut[last]:
                    cost, _, _ = ready.query(int(h.head[start.arc]), int(h.tail[last]))
                    best = min(best, cost + parts[0])
        return int(best)

    return Peer("pyroutingkit", customised, search, knows_bans=True)
