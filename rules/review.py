"""Review of a loaded vehicle by the law (车货审查): class, refusals, near-threshold values, periods."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rules.findings import Finding, check_clause
from rules.loading import find_clause
from rules.near import NearThreshold, near_thresholds
from rules.ord62.art_003 import gross_mass_limit, is_over_limit, over_limit_findings
from rules.ord62.art_015 import SCOPES, Deadline, VehicleClass, deadline, find_working_days, vehicle_class
from rules.ord62.art_017 import REFUSAL_CLAUSES
from rules.settings import RuleSettings, default_settings
from rules.vehicle import VehicleFacts

__all__ = ["Classification", "Deadline", "classify", "deadline", "gross_mass_limit_kg"]


@dataclass(frozen=True, slots=True)
class Classification:
    """What the law says of a vehicle with its load (分类审查结论).

    Attributes:
        vehicle_class: "none" (未超限), "I", "II", "III", or "unknown" (资料不足).
        over_limit: Whether it is an over-limit vehicle (超限运输车辆); None when unknown.
        gross_mass_limit_kg: Its limit of art. 3 with paragraph 2; None when unknown.
        findings: Every comparison that decided, and every one that could not be made.
        refusals: Clauses of art. 17 that are fulfilled: the permit is refused.
        near_threshold: Values close below the edge to a higher class.
        working_days: Periods of the class by scope; empty when there is none.
        notes: What a reader must know beside the findings, in Chinese.
    """

    on: dt.date
    vehicle_class: VehicleClass
    over_limit: bool | None
    gross_mass_limit_kg: int | None
    findings: tuple[Finding, ...]
    refusals: tuple[Finding, ...]
    near_threshold: tuple[NearThreshold, ...]
    working_days: dict[str, int]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The `classification` object of the exchange formats."""
        return {
            "class": self.vehicle_class,
            "findings": [finding.to_json() for finding in self.findings],
            "refusals": [finding.to_json() for finding in self.refusals],
            "near_threshold": [entry.to_json() for entry in self.near_threshold],
            "over_limit": self.over_limit,
            "gross_mass_limit_kg": self.gross_mass_limit_kg,
            "deadlines": dict(self.working_days),
            "notes": list(self.notes),
            "on": self.on.isoformat(),
        }


def classify(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None) -> Classification:
    """Classify a vehicle with its load on a day.

    Args:
        vehicle: The facts; what is None stays unknown and never counts as passed.
        on: Day that decides the version of the law (申请日或通行日).
        settings: Other settings than those of `settings.yaml`.

    Returns:
        Class, findings, refusals and near-threshold values. On a day before the law came into
        force the class is "unknown" and the notes say so.
    """
    chosen = settings or default_settings()
    if find_clause("ord62-15.1.1", on) is None:
        return _before_the_law(on)
    over = over_limit_findings(vehicle, on=on, settings=chosen)
    over_limit = is_over_limit(over)
    name, deciding = vehicle_class(vehicle, on=on, settings=chosen)
    reduction = check_clause("ord62-3.2.2", vehicle, on=on, settings=chosen)
    permit = check_clause("hsr-35.1", vehicle, on=on, settings=chosen) if over_limit else ()
    loads = [f for clause_id in REFUSAL_CLAUSES for f in check_clause(clause_id, vehicle, on=on, settings=chosen)]
    limit = gross_mass_limit(vehicle, on=on, settings=chosen)
    findings = (
        *over,
        *(finding for finding in reduction if finding.outcome == "met"),
        *deciding,
        *permit,
        *(finding for finding in loads if finding.outcome in {"not_met", "unknown"}),
    )
    refusals = tuple(finding for finding in loads if finding.outcome == "met")
    days = {scope: find_working_days(name, scope, on=on) for scope in SCOPES}
    return Classification(
        on=on,
        vehicle_class=name,
        over_limit=over_limit,
        gross_mass_limit_kg=limit[0] if limit else None,
        findings=tuple(dict.fromkeys(findings)),
        refusals=refusals,
        near_threshold=near_thresholds(vehicle, name, on=on, settings=chosen),
        working_days={scope: number for scope, number in days.items() if number is not None},
        notes=_notes(vehicle, name, over_limit=over_limit, refusals=refusals),
    )


def gross_mass_limit_kg(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None) -> int | None:
    """The gross mass limit of art. 3 with paragraph 2, in kg; None when unknown or not in force (总质量限值)."""
    limit = gross_mass_limit(vehicle, on=on, settings=settings)
    return limit[0] if limit else None


def _notes(
    vehicle: VehicleFacts, name: VehicleClass, *, over_limit: bool | None, refusals: tuple[Finding, ...]
) -> tuple[str, ...]:
    said = {
        "资料不足，不能认定类别；未填报的数据不得当作合格": name == "unknown",
        "未超过第三条限定标准；仍须遵守路线上各公路、桥梁、隧道的限载、限高、限宽、限长标志": name == "none",
        "载运可分载物品，不得申请超限运输许可": bool(over_limit) and not vehicle.indivisible,
        "轴荷超过第十七条标准，应当不予许可；类别不因此改变": bool(refusals),
    }
    return tuple(text for text, holds in said.items() if holds)


def _before_the_law(on: dt.date) -> Classification:
    note = f"{on.isoformat()}当日《超限运输车辆行驶公路管理规定》（2016年第62号令）未施行，不能按其分类"
    return Classification(on, "unknown", None, None, (), (), (), {}, (note,))
