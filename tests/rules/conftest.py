"""Makers of vehicles for the rules' tests: every vehicle starts just within every limit."""

from collections.abc import Callable
from typing import Any

import pytest

from rules.vehicle import AxleFacts, VehicleFacts

LEGAL = {"height_mm": 4000, "width_mm": 2550, "length_mm": 18100, "gross_mass_kg": 10000}
SPREAD_MM = 3000
GROUP_MM = 1350


def build_axles(description: dict[str, Any], kind: str) -> tuple[AxleFacts, ...]:
    """Axles from the words of a case file; dual tyres, light loads and two drive axles unless it says otherwise."""
    count, drive = int(description.get("axles", 6)), int(description.get("drive_axles", 2))
    own = count if kind == "truck" else min(1 + drive, count - 1)
    load = description.get("axle_load_kg", 5000)
    singles = int(description.get("single_tyre_trailer_axles", 0))
    files = int(description.get("files", 1))
    axles = []
    for index in range(count):
        trailer = index >= own
        spacing = 0 if index == 0 else SPREAD_MM if index in {1, own} else GROUP_MM
        single = index == 0 or (trailer and index >= count - singles)
        axles.append(
            AxleFacts(
                load_kg=None if load == "unknown" else int(load),
                spacing_mm=spacing,
                tyres=(2 if single else 4) * (files if trailer else 1),
                unit="trailer" if trailer else "truck" if kind == "truck" else "tractor",
                drive=0 < index <= drive and not trailer,
                files=files if trailer else 1,
                wide_tyres=description.get("wide_tyres") == "true",
            )
        )
    return tuple(axles)


def build_vehicle(description: dict[str, Any] | None = None, **changes: object) -> VehicleFacts:
    """A vehicle from the words of a case file; `unknown` becomes None."""
    said = (description or {}) | changes
    kind = said.get("kind", "train")
    numbers = {name: said.get(name, legal) for name, legal in LEGAL.items()}
    trailer = said.get("trailer", "flatbed" if kind == "train" else None)
    axles = said["axle_list"] if "axle_list" in said else build_axles(said, kind)
    return VehicleFacts(
        kind=kind,
        trailer=None if trailer == "none" else trailer,
        axles=tuple(axles),
        indivisible=said.get("indivisible", "true") in {"true", True},
        **{name: None if value in {"unknown", None} else int(value) for name, value in numbers.items()},
    )


@pytest.fixture(scope="session")
def make_vehicle() -> Callable[..., VehicleFacts]:
    return build_vehicle
