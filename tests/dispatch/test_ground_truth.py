"""Ten thousand routes of the synthetic province: level, bodies and metres as the sources alone say."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from api.dispatch.managing import stretches_of
from api.dispatch.plan import DispatchPlan, plan
from api.reviews.passages import passages_of
from routing.graph import RoadGraph
from routing.path import Piece
from rules.jurisdiction import jurisdiction
from tests.dispatch.conftest import Demo
from tests.dispatch.ground_truth import Step, Truth

DAY = dt.date(2026, 11, 23)
STARTS = 200
FAR, NEAR = 10, 40  # ends per start: anywhere, and among the nearest nodes
NEAREST = 1500
CUT_M = 15.0  # county lines cut arcs of 30 km by shares of lengths on the Mercator map
CLASSES = ("I", "II", "III", "none", "unknown")
KMH = {1: 120, 2: 120, 3: 70, 5: 60, 7: 40, 9: 40, 11: 25}


def drives(graph: RoadGraph, seed: int) -> Iterator[list[int]]:
    """Quickest ways between random nodes, as arcs."""
    arcs = graph.arcs
    speed = np.array([KMH.get(int(kind), 40) for kind in arcs.road_class])
    cost = arcs.length_mm / speed
    best: dict[tuple[int, int], int] = {}
    for arc in np.argsort(-cost, kind="stable").tolist():
        best[int(arcs.tail[arc]), int(arcs.head[arc])] = arc
    kept = np.array(list(best.values()))
    weights = csr_array((cost[kept], (arcs.tail[kept], arcs.head[kept])), shape=(graph.node_count, graph.node_count))
    chance = np.random.default_rng(seed)
    starts = chance.choice(graph.node_count, STARTS, replace=False)
    distance, before = dijkstra(weights, indices=starts, return_predecessors=True)
    for row, start in enumerate(starts.tolist()):
        nearest = np.argsort(distance[row])[1:NEAREST]
        for end in (*chance.choice(graph.node_count, FAR), *chance.choice(nearest, NEAR)):
            nodes = [int(end)]
            while nodes[-1] != start and before[row, nodes[-1]] >= 0:
                nodes.append(int(before[row, nodes[-1]]))
            if nodes[-1] == start and len(nodes) > 1:
                nodes.reverse()
                yield [best[pair] for pair in pairwise(nodes)]


def pieces_of(graph: RoadGraph, arcs: list[int], first_mm: int, last_mm: int) -> list[Piece]:
    pieces, at = [], 0
    for place, arc in enumerate(arcs):
        low = first_mm if place == 0 else 0
        high = last_mm if place == len(arcs) - 1 else int(graph.arcs.length_mm[arc])
        pieces.append(Piece(arc, low, high, at))
        at += high - low
    return pieces


def plan_of(demo: Demo, pieces: list[Piece], vehicle_class: str) -> DispatchPlan:
    passages = passages_of(demo.network, pieces)
    said = jurisdiction(passages, on=DAY, vehicle_class=vehicle_class).to_json()
    length_m = (pieces[-1].begins_at_mm + pieces[-1].length_mm + 500) // 1000
    review: dict[str, Any] = {
        "classification": {"class": vehicle_class},
        "jurisdiction": said,
        "routes": [{"length_m": length_m, "findings": []}],
    }
    made = plan(review, stretches_of(review), demo.directory, DAY)
    assert_partition(made, length_m)
    assert {(body["code"], body["role"]) for body in said["co_review"] if body["role"] != "police"} == asked_of(made)
    return made


def assert_partition(made: DispatchPlan, length_m: int) -> None:
    """Every metre of the route stands exactly once in the evidence, under one body."""
    ends = [0]
    for entry in made.managed:
        assert entry.stretch.enter_m == ends[-1]
        assert entry.body is not None
        ends.append(entry.stretch.exit_m)
    assert ends[-1] == length_m


def asked_of(made: DispatchPlan) -> set[tuple[str | None, str]]:
    """Who manages a part or collects a toll on it, by code and the role the review gives it."""
    levels = {"province": "province_highway", "city": "city_highway", "county": "county_highway"}
    found = set()
    for packet in made.packets:
        body = packet.body
        is_decider = body == made.accepts
        if packet.role in {"manager", "city_road", "along_route_province", "toll_operator"} and not is_decider:
            by_kind = {kind: kind for kind in ("expressway_authority", "city_road", "toll_operator")}
            found.add((body.division_code, by_kind.get(body.kind) or levels[body.level or "county"]))
    return found


def faults(made: DispatchPlan, truth: Truth, vehicle_class: str) -> list[str]:
    found = []
    accepts = made.accepts.division_code if made.accepts else None
    if (made.level, accepts) != (truth.level, truth.accepts):
        found.append(f"level {made.level} {accepts}, not {truth.level} {truth.accepts}")
    metres: Counter[str] = Counter()
    for entry in made.managed:
        assert entry.body
        metres[entry.body.id] += entry.stretch.length_m
    found += [
        f"{body}: {metres[body]} m, not {truth.managers[body]:.1f} m"
        for body in set(metres) | set(truth.managers)
        if abs(metres[body] - truth.managers[body]) > CUT_M
    ]
    roles = {role: {packet.body for packet in made.packets if packet.role == role} for role in ROLES}
    operators = {body.name_zh for body in roles["toll_operator"]}
    unnamed = {name for name in operators if name.endswith("经营单位")}  # ramps that lead to no expressway
    if operators - unnamed != truth.operators:
        found.append(f"operators {operators}, not {truth.operators}")
    maintainers = {body.name_zh for body in roles["maintainer"]}
    if not truth.maintainers[0] <= maintainers <= truth.maintainers[1]:
        found.append(f"maintainers {maintainers}, not between {truth.maintainers}")
    informed = {body.id for body in roles["crossed_division"]}
    if informed != truth.informed:
        found.append(f"informed {informed}, not {truth.informed}")
    police = {f"police:{truth.accepts}"} if vehicle_class in {"III", "unknown"} else set()
    if {body.id for body in roles["police"]} != police:
        found.append(f"police {roles['police']}")
    return found


ROLES = ("toll_operator", "maintainer", "crossed_division", "police")


@pytest.mark.slow
def test_ten_thousand_routes_have_the_level_and_bodies_of_the_sources(demo: Demo) -> None:
    graph = demo.network.graph
    chance = np.random.default_rng(7)
    wrong: list[Any] = []
    seen: Counter[str] = Counter()
    for number, arcs in enumerate(drives(graph, seed=3)):
        first, last = (int(graph.arcs.length_mm[arc]) for arc in (arcs[0], arcs[-1]))
        low, high = int(chance.integers(0, first // 2 + 1)), int(chance.integers(last // 2 + 1, last + 1))
        steps = demo.sources.steps(arcs, low, high)
        truth = demo.sources.truth(steps) if sum(step.length_m for step in steps) > 60 else None
        if truth is None or truth.is_doubtful:
            seen["doubtful"] += 1
            continue
        vehicle_class = CLASSES[number % len(CLASSES)]
        made = plan_of(demo, pieces_of(graph, arcs, low, high), vehicle_class)
        if found := faults(made, truth, vehicle_class):
            wrong.append((number, found))
        seen.update(kinds_of_case(truth, steps, vehicle_class))
    assert wrong == []
    assert sum(seen[name] for name in CLASSES) > 9_700
    assert min(seen[name] for name in CASES) > 400, seen


CASES = (
    *CLASSES, "one county", "two counties of a city", "two cities", "five counties by expressway", "sliver",
    "city streets", "informed",
)  # fmt: skip


def kinds_of_case(truth: Truth, steps: list[Step], vehicle_class: str) -> Iterator[str]:
    yield vehicle_class
    counties, cities = truth.counties, {code[:4] for code in truth.counties}
    fast = {step.code for step in steps if step.kind == "expressway"} & set(counties)
    cases = {
        "one county": truth.level == "county",
        "two counties of a city": truth.level == "city" and len(counties) == 2,
        "two cities": truth.level == "province" and len(cities) == 2,
        "five counties by expressway": len(fast) >= 5,
        "sliver": bool({step.code for step in steps} - set(counties)),
        "city streets": "street" in truth.kinds,
        "informed": bool(truth.informed),
    }
    yield from (name for name, holds in cases.items() if holds)
