"""Travel times and weights, computed again with fractions."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from data.policies import load_policy
from routing.columns import RoadClass, Verdict
from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, MAX_WEIGHT, TravelTimes, customise, weight_of
from tests.graphs import Road, make_graph

POLICY = load_policy()
NODES = [(112.0, 28.0), (112.01, 28.0)]
LENGTHS_M = [0.001, 0.01, 1.0, 17.3, 999.999, 12_345.678, 2_000_000.0]


def every_class() -> RoadGraph:
    speeds = [0, 1, 5, 40, 255]
    return make_graph(
        NODES,
        [
            Road(0, 1, two_way=False, length_m=length, road_class=kind, columns={"maxspeed_kmh": speed})
            for kind in RoadClass
            for length in LENGTHS_M
            for speed in speeds
        ],
    )


def test_times_of_every_class_length_and_speed() -> None:
    graph = every_class()
    times = TravelTimes.of(graph, POLICY.cost)
    for arc in range(graph.arc_count):
        kind = RoadClass(int(graph.arcs.road_class[arc]))
        posted = int(graph.arcs.maxspeed_kmh[arc])
        speed = min(POLICY.cost.speed_kmh[kind], posted) if posted else POLICY.cost.speed_kmh[kind]
        exact = Fraction(int(graph.arcs.length_mm[arc]) * 3600, speed * 1000)
        duration = max(1, int(exact))
        assert times.duration_ms[arc] == duration
        assert times.preferred_ms[arc] == max(1, duration * POLICY.cost.preference_permille[kind] // 1000)


def test_a_kilometre_at_sixty_takes_a_minute() -> None:
    graph = make_graph(NODES, [Road(0, 1, two_way=False, length_m=1000, road_class=RoadClass.MOTORWAY)])
    times = TravelTimes.of(graph, POLICY.cost)
    assert (times.duration_ms.tolist(), times.preferred_ms.tolist()) == ([60_000], [54_000])


TIMES = TravelTimes(np.array([1000] * 4, np.int64), np.array([1000] * 4, np.int64))
VERDICTS = np.array(list(Verdict), np.uint8)
NEVER = int(FORBIDDEN)


@pytest.mark.parametrize(
    ("worst", "expected"),
    [
        (Verdict.PASSES, [1000, NEVER, NEVER, NEVER]),
        (Verdict.CONDITIONAL, [1000, 1200, NEVER, NEVER]),
        (Verdict.UNKNOWN, [1000, 1200, 1500, NEVER]),
        (Verdict.BLOCKED, [1000, 1200, 1500, 21_600_000 + 1000]),
    ],
)
def test_weights_up_to_the_worst_verdict_accepted(worst: Verdict, expected: list[int]) -> None:
    weight = customise(TIMES, VERDICTS, POLICY, worst=worst).weight
    assert weight.tolist() == expected
    assert weight.dtype == np.uint32


def test_factors_and_penalty_come_from_the_policy() -> None:
    cost = replace(POLICY.cost, verdict_permille=dict(zip(Verdict, (500, 1500, 2500, 3500), strict=True)))
    policy = replace(POLICY, cost=replace(cost, blocked_penalty_s=7))
    weight = customise(TIMES, VERDICTS, policy, worst=Verdict.BLOCKED).weight
    assert weight.tolist() == [500, 1500, 2500, 3500 + 7000]


def test_weights_are_at_least_one_and_never_reach_forbidden() -> None:
    huge = np.array([1, 2**40, 2**40, MAX_WEIGHT], np.int64)
    verdicts = np.array([Verdict.PASSES, Verdict.PASSES, Verdict.BLOCKED, Verdict.PASSES], np.uint8)
    low = replace(POLICY, cost=replace(POLICY.cost, verdict_permille=dict.fromkeys(Verdict, 1)))
    assert customise(TravelTimes(huge, huge), verdicts, low, worst=Verdict.BLOCKED).weight[0] == 1
    weight = customise(TravelTimes(huge, huge), verdicts, POLICY, worst=Verdict.BLOCKED).weight
    assert weight.tolist() == [1, MAX_WEIGHT, MAX_WEIGHT, MAX_WEIGHT]
    assert MAX_WEIGHT < NEVER


def exact_weight(preferred_ms: int, verdict: Verdict, worst: Verdict) -> int:
    if verdict > worst:
        return NEVER
    weight = max(1, int(Fraction(preferred_ms * POLICY.cost.verdict_permille[verdict], 1000)))
    return min(weight + (POLICY.cost.blocked_penalty_s * 1000 if verdict is Verdict.BLOCKED else 0), MAX_WEIGHT)


@pytest.mark.parametrize("worst", list(Verdict))
@pytest.mark.parametrize("verdict", list(Verdict))
def test_one_arc_weighs_as_among_all(verdict: Verdict, worst: Verdict) -> None:
    graph = every_class()
    times = TravelTimes.of(graph, POLICY.cost)
    all_arcs = customise(times, np.full(graph.arc_count, verdict, np.uint8), POLICY, worst=worst).weight
    for arc in range(0, graph.arc_count, 7):
        weight = weight_of(times, arc, verdict, POLICY, worst=worst)
        assert type(weight) is int
        assert weight == all_arcs[arc] == exact_weight(int(times.preferred_ms[arc]), verdict, worst)
