"""A review repeats to the byte, also in another process, and replay tells what differs."""

import copy
import json
import multiprocessing
import random
from pathlib import Path

import numpy as np
import pytest

from api.commands.output import to_json
from api.reviews.network import OpenNetwork
from api.reviews.replay import changed_ids, differences, replay, request_of
from api.reviews.request import VARIANTS, Line, ReviewRequest
from api.reviews.service import review
from data.errors import BadInputError
from data.overlays import load_overlay
from routing.columns import LimitState, Quantity
from tests.api.asking import DAY, POLICY, VEHICLES, ask, feed_back, overlay_json, random_stops, vehicle, write_json
from tests.api.streets import EAST, ENDS, WEST, limited, streets
from tests.graphs import Limit

TALL = VEHICLES["tall"]
LOW = Limit(Quantity.HEIGHT, value=4200, source="sign low")
COUNT = 200


def _limit(chance: random.Random, kinds: list[Quantity], way: int) -> Limit:
    return Limit(chance.choice(kinds), chance.choice(list(LimitState)), chance.randrange(2000, 9000), source=f"s{way}")


def requests(count: int) -> list[tuple[OpenNetwork, ReviewRequest]]:
    """Questions on streets with all sorts of limits; made the same way in every process."""
    chance = random.Random(7)  # noqa: S311 - examples, not secrets
    kinds = [Quantity.HEIGHT, Quantity.WIDTH, Quantity.GROSS_MASS, Quantity.AXLE_LOAD]
    found = []
    for _ in range(count):
        changes = {
            way: limited(
                Limit(
                    chance.choice(kinds),
                    chance.choice(list(LimitState)),
                    chance.randrange(2000, 9000),
                    source=f"s{way}",
                )
            )
            for way in ENDS
            if chance.random() < 0.4
        }
        loaded = vehicle(height_mm=chance.randrange(4000, 5200), width_mm=chance.randrange(2500, 4000))
        request = ReviewRequest(
            vehicle=chance.choice([loaded, *VEHICLES.values()]),
            policy=POLICY,
            on=DAY,
            stops=(WEST, EAST),
            alternatives=chance.randrange(1, 4),
            variants=VARIANTS[: chance.randrange(3)],
        )
        found.append((streets(changes, without=()), request))
    return found


def answers(count: int) -> list[str]:
    return [to_json(review(network, request)) for network, request in requests(count)]


def test_two_processes_give_the_same_bytes() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        other = pool.apply_async(answers, (COUNT,))
        mine = answers(COUNT)
        assert mine == other.get()
    assert len(mine) == COUNT
    assert {json.loads(text)["verdict"] for text in mine} == {"passes", "conditional", "unknown", "blocked"}


def test_reviews_of_a_real_network_repeat(helsinki: OpenNetwork) -> None:
    chance = random.Random(3)  # noqa: S311 - examples, not secrets
    for number in range(6):
        loaded = list(VEHICLES.values())[number % len(VEHICLES)]
        made = json.loads(to_json(ask(helsinki, loaded, *random_stops(helsinki, chance, 2), snap_m=5000)))
        request = request_of(made, POLICY, [], [], source="r.json")
        assert replay(made, OpenNetwork(helsinki.graph), request) == []


def test_a_review_repeats_from_what_it_says(tmp_path: Path) -> None:
    shut = load_overlay(write_json(tmp_path / "o.geojson", overlay_json({"id": "x", "closed": True, "way_ids": [14]})))
    network = streets({11: limited(LOW)})
    more = {"overlays": (shut,), "alternatives": 2, "variants": ("no_expressway",)}
    for loaded in (TALL, VEHICLES["legal"]):
        made = json.loads(to_json(ask(network, loaded, WEST, EAST, **more)))
        request = request_of(made, POLICY, [shut], [], source="r.json")
        assert replay(made, network, request) == []
        assert changed_ids(made, network, POLICY) == []


def test_a_given_line_repeats_too() -> None:
    network = streets({11: limited(LOW)})
    made = json.loads(to_json(feed_back(network, TALL, ask(network, VEHICLES["legal"], WEST, EAST)["routes"][0])))
    request = request_of(made, POLICY, [], [], source="r.json")
    assert isinstance(request.line, Line)
    assert replay(made, network, request) == []
    assert np.array(made["request"]["line"]).shape[1] == 2


def test_what_differs_is_told() -> None:
    network = streets({11: limited(LOW)})
    made = json.loads(to_json(ask(network, TALL, WEST, EAST)))
    request = request_of(made, POLICY, [], [], source="r.json")
    forged = copy.deepcopy(made)
    forged["routes"][0]["length_m"] += 1
    forged["network_id"] = "sha256:0"
    assert any("routes[0].length_m" in text for text in replay(forged, network, request))
    assert [text.split(":")[0] for text in changed_ids(forged, network, POLICY)] == ["network_id"]
    assert list(differences({"a": 1, "b": 2}, {"b": 2, "a": 1})) != []
    assert list(differences([1, 2], [1])) == [": 2 entries, now 1"]
    assert list(differences(1, 1.0)) != []


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    shut = load_overlay(write_json(tmp_path / "o.geojson", overlay_json({"id": "x", "closed": True, "way_ids": [14]})))
    made = json.loads(to_json(ask(streets(), TALL, WEST, EAST, overlays=(shut,))))
    with pytest.raises(BadInputError, match=f"overlay {shut.content_id} is needed"):
        request_of(made, POLICY, [], [], source="r.json")
    with pytest.raises(BadInputError, match="request: missing"):
        request_of({"verdict": "passes"}, POLICY, [], [], source="r.json")
    del made["request"]["snap_m"]
    with pytest.raises(BadInputError, match="snap_m"):
        request_of(made, POLICY, [shut], [], source="r.json")
