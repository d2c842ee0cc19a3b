"""The clearance frontier of a trip (通行能力前沿): the largest height for each width, the largest mass for each height.

Two numbers at a time are raised as far as some route bears them, everything else of the vehicle staying as it is. Every
corner is asked about as a review asks, on both sides. For manufacturers at design time: a permit is reviewed with the
vehicle that will stand on the road.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.reviews.case import Case
from api.reviews.load_changes import KG, MM, LoadChange, with_gross_mass, with_height, with_width
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.settings import reasons_id
from api.reviews.smallest_changes import Changes
from api.reviews.trials import Trials
from data.vehicles import LoadedVehicle
from routing.columns import Verdict
from routing.smallest_change import staircase
from rules.identity import rules_id

LEAST_MM, MOST_MM = 2_000, 12_000  # of the vehicle's format
HEAVIEST_AXLE_KG = 60_000  # likewise
LEAST_SHARE, MOST_SHARE = 2, 4  # masses from a half to four times the declared one
NAMES = ("height_by_width", "mass_by_height")
TIERS = (Verdict.CONDITIONAL, Verdict.PASSES)


@dataclass(frozen=True, slots=True)
class _Axis:
    change: LoadChange
    now: int

    def told(self) -> dict[str, Any]:
        return {
            "quantity": self.change.quantity,
            "unit": self.change.unit,
            "from": self.change.least,
            "to": self.change.now,
        }


def frontier(network: OpenNetwork, request: ReviewRequest) -> dict[str, Any]:
    """Find the frontier of a trip.

    Args:
        network: Opened once.
        request: Trip, day and a vehicle; its axle layout decides about masses.

    Returns:
        The frontier as the exchange format has it.

    Raises:
        RequestError: A stop lies too far from every usable road.
    """
    base = Case.of(network, request)
    axes = _axes(request.vehicle)
    pairs = {"height_by_width": ("width", "height"), "mass_by_height": ("height", "gross_mass")}
    return {
        "curves": [
            _curve(base, name, axes[pairs[name][0]], axes[pairs[name][1]], worst) for name in NAMES for worst in TIERS
        ],
        "vehicle": request.vehicle.model_dump(mode="json", exclude_none=True) | {"trailer": request.vehicle.trailer},
        "stops": [{"lon": stop.lon, "lat": stop.lat, "distance_m": round(stop.distance_m, 1)} for stop in base.stops],
        "network_id": network.graph.network_id,
        "rules_id": rules_id(),
        "policy_id": request.policy.policy_id,
        "reasons_id": reasons_id(),
        "overlays": [overlay.content_id for overlay in request.overlays],
        "evidence": [file.evidence_id for file in request.evidence],
        "on": request.on.isoformat(),
        "attribution": network.graph.attribution,
    }


def _axes(vehicle: LoadedVehicle) -> dict[str, _Axis]:
    heaviest = max(axle.load_kg for axle in vehicle.axles)
    most_kg = min(vehicle.gross_mass_kg * MOST_SHARE, vehicle.gross_mass_kg * HEAVIEST_AXLE_KG // heaviest)
    least_kg = vehicle.gross_mass_kg // LEAST_SHARE
    return {
        "height": _Axis(LoadChange("height", MM, MOST_MM, LEAST_MM, with_height), vehicle.height_mm),
        "width": _Axis(LoadChange("width", MM, MOST_MM, LEAST_MM, with_width), vehicle.width_mm),
        "gross_mass": _Axis(LoadChange("gross_mass", KG, most_kg, least_kg, with_gross_mass), vehicle.gross_mass_kg),
    }


def _curve(base: Case, name: str, x: _Axis, y: _Axis, worst: Verdict) -> dict[str, Any]:
    largest = y.change.apply(x.change.apply(base.request.vehicle, x.change.now), y.change.now)
    case = base.with_request(replace(base.request, vehicle=largest))
    search = Changes(case, Trials(case, worst), (x.change, y.change))
    points = _corners(search, x.change, y.change)
    return {
        "name": name,
        "verdict": worst.name.lower(),
        "x": x.told(),
        "y": y.told(),
        "vehicle": {"x": x.now, "y": y.now},
        "points": [{"x": first, "y": second, "is_y_open": second == y.change.now} for first, second in points],
    }


def _corners(search: Changes, x: LoadChange, y: LoadChange) -> Sequence[tuple[int, int]]:
    """Corners by rising x: up to this x the largest y is this."""

    def most(change: LoadChange, other: LoadChange, value: int) -> int | None:
        return search.most(change, {other: value}, change.now)

    found = staircase(x.now, y.least, lambda value: most(x, y, value), lambda value: most(y, x, value))
    return found[::-1]
