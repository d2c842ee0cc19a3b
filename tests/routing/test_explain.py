"""The driven part of an arc, judged as a road that has only what stands on that part."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policies import load_policy
from routing.columns import Basis, ConditionState, LimitState, Quantity, Reason, Role, Scope, Verdict
from routing.explain import Check, acts_on, check_arc, judge_part
from routing.graph import RoadGraph
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Limit, Met, Road, Structure, make_graph
from tests.routing.oracles import verdict_of_arc

POLICY = load_policy()
LENGTH_MM = 12
AT_MM = (0, 3, 7)  # where the road passes below the structures
SPOTS = range(LENGTH_MM + 1)
parts = st.tuples(st.sampled_from(SPOTS), st.sampled_from(SPOTS)).map(lambda part: (min(part), max(part)))


def make_check(at_mm: int, length_mm: int) -> Check:
    reason, nothing = Reason.CLOSED, None
    return Check(
        Verdict.BLOCKED, Quantity.CLOSURE, reason, nothing, nothing, Basis.POSTED, -1, "", "", at_mm, length_mm
    )


@pytest.mark.parametrize("length_mm", [0, 1, 4])
def test_a_check_acts_where_it_shares_a_spot_with_the_part(length_mm: int) -> None:
    for at_mm in range(LENGTH_MM - length_mm + 1):
        its_own = set(range(at_mm, at_mm + length_mm + 1))
        for from_mm in SPOTS:
            for to_mm in range(from_mm, LENGTH_MM + 1):
                shared = its_own & set(range(from_mm, to_mm + 1))
                assert acts_on(make_check(at_mm, length_mm), from_mm, to_mm) == bool(shared)


@st.composite
def rows(draw: st.DrawFn) -> Limit:
    """A height, a closure or a right of way; on the road, at its end, or below one of the structures."""
    quantity = draw(st.sampled_from([Quantity.HEIGHT, Quantity.HEIGHT, Quantity.CLOSURE, Quantity.GROSS_MASS]))
    state = draw(st.sampled_from([LimitState.NUMBER, LimitState.NUMBER, LimitState.UNREADABLE, LimitState.NONE_STATED]))
    scope = draw(st.sampled_from(Scope))
    structure = draw(st.sampled_from([0, 1, 2])) if scope in {Scope.STRUCTURE, Scope.RAILWAY} else -1
    value = draw(st.sampled_from([3000, 4300, 9000])) if state is LimitState.NUMBER else 0
    return Limit(quantity, state, value, scope=scope, condition="winter", structure=structure)


def make_road(limits: Sequence[Limit]) -> RoadGraph:
    met = [Met(structure, Role.UNDER, at_mm) for structure, at_mm in enumerate(AT_MM)]
    columns = {"lane_width_mm": 3000, "carriageway_mm": 3000, "width_basis": 1, "coverage": 3}
    road = Road(0, 1, two_way=False, length_m=LENGTH_MM / 1000, limits=limits, structures=met, columns=columns)
    return make_graph([(112.0, 28.0), (112.01, 28.0)], [road], structures=[Structure(f"s{n}") for n in range(3)])


def acting_spots(row: Limit) -> set[int]:
    if row.scope is Scope.POINT:
        return {LENGTH_MM}
    return {AT_MM[row.structure]} if row.structure >= 0 else set(SPOTS)


vehicles = st.builds(
    lambda height, width, mass: VehicleProfile(height, width, 9000, mass, (Axle(3000, 0), Axle(3000, 4000)), 49_000),
    st.sampled_from([2900, 4200, 4400, 4600, 5100]),
    st.sampled_from([2500, 2900, 3001]),
    st.sampled_from([2900, 9000, 50_000]),
)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.lists(rows(), max_size=5), vehicles, st.sampled_from(ConditionState), parts)
def test_a_part_is_judged_by_what_acts_on_it(
    limits: list[Limit], vehicle: VehicleProfile, winter: ConditionState, part: tuple[int, int]
) -> None:
    graph, judge = make_road(limits), Judge.of(vehicle, POLICY)
    states = np.full(len(graph.strings), winter, np.uint8)
    states[0] = ConditionState.ACTIVE
    asked = Situation(states, ExtraRows.none(), graph.arcs.access)
    driven = set(range(part[0], part[1] + 1))
    only_there = make_road([row for row in limits if acting_spots(row) & driven])
    expected = verdict_of_arc(only_there, 0, vehicle, POLICY, {"winter": winter})
    assert judge_part(graph, judge, asked, 0, *part) == expected
    whole = judge_part(graph, judge, asked, 0, 0, LENGTH_MM)
    assert whole == judge_arcs(graph, judge, asked)[0] == verdict_of_arc(graph, 0, vehicle, POLICY, {"winter": winter})
    assert whole >= expected


def test_a_bollard_at_the_end_is_in_the_way_of_those_who_go_there() -> None:
    closed = Limit(Quantity.CLOSURE, scope=Scope.POINT)
    graph = make_road([closed])
    asked = Situation(np.ones(len(graph.strings), np.uint8), ExtraRows.none(), graph.arcs.access)
    judge = Judge.of(VehicleProfile(3000, 2500, 9000, 9000, (Axle(4500, 0), Axle(4500, 4000)), 49_000), POLICY)
    assert judge_part(graph, judge, asked, 0, 0, LENGTH_MM - 1) == Verdict.PASSES
    assert judge_part(graph, judge, asked, 0, LENGTH_MM, LENGTH_MM) == Verdict.BLOCKED
    assert [check.at_mm for check in check_arc(graph, judge, asked, 0)] == [LENGTH_MM]
