"""Building a network from tiny files: arcs, limits, structures, merging, faults."""

import gzip
import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from data.build import build_network, grade_expressways, write_network
from data.errors import BadInputError
from data.osm.profiles import is_hidden, is_overhead, level, reject_road
from data.policies import load_policy
from routing.columns import ArcFlag, Role, TechnicalGrade, WidthBasis
from routing.graph import NO_INCLINE
from routing.soundness import check
from routing.storage import load, read_manifest
from tests.osm_files import Built, OsmFile, build, build_paths

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def road(**tags: str) -> OsmFile:
    """1 -- 2 -- 3, one way of two pieces: way 20 hangs at node 2."""
    file = OsmFile().row(1, 2, 3).node(4, 1, 1)
    return file.way(10, [1, 2, 3], **tags).way(20, [2, 4])


def test_both_directions_unless_oneway(tmp_path: Path) -> None:
    assert [arc for arc in build(tmp_path, road()).arcs() if arc[0] == 10] == [
        (10, 1, 2),
        (10, 2, 1),
        (10, 2, 3),
        (10, 3, 2),
    ]


@pytest.mark.parametrize(
    ("tags", "pairs"),
    [
        ({"oneway": "yes"}, [(1, 2), (2, 3)]),
        ({"oneway": "-1"}, [(2, 1), (3, 2)]),
        ({"junction": "roundabout"}, [(1, 2), (2, 3)]),
        ({"highway": "motorway"}, [(1, 2), (2, 3)]),
        ({"highway": "motorway", "oneway": "no"}, [(1, 2), (2, 1), (2, 3), (3, 2)]),
        ({"motor_vehicle__backward": "no"}, [(1, 2), (2, 3)]),
    ],
)
def test_oneway(tmp_path: Path, tags: dict[str, str], pairs: list[tuple[int, int]]) -> None:
    built = build(tmp_path, road(**tags))
    assert [arc[1:] for arc in built.arcs() if arc[0] == 10] == pairs
    is_oneway = len(pairs) == 2
    assert bool(built.graph.arcs.flags[built.arc(*pairs[0])] & ArcFlag.ONEWAY) == is_oneway


def test_lengths_and_geometry(tmp_path: Path) -> None:
    built = build(tmp_path, OsmFile().row(1, 2, 3).way(10, [1, 2, 3]))
    assert built.arcs() == [(10, 1, 3), (10, 3, 1)]
    arc, back = built.arc(1, 3), built.arc(3, 1)
    assert built.graph.arcs.length_mm[arc] == pytest.approx(2 * 98_180, abs=100)
    assert built.graph.arcs.length_mm[back] == built.graph.arcs.length_mm[arc]
    assert built.graph.arc_points(arc)[0].tolist() == [112.9, 112.901, 112.902]
    assert built.graph.arc_points(back)[0].tolist() == [112.902, 112.901, 112.9]


def test_loop_is_cut_so_that_no_arc_returns_to_its_start(tmp_path: Path) -> None:
    file = (
        OsmFile().row(1, 2).node(3, 1, 1).node(4, 0, 1).way(10, [1, 2, 3, 4, 1]).way(20, [5, 6, 5]).row(5, 6, north=5)
    )
    built = build(tmp_path, file)
    assert sorted(built.arcs()) == [
        (10, 1, 3),
        (10, 1, 3),
        (10, 3, 1),
        (10, 3, 1),
        *([(20, 5, 6)] * 2),
        *([(20, 6, 5)] * 2),
    ]


def test_nodes_at_one_place_stay_connected(tmp_path: Path) -> None:
    built = build(tmp_path, OsmFile().node(1, 0, 0).node(2, 0, 0).node(3, 1, 0).way(10, [1, 2, 2]).way(11, [2, 3]))
    assert built.graph.arcs.length_mm[built.arc(1, 2)] == 1
    assert built.report.counts_in["nodes_named_twice_in_a_row"] == 1


def test_missing_node_cuts_the_road(tmp_path: Path) -> None:
    file = OsmFile().row(1, 2, 3, 4, 5).way(10, [1, 2, 3, 4, 5]).way(11, [3, 2])
    del file.nodes[3]
    built = build(tmp_path, file)
    assert [arc for arc in built.arcs() if arc[1] < arc[2]] == [(10, 1, 2), (10, 4, 5)]
    assert built.report.doubts["node is in no file, the road is cut there (node)"] == [3]
    assert built.rejected() == {"way has fewer than two nodes with a position": (11,)}


def test_limits_by_direction(tmp_path: Path) -> None:
    built = build(tmp_path, road(maxheight="4.2", maxweight__forward="20", maxweight__backward="15"))
    height = ("height", "NUMBER", 4200, "ROAD", "")
    assert built.limits(1, 2) == [height, ("gross_mass", "NUMBER", 20_000, "ROAD", "")]
    assert built.limits(2, 1) == [height, ("gross_mass", "NUMBER", 15_000, "ROAD", "")]
    assert built.limits(2, 4) == []
    assert built.sources(1, 2) == ["osm:way/10 maxheight=4.2", "osm:way/10 maxweight:forward=20"]


def test_limits_of_a_road_drawn_against_its_traffic(tmp_path: Path) -> None:
    built = build(tmp_path, road(oneway="-1", maxweight__forward="20", maxweight__backward="15"))
    assert built.limits(2, 1) == [("gross_mass", "NUMBER", 15_000, "ROAD", "")]


def test_unreadable_limit_is_kept_and_reported(tmp_path: Path) -> None:
    built = build(tmp_path, road(maxheight="low", maxweight="none"))
    assert built.limits(1, 2) == [("height", "UNREADABLE", 0, "ROAD", "")]
    assert [(one.element, one.tags) for one in built.report.not_understood] == [("way/10", ("maxheight=low",))]
    assert built.report.limits["height"] == {
        "posted": 0.0,
        "none_stated": pytest.approx(1 / 3, abs=1e-6),
        "unknown": pytest.approx(2 / 3, abs=1e-6),
    }


@pytest.mark.parametrize(
    ("tags", "row"),
    [
        ({"maxweight__conditional": "10 @ (22:00-06:00)"}, ("gross_mass", "NUMBER", 10_000, "ROAD", "22:00-06:00")),
        ({"hgv__conditional": "no @ (weight>7.5)"}, ("gross_mass", "NUMBER", 7500, "ROAD", "")),
        ({"hgv__conditional": "no @ (weight>=7.5)"}, ("gross_mass", "NUMBER", 7499, "ROAD", "")),
        ({"hgv__conditional": "no @ (07:00-09:00)"}, ("access", "NUMBER", 8, "ROAD", "07:00-09:00")),
        (
            {"hgv__conditional": "no @ (weight>7.5 AND 22:00-06:00)"},
            ("gross_mass", "NUMBER", 7500, "ROAD", "22:00-06:00"),
        ),
    ],
)
def test_conditions(tmp_path: Path, tags: dict[str, str], row: tuple[str, str, int, str, str]) -> None:
    assert build(tmp_path, road(**tags)).limits(1, 2) == [row]


def test_access(tmp_path: Path) -> None:
    built = build(tmp_path, road(hgv="no"))
    assert (built.access(1, 2), built.access(2, 4)) == ("NO_HGV", "YES")
    built = build(tmp_path, road(motor_vehicle="no"))
    assert [arc[0] for arc in built.arcs()] == [20, 20]
    assert built.rejected() == {"way closed to motor vehicles: motor_vehicle=no": (10,)}


def test_node_limit_stands_where_the_arc_ends(tmp_path: Path) -> None:
    built = build(tmp_path, OsmFile().row(1, 2, 3).node(2, 1, 0, maxheight="3.8").way(10, [1, 2, 3]))
    row = ("height", "NUMBER", 3800, "POINT", "")
    assert (built.limits(1, 2), built.limits(3, 2), built.limits(2, 3)) == ([row], [row], [])
    assert built.sources(1, 2) == ["osm:node/2 maxheight=3.8"]


def test_barriers(tmp_path: Path) -> None:
    file = OsmFile().row(1, 2, 3, 4, 5, 6).way(10, [1, 2, 3, 4, 5, 6])
    file.node(2, 1, 0, barrier="bollard").node(3, 2, 0, barrier="lift_gate", access="private")
    file.node(4, 3, 0, barrier="height_restrictor").node(5, 4, 0, barrier="kerb").node(6, 5, 0, barrier="block")
    built = build(tmp_path, file)
    assert built.limits(1, 2) == built.limits(3, 2) == [("access", "NUMBER", 9, "POINT", "")]
    assert built.structures(1, 2) == [("osm:node/2", "bollard", "THROUGH")]
    assert built.limits(2, 3) == [("access", "NUMBER", 4, "POINT", "")]
    assert built.limits(3, 4) == [("height", "UNREADABLE", 0, "POINT", "")]
    # The kerb is no node of the network, and the block at the dead end stops nobody.
    assert built.limits(4, 6) == []
    assert built.structures(4, 6) == [("osm:node/6", "bollard", "THROUGH")]


def test_places_that_routes_are_written_by(tmp_path: Path) -> None:
    file = (
        OsmFile()
        .row(1, 2, 3, 4)
        .way(10, [1, 2, 3, 4], highway="motorway", name="京港澳高速", ref="G4;G0401", toll="yes")
    )
    file.node(2, 1, 0, barrier="toll_booth", name="长沙站").node(
        3, 2, 0, highway="motorway_junction", name="黄兴互通", ref="12"
    )
    built = build(tmp_path, file)
    graph = built.graph
    assert [graph.strings[int(name)] for name in graph.structures.name] == ["长沙站", "黄兴互通"]
    assert built.structures(1, 2) == [("osm:node/2", "toll_station", "THROUGH")]
    assert built.structures(2, 3) == [("osm:node/3", "interchange", "THROUGH")]
    assert graph.arc_structures.at_mm[0] == graph.arcs.length_mm[built.arc(1, 2)]
    assert (graph.strings[int(graph.arcs.name[0])], graph.strings[int(graph.arcs.ref[0])]) == ("京港澳高速", "G4;G0401")
    assert bool(graph.arcs.flags[0] & ArcFlag.TOLL)


def cross(low: dict[str, str], high: dict[str, str]) -> OsmFile:
    """A road 1 -- 3 from west to east, and 4 -- 5 across it half-way, without a common node."""
    file = OsmFile().row(1, 2, 3).node(4, 1.5, -1).node(5, 1.5, 1)
    return file.way(10, [1, 2, 3], **low).way(20, [4, 5], **high)


@pytest.mark.parametrize(
    ("low", "high", "kind", "scope"),
    [
        ({}, {"bridge": "yes"}, "overpass", "STRUCTURE"),
        ({}, {"bridge": "yes", "highway": "footway"}, "overpass", "STRUCTURE"),
        ({}, {"bridge": "viaduct", "highway": "", "railway": "rail", "layer": "1"}, "railway_bridge", "RAILWAY"),
        ({}, {"highway": "", "railway": "rail", "layer": "1"}, "railway_bridge", "RAILWAY"),
        ({}, {"bridge": "aqueduct", "highway": "", "waterway": "canal"}, "overpass", "STRUCTURE"),
        ({"layer": "-1"}, {"highway": "", "railway": "rail"}, "railway_bridge", "RAILWAY"),
        ({"layer": "-1"}, {"bridge": "yes", "layer": "0"}, "overpass", "STRUCTURE"),
        ({"bridge": "yes", "layer": "1"}, {"bridge": "yes", "layer": "2"}, "overpass", "STRUCTURE"),
    ],
)
def test_roads_under_something(
    tmp_path: Path, low: dict[str, str], high: dict[str, str], kind: str, scope: str
) -> None:
    built = build(tmp_path, cross(low, high))
    assert ("osm:way/20", kind, "UNDER") in built.structures(1, 3)
    assert built.limits(1, 3) == [("height", "NONE_STATED", 0, scope, "")]
    assert "osm:way/20" in built.sources(1, 3)[0]
    at_mm = built.graph.arc_structures.at_mm[built.graph.arc_structures.role == 1]
    assert at_mm.tolist() == pytest.approx([147_275, 49_090], abs=20)
    assert bool(built.graph.arcs.flags[built.arc(3, 1)] & ArcFlag.UNDER_STRUCTURE)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ({}, {}),  # crossing on the ground without a node: a slip, but nothing is above
        ({"bridge": "yes"}, {}),
        ({}, {"highway": "", "railway": "rail"}),
        ({"layer": "-1"}, {"highway": "", "railway": "subway", "tunnel": "yes", "layer": "0"}),
        ({"layer": "-1"}, {"highway": "", "railway": "razed", "bridge": "yes"}),
        ({"bridge": "yes", "layer": "2"}, {"bridge": "yes", "layer": "1"}),
        ({"tunnel": "yes"}, {"highway": "", "railway": "rail"}),
        ({}, {"bridge": "proposed", "highway": "footway"}),
        ({}, {"bridge": "yes", "highway": "", "man_made": "bridge"}),
    ],
)
def test_nothing_above(tmp_path: Path, low: dict[str, str], high: dict[str, str]) -> None:
    assert not [one for one in build(tmp_path, cross(low, high)).structures(1, 3) if one[2] == "UNDER"]


def test_ways_that_meet_do_not_cross(tmp_path: Path) -> None:
    file = OsmFile().row(1, 2, 3).node(4, 1, -1).way(10, [1, 2, 3]).way(20, [4, 2], bridge="yes")
    assert build(tmp_path, file).structures(1, 2) == []


def test_two_bridges_of_one_layer_both_count_as_below(tmp_path: Path) -> None:
    built = build(tmp_path, cross({"bridge": "yes"}, {"bridge": "yes"}))
    assert ("osm:way/20", "overpass", "UNDER") in built.structures(1, 3)
    assert ("osm:way/10", "overpass", "UNDER") in built.structures(4, 5)
    assert built.report.doubts["two bridges of the same layer cross (ways)"] == ["10 20", "20 10"]


def test_posted_height_under_a_bridge(tmp_path: Path) -> None:
    built = build(tmp_path, cross({"maxheight": "4.5"}, {"bridge": "yes"}))
    assert built.limits(1, 3) == [("height", "NUMBER", 4500, "ROAD", "")]
    key = built.graph.structures.key[built.graph.limits.structure[0]]
    assert built.graph.strings[int(key)] == "osm:way/20"
    built = build(tmp_path, cross({"maxheight": "default"}, {"bridge": "yes"}))
    assert [row[:2] for row in built.limits(1, 3)] == [("height", "UNREADABLE")]


def test_height_sign_on_a_node_before_the_bridge(tmp_path: Path) -> None:
    file = cross({}, {"bridge": "yes"}).node(2, 1.3, 0, maxheight="4.2")
    built = build(tmp_path, file)
    assert built.limits(1, 2) == [("height", "NUMBER", 4200, "POINT", "")]
    assert built.limits(2, 3) == []
    assert built.structures(2, 3) == [("osm:way/20", "overpass", "UNDER")]
    far = build(tmp_path, cross({}, {"bridge": "yes"}).node(2, 1, 0, maxheight="4.2"))
    assert far.limits(2, 3) == [("height", "NONE_STATED", 0, "STRUCTURE", "")]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [({"tunnel": "yes"}, "tunnel"), ({"tunnel": "building_passage"}, "covered"), ({"covered": "yes"}, "covered")],
)
def test_roads_inside_something(tmp_path: Path, tags: dict[str, str], kind: str) -> None:
    built = build(tmp_path, road(**tags))
    assert built.structures(1, 2) == [(f"osm:way/10/{kind}", kind, "THROUGH")]
    assert built.limits(1, 2) == [("height", "NONE_STATED", 0, "STRUCTURE", "")]
    built = build(tmp_path, road(maxheight="4.5", **tags))
    assert built.limits(1, 2) == [("height", "NUMBER", 4500, "ROAD", "")]


def test_attributes(tmp_path: Path) -> None:
    tags = {"lanes": "3", "lanes__forward": "2", "lanes__backward": "1", "width": "10.5", "maxspeed": "60"}
    built = build(tmp_path, road(**tags, incline="4%", surface="asphalt", smoothness="good", bridge="yes"))
    arcs, text = built.graph.arcs, built.graph.strings
    on, back, side = built.arc(1, 2), built.arc(2, 1), built.arc(2, 4)
    assert (arcs.lanes[on], arcs.lanes[back], arcs.lanes[side]) == (2, 1, 0)
    assert (arcs.carriageway_mm[on], arcs.lane_width_mm[on], arcs.width_basis[on]) == (10_500, 3500, WidthBasis.STATED)
    assert (arcs.carriageway_mm[side], arcs.lane_width_mm[side]) == (7500, 3750)
    assert arcs.width_basis[side] == WidthBasis.ROAD_CLASS
    assert (arcs.incline_permille[on], arcs.incline_permille[back], arcs.incline_permille[side]) == (
        40,
        -40,
        NO_INCLINE,
    )
    assert (text[int(arcs.surface[on])], text[int(arcs.smoothness[on])]) == ("asphalt", "good")
    assert (arcs.maxspeed_kmh[on], arcs.maxspeed_kmh[side], arcs.layer[on]) == (60, 0, 1)
    assert built.structures(1, 2) == [("osm:way/10/bridge", "bridge", "ON")]


def test_small_components_are_kept_and_flagged(tmp_path: Path) -> None:
    file = OsmFile().row(*range(1, 15)).way(10, range(1, 15)).row(21, 22, north=5).way(20, [21, 22])
    for node in range(2, 14):
        file.node(100 + node, node - 1, 1).way(100 + node, [node, 100 + node])
    built = build(tmp_path, file)
    flags = {arc[0]: int(built.graph.arcs.flags[row]) for row, arc in enumerate(built.arcs())}
    assert flags[20] & ArcFlag.SMALL_COMPONENT
    assert not flags[10] & ArcFlag.SMALL_COMPONENT
    parts = built.report.components
    assert (parts.count, parts.small_count, parts.small_arcs, parts.largest) == (2, 1, 2, (50, 2))


def test_every_rejected_way_is_reported(tmp_path: Path) -> None:
    file = (
        road().way(30, [1, 4], highway="footway").way(31, [1, 4], highway="hovercraft").way(32, [1, 4], highway="track")
    )
    built = build(tmp_path, file)
    assert built.rejected() == {
        "way highway=footway": (30,),
        "way highway=hovercraft (not understood)": (31,),
        "way highway=track, tracktype=not stated": (32,),
    }
    assert built.report.counts_in["ways_read"] == 5
    assert built.report.counts_in["roads"] == 2


# --- several files -------------------------------------------------------------------------------------------------


def test_files_merge_and_duplicates_count_once(tmp_path: Path) -> None:
    whole = cross({"maxheight": "4.2"}, {"bridge": "yes"}).turn(7, (10, 2, 30)).node(6, 1, 1).way(30, [2, 6])
    west = OsmFile(dict(whole.nodes), whole.ways[:1], whole.relations)
    east = OsmFile(
        {**whole.nodes, 2: (0.0, 0.0, {})}, [(10, [1, 3], {"highway": "track"}), *whole.ways[1:]], whole.relations
    )
    merged = build(tmp_path, west, east)
    alone = build(tmp_path, whole)
    assert merged.arcs() == alone.arcs()
    assert merged.limits(1, 2) == alone.limits(1, 2)
    assert merged.bans() == alone.bans()
    assert merged.graph.nodes.lon_deg.tolist() == alone.graph.nodes.lon_deg.tolist()
    assert merged.rejected() == {
        "relation: duplicate, the first one is kept": (7,),
        "way: duplicate, the first one is kept": (10,),
    }


def test_nodes_and_ways_in_different_files(tmp_path: Path) -> None:
    whole = road(maxheight="4.2")
    split = build(tmp_path, OsmFile(ways=whole.ways), OsmFile(nodes=whole.nodes))
    assert split.arcs() == build(tmp_path, whole).arcs()


def test_packed_files_and_negative_ids(tmp_path: Path) -> None:
    file = OsmFile().row(-1, -2).way(-10, [-1, -2])
    for name in ("a.osm.gz", "a.osm.xml.gz"):
        (tmp_path / name).write_bytes(gzip.compress(file.text().encode()))
        assert build_paths([tmp_path / name]).arcs() == [(-10, -2, -1), (-10, -1, -2)]


def test_same_input_gives_the_same_network_id(tmp_path: Path) -> None:
    file = cross({"maxheight": "4.2", "name": "路"}, {"bridge": "yes"}).write(tmp_path / "a.osm")
    ids, reports = [], []
    for name in ("one", "two"):
        built = build_paths([file])
        ids.append(write_network(built.graph, built.report, tmp_path / name))
        reports.append((tmp_path / name / "build_report.json").read_text(encoding="utf-8"))
    assert ids[0] == ids[1]
    assert reports[0] == reports[1]
    assert str(tmp_path) not in reports[0]


def test_written_folder(tmp_path: Path) -> None:
    built = build(tmp_path, road(maxheight="x"))
    network_id = write_network(built.graph, built.report, tmp_path / "net", about={"divisions": "none"})
    graph, manifest = load(tmp_path / "net", verify=True), read_manifest(tmp_path / "net")
    assert (graph.network_id, graph.attribution) == (network_id, "© OpenStreetMap contributors")
    assert manifest["about"]["licence"] == "ODbL-1.0"
    assert manifest["about"]["sources"][0]["name"] == "part0.osm"
    report = json.loads((tmp_path / "net" / "build_report.json").read_text(encoding="utf-8"))
    assert report["not_understood"] == [{"element": "way/10", "tags": ["maxheight=x"]}]
    assert report["counts_out"]["arcs"] == 6


def test_expressways_are_graded_in_mainland_china_only(tmp_path: Path) -> None:
    graph = build(tmp_path, road(highway="motorway")).graph
    for code, grade in (
        (430_100, TechnicalGrade.EXPRESSWAY),
        (710_001, TechnicalGrade.UNKNOWN),
        (0, TechnicalGrade.UNKNOWN),
    ):
        graph.arcs.county_code[:] = code
        graded = grade_expressways(graph)
        is_motorway = graph.arcs.road_class == 1
        assert set(graded.arcs.technical_grade[is_motorway].tolist()) == {int(grade)}
        assert set(graded.arcs.technical_grade[~is_motorway].tolist()) == {0}


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm", b""),
        ("a.osm", b"{}"),
        ("a.osm", b"<html><body/></html>"),
        ("a.osm", b'<?xml version="1.0"?><osm version="0.6"><node id="1" lon="1"'),
        ("a.osm", b'<osm version="0.6"><node id="x" lon="1" lat="1"/></osm>'),
        ("a.osm.pbf", b""),
        ("a.osm.pbf", b"not a map at all"),
        ("a.osm.gz", b"not packed"),
        ("a.osm.gz", gzip.compress(road().text().encode())[:-20]),
        ("a.osm.gz", gzip.compress(road().text().encode()[:-200])),
        ("a.txt", b"hello"),
        ("a.osm", b'<osm version="0.6"></osm>'),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        build_paths([road().write(tmp_path / "good.osm"), path] if b"osm>" not in content else [path])
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"absent\.osm"):
        build_paths([tmp_path / "absent.osm"])


def test_truncated_pbf(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    for node in range(1, 2000):
        writer.add_node(osmium.osm.mutable.Node(id=node, location=(112 + node / 1e5, 28)))
    writer.add_way(osmium.osm.mutable.Way(id=1, nodes=range(1, 2000), tags={"highway": "primary"}))
    writer.close()
    assert build_paths([path]).arcs() == [(1, 1, 1999), (1, 1999, 1)]
    whole = path.read_bytes()
    for size in (20, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(BadInputError, match=r"a\.osm\.pbf: cannot be read"):
            build_paths([path])


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    path = road().write(tmp_path / "a.osm")
    build_network([path], policy=load_policy(), progress=lambda stage, done: told.append((stage, done)))
    assert [stage for stage, _ in told] == ["ways of a.osm", "nodes of a.osm", "arcs", "crossings", "limits"]


# --- real extracts -------------------------------------------------------------------------------------------------


def real(name: str) -> Path:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"REAL DATA ABSENT: {path}")
    return path


@pytest.mark.parametrize(
    ("name", "least_arcs", "least_bridges", "least_bans"),
    [
        ("heidelberg.osm.pbf", 30_000, 230, 400),
        ("shanghai_center.osm.gz", 9900, 110, 0),
        ("taipei_main_roads.osm.xml.gz", 5900, 490, 280),
    ],
)
def test_real_extracts(name: str, least_arcs: int, least_bridges: int, least_bans: int) -> None:
    built = build_paths([real(name)])
    assert built.graph.arc_count > least_arcs
    assert built.report.counts_out["structures_bridge"] >= least_bridges
    assert built.report.counts_in["restrictions_used"] >= least_bans
    assert built.report.components.main_arcs > 0.9 * built.graph.arc_count


def test_every_usable_way_is_there_point_by_point() -> None:
    """Against a plain reading of the file: pieces of each way, joined in order, are exactly its nodes."""
    path = real("heidelberg.osm.pbf")
    built = build_paths([path])
    joined = join_pieces(built)
    places: dict[int, tuple[float, float]] = {}
    ways: dict[int, list[int]] = {}
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
        if thing.is_node():
            places[thing.id] = (thing.lon, thing.lat)
        elif "highway" in thing.tags and not reject_road(dict(thing.tags)):
            nodes = [node.ref for node in thing.nodes]
            ways[thing.id] = [nodes[0], *(after for before, after in pairwise(nodes) if before != after)]
    broken = set(built.rejected().get("way has fewer than two nodes with a position", ()))
    assert joined.keys() == ways.keys() - broken
    wrong = [way for way, points in joined.items() if points != [places[node] for node in ways[way]]]
    assert not wrong


def join_pieces(built: Built) -> dict[int, list[tuple[float, float]]]:
    graph = built.graph
    way_of = dict(zip(graph.arcs.geometry.tolist(), graph.arcs.way_id.tolist(), strict=True))
    joined: dict[int, list[tuple[float, float]]] = {}
    for geometry in range(len(graph.geometries.first_point) - 1):
        points = slice(*graph.geometries.first_point[geometry : geometry + 2].tolist())
        places = list(
            zip(graph.geometries.lon_deg[points].tolist(), graph.geometries.lat_deg[points].tolist(), strict=True)
        )
        known = joined.setdefault(way_of[geometry], [])
        known += places[1:] if known else places
    return joined


def test_crossings_of_a_real_extract_against_plain_geometry() -> None:
    """Whole ways against whole ways with another predicate; ways that share a node may differ in opinion."""
    path = real("shanghai_center.osm.gz")
    built = build_paths([path])
    ways: dict[int, tuple[dict[str, str], shapely.LineString, set[int]]] = {}
    for way in osmium.FileProcessor(str(path)).with_locations():
        if way.is_way() and len(way.nodes) > 1:
            line = shapely.LineString([(node.lon, node.lat) for node in way.nodes])
            ways[way.id] = (dict(way.tags), line, {node.ref for node in way.nodes})
    ids, expected = list(ways), set()
    tree = shapely.STRtree([line for _, line, _ in ways.values()])
    for over, (tags, line, nodes) in ways.items():
        for row in tree.query(line, predicate="crosses").tolist() if is_overhead(tags) else ():
            low_tags, _, low_nodes = ways[ids[row]]
            is_lower = level(low_tags) < level(tags) and not is_hidden(low_tags) and not reject_road(low_tags)
            if is_lower and not nodes & low_nodes:
                expected.add((ids[row], over))
    table = built.graph.arc_structures
    arc = np.repeat(np.arange(built.graph.arc_count), np.diff(table.first_out))
    under = table.role == Role.UNDER
    pairs = zip(
        built.graph.arcs.way_id[arc[under]].tolist(),
        built.graph.structures.way_id[table.structure[under]].tolist(),
        strict=True,
    )
    found = {(low, over) for low, over in pairs if not ways[low][2] & ways[over][2]}
    assert len(expected) > 20
    assert found == expected


def test_network_of_a_real_extract_is_sound(tmp_path: Path) -> None:
    path = real("shanghai_center.osm.gz")
    shutil.copy(path, tmp_path / path.name)
    graph = build_paths([tmp_path / path.name]).graph
    check(graph)
    arcs = graph.arcs
    assert not (arcs.tail == arcs.head).any()
    assert (np.diff(graph.nodes.source_id) > 0).all()
    order = np.lexsort((arcs.is_reversed, arcs.geometry, arcs.tail))
    assert np.array_equal(order, np.arange(graph.arc_count))
    starts = [tuple(float(axis[0]) for axis in graph.arc_points(arc)) for arc in range(0, graph.arc_count, 7)]
    tails = [(float(graph.nodes.lon_deg[node]), float(graph.nodes.lat_deg[node])) for node in arcs.tail[::7]]
    assert starts == tails
