"""Why there is no route and the smallest changes, on streets made by hand."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from api.reviews.case import Case
from api.reviews.load_changes import (
    with_added_lines,
    with_axle_load,
    with_gross_mass,
    with_line_spacing,
)
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.settings import REASONS_FILE, reason_settings
from api.reviews.smallest_changes import Changes
from api.reviews.trials import best_verdict, has_way
from data.errors import BadInputError
from data.overlays import load_overlay
from routing.columns import LimitState, Quantity, Scope, StructureKind, Verdict
from rules.loading import read_yaml
from tests.api.asking import DAY, POLICY, VEHICLES, Json, ask, feed_back, overlay_json, vehicle, write_json
from tests.api.review_format import faults_of
from tests.api.streets import EAST, NORTH, STRAIGHT, WEST, limited, streets
from tests.api.weak_bridge import CALCULATION, HEAVY, KEY, bridged, evidence
from tests.graphs import Limit, Structure

TALL = VEHICLES["tall"]
LOW, LOWER = Limit(Quantity.HEIGHT, value=4200, source="sign low"), Limit(Quantity.HEIGHT, value=4100, source="sign b")
ROUND = (13, 14, 15, 16, 17, 18)
EIGHT = dt.datetime(2026, 11, 23, 8)  # noqa: DTZ001  local time


def singles(answer: Json) -> dict[str, int]:
    return {
        change["changes"][0]["quantity"]: change["changes"][0]["to"]
        for change in answer["why_not"]["smallest_changes"]
        if change["kind"] == "single"
    }


def proved(network: OpenNetwork, loaded: Any, change: Json, **more: Any) -> bool:  # noqa: ANN401
    """Whether a review with the change has what it promises, and one with a step less has not, both asked anew."""
    wanted = {"passes", "conditional"} | {change["verdict"]}
    changes = {entry["quantity"]: entry["to"] for entry in change["changes"]}
    less = {entry["quantity"]: entry["value"] for entry in change["proof"]["fails_one_step_less"]}

    def passes(values: dict[str, int]) -> bool:
        changed = loaded
        for quantity, value in sorted(values.items()):
            makers = {"gross_mass": with_gross_mass, "axle_load": with_axle_load, "line_spacing": with_line_spacing}
            if quantity in makers:
                changed = makers[quantity](changed, value)
            elif quantity == "axle_lines":
                changed = with_added_lines(changed, value, reason_settings())
            else:
                changed = changed.model_copy(update={f"{quantity}_mm": value})
        return ask(network, changed, WEST, EAST, **more)["verdict"] in wanted

    return passes(changes) and not any(passes(changes | {name: value}) for name, value in less.items())


def test_what_blocks_and_how_much_lower_is_told() -> None:
    network = streets({11: limited(LOW), 14: limited(LOWER)})
    answer = ask(network, TALL, WEST, EAST)
    certificate = answer["why_not"]["certificate"]
    assert faults_of(answer) == []
    assert (answer["verdict"], certificate["kind"], certificate["count"]) == ("blocked", "blocked", 1)
    assert [thing["thing"] for thing in certificate["things"]] == ["sign low"]
    assert certificate["equal_sets"] == [["sign b"]]
    assert certificate["is_least_proved"]
    assert certificate["equal_sets_complete"]
    assert certificate["things"][0]["findings"][0]["margin"] == -200
    assert certificate["things"][0]["needed_without"] == 1
    assert certificate["route"] == answer["routes"][0]
    assert singles(answer) == {"height": 4200}
    (change,) = answer["why_not"]["smallest_changes"]
    assert change["verdict"] == "passes"
    assert proved(network, TALL, change)


def test_a_pair_trades_one_quantity_for_another() -> None:
    wide = Limit(Quantity.WIDTH, value=3000, source="narrow")
    network = streets({11: limited(LOW, wide), 14: limited(LOWER)})
    loaded = vehicle(height_mm=4400, width_mm=3200)
    answer = ask(network, loaded, WEST, EAST)
    changes = answer["why_not"]["smallest_changes"]
    assert singles(answer) == {"height": 4100}
    pairs = [{e["quantity"]: e["to"] for e in change["changes"]} for change in changes if change["kind"] == "pair"]
    assert {"height": 4200, "width": 3000} in pairs
    assert all(proved(network, loaded, change) for change in changes)


def test_where_no_pair_is_enough_all_are_changed_together() -> None:
    rows = (
        Limit(Quantity.HEIGHT, value=4200, source="a"),
        Limit(Quantity.WIDTH, value=3000, source="b"),
        Limit(Quantity.LENGTH, value=16_000, source="c"),
    )
    network = streets({11: limited(*rows)}, without=ROUND)
    loaded = vehicle(height_mm=4400, width_mm=3200)
    (change,) = ask(network, loaded, WEST, EAST)["why_not"]["smallest_changes"]
    assert change["kind"] == "joint"
    assert {e["quantity"]: e["to"] for e in change["changes"]} == {"height": 4200, "width": 3000, "length": 16_000}
    assert proved(network, loaded, change)


def test_what_no_longer_blocks_is_told_where_something_unknown_remains() -> None:
    network = streets({11: limited(LOW, Limit(Quantity.WIDTH, LimitState.UNREADABLE, source="faded"))}, without=ROUND)
    loaded = vehicle(height_mm=4400, width_mm=3200)
    answer = ask(network, loaded, WEST, EAST)
    assert (answer["verdict"], faults_of(answer)) == ("blocked", [])
    assert singles(answer) == {"height": 4200}
    *pairs, change = answer["why_not"]["smallest_changes"]
    assert [pair["kind"] for pair in pairs] == ["pair"]
    assert (change["kind"], change["verdict"]) == ("single", "unknown")
    assert all(proved(network, loaded, one) for one in (*pairs, change))
    (after,) = ask(network, loaded.model_copy(update={"height_mm": 4200}), WEST, EAST)["why_not"]["blockers"]
    assert after["outcome"] == "unknown"


def test_no_change_of_the_load_opens_a_closed_road(tmp_path: Path) -> None:
    shut = load_overlay(
        write_json(tmp_path / "o.geojson", overlay_json({"id": "shut", "closed": True, "way_ids": [11, 14]}))
    )
    answer = ask(streets(), TALL, WEST, EAST, overlays=(shut,))
    assert answer["why_not"]["smallest_changes"] == []
    certificate = answer["why_not"]["certificate"]
    assert [thing["thing"] for thing in certificate["things"]] == ["overlay:shut"]
    assert certificate["things"][0]["needed_without"] is None


def test_a_weak_bridge_names_the_mass_it_bears_and_the_lines_it_wants() -> None:
    network = bridged()
    answer = ask(network, HEAVY, WEST, EAST)
    assert answer["verdict"] in {"unknown", "blocked"}
    (thing,) = answer["why_not"]["certificate"]["things"]
    assert thing["thing"] == KEY
    assert thing["findings"][0]["margin"] < 0
    found = singles(answer)
    assert {"gross_mass", "axle_load"} <= set(found)
    ratio = thing["findings"][0]["bridge"]["ratios"]["controlled"]
    allowed = thing["findings"][0]["limit"]
    assert found["gross_mass"] == pytest.approx(HEAVY.gross_mass_kg * allowed / ratio, rel=2e-3)
    for change in answer["why_not"]["smallest_changes"]:
        if change["kind"] == "single" and change["changes"][0]["quantity"] not in {"axle_lines", "line_spacing"}:
            assert proved(network, HEAVY, change), change
    if answer["verdict"] == "unknown":
        (task,) = answer["why_not"]["measure_first"]
        assert (task["rank"], task["if_not"], task["thing"]) == (1, None, KEY)


def test_evidence_about_a_lighter_load_is_found_by_asking(tmp_path: Path) -> None:
    mass = HEAVY.gross_mass_kg * 95 // 100
    lighter = with_gross_mass(HEAVY, mass)
    axles = [{"load_kg": axle.load_kg, "spacing_mm": axle.spacing_mm} for axle in lighter.axles]
    known = evidence(tmp_path, calculation=CALCULATION | {"vehicle": {"axles": axles, "gross_mass_kg": mass}})
    network = bridged()
    without = ask(network, HEAVY, WEST, EAST)
    answer = ask(network, HEAVY, WEST, EAST, evidence=known)
    assert answer["verdict"] == without["verdict"] != "passes"
    assert singles(without).get("gross_mass", 0) < mass
    (change,) = [c for c in answer["why_not"]["smallest_changes"] if c["changes"][0]["quantity"] == "gross_mass"]
    assert change["changes"][0]["to"] == mass
    assert proved(network, HEAVY, change, evidence=known)


def test_a_given_line_has_its_own_smallest_change() -> None:
    network = streets({11: limited(LOW)})
    straight = ask(network, VEHICLES["legal"], WEST, EAST)["routes"][0]
    refused = feed_back(network, TALL, straight)
    assert refused["verdict"] == "blocked"
    assert refused["why_not"]["certificate"] is None
    assert singles(refused) == {"height": 4200}


def test_what_to_measure_first_says_where_and_what() -> None:
    railway = Limit(Quantity.HEIGHT, LimitState.NONE_STATED, scope=Scope.RAILWAY, structure=0)
    network = streets(
        {11: {"limits": (railway,)}, 14: limited(Limit(Quantity.HEIGHT, LimitState.UNREADABLE, source="sign?"))},
        structures=[Structure("rail-1", StructureKind.RAILWAY_BRIDGE, 112.015, 28.0, "铁路桥")],
    )
    answer = ask(network, TALL, WEST, EAST)
    assert answer["verdict"] == "unknown"
    first, second = answer["why_not"]["measure_first"]
    assert {first["thing"], second["thing"]} == {"rail-1", "sign?"}
    assert [entry["if_not"] for entry in (first, second)] == [1, 1]
    (task,) = (first if first["thing"] == "rail-1" else second)["tasks"]
    assert (task["value_needed"], task["unit"]) == (4400, "mm")
    assert "净高" in task["what"]
    assert 112.0 < task["lon"] < 112.03
    assert answer["why_not"]["certificate"]["count"] == 1


def test_a_passing_review_has_no_reasons_and_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a passing review must not look for reasons")

    monkeypatch.setattr("api.reviews.case.certify", refuse)
    monkeypatch.setattr("api.reviews.reasons.Changes.of", refuse)
    answer = ask(streets(), VEHICLES["legal"], WEST, EAST)
    assert (answer["verdict"], answer["why_not"]) == ("passes", None)


@pytest.mark.parametrize("who", VEHICLES)
@pytest.mark.parametrize("worst", [Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN])
def test_a_trial_is_what_a_review_answers(helsinki: OpenNetwork, who: str, worst: Verdict) -> None:
    for start, end in [((24.9375, 60.1672), (24.9492, 60.1765)), ((24.94, 60.17), (24.9492, 60.1765))]:
        request = ReviewRequest(vehicle=VEHICLES[who], policy=POLICY, on=DAY, stops=(start, end))
        case = Case.of(helsinki, request)
        verdict = case.outcome().verdict
        expected = {"passes": 0, "conditional": 1, "unknown": 2}.get(verdict, 3)
        assert has_way(case, worst) is (expected <= worst)
        assert best_verdict(case) == expected


def test_a_departure_after_the_closure_is_found(tmp_path: Path) -> None:
    item = {"id": "works", "closed": True, "way_ids": [11, 14], "from": "2026-11-20", "until": "2026-11-26"}
    works = load_overlay(write_json(tmp_path / "o.geojson", overlay_json(item)))
    answer = ask(streets(), VEHICLES["legal"], WEST, EAST, overlays=(works,))
    later = answer["why_not"]["departures"]
    assert answer["verdict"] == "blocked"
    assert [(one["on"], one["verdict"]) for one in later["better"]] == [("2026-11-27", "passes")]
    verdicts = [
        ask(streets(), VEHICLES["legal"], WEST, EAST, overlays=(works,), on=dt.date(2026, 11, day))["verdict"]
        for day in (26, 27)
    ]
    assert verdicts == ["blocked", "passes"]


def test_a_departure_after_the_hours_is_found(tmp_path: Path) -> None:
    item = {"id": "rush", "closed": True, "way_ids": [11, 14], "hours": "Mo-Su 07:00-09:10"}
    rush = load_overlay(write_json(tmp_path / "o.geojson", overlay_json(item)))
    answer = ask(streets(), VEHICLES["legal"], WEST, EAST, overlays=(rush,), on=EIGHT)
    assert answer["verdict"] == "blocked"
    assert answer["why_not"]["departures"]["better"] == [{"on": "2026-11-23T09:30:00", "verdict": "passes"}]


def test_waiting_is_not_advised_where_it_cannot_help() -> None:
    answer = ask(streets({11: limited(LOW)}, without=ROUND), TALL, WEST, EAST)
    assert answer["why_not"]["departures"] is None


def test_changes_leave_the_rest_of_the_load_alone() -> None:
    lighter = with_gross_mass(HEAVY, HEAVY.gross_mass_kg // 2)
    assert sum(axle.load_kg for axle in lighter.axles) == pytest.approx(lighter.gross_mass_kg, rel=0.01)
    longer = with_line_spacing(HEAVY, 1800)
    assert longer.length_mm - HEAVY.length_mm == 5 * 250
    assert longer.axles[3].spacing_mm == HEAVY.axles[3].spacing_mm
    more = with_added_lines(HEAVY, 8, reason_settings())
    assert len(more.axles) == len(HEAVY.axles) + 2
    assert sum(axle.load_kg for axle in more.axles) == sum(axle.load_kg for axle in HEAVY.axles) + 7000
    assert more.gross_mass_kg == HEAVY.gross_mass_kg + 7000
    capped = with_axle_load(HEAVY, 11_000)
    assert max(axle.load_kg for axle in capped.axles) == 11_000
    assert capped.gross_mass_kg == HEAVY.gross_mass_kg - 2000
    request = ReviewRequest(vehicle=HEAVY, policy=POLICY, on=DAY, stops=(WEST, EAST))
    assert {one.quantity for one in Changes.of(Case.of(streets(), request)).reductions} == {
        "height", "width", "length", "gross_mass", "axle_load",
    }  # fmt: skip


def test_every_setting_has_a_title_and_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = read_yaml(REASONS_FILE)
    assert all(entry["title_zh"] and entry["doubt"] for entry in raw.values())
    assert set(raw) == set(type(reason_settings()).model_fields)
    broken = tmp_path / "reasons.yaml"
    broken.write_text("max_sets: {value: many, title_zh: x, doubt: y}\n", encoding="utf-8")
    monkeypatch.setattr("api.reviews.settings.REASONS_FILE", broken)
    reason_settings.cache_clear()
    with pytest.raises(BadInputError, match="max_sets"):
        reason_settings()
    monkeypatch.undo()
    reason_settings.cache_clear()
    assert NORTH != STRAIGHT
