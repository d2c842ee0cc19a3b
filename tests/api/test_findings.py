"""Findings: where on the route they stand, what they are merged into, and how they are worded."""

import datetime as dt
from itertools import product

import pytest

from api.reviews.wording import ACCESS, CONDITION, REASON, conditions_of, reason_text
from routing.columns import Access, Basis, LimitState, Quantity, Reason, Role, Scope, StructureKind, Verdict
from tests.api.asking import VEHICLES, ask, feed_back, outcomes, vehicle
from tests.api.review_format import faults_of
from tests.api.streets import EAST, WEST, limited, streets
from tests.graphs import Limit, Structure

LEGAL, TALL, WIDE, HEAVY = (VEHICLES[who] for who in ("legal", "tall", "wide", "heavy"))
ONLY = (13, 14, 15, 16, 17, 18)
KILOMETRE = pytest.approx(982.6, abs=2)  # a grid step east


def test_a_finding_stands_where_its_limit_begins() -> None:
    network = streets({11: limited(Limit(Quantity.HEIGHT, value=5000, source="sign"))}, without=ONLY)
    (route,) = ask(network, LEGAL, WEST, EAST)["routes"]
    (finding,) = route["findings"]
    assert finding["at_m"] == pytest.approx(589.6, abs=2)
    assert finding["length_m"] == KILOMETRE
    assert (finding["lon"], finding["lat"]) == (112.01, 28.0)
    assert (finding["outcome"], finding["limit"], finding["margin"], finding["unit"]) == ("passes", 5000, 1000, "mm")
    assert (finding["way_id"], finding["source"], finding["basis"]) == (11, "sign", "posted")


def test_on_a_road_driven_in_part_it_stands_on_the_driven_part() -> None:
    ends = {way: limited(Limit(Quantity.HEIGHT, value=5000, source=f"sign {way}")) for way in (10, 12)}
    answer = ask(streets(ends, without=ONLY), LEGAL, WEST, EAST)
    first, last = answer["routes"][0]["findings"]
    assert (first["at_m"], first["lon"]) == (0, pytest.approx(112.004))
    assert first["length_m"] == pytest.approx(589.6, abs=2)
    assert last["lon"] == 112.02
    assert last["at_m"] + last["length_m"] == pytest.approx(answer["routes"][0]["length_m"], abs=1)
    assert faults_of(answer) == []


def test_equal_findings_of_roads_that_follow_are_one() -> None:
    wide = {way: {"columns": {"lane_width_mm": 3000}} for way in (10, 11, 12)}
    (finding,) = ask(streets(wide, without=ONLY), WIDE, WEST, EAST)["routes"][0]["findings"]
    assert (finding["quantity"], finding["at_m"], finding["way_ids"]) == ("width", 0, [10, 11, 12])
    assert finding["length_m"] == pytest.approx(2161.7, abs=3)


def test_a_pause_parts_findings() -> None:
    wide = {way: {"columns": {"lane_width_mm": 3000}} for way in (10, 12)}
    found = ask(streets(wide, without=ONLY), WIDE, WEST, EAST)["routes"][0]["findings"]
    assert [finding["way_ids"] for finding in found] == [[10], [12]]


def test_signs_of_different_ways_are_not_merged() -> None:
    signs = {way: limited(Limit(Quantity.HEIGHT, value=5000, source="maxheight=5")) for way in (10, 11, 12)}
    found = ask(streets(signs, without=ONLY), LEGAL, WEST, EAST)["routes"][0]["findings"]
    assert [finding["way_id"] for finding in found] == [10, 11, 12]


def test_the_structure_is_named() -> None:
    bridge = Structure("osm:way/99", StructureKind.RAILWAY_BRIDGE, 112.015, 28.0, "京广铁路", 99)
    none = Limit(Quantity.HEIGHT, LimitState.NONE_STATED, basis=Basis.NONE, scope=Scope.RAILWAY, structure=0)
    under = {**limited(none), "structures": [(0, Role.UNDER, 400_000)]}
    answer = ask(streets({11: under}, without=ONLY, structures=[bridge]), TALL, WEST, EAST)
    (finding,) = answer["routes"][0]["findings"]
    assert finding["structure"] == {"id": "osm:way/99", "name": "京广铁路", "kind": "railway_bridge"}
    assert (finding["outcome"], finding["limit"], finding["measured"], finding["margin"]) == (
        "unknown",
        None,
        4400,
        None,
    )
    assert finding["lon"] == pytest.approx(112.01 + 0.01 * 400 / 982.6, abs=1e-4)
    assert finding["at_m"] == pytest.approx(989.6, abs=2)


def test_a_structure_without_a_name_has_none() -> None:
    low = Limit(Quantity.HEIGHT, value=3900, scope=Scope.STRUCTURE, structure=0)
    network = streets({11: limited(low)}, without=ONLY, structures=[Structure("osm:way/99")])
    (finding,) = ask(network, LEGAL, WEST, EAST)["routes"][0]["findings"]
    assert finding["structure"] == {"id": "osm:way/99", "name": None, "kind": "bridge"}


def test_findings_stand_in_travel_order_also_when_driven_back() -> None:
    signs = {way: limited(Limit(Quantity.HEIGHT, value=5000, source=str(way))) for way in (10, 11, 12)}
    network = streets(signs, without=ONLY)
    there, back = ask(network, LEGAL, WEST, EAST), ask(network, LEGAL, EAST, WEST)
    assert [finding["way_id"] for finding in there["routes"][0]["findings"]] == [10, 11, 12]
    assert [finding["way_id"] for finding in back["routes"][0]["findings"]] == [12, 11, 10]


def test_what_no_source_states_is_said_to_come_from_the_policy() -> None:
    network = streets({11: {"columns": {"coverage": 0}}}, without=ONLY)
    (finding,) = ask(network, vehicle(**{**HEAVY.model_dump(), "length_mm": 45_000}), WEST, EAST)["why_not"]["blockers"]
    assert "policy" in finding["source"]
    assert finding["source"].startswith("osm:way/11")


def test_a_mass_that_a_condition_names_is_no_matter_of_hours() -> None:
    """Destination traffic only above 7.5 t, all day: consent is what is wanted, not another hour."""
    right = Limit(Quantity.ACCESS, value=Access.DESTINATION, condition="weight>7.5")
    answer = ask(streets({11: limited(right)}, without=ONLY), LEGAL, WEST, EAST)
    (finding,) = answer["routes"][0]["findings"]
    assert finding["outcome"] == "conditional"
    assert not any("hours" in text for text in finding["conditions_en"])


def test_a_time_within_the_hours_needs_consent_and_not_other_hours() -> None:
    right = Limit(Quantity.ACCESS, value=Access.PRIVATE, condition="07:00-09:00")
    network = streets({11: limited(right)}, without=ONLY)
    (by_day,) = ask(network, LEGAL, WEST, EAST)["routes"][0]["findings"]
    assert any("07:00-09:00" in text for text in by_day["conditions"])
    at_nine = ask(network, LEGAL, WEST, EAST, on=dt.datetime(2026, 11, 23, 9))  # noqa: DTZ001  local time
    assert at_nine["routes"][0]["findings"] == []


def test_a_given_line_off_the_network_is_unknown_there() -> None:
    network = streets(without=ONLY)
    route = ask(network, LEGAL, WEST, EAST)["routes"][0]
    points = route["geometry"]["coordinates"]
    points[-1:] = [[112.03, 28.0], [112.04, 28.0]]
    answer = feed_back(network, LEGAL, route)
    assert answer["verdict"] == "unknown"
    assert outcomes(answer["routes"][0], "coverage") == ["unknown"]
    assert answer["why_not"]["blockers"][0]["reason_en"].startswith("the line leaves the road network")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_worded_in_both_languages(reason: Reason) -> None:
    assert reason in REASON
    for quantity, access in product(Quantity, [*Access, None]):
        text = reason_text(reason, quantity, access)
        assert text.zh
        assert text.en.isascii()
        assert "{" not in text.zh + text.en


def test_every_right_of_way_is_worded() -> None:
    assert set(ACCESS) == set(Access)


def test_only_conditional_findings_have_conditions() -> None:
    for reason, verdict in product(CONDITION, Verdict):
        assert bool(conditions_of(reason, verdict, "")) is (verdict is Verdict.CONDITIONAL)
