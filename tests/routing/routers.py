"""Hierarchies of networks made by hand, and a router that is plain Dijkstra, for comparing whole answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.graph import RoadGraph, TurnBans
from routing.hierarchy.expansion import expand
from routing.hierarchy.router import Router
from routing.hierarchy.topology import build_hierarchy
from routing.hierarchy.weights import ArcWeights
from routing.limits import all_conditions_active
from routing.metric import FORBIDDEN, Metric
from routing.parts import PartWeight, Path, Place
from routing.search import Prepared, query
from routing.turns import bans_in_force


def router_of(graph: RoadGraph, bans: Sequence[Sequence[int]] = (), *, seed: int | None = None) -> Router:
    """The hierarchy of a network with these bans beside its own; nodes in the order of their numbers or in any."""
    if bans:
        graph = banned(graph, bans)
    nodes = len(expand(graph).junction)
    rank = np.arange(nodes) if seed is None else np.random.default_rng(seed).permutation(nodes)
    hierarchy = build_hierarchy(graph, rank=rank.astype(np.int32))
    return Router.of(graph, hierarchy, all_conditions_active(graph))


def banned(graph: RoadGraph, bans: Sequence[Sequence[int]]) -> RoadGraph:
    """The network with bans that are always in force."""
    first = np.cumsum([0, *map(len, bans)]).astype(np.int64)
    nothing = np.zeros(len(bans), np.int32)
    table = TurnBans(first, np.array([arc for ban in bans for arc in ban], np.int32), nothing, nothing)
    return replace(graph, turn_bans=table)


def metric_of(weights: ArcWeights) -> Metric:
    """The same weights by numpy, one for every arc."""
    kernel = weights.kernel
    permille = kernel.permille[kernel.verdict]
    weight = np.maximum(kernel.base_ms * permille // 1000, 1) + (kernel.verdict == len(kernel.permille) - 1) * (
        kernel.blocked_ms
    )
    return Metric(np.where(permille < 0, FORBIDDEN, weight).astype(np.uint32))


@dataclass(frozen=True)
class PlainRouter:
    """Answers `Router.query` by Dijkstra; whatever else is asked, the hierarchy answers."""

    router: Router
    prepared: Prepared

    @classmethod
    def of(cls, router: Router, condition_state: np.ndarray) -> "PlainRouter":
        return cls(router, Prepared.of(router.graph, bans_in_force(router.graph, condition_state)))

    def query(
        self,
        weights: ArcWeights,
        starts: Sequence[Place],
        ends: Sequence[Place],
        *,
        part_weight: PartWeight | None = None,
        state: int | None = None,
    ) -> Path | None:
        return query(self.prepared, metric_of(weights), starts, ends, part_weight=part_weight, state=state)

    def __getattr__(self, name: str) -> object:
        return getattr(self.router, name)
