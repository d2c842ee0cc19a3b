"""Places on arcs, paths between them, and what parts of arcs cost (弧上位置、路径、起讫路段)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from routing.graph import I32, I64
from routing.metric import FORBIDDEN


@dataclass(frozen=True, slots=True)
class Place:
    """A point on an arc (弧上位置).

    Attributes:
        arc: The arc.
        at_mm: Distance from the arc's start in travel order, 0 to its length.
    """

    arc: int
    at_mm: int


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the network (路径).

    Attributes:
        arcs: In travel order; the first and the last are driven in part.
        start: Where on the first arc.
        end: Where on the last arc.
        cost: In the metric's ms.
        settled: How far the search looked (a counter for measurements).
        relaxed: Transitions looked at.
        end_state: How it ends, for bans that begin with its last roads; to be handed back to the search it came from.
    """

    arcs: tuple[int, ...]
    start: Place
    end: Place
    cost: int
    settled: int = 0
    relaxed: int = 0
    end_state: int = -1


PartWeight = Callable[[int, int, int], int]
"""Weight of a whole arc if only a part counts: (arc, from_mm, to_mm) -> weight, `FORBIDDEN` if it may not be driven."""
Priced = list[tuple[Place, int]]


@dataclass(frozen=True, slots=True)
class Pricing:
    """What parts of arcs cost one vehicle, in ms; None if they may not be driven.

    Attributes:
        length_mm: int32[arcs].
        whole: Weight of an arc, `FORBIDDEN` if it may not be driven.
        part: Weight of an arc of which only a part counts; None: that of the whole arc.
    """

    length_mm: I32
    whole: Callable[[int], int]
    part: PartWeight | None = None

    def rest(self, place: Place) -> int | None:
        """Cost from a place to the end of its arc."""
        return self.between(place.arc, place.at_mm, int(self.length_mm[place.arc]))

    def begun(self, place: Place) -> int | None:
        """Cost from the start of an arc to a place on it."""
        return self.between(place.arc, 0, place.at_mm)

    def between(self, arc: int, from_mm: int, to_mm: int) -> int | None:
        """Cost of a part of an arc, rounded to the nearest ms."""
        weight = int(self.whole(arc) if self.part is None else self.part(arc, from_mm, to_mm))
        if weight == FORBIDDEN:
            return None
        length = int(self.length_mm[arc])
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

    def cost_of(self, path: Path) -> int:
        """Cost of a known path; every arc of it must be allowed."""
        if len(path.arcs) == 1:
            return self.between(path.arcs[0], path.start.at_mm, path.end.at_mm) or 0
        inner = sum(int(self.whole(arc)) for arc in path.arcs[1:-1])
        return (self.rest(path.start) or 0) + inner + (self.begun(path.end) or 0)


def cheapest_on(arc: int, priced: Priced) -> Place:
    """The place on an arc that a path through it uses; of equal ones the first."""
    return min((entry for entry in priced if entry[0].arc == arc), key=lambda entry: entry[1])[0]


def columns_of(priced: Priced) -> tuple[I32, I64]:
    """Arcs and costs as a kernel takes them."""
    return np.array([p.arc for p, _ in priced], np.int32), np.array([cost for _, cost in priced], np.int64)
