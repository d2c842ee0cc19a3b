"""Why an arc got its verdict (判定说明): the same judgements as in bulk, one record a check."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing._kernels import verdict as kernel
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
    Verdict,
    WidthBasis,
)
from routing.graph import RoadGraph
from routing.limits import Judge, Situation

ACCESS_SOURCE = "access"


@dataclass(frozen=True, slots=True)
class Check:
    """One limit looked at for one arc (一项检查).

    Attributes:
        limit: The number compared with, None if there is none; mm or kg.
        measured: The vehicle's number, None if there is none.
        structure: Row of the structure, -1 if none.
        source: Where the limit comes from, empty for what the policy assumes.
        condition: Text of the condition the limit holds under, empty if always.
        at_mm: Where on the arc it acts, from the arc's start.
        length_mm: How far it acts.
        access: The right of way that decided, for access checks.
        condition_state: Whether the condition holds.
        bridge: Row of the bridge, -1 if the check is about none.
    """

    verdict: Verdict
    quantity: Quantity
    reason: Reason
    limit: int | None
    measured: int | None
    basis: Basis
    structure: int
    source: str
    condition: str
    at_mm: int
    length_mm: int
    access: Access | None = None
    condition_state: ConditionState = ConditionState.ACTIVE
    bridge: int = -1


def check_arc(graph: RoadGraph, judge: Judge, situation: Situation, arc: int) -> list[Check]:
    """List every check of an arc that says something: all that do not pass, and all with a number.

    The worst verdict of the list is the verdict of `routing.limits.judge_arcs`; an arc without checks passes.
    """
    checks = _access_checks(graph, judge, situation, arc)
    rows = _row_checks(graph, judge, situation, arc)
    checks += rows.checks + _overlay_checks(graph, judge, situation, arc) + _bridge_checks(graph, situation, arc)
    length = int(graph.arcs.length_mm[arc])
    if not rows.height_stated:
        judgement = kernel.judge_open_road(judge.load, judge.thresholds)
        checks += _implicit(Quantity.HEIGHT, judgement, judge.load.height_mm, Basis.NONE, length)
    if not rows.width_stated:
        basis = int(graph.arcs.width_basis[arc])
        judgement = kernel.judge_width(
            graph.arcs.lane_width_mm[arc], graph.arcs.carriageway_mm[arc], basis, judge.load, judge.thresholds
        )
        stated = Basis.MEASURED if basis == WidthBasis.STATED else Basis.ASSUMED
        checks += _implicit(Quantity.WIDTH, judgement, judge.load.width_mm, stated, length)
    judgement = kernel.judge_coverage(graph.arcs.coverage[arc], graph.arcs.flags[arc], judge.load, judge.thresholds)
    coverage = _implicit(Quantity.COVERAGE, judgement, judge.load.gross_mass_kg, Basis.NONE, length)
    if judge.load.length_mm > judge.thresholds.legal_length_mm:
        checks.append(_turns_note(judge, length))
    return checks + [_on_bridge(graph, arc, check) for check in coverage]


def judge_part(graph: RoadGraph, judge: Judge, situation: Situation, arc: int, from_mm: int, to_mm: int) -> Verdict:
    """Judge the driven part of an arc: a bollard beyond the gate of the yard where the trip ends is not in the way."""
    checks = check_arc(graph, judge, situation, arc)
    return max((check.verdict for check in checks if acts_on(check, from_mm, to_mm)), default=Verdict.PASSES)


def acts_on(check: Check, from_mm: int, to_mm: int) -> bool:
    """Tell whether a check acts on a part of its arc; a spot on the edge of the part does."""
    if check.length_mm == 0:
        return from_mm <= check.at_mm <= to_mm
    return check.at_mm <= to_mm and check.at_mm + check.length_mm >= from_mm


@dataclass(frozen=True, slots=True)
class _Rows:
    checks: list[Check]
    height_stated: bool
    width_stated: bool


def _row_checks(graph: RoadGraph, judge: Judge, situation: Situation, arc: int) -> _Rows:
    rows = graph.limits
    checks: list[Check] = []
    height_stated = width_stated = False
    for row in range(int(rows.first_out[arc]), int(rows.first_out[arc + 1])):
        active = ConditionState(int(situation.condition_state[rows.condition[row]]))
        if active is ConditionState.INACTIVE:
            continue
        quantity, state = Quantity(int(rows.quantity[row])), LimitState(int(rows.state[row]))
        is_road = rows.scope[row] == Scope.ROAD and rows.condition[row] == 0
        height_stated |= is_road and quantity is Quantity.HEIGHT and state is not LimitState.NONE_STATED
        width_stated |= is_road and quantity is Quantity.WIDTH and state is LimitState.NUMBER
        structure = int(rows.structure[row])
        at_mm, length_mm = _extent(graph, arc, structure, Scope(int(rows.scope[row])))
        checks += _row_check(
            graph,
            judge,
            arc,
            _Row(
                quantity,
                state,
                int(rows.value[row]),
                Basis(int(rows.basis[row])),
                Scope(int(rows.scope[row])),
                active,
                structure,
                graph.strings[int(rows.source[row])],
                graph.strings[int(rows.condition[row])],
                at_mm,
                length_mm,
            ),
        )
    return _Rows(checks, height_stated, width_stated)


def _overlay_checks(graph: RoadGraph, judge: Judge, situation: Situation, arc: int) -> list[Check]:
    extra = situation.extra
    length = int(graph.arcs.length_mm[arc])
    checks: list[Check] = []
    for row in (extra.arc == arc).nonzero()[0]:
        active = ConditionState(int(extra.condition_state[row]))
        if active is ConditionState.INACTIVE:
            continue
        checks += _row_check(
            graph,
            judge,
            arc,
            _Row(
                Quantity(int(extra.quantity[row])),
                LimitState(int(extra.state[row])),
                int(extra.value[row]),
                Basis(int(extra.basis[row])),
                Scope(int(extra.scope[row])),
                active,
                int(extra.structure[row]),
                extra.source[row],
                extra.condition[row],
                0,
                length,
            ),
        )
    return checks


def _bridge_checks(graph: RoadGraph, situation: Situation, arc: int) -> list[Check]:
    """One check a bridge of the inventory under this arc, also those that pass."""
    first, end = np.searchsorted(graph.arc_bridges.arc, (arc, arc + 1))
    checks = []
    for bridge in graph.arc_bridges.bridge[first:end].tolist():
        structure = int(graph.bridges.structure[bridge])
        checks.append(
            Check(
                Verdict(int(situation.bridge_verdict[bridge])),
                Quantity.BRIDGE_EFFECT,
                Reason.BRIDGE,
                None,
                None,
                Basis.INVENTORY,
                structure,
                graph.strings[int(graph.bridges.source[bridge])],
                "",
                _place_on(graph, arc, structure),
                0,
                bridge=bridge,
            )
        )
    return checks


def _place_on(graph: RoadGraph, arc: int, structure: int) -> int:
    first, end = int(graph.arc_structures.first_out[arc]), int(graph.arc_structures.first_out[arc + 1])
    for row in range(first, end):
        if graph.arc_structures.structure[row] == structure:
            return int(graph.arc_structures.at_mm[row])
    return 0


@dataclass(frozen=True, slots=True)
class _Row:
    quantity: Quantity
    state: LimitState
    value: int
    basis: Basis
    scope: Scope
    active: ConditionState
    structure: int
    source: str
    condition: str
    at_mm: int
    length_mm: int


def _row_check(graph: RoadGraph, judge: Judge, arc: int, row: _Row) -> Sequence[Check]:
    verdict, reason, limit = kernel.judge_row(
        int(row.quantity),
        int(row.state),
        row.value,
        int(row.scope),
        int(graph.arcs.flags[arc]),
        int(judge.assumed_of_grade[graph.arcs.technical_grade[arc]]),
        judge.access_verdict,
        judge.load,
        judge.thresholds,
    )
    verdict = Verdict(kernel.under_condition(int(verdict), int(row.active)))
    if verdict is Verdict.PASSES and (row.state is not LimitState.NUMBER or row.quantity is Quantity.ACCESS):
        return ()
    measurable = row.quantity not in {Quantity.ACCESS, Quantity.CLOSURE}
    return (
        Check(
            verdict=verdict,
            quantity=row.quantity,
            reason=Reason(int(reason)),
            limit=int(limit) if limit and measurable else None,
            measured=int(kernel.measured_of(int(row.quantity), judge.load)) if measurable else None,
            basis=Basis.ASSUMED if reason == Reason.ASSUMED_CLEARANCE else row.basis,
            structure=row.structure,
            source=row.source,
            condition=row.condition,
            at_mm=row.at_mm,
            length_mm=row.length_mm,
            access=Access(row.value) if reason == Reason.ACCESS_LIMITED else None,
            condition_state=row.active,
        ),
    )


def _access_checks(graph: RoadGraph, judge: Judge, situation: Situation, arc: int) -> list[Check]:
    length = int(graph.arcs.length_mm[arc])
    own = Access(int(graph.arcs.access[arc]))
    flags = int(graph.arcs.flags[arc])
    checks = []
    verdict = Verdict(int(judge.access_verdict[situation.access[arc]]))
    if verdict is not Verdict.PASSES:
        checks.append(_access(verdict, Reason.ACCESS_LIMITED, own, length))
    elif own != situation.access[arc]:
        checks.append(_access(verdict, Reason.DESTINATION_TRAFFIC, own, length))
    if flags & ArcFlag.CONSTRUCTION:
        closure = Check(
            Verdict.BLOCKED,
            Quantity.CLOSURE,
            Reason.UNDER_CONSTRUCTION,
            None,
            None,
            Basis.POSTED,
            -1,
            "",
            "",
            0,
            length,
        )
        checks.append(closure)
    elif flags & ArcFlag.FERRY:
        checks.append(_access(Verdict.CONDITIONAL, Reason.FERRY, own, length))
    return checks


def _access(verdict: Verdict, reason: Reason, access: Access, length_mm: int) -> Check:
    return Check(
        verdict, Quantity.ACCESS, reason, None, None, Basis.POSTED, -1, ACCESS_SOURCE, "", 0, length_mm, access
    )


def _implicit(
    quantity: Quantity, judgement: kernel.Judgement, measured: int, basis: Basis, length_mm: int
) -> list[Check]:
    verdict, reason, limit = (int(part) for part in judgement)
    if verdict == Verdict.PASSES:
        return []
    return [Check(Verdict(verdict), quantity, Reason(reason), limit or None, measured, basis, -1, "", "", 0, length_mm)]


def _turns_note(judge: Judge, length_mm: int) -> Check:
    return Check(
        Verdict.PASSES,
        Quantity.LENGTH,
        Reason.TURNS_NOT_JUDGED,
        judge.thresholds.legal_length_mm,
        judge.load.length_mm,
        Basis.NONE,
        -1,
        "",
        "",
        0,
        length_mm,
    )


def _on_bridge(graph: RoadGraph, arc: int, check: Check) -> Check:
    """Name the bridge an uncovered arc stands on: it is the first thing to ask the operator about."""
    for row in range(int(graph.arc_structures.first_out[arc]), int(graph.arc_structures.first_out[arc + 1])):
        structure = int(graph.arc_structures.structure[row])
        is_bridge = graph.structures.kind[structure] == StructureKind.BRIDGE
        if is_bridge and graph.arc_structures.role[row] == Role.ON:
            return replace(check, structure=structure)
    return check


def _extent(graph: RoadGraph, arc: int, structure: int, scope: Scope) -> tuple[int, int]:
    """Where on an arc a statement acts: at a node, below a structure, or all along."""
    length = int(graph.arcs.length_mm[arc])
    if scope is Scope.POINT:
        return length, 0
    first, end = int(graph.arc_structures.first_out[arc]), int(graph.arc_structures.first_out[arc + 1])
    for row in range(first, end):
        is_under = graph.arc_structures.role[row] == Role.UNDER
        if graph.arc_structures.structure[row] == structure and is_under:
            return int(graph.arc_structures.at_mm[row]), 0
    return 0, length
