"""Measure one network from the map file to the whole review, every answer checked (各阶段测量)."""

import datetime as dt
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from api.networks import compile_network
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest, profile_of
from api.reviews.service import review, usable_arcs
from api.reviews.situation import condition_states
from benchmarks.extracts import Extract
from benchmarks.measuring import ROUNDS, Row, timed
from benchmarks.peers import Peer, igraph_on_lines, junction_graph, line_graph, networkx_on_junctions, networkx_on_lines
from benchmarks.trips import VEHICLES, Pair, feasible_pairs, spot_on
from data.policies import load_policy
from routing.columns import Verdict
from routing.explain import check_arc
from routing.graph import U8, RoadGraph, iter_columns
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.metric import Metric, TravelTimes, customise
from routing.parts import Path as RoadPath
from routing.policy import Policy
from routing.search import Prepared, query
from routing.snapping import snap
from routing.storage import load
from routing.turns import bans_in_force

ON = dt.date(2026, 11, 23)
PAIRS = 100
REVIEWED = 50
PEER_PAIRS = 20
SMALL_BYTES = 1_000_000
COMPARED = "4.4 m high"
WORST = Verdict.UNKNOWN  # only what is blocked is shut


@dataclass(frozen=True, slots=True)
class Asked:
    """One vehicle on one network, ready to be searched for.

    Attributes:
        metric: Weights that shut only blocked arcs.
    """

    name: str
    times: TravelTimes
    judge: Judge
    situation: Situation
    verdicts: U8
    metric: Metric


def measure(extract: Extract, folder: Path, rounds: int = ROUNDS) -> Iterator[Row]:
    """Measure every stage of one network; the folder is written anew."""
    policy = load_policy()
    yield build_row(extract, folder, policy, rounds)
    yield from load_rows(folder, rounds)
    network = OpenNetwork.open(folder)
    states = condition_states(network, on=ON, gross_mass_kg=49_000)
    bans = bans_in_force(network.graph, states)
    prepared = Prepared.of(network.graph, bans)
    yield prepare_row(network.graph, bans, policy, rounds)
    asked = [ask(network, name, policy) for name in VEHICLES]
    yield from judge_rows(network.graph, asked, rounds)
    yield from customise_rows(asked, policy, rounds)
    pairs = feasible_pairs(network, prepared, [one.metric for one in asked], PAIRS)
    yield from search_rows(prepared, asked, pairs, rounds)
    compared = next(one for one in asked if one.name == COMPARED)
    yield from peer_rows(prepared, compared, pairs[:PEER_PAIRS], policy, rounds)
    yield snap_row(network, pairs, rounds)
    yield from review_rows(network, pairs[:REVIEWED], policy, rounds)


def build_row(extract: Extract, folder: Path, policy: Policy, rounds: int) -> Row:
    """From the map file to a network folder; a large file once."""

    def build() -> str:
        compile_network([extract.file], folder, policy=policy)
        return load(folder, verify=True).network_id

    built = timed(build, rounds if extract.file.stat().st_size < SMALL_BYTES else 1)
    graph = load(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    counts = f"{graph.node_count:,} nodes, {graph.arc_count:,} arcs, {size / 1e6:.0f} MB"
    return Row("build from .osm.pbf and write", "", [built.seconds], f"{counts}; column hashes")


def load_rows(folder: Path, rounds: int) -> Iterator[Row]:
    """Opening maps the files; touching reads every page of them."""
    opened = timed(lambda: load(folder).network_id, rounds)
    yield Row("load: open memory-mapped", "", [opened.seconds], "network id")

    def touch() -> float:
        return sum(float(array.sum()) for _, _, array in iter_columns(load(folder)) if array.dtype != np.bool_)

    touched = timed(touch, rounds)
    yield Row("load: open and read every column", "", [touched.seconds], "same sum of all columns")


def prepare_row(graph: RoadGraph, bans: Sequence[tuple[int, ...]], policy: Policy, rounds: int) -> Row:
    """What is made once for a network and the turn bans of a day."""

    def prepare() -> tuple[int, int]:
        turns = Prepared.of(graph, bans).turns
        return len(turns.state_arc), int(TravelTimes.of(graph, policy.cost).preferred_ms.sum())

    made = timed(prepare, rounds)
    return Row("prepare: turn table, travel times", "", [made.seconds], f"{len(bans)} bans, {made.answer[0]:,} states")


def ask(network: OpenNetwork, name: str, policy: Policy) -> Asked:
    """Judge and weight all arcs for one vehicle."""
    vehicle = VEHICLES[name]
    judge = Judge.of(profile_of(vehicle, on=ON), policy)
    states = condition_states(network, on=ON, gross_mass_kg=vehicle.gross_mass_kg)
    situation = Situation(states, ExtraRows.none(), network.graph.arcs.access)
    verdicts = judge_arcs(network.graph, judge, situation)
    metric = customise(network.times(policy), verdicts, policy, worst=WORST)
    return Asked(name, network.times(policy), judge, situation, verdicts, metric)


def weigh(graph: RoadGraph, one: Asked, policy: Policy) -> bytes:
    """All that a vehicle never seen before costs until it can be searched for."""
    return customise(one.times, judge_arcs(graph, one.judge, one.situation), policy, worst=WORST).weight.tobytes()


def judge_rows(graph: RoadGraph, asked: Sequence[Asked], rounds: int) -> Iterator[Row]:
    """The verdict of every arc; a sample is explained one by one and must say the same."""
    sample = np.linspace(0, graph.arc_count - 1, 500).astype(int)
    for one in asked:
        judged = timed(lambda one=one: judge_arcs(graph, one.judge, one.situation).tobytes(), rounds)
        verdicts = np.frombuffer(judged.answer, np.uint8)
        for arc in sample:
            checks = check_arc(graph, one.judge, one.situation, int(arc))
            assert verdicts[arc] == max((check.verdict for check in checks), default=Verdict.PASSES)
        shares = ", ".join(f"{(verdicts == code).mean():.1%} {code.name.lower()}" for code in Verdict)
        yield Row("verdict of all arcs", one.name, [judged.seconds], shares)


def customise_rows(asked: Sequence[Asked], policy: Policy, rounds: int) -> Iterator[Row]:
    """Weights from verdicts."""
    for one in asked:
        call = partial(customise, one.times, one.verdicts, policy, worst=WORST)
        made = timed(lambda call=call: call().weight.tobytes(), rounds)
        assert made.answer == one.metric.weight.tobytes()
        yield Row("customise: weights of one vehicle", one.name, [made.seconds], "same weights")


def search_rows(prepared: Prepared, asked: Sequence[Asked], pairs: Sequence[Pair], rounds: int) -> Iterator[Row]:
    """Cheapest way with its path; its arcs must join and add up to its cost."""
    for one in asked:
        found = [timed(lambda one=one, pair=pair: search(prepared, one.metric, pair), rounds) for pair in pairs]
        for pair, each in zip(pairs, found, strict=True):
            check_path(prepared.graph, one.metric, pair, each.answer)
        settled = int(np.median([each.answer.settled for each in found]))
        total = sum(each.answer.cost for each in found)
        checked = f"{len(pairs)} pairs, {settled:,} settled; costs sum to {total:,} ms"
        yield Row("search with path", one.name, [each.seconds for each in found], checked)


def search(prepared: Prepared, metric: Metric, pair: Pair) -> RoadPath:
    """Ask for a pair that is known to be connected."""
    found = query(prepared, metric, [pair.start], [pair.end])
    assert found is not None
    return found


def check_path(graph: RoadGraph, metric: Metric, pair: Pair, found: RoadPath) -> None:
    """Add a path up again."""
    arcs = np.array(found.arcs)
    assert (arcs[0], arcs[-1]) == (pair.start.arc, pair.end.arc)
    assert (graph.arcs.head[arcs[:-1]] == graph.arcs.tail[arcs[1:]]).all()
    assert int(metric.weight[arcs[1:]].astype(np.int64).sum()) == found.cost


def peer_rows(prepared: Prepared, one: Asked, pairs: Sequence[Pair], policy: Policy, rounds: int) -> Iterator[Row]:
    """The same pairs by the others; first what a new vehicle costs, for whom they need a graph of its own."""
    graph = prepared.graph
    ours = [timed(lambda pair=pair: search(prepared, one.metric, pair).cost, rounds) for pair in pairs]
    start = time.perf_counter()
    lines = line_graph(graph, one.metric, bans_in_force(graph, one.situation.condition_state))
    built_lines = time.perf_counter()
    junctions = junction_graph(graph, one.metric)
    built_junctions = time.perf_counter()
    fresh = timed(partial(weigh, graph, one, policy), rounds).seconds
    for name, seconds, size in (
        ("networkx graph for one vehicle, with turn bans", built_lines - start, lines),
        ("networkx graph for one vehicle, no turn bans", built_junctions - built_lines, junctions),
    ):
        counts = f"{size.number_of_nodes():,} nodes, {size.number_of_edges():,} edges; ours: verdict and customise"
        yield Row(name, one.name, [seconds], counts, [seconds / fresh])
    for peer in (
        *networkx_on_lines(lines, pairs),
        networkx_on_junctions(graph, one.metric, junctions),
        *igraph_on_lines(lines),
    ):
        yield peer_row(peer, one.name, pairs, ours, rounds)


def peer_row(peer: Peer, vehicle: str, pairs: Sequence[Pair], ours: Sequence[Any], rounds: int) -> Row:
    """Measure one of the others; its costs must be ours, or not above where it knows no turn bans."""
    theirs = [timed(partial(peer.search, pair), rounds) for pair in pairs]
    equal = sum(their.answer == our.answer for their, our in zip(theirs, ours, strict=True))
    if peer.is_exact:
        assert equal == len(pairs), f"{peer.name}: {equal} of {len(pairs)} costs are equal"
    assert all(their.answer <= our.answer for their, our in zip(theirs, ours, strict=True))
    ratios = [their.seconds / our.seconds for their, our in zip(theirs, ours, strict=True)]
    checked = f"{equal} of {len(pairs)} costs equal ours" + ("" if peer.is_exact else ", none above")
    return Row(peer.name, vehicle, [their.seconds for their in theirs], checked, ratios)


def snap_row(network: OpenNetwork, pairs: Sequence[Pair], rounds: int) -> Row:
    """A point on a road must meet that road."""
    usable = usable_arcs(network)
    graph = network.graph
    found = []
    for pair in pairs:
        lon, lat = spot_on(network, pair.start.arc)
        found.append(timed(lambda lon=lon, lat=lat: snap(graph, lon, lat, usable, within_m=2000.0), rounds))
        assert found[-1].answer.distance_m < 0.1
    return Row("snap one point", "", [each.seconds for each in found], f"{len(pairs)} points, each on its road")


def review_rows(network: OpenNetwork, pairs: Sequence[Pair], policy: Policy, rounds: int) -> Iterator[Row]:
    """The whole answer as a user gets it, from two points or from a given line; the same bytes every time."""
    stops = [(spot_on(network, pair.start.arc), spot_on(network, pair.end.arc)) for pair in pairs]
    lines: list[Line] = []
    for name, vehicle in VEHICLES.items():
        requests = [ReviewRequest(vehicle=vehicle, policy=policy, on=ON, stops=pair) for pair in stops]
        answers = [review(network, request) for request in requests]
        lines = lines or [line_of(answer) for answer in answers]
        yield review_row("whole review, suggested route", name, network, requests, rounds)
        along = [replace(request, stops=(), line=line) for request, line in zip(requests, lines, strict=True)]
        yield review_row("whole review, given line", name, network, along, rounds)


def review_row(stage: str, vehicle: str, network: OpenNetwork, requests: Sequence[ReviewRequest], rounds: int) -> Row:
    """Review them all; the verdict must be that of the worst finding."""
    found = [timed(lambda request=request: fingerprint(review(network, request)), rounds) for request in requests]
    verdicts = Counter(each.answer[0] for each in found)
    km = sum(each.answer[1] for each in found) / 1000 / len(found)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    return Row(stage, vehicle, [each.seconds for each in found], f"{counts}; mean {km:.1f} km; same bytes")


def fingerprint(answer: dict[str, Any]) -> tuple[str, int, str]:
    """Verdict, length and hash of a review, after checking that it hangs together."""
    routes = answer["routes"]
    if routes:
        outcomes = {finding["outcome"] for finding in routes[0]["findings"]}
        worst = max((code for code in Verdict if code.name.lower() in outcomes), default=Verdict.PASSES)
        assert answer["verdict"] == routes[0]["verdict"] == worst.name.lower()
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
    length = routes[0]["length_m"] if routes else 0
    return answer["verdict"], length, hashlib.sha256(text.encode()).hexdigest()


def line_of(answer: dict[str, Any]) -> Line:
    """Geometry of a suggested route, as a carrier would hand it in."""
    lon, lat = np.array(answer["routes"][0]["geometry"]["coordinates"], np.float64).T
    return Line(lon, lat)
