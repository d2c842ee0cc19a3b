"""The ratio of a vehicle's load effect to the design load's (荷载效应比), section by section.

Load factor, impact and static effect of the vehicle over the same of the design load, times the lanes credited. All but
the vehicle's static effect is known per bridge and kept as one number a section and a way of crossing: the ratio that
one kN or kN·m makes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from routing.bridges.design_effects import PeakSpan, effects_on
from routing.bridges.design_loads import DesignLoad, LaneLoad
from routing.bridges.effects import Effect
from routing.bridges.policy import BridgePolicy, ImpactPolicy, Spreading
from routing.bridges.sections import Sections
from routing.graph import F64

NEGLIGIBLE = 1e-6  # a design effect this small beside the largest of its kind decides nothing


class Crossing(IntEnum):
    """How the bridge is crossed (通过方式)."""

    NORMAL = 0  # 一般通行: with other traffic, at ordinary speed
    CONTROLLED = 1  # 管控通行: alone, centred, at walking pace


@dataclass(frozen=True, slots=True)
class Deck:
    """What spreads a load across the bridge (横向).

    Attributes:
        lanes: Design lanes (设计车道数).
        spreading: How girders share a load.
    """

    lanes: int = 1
    spreading: Spreading = Spreading.UNKNOWN


ONE_LANE = Deck()


def natural_frequency_hz(span_m: float, policy: ImpactPolicy) -> float:
    """Natural frequency (基频) where nothing but the span is known."""
    return float(policy.frequency_hz_at_1m * span_m**policy.frequency_exponent)


def vehicle_impact(span_m: float, policy: ImpactPolicy) -> float:
    """Impact allowance of a vehicle in ordinary traffic (冲击系数)."""
    value = policy.slope * np.log(natural_frequency_hz(span_m, policy)) - policy.constant
    return float(min(max(value, policy.lowest), policy.highest))


def cautious_effects(sections: Sections, load: DesignLoad) -> F64:
    """Static design effects of one lane, per column the lowest of all readings of the standard."""
    found = [
        effects_on(sections, model, span)
        for model in load.readings
        for span in (PeakSpan if isinstance(model, LaneLoad) else (PeakSpan.LONGEST,))
    ]
    lowest: F64 = np.min(np.stack(found), axis=0)
    return lowest


def ratio_per_unit(
    sections: Sections, load: DesignLoad, deck: Deck, policy: BridgePolicy, effects: Mapping[str, F64] | None = None
) -> F64:
    """Ratio that a static vehicle effect of one kN or kN·m makes at each row.

    Args:
        sections: The bridge.
        load: Its design load.
        deck: Lanes and girders.
        policy: Factors.
        effects: Cautious effects of the load and its check load by name, if they are known already.

    Returns:
        float64[2, rows] by `Crossing`; 0 where the design load has no effect worth comparing.
    """
    spans, inverse = np.unique(sections.longest_m, return_inverse=True)
    vehicle_mu = np.array([vehicle_impact(float(span), policy.impact) for span in spans])[inverse]
    known = effects or {}
    column = sections.column
    main = known.get(load.name)
    main = (cautious_effects(sections, load) if main is None else main)[column]
    main = main * _per_section(load, spans, policy)[inverse]
    normal = main / (policy.factors.normal * (1.0 + vehicle_mu))
    alone_mu = 1.0 + policy.impact.controlled_share * vehicle_mu
    credit = 1.0 if load.is_alone else min(policy.spreading[deck.spreading], load.lanes_effect(deck.lanes))
    factor = policy.factors.against_check_load if load.is_alone else policy.factors.controlled
    controlled = main * credit / (factor * alone_mu)
    if load.check_load is not None:
        check = known.get(load.check_load.name)
        check = (cautious_effects(sections, load.check_load) if check is None else check)[column]
        check = check * _per_section(load.check_load, spans, policy)[inverse]
        controlled = np.maximum(controlled, check / (policy.factors.against_check_load * alone_mu))
    return _inverse(np.stack((normal, controlled)), sections)


def _per_section(load: DesignLoad, spans: F64, policy: BridgePolicy) -> F64:
    """Load factor, impact and long-span factor of the design side, by span."""
    factors: F64 = np.array(
        [
            load.partial_factor
            * (1.0 + load.impact.at(float(span), natural_frequency_hz(float(span), policy.impact)))
            * load.length_factor(float(span))
            for span in spans
        ]
    )
    return factors


def _inverse(allowed: F64, sections: Sections) -> F64:
    per_unit = np.zeros_like(allowed)
    for effect in Effect:
        rows = sections.effect == effect
        if np.any(rows):
            floor = NEGLIGIBLE * np.max(allowed[:, rows])
            keep = rows & np.all(allowed > floor, axis=0)
            per_unit[:, keep] = 1.0 / allowed[:, keep]
    return per_unit
