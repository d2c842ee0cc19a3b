"""The search against line graphs with a memory of arcs driven, and against trying every walk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, MAX_WEIGHT, Metric
from routing.parts import Path, Place
from routing.search import Prepared, query
from tests.graphs import Road, find_arc, make_graph
from tests.routing.oracles import Bans, cheaper_walk, cheapest_by_history, cost_of, is_allowed, is_reverse

DATA = File(__file__).resolve().parents[3] / "shared" / "data"
FAST = settings(max_examples=200, deadline=None, derandomize=True)


def by_length(graph: RoadGraph) -> Metric:
    """One ms a millimetre."""
    return Metric(graph.arcs.length_mm.astype(np.uint32))


@dataclass(frozen=True)
class Case:
    """A search to be made."""

    nodes: int
    roads: tuple[Road, ...]
    graph: RoadGraph
    metric: Metric
    bans: tuple[tuple[int, ...], ...]
    starts: tuple[Place, ...]
    ends: tuple[Place, ...]

    def answer(self) -> Path | None:
        return query(Prepared.of(self.graph, self.bans), self.metric, self.starts, self.ends)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to seven nodes; two-way and parallel roads, loops, forbidden arcs, bans of every kind."""
    count = draw(st.integers(2, 7))
    node = st.integers(0, count - 1)
    ends = draw(st.lists(st.tuples(node, node, st.booleans()), min_size=2, max_size=12))
    roads = tuple(
        Road(a, b, two_way=two_way, length_m=draw(st.integers(1, 9)) / 1000, via=[(113.0, 29.0)])
        for a, b, two_way in ends
    )
    graph = build(count, roads)
    weights = st.lists(st.integers(1, 9), min_size=graph.arc_count, max_size=graph.arc_count)
    weight = np.array(draw(weights), np.uint32)
    for arc in draw(st.sets(st.integers(0, graph.arc_count - 1), max_size=2)):
        weight[arc] = FORBIDDEN
    bans = draw(ban_lists(graph))
    return Case(count, roads, graph, Metric(weight), bans, draw(places(graph)), draw(places(graph)))


def build(nodes: int, roads: Sequence[Road]) -> RoadGraph:
    return make_graph([(112.0 + i / 100, 28.0) for i in range(nodes)], roads)


@st.composite
def ban_lists(draw: st.DrawFn, graph: RoadGraph) -> tuple[tuple[int, ...], ...]:
    bans: set[tuple[int, ...]] = set()
    for _ in range(draw(st.integers(0, 6))):
        walk = [draw(st.integers(0, graph.arc_count - 1))]
        for _ in range(draw(st.integers(1, 3))):
            leaving = out_of(graph, walk[-1])
            if leaving:
                walk.append(draw(st.sampled_from(leaving)))
        if len(walk) < 2:
            continue
        if draw(st.booleans()):
            bans.add(tuple(walk))
        if draw(st.booleans()):  # overlapping and nested: a part of the same walk
            first = draw(st.integers(0, len(walk) - 2))
            bans.add(tuple(walk[first : first + draw(st.integers(2, 3))]))
        if draw(st.integers(0, 3)) == 0:  # "only": everything but the last arc
            bans |= {(*walk[:-1], other) for other in out_of(graph, walk[-2]) if other != walk[-1]}
    return tuple(sorted(bans))


def out_of(graph: RoadGraph, arc: int) -> list[int]:
    node = int(graph.arcs.head[arc])
    return list(range(int(graph.arcs.first_out[node]), int(graph.arcs.first_out[node + 1])))


@st.composite
def places(draw: st.DrawFn, graph: RoadGraph) -> tuple[Place, ...]:
    """A spot on one arc, or on both directions of its road."""
    arc = draw(st.integers(0, graph.arc_count - 1))
    length = int(graph.arcs.length_mm[arc])
    at = draw(st.integers(0, length))
    back = [other for other in range(graph.arc_count) if is_reverse(graph, arc, other)]
    if back and draw(st.booleans()):
        return Place(arc, at), Place(back[0], length - at)
    return (Place(arc, at),)


def assert_sound(case: Case, path: Path) -> None:
    assert is_allowed(case.graph, path.arcs, case.bans)
    assert path.start in case.starts
    assert path.end in case.ends
    assert (path.start.arc, path.end.arc) == (path.arcs[0], path.arcs[-1])
    assert all(case.metric.weight[arc] != FORBIDDEN for arc in path.arcs)
    assert path.cost == cost_of(case.graph, case.metric, path.arcs, path.start, path.end)


@FAST
@given(cases())
def test_cost_equals_that_of_a_search_with_a_memory(case: Case) -> None:
    path = case.answer()
    expected = cheapest_by_history(case.graph, case.metric, case.bans, case.starts, case.ends)
    assert (path.cost if path else None) == expected
    if path:
        assert_sound(case, path)


@FAST
@given(cases())
def test_no_walk_is_cheaper(case: Case) -> None:
    path = case.answer()
    most = 14 if path is None else path.cost
    assert cheaper_walk(case.graph, case.metric, case.bans, case.starts, case.ends, min(most, 14)) is None


@settings(max_examples=80, deadline=None, derandomize=True)
@given(cases(), st.randoms(use_true_random=False))
def test_numbering_does_not_change_the_cost(case: Case, random: Random) -> None:
    first = case.answer()
    assert case.answer() == first
    names = list(range(case.nodes))
    random.shuffle(names)
    order = list(range(len(case.roads)))
    random.shuffle(order)
    renamed = build(
        case.nodes,
        [replace(case.roads[i], tail=names[case.roads[i].tail], head=names[case.roads[i].head]) for i in order],
    )
    old, new = case.graph.arcs, renamed.arcs
    number = {(order[int(g)], bool(r)): a for a, (g, r) in enumerate(zip(new.geometry, new.is_reversed, strict=True))}
    arc_of = [number[int(g), bool(r)] for g, r in zip(old.geometry, old.is_reversed, strict=True)]
    weight = np.empty_like(case.metric.weight)
    weight[arc_of] = case.metric.weight
    moved = Case(
        case.nodes,
        (),
        renamed,
        Metric(weight),
        tuple(tuple(arc_of[arc] for arc in ban) for ban in case.bans),
        tuple(Place(arc_of[p.arc], p.at_mm) for p in case.starts),
        tuple(Place(arc_of[p.arc], p.at_mm) for p in case.ends),
    )
    again = moved.answer()
    assert (again.cost if again else None) == (first.cost if first else None)


@st.composite
def larger_cases(draw: st.DrawFn) -> Case:
    """A grid of two-way streets of random lengths, long enough for via-way bans to matter."""
    side = 6
    roads = []
    for y in range(side):
        for x in range(side):
            if x + 1 < side:
                roads.append((y * side + x, y * side + x + 1))
            if y + 1 < side:
                roads.append((y * side + x, y * side + x + side))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = tuple(
        Road(a, b, two_way=bool(rng.random() < 0.8), length_m=float(rng.integers(1, 99)) / 1000) for a, b in roads
    )
    graph = build(side * side, made)
    bans = set()
    for _ in range(60):
        walk = [int(rng.integers(graph.arc_count))]
        for _ in range(int(rng.integers(1, 4))):
            leaving = out_of(graph, walk[-1])
            if leaving:
                walk.append(int(rng.choice(leaving)))
        if len(walk) > 1:
            bans.add(tuple(walk))
    ends = draw(places(graph)), draw(places(graph))
    return Case(side * side, made, graph, by_length(graph), tuple(sorted(bans)), *ends)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(larger_cases())
def test_grids_with_many_bans(case: Case) -> None:
    path = case.answer()
    expected = cheapest_by_history(case.graph, case.metric, case.bans, case.starts, case.ends)
    assert (path.cost if path else None) == expected
    if path:
        assert_sound(case, path)


# --- by hand


#      3
#      |
# 0 -- 1 -- 2      all roads 10 m
#      |
#      4
CROSS = build(5, [Road(0, 1, length_m=10), Road(1, 2, length_m=10), Road(1, 3, length_m=10), Road(1, 4, length_m=10)])


def arcs(graph: RoadGraph, *ends: tuple[int, int]) -> tuple[int, ...]:
    return tuple(find_arc(graph, *pair) for pair in ends)


def search(graph: RoadGraph, bans: Bans, start: Place, end: Place, metric: Metric | None = None) -> Path | None:
    return query(Prepared.of(graph, bans), metric or by_length(graph), [start], [end])


def test_partial_first_and_last_arc() -> None:
    way = arcs(CROSS, (0, 1), (1, 2))
    path = search(CROSS, [], Place(way[0], 3000), Place(way[1], 2500))
    assert path is not None
    assert (path.arcs, path.cost) == (way, 7000 + 2500)


@pytest.mark.parametrize(("weight", "at_mm", "cost"), [(3, 5000, 2), (3, 4999, 1), (3, 1666, 0), (3, 1667, 1)])
def test_parts_of_an_arc_cost_the_nearest_whole(weight: int, at_mm: int, cost: int) -> None:
    (arc,) = arcs(CROSS, (0, 1))
    metric = Metric(np.full(CROSS.arc_count, weight, np.uint32))
    path = search(CROSS, [], Place(arc, 0), Place(arc, at_mm), metric)
    assert path is not None
    assert path.cost == cost


def test_turning_on_the_spot_is_never_a_way_round_a_ban() -> None:
    way = arcs(CROSS, (0, 1), (1, 2))
    assert search(CROSS, [way], Place(way[0], 0), Place(way[1], 5000)) is None


def test_turning_at_a_dead_end_is_not_allowed() -> None:
    out, back = arcs(CROSS, (1, 3), (3, 1))
    assert search(CROSS, [], Place(out, 9000), Place(back, 5000)) is None


def test_the_same_arc_forwards_backwards_and_on_the_spot() -> None:
    ring = build(3, [Road(0, 1, length_m=10), Road(1, 2, length_m=10), Road(2, 0, length_m=10)])
    (arc,) = arcs(ring, (0, 1))
    forwards = search(ring, [], Place(arc, 2000), Place(arc, 7000))
    assert forwards is not None
    assert (forwards.arcs, forwards.cost) == ((arc,), 5000)
    spot = search(ring, [], Place(arc, 2000), Place(arc, 2000))
    assert spot is not None
    assert (spot.arcs, spot.cost) == ((arc,), 0)
    round_trip = search(ring, [], Place(arc, 7000), Place(arc, 2000))
    assert round_trip is not None
    assert (round_trip.arcs, round_trip.cost) == ((*arcs(ring, (0, 1), (1, 2), (2, 0)), arc), 3000 + 20_000 + 2000)
    behind = search(CROSS, [], Place(0, 7000), Place(0, 2000))
    assert behind is None


def test_going_round_is_taken_when_staying_is_dearer() -> None:
    """Straight on is dear, backwards and round the block is cheap; then the other way about."""
    ring = build(3, [Road(0, 1, length_m=10), Road(1, 2, length_m=10), Road(2, 0, length_m=10)])
    forth, back = arcs(ring, (0, 1), (1, 0))
    starts, ends = [Place(forth, 4000), Place(back, 6000)], [Place(forth, 6000), Place(back, 4000)]
    weight = np.full(ring.arc_count, 10, np.uint32)
    weight[forth] = 1000
    prepared = Prepared.of(ring, [])
    path = query(prepared, Metric(weight), starts, ends)
    assert path is not None
    assert (path.arcs, path.cost) == ((back, *arcs(ring, (0, 2), (2, 1)), back), 4 + 20 + 4)
    weight[forth] = 100
    path = query(prepared, Metric(weight), starts, ends)
    assert path is not None
    assert (path.arcs, path.cost) == ((forth,), 20)


def test_a_ban_through_a_via_way_holds_only_for_those_who_came_that_way() -> None:
    path = [(0, 1), (1, 2), (2, 3)]
    graph = build(5, [Road(0, 1), Road(1, 2), Road(2, 3), Road(4, 1)])
    ban = arcs(graph, *path)
    end = Place(ban[-1], 5000)
    assert search(graph, [ban], Place(ban[0], 0), end) is None
    other = search(graph, [ban], Place(find_arc(graph, 4, 1), 0), end)
    assert other is not None
    assert other.arcs == arcs(graph, (4, 1), (1, 2), (2, 3))
    begun_inside = search(graph, [ban], Place(ban[1], 0), end)
    assert begun_inside is not None


def test_a_ban_is_met_by_a_loop_that_forgets_it() -> None:
    """After a detour the via way is entered from elsewhere, so the ban no longer holds."""
    #  0 - 1 - 2 - 3, and a ring 2 - 4 - 5 - 1
    ends = [(0, 1), (1, 2), (2, 3), (2, 4), (4, 5), (5, 1)]
    graph = build(6, [Road(a, b, length_m=10, two_way=False) for a, b in ends])
    ban = arcs(graph, (0, 1), (1, 2), (2, 3))
    path = search(graph, [ban], Place(ban[0], 0), Place(ban[-1], 10_000))
    assert path is not None
    assert path.arcs == arcs(graph, (0, 1), (1, 2), (2, 4), (4, 5), (5, 1), (1, 2), (2, 3))
    assert path.cost == 70_000


def test_unreachable_and_forbidden() -> None:
    graph = build(4, [Road(0, 1), Road(2, 3)])
    first, other = arcs(graph, (0, 1), (2, 3))
    assert search(graph, [], Place(first, 0), Place(other, 0)) is None
    weight = by_length(CROSS).weight
    way = arcs(CROSS, (0, 1), (1, 2))
    for closed in way:
        metric = Metric(np.where(np.arange(CROSS.arc_count) == closed, FORBIDDEN, weight).astype(np.uint32))
        assert search(CROSS, [], Place(way[0], 0), Place(way[1], 1), metric) is None
        assert search(CROSS, [], Place(closed, 0), Place(closed, 1), metric) is None


def test_no_places_no_path() -> None:
    prepared, metric = Prepared.of(CROSS, []), by_length(CROSS)
    assert query(prepared, metric, [], [Place(0, 0)]) is None
    assert query(prepared, metric, [Place(0, 0)], []) is None


def test_equal_costs_are_decided_by_arc_number() -> None:
    roads = [Road(0, 1, length_m=10, two_way=False), *[Road(1, 2, length_m=10, two_way=False)] * 3]
    graph = build(4, [*roads, Road(2, 3, length_m=10, two_way=False)])
    path = search(graph, [], Place(0, 0), Place(find_arc(graph, 2, 3), 0))
    assert path is not None
    assert path.arcs[1] == min(out_of(graph, 0))


def test_both_directions_of_start_and_end() -> None:
    """Off to the side that is nearer, in at the side that is nearer."""
    ring = build(4, [Road(i, (i + 1) % 4, length_m=10) for i in range(4)])
    forth, back = arcs(ring, (0, 1), (1, 0))
    there, again = arcs(ring, (2, 3), (3, 2))
    for at, to, expected in [(9000, 1000, (forth, there)), (1000, 9000, (back, again))]:
        starts = [Place(forth, at), Place(back, 10_000 - at)]
        ends = [Place(there, to), Place(again, 10_000 - to)]
        path = query(Prepared.of(ring, []), by_length(ring), starts, ends)
        assert path is not None
        assert (path.arcs[0], path.arcs[-1], path.cost) == (*expected, 12_000)


def test_the_heap_grows_with_the_search() -> None:
    """More roads at one node than the heap has room for at first; every one is settled before the end is reached."""
    spokes = 5000
    roads = [Road(0, 1, length_m=1, two_way=False)]
    roads += [Road(1, 2, length_m=(i * 37 % spokes + 1) / 100, two_way=False) for i in range(spokes)]
    graph = build(4, [*roads, Road(2, 3, length_m=100, two_way=False)])
    path = search(graph, [], Place(0, 0), Place(find_arc(graph, 2, 3), 60_000))
    assert path is not None
    assert path.cost == 1000 + 10 + 60_000
    assert path.settled == 1 + spokes
    assert path.relaxed == spokes + spokes


def test_weights_up_to_the_largest_are_added_rightly() -> None:
    chain = build(6, [Road(i, i + 1, length_m=1, two_way=False) for i in range(5)])
    metric = Metric(np.full(5, MAX_WEIGHT, np.uint32))
    path = search(chain, [], Place(0, 0), Place(4, 1000), metric)
    assert path is not None
    assert path.cost == 5 * MAX_WEIGHT


def test_costs_of_thousands_of_penalties_do_not_overflow() -> None:
    chain = build(3001, [Road(i, i + 1, length_m=1, two_way=False) for i in range(3000)])
    metric = Metric(np.full(3000, MAX_WEIGHT, np.uint32))
    path = search(chain, [], Place(0, 0), Place(2999, 1000), metric)
    assert path is not None
    assert path.cost == 3000 * MAX_WEIGHT


# --- a real town


@pytest.fixture(scope="module")
def heidelberg() -> RoadGraph:
    source = DATA / "heidelberg.osm.pbf"
    if not source.exists():
        pytest.skip(f"NOT TESTED on a real town: {source} is absent")
    from data.build import build_network
    from data.policies import load_policy

    return build_network([source], policy=load_policy())[0]


@pytest.mark.slow
def test_two_hundred_pairs_in_heidelberg(heidelberg: RoadGraph) -> None:
    graph = heidelberg
    ban_columns = graph.turn_bans
    bans = [
        tuple(ban_columns.arc[a:b].tolist())
        for a, b in zip(ban_columns.first_arc[:-1], ban_columns.first_arc[1:], strict=True)
    ]
    assert len(bans) > 100
    metric = by_length(graph)
    prepared = Prepared.of(graph, bans)
    lines = line_graph(graph, metric, bans)
    rng = np.random.default_rng(20_260_101)
    starts = rng.integers(0, graph.arc_count, 20).tolist()
    ends = rng.integers(0, graph.arc_count, 10).tolist()
    found = 0
    for start in starts:
        costs = nx.single_source_dijkstra_path_length(lines, (start,))
        for end in ends:
            reached = [cost for state, cost in costs.items() if state[-1] == end]
            path = query(prepared, metric, [Place(start, int(graph.arcs.length_mm[start]))], [Place(end, 0)])
            expected = min(reached, default=None)
            if start == end:
                continue
            assert (path.cost if path else None) == (None if expected is None else expected - int(metric.weight[end]))
            found += path is not None
            assert path is None or is_allowed(graph, path.arcs, [ban for ban in bans if set(ban) <= set(path.arcs)])
    assert found > 100


def line_graph(graph: RoadGraph, metric: Metric, bans: Bans) -> "nx.DiGraph[tuple[int, ...]]":
    """States are the arcs driven, as far back as some ban may still ask about."""
    banned = {tuple(ban) for ban in bans}
    beginnings = {tuple(ban[:n]) for ban in bans for n in range(1, len(ban))}
    lines: nx.DiGraph[tuple[int, ...]] = nx.DiGraph()
    todo: list[tuple[int, ...]] = [(arc,) for arc in range(graph.arc_count)]
    lines.add_nodes_from(todo)
    for state in todo:
        for following in out_of(graph, state[-1]):
            driven = (*state, following)
            ends = [driven[n:] for n in range(len(driven))]
            if is_reverse(graph, state[-1], following) or any(end in banned for end in ends):
                continue
            target = next((end for end in ends if end in beginnings), (following,))
            if target not in lines:
                todo.append(target)
            lines.add_edge(state, target, weight=int(metric.weight[following]))
    return lines
