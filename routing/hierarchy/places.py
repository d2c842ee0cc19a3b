"""Parts of arcs at the ends of a trip (起讫路段): what they cost, and trips that never leave one arc."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, weight_of
from routing._kernels.hierarchy_query import Ends
from routing.graph import I64, RoadGraph
from routing.metric import FORBIDDEN as NO_WEIGHT
from routing.search import PartWeight, Path, Place

Priced = list[tuple[Place, int]]


@dataclass(frozen=True, slots=True)
class Pricing:
    """What parts of arcs cost one vehicle, in ms; None if they may not be driven."""

    graph: RoadGraph
    weights: Weights
    part_weight: PartWeight | None

    def rest(self, place: Place) -> int | None:
        """Cost from a place to the end of its arc."""
        return self.between(place.arc, place.at_mm, int(self.graph.arcs.length_mm[place.arc]))

    def begun(self, place: Place) -> int | None:
        """Cost from the start of an arc to a place on it."""
        return self.between(place.arc, 0, place.at_mm)

    def between(self, arc: int, from_mm: int, to_mm: int) -> int | None:
        """Cost of a part of an arc, rounded to the nearest ms."""
        if self.part_weight is None:
            weight = int(weight_of(self.weights, arc))
        else:
            weight = int(self.part_weight(arc, from_mm, to_mm))
        if weight in {FORBIDDEN, int(NO_WEIGHT)}:
            return None
        length = int(self.graph.arcs.length_mm[arc])
        return (weight * (to_mm - from_mm) + length // 2) // length

    def direct(self, starts: Sequence[Place], ends: Sequence[Place], state: int | None) -> Path | None:
        """The cheapest way that begins and ends on the same arc without leaving it."""
        found = [
            Path((s.arc,), s, e, cost, end_state=s.arc if state is None else state)
            for s in starts
            for e in ends
            if s.arc == e.arc and s.at_mm <= e.at_mm and (cost := self.between(s.arc, s.at_mm, e.at_mm)) is not None
        ]
        return min(found, key=lambda path: (path.cost, path.arcs), default=None)

    def sources(self, starts: Sequence[Place]) -> Priced:
        """Places a trip may begin at, with what is left of their arcs."""
        return [(place, cost) for place in starts if (cost := self.rest(place)) is not None]

    def targets(self, ends: Sequence[Place]) -> Priced:
        """Places a trip may end at, with what is driven of their arcs."""
        return [(place, cost) for place in ends if (cost := self.begun(place)) is not None]


def ends_of(sources: Priced, targets: Priced, copies: dict[int, list[int]], state: int | None) -> Ends:
    """Put the ends of a trip into the form the kernels take; `copies` are the links of an arc beside its own."""
    links = [(link, cost) for place, cost in targets for link in (place.arc, *copies.get(place.arc, ()))]
    return Ends(
        np.array([place.arc if state is None else state for place, _ in sources], np.int32),
        np.array([cost for _, cost in sources], np.int64),
        np.array([link for link, _ in links], np.int32),
        np.array([cost for _, cost in links], np.int64),
    )


def cheapest_on(arc: int, priced: Priced) -> Place:
    """The place on an arc that a path through it uses; of equal ones the first."""
    return min((entry for entry in priced if entry[0].arc == arc), key=lambda entry: entry[1])[0]


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
