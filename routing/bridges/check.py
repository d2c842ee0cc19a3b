"""One vehicle on one bridge (单桥比较): effects to show, ratios to judge."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from routing.bridges.design_effects import effects_on
from routing.bridges.design_loads import DesignLoad, LoadModel
from routing.bridges.effects import Effect
from routing.bridges.peaks import peak_sagging
from routing.bridges.policy import BridgePolicy
from routing.bridges.ratio import ONE_LANE, Crossing, Deck
from routing.bridges.sections import LINE_COLUMNS, Sections, System, Units, sections_of
from routing.bridges.table import BridgeKey, BridgeTable
from routing.bridges.trains import AxleTrain
from routing.graph import F64


@dataclass(frozen=True, slots=True)
class Governing:
    """The section with the worst ratio for one way of crossing (控制截面)."""

    ratio: float
    effect: Effect
    at_m: float
    uplift_ratio: float


@dataclass(frozen=True, slots=True)
class BridgeCheck:
    """A comparison in one structural system; with a system unknown, the worse of both.

    Attributes:
        system: SIMPLE or CONTINUOUS.
        vehicle: Largest static effects of the vehicle over all sections and positions, kN·m or kN.
        design: The same for one lane of the design load by its usual reading, None without numbers.
        check_load: The same for the class's check load, None if it has none.
        governing: Worst ratio by way of crossing, None without a design load.
    """

    system: System
    vehicle: Mapping[Effect, float]
    design: Mapping[Effect, float] | None
    check_load: Mapping[Effect, float] | None
    governing: Mapping[Crossing, Governing] | None


def check_bridge(
    units: Units,
    system: System,
    train: AxleTrain,
    load: DesignLoad | None,
    policy: BridgePolicy,
    deck: Deck = ONE_LANE,
    *,
    is_double_file: bool = False,
) -> BridgeCheck:
    """Compare a vehicle with a bridge's design load.

    Args:
        units: Span lists, one a continuous unit.
        system: Structural system; UNKNOWN computes both and keeps the one with the worse ratio.
        train: The vehicle.
        load: The design load, None if it has no numbers.
        policy: Factors of the ratio.
        deck: Lanes and girders.
        is_double_file: Whether the trailer runs in two files; the policy says how many lanes it is compared with.

    Raises:
        BridgeError: The span list cannot be computed with.
    """
    systems = (System.SIMPLE, System.CONTINUOUS) if system is System.UNKNOWN else (system,)
    compared = train.scaled(1.0 / policy.double_file_credit) if is_double_file else train
    found = (_check(units, one, (train, compared), load, policy, deck) for one in systems)
    return max(found, key=_badness)


def _badness(found: BridgeCheck) -> float:
    if found.governing is None:
        return found.vehicle[Effect.SAGGING]
    return found.governing[Crossing.NORMAL].ratio


def _check(
    units: Units,
    system: System,
    trains: tuple[AxleTrain, AxleTrain],
    load: DesignLoad | None,
    policy: BridgePolicy,
    deck: Deck,
) -> BridgeCheck:
    train, compared = trains
    sections = sections_of(units, system)
    vehicle = largest_effects(units, system, sections, train)
    if load is None:
        return BridgeCheck(system, vehicle, None, None, None)
    check = load.check_load
    return BridgeCheck(
        system,
        vehicle,
        largest_effects(units, system, sections, load.readings[0]),
        largest_effects(units, system, sections, check.readings[0]) if check else None,
        _governing(BridgeKey(units, system, load, deck), compared, policy),
    )


def _governing(key: BridgeKey, train: AxleTrain, policy: BridgePolicy) -> dict[Crossing, Governing]:
    found = BridgeTable.of([key], policy).ratios(train)
    return {
        way: Governing(
            float(found.ratio[way, 0]),
            Effect(int(found.effect[way, 0])),
            float(found.at_m[way, 0]),
            float(found.uplift[way, 0]),
        )
        for way in Crossing
    }


def largest_effects(units: Units, system: System, sections: Sections, model: LoadModel) -> dict[Effect, float]:
    """Largest magnitude of every effect of one load over all sections and positions; 0 where there is none."""
    values = effects_on(sections, model)
    most = {effect: _largest(values[sections.column[sections.effect == effect]]) for effect in Effect}
    most[Effect.SAGGING] = peak_sagging(units, system, model)
    most[Effect.HOGGING] = _hogging(sections, values)
    return most


def _hogging(sections: Sections, values: F64) -> float:
    """Largest hogging moment; between supports it is never larger than at one of them."""
    first = len(sections.points)
    most = 0.0
    for group in sections.groups:
        columns = values[first : first + LINE_COLUMNS * len(group.lines)].reshape(-1, LINE_COLUMNS)
        most = max(most, _largest(columns[group.lines.effect == Effect.SAGGING, 1]))
        first += LINE_COLUMNS * len(group.lines)
    return most


def _largest(values: F64) -> float:
    return float(np.max(values)) if len(values) else 0.0
