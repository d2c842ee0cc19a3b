"""The ends of trips (起讫点) in the form the kernels take."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, weight_of
from routing._kernels.hierarchy_query import Ends
from routing.graph import I64, RoadGraph
from routing.metric import FORBIDDEN as NO_WEIGHT
from routing.parts import PartWeight, Priced, Pricing


def pricing_of(graph: RoadGraph, weights: Weights, part_weight: PartWeight | None = None) -> Pricing:
    """What parts of arcs cost under the weights of one vehicle."""

    def whole(arc: int) -> int:
        weight = int(weight_of(weights, arc))
        return int(NO_WEIGHT) if weight == FORBIDDEN else weight

    return Pricing(graph.arcs.length_mm, whole, part_weight)


def ends_of(sources: Priced, targets: Priced, copies: dict[int, list[int]], state: int | None) -> Ends:
    """Put the ends of a trip into the form the kernels take; `copies` are the links of an arc beside its own."""
    links = [(link, cost) for place, cost in targets for link in (place.arc, *copies.get(place.arc, ()))]
    return Ends(
        np.array([place.arc if state is None else state for place, _ in sources], np.int32),
        np.array([cost for _, cost in sources], np.int64),
        np.array([link for link, _ in links], np.int32),
        np.array([cost for _, cost in links], np.int64),
    )


@dataclass(frozen=True, slots=True)
class JoinedEnds:
    """Ends of many trips, one after another; int64[trips + 1] say where each trip's begin."""

    ends: Ends
    first_source: I64
    first_target: I64


def join_ends(trips: Sequence[Ends]) -> JoinedEnds:
    """Put the ends of many trips into one table."""
    nothing = Ends(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int64))
    joined = Ends(*(np.concatenate(columns) for columns in zip(nothing, *trips, strict=True)))
    firsts = [
        np.cumsum([0, *(len(links) for links in each)]) for each in ([t[0] for t in trips], [t[2] for t in trips])
    ]
    return JoinedEnds(joined, *(first.astype(np.int64) for first in firsts))
