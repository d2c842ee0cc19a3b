"""Suggest routes (路线推荐): the best verdict first, then the least time, then others that differ enough to matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.columns import Verdict
from routing.graph import U8, RoadGraph
from routing.metric import FORBIDDEN, MAX_WEIGHT, Metric, TravelTimes, customise
from routing.policy import Policy
from routing.search import Path, Place, Prepared, query

OPEN_TIERS = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)
PENALTY_PERCENT = 140  # an arc already suggested costs this much when another route is looked for
MAX_SHARED = 0.8  # a route that shares more of its length than this is no alternative
MAX_STRETCH = 1.5  # nor is one that costs more than this times the best of its verdict
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


def suggest(
    prepared: Prepared, times: TravelTimes, verdicts: U8, policy: Policy, stops: Stops, *, count: int = 1
) -> list[Route]:
    """Find up to `count` routes that the vehicle may or might drive.

    The first has the best verdict that any route has and, among those, the least cost: exact, equal to Dijkstra on the
    same weights. The others are found by making arcs already used dearer.

    Args:
        prepared: Graph and turn bans.
        times: Travel times of the graph.
        verdicts: uint8[arcs] for this vehicle.
        policy: Weights.
        stops: At least two.
        count: How many routes are wanted.

    Returns:
        Routes, best verdict first, then least cost; empty if every way is blocked or there is none.
    """
    routes: list[Route] = []
    for tier in OPEN_TIERS:
        if len(routes) >= count:
            break
        metric = customise(times, verdicts, policy, worst=tier)
        routes += _routes_of_tier(prepared, metric, verdicts, stops, routes, count)
    return sorted(routes, key=lambda route: (route.verdict, route.cost))


def least_violation(prepared: Prepared, times: TravelTimes, verdicts: U8, policy: Policy, stops: Stops) -> Route | None:
    """Find the route with the fewest breaches, then the least cost (违限最少路线), or None if nothing connects."""
    metric = customise(times, verdicts, policy, worst=Verdict.BLOCKED)
    return _cheapest(prepared, metric, verdicts, stops)


def _routes_of_tier(
    prepared: Prepared, metric: Metric, verdicts: U8, stops: Stops, known: Sequence[Route], count: int
) -> list[Route]:
    found: list[Route] = []
    penalised = metric
    cheapest = None
    for _ in range(TRIES_PER_ROUTE * count):
        if len(known) + len(found) >= count:
            break
        route = _cheapest(prepared, penalised, verdicts, stops)
        if route is None:
            break
        route = replace(route, paths=tuple(_recost(prepared.graph, metric, path) for path in route.paths))
        cheapest = cheapest or route.cost
        if route.cost > MAX_STRETCH * cheapest:
            break
        if all(_shared(prepared.graph, route, other) <= MAX_SHARED for other in (*known, *found)):
            found.append(route)
        penalised = _penalise(prepared.graph, penalised, route)
    return found


def _cheapest(prepared: Prepared, metric: Metric, verdicts: U8, stops: Stops) -> Route | None:
    """Cheapest route through all stops; it goes on in the direction of arrival unless only turning round helps."""
    route = _through(prepared, metric, stops) or _with_turns(prepared, metric, stops)
    if route is None:
        return None
    return replace(route, verdict=Verdict(int(max(verdicts[arc] for arc in route.arcs))))


def _through(prepared: Prepared, metric: Metric, stops: Stops) -> Route | None:
    """Exact over the directions in which each via point can be passed."""
    partial: list[tuple[Path, ...]] = []
    for leg, (here, there) in enumerate(zip(stops.places[:-1], stops.places[1:], strict=True)):
        is_last = leg == len(stops.places) - 2
        grown: list[tuple[Path, ...]] = []
        for ends in [there] if is_last else [(place,) for place in there]:
            options = []
            for before in partial or [()]:
                path = query(prepared, metric, [before[-1].end] if before else here, ends)
                if path is not None:
                    options.append((*before, path))
            if options:
                grown.append(min(options, key=lambda paths: sum(p.cost for p in paths)))
        partial = grown
        if not partial:
            return None
    best = min(partial, key=lambda paths: sum(p.cost for p in paths))
    return Route(best, Verdict.PASSES)


def _with_turns(prepared: Prepared, metric: Metric, stops: Stops) -> Route | None:
    """Allow turning round at via points: a yard or a terminal may have the room, a road has not."""
    paths: list[Path] = []
    turned = []
    for leg, (here, there) in enumerate(zip(stops.places[:-1], stops.places[1:], strict=True)):
        path = query(prepared, metric, here, there)
        if path is None:
            return None
        if paths and paths[-1].end.arc != path.start.arc:
            turned.append(leg)
        paths.append(path)
    return Route(tuple(paths), Verdict.PASSES, tuple(turned))


def _recost(graph: RoadGraph, metric: Metric, path: Path) -> Path:
    cost = sum(int(metric.weight[arc]) for arc in path.arcs)
    first, last = path.arcs[0], path.arcs[-1]
    cost -= int(metric.weight[first]) * path.start.at_mm // int(graph.arcs.length_mm[first])
    left = int(graph.arcs.length_mm[last]) - path.end.at_mm
    cost -= int(metric.weight[last]) * left // int(graph.arcs.length_mm[last])
    return replace(path, cost=cost)


def _penalise(graph: RoadGraph, metric: Metric, route: Route) -> Metric:
    weight = metric.weight.astype(np.int64)
    used = np.isin(graph.arcs.geometry, graph.arcs.geometry[list(route.arcs)]) & (metric.weight != FORBIDDEN)
    weight[used] = np.minimum(weight[used] * PENALTY_PERCENT // 100 + 1, MAX_WEIGHT)
    return Metric(weight.astype(np.uint32))


def _shared(graph: RoadGraph, route: Route, other: Route) -> float:
    """Share of a route's length that it drives on arcs of another."""
    arcs = np.array(route.arcs)
    lengths = graph.arcs.length_mm[arcs].astype(np.int64)
    return float(lengths[np.isin(arcs, np.array(other.arcs))].sum() / lengths.sum())
