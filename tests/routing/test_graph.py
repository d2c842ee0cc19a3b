"""`check` finds every kind of fault, and the small readers of a graph read right."""

from dataclasses import replace
from enum import IntEnum
from typing import Any

import numpy as np
import pytest

from routing.columns import Access, Basis, LimitState, Quantity, Role, Scope
from routing.errors import GraphError
from routing.graph import BorderCrossings, RoadGraph, iter_columns
from routing.soundness import check
from tests.graphs import Limit, Met, Road, Structure, find_arc, make_graph, with_inventory

NODES = [(112.0, 28.0), (112.01, 28.0), (112.02, 28.01)]


def make_full_graph() -> RoadGraph:
    """A graph with rows in every table."""
    rows = [Limit(Quantity.HEIGHT, LimitState.NUMBER, 4500, Basis.POSTED, Scope.STRUCTURE, "winter", "sign", 0)]
    graph = make_graph(
        NODES,
        [
            Road(
                0, 1, ref="G4", name="京港澳高速", limits=rows, structures=[Met(0, Role.UNDER, 1000)], surface="asphalt"
            ),
            Road(1, 2, two_way=False, smoothness="good", via=[(112.015, 28.0)]),
        ],
        structures=[Structure("osm:way/7", name="桥")],
        bans=[[(0, 1), (1, 2)]],
    )
    arc = np.array([find_arc(graph, 0, 1)], np.int32)
    codes = np.array([430_102], np.int32)
    graph = with_inventory(graph)
    return replace(graph, border_crossings=BorderCrossings(arc, np.array([5], np.int32), codes, codes + 1))


COLUMNS = [name for name, _, _ in iter_columns(make_full_graph())]


def column(graph: RoadGraph, name: str) -> np.ndarray[Any, Any]:
    table, _, col = name.partition(".")
    found: np.ndarray[Any, Any] = getattr(getattr(graph, table), col)
    return found


def with_column(graph: RoadGraph, name: str, array: np.ndarray[Any, Any]) -> RoadGraph:
    table, _, col = name.partition(".")
    return replace(graph, **{table: replace(getattr(graph, table), **{col: array})})


def faults_of(graph: RoadGraph) -> str:
    with pytest.raises(GraphError) as error:
        check(graph)
    return str(error.value)


def test_every_column_of_the_full_graph_has_rows() -> None:
    graph = make_full_graph()
    check(graph)
    assert [name for name in COLUMNS if not len(column(graph, name))] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_wrong_dtype_is_named(name: str) -> None:
    graph = make_full_graph()
    wrong = np.float32 if column(graph, name).dtype != np.float32 else np.float64
    assert faults_of(with_column(graph, name, column(graph, name).astype(wrong))).startswith(f"{name} is float32")


@pytest.mark.parametrize("name", COLUMNS)
def test_wrong_length_is_found(name: str) -> None:
    graph = make_full_graph()
    longer = np.concatenate([column(graph, name), column(graph, name)[-1:]])
    counts_itself = {"geometries.first_point", "strings.first_byte"}  # one more offset is one more row
    for array in (column(graph, name)[:-1], longer)[: 1 if name in counts_itself else 2]:
        assert name.partition(".")[0] in faults_of(with_column(graph, name, array))


@pytest.mark.parametrize("name", ["arcs.lanes", "limits.value", "nodes.lat_deg", "structures.way_id", "arcs.first_out"])
def test_wrong_length_is_named_with_both_numbers(name: str) -> None:
    graph = make_full_graph()
    right = len(column(graph, name))
    found = faults_of(with_column(graph, name, column(graph, name)[:-1]))
    assert f"{name} has {right - 1} rows, expected {right}" in found


OFFSETS = [
    "arcs.first_out",
    "limits.first_out",
    "geometries.first_point",
    "arc_structures.first_out",
    "turn_bans.first_arc",
    "strings.first_byte",
]


@pytest.mark.parametrize("name", OFFSETS)
@pytest.mark.parametrize("fault", ["start", "end", "falls"])
def test_offsets_must_rise_from_nought_to_the_end(name: str, fault: str) -> None:
    graph = make_full_graph()
    array = column(graph, name).copy()
    if fault == "start":
        array[0] = 1
    elif fault == "end":
        array[-1] += 1
    elif len(array) > 2:
        array[1] = array[-1] + 1
    else:
        array[:] = array[::-1]
    assert f"{name} must rise from 0 to {column(graph, name)[-1]}" in faults_of(with_column(graph, name, array))


RANGES = {
    "arcs.tail": (-1, 3),
    "arcs.head": (-1, 3),
    "arcs.geometry": (-1, 2),
    "arcs.length_mm": (0, 2**31 - 1),
    "arcs.ref": (-1, 99),
    "arcs.name": (-1, 99),
    "arcs.surface": (-1, 99),
    "arcs.smoothness": (-1, 99),
    "limits.structure": (-2, 1),
    "limits.condition": (-1, 99),
    "limits.source": (-1, 99),
    "structures.key": (-1, 99),
    "structures.name": (-1, 99),
    "arc_structures.structure": (-1, 1),
    "turn_bans.arc": (-1, 3),
    "turn_bans.condition": (-1, 99),
    "turn_bans.source": (-1, 99),
    "border_crossings.arc": (-1, 3),
}


@pytest.mark.parametrize("name", list(RANGES))
@pytest.mark.parametrize("side", [0, 1])
def test_indices_out_of_range_are_named(name: str, side: int) -> None:
    graph = make_full_graph()
    array = column(graph, name).copy()
    array[-1] = RANGES[name][side]
    assert f"{name} has a value outside" in faults_of(with_column(graph, name, array))


@pytest.mark.parametrize("name", [name for name in RANGES if name not in {"arcs.tail", "arcs.length_mm"}])
def test_the_last_index_in_range_is_fine(name: str) -> None:
    graph = make_full_graph()
    array = column(graph, name).copy()
    top = RANGES[name][1] - 1 if RANGES[name][1] != 99 else len(graph.strings) - 1
    array[-1] = top
    check(with_column(graph, name, array))


def test_tails_must_agree_with_the_forward_star() -> None:
    graph = make_full_graph()
    tails = graph.arcs.tail.copy()
    tails[0] = 1
    assert "arcs.tail does not agree" in faults_of(with_column(graph, "arcs.tail", tails))


def test_all_faults_are_told_at_once() -> None:
    graph = make_full_graph()
    graph = with_column(graph, "arcs.head", graph.arcs.head + np.int32(9))
    graph = with_column(graph, "limits.source", graph.limits.source - np.int32(9))
    found = faults_of(graph)
    assert "arcs.head" in found
    assert "limits.source" in found
    graph = with_column(graph, "arcs.lanes", graph.arcs.lanes.astype(np.int64))
    graph = with_column(graph, "nodes.lat_deg", graph.nodes.lat_deg[:-1])
    found = faults_of(graph)
    assert "arcs.lanes is int64, declared uint8" in found
    assert "nodes.lat_deg has 2 rows, expected 3" in found


def test_texts_points_and_bounds() -> None:
    graph = make_full_graph()
    forth, back = find_arc(graph, 0, 1), find_arc(graph, 1, 0)
    assert graph.strings[0] == ""
    assert graph.strings[int(graph.arcs.name[forth])] == "京港澳高速"
    assert graph.arc_points(forth)[0].tolist() == graph.arc_points(back)[0].tolist()[::-1] == [112.0, 112.01]
    bend = graph.arc_points(find_arc(graph, 1, 2))
    assert list(zip(*(part.tolist() for part in bend), strict=True)) == [
        (112.01, 28.0),
        (112.015, 28.0),
        (112.02, 28.01),
    ]
    assert [edge.tolist() for edge in graph.geometry_bounds] == [
        [112.0, 112.01],
        [28.0, 28.0],
        [112.01, 112.02],
        [28.0, 28.01],
    ]
    assert (graph.node_count, graph.arc_count) == (3, 3)
    assert [len(edge) for edge in make_graph([], []).geometry_bounds] == [0, 0, 0, 0]


# --- codes, lines, turn bans

CODED = [(name, col.metadata["codes"]) for name, col, _ in iter_columns(make_full_graph()) if col.metadata["codes"]]


def test_every_column_of_codes_is_declared_as_such() -> None:
    assert {name for name, _ in CODED} == {
        "arcs.road_class",
        "arcs.technical_grade",
        "arcs.width_basis",
        "arcs.access",
        "limits.quantity",
        "limits.state",
        "limits.basis",
        "limits.scope",
        "structures.kind",
        "arc_structures.role",
        "bridges.system",
        "bridges.deck",
    }
    assert all([int(code) for code in codes] == list(range(len(codes))) for _, codes in CODED)


@pytest.mark.parametrize(("name", "codes"), CODED)
def test_a_value_that_is_no_code_is_named(name: str, codes: type[IntEnum]) -> None:
    graph = make_full_graph()
    array = column(graph, name).copy()
    array[-1] = len(codes) - 1
    check(with_column(graph, name, array))
    for wrong in (len(codes), 255):
        array[-1] = wrong
        assert f"{name} has a value that is no {codes.__name__}" in faults_of(with_column(graph, name, array))


@pytest.mark.parametrize("value", [-1, len(Access), 30_000])
def test_an_access_row_holds_a_right_of_way(value: int) -> None:
    make_graph(NODES, [Road(0, 1, limits=[(Quantity.ACCESS, LimitState.NUMBER, Access.NO)])])
    with pytest.raises(GraphError, match=r"limits\.value has a value that is no Access"):
        make_graph(NODES, [Road(0, 1, limits=[(Quantity.ACCESS, LimitState.NUMBER, value)])])
    make_graph(NODES, [Road(0, 1, limits=[(Quantity.ACCESS, LimitState.UNREADABLE, value)])])


def test_codes_and_indices_are_told_together() -> None:
    graph = with_column(make_full_graph(), "arcs.access", np.full(3, 99, np.uint8))
    found = faults_of(with_column(graph, "limits.source", graph.limits.source - np.int32(9)))
    assert "arcs.access" in found
    assert "limits.source" in found


def test_a_table_in_place_of_a_column_is_found() -> None:
    graph = make_full_graph()
    twice = np.stack([graph.arcs.head, graph.arcs.head], axis=1)
    assert "arcs.head has 2 dimensions, expected 1" in faults_of(with_column(graph, "arcs.head", twice))
    single = np.array(0, np.int32)
    assert "arcs.head has 0 dimensions" in faults_of(with_column(graph, "arcs.head", single))


@pytest.mark.parametrize("offsets", [[0, 2, 2, 5], [0, 1, 5], [0, 4, 5]])
def test_a_line_has_two_points(offsets: list[int]) -> None:
    graph = make_full_graph()
    wrong = with_column(graph, "geometries.first_point", np.array(offsets, np.int64))
    assert faults_of(wrong) == "geometries.first_point leaves a line with fewer than two points"


@pytest.mark.parametrize("offsets", [[0, 1, 2], [0, 0, 2], [0, 2, 2]])
def test_a_ban_has_two_arcs(offsets: list[int]) -> None:
    graph = make_full_graph()
    graph = with_column(graph, "turn_bans.condition", np.zeros(2, np.int32))
    graph = with_column(graph, "turn_bans.source", np.zeros(2, np.int32))
    wrong = with_column(graph, "turn_bans.first_arc", np.array(offsets, np.int64))
    assert "turn_bans.first_arc leaves a ban with fewer than two arcs" in faults_of(wrong)


def test_the_arcs_of_a_ban_follow_each_other_and_those_of_the_next_ban_need_not() -> None:
    nodes = [(112.0 + i / 100, 28.0) for i in range(5)]
    roads = [Road(i, i + 1) for i in range(4)]
    whole, far, short = [(0, 1), (1, 2), (2, 3)], [(3, 4), (4, 3)], [(0, 1), (1, 2)]
    for bans in ([], [whole], [far, short, whole], [whole, whole], [short, far]):
        make_graph(nodes, roads, bans=bans)
    for broken in ([(0, 1), (2, 3)], [(0, 1), (1, 2), (3, 4)], [(1, 2), (0, 1)]):
        for bans in ([broken], [short, broken], [broken, short]):
            with pytest.raises(GraphError, match="does not begin where the one before it ends"):
                make_graph(nodes, roads, bans=bans)
