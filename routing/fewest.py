"""Routes that meet the fewest things of some kind (最少经过): bridges, counties; then the least time among those.

The same search as for obstacles: a thing met costs one, however many arcs it touches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from routing.blockers import Effort, Impasse, Leg, Part
from routing.columns import Verdict
from routing.graph import I32, I64
from routing.hierarchy.router import Router
from routing.obstacles import COUNT, Numbers, Obstacles, Places
from routing.parts import Place
from routing.reach import Ends, StateRoads, middle_of
from routing.suggest import Route, Stops, Terms, best_within

MAX_SETTLED = 1_500_000


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Things that arcs touch (计数对象): row by row, an arc and a thing from 0 up."""

    arc: I32
    thing: I32


@dataclass(frozen=True, slots=True)
class Fewest:
    """A route with the fewest things.

    Attributes:
        route: The fastest of those.
        things: What it meets.
        is_exact: Whether none meets fewer.
    """

    route: Route
    things: frozenset[int]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A vehicle on a trip (所求行程).

    Attributes:
        terms: On what terms the vehicle may drive.
        stops: Where the trip calls.
        worst: Worst verdict that the route may have.
    """

    terms: Terms
    stops: Stops
    worst: Verdict


def fewest_of(router: Router, roads: StateRoads, places: Places, asked: Asked, things: Things) -> Fewest | None:
    """Find the route that meets the fewest things, then takes the least time; None if there is no route.

    Args:
        router: The network on one day.
        roads: The same, to be driven in both directions of time.
        places: Ways and roads of the same network.
        asked: The vehicle and its trip.
        things: What is counted.
    """
    impasse, never = _impasse(roads, places, asked, things)
    least = impasse.least(frozenset([never]))
    if least is None:
        return None
    met = least.items
    shut = impasse.obstacles.opened_by(range(never + 1)) & ~impasse.obstacles.opened_by(met)
    verdicts = asked.terms.verdicts.copy()
    verdicts[shut] = Verdict.BLOCKED
    route = best_within(router, replace(asked.terms, verdicts=verdicts), asked.stops, asked.worst)
    return None if route is None else Fewest(route, met, least.is_exact)


def _impasse(roads: StateRoads, places: Places, asked: Asked, things: Things) -> tuple[Impasse, int]:
    """Things as obstacles; what may not be driven at all has one of its own that is never permitted."""
    terms, worst = asked.terms, asked.worst
    never = int(things.thing.max()) + 1 if len(things.thing) else 0
    closed = np.flatnonzero(terms.verdicts > worst).astype(np.int32)
    arc = np.concatenate([things.arc, closed])
    item = np.concatenate([things.thing, np.full(len(closed), never, np.int32)])
    packed = np.unique(arc.astype(np.int64) << 32 | item)
    arc, item = (packed >> 32).astype(np.int32), (packed & 0xFFFFFFFF).astype(np.int32)
    counts = np.bincount(arc, minlength=places.graph.arc_count)
    first: I64 = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    weight = np.full(never + 1, COUNT, np.int64)
    obstacles = Obstacles(places, Verdict.BLOCKED, first, item, weight, Numbers(places, ()))
    is_open = np.diff(first) == 0

    def part(place: Place, from_mm: int, to_mm: int) -> Part | None:
        if terms.part_verdict(place.arc, from_mm, to_mm) > worst:
            return None
        return Part(place, tuple(item for item in obstacles.of_arc(place.arc) if item != never))

    def leg(here: Sequence[Place], there: Sequence[Place]) -> Leg:
        lengths = places.graph.arcs.length_mm
        starts = [found for p in here if (found := part(p, p.at_mm, int(lengths[p.arc])))]
        ends = [found for p in there if (found := part(p, 0, p.at_mm))]
        free = [[one.place for one in parts if not one.items] for parts in (starts, ends)]
        directs = [
            found.items
            for one in here
            for other in there
            if one.arc == other.arc
            and one.at_mm <= other.at_mm
            and (found := part(one, one.at_mm, other.at_mm)) is not None
        ]
        middle = middle_of(roads, is_open, Ends.of(*free))
        begun, ended = (tuple(one for one in parts if one.items) for parts in (starts, ends))
        return Leg(middle, begun, ended, tuple(directs), middle.is_open or () in directs)

    legs = tuple(leg(here, there) for here, there in pairwise(asked.stops.places))
    return Impasse(roads, obstacles, legs, effort=Effort(MAX_SETTLED)), never
