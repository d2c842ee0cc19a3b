"""Putting points on roads, against distances measured with shapely."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import LineString, Point

from routing.columns import ArcFlag
from routing.errors import PointError, RoutingError, TooFarError
from routing.geometry import cut, metres_per_degree, nearest_on_polyline
from routing.graph import RoadGraph
from routing.snapping import Snapped, snap
from tests.graphs import Road, find_arc, make_graph

GEOD = Geod(ellps="GRS80")
FAR_M = 100_000.0
LOCAL = Transformer.from_crs("EPSG:4326", "+proj=aeqd +lat_0=28.2 +lon_0=112.9 +ellps=GRS80", always_xy=True)
BASE = (112.9, 28.2)


def everything(graph: RoadGraph) -> npt.NDArray[np.bool_]:
    return np.ones(graph.arc_count, np.bool_)


def spot(graph: RoadGraph, snapped: Snapped) -> tuple[float, float]:
    """Where on the map the first place lies."""
    place = snapped.places[0]
    share = place.at_mm / int(graph.arcs.length_mm[place.arc])
    lon, lat = cut(*graph.arc_points(place.arc), share, share)
    return float(lon[0]), float(lat[0])


offsets = st.tuples(st.integers(-100, 100), st.integers(-100, 100))


def near_base(offset: tuple[int, int]) -> tuple[float, float]:
    return BASE[0] + offset[0] * 1e-4, BASE[1] + offset[1] * 1e-4


lines = st.lists(offsets, min_size=2, max_size=5, unique=True)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(lines, min_size=1, max_size=8), offsets, st.data())
def test_nearest_road_agrees_with_shapely(
    drawn: list[list[tuple[int, int]]], asked: tuple[int, int], data: st.DataObject
) -> None:
    nodes, roads = [], []
    for line in drawn:
        points = [near_base(offset) for offset in line]
        nodes += [points[0], points[-1]]
        roads.append(Road(len(nodes) - 2, len(nodes) - 1, two_way=data.draw(st.booleans()), via=points[1:-1]))
    graph = make_graph(nodes, roads)
    usable = np.array(data.draw(st.lists(st.booleans(), min_size=graph.arc_count, max_size=graph.arc_count)))
    lon, lat = near_base(asked)
    distances = {
        arc: LineString(np.column_stack(LOCAL.transform(*graph.arc_points(arc)))).distance(
            Point(LOCAL.transform(lon, lat))
        )
        for arc in np.flatnonzero(usable).tolist()
    }
    if not distances:
        with pytest.raises(TooFarError) as error:
            snap(graph, lon, lat, usable, within_m=FAR_M)
        assert error.value.distance_m is None
        return
    nearest = min(distances.values())
    snapped = snap(graph, lon, lat, usable, within_m=FAR_M)
    assert snapped.distance_m == pytest.approx(nearest, rel=2e-3, abs=0.1)
    assert (snapped.lon, snapped.lat) == (lon, lat)
    assert all(usable[place.arc] for place in snapped.places)
    assert distances[snapped.places[0].arc] == pytest.approx(nearest, rel=2e-3, abs=0.1)
    there = spot(graph, snapped)
    assert GEOD.inv(lon, lat, *there)[2] == pytest.approx(snapped.distance_m, rel=5e-3, abs=0.5)
    both = snapped.places
    expected = np.flatnonzero(usable & (graph.arcs.geometry == graph.arcs.geometry[both[0].arc]))
    assert [place.arc for place in both] == expected.tolist()
    if len(both) == 2:
        assert sum(place.at_mm for place in both) == pytest.approx(graph.arcs.length_mm[both[0].arc], abs=1)


def test_both_directions_of_a_road_meet_at_one_spot() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1, length_m=1000)])
    snapped = snap(graph, 112.0025, 28.0001, everything(graph), within_m=100)
    there, back = snapped.places
    assert (there.arc, there.at_mm) == (find_arc(graph, 0, 1), pytest.approx(250_000, abs=1))
    assert (back.arc, back.at_mm) == (find_arc(graph, 1, 0), pytest.approx(750_000, abs=1))


def test_one_usable_direction_gives_one_place() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1, length_m=1000)])
    back = find_arc(graph, 1, 0)
    usable = np.arange(graph.arc_count) == back
    assert [place.arc for place in snap(graph, 112.0025, 28.0, usable, within_m=1).places] == [back]


def test_of_two_roads_on_one_line_the_first_is_taken() -> None:
    nodes = [(112.0, 28.0), (112.01, 28.0)]
    graph = make_graph(nodes, [Road(0, 1, two_way=False, way_id=8), Road(0, 1, two_way=False, way_id=7)])
    for _ in range(3):
        snapped = snap(graph, 112.005, 28.001, everything(graph), within_m=1000)
        assert [int(graph.arcs.geometry[place.arc]) for place in snapped.places] == [0]
    second = graph.arcs.geometry == 1
    assert [int(graph.arcs.geometry[p.arc]) for p in snap(graph, 112.005, 28.0, second, within_m=1).places] == [1]


def test_a_point_at_a_junction_takes_the_first_road() -> None:
    nodes = [(112.0, 28.0), (112.01, 28.0), (112.02, 28.0), (112.01, 28.01)]
    graph = make_graph(nodes, [Road(3, 1), Road(1, 2), Road(0, 1)])
    snapped = snap(graph, 112.01, 28.0, everything(graph), within_m=1)
    assert {int(graph.arcs.geometry[place.arc]) for place in snapped.places} == {0}


def test_too_far_says_the_distance() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    for lat in (28.002, 28.05, 28.3):
        true = GEOD.inv(112.005, 28.0, 112.005, lat)[2]
        with pytest.raises(TooFarError, match="from the nearest usable road, allowed are 200 m") as error:
            snap(graph, 112.005, lat, everything(graph), within_m=200)
        assert error.value.distance_m == pytest.approx(true, rel=0.01)
        assert f"{error.value.distance_m:.0f} m from" in str(error.value)


def test_allowed_distance_includes_its_edge() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    distance = snap(graph, 112.005, 28.001, everything(graph), within_m=1000).distance_m
    assert snap(graph, 112.005, 28.001, everything(graph), within_m=distance).distance_m == distance
    with pytest.raises(TooFarError):
        snap(graph, 112.005, 28.001, everything(graph), within_m=distance - 0.001)


def make_stray_network() -> RoadGraph:
    """The main road at 28.0 north, a stray piece 1.1 km north of it."""
    nodes = [(112.0, 28.0), (112.01, 28.0), (112.0, 28.01), (112.01, 28.01)]
    return make_graph(nodes, [Road(2, 3, flags=ArcFlag.SMALL_COMPONENT), Road(0, 1)])


@pytest.mark.parametrize(
    ("north_of_main_m", "within_m", "geometry"),
    [
        (708, 9000, 0),  # 400 m from the stray piece, 708 m from the main road: more than 300 m farther
        (698, 9000, 1),  # 410 m and 698 m
        (698, 690, 0),
        (1053, 9000, 0),
        (3258, 9000, 0),  # beyond both, 2150 m and 3258 m: more than half as far again
        (3408, 9000, 1),  # 2300 m and 3408 m
        (3408, 3400, 0),
    ],
)
def test_stray_pieces_are_taken_only_when_the_main_network_is_much_farther(
    north_of_main_m: float, within_m: float, geometry: int
) -> None:
    graph = make_stray_network()
    lat = 28.0 + north_of_main_m / metres_per_degree(28.005)[1]
    snapped = snap(graph, 112.005, lat, everything(graph), within_m=within_m)
    assert {int(graph.arcs.geometry[place.arc]) for place in snapped.places} == {geometry}
    main = graph.arcs.geometry == 1
    if north_of_main_m <= within_m:
        assert {p.arc for p in snap(graph, 112.005, lat, main, within_m=within_m).places} <= {*np.flatnonzero(main)}


def test_which_arcs_lead_nowhere_is_the_callers_choice() -> None:
    """A road whose one direction leads off the map is met in the other direction only."""
    nodes = [(112.0, 28.0), (112.01, 28.0)]
    roads = [Road(0, 1, two_way=False, flags=ArcFlag.NO_WAY_OUT), Road(1, 0, two_way=False)]
    graph = make_graph(nodes, roads)
    for flags, geometry in [(ArcFlag.SMALL_COMPONENT, 0), (ArcFlag.NO_WAY_OUT | ArcFlag.SMALL_COMPONENT, 1)]:
        snapped = snap(graph, 112.005, 28.0, everything(graph), within_m=10, dead_ends=flags)
        assert {int(graph.arcs.geometry[place.arc]) for place in snapped.places} == {geometry}


def test_a_direction_that_leads_nowhere_is_no_place_to_start() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    back = find_arc(graph, 1, 0)
    flags = np.where(np.arange(graph.arc_count) == back, ArcFlag.NO_WAY_OUT, 0).astype(np.uint32)
    graph = replace(graph, arcs=replace(graph.arcs, flags=flags))
    snapped = snap(graph, 112.005, 28.0, everything(graph), within_m=10, dead_ends=ArcFlag.NO_WAY_OUT)
    assert [place.arc for place in snapped.places] == [find_arc(graph, 0, 1)]
    only_back = np.arange(graph.arc_count) == back
    snapped = snap(graph, 112.005, 28.0, only_back, within_m=10, dead_ends=ArcFlag.NO_WAY_OUT)
    assert [place.arc for place in snapped.places] == [back]


def test_too_far_names_the_nearest_of_all_usable_roads() -> None:
    graph = make_stray_network()
    with pytest.raises(TooFarError) as error:
        snap(graph, 112.005, 28.0095, everything(graph), within_m=10)
    assert error.value.distance_m == pytest.approx(55.4, rel=0.01)
    main_only = graph.arcs.geometry == 1
    with pytest.raises(TooFarError) as error:
        snap(graph, 112.005, 28.0095, main_only, within_m=10)
    assert error.value.distance_m == pytest.approx(1053, rel=0.01)


def test_network_without_usable_roads() -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    with pytest.raises(TooFarError, match="no road") as error:
        snap(graph, 112.0, 28.0, ~everything(graph), within_m=1e9)
    assert error.value.distance_m is None
    empty = make_graph([], [])
    with pytest.raises(TooFarError, match="no road"):
        snap(empty, 112.0, 28.0, everything(empty), within_m=1e9)


@pytest.mark.parametrize("length_mm", [1, 3, 5, 1001])
def test_both_directions_meet_at_one_millimetre(length_mm: int) -> None:
    """A share of exactly one half must not be rounded up, or down, in both directions."""
    graph = make_graph([(112.0, 28.0), (112.0078125, 28.0)], [Road(0, 1, length_m=length_mm / 1000)])
    assert nearest_on_polyline(*graph.arc_points(0), 112.00390625, 28.0)[1] == 0.5
    for lon in (112.00390625, 112.0025, 112.001, 112.0, 112.0078125):
        there, back = snap(graph, lon, 28.0, everything(graph), within_m=10).places
        assert there.at_mm + back.at_mm == length_mm


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (float("nan"), 28.0),
        (112.0, float("nan")),
        (float("inf"), 28.0),
        (112.0, float("-inf")),
        (180.1, 28.0),
        (-180.1, 28.0),
        (28.0, 112.0),
        (112.0, -90.1),
    ],
)
def test_what_is_no_place_on_earth(lon: float, lat: float) -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    with pytest.raises(PointError, match=f"{lon},{lat} is no longitude and latitude in degrees"):
        snap(graph, lon, lat, everything(graph), within_m=1e9)
    assert issubclass(PointError, RoutingError)
    for edge in [(180.0, 28.0), (-180.0, 28.0), (112.0, 90.0), (112.0, -90.0)]:
        with pytest.raises(TooFarError):
            snap(graph, *edge, everything(graph), within_m=1)


@pytest.mark.parametrize(("east", "north"), [(0.0, -0.0085), (0.0, 0.0085), (-0.0095, 0.0), (0.0195, 0.0)])
def test_a_road_nearly_as_far_as_allowed_is_found(east: float, north: float) -> None:
    graph = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])
    usable = np.ones(graph.arc_count, np.bool_)
    found = snap(graph, 112.0 + east, 28.0 + north, usable, within_m=1000, dead_ends=ArcFlag(0))
    assert 900 < found.distance_m < 1000
    with pytest.raises(TooFarError):
        snap(graph, 112.0 + east, 28.0 + north, usable, within_m=900, dead_ends=ArcFlag(0))
