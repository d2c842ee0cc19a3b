"""Suggest routes (路线推荐): the best verdict first, then the least time, then others that differ enough to matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from routing.alternatives import Choice, ways_between
from routing.columns import Verdict
from routing.graph import U8, RoadGraph
from routing.hierarchy.places import pricing_of
from routing.hierarchy.router import Router
from routing.hierarchy.weights import ArcWeights, Judged, weigh, weigh_as
from routing.metric import FORBIDDEN, MAX_WEIGHT, Metric, TravelTimes, weight_of
from routing.parts import Path, Place, Pricing
from routing.policy import Policy

OPEN_TIERS = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)
PENALTY_PERCENT = 140  # with via points: an arc already suggested costs this much when another route is looked for
CHOICE = Choice()
MAX_SHARED = CHOICE.max_shared
MAX_STRETCH = CHOICE.max_stretch
TRIES_PER_ROUTE = 3


@dataclass(frozen=True, slots=True)
class Stops:
    """Where the trip calls (起点、途经点、终点): each a spot on the one or two arcs of a road."""

    places: tuple[tuple[Place, ...], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A suggested route (推荐路线): one path from stop to stop.

    Attributes:
        paths: One a leg between stops.
        verdict: Worst arc; a turn on the spot at a via point is not counted here.
        turned_at: Indices of paths that begin by driving back the way the path before came.
    """

    paths: tuple[Path, ...]
    verdict: Verdict
    turned_at: tuple[int, ...] = ()

    @property
    def cost(self) -> int:
        """Preferred travel time in ms."""
        return sum(path.cost for path in self.paths)

    @property
    def arcs(self) -> tuple[int, ...]:
        """Arcs in travel order; the arc of a via point stands once in each of its two paths."""
        return tuple(arc for path in self.paths for arc in path.arcs)


@dataclass(frozen=True)
class Terms:
    """On what terms a vehicle may drive (通行条件): the verdicts of one vehicle, and what they cost.

    Attributes:
        times: Travel times of the graph.
        verdicts: uint8[arcs] for this vehicle.
        policy: Weights.
        judge_part: Verdict of a part of an arc (arc, from_mm, to_mm), for arcs a trip begins or ends on; None: the
            verdict of the whole arc.
    """

    times: TravelTimes
    verdicts: U8
    policy: Policy
    judge_part: Callable[[int, int, int], Verdict] | None = None

    @cached_property
    def judged(self) -> Judged:
        """The verdicts for the hierarchy: found out about once for all tiers."""
        return Judged(self.verdicts)

    def part_verdict(self, arc: int, from_mm: int, to_mm: int) -> Verdict:
        """Verdict of a part of an arc."""
        if self.judge_part is None:
            return Verdict(int(self.verdicts[arc]))
        return self.judge_part(arc, from_mm, to_mm)


@dataclass(frozen=True, slots=True)
class _Tier:
    """A search that accepts verdicts up to `worst`."""

    router: Router
    terms: Terms
    worst: Verdict
    weights: ArcWeights

    def part_weight(self, arc: int, from_mm: int, to_mm: int) -> int:
        verdict = self.terms.part_verdict(arc, from_mm, to_mm)
        return weight_of(self.terms.times, arc, verdict, self.terms.policy, worst=self.worst)

    @property
    def pricing(self) -> Pricing:
        return pricing_of(self.router.graph, self.weights.kernel, self.part_weight)

    def query(self, starts: Sequence[Place], ends: Sequence[Place], state: int | None = None) -> Path | None:
        return self.router.query(self.weights, starts, ends, part_weight=self.part_weight, state=state)

    def verdict_of(self, path: Path) -> Verdict:
        """Worst verdict on a path, of the parts that are driven."""
        graph = self.router.graph
        if len(path.arcs) == 1:
            return self.terms.part_verdict(path.arcs[0], path.start.at_mm, path.end.at_mm)
        inner = Verdict(int(self.terms.verdicts[list(path.arcs[1:-1])].max(initial=Verdict.PASSES)))
        first = self.terms.part_verdict(path.arcs[0], path.start.at_mm, int(graph.arcs.length_mm[path.arcs[0]]))
        return max(inner, first, self.terms.part_verdict(path.arcs[-1], 0, path.end.at_mm))


def _tier(router: Router, terms: Terms, worst: Verdict) -> _Tier:
    return _Tier(router, terms, worst, weigh(terms.times, terms.judged, terms.policy, worst=worst))


def suggest(router: Router, terms: Terms, stops: Stops, *, count: int = 1) -> list[Route]:
    """Find up to `count` routes that the vehicle may or might drive.

    The first has the best verdict that any route has and, among those, the least cost: exact, equal to Dijkstra on the
    same weights, ties included. The others go through stretches that are best from both ends (`routing.alternatives`);
    with via points, and where one would have to turn round, they are found by making arcs already used dearer.

    Args:
        router: The network on one day.
        terms: Verdicts and weights of the vehicle.
        stops: At least two.
        count: How many routes are wanted.

    Returns:
        Routes, best verdict first, then least cost; empty if every way is blocked or there is none.
    """
    routes: list[Route] = []
    for worst in OPEN_TIERS:
        if len(routes) >= count:
            break
        routes += _routes_of_tier(_tier(router, terms, worst), stops, routes, count)
    return sorted(routes, key=lambda route: (route.verdict, route.cost))


def least_violation(router: Router, terms: Terms, stops: Stops) -> Route | None:
    """Find the route with the fewest breaches, then the least cost (违限最少路线), or None if nothing connects."""
    return _cheapest(_tier(router, terms, Verdict.BLOCKED), stops)


def best_within(router: Router, terms: Terms, stops: Stops, worst: Verdict) -> Route | None:
    """Find the cheapest route of all with verdicts up to `worst`, or None; a better verdict is not preferred."""
    return _cheapest(_tier(router, terms, worst), stops)


def _routes_of_tier(tier: _Tier, stops: Stops, known: Sequence[Route], count: int) -> list[Route]:
    if len(stops.places) > 2:  # noqa: PLR2004 - plateaus of one leg say nothing of the next
        return _by_penalty(tier, stops, known, count)
    best = _cheapest(tier, stops)
    if best is None:
        return []
    found = [best] if _differs(tier, best, known) else []
    if len(known) + len(found) >= count:
        return found
    (here, there), (first,) = stops.places, best.paths
    sources, targets = tier.pricing.sources(here), tier.pricing.targets(there)
    ways = ways_between(tier.router, tier.weights, sources, targets, first, CHOICE)
    if ways is None:
        return _by_penalty(tier, stops, known, count)
    for way in ways:
        route = Route((way,), Verdict.PASSES)
        if _differs(tier, route, (*known, *found)):
            found.append(replace(route, verdict=tier.verdict_of(way)))
        if len(known) + len(found) >= count:
            break
    return found


def _differs(tier: _Tier, route: Route, others: Sequence[Route]) -> bool:
    """Whether a route differs enough from all others to matter."""
    return all(_shared(tier.router.graph, route, other) <= MAX_SHARED for other in others)


def _by_penalty(tier: _Tier, stops: Stops, known: Sequence[Route], count: int) -> list[Route]:
    """Make arcs already used dearer and search again: for trips with via points."""
    found: list[Route] = []
    dearer = tier
    cheapest = None
    for _ in range(TRIES_PER_ROUTE * count):
        if len(known) + len(found) >= count:
            break
        route = _cheapest(dearer, stops)
        if route is None:
            break
        route = replace(route, paths=tuple(_recost(tier, path) for path in route.paths))
        cheapest = cheapest or route.cost
        if route.cost > MAX_STRETCH * cheapest:
            break
        if _differs(tier, route, (*known, *found)):
            found.append(route)
        if len(known) + len(found) < count:
            dearer = _penalise(dearer, route)
    return found


def _cheapest(tier: _Tier, stops: Stops) -> Route | None:
    """Cheapest route through all stops; it goes on in the direction of arrival unless only turning round helps."""
    route = _through(tier, stops)
    if route is None and len(stops.places) > 2:  # noqa: PLR2004 - only a via point can be turned at
        route = _with_turns(tier, stops)
    if route is None:
        return None
    return replace(route, verdict=max(tier.verdict_of(path) for path in route.paths))


def _through(tier: _Tier, stops: Stops) -> Route | None:
    """Exact over the directions in which each via point can be passed."""
    partial: list[tuple[Path, ...]] = []
    for leg, (here, there) in enumerate(pairwise(stops.places)):
        is_last = leg == len(stops.places) - 2
        grown: list[tuple[Path, ...]] = []
        for ends in [there] if is_last else [(place,) for place in there]:
            options = []
            for before in partial or [()]:
                path = tier.query([before[-1].end], ends, before[-1].end_state) if before else tier.query(here, ends)
                if path is not None:
                    options.append((*before, path))
            if options:
                grown.append(min(options, key=lambda paths: sum(p.cost for p in paths)))
        partial = grown
        if not partial:
            return None
    best = min(partial, key=lambda paths: sum(p.cost for p in paths))
    return Route(best, Verdict.PASSES)


def _with_turns(tier: _Tier, stops: Stops) -> Route | None:
    """Allow turning round at via points: a yard or a terminal may have the room, a road has not."""
    paths: list[Path] = []
    turned = []
    for leg, (here, there) in enumerate(pairwise(stops.places)):
        path = tier.query(here, there)
        if path is None:
            return None
        if paths and paths[-1].end.arc != path.start.arc:
            turned.append(leg)
        paths.append(path)
    return Route(tuple(paths), Verdict.PASSES, tuple(turned))


def _recost(tier: _Tier, path: Path) -> Path:
    return replace(path, cost=tier.pricing.cost_of(path))


def _penalise(tier: _Tier, route: Route) -> _Tier:
    graph, weights = tier.router.graph, tier.weights.kernel
    permille = weights.permille[weights.verdict]
    weight = np.maximum(weights.base_ms * permille // 1000, 1)
    used = np.isin(graph.arcs.geometry, graph.arcs.geometry[list(route.arcs)])
    weight[used] = weight[used] * PENALTY_PERCENT // 100 + 1
    weight = np.where(permille < 0, FORBIDDEN, np.minimum(weight, MAX_WEIGHT))
    return replace(tier, weights=weigh_as(Metric(weight.astype(np.uint32))))


def _shared(graph: RoadGraph, route: Route, other: Route) -> float:
    """Share of a route's length that it drives on arcs of another."""
    arcs = np.array(route.arcs)
    lengths = graph.arcs.length_mm[arcs].astype(np.int64)
    return float(lengths[np.isin(arcs, np.array(other.arcs))].sum() / lengths.sum())
