"""Alternatives and named variants against slow second opinions."""

from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.alternatives import Choice, ways_between
from routing.columns import Quantity, Verdict
from routing.fewest import Asked, Things, fewest_of
from routing.hierarchy.places import pricing_of
from routing.hierarchy.weights import weigh
from routing.metric import FORBIDDEN, Metric
from routing.obstacles import Places
from routing.parts import Path, Place
from routing.suggest import Terms, best_within
from tests.graphs import Road, make_graph
from tests.routing.little_towns import EDGES, POLICY, Town, bans_in, goes_through, least_sets, middle, sign, town_of
from tests.routing.routers import metric_of, router_of

SIDE = 6
NODES = [(112.0 + 0.01 * x, 28.0 + 0.01 * y) for y in range(SIDE) for x in range(SIDE)]
LINES = [(n, n + 1) for n in range(SIDE**2) if n % SIDE < SIDE - 1] + [(n, n + SIDE) for n in range(SIDE**2 - SIDE)]


def grid(lengths: list[int], bans: list[tuple[int, int]]) -> Town:
    graph = make_graph(NODES, [Road(*line, length_m=m) for line, m in zip(LINES, lengths, strict=True)])
    return Town(graph, tuple(bans))


def turns_of(town: Town) -> list[tuple[int, int]]:
    arcs = town.graph.arcs
    return [
        (arc, following)
        for arc in range(town.graph.arc_count)
        for following in np.flatnonzero(arcs.tail == arcs.head[arc]).tolist()
        if arcs.geometry[arc] != arcs.geometry[following]
    ]


def ways(town: Town, choice: Choice, seed: int | None = None) -> tuple[Path, list[Path], Metric]:
    terms = Terms(town.terms.times, np.zeros(town.graph.arc_count, np.uint8), POLICY)
    weights = weigh(terms.times, terms.judged, POLICY, worst=Verdict.PASSES)
    router, stops = router_of(town.graph, town.bans, seed=seed), (town.stops[0], _far(town))
    best = router.query(weights, *stops)
    assert best is not None
    pricing = pricing_of(town.graph, weights.kernel)
    sources, targets = pricing.sources(stops[0]), pricing.targets(stops[1])
    found = ways_between(router, weights, sources, targets, best, choice)
    assert found is not None
    return best, list(found), metric_of(weights)


def asked(town: Town) -> Asked:
    return Asked(town.terms, town.asked(), Verdict.CONDITIONAL)


def _far(town: Town) -> tuple[Place, ...]:
    return middle(town.graph, SIDE**2 - 2, SIDE**2 - 1)


LENGTHS = st.lists(st.integers(500, 1500), min_size=len(LINES), max_size=len(LINES))


TURNS = turns_of(grid([1000] * len(LINES), []))
SOME = st.lists(st.integers(0, len(TURNS) - 1), max_size=6)


@given(LENGTHS, SOME)
@settings(max_examples=40, deadline=None)
def test_a_way_is_what_it_says(lengths: list[int], numbers: list[int]) -> None:
    town = grid(lengths, [TURNS[number] for number in numbers])
    choice = Choice(max_stretch=1.4, min_plateau=0.05)
    best, found, metric = ways(town, choice)
    assert best.arcs in {way.arcs for way in found}
    for way in found:
        whole = sum(int(metric.weight[arc]) for arc in way.arcs[1:-1])
        ends = sum(int(metric.weight[arc]) for arc in (way.arcs[0], way.arcs[-1])) // 2
        assert abs(whole + ends - way.cost) <= 4
        assert best.cost <= way.cost <= best.cost * choice.max_stretch
        for arc, following in pairwise(way.arcs):
            assert town.graph.arcs.head[arc] == town.graph.arcs.tail[following]
            assert town.graph.arcs.geometry[arc] != town.graph.arcs.geometry[following]
            assert (arc, following) not in town.bans


@given(LENGTHS, SOME)
@settings(max_examples=25, deadline=None)
def test_no_part_of_a_way_as_long_as_its_plateau_can_be_bettered(lengths: list[int], numbers: list[int]) -> None:
    town = grid(lengths, [TURNS[number] for number in numbers])
    choice = Choice(max_stretch=1.5, min_plateau=0.15)
    best, found, metric = ways(town, choice)
    lines = nx.DiGraph()
    for arc in range(town.graph.arc_count):
        for following in np.flatnonzero(town.graph.arcs.tail == town.graph.arcs.head[arc]).tolist():
            is_turn = town.graph.arcs.geometry[arc] != town.graph.arcs.geometry[following]
            if is_turn and (arc, following) not in town.bans:
                lines.add_edge(arc, following, weight=int(metric.weight[following]))
    local = best.cost * choice.min_plateau
    for way in found:
        for first in range(1, len(way.arcs) - 1):
            cost = 0
            for last in range(first + 1, len(way.arcs) - 1):
                cost += int(metric.weight[way.arcs[last]])
                if cost > local:
                    break
                least = nx.dijkstra_path_length(lines, way.arcs[first], way.arcs[last])
                assert cost == least


@given(st.lists(st.sampled_from(range(4)), min_size=len(EDGES), max_size=len(EDGES)), bans_in())
@settings(max_examples=80, deadline=None)
def test_the_fewest_things_are_met(kinds: list[int], bans: list[tuple[int, int]]) -> None:
    # Kind 0 is nothing, 3 may not be driven; 1 and 2 are counted.
    town = town_of([[sign("sign a", Quantity.HEIGHT, 4000)] if kind == 3 else [] for kind in kinds], bans)
    arcs = np.arange(town.graph.arc_count, dtype=np.int32)
    kind = np.array(kinds, np.int32)[town.graph.arcs.geometry]
    counted = (kind == 1) | (kind == 2)
    things = Things(arcs[counted], kind[counted])
    found = fewest_of(town.router, town.roads, Places(town.graph), asked(town), things)
    on_road = [{k} if k else set() for k in kinds]
    allowed = [{"never"} if k == 3 else set(s) for k, s in zip(kinds, on_road, strict=True)]
    expected = least_sets(town, allowed, {1, 2})
    assert (found is None) is (expected == [])
    if found is None:
        return
    assert found.is_exact
    assert len(found.things) == len(expected[0])
    met = {int(kind[arc]) for arc in found.route.arcs}
    assert met - {0} <= found.things
    assert found.route.verdict <= Verdict.CONDITIONAL
    assert goes_through(town, lambda arc: kind[arc] == 0 or kind[arc] in found.things)


def test_without_things_the_fastest_route_is_kept() -> None:
    town = town_of([[] for _ in EDGES])
    nothing = Things(np.empty(0, np.int32), np.empty(0, np.int32))
    found = fewest_of(town.router, town.roads, Places(town.graph), asked(town), nothing)
    fastest = best_within(town.router, town.terms, town.asked(), Verdict.CONDITIONAL)
    assert found is not None
    assert fastest is not None
    assert (found.route.arcs, found.things) == (fastest.arcs, frozenset())
    assert int(FORBIDDEN) > 0


@given(LENGTHS, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_ways_are_those_through_all_stretches_of_both_trees(lengths: list[int], scale: int) -> None:
    """Against trees by NetworkX over junctions, where no two ways are equally cheap."""
    town = grid([length * scale + n for n, length in enumerate(lengths)], [])
    choice = Choice(max_stretch=1.5, min_plateau=0.1)
    best, found, metric = ways(town, choice)
    expected = ways_by_networkx(town, metric, best, choice)
    if expected is not None:
        assert sorted((way.arcs, way.cost) for way in found) == expected


@given(LENGTHS, SOME, st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_ways_do_not_depend_on_the_order_of_junctions(lengths: list[int], numbers: list[int], seed: int) -> None:
    town = grid([length // 100 * 100 for length in lengths], [TURNS[number] for number in numbers])
    choice = Choice(max_stretch=1.5, min_plateau=0.1)
    first, found, _ = ways(town, choice)
    best, again, _ = ways(town, choice, seed)
    assert (best.arcs, best.cost) == (first.arcs, first.cost)
    assert [(way.arcs, way.cost) for way in again] == [(way.arcs, way.cost) for way in found]


def ways_by_networkx(
    town: Town, metric: Metric, best: Path, choice: Choice
) -> list[tuple[tuple[int, ...], int]] | None:
    """Arcs and cost of the way through each stretch of both trees; None where a tie leaves the trees open."""
    arcs = town.graph.arcs
    roads = nx.DiGraph()
    for arc in range(town.graph.arc_count):
        roads.add_edge(int(arcs.tail[arc]), int(arcs.head[arc]), weight=int(metric.weight[arc]), arc=arc)
    for name, places in (("start", town.stops[0]), ("end", _far(town))):
        for place in places:
            length, weight = int(arcs.length_mm[place.arc]), int(metric.weight[place.arc])
            part = length - place.at_mm if name == "start" else place.at_mm
            ends = ("start", int(arcs.head[place.arc])) if name == "start" else (int(arcs.tail[place.arc]), "end")
            roads.add_edge(*ends, weight=(weight * part + length // 2) // length, arc=place.arc)
    ahead = nx.single_source_dijkstra_path_length(roads, "start")
    behind = nx.single_source_dijkstra_path_length(roads.reverse(), "end")
    come = {(a, b) for a, b, w in roads.edges(data="weight") if b != "end" and ahead.get(a, 1e18) + w == ahead[b]}
    go = {(a, b) for a, b, w in roads.edges(data="weight") if a != "start" and behind.get(b, 1e18) + w == behind[a]}
    before, after = {b: a for a, b in come}, dict(go)
    if len(before) < len(come) or len(after) < len(go):
        return None
    both = {a: b for a, b in come & go if "start" not in (a, b) and "end" not in (a, b)}
    found = []
    for first in set(both) - set(both.values()):
        way = [first]
        while way[-1] in both:
            way.append(both[way[-1]])
        cost = ahead[first] + behind[first]
        if ahead[way[-1]] - ahead[first] < int(best.cost * choice.min_plateau) or cost > int(
            best.cost * choice.max_stretch
        ):
            continue
        while way[0] != "start":
            way.insert(0, before[way[0]])
        while way[-1] != "end":
            way.append(after[way[-1]])
        driven = tuple(roads.edges[pair]["arc"] for pair in pairwise(way))
        if len({int(arcs.geometry[arc]) for arc in driven}) == len(driven):
            found.append((driven, cost))
    return sorted(found)
