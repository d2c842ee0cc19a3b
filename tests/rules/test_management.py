"""Who manages which road: dated tables, the narrower rule first; whom the jurisdiction then asks."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from rules.divisions import DivisionPassage, division_file, is_known_code
from rules.jurisdiction import Jurisdiction, jurisdiction
from rules.management import ROAD_KINDS, ManagementRule, RoadKind, RoadStretch, find_rule

DAY = dt.date(2026, 11, 23)


def stretch(kind: RoadKind = "trunk_highway", code: str = "430121", **more: object) -> RoadStretch:
    changes: dict[str, Any] = {"number": "G107"} | more
    return replace(RoadStretch(code, 0, 5000, kind), **changes)


def rule(division: str = "", **changes: object) -> ManagementRule:
    values: dict[str, Any] = {
        "division": division, "kind": "trunk_highway", "body": "highway_centre", "level": "city", "status": "in_use",
        "in_force_from": dt.date(2020, 1, 1), "basis": division, "doubt": "无", "source": "测试",
    }  # fmt: skip
    return ManagementRule.model_validate(values | changes)


def chosen(*rules: ManagementRule, of: RoadStretch | None = None, on: dt.date = DAY) -> ManagementRule | None:
    return find_rule(rules, of or stretch(), "430121", on)


@pytest.mark.parametrize("kind", ROAD_KINDS)
def test_every_kind_has_a_manager_everywhere_and_every_row_its_doubt(kind: RoadKind) -> None:
    found = find_rule(division_file().management, stretch(kind), "650100", DAY)
    assert found is not None
    assert (found.division, found.status) == ("", "assumed")
    assert found.doubt


def test_the_narrower_division_wins_then_numbers_then_built_up_then_the_later_day() -> None:
    everywhere, province, county = rule(), rule("43"), rule("430121")
    assert chosen(everywhere, county, province) is county
    assert chosen(province, everywhere, rule("4302")) is province
    numbered, inside = rule("43", numbers=("G107",)), rule("43", built_up=False)
    assert chosen(province, inside, numbered) is numbered
    assert chosen(province, inside) is inside
    later = rule("43", in_force_from=dt.date(2026, 1, 1))
    assert chosen(later, province) is later
    assert chosen(later, province, on=dt.date(2025, 12, 31)) is province


def test_a_rule_speaks_only_of_its_kind_numbers_area_and_days() -> None:
    assert chosen(rule(kind="county_road")) is None
    assert chosen(rule(numbers=("G106",))) is None
    assert chosen(rule(built_up=True)) is None
    assert chosen(rule(built_up=True), of=stretch(built_up=True)) is not None
    assert chosen(rule(in_force_until=DAY)) is None
    assert chosen(rule(), on=dt.date(2019, 12, 31)) is None


def test_a_stretch_comes_back_from_json() -> None:
    one = stretch("expressway", owner="甲", operator="乙", name="丙", built_up=True)
    assert RoadStretch.of_json("430121", one.to_json()) == one


def decide(*passages: tuple[str, RoadKind], zones: dict[str, str] | None = None) -> Jurisdiction:
    made = [
        DivisionPassage(code, code, 0, 5000, kind == "expressway", roads=(stretch(kind, code),))
        for code, kind in passages
    ]
    return jurisdiction(made, on=DAY, vehicle_class="II", zones=zones)


def asked(result: Jurisdiction) -> list[tuple[str | None, str]]:
    return [(body.code, body.role) for body in result.co_review]


def test_who_manages_the_road_is_asked_and_who_is_only_crossed_is_informed() -> None:
    result = decide(("430102", "county_road"), ("430121", "trunk_highway"), ("430321", "expressway"))
    assert asked(result) == [
        ("430102", "county_highway"), ("430100", "city_highway"), ("430000", "expressway_authority")
    ]  # fmt: skip
    assert [body.code for body in result.informed] == ["430100", "430300", "430121", "430321"]
    assert result.co_review[1].body == "430100公路事务中心"


def test_a_county_decides_on_its_own_road_and_asks_nobody() -> None:
    assert decide(("430121", "county_road")).co_review == ()
    assert asked(decide(("430121", "city_street"))) == [("430121", "city_road")]


def test_the_evidence_says_which_roads() -> None:
    (entry,) = decide(("430121", "trunk_highway")).evidence
    assert entry["roads"] == [stretch().to_json()]


def test_where_one_county_s_roads_are_unknown_the_crossed_units_are_asked() -> None:
    passages = [DivisionPassage("430102", "a", 0, 5000), DivisionPassage("430121", "b", 5000, 5000, roads=(stretch(),))]
    result = jurisdiction(passages, on=DAY, vehicle_class="II")
    assert asked(result) == [("430102", "county_highway"), ("430121", "county_highway")]


def test_functional_zones_act_through_their_host() -> None:
    zones = {"430171": "430121"}
    assert decide(("430171", "county_road"), ("430121", "county_road"), zones=zones).level == "county"
    assert decide(("430171", "county_road")).level == "unknown"


@pytest.mark.parametrize(("code", "is_known"), [("430121", True), ("429004", True), ("433101", True), ("430170", True),
                                                ("430171", False), ("430180", False), ("629700", False),
                                                ("437101", False), ("\uff1430121", False)])  # fmt: skip
def test_codes_of_the_standard_and_codes_that_lists_made_up(code: str, is_known: bool) -> None:
    assert is_known_code(code) is is_known
