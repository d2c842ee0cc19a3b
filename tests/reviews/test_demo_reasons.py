"""Known blockers and smallest changes of the synthetic province: sealed towns, bridges that just fail, low signs."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from api.networks import compile_network
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from data.bridges.span_lists import read_spans
from data.demo import generate
from data.demo.closed_forms import impact, worst_ratio
from data.demo.trap_bridges import FAILS_AT
from data.demo.traps import axle_train
from data.overlays import load_overlay
from data.policies import load_policy
from data.vehicles import parse_vehicle

POLICY = load_policy()
Json = dict[str, Any]


@cache
def province(folder: Path) -> tuple[OpenNetwork, Any, list[Json]]:
    files = generate(1, folder, scale=0.35)
    compile_network([files.roads_osm], folder / "network", policy=POLICY, bridges=[files.bridges], roads=[files.roads])
    truth = json.loads(files.ground_truth.read_text(encoding="utf-8"))
    return OpenNetwork.open(folder / "network"), load_overlay(files.overlays), truth["traps"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def ask(folder: Path, trap: Json) -> Json:
    import datetime as dt

    network, overlay, _ = province(folder)
    request = ReviewRequest(
        vehicle=parse_vehicle(json.dumps(trap["vehicle"]), source=trap["id"]),
        policy=POLICY,
        on=dt.date.fromisoformat(trap["on"][:10]),
        stops=(tuple(trap["from"]), tuple(trap["to"])),
        overlays=(overlay,) if trap["overlay"] else (),
        snap_m=30.0,
    )
    return review(network, request)


def traps(folder: Path, kind: str) -> list[Json]:
    return [trap for trap in province(folder)[2] if trap["kind"] == kind]


def singles(answer: Json) -> dict[str, int]:
    return {
        change["changes"][0]["quantity"]: change["changes"][0]["to"]
        for change in answer["why_not"]["smallest_changes"]
        if change["kind"] == "single"
    }


def test_a_sealed_town_has_three_ways_in_and_one_is_enough(folder: Path) -> None:
    for trap in traps(folder, "sealed_town"):
        answer = ask(folder, trap)
        certificate = answer["why_not"]["certificate"]
        assert (answer["verdict"], certificate["count"], certificate["is_least_proved"]) == ("blocked", 1, True)
        assert certificate["things"][0]["needed_without"] == 1
        finding = certificate["things"][0]["findings"][0]
        assert (finding["quantity"], finding["limit"], finding["measured"]) == ("gross_mass", 20_000, 49_000)
        # The lowest way in is 3.6 m high, and that is the only thing about the load that opens it.
        assert singles(answer) == {"height": 3600}


def test_a_sign_one_centimetre_too_low_wants_one_centimetre(folder: Path) -> None:
    for trap in traps(folder, "clearance_1cm_short"):
        answer = ask(folder, trap)
        height = trap["vehicle"]["height_mm"]
        assert singles(answer) == {"height": height - 10}
        (change,) = answer["why_not"]["smallest_changes"]
        assert change["proof"]["fails_one_step_less"] == [{"quantity": "height", "value": height - 9, "unit": "mm"}]


def test_a_bridge_that_just_fails_wants_two_percent_less(folder: Path) -> None:
    for trap in traps(folder, "bridge_just_fails"):
        answer = ask(folder, trap)
        (thing,) = answer["why_not"]["certificate"]["things"]
        assert thing["thing"].startswith("inventory:合成-陷阱-bridge-fails")
        assert thing["findings"][0]["bridge"]["ratios"]["controlled"] == pytest.approx(FAILS_AT, rel=5e-3)
        gross = trap["vehicle"]["gross_mass_kg"]
        found = singles(answer)["gross_mass"]
        assert found / gross == pytest.approx(1 / FAILS_AT, rel=2e-3)
        # By the hand formula the lighter load comes just to the design load, alone and without impact.
        ((span,),) = read_spans(thing["findings"][0]["bridge"]["spans"]).units
        lighter = dict(trap["vehicle"])
        lighter["axles"] = [dict(axle, load_kg=axle["load_kg"] * found // gross) for axle in lighter["axles"]]
        assert worst_ratio(axle_train(lighter), span) / (1 + impact(span)) == pytest.approx(1.0, rel=3e-3)
        (task,) = answer["why_not"]["measure_first"]
        assert (task["if_not"], task["thing"]) == (None, thing["thing"])


def test_an_undeclared_culvert_is_asked_about_by_road_and_county(folder: Path) -> None:
    for trap in traps(folder, "undeclared_culvert"):
        answer = ask(folder, trap)
        (thing,) = answer["why_not"]["certificate"]["things"]
        assert thing["thing"].startswith("road:")
        assert singles(answer)["gross_mass"] == answer["classification"]["gross_mass_limit_kg"]


def test_a_closure_from_tomorrow_says_when_it_ends(folder: Path) -> None:
    for trap in traps(folder, "closure_tomorrow"):
        if trap["expected"]["verdict"] == "blocked":
            answer = ask(folder, trap)
            assert answer["why_not"]["departures"]["better"] == []
            assert answer["why_not"]["smallest_changes"] == []
