"""Matching a given route: our own geometry exactly, drawn and recorded lines within the tolerance."""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels import matching as kernel
from routing.columns import ArcFlag, ConditionState
from routing.errors import TooFarError
from routing.geometry import metres_per_degree, nearest_on_polyline
from routing.graph import F64, RoadGraph
from routing.line_tracks import densify
from routing.matching import STUB_MM, BreachKind, MatchedRoute, match_line
from routing.metric import Metric
from routing.parts import Path, Place
from routing.path import line_of, pieces_of
from routing.search import Prepared, query
from routing.turns import bans_in_force
from tests.graphs import Point, Road, find_arc, make_graph

M = 1e-5  # degrees: about a metre here
ROUNDING_MM = 10


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - reproducible, not secret


def match(graph: RoadGraph, points: Sequence[Point], match_m: float = 25.0) -> MatchedRoute:
    lon, lat = np.array(points, np.float64).T
    return match_line(graph, lon.copy(), lat.copy(), match_m=match_m)


def export(graph: RoadGraph, path: Path) -> list[Point]:
    return line_of(graph, pieces_of(graph, [path]))


def noisy(line: Sequence[Point], step_m: float, sigma_m: float, seed: int) -> list[Point]:
    lon, lat = np.array(line).T
    lon, lat = densify((lon.copy(), lat.copy()), step_m)
    east, north = metres_per_degree(float(lat[0]))
    rng = np.random.default_rng(seed)
    shift: npt.NDArray[np.float64] = rng.normal(0, sigma_m, (2, len(lon))).clip(-3 * sigma_m, 3 * sigma_m)
    return list(zip((lon + shift[0] / east).tolist(), (lat + shift[1] / north).tolist(), strict=True))


def kinds(route: MatchedRoute) -> list[BreachKind]:
    return [breach.kind for breach in route.breaches]


def assert_same(graph: RoadGraph, route: MatchedRoute, path: Path) -> None:
    assert route.is_exact
    assert route.path_arcs == path.arcs
    assert route.breaches == ()
    assert abs(route.start.at_mm - path.start.at_mm) <= ROUNDING_MM
    assert abs(route.end.at_mm - path.end.at_mm) <= ROUNDING_MM
    assert route.farthest_m < 0.02
    driven = sum(piece.length_mm for piece in route.pieces)
    assert abs(driven - sum(p.length_mm for p in pieces_of(graph, [path]))) <= 2 * ROUNDING_MM


def random_town(rng: random.Random, size: int = 5, step: float = 0.003) -> RoadGraph:
    """A crooked grid with holes, one-way streets and bends."""
    nodes = [
        (112 + step * (i + rng.uniform(-0.3, 0.3)), 28 + step * (j + rng.uniform(-0.3, 0.3)))
        for j in range(size)
        for i in range(size)
    ]
    pairs = [(n, n + 1) for n in range(size * size) if (n + 1) % size]
    pairs += [(n, n + size) for n in range(size * (size - 1))]
    roads = []
    for tail, head in (rng.sample(pair, 2) for pair in pairs if rng.random() > 0.15):
        shares = [(k + 1) / 5 for k in range(rng.randrange(4))]
        via = [
            (
                nodes[tail][0] + t * (nodes[head][0] - nodes[tail][0]) + rng.uniform(-1, 1) * step * 0.1,
                nodes[tail][1] + t * (nodes[head][1] - nodes[tail][1]) + rng.uniform(-1, 1) * step * 0.1,
            )
            for t in shares
        ]
        roads.append(Road(tail, head, two_way=rng.random() < 0.7, via=via))
    return make_graph(nodes, roads)


def random_path(graph: RoadGraph, rng: random.Random) -> Path | None:
    first, last = rng.randrange(graph.arc_count), rng.randrange(graph.arc_count)
    metric = Metric(graph.arcs.length_mm.astype(np.uint32))
    margin = 2 * STUB_MM
    start = Place(first, rng.randint(margin, int(graph.arcs.length_mm[first]) - margin))
    end = Place(last, rng.randint(margin, int(graph.arcs.length_mm[last]) - margin))
    return query(Prepared.of(graph, []), metric, [start], [end])


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_exported_route_comes_back_exactly(seed: int) -> None:
    rng = seeded(seed)
    graph = random_town(rng)
    path = random_path(graph, rng)
    if path is not None:
        assert_same(graph, match(graph, export(graph, path)), path)


@given(seed=st.integers(0, 2**32), step_m=st.sampled_from([20, 35, 50]), sigma_m=st.sampled_from([2.0, 5.0, 6.0]))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_recorded_route_comes_back_but_for_its_ends(seed: int, step_m: float, sigma_m: float) -> None:
    rng = seeded(seed)
    graph = random_town(rng)
    path = random_path(graph, rng)
    if path is None or len(path.arcs) < 4:
        return
    route = match(graph, noisy(export(graph, path), step_m, sigma_m, seed))
    inner = path.arcs[1:-1]
    assert any(route.path_arcs[i : i + len(inner)] == inner for i in range(3))
    assert len(route.path_arcs) <= len(path.arcs) + 2
    assert not set(kinds(route)) & {BreachKind.WRONG_WAY, BreachKind.U_TURN}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_any_line_gives_the_same_well_formed_answer_twice(seed: int) -> None:
    rng = seeded(seed)
    graph = random_town(rng, 3)
    points = [(112 + rng.uniform(-0.002, 0.008), 28 + rng.uniform(-0.002, 0.008)) for _ in range(rng.randint(2, 6))]
    try:
        route = match(graph, points)
    except TooFarError:
        return
    assert route == match(graph, points)
    assert route.path_arcs == tuple(piece.arc for piece in route.pieces)
    for piece in route.pieces:
        assert 0 <= piece.from_mm <= piece.to_mm <= graph.arcs.length_mm[piece.arc]
    for breach in route.breaches:
        assert 0 <= breach.index <= len(route.path_arcs)
        assert 0 <= breach.at_mm <= sum(piece.length_mm for piece in route.pieces)


# 0 --- 1 --- 2 --- 3      about 1 km each, all two-way
STREET = [(112 + 0.01 * i, 28.0) for i in range(4)]


def test_route_inside_one_arc() -> None:
    graph = make_graph(STREET, [Road(0, 1), Road(1, 2), Road(2, 3)])
    arc = find_arc(graph, 2, 1)
    path = Path((arc,), Place(arc, 200_000), Place(arc, 200_500), 0)
    assert_same(graph, match(graph, export(graph, path)), path)


def test_end_that_only_touches_a_junction_is_left_out() -> None:
    graph = make_graph(STREET, [Road(0, 1), Road(1, 2), Road(2, 3)])
    middle = find_arc(graph, 1, 2)
    route = match(graph, [STREET[1], STREET[2]])
    assert route.path_arcs == (middle,)
    assert (route.start, route.end) == (Place(middle, 0), Place(middle, int(graph.arcs.length_mm[middle])))


def test_line_that_stands_still_is_a_place() -> None:
    graph = make_graph(STREET, [Road(0, 1)])
    route = match(graph, [(112.005, 28.0)] * 3)
    assert len(route.path_arcs) == 1
    assert route.pieces[0].length_mm == 0


# A ring of four one-way arcs with one way in; driven round twice.
#        3
#   0 -> 1   .    1 -> 2 -> 3 -> 4 -> 1
#   5 <- 4
RING = [(112.0, 28.0), (112.003, 28.0), (112.004, 27.999), (112.005, 28.0), (112.004, 28.001), (112.002, 28.003)]
RING_ROADS = [Road(0, 1)] + [
    Road(a, b, two_way=False, flags=ArcFlag.ROUNDABOUT) for a, b in ((1, 2), (2, 3), (3, 4), (4, 1))
]


def test_ring_driven_twice_and_road_driven_twice() -> None:
    graph = make_graph(RING, [*RING_ROADS, Road(4, 5)])
    steps = [(0, 1), *[(1, 2), (2, 3), (3, 4), (4, 1)] * 2, (1, 2), (2, 3), (3, 4), (4, 5)]
    arcs = tuple(find_arc(graph, *step) for step in steps)
    path = Path(arcs, Place(arcs[0], 1000), Place(arcs[-1], 50_000), 0)
    assert_same(graph, match(graph, export(graph, path)), path)
    assert match(graph, noisy(export(graph, path), 25, 3, seed=4)).path_arcs == arcs


def test_loop_arc_from_its_middle_to_before_its_start() -> None:
    #  0 --- 1 (loop at 1)
    loop = Road(1, 1, two_way=False, via=[(112.012, 28.001), (112.014, 28.0), (112.012, 27.999)])
    graph = make_graph(STREET[:2], [Road(0, 1), loop])
    arc = find_arc(graph, 1, 1)
    path = Path((arc, arc), Place(arc, 500_000), Place(arc, 100_000), 0)
    assert_same(graph, match(graph, export(graph, path)), path)


# Carriageways 10 m apart:   3 <--- 2
#                            0 ---> 1
DUAL = [(112.0, 28.0), (112.01, 28.0), (112.01, 28.00009), (112.0, 28.00009)]
DUAL_ROADS = [Road(0, 1, two_way=False), Road(2, 3, two_way=False)]


def test_noisy_line_keeps_to_the_carriageway_of_its_direction() -> None:
    graph = make_graph(DUAL, DUAL_ROADS)
    east, west = find_arc(graph, 0, 1), find_arc(graph, 2, 3)
    middle = [(112.001, 28.000045), (112.009, 28.000045)]
    for seed in range(10):
        assert match(graph, noisy(middle, 30, 5, seed)).path_arcs == (east,)
        assert match(graph, noisy(middle[::-1], 30, 5, seed)).path_arcs == (west,)


def test_exact_line_on_the_wrong_carriageway_drives_the_wrong_way() -> None:
    graph = make_graph(DUAL, DUAL_ROADS)
    route = match(graph, [(112.008, 28.0), (112.002, 28.0)])
    arc = find_arc(graph, 0, 1)
    assert route.path_arcs == (arc,)
    assert kinds(route) == [BreachKind.WRONG_WAY]
    assert route.breaches[0].length_mm == route.pieces[0].length_mm == route.start.at_mm - route.end.at_mm
    assert route.breaches[0].length_mm == pytest.approx(590_000, rel=0.01)
    assert (route.breaches[0].lon, route.breaches[0].lat) == (112.008, 28.0)
    assert "way/1000" in route.breaches[0].source


def test_drawn_line_against_the_only_street_drives_the_wrong_way_there_only() -> None:
    graph = make_graph(STREET, [Road(0, 1), Road(2, 1, two_way=False), Road(2, 3)])
    route = match(graph, [(112.002, 28.00005), (112.012, 27.99995), (112.028, 28.00005)])
    assert route.path_arcs == (find_arc(graph, 0, 1), find_arc(graph, 2, 1), find_arc(graph, 2, 3))
    assert kinds(route) == [BreachKind.WRONG_WAY]
    breach = route.breaches[0]
    assert (breach.index, breach.lon) == (1, 112.01)
    assert breach.length_mm == graph.arcs.length_mm[route.path_arcs[1]]
    assert breach.at_mm == route.pieces[0].length_mm == route.pieces[1].begins_at_mm


# A tunnel from 1 to 4 below the street 2 - 3, drawn on the same line.
#      0 --- 1 =============== 4 --- 5
#             \ 2 ---------- 3 /
TUNNEL = [(112.0, 28.0), (112.003, 28.0), (112.0035, 28.0), (112.0065, 28.0), (112.007, 28.0), (112.01, 28.0)]
TUNNEL_ROADS = [
    Road(0, 1),
    Road(1, 4, via=[TUNNEL[2], TUNNEL[3]], flags=ArcFlag.TUNNEL),
    Road(1, 2, via=[(112.0032, 28.0001)]),
    Road(2, 3),
    Road(3, 4, via=[(112.0068, 28.0001)]),
    Road(4, 5),
]


@pytest.mark.parametrize("steps", [[(0, 1), (1, 4), (4, 5)], [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]])
def test_tunnel_and_street_above_are_told_apart_by_how_they_are_reached(steps: list[tuple[int, int]]) -> None:
    graph = make_graph(TUNNEL, TUNNEL_ROADS)
    arcs = tuple(find_arc(graph, *step) for step in steps)
    path = Path(arcs, Place(arcs[0], 50_000), Place(arcs[-1], 50_000), 0)
    assert_same(graph, match(graph, export(graph, path)), path)


def test_hairpin_of_one_arc_is_followed_up_and_down() -> None:
    # Two legs 15 m apart in one road: a candidate on each.
    graph = make_graph(
        [(112.0, 28.0), (112.0, 28.000135)], [Road(0, 1, two_way=False, via=[(112.004, 28.0), (112.004, 28.000135)])]
    )
    line = [(112.0005, 28.00003), (112.0039, 28.00003), (112.0039, 28.0001), (112.0005, 28.0001)]
    route = match(graph, line)
    assert (route.path_arcs, kinds(route)) == ((0,), [])
    assert route.pieces[0].from_mm == pytest.approx(49_000, abs=5000)
    assert route.pieces[0].to_mm == pytest.approx(graph.arcs.length_mm[0] - 49_000, abs=5000)


# 0 --- 1 --- 2, and 1 --- 3 to the north
CROSS = [(112.0, 28.0), (112.005, 28.0), (112.01, 28.0), (112.005, 28.005)]
CROSS_ROADS = [Road(0, 1), Road(1, 2), Road(1, 3)]


def test_banned_turn_is_a_breach_with_its_source() -> None:
    graph = make_graph(CROSS, CROSS_ROADS, bans=[[(0, 1), (1, 3)]])
    for line in ([(112.001, 28.0), CROSS[1], (112.005, 28.004)], [(112.001, 28.00004), (112.00496, 28.004)]):
        route = match(graph, [line[0], CROSS[1], line[-1]])
        assert route.path_arcs == (find_arc(graph, 0, 1), find_arc(graph, 1, 3))
        assert [(b.kind, b.index, b.source) for b in route.breaches] == [(BreachKind.TURN_BANNED, 1, "test")]
        assert (route.breaches[0].lon, route.breaches[0].lat) == CROSS[1]
        assert route.breaches[0].condition_state is ConditionState.ACTIVE


def test_ban_through_a_via_way_needs_its_whole_sequence() -> None:
    graph = make_graph(STREET, [Road(0, 1), Road(1, 2), Road(2, 3)], bans=[[(0, 1), (1, 2), (2, 3)]])
    assert kinds(match(graph, [(112.001, 28.0), (112.019, 28.0)])) == []
    assert kinds(match(graph, [(112.012, 28.0), (112.029, 28.0)])) == []
    breaches = match(graph, [(112.001, 28.0), STREET[1], STREET[2], (112.029, 28.0)]).breaches
    assert [(b.kind, b.index) for b in breaches] == [(BreachKind.TURN_BANNED, 2)]


def test_ban_out_of_force_is_no_breach() -> None:
    graph = make_graph(CROSS, CROSS_ROADS, bans=[[(0, 1), (1, 3)]])
    state = np.full(len(graph.strings), ConditionState.INACTIVE, np.uint8)
    lon, lat = np.array([(112.001, 28.0), CROSS[1], (112.005, 28.004)]).T
    assert match_line(graph, lon.copy(), lat.copy(), condition_state=state).breaches == ()


@pytest.mark.parametrize("shift", [0.0, 4 * M])
def test_turning_round_at_a_junction_and_on_the_road_are_breaches(shift: float) -> None:
    graph = make_graph(CROSS, CROSS_ROADS)
    there, back = find_arc(graph, 0, 1), find_arc(graph, 1, 0)
    for turn in (112.005, 112.003):
        route = match(graph, [(112.001, 28.0 + shift), (turn, 28.0 + shift), (112.0015, 28.0 + shift)])
        assert (route.path_arcs, kinds(route)) == ((there, back), [BreachKind.U_TURN])
        assert route.breaches[0].lon == pytest.approx(turn, abs=20 * M)
        assert sum(piece.length_mm for piece in route.pieces) == pytest.approx(
            (2 * turn - 224.0025) * 98_364_000, abs=50_000
        )


def test_stretch_across_open_ground_is_off_the_network_and_matching_goes_on() -> None:
    #  0 --- 1    gap of 1 km    2 --- 3, and a road crossing the gap
    nodes = [*STREET, (112.015, 27.99), (112.015, 28.01)]
    graph = make_graph(nodes, [Road(0, 1), Road(2, 3), Road(4, 5)])
    route = match(graph, [(112.002, 28.0001), (112.028, 28.0001)])
    assert route.path_arcs == (find_arc(graph, 0, 1), find_arc(graph, 2, 3))
    assert kinds(route) == [BreachKind.OFF_NETWORK]
    breach = route.breaches[0]
    assert breach.index == 1
    assert breach.length_mm == pytest.approx(983_000, abs=60_000)
    assert breach.lon == pytest.approx(112.01, abs=30 * M)
    assert breach.at_mm == route.pieces[0].to_mm - route.pieces[0].from_mm


def test_ends_off_the_network_are_told_with_their_length() -> None:
    graph = make_graph(CROSS, CROSS_ROADS)
    route = match(graph, [(112.002, 28.003), (112.002, 28.0), (112.008, 28.0), (112.008, 27.996)])
    assert route.path_arcs == (find_arc(graph, 0, 1), find_arc(graph, 1, 2))
    first, last = route.breaches
    assert (first.kind, first.index, first.at_mm) == (BreachKind.OFF_NETWORK, 0, 0)
    assert first.length_mm == pytest.approx(332_000 - 25_000, abs=30_000)
    assert (last.kind, last.index) == (BreachKind.OFF_NETWORK, 2)
    assert last.length_mm == pytest.approx(443_000 - 25_000, abs=30_000)
    assert last.at_mm == sum(piece.length_mm for piece in route.pieces)


def test_tolerance_decides_what_is_off() -> None:
    graph = make_graph(CROSS, CROSS_ROADS)
    line = [(112.001, 28.0004), (112.009, 28.0004)]  # 44 m north
    assert match(graph, line, match_m=60).path_arcs == (find_arc(graph, 0, 1), find_arc(graph, 1, 2))
    with pytest.raises(TooFarError, match="within 25 m; it only touches or crosses roads"):
        match(graph, line)


def test_line_far_from_everything_says_how_far() -> None:
    graph = make_graph(STREET, [Road(0, 1)])
    with pytest.raises(TooFarError, match="1108 m from it") as caught:
        match(graph, [(112.001, 28.01), (112.009, 28.01)])
    assert caught.value.distance_m == pytest.approx(1108, abs=1)
    with pytest.raises(TooFarError, match="no road") as caught:
        match(make_graph([], []), [(112.001, 28.01), (112.009, 28.01)])
    assert caught.value.distance_m is None


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_candidates_agree_with_measuring_every_geometry(seed: int) -> None:
    rng = seeded(seed)
    graph = random_town(rng, 3)
    count = rng.randint(1, 12)
    lon = np.array([112 + rng.uniform(-0.001, 0.007) for _ in range(count)])
    lat = np.array([28 + rng.uniform(-0.001, 0.007) for _ in range(count)])
    within = rng.choice([5.0, 60.0, 400.0])
    first = graph.geometries.first_point
    sample, geometry, _, distance, _ = kernel.near_segments(
        first, graph.geometries.lon_deg, graph.geometries.lat_deg, lon, lat, within
    )
    found: dict[tuple[int, int], float] = {}
    for i, g, d in zip(sample.tolist(), geometry.tolist(), distance.tolist(), strict=True):
        found[i, g] = min(d, found.get((i, g), np.inf))
    expected = {
        (i, g): d
        for i in range(count)
        for g in range(len(first) - 1)
        if (d := _distance(graph, g, lon[i], lat[i])) <= within
    }
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(expected[key], abs=1e-6) for key in found)


def _distance(graph: RoadGraph, geometry: int, lon: float, lat: float) -> float:
    points = slice(*graph.geometries.first_point[geometry : geometry + 2].tolist())
    xs: F64 = graph.geometries.lon_deg[points]
    ys: F64 = graph.geometries.lat_deg[points]
    return nearest_on_polyline(xs, ys, lon, lat)[0]


def test_bans_of_the_search_are_those_of_the_match() -> None:
    graph = make_graph(CROSS, CROSS_ROADS, bans=[[(0, 1), (1, 3)]])
    prepared = Prepared.of(graph, bans_in_force(graph, np.ones(len(graph.strings), np.uint8)))
    metric = Metric(graph.arcs.length_mm.astype(np.uint32))
    start, end = Place(find_arc(graph, 0, 1), 1000), Place(find_arc(graph, 1, 3), 1000)
    assert query(prepared, metric, [start], [end]) is None
