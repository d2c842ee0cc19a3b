"""Linking records to roads, stakes and coverage on hand-made roads, and on every motorway bridge of Anhui."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from data.bridges.attach import attach
from data.bridges.inventory import read_bridges
from data.bridges.records import BridgeRecord, Gap, Inventory, LimitRecord
from data.build import build_network
from data.cells import Side
from data.coverage import Coverage, CoverageRange
from data.datums import Datum, from_cgcs2000
from data.linking import Method, link_bridges
from data.policies import load_policy
from data.roads import RoadSegment, RoadTable
from data.row_notes import TableReport
from data.stakes import Anchor, interpolate_stakes
from routing.columns import ArcFlag, Basis, LimitState, Quantity, RoadClass, Role, StructureKind, TechnicalGrade
from routing.graph import RoadGraph
from routing.soundness import check
from tests.graphs import Met, Road, Structure, find_arc, make_graph

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
HEIDELBERG = SHARED / "heidelberg.osm.pbf"
ANHUI = SHARED / "anhui_motorway_bridges_2024.geojson"
LAT = 28.2
KM = 1 / 98.2  # degrees of longitude in a kilometre there


def east(km: float, north_m: float = 0.0) -> tuple[float, float]:
    return 112.9 + km * KM, LAT + north_m / 110_800


def inventory(*records: BridgeRecord, limits: tuple[LimitRecord, ...] = (), gaps: tuple[Gap, ...] = ()) -> Inventory:
    return Inventory(records, limits, TableReport("bridges.csv"), gaps=gaps)


def bridge(key: str, km: float | None = None, north_m: float = 0.0, **more: object) -> BridgeRecord:
    lon, lat = (None, None) if km is None else east(km, north_m)
    return replace(BridgeRecord(key, f"{key}桥", lon_deg=lon, lat_deg=lat, source=f"bridges.csv:{key}"), **more)


def table(*segments: RoadSegment, coverage: tuple[CoverageRange, ...] = ()) -> RoadTable:
    return RoadTable(segments, TableReport("roads.csv"), coverage)


@cache
def trunk() -> RoadGraph:
    r"""A two-way road S326 of ten kilometres, a bridge in the middle, and a village road that crosses beside it.

    0 --- 1 === 2 --- 3 --- 4      S326, km 0, 4, 5, 7, 10
         6 --- 7                   village road, 30 m north, km 4 to 5
    """
    nodes = [east(0), east(4), east(5), east(7), east(10), east(20), east(4, 30), east(5, 30)]
    roads = [
        Road(0, 1, ref="S326", name="示例线"),
        Road(1, 2, ref="S326", name="示例线", flags=ArcFlag.BRIDGE),
        Road(2, 3, ref="S326", name="示例线"),
        Road(3, 4, ref="S326", name="示例线"),
        Road(6, 7, road_class=RoadClass.UNCLASSIFIED, name="村道"),
    ]
    return make_graph(nodes, roads)


def whole_road() -> RoadTable:
    return table(RoadSegment("S326", "示例线", 12_000, 22_000, ends_deg=(east(0), east(10)), source="roads.csv:2"))


def test_stakes_are_interpolated_in_both_directions() -> None:
    graph = trunk()
    anchors = [Anchor("S326", 12_000, *east(0)), Anchor("S326", 22_000, *east(10))]
    stakes, warnings = interpolate_stakes(graph, anchors)
    out, back = find_arc(graph, 1, 2), find_arc(graph, 2, 1)
    assert warnings == ()
    assert (stakes.from_m[out], stakes.to_m[out]) == pytest.approx((16_000, 17_000), abs=2)
    assert (stakes.from_m[back], stakes.to_m[back]) == pytest.approx((17_000, 16_000), abs=2)
    village = find_arc(graph, 6, 7)
    assert stakes.route[village] == -1
    assert stakes.from_m[village] == -1
    assert {arc for arc, _ in stakes.at("S326", 16_500)} == {out, back}


def test_stakes_stretch_with_the_road_and_a_wrong_anchor_is_named() -> None:
    graph = trunk()
    anchors = [
        Anchor("S326", 0, *east(0)),
        Anchor("S326", 90_000, *east(3), "b.csv:3"),
        Anchor("S326", 10_400, *east(10)),
    ]
    stakes, warnings = interpolate_stakes(graph, anchors)
    arc = find_arc(graph, 3, 4)
    assert (stakes.from_m[arc], stakes.to_m[arc]) == pytest.approx((7280, 10_400), abs=5)
    assert any("K90+000 (b.csv:3)" in warning for warning in warnings)


def test_a_bridge_that_is_an_anchor_has_stakes_itself() -> None:
    nodes = [east(0), east(4), east(4.04), east(10)]
    graph = make_graph(nodes, [Road(n, n + 1, ref="S326", flags=ArcFlag.BRIDGE if n == 1 else 0) for n in range(3)])
    stakes, _ = interpolate_stakes(graph, [Anchor("S326", at, *east(at / 1000)) for at in (0, 4020, 10_000)])
    arc = find_arc(graph, 1, 2)
    assert (stakes.from_m[arc], stakes.to_m[arc]) == pytest.approx((4000, 4040), abs=2)


def test_a_route_may_go_on_elsewhere_behind_a_town() -> None:
    graph = make_graph([east(0), east(5), east(12), east(17)], [Road(0, 1, ref="S326"), Road(2, 3, ref="S326")])
    anchors = [(0, 0), (5000, 5), (5000, 12), (5400, 12.4), (10_000, 17)]
    stakes, warnings = interpolate_stakes(graph, [Anchor("S326", at, *east(km)) for at, km in anchors])
    ends = [(stakes.from_m[arc], stakes.to_m[arc]) for arc in (find_arc(graph, 0, 1), find_arc(graph, 2, 3))]
    assert ends == [pytest.approx((0, 5000), abs=2), pytest.approx((5000, 10_000), abs=2)]
    assert warnings == ()


def test_anchors_at_one_place_with_different_stakes_do_no_harm() -> None:
    anchors = [Anchor("S326", 0, *east(0)), Anchor("S326", 4300, *east(4)), Anchor("S326", 4600, *east(4))]
    stakes, _ = interpolate_stakes(trunk(), [*anchors, Anchor("S326", 10_000, *east(10))])
    arc = find_arc(trunk(), 3, 4)
    assert (stakes.from_m[arc], stakes.to_m[arc]) == pytest.approx((7000, 10_000), abs=350)


def test_an_anchor_beside_its_road_and_a_route_without_roads_are_named() -> None:
    _, warnings = interpolate_stakes(trunk(), [Anchor("S326", 0, *east(0, 500)), Anchor("G4", 0, *east(0))])
    assert any("over 60 m from its road" in text for text in warnings)
    assert any(text.startswith("G4: the map has no road") for text in warnings)


def test_coordinates_and_number_decide_between_neighbouring_roads() -> None:
    graph = trunk()
    links = link_bridges(graph, [bridge("a", 4.5, 20, route_ref="S326")])
    (link,) = links.linked
    assert {arc for arc, _ in link.arcs} == {find_arc(graph, 1, 2), find_arc(graph, 2, 1)}
    assert link.method is Method.COORDINATES_AND_ROUTE
    assert link.distance_m == pytest.approx(20, abs=0.5)
    places = dict(link.arcs)
    assert sum(places.values()) == pytest.approx(1_000_000, rel=0.01)


def test_what_fits_several_roads_or_none_is_listed() -> None:
    flat = make_graph([east(0), east(1), east(0, 20), east(1, 20)], [Road(0, 1, name="甲路"), Road(2, 3, name="乙路")])
    links = link_bridges(
        flat,
        [bridge("between", 0.5, 10), bridge("far", 0.5, 300), bridge("other", 0.5, 0, route_ref="G4"), bridge("no")],
    )
    assert [one.record for one in links.ambiguous] == [0]
    assert "several roads" in links.ambiguous[0].reason
    assert len(links.ambiguous[0].arcs) == 4
    assert [one.record for one in links.unlinked] == [1, 3]
    assert [one.record for one in links.linked] == [2]  # roads without a number contradict nothing


def test_a_road_of_another_number_is_never_linked_silently() -> None:
    links = link_bridges(trunk(), [bridge("a", 2.0, 0, route_ref="G107")])
    assert links.linked == ()
    assert "do not bear the number G107" in links.ambiguous[0].reason


def test_directions_choose_the_deck_once_stakes_are_known() -> None:
    graph = divided()
    anchors = [Anchor("G4", 0, *east(0, 15)), Anchor("G4", 10_000, *east(10, 15))]
    stakes, _ = interpolate_stakes(graph, anchors)
    up = bridge("up", 5, 0, route_ref="G4", direction=Side.UP)
    down, both = replace(up, direction=Side.DOWN), replace(up, direction=Side.UNKNOWN)
    links = link_bridges(graph, [up, down, both], stakes)
    rising, falling = find_arc(graph, 0, 1), find_arc(graph, 3, 2)
    assert [sorted(arc for arc, _ in link.arcs) for link in links.linked] == [[rising], [falling], [rising, falling]]


def test_stakes_link_what_has_no_coordinates() -> None:
    graph = trunk()
    stakes, _ = interpolate_stakes(graph, whole_road().segments[0].anchors())
    links = link_bridges(graph, [bridge("a", route_ref="S326", stake_m=16_500)], stakes)
    (link,) = links.linked
    assert link.method is Method.STAKE
    assert {arc for arc, _ in link.arcs} == {find_arc(graph, 1, 2), find_arc(graph, 2, 1)}


@cache
def divided() -> RoadGraph:
    """Two carriageways of G4, 30 m apart, and a ramp."""
    nodes = [east(0), east(10), east(0, 30), east(10, 30), east(10.5, 0)]
    roads = [
        Road(0, 1, two_way=False, ref="G4", name="京港澳高速", road_class=RoadClass.MOTORWAY),
        Road(3, 2, two_way=False, ref="G4", name="京港澳高速", road_class=RoadClass.MOTORWAY),
        Road(1, 4, two_way=False, road_class=RoadClass.MOTORWAY_LINK, flags=ArcFlag.LINK),
    ]
    return make_graph(nodes, roads)


def covered(graph: RoadGraph, tail: int, head: int) -> int:
    return int(graph.arcs.coverage[find_arc(graph, tail, head)])


def test_coverage_holds_for_whole_arcs_inside_the_declared_stakes_only() -> None:
    declared = (CoverageRange("S326", 12_000, 18_000, Coverage.BRIDGES | Coverage.CULVERTS, "c:2"),)
    found = attach(trunk(), [inventory(bridge("a", 4.5, route_ref="S326"))], [whole_road()], coverage=declared)
    check(found.graph)
    assert [covered(found.graph, *arc) for arc in ((0, 1), (1, 2), (2, 3), (3, 4), (6, 7))] == [3, 3, 0, 0, 0]
    assert found.report.unlisted_ways == ()


def test_a_bridge_of_the_map_that_nobody_lists_takes_coverage_away() -> None:
    declared = (CoverageRange("S326", 12_000, 22_000, Coverage.BRIDGES | Coverage.CULVERTS, "c:2"),)
    found = attach(trunk(), [inventory()], [whole_road()], coverage=declared)
    assert [covered(found.graph, *arc) for arc in ((0, 1), (1, 2), (2, 3))] == [3, 2, 3]
    assert found.report.unlisted_ways == (1001,)
    trusting = attach(trunk(), [inventory()], [whole_road()], coverage=declared, doubt_unlisted=False)
    assert covered(trusting.graph, 1, 2) == 3


def test_rows_without_a_certain_road_take_coverage_away() -> None:
    declared = (CoverageRange("S326", 12_000, 22_000, Coverage.BRIDGES | Coverage.CULVERTS, "c:2"),)

    def bits(*records: BridgeRecord, gaps: tuple[Gap, ...] = ()) -> list[int]:
        listed = bridge("a", 4.5, route_ref="S326")
        found = attach(trunk(), [inventory(listed, *records, gaps=gaps)], [whole_road()], coverage=declared)
        return [covered(found.graph, *arc) for arc in ((0, 1), (1, 2), (2, 3), (3, 4))]

    assert bits() == [3, 3, 3, 3]
    assert bits(gaps=(Gap("S326", 20_000, 1, "bridges.csv:9"),)) == [3, 3, 3, 2]
    assert bits(gaps=(Gap("S326", None, 1, "bridges.csv:9"),)) == [2, 2, 2, 2]
    assert bits(gaps=(Gap("", None, 1, "bridges.csv:9"),)) == [2, 2, 2, 2]
    assert bits(gaps=(Gap("G4", None, 1, "bridges.csv:9"),)) == [3, 3, 3, 3]
    culvert = bridge("c", 8.5, 400, kind=StructureKind.CULVERT, route_ref="S326")
    assert bits(culvert) == [3, 3, 3, 1]


def test_a_stake_that_contradicts_its_coordinates_is_said_and_takes_coverage_away() -> None:
    declared = (CoverageRange("S326", 12_000, 22_000, Coverage.BRIDGES | Coverage.CULVERTS, "c:2"),)
    records = bridge("a", 4.5, route_ref="S326"), bridge("b", 1, route_ref="S326", stake_m=20_000)
    found = attach(trunk(), [inventory(*records)], [whole_road()], coverage=declared)
    assert "its stake lies" in found.report.doubts[0]
    assert [covered(found.graph, *arc) for arc in ((0, 1), (1, 2), (2, 3), (3, 4))] == [3, 3, 3, 2]


def test_a_file_in_another_datum_than_it_says_declares_nothing() -> None:
    places = [east(0.3 * n) for n in range(1, 30)]

    def coverage_of(datum: Datum) -> tuple[int, tuple[str, ...]]:
        stated = [from_cgcs2000(*place, datum) for place in places]
        records = [
            replace(bridge(str(n)), lon_deg=place[0], lat_deg=place[1], route_ref="S326")
            for n, place in enumerate(stated)
        ]
        found = replace(
            inventory(*records),
            coverage=(CoverageRange("S326", 12_000, 22_000, Coverage.BRIDGES, "c:2"),),
            raw_lon_deg=tuple(place[0] for place in stated),
            raw_lat_deg=tuple(place[1] for place in stated),
            datums=(Datum.CGCS2000,) * len(records),
        )
        result = attach(trunk(), [found], [whole_road()])
        return int(result.graph.arcs.coverage.max()), result.report.datums

    assert coverage_of(Datum.CGCS2000) == (1, ())
    bits, doubts = coverage_of(Datum.GCJ02)
    assert bits == 0
    assert "if they are GCJ-02" in doubts[0]


def test_a_route_declared_from_end_to_end_needs_no_stakes_and_its_ramps_must_be_named() -> None:
    what = Coverage.BRIDGES | Coverage.CULVERTS
    whole = CoverageRange("G4", 0, 10_000_000, what, "c:2")
    plain = attach(divided(), [], coverage=[whole])
    assert [covered(plain.graph, *arc) for arc in ((0, 1), (3, 2), (1, 4))] == [3, 3, 0]
    ramped = attach(divided(), [], coverage=[replace(whole, what=what | Coverage.RAMPS)])
    assert covered(ramped.graph, 1, 4) == 3


def test_road_tables_fill_what_the_map_does_not_say() -> None:
    segment = replace(
        whole_road().segments[0],
        to_m=22_000,
        grade=TechnicalGrade.GRADE_2,
        carriageway_mm=9000,
        lanes=2,
        lane_width_mm=4500,
        limit_mass_kg=55_000,
        owner="示例公路局",
    )
    found = attach(trunk(), [], [table(segment)])
    arc = find_arc(found.graph, 0, 1)
    arcs = found.graph.arcs
    assert arcs.technical_grade[arc] == TechnicalGrade.GRADE_2
    assert (arcs.carriageway_mm[arc], arcs.lane_width_mm[arc], arcs.lanes[arc]) == (9000, 4500, 1)
    assert found.owners[found.owner[arc]] == "示例公路局"
    rows = found.graph.limits
    row = int(rows.first_out[arc])
    assert (rows.quantity[row], rows.value[row], rows.basis[row]) == (Quantity.GROSS_MASS, 55_000, Basis.INVENTORY)
    assert found.graph.strings[int(rows.source[row])] == "inventory:roads.csv:2"
    assert found.owner[find_arc(found.graph, 6, 7)] == -1


def test_the_width_of_a_divided_road_is_shared_by_its_carriageways() -> None:
    whole = RoadSegment("G4", "", 0, 10_000_000, carriageway_mm=22_500, lanes=6, source="roads.csv:2")
    arcs = attach(divided(), [], [table(whole)]).graph.arcs
    assert arcs.carriageway_mm.tolist()[0] == 11_250
    assert arcs.lanes.tolist()[0] == 3


def test_structures_limits_and_pairs_are_written_for_each_direction() -> None:
    record = bridge("a", 4.5, route_ref="S326", limit_mass_kg=40_000, is_closed=True)
    found = attach(trunk(), [inventory(record)])
    check(found.graph)
    pairs = found.bridges
    assert pairs.record.tolist() == [0, 0]
    assert sorted(pairs.arc.tolist()) == sorted([find_arc(found.graph, 1, 2), find_arc(found.graph, 2, 1)])
    structure = int(pairs.structure[0])
    assert found.graph.strings[int(found.graph.structures.key[structure])] == "inventory:a"
    arc = int(pairs.arc[0])
    rows = slice(int(found.graph.limits.first_out[arc]), int(found.graph.limits.first_out[arc + 1]))
    assert found.graph.limits.quantity[rows].tolist() == [Quantity.GROSS_MASS, Quantity.CLOSURE]
    met = found.graph.arc_structures
    assert met.role[int(met.first_out[arc])] == Role.ON


def test_a_measured_clearance_replaces_what_the_map_leaves_unsaid() -> None:
    silent = (Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, 1, "", "osm: bridge above", 0)
    graph = make_graph(
        [east(0), east(1)],
        [Road(0, 1, two_way=False, ref="S1", limits=[silent], structures=[Met(0, Role.UNDER, 500_000)])],
        structures=[Structure("osm:way/7", StructureKind.OVERPASS, *east(0.5), way_id=7)],
    )
    over = LimitRecord("k", "示例天桥", lon_deg=east(0.5)[0], lat_deg=LAT, route_ref="S1", height_mm=4700, source="c:2")
    found = attach(graph, [inventory(limits=(over,))])
    check(found.graph)
    assert found.graph.limits.state.tolist() == [LimitState.NUMBER]
    assert found.graph.limits.value.tolist() == [4700]
    unstated = attach(graph, [inventory(limits=(replace(over, height_mm=None),))])
    assert LimitState.NUMBER not in unstated.graph.limits.state.tolist()


@pytest.mark.parametrize(
    ("kind", "numbers", "states"),
    [
        (StructureKind.HEIGHT_RESTRICTOR, {"height_mm": 3500}, [LimitState.NUMBER]),
        (StructureKind.HEIGHT_RESTRICTOR, {"width_mm": 2500}, [LimitState.NUMBER, LimitState.UNREADABLE]),
        (StructureKind.OVERPASS, {}, [LimitState.NONE_STATED]),
        (None, {"mass_kg": 30_000}, [LimitState.NUMBER]),
        (None, {}, [LimitState.UNREADABLE]),
    ],
)
def test_a_limit_without_a_height_leaves_it_unknown(
    kind: StructureKind | None, numbers: dict[str, int], states: list[LimitState]
) -> None:
    graph = make_graph([east(0), east(1)], [Road(0, 1, two_way=False, ref="S1")])
    record = replace(LimitRecord("k", "示例", kind, lon_deg=east(0.5)[0], lat_deg=LAT, route_ref="S1"), **numbers)
    found = attach(graph, [inventory(limits=(record,))])
    check(found.graph)
    assert found.graph.limits.state.tolist() == states
    assert bool(found.graph.arcs.flags[0] & ArcFlag.UNDER_STRUCTURE) is (kind is StructureKind.OVERPASS)


def test_the_clearance_below_a_bridge_is_for_the_roads_under_it() -> None:
    graph = make_graph(
        [east(0), east(1), east(0.5, -500), east(0.5, 500)],
        [
            Road(0, 1, two_way=False, ref="G4", way_id=70, flags=ArcFlag.BRIDGE),
            Road(2, 3, two_way=False, ref="S1", structures=[Met(0, Role.UNDER, 500_000)]),
        ],
        structures=[Structure("osm:way/70", StructureKind.OVERPASS, *east(0.5), way_id=70)],
    )
    record = bridge("a", 0.5, route_ref="G4", clearance_below_mm=5100, length_mm=100_000)
    found = attach(graph, [inventory(record)])
    under = find_arc(found.graph, 2, 3)
    row = int(found.graph.limits.first_out[under])
    assert found.graph.limits.value[row] == 5100
    assert len(found.graph.limits.value) == 1


def test_nothing_is_lost_between_records_and_links() -> None:
    records = [bridge(str(n), n / 3, (n % 5) * 30, route_ref="S326" if n % 2 else "") for n in range(30)]
    links = link_bridges(trunk(), records)
    seen = [one.record for group in (links.linked, links.ambiguous, links.unlinked) for one in group]
    assert sorted(seen) == list(range(30))


def anhui_graph() -> RoadGraph:
    """Every motorway bridge of Anhui as a road of its own."""
    features = json.loads(ANHUI.read_text(encoding="utf-8"))["features"]
    nodes, roads = [], []
    for feature in features:
        if feature["geometry"]["type"] == "LineString":
            points = [tuple(point) for point in feature["geometry"]["coordinates"]]
            about = feature["properties"]
            nodes += [points[0], points[-1]]
            at = len(nodes)
            roads.append(
                Road(
                    at - 2,
                    at - 1,
                    False,
                    ref=about.get("ref", ""),
                    name=about.get("name", ""),
                    via=points[1:-1],
                    flags=ArcFlag.BRIDGE,
                    road_class=RoadClass.MOTORWAY,
                    way_id=int(about["@id"].partition("/")[2]),
                )
            )
    return make_graph(nodes, roads)


@pytest.mark.skipif(not ANHUI.exists(), reason=f"{ANHUI} is not here: the bridges of Anhui cannot be linked")
def test_every_motorway_bridge_of_anhui_finds_its_own_road() -> None:
    graph, found = anhui_graph(), read_bridges(ANHUI)
    links = link_bridges(graph, found.records)
    own = {link.record: [int(graph.arcs.way_id[arc]) for arc, _ in link.arcs] for link in links.linked}
    right = sum(found.records[row].key == f"way/{ways[0]}" for row, ways in own.items() if len(ways) == 1)
    assert len(links.linked) + len(links.ambiguous) + len(links.unlinked) == 4958
    assert len(links.unlinked) == 0
    assert right >= 0.97 * 4958
    assert np.median([link.distance_m for link in links.linked]) < 1


@pytest.mark.skipif(not HEIDELBERG.exists(), reason=f"{HEIDELBERG} is not here: no real network to link to")
def test_bridges_with_ten_metres_of_noise_find_their_way_on_a_real_network() -> None:
    graph, _ = build_network([HEIDELBERG], policy=load_policy())
    noise = np.random.default_rng(2).normal(0, 10, (graph.arc_count, 2)) / (73_000, 111_000)
    firsts: dict[int, int] = {}
    for arc in np.flatnonzero(graph.arcs.flags & ArcFlag.BRIDGE).tolist():
        firsts.setdefault(int(graph.arcs.way_id[arc]), arc)
    records = []
    for way, arc in firsts.items():
        lon, lat = (float(axis.mean()) for axis in graph.arc_points(arc))
        name, ref = (graph.strings[int(texts[arc])] for texts in (graph.arcs.name, graph.arcs.ref))
        dx, dy = noise[arc]
        places = {"lon_deg": lon + dx, "lat_deg": lat + dy}
        records.append(replace(BridgeRecord(str(way), name), route_ref=ref, route_name=name, **places))
    links = link_bridges(graph, records)
    right = sum(
        records[link.record].key in {str(graph.arcs.way_id[arc]) for arc, _ in link.arcs} for link in links.linked
    )
    assert len(links.linked) >= 0.9 * len(records)
    assert right >= 0.95 * len(links.linked)
