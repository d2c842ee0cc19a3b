"""Roads for destination traffic: open around the ends of a trip, closed to passing through."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.columns import Access
from routing.destination import DESTINATION_ACCESS, access_for_trip, terminal_arcs
from routing.graph import RoadGraph
from routing.parts import Place
from tests.graphs import Road, find_arc, make_graph

#  0 --- 1 ~~~ 2 ~~~ 3 --- 4 ~~~ 5      ~~~ is for destination traffic only
LINE = [(112.0 + 0.01 * n, 28.0) for n in range(6)]
OPEN, ONLY = Access.YES, Access.DESTINATION


def chain(*access: Access) -> RoadGraph:
    return make_graph(LINE, [Road(n, n + 1, access=right) for n, right in enumerate(access)])


GRAPH = chain(OPEN, ONLY, ONLY, OPEN, ONLY)


def opened(graph: RoadGraph, *terminals: int) -> set[tuple[int, int]]:
    access = access_for_trip(graph, terminals)
    changed = np.flatnonzero(access != graph.arcs.access)
    assert (access[changed] == Access.YES).all()
    return {(int(graph.arcs.tail[arc]), int(graph.arcs.head[arc])) for arc in changed}


def test_the_joined_destination_roads_are_opened_in_both_directions() -> None:
    assert opened(GRAPH, find_arc(GRAPH, 1, 2)) == {(1, 2), (2, 1), (2, 3), (3, 2)}


def test_beyond_an_open_road_they_stay_closed() -> None:
    assert (4, 5) not in opened(GRAPH, find_arc(GRAPH, 2, 3))


def test_a_trip_along_open_roads_opens_nothing() -> None:
    assert opened(GRAPH, find_arc(GRAPH, 0, 1), find_arc(GRAPH, 3, 4)) == set()
    assert access_for_trip(GRAPH, []) is GRAPH.arcs.access


def test_both_ends_count() -> None:
    assert opened(GRAPH, find_arc(GRAPH, 5, 4), find_arc(GRAPH, 0, 1)) == {(4, 5), (5, 4)}


def test_one_way_roads_are_joined_at_both_their_ends() -> None:
    one_way = [Road(n, n + 1, access=ONLY, two_way=False) for n in range(3)]
    graph = make_graph(LINE[:4], one_way)
    assert opened(graph, find_arc(graph, 1, 2)) == {(0, 1), (1, 2), (2, 3)}


def test_the_network_is_left_as_it_is() -> None:
    before = GRAPH.arcs.access.copy()
    access_for_trip(GRAPH, [find_arc(GRAPH, 1, 2)])
    np.testing.assert_array_equal(GRAPH.arcs.access, before)


def test_private_and_closed_roads_are_not_for_destination_traffic() -> None:
    for right in Access:
        graph = chain(OPEN, right, OPEN, OPEN, OPEN)
        assert bool(opened(graph, find_arc(graph, 1, 2))) is (right in DESTINATION_ACCESS)


def test_a_place_on_a_road_ends_on_both_its_directions() -> None:
    there, back = find_arc(GRAPH, 1, 2), find_arc(GRAPH, 2, 1)
    assert terminal_arcs(GRAPH, [Place(there, 400_000)]) == sorted([there, back])


def test_a_place_at_a_junction_ends_on_every_road_there() -> None:
    arcs = {find_arc(GRAPH, *ends) for ends in [(0, 1), (1, 0), (1, 2), (2, 1)]}
    length = int(GRAPH.arcs.length_mm[find_arc(GRAPH, 0, 1)])
    assert set(terminal_arcs(GRAPH, [Place(find_arc(GRAPH, 0, 1), length)])) == arcs
    assert set(terminal_arcs(GRAPH, [Place(find_arc(GRAPH, 1, 2), 0)])) == arcs


@given(st.lists(st.sampled_from(list(Access)), min_size=5, max_size=5), st.sets(st.integers(0, 9), max_size=3))
def test_as_a_slow_reading_says(rights: list[Access], terminals: set[int]) -> None:
    graph = chain(*rights)
    limited = {arc for arc in range(10) if graph.arcs.access[arc] in DESTINATION_ACCESS}
    ends = {arc: {int(graph.arcs.tail[arc]), int(graph.arcs.head[arc])} for arc in range(10)}
    reached = terminals & limited
    for _ in range(10):
        reached |= {arc for arc in limited for other in reached if ends[arc] & ends[other]}
    access = access_for_trip(graph, terminals)
    expected = [Access.YES if arc in reached else graph.arcs.access[arc] for arc in range(10)]
    np.testing.assert_array_equal(access, expected)
