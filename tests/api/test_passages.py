"""Counties along a route: cut at the county line, in travel order, with what each stretch is made of."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from api.reviews.network import OpenNetwork
from api.reviews.passages import divisions_json, passages_of
from routing.columns import ArcFlag, RoadClass
from routing.graph import BorderCrossings
from routing.path import Piece
from tests.graphs import Road, find_arc, make_graph

NODES = [(112.0 + 0.01 * n, 28.0) for n in range(4)]
FURONG, TIANXIN = 430102, 430103
MOTORWAY, STREET = RoadClass.MOTORWAY, ArcFlag.URBAN
LENGTH = 1_000_000


def network(*codes: int, crossings: tuple[tuple[int, int, int, int], ...] = (), **changes: object) -> OpenNetwork:
    """Three roads of a kilometre; crossings are (tail, mm from it, from county, to county) of the way there."""
    roads = [
        Road(n, n + 1, length_m=1000, columns={"county_code": code}, **changes)  # type: ignore[arg-type]
        for n, code in enumerate(codes)
    ]
    graph = make_graph(NODES[: len(codes) + 1], roads)
    rows = [(find_arc(graph, tail, tail + 1), at, start, end) for tail, at, start, end in crossings]
    rows += [(find_arc(graph, tail + 1, tail), LENGTH - at, end, start) for tail, at, start, end in crossings]
    columns = np.array(sorted(rows), np.int32).reshape(-1, 4).T
    return OpenNetwork(replace(graph, border_crossings=BorderCrossings(*(column.copy() for column in columns))))


def drive(opened: OpenNetwork, *nodes: int, start: int = 0, end: int = LENGTH) -> list[Piece]:
    arcs = [find_arc(opened.graph, *step) for step in pairwise(nodes)]
    pieces, at = [], 0
    for place, arc in enumerate(arcs):
        first, last = start if place == 0 else 0, end if place == len(arcs) - 1 else LENGTH
        pieces.append(Piece(arc, first, last, at))
        at += last - first
    return pieces


def stretches(opened: OpenNetwork, pieces: list[Piece]) -> list[tuple[str | None, int, int]]:
    return [(passage.code, passage.enter_m, passage.length_m) for passage in passages_of(opened, pieces)]


def test_one_county_is_one_passage() -> None:
    opened = network(FURONG, FURONG, FURONG)
    (passage,) = passages_of(opened, drive(opened, 0, 1, 2, 3))
    assert (passage.code, passage.enter_m, passage.length_m) == ("430102", 0, 3000)
    assert "芙蓉" in passage.name


def test_the_county_line_cuts_an_arc_in_both_directions() -> None:
    opened = network(FURONG, FURONG, TIANXIN, crossings=((1, 300_000, FURONG, TIANXIN),))
    there = stretches(opened, drive(opened, 0, 1, 2, 3))
    back = stretches(opened, drive(opened, 3, 2, 1, 0))
    assert there == [("430102", 0, 1300), ("430103", 1300, 1700)]
    assert back == [("430103", 0, 1700), ("430102", 1700, 1300)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 200_000, [("430102", 0, 200)]),
        (0, 300_000, [("430102", 0, 300)]),
        (300_000, LENGTH, [("430103", 0, 700)]),
        (500_000, LENGTH, [("430103", 0, 500)]),
        (100_000, 500_000, [("430102", 0, 200), ("430103", 200, 200)]),
    ],
)
def test_only_the_driven_part_counts(start: int, end: int, expected: list[tuple[str, int, int]]) -> None:
    opened = network(FURONG, crossings=((0, 300_000, FURONG, TIANXIN),))
    assert stretches(opened, drive(opened, 0, 1, start=start, end=end)) == expected


def test_a_county_left_and_entered_again_stands_there_twice() -> None:
    opened = network(FURONG, TIANXIN, FURONG)
    assert [code for code, _, _ in stretches(opened, drive(opened, 0, 1, 2, 3))] == ["430102", "430103", "430102"]


def test_two_lines_on_one_arc_make_three_stretches() -> None:
    lines = ((0, 200_000, FURONG, TIANXIN), (0, 600_000, TIANXIN, FURONG))
    opened = network(FURONG, crossings=lines)
    assert stretches(opened, drive(opened, 0, 1)) == [("430102", 0, 200), ("430103", 200, 400), ("430102", 600, 400)]


def test_roads_in_no_known_county_are_left_out_of_the_answer() -> None:
    opened = network(0, FURONG, 0)
    passages = passages_of(opened, drive(opened, 0, 1, 2, 3))
    assert [passage.code for passage in passages] == [None, "430102", None]
    (division,) = divisions_json(passages)
    assert (division["code"], division["enter_m"], division["length_m"]) == ("430102", 1000, 1000)


def test_a_route_of_no_length_is_somewhere() -> None:
    opened = network(FURONG)
    assert stretches(opened, drive(opened, 0, 1, start=5000, end=5000)) == [("430102", 0, 0)]


def test_expressways_and_streets_are_counted() -> None:
    fast = network(FURONG, FURONG, road_class=MOTORWAY)
    assert [p.expressway_only for p in passages_of(fast, drive(fast, 0, 1, 2))] == [True]
    graph = fast.graph
    flags = graph.arcs.flags.copy()
    road_class = graph.arcs.road_class.copy()
    flags[find_arc(graph, 1, 2)] |= STREET
    road_class[find_arc(graph, 1, 2)] = RoadClass.PRIMARY
    mixed = OpenNetwork(replace(graph, arcs=replace(graph.arcs, flags=flags, road_class=road_class)))
    (passage,) = passages_of(mixed, drive(mixed, 0, 1, 2, end=400_000))
    assert (passage.expressway_only, passage.city_street_m, passage.length_m) == (False, 400, 1400)


def test_near_a_border_is_said() -> None:
    opened = network(FURONG, FURONG)
    graph = opened.graph
    border = graph.arcs.border_county_code.copy()
    border[find_arc(graph, 1, 2)] = TIANXIN
    near = OpenNetwork(replace(graph, arcs=replace(graph.arcs, border_county_code=border)))
    assert [p.near_border for p in passages_of(near, drive(near, 0, 1))] == [False]
    assert [p.near_border for p in passages_of(near, drive(near, 0, 1, 2))] == [True]
