"""What a situation must be, and the three rules that rows obey beside the table: bridges, hours, rights of way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data.policies import load_policy
from routing.columns import Access, ArcFlag, Basis, ConditionState, LimitState, Quantity, Reason, Scope, Verdict
from routing.errors import GraphError
from routing.explain import check_arc
from routing.graph import RoadGraph
from routing.limits import ExtraRows, Judge, Situation, judge_arcs, under_condition
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Road, make_graph

PASSES, CONDITIONAL, UNKNOWN, BLOCKED = Verdict
POLICY = load_policy()
LIGHT = VehicleProfile(2000, 2000, 9000, 3000, (Axle(1500, 0), Axle(1500, 4000)), 18_000)
JUDGE = Judge.of(LIGHT, POLICY)
MASSES = (Quantity.GROSS_MASS, Quantity.AXLE_LOAD, Quantity.AXLE_GROUP, Quantity.TRIDEM)
HOURS = "Mo-Fr 07:00-09:00"


def one_road(**road: Any) -> RoadGraph:  # noqa: ANN401  # columns and rows of the road
    return make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1, columns={"coverage": 3}, **road)])


def situation(graph: RoadGraph, hours: ConditionState = ConditionState.ACTIVE) -> Situation:
    states = np.full(len(graph.strings), hours, np.uint8)
    states[0] = ConditionState.ACTIVE
    return Situation(states, ExtraRows.none(), graph.arcs.access)


def extra_row(**columns: Any) -> ExtraRows:  # noqa: ANN401  # columns of the table
    """One closure of arc 0, with some columns changed."""
    octet, wide = np.zeros(1, np.uint8), np.zeros(1, np.int32)
    closed = np.array([Quantity.CLOSURE], np.uint8)
    active = np.array([ConditionState.ACTIVE], np.uint8)
    number = np.array([LimitState.NUMBER], np.uint8)
    row = ExtraRows(wide, closed, number, wide, octet, octet, active, wide - np.int32(1), ("",), ("overlay",))
    return replace(row, **columns)


def verdict_of(graph: RoadGraph, asked: Situation) -> Verdict:
    """The kernel's answer for arc 0, which the explanation must share."""
    found = Verdict(int(judge_arcs(graph, JUDGE, asked)[0]))
    assert max((check.verdict for check in check_arc(graph, JUDGE, asked, 0)), default=PASSES) == found
    return found


# --- what does not fit is refused


def octets(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.uint8)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"arc": np.array([2], np.int32)}, r"extra\.arc has a value outside 0\.\.1"),
        ({"arc": np.array([-1], np.int32)}, r"extra\.arc has a value outside 0\.\.1"),
        ({"arc": np.array([0, 1], np.int32)}, r"extra\.quantity has 1 rows, expected 2"),
        ({"value": np.zeros(2, np.int32)}, r"extra\.value has 2 rows, expected 1"),
        ({"structure": np.zeros(0, np.int32)}, r"extra\.structure has 0 rows, expected 1"),
        ({"condition": ()}, r"extra\.condition has 0 rows, expected 1"),
        ({"source": ("a", "b")}, r"extra\.source has 2 rows, expected 1"),
        ({"arc": np.zeros(1, np.int64)}, r"extra\.arc is int64"),
        ({"state": np.ones(1, np.bool_)}, r"extra\.state is bool"),
        ({"quantity": octets(99)}, r"extra\.quantity has a value that is no Quantity"),
        ({"condition_state": octets(4)}, r"extra\.condition_state has a value that is no ConditionState"),
        (
            {"quantity": octets(Quantity.ACCESS), "value": np.array([len(Access)], np.int32)},
            r"extra\.value has a value that is no Access",
        ),
    ],
)
def test_extra_rows_that_do_not_fit(columns: dict[str, Any], fault: str) -> None:
    graph = one_road()
    assert verdict_of(graph, replace(situation(graph), extra=extra_row())) == BLOCKED
    with pytest.raises(GraphError, match=fault):
        judge_arcs(graph, JUDGE, replace(situation(graph), extra=extra_row(**columns)))


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (lambda access: access[:-1], r"access must be uint8\[2\]"),
        (lambda access: access.astype(np.int32), r"access must be uint8\[2\]"),
        (lambda access: access[:, None], r"access must be uint8\[2\]"),
        (lambda access: access + np.uint8(len(Access)), "access has a value that is no Access"),
    ],
)
def test_access_that_does_not_fit(wrong: Callable[[Any], Any], fault: str) -> None:
    graph = one_road()
    with pytest.raises(GraphError, match=fault):
        judge_arcs(graph, JUDGE, replace(situation(graph), access=wrong(graph.arcs.access)))


@pytest.mark.parametrize("state", [s for s in ConditionState if s is not ConditionState.ACTIVE])
def test_limits_without_a_condition_never_lapse(state: ConditionState) -> None:
    graph = one_road(limits=[(Quantity.HEIGHT, LimitState.NUMBER, 1000)])
    states = np.full(len(graph.strings), ConditionState.ACTIVE, np.uint8)
    states[0] = state
    with pytest.raises(GraphError, match=r"condition_state\[0\] must be ACTIVE"):
        judge_arcs(graph, JUDGE, replace(situation(graph), condition_state=states))
    states[:] = 4
    with pytest.raises(GraphError, match="condition_state has a value that is no ConditionState"):
        judge_arcs(graph, JUDGE, replace(situation(graph), condition_state=states))


def test_all_that_does_not_fit_is_told_at_once() -> None:
    graph = one_road()
    asked = Situation(np.zeros(len(graph.strings), np.uint8), extra_row(source=()), octets(0))
    with pytest.raises(GraphError) as error:
        judge_arcs(graph, JUDGE, asked)
    assert [part in str(error.value) for part in ("condition_state[0]", "access must", "extra.source")] == [True] * 3


def test_a_network_without_arcs_is_judged() -> None:
    graph = make_graph([], [])
    assert judge_arcs(graph, JUDGE, situation(graph)).tolist() == []


# --- a mass limit on a bridge that cannot be read


@pytest.mark.parametrize("state", [LimitState.UNREADABLE, LimitState.BELOW_DEFAULT])
@pytest.mark.parametrize("quantity", MASSES)
@pytest.mark.parametrize("scope", [Scope.ROAD, Scope.STRUCTURE])
def test_an_unreadable_mass_limit_on_a_bridge_is_unknown_for_every_mass(
    quantity: Quantity, state: LimitState, scope: Scope
) -> None:
    row = (quantity, state, 0, Basis.POSTED, scope)
    for flags, expected in [(0, PASSES), (ArcFlag.TUNNEL, PASSES), (ArcFlag.BRIDGE | ArcFlag.URBAN, UNKNOWN)]:
        graph = one_road(limits=[row], flags=flags)
        assert verdict_of(graph, situation(graph)) == expected
        bare = one_road(flags=flags)
        extra = extra_row(quantity=octets(quantity), state=octets(state), scope=octets(scope))
        assert verdict_of(bare, replace(situation(bare), extra=extra)) == expected


def test_other_limits_on_a_bridge_are_as_anywhere() -> None:
    for quantity in (Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH):
        graph = one_road(limits=[(quantity, LimitState.UNREADABLE, 0)], flags=ArcFlag.BRIDGE)
        assert verdict_of(graph, situation(graph)) == PASSES
    for quantity in MASSES:
        for state, value in [(LimitState.NUMBER, 3000), (LimitState.NONE_STATED, 0)]:
            graph = one_road(limits=[(quantity, state, value)], flags=ArcFlag.BRIDGE)
            assert verdict_of(graph, situation(graph)) == PASSES


# --- conditions


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ConditionState.ACTIVE, [PASSES, CONDITIONAL, UNKNOWN, BLOCKED]),
        (ConditionState.UNDECIDED, [PASSES, CONDITIONAL, CONDITIONAL, CONDITIONAL]),
        (ConditionState.UNREADABLE, [PASSES, CONDITIONAL, UNKNOWN, UNKNOWN]),
    ],
)
def test_what_a_condition_leaves_of_a_verdict(state: ConditionState, expected: list[Verdict]) -> None:
    assert [under_condition(int(verdict), int(state)) for verdict in Verdict] == expected


def test_hours_that_can_be_avoided_are_a_condition_whatever_the_limit_says() -> None:
    row = (Quantity.GROSS_MASS, LimitState.UNREADABLE, 0, Basis.POSTED, Scope.ROAD, HOURS)
    graph = one_road(limits=[row], flags=ArcFlag.BRIDGE)
    expected = {
        ConditionState.INACTIVE: PASSES,
        ConditionState.ACTIVE: UNKNOWN,
        ConditionState.UNDECIDED: CONDITIONAL,
        ConditionState.UNREADABLE: UNKNOWN,
    }
    assert {state: verdict_of(graph, situation(graph, state)) for state in ConditionState} == expected
    check = check_arc(graph, JUDGE, situation(graph, ConditionState.UNDECIDED), 0)[0]
    assert (check.verdict, check.condition) == (CONDITIONAL, HOURS)


# --- a right of way that is no value


@pytest.mark.parametrize("state", [s for s in LimitState if s is not LimitState.NUMBER])
@pytest.mark.parametrize("value", [0, -7, 30_000])
def test_a_right_of_way_that_is_no_value_is_unknown(state: LimitState, value: int) -> None:
    graph = one_road(limits=[(Quantity.ACCESS, state, value)])
    assert verdict_of(graph, situation(graph)) == UNKNOWN
    (check,) = check_arc(graph, JUDGE, situation(graph), 0)
    assert (check.quantity, check.reason, check.access) == (Quantity.ACCESS, Reason.LIMIT_UNREADABLE, None)
    bare = one_road()
    extra = extra_row(quantity=octets(Quantity.ACCESS), state=octets(state), value=np.array([value], np.int32))
    assert verdict_of(bare, replace(situation(bare), extra=extra)) == UNKNOWN
