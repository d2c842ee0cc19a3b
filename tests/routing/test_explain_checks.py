"""Explanations of one arc: what was compared, with which number, from which source, and where."""

from typing import Any

import numpy as np
import pytest

from data.policies import load_policy
from routing.columns import (
    Access,
    ArcFlag,
    Basis,
    ConditionState,
    LimitState,
    Quantity,
    Reason,
    Role,
    Scope,
    StructureKind,
    TechnicalGrade,
    Verdict,
    WidthBasis,
)
from routing.explain import Check, check_arc
from routing.graph import U8
from routing.limits import ExtraRows, Judge, Situation
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Limit, Road, Structure, make_graph

PASSES, CONDITIONAL, UNKNOWN, BLOCKED = Verdict
NODES = [(112.0, 28.0), (112.01, 28.0)]
PLAIN = {"lane_width_mm": 3750, "carriageway_mm": 7500, "width_basis": WidthBasis.STATED, "coverage": 3}
NUMBER, NONE = LimitState.NUMBER, LimitState.NONE_STATED
LENGTH = 1_000_000
OVERPASS = (Structure("osm:way/9"),)


def profile(height: int = 4000, width: int = 2550, length: int = 16_000, mass: int = 49_000) -> VehicleProfile:
    return VehicleProfile(height, width, length, mass, (Axle(mass // 2, 0), Axle(mass - mass // 2, 9000)), 49_000)


def road(*limits: Limit, **changes: Any) -> Road:  # noqa: ANN401  any column
    columns = {**PLAIN, **changes.pop("columns", {})}
    return Road(0, 1, length_m=1000, limits=limits, columns=columns, **changes)


def explain(
    one: Road,
    vehicle: VehicleProfile | None = None,
    *,
    structures: tuple[Structure, ...] = (),
    state: ConditionState = ConditionState.ACTIVE,
    extra: ExtraRows | None = None,
    access: U8 | None = None,
    arc: int = 0,
) -> list[Check]:
    graph = make_graph(NODES, [one], structures=structures)
    states = np.full(len(graph.strings), state, np.uint8)
    states[0] = ConditionState.ACTIVE
    right = graph.arcs.access if access is None else access
    situation = Situation(states, extra or ExtraRows.none(), right)
    return check_arc(graph, Judge.of(vehicle or profile(), load_policy()), situation, arc)


def test_an_arc_without_anything_to_say_says_nothing() -> None:
    assert explain(road()) == []


@pytest.mark.parametrize(
    ("quantity", "vehicle", "measured"),
    [
        (Quantity.HEIGHT, profile(height=3987), 3987),
        (Quantity.WIDTH, profile(width=2345), 2345),
        (Quantity.LENGTH, profile(length=12_345), 12_345),
        (Quantity.GROSS_MASS, profile(mass=45_678), 45_678),
        (Quantity.AXLE_LOAD, profile(mass=20_000), 10_000),
    ],
)
def test_a_number_is_told_at_it_and_over_it(quantity: Quantity, vehicle: VehicleProfile, measured: int) -> None:
    for limit, verdict, reason in (
        (measured, PASSES, Reason.WITHIN_NUMBER),
        (measured - 1, BLOCKED, Reason.OVER_NUMBER),
    ):
        (check,) = explain(road(Limit(quantity, NUMBER, limit, source="sign")), vehicle)
        assert (check.verdict, check.quantity, check.reason) == (verdict, quantity, reason)
        assert (check.limit, check.measured, check.basis, check.source) == (limit, measured, Basis.POSTED, "sign")
        assert (check.at_mm, check.length_mm, check.structure, check.access) == (0, LENGTH, -1, None)


def test_a_limit_below_a_structure_acts_there_in_both_directions() -> None:
    below = Limit(Quantity.HEIGHT, NUMBER, 3900, scope=Scope.STRUCTURE, structure=0)
    low = road(below, structures=[(0, Role.UNDER, 300_000)])
    (there,), (back,) = (explain(low, structures=OVERPASS, arc=arc) for arc in (0, 1))
    assert (there.at_mm, back.at_mm) == (300_000, LENGTH - 300_000)
    assert (there.verdict, there.structure, there.length_mm) == (BLOCKED, 0, 0)


def test_a_limit_at_a_node_acts_at_the_end_of_the_arc() -> None:
    (check,) = explain(road(Limit(Quantity.HEIGHT, NUMBER, 3900, scope=Scope.POINT)))
    assert (check.at_mm, check.length_mm) == (LENGTH, 0)


@pytest.mark.parametrize(
    ("scope", "grade", "flags", "verdict", "reason", "limit"),
    [
        (Scope.STRUCTURE, TechnicalGrade.UNKNOWN, 0, UNKNOWN, Reason.NO_CLEARANCE, None),
        (Scope.RAILWAY, TechnicalGrade.EXPRESSWAY, 0, UNKNOWN, Reason.RAILWAY_NO_CLEARANCE, None),
        (Scope.STRUCTURE, TechnicalGrade.EXPRESSWAY, 0, CONDITIONAL, Reason.ASSUMED_CLEARANCE, 5000),
        (Scope.STRUCTURE, TechnicalGrade.EXPRESSWAY, ArcFlag.URBAN, UNKNOWN, Reason.NO_CLEARANCE, None),
    ],
)
def test_a_clearance_nobody_states(
    scope: Scope, grade: TechnicalGrade, flags: int, verdict: Verdict, reason: Reason, limit: int | None
) -> None:
    row = Limit(Quantity.HEIGHT, NONE, basis=Basis.NONE, scope=scope)
    under = road(row, columns={"technical_grade": grade}, flags=flags)
    (check,) = explain(under, profile(height=4400))
    assert (check.verdict, check.reason, check.limit, check.measured) == (verdict, reason, limit, 4400)
    assert check.basis is (Basis.ASSUMED if limit else Basis.NONE)
    assert explain(under, profile(height=4000)) == []


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (4500, []),
        (4501, [(CONDITIONAL, Reason.OPEN_ROAD_CONFIRM, 5000)]),
        (5001, [(UNKNOWN, Reason.OPEN_ROAD_UNKNOWN, 5000)]),
    ],
)
def test_the_open_road(height: int, expected: list[tuple[Verdict, Reason, int]]) -> None:
    checks = explain(road(), profile(height=height))
    assert [(check.verdict, check.reason, check.limit) for check in checks] == expected
    (stated,) = explain(road(Limit(Quantity.HEIGHT, NUMBER, 5500)), profile(height=height))
    assert stated.reason is Reason.WITHIN_NUMBER


@pytest.mark.parametrize(
    ("width", "basis", "expected"),
    [
        (3750, WidthBasis.STATED, []),
        (3751, WidthBasis.STATED, [(CONDITIONAL, Basis.MEASURED, 7500)]),
        (3751, WidthBasis.LANES, [(CONDITIONAL, Basis.ASSUMED, 7500)]),
        (7501, WidthBasis.STATED, [(BLOCKED, Basis.MEASURED, 7500)]),
        (7501, WidthBasis.ROAD_CLASS, [(UNKNOWN, Basis.ASSUMED, 7500)]),
        (2551, WidthBasis.UNKNOWN, [(UNKNOWN, Basis.ASSUMED, None)]),
    ],
)
def test_the_width_of_the_road(
    width: int, basis: WidthBasis, expected: list[tuple[Verdict, Basis, int | None]]
) -> None:
    checks = explain(road(columns={"width_basis": basis}), profile(width=width))
    assert [(check.verdict, check.basis, check.limit) for check in checks] == expected


def test_no_coverage_names_the_bridge() -> None:
    on = road(columns={"coverage": 0}, structures=[(0, Role.ON, 0)])
    (check,) = explain(on, profile(mass=50_000), structures=OVERPASS)
    assert (check.verdict, check.quantity, check.reason) == (UNKNOWN, Quantity.COVERAGE, Reason.NO_COVERAGE)
    assert (check.structure, check.measured, check.limit) == (0, 50_000, None)
    (check,) = explain(on, profile(mass=50_000), structures=(Structure("osm:node/9", StructureKind.GATE),))
    assert check.structure == -1
    assert explain(on, structures=OVERPASS) == []


def test_long_vehicles_are_told_that_turns_are_not_judged() -> None:
    (check,) = explain(road(), profile(length=18_101))
    assert (check.verdict, check.quantity, check.reason) == (PASSES, Quantity.LENGTH, Reason.TURNS_NOT_JUDGED)
    assert explain(road(), profile(length=18_100)) == []


def test_an_access_that_decides_is_named_and_one_that_is_opened_too() -> None:
    only = road(access=Access.DESTINATION)
    for access, verdict, reason in (
        (None, CONDITIONAL, Reason.ACCESS_LIMITED),
        (np.zeros(2, np.uint8), PASSES, Reason.DESTINATION_TRAFFIC),
    ):
        (check,) = explain(only, access=access)
        assert (check.verdict, check.reason, check.access) == (verdict, reason, Access.DESTINATION)


@pytest.mark.parametrize(
    ("flag", "verdict", "quantity"),
    [(ArcFlag.CONSTRUCTION, BLOCKED, Quantity.CLOSURE), (ArcFlag.FERRY, CONDITIONAL, Quantity.ACCESS)],
)
def test_roads_under_construction_and_ferries(flag: ArcFlag, verdict: Verdict, quantity: Quantity) -> None:
    (check,) = explain(road(flags=flag))
    assert (check.verdict, check.quantity) == (verdict, quantity)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ConditionState.INACTIVE, []),
        (ConditionState.ACTIVE, [BLOCKED]),
        (ConditionState.UNDECIDED, [CONDITIONAL]),
        (ConditionState.UNREADABLE, [UNKNOWN]),
    ],
)
def test_conditions_weaken_a_limit(state: ConditionState, expected: list[Verdict]) -> None:
    checks = explain(road(Limit(Quantity.HEIGHT, NUMBER, 3900, condition="07:00-09:00")), state=state)
    assert [check.verdict for check in checks] == expected
    assert {check.condition for check in checks} <= {"07:00-09:00"}


def test_an_overlay_is_told_beside_the_limits_of_the_road() -> None:
    ones = np.ones(2, np.uint8)
    extra = ExtraRows(
        arc=np.array([0, 1], np.int32),
        quantity=np.full(2, Quantity.CLOSURE, np.uint8),
        state=ones,
        value=np.zeros(2, np.int32),
        basis=ones,
        scope=np.zeros(2, np.uint8),
        condition_state=np.array([ConditionState.ACTIVE, ConditionState.INACTIVE], np.uint8),
        structure=np.full(2, -1, np.int32),
        condition=("", ""),
        source=("overlay:a", "overlay:b"),
    )
    first, second = (explain(road(Limit(Quantity.HEIGHT, NUMBER, 5000)), extra=extra, arc=arc) for arc in (0, 1))
    assert [(check.verdict, check.quantity, check.source) for check in first] == [
        (PASSES, Quantity.HEIGHT, "test"),
        (BLOCKED, Quantity.CLOSURE, "overlay:a"),
    ]
    assert [check.verdict for check in second] == [PASSES]
