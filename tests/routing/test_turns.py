"""Turn bans: which are in force, and the automaton against a plain search for banned parts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.columns import ConditionState
from routing.graph import RoadGraph
from routing.turns import BANNED, TurnTable, bans_in_force, build_turn_table, is_u_turn
from tests.graphs import Road, find_arc, make_graph
from tests.routing.oracles import holds_ban

NODES = [(112.0 + 0.01 * i, 28.0) for i in range(5)]
COMPLETE = make_graph(NODES[:4], [Road(a, b, length_m=10) for a in range(4) for b in range(a)])


def follow(table: TurnTable, arcs: list[int]) -> bool:
    """Whether the table lets a sequence of arcs through."""
    state = arcs[0]
    for arc in arcs[1:]:
        rows = slice(int(table.first_row[state]), int(table.first_row[state + 1]))
        exceptions = dict(zip(table.row_arc[rows].tolist(), table.row_state[rows].tolist(), strict=True))
        state = exceptions.get(arc, arc)
        if state == BANNED:
            return False
        assert table.state_arc[state] == arc
    return True


@st.composite
def walks(draw: st.DrawFn, graph: RoadGraph, most: int) -> list[int]:
    walk = [draw(st.integers(0, graph.arc_count - 1))]
    for _ in range(draw(st.integers(1, most - 1))):
        node = int(graph.arcs.head[walk[-1]])
        walk.append(draw(st.integers(int(graph.arcs.first_out[node]), int(graph.arcs.first_out[node + 1]) - 1)))
    return walk


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(walks(COMPLETE, 4), max_size=8), walks(COMPLETE, 12), st.data())
def test_the_table_refuses_exactly_what_holds_a_banned_part(
    bans: list[list[int]], walk: list[int], data: st.DataObject
) -> None:
    # Parts of the walk itself make the bans overlap and nest.
    for _ in range(data.draw(st.integers(0, 3))):
        first = data.draw(st.integers(0, len(walk) - 2))
        bans.append(walk[first : first + data.draw(st.integers(2, 4))])
    bans = [ban for ban in bans if len(ban) > 1]
    table = build_turn_table(COMPLETE, bans)
    for end in range(1, len(walk) + 1):
        allowed = not holds_ban(walk[:end], bans)
        assert follow(table, walk[:end]) is allowed
        if not allowed:
            break


def test_without_bans_there_are_only_arcs() -> None:
    table = build_turn_table(COMPLETE, [])
    assert table.state_arc.tolist() == list(range(COMPLETE.arc_count))
    assert table.first_row.tolist() == [0] * (COMPLETE.arc_count + 1)
    assert len(table.row_arc) == len(table.row_state) == 0


def test_a_plain_ban_needs_no_state_and_a_via_way_ban_one() -> None:
    a, b, c = find_arc(COMPLETE, 0, 1), find_arc(COMPLETE, 1, 2), find_arc(COMPLETE, 2, 3)
    plain = build_turn_table(COMPLETE, [(a, b)])
    assert len(plain.state_arc) == COMPLETE.arc_count
    assert (plain.row_arc.tolist(), plain.row_state.tolist()) == ([b], [BANNED])
    via = build_turn_table(COMPLETE, [(a, b, c), (a, b, c)])
    assert via.state_arc.tolist() == [*range(COMPLETE.arc_count), b]
    assert not follow(via, [a, b, c])
    assert follow(via, [b, c])


def test_the_order_of_bans_does_not_matter() -> None:
    a, b, c, x = (find_arc(COMPLETE, *ends) for ends in [(0, 1), (1, 2), (2, 3), (3, 0)])
    bans = [(a, b, c), (b, c), (x, a, b, c), (x, a, b)]
    for order in (bans, bans[::-1]):
        table = build_turn_table(COMPLETE, order)
        assert follow(table, [a, b])
        assert not follow(table, [b, c])
        assert not follow(table, [x, a, b])


def test_types_fit_the_kernel() -> None:
    a, b = find_arc(COMPLETE, 0, 1), find_arc(COMPLETE, 1, 2)
    for bans in ([], [(a, b)]):
        table = build_turn_table(COMPLETE, bans)
        assert (table.state_arc.dtype, table.first_row.dtype) == (np.int32, np.int64)
        assert (table.row_arc.dtype, table.row_state.dtype) == (np.int32, np.int32)


@pytest.mark.parametrize(
    ("state", "banned"),
    [
        (ConditionState.ACTIVE, True),
        (ConditionState.UNDECIDED, True),
        (ConditionState.UNREADABLE, True),
        (ConditionState.INACTIVE, False),
    ],
)
def test_bans_in_force_under_a_condition(state: ConditionState, banned: bool) -> None:
    roads = [Road(0, 1, name="07:00-09:00"), Road(1, 2)]
    graph = make_graph(NODES[:3], roads, bans=[[(0, 1), (1, 2)], [(2, 1), (1, 0)]])
    text = int(graph.arcs.name[find_arc(graph, 0, 1)])
    graph = replace(graph, turn_bans=replace(graph.turn_bans, condition=np.array([text, 0], np.int32)))
    asked = np.full(len(graph.strings), ConditionState.ACTIVE, np.uint8)
    asked[text] = state
    forth = (find_arc(graph, 0, 1), find_arc(graph, 1, 2))
    back = (find_arc(graph, 2, 1), find_arc(graph, 1, 0))
    assert bans_in_force(graph, asked) == ([forth, back] if banned else [back])


def test_no_bans_at_all() -> None:
    graph = make_graph(NODES[:2], [Road(0, 1)])
    assert bans_in_force(graph, np.ones(len(graph.strings), np.uint8)) == []


def test_only_the_other_direction_of_the_same_road_is_a_u_turn() -> None:
    graph = make_graph(NODES[:2], [Road(0, 1), Road(0, 1), Road(1, 1, via=[(112.0, 28.1)])])
    for arc in range(graph.arc_count):
        for following in range(graph.arc_count):
            same = graph.arcs.geometry[arc] == graph.arcs.geometry[following]
            assert is_u_turn(graph, arc, following) is bool(same and arc != following)
