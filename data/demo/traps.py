"""What a trap is (陷阱): a question whose answer is known beforehand, and the vehicles that ask it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from data.demo.closed_forms import KN_PER_KG, Axles
from data.demo.plane import F64
from data.demo.road import Road

FIXED_DAY: Final = "2026-11-22"
NEXT_DAY: Final = "2026-11-23"
START_M: Final = 250.0
END_M: Final = 80.0
Json = dict[str, Any]


@dataclass(frozen=True)
class Trap:
    """One question with its answer.

    Attributes:
        name: Its id.
        kind: One of the ten kinds.
        vehicle: Content of a vehicle file.
        start: Where the trip starts, metres of the plane.
        end: Where it ends.
        on: Date, or date and time.
        verdict: The road's answer.
        finding: What must stand among the findings; "way_label" and "ways_labels" are replaced by way ids.
        more: Other statements about the answer.
        has_overlay: Whether the overlay file belongs to the question.
    """

    name: str
    kind: str
    vehicle: Json
    start: F64
    end: F64
    on: str
    verdict: str
    finding: Json | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    has_overlay: bool = False


def ends_of(road: Road) -> tuple[F64, F64]:
    """Start and end of a trip along a spur."""
    return road.course.at(START_M), road.course.at(road.length_m - END_M)


def _axle(load_kg: int, spacing_mm: int, *, tyres: int = 4, unit: str = "trailer", drive: bool = False) -> Json:
    return {"load_kg": load_kg, "spacing_mm": spacing_mm, "tyres": tyres, "unit": unit, "drive": drive}


def _tractor(front_kg: int, drive_kg: int) -> list[Json]:
    return [
        _axle(front_kg, 0, tyres=2, unit="tractor"),
        _axle(drive_kg, 3300, unit="tractor", drive=True),
        _axle(drive_kg, 1350, unit="tractor", drive=True),
    ]


def legal_mass(*, height_mm: int = 4200, width_mm: int = 2900) -> Json:
    """A six-axle train of 49 t: legal in mass, over in size."""
    axles = [*_tractor(7000, 8500), _axle(8300, 6200), _axle(8300, 1310), _axle(8400, 1310)]
    return _vehicle(axles, "flatbed", height_mm, width_mm)


def modular(lines: int, line_kg: int, *, height_mm: int = 4200) -> Json:
    """A tractor with a hydraulic modular trailer (液压平板车)."""
    first = _axle(line_kg, 5500, tyres=8)
    axles = [*_tractor(8000, 12_000), first, *(_axle(line_kg, 1550, tyres=8) for _ in range(lines - 1))]
    return _vehicle(axles, "modular", height_mm, 2900)


def _vehicle(axles: Sequence[Json], trailer: str, height_mm: int, width_mm: int) -> Json:
    return {
        "kind": "train",
        "trailer": trailer,
        "height_mm": height_mm,
        "width_mm": width_mm,
        "length_mm": sum(axle["spacing_mm"] for axle in axles) + 2500,
        "gross_mass_kg": sum(axle["load_kg"] for axle in axles),
        "axles": list(axles),
        "indivisible": True,
    }


def axle_train(vehicle: Json) -> Axles:
    """Loads in kN and distances behind the first axle in m."""
    place_mm = 0
    train = []
    for axle in vehicle["axles"]:
        place_mm += axle["spacing_mm"]
        train.append((axle["load_kg"] * KN_PER_KG, place_mm / 1000))
    return train
