"""Other ways that matter (备选路线): through stretches that are best from both ends, so that no detour looks foolish.

A way through a plateau of some length is locally optimal up to that length: no part of it so long can be bettered.
What makes an alternative is a setting: how much it may share, how much dearer it may be, how long its own best stretch
must be.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing._kernels import plateaus as kernel
from routing._kernels.hierarchy_query import Ends
from routing.hierarchy.places import ends_of
from routing.hierarchy.router import Router
from routing.hierarchy.weights import ArcWeights
from routing.parts import Path, Priced, cheapest_on

MAX_CANDIDATES = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What makes an alternative (备选标准); all three are settings.

    Attributes:
        max_shared: It shares at most this part of its length with any route before it.
        max_stretch: It costs at most this times the best.
        min_plateau: Its own best stretch costs at least this part of the best.
    """

    max_shared: float = 0.8
    max_stretch: float = 1.5
    min_plateau: float = 0.1


def ways_between(
    router: Router, weights: ArcWeights, sources: Priced, targets: Priced, best: Path, choice: Choice
) -> Iterator[Path] | None:
    """Find ways through plateaus, those with most of their cost on the plateau first; the best way may be among them.

    Ways that drive a road twice or turn round on it are left out.

    Args:
        router: The network on one day.
        weights: Of one vehicle.
        sources: Where a way may begin, with what is left of the arcs.
        targets: Where it may end, with what is driven of the arcs.
        best: The best way under the same weights.
        choice: What makes an alternative.

    Returns:
        The ways; None if the trees cannot tell, because the cheapest way from junction to junction would turn round on
        the spot, or costs more than a shortcut holds.
    """
    metric, roads, work = router.metric_of(weights), router.roads, router.workspace
    ends = ends_of(sources, targets, router.copies, None)
    ahead, behind = kernel.costs_of_all(
        roads, router.tree, metric.up, metric.down, ends, work.scratch.noted, work.scratch.stack
    )
    nearest = kernel.cheapest(roads, ends, ahead)
    if nearest < best.cost or not metric.is_whole:
        return None
    bound, shortest = int(best.cost * choice.max_stretch), int(best.cost * choice.min_plateau)
    trees = kernel.grow_trees(roads, weights.kernel, ends, ahead, behind, bound)
    return _ways_through(router, trees, ends, sources, targets, shortest)


def _ways_through(
    router: Router, trees: kernel.Trees, ends: Ends, sources: Priced, targets: Priced, shortest: int
) -> Iterator[Path]:
    roads = router.roads
    first, total, length = kernel.plateaus(roads, trees, shortest)
    arc = roads.arc[trees.after[first]]
    for number in np.lexsort((first, arc, total, total - length))[:MAX_CANDIDATES].tolist():
        arcs = roads.arc[kernel.way_through(first[number], roads, trees, ends)]
        if len(np.unique(roads.geometry[arcs])) == len(arcs):
            start, end = cheapest_on(int(arcs[0]), sources), cheapest_on(int(arcs[-1]), targets)
            yield Path(tuple(arcs.tolist()), start, end, int(total[number]))
