"""What a review answers depends on the question alone, not on the process, on earlier ones, or on how it searches."""

import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from api.commands.output import to_json
from api.networks import compile_network
from api.reviews.classes import keep_classes
from api.reviews.measures import EVENTS, RoutingMeasures
from api.reviews.network import Keeping, OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from data.demo import generate
from routing.hierarchy.router import Router
from tests.api.asking import DAY, POLICY, VEHICLES, random_stops, vehicle
from tests.routing.routers import PlainRouter

COUNT = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the synthetic province."""
    root = tmp_path_factory.mktemp("province")
    files = generate(1, root, scale=0.1)
    out = root / "network"
    compile_network([files.roads_osm], out, policy=POLICY, bridges=[files.bridges], roads=[files.roads])
    return out


def questions(network: OpenNetwork, count: int, seed: int = 5) -> list[ReviewRequest]:
    """Vehicles of all sorts on random trips, some with a via point, some with alternatives; always the same ones."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    found = []
    for number in range(count):
        sizes = {"height_mm": chance.randrange(3900, 4400), "width_mm": chance.randrange(2500, 3100)}
        stops = random_stops(network, chance, 3 if number % 9 == 0 else 2)
        loaded = list(VEHICLES.values())[number % len(VEHICLES)] if number % 3 else vehicle(**sizes)
        found.append(ReviewRequest(loaded, POLICY, DAY, tuple(stops), alternatives=1 + number % 3, snap_m=5000))
    return found


def answers(network: OpenNetwork, requests: Sequence[ReviewRequest]) -> list[str]:
    return [to_json(review(network, request)) for request in requests]


def warm_answers(folder: Path, count: int) -> list[str]:
    """In another order, by a process that knows class vehicles and keeps hardly any metric."""
    network = OpenNetwork.open(folder, keeping=Keeping(days=1, metrics=1, classes=24))
    keep_classes(network, POLICY, on=DAY)
    found = answers(network, questions(network, count)[::-1])
    assert network.counts["bounded"] > 0
    return found[::-1]


def test_two_hundred_reviews_of_two_processes_are_the_same_bytes(folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        other = pool.apply_async(warm_answers, (folder, COUNT))
        network = OpenNetwork.open(folder)
        requests = questions(network, COUNT)
        first = answers(network, requests)
        again = answers(network, requests[:20])
        assert first == other.get()
    assert again == first[:20]
    assert network.counts["hit"] > 0
    verdicts = Counter(json.loads(text)["verdict"] for text in first)
    assert len(verdicts) >= 3, verdicts
    assert sum(len(json.loads(text)["routes"]) > 1 for text in first) > 10


@pytest.fixture
def plain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> OpenNetwork:
    """The same network, every route found by Dijkstra."""
    network = OpenNetwork.open(folder)
    by_hierarchy = OpenNetwork.router

    def router(self: OpenNetwork, condition_state: np.ndarray) -> Router | PlainRouter:
        found = by_hierarchy(self, condition_state)
        return PlainRouter.of(found, condition_state) if self is network else found

    monkeypatch.setattr(OpenNetwork, "router", router)
    return network


def test_answers_are_those_of_dijkstra(folder: Path, plain: OpenNetwork) -> None:
    network = OpenNetwork.open(folder)
    requests = questions(network, 40, seed=6)
    assert answers(network, requests) == answers(plain, requests)


def test_a_network_without_a_hierarchy_gets_one_and_answers_the_same(folder: Path) -> None:
    network = OpenNetwork.open(folder)
    bare = OpenNetwork(network.graph)
    requests = questions(network, 10, seed=7)
    assert answers(network, requests) == answers(bare, requests)


def test_what_is_kept_is_bounded_and_counted(folder: Path) -> None:
    network = OpenNetwork.open(folder, keeping=Keeping(days=1, metrics=2, classes=3))
    answers(network, questions(network, 12, seed=8))
    keep_classes(network, POLICY, on=DAY)
    (router,) = network._routers.values.values()
    assert len(router.metrics._recent) <= 2
    assert 0 < len(router.metrics.pinned) <= 3
    registry = CollectorRegistry()
    RoutingMeasures(registry)
    told = {event: registry.get_sample_value("dajian_routing_metrics_total", {"event": event}) for event in EVENTS}
    assert told["miss"] is not None
    assert told["miss"] >= network.counts["miss"] > 0
