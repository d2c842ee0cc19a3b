"""第十五条 期限与分类: class I, II, III of a vehicle and the period for the decision."""

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from rules.calendar import add_working_days
from rules.errors import NoDeadlineError, NotInForceError
from rules.findings import Finding, all_met, any_met, check_clause, compare, compare_thresholds, scope_unknown
from rules.loading import ClauseInForce, find_clause
from rules.model import Threshold
from rules.ord62.art_003 import gross_mass_limit, is_over_limit, over_limit_findings
from rules.registry import carries_out, checks
from rules.settings import RuleSettings
from rules.vehicle import VehicleFacts

VehicleClass = Literal["none", "I", "II", "III", "unknown"]
Scope = Literal["own", "cross_province"]

CLASS_CLAUSES: MappingProxyType[str, str] = MappingProxyType(
    {"I": "ord62-15.1.1", "II": "ord62-15.1.2", "III": "ord62-15.1.3"}
)
SCOPES: tuple[Scope, ...] = ("own", "cross_province")


@checks(CLASS_CLAUSES["I"])
def class_one(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """第一款第一项 sizes of class I, and gross mass not over art. 3 (车货总质量未超过第三条规定标准)."""
    sizes = compare_thresholds(vehicle, clause)
    limit = gross_mass_limit(vehicle, on=clause.on, settings=settings)
    if limit is None:
        return (*sizes, scope_unknown(clause))
    article_three = Threshold(quantity="gross_mass", relation="not_over", value=limit[0], unit="kg")
    return (*sizes, compare(clause, f"gross_mass_limit of {limit[1]}", article_three, vehicle.gross_mass_kg))


def vehicle_class(
    vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings
) -> tuple[VehicleClass, tuple[Finding, ...]]:
    """The class of a vehicle (一类、二类、三类) and the findings that decided it.

    Size and mass only: axle loads over art. 17 mean refusal, they never change the class. A
    quantity that is not stated makes the class "unknown" unless the others already decide.
    """
    three = check_clause(CLASS_CLAUSES["III"], vehicle, on=on, settings=settings)
    one = check_clause(CLASS_CLAUSES["I"], vehicle, on=on, settings=settings)
    is_three, is_one = any_met(three), all_met(one)
    if is_three:
        return "III", tuple(finding for finding in three if finding.outcome == "met")
    if is_three is None or is_one is None:
        return "unknown", tuple(finding for finding in (*three, *one) if finding.outcome == "unknown")
    if is_one:
        over = is_over_limit(over_limit_findings(vehicle, on=on, settings=settings))
        return ("I", one) if over else ("none", ())
    two = check_clause(CLASS_CLAUSES["II"], vehicle, on=on, settings=settings)
    return "II", (*(finding for finding in one if finding.outcome == "not_met"), *two)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for the decision (办理期限)."""

    vehicle_class: str
    scope: Scope
    accepted_on: dt.date
    working_days: int
    paused_working_days: int
    due_on: dt.date
    clause: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text."""
        return {
            "class": self.vehicle_class,
            "scope": self.scope,
            "accepted_on": self.accepted_on.isoformat(),
            "working_days": self.working_days,
            "paused_working_days": self.paused_working_days,
            "due_on": self.due_on.isoformat(),
            "clause": self.clause,
        }


def find_working_days(vehicle_class: str, scope: Scope, *, on: dt.date) -> int | None:
    """The period of a class in working days (工作日数); None for a class without one."""
    clause_id = CLASS_CLAUSES.get(vehicle_class)
    clause = find_clause(clause_id, on) if clause_id else None
    return clause.clause.thresholds[f"{scope}_days"].value if clause else None


@carries_out("ord62-15.2")
def deadline(vehicle_class: str, scope: Scope, accepted_on: dt.date, *, paused_working_days: int = 0) -> Deadline:
    """The last day for a decision accepted on a day (受理日); the day itself does not count.

    Args:
        vehicle_class: "I", "II" or "III".
        scope: "own" (本辖区内) or "cross_province" (统一受理、集中办理的跨省运输).
        accepted_on: Day of acceptance; decides the version of the law too.
        paused_working_days: Working days the clock stood (加固、改造等不计算在期限内的时间).

    Raises:
        NoDeadlineError: The class has no period ("none", "unknown" or misspelt).
        NotInForceError: The article was not in force on that day.
        CalendarRangeError: The calendar does not reach far enough.
    """
    if vehicle_class not in CLASS_CLAUSES:
        raise NoDeadlineError(f"class {vehicle_class!r} has no period: wanted one of {', '.join(CLASS_CLAUSES)}")
    if scope not in SCOPES:
        raise NoDeadlineError(f"scope {scope!r} has no period: wanted one of {', '.join(SCOPES)}")
    if paused_working_days < 0:
        raise NoDeadlineError(f"paused_working_days is {paused_working_days}: wanted 0 or more")
    days = find_working_days(vehicle_class, scope, on=accepted_on)
    if days is None:
        raise NotInForceError("ord62-15", accepted_on)
    return Deadline(
        vehicle_class=vehicle_class,
        scope=scope,
        accepted_on=accepted_on,
        working_days=days,
        paused_working_days=paused_working_days,
        due_on=add_working_days(accepted_on, days + paused_working_days),
        clause=CLASS_CLAUSES[vehicle_class],
    )
