"""The application form with what was measured in place of what was declared (按实测数据变更的申请表)."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from api.applications.errors import FormError
from api.applications.form_reading import parse_form
from api.permits.comparing import Difference
from api.permits.sheets import Measured

_WHOLE = ("height_mm", "width_mm", "length_mm", "gross_mass_kg")


def measured_form(form: Mapping[str, Any], measured: Measured, items: Iterable[Difference]) -> dict[str, Any] | None:
    """A form that fits the load as it stands there.

    Values within tolerance confirm the declared ones, which stay; where that does not add up, every measured value is
    taken.

    Returns:
        None where what was measured does not make a whole form, as when another number of axles was found.
    """
    beyond = {item.item for item in items if item.within is False}
    loads, axles = measured.axle_loads_kg, form["whole"]["axles"]
    if {"axle_load.count", "axle_spacing.count", "tyres"} & beyond:
        return None
    if loads is None and "gross_mass_kg" in beyond:
        return None  # nobody knows on which axles the difference lies
    everything = {*_WHOLE, *(f"axle_{kind}.{n}" for kind in ("load", "spacing") for n in range(1, len(axles) + 1))}
    return _fitting(form, measured, beyond) or _fitting(form, measured, everything)


def _fitting(form: Mapping[str, Any], measured: Measured, chosen: set[str]) -> dict[str, Any] | None:
    changed = copy.deepcopy(dict(form))
    whole = changed["whole"]
    for name in _WHOLE:
        found = getattr(measured, name)
        if name in chosen and found is not None:
            whole[name] = found
    for field, found in (("load_kg", measured.axle_loads_kg), ("spacing_mm", measured.axle_spacings_mm)):
        kind = field.partition("_")[0]
        for n, value in enumerate(found or (), start=1):
            if f"axle_{kind}.{n}" in chosen:
                whole["axles"][n - 1][field] = value
    try:
        parse_form(changed)
    except FormError:
        return None
    return changed
