"""Limits x vehicle -> verdict of every arc (逐路段判定)."""

from dataclasses import dataclass, field, fields

import numpy as np

from routing._kernels import verdict as kernel
from routing.columns import Access, Basis, ConditionState, LimitState, Quantity, Scope, TechnicalGrade, Verdict
from routing.errors import GraphError
from routing.graph import I32, U8, RoadGraph
from routing.policy import Policy
from routing.soundness import has_only
from routing.vehicle import VehicleProfile

EXTRA_CODES = {
    "quantity": Quantity,
    "state": LimitState,
    "basis": Basis,
    "scope": Scope,
    "condition_state": ConditionState,
}
EXTRA_DTYPES = {"arc": np.int32, "value": np.int32, "structure": np.int32, **dict.fromkeys(EXTRA_CODES, np.uint8)}


@dataclass(frozen=True, slots=True)
class ExtraRows:
    """Statements from beside the snapshot (叠加限值): closures and temporary limits, one row a statement.

    Attributes:
        arc: int32, arc the row speaks of.
        quantity, state, value, basis, scope: As in `routing.graph.Limits`.
        condition_state: uint8, `ConditionState` at the asked time.
        structure: int32, structure the row names, -1 if none.
        condition: Text of each row's condition, empty if it always holds.
        source: Text naming where each row comes from.
    """

    arc: I32
    quantity: U8
    state: U8
    value: I32
    basis: U8
    scope: U8
    condition_state: U8
    structure: I32
    condition: tuple[str, ...]
    source: tuple[str, ...]

    @classmethod
    def none(cls) -> "ExtraRows":
        """Return a table without rows."""
        empty8, empty32 = np.empty(0, np.uint8), np.empty(0, np.int32)
        return cls(empty32, empty8, empty8, empty32, empty8, empty8, empty8, empty32, (), ())


@dataclass(frozen=True, slots=True)
class Judge:
    """One vehicle under one policy, in the form the kernels take (判定参数)."""

    load: kernel.Load
    thresholds: kernel.Thresholds
    assumed_of_grade: I32
    access_verdict: U8

    @classmethod
    def of(cls, vehicle: VehicleProfile, policy: Policy) -> "Judge":
        """Join a vehicle with a policy."""
        spacing = policy.mass.axle_group_spacing_mm
        load = kernel.Load(
            height_mm=vehicle.height_mm,
            width_mm=vehicle.width_mm,
            length_mm=vehicle.length_mm,
            gross_mass_kg=vehicle.gross_mass_kg,
            axle_load_kg=vehicle.axle_load_kg,
            axle_group_kg=vehicle.heaviest_group_kg(2, spacing),
            tridem_kg=vehicle.heaviest_group_kg(3, spacing),
        )
        thresholds = kernel.Thresholds(
            legal_height_mm=policy.height.legal_mm,
            below_default_mm=policy.height.below_default_mm,
            open_road_passes_mm=policy.height.open_road_passes_mm,
            open_road_conditional_mm=policy.height.open_road_conditional_mm,
            assumed_margin_mm=policy.height.assumed_margin_mm,
            legal_width_mm=policy.legal_width_mm,
            legal_length_mm=policy.legal_length_mm,
            legal_mass_kg=vehicle.legal_mass_kg,
            legal_axle_load_kg=policy.mass.legal_axle_load_kg,
            legal_axle_group_kg=policy.mass.legal_axle_group_kg,
            legal_tridem_kg=policy.mass.legal_tridem_kg,
            uncovered_roads_unknown=policy.mass.uncovered_roads_unknown,
        )
        assumed = [policy.height.assumed_clearance_mm.get(grade, 0) for grade in TechnicalGrade]
        access = [int(policy.access[right]) for right in Access]
        return cls(load, thresholds, np.array(assumed, np.int32), np.array(access, np.uint8))


def under_condition(verdict: int, condition_state: int) -> int:
    """Weaken a verdict whose condition may not hold: by the hour to conditional, under an unreadable one to unknown."""
    return int(kernel.under_condition(verdict, condition_state))


def all_conditions_active(graph: RoadGraph) -> U8:
    """Return condition states, uint8[texts], under which every conditional limit holds: the strictest reading."""
    return np.ones(len(graph.strings), np.uint8)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything beside the vehicle that limits depend on (判定情形).

    Attributes:
        condition_state: uint8[texts], `ConditionState` of each condition text; text 0 must be ACTIVE.
        extra: Overlay rows in force.
        access: uint8[arcs], right of way of this trip: the network's, but open where the trip may go because it starts
            or ends there (see `routing.destination`).
        bridge_verdict: uint8[bridges], `Verdict` of the vehicle on every bridge of the inventory.
    """

    condition_state: U8
    extra: ExtraRows
    access: U8
    bridge_verdict: U8 = field(default_factory=lambda: np.empty(0, np.uint8))


def judge_arcs(graph: RoadGraph, judge: Judge, situation: Situation) -> U8:
    """Judge all arcs at once.

    Args:
        graph: The network.
        judge: Vehicle and policy.
        situation: Time, overlays and destination.

    Returns:
        uint8[arcs] of `Verdict`.

    Raises:
        GraphError: The situation does not fit the graph.
    """
    faults = _faults(graph, situation)
    if faults:
        raise GraphError("; ".join(faults))
    condition_state, extra = situation.condition_state, situation.extra
    arcs, rows = graph.arcs, graph.limits
    verdicts = kernel.judge_arcs(
        arcs.flags,
        arcs.technical_grade,
        situation.access,
        arcs.lane_width_mm,
        arcs.carriageway_mm,
        arcs.width_basis,
        arcs.coverage,
        rows.first_out,
        rows.quantity,
        rows.state,
        rows.value,
        rows.scope,
        rows.condition,
        condition_state,
        judge.assumed_of_grade,
        judge.access_verdict,
        judge.load,
        judge.thresholds,
    )
    if len(extra.arc):
        kernel.raise_verdicts(
            verdicts,
            extra.arc,
            extra.quantity,
            extra.state,
            extra.value,
            extra.scope,
            extra.condition_state,
            arcs.flags,
            arcs.technical_grade,
            judge.assumed_of_grade,
            judge.access_verdict,
            judge.load,
            judge.thresholds,
        )
    np.maximum.at(verdicts, graph.arc_bridges.arc, situation.bridge_verdict[graph.arc_bridges.bridge])
    return verdicts


def _faults(graph: RoadGraph, situation: Situation) -> list[str]:
    """Whatever would make a kernel read beside its arrays, or a limit without condition lapse."""
    states, access, texts = situation.condition_state, situation.access, len(graph.strings)
    faults = []
    if states.shape != (texts,) or states.dtype != np.uint8:
        faults.append(f"condition_state must be uint8[{texts}]")
    elif not has_only(states, ConditionState):
        faults.append("condition_state has a value that is no ConditionState")
    elif texts and states[0] != ConditionState.ACTIVE:
        faults.append("condition_state[0] must be ACTIVE: it stands for limits that always hold")
    if access.shape != (graph.arc_count,) or access.dtype != np.uint8:
        faults.append(f"access must be uint8[{graph.arc_count}]")
    elif not has_only(access, Access):
        faults.append("access has a value that is no Access")
    bridges = situation.bridge_verdict
    if bridges.shape != graph.bridges.structure.shape or bridges.dtype != np.uint8:
        faults.append(f"bridge_verdict must be uint8[{len(graph.bridges.structure)}]")
    elif not has_only(bridges, Verdict):
        faults.append("bridge_verdict has a value that is no Verdict")
    return faults + _extra_faults(graph, situation.extra)


def _extra_faults(graph: RoadGraph, extra: ExtraRows) -> list[str]:
    rows = len(extra.arc)
    columns = {col.name: getattr(extra, col.name) for col in fields(extra)}
    faults = [f"extra.{name} has {len(col)} rows, expected {rows}" for name, col in columns.items() if len(col) != rows]
    faults += [
        f"extra.{name} is {columns[name].dtype}, expected {dtype}"
        for name, dtype in EXTRA_DTYPES.items()
        if columns[name].dtype != dtype
    ]
    if faults or not rows:
        return faults
    faults = [
        f"extra.{name} has a value that is no {c.__name__}"
        for name, c in EXTRA_CODES.items()
        if not has_only(columns[name], c)
    ]
    if int(extra.arc.min()) < 0 or int(extra.arc.max()) >= graph.arc_count:
        faults.append(f"extra.arc has a value outside 0..{graph.arc_count - 1}")
    if not has_only(extra.value[(extra.quantity == Quantity.ACCESS) & (extra.state == LimitState.NUMBER)], Access):
        faults.append("extra.value has a value that is no Access in a row about access")
    return faults
