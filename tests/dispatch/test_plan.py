"""Who decides, who is asked about what, and that a packet holds its body's part and nothing else."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dispatch.directory import build_directory, firm
from api.dispatch.errors import DispatchError
from api.dispatch.managing import stretches_of
from api.dispatch.plan import plan
from api.dispatch.settings import DispatchSettings, default_dispatch_settings, setting_entries
from rules.divisions import Delegation
from tests.dispatch.cases import (
    COUNTY,
    DAY,
    FAST,
    G4_FIRM,
    NAMELESS,
    STREET,
    TRUNK,
    finding,
    hunan,
    plan_for,
    review_of,
    road,
    roles,
)

FIRM = firm("toll_operator", G4_FIRM).id


def with_settings(**changes: object) -> DispatchSettings:
    return default_dispatch_settings().model_copy(update=changes)


def test_a_county_road_in_one_county_is_decided_by_its_manager() -> None:
    made = plan_for(review_of(road("430121")))
    assert (made.level, made.decides) == ("county", hunan().bodies["transport:430121"])
    assert roles(made) == {"transport:430121": ("decides", "decision")}
    (packet,) = made.packets
    assert (packet.length_m, packet.due_working_days) == (5000, None)


def test_a_deciding_body_without_a_road_of_its_own_gets_no_suggestion() -> None:
    made = plan_for(review_of(road("430102"), road("430121"), findings=(finding(6000, outcome="blocked"),)))
    assert made.packets[0].draft.suggestion is None
    assert "意见收齐后决定" in made.packets[0].draft.text
    assert [packet.draft.suggestion for packet in made.packets[1:]] == ["agree", "object"]


def test_two_counties_of_a_city_are_asked_about_their_roads_and_the_trunk_road_s_centre_about_its_own() -> None:
    made = plan_for(review_of(road("430102"), road("430102", TRUNK), road("430121", TRUNK), road("430121")))
    assert roles(made) == {
        "transport:430100": ("decides", "decision"),
        "transport:430102": ("manager", "opinion"),
        "highway_centre:430100": ("manager", "opinion"),
        "transport:430121": ("manager", "opinion"),
    }
    centre = made.packet_of("highway_centre:430100")
    assert centre is not None
    assert [(one.enter_m, one.exit_m) for one in centre.stretches] == [(5000, 10000), (10000, 15000)]


def test_two_cities_are_decided_by_the_province_and_crossed_departments_without_a_road_are_informed() -> None:
    made = plan_for(review_of(road("430121"), road("430321", TRUNK)))
    assert roles(made) == {
        "transport:430000": ("decides", "decision"),
        "transport:430121": ("manager", "opinion"),
        "highway_centre:430300": ("manager", "opinion"),
        "transport:430100": ("crossed_division", "inform"),
        "transport:430300": ("crossed_division", "inform"),
        "transport:430321": ("crossed_division", "inform"),
    }


def test_five_counties_by_expressway_are_informed_and_its_authority_and_operator_asked() -> None:
    codes = ("430102", "430121", "430321", "430424", "430624")
    made = plan_for(review_of(*(road(code, FAST, 20_000) for code in codes), findings=(finding(100, 90_000),)))
    asked = {body for body, (_, purpose) in roles(made).items() if purpose == "opinion"}
    assert asked == {"expressway_authority:430000", FIRM}
    informed = {body for body, (_, purpose) in roles(made).items() if purpose == "inform"}
    cities = ("430100", "430300", "430400", "430600")
    assert informed == {f"transport:{code}" for code in (*codes, *cities)}
    assert all(not packet.findings for packet in made.packets if packet.purpose == "inform")


def test_streets_are_decided_apart_with_their_own_clock_and_materials() -> None:
    made = plan_for(review_of(road("430102", STREET, 800), road("430102")))
    (item,) = made.items
    assert (item.body.id, item.due_working_days) == ("city_road:430102", 20)
    assert item.name == default_dispatch_settings().city_street_item
    assert "车辆行驶证" in item.materials
    assert roles(made)["city_road:430102"] == ("city_road", "decision")
    assert made.packets[1].due_working_days == 20


@pytest.mark.parametrize(("vehicle_class", "days"), [("II", 2), ("III", 5), ("unknown", 5)])
def test_an_opinion_is_due_by_class(vehicle_class: str, days: int) -> None:
    made = plan_for(review_of(road("430102"), road("430121"), vehicle_class=vehicle_class))
    due = [packet.due_working_days for packet in made.packets]
    assert due == [None, days, days] + ([days] if vehicle_class != "II" else [])


def test_class_one_asks_only_whose_part_needs_a_person() -> None:
    needs = finding(7000, 10, "conditional", "某桥")
    made = plan_for(review_of(road("430102"), road("430121"), findings=(finding(100), needs), vehicle_class="I"))
    assert roles(made)["transport:430102"] == ("manager", "inform")
    assert roles(made)["transport:430121"] == ("manager", "opinion")


@pytest.mark.parametrize(("vehicle_class", "is_asked"), [("none", False), ("I", False), ("II", False), ("III", True)])
def test_police_of_the_deciding_level_by_class_see_no_bridges(vehicle_class: str, is_asked: bool) -> None:
    said = (finding(10, 5, "unknown", "弱桥"), finding(6000, 3, "conditional"))
    made = plan_for(review_of(road("430102"), road("430121"), findings=said, vehicle_class=vehicle_class))
    police = made.packet_of("police:430100")
    assert (police is not None) == is_asked
    if police:
        assert [entry["at_m"] for entry in police.findings] == [6000]
        assert "弱桥" not in json.dumps(police.to_json(), ensure_ascii=False)


def test_maintainers_named_by_the_road_table_are_told_unless_they_are_the_manager() -> None:
    centre = "长沙市公路事务中心"
    roads = (road("430102", TRUNK, owner=centre), road("430121", owner="长沙县公路养护站"))
    made = plan_for(review_of(*roads))
    station = firm("maintainer", "长沙县公路养护站").id
    assert roles(made)[station] == ("maintainer", "inform")
    assert len([one for one in made.packets if one.role == "maintainer"]) == 1
    assert roles(plan_for(review_of(*roads), with_settings(maintainers="opinion")))[station][1] == "opinion"
    assert station not in roles(plan_for(review_of(*roads), with_settings(maintainers="none")))


def test_a_road_table_that_names_another_office_is_said() -> None:
    made = plan_for(review_of(road("430102", TRUNK, owner="湘潭市公路事务中心")))
    assert roles(made)["highway_centre:430100"] == ("manager", "opinion")
    assert any("湘潭市公路事务中心" in note and "请核对" in note for note in made.notes)


def test_an_operator_outside_the_directory_is_asked_and_said() -> None:
    made = plan_for(review_of(road("430102", FAST, operator="乙公司", owner="乙公司")))
    assert roles(made)[firm("toll_operator", "乙公司").id] == ("toll_operator", "opinion")
    assert any("名录中没有“乙公司”" in note for note in made.notes)


def test_a_sliver_goes_with_its_neighbour_and_asks_nobody() -> None:
    made = plan_for(review_of(road("430121"), road("430321", length_m=40), road("430121")))
    assert (made.level, set(roles(made))) == ("county", {"transport:430121"})
    assert [(entry.stretch.code, entry.division) for entry in made.managed] == [
        ("430121", "430121"), ("430321", "430121"), ("430121", "430121")
    ]  # fmt: skip


def test_a_sliver_between_two_counties_goes_with_the_one_before_it() -> None:
    made = plan_for(review_of(road("430121"), road("430321", length_m=40), road("430102"), road("430321", length_m=9)))
    assert [entry.division for entry in made.managed] == ["430121", "430121", "430102", "430102"]
    assert made.level == "city"


def test_a_sliver_at_the_start_goes_with_what_follows() -> None:
    made = plan_for(review_of(road("430321", length_m=30), road("430121"), road("430121", TRUNK)))
    assert [entry.division for entry in made.managed] == ["430121"] * 3
    assert made.decides == hunan().bodies["transport:430121"]


def test_a_county_run_by_the_province_acts_on_both_levels() -> None:
    names = {"420000": "湖北省", "420100": "武汉市", "420111": "洪山区", "429004": "仙桃市"}
    hubei = build_directory("42", names)
    alone = plan_for(review_of(road("429004", TRUNK)), directory=hubei)
    assert (alone.level, list(roles(alone))) == ("county", ["transport:429004", "highway_centre:429004"])
    both = plan_for(review_of(road("429004", TRUNK), road("420111")), directory=hubei)
    assert both.decides == hubei.bodies["transport:420000"]
    assert both.notes == ()


def test_a_municipality_decides_across_its_districts_and_manages_its_trunk_roads() -> None:
    names = {"310000": "上海市", "310115": "浦东新区", "310113": "宝山区"}
    shanghai = build_directory("31", names)
    made = plan_for(review_of(road("310115", TRUNK), road("310113")), directory=shanghai)
    assert roles(made) == {
        "transport:310000": ("decides", "decision"),
        "highway_centre:310000": ("manager", "opinion"),
        "transport:310113": ("manager", "opinion"),
        "transport:310115": ("crossed_division", "inform"),
    }


def test_a_city_without_districts_manages_everything_itself() -> None:
    names = {"440000": "广东省", "441900": "东莞市"}
    made = plan_for(review_of(road("441900"), road("441900", STREET)), directory=build_directory("44", names))
    assert (made.level, list(roles(made))) == ("city", ["transport:441900", "city_road:441900"])


def test_a_functional_zone_acts_through_its_host_and_an_unknown_one_through_nobody() -> None:
    known = plan_for(review_of(road("430171"), zones={"430171": "430121"}))
    assert (known.level, known.accepts and known.accepts.id) == ("county", "transport:430121")
    unknown = plan_for(review_of(road("430171")))
    assert (unknown.level, unknown.decides, unknown.packets) == ("unknown", None, ())
    assert any("不明" in note for note in unknown.notes)


def test_a_road_in_no_known_county_has_no_manager_and_is_said() -> None:
    made = plan_for(review_of(road("430121"), road(None)))
    assert made.level == "unknown"
    assert [entry.body and entry.body.id for entry in made.managed] == [None, None] or made.managed[1].body is None
    assert any("5000–10000米" in note for note in made.notes)


def test_other_provinces_decide_their_own_part() -> None:
    made = plan_for(review_of(road("430624"), road("420111", TRUNK), road("420111", FAST), road("340102")))
    assert roles(made) == {
        "transport:430000": ("decides", "decision"),
        "transport:430624": ("manager", "opinion"),
        "transport:420000": ("along_route_province", "decision"),
        "transport:340000": ("along_route_province", "decision"),
        "transport:430600": ("crossed_division", "inform"),
    }
    assert [packet.due_working_days for packet in made.packets if packet.role == "along_route_province"] == [5, 5]


def test_a_delegation_in_use_moves_the_decision_to_the_origin_city() -> None:
    rule = Delegation(
        province="43", levels=("province",), delegate_to="origin_city", status="in_use",
        in_force_from=dt.date(2025, 1, 1), basis="某通知", text="委托", source="测试",
    )  # fmt: skip
    made = plan_for(review_of(road("430121"), road("430321"), delegations=(rule,)))
    assert (made.accepts and made.accepts.id, made.decides and made.decides.id, made.delegated) == (
        "transport:430000", "transport:430100", True,
    )  # fmt: skip
    assert "transport:430000" not in roles(made)


def test_an_office_missing_from_the_directory_is_said_not_guessed() -> None:
    bare = build_directory("43", {"430121": "长沙县"})
    made = plan_for(review_of(road("430121", TRUNK), road("430121")), directory=bare)
    assert [entry.body and entry.body.id for entry in made.managed] == [None, "transport:430121"]
    assert any("highway_centre" in note for note in made.notes)


def test_nothing_to_dispatch_without_a_route() -> None:
    review = review_of(road("430121"))
    review["routes"] = []
    with pytest.raises(DispatchError, match="no route"):
        plan(review, stretches_of(review), hunan(), DAY)


def test_the_same_question_gets_the_same_bytes() -> None:
    review = review_of(road("430102", FAST), road("430121", STREET), road("430321"), vehicle_class="III")
    first, again = (json.dumps(plan_for(review).to_json(), ensure_ascii=False) for _ in range(2))
    assert first == again


KINDS = st.sampled_from([FAST, TRUNK, COUNTY, STREET, NAMELESS])
CODES = st.sampled_from(["430102", "430121", "430321", "430424", "430624", "420111"])
ROADS = st.lists(st.tuples(CODES, KINDS, st.integers(1, 9000)), min_size=1, max_size=8)
OUTCOMES = st.sampled_from(["passes", "conditional", "unknown", "blocked"])


@given(roads=ROADS, spots=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 4000), OUTCOMES), max_size=8),
       vehicle_class=st.sampled_from(["I", "II", "III"]))  # fmt: skip
def test_a_packet_holds_its_own_part_and_nothing_of_others(
    roads: list[tuple[str, Any, int]], spots: list[tuple[int, int, str]], vehicle_class: str
) -> None:
    stretches = [road(code, kind, length, name=f"路{place}") for place, (code, kind, length) in enumerate(roads)]
    total = sum(length for _, _, length in roads)
    said = [
        finding(at, min(length, total - at), outcome, f"构造物{place}", reason=f"理由{place}。")
        for place, (at, length, outcome) in enumerate(spots)
        if at <= total
    ]
    review = review_of(*stretches, findings=(*said, finding(0, 0, count=99)), vehicle_class=vehicle_class)
    made = plan_for(review)
    if made.accepts is None or made.accepts.division_code[:2] != "43":  # all slivers, or another province's case
        return
    ends = [0]
    for entry in made.managed:
        assert entry.stretch.enter_m == ends[-1]
        ends.append(entry.stretch.exit_m)
    assert ends[-1] == total
    managers = {packet.body.id: packet for packet in made.packets}
    for entry in made.managed:
        assert entry.body is not None
        holders = [packet.body.id for packet in made.packets if entry.stretch in packet.stretches]
        assert entry.body.id in holders
        assert entry.stretch in managers[entry.body.id].stretches
    for packet in made.packets:
        is_manager = packet.role in {"manager", "city_road", "along_route_province", "decides"}
        own = [entry for entry in made.managed if entry.body == packet.body]
        if is_manager:
            assert packet.length_m == sum(entry.stretch.length_m for entry in own)
        assert_holds_own(packet.to_json(), total, said)


def assert_holds_own(packet: dict[str, Any], total: int, said: list[dict[str, Any]]) -> None:
    inside = [False] * (total + 1)
    for one in packet["evidence"]:
        inside[one["enter_m"] : one["exit_m"]] = [True] * one["length_m"]
        inside[total] |= one["exit_m"] == total
    text = json.dumps(packet, ensure_ascii=False)
    assert '"count"' not in text
    for entry in packet["findings"]:
        assert all(inside[entry["at_m"] : entry["at_m"] + max(entry["length_m"], 1)])
    for entry in said:
        start, end = entry["at_m"], entry["at_m"] + entry["length_m"]
        meets = any(inside[start:end]) if end > start else inside[start]
        name = entry["structure"]["name"]
        if not meets:
            assert f'"{name}"' not in text
            assert entry["reason"] not in text
        if not all(inside[start : end or 1]):
            assert f"osm:way/{1000 + start} " not in text or any(
                other is not entry and other["at_m"] == start for other in said
            )
        sees_all = packet["purpose"] != "inform" and packet["role"] != "police"
        if meets and sees_all:
            assert any(found["structure"] == entry["structure"] for found in packet["findings"])


def test_every_setting_has_a_value_that_is_used_and_a_doubt() -> None:
    entries = setting_entries()
    assert set(entries) == set(DispatchSettings.model_fields) - {"rules"}
    assert all(entry.doubt and entry.title_zh for entry in entries.values())
