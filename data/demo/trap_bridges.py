"""Traps that bridges and coverage decide (桥梁类陷阱), each reckoned by hand formulas beforehand."""

from dataclasses import replace
from typing import Any, Final

from data.demo.bridges import Card, add_bridge
from data.demo.closed_forms import impact, worst_ratio
from data.demo.road import Road
from data.demo.sites import Land
from data.demo.trap_roads import PER_KIND
from data.demo.traps import FIXED_DAY, Json, Trap, axle_train, ends_of, modular

_SPUR_M: Final = 1_700.0
_PASSING_SPANS_M: Final = (30, 35, 40, 45, 50)
_FAILING_SPANS_M: Final = (45, 48, 50, 45, 50)  # long, so that little impact lies between crossing with and without
_STALE_SPANS_M: Final = (50, 48, 45, 50, 45)
_LINES: Final = range(5, 15)
_LIGHTEST_KG, _HEAVIEST_KG = 5_000, 17_900
FAILS_AT: Final = 1.02  # of the design load with its impact, crossing alone without impact
PASSES_AT: Final = 0.98  # of the design load, impact on both sides
STALE_AT: Final = 0.762  # of the design load with its impact, without impact; 0.75 is allowed one class worse
_FRESH: Final = "2025-06-18"
_STALE: Final = "2019-05-20"
_HOLE_M: Final = 300.0


def failing(land: Land, cards: list[Card]) -> tuple[list[Trap], list[Road]]:
    """A bridge that just fails (略超): 2 % over the design load even alone at walking pace."""
    traps, roads = [], []
    for number, span in enumerate(_FAILING_SPANS_M, start=1):
        vehicle = _vehicle(span, FAILS_AT * (1 + impact(span)))
        trap, road = _bridge_trap(land, cards, f"bridge-fails-{number}", span, vehicle, _FRESH)
        traps.append(trap)
        roads.append(road)
    return traps, roads


def passing(land: Land, cards: list[Card]) -> tuple[list[Trap], list[Road]]:
    """A bridge that just passes (略低): 2 % under the design load with other traffic on it."""
    traps, roads = [], []
    for number, span in enumerate(_PASSING_SPANS_M, start=1):
        vehicle = _vehicle(span, PASSES_AT)
        trap, road = _bridge_trap(land, cards, f"bridge-passes-{number}", span, vehicle, _FRESH)
        traps.append(trap)
        roads.append(road)
    return traps, roads


def stale(land: Land, cards: list[Card]) -> tuple[list[Trap], list[Road]]:
    """A bridge whose rating is too old (评定过期): it counts one class worse, and so it fails."""
    traps, roads = [], []
    for number, span in enumerate(_STALE_SPANS_M, start=1):
        vehicle = _vehicle(span, STALE_AT * (1 + impact(span)))
        trap, road = _bridge_trap(land, cards, f"stale-{number}", span, vehicle, _STALE)
        traps.append(trap)
        roads.append(road)
    return traps, roads


_KINDS: Final = {"bridge-fails": "bridge_just_fails", "bridge-passes": "bridge_just_passes", "stale": "stale_rating"}


def _bridge_trap(
    land: Land, cards: list[Card], name: str, span: int, vehicle: Json, rated_on: str
) -> tuple[Trap, Road]:
    road = land.spur(_SPUR_M)
    title = f"演示陷阱{name}大桥"
    at = road.length_m / 2
    card = replace(add_bridge(road, at, [(1, float(span))], f"合成-陷阱-{name}", title), rated_on=rated_on, **_CARD)
    cards.append(card)
    kind = _KINDS[name.rpartition("-")[0]]
    ratio = worst_ratio(axle_train(vehicle), span)
    alone = ratio / (1 + impact(span))
    finding: Json = {"quantity": "bridge_effect", "structure_name": title, "structure_key": card.key}
    by_hand = {"ratio_with_traffic": round(ratio, 4), "ratio_alone": round(alone, 4)}
    verdict = "passes" if kind == "bridge_just_passes" else "unknown"
    finding |= {"outcome": verdict, "by_hand": by_hand}
    is_needed = kind != "bridge_just_passes"  # what passes need not be said
    more = {} if is_needed else {"if_said": finding}
    return Trap(name, kind, vehicle, *ends_of(road), FIXED_DAY, verdict, finding if is_needed else None, more), road


# One lane of 公路-I级 as designed in 2009, simple spans, no girder data: nothing but span and class decides.
_CARD: Final[dict[str, Any]] = {
    "design_load": "公路-I级",
    "standard": "JTG D60-2004",
    "built": 2009,
    "condition": 2,
    "deck_m": 5.9,
    "clear_m": 4.9,
    "superstructure": "T梁",
    "system": "简支",
    "lanes": 1,
}


def _vehicle(span_m: float, ratio: float) -> Json:
    """A modular train whose worst static ratio on a simple span of one 2004 lane is just below or at a number.

    The effect is proportional to the line load as long as the tractor stays; a few steps of halving find it.
    """
    for lines in _LINES:
        low, high = _LIGHTEST_KG, _HEAVIEST_KG
        if (
            not worst_ratio(axle_train(modular(lines, low)), span_m)
            < ratio
            < worst_ratio(axle_train(modular(lines, high)), span_m)
        ):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if worst_ratio(axle_train(modular(lines, middle)), span_m) <= ratio:
                low = middle
            else:
                high = middle
        return modular(lines, low)
    raise AssertionError(f"no train for {span_m} m and {ratio}")


def culverts(land: Land, holes: dict[str, list[tuple[float, float, str]]]) -> tuple[list[Trap], list[Road]]:
    """A stretch for which nobody declares culverts complete (涵洞未申报): an over-limit mass is unknown there."""
    traps, roads = [], []
    for number in range(1, PER_KIND + 1):
        road = land.spur(_SPUR_M)
        start = 700.0
        label = f"culvert-{number}"
        road.add(start, start + _HOLE_M, {}, label)
        holes[road.ref] = [(start, start + _HOLE_M, "" if number % 2 else "桥梁")]
        finding = {"quantity": "coverage", "outcome": "unknown", "way_label": label, "length_m": _HOLE_M}
        asked = (modular(6, 9_000), *ends_of(road), FIXED_DAY, "unknown", finding)
        traps.append(Trap(label, "undeclared_culvert", *asked))
        roads.append(road)
    return traps, roads
