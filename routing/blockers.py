"""The smallest set of obstacles whose permission would open a way (最小受阻集合).

Finding the least set of things on a way is hard in general when things are shared by roads apart from each other. Here
a way first pays for every run of an obstacle; where that might pay twice for one thing, the question is split: either
the thing is paid for once and for all, or every run of it is. A lower bound that takes undecided things for nothing
says when nothing smaller can be left. `is_exact` tells whether that was reached within the allowed number of searches.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from routing._kernels import obstacles as kernel
from routing.columns import Verdict
from routing.explain import Check
from routing.graph import I32, I64, U8, Bool
from routing.obstacles import Judging, Obstacles, obstacles_of, thing_of, things_on
from routing.parts import Place
from routing.reach import Ends, Middle, StateRoads, middle_of

MAX_SEARCHES = 24  # for one least set; more only where many obstacles are shared
MAX_ALL_SEARCHES = 60  # for one certificate with all its equal sets
MAX_SETTLED = 1_500_000  # states looked at before proofs are given up


@dataclass(slots=True)
class Effort:
    """Work done for one certificate (工作量), counted in states settled, so that the same question ends the same way.

    Attributes:
        limit: After so many no proof and no further set is looked for.
        searches_left: Likewise after so many searches.
    """

    limit: int = MAX_SETTLED
    searches_left: int = MAX_ALL_SEARCHES
    settled: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether only what is needed should still be done."""
        return self.settled >= self.limit or self.searches_left <= 0


@dataclass(frozen=True, slots=True)
class Part:
    """One end of a leg: a place and the obstacles of the part of its arc that is driven (起讫路段)."""

    place: Place
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a trip between obstacles (受阻区段).

    Attributes:
        middle: What lies between start and end.
        starts: Places on parts with obstacles; those without belong to `middle`.
        ends: Likewise.
        directs: Obstacles of ways that stay on one arc, one tuple a way.
        is_open: Whether a way exists without any permission: another leg is the trouble.
    """

    middle: Middle
    starts: tuple[Part, ...]
    ends: tuple[Part, ...]
    directs: tuple[tuple[int, ...], ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class LeastSet:
    """A set of obstacles that opens a way.

    Attributes:
        items: Obstacles by number.
        weight: Their weight together.
        is_exact: Whether no set weighs less.
    """

    items: frozenset[int]
    weight: int
    is_exact: bool


@dataclass(frozen=True, eq=False)
class Impasse:
    """A trip that no way serves at a tier, with all that stands between (受阻情形).

    Attributes:
        roads: The network.
        obstacles: Of the arcs whose verdict is one worse than the tier.
        legs: One a pair of stops.
        max_searches: Searches allowed for one least set.
        effort: Work done so far.
    """

    roads: StateRoads
    obstacles: Obstacles
    legs: tuple[Leg, ...]
    max_searches: int = MAX_SEARCHES
    effort: Effort = field(default_factory=Effort)

    @classmethod
    def of(
        cls,
        roads: StateRoads,
        judging: Judging,
        stops: Sequence[Sequence[Place]],
        wanted: Verdict,
        *,
        max_searches: int = MAX_SEARCHES,
        effort: Effort | None = None,
    ) -> "Impasse":
        """Spread from both ends of every leg over arcs better than `wanted`.

        Args:
            roads: The network, prepared.
            judging: The vehicle's verdicts.
            stops: Places of start, via points and end.
            wanted: UNKNOWN or BLOCKED, the verdict of what is to be permitted; what is worse stays closed.
            max_searches: Searches allowed for one least set.
            effort: Work allowed for the whole certificate.
        """
        obstacles = obstacles_of(judging, wanted)
        is_open = judging.verdicts < wanted
        legs = tuple(_leg(roads, judging, obstacles, is_open, here, there) for here, there in pairwise(stops))
        return cls(roads, obstacles, legs, max_searches, effort or Effort())

    @cached_property
    def shared(self) -> Bool:
        """Obstacles that one way may meet more than once, bool[obstacles]."""
        return self.obstacles.may_return

    def least(self, barred: frozenset[int] = frozenset()) -> LeastSet | None:
        """Find the least set that opens a way without permission of the barred obstacles; None if there is none."""
        found: list[LeastSet] = []
        paid: frozenset[int] = frozenset()
        for leg in self.legs:
            one = _LegSearch.of(self, leg, barred, paid).least()
            if one is None:
                return None
            found.append(one)
            paid |= one.items
        # What several legs share is paid for in the first that meets it, which need not be the best.
        is_exact = all(one.is_exact for one in found) and sum(bool(one.items) for one in found) <= 1
        return LeastSet(paid, self.weigh(paid), is_exact)

    def is_permitted(self, arc: int, check: Check, permitted: frozenset[int]) -> bool:
        """Whether a check on an arc belongs to one of some obstacles and is of their kind."""
        if check.verdict is not self.obstacles.wanted:
            return False
        return self.obstacles.number_of(arc, thing_of(self.obstacles.places, arc, check)) in permitted

    def weigh(self, items: frozenset[int]) -> int:
        """Weight of a set."""
        return int(self.obstacles.weight[sorted(items)].sum()) if items else 0


@dataclass(frozen=True, slots=True, eq=False)
class _LegSearch:
    """Least sets of one leg, some obstacles being free or barred."""

    impasse: Impasse
    leg: Leg
    handling: U8

    @classmethod
    def of(cls, impasse: Impasse, leg: Leg, barred: frozenset[int], paid: frozenset[int]) -> "_LegSearch":
        handling = np.zeros(len(impasse.obstacles.weight), np.uint8)
        handling[list(paid)] = kernel.FREE
        handling[list(barred)] = kernel.BARRED
        return cls(impasse, leg, handling)

    def least(self) -> LeastSet | None:
        """Best first over which shared obstacles are paid for once and for all, and which by the run."""
        if self.leg.is_open:
            return LeastSet(frozenset(), 0, is_exact=True)
        found = self._search(self.handling)
        if found is None:
            return None
        best = self._paid_of(found[1])
        shared = np.flatnonzero(self.impasse.shared & (self.handling == kernel.PAID))
        if not len(shared):
            return LeastSet(best, self.impasse.weigh(best), is_exact=True)
        return self._refined(best, shared)

    def _refined(self, best: frozenset[int], shared: I64) -> LeastSet:
        weigh = self.impasse.weigh
        # A branch: lower bound, order of making, obstacles paid for once, obstacles paid for by the run.
        queue: list[tuple[int, int, frozenset[int], frozenset[int]]] = [(0, 0, frozenset(), frozenset())]
        for made in range(self.impasse.max_searches):
            if self.impasse.effort.is_spent:
                break
            if not queue or queue[0][0] >= weigh(best):
                return LeastSet(best, weigh(best), is_exact=True)
            _, _, once, by_run = heapq.heappop(queue)
            undecided = np.setdiff1d(shared, np.array(sorted(once | by_run), np.int64))
            found = self._search(self._with_free(undecided, once))
            if found is None:
                continue
            bound, met = found[0] + weigh(once), self._paid_of(found[1])
            best = min(best, met, key=lambda items: (weigh(items), sorted(items)))
            open_things = sorted((met & frozenset(undecided.tolist())) - once)
            if len(open_things) > self.impasse.max_searches:
                return LeastSet(best, weigh(best), is_exact=False)
            if open_things:  # else nothing in this branch weighs less than its bound, which this way does not exceed
                first = frozenset(open_things[:1])
                heapq.heappush(queue, (bound, 2 * made + 1, once | first, by_run))
                heapq.heappush(queue, (bound, 2 * made + 2, once, by_run | first))
        return LeastSet(best, weigh(best), is_exact=not queue or queue[0][0] >= weigh(best))

    def _with_free(self, undecided: I64, once: frozenset[int]) -> U8:
        handling = self.handling.copy()
        handling[undecided] = kernel.FREE
        handling[list(once)] = kernel.FREE
        return handling

    def _paid_of(self, met: frozenset[int]) -> frozenset[int]:
        return frozenset(item for item in met if self.handling[item] != kernel.FREE)

    def _search(self, handling: U8) -> tuple[int, frozenset[int]] | None:
        """Way that pays least for runs of obstacles: what it pays, and all it meets; None if there is none."""
        weight = self.impasse.obstacles.weight
        found = self._search_roads(handling)
        options = [] if found is None else [found]
        for items in self.leg.directs:
            if not any(handling[item] == kernel.BARRED for item in items):
                price = sum(int(weight[item]) for item in items if handling[item] == kernel.PAID)
                options.append((price, frozenset(items)))
        return min(options, key=lambda option: (option[0], sorted(option[1])), default=None)

    def _search_roads(self, handling: U8) -> tuple[int, frozenset[int]] | None:
        leg, obstacles, roads = self.leg, self.impasse.obstacles, self.impasse.roads.roads
        states = np.concatenate([np.array([part.place.arc for part in leg.starts], np.int32), leg.middle.edge])
        row = np.full(len(states), -1, np.int64)
        row[: len(leg.starts)] = np.arange(len(leg.starts))
        weight, way, begun, target, settled = kernel.least_obstacles(
            roads,
            obstacles.first,
            obstacles.items,
            obstacles.weight,
            handling,
            leg.middle.seen,
            leg.middle.goal,
            states,
            row,
            *_rows(leg.starts),
            np.array([part.place.arc for part in leg.ends], np.int32),
            *_rows(leg.ends),
            self.impasse.roads.prepared.state_bits,
        )
        self.impasse.effort.settled += settled
        self.impasse.effort.searches_left -= 1
        if weight < 0:
            return None
        arcs = roads.state_arc[way].tolist()
        is_begun = 0 <= begun < len(leg.starts)
        met = set(leg.starts[begun].items) if is_begun else set()
        met.update(item for arc in arcs[1 if is_begun else 0 :] for item in obstacles.of_arc(arc))
        met.update(leg.ends[target].items if target >= 0 else ())
        return int(weight), frozenset(met)


def _rows(parts: Sequence[Part]) -> tuple[I64, I32]:
    ends = np.cumsum([len(part.items) for part in parts]) if parts else np.empty(0, np.int64)
    items = np.array([item for part in parts for item in part.items], np.int32)
    return np.concatenate(([0], ends)).astype(np.int64), items


def _leg(
    roads: StateRoads,
    judging: Judging,
    obstacles: Obstacles,
    is_open: Bool,
    here: Sequence[Place],
    there: Sequence[Place],
) -> Leg:
    lengths = judging.graph.arcs.length_mm
    starts = _parts(judging, obstacles, [(place, place.at_mm, int(lengths[place.arc])) for place in here])
    ends = _parts(judging, obstacles, [(place, 0, place.at_mm) for place in there])
    free_starts, free_ends = ([part.place for part in parts if not part.items] for parts in (starts, ends))
    directs = [
        things_on(judging, obstacles, one.arc, one.at_mm, other.at_mm)
        for one in here
        for other in there
        if one.arc == other.arc and one.at_mm <= other.at_mm
    ]
    ways = tuple(tuple(items) for items in directs if items is not None)
    middle = middle_of(roads, is_open, Ends.of(free_starts, free_ends))
    return Leg(
        middle,
        tuple(part for part in starts if part.items),
        tuple(part for part in ends if part.items),
        ways,
        middle.is_open or () in ways,
    )


def _parts(judging: Judging, obstacles: Obstacles, parts: Sequence[tuple[Place, int, int]]) -> list[Part]:
    found = [(place, things_on(judging, obstacles, place.arc, start, end)) for place, start, end in parts]
    return [Part(place, tuple(items)) for place, items in found if items is not None]
