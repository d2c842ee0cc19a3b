"""Alternatives and named variants against slow second opinions."""

from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels import plateaus as kernel
from routing.alternatives import Choice, ways_between
from routing.columns import Quantity, Verdict
from routing.fewest import Things, fewest_of
from routing.metric import FORBIDDEN, Metric, customise
from routing.obstacles import Places
from routing.reach import StateRoads
from routing.search import Path, query
from routing.suggest import best_within
from tests.graphs import Road, make_graph
from tests.routing.little_towns import EDGES, POLICY, Town, bans_in, goes_through, least_sets, sign, town_of

SIDE = 6
NODES = [(112.0 + 0.01 * x, 28.0 + 0.01 * y) for y in range(SIDE) for x in range(SIDE)]
LINES = [(n, n + 1) for n in range(SIDE**2) if n % SIDE < SIDE - 1] + [(n, n + SIDE) for n in range(SIDE**2 - SIDE)]


def grid(lengths: list[int], bans: list[tuple[int, int]]) -> Town:
    graph = make_graph(NODES, [Road(*line, length_m=m) for line, m in zip(LINES, lengths, strict=True)])
    return Town(graph, tuple(bans))


def ways(town: Town, choice: Choice) -> tuple[Path, list[Path], Metric]:
    metric = customise(town.terms.times, np.zeros(town.graph.arc_count, np.uint8), POLICY, worst=Verdict.PASSES)
    roads = town.roads
    stops = (town.stops[0], _far(town))
    best = query(roads.prepared, metric, *stops)
    assert best is not None

    def part_weight(arc: int, from_mm: int, to_mm: int) -> int:
        assert from_mm <= to_mm
        return int(metric.weight[arc])

    return best, list(ways_between(roads, metric, *stops, part_weight, best, choice)), metric


def _far(town: Town):  # noqa: ANN202
    from tests.routing.little_towns import middle

    return middle(town.graph, SIDE**2 - 2, SIDE**2 - 1)


LENGTHS = st.lists(st.integers(500, 1500), min_size=len(LINES), max_size=len(LINES))


@given(LENGTHS)
@settings(max_examples=40, deadline=None)
def test_a_way_is_what_it_says(lengths: list[int]) -> None:
    town = grid(lengths, [])
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


@given(LENGTHS)
@settings(max_examples=25, deadline=None)
def test_no_part_of_a_way_as_long_as_its_plateau_can_be_bettered(lengths: list[int]) -> None:
    town = grid(lengths, [])
    choice = Choice(max_stretch=1.5, min_plateau=0.15)
    best, found, metric = ways(town, choice)
    lines = nx.DiGraph()
    for arc in range(town.graph.arc_count):
        for following in np.flatnonzero(town.graph.arcs.tail == town.graph.arcs.head[arc]).tolist():
            if town.graph.arcs.geometry[arc] != town.graph.arcs.geometry[following]:
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
    found = fewest_of(town.roads, Places(town.graph), town.terms, town.asked(), Verdict.CONDITIONAL, things)
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
    found = fewest_of(town.roads, Places(town.graph), town.terms, town.asked(), Verdict.CONDITIONAL, nothing)
    fastest = best_within(StateRoads(town.roads.prepared).prepared, town.terms, town.asked(), Verdict.CONDITIONAL)
    assert found is not None
    assert fastest is not None
    assert (found.route.arcs, found.things) == (fastest.arcs, frozenset())
    assert int(FORBIDDEN) > 0


@given(LENGTHS)
@settings(max_examples=25, deadline=None)
def test_plateaus_are_the_stretches_of_both_trees(lengths: list[int]) -> None:
    town = grid(lengths, [])
    weight = customise(town.terms.times, np.zeros(town.graph.arc_count, np.uint8), POLICY, worst=Verdict.PASSES).weight
    ends = [(np.array([p.arc for p in places], np.int32)) for places in (town.stops[0], _far(town))]
    nothing, bits, bound = np.zeros(2, np.int64), town.roads.prepared.state_bits, 10**12
    ahead, before, order = kernel.tree(town.roads.roads, weight, ends[0], nothing, bound, bits)
    behind, after = kernel.tree_back(town.roads.roads, weight, ends[1], nothing, ahead, bound, bits)
    last, total, length = kernel.plateaus(ahead, before, order, behind, after, bound, 0)
    on_both = {
        (int(before[state]), state) for state in order.tolist() if before[state] >= 0 and after[before[state]] == state
    }
    on_both = {(one, other) for one, other in on_both if behind[one] >= 0 and behind[other] >= 0}
    starts = {other: one for one, other in on_both}
    expected = []
    for state in order.tolist():
        if behind[state] < 0 or state in {one for one, _ in on_both}:
            continue
        first = state
        while first in starts:
            first = starts[first]
        expected.append((state, int(ahead[state] + behind[state]), int(ahead[state] - ahead[first])))
    assert sorted(zip(last.tolist(), total.tolist(), length.tolist(), strict=True)) == sorted(expected)
