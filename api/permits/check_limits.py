"""What may be measured at most and at least (允许差): the limits of a check, as data.

The comparison on the server and the preview on an officer's phone read the same limits, so that they cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from api.permits.settings import PermitSettings
from api.permits.sheets import Measured
from data.vehicles import LoadedVehicle

PERMILLE: Final = 1000
_SIZES: Final = ("height", "width", "length")


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one measured item (一项的允许范围).

    Attributes:
        item: Field name; axles count from 1, as `axle_load.3`.
        declared: Value of the permit.
        tolerance: Largest allowed difference in the item's unit.
        both_ways: Whether a smaller value counts as a difference too.
    """

    item: str
    declared: int
    tolerance: int
    unit: str
    both_ways: bool

    @property
    def highest(self) -> int:
        """Largest value within tolerance."""
        return self.declared + self.tolerance

    @property
    def lowest(self) -> int | None:
        """Smallest value within tolerance; None where no value is too small."""
        return self.declared - self.tolerance if self.both_ways else None

    def holds(self, measured: int) -> bool:
        """Whether a measured value is within tolerance."""
        return measured <= self.highest and (self.lowest is None or measured >= self.lowest)


def limits_of(vehicle: LoadedVehicle, settings: PermitSettings) -> Iterator[Limit]:
    """The limits of every item that is measured with an instrument, in the order of the sheet."""
    both_ways = settings.smaller_is_a_difference
    for name in _SIZES:
        field, tolerance = f"{name}_mm", int(getattr(settings, f"tolerance_{name}_mm"))
        yield Limit(field, getattr(vehicle, field), tolerance, "mm", both_ways)
    yield _share("gross_mass_kg", vehicle.gross_mass_kg, settings.tolerance_gross_permille, both_ways=both_ways)
    axles = vehicle.axles
    yield Limit("axle_load.count", len(axles), 0, "axle", both_ways=True)
    for n, axle in enumerate(axles, start=1):
        yield _share(f"axle_load.{n}", axle.load_kg, settings.tolerance_axle_permille, both_ways=both_ways)
    yield Limit("axle_spacing.count", len(axles), 0, "axle", both_ways=True)
    for n, axle in enumerate(axles, start=1):
        yield Limit(f"axle_spacing.{n}", axle.spacing_mm, settings.tolerance_spacing_mm, "mm", both_ways=True)
    yield Limit("tyres", sum(axle.tyres for axle in axles), 0, "tyre", both_ways=True)


def measured_items(measured: Measured) -> dict[str, int]:
    """What was measured, by item; axles are only told one by one where loads or spacings were measured at all."""
    whole = ("height_mm", "width_mm", "length_mm", "gross_mass_kg", "tyres")
    found = {name: getattr(measured, name) for name in whole if getattr(measured, name) is not None}
    for item, values in (("axle_load", measured.axle_loads_kg), ("axle_spacing", measured.axle_spacings_mm)):
        if values is not None:
            found[f"{item}.count"] = len(values)
            found |= {f"{item}.{n}": value for n, value in enumerate(values, start=1)}
    return found


def _share(item: str, declared: int, permille: int, *, both_ways: bool) -> Limit:
    return Limit(item, declared, declared * permille // PERMILLE, "kg", both_ways)
