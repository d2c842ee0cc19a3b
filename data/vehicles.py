"""Read vehicle.json (车货参数文件): checked wholly, every fault named at once."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from data.errors import BadInputError

MASS_TOLERANCE_PERCENT = 1
_METRES_HINT = " (millimetres are expected: is this metres?)"
_TONNES_HINT = " (kilograms are expected: is this tonnes?)"


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AxleInput(_Strict):
    """One axle, or one axle line of a modular trailer (轴／轴线), front to rear."""

    load_kg: Annotated[int, Field(ge=100, le=60_000)]
    spacing_mm: Annotated[int, Field(ge=0, le=60_000)]
    tyres: Annotated[int, Field(ge=2, le=32, multiple_of=2)]
    unit: Literal["tractor", "trailer", "truck"]
    drive: bool
    files: Literal[1, 2] = 1


Axles = Annotated[list[AxleInput], Field(min_length=2, max_length=80)]
AXLES: TypeAdapter[list[AxleInput]] = TypeAdapter(Axles)


class LoadedVehicle(_Strict):
    """A loaded vehicle as declared (申报车货): integers in mm and kg, ranges as in the format's description."""

    kind: Literal["truck", "train"]
    trailer: Literal["flatbed", "modular"] | None
    height_mm: Annotated[int, Field(ge=1_000, le=12_000)]
    width_mm: Annotated[int, Field(ge=1_000, le=12_000)]
    length_mm: Annotated[int, Field(ge=3_000, le=150_000)]
    gross_mass_kg: Annotated[int, Field(ge=200)]
    axles: Axles
    indivisible: bool
    front_overhang_mm: Annotated[int, Field(ge=0, le=60_000)] | None = None
    rear_overhang_mm: Annotated[int, Field(ge=0, le=60_000)] | None = None
    ground_clearance_mm: Annotated[int, Field(ge=0, le=5_000)] | None = None
    trailer_steering: Literal["none", "rear", "all"] | None = None


def _spacing_faults(axles: Sequence[AxleInput]) -> list[str]:
    faults = [
        f"axles.{i}.spacing_mm: {axle.spacing_mm} is outside 500-60000"
        for i, axle in enumerate(axles)
        if i and axle.spacing_mm < 500  # noqa: PLR2004 - the format's lower bound, named in the message
    ]
    if axles[0].spacing_mm:
        faults.append(f"axles.0.spacing_mm: the first axle has none in front: 0 expected, found {axles[0].spacing_mm}")
    return faults


def _wheelbase_faults(axles: Sequence[AxleInput], length_mm: int) -> list[str]:
    wheelbase = sum(axle.spacing_mm for axle in axles)
    if wheelbase < length_mm:
        return []
    return [f"axles: spacings add up to {wheelbase} mm, but length_mm is only {length_mm}"]


def _mass_faults(axles: Sequence[AxleInput], gross_mass_kg: int) -> list[str]:
    total = sum(axle.load_kg for axle in axles)
    if abs(total - gross_mass_kg) * 100 <= MASS_TOLERANCE_PERCENT * gross_mass_kg:
        return []
    allowed = f"they may differ by {MASS_TOLERANCE_PERCENT} %"
    return [f"gross_mass_kg: {gross_mass_kg}, but the axle loads add up to {total} kg; {allowed}"]


def _unit_faults(axles: Sequence[AxleInput], kind: object, trailer: object) -> list[str]:
    has_trailer_axles = any(axle.unit == "trailer" for axle in axles)
    faults = []
    if kind == "train" and not has_trailer_axles:
        faults.append("axles: a train needs axles of unit trailer")
    if kind == "train" and axles[0].unit == "trailer":
        faults.append("axles.0.unit: a train begins with its tractor")
    if kind == "truck" and (has_trailer_axles or trailer is not None):
        faults.append("kind: a truck has no trailer; use train")
    return faults


def _disagreements(raw: object, wrong: set[str]) -> list[str]:
    """Check how the parts fit together, as far as the parts themselves are right."""
    if not isinstance(raw, dict) or "axles" in wrong:
        return []
    axles = AXLES.validate_python(raw["axles"])
    faults = _spacing_faults(axles)
    if "length_mm" not in wrong:
        faults += _wheelbase_faults(axles, raw["length_mm"])
    if "gross_mass_kg" not in wrong:
        faults += _mass_faults(axles, raw["gross_mass_kg"])
    return faults + _unit_faults(axles, raw.get("kind"), raw.get("trailer"))


def read_vehicle(path: Path) -> LoadedVehicle:
    """Read and check a vehicle file.

    Raises:
        BadInputError: Not readable, not JSON, or any field missing, unexpected, of the wrong type or out of range;
            all faults at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(str(path), [f"cannot be read: {error}"]) from error
    return parse_vehicle(text, source=str(path))


def parse_vehicle(text: str, *, source: str) -> LoadedVehicle:
    """Check a vehicle given as JSON text; `source` names it in messages.

    Raises:
        BadInputError: As `read_vehicle`.
    """
    try:
        raw = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise BadInputError(source, [f"is not JSON: {error}"]) from error
    faults: list[str] = []
    wrong: set[str] = set()
    try:
        vehicle = LoadedVehicle.model_validate(raw)
    except ValidationError as error:
        faults = [_sentence(e) for e in error.errors()]
        wrong = {str(e["loc"][0]) if e["loc"] else "axles" for e in error.errors()}
    faults += _disagreements(raw, wrong)
    if faults:
        raise BadInputError(source, faults)
    return vehicle


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"the field {', '.join(repeated)} stands there twice")
    return dict(pairs)


def _sentence(error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, whose values are of any type
    """Turn one error of pydantic into a sentence that names the field."""
    place = ".".join(str(part) for part in error["loc"]) or "vehicle"
    found = error["input"]
    if error["type"] == "missing":
        return f"{place}: is missing"
    if error["type"] == "extra_forbidden":
        return f"{place}: is not a field of the format"
    hint = ""
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < 1000:  # noqa: PLR2004
        hint = _METRES_HINT if place.endswith("_mm") else _TONNES_HINT if place.endswith("_kg") else ""
    return f"{place}: {error['msg']}, found {json.dumps(found, ensure_ascii=False)[:60]}{hint}"
