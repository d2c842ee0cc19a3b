"""The hand-made graphs that other tests stand on."""

import numpy as np

from routing.columns import ArcFlag, LimitState, Quantity, Role
from routing.soundness import check
from tests.graphs import Met, Road, Structure, find_arc, make_graph

#   0 --- 1 --> 2
NODES = [(112.0, 28.0), (112.01, 28.0), (112.02, 28.0)]


def test_two_way_road_becomes_two_arcs_with_one_geometry() -> None:
    road = Road(0, 1, incline_permille=40, columns={"lanes": 2}, structures=[Met(0, Role.UNDER, 100_000)])
    roads = [road, Road(1, 2, two_way=False, length_m=5, ref="G4", limits=[(Quantity.HEIGHT, LimitState.NUMBER, 4500)])]
    graph = make_graph(NODES, roads, structures=[Structure("osm:way/7")], bans=[[(0, 1), (1, 2)]])
    there, back, onward = find_arc(graph, 0, 1), find_arc(graph, 1, 0), find_arc(graph, 1, 2)
    assert graph.arcs.geometry[there] == graph.arcs.geometry[back]
    assert graph.arcs.incline_permille[[there, back]].tolist() == [40, -40]
    assert graph.arcs.length_mm[there] == graph.arc_structures.at_mm.sum()
    assert graph.arcs.length_mm[onward] == 5000
    assert graph.arcs.flags[onward] == ArcFlag.ONEWAY
    assert graph.strings[int(graph.arcs.ref[onward])] == "G4"
    assert np.diff(graph.limits.first_out).tolist() == [int(arc == onward) for arc in range(3)]
    assert graph.turn_bans.arc.tolist() == [there, onward]


def test_empty_graph_and_lonely_node_are_sound() -> None:
    check(make_graph([], []))
    check(make_graph([(0.0, 0.0)], []))
