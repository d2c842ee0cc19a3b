"""Reviews on real map extracts; what they are held against is read from the map files on another way."""

import datetime as dt
import random
import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import osmium
import pytest

from api.reviews.network import OpenNetwork
from api.reviews.request import profile_of
from routing.columns import Access, ConditionState, Quantity
from routing.destination import DESTINATION_ACCESS, access_for_trip
from routing.explain import check_arc
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from tests.api.asking import DAY, POLICY, VEHICLES, Networks, ask, feed_back, map_file, random_stops, vehicle
from tests.api.review_format import faults_of

MORNING = dt.datetime(2026, 11, 23, 8)  # noqa: DTZ001  local time
TRIPS = {"helsinki": 60, "heidelberg": 30, "taipei": 40, "shanghai": 30}
DIVERSE = {
    **VEHICLES,
    "low": vehicle(height_mm=2000, width_mm=2000, length_mm=14_000),
    "huge": vehicle(height_mm=5100, width_mm=6200, length_mm=60_000),
}


@cache
def maxheights(name: str) -> dict[int, str]:
    """Raw maxheight of every road, straight from the file."""
    roads = osmium.FileProcessor(map_file(name), osmium.osm.WAY)
    return {way.id: way.tags["maxheight"] for way in roads if "maxheight" in way.tags and "highway" in way.tags}


def posted_below(name: str, height_mm: int) -> set[int]:
    """Ways with a plain number in metres lower than a height."""
    numbers = {way: re.fullmatch(r"([0-9.]+)( ?m)?", text) for way, text in maxheights(name).items()}
    return {way for way, number in numbers.items() if number and float(number[1]) * 1000 < height_mm}


def ways_in(name: str) -> set[int]:
    return {way.id for way in osmium.FileProcessor(map_file(name), osmium.osm.WAY)}


def trips(network: OpenNetwork, name: str) -> Iterator[tuple[str, dt.date, list[tuple[float, float]], int]]:
    chance = random.Random(f"trips of {name}")  # noqa: S311  not a secret
    for _ in range(TRIPS[name]):
        stops = random_stops(network, chance, chance.choice([2, 2, 3]))
        yield chance.choice(sorted(VEHICLES)), chance.choice([DAY, MORNING]), stops, chance.choice([1, 1, 3])


@pytest.mark.parametrize("name", TRIPS)
def test_a_suggested_route_fed_back_gets_the_same_verdict_and_findings(networks: Networks, name: str) -> None:
    network, known = networks.open(name), ways_in(name)
    differ, count = [], 0
    for who, on, stops, alternatives in trips(network, name):
        answer = ask(network, VEHICLES[who], *stops, on=on, alternatives=alternatives)
        assert faults_of(answer) == [], (who, on, stops)
        for route in answer["routes"]:
            count += 1
            assert set(route["way_ids"]) <= known
            again = feed_back(network, VEHICLES[who], route, on=on)
            assert again["verdict"] == route["verdict"], (who, on, stops)
            if again["routes"][0]["findings"] != route["findings"]:
                differ.append((who, on, stops, alternatives))
    assert count > TRIPS[name] // 2
    assert differ == []


@pytest.mark.parametrize("who", DIVERSE)
@pytest.mark.parametrize("name", ["helsinki", "heidelberg"])
def test_the_explanation_of_every_arc_has_the_verdict_of_the_pass_over_all(
    networks: Networks, name: str, who: str
) -> None:
    graph = networks.open(name).graph
    random_ = np.random.default_rng(7)
    state = random_.integers(0, len(ConditionState), len(graph.strings)).astype(np.uint8)
    state[0] = ConditionState.ACTIVE
    limited = np.flatnonzero(np.isin(graph.arcs.access, DESTINATION_ACCESS))
    access = access_for_trip(graph, limited[::7].tolist())
    assert (access != graph.arcs.access).any()
    situation = Situation(state, random_rows(random_, graph.arc_count), access)
    judge = Judge.of(profile_of(DIVERSE[who], on=DAY), POLICY)
    explained = [
        max((check.verdict for check in check_arc(graph, judge, situation, arc)), default=0)
        for arc in range(graph.arc_count)
    ]
    np.testing.assert_array_equal(explained, judge_arcs(graph, judge, situation))
    assert len(set(explained)) > 1


def random_rows(random_: np.random.Generator, arcs: int) -> ExtraRows:
    """Closures, limits and rights of way on one arc in five, under all states of conditions."""
    count = arcs // 5
    quantity = random_.integers(0, Quantity.CLOSURE + 1, count).astype(np.uint8)
    value = random_.integers(1000, 60_000, count).astype(np.int32)
    value[quantity == Quantity.ACCESS] %= len(Access)
    same = np.ones(count, np.uint8)
    return ExtraRows(
        arc=np.sort(random_.integers(0, arcs, count)).astype(np.int32),
        quantity=quantity,
        state=same,
        value=value,
        basis=same,
        scope=np.zeros(count, np.uint8),
        condition_state=random_.integers(0, len(ConditionState), count).astype(np.uint8),
        structure=np.full(count, -1, np.int32),
        condition=("at times",) * count,
        source=("overlay:x",) * count,
    )


@pytest.mark.parametrize(
    ("name", "start", "end", "posted"),
    [
        ("taipei", (121.53449, 25.0625), (121.51835, 25.06298), "4.2"),
        ("taipei", (121.51886, 25.0629), (121.53658, 25.06222), "4.2"),
        ("taipei", (121.52534, 25.05016), (121.52575, 25.06824), "4.2"),
        ("heidelberg", (8.67251, 49.3658), (8.67549, 49.37911), "4.0"),
    ],
)
def test_a_tall_vehicle_goes_round_a_posted_height_that_a_lower_one_uses(
    networks: Networks, name: str, start: tuple[float, float], end: tuple[float, float], posted: str
) -> None:
    network = networks.open(name)
    low, tall = VEHICLES["legal"], VEHICLES["tall"]
    heights, too_low = maxheights(name), posted_below(name, tall.height_mm)
    straight = ask(network, low, start, end)["routes"][0]
    used = {way for way in straight["way_ids"] if heights.get(way) == posted}
    assert straight["verdict"] == "passes"
    assert used
    around = ask(network, tall, start, end)["routes"][0]
    assert around["verdict"] == "passes"
    assert not set(around["way_ids"]) & too_low
    assert around["length_m"] > straight["length_m"]
    refused = feed_back(network, tall, straight)
    assert refused["verdict"] == "blocked"
    blockers = [finding for finding in refused["why_not"]["blockers"] if finding["quantity"] == "height"]
    assert {finding["way_id"] for finding in blockers} >= used
    assert {(f["limit"], f["measured"], f["margin"]) for f in blockers if f["way_id"] in used} == {
        (round(float(posted) * 1000), 4400, round(float(posted) * 1000) - 4400)
    }
    assert all(f"way/{finding['way_id']}" in finding["source"] for finding in blockers)


@pytest.mark.parametrize("name", ["taipei", "heidelberg"])
def test_a_height_that_is_posted_but_not_as_a_number_is_never_passed(networks: Networks, name: str) -> None:
    network, tall = networks.open(name), VEHICLES["tall"]
    graph = network.graph
    unclear = {way for way, text in maxheights(name).items() if text == "default"}
    arcs = np.flatnonzero(np.isin(graph.arcs.way_id, sorted(unclear)))
    assert len(arcs) > 20
    verdicts = judge_arcs(
        graph,
        Judge.of(profile_of(tall, on=DAY), POLICY),
        Situation(np.ones(len(graph.strings), np.uint8), ExtraRows.none(), graph.arcs.access),
    )
    assert verdicts[arcs].min() >= 2  # unknown
    assert not np.isin(graph.arcs.way_id[verdicts < 3], sorted(posted_below(name, tall.height_mm))).any()
