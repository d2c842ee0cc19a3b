"""Reading road tables, and what they lead to on roads of the map."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.bridges.attach import attach
from data.cells import Side
from data.coverage import WHOLE_ROUTE_M, Coverage
from data.errors import BadInputError
from data.roads import RoadTable, read_roads
from data.stakes import Anchor, interpolate_stakes
from routing.columns import Basis, Quantity, TechnicalGrade, WidthBasis
from routing.graph import RoadGraph
from routing.soundness import check
from tests.graphs import Road, find_arc, make_graph

HEADER = "路线编号,路线名称,起点桩号,止点桩号,技术等级,路面宽度(m),车道数,限载(t),限高(m),管养单位"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, *rows: str, header: str = HEADER, datum: str | None = None) -> RoadTable:
    path = folder / "roads.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_roads(path, datum=datum)


def test_a_full_row(folder: Path) -> None:
    (segment,) = read(folder, "S326,示例线,K12+300,K40+100,二级,9.0,2,55,4.5,示例公路局").segments
    assert (segment.route_ref, segment.from_m, segment.to_m) == ("S326", 12_300, 40_100)
    assert segment.grade is TechnicalGrade.GRADE_2
    assert (segment.carriageway_mm, segment.lanes, segment.lane_width_mm) == (9000, 2, 4500)
    assert (segment.limit_mass_kg, segment.limit_height_mm, segment.limit_basis) == (55_000, 4500, Basis.INVENTORY)
    assert (segment.owner, segment.source) == ("示例公路局", "roads.csv:2")


def test_falling_stakes_turn_the_line_round(folder: Path) -> None:
    header = "路线编号,起点桩号,止点桩号,几何,行车方向"
    found = read(folder, 'S1,K2+000,K0+000,"LINESTRING(112 28, 112.02 28)",下行', header=header)
    (segment,) = found.segments
    assert (segment.from_m, segment.to_m, segment.direction) == (0, 2000, Side.DOWN)
    assert segment.line_deg == ((112.02, 28.0), (112.0, 28.0))
    assert [anchor.stake_m for anchor in segment.anchors()] == [0, 500, 1000, 1500, 2000]
    assert segment.anchors()[0].lon_deg == pytest.approx(112.02)


def test_faults_are_named_and_other_rows_go_in(folder: Path) -> None:
    found = read(
        folder,
        "S326,示例线,K12+300,K40+100,特级,9000mm,两个,很多,45,",
        ",示例线,K1,K2,,,,,,",
        "S326,示例线,K1+000,K1+000,,,,,,",
        "S326,示例线,,K1+000,,,,,,",
        "S326,示例线,全线,全线,一级,,,,,",
    )
    assert {note.column for note in found.report.faults} == {"技术等级", "车道数", "限载(t)"}
    assert sorted({note.row for note in found.report.rejected}) == [3, 4, 5]
    assert [segment.source for segment in found.segments] == ["roads.csv:2", "roads.csv:6"]
    assert found.segments[0].carriageway_mm == 9000
    assert found.segments[1].is_whole_route
    assert found.segments[1].to_m == WHOLE_ROUTE_M


def test_a_carriageway_wider_than_its_roadbed_is_unknown(folder: Path) -> None:
    found = read(folder, "S1,K0,K1,12,9", header="路线编号,起点桩号,止点桩号,路面宽度(m),路基宽度(m)")
    assert found.segments[0].carriageway_mm is None
    assert [note.column for note in found.report.faults] == ["路面宽度(m)"]


def test_coverage_columns(folder: Path) -> None:
    header = "路线编号,起点桩号,止点桩号,桥梁资料完整,涵洞资料完整"
    found = read(folder, "S1,0,1,是,是", "S1,1,2,是,否", "S1,2,3,,", "S1,3,4,大概,", header=header)
    assert [(one.from_m, int(one.what)) for one in found.coverage] == [
        (0, Coverage.BRIDGES | Coverage.CULVERTS),
        (1000, Coverage.BRIDGES),
    ]
    assert [note.value for note in found.report.faults] == ["大概"]


def test_geojson_and_wrong_geometry(folder: Path) -> None:
    def feature(**geometry: object) -> dict[str, object]:
        stakes = {"路线编号": "S1", "起点桩号": "K0+000", "止点桩号": "K1+000"}
        return {"type": "Feature", "properties": stakes, "geometry": geometry}

    features = [
        feature(type="LineString", coordinates=[[112, 28], [112.01, 28]]),
        feature(type="Point", coordinates=[1, 2]),
    ]
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    found = read_roads(path)
    assert [len(segment.line_deg) for segment in found.segments] == [2, 0]
    assert "is a Point" in found.report.faults[0].reason


def test_an_unknown_datum_is_refused(folder: Path) -> None:
    with pytest.raises(BadInputError, match="西安80"):
        read(folder, "S1,,,0,1,,,,,", datum="西安80")


def unnumbered() -> RoadGraph:
    """A road the map gives no number, and another beside it, some 200 m north."""
    nodes = [(112.0, 28.0), (112.01, 28.0), (112.02, 28.0), (112.0, 28.002), (112.02, 28.002)]
    return make_graph(nodes, [Road(0, 1), Road(1, 2), Road(3, 4)])


def test_roads_without_a_number_are_found_by_the_line(folder: Path) -> None:
    header = "路线编号,起点桩号,止点桩号,几何,技术等级,路面宽度(m),限载(t),管养单位,桥梁资料完整,涵洞资料完整"
    table = read(folder, 'S1,K5+000,K7+000,"LINESTRING(112 28, 112.02 28)",三级,7.5,30,示例县局,是,是', header=header)
    found = attach(unnumbered(), [], [table])
    check(found.graph)
    near, far = find_arc(found.graph, 0, 1), find_arc(found.graph, 3, 4)
    assert (found.stakes.from_m[near], found.stakes.to_m[near]) == pytest.approx((5000, 6000), abs=3)
    arcs = found.graph.arcs
    assert (arcs.technical_grade[near], arcs.technical_grade[far]) == (TechnicalGrade.GRADE_3, 0)
    assert (arcs.carriageway_mm[near], arcs.width_basis[near]) == (7500, WidthBasis.STATED)
    assert (arcs.coverage[near], arcs.coverage[far]) == (3, 0)
    assert found.graph.limits.quantity.tolist() == [Quantity.GROSS_MASS] * 4
    assert found.report.unplaced_segments == ()


def test_a_segment_without_a_road_is_listed(folder: Path) -> None:
    found = attach(unnumbered(), [], [read(folder, "S9,,0,1,四级,,,,,")])
    assert found.report.unplaced_segments == ("roads.csv:2",)


def test_what_the_map_states_is_not_overwritten_by_something_wider(folder: Path) -> None:
    stated = {"carriageway_mm": 6000, "lane_width_mm": 3000, "width_basis": WidthBasis.STATED, "technical_grade": 4}
    graph = make_graph([(112.0, 28.0), (112.02, 28.0)], [Road(0, 1, ref="S1", columns=stated)])
    found = attach(graph, [], [read(folder, "S1,,全线,全线,二级,9,2,,,")])
    assert found.graph.arcs.carriageway_mm.tolist() == [6000, 6000]
    assert max(found.graph.arcs.lane_width_mm.tolist()) <= 6000
    assert found.graph.arcs.technical_grade.tolist() == [4, 4]
    assert "grade differs" in found.report.roads[0]


@given(st.lists(st.floats(0.5, 30), min_size=1, max_size=8), st.integers(0, 50_000), st.floats(0.95, 1.05))
def test_stakes_rise_along_the_road_without_gaps(lengths: list[float], start: int, stretch: float) -> None:
    degrees = np.concatenate([[0.0], np.cumsum(lengths)]) / 98
    graph = make_graph(
        [(112 + d, 28.0) for d in degrees.tolist()], [Road(n, n + 1, ref="S1") for n in range(len(lengths))]
    )
    metres = int(sum(graph.arcs.length_mm) / 2000)
    end = start + round(metres * stretch)
    anchors = [Anchor("S1", start, 112.0, 28.0), Anchor("S1", end, 112 + float(degrees[-1]), 28.0)]
    stakes, warnings = interpolate_stakes(graph, anchors)
    assert warnings == ()
    ahead = [find_arc(graph, n, n + 1) for n in range(len(lengths))]
    back = [find_arc(graph, n + 1, n) for n in range(len(lengths))]
    assert stakes.from_m[ahead[0]] == pytest.approx(start, abs=1)
    assert stakes.to_m[ahead[-1]] == pytest.approx(end, abs=1)
    assert stakes.to_m[ahead[:-1]].tolist() == stakes.from_m[ahead[1:]].tolist()
    assert np.abs(stakes.from_m[ahead] - stakes.to_m[back]).max() <= 1
