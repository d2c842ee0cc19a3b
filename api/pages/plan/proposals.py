"""Changes of a load as something to try (建议试算): the form filled in with the changed values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.pages.plan.typed import query_of
from api.pages.plan.vehicle_form import texts_of, vehicle_json
from api.reviews.load_changes import (
    with_added_lines,
    with_axle_load,
    with_gross_mass,
    with_height,
    with_length,
    with_line_spacing,
    with_width,
)
from api.reviews.settings import reason_settings
from data.vehicles import LoadedVehicle

_CHANGES: Final[Mapping[str, Callable[[LoadedVehicle, int], LoadedVehicle]]] = {
    "height": with_height,
    "width": with_width,
    "length": with_length,
    "gross_mass": with_gross_mass,
    "axle_load": with_axle_load,
    "axle_lines": lambda vehicle, lines: with_added_lines(vehicle, lines, reason_settings()),
    "line_spacing": with_line_spacing,
}


def changed(vehicle: Mapping[str, Any], change: Mapping[str, Any]) -> LoadedVehicle:
    """The vehicle with a suggested change."""
    found = LoadedVehicle.model_validate(dict(vehicle))
    for one in change["changes"]:
        found = _CHANGES[one["quantity"]](found, int(one["to"]))
    return found


def try_address(texts: Mapping[str, str], vehicle: Mapping[str, Any], change: Mapping[str, Any]) -> str:
    """Where the form stands with a suggested change filled in; the places and the day stay."""
    typed = texts_of(vehicle_json(changed(vehicle, change)))
    return f"/plan?{query_of({**texts, **typed})}"
