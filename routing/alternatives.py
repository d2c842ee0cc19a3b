"""Other ways that matter (备选路线): through stretches that are best from both ends, so that no detour looks foolish.

A way through a plateau of some length is locally optimal up to that length: no part of it so long can be bettered.
What makes an alternative is a setting: how much it may share, how much dearer it may be, how long its own best stretch
must be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from routing._kernels import plateaus as kernel
from routing._kernels.reach import step
from routing.graph import I32, I64
from routing.metric import FORBIDDEN, Metric
from routing.reach import StateRoads
from routing.search import PartWeight, Path, Place

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
    roads: StateRoads,
    metric: Metric,
    starts: Sequence[Place],
    ends: Sequence[Place],
    part_weight: PartWeight,
    best: Path,
    choice: Choice,
) -> Iterator[Path]:
    """Find ways through plateaus, those with most of their cost on the plateau first; the best way may be among them.

    Args:
        roads: The network.
        metric: Weights of one vehicle.
        starts: Where a way may begin.
        ends: Where it may end.
        part_weight: Weight of the first and the last arc by the driven part.
        best: The best way under the same weights.
        choice: What makes an alternative.
    """
    lengths = roads.prepared.graph.arcs.length_mm
    sources = _priced(((p, p.at_mm, int(lengths[p.arc])) for p in starts), lengths, part_weight)
    targets = _priced(((p, 0, p.at_mm) for p in ends), lengths, part_weight)
    bound = int(best.cost * choice.max_stretch)
    bits = roads.prepared.state_bits
    ahead, before, order = kernel.tree(roads.roads, metric.weight, *_columns(sources), bound, bits)
    behind, after = kernel.tree_back(roads.roads, metric.weight, *_columns(targets), ahead, bound, bits)
    shortest = int(best.cost * choice.min_plateau)
    last, total, length = kernel.plateaus(ahead, before, order, behind, after, bound, shortest)
    ranked = sorted(range(len(last)), key=lambda n: (int(total[n] - length[n]), int(total[n]), int(last[n])))
    for number in ranked[:MAX_CANDIDATES]:
        states = _through(int(last[number]), before, after)
        arcs = [int(arc) for arc in roads.roads.state_arc[states]]
        end = _following(roads, states[-1], targets, int(behind[states[-1]]))
        if end is None:
            continue
        whole = (*arcs, end.arc)
        if len({int(roads.prepared.graph.arcs.geometry[arc]) for arc in whole}) == len(whole):
            start = min((entry for entry in sources if entry[0].arc == arcs[0]), key=lambda entry: entry[1])[0]
            yield Path(whole, start, end, int(total[number]))


Priced = list[tuple[Place, int]]


def _priced(parts: Iterator[tuple[Place, int, int]], lengths: I32, part_weight: PartWeight) -> Priced:
    """Places that may be used with the cost of their parts, rounded as the search rounds."""
    found = []
    for place, from_mm, to_mm in parts:
        weight = part_weight(place.arc, from_mm, to_mm)
        if weight != FORBIDDEN:
            length = int(lengths[place.arc])
            found.append((place, (int(weight) * (to_mm - from_mm) + length // 2) // length))
    return found


def _columns(priced: Priced) -> tuple[I32, I64]:
    return np.array([p.arc for p, _ in priced], np.int32), np.array([cost for _, cost in priced], np.int64)


def _through(state: int, before: I32, after: I32) -> list[int]:
    """States of the way through a state, from start to end."""
    way = [state]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    way.reverse()
    while after[way[-1]] >= 0:
        way.append(int(after[way[-1]]))
    return way


def _following(roads: StateRoads, state: int, targets: Priced, cost: int) -> Place | None:
    """The end that a way's last state leads to."""
    node = int(roads.roads.head[roads.roads.state_arc[state]])
    fitting = [
        place
        for place, own in targets
        if own == cost and int(roads.roads.tail[place.arc]) == node and int(step(roads.roads, state, place.arc)) >= 0
    ]
    return fitting[0] if fitting else None
