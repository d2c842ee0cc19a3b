"""What a review is asked (审查请求)."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from api.reviews.settings import ReasonSettings, reason_settings
from data.bridges.evidence import Evidence
from data.overlays import Overlay
from data.vehicles import LoadedVehicle
from routing.graph import F64
from routing.policy import Policy
from routing.vehicle import Axle, VehicleProfile
from rules.review import gross_mass_limit_kg
from rules.vehicle import AxleFacts, VehicleFacts

Variant = Literal["fewest_bridges", "fewest_counties", "no_expressway"]
VARIANTS: tuple[Variant, ...] = ("fewest_bridges", "fewest_counties", "no_expressway")
Area = tuple[tuple[float, float], ...]
MAX_STOPS = 25
MAX_ALTERNATIVES = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A given route as drawn or recorded: longitudes and latitudes in degrees."""

    lon: F64
    lat: F64


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """One vehicle, one trip, one time.

    Attributes:
        on: Day of travel, or day and hour in local time.
        stops: Start, via points and end as (longitude, latitude) in degrees; empty when `line` is given.
        line: A given route to be reviewed instead.
        alternatives: How many routes are wanted.
        evidence: Evaluated corridors and stored calculations that settle bridges.
        snap_m: Farthest a stop may lie from a usable road.
        match_m: Farthest a given line may run from the road.
        reasons: How far reasons and suggestions go.
        variants: Named variants of the route that are wanted beside the best.
        avoid_areas: Areas that the variant "avoiding" keeps out of, each a ring of longitudes and latitudes.
        avoid_structures: Ids of structures that it does not touch.
    """

    vehicle: LoadedVehicle
    policy: Policy
    on: dt.date
    stops: tuple[tuple[float, float], ...] = ()
    line: Line | None = None
    alternatives: int = 1
    overlays: tuple[Overlay, ...] = field(default_factory=tuple)
    evidence: tuple[Evidence, ...] = ()
    snap_m: float = 2000.0
    match_m: float = 25.0
    reasons: ReasonSettings = field(default_factory=reason_settings)
    variants: tuple[Variant, ...] = ()
    avoid_areas: tuple[Area, ...] = ()
    avoid_structures: tuple[str, ...] = ()

    @property
    def day(self) -> dt.date:
        """The day, without the hour: what decides the version of the law."""
        return self.on.date() if isinstance(self.on, dt.datetime) else self.on


def facts_of(vehicle: LoadedVehicle) -> VehicleFacts:
    """The vehicle as the law looks at it."""
    axles = tuple(
        AxleFacts(
            load_kg=axle.load_kg,
            spacing_mm=axle.spacing_mm,
            tyres=axle.tyres,
            unit=axle.unit,
            drive=axle.drive,
            files=axle.files,
        )
        for axle in vehicle.axles
    )
    return VehicleFacts(
        kind=vehicle.kind,
        trailer=vehicle.trailer,
        height_mm=vehicle.height_mm,
        width_mm=vehicle.width_mm,
        length_mm=vehicle.length_mm,
        gross_mass_kg=vehicle.gross_mass_kg,
        axles=axles,
        indivisible=vehicle.indivisible,
    )


def profile_of(vehicle: LoadedVehicle, *, on: dt.date) -> VehicleProfile:
    """The vehicle as the road sees it; a legal mass that the law leaves open counts as none."""
    return VehicleProfile(
        height_mm=vehicle.height_mm,
        width_mm=vehicle.width_mm,
        length_mm=vehicle.length_mm,
        gross_mass_kg=vehicle.gross_mass_kg,
        axles=tuple(Axle(axle.load_kg, axle.spacing_mm, axle.files) for axle in vehicle.axles),
        legal_mass_kg=gross_mass_limit_kg(facts_of(vehicle), on=on) or 0,
    )


def request_json(request: ReviewRequest) -> dict[str, Any]:
    """Everything of a request that a review depends on and that stands in no file of its own: for replay."""
    line = request.line
    return {
        "vehicle": request.vehicle.model_dump(mode="json", exclude_none=True) | {"trailer": request.vehicle.trailer},
        "stops": [list(stop) for stop in request.stops],
        "line": None
        if line is None
        else [list(point) for point in zip(line.lon.tolist(), line.lat.tolist(), strict=True)],
        "on": request.on.isoformat(),
        "alternatives": request.alternatives,
        "snap_m": float(request.snap_m),
        "match_m": float(request.match_m),
        "variants": list(request.variants),
        "avoid_areas": [[list(point) for point in area] for area in request.avoid_areas],
        "avoid_structures": list(request.avoid_structures),
        "overlays": [overlay.content_id for overlay in request.overlays],
        "evidence": [file.evidence_id for file in request.evidence],
    }
