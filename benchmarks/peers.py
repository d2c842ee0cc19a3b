"""The same searches by networkx and igraph (对照), and proof that the costs are equal.

The road is given to them twice. As a *line graph*: one node for every arc driven (with what a turn ban must remember),
so that they answer our question, turn bans and all. As a *junction graph*: one node for every junction, without turn
bans and with turning on the spot: smaller and faster, an easier question whose answer may only be cheaper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from benchmarks.trips import Pair
from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, Metric

History = tuple[int, ...]
Bans = Sequence[History]


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to search with another library.

    Attributes:
        is_exact: It knows the turn bans, so its cost must equal ours.
        search: Cost in ms of the cheapest way, path included.
    """

    name: str
    is_exact: bool
    search: Callable[[Pair], int]


def line_graph(graph: RoadGraph, metric: Metric, bans: Bans) -> "nx.DiGraph[History]":
    """Build from the meaning of a turn ban alone, not from our turn table.

    A node is the shortest history that tells which bans are still open: the longest end of the arcs driven that a ban
    begins with, or the last arc.
    """
    banned = set(bans)
    begun = {ban[:n] for ban in bans for n in range(1, len(ban))}
    lines: nx.DiGraph[History] = nx.DiGraph()
    todo: list[History] = [(int(arc),) for arc in np.flatnonzero(metric.weight != FORBIDDEN)]
    lines.add_nodes_from(todo)
    weight, head, first_out = metric.weight.tolist(), graph.arcs.head.tolist(), graph.arcs.first_out.tolist()
    geometry = graph.arcs.geometry.tolist()
    for history in todo:
        last = history[-1]
        for arc in range(first_out[head[last]], first_out[head[last] + 1]):
            turns_back = geometry[arc] == geometry[last] and arc != last
            ends = [(*history, arc)[n:] for n in range(len(history) + 1)]
            if weight[arc] == FORBIDDEN or turns_back or any(end in banned for end in ends):
                continue
            reached = next((end for end in ends if end in begun), (arc,))
            if reached not in lines:
                todo.append(reached)
            lines.add_edge(history, reached, weight=weight[arc])
    return lines


def junction_graph(graph: RoadGraph, metric: Metric) -> "nx.DiGraph[int]":
    """Build what a networkx user would: junctions, and the cheapest of parallel arcs between them."""
    junctions: nx.DiGraph[int] = nx.DiGraph()
    for tail, head, weight in zip(
        graph.arcs.tail.tolist(), graph.arcs.head.tolist(), metric.weight.tolist(), strict=True
    ):
        known = junctions.get_edge_data(tail, head)
        if weight != FORBIDDEN and (known is None or known["weight"] > weight):
            junctions.add_edge(tail, head, weight=weight)
    return junctions


def networkx_on_lines(lines: "nx.DiGraph[History]", pairs: Sequence[Pair]) -> list[Peer]:
    """Both searches of networkx, with turn bans; asked only about target arcs that no open ban leads to."""
    remembered = {history[-1] for history in lines if len(history) > 1}
    assert not remembered & {pair.end.arc for pair in pairs}, "a target arc has more than one node"

    def search(method: Callable[..., tuple[int, list[History]]]) -> Callable[[Pair], int]:
        return lambda pair: int(method(lines, (pair.start.arc,), (pair.end.arc,), weight="weight")[0])

    return [
        Peer("networkx bidirectional, with turn bans", True, search(nx.bidirectional_dijkstra)),
        Peer("networkx Dijkstra, with turn bans", True, search(nx.single_source_dijkstra)),
    ]


def networkx_on_junctions(graph: RoadGraph, metric: Metric, junctions: "nx.DiGraph[int]") -> Peer:
    """The faster search of networkx, without turn bans."""

    def cost(pair: Pair) -> int:
        source, target = int(graph.arcs.head[pair.start.arc]), int(graph.arcs.tail[pair.end.arc])
        found, _ = nx.bidirectional_dijkstra(junctions, source, target, weight="weight")
        return int(found) + int(metric.weight[pair.end.arc])

    return Peer("networkx bidirectional, no turn bans", False, cost)


def igraph_on_lines(lines: "nx.DiGraph[History]") -> list[Peer]:
    """Dijkstra of igraph, with turn bans; nothing if it is not installed."""
    try:
        import igraph
    except ImportError:
        print("igraph is not installed: left out (pip install -r benchmarks/requirements.txt)")
        return []
    place = {history: n for n, history in enumerate(lines)}
    edges = [(place[a], place[b]) for a, b in lines.edges]
    copied = igraph.Graph(len(place), edges, directed=True)
    weights = [weight for _, _, weight in lines.edges(data="weight")]
    copied.es["weight"] = weights

    def cost(pair: Pair) -> int:
        source, target = place[pair.start.arc,], place[pair.end.arc,]
        path = copied.get_shortest_path(source, target, weights="weight", output="epath")
        return int(sum(weights[edge] for edge in path))

    return [Peer("igraph Dijkstra, with turn bans", True, cost)]
