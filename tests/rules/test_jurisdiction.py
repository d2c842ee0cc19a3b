import datetime as dt
import json
from dataclasses import replace
from typing import Any, cast

import pytest

from rules.divisions import Delegation, DivisionPassage
from rules.jurisdiction import Jurisdiction, jurisdiction
from rules.settings import default_settings

DAY = dt.date(2026, 11, 22)


def stretch(code: str | None, length_m: int = 5000, name: str | None = None, **more: object) -> DivisionPassage:
    return replace(DivisionPassage(code, name or f"区{code}", 0, length_m), **cast("dict[str, Any]", more))


def decide(*passages: DivisionPassage, **changes: object) -> Jurisdiction:
    said: dict[str, Any] = {"on": DAY, "vehicle_class": "II"} | changes
    return jurisdiction(passages, **said)


def asked(result: Jurisdiction) -> list[tuple[str, str]]:
    return [(body.code or body.body, body.role) for body in result.co_review]


def informed(result: Jurisdiction) -> list[tuple[str | None, str]]:
    return [(body.code, body.role) for body in result.informed]


def test_city_level_asks_its_counties() -> None:
    result = decide(stretch("430102", name="芙蓉区"), stretch("430121", name="长沙县"))
    assert asked(result) == [("430102", "county_highway"), ("430121", "county_highway")]
    assert result.to_json()["co_review"][0] == {
        "body": "芙蓉区交通运输主管部门",
        "code": "430102",
        "role": "county_highway",
    }
    assert json.loads(json.dumps(result.to_json()))["clause"] == "hsr-36.1.3"


def test_county_level_asks_no_other_unit() -> None:
    assert decide(stretch("430121")).co_review == ()


def test_province_level_asks_cities_and_counties() -> None:
    result = decide(stretch("430121"), stretch("430302"), names={"430100": "长沙市"})
    assert asked(result) == [
        ("430100", "city_highway"),
        ("430300", "city_highway"),
        ("430121", "county_highway"),
        ("430302", "county_highway"),
    ]
    assert result.co_review[0].body == "长沙市交通运输主管部门"


def test_cross_province_asks_other_provinces_in_travel_order_and_own_units() -> None:
    result = decide(stretch("430121"), stretch("430624"), stretch("420111"), stretch("340102"))
    assert asked(result) == [
        ("420000", "province_highway"),
        ("340000", "province_highway"),
        ("430100", "city_highway"),
        ("430600", "city_highway"),
        ("430121", "county_highway"),
        ("430624", "county_highway"),
    ]
    assert result.co_review[0].body == "湖北省交通运输主管部门"


def test_expressway_only_county_counts_but_is_informed_not_asked() -> None:
    result = decide(stretch("430102"), stretch("430121", expressway_only=True))
    assert result.level == "city"
    assert asked(result) == [("430102", "county_highway")]
    assert informed(result) == [("430121", "county_highway")]
    assert any("抄告" in note for note in result.notes)


def test_city_crossed_on_expressways_only_is_informed() -> None:
    result = decide(stretch("430121"), stretch("430302", expressway_only=True))
    assert informed(result) == [("430300", "city_highway"), ("430302", "county_highway")]


def test_county_left_by_expressway_and_crossed_on_roads_is_asked() -> None:
    result = decide(stretch("430121", expressway_only=True), stretch("430102"), stretch("430121"))
    assert ("430121", "county_highway") in asked(result)


def test_whether_expressway_only_counts_for_the_level_is_a_setting() -> None:
    chosen = default_settings().model_copy(update={"expressway_only_counts_for_level": False})
    route = (stretch("430102"), stretch("430121", expressway_only=True))
    assert decide(*route, settings=chosen).level == "county"


def test_slivers_do_not_count_but_stand_in_notes_and_evidence() -> None:
    result = decide(stretch("430121"), stretch("430302", 50), stretch("430121"), stretch("430302", 50))
    assert (result.level, result.accepts) == ("county", "430121")
    assert any("仅50米" in note for note in result.notes)
    assert [entry["counted"] for entry in result.evidence] == [True, False, True, False]


def test_one_metre_more_than_a_sliver_counts() -> None:
    assert decide(stretch("430121"), stretch("430302", 51)).level == "province"


def test_evidence_says_where_each_county_is_entered_and_left() -> None:
    evidence = decide(DivisionPassage("430121", "长沙县", 1200, 5000)).evidence[0]
    assert (evidence["enter_m"], evidence["exit_m"], evidence["length_m"]) == (1200, 6200, 5000)


def test_toll_operators_once_each_and_city_road_bodies() -> None:
    result = decide(
        stretch("430102", city_street_m=800, toll_operators=("甲公司",)),
        stretch("430121", toll_operators=("乙公司", "甲公司")),
    )
    assert asked(result)[2:] == [("甲公司", "toll_operator"), ("乙公司", "toll_operator"), ("430102", "city_road")]


@pytest.mark.parametrize(("vehicle_class", "police"), [("I", False), ("II", False), ("III", True), ("unknown", True)])
def test_police_of_the_same_level_for_class_three(vehicle_class: str, police: bool) -> None:
    result = decide(stretch("430102"), stretch("430121"), vehicle_class=vehicle_class)
    assert (("430100", "police") in asked(result)) is police


def test_city_streets_raise_the_level_only_by_setting() -> None:
    chosen = default_settings().model_copy(update={"city_streets_raise_level": True})
    street, district = stretch("430102", city_street_m=10), stretch("310115", city_street_m=10)
    assert decide(street).level == "county"
    assert (decide(street, settings=chosen).level, decide(street, settings=chosen).accepts) == ("city", "430100")
    assert decide(district, settings=chosen).accepts == "310000"
    assert decide(stretch("430102"), settings=chosen).level == "county"


@pytest.mark.parametrize("code", [None, "", "43010", "43010A", "710000", "810001", "990101", "430000"])
def test_without_a_county_code_the_level_is_unknown(code: str | None) -> None:
    result = decide(stretch("430121"), stretch(code, name="境外"))
    assert (result.level, result.accepts, result.co_review) == ("unknown", None, ())
    assert "资料不足" in result.notes[0]


def test_empty_route_is_unknown() -> None:
    assert decide().level == "unknown"


def test_before_the_regulation_is_unknown() -> None:
    result = decide(stretch("430121"), on=dt.date(2011, 6, 30))
    assert (result.level, result.accepts) == ("unknown", None)
    assert "未施行" in result.notes[0]


def test_border_and_province_run_county_are_noted() -> None:
    result = decide(stretch("429004", near_border=True))
    assert any("沿界" in note for note in result.notes)
    assert any("省直辖" in note for note in result.notes)


def rule(**changes: object) -> Delegation:
    values = {
        "province": "43",
        "levels": ("province",),
        "delegate_to": "origin_city",
        "status": "in_use",
        "in_force_from": dt.date(2025, 1, 1),
        "in_force_until": dt.date(2027, 1, 1),
        "basis": "某通知",
        "text": "委托起运地市",
        "source": "测试",
    }
    return Delegation.model_validate(values | changes)


def test_delegation_in_use_names_the_origin_city() -> None:
    result = decide(stretch("430121"), stretch("430302"), delegations=[rule()])
    assert (result.accepts, result.delegated_to) == ("430000", "430100")
    assert any("某通知" in note for note in result.notes)


@pytest.mark.parametrize(
    ("changes", "on"),
    [
        ({"status": "permitted"}, DAY),
        ({"province": "42"}, DAY),
        ({"levels": ("cross_province",)}, DAY),
        ({}, dt.date(2024, 12, 31)),
        ({}, dt.date(2027, 1, 1)),
    ],
)
def test_no_delegation_where_none_is_known_in_use(changes: dict[str, Any], on: dt.date) -> None:
    result = decide(stretch("430121"), stretch("430302"), on=on, delegations=[rule(**changes)])
    assert result.delegated_to is None


def test_zhejiang_may_delegate_but_it_is_not_known_that_it_did() -> None:
    route = (stretch("330106"), stretch("330205"))
    assert decide(*route).delegated_to is None
    assert any("浙江省公路条例" in note for note in decide(*route).notes)
    assert not any("浙江省公路条例" in note for note in decide(*route, on=dt.date(2020, 8, 31)).notes)


def test_city_without_districts_stands_for_itself() -> None:
    result = decide(stretch("441900", name="东莞市"), stretch("440106"))
    assert result.level == "province"
    assert asked(result) == [("440100", "city_highway"), ("441900", "city_highway"), ("440106", "county_highway")]
