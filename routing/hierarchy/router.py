"""Prepare, customise, query on a hierarchy (层次路由): the three steps of `routing.search`, with the same answers.

How one question is answered:

1. A vehicle that came before, or one judged the same on every arc: its metric is there, the hierarchy answers.
2. A new vehicle: A* with the distances of a class vehicle that is nowhere dearer. Given up after `most_settled` links.
3. Else its own metric is customised, kept, and asked.

All three find the same path: of equally cheap ones, read from the end, the one over the arcs of lowest number.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from routing._kernels import hierarchy_astar, hierarchy_probe, hierarchy_query
from routing._kernels.hierarchy_customise import INFINITE, Weights
from routing._kernels.hierarchy_query import CAPPED, FOUND, NONE, TURNS_ROUND, Ends, Roads, Scratch, Tree
from routing.graph import I32, U8, Bool, RoadGraph
from routing.hierarchy.metrics import CustomisedMetric, MetricCache, choose_classes, customise
from routing.hierarchy.places import ends_of, pricing_of
from routing.hierarchy.topology import Hierarchy
from routing.hierarchy.weights import ArcWeights, Judged
from routing.parts import PartWeight, Path, Place, Priced, cheapest_on

MOST_SETTLED = 10_000
"""Links an A* may settle before customising is the shorter way."""
MOST_CLASSES = 14
"""More than these bound hardly any vehicle more closely."""
PROBED = 400
"""Links the pocket probe looks at from either end."""
NO_CAP = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Found:
    """What a kernel found: links with the cost, or nothing."""

    status: int
    cost: int
    links: I32
    settled: int
    relaxed: int


NOTHING = Found(NONE, -1, np.empty(0, np.int32), 0, 0)


class Workspace(threading.local):
    """Scratch memory of every thread; all zero between queries, so untouched pages never become resident."""

    def __init__(self, nodes: int, links: int) -> None:
        self.scratch = Scratch(
            np.zeros(nodes, np.int64), np.empty(nodes, np.int32), np.zeros(1, np.int64), np.empty(nodes, np.int32)
        )
        self.labels = hierarchy_astar.Labels(np.zeros(links, np.int64), np.empty(links, np.int32))
        self.path = np.empty(links + 1, np.int32)


@dataclass(frozen=True)
class Router:
    """A network with its hierarchy on one day, ready for any vehicle.

    Attributes:
        graph: The network.
        hierarchy: Of the same network.
        is_shut: bool[links], links shut by turn bans in force.
        metrics: Metrics of vehicles that came before.
        most_settled: When an A* is given up.
    """

    graph: RoadGraph
    hierarchy: Hierarchy
    is_shut: Bool
    metrics: MetricCache
    most_settled: int = MOST_SETTLED
    workspace: Workspace = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "workspace", Workspace(len(self.hierarchy.parent), len(self.is_shut)))

    @classmethod
    def of(
        cls,
        graph: RoadGraph,
        hierarchy: Hierarchy,
        condition_state: U8,
        *,
        cached: int = 8,
        counts: Counter[str] | None = None,
    ) -> "Router":
        """Make a router for the turn bans in force.

        Args:
            graph: The network.
            hierarchy: Of the same network.
            condition_state: uint8[texts], `ConditionState` at the asked time.
            cached: How many metrics are kept.
            counts: Counts what the kept metrics do; None: counts of its own.
        """
        metrics = MetricCache(cached, counts=Counter() if counts is None else counts)
        return cls(graph, hierarchy, hierarchy.shut_links(graph, condition_state), metrics)

    @cached_property
    def roads(self) -> Roads:
        """Nodes and links for the kernels."""
        arcs = self.graph.arcs
        columns = {name: getattr(self.hierarchy, name) for name in Roads._fields if hasattr(self.hierarchy, name)}
        geometry, is_reversed = _read_only(arcs.geometry), _read_only(arcs.is_reversed)
        return Roads(**columns, is_shut=self.is_shut, geometry=geometry, is_reversed=is_reversed)

    @cached_property
    def tree(self) -> Tree:
        """Up-arcs and elimination tree for the kernels."""
        return Tree(self.hierarchy.first_up, self.hierarchy.up_head, self.hierarchy.parent)

    @cached_property
    def copies(self) -> dict[int, list[int]]:
        """Links of an arc beside the one with its own number."""
        found: dict[int, list[int]] = {}
        first = self.graph.arc_count
        for link, arc in enumerate(self.hierarchy.arc[first:].tolist(), start=first):
            found.setdefault(arc, []).append(link)
        return found

    @cached_property
    def nothing_known(self) -> CustomisedMetric:
        """A metric in which everything is free: as a potential it makes A* plain Dijkstra."""
        free = np.zeros(len(self.hierarchy.up_head), np.uint32)
        none = Weights(np.empty(0, np.int64), np.empty(0, np.uint8), np.empty(0, np.int64), 0)
        return CustomisedMetric(ArcWeights(Judged(none.verdict), none), free, free, is_whole=True, strictness=0)

    def metric_of(self, weights: ArcWeights) -> CustomisedMetric:
        """The vehicle's own metric, customised if it is not there."""
        known = self.metrics.get(weights)
        if known is None:
            known = customise(self.hierarchy, self.is_shut, weights)
            self.metrics.put(known)
        return known

    def pin(self, classes: Iterable[ArcWeights], most: int = MOST_CLASSES) -> None:
        """Keep the metrics of class vehicles, those chosen by `choose_classes`, for vehicles that dominate them."""
        chosen = choose_classes(classes, most)
        self.metrics.pin([customise(self.hierarchy, self.is_shut, weights) for weights in chosen])

    def query(
        self,
        weights: ArcWeights,
        starts: Sequence[Place],
        ends: Sequence[Place],
        *,
        part_weight: PartWeight | None = None,
        state: int | None = None,
    ) -> Path | None:
        """Find the cheapest path from any of the starts to any of the ends, as `routing.search.query` does.

        Args:
            weights: Of one vehicle, from `routing.hierarchy.weights`.
            starts: Where the path may begin.
            ends: Where it may end.
            part_weight: Weights of the first and the last arc by the part that is driven; None: those of the arcs.
            state: `end_state` of the path before this one, so that bans over its last roads hold on; there is then one
                start, on the arc that path ended on.

        Returns:
            The path, or None if there is none.
        """
        pricing = pricing_of(self.graph, weights.kernel, part_weight)
        direct = pricing.direct(starts, ends, state)
        sources, targets = pricing.sources(starts), pricing.targets(ends)
        if sources and targets:
            found = self.search(weights, ends_of(sources, targets, self.copies, state))
            return self.path_of(found, sources, targets, direct)
        return direct

    def path_of(self, found: Found, sources: Priced, targets: Priced, direct: Path | None) -> Path | None:
        """The path that was found, or the direct one if that is no dearer."""
        if found.status != FOUND or (direct is not None and direct.cost <= found.cost):
            return direct
        arcs = tuple(self.hierarchy.arc[found.links].tolist())
        start, end = cheapest_on(arcs[0], sources), cheapest_on(arcs[-1], targets)
        return Path(arcs, start, end, found.cost, found.settled, found.relaxed, int(found.links[-1]))

    def pocket(
        self,
        weights: ArcWeights,
        starts: Sequence[Place],
        ends: Sequence[Place],
        *,
        part_weight: PartWeight | None = None,
    ) -> tuple[int, ...] | None:
        """Arcs that shut one end of a trip in because this vehicle may not drive them; None if they are not near.

        Args:
            weights: Of one vehicle.
            starts: Where the trip may begin.
            ends: Where it may end.
            part_weight: As of `query`.
        """
        pricing = pricing_of(self.graph, weights.kernel, part_weight)
        return self._pocket(weights, ends_of(pricing.sources(starts), pricing.targets(ends), self.copies, None))

    def _pocket(self, weights: ArcWeights, ends: Ends) -> tuple[int, ...] | None:
        for is_backward in (False, True):
            status, blocking = hierarchy_probe.probe(
                self.roads, weights.kernel, ends, self.workspace.labels, is_backward, PROBED
            )
            if status == hierarchy_probe.OPEN:
                return None
            if status == hierarchy_probe.SHUT_IN:
                self.metrics.counts["pocket"] += 1
                return tuple(blocking.tolist())
        return None

    def search(self, weights: ArcWeights, ends: Ends) -> Found:
        """Find the cheapest links from source links to target links."""
        known = self.metrics.get(weights)
        if known is None:
            if self._pocket(weights, ends) is not None:
                return NOTHING
            bound = self.metrics.bound_of(weights)
            if bound is not None:
                found = self._search_links(bound, weights, ends, self.most_settled)
                if found.status != CAPPED:
                    return found
            known = customise(self.hierarchy, self.is_shut, weights)
            self.metrics.put(known)
        return self._search_hierarchy(known, ends)

    def _search_hierarchy(self, metric: CustomisedMetric, ends: Ends) -> Found:
        """Ask the vehicle's own metric; prevent turning round, or a cost beyond 32 bits, by a search over links."""
        work = self.workspace
        status, cost, begin, looked_at = hierarchy_query.shortest_path(
            self.roads, self.tree, metric.up, metric.down, metric.weights.kernel, ends, work.scratch, work.path
        )
        if not metric.is_whole and (status != FOUND or cost >= INFINITE):
            return self._search_links(self.nothing_known, metric.weights, ends, NO_CAP)
        if status == TURNS_ROUND:
            self.metrics.counts["turned"] += 1
            if self._pocket(metric.weights, ends) is not None:
                return NOTHING
            return self._search_links(metric if metric.is_whole else self.nothing_known, metric.weights, ends, NO_CAP)
        return Found(status, int(cost), work.path[begin:].copy(), int(looked_at), 0)

    def _search_links(self, bound: CustomisedMetric, weights: ArcWeights, ends: Ends, most: int) -> Found:
        work = self.workspace
        status, cost, begin, settled, relaxed = hierarchy_astar.shortest_path(
            self.roads,
            self.tree,
            bound.up,
            bound.down,
            weights.kernel,
            ends,
            work.scratch,
            work.labels,
            work.path,
            self.link_bits,
            most,
        )
        return Found(status, int(cost), work.path[begin:].copy(), int(settled), int(relaxed))

    @property
    def link_bits(self) -> int:
        """Bits that number every link; the rest of a heap entry is for the cost."""
        return max(len(self.is_shut) - 1, 1).bit_length()


def _read_only(array: np.ndarray) -> np.ndarray:
    """The same array, of one type to the kernels whether it was built or opened."""
    view = array.view()
    view.flags.writeable = False
    return view
