"""Counties along a route: cut at the county line, in travel order, with what each stretch is made of."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from api.reviews.network import OpenNetwork
from api.reviews.passages import divisions_json, passages_of
from routing.columns import ArcFlag, RoadClass, TechnicalGrade
from routing.graph import BorderCrossings, RoadRecords, Strings
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


def owned(opened: OpenNetwork, *owners: str) -> OpenNetwork:
    """The network with an owner for the way there and back of each road; empty for none."""
    graph = opened.graph
    texts = [graph.strings[row] for row in range(len(graph.strings))] + list(owners)
    utf8 = [text.encode() for text in texts]
    strings = Strings(np.cumsum([0, *map(len, utf8)]), np.frombuffer(b"".join(utf8), np.uint8))
    rows = sorted(
        (find_arc(graph, *ends), len(graph.strings) + place)
        for place, owner in enumerate(owners)
        for ends in ((place, place + 1), (place + 1, place))
        if owner
    )
    arcs, texts_of = np.array(rows, np.int32).T.copy()
    none = np.full(len(rows), -1, np.int32)
    return OpenNetwork(replace(graph, strings=strings, road_records=RoadRecords(arcs, none, none, texts_of)))


def changed(opened: OpenNetwork, tail: int, **columns: int) -> OpenNetwork:
    """The network with other columns on the road there from a node."""
    arcs = opened.graph.arcs
    for name, value in columns.items():
        column = getattr(arcs, name).copy()
        column[find_arc(opened.graph, tail, tail + 1)] = value
        arcs = replace(arcs, **{name: column})
    return OpenNetwork(replace(opened.graph, arcs=arcs))


@pytest.mark.parametrize(
    ("ref", "flags", "kind", "number"),
    [
        ("G107", 0, "trunk_highway", "G107"),
        ("X012;S20", 0, "trunk_highway", "S20"),
        ("Y3;X4", 0, "county_road", "X4"),
        ("Z001", 0, "county_road", "Z001"),
        ("C12", STREET, "county_road", "C12"),
        ("G107", STREET, "trunk_highway", "G107"),
        ("", STREET, "city_street", ""),
        ("", 0, "unnumbered", ""),
        ("B 37", 0, "unnumbered", "B 37"),
    ],
)
def test_the_number_names_the_kind_of_road_and_streets_have_none(ref: str, flags: int, kind: str, number: str) -> None:
    opened = network(FURONG, ref=ref, flags=flags)
    (passage,) = passages_of(opened, drive(opened, 0, 1))
    (stretch,) = passage.roads
    assert (stretch.kind, stretch.number, stretch.built_up) == (kind, number, bool(flags))
    assert passage.city_street_m == (1000 if kind == "city_street" else 0)


def test_an_expressway_is_one_by_class_or_by_grade() -> None:
    by_class = network(FURONG, ref="G107", road_class=RoadClass.MOTORWAY_LINK)
    by_grade = changed(network(FURONG, ref="S20"), 0, technical_grade=TechnicalGrade.EXPRESSWAY)
    for opened in (by_class, by_grade):
        (passage,) = passages_of(opened, drive(opened, 0, 1))
        assert (passage.roads[0].kind, passage.expressway_only) == ("expressway", True)


def test_stretches_follow_each_other_and_end_at_county_lines_roads_and_owners() -> None:
    opened = owned(
        network(FURONG, FURONG, TIANXIN, ref="X012", crossings=((1, 300_400, FURONG, TIANXIN),)), "甲", "乙", "乙"
    )
    found = [stretch for passage in passages_of(opened, drive(opened, 0, 1, 2, 3)) for stretch in passage.roads]
    assert [(one.code, one.enter_m, one.exit_m, one.owner) for one in found] == [
        ("430102", 0, 1000, "甲"), ("430102", 1000, 1300, "乙"), ("430103", 1300, 3000, "乙")
    ]  # fmt: skip


def test_the_road_table_names_the_operator_and_a_ramp_goes_with_its_expressway() -> None:
    made = network(FURONG, FURONG, FURONG, road_class=MOTORWAY, flags=ArcFlag.TOLL)
    ahead = owned(made, "", "", "丙公司")
    between = owned(made, "甲公司", "", "丙公司")
    assert [p.toll_operators for p in passages_of(ahead, drive(ahead, 0, 1, 2, 3))] == [("丙公司",)]
    (passage,) = passages_of(between, drive(between, 0, 1, 2, 3))
    assert [(one.operator, one.length_m) for one in passage.roads] == [("甲公司", 2000), ("丙公司", 1000)]


def test_without_a_table_the_road_itself_says_whom_to_ask() -> None:
    opened = network(FURONG, ref="G4", name="京港澳高速", road_class=MOTORWAY, flags=ArcFlag.TOLL)
    (passage,) = passages_of(opened, drive(opened, 0, 1))
    assert passage.toll_operators == ("G4京港澳高速经营单位",)
    free = network(FURONG, ref="X012")
    assert passages_of(free, drive(free, 0, 1))[0].toll_operators == ()


def test_a_ramp_takes_no_owner_across_another_road_or_of_another_number() -> None:
    made = network(FURONG, FURONG, FURONG, road_class=MOTORWAY)
    split = owned(changed(made, 1, road_class=RoadClass.PRIMARY), "甲公司", "", "")
    assert [one.owner for one in passages_of(split, drive(split, 0, 1, 2, 3))[0].roads] == ["甲公司", "", ""]
    numbered = owned(network(FURONG, FURONG, road_class=MOTORWAY, ref="G4"), "甲公司", "")
    other = changed(numbered, 1, ref=0)
    assert len(passages_of(numbered, drive(numbered, 0, 1, 2))[0].roads) == 1
    assert [one.owner for one in passages_of(other, drive(other, 0, 1, 2))[0].roads] == ["甲公司", "甲公司"]
