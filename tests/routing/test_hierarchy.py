"""The hierarchy against Dijkstra on the same weights: every way of answering, on random networks with bans."""

import gc
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels.hierarchy_customise import Weights
from routing.columns import ConditionState, Verdict
from routing.graph import I32, U8, RoadGraph, Strings, TurnBans
from routing.hierarchy import bulk
from routing.hierarchy.bulk import Trip, route_many
from routing.hierarchy.expansion import expand
from routing.hierarchy.router import Router
from routing.hierarchy.tables import NO_WAY, many_to_many, one_to_many
from routing.hierarchy.topology import build_hierarchy
from routing.hierarchy.weights import ArcWeights, Judged, weigh_as
from routing.metric import FORBIDDEN, MAX_WEIGHT, Metric
from routing.parts import Path, Place
from routing.search import Prepared, query
from routing.turns import bans_in_force
from tests.graphs import Road, make_graph
from tests.routing.oracles import cheapest_by_history, is_allowed, is_reverse

MANY = settings(max_examples=150, deadline=None)
FEW = settings(max_examples=40, deadline=None)
PERMILLE = np.array([1000, 1300, 1700, -1], np.int64)
SHUT = int(Verdict.BLOCKED)


@dataclass(frozen=True)
class Network:
    """A random network with some bans in force and the weights of a few vehicles."""

    graph: RoadGraph
    bans: tuple[tuple[int, ...], ...]
    condition_state: U8
    rank: I32 | None
    base_ms: np.ndarray
    rng: np.random.Generator

    def router(self, **options: int) -> Router:
        hierarchy = build_hierarchy(self.graph, rank=self.rank)
        return Router.of(self.graph, hierarchy, self.condition_state, **options)

    def weights(self, shut_share: float = 0.15) -> ArcWeights:
        return self.weigh(self.verdicts(shut_share))

    def weigh(self, verdicts: U8) -> ArcWeights:
        return ArcWeights(Judged(verdicts), Weights(self.base_ms, verdicts, PERMILLE, 0))

    def free(self) -> ArcWeights:
        return self.weigh(np.zeros(self.graph.arc_count, np.uint8))

    def verdicts(self, shut_share: float = 0.15) -> U8:
        shares = [0.5, 0.25, 0.25 - shut_share, shut_share]
        return self.rng.choice(4, self.graph.arc_count, p=shares).astype(np.uint8)

    def place(self, *, both: bool = True) -> tuple[Place, ...]:
        arc = int(self.rng.integers(self.graph.arc_count))
        length = int(self.graph.arcs.length_mm[arc])
        at = int(self.rng.integers(length + 1))
        back = [other for other in range(self.graph.arc_count) if is_reverse(self.graph, arc, other)]
        return (Place(arc, at), Place(back[0], length - at)) if back and both else (Place(arc, at),)

    def dijkstra(self, weights: ArcWeights, starts: Sequence[Place], ends: Sequence[Place]) -> Path | None:
        return query(Prepared.of(self.graph, self.bans), metric_of(weights), starts, ends)


def metric_of(weights: ArcWeights) -> Metric:
    """The same weights by numpy, one for every arc."""
    kernel = weights.kernel
    permille = kernel.permille[kernel.verdict]
    weight = np.maximum(kernel.base_ms * permille // 1000, 1) + (kernel.verdict == SHUT) * kernel.blocked_ms
    return Metric(np.where(permille < 0, FORBIDDEN, weight).astype(np.uint32))


@st.composite
def networks(draw: st.DrawFn, largest: int = 12) -> Network:
    """Two-way and one-way roads, parallel ones and loops; bans of every length, nested, some out of force."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = int(rng.integers(2, largest))
    roads = [
        Road(
            int(a),
            int(b),
            two_way=bool(rng.random() < 0.7),
            length_m=float(rng.integers(1, 60)) / 1000,
            via=[(113, 29)],
        )
        for a, b in rng.integers(nodes, size=(int(rng.integers(2, 3 * nodes)), 2))
    ]
    graph = make_graph([(112 + i / 100, 28.0) for i in range(nodes)], roads)
    bans = sorted({tuple(walk(graph, rng)) for _ in range(int(rng.integers(0, 8)))})
    bans = [ban for ban in bans if len(ban) > 1]
    bans += [ban[:2] for ban in bans if len(ban) > 2 and rng.random() < 0.3 and ban[:2] not in bans]
    condition = rng.integers(0, 2, len(bans))
    states = np.array(
        [ConditionState.ACTIVE, rng.choice([ConditionState.INACTIVE, ConditionState.UNREADABLE])], np.uint8
    )
    graph = with_bans(graph, bans, condition)
    in_force = tuple(bans_in_force(graph, states))
    nodes = len(expand(graph).junction)
    rank = None if draw(st.booleans()) else rng.permutation(nodes).astype(np.int32)
    most = int(rng.choice([3, 60]))  # few different weights make many ways equally good
    base = rng.integers(1, most, graph.arc_count).astype(np.int64)
    return Network(graph, in_force, states, rank, base, rng)


def walk(graph: RoadGraph, rng: np.random.Generator) -> list[int]:
    arcs = [int(rng.integers(graph.arc_count))]
    for _ in range(int(rng.integers(1, 4))):
        node = int(graph.arcs.head[arcs[-1]])
        leaving = range(int(graph.arcs.first_out[node]), int(graph.arcs.first_out[node + 1]))
        arcs += [int(rng.choice(leaving))] if leaving else []
    return arcs


def with_bans(graph: RoadGraph, bans: Sequence[Sequence[int]], condition: Sequence[int]) -> RoadGraph:
    first = np.cumsum([0, *map(len, bans)]).astype(np.int64)
    arcs = np.array([arc for ban in bans for arc in ban], np.int32)
    texts = ["", "Mo-Fr"]
    strings = Strings(np.array([0, 0, 5], np.int64), np.frombuffer("".join(texts).encode(), np.uint8))
    table = TurnBans(first, arcs, np.array(condition, np.int32), np.zeros(len(bans), np.int32))
    return replace(graph, turn_bans=table, strings=strings)


def cost(path: Path | None) -> int | None:
    return path.cost if path else None


def arcs(path: Path | None) -> tuple[int, ...] | None:
    return path.arcs if path else None


def check(network: Network, weights: ArcWeights, path: Path | None, ends: tuple[tuple[Place, ...], ...]) -> None:
    """Cost and path are Dijkstra's, ties included, and the path is one that may be driven at that cost."""
    expected = network.dijkstra(weights, *ends)
    assert cost(path) == cost(expected)
    assert arcs(path) == arcs(expected)
    if path is not None:
        assert is_allowed(network.graph, path.arcs, network.bans)
        assert path.start in ends[0]
        assert path.end in ends[1]
        again = network.dijkstra(only(weights, path.arcs), [path.start], [path.end])
        assert again is not None
        assert again.cost <= path.cost


def only(weights: ArcWeights, arcs: Sequence[int]) -> ArcWeights:
    """The same weights with every other arc shut."""
    verdicts = np.full_like(weights.kernel.verdict, SHUT)
    verdicts[list(arcs)] = weights.kernel.verdict[list(arcs)]
    return ArcWeights(Judged(verdicts), weights.kernel._replace(verdict=verdicts))


@MANY
@given(networks())
def test_the_own_metric_a_class_metric_and_dijkstra_agree(network: Network) -> None:
    router, bounded = network.router(), network.router()
    bounded.pin([network.free()])
    for _ in range(4):
        weights = network.weights()
        router.metric_of(weights)
        for both in (True, False):
            ends = network.place(both=both), network.place(both=both)
            own, by_class = router.query(weights, *ends), bounded.query(weights, *ends)
            check(network, weights, own, ends)
            assert by_class == own or (by_class and own and by_class.arcs == own.arcs and by_class.cost == own.cost)
    assert not bounded.metrics.counts["customised"]
    assert bounded.metrics.counts["unbounded"] == 0


@FEW
@given(networks(largest=6))
def test_it_agrees_with_a_line_graph_that_remembers_arcs(network: Network) -> None:
    router = network.router()
    weights = network.weights()
    ends = network.place(), network.place()
    expected = cheapest_by_history(network.graph, metric_of(weights), network.bans, *ends)
    assert cost(router.query(weights, *ends)) == expected


@MANY
@given(networks())
def test_bans_hold_across_a_stop_on_the_way(network: Network) -> None:
    router, prepared = network.router(), Prepared.of(network.graph, network.bans)
    weights = network.weights(0.02)
    here, via, there = network.place(), network.place(both=False), network.place()
    theirs = query(prepared, metric_of(weights), here, via)
    ours = router.query(weights, here, via)
    assert (cost(ours), arcs(ours)) == (cost(theirs), arcs(theirs))
    if ours and theirs:
        onward = query(prepared, metric_of(weights), [theirs.end], there, state=theirs.end_state)
        again = router.query(weights, [ours.end], there, state=ours.end_state)
        assert (cost(again), arcs(again)) == (cost(onward), arcs(onward))
        if again:
            assert is_allowed(network.graph, (*ours.arcs, *again.arcs[1:]), network.bans)


@MANY
@given(networks(), st.integers(1, 2))
def test_many_trips_at_once_give_what_each_gives_alone(network: Network, threads: int) -> None:
    router, alone = network.router(), network.router()
    vehicles = [network.weights() for _ in range(19)]
    if threads == 2:
        router.pin([network.free()])
    counts = network.rng.integers(0, 7, len(vehicles))
    trips = [
        Trip(weights, network.place(both=both), network.place(both=both))
        for weights, count in zip(vehicles, counts, strict=True)
        for both in network.rng.random(count) < 0.7
    ]
    found = dict(route_many(router, trips, threads=threads))
    for n, trip in enumerate(trips):
        path = found.get(n)
        single = alone.query(trip.weights, trip.starts, trip.ends)
        assert cost(path) == cost(single)
        assert (path.arcs if path else None) == (single.arcs if single else None)
        expected = network.dijkstra(trip.weights, trip.starts, trip.ends)
        assert (cost(path), arcs(path)) == (cost(expected), arcs(expected))


@FEW
@given(networks())
def test_tables_hold_what_single_questions_answer(network: Network) -> None:
    router = network.router()
    weights = network.weights(0.05)
    origins = [network.place(both=bool(n % 2)) for n in range(3)]
    goals = [network.place(both=bool(n % 2)) for n in range(4)]
    table = many_to_many(router, weights, origins, goals)
    assert (table[1] == one_to_many(router, weights, origins[1], goals)).all()
    for i, origin in enumerate(origins):
        for j, goal in enumerate(goals):
            expected = cost(network.dijkstra(weights, origin, goal))
            assert table[i, j] == (NO_WAY if expected is None else expected)


@FEW
@given(networks())
def test_weights_too_dear_for_32_bits_are_still_exact(network: Network) -> None:
    dear = Metric((network.rng.integers(1, 32, network.graph.arc_count) * 2**26).astype(np.uint32))
    weights = weigh_as(dear)
    router, prepared = network.router(), Prepared.of(network.graph, network.bans)
    origin, goals = network.place(), [network.place() for _ in range(4)]
    expected = [cost(query(prepared, dear, origin, goal)) for goal in goals]
    assert [cost(router.query(weights, origin, goal)) for goal in goals] == expected
    assert one_to_many(router, weights, origin, goals).tolist() == [NO_WAY if c is None else c for c in expected]
    at_once = dict(route_many(router, [Trip(weights, origin, goal) for goal in goals]))
    assert [cost(at_once.get(n)) for n in range(len(goals))] == expected


def test_the_dearest_arc_is_still_a_way() -> None:
    graph = make_graph([(112 + n / 100, 28.0) for n in range(4)], [Road(n, n + 1, two_way=False) for n in range(3)])
    router = Router.of(graph, build_hierarchy(graph), np.zeros(1, np.uint8))
    for dearest in (MAX_WEIGHT, MAX_WEIGHT + 1, MAX_WEIGHT + 2):
        weights = weigh_as(Metric(np.array([5, dearest, 5], np.uint32)))
        trip = (Place(0, 0),), (Place(2, int(graph.arcs.length_mm[2])),)
        assert cost(router.query(weights, *trip)) == MAX_WEIGHT + 10
        assert [cost(path) for _, path in route_many(router, [Trip(weights, *trip)] * 5)] == [MAX_WEIGHT + 10] * 5


@FEW
@given(networks())
def test_a_pocket_is_shut_in_by_the_arcs_it_names(network: Network) -> None:
    router = network.router()
    verdicts = network.verdicts(0.25)
    weights = network.weigh(verdicts)
    ends = network.place(), network.place()
    blocking = router.pocket(weights, *ends)
    if blocking is not None:
        assert all(verdicts[arc] == SHUT for arc in blocking)
        found = network.dijkstra(weights, *ends)
        assert found is None or len(found.arcs) == 1


def test_a_ban_out_of_force_does_not_hide_one_that_begins_inside_it() -> None:
    roads = [Road(n, n + 1, two_way=False) for n in range(3)]
    graph = with_bans(make_graph([(112 + n / 100, 28.0) for n in range(4)], roads), [(0, 1), (1, 2)], [1, 0])
    states = np.array([ConditionState.ACTIVE, ConditionState.INACTIVE], np.uint8)
    base = np.full(graph.arc_count, 5, np.int64)
    network = Network(graph, ((1, 2),), states, None, base, np.random.default_rng(1))
    router, free = network.router(), network.free()
    assert cost(router.query(free, [Place(0, 0)], [Place(1, 0)])) == 5
    assert router.query(free, [Place(0, 0)], [Place(2, 0)]) is None
    assert router.query(free, [Place(1, 0)], [Place(2, 0)]) is None


@given(networks(), st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_few_trips_at_a_time_leave_none_out(network: Network, at_once: int, copied_from: int) -> None:
    router, vehicles = network.router(), [network.weights() for _ in range(3)]
    trips = [Trip(weights, network.place(), network.place()) for weights in vehicles for _ in range(5)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "TRIPS_AT_ONCE", at_once)
        patch.setattr(bulk, "COPY_PAYS", copied_from)
        found = dict(route_many(router, trips, threads=2))
    alone = [network.router().query(trip.weights, trip.starts, trip.ends) for trip in trips]
    assert found == {n: replace(found[n], arcs=path.arcs) for n, path in enumerate(alone) if path is not None}


def test_who_stops_early_does_not_wait_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph([(112 + n / 100, 28.0) for n in range(3)], [Road(0, 1), Road(1, 2)])
    router = Router.of(graph, build_hierarchy(graph), np.zeros(1, np.uint8))
    weights = weigh_as(Metric(np.full(graph.arc_count, 7, np.uint32)))
    asked: list[int] = []
    really = bulk._ask

    def slowly(*given: Any) -> Any:  # noqa: ANN401
        asked.append(1)
        time.sleep(0.01)
        return really(*given)

    monkeypatch.setattr(bulk, "_ask", slowly)
    monkeypatch.setattr(bulk, "TRIPS_AT_ONCE", 1)
    found = route_many(router, [Trip(weights, (Place(0, 0),), (Place(2, 10),))] * 300)
    next(found)
    found.close()
    assert len(asked) < 100


def test_vehicles_that_are_gone_take_no_memory() -> None:
    graph = make_graph([(112 + n / 100, 28.0) for n in range(3)], [Road(0, 1), Road(1, 2)])
    rng, base = np.random.default_rng(1), np.full(graph.arc_count, 9, np.int64)
    router = Router.of(graph, build_hierarchy(graph), np.zeros(1, np.uint8), cached=2)

    def weigh(verdicts: U8) -> ArcWeights:
        return ArcWeights(Judged(verdicts), Weights(base, verdicts, PERMILLE, 0))

    router.pin([weigh(np.zeros(graph.arc_count, np.uint8))])
    alive: weakref.WeakSet[Judged] = weakref.WeakSet()
    for _ in range(40):
        weights = weigh(rng.integers(0, 4, graph.arc_count).astype(np.uint8))
        alive.add(weights.judged)
        router.query(weights, (Place(0, 0),), (Place(2, 10),))
        router.metric_of(weights)
        router.query(weigh_as(Metric(np.full(graph.arc_count, 7, np.uint32))), (Place(0, 0),), (Place(2, 10),))
    del weights
    gc.collect()
    assert len(alive) <= 2
    assert len(router.metrics._recent) == 2
