"""Cost tables (费用表): from one place to many, or from many to many, for one vehicle."""

from collections.abc import Sequence

import numpy as np

from routing._kernels import hierarchy_bulk as kernel
from routing._kernels.hierarchy_customise import INFINITE
from routing._kernels.hierarchy_query import FOUND, TURNS_ROUND
from routing.graph import I64
from routing.hierarchy.places import ends_of, join_ends, pricing_of
from routing.hierarchy.router import Router
from routing.hierarchy.weights import ArcWeights
from routing.parts import Place

NO_WAY = -1


def many_to_many(
    router: Router, weights: ArcWeights, origins: Sequence[Sequence[Place]], destinations: Sequence[Sequence[Place]]
) -> I64:
    """Cost of the cheapest way between every origin and every destination.

    Args:
        router: The network on one day.
        weights: Of one vehicle.
        origins: Each a spot on the one or two arcs of a road.
        destinations: Likewise.

    Returns:
        int64[origins, destinations] in ms, `NO_WAY` where there is none.
    """
    return np.array([one_to_many(router, weights, origin, destinations) for origin in origins], np.int64)


def one_to_many(
    router: Router, weights: ArcWeights, origin: Sequence[Place], destinations: Sequence[Sequence[Place]]
) -> I64:
    """Cost of the cheapest way from one origin to each destination, int64[destinations] in ms or `NO_WAY`."""
    metric = router.metric_of(weights)
    pricing = pricing_of(router.graph, weights.kernel)
    sources = pricing.sources(origin)
    ends = [ends_of(sources, pricing.targets(places), router.copies, None) for places in destinations]
    joined = join_ends(ends)
    source = ends_of(sources, [], router.copies, None)
    work = router.workspace
    status, costs = kernel.cost_table(
        router.roads,
        router.tree,
        metric.up,
        metric.down,
        weights.kernel,
        source.source_link,
        source.source_cost,
        joined.first_target,
        joined.ends.target_link,
        joined.ends.target_cost,
        work.scratch,
        work.path,
    )
    for n, places in enumerate(destinations):
        is_sure = metric.is_whole or (status[n] == FOUND and costs[n] < INFINITE)
        if status[n] == TURNS_ROUND or not is_sure:
            found = router.search(weights, ends[n])
            status[n], costs[n] = found.status, found.cost
        direct = pricing.direct(origin, places, None)
        reached = [int(costs[n])] if status[n] == FOUND else []
        costs[n] = min(reached + ([direct.cost] if direct else []), default=NO_WAY)
    return np.array(costs, np.int64)
