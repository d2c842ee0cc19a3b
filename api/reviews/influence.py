"""Where a vehicle stands worst on a bridge (最不利布载): the governing section's influence line and the axles on it.

For people who look at one finding. The ratio comes from the sections, factors and kernels of the review; only the
place of the axles, which a review does not keep, is searched for here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize_scalar

from api.reviews.network import OpenNetwork
from data.vehicles import LoadedVehicle
from maps.influence_figure import AxleOnLine, InfluenceFigure
from routing._kernels.axle_train import SHEAR_KIND
from routing.bridges.design_effects import effects_on
from routing.bridges.effects import Effect
from routing.bridges.influence import Beam, Lines, joint_line, moment_line, pack, reaction_line, shear_line
from routing.bridges.policy import BridgePolicy
from routing.bridges.ratio import Crossing, ratio_per_unit
from routing.bridges.sections import LINE_COLUMNS, Points, Sections, System, sections_of
from routing.bridges.table import BridgeKey
from routing.bridges.trains import AxleTrain
from routing.graph import F64
from routing.policy import Policy
from routing.vehicle import Axle

_DRAWN: Final = 241  # points of the line that is drawn
_GRID: Final = 1500  # places from which the worst one is sought
_BESIDE_M: Final = 1e-7  # just this side and just that side of a jump
_SAME: Final = 1e-6


@dataclass(frozen=True, slots=True)
class _Governing:
    """The section of the worst ratio, with its line on its own deck."""

    system: System
    ratio: float
    effect: Effect
    at_m: float
    lines: Lines


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst place of a train on a line (最不利位置).

    Attributes:
        value: The effect there, kN·m or kN, with its sign.
        places_m: Of the axles, front to rear, from the deck's start.
    """

    value: float
    places_m: F64


def bridge_influence(
    network: OpenNetwork, policy: Policy, vehicle: LoadedVehicle, finding: Mapping[str, Any]
) -> InfluenceFigure | None:
    """The influence line behind a finding about a bridge, with the axles at their worst place.

    Args:
        network: The network of the review.
        policy: Its policy.
        vehicle: Loads in kg, spacings in mm.
        finding: Of quantity `bridge_effect`, whole.

    Returns:
        None for a finding that rests on no comparison of effects, or about a bridge this network does not have.
    """
    told, structure = finding.get("bridge") or {}, finding.get("structure") or {}
    if finding.get("quantity") != "bridge_effect" or not told.get("governs"):
        return None
    key = _key_of(network, policy, str(structure.get("id")), str(told.get("spans")))
    if key is None:
        return None
    crossing = Crossing[str(told.get("crossing", "normal")).upper()]
    return influence_figure(key, vehicle, policy.bridges, crossing, finding)


def influence_figure(
    key: BridgeKey, vehicle: LoadedVehicle, policy: BridgePolicy, crossing: Crossing, finding: Mapping[str, Any]
) -> InfluenceFigure | None:
    """The same for a bridge that is known; the ratio allowed and the bridge's words come from the finding."""
    axles = [Axle(axle.load_kg, axle.spacing_mm, axle.files) for axle in vehicle.axles]
    train = AxleTrain.of_axles(axles)
    is_double = any(axle.files > 1 for axle in axles)
    compared = train.scaled(1.0 / policy.double_file_credit) if is_double else train
    governing = governing_section(key, compared, policy, crossing)
    if governing is None:
        return None
    worst = worst_place(governing.lines, governing.effect, train)
    at, ordinate = ordinates(governing.lines), governing.lines.supports_m
    length = float(ordinate[-1])
    drawn = _drawn_places(governing.lines)
    told = finding.get("bridge") or {}
    return InfluenceFigure(
        name=str((finding.get("structure") or {}).get("name") or ""),
        spans=str(told.get("spans") or ""),
        design_load=key.load.name,
        system=governing.system.value,
        crossing=crossing.name.lower(),
        effect=governing.effect.label,
        supports_m=tuple(governing.lines.supports_m.tolist()),
        section_m=float(governing.lines.at_m[0]),
        section_on_bridge_m=governing.at_m,
        line=tuple(zip(drawn.tolist(), at(drawn).tolist(), strict=True)),
        axles=tuple(
            AxleOnLine(place, load, float(at(np.array([place]))[0]), is_on=0 <= place <= length)
            for place, load in zip(worst.places_m.tolist(), train.loads_kn.tolist(), strict=True)
        ),
        value=worst.value,
        ratio=governing.ratio,
        allowed=finding.get("limit"),
    )


def governing_section(key: BridgeKey, train: AxleTrain, policy: BridgePolicy, crossing: Crossing) -> _Governing | None:
    """The section with the worst ratio; uplift is judged by itself and is none of these."""
    systems = (System.SIMPLE, System.CONTINUOUS) if key.system is System.UNKNOWN else (key.system,)
    found = [_governing_in(key, system, train, policy, crossing) for system in systems]
    return max((one for one in found if one is not None), key=lambda one: one.ratio, default=None)


def _governing_in(
    key: BridgeKey, system: System, train: AxleTrain, policy: BridgePolicy, crossing: Crossing
) -> _Governing | None:
    sections = sections_of(key.units, system)
    per_unit = ratio_per_unit(sections, key.load, key.deck, policy)[crossing]
    ratios = np.where(sections.effect == Effect.UPLIFT, 0.0, effects_on(sections, train)[sections.column] * per_unit)
    row = int(np.argmax(ratios))
    if ratios[row] <= 0:
        return None
    effect = Effect(int(sections.effect[row]))
    return _Governing(system, float(ratios[row]), effect, float(sections.at_m[row]), _line_of(sections, row, key))


def _line_of(sections: Sections, row: int, key: BridgeKey) -> Lines:
    """The influence line of a row alone."""
    column = int(sections.column[row])
    if column < len(sections.points):
        return _point_line(sections.points, column, key)
    line = (column - len(sections.points)) // LINE_COLUMNS
    for group in sections.groups:
        if line < len(group.lines):
            return _only(group.lines, line)
        line -= len(group.lines)
    raise AssertionError(row)


def _only(lines: Lines, line: int) -> Lines:
    one = slice(line, line + 1)
    return Lines(
        lines.supports_m,
        lines.effect[one],
        lines.at_m[one],
        lines.own_span_m[one],
        lines.jumps[one],
        lines.section_jump[one],
    )


def _point_line(points: Points, row: int, key: BridgeKey) -> Lines:
    """The line of a simple span's section; a pier's runs over both of its spans."""
    span, x_m, at_m = float(points.span_m[row]), float(points.x_m[row]), float(points.at_m[row])
    effect = Effect(int(points.effect[row]))
    if points.kind[row] != SHEAR_KIND and effect is Effect.REACTION:
        left, right = Beam.of((x_m,)), Beam.of((span - x_m,))
        return joint_line(left, right)
    beam = Beam.of((span,))
    total = sum(length for unit in key.units for length in unit)
    is_last = effect is Effect.REACTION and abs(at_m - total) < _SAME
    if effect is Effect.REACTION:
        made = reaction_line(beam, 1 if is_last else 0)
    elif effect is Effect.SHEAR:
        made = shear_line(beam, 0, is_right_end=False)
    else:
        made = moment_line(beam, 0, x_m)
    return pack(beam.supports_m, [made])


def ordinates(lines: Lines) -> Callable[[F64], F64]:
    """The influence line as a function of the place of a unit load in m from the deck's start; 0 beside the deck."""
    supports, jumps = lines.supports_m, lines.jumps[0]
    section, jump = float(lines.at_m[0]), lines.section_jump[0]

    def at(x: F64) -> F64:
        value = np.zeros_like(x, dtype=np.float64)
        for support, (c0, c1, c2, c3) in zip(supports.tolist(), jumps, strict=True):
            t = np.maximum(x - support, 0.0)
            value += np.where(x >= support, c0 + t * (c1 + t * (c2 + t * c3)), 0.0)
        value += np.where(x > section, jump[0] + jump[1] * (x - section), 0.0)
        return np.where((x < supports[0]) | (x > supports[-1]), 0.0, value)

    return at


def worst_place(lines: Lines, effect: Effect, train: AxleTrain) -> Worst:
    """The place of a train with the largest effect, in either direction of travel.

    Args:
        lines: One influence line.
        effect: Says which sign is sought; a shear counts by its size.
        train: Loads in kN, places in m.
    """
    signs = {Effect.HOGGING: (-1.0,), Effect.UPLIFT: (-1.0,), Effect.SHEAR: (1.0, -1.0)}.get(effect, (1.0,))
    found = [_worst(lines, train, ahead, sign) for ahead in (1.0, -1.0) for sign in signs]
    return max(found, key=lambda one: abs(one.value) if effect is Effect.SHEAR else one.value * signs[0])


def _worst(lines: Lines, train: AxleTrain, ahead: float, sign: float) -> Worst:
    """Travelling to the deck's end (`ahead` 1) or start (-1): where `sign` times the effect is most."""
    at, offsets = ordinates(lines), -ahead * train.offsets_m

    def effect(front: F64) -> F64:
        total: F64 = sign * (at(front[:, None] + offsets[None, :]) @ train.loads_kn)
        return total

    kinks = np.append(lines.supports_m, lines.at_m)
    edges = np.concatenate((kinks, kinks - _BESIDE_M, kinks + _BESIDE_M))
    corners = (edges[:, None] - offsets[None, :]).ravel()
    low, high = float(np.min(corners)), float(np.max(corners))
    places = np.unique(np.concatenate((corners, np.linspace(low, high, _GRID))))
    values = effect(places)
    best = int(np.argmax(values))
    front = float(places[best])
    if 0 < best < len(places) - 1:
        bounds = (float(places[best - 1]), float(places[best + 1]))
        refined = minimize_scalar(lambda p: -float(effect(np.array([p]))[0]), bounds=bounds, method="bounded")
        front = float(refined.x) if -float(refined.fun) > values[best] else front
    return Worst(sign * float(effect(np.array([front]))[0]), front + offsets)


def _drawn_places(lines: Lines) -> F64:
    """Places at which the line is drawn: evenly, at every support, and on both sides of the section."""
    length, section = float(lines.supports_m[-1]), float(lines.at_m[0])
    beside = np.array([section - _BESIDE_M, section, section + _BESIDE_M])
    places = np.concatenate((np.linspace(0.0, length, _DRAWN), lines.supports_m, beside))
    return np.unique(np.clip(places, 0.0, length))


def _key_of(network: OpenNetwork, policy: Policy, structure: str, spans: str) -> BridgeKey | None:
    """The deck that a finding names by its structure's id and its spans; None where it cannot be computed."""
    graph = network.graph
    keys, key_of = network.bridges(policy)._keys  # noqa: SLF001 - the same package; what the ratios are made from
    for row in np.flatnonzero(key_of >= 0).tolist():
        owner = int(graph.bridges.structure[row])
        if owner < 0 or graph.strings[int(graph.structures.key[owner])] != structure:
            continue
        if graph.strings[int(graph.bridges.spans[row])] == spans:
            return keys[int(key_of[row])]
    return None
