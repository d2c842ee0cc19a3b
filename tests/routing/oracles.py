"""Slow second opinions, written from the table "What a limit can say" and from the meaning of a turn ban.

Nothing here looks at the kernels; arcs, rows and vehicles are read as plain numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from routing.columns import (
    Access,
    ArcFlag,
    ConditionState,
    LimitState,
    Quantity,
    Scope,
    TechnicalGrade,
    Verdict,
    WidthBasis,
)
from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, Metric
from routing.parts import Place
from routing.policy import Policy
from routing.vehicle import VehicleProfile

MASSES = (Quantity.GROSS_MASS, Quantity.AXLE_LOAD, Quantity.AXLE_GROUP, Quantity.TRIDEM)
BRIDGE_COVERED, CULVERT_COVERED = 1, 2


class Statement(NamedTuple):
    """One row about one arc, with its condition decided."""

    quantity: Quantity
    state: LimitState
    value: int
    scope: Scope
    holds: ConditionState = ConditionState.ACTIVE
    always: bool = True


def statements_of(graph: RoadGraph, arc: int, holds: Mapping[str, ConditionState]) -> list[Statement]:
    rows = graph.limits
    found = []
    for row in range(int(rows.first_out[arc]), int(rows.first_out[arc + 1])):
        text = graph.strings[int(rows.condition[row])]
        found.append(
            Statement(
                Quantity(int(rows.quantity[row])),
                LimitState(int(rows.state[row])),
                int(rows.value[row]),
                Scope(int(rows.scope[row])),
                holds[text] if text else ConditionState.ACTIVE,
                not text,
            )
        )
    return found


def verdict_of_arc(
    graph: RoadGraph,
    arc: int,
    vehicle: VehicleProfile,
    policy: Policy,
    holds: Mapping[str, ConditionState] | None = None,
    overlay: Iterable[Statement] = (),
) -> Verdict:
    """The whole table for one arc; the worst of its cells."""
    arcs = graph.arcs
    flags = ArcFlag(int(arcs.flags[arc]))
    own = statements_of(graph, arc, holds or {})
    said = [row for row in own if row.always and row.scope is Scope.ROAD and row.state is not LimitState.NONE_STATED]
    answers = [policy.access[Access(int(arcs.access[arc]))], _state_of_road(flags)]
    if not any(row.quantity is Quantity.HEIGHT for row in said):
        answers.append(_open_road(vehicle.height_mm, policy))
    if not any(row.quantity is Quantity.WIDTH and row.state is LimitState.NUMBER for row in said):
        answers.append(_unposted_width(graph, arc, vehicle.width_mm, policy))
    answers.append(_bridges_and_culverts(graph, arc, vehicle, policy))
    clearance = _design_clearance(graph, arc, policy)
    on_bridge = ArcFlag.BRIDGE in flags
    answers += [_of_statement(row, vehicle, policy, clearance, on_bridge) for row in (*own, *overlay)]
    return max(answers)


def _state_of_road(flags: ArcFlag) -> Verdict:
    if ArcFlag.CONSTRUCTION in flags:
        return Verdict.BLOCKED
    return Verdict.CONDITIONAL if ArcFlag.FERRY in flags else Verdict.PASSES


def _design_clearance(graph: RoadGraph, arc: int, policy: Policy) -> int | None:
    """Design clearance that may be assumed on this arc: of a known grade, never on a city street."""
    if ArcFlag.URBAN in ArcFlag(int(graph.arcs.flags[arc])):
        return None
    return policy.height.assumed_clearance_mm.get(TechnicalGrade(int(graph.arcs.technical_grade[arc])))


def _open_road(height_mm: int, policy: Policy) -> Verdict:
    if height_mm > policy.height.open_road_conditional_mm:
        return Verdict.UNKNOWN
    return Verdict.CONDITIONAL if height_mm > policy.height.open_road_passes_mm else Verdict.PASSES


def _unposted_width(graph: RoadGraph, arc: int, width_mm: int, policy: Policy) -> Verdict:
    basis = WidthBasis(int(graph.arcs.width_basis[arc]))
    lane, carriageway = int(graph.arcs.lane_width_mm[arc]), int(graph.arcs.carriageway_mm[arc])
    if basis is WidthBasis.STATED and carriageway < width_mm:
        return Verdict.BLOCKED
    if width_mm <= policy.legal_width_mm:
        return Verdict.PASSES
    if basis is WidthBasis.UNKNOWN:
        return Verdict.UNKNOWN
    if width_mm <= lane:
        return Verdict.PASSES
    return Verdict.CONDITIONAL if width_mm <= carriageway else Verdict.UNKNOWN


def _bridges_and_culverts(graph: RoadGraph, arc: int, vehicle: VehicleProfile, policy: Policy) -> Verdict:
    coverage = int(graph.arcs.coverage[arc])
    complete = bool(coverage & BRIDGE_COVERED) and bool(coverage & CULVERT_COVERED)
    matters = policy.mass.uncovered_roads_unknown or ArcFlag.BRIDGE in ArcFlag(int(graph.arcs.flags[arc]))
    over = vehicle.gross_mass_kg > vehicle.legal_mass_kg
    return Verdict.UNKNOWN if over and matters and not complete else Verdict.PASSES


def _of_statement(
    row: Statement, vehicle: VehicleProfile, policy: Policy, clearance: int | None, on_bridge: bool
) -> Verdict:
    plain = _unconditional(row, vehicle, policy, clearance, on_bridge)
    table = {
        ConditionState.INACTIVE: [Verdict.PASSES] * 4,
        ConditionState.ACTIVE: list(Verdict),
        ConditionState.UNDECIDED: [Verdict.PASSES] + [Verdict.CONDITIONAL] * 3,
        ConditionState.UNREADABLE: [Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN, Verdict.UNKNOWN],
    }
    return table[row.holds][plain]


def _unconditional(
    row: Statement, vehicle: VehicleProfile, policy: Policy, clearance: int | None, on_bridge: bool
) -> Verdict:
    if row.quantity is Quantity.CLOSURE:
        return Verdict.BLOCKED
    if row.quantity is Quantity.ACCESS:
        return policy.access[Access(row.value)] if row.state is LimitState.NUMBER else Verdict.UNKNOWN
    return _of_size(row, vehicle, policy, clearance, on_bridge)


def _of_size(
    row: Statement, vehicle: VehicleProfile, policy: Policy, clearance: int | None, on_bridge: bool
) -> Verdict:
    measured, legal = _numbers(row.quantity, vehicle, policy)
    if row.state is LimitState.NUMBER:
        return Verdict.BLOCKED if measured > row.value else Verdict.PASSES
    if row.state is LimitState.NONE_STATED:
        if row.quantity is not Quantity.HEIGHT:
            return Verdict.PASSES
        return _open_road(measured, policy) if row.scope is Scope.ROAD else _structure(row, measured, policy, clearance)
    if on_bridge and row.quantity in MASSES:
        return Verdict.UNKNOWN
    if row.state is LimitState.BELOW_DEFAULT and row.quantity is Quantity.HEIGHT:
        legal = policy.height.below_default_mm
    return Verdict.UNKNOWN if measured > legal else Verdict.PASSES


def _structure(row: Statement, height_mm: int, policy: Policy, clearance: int | None) -> Verdict:
    if height_mm <= policy.height.legal_mm:
        return Verdict.PASSES
    if row.scope is Scope.RAILWAY or clearance is None:
        return Verdict.UNKNOWN
    return Verdict.CONDITIONAL if clearance - height_mm >= policy.height.assumed_margin_mm else Verdict.UNKNOWN


def _numbers(quantity: Quantity, vehicle: VehicleProfile, policy: Policy) -> tuple[int, int]:
    """The vehicle's number and what needs no stated limit."""
    near = policy.mass.axle_group_spacing_mm
    table = {
        Quantity.HEIGHT: (vehicle.height_mm, policy.height.legal_mm),
        Quantity.WIDTH: (vehicle.width_mm, policy.legal_width_mm),
        Quantity.LENGTH: (vehicle.length_mm, policy.legal_length_mm),
        Quantity.GROSS_MASS: (vehicle.gross_mass_kg, vehicle.legal_mass_kg),
        Quantity.AXLE_LOAD: (max(a.load_kg for a in vehicle.axles), policy.mass.legal_axle_load_kg),
        Quantity.AXLE_GROUP: (_heaviest_run(vehicle, 2, near), policy.mass.legal_axle_group_kg),
        Quantity.TRIDEM: (_heaviest_run(vehicle, 3, near), policy.mass.legal_tridem_kg),
    }
    return table[quantity]


def _heaviest_run(vehicle: VehicleProfile, count: int, near_mm: int) -> int:
    """Heaviest `count` neighbours within one run of close axles."""
    runs: list[list[int]] = []
    for axle in vehicle.axles:
        if runs and axle.spacing_mm < near_mm:
            runs[-1].append(axle.load_kg)
        else:
            runs.append([axle.load_kg])
    return max((sum(run[i : i + count]) for run in runs for i in range(len(run) - count + 1)), default=0)


# --- search


Bans = Sequence[Sequence[int]]


def is_reverse(graph: RoadGraph, arc: int, following: int) -> bool:
    arcs = graph.arcs
    return bool(arcs.geometry[arc] == arcs.geometry[following]) and arc != following


def holds_ban(arcs: Sequence[int], bans: Bans) -> bool:
    """Whether any contiguous part of a sequence of arcs is banned."""
    return any(tuple(arcs[at : at + len(ban)]) == tuple(ban) for ban in bans for at in range(len(arcs) - len(ban) + 1))


def is_allowed(graph: RoadGraph, arcs: Sequence[int], bans: Bans) -> bool:
    """Whether a sequence of arcs can be driven: joined, no turning back, no ban."""
    joined = all(graph.arcs.head[a] == graph.arcs.tail[b] for a, b in pairwise(arcs))
    return joined and not any(is_reverse(graph, a, b) for a, b in pairwise(arcs)) and not holds_ban(arcs, bans)


def share_ms(graph: RoadGraph, metric: Metric, arc: int, part_mm: int) -> int:
    """Cost of a part of an arc, rounded half up."""
    length = int(graph.arcs.length_mm[arc])
    whole, rest = divmod(int(metric.weight[arc]) * part_mm, length)
    return whole + (2 * rest >= length)


def cost_of(graph: RoadGraph, metric: Metric, arcs: Sequence[int], start: Place, end: Place) -> int:
    """Cost of a way added up again."""
    if len(arcs) == 1:
        return share_ms(graph, metric, arcs[0], end.at_mm - start.at_mm)
    first = share_ms(graph, metric, arcs[0], int(graph.arcs.length_mm[arcs[0]]) - start.at_mm)
    inner = sum(int(metric.weight[arc]) for arc in arcs[1:-1])
    return first + inner + share_ms(graph, metric, arcs[-1], end.at_mm)


def staying_costs(graph: RoadGraph, metric: Metric, starts: Sequence[Place], ends: Sequence[Place]) -> list[int]:
    """Costs of all ways that never leave their arc."""
    return [
        share_ms(graph, metric, s.arc, e.at_mm - s.at_mm)
        for s in starts
        for e in ends
        if s.arc == e.arc and s.at_mm <= e.at_mm and metric.weight[s.arc] != FORBIDDEN
    ]


def cheapest_by_history(
    graph: RoadGraph, metric: Metric, bans: Bans, starts: Sequence[Place], ends: Sequence[Place]
) -> int | None:
    """Cheapest cost by Dijkstra over the last few arcs driven: as many as the longest ban, less one."""
    memory = max([len(ban) for ban in bans], default=2) - 1
    usable = metric.weight != FORBIDDEN
    lines = nx.DiGraph()
    todo: list[tuple[int, ...]] = []
    for start in starts:
        if usable[start.arc]:
            left = share_ms(graph, metric, start.arc, int(graph.arcs.length_mm[start.arc]) - start.at_mm)
            _keep_least(lines, "from", (start.arc,), left)
            todo.append((start.arc,))
    for history in todo:
        for following in _leaving(graph, int(graph.arcs.head[history[-1]])):
            driven = (*history, following)
            if not usable[following] or not is_allowed(graph, driven, bans):
                continue
            state = driven[-memory:]
            if state not in lines:
                todo.append(state)
            _keep_least(lines, history, state, int(metric.weight[following]))
            for end in ends:
                if end.arc == following:
                    _keep_least(lines, history, "to", share_ms(graph, metric, following, end.at_mm))
    staying = staying_costs(graph, metric, starts, ends)
    if "from" in lines and "to" in lines and nx.has_path(lines, "from", "to"):
        staying.append(int(nx.dijkstra_path_length(lines, "from", "to")))
    return min(staying, default=None)


def cheaper_walk(
    graph: RoadGraph, metric: Metric, bans: Bans, starts: Sequence[Place], ends: Sequence[Place], cost: int
) -> list[int] | None:
    """Any allowed walk that costs less than `cost`, found by trying every one of them."""
    found: list[list[int]] = []

    def drive(walk: list[int], reached: int) -> None:
        for following in _leaving(graph, int(graph.arcs.head[walk[-1]])):
            longer = [*walk, following]
            if found or metric.weight[following] == FORBIDDEN or not is_allowed(graph, longer, bans):
                continue
            if any(e.arc == following and reached + share_ms(graph, metric, following, e.at_mm) < cost for e in ends):
                found.append(longer)
            elif reached + int(metric.weight[following]) < cost:
                drive(longer, reached + int(metric.weight[following]))

    for start in starts:
        left = share_ms(graph, metric, start.arc, int(graph.arcs.length_mm[start.arc]) - start.at_mm)
        if metric.weight[start.arc] != FORBIDDEN and left < cost:
            drive([start.arc], left)
    return found[0] if found else None


def _leaving(graph: RoadGraph, node: int) -> list[int]:
    return [arc for arc in range(graph.arc_count) if graph.arcs.tail[arc] == node]


def _keep_least(lines: "nx.DiGraph[object]", a: object, b: object, weight: int) -> None:
    if not lines.has_edge(a, b) or lines.edges[a, b]["weight"] > weight:
        lines.add_edge(a, b, weight=weight)
