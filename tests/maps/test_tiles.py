"""Vector tiles against another decoder, and against the network they are made of."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.tiles import TileMaker
from maps.tiles_closures import Closure
from maps.tiles_counties import Area
from maps.tiles_encoding import Features, encode
from maps.tiles_grid import EXTENT, MARGIN, Tile, degrees, project
from maps.tiles_places import MASSES, limit_places
from routing.columns import Basis, Quantity, StructureKind
from routing.graph import RoadGraph, RoadRecords

ZOOMS = (5, 9, 11, 13, 14)
NAMES = {430000: "湖南省", 430100: "长沙市"}
SQUARE = [(112.0, 27.5), (113.5, 27.5), (113.5, 29.0), (112.0, 29.0)]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    from api.commands.demo import build_demo
    from routing.storage import load

    folder: Path = tmp_path_factory.mktemp("tiles") / "demo"
    build_demo(folder, 4, scale=0.22)
    return load(folder)


@pytest.fixture(scope="module")
def maker(graph: RoadGraph) -> TileMaker:
    left = shapely.Polygon([(112.0, 27.5), (113.0, 27.5), (113.0, 29.0), (112.0, 29.0)])
    right = shapely.Polygon([(113.0, 27.5), (113.5, 27.5), (113.5, 29.0), (113.0, 29.0)])
    areas = [Area(430102, "芙蓉区", left), Area(430103, "天心区", right)]
    return TileMaker(graph, areas=areas, names=NAMES, closures=[Closure("修路", "closure", True, (0, 1))])


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x, y = (project(np.array([lon]), np.array([lat]))[0] * 2**z).astype(int).tolist()
    return z, x, y


def decoded(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return found


def every_tile(graph: RoadGraph, z: int, most: int = 12) -> list[tuple[int, int, int]]:
    xy = (project(graph.geometries.lon_deg, graph.geometries.lat_deg) * 2**z).astype(int)
    places = np.unique(xy, axis=0)
    return [(z, int(x), int(y)) for x, y in places[:: max(1, len(places) // most)]]


def points_of(geometry: dict[str, Any]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shapely.geometry.shape(geometry))]


@given(st.floats(-179, 179), st.floats(-80, 80))
def test_degrees_come_back(lon: float, lat: float) -> None:
    back_lon, back_lat = degrees(project(np.array([lon]), np.array([lat])))
    assert back_lon[0] == pytest.approx(lon, abs=1e-9)
    assert back_lat[0] == pytest.approx(lat, abs=1e-9)


def test_a_known_place_lies_in_its_known_tile() -> None:
    # The slippy-map formula of the OpenStreetMap wiki for Berlin's Brandenburg Gate at zoom 14.
    assert tile_at(13.377704, 52.516275, 14) == (14, 8800, 5373)


coordinate = st.integers(-MARGIN, EXTENT + MARGIN)
line = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=8)


@given(st.lists(st.lists(line, min_size=1, max_size=3), min_size=1, max_size=4))
def test_lines_read_back_as_they_were(shapes: list[list[list[tuple[int, int]]]]) -> None:
    given_shapes = np.array([shapely.MultiLineString(parts) for parts in shapes], object)
    words = [{"n": n} for n in range(len(shapes))]
    layer = decoded(encode({"roads": Features(given_shapes, words)})).get("roads", {"features": []})
    back = {one["properties"]["n"]: one["geometry"] for one in layer["features"]}
    for n, parts in enumerate(shapes):
        # A point that repeats the one before it is dropped, and so is a line of one point.
        thin = [[a for a, b in zip(part, [None, *part], strict=False) if a != b] for part in parts]
        wanted = [part for part in thin if len(part) > 1]
        got = [] if n not in back else back[n]["coordinates"]
        if n in back and back[n]["type"] == "LineString":
            got = [got]
        assert [[tuple(point) for point in part] for part in got] == wanted


@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=9))
def test_points_and_their_words_read_back(places: list[tuple[int, int]]) -> None:
    words = [{"name": f"桥{n % 3}", "row": n, "is_open": n % 2 == 0} for n in range(len(places))]
    content = encode({"bridges": Features(np.asarray(shapely.points(places)), words)})
    layer = decoded(content)["bridges"]
    assert layer["extent"] == EXTENT
    assert [tuple(one["geometry"]["coordinates"]) for one in layer["features"]] == places
    assert [one["properties"] for one in layer["features"]] == words


def test_true_and_one_stay_apart() -> None:
    words: list[dict[str, Any]] = [{"a": True}, {"a": 1}, {"a": "1"}]
    layer = decoded(encode({"x": Features(np.asarray(shapely.points([(0, 0)] * 3)), words)}))["x"]
    assert [type(one["properties"]["a"]) for one in layer["features"]] == [bool, int, str]


@pytest.mark.parametrize("z", ZOOMS)
def test_roads_of_a_tile_lie_on_roads_of_the_network(graph: RoadGraph, maker: TileMaker, z: int) -> None:
    """Every drawn point is within two pixels of a polyline, by distances of shapely on the whole network."""
    first = graph.geometries.first_point
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    world = shapely.linestrings(project(graph.geometries.lon_deg, graph.geometries.lat_deg), indices=owner)
    tree = shapely.STRtree(world)
    seen = 0
    for place in every_tile(graph, z):
        for feature in decoded(maker.tile(*place)).get("roads", {"features": []})["features"]:
            units = np.array(points_of(feature["geometry"]))
            drawn = shapely.points(units / EXTENT / 2**z + np.array(place[1:]) / 2**z)
            nearest = world[tree.nearest(drawn)]
            assert (shapely.distance(drawn, nearest) * 2**z * EXTENT).max() < 16
            seen += len(units)
    assert seen > 20


def test_near_the_ground_no_road_is_missing(graph: RoadGraph, maker: TileMaker) -> None:
    """The middle of every large road in some tiles is within two pixels of something drawn."""
    classes = graph.arcs.road_class
    for place in every_tile(graph, 13, most=6):
        tile = Tile(*place)
        roads = decoded(maker.tile(*place)).get("roads", {"features": []})["features"]
        drawn = shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in roads])
        for arc in np.flatnonzero((classes >= 1) & (classes <= 10)):
            lon, lat = graph.arc_points(int(arc))
            middle = shapely.LineString(tile.units(project(lon, lat))).interpolate(0.5, normalized=True)
            if 0 <= middle.x <= EXTENT and 0 <= middle.y <= EXTENT:
                assert drawn.distance(middle) < 16


def test_far_out_only_large_roads_are_drawn(graph: RoadGraph, maker: TileMaker) -> None:
    classes = {
        z: {
            feature["properties"]["class"]
            for place in every_tile(graph, z, most=60)
            for feature in decoded(maker.tile(*place)).get("roads", {"features": []})["features"]
        }
        for z in ZOOMS
    }
    assert classes[5] <= {"motorway", "trunk"}
    assert "tertiary" not in classes[9]
    assert {"motorway", "tertiary", "minor"} <= classes[13]


def test_every_bridge_a_road_carries_is_in_one_tile_at_least(graph: RoadGraph, maker: TileMaker) -> None:
    shown = {
        feature["properties"]["row"]
        for place in {tuple(p) for p in every_tile(graph, 14, most=100_000)}
        for feature in decoded(maker.tile(*place)).get("bridges", {"features": []})["features"]
    }
    carried = np.unique(graph.arc_structures.structure[graph.arc_structures.role == 0])
    bridges = carried[graph.structures.kind[carried] == StructureKind.BRIDGE]
    assert len(bridges) > 50
    assert set(bridges.tolist()) <= shown


def test_no_capacity_is_in_any_tile(graph: RoadGraph, maker: TileMaker) -> None:
    """No text or number of the bridge inventory, and masses only from signs."""
    texts = {graph.strings[int(text)] for text in np.unique(graph.bridges.design_load)} - {""}
    spans = {graph.strings[int(text)] for text in np.unique(graph.bridges.spans)} - {""}
    assert texts
    mass_rows = np.isin(graph.limits.quantity, list(MASSES))
    assert (graph.limits.basis[mass_rows] != Basis.POSTED).any(), "the sample has no capacity to hide"
    for place in every_tile(graph, 14, most=100_000):
        for name, layer in decoded(maker.tile(*place)).items():
            for feature in layer["features"]:
                said = feature["properties"]
                assert not {"design_load", "spans", "condition", "capacity", "ratio", "band"} & set(said)
                assert not (texts | spans) & {value for value in said.values() if isinstance(value, str)}
                if name == "limits" and said["quantity"] in {Quantity(q).label for q in MASSES}:
                    assert said["basis"] == "posted"


def test_every_open_limit_is_placed_at_its_structure(graph: RoadGraph) -> None:
    rows, world = limit_places(graph)
    lon, lat = degrees(world)
    structure = graph.limits.structure[rows]
    on = structure >= 0
    assert on.any()
    np.testing.assert_allclose(lon[on], graph.structures.lon_deg[structure[on]], atol=1e-9)
    np.testing.assert_allclose(lat[on], graph.structures.lat_deg[structure[on]], atol=1e-9)


def test_a_limit_without_a_number_says_that_it_is_unknown(graph: RoadGraph, maker: TileMaker) -> None:
    said = [
        feature["properties"]
        for place in every_tile(graph, 13, most=100_000)
        for feature in decoded(maker.tile(*place)).get("limits", {"features": []})["features"]
    ]
    assert {one["basis"] for one in said} >= {"posted", "unknown"}
    assert all(("text" in one) == (one["basis"] != "unknown") for one in said)


@pytest.mark.parametrize("backward", [False, True])
def test_stakes_stand_where_the_road_table_puts_them(graph: RoadGraph, backward: bool) -> None:
    """A kilometre stone lies on an arc, driven in its own direction, as far as its stakes say."""
    rows = np.flatnonzero(graph.arcs.is_reversed[graph.road_records.arc] == backward)
    records = RoadRecords(*(getattr(graph.road_records, one.name)[rows] for one in fields(RoadRecords)))
    maker = TileMaker(replace(graph, road_records=records))
    found = 0
    for place in every_tile(graph, 14, most=200):
        tile = Tile(*place)
        for feature in decoded(maker.tile(*place)).get("stakes", {"features": []})["features"]:
            metres = int(feature["properties"]["text"].removeprefix("K")) * 1000
            spot = shapely.Point(feature["geometry"]["coordinates"])
            low, high = np.sort([records.stake_from_m, records.stake_to_m], axis=0)
            places = []
            for row in np.flatnonzero((low <= metres) & (metres <= high) & (low < high)).tolist():
                start, end = int(records.stake_from_m[row]), int(records.stake_to_m[row])
                line = shapely.LineString(tile.units(project(*graph.arc_points(int(records.arc[row])))))
                places.append(line.interpolate((metres - start) / (end - start), normalized=True))
            assert min(one.distance(spot) for one in places) < 2
            found += 1
    assert found > 5


def test_county_lines_are_drawn_once_and_by_level(maker: TileMaker) -> None:
    layers = decoded(maker.tile(*tile_at(112.9, 28.2, 8)))
    lines = [one for one in layers["counties"]["features"] if one["properties"]["level"] == "county"]
    inner = [point for one in lines for point in points_of(one["geometry"])]
    border = Tile(*tile_at(112.9, 28.2, 8)).units(project(np.array([113.0]), np.array([28.2])))[0, 0]
    assert inner
    assert {x for x, _ in inner} == {round(border)}
    names = {(one["properties"]["level"], one["properties"]["name"]) for one in layers["names"]["features"]}
    assert ("city", "长沙市") in names


def test_closures_are_lines_with_their_reason(graph: RoadGraph, maker: TileMaker) -> None:
    lon, lat = graph.arc_points(int(np.flatnonzero(graph.arcs.geometry == 0)[0]))
    layers = decoded(maker.tile(*tile_at(float(lon[0]), float(lat[0]), 14)))
    assert layers["closures"]["features"][0]["properties"] == {"text": "修路", "quantity": "closure", "certain": True}
    assert "closures" not in decoded(maker.with_closures(()).tile(*tile_at(float(lon[0]), float(lat[0]), 14)))


def test_the_same_network_gives_the_same_bytes(graph: RoadGraph, maker: TileMaker) -> None:
    again = TileMaker(graph, closures=[])
    other = TileMaker(graph, closures=[])
    for z in ZOOMS:
        for place in every_tile(graph, z, most=3):
            assert again.tile(*place) == other.tile(*place)
    assert again.key == other.key != maker.key
    assert maker.with_closures(()).key != maker.key


@pytest.mark.parametrize("place", [(15, 0, 0), (3, 8, 0), (3, -1, 0), (-1, 0, 0), (14, 0, 0)])
def test_there_is_no_tile_off_the_map_or_beyond_the_network(maker: TileMaker, place: tuple[int, int, int]) -> None:
    assert maker.tile(*place) == b""
