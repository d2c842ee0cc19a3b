"""What a review answers: verdicts, order, vias, overlays, rights of way, and what stands in the way."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.errors import RequestError
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest
from api.reviews.service import review
from data.overlays import Overlay, load_overlay
from routing.columns import Access, ArcFlag, LimitState, Quantity, Scope
from tests.api.asking import (
    DAY,
    END,
    POLICY,
    START,
    VEHICLES,
    ask,
    feed_back,
    outcomes,
    overlay_json,
    vehicle,
    write_json,
)
from tests.api.review_format import faults_of
from tests.api.streets import EAST, NORTH, SOUTH, STRAIGHT, WEST, limited, road, streets
from tests.graphs import Limit

LEGAL, TALL, HEAVY = VEHICLES["legal"], VEHICLES["tall"], VEHICLES["heavy"]
EIGHT = dt.datetime(2026, 11, 23, 8)  # noqa: DTZ001  local time
NINE = dt.datetime(2026, 11, 23, 9)  # noqa: DTZ001  local time
HIGH = Limit(Quantity.HEIGHT, value=4200, source="osm:way/11 maxheight=4.2")


def overlay(folder: Path, **item: Any) -> Overlay:  # noqa: ANN401  any field
    return load_overlay(write_json(folder / "overlay.geojson", overlay_json({"id": "roadworks"} | item)))


def ways(answer: dict[str, Any]) -> list[int]:
    return list(answer["routes"][0]["way_ids"])


# the answer itself


@pytest.mark.parametrize("who", VEHICLES)
@pytest.mark.parametrize("alternatives", [1, 4])
def test_answers_have_the_form_of_the_exchange_format(helsinki: OpenNetwork, who: str, alternatives: int) -> None:
    answer = ask(helsinki, VEHICLES[who], START, END, alternatives=alternatives)
    assert faults_of(answer) == []
    assert 1 <= len(answer["routes"]) <= alternatives
    assert answer["network_id"] == helsinki.graph.network_id
    assert answer["policy_id"] == POLICY.policy_id


def test_the_same_question_gets_the_same_answer(helsinki: OpenNetwork) -> None:
    fresh = OpenNetwork(helsinki.graph)
    assert ask(helsinki, HEAVY, START, END, alternatives=3) == ask(fresh, HEAVY, START, END, alternatives=3)


def test_a_route_that_passes_needs_no_reasons() -> None:
    answer = ask(streets(), LEGAL, WEST, EAST)
    assert (answer["verdict"], answer["why_not"], ways(answer)) == ("passes", None, STRAIGHT)
    assert faults_of(answer) == []


def test_no_road_and_no_way_are_different_answers() -> None:
    cut = ask(streets(without=(11, 13, 14, 15, 16, 17, 18)), LEGAL, WEST, EAST)
    assert (cut["verdict"], cut["routes"]) == ("no_route", [])
    assert cut["why_not"] is not None
    low = {way: limited(HIGH) for way in (11, 14)}
    shut = ask(streets(low), TALL, WEST, EAST)
    assert (shut["verdict"], len(shut["routes"])) == ("blocked", 1)
    assert [(b["limit"], b["way_id"]) for b in shut["why_not"]["blockers"]] == [(4200, 11)]
    assert faults_of(cut) == faults_of(shut) == []


def test_the_evidence_route_has_the_fewest_breaches() -> None:
    changes = {11: limited(HIGH), 13: limited(HIGH), 15: limited(HIGH)}
    assert ways(ask(streets(changes), TALL, WEST, EAST)) == STRAIGHT
    changes = {10: limited(HIGH), 11: {"access": Access.NO_HGV}}
    answer = ask(streets(changes), TALL, WEST, EAST)
    assert (answer["verdict"], ways(answer)) == ("blocked", NORTH)


def test_a_limit_is_gone_round_and_named_when_the_way_is_given() -> None:
    network = streets({11: limited(HIGH)})
    straight = ask(network, LEGAL, WEST, EAST)
    around = ask(network, TALL, WEST, EAST)
    assert (ways(straight), ways(around)) == (STRAIGHT, NORTH)
    assert around["verdict"] == "passes"
    refused = feed_back(network, TALL, straight["routes"][0])
    (blocker,) = refused["why_not"]["blockers"]
    assert refused["verdict"] == "blocked"
    assert (blocker["way_id"], blocker["limit"], blocker["measured"], blocker["margin"]) == (11, 4200, 4400, -200)
    assert blocker["source"] == "osm:way/11 maxheight=4.2"


@pytest.mark.parametrize(
    ("limit", "changes"),
    [
        (Limit(Quantity.HEIGHT, LimitState.NONE_STATED, scope=Scope.STRUCTURE), {}),
        (Limit(Quantity.HEIGHT, LimitState.NONE_STATED, scope=Scope.RAILWAY), {}),
        (Limit(Quantity.HEIGHT, LimitState.UNREADABLE), {}),
        (Limit(Quantity.HEIGHT, LimitState.BELOW_DEFAULT), {}),
        (Limit(Quantity.HEIGHT, value=4200, condition="when wet"), {"height_mm": 4100}),
    ],
)
def test_what_is_not_known_is_never_passed(limit: Limit, changes: dict[str, Any]) -> None:
    network = streets({11: limited(limit)}, without=(13, 14, 15, 16, 17, 18))
    answer = ask(network, vehicle(**({"height_mm": 4400} | changes)), WEST, EAST)
    if changes:
        assert outcomes(answer["routes"][0], "height") == ["passes"]
        answer = ask(network, TALL, WEST, EAST)
    assert answer["verdict"] == "unknown"
    assert [(b["quantity"], b["way_id"]) for b in answer["why_not"]["blockers"]] == [("height", 11)]
    assert faults_of(answer) == []


def test_an_over_limit_mass_without_an_inventory_is_unknown() -> None:
    network = streets({11: {"columns": {"coverage": 1}}}, without=(13, 14, 15, 16, 17, 18))
    answer = ask(network, HEAVY, WEST, EAST)
    assert answer["verdict"] == "unknown"
    assert [(b["quantity"], b["way_id"]) for b in answer["why_not"]["blockers"]] == [("coverage", 11)]
    assert ask(network, LEGAL, WEST, EAST)["verdict"] == "passes"


def test_routes_are_sorted_by_verdict_before_time() -> None:
    escort = {"columns": {"lane_width_mm": 3000}}
    unclear = limited(Limit(Quantity.HEIGHT, LimitState.UNREADABLE))
    network = streets({11: unclear, 14: escort}, without=())
    answer = ask(network, vehicle(height_mm=4400, width_mm=3200), WEST, EAST, alternatives=3)
    assert [route["way_ids"] for route in answer["routes"]] == [SOUTH, NORTH, STRAIGHT]
    assert [route["verdict"] for route in answer["routes"]] == ["passes", "conditional", "unknown"]
    assert (answer["verdict"], answer["why_not"]) == ("passes", None)
    assert faults_of(answer) == []


def test_alternatives_differ_and_the_first_does_not_depend_on_their_number(helsinki: OpenNetwork) -> None:
    one = ask(helsinki, LEGAL, START, END)["routes"]
    many = ask(helsinki, LEGAL, START, END, alternatives=4)["routes"]
    assert many[:1] == one
    assert len(many) > 1
    assert len({tuple(route["way_ids"]) for route in many}) == len(many)


# vias


def test_a_route_calls_at_its_vias(helsinki: OpenNetwork) -> None:
    via = (24.9375, 60.1745)
    answer = ask(helsinki, LEGAL, START, via, END)
    line = np.array(answer["routes"][0]["geometry"]["coordinates"])
    metres = np.hypot(*((line - via) * [55_500, 111_300]).T)
    assert metres.min() < answer["stops"][1]["distance_m"] + 60
    assert answer["routes"][0]["length_m"] > ask(helsinki, LEGAL, START, END)["routes"][0]["length_m"]
    assert faults_of(answer) == []


def test_a_via_is_passed_without_turning_if_that_is_possible() -> None:
    answer = ask(streets(), LEGAL, WEST, (112.015, 28.01), EAST)
    assert ways(answer) == NORTH
    assert answer["verdict"] == "passes"


def test_turning_round_at_a_via_is_conditional_and_named() -> None:
    network = streets(without=(14, 15, 16, 17, 18))
    answer = ask(network, LEGAL, WEST, (112.01, 28.006), EAST)
    (turn,) = [finding for finding in answer["routes"][0]["findings"] if finding["quantity"] == "turn"]
    assert (answer["verdict"], turn["outcome"], turn["way_id"]) == ("conditional", "conditional", 13)
    assert ways(answer) == [10, 13, 11, 12]
    assert (turn["lon"], turn["lat"]) == pytest.approx((112.01, 28.006), abs=1e-5)
    assert faults_of(answer) == []
    again = feed_back(network, LEGAL, answer["routes"][0])
    assert again["routes"][0]["findings"] == answer["routes"][0]["findings"]


def test_a_banned_turn_is_not_forgotten_at_a_via() -> None:
    # No left turn over the length of road 11: it may not be entered from 10 and left into 12.
    network = streets(bans=[[(0, 1), (1, 2), (2, 5)]])
    answer = ask(network, LEGAL, WEST, (112.015, 28.0), EAST)
    again = feed_back(network, LEGAL, answer["routes"][0])
    assert answer["verdict"] != "blocked"
    assert again["verdict"] == answer["verdict"]


# rights of way


@pytest.mark.parametrize("access", [Access.DESTINATION, Access.DELIVERY, Access.CUSTOMERS])
def test_destination_streets_are_open_at_the_ends_only(access: Access) -> None:
    only = (13, 14, 15, 16, 17, 18)
    ends = ask(streets({10: {"access": access}, 12: {"access": access}}, without=only), LEGAL, WEST, EAST)
    assert ends["verdict"] == "passes"
    assert outcomes(ends["routes"][0], "access") == ["passes", "passes"]
    middle = ask(streets({11: {"access": access}}, without=only), LEGAL, WEST, EAST)
    assert middle["verdict"] == "conditional"
    assert faults_of(ends) == faults_of(middle) == []
    assert ways(ask(streets({11: {"access": access}}), LEGAL, WEST, EAST)) == NORTH


@pytest.mark.parametrize(
    ("access", "verdict"),
    [
        (Access.PRIVATE, "conditional"),
        (Access.PERMIT, "conditional"),
        (Access.FORESTRY, "conditional"),
        (Access.UNKNOWN, "unknown"),
        (Access.NO_HGV, "blocked"),
        (Access.NO, "blocked"),
    ],
)
def test_rights_of_way_decide(access: Access, verdict: str) -> None:
    answer = ask(streets({11: {"access": access}}, without=(13, 14, 15, 16, 17, 18)), LEGAL, WEST, EAST)
    assert answer["verdict"] == verdict
    assert outcomes(answer["routes"][0], "access") == [verdict]
    assert faults_of(answer) == []


@pytest.mark.parametrize(("flag", "verdict"), [(ArcFlag.CONSTRUCTION, "blocked"), (ArcFlag.FERRY, "conditional")])
def test_a_road_not_open_and_a_ferry_are_named(flag: ArcFlag, verdict: str) -> None:
    answer = ask(streets({11: {"flags": flag}}, without=(13, 14, 15, 16, 17, 18)), LEGAL, WEST, EAST)
    assert answer["verdict"] == verdict
    assert faults_of(answer) == []


def test_nobody_starts_on_a_road_closed_to_goods_vehicles() -> None:
    network = streets({10: {"access": Access.NO_HGV}})
    with pytest.raises(RequestError) as caught:
        ask(network, LEGAL, (112.0, 28.0), EAST, snap_m=500)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith("from: ")
    assert "m from the nearest usable road" in caught.value.faults[0]


def test_against_a_one_way_road_is_blocked_and_the_turn_ban_counts() -> None:
    given = Line(np.array([112.004, 112.026]), np.array([28.0, 28.0]))
    request = ReviewRequest(vehicle=LEGAL, policy=POLICY, on=DAY, line=given)
    assert review(streets(), request)["verdict"] == "passes"
    banned = review(streets(bans=[[(1, 2), (2, 5)]]), request)
    assert (banned["verdict"], outcomes(banned["routes"][0], "turn")) == ("blocked", ["blocked"])
    back = ReviewRequest(
        vehicle=LEGAL, policy=POLICY, on=DAY, line=Line(given.lon[::-1].copy(), given.lat[::-1].copy())
    )
    wrong = review(streets({11: {"two_way": False}}), back)
    assert (wrong["verdict"], outcomes(wrong["routes"][0], "access")) == ("blocked", ["blocked"])
    assert faults_of(banned) == faults_of(wrong) == []


def test_a_banned_turn_is_gone_round() -> None:
    assert ways(ask(streets(bans=[[(0, 1), (1, 2)]]), LEGAL, WEST, EAST)) == NORTH


# overlays


def test_a_closure_changes_the_route_at_once_and_is_named(tmp_path: Path) -> None:
    network = streets()
    closed = overlay(tmp_path, closed=True, way_ids=[11], reason="桥面施工")
    before, after = (ask(network, LEGAL, WEST, EAST, overlays=laid) for laid in ((), (closed,)))
    assert (ways(before), before["overlay_ids"]) == (STRAIGHT, [])
    assert (ways(after), after["overlay_ids"]) == (NORTH, ["roadworks"])
    refused = feed_back(network, LEGAL, before["routes"][0], overlays=(closed,))
    (blocker,) = refused["why_not"]["blockers"]
    assert (refused["verdict"], blocker["quantity"], blocker["way_id"]) == ("blocked", "closure", 11)
    assert blocker["source"] == "overlay:roadworks 桥面施工"
    assert faults_of(after) == faults_of(refused) == []


def test_a_closure_of_the_suggested_streets_is_gone_round(helsinki: OpenNetwork, tmp_path: Path) -> None:
    usual = ask(helsinki, LEGAL, START, END)
    middle = ways(usual)[len(ways(usual)) // 2]
    closed = overlay(tmp_path, closed=True, way_ids=[middle])
    other = ask(helsinki, LEGAL, START, END, overlays=(closed,))
    assert middle not in ways(other)
    assert other["overlay_ids"] == ["roadworks"]
    assert feed_back(helsinki, LEGAL, usual["routes"][0], overlays=(closed,))["verdict"] == "blocked"


def test_an_overlay_only_adds(tmp_path: Path) -> None:
    network = streets({11: limited(HIGH)}, without=(13, 14, 15, 16, 17, 18))
    higher = overlay(tmp_path, height_mm=5000, way_ids=[11])
    assert ask(network, TALL, WEST, EAST, overlays=(higher,))["verdict"] == "blocked"
    lower = overlay(tmp_path, height_mm=3900, way_ids=[11])
    assert ask(network, LEGAL, WEST, EAST)["verdict"] == "passes"
    assert ask(network, LEGAL, WEST, EAST, overlays=(lower,))["verdict"] == "blocked"


def test_hours_are_a_condition_on_a_day_and_decided_at_a_time(tmp_path: Path) -> None:
    network = streets(without=(13, 14, 15, 16, 17, 18))
    peak = overlay(tmp_path, closed=True, way_ids=[11], hours="Mo-Fr 07:00-09:00")
    by_day = ask(network, LEGAL, WEST, EAST, overlays=(peak,))
    assert (by_day["verdict"], by_day["overlay_ids"]) == ("conditional", ["roadworks"])
    (window,) = [f for f in by_day["routes"][0]["findings"] if f["quantity"] == "closure"]
    assert any("Mo-Fr 07:00-09:00" in condition for condition in window["conditions"])
    assert ask(network, LEGAL, WEST, EAST, overlays=(peak,), on=EIGHT)["verdict"] == "blocked"
    later = ask(network, LEGAL, WEST, EAST, overlays=(peak,), on=NINE)
    assert (later["verdict"], later["overlay_ids"]) == ("passes", [])
    sunday = ask(network, LEGAL, WEST, EAST, overlays=(peak,), on=dt.date(2026, 11, 22))
    assert sunday["verdict"] == "passes"
    assert faults_of(by_day) == []


def test_hours_of_the_map_are_decided_the_same_way() -> None:
    low = Limit(Quantity.HEIGHT, value=3900, condition="Mo-Fr 07:00-09:00")
    network = streets({11: limited(low)}, without=(13, 14, 15, 16, 17, 18))
    verdicts = [ask(network, LEGAL, WEST, EAST, on=on)["verdict"] for on in (DAY, EIGHT, NINE)]
    assert verdicts == ["conditional", "blocked", "passes"]


def test_a_ban_for_a_class_is_for_that_class(tmp_path: Path) -> None:
    network = streets(without=(13, 14, 15, 16, 17, 18))
    large = overlay(tmp_path, closed=True, way_ids=[11], classes=["I", "II", "III"])
    assert ask(network, LEGAL, WEST, EAST, overlays=(large,))["verdict"] == "passes"
    assert ask(network, HEAVY, WEST, EAST, overlays=(large,))["verdict"] == "blocked"


def test_a_place_the_network_does_not_have_is_a_warning(tmp_path: Path) -> None:
    answer = ask(streets(), LEGAL, WEST, EAST, overlays=(overlay(tmp_path, closed=True, way_ids=[99]),))
    assert answer["overlay_ids"] == []
    assert any("99" in warning for warning in answer["warnings"])


# edges


def test_start_and_end_at_one_spot_are_a_route_of_no_length() -> None:
    answer = ask(streets(), LEGAL, WEST, WEST)
    assert (answer["verdict"], answer["routes"][0]["length_m"]) == ("passes", 0)


def test_behind_the_start_lies_the_end_of_a_one_way_road() -> None:
    one_way = {way: {"two_way": False} for way in (10, 11, 12)}
    answer = ask(streets(one_way, without=(13, 14, 15, 16, 17, 18)), LEGAL, EAST, WEST)
    assert answer["verdict"] == "no_route"


def test_a_limit_beyond_the_end_is_not_in_the_way() -> None:
    gate = Limit(Quantity.HEIGHT, value=2000, scope=Scope.POINT)
    one_way = {**limited(gate), "two_way": False}
    answer = ask(streets({12: one_way}, without=(13, 14, 15, 16, 17, 18)), LEGAL, WEST, EAST)
    assert answer["verdict"] == "passes"
    again = feed_back(streets({12: one_way}), LEGAL, answer["routes"][0])
    assert again["verdict"] == "passes"


def test_every_direction_has_limits_of_its_own() -> None:
    one_sided = road(11, limits=[HIGH], backward_limits=[])
    assert one_sided.backward_limits == []
    network = streets({11: {"limits": [HIGH], "backward_limits": []}})
    assert ways(ask(network, TALL, WEST, EAST)) == NORTH
    assert ways(ask(network, TALL, EAST, WEST)) == STRAIGHT[::-1]
