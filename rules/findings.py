"""Findings (审查意见): one comparison of a measured value with one number of one clause."""

import datetime as dt
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

from rules.facts import QUANTITIES, applies
from rules.loading import ClauseInForce, find_clause
from rules.model import Quantity, Relation, Severity, Threshold, Unit
from rules.registry import find_check
from rules.settings import RuleSettings, default_settings
from rules.vehicle import VehicleFacts

Outcome = Literal["met", "not_met", "unknown", "not_applicable"]

QUANTITY_ZH: MappingProxyType[str, str] = MappingProxyType(
    {
        "height": "车货总高度",
        "width": "车货总宽度",
        "length": "车货总长度",
        "gross_mass": "车货总质量",
        "axle_load_mean": "平均轴荷",
        "axle_load_max": "最大轴荷",
        "gross_mass_reduction": "限值减少量",
        "tyres": "每轴轮胎数",
        "indivisible": "不可解体物品",
        "working_days": "办理期限",
    }
)
UNIT_ZH: MappingProxyType[str, str] = MappingProxyType(
    {"mm": "毫米", "kg": "千克", "tyre": "个", "working_day": "个工作日"}
)
RELATION_ZH: MappingProxyType[Relation, tuple[str, str]] = MappingProxyType(
    {
        "over": ("超过", "未超过"),
        "at_least": ("达到", "未达到"),
        "not_over": ("未超过", "超过"),
        "under": ("不满", "不少于"),
    }
)
RELATION_EN: MappingProxyType[Relation, tuple[str, str]] = MappingProxyType(
    {
        "over": ("over", "not over"),
        "at_least": ("at least", "under"),
        "not_over": ("not over", "over"),
        "under": ("under", "at least"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause applied to one vehicle.

    `outcome` "met" means that the clause's own condition is fulfilled; whether that is good or bad
    is the severity. `margin` is threshold minus measured value: positive below the number.
    """

    clause: str
    threshold_name: str | None
    version: dt.date | None
    outcome: Outcome
    severity: Severity
    quantity: Quantity | None
    relation: Relation | None
    measured: int | None
    threshold: int | None
    margin: int | None
    unit: Unit | None
    wording: str
    text_status: str
    sources: tuple[str, ...]
    uncertain: str | None
    reason: str
    reason_en: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text."""
        return asdict(self) | {
            "version": self.version.isoformat() if self.version else None,
            "sources": list(self.sources),
        }


def is_satisfied(relation: Relation, measured: int, threshold: int) -> bool:
    """The four relation words of the law (超过、以上、未超过、不满)."""
    return {
        "over": measured > threshold,
        "at_least": measured >= threshold,
        "not_over": measured <= threshold,
        "under": measured < threshold,
    }[relation]


def make_finding(
    clause: ClauseInForce,
    outcome: Outcome,
    *,
    reason: str,
    reason_en: str,
    name: str | None = None,
    quantity: Quantity | None = None,
    relation: Relation | None = None,
    measured: int | None = None,
    threshold: int | None = None,
    unit: Unit | None = None,
    uncertain: str | None = None,
) -> Finding:
    """A finding with the wording, version and sources of its clause."""
    return Finding(
        clause=clause.id,
        threshold_name=name,
        version=clause.version.in_force_from,
        outcome=outcome,
        severity=clause.clause.severity,
        quantity=quantity,
        relation=relation,
        measured=measured,
        threshold=threshold,
        margin=None if measured is None or threshold is None else threshold - measured,
        unit=unit,
        wording=clause.clause.text,
        text_status=clause.version.text_status,
        sources=clause.sources,
        uncertain=uncertain or clause.clause.uncertain,
        reason=reason,
        reason_en=reason_en,
    )


def compare(
    clause: ClauseInForce, name: str, threshold: Threshold, measured: int | None, *, limit: int | None = None
) -> Finding:
    """Compare a measured value with a threshold, or with `limit` where another clause changed the number."""
    number = threshold.value if limit is None else limit
    what, unit = QUANTITY_ZH[threshold.quantity], UNIT_ZH[threshold.unit]
    what_en = threshold.quantity.replace("_", " ")
    if measured is None:
        outcome: Outcome = "unknown"
        reason = f"{what}未填报，资料不足，不能认定{RELATION_ZH['not_over'][0]}{number}{unit}"
        reason_en = f"{what_en} is not stated: unknown against {number} {threshold.unit}"
    else:
        satisfied = is_satisfied(threshold.relation, measured, number)
        outcome = "met" if satisfied else "not_met"
        word, word_en = (table[threshold.relation][not satisfied] for table in (RELATION_ZH, RELATION_EN))
        distance = abs(number - measured)
        room, room_en = ("余量", "room") if measured <= number else ("超出", "excess")
        reason = f"{what}{measured}{unit}，{word}{number}{unit}（{room}{distance}{unit}）"
        reason_en = f"{what_en} {measured} {threshold.unit} is {word_en} {number} ({room_en} {distance})"
    return make_finding(
        clause,
        outcome,
        reason=reason,
        reason_en=reason_en,
        name=name,
        quantity=threshold.quantity,
        relation=threshold.relation,
        measured=measured,
        threshold=number,
        unit=threshold.unit,
        uncertain=threshold.uncertain,
    )


def not_applicable(clause: ClauseInForce) -> Finding:
    """The clause speaks of other vehicles (不适用)."""
    return make_finding(clause, "not_applicable", reason="本项不适用于该车", reason_en="does not speak of this vehicle")


def scope_unknown(clause: ClauseInForce) -> Finding:
    """Whether the clause speaks of this vehicle cannot be known: kind or axles are missing."""
    reason = "车辆类型或轴数未填报，资料不足，不能认定适用哪一限值"
    return make_finding(clause, "unknown", reason=reason, reason_en="kind or axles are not stated: row unknown")


def compare_thresholds(vehicle: VehicleFacts, clause: ClauseInForce, *, lower_by: int = 0) -> tuple[Finding, ...]:
    """Compare every threshold of a clause that applies to the vehicle, each lowered by `lower_by`."""
    found = []
    for name, threshold in clause.clause.thresholds.items():
        measure = QUANTITIES.get(threshold.quantity)
        fits = applies(threshold.scope, vehicle)
        if measure is None or fits is False:
            continue
        if fits is None:
            return (scope_unknown(clause),)
        found.append(compare(clause, name, threshold, measure(vehicle), limit=threshold.value - lower_by))
    return tuple(found) or (not_applicable(clause),)


def not_in_force(clause_id: str, on: dt.date) -> Finding:
    """The clause was not in force on that day (当日尚未施行)."""
    return Finding(
        clause=clause_id,
        threshold_name=None,
        version=None,
        outcome="not_applicable",
        severity="information",
        quantity=None,
        relation=None,
        measured=None,
        threshold=None,
        margin=None,
        unit=None,
        wording="",
        text_status="",
        sources=(),
        uncertain=None,
        reason=f"{on.isoformat()}当日该条款未施行，不适用",
        reason_en=f"not in force on {on.isoformat()}",
    )


def check_clause(
    clause_id: str, vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None
) -> tuple[Finding, ...]:
    """Apply one clause to a vehicle on a day, with its own code where it has some.

    Raises:
        UnknownClauseError: No article holds this id.
    """
    clause = find_clause(clause_id, on)
    if clause is None:
        return (not_in_force(clause_id, on),)
    check = find_check(clause_id)
    if check is None:
        return compare_thresholds(vehicle, clause)
    return check(vehicle, clause, settings or default_settings())


def any_met(findings: tuple[Finding, ...]) -> bool | None:
    """True if one is met; None if none is met but one is unknown."""
    outcomes = {finding.outcome for finding in findings}
    if "met" in outcomes:
        return True
    return None if "unknown" in outcomes else False


def all_met(findings: tuple[Finding, ...]) -> bool | None:
    """False if one is not met; None if none fails but one is unknown."""
    outcomes = {finding.outcome for finding in findings}
    if "not_met" in outcomes:
        return False
    return None if "unknown" in outcomes else True
