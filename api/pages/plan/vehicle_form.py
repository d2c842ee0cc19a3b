"""The vehicle as it is typed (车货填写): metres, tonnes and the notation of axles, to the vehicle format and back.

Every fault stands beside its field. What can be read is read even where the rest is faulty, so that it can be drawn.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from annotated_types import Ge, Le
from pydantic import BaseModel

from api.applications.errors import Fault, NotationError
from api.applications.form_reading import preview
from api.applications.notation import format_loads, format_spacings, parse_loads, parse_spacings
from data.vehicles import AxleInput, LoadedVehicle
from maps.labels import Label

Json = dict[str, Any]
Texts = Mapping[str, str]
FIELDS: Final = (
    "kind",
    "trailer",
    "height",
    "width",
    "length",
    "mass",
    "loads",
    "spacings",
    "tractor_axles",
    "drive_axles",
    "tyres",
    "files",
    "indivisible",
)
SIZES: Final = {"height": "height_mm", "width": "width_mm", "length": "length_mm"}
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_TYRES: Final = re.compile(r"(?:(\d{1,2})\*)?(\d{1,2})", re.ASCII)
_STEERED_TYRES, _TYRES_OF = 2, {"modular": 8, "flatbed": 4, "": 4}
_USUAL_TRACTOR, _USUAL_DRIVEN = 3, 2
# Where a fault of the vehicle format stands on the form.
_PLACES: Final = (
    (re.compile(r"axles\.\d+\.load_kg"), "loads"),
    (re.compile(r"axles\.\d+\.spacing_mm"), "spacings"),
    (re.compile(r"axles\.\d+\.tyres"), "tyres"),
    (re.compile(r"axles\.\d+\.unit"), "tractor_axles"),
    (re.compile(r"axles"), "tractor_axles"),
    (re.compile(r"gross_mass_kg"), "mass"),
)

_TOO_SHORT: Final = "spacings add up"  # of axles against the length, which is the likelier slip


@dataclass(frozen=True, slots=True)
class VehicleTyped:
    """What a form says of a vehicle.

    Attributes:
        partial: As much of the vehicle format as could be read.
        vehicle: The checked vehicle; None while there are faults.
        faults: Words by field.
    """

    partial: Json
    vehicle: LoadedVehicle | None
    faults: dict[str, Label]

    def to_json(self) -> Json:
        """The vehicle as the format has it."""
        assert self.vehicle is not None  # noqa: S101 - asked for without faults only
        return vehicle_json(self.vehicle)


def vehicle_json(vehicle: LoadedVehicle) -> Json:
    """A vehicle as the format has it: what is not stated is left out, but a missing trailer is said."""
    return vehicle.model_dump(mode="json", exclude_none=True) | {"trailer": vehicle.trailer}


def read_typed(texts: Texts) -> VehicleTyped:
    """Read the fields of a form."""
    faults: dict[str, Label] = {}
    kind = "truck" if texts.get("kind") == "truck" else "train"
    trailer = texts.get("trailer") if texts.get("trailer") in {"flatbed", "modular"} else None
    partial: Json = {"kind": kind, "trailer": trailer if kind == "train" else None}
    for name, field in SIZES.items():
        value = _thousandths(texts.get(name, ""), name, _bounds(LoadedVehicle, field), faults)
        partial |= {} if value is None else {field: value}
    axles = _axles(texts, kind, trailer or "", faults)
    partial["axles"] = axles
    mass = sum(axle["load_kg"] for axle in axles) or None
    if texts.get("mass", "").strip():
        mass = _thousandths(texts["mass"], "mass", _bounds(LoadedVehicle, "gross_mass_kg"), faults)
    partial |= {} if mass is None else {"gross_mass_kg": mass}
    partial["indivisible"] = texts.get("indivisible") != "no"
    if not faults:
        faults |= _disagreements(partial)
    vehicle = None if faults else LoadedVehicle.model_validate(partial)
    return VehicleTyped(partial, vehicle, faults)


def texts_of(vehicle: Mapping[str, Any]) -> dict[str, str]:
    """The fields that read as a vehicle of the format."""
    axles: Sequence[Mapping[str, Any]] = vehicle["axles"]
    tractor = [axle for axle in axles if axle["unit"] != "trailer"]
    total = sum(axle["load_kg"] for axle in axles)
    return {
        "kind": vehicle["kind"],
        "trailer": vehicle["trailer"] or "",
        **{name: _as_thousands(vehicle[field]) for name, field in SIZES.items()},
        "mass": "" if vehicle["gross_mass_kg"] == total else _as_thousands(vehicle["gross_mass_kg"]),
        "loads": format_loads([axle["load_kg"] for axle in axles]),
        "spacings": format_spacings([axle["spacing_mm"] for axle in axles]),
        "tractor_axles": "" if vehicle["kind"] == "truck" else str(len(tractor)),
        "drive_axles": str(sum(axle["drive"] for axle in axles)),
        "tyres": _format_tyres([axle["tyres"] for axle in axles]),
        "files": "2" if any(axle.get("files", 1) == 2 for axle in axles) else "1",  # noqa: PLR2004 - a double file
        "indivisible": "yes" if vehicle["indivisible"] else "no",
    }


def _axles(texts: Texts, kind: str, trailer: str, faults: dict[str, Label]) -> list[Json]:
    """Axles front to rear, as far as loads and spacings can be read together."""
    loads, spacings = _notation(texts.get("loads", ""), parse_loads, "loads", faults), None
    if len(loads or ()) == 1:
        faults.setdefault("loads", Label("至少须有两根轴", "at least two axles"))
    if texts.get("spacings", "").strip() or loads:
        spacings = _notation(texts.get("spacings", ""), parse_spacings, "spacings", faults)
    if loads is None or spacings is None:
        return []
    if len(loads) != len(spacings):
        zh = f"轴荷为{len(loads)}轴，轴距应有{len(loads) - 1}项，现有{len(spacings) - 1}项"
        en = f"{len(loads)} axles need {len(loads) - 1} spacings, found {len(spacings) - 1}"
        faults.setdefault("spacings", Label(zh, en))
        return []
    _check_axles(loads, spacings, faults)
    tractor = _count(texts, "tractor_axles", min(_USUAL_TRACTOR, len(loads) - 1), len(loads), faults)
    if kind == "truck":
        tractor = len(loads)
    driven = _count(texts, "drive_axles", min(_USUAL_DRIVEN, tractor - 1), tractor, faults)
    tyres = _tyres(texts.get("tyres", ""), len(loads), tractor, _TYRES_OF[trailer], faults)
    own = "truck" if kind == "truck" else "tractor"
    found: list[Json] = []
    for at, (load, spacing) in enumerate(zip(loads, spacings, strict=True)):
        is_own = at < tractor
        axle: Json = {"load_kg": load, "spacing_mm": spacing, "tyres": tyres[at], "unit": own if is_own else "trailer"}
        axle["drive"] = is_own and at >= tractor - driven
        found.append(axle | ({"files": 2} if texts.get("files") == "2" and not is_own else {}))
    return found


def _notation(text: str, parse: Any, name: str, faults: dict[str, Label]) -> tuple[int, ...] | None:  # noqa: ANN401 - one of two readers with different hints
    try:
        read: tuple[int, ...] = parse(text)
    except NotationError as error:
        told = error.faults
        faults[name] = Label("；".join(one.message_zh for one in told), "; ".join(one.message_en for one in told))
        return None
    return read


def _check_axles(loads: Sequence[int], spacings: Sequence[int], faults: dict[str, Label]) -> None:
    least, most = _bounds(AxleInput, "load_kg")
    for at, load in enumerate(loads, start=1):
        if not least <= load <= most:
            text = f"{_as_thousands(least)}~{_as_thousands(most)}"
            said = Label(f"第{at}轴：轴荷应在{text}吨之间", f"axle {at}: the load must be {text} t")
            faults.setdefault("loads", said)
    widest = _bounds(AxleInput, "spacing_mm")[1]
    for at, spacing in enumerate(spacings[1:], start=1):
        if spacing > widest:
            text = _as_thousands(widest)
            said = Label(f"第{at}项：轴距不得大于{text}米", f"spacing {at}: at most {text} m")
            faults.setdefault("spacings", said)


def _count(texts: Texts, name: str, usual: int, most: int, faults: dict[str, Label]) -> int:
    text = unicodedata.normalize("NFKC", texts.get(name, "")).strip()
    if not text:
        return max(usual, 0)
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > most:  # noqa: PLR2004 - digits of a count
        faults[name] = Label(f"应为0至{most}的整数", f"a whole number from 0 to {most}")
        return max(usual, 0)
    return int(text)


def _tyres(text: str, count: int, tractor: int, usual: int, faults: dict[str, Label]) -> list[int]:
    """Tyres of every axle; without a text two on the first, four on others of the tractor, the usual on the trailer."""
    assumed = [_STEERED_TYRES if at == 0 else _TYRES_OF[""] if at < tractor else usual for at in range(count)]
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).translate(str.maketrans("×xX", "***"))
    if not folded:
        return assumed
    matches = [_TYRES.fullmatch(part) for part in folded.split("+")]
    found = [int(match[2]) for match in matches if match for _ in range(int(match[1] or 1))]
    least, most = _bounds(AxleInput, "tyres")
    if None in matches or len(found) != count or any(not least <= one <= most or one % 2 for one in found):
        zh = f"应按轴写出{count}轴的轮胎数（{least}~{most}的偶数），如“2+2*4+8”"
        faults["tyres"] = Label(zh, f"tyres of all {count} axles, even numbers from {least} to {most}, such as 2+2*4+8")
        return assumed
    return found


def _format_tyres(tyres: Sequence[int]) -> str:
    runs = [(number, len(list(run))) for number, run in groupby(tyres)]
    return "+".join(str(number) if times == 1 else f"{times}*{number}" for number, times in runs)


def _thousandths(text: str, name: str, bounds: tuple[int, int | None], faults: dict[str, Label]) -> int | None:
    """Metres as mm, tonnes as kg; None and a fault where that is not what is typed."""
    plain = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).rstrip("mMtT米吨")
    unit = Label("吨", "t") if name == "mass" else Label("米", "m")
    if not _NUMBER.fullmatch(plain):
        zh, en = ("未填写", "is missing") if not plain else (f"应为数字（{unit.zh}）", f"must be a number ({unit.en})")
        faults[name] = Label(zh, en)
        return None
    value = int(Decimal(plain) * 1000)
    least, most = bounds
    if value < least or (most is not None and value > most):
        between = _as_thousands(least) + ("" if most is None else f"~{_as_thousands(most)}")
        end = Label("以上", " or more") if most is None else Label("之间", "")
        faults[name] = Label(f"应在{between}{unit.zh}{end.zh}", f"must be {between} {unit.en}{end.en}")
        return None
    return value


def _disagreements(partial: Json) -> dict[str, Label]:
    """How the parts fit together, as the form of applications judges it."""
    found: dict[str, Label] = {}
    for fault in preview({"whole": partial}):
        place, _, field = fault.field.partition(".")
        if place == "whole":
            name = "length" if fault.message_en.startswith(_TOO_SHORT) else _field_of(field)
            found.setdefault(name, _words(fault))
    return found


def _field_of(place: str) -> str:
    sizes = {field: name for name, field in SIZES.items()}
    return next((name for pattern, name in _PLACES if pattern.fullmatch(place)), sizes.get(place, "kind"))


def _words(fault: Fault) -> Label:
    return Label(fault.message_zh, fault.message_en)


def _bounds(model: type[BaseModel], field: str) -> tuple[int, Any]:
    """The range of a field of the vehicle format."""
    limits = model.model_fields[field].metadata
    least = next((int(str(one.ge)) for one in limits if isinstance(one, Ge)), 0)
    return least, next((int(str(one.le)) for one in limits if isinstance(one, Le)), None)


def _as_thousands(number: int) -> str:
    """Millimetres as metres, kilograms as tonnes, without needless zeros."""
    whole, rest = divmod(number, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
