"""Routes as driven pieces of arcs."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.policies import load_policy
from routing.metric import TravelTimes
from routing.parts import Path, Place
from routing.path import Piece, duration_ms, length_mm, line_of, metres, pieces_of, point_at
from tests.graphs import GEOD, Road, find_arc, make_graph

NODES = [(112.0, 28.0), (112.01, 28.0), (112.02, 28.0)]
GRAPH = make_graph(NODES, [Road(0, 1, via=[(112.005, 28.001)]), Road(1, 2)])
A, B = find_arc(GRAPH, 0, 1), find_arc(GRAPH, 1, 2)
BACK_A, BACK_B = find_arc(GRAPH, 1, 0), find_arc(GRAPH, 2, 1)
LENGTH = [int(length) for length in GRAPH.arcs.length_mm]
TIMES = TravelTimes.of(GRAPH, load_policy().cost)


def path(arcs: tuple[int, ...], from_mm: int, to_mm: int) -> Path:
    return Path(arcs, Place(arcs[0], from_mm), Place(arcs[-1], to_mm), 0)


def test_a_path_begins_and_ends_within_its_arcs() -> None:
    assert pieces_of(GRAPH, [path((A, B), 1000, 5000)]) == [
        Piece(A, 1000, LENGTH[A], 0),
        Piece(B, 0, 5000, LENGTH[A] - 1000),
    ]


def test_a_path_on_one_arc_is_one_piece() -> None:
    (piece,) = pieces_of(GRAPH, [path((A,), 1000, 5000)])
    assert (piece, piece.length_mm) == (Piece(A, 1000, 5000, 0), 4000)


def test_a_via_point_that_is_passed_does_not_split_its_arc() -> None:
    joined = pieces_of(GRAPH, [path((A,), 1000, 5000), path((A, B), 5000, 7000)])
    assert joined == pieces_of(GRAPH, [path((A, B), 1000, 7000)])


def test_turning_round_at_a_via_point_makes_two_pieces() -> None:
    turned = pieces_of(GRAPH, [path((A,), 1000, 5000), path((BACK_A,), LENGTH[A] - 5000, LENGTH[A] - 1000)])
    assert [piece.arc for piece in turned] == [A, BACK_A]
    assert [piece.begins_at_mm for piece in turned] == [0, 4000]
    assert length_mm(turned) == 8000


def test_a_second_visit_to_an_arc_is_a_piece_of_its_own() -> None:
    pieces = pieces_of(GRAPH, [path((A,), 0, 5000), path((A,), 0, 5000)])
    assert len(pieces) == 2


@given(st.integers(0, LENGTH[A]), st.integers(0, LENGTH[B]))
@example(LENGTH[A], 0)
def test_the_line_is_as_long_as_its_pieces(from_mm: int, to_mm: int) -> None:
    pieces = pieces_of(GRAPH, [path((A, B), from_mm, to_mm)])
    points = line_of(GRAPH, pieces)
    measured = GEOD.line_length(*zip(*points, strict=True))
    assert measured * 1000 == pytest.approx(length_mm(pieces), rel=1e-4, abs=30)
    assert points[0] == pytest.approx(point_at(GRAPH, A, from_mm), abs=1e-7)
    assert points[-1] == pytest.approx(point_at(GRAPH, B, to_mm), abs=1e-7)
    # Only a route shorter than the last decimal of a degree stands still.
    assert len(set(points)) == 1 or all(first != second for first, second in pairwise(points)) or length_mm(pieces) == 0


def test_a_route_of_no_length_is_still_a_line() -> None:
    points = line_of(GRAPH, pieces_of(GRAPH, [path((A,), 2000, 2000)]))
    assert len(points) == 2
    assert points[0] == points[1] == point_at(GRAPH, A, 2000)


def test_both_directions_have_the_same_line() -> None:
    there = line_of(GRAPH, pieces_of(GRAPH, [path((A, B), 0, LENGTH[B])]))
    back = line_of(GRAPH, pieces_of(GRAPH, [path((BACK_B, BACK_A), 0, LENGTH[A])]))
    assert there == back[::-1]
    assert there == [(112.0, 28.0), (112.005, 28.001), (112.01, 28.0), (112.02, 28.0)]


@pytest.mark.parametrize("arc", [A, BACK_A])
def test_a_spot_lies_at_the_ends_of_its_arc(arc: int) -> None:
    lon, lat = GRAPH.arc_points(arc)
    assert point_at(GRAPH, arc, 0) == (lon[0], lat[0])
    assert point_at(GRAPH, arc, LENGTH[arc]) == (lon[-1], lat[-1])


def test_times_are_shared_out_by_length() -> None:
    whole = pieces_of(GRAPH, [path((A, B), 0, LENGTH[B])])
    half = pieces_of(GRAPH, [path((A, B), 0, LENGTH[B] // 2)])
    full = int(TIMES.duration_ms[A] + TIMES.duration_ms[B])
    assert duration_ms(GRAPH, TIMES, whole) == full
    assert duration_ms(GRAPH, TIMES, half) == pytest.approx(full - int(TIMES.duration_ms[B]) / 2, abs=1)


@given(st.integers(0, 10**9))
def test_metres_are_the_nearest_whole_ones(length: int) -> None:
    assert abs(metres(length) * 1000 - length) <= 500
    assert isinstance(metres(int(np.int64(length))), int)
