"""The hierarchy on a real network: a thousand pairs for four vehicles against NetworkX, and what is stored of it."""

import datetime as dt
from collections import defaultdict
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
from routing.hierarchy.weights import ArcWeights, Judged, weigh
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.metric import Metric, customise
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
        self.hierarchy = network.hierarchy
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


class Lines:
    """A line graph for NetworkX that remembers arcs as far as bans need it, made once for a vehicle."""

    def __init__(self, town: Town, metric: Metric) -> None:
        self.town, self.metric = town, metric
        self.graph: nx.DiGraph[History] = line_graph(town.graph, metric, town.bans)
        self.of_arc: dict[int, list[History]] = defaultdict(list)
        for history in self.graph:
            self.of_arc[history[-1]].append(history)

    def cost(self, pair: Pair) -> int | None:
        """Least cost between the places of a pair: from one node more to another, added for this question."""
        start, end = (-1,), (-2,)
        for place in pair[0]:
            if (place.arc,) in self.graph:
                length = int(self.town.graph.arcs.length_mm[place.arc])
                self.graph.add_edge(start, (place.arc,), weight=self.part(place.arc, length - place.at_mm))
        for place in pair[1]:
            for goal in self.of_arc[place.arc]:
                for before in list(self.graph.predecessors(goal)):
                    self.graph.add_edge(before, end, weight=self.part(place.arc, place.at_mm))
        try:
            return int(nx.bidirectional_dijkstra(self.graph, start, end, weight="weight")[0])
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            return None
        finally:
            self.graph.remove_nodes_from([start, end])

    def part(self, arc: int, part_mm: int) -> int:
        length = int(self.town.graph.arcs.length_mm[arc])
        return (int(self.metric.weight[arc]) * part_mm + length // 2) // length


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
    lines, weights, router = Lines(town, town.metric(judged)), town.weigh(judged), town.router()
    found = 0
    for pair in town.pairs(count, seed=len(name)):
        if {place.arc for place in pair[0]} & {place.arc for place in pair[1]}:
            continue  # a way that never leaves its arc: see the tests of single arcs
        path = router.query(weights, *pair)
        assert (path.cost if path else None) == lines.cost(pair)
        found += path is not None
    assert found > count // 2


def test_a_thousand_pairs_for_four_vehicles_get_the_paths_of_dijkstra(porto: Town) -> None:
    prepared, router, bounded = Prepared.of(porto.graph, porto.bans), porto.router(), porto.router()
    bounded.pin([porto.weigh(porto.judge(vehicle)) for vehicle in class_vehicles(POLICY)])
    trips, expected = [], []
    for n, loaded in enumerate(FOUR_VEHICLES.values()):
        judged = porto.judge(profile_of(loaded, on=ON))
        weights, metric = porto.weigh(judged), porto.metric(judged)
        for pair in porto.pairs(250, seed=n):
            trips.append(Trip(weights, *pair))
            found = query(prepared, metric, *pair)
            expected.append((found.cost, found.arcs) if found else None)
    one_by_one = [router.query(trip.weights, trip.starts, trip.ends) for trip in trips]
    by_class = [bounded.query(trip.weights, trip.starts, trip.ends) for trip in trips]
    found_at_once = dict(route_many(router, trips, threads=2))
    at_once = [found_at_once.get(n) for n in range(len(trips))]
    assert [(path.cost, path.arcs) if path else None for path in one_by_one] == expected
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
