"""第三条 超限运输车辆的认定: the gross mass limit with paragraph 2 (single tyres)."""

import datetime as dt

from rules.facts import applies, tractor_axles, trailer_axles
from rules.findings import Finding, any_met, check_clause, compare_thresholds, is_satisfied, make_finding, scope_unknown
from rules.loading import ClauseInForce, find_clause
from rules.registry import checks
from rules.settings import RuleSettings, default_settings
from rules.vehicle import AxleFacts, VehicleFacts

GROSS_MASS_CLAUSES = ("ord62-3.1.4", "ord62-3.1.5", "ord62-3.1.6", "ord62-3.1.7", "ord62-3.1.8")
SIZE_CLAUSES = ("ord62-3.1.1", "ord62-3.1.2", "ord62-3.1.3")
SINGLE_TYRES = "ord62-3.2.2"


@checks(*GROSS_MASS_CLAUSES)
def gross_mass(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """第一款第四项至第八项 the vehicle's gross mass against its row, lowered for single tyres."""
    return compare_thresholds(vehicle, clause, lower_by=reduction_kg(vehicle, on=clause.on, settings=settings))


@checks(SINGLE_TYRES)
def single_tyres(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """第二款第二项 whether single tyres lower the limit, and by how much."""
    lowered = reduction_kg(vehicle, on=clause.on, settings=settings)
    reason = f"单轮胎车轴使总质量限值减少{lowered}千克" if lowered else "没有使限值减少的单轮胎车轴"
    finding = make_finding(
        clause,
        "met" if lowered else "not_met",
        reason=reason,
        reason_en=f"single tyres lower the gross mass limit by {lowered} kg",
        name="reduction_per_axle",
        quantity="gross_mass_reduction",
        measured=lowered,
        unit="kg",
    )
    return (finding,)


def reduction_kg(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings) -> int:
    """By how much single tyres lower the gross mass limit (限值减少量); 0 where the clause is not in force."""
    clause = find_clause(SINGLE_TYRES, on)
    if clause is None:
        return 0
    rule = clause.clause.thresholds["single_tyre_axle"]
    per_axle = clause.clause.amounts["reduction_per_axle"].value
    candidates = (*_grouped_tractor_axles(vehicle, settings), *trailer_axles(vehicle))
    lowering = [
        axle
        for axle in candidates
        if not axle.drive
        and not axle.wide_tyres
        # The rule speaks of one axle; the tyres of a double-file line stand on two.
        and is_satisfied(rule.relation, axle.tyres, rule.value * axle.files)
    ]
    return per_axle * sum(axle.files for axle in lowering)


def _grouped_tractor_axles(vehicle: VehicleFacts, settings: RuleSettings) -> list[AxleFacts]:
    """Axles of the tractor or truck that belong to an axle group (轴组), without the steering ones."""
    groups: list[list[AxleFacts]] = []
    for axle in tractor_axles(vehicle):
        if groups and axle.spacing_mm < settings.axle_group_spacing_under_mm:
            groups[-1].append(axle)
        else:
            groups.append([axle])
    if settings.steering_axles_never_reduced:
        groups = groups[1:]
    return [axle for group in groups if len(group) > 1 for axle in group]


def gross_mass_limit(
    vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None
) -> tuple[int, str] | None:
    """The art. 3 limit in kg and the clause it comes from; None when unknown or not in force (总质量限值)."""
    lowered = reduction_kg(vehicle, on=on, settings=settings or default_settings())
    for clause_id in GROSS_MASS_CLAUSES:
        clause = find_clause(clause_id, on)
        for threshold in clause.clause.thresholds.values() if clause else ():
            if applies(threshold.scope, vehicle):
                return threshold.value - lowered, clause_id
    return None


def over_limit_findings(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings) -> tuple[Finding, ...]:
    """All findings of paragraph 1 (第一款) that speak of this vehicle.

    A vehicle that no mass row fits (no axles, unknown kind) gets an "unknown": it must not look as
    if its mass had been judged.
    """
    sizes = (check_clause(clause_id, vehicle, on=on, settings=settings) for clause_id in SIZE_CLAUSES)
    row = gross_mass_limit(vehicle, on=on, settings=settings)
    clause = find_clause(row[1] if row else GROSS_MASS_CLAUSES[0], on)
    if clause is None:
        return ()
    mass = gross_mass(vehicle, clause, settings) if row else (scope_unknown(clause),)
    return (*(finding for found in sizes for finding in found), *mass)


def is_over_limit(findings: tuple[Finding, ...]) -> bool | None:
    """Whether the vehicle is an over-limit vehicle (超限运输车辆): any item fulfilled; None when unknown."""
    return any_met(findings)
