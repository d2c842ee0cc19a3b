"""Loads that differ from the declared one in one thing (车货调整): what becomes of the vehicle, and in what steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from api.reviews.settings import ReasonSettings
from data.vehicles import AxleInput, LoadedVehicle

LEAST_AXLE_KG = 100  # the format's lower bound
MM, KG, LINES = "mm", "kg", "lines"
PERMILLE = 1000
Apply = Callable[[LoadedVehicle, int], LoadedVehicle]


@dataclass(frozen=True, slots=True)
class LoadChange:
    """One quantity that may be changed (可调整项).

    Attributes:
        quantity: Its name in every file and answer.
        unit: Of its values.
        now: As declared.
        least: Smallest value that is suggested.
        apply: Makes the vehicle with another value.
    """

    quantity: str
    unit: str
    now: int
    least: int
    apply: Apply


def with_height(vehicle: LoadedVehicle, height_mm: int) -> LoadedVehicle:
    """The same load, lower."""
    return vehicle.model_copy(update={"height_mm": height_mm})


def with_width(vehicle: LoadedVehicle, width_mm: int) -> LoadedVehicle:
    """The same load, narrower."""
    return vehicle.model_copy(update={"width_mm": width_mm})


def with_length(vehicle: LoadedVehicle, length_mm: int) -> LoadedVehicle:
    """The same load, shorter; the axles stay where they are."""
    return vehicle.model_copy(update={"length_mm": length_mm})


def with_gross_mass(vehicle: LoadedVehicle, gross_mass_kg: int) -> LoadedVehicle:
    """A lighter load: all axles are relieved in proportion, whole kg, none rounded up."""
    axles = [
        axle.model_copy(update={"load_kg": max(axle.load_kg * gross_mass_kg // vehicle.gross_mass_kg, LEAST_AXLE_KG)})
        for axle in vehicle.axles
    ]
    return vehicle.model_copy(update={"gross_mass_kg": gross_mass_kg, "axles": axles})


def with_axle_load(vehicle: LoadedVehicle, axle_load_kg: int) -> LoadedVehicle:
    """No axle heavier than a number; what the heavier ones lose, the gross mass loses too."""
    axles = [axle.model_copy(update={"load_kg": min(axle.load_kg, axle_load_kg)}) for axle in vehicle.axles]
    lost = sum(old.load_kg - new.load_kg for old, new in zip(vehicle.axles, axles, strict=True))
    return vehicle.model_copy(update={"gross_mass_kg": max(vehicle.gross_mass_kg - lost, 1), "axles": axles})


def with_added_lines(vehicle: LoadedVehicle, lines: int, settings: ReasonSettings) -> LoadedVehicle:
    """A modular trailer with so many axle lines (轴线); the trailer's lines share its load evenly.

    The added lines stand behind the last one at its distance. They make the train longer and heavier by themselves.
    """
    trailer = _trailer_of(vehicle)
    added = lines - len(trailer)
    if added <= 0:
        return vehicle
    mass_kg = sum(axle.load_kg for axle in trailer) + added * settings.axle_line_mass_kg
    shares = [mass_kg // lines + (place < mass_kg % lines) for place in range(lines)]
    last = trailer[-1]
    spread = [*trailer, *([last] * added)]
    axles = [axle for axle in vehicle.axles if axle.unit != "trailer"]
    axles += [axle.model_copy(update={"load_kg": share}) for axle, share in zip(spread, shares, strict=True)]
    return vehicle.model_copy(
        update={
            "axles": axles,
            "gross_mass_kg": vehicle.gross_mass_kg + added * settings.axle_line_mass_kg,
            "length_mm": vehicle.length_mm + added * last.spacing_mm,
        }
    )


def with_line_spacing(vehicle: LoadedVehicle, spacing_mm: int) -> LoadedVehicle:
    """A modular trailer whose axle lines stand at least so far apart; the train becomes longer by what that takes."""
    axles = []
    longer = 0
    is_behind_line = False
    for axle in vehicle.axles:
        own = axle
        if axle.unit == "trailer" and is_behind_line and axle.spacing_mm < spacing_mm:
            own = axle.model_copy(update={"spacing_mm": spacing_mm})
            longer += spacing_mm - axle.spacing_mm
        is_behind_line = axle.unit == "trailer"
        axles.append(own)
    return vehicle.model_copy(update={"axles": axles, "length_mm": vehicle.length_mm + longer})


def _trailer_of(vehicle: LoadedVehicle) -> list[AxleInput]:
    return [axle for axle in vehicle.axles if axle.unit == "trailer"]


def reductions(vehicle: LoadedVehicle, settings: ReasonSettings) -> tuple[LoadChange, ...]:
    """Quantities of a load that may be made smaller, with the least value that is suggested."""
    share = settings.least_share_permille
    wheelbase = sum(axle.spacing_mm for axle in vehicle.axles)
    heaviest = max(axle.load_kg for axle in vehicle.axles)
    least: Mapping[str, int] = {
        "height": max(settings.least_height_mm, vehicle.height_mm * share // PERMILLE),
        "width": max(settings.least_width_mm, vehicle.width_mm * share // PERMILLE),
        "length": max(wheelbase + 1, vehicle.length_mm * share // PERMILLE),
        "gross_mass": vehicle.gross_mass_kg * share // PERMILLE,
        "axle_load": max(LEAST_AXLE_KG, heaviest * share // PERMILLE),
    }
    return (
        LoadChange("height", MM, vehicle.height_mm, least["height"], with_height),
        LoadChange("width", MM, vehicle.width_mm, least["width"], with_width),
        LoadChange("length", MM, vehicle.length_mm, least["length"], with_length),
        LoadChange("gross_mass", KG, vehicle.gross_mass_kg, least["gross_mass"], with_gross_mass),
        LoadChange("axle_load", KG, heaviest, least["axle_load"], with_axle_load),
    )


def layouts(vehicle: LoadedVehicle, settings: ReasonSettings) -> Sequence[tuple[LoadChange, Sequence[int]]]:
    """What may be changed about a modular trailer, with the values to try, the smallest change first."""
    trailer = _trailer_of(vehicle)
    if vehicle.trailer != "modular" or len(trailer) < 2:  # noqa: PLR2004 - a distance needs two lines
        return ()
    lines = len(trailer)
    spacing = min(axle.spacing_mm for axle in trailer[1:])
    steps = range(settings.spacing_step_mm, settings.max_added_spacing_mm + 1, settings.spacing_step_mm)

    def added(loaded: LoadedVehicle, value: int) -> LoadedVehicle:
        return with_added_lines(loaded, value, settings)

    return (
        (
            LoadChange("axle_lines", LINES, lines, lines, added),
            [lines + more for more in range(1, settings.max_added_lines + 1)],
        ),
        (LoadChange("line_spacing", MM, spacing, spacing, with_line_spacing), [spacing + step for step in steps]),
    )
