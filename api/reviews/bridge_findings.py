"""Findings about bridges (桥梁审查意见): ratio, allowed ratio, governing section, conditions."""

from typing import Any

from api.reviews import bridge_wording as words
from api.reviews.bridges import BridgeResult, Settlement
from api.reviews.evidence_wording import settled_conditions, settled_reason
from api.reviews.wording import Bilingual
from data.bridges.evidence_model import Calculation
from routing.bridges.policy import BridgePolicy
from routing.bridges.ratio import Crossing
from routing.columns import Verdict
from routing.graph import RoadGraph

LISTED_FROM = 0.8  # of the allowed ratio; a bridge used less is counted in one line with the others
FULL = 1.0
DIGITS = 3


def utilisation(result: BridgeResult) -> float:
    """Share of the allowed ratio that a vehicle uses; 0 where nothing was compared."""
    if result.governing is None:
        return 0.0
    return result.governing[Crossing.NORMAL].ratio / (result.answer.allowed_ratio or FULL)


def bridge_json(
    plain: dict[str, Any], graph: RoadGraph, bridge: int, result: BridgeResult, policy: BridgePolicy
) -> dict[str, Any]:
    """Complete a finding about one bridge.

    Args:
        plain: The finding as any other.
        graph: The network.
        bridge: Row of the bridge.
        result: What the vehicle finds there.
        policy: Says how slow a controlled crossing is.
    """
    answer, settlement = result.answer, result.settlement
    reasons, conditions = _words(result, policy.controlled_speed_kmh)
    is_controlled = answer.verdict is Verdict.CONDITIONAL and settlement is None
    decisive = Crossing.CONTROLLED if is_controlled else Crossing.NORMAL
    governing = result.governing[decisive] if result.governing else None
    ratio = round(governing.ratio, DIGITS) if governing else None
    allowed = round(answer.allowed_ratio, DIGITS) if answer.allowed_ratio is not None else None
    return plain | {
        "limit": allowed,
        "measured": ratio,
        "margin": round(allowed - ratio, DIGITS) if allowed is not None and ratio is not None else None,
        "unit": "ratio",
        "reason": "；".join(text.zh for text in reasons),
        "reason_en": "; ".join(text.en for text in reasons),
        "conditions": [text.zh for text in conditions],
        "conditions_en": [text.en for text in conditions],
        "bridge": {
            "spans": graph.strings[int(graph.bridges.spans[bridge])],
            "design_load": graph.strings[int(graph.bridges.design_load[bridge])],
            "condition": int(graph.bridges.condition[bridge]) or None,
            "governs": governing.effect.label if governing else None,
            "section_m": round(governing.at_m, DIGITS) if governing else None,
            "crossing": decisive.name.lower(),
            "ratios": _ratios(result),
            "evidence": None if settlement is None else _evidence_json(settlement),
        },
    }


def _words(result: BridgeResult, speed_kmh: int) -> tuple[list[Bilingual], list[Bilingual]]:
    """Reasons and conditions; of a settled bridge those of the earlier answer."""
    if result.settlement is not None:
        return [settled_reason(result.settlement.entry)], settled_conditions(result.settlement.entry)
    reasons = [words.REASON[reason] for reason in result.answer.reasons]
    return reasons, [_filled(words.CONDITION[condition], speed_kmh) for condition in result.answer.conditions]


def _evidence_json(settlement: Settlement) -> dict[str, Any]:
    """Name the earlier answer, and what the comparison of load effects alone would have said."""
    entry = settlement.entry
    found: dict[str, Any] = {
        "id": entry.id,
        "source": entry.source,
        "valid_until": entry.valid_until.isoformat(),
        "outcome_without": settlement.without.name.lower(),
    }
    if isinstance(entry, Calculation):
        made = {"firm": entry.firm, "qualification": entry.qualification, "made_on": entry.made_on.isoformat()}
        return found | {"kind": entry.kind} | made
    return found | {"kind": "corridor"}


def quiet_bridges_json(plain: dict[str, Any], most_used: BridgeResult, count: int) -> dict[str, Any]:
    """Say in one line that bridges pass with room to spare; the most used of them stands for all."""
    ratio = round(utilisation(most_used), DIGITS)
    return plain | {
        "limit": FULL,
        "measured": ratio,
        "margin": round(FULL - ratio, DIGITS),
        "unit": "ratio",
        "reason": f"其余{count}座桥梁的荷载效应比均不超过{ratio:.2f}",
        "reason_en": f"{count} more bridges with a ratio of at most {ratio:.2f}",
        "count": count,
    }


def _ratios(result: BridgeResult) -> dict[str, float] | None:
    if result.governing is None:
        return None
    return {way.name.lower(): round(found.ratio, DIGITS) for way, found in result.governing.items()}


def _filled(text: Bilingual, speed_kmh: int) -> Bilingual:
    return Bilingual(text.zh.format(speed=speed_kmh), text.en.format(speed=speed_kmh))
