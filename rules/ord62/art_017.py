"""第十七条 不予许可: mean and largest axle load, or load of an axle line of a modular trailer."""

from collections.abc import Sequence

from rules.facts import tractor_axles, trailer_axles
from rules.findings import Finding, compare, make_finding, not_applicable
from rules.loading import ClauseInForce
from rules.registry import checks
from rules.settings import RuleSettings
from rules.vehicle import AxleFacts, VehicleFacts

FLATBED = "flatbed"
MODULAR = "modular"
REFUSAL_CLAUSES = ("ord62-17.1.1", "ord62-17.1.2")


@checks("ord62-17.1.1")
def flatbed(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """第一项 普通平板车: mean single-axle load and largest axle load."""
    ordinary = vehicle.trailer != MODULAR and settings.ordinary_vehicles_as_flatbed
    if vehicle.trailer != FLATBED and not ordinary:
        return (not_applicable(clause),)
    in_mean = {
        "whole_combination": vehicle.axles,
        "trailer_only": trailer_axles(vehicle) or vehicle.axles,
        "without_first_axle": vehicle.axles[1:],
    }[settings.flatbed_mean_axles]
    return _axle_loads(clause, in_mean, vehicle.axles)


@checks("ord62-17.1.2")
def modular(vehicle: VehicleFacts, clause: ClauseInForce, settings: RuleSettings) -> tuple[Finding, ...]:
    """第二项 多轴多轮液压平板车: mean and largest load of an axle line (轴线)."""
    if vehicle.trailer != MODULAR:
        return (not_applicable(clause),)
    tractor = tractor_axles(vehicle) if settings.modular_tractor_axles == "counted" else ()
    lines = (*tractor, *trailer_axles(vehicle))
    return _axle_loads(clause, lines, lines)


def _axle_loads(
    clause: ClauseInForce, in_mean: Sequence[AxleFacts], in_max: Sequence[AxleFacts]
) -> tuple[Finding, ...]:
    thresholds = clause.clause.thresholds
    if not in_mean:
        reason = "车轴未填报，资料不足，不能认定轴荷"
        return (make_finding(clause, "unknown", reason=reason, reason_en="axles are not stated"),)
    mean = compare(clause, "mean", thresholds["mean"], _mean_kg(in_mean, thresholds["mean"].value))
    largest = compare(clause, "max", thresholds["max"], _largest_kg(in_max, thresholds["max"].value))
    return mean, largest


def _mean_kg(axles: Sequence[AxleFacts], limit: int) -> int | None:
    """Mean load, rounded up to a whole kg: then "over" answers the same as the exact fraction.

    Missing loads make it None, unless the stated ones alone already carry the mean over the limit.
    """
    stated = sum(axle.load_kg for axle in axles if axle.load_kg is not None)
    mean = -(-stated // sum(axle.files for axle in axles))
    return mean if _all_stated(axles) or mean > limit else None


def _largest_kg(axles: Sequence[AxleFacts], limit: int) -> int | None:
    """Largest load of an axle or 轴线; a double-file line is shared by two. None as in the mean."""
    largest = max((-(-axle.load_kg // axle.files) for axle in axles if axle.load_kg is not None), default=0)
    return largest if _all_stated(axles) or largest > limit else None


def _all_stated(axles: Sequence[AxleFacts]) -> bool:
    return all(axle.load_kg is not None for axle in axles)
