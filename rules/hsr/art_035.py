"""第三十五条: only an indivisible load (不可解体物品) may have a permit for over-limit transport."""

from rules.findings import Finding, Outcome, make_finding
from rules.loading import ClauseInForce
from rules.registry import checks
from rules.settings import RuleSettings
from rules.vehicle import VehicleFacts


@checks("hsr-35.1")
def indivisible(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """Whether the load is indivisible, the condition of any permit."""
    del settings  # the law leaves nothing open here
    if vehicle.indivisible:
        reason, reason_en = (
            "载运不可解体物品，可以申请公路超限运输许可",
            "indivisible load: a permit may be applied for",
        )
    else:
        reason, reason_en = "载运可分载物品，不能申请公路超限运输许可", "divisible load: no permit may be applied for"
    outcome: Outcome = "met" if vehicle.indivisible else "not_met"
    return (make_finding(clause, outcome, reason=reason, reason_en=reason_en, quantity="indivisible"),)
