"""Who accepts, who is asked, who is informed (管辖): from the counties a route crosses."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rules.co_review import Body, crossed_bodies, managing_bodies, police_body, street_bodies, toll_bodies
from rules.divisions import (
    County,
    Delegation,
    DivisionPassage,
    division_file,
    host_of,
    is_known_code,
    join_counties,
    split_slivers,
)
from rules.hsr.art_036 import LevelDecision, decide_level, must_ask_police
from rules.loading import find_clause
from rules.settings import RuleSettings, default_settings

__all__ = ["DivisionPassage", "Jurisdiction", "jurisdiction"]


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Level, accepting body, bodies asked and informed, with the evidence (管辖结论)."""

    level: str
    accepts: str | None
    co_review: tuple[Body, ...] = ()
    informed: tuple[Body, ...] = ()
    delegated_to: str | None = None
    clause: str | None = None
    wording: str | None = None
    notes: tuple[str, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The `jurisdiction` object of the exchange formats."""
        return {
            "level": self.level,
            "accepts": self.accepts,
            "co_review": [body.to_json() for body in self.co_review],
            "informed": [body.to_json() for body in self.informed],
            "delegated_to": self.delegated_to,
            "clause": self.clause,
            "wording": self.wording,
            "notes": list(self.notes),
            "evidence": [dict(entry) for entry in self.evidence],
        }


def jurisdiction(
    passages: Sequence[DivisionPassage],
    *,
    on: dt.date,
    vehicle_class: str,
    names: Mapping[str, str] | None = None,
    settings: RuleSettings | None = None,
    delegations: Sequence[Delegation] | None = None,
    zones: Mapping[str, str] | None = None,
) -> Jurisdiction:
    """The level and the bodies of a reviewed route.

    Args:
        passages: Stretches of the route by county, in travel order; the first is the origin.
        on: Day that decides the version of the law and of the provinces' delegations.
        vehicle_class: "none", "I", "II", "III" or "unknown".
        names: Names of cities and counties by code, for the bodies' names.
        settings: Other settings than those of `settings.yaml`.
        delegations: Other delegations than those of `jurisdiction.yaml`.
        zones: Other functional zones (功能区) than those of `jurisdiction.yaml`: code of the zone and of its host.

    Returns:
        The result; level "unknown" where a county is not known or the law was not in force.
    """
    chosen = settings or default_settings()
    hosts = division_file().functional_zones if zones is None else zones
    passages = [replace(passage, code=host_of(passage.code, hosts)) for passage in passages]
    counted, dropped = split_slivers(passages, chosen.sliver_m)
    evidence = tuple(_evidence(passage, counts=passage in counted) for passage in passages)
    why_unknown = _why_unknown(counted, on)
    if why_unknown:
        return Jurisdiction("unknown", None, notes=(why_unknown,), evidence=evidence)
    counties = join_counties(counted)
    decision = _raise_for_streets(decide_level(_for_level(counties, chosen)), counties, chosen)
    known = {county.code: county.name for county in counties} | dict(names or {})
    asked, informed = _asked_and_informed(counties, decision, known, on)
    if must_ask_police(vehicle_class, chosen.police_classes):
        asked.append(police_body(decision.accepts, known))
    candidates = division_file().delegations if delegations is None else delegations
    delegated_to, delegation_notes = _delegation(counties[0], decision, candidates, on)
    clause = find_clause(decision.clause, on)
    return Jurisdiction(
        level=decision.level,
        accepts=decision.accepts,
        co_review=tuple(asked),
        informed=tuple(informed),
        delegated_to=delegated_to,
        clause=decision.clause,
        wording=clause.clause.text if clause else None,
        notes=(*_notes(counties, dropped, chosen), *delegation_notes),
        evidence=evidence,
    )


def _asked_and_informed(
    counties: Sequence[County], decision: LevelDecision, names: Mapping[str, str], on: dt.date
) -> tuple[list[Body], list[Body]]:
    """By who manages the stretches; by the crossed units where the roads of some county are not known."""
    if any(county.has_unknown_roads for county in counties):
        asked, informed = crossed_bodies(counties, decision, names)
        return [*asked, *toll_bodies(counties), *street_bodies(counties, names)], informed
    asked, informed = managing_bodies(counties, decision, names, division_file().management, on)
    own = [county for county in counties if county.province == counties[0].province]
    return [*asked, *toll_bodies(own)], informed


def _evidence(passage: DivisionPassage, *, counts: bool) -> dict[str, Any]:
    return {
        "code": passage.code,
        "name": passage.name,
        "enter_m": passage.enter_m,
        "exit_m": passage.enter_m + passage.length_m,
        "length_m": passage.length_m,
        "expressway_only": passage.expressway_only,
        "city_street_m": passage.city_street_m,
        "near_border": passage.near_border,
        "counted": counts,
        "roads": [stretch.to_json() for stretch in passage.roads],
    }


def _why_unknown(counted: Sequence[DivisionPassage], on: dt.date) -> str | None:
    if find_clause("hsr-36.1.1", on) is None:
        return f"{on.isoformat()}当日《公路安全保护条例》未施行，不能认定管辖"
    if not counted:
        return "没有足够长的途经区域，资料不足，不能认定管辖"
    strange = dict.fromkeys(
        f"{passage.name or '未知区域'}（{passage.code or '无代码'}）"
        for passage in counted
        if not is_known_code(passage.code)
    )
    if strange:
        return f"途经区域没有可用的县级行政区划代码：{'、'.join(strange)}；资料不足，不能认定管辖"
    return None


def _for_level(counties: Sequence[County], settings: RuleSettings) -> list[County]:
    """Counties that decide the level; the origin always does."""
    if settings.expressway_only_counts_for_level:
        return list(counties)
    return [counties[0], *(county for county in counties[1:] if not county.expressway_only)]


def _raise_for_streets(decision: LevelDecision, counties: Sequence[County], settings: RuleSettings) -> LevelDecision:
    """Where the setting says so, city streets lift a county's case to its city (城市道路上升办理层级)."""
    streets = any(county.city_street_m > 0 for county in counties)
    if not settings.city_streets_raise_level or not streets or decision.level != "county":
        return decision
    origin = counties[0]
    if origin.city == origin.code:
        return LevelDecision("province", origin.province, decision.clause)
    return LevelDecision("city", origin.city, decision.clause)


def _delegation(
    origin: County, decision: LevelDecision, delegations: Sequence[Delegation], on: dt.date
) -> tuple[str | None, list[str]]:
    """Who acts for the accepting body; only a delegation known to be in use changes that (委托)."""
    fitting = [
        rule
        for rule in delegations
        if origin.code.startswith(rule.province) and decision.level in rule.levels and rule.is_in_force(on)
    ]
    notes = [f"委托办理（{rule.status}）：{rule.basis}：{rule.text}（{rule.source}）" for rule in fitting]
    in_use = any(rule.status == "in_use" for rule in fitting)
    return (origin.city if in_use else None), notes


def _notes(counties: Sequence[County], dropped: Sequence[DivisionPassage], settings: RuleSettings) -> list[str]:
    notes = [
        f"{passage.name}（{passage.code or '无代码'}）仅{passage.length_m}米，"
        f"不超过{settings.sliver_m}米，按边界误差不计入"
        for passage in dropped
    ]
    notes += [f"{county.name}（{county.code}）段沿界行驶，属地请人工核对" for county in counties if county.near_border]
    notes += [
        f"{county.name}（{county.code}）为省直辖县级行政区，按单独的市级单位计"
        for county in counties
        if county.is_province_run
    ]
    if any(county.expressway_only for county in counties):
        effect = "计入" if settings.expressway_only_counts_for_level else "不计入"
        notes.append(f"仅走高速公路的区域{effect}管辖层级，只抄告，不征求意见")
    return notes
