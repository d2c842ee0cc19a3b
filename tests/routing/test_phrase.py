"""Routes in words, and the words read back."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.columns import ArcFlag, RoadClass, Role, StructureKind
from routing.graph import RoadGraph
from routing.metric import Metric
from routing.parts import Path, Place
from routing.path import Piece, pieces_of
from routing.phrase import Leg, Part, escape, leg_text, legs_of, make_phrase, split_phrase
from routing.phrase_parser import ParsedPhrase, PhraseError, parse_phrase
from routing.phrase_words import Words
from routing.search import Prepared, query
from routing.turns import bans_in_force
from tests.graphs import Met, Point, Road, Structure, find_arc, make_graph

# The example of the formats: a street, a ramp through the toll station, the motorway, a ramp with the other, a road.
#
#   0 --street-- 1 --ramp(长沙站)-- 2 ==G4== 3 ==G4== 4 --ramp(湘潭站)-- 5 --S326-- 6
#                                            |
#                                            + --ramp(株洲站)-- 7 --S211-- 5
EXAMPLE: list[Point] = [(112 + 0.02 * i, 28.0) for i in range(7)] + [(112.09, 27.995)]
STATIONS = [
    Structure("n/1", StructureKind.TOLL_STATION, name="长沙站"),
    Structure("n/2", StructureKind.TOLL_STATION, name="湘潭站"),
    Structure("n/3", StructureKind.TOLL_STATION, name="株洲站"),
    Structure("n/4", StructureKind.INTERCHANGE, name="殷家坳互通"),
]
MOTORWAY = {"road_class": RoadClass.MOTORWAY, "two_way": False, "ref": "G4;G107"}


def ramp(tail: int, head: int, station: int, length_m: float = 800) -> Road:
    met = Met(station, Role.THROUGH, 300_000)
    return Road(tail, head, two_way=False, flags=ArcFlag.LINK, structures=[met], length_m=length_m)


def example() -> RoadGraph:
    roads = [
        Road(0, 1, length_m=150),
        ramp(1, 2, 0),
        Road(2, 3, name="京港澳高速", **MOTORWAY),  # type: ignore[arg-type]
        Road(3, 4, name="机场段", length_m=1000, structures=[Met(3, Role.THROUGH, 1_000_000)], **MOTORWAY),  # type: ignore[arg-type]
        ramp(4, 5, 1),
        Road(5, 6, ref="S326"),
        ramp(3, 7, 2, 5000),
        Road(7, 5, ref="S211"),
    ]
    return make_graph(EXAMPLE, roads, structures=STATIONS)


def by_length(graph: RoadGraph) -> Metric:
    return Metric(graph.arcs.length_mm.astype(np.uint32))


def prepare(graph: RoadGraph) -> Prepared:
    return Prepared.of(graph, bans_in_force(graph, np.ones(len(graph.strings), np.uint8)))


def whole(graph: RoadGraph, *steps: tuple[int, int]) -> Path:
    arcs = tuple(find_arc(graph, *step) for step in steps)
    return Path(arcs, Place(arcs[0], 0), Place(arcs[-1], int(graph.arcs.length_mm[arcs[-1]])), 0)


def phrase_of(graph: RoadGraph, path: Path) -> str:
    return make_phrase(legs_of(graph, pieces_of(graph, [path])))


def parse(graph: RoadGraph, phrase: str, path: Path) -> ParsedPhrase:
    return parse_phrase(prepare(graph), by_length(graph), Words(graph), phrase, [path.start], [path.end])


def refs_and_names(legs: Sequence[Leg]) -> list[tuple[str, str]]:
    return [(leg.ref, leg.name) for leg in legs]


DIRECT = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]
AROUND = [(0, 1), (1, 2), (2, 3), (3, 7), (7, 5), (5, 6)]


def test_phrase_of_the_formats() -> None:
    graph = example()
    path = whole(graph, *DIRECT)
    legs = legs_of(graph, pieces_of(graph, [path]))
    assert make_phrase(legs) == "起点—长沙站(入)—G4京港澳高速—湘潭站(出)—S326—终点"
    motorway = legs[0].as_json()
    assert motorway == {
        "ref": "G4",
        "name": "京港澳高速",
        "length_m": round((graph.arcs.length_mm[path.arcs[2]] + 1_000_000) / 1000),
        "enter": "长沙站",
        "exit": "湘潭站",
        "stake_from": None,
        "stake_to": None,
    }
    assert legs[1].as_json()["name"] is None
    assert (legs[0].first, legs[0].last, legs[1].first, legs[1].last) == (2, 3, 5, 5)


def test_phrase_of_the_formats_comes_back_and_the_station_decides_where_to_leave() -> None:
    graph = example()
    for steps in (DIRECT, AROUND):
        path = whole(graph, *steps)
        parsed = parse(graph, phrase_of(graph, path), path)
        assert parsed.path.arcs == path.arcs
        assert parsed.ambiguity == ()
    assert phrase_of(graph, path) == "起点—长沙站(入)—G4京港澳高速—株洲站(出)—S211—S326—终点"


@pytest.mark.parametrize(
    "phrase",
    [
        "起点—G4京港澳高速—湘潭站（出）—S326—终点",
        "长沙(入) — g4 — 湘潭收费站(出) — ｓ ３26",  # noqa: RUF001 - full-width, as some keyboards write
        "起点—G4京港澳—湘潭站(出)—S326 K12+300~K40+100—终点",
        "京港澳高速—机场段—S326",
        "G107—S326",
    ],
)
def test_people_write_as_they_like(phrase: str) -> None:
    graph = example()
    path = whole(graph, *DIRECT)
    assert parse(graph, phrase, path).path.arcs == path.arcs


def test_all_unknown_parts_are_told_with_words_that_look_like_them() -> None:
    graph = example()
    path = whole(graph, *DIRECT)
    with pytest.raises(PhraseError, match="S327") as caught:
        parse(graph, "起点—长沙北站(入)—G40沪陕高速—S327—S326—终点", path)
    unknown = dict(caught.value.unknown)
    assert list(unknown) == ["长沙北站", "G40沪陕高速", "S327"]
    assert unknown["长沙北站"] == ("长沙站",)
    assert "S326" in unknown["S327"]
    assert "perhaps 长沙站" in str(caught.value)


def test_parts_in_an_order_that_cannot_be_driven_are_an_error() -> None:
    graph = example()
    with pytest.raises(PhraseError, match="no way meets the parts"):
        parse(graph, "起点—S326—G4—终点", whole(graph, *DIRECT))


def test_parts_that_do_not_join_are_filled_in_and_told() -> None:
    graph = example()
    path = whole(graph, *DIRECT)
    parsed = parse(graph, "起点—长沙站(入)—S326—终点", path)
    assert parsed.path.arcs == path.arcs
    assert parsed.ambiguity[0] == "the parts do not join; filled in by the shortest way: G4;G107"


def test_route_on_one_arc() -> None:
    graph = example()
    arc = find_arc(graph, 5, 6)
    path = Path((arc,), Place(arc, 1000), Place(arc, 2000), 0)
    assert phrase_of(graph, path) == "起点—S326—终点"
    assert parse(graph, "起点—S326—终点", path).path == replace(path, cost=1000)
    with pytest.raises(PhraseError, match="no way"):
        parse(graph, "起点—G4—终点", path)


# 0 --a-- 1 --a-- 2 --a-- 3
LINE: list[Point] = [(112 + 0.01 * i, 28.0) for i in range(6)]


def legs_along(roads: Sequence[Road]) -> list[Leg]:
    graph = make_graph(LINE, roads)
    return legs_of(graph, pieces_of(graph, [whole(graph, *((road.tail, road.head) for road in roads))]))


def test_number_keeps_a_leg_over_changing_names_and_lists() -> None:
    roads = [
        Road(0, 1, ref="B 37", name="Hauptstraße"),
        Road(1, 2, ref="B 37;B 45", name="Uferstraße", length_m=5000),
        Road(2, 3, ref="B 45", name="Uferstraße"),
    ]
    assert refs_and_names(legs_along(roads)) == [("B 37", "Uferstraße"), ("B 45", "Uferstraße")]
    assert make_phrase(legs_along(roads)) == "起点—B 37 Uferstraße—B 45 Uferstraße—终点"


def test_short_unnamed_piece_is_left_out_and_does_not_split_a_road() -> None:
    roads = [Road(0, 1, name="东路"), Road(1, 2, length_m=60), Road(2, 3, name="东路"), Road(3, 4, length_m=60)]
    legs = legs_along(roads)
    assert refs_and_names(legs) == [("", "东路")]
    assert (legs[0].first, legs[0].last) == (0, 2)


def test_long_unnamed_road_is_written_but_slip_roads_never() -> None:
    roads = [Road(0, 1, name="东路"), Road(1, 2), Road(2, 3, flags=ArcFlag.LINK), Road(3, 4, name="西路")]
    assert make_phrase(legs_along(roads)) == "起点—东路—无名路—西路—终点"
    assert make_phrase(legs_along([roads[0], Road(1, 2, flags=ArcFlag.LINK)])) == "起点—东路—终点"
    assert make_phrase(legs_along([Road(0, 1, flags=ArcFlag.LINK)])) == "起点—无名路—终点"


def test_mainline_interchange_is_an_entrance_only_where_the_road_is_entered() -> None:
    met = [Met(0, Role.THROUGH, 0)]
    roads = [
        Road(0, 1, ref="G4", road_class=RoadClass.MOTORWAY, two_way=False),
        Road(1, 2, ref="G60", road_class=RoadClass.MOTORWAY, two_way=False, structures=met),
        Road(2, 3, name="路", two_way=False),
    ]
    graph = make_graph(LINE, roads, structures=[STATIONS[3]])
    path = whole(graph, (0, 1), (1, 2), (2, 3))
    phrase = phrase_of(graph, path)
    assert phrase == "起点—G4—殷家坳互通(出)—G60—路—终点"
    assert parse(graph, phrase, path).path.arcs == path.arcs


def test_stakes_are_written() -> None:
    leg = Leg("S326", "", 0, 0, 27_800_000, stake_from=12_300, stake_to=40_100)
    assert leg_text(leg) == "S326 K12+300~K40+100"
    assert leg.as_json()["stake_from"] == "K12+300"
    assert split_phrase("起点—S326 K12+300~K40+100—终点") == [Part("S326")]


NAME = st.text(alphabet="甲乙—\\(入出)（） K12+300~无名路起点终点ab", min_size=1, max_size=12).filter(
    lambda name: name == name.strip()
)
PART = st.builds(Part, NAME, st.sampled_from(["", "入", "出"])) | st.just(Part(""))


@given(parts=st.lists(PART, max_size=5))
def test_any_name_survives_the_phrase(parts: list[Part]) -> None:
    texts = [
        f"{escape(part.text)}({part.mark})" if part.mark else escape(part.text) if part.text else "无名路"
        for part in parts
    ]
    assert split_phrase("—".join(["起点", *texts, "终点"])) == parts


@given(text=st.text(alphabet="—\\起终点(入)ab ", max_size=20))
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert all(isinstance(part, Part) for part in split_phrase(text))


# Two ways round a block, both of the same two names:   1 --b-- 3
#                                                       a       a
#                                                       0 --b-- 2
def test_second_way_that_fits_as_well_is_told() -> None:
    nodes: list[Point] = [(112.0, 28.0), (112.0, 28.01), (112.01, 28.0), (112.01, 28.01), (111.99, 28), (112.02, 28.01)]
    block = [
        Road(0, 1, name="甲路"),
        Road(2, 3, name="乙路", length_m=1120),
        Road(0, 2, name="甲路"),
        Road(1, 3, name="乙路"),
    ]
    graph = make_graph(nodes, [Road(4, 0, name="始路"), *block, Road(3, 5, name="末路")])
    path = whole(graph, (4, 0), (0, 1), (1, 3), (3, 5))
    parsed = parse(graph, "始路—甲路—乙路—末路", path)
    assert parsed.ambiguity == ("another way costs nearly the same, by 甲路, 乙路",)
    assert parse(graph, "始路", replace(path, end=Place(path.arcs[0], 5000))).ambiguity == ()


# 甲路 in the north and again 8 km farther south:   0 --甲-- 1
#                                                  |        |
#                                                  2 --甲-- 3
def test_name_that_could_mean_a_road_elsewhere_is_told() -> None:
    nodes: list[Point] = [(112.0, 28.08), (112.05, 28.08), (112.0, 28.0), (112.05, 28.0)]
    roads = [Road(0, 1, name="甲路"), Road(0, 2, length_m=1000), Road(2, 3, name="甲路"), Road(3, 1, length_m=1000)]
    ends = [Road(0, 0, name="场", via=[(111.999, 28.08)]), Road(1, 1, name="厂", via=[(112.051, 28.08)])]
    graph = make_graph(nodes, [*roads, *ends])
    path = whole(graph, (0, 0), (0, 1), (1, 1))
    parsed = parse(graph, "甲路", path)
    assert parsed.path.arcs == path.arcs
    assert parsed.ambiguity == ("“甲路” occurs in 2 places apart, of which another could be meant",)
    long_way = make_graph(nodes, [roads[0], replace(roads[1], length_m=9000), *roads[2:], *ends])
    assert parse(long_way, "甲路", path).ambiguity == ()


def named_town(rng: random.Random, size: int = 6) -> RoadGraph:
    """A grid of streets with few names, so that each occurs in several places, and unnamed pieces between."""
    nodes = [(112 + 0.004 * i, 28 + 0.004 * j) for j in range(size) for i in range(size)]
    pairs = [(n, n + 1) for n in range(size * size) if (n + 1) % size]
    pairs += [(n, n + size) for n in range(size * (size - 1))]
    stations = [Structure(f"n/{i}", StructureKind.TOLL_STATION, name=f"{'甲乙丙'[i % 3]}站") for i in range(6)]
    roads = []
    for tail, head in pairs:
        ref, name = rng.choice([("G4", "京港澳"), ("G4;G5", ""), ("", "一路"), ("", "二路"), ("S1", "一路"), ("", "")])
        has_station = rng.random() < 0.2
        roads.append(
            Road(
                tail,
                head,
                ref=ref,
                name=name,
                length_m=rng.uniform(50, 600),
                flags=rng.choice([0, 0, ArcFlag.LINK, ArcFlag.TOLL]),
                structures=[Met(rng.randrange(6), Role.THROUGH, rng.randrange(50_000))] if has_station else [],
            )
        )
    return make_graph(nodes, roads, structures=stations)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_cheapest_route_comes_back_from_its_phrase(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    graph = named_town(rng)
    arcs = rng.sample(range(graph.arc_count), 2)
    start, end = (Place(arc, rng.randint(0, int(graph.arcs.length_mm[arc]))) for arc in arcs)
    path = query(prepare(graph), by_length(graph), [start], [end])
    assume(path is not None)
    assert path is not None
    phrase = phrase_of(graph, path)
    parsed = parse(graph, phrase, path)
    assert parsed.path.cost == path.cost
    if parsed.path.arcs != path.arcs:  # a block driven round the other way costs the same, and that is told
        assert parsed.ambiguity


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_legs_cover_a_route_in_order(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    graph = named_town(rng)
    node = rng.randrange(graph.node_count)
    pieces: list[Piece] = []
    at = 0
    for _ in range(rng.randint(1, 15)):
        arc = rng.randrange(*graph.arcs.first_out[node : node + 2].tolist())
        pieces.append(Piece(arc, 0, int(graph.arcs.length_mm[arc]), at))
        at += pieces[-1].length_mm
        node = int(graph.arcs.head[arc])
    legs = legs_of(graph, pieces)
    places = [place for leg in legs for place in (leg.first, leg.last)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] < len(pieces)
    assert sum(leg.length_mm for leg in legs) <= at
    assert refs_and_names(legs) == [
        key for n, key in enumerate(refs_and_names(legs)) if not n or key[0] != legs[n - 1].ref or not key[0]
    ]
