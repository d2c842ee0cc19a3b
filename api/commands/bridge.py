"""``dajian bridge``: a vehicle's load effects on one bridge against its design load (单桥荷载效应比)."""

from pathlib import Path
from typing import Any

import click

from api.commands.output import print_json
from api.reviews import bridge_wording as words
from api.reviews.wording import Bilingual
from data.bridges.policies import load_bridge_policy
from data.bridges.resolving import ResolvedLoad, resolve_design_load
from data.bridges.span_lists import SpanNote, SpanText, read_spans
from data.errors import BadInputError
from data.vehicles import LoadedVehicle, read_vehicle
from routing.bridges.check import BridgeCheck, check_bridge
from routing.bridges.design_loads import DesignLoad
from routing.bridges.effects import Effect
from routing.bridges.judging import BridgeAnswer, BridgeFacts, judge
from routing.bridges.policy import BridgePolicy
from routing.bridges.ratio import Crossing, Deck
from routing.bridges.sections import System
from routing.bridges.trains import AxleTrain
from routing.vehicle import Axle

SHOWN = (Effect.SAGGING, Effect.HOGGING, Effect.SHEAR, Effect.REACTION)
DIGITS = 6
MOST_LANES = 20


@click.command("bridge")
@click.argument("vehicle", type=click.Path(path_type=Path))
@click.option("--spans", required=True, help="Span list (跨径组合), such as 3×30+45 or 4×30+(45+70+45).")
@click.option("--design-load", required=True, help="Design load (设计荷载), such as 公路-I级 or 汽车-超20，挂车-120.")
@click.option(
    "--standard",
    type=click.Choice(["2015", "2004"]),
    default="2015",
    show_default=True,
    help="Edition of JTG D60 that 公路-I/II级 means.",
)
@click.option(
    "--system",
    type=click.Choice([system.value for system in System]),
    default=System.UNKNOWN.value,
    show_default=True,
    help="Structural system (结构体系); unknown computes both and keeps the worse.",
)
@click.option(
    "--lanes", type=click.IntRange(1, MOST_LANES), default=1, show_default=True, help="Design lanes (设计车道数)."
)
@click.option(
    "--condition", type=click.IntRange(1, 5), default=1, show_default=True, help="Condition class (技术状况类别)."
)
@click.option("--no-escort", is_flag=True, help="No escort (护送): no crossing alone under control.")
def bridge_command(
    vehicle: Path, spans: str, design_load: str, standard: str, system: str, lanes: int, condition: int, no_escort: bool
) -> None:
    """Compare the load effects of VEHICLE (a vehicle.json) with those of a bridge's design load."""
    loaded = read_vehicle(vehicle)
    found_spans = _spans(spans)
    load = resolve_design_load(design_load, standard)
    policy = load_bridge_policy()
    is_double_file = any(axle.files > 1 for axle in loaded.axles)
    check = None
    if found_spans.units:
        check = check_bridge(
            found_spans.units,
            System(system),
            train_of(loaded),
            load.load,
            policy,
            Deck(lanes=lanes),
            is_double_file=is_double_file,
        )
    facts = BridgeFacts(condition_class=condition, is_escorted=not no_escort, is_double_file=is_double_file)
    answer = judge(check.governing if check else None, facts, policy, has_spans=check is not None)
    assumed = _assumptions(found_spans, load, check, System(system), lanes, condition)
    print_json(_to_json(found_spans, load, check, answer, assumed, policy))


def train_of(vehicle: LoadedVehicle) -> AxleTrain:
    """The vehicle as a bridge feels it (轴列)."""
    return AxleTrain.of_axles(
        [Axle(load_kg=axle.load_kg, spacing_mm=axle.spacing_mm, files=axle.files) for axle in vehicle.axles]
    )


def _spans(text: str) -> SpanText:
    found = read_spans(text)
    if SpanNote.UNREADABLE in found.notes:
        raise BadInputError("--spans", [f"{text!r} is not a span list such as 3×30+45, 30m×5 or 4×30+(45+70+45)"])
    return found


def _to_json(
    spans: SpanText,
    load: ResolvedLoad,
    check: BridgeCheck | None,
    answer: BridgeAnswer,
    assumptions: list[Bilingual],
    policy: BridgePolicy,
) -> dict[str, Any]:
    reasons = [words.REASON[reason] for reason in answer.reasons]
    speed = policy.controlled_speed_kmh
    conditions = [_filled(words.CONDITION[one], speed=speed) for one in answer.conditions]
    return {
        "parsed": {
            "units": [[_plain(span) for span in unit] for unit in spans.units],
            "design_load": load.name,
            "trailer": load.trailer,
            "standard": load.edition,
        },
        "system": check.system.value if check else None,
        "effects": _effects(check),
        **_ratios(check),
        "allowed_ratio": answer.allowed_ratio,
        "state": answer.verdict.name.lower(),
        "reasons": [text.zh for text in reasons],
        "reasons_en": [text.en for text in reasons],
        "conditions": [text.zh for text in conditions],
        "conditions_en": [text.en for text in conditions],
        "assumptions": [text.zh for text in assumptions],
        "assumptions_en": [text.en for text in assumptions],
        "bridge_policy_id": policy.policy_id,
    }


def _effects(check: BridgeCheck | None) -> dict[str, Any]:
    """Largest magnitudes; uplift only where there is any, the check load only where the class has one."""
    shown = [*SHOWN, Effect.UPLIFT] if check and check.vehicle[Effect.UPLIFT] > 0 else [*SHOWN]
    found = {}
    for effect in shown:
        both = {
            "vehicle": _round(check.vehicle[effect]) if check else None,
            "design": _round(check.design[effect]) if check and check.design else None,
        }
        if check and check.check_load:
            both["trailer"] = _round(check.check_load[effect])
        found[effect.label] = both
    return found


def _ratios(check: BridgeCheck | None) -> dict[str, Any]:
    if check is None or check.governing is None:
        return {"ratio": None, "governs": None, "at_m": None, "ratios": None}
    normal = check.governing[Crossing.NORMAL]
    ways = {
        way.name.lower(): {
            "ratio": _round(found.ratio),
            "governs": found.effect.label,
            "at_m": _round(found.at_m),
            "uplift_ratio": _round(found.uplift_ratio),
        }
        for way, found in check.governing.items()
    }
    return {
        "ratio": _round(normal.ratio),
        "governs": normal.effect.label,
        "at_m": _round(normal.at_m),
        "ratios": ways,
    }


def _assumptions(
    spans: SpanText, load: ResolvedLoad, check: BridgeCheck | None, system: System, lanes: int, condition: int
) -> list[Bilingual]:
    said = [words.ASSISTED]
    said += [words.SPAN_NOTE[note] for note in spans.notes]
    said += [_filled(words.LOAD_NOTE[note], edition=load.edition, trailer=load.trailer) for note in load.notes]
    if load.load is not None:
        said.append(_confidence(load.load))
    if check is None:
        return said
    said += [words.STATIC, words.RATIO, words.READINGS, words.THRESHOLDS, words.LINE_BEAM]
    if system is System.UNKNOWN:
        both, worse = words.BOTH_SYSTEMS, words.SYSTEM[check.system.value]
        said.append(Bilingual(both.zh.format(system=worse.zh), both.en.format(system=worse.en)))
    return [*said, _filled(words.SPREADING, lanes=lanes), _filled(words.CONDITION_NOW, condition=condition)]


def _confidence(load: DesignLoad) -> Bilingual:
    text = words.CONFIDENCE
    return Bilingual(
        text.zh.format(name=load.name, confidence=load.confidence, doubt=load.doubt_zh),
        text.en.format(name=load.name, confidence=load.confidence, doubt=load.doubt),
    )


def _filled(text: Bilingual, **values: object) -> Bilingual:
    return Bilingual(text.zh.format(**values), text.en.format(**values))


def _round(value: float) -> float:
    return round(value, DIGITS)


def _plain(length: float) -> float | int:
    return int(length) if length.is_integer() else length
