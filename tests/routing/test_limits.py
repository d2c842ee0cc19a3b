"""Every cell of the table "What a limit can say", at its edges, with the numbers of the policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policies import load_policy
from routing._kernels import verdict as kernel
from routing.columns import (
    Access,
    ArcFlag,
    Basis,
    ConditionState,
    LimitState,
    Quantity,
    RoadClass,
    Scope,
    TechnicalGrade,
    Verdict,
    WidthBasis,
)
from routing.errors import GraphError
from routing.explain import check_arc
from routing.graph import U8, RoadGraph
from routing.limits import ExtraRows, Judge, Situation, all_conditions_active, judge_arcs
from routing.policy import Policy
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Limit, Road, make_graph
from tests.routing.oracles import MASSES, Statement, statements_of, verdict_of_arc

PASSES, CONDITIONAL, UNKNOWN, BLOCKED = Verdict
NODES = [(112.0, 28.0), (112.01, 28.0)]
DEFAULT = load_policy()
OTHER = replace(
    DEFAULT,
    height=replace(
        DEFAULT.height,
        legal_mm=4111,
        below_default_mm=3333,
        open_road_passes_mm=4222,
        open_road_conditional_mm=5777,
        assumed_margin_mm=77,
        assumed_clearance_mm={g: c + 123 for g, c in DEFAULT.height.assumed_clearance_mm.items()},
    ),
    legal_width_mm=2333,
    legal_length_mm=19_999,
    mass=replace(DEFAULT.mass, legal_axle_load_kg=7777, legal_axle_group_kg=15_555, legal_tridem_kg=22_222),
)
POLICIES = {"default": DEFAULT, "other": OTHER}
UNUSABLE = (LimitState.UNREADABLE, LimitState.BELOW_DEFAULT)
STRUCTURES = (Scope.STRUCTURE, Scope.POINT, Scope.RAILWAY)
LEGAL_MASS_KG = 49_000
# Nothing but the limit under test answers: wide stated road, all bridges and culverts known.
PLAIN = {"lane_width_mm": 3750, "carriageway_mm": 7500, "width_basis": WidthBasis.STATED, "coverage": 3}


def make_vehicle(**numbers: int) -> VehicleProfile:
    """A small legal vehicle with some numbers changed; axle numbers are those of a close group."""
    single = numbers.get("axle_load", 3000)
    pair = numbers.get("axle_group", 2000)
    three = numbers.get("tridem", 1500)
    loads = [(single, 0), (pair - pair // 2, 9000), (pair // 2, 1300)]
    third = three // 3
    loads += [(three - 2 * third, 9000), (third, 1300), (third, 1300)]
    return VehicleProfile(
        height_mm=numbers.get("height", 2000),
        width_mm=numbers.get("width", 2000),
        length_mm=numbers.get("length", 9000),
        gross_mass_kg=numbers.get("gross_mass", 12_000),
        axles=tuple(Axle(load, spacing) for load, spacing in loads),
        legal_mass_kg=LEGAL_MASS_KG,
    )


def judge_road(
    policy: Policy,
    vehicle: VehicleProfile,
    states: dict[str, ConditionState] | None = None,
    **road: Any,  # noqa: ANN401  # columns and rows of the road
) -> Verdict:
    columns = {**PLAIN, **road.pop("columns", {})}
    graph = make_graph(NODES, [Road(0, 1, two_way=False, length_m=100, columns=columns, **road)])
    judge, asked = Judge.of(vehicle, policy), situation(graph, states)
    found = judge_arcs(graph, judge, asked)
    assert found.tolist() == [verdict_of_arc(graph, 0, vehicle, policy, states)]
    assert max((check.verdict for check in check_arc(graph, judge, asked, 0)), default=PASSES) == found[0]
    return Verdict(int(found[0]))


def judge_single_row(
    policy: Policy,
    vehicle: VehicleProfile,
    row: Limit,
    **road: Any,  # noqa: ANN401  # columns and rows of the road
) -> Verdict:
    """What the judgement of one row says."""
    judge = Judge.of(vehicle, policy)
    assumed = int(judge.assumed_of_grade[road.get("columns", {}).get("technical_grade", 0)])
    answer = kernel.judge_row(
        int(row.quantity),
        int(row.state),
        row.value,
        int(row.scope),
        int(road.get("flags", 0)),
        assumed,
        judge.access_verdict,
        judge.load,
        judge.thresholds,
    )
    return Verdict(answer[0])


def situation(
    graph: RoadGraph,
    states: dict[str, ConditionState] | None = None,
    extra: ExtraRows | None = None,
    access: U8 | None = None,
) -> Situation:
    texts = [graph.strings[i] for i in range(len(graph.strings))]
    return Situation(
        condition_state=np.array([(states or {}).get(text, ConditionState.ACTIVE) for text in texts], np.uint8),
        extra=ExtraRows.none() if extra is None else extra,
        access=graph.arcs.access if access is None else access,
    )


@pytest.fixture(params=list(POLICIES))
def policy(request: pytest.FixtureRequest) -> Policy:
    return POLICIES[request.param]


def around(edge: int, upto: Verdict, above: Verdict) -> list[tuple[int, Verdict]]:
    return [(edge - 1, upto), (edge, upto), (edge + 1, above)]


# --- posted or measured number: compare, in every column


@pytest.mark.parametrize("basis", [Basis.POSTED, Basis.MEASURED, Basis.INVENTORY])
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity.HEIGHT, 4321),
        (Quantity.WIDTH, 2987),
        (Quantity.LENGTH, 15_001),
        (Quantity.GROSS_MASS, 30_003),
        (Quantity.AXLE_LOAD, 8001),
        (Quantity.AXLE_GROUP, 17_001),
        (Quantity.TRIDEM, 21_003),
    ],
)
def test_number_is_compared(quantity: Quantity, value: int, scope: Scope, basis: Basis) -> None:
    row = (quantity, LimitState.NUMBER, value, basis, scope)
    for measured, expected in around(value, PASSES, BLOCKED):
        vehicle = make_vehicle(**{quantity.name.lower(): measured})
        assert judge_road(DEFAULT, vehicle, limits=[row]) == expected
        assert judge_single_row(DEFAULT, vehicle, Limit(*row)) == expected


def test_a_posted_number_on_the_road_answers_for_open_road_and_lane() -> None:
    tall = make_vehicle(height=5900, width=5000)
    rows = [(Quantity.HEIGHT, LimitState.NUMBER, 6000), (Quantity.WIDTH, LimitState.NUMBER, 5000)]
    assert judge_road(DEFAULT, tall) == UNKNOWN
    assert judge_road(DEFAULT, tall, limits=rows) == PASSES


@pytest.mark.parametrize("scope", STRUCTURES)
def test_a_posted_number_on_a_structure_says_nothing_of_the_open_road(scope: Scope) -> None:
    tall, wide = make_vehicle(height=5900), make_vehicle(width=5000)
    height = (Quantity.HEIGHT, LimitState.NUMBER, 6000, Basis.POSTED, scope)
    width = (Quantity.WIDTH, LimitState.NUMBER, 5000, Basis.POSTED, scope)
    assert judge_road(DEFAULT, tall, limits=[height]) == UNKNOWN
    assert judge_road(DEFAULT, wide, limits=[width]) == CONDITIONAL


def test_a_conditional_number_never_answers_for_the_open_road() -> None:
    row = (Quantity.HEIGHT, LimitState.NUMBER, 6000, Basis.POSTED, Scope.ROAD, "22:00-06:00")
    wide = (Quantity.WIDTH, LimitState.NUMBER, 5000, Basis.POSTED, Scope.ROAD, "22:00-06:00")
    for state in ConditionState:
        assert judge_road(DEFAULT, make_vehicle(height=5900), {"22:00-06:00": state}, limits=[row]) == UNKNOWN
        assert judge_road(DEFAULT, make_vehicle(width=4000), {"22:00-06:00": state}, limits=[wide]) == CONDITIONAL


# --- none stated


def test_open_road_height(policy: Policy) -> None:
    height = policy.height
    table = around(height.open_road_passes_mm, PASSES, CONDITIONAL)
    table += around(height.open_road_conditional_mm, CONDITIONAL, UNKNOWN)
    row = (Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, Scope.ROAD)
    for measured, expected in table:
        vehicle = make_vehicle(height=measured)
        assert judge_road(policy, vehicle) == expected
        assert judge_road(policy, vehicle, limits=[row]) == expected
        assert judge_single_row(policy, vehicle, Limit(*row)) == expected


@pytest.mark.parametrize("scope", [Scope.STRUCTURE, Scope.POINT])
@pytest.mark.parametrize("grade", list(TechnicalGrade))
def test_assumed_clearance_of_each_grade(policy: Policy, grade: TechnicalGrade, scope: Scope) -> None:
    height = policy.height
    clearance = height.assumed_clearance_mm.get(grade)
    row = (Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, scope)
    table = around(height.legal_mm, PASSES, UNKNOWN if clearance is None else CONDITIONAL)
    if clearance is not None:
        most = clearance - height.assumed_margin_mm
        table += [(most - 1, CONDITIONAL), (most, CONDITIONAL), (most + 1, UNKNOWN), (clearance, UNKNOWN)]
    for measured, expected in table:
        vehicle, columns = make_vehicle(height=measured), {"technical_grade": grade}
        assert judge_single_row(policy, vehicle, Limit(*row), columns=columns) == expected
        # A higher edge of the open road would speak too, where it comes first.
        open_road = judge_road(policy, vehicle)
        assert judge_road(policy, vehicle, limits=[row], columns=columns) == max(expected, open_road)


def test_margin_of_the_default_policy_is_300() -> None:
    row = (Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, Scope.STRUCTURE)
    found = {
        margin: judge_road(
            DEFAULT,
            make_vehicle(height=5000 - margin),
            limits=[row],
            columns={"technical_grade": TechnicalGrade.GRADE_2},
        )
        for margin in (299, 300, 301)
    }
    assert found == {299: UNKNOWN, 300: CONDITIONAL, 301: CONDITIONAL}


def test_no_clearance_is_assumed_under_railways_nor_on_city_streets(policy: Policy) -> None:
    columns = {"technical_grade": TechnicalGrade.EXPRESSWAY}
    for scope, flags in [(Scope.RAILWAY, 0), (Scope.STRUCTURE, ArcFlag.URBAN), (Scope.RAILWAY, ArcFlag.URBAN)]:
        row = (Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, scope)
        for measured, expected in around(policy.height.legal_mm, PASSES, UNKNOWN):
            vehicle = make_vehicle(height=measured)
            assert judge_road(policy, vehicle, limits=[row], columns=columns, flags=flags) == expected
            assert judge_single_row(policy, vehicle, Limit(*row), columns=columns, flags=flags) == expected


@pytest.mark.parametrize("basis", [WidthBasis.STATED, WidthBasis.LANES, WidthBasis.ROAD_CLASS])
def test_width_of_lane_and_carriageway(policy: Policy, basis: WidthBasis) -> None:
    above = BLOCKED if basis is WidthBasis.STATED else UNKNOWN
    columns = {"lane_width_mm": 3456, "carriageway_mm": 6543, "width_basis": basis}
    for measured, expected in around(3456, PASSES, CONDITIONAL) + around(6543, CONDITIONAL, above):
        assert judge_road(policy, make_vehicle(width=measured), columns=columns) == expected


def test_width_of_a_narrow_lane_passes_up_to_legal_width_but_never_beyond_a_stated_carriageway() -> None:
    lane = {"lane_width_mm": 2100, "carriageway_mm": 4200, "width_basis": WidthBasis.LANES}
    narrow = {"lane_width_mm": 2100, "carriageway_mm": 2100}
    for measured, expected in around(DEFAULT.legal_width_mm, PASSES, CONDITIONAL):
        assert judge_road(DEFAULT, make_vehicle(width=measured), columns=lane) == expected
    for measured, expected in around(2100, PASSES, BLOCKED):
        stated = {**narrow, "width_basis": WidthBasis.STATED}
        assert judge_road(DEFAULT, make_vehicle(width=measured), columns=stated) == expected
    for measured, expected in around(DEFAULT.legal_width_mm, PASSES, UNKNOWN):
        derived = {**narrow, "width_basis": WidthBasis.ROAD_CLASS}
        assert judge_road(DEFAULT, make_vehicle(width=measured), columns=derived) == expected


def test_width_of_an_unknown_road(policy: Policy) -> None:
    columns = {"lane_width_mm": 0, "carriageway_mm": 0, "width_basis": WidthBasis.UNKNOWN}
    for measured, expected in around(policy.legal_width_mm, PASSES, UNKNOWN):
        assert judge_road(policy, make_vehicle(width=measured), columns=columns) == expected


@pytest.mark.parametrize("quantity", [Quantity.LENGTH, Quantity.AXLE_LOAD, Quantity.AXLE_GROUP, Quantity.TRIDEM])
def test_length_and_axles_without_a_limit_pass(policy: Policy, quantity: Quantity) -> None:
    vehicle = make_vehicle(**{quantity.name.lower(): 150_000})
    row = (quantity, LimitState.NONE_STATED, 0, Basis.NONE, Scope.ROAD)
    assert judge_road(policy, vehicle) == PASSES
    assert judge_road(policy, vehicle, limits=[row]) == PASSES


@pytest.mark.parametrize("coverage", range(8))
@pytest.mark.parametrize("bridge", [0, ArcFlag.BRIDGE])
@pytest.mark.parametrize("everywhere", [True, False])
def test_mass_outside_declared_coverage(coverage: int, bridge: int, everywhere: bool) -> None:
    policy = replace(DEFAULT, mass=replace(DEFAULT.mass, uncovered_roads_unknown=everywhere))
    is_known = coverage in {3, 7} or not (everywhere or bridge)
    for measured, expected in around(LEGAL_MASS_KG, PASSES, PASSES if is_known else UNKNOWN):
        vehicle = make_vehicle(gross_mass=measured)
        assert judge_road(policy, vehicle, columns={"coverage": coverage}, flags=bridge) == expected


# --- unreadable, unsigned, below_default, signals


def unusable_edges(policy: Policy) -> dict[Quantity, int]:
    return {
        Quantity.HEIGHT: policy.height.legal_mm,
        Quantity.WIDTH: policy.legal_width_mm,
        Quantity.LENGTH: policy.legal_length_mm,
        Quantity.GROSS_MASS: LEGAL_MASS_KG,
        Quantity.AXLE_LOAD: policy.mass.legal_axle_load_kg,
        Quantity.AXLE_GROUP: policy.mass.legal_axle_group_kg,
        Quantity.TRIDEM: policy.mass.legal_tridem_kg,
    }


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("state", UNUSABLE)
@pytest.mark.parametrize("quantity", list(unusable_edges(DEFAULT)))
def test_unusable_limit_is_unknown_above_legal_size(
    policy: Policy, quantity: Quantity, state: LimitState, scope: Scope
) -> None:
    edge = unusable_edges(policy)[quantity]
    if quantity is Quantity.HEIGHT and state is LimitState.BELOW_DEFAULT:
        edge = policy.height.below_default_mm
    row = (quantity, state, 0, Basis.POSTED, scope)
    # A good road and design clearance do not help against a sign nobody can read.
    columns = {"technical_grade": TechnicalGrade.EXPRESSWAY}
    for measured, expected in around(edge, PASSES, UNKNOWN):
        vehicle = make_vehicle(**{quantity.name.lower(): measured})
        assert judge_road(policy, vehicle, limits=[row], columns=columns) == expected
        assert judge_single_row(policy, vehicle, Limit(*row), columns=columns) == expected


def test_an_unreadable_width_does_not_widen_the_road() -> None:
    row = (Quantity.WIDTH, LimitState.UNREADABLE, 0)
    columns = {"lane_width_mm": 3000, "carriageway_mm": 3000, "width_basis": WidthBasis.STATED}
    for measured, expected in around(3000, UNKNOWN, BLOCKED):
        assert judge_road(DEFAULT, make_vehicle(width=measured), limits=[row], columns=columns) == expected


def test_numbers_of_the_default_policy_are_those_of_the_table() -> None:
    height = DEFAULT.height
    assert (height.legal_mm, height.below_default_mm, height.assumed_margin_mm) == (4000, 3500, 300)
    assert (height.open_road_passes_mm, height.open_road_conditional_mm) == (4500, 5000)
    assert (DEFAULT.legal_width_mm, DEFAULT.legal_length_mm) == (2550, 18_100)


# --- conditions, access, closures, construction, ferry


@pytest.mark.parametrize(
    ("state", "number", "unreadable"),
    [
        (ConditionState.INACTIVE, PASSES, PASSES),
        (ConditionState.ACTIVE, BLOCKED, UNKNOWN),
        (ConditionState.UNDECIDED, CONDITIONAL, CONDITIONAL),
        (ConditionState.UNREADABLE, UNKNOWN, UNKNOWN),
    ],
)
def test_limit_under_a_condition(state: ConditionState, number: Verdict, unreadable: Verdict) -> None:
    long, short = make_vehicle(length=20_000), make_vehicle(length=10_000)
    states = {"07:00-09:00": state}
    posted = (Quantity.LENGTH, LimitState.NUMBER, 12_000, Basis.POSTED, Scope.ROAD, "07:00-09:00")
    illegible = (Quantity.LENGTH, LimitState.UNREADABLE, 0, Basis.POSTED, Scope.ROAD, "07:00-09:00")
    assert judge_road(DEFAULT, long, states, limits=[posted]) == number
    assert judge_road(DEFAULT, long, states, limits=[illegible]) == unreadable
    assert judge_road(DEFAULT, short, states, limits=[posted, illegible]) == PASSES
    closed = (Quantity.CLOSURE, LimitState.NUMBER, 0, Basis.POSTED, Scope.ROAD, "07:00-09:00")
    assert judge_road(DEFAULT, short, states, limits=[closed]) == number
    private = (Quantity.ACCESS, LimitState.NUMBER, Access.PRIVATE, Basis.POSTED, Scope.ROAD, "07:00-09:00")
    expected = PASSES if state is ConditionState.INACTIVE else CONDITIONAL
    assert judge_road(DEFAULT, short, states, limits=[private]) == expected


def test_every_condition_holds_in_the_strictest_reading() -> None:
    row = (Quantity.LENGTH, LimitState.NUMBER, 12_000, Basis.POSTED, Scope.ROAD, "winter")
    graph = make_graph(NODES, [Road(0, 1, columns=PLAIN, limits=[row])])
    strictest = replace(situation(graph), condition_state=all_conditions_active(graph))
    found = judge_arcs(graph, Judge.of(make_vehicle(length=13_000), DEFAULT), strictest)
    assert found.tolist() == [BLOCKED, BLOCKED]


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (Access.YES, PASSES),
        (Access.DESTINATION, CONDITIONAL),
        (Access.DELIVERY, CONDITIONAL),
        (Access.PERMIT, CONDITIONAL),
        (Access.PRIVATE, CONDITIONAL),
        (Access.CUSTOMERS, CONDITIONAL),
        (Access.FORESTRY, CONDITIONAL),
        (Access.UNKNOWN, UNKNOWN),
        (Access.NO_HGV, BLOCKED),
        (Access.NO, BLOCKED),
    ],
)
def test_access_by_column_row_and_overlay(right: Access, expected: Verdict) -> None:
    vehicle = make_vehicle()
    row = Limit(Quantity.ACCESS, LimitState.NUMBER, right, scope=Scope.POINT)
    assert judge_road(DEFAULT, vehicle, access=right) == expected
    assert judge_road(DEFAULT, vehicle, limits=[row]) == expected
    assert judge_single_row(DEFAULT, vehicle, row) == expected
    other = replace(DEFAULT, access={**DEFAULT.access, right: UNKNOWN})
    assert judge_road(other, vehicle, access=right) == UNKNOWN


def test_construction_is_blocked_and_a_ferry_conditional() -> None:
    vehicle = make_vehicle()
    assert judge_road(DEFAULT, vehicle, flags=ArcFlag.CONSTRUCTION) == BLOCKED
    assert judge_road(DEFAULT, vehicle, flags=ArcFlag.FERRY) == CONDITIONAL
    assert judge_road(DEFAULT, vehicle, flags=ArcFlag.FERRY | ArcFlag.CONSTRUCTION) == BLOCKED
    assert judge_road(DEFAULT, vehicle, flags=ArcFlag.FERRY, access=Access.NO_HGV) == BLOCKED
    assert judge_road(DEFAULT, vehicle, flags=ArcFlag.FERRY, access=Access.UNKNOWN) == UNKNOWN
    harmless = ~(ArcFlag.CONSTRUCTION | ArcFlag.FERRY) & sum(ArcFlag)
    assert judge_road(DEFAULT, vehicle, flags=int(harmless)) == PASSES


# --- overlays


def make_extra(rows: list[tuple[int, Statement]]) -> ExtraRows:
    def octets(values: Iterator[int]) -> U8:
        return np.array(list(values), np.uint8)

    return ExtraRows(
        arc=np.array([arc for arc, _ in rows], np.int32),
        quantity=octets(row.quantity for _, row in rows),
        state=octets(row.state for _, row in rows),
        value=np.array([row.value for _, row in rows], np.int32),
        basis=octets(int(Basis.POSTED) for _ in rows),
        scope=octets(row.scope for _, row in rows),
        structure=np.full(len(rows), -1, np.int32),
        condition_state=octets(row.holds for _, row in rows),
        condition=("",) * len(rows),
        source=("overlay",) * len(rows),
    )


@pytest.mark.parametrize("holds", list(ConditionState))
def test_overlay_rows_are_judged_as_rows_of_the_snapshot(holds: ConditionState) -> None:
    graph = make_graph(NODES, [Road(0, 1, columns=PLAIN), Road(0, 1, columns=PLAIN)])
    vehicle = make_vehicle(height=4300)
    for row in [
        Statement(Quantity.CLOSURE, LimitState.NUMBER, 0, Scope.ROAD, holds),
        Statement(Quantity.HEIGHT, LimitState.NUMBER, 4299, Scope.ROAD, holds),
        Statement(Quantity.HEIGHT, LimitState.NUMBER, 4300, Scope.ROAD, holds),
        Statement(Quantity.HEIGHT, LimitState.UNREADABLE, 0, Scope.POINT, holds),
        Statement(Quantity.HEIGHT, LimitState.NONE_STATED, 0, Scope.STRUCTURE, holds),
        Statement(Quantity.ACCESS, LimitState.NUMBER, Access.PERMIT, Scope.ROAD, holds),
    ]:
        found = judge_arcs(graph, Judge.of(vehicle, DEFAULT), situation(graph, extra=make_extra([(2, row)])))
        expected = verdict_of_arc(graph, 2, vehicle, DEFAULT, overlay=[row])
        assert found.tolist() == [PASSES, PASSES, expected, PASSES]


def test_access_of_the_trip_stands_in_for_that_of_the_road() -> None:
    graph = make_graph(NODES, [Road(0, 1, columns=PLAIN, access=Access.DESTINATION)])
    judge = Judge.of(make_vehicle(), DEFAULT)
    opened = np.array([Access.YES, Access.DESTINATION], np.uint8)
    assert judge_arcs(graph, judge, situation(graph, access=opened)).tolist() == [PASSES, CONDITIONAL]


def test_condition_states_must_fit_the_graph() -> None:
    graph = make_graph(NODES, [Road(0, 1)])
    judge = Judge.of(make_vehicle(), DEFAULT)
    right = all_conditions_active(graph)
    for wrong in (right[:-1], right.astype(np.int64)):
        with pytest.raises(GraphError, match=rf"uint8\[{len(right)}\]"):
            judge_arcs(graph, judge, replace(situation(graph), condition_state=wrong))


# --- axle groups


@pytest.mark.parametrize(("spacing", "pair", "three"), [(1799, 20_000, 29_000), (1800, 0, 0), (1801, 0, 0)])
def test_axles_form_a_group_when_nearer_than_the_policy_says(spacing: int, pair: int, three: int) -> None:
    loads = (9000, 10_000, 10_000)
    vehicle = replace(make_vehicle(), axles=tuple(Axle(load, spacing) for load in loads))
    load = Judge.of(vehicle, DEFAULT).load
    assert (load.axle_load_kg, load.axle_group_kg, load.tridem_kg) == (10_000, pair, three)
    closer = replace(DEFAULT, mass=replace(DEFAULT.mass, axle_group_spacing_mm=spacing))
    assert Judge.of(vehicle, closer).load.axle_group_kg == 0


def test_spacing_of_the_first_axle_of_a_group_does_not_matter() -> None:
    vehicle = replace(make_vehicle(), axles=(Axle(9000, 0), Axle(1000, 5000), Axle(2000, 1300)))
    assert vehicle.heaviest_group_kg(2, 1800) == 3000
    assert vehicle.heaviest_group_kg(3, 1800) == 0
    assert vehicle.heaviest_group_kg(4, 99_999) == 0


# --- any arcs, any rows, any vehicle


EDGES = sorted(
    {
        *unusable_edges(DEFAULT).values(),
        DEFAULT.height.below_default_mm,
        DEFAULT.height.open_road_passes_mm,
        DEFAULT.height.open_road_conditional_mm,
        *(c - DEFAULT.height.assumed_margin_mm for c in DEFAULT.height.assumed_clearance_mm.values()),
    }
)
near_edge = st.builds(lambda edge, off: edge + off, st.sampled_from(EDGES), st.integers(-1, 1))
heights = st.one_of(near_edge.filter(lambda h: h < 8000), st.integers(1000, 8000))
widths = st.one_of(st.integers(2549, 2551), st.integers(3749, 3751), st.integers(1000, 9000))
masses = st.one_of(near_edge, st.integers(100, 120_000))
CONDITIONS = ["", "07:00-09:00", "winter", "?"]
QUANTITIES = [Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH, *MASSES, Quantity.CLOSURE, Quantity.ACCESS]


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    quantity = draw(st.sampled_from(QUANTITIES))
    state = draw(st.sampled_from(LimitState))
    value = 0
    if quantity is Quantity.ACCESS and state is LimitState.NUMBER:
        value = int(draw(st.sampled_from(Access)))
    elif state is LimitState.NUMBER:
        value = draw({Quantity.HEIGHT: heights, Quantity.WIDTH: widths}.get(quantity, masses))
    return Statement(
        quantity, state, value, draw(st.sampled_from(Scope)), draw(st.sampled_from(ConditionState)), always=False
    )


@st.composite
def roads(draw: st.DrawFn) -> Road:
    lane = draw(st.sampled_from([0, 2300, 2550, 3500, 3750]))
    flags = draw(st.sets(st.sampled_from([ArcFlag.BRIDGE, ArcFlag.URBAN, ArcFlag.TUNNEL]), max_size=2))
    rare = draw(st.sampled_from([0] * 8 + [ArcFlag.CONSTRUCTION, ArcFlag.FERRY]))
    rows = [
        Limit(row.quantity, row.state, row.value, scope=row.scope, condition=draw(st.sampled_from(CONDITIONS)))
        for row in draw(st.lists(statements(), max_size=3))
    ]
    columns = {
        "technical_grade": draw(st.sampled_from(TechnicalGrade)),
        "lane_width_mm": lane,
        "carriageway_mm": lane * draw(st.integers(1, 3)),
        "width_basis": draw(st.sampled_from(WidthBasis)),
        "coverage": draw(st.sampled_from([3, 7, 0, 1, 2, 4, 5])),
    }
    return Road(
        0,
        1,
        length_m=10,
        limits=rows[:2],
        backward_limits=rows[1:],
        flags=sum(flags) | rare,
        access=draw(st.sampled_from([Access.YES] * 10 + list(Access))),
        columns=columns,
        road_class=RoadClass.PRIMARY,
    )


@st.composite
def vehicles(draw: st.DrawFn) -> VehicleProfile:
    spacings = st.sampled_from([500, 1799, 1800, 1801, 6000])
    loads = st.one_of(st.integers(100, 20_000), st.sampled_from([6000, 8000, 9000, 9001, 10_000, 10_001]))
    return VehicleProfile(
        height_mm=draw(heights),
        width_mm=draw(widths),
        length_mm=draw(st.one_of(st.integers(18_099, 18_101), st.integers(3000, 60_000))),
        gross_mass_kg=draw(masses),
        axles=tuple(draw(st.lists(st.builds(Axle, loads, spacings), min_size=2, max_size=5))),
        legal_mass_kg=draw(st.sampled_from([18_000, LEGAL_MASS_KG])),
    )


networks = st.lists(roads(), min_size=1, max_size=6).map(lambda some: make_graph(NODES, some))
condition_maps = st.fixed_dictionaries({text: st.sampled_from(ConditionState) for text in CONDITIONS[1:]})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(networks, condition_maps, vehicles(), st.data(), st.sampled_from(list(POLICIES)))
def test_kernel_agrees_with_the_table_on_any_network(
    graph: RoadGraph, states: dict[str, ConditionState], vehicle: VehicleProfile, data: st.DataObject, name: str
) -> None:
    policy = POLICIES[name]
    policy = replace(policy, mass=replace(policy.mass, uncovered_roads_unknown=data.draw(st.booleans())))
    arcs = st.integers(0, graph.arc_count - 1)
    overlay = data.draw(st.lists(st.tuples(arcs, statements()), max_size=4))
    asked = situation(graph, states, make_extra(overlay))
    judge = Judge.of(vehicle, policy)
    found = judge_arcs(graph, judge, asked)
    expected = [
        verdict_of_arc(graph, arc, vehicle, policy, states, [row for a, row in overlay if a == arc])
        for arc in range(graph.arc_count)
    ]
    assert found.tolist() == expected
    assert found.dtype == np.uint8
    explained = [[check.verdict for check in check_arc(graph, judge, asked, arc)] for arc in range(graph.arc_count)]
    assert [max(verdicts, default=PASSES) for verdicts in explained] == expected


GROW: dict[str, Callable[[VehicleProfile, int], VehicleProfile]] = {
    "height": lambda v, by: replace(v, height_mm=v.height_mm + by),
    "width": lambda v, by: replace(v, width_mm=v.width_mm + by),
    "length": lambda v, by: replace(v, length_mm=v.length_mm + by),
    "mass": lambda v, by: replace(v, gross_mass_kg=v.gross_mass_kg + by),
    "axle": lambda v, by: replace(v, axles=(replace(v.axles[0], load_kg=v.axles[0].load_kg + by), *v.axles[1:])),
}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(networks, condition_maps, vehicles(), st.sampled_from(list(GROW)), st.integers(1, 20_000))
def test_a_bigger_vehicle_is_never_judged_better(
    graph: RoadGraph, states: dict[str, ConditionState], vehicle: VehicleProfile, quantity: str, by: int
) -> None:
    asked = situation(graph, states)
    small = judge_arcs(graph, Judge.of(vehicle, DEFAULT), asked)
    large = judge_arcs(graph, Judge.of(GROW[quantity](vehicle, by), DEFAULT), asked)
    assert (large >= small).all()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(networks, condition_maps, vehicles(), statements(), st.sampled_from(CONDITIONS), st.data())
def test_one_more_row_never_improves_a_verdict(
    graph: RoadGraph,
    states: dict[str, ConditionState],
    vehicle: VehicleProfile,
    row: Statement,
    condition: str,
    data: st.DataObject,
) -> None:
    """The exception by design: an unconditional number for the road itself answers what was only assumed."""
    arc = data.draw(st.integers(0, graph.arc_count - 1))
    answers = row.quantity in {Quantity.HEIGHT, Quantity.WIDTH} and row.state is LimitState.NUMBER
    if answers and row.scope is Scope.ROAD and not condition:
        condition = "winter"
    graph = make_graph(NODES, [Road(0, 1, two_way=False, columns=PLAIN, limits=_rows(graph, arc))])
    more = Limit(row.quantity, row.state, row.value, scope=row.scope, condition=condition)
    longer = make_graph(NODES, [Road(0, 1, two_way=False, columns=PLAIN, limits=[*_rows(graph, 0), more])])
    judge = Judge.of(vehicle, DEFAULT)
    before = judge_arcs(graph, judge, situation(graph, states))
    assert (judge_arcs(longer, judge, situation(longer, states)) >= before).all()
    overlaid = judge_arcs(graph, judge, situation(graph, states, make_extra([(0, row)])))
    assert (overlaid >= before).all()


def _rows(graph: RoadGraph, arc: int) -> list[Limit]:
    """The rows of an arc in the form they were made from."""
    rows, texts = graph.limits, graph.strings
    own = statements_of(graph, arc, dict.fromkeys(CONDITIONS, ConditionState.ACTIVE))
    first = int(rows.first_out[arc])
    return [
        Limit(row.quantity, row.state, row.value, scope=row.scope, condition=texts[int(rows.condition[first + i])])
        for i, row in enumerate(own)
    ]


# --- every number of the policy decides something


@dataclass(frozen=True)
class Edge:
    """A place where one number of the policy decides: the vehicle at the number and the road it is on."""

    vehicle: dict[str, int]
    change: Callable[[Policy, int], Policy]
    road: dict[str, Any]
    inwards: int = -1


def one_row(quantity: Quantity, state: LimitState, scope: Scope = Scope.ROAD) -> dict[str, Any]:
    return {"limits": [(quantity, state, 0, Basis.NONE, scope)]}


def grown(section: str, name: str) -> Callable[[Policy, int], Policy]:
    def change(policy: Policy, by: int) -> Policy:
        old = getattr(policy, section)
        return replace(policy, **{section: replace(old, **{name: getattr(old, name) + by})})

    return change


@cache
def edges() -> dict[str, Edge]:
    height, mass = DEFAULT.height, DEFAULT.mass
    bridge = one_row(Quantity.HEIGHT, LimitState.NONE_STATED, Scope.STRUCTURE)
    graded = {**bridge, "columns": {"technical_grade": TechnicalGrade.GRADE_4}}
    most = height.assumed_clearance_mm[TechnicalGrade.GRADE_4] - height.assumed_margin_mm
    unreadable = LimitState.UNREADABLE
    clearances = {**height.assumed_clearance_mm}

    def lower(policy: Policy, by: int) -> Policy:
        found = {**clearances, TechnicalGrade.GRADE_4: clearances[TechnicalGrade.GRADE_4] + by}
        return replace(policy, height=replace(policy.height, assumed_clearance_mm=found))

    return {
        "legal height": Edge({"height": height.legal_mm}, grown("height", "legal_mm"), bridge),
        "below default": Edge(
            {"height": height.below_default_mm},
            grown("height", "below_default_mm"),
            one_row(Quantity.HEIGHT, LimitState.BELOW_DEFAULT),
        ),
        "open road passes": Edge({"height": height.open_road_passes_mm}, grown("height", "open_road_passes_mm"), {}),
        "open road conditional": Edge(
            {"height": height.open_road_conditional_mm}, grown("height", "open_road_conditional_mm"), {}
        ),
        "assumed margin": Edge({"height": most}, grown("height", "assumed_margin_mm"), graded, inwards=1),
        "assumed clearance": Edge({"height": most}, lower, graded),
        "legal width": Edge(
            {"width": DEFAULT.legal_width_mm},
            lambda p, by: replace(p, legal_width_mm=p.legal_width_mm + by),
            one_row(Quantity.WIDTH, unreadable),
        ),
        "legal length": Edge(
            {"length": DEFAULT.legal_length_mm},
            lambda p, by: replace(p, legal_length_mm=p.legal_length_mm + by),
            one_row(Quantity.LENGTH, unreadable),
        ),
        "axle load": Edge(
            {"axle_load": mass.legal_axle_load_kg},
            grown("mass", "legal_axle_load_kg"),
            one_row(Quantity.AXLE_LOAD, unreadable),
        ),
        "axle group": Edge(
            {"axle_group": mass.legal_axle_group_kg},
            grown("mass", "legal_axle_group_kg"),
            one_row(Quantity.AXLE_GROUP, unreadable),
        ),
        "tridem": Edge(
            {"tridem": mass.legal_tridem_kg}, grown("mass", "legal_tridem_kg"), one_row(Quantity.TRIDEM, unreadable)
        ),
    }


@pytest.mark.parametrize("name", list(edges()))
def test_each_number_of_the_policy_moves_its_boundary(name: str) -> None:
    edge = edges()[name]
    at, beyond = make_vehicle(**edge.vehicle), make_vehicle(**{k: v + 1 for k, v in edge.vehicle.items()})
    tighter, looser = edge.change(DEFAULT, edge.inwards), edge.change(DEFAULT, -edge.inwards)
    inside = judge_road(DEFAULT, at, **edge.road)
    outside = judge_road(DEFAULT, beyond, **edge.road)
    assert inside < outside
    assert judge_road(tighter, at, **edge.road) == outside
    assert judge_road(looser, beyond, **edge.road) == inside
