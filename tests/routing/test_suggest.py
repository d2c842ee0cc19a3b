"""Suggested routes: the best verdict, then the least cost; then others that differ."""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policies import load_policy
from routing.columns import Verdict
from routing.graph import U8, RoadGraph
from routing.metric import FORBIDDEN, TravelTimes, customise
from routing.parts import Place
from routing.suggest import MAX_SHARED, Route, Stops, Terms, least_violation, suggest
from tests.graphs import Road, find_arc, make_graph
from tests.routing.routers import router_of

POLICY = load_policy()
PASSES, CONDITIONAL, UNKNOWN, BLOCKED = Verdict
SIZE = 4  # the grid is so many nodes wide and high
NODES = [(112.0 + 0.01 * x, 28.0 + 0.01 * y) for y in range(SIZE) for x in range(SIZE)]
EDGES = [(n, n + 1) for n in range(SIZE**2) if n % SIZE < SIZE - 1] + [(n, n + SIZE) for n in range(SIZE**2 - SIZE)]
LENGTHS = [700 + 97 * n % 600 for n in range(len(EDGES))]
GRID = make_graph(NODES, [Road(*edge, length_m=length) for edge, length in zip(EDGES, LENGTHS, strict=True)])
ROUTER = router_of(GRID)
TIMES = TravelTimes.of(GRID, POLICY.cost)
VERDICTS = st.lists(st.sampled_from([*Verdict, PASSES, PASSES]), min_size=len(EDGES), max_size=len(EDGES))


def by_road(verdicts: Sequence[Verdict]) -> U8:
    """Verdicts of roads, the same in both directions, as those of arcs."""
    return np.array(verdicts, np.uint8)[GRID.arcs.geometry]


def terms(verdicts: U8) -> Terms:
    return Terms(TIMES, verdicts, POLICY)


def middle(graph: RoadGraph, tail: int, head: int) -> tuple[Place, ...]:
    """The middle of a road, in both directions."""
    length = int(graph.arcs.length_mm[find_arc(graph, tail, head)])
    return (Place(find_arc(graph, tail, head), length // 2), Place(find_arc(graph, head, tail), length - length // 2))


ENDS = Stops((middle(GRID, 0, 1), middle(GRID, SIZE**2 - 2, SIZE**2 - 1)))


def cheapest_ms(verdicts: U8, stops: Stops, worst: Verdict) -> float | None:
    """Least cost by Dijkstra over arcs, without turning round; half of the first and the last arc is driven."""
    weight = customise(TIMES, verdicts, POLICY, worst=worst).weight.astype(np.int64)
    shut = weight == int(FORBIDDEN)
    ends = {place.arc for place in stops.places[-1]}
    queue = [(weight[place.arc] / 2, place.arc) for place in stops.places[0] if not shut[place.arc]]
    heapq.heapify(queue)
    done: set[int] = set()
    best: float | None = None
    while queue:
        cost, arc = heapq.heappop(queue)
        if arc in done:
            continue
        done.add(arc)
        for following in np.flatnonzero(GRID.arcs.tail == GRID.arcs.head[arc]).tolist():
            if shut[following] or GRID.arcs.geometry[following] == GRID.arcs.geometry[arc]:
                continue
            if following in ends and (best is None or cost + weight[following] / 2 < best):
                best = cost + weight[following] / 2
            heapq.heappush(queue, (cost + weight[following], following))
    return best


@given(VERDICTS)
@settings(max_examples=60, deadline=None)
def test_the_first_route_is_the_best_there_is(roads: list[Verdict]) -> None:
    verdicts = by_road(roads)
    routes = suggest(ROUTER, terms(verdicts), ENDS)
    costs = {worst: cheapest_ms(verdicts, ENDS, worst) for worst in (PASSES, CONDITIONAL, UNKNOWN)}
    open_tiers = [worst for worst, cost in costs.items() if cost is not None]
    assert bool(routes) is bool(open_tiers)
    if routes:
        assert routes[0].verdict is open_tiers[0]
        assert routes[0].cost == pytest.approx(costs[open_tiers[0]], abs=2)
        assert_follows(routes[0])


@given(VERDICTS, st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_alternatives_are_sorted_and_differ(roads: list[Verdict], count: int) -> None:
    routes = suggest(ROUTER, terms(by_road(roads)), ENDS, count=count)
    assert len(routes) <= count
    order = [(route.verdict, route.cost) for route in routes]
    assert order == sorted(order)
    for route in routes:
        assert_follows(route)
        assert route.verdict == max(roads[int(GRID.arcs.geometry[arc])] for arc in route.arcs)
        assert route.verdict is not BLOCKED
    for place, later in enumerate(routes):
        for earlier in routes[:place]:
            assert min(shared(later, earlier), shared(earlier, later)) <= MAX_SHARED


def assert_follows(route: Route) -> None:
    for path in route.paths:
        for arc, following in pairwise(path.arcs):
            assert GRID.arcs.head[arc] == GRID.arcs.tail[following]
            assert GRID.arcs.geometry[arc] != GRID.arcs.geometry[following]


def shared(route: Route, other: Route) -> float:
    lengths = {arc: int(GRID.arcs.length_mm[arc]) for arc in route.arcs}
    return sum(length for arc, length in lengths.items() if arc in other.arcs) / sum(lengths.values())


def test_there_are_alternatives_on_a_grid() -> None:
    routes = suggest(ROUTER, terms(by_road([PASSES] * len(EDGES))), ENDS, count=3)
    assert len(routes) == 3


@given(VERDICTS)
@settings(max_examples=40, deadline=None)
def test_the_evidence_route_has_the_fewest_breaches(roads: list[Verdict]) -> None:
    verdicts = by_road(roads)
    route = least_violation(ROUTER, terms(verdicts), ENDS)
    assert route is not None
    assert_follows(route)
    assert route.cost == pytest.approx(cheapest_ms(verdicts, ENDS, BLOCKED), rel=1e-6, abs=2)


def test_nothing_is_suggested_where_nothing_leads() -> None:
    graph = make_graph(NODES[:4], [Road(0, 1), Road(2, 3)])
    router, times = router_of(graph), TravelTimes.of(graph, POLICY.cost)
    cut = Stops((middle(graph, 0, 1), middle(graph, 2, 3)))
    verdicts = Terms(times, np.zeros(graph.arc_count, np.uint8), POLICY)
    assert suggest(router, verdicts, cut) == []
    assert least_violation(router, verdicts, cut) is None


def test_a_blocked_way_is_never_suggested() -> None:
    verdicts = terms(by_road([BLOCKED] * len(EDGES)))
    assert suggest(ROUTER, verdicts, ENDS, count=3) == []
    evidence = least_violation(ROUTER, verdicts, ENDS)
    assert evidence is not None
    assert evidence.verdict is BLOCKED


def test_only_the_driven_part_of_the_end_is_judged() -> None:
    verdicts = by_road([PASSES] * len(EDGES))
    last = ENDS.places[-1][0].arc
    verdicts[GRID.arcs.geometry == GRID.arcs.geometry[last]] = BLOCKED

    def judge(_arc: int, from_mm: int, to_mm: int) -> Verdict:
        """A bollard stands at one end of the last road."""
        return BLOCKED if to_mm == GRID.arcs.length_mm[last] and from_mm < to_mm else PASSES

    (route,) = suggest(ROUTER, replace(terms(verdicts), judge_part=judge), ENDS)
    assert route.verdict is PASSES
    assert suggest(ROUTER, terms(verdicts), ENDS) == []


# via points


@given(st.sampled_from(EDGES[3:-3]), VERDICTS)
@settings(max_examples=40, deadline=None)
def test_a_route_with_a_via_goes_on_in_the_direction_it_came(via: tuple[int, int], roads: list[Verdict]) -> None:
    stops = Stops((ENDS.places[0], middle(GRID, *via), ENDS.places[1]))
    for route in suggest(ROUTER, terms(by_road(roads)), stops, count=2):
        assert_follows(route)
        first, second = route.paths
        assert first.end in stops.places[1]
        assert (first.end.arc == second.start.arc) is (route.turned_at == ())
        assert route.turned_at in {(), (1,)}


def test_a_dead_end_is_left_by_turning_round() -> None:
    # 0 --- 1 --- 2
    #       |
    #       3
    graph = make_graph([*NODES[:3], (112.01, 28.01)], [Road(0, 1), Road(1, 2), Road(1, 3)])
    router, times = router_of(graph), TravelTimes.of(graph, POLICY.cost)
    stops = Stops((middle(graph, 0, 1), middle(graph, 1, 3), middle(graph, 1, 2)))
    (route,) = suggest(router, Terms(times, np.zeros(graph.arc_count, np.uint8), POLICY), stops)
    assert route.turned_at == (1,)
    assert [len(path.arcs) for path in route.paths] == [2, 2]


def test_a_ban_over_the_road_of_a_via_holds() -> None:
    ban = [find_arc(GRID, *ends) for ends in [(4, 5), (5, 6), (6, 7)]]
    router = router_of(GRID, [tuple(ban)])
    stops = Stops((middle(GRID, 4, 5)[:1], middle(GRID, 5, 6)[:1], middle(GRID, 6, 7)[:1]))
    (route,) = suggest(router, terms(by_road([PASSES] * len(EDGES))), stops)
    driven = [arc for place, arc in enumerate(route.arcs) if place == 0 or route.arcs[place - 1] != arc]
    assert driven != ban
