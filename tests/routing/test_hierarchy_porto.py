"""The hierarchy on a real network: a thousand pairs for four vehicles against NetworkX, and what is stored of it."""

import datetime as dt
from itertools import product
from pathlib import Path as File

import networkx as nx
import numpy as np
import pytest

from api.networks import compile_network
from api.reviews.network import OpenNetwork
from api.reviews.request import profile_of
from api.reviews.situation import condition_states
from benchmarks.fleet import FOUR_VEHICLES, Fleet, spot, twins
from benchmarks.peers import History, line_graph
from benchmarks.trips import LEADS_NOWHERE
from data.policies import load_policy
from routing.columns import Verdict
from routing.graph import RoadGraph
from routing.hierarchy.alike import Edges, class_vehicles
from routing.hierarchy.bulk import Trip, route_many
from routing.hierarchy.router import Router
from routing.hierarchy.topology import build_hierarchy
from routing.hierarchy.weights import ArcWeights, Judged, weigh
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.metric import FORBIDDEN, Metric, customise
from routing.parts import Place
from routing.search import Prepared, query
from routing.turns import bans_in_force
from routing.vehicle import VehicleProfile

DATA = File(__file__).resolve().parents[3] / "shared" / "data" / "porto_portugal.osm.pbf"
ON = dt.date(2026, 11, 23)
POLICY = load_policy()
TIERS = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)
Pair = tuple[list[Place], list[Place]]


class Town:
    """Porto on one day."""

    def __init__(self, folder: File) -> None:
        compile_network([DATA], folder, policy=POLICY)
        network = OpenNetwork.open(folder)
        self.graph: RoadGraph = network.graph
        self.times = network.times(POLICY)
        states = condition_states(network, on=ON, gross_mass_kg=49_000)
        self.situation = Situation(states, ExtraRows.none(), self.graph.arcs.access)
        self.bans = bans_in_force(self.graph, states)
        self.hierarchy = build_hierarchy(self.graph)
        self.states = states
        self.twins = twins(self.graph)

    def router(self) -> Router:
        return Router.of(self.graph, self.hierarchy, self.states)

    def judge(self, vehicle: VehicleProfile) -> Judged:
        return Judged(judge_arcs(self.graph, Judge.of(vehicle, POLICY), self.situation))

    def weigh(self, judged: Judged, worst: Verdict = Verdict.UNKNOWN) -> ArcWeights:
        return weigh(self.times, judged, POLICY, worst=worst)

    def metric(self, judged: Judged, worst: Verdict = Verdict.UNKNOWN) -> Metric:
        return customise(self.times, judged.verdicts, POLICY, worst=worst)

    def pairs(self, count: int, seed: int) -> list[Pair]:
        usable = np.flatnonzero((self.graph.arcs.flags & LEADS_NOWHERE) == 0)
        rng = np.random.default_rng(seed)
        drawn, shares = rng.choice(usable, (count, 2)).tolist(), rng.random((count, 2)).tolist()
        return [
            (spot(self.graph, self.twins, a, x), spot(self.graph, self.twins, b, y))
            for (a, b), (x, y) in zip(drawn, shares, strict=True)
            if a != b
        ]


@pytest.fixture(scope="module")
def porto(tmp_path_factory: pytest.TempPathFactory) -> Town:
    if not DATA.exists():
        pytest.skip(f"real extract not at hand: {DATA}")
    return Town(tmp_path_factory.mktemp("porto") / "network")


def by_networkx(town: Town, lines: "nx.DiGraph[History]", metric: Metric, pair: Pair) -> int | None:
    """Least cost over a line graph that remembers arcs as far as bans need it."""

    def part(arc: int, part_mm: int) -> int:
        length = int(town.graph.arcs.length_mm[arc])
        return (int(metric.weight[arc]) * part_mm + length // 2) // length

    begin = {s.arc: part(s.arc, int(town.graph.arcs.length_mm[s.arc]) - s.at_mm) for s in pair[0]}
    ends = {e.arc: e.at_mm for e in pair[1]}
    reached = [history for history in lines if history[-1] in ends] if lines.graph.get("deep") else []
    goals = {(arc,) for arc in ends} | set(reached)
    best: int | None = None
    for (arc, cost), goal in product(begin.items(), goals):
        if metric.weight[arc] == FORBIDDEN or goal not in lines or (arc,) == goal:
            continue
        try:
            whole = nx.bidirectional_dijkstra(lines, (arc,), goal, weight="weight")[0]
        except nx.NetworkXNoPath:
            continue
        last = goal[-1]
        found = cost + whole - int(metric.weight[last]) + part(last, ends[last])
        best = found if best is None else min(best, found)
    return best


@pytest.mark.parametrize("name", FOUR_VEHICLES)
def test_costs_are_those_of_networkx(porto: Town, name: str) -> None:
    count = 12
    compare(porto, name, count)


@pytest.mark.slow
@pytest.mark.skipif("'slow' not in config.getoption('markexpr')", reason="takes long: run with -m slow")
@pytest.mark.parametrize("name", FOUR_VEHICLES)
def test_a_thousand_costs_are_those_of_networkx(porto: Town, name: str) -> None:
    compare(porto, name, 1000)


def compare(town: Town, name: str, count: int) -> None:
    judged = town.judge(profile_of(FOUR_VEHICLES[name], on=ON))
    metric, weights, router = town.metric(judged), town.weigh(judged), town.router()
    lines = line_graph(town.graph, metric, town.bans)
    lines.graph["deep"] = any(len(history) > 1 for history in lines)
    for pair in town.pairs(count, seed=len(name)):
        path = router.query(weights, *pair)
        assert (path.cost if path else None) == by_networkx(town, lines, metric, pair)


def test_a_thousand_pairs_for_four_vehicles_cost_what_dijkstra_says(porto: Town) -> None:
    prepared, router, bounded = Prepared.of(porto.graph, porto.bans), porto.router(), porto.router()
    bounded.pin([porto.weigh(porto.judge(vehicle)) for vehicle in class_vehicles(POLICY)])
    trips, expected = [], []
    for n, loaded in enumerate(FOUR_VEHICLES.values()):
        judged = porto.judge(profile_of(loaded, on=ON))
        weights, metric = porto.weigh(judged), porto.metric(judged)
        for pair in porto.pairs(250, seed=n):
            trips.append(Trip(weights, *pair))
            found = query(prepared, metric, *pair)
            expected.append(found.cost if found else None)
    one_by_one = [router.query(trip.weights, trip.starts, trip.ends) for trip in trips]
    by_class = [bounded.query(trip.weights, trip.starts, trip.ends) for trip in trips]
    at_once = route_many(router, trips, threads=2)
    assert [path.cost if path else None for path in one_by_one] == expected
    assert [path.arcs if path else None for path in at_once] == [path.arcs if path else None for path in one_by_one]
    assert [path.arcs if path else None for path in by_class] == [path.arcs if path else None for path in one_by_one]


def test_vehicles_with_the_same_signature_are_judged_alike(porto: Town) -> None:
    fleet = Fleet.of(400)
    edges = Edges.of(porto.graph, POLICY)
    _, first, alike = np.unique(
        edges.signatures(fleet.loads, fleet.legal_mass_kg), axis=0, return_index=True, return_inverse=True
    )
    assert len(first) < 200
    for vehicle, group in enumerate(alike):
        if vehicle != first[group]:
            one, other = porto.judge(fleet.profile(vehicle)), porto.judge(fleet.profile(int(first[group])))
            assert (one.verdicts == other.verdicts).all()
