"""The fields of the sheet's form and the sheet they make (现场核查单的填写): texts from a page become typed values."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from api.errors import FieldFault, InvalidError
from api.permits.content import PermitContent
from api.permits.sheets import CheckSheet

OFFICERS: Final = (1, 2)
QUESTIONS: Final = ("vins_match", "indivisible", "marking", "lamps", "fixing")
SIZES: Final = ("height_mm", "width_mm", "length_mm")
_NUMBERS: Final = (*SIZES, "gross_mass_kg", "tyres", "escort_vehicles", "escort_staff")
_ANSWERS: Final = {"yes": True, "no": False}
_SEPARATORS: Final = re.compile(r"[\s,，;；、+]+")
_INSTRUMENTS: Final = re.compile(r"[,，;；、\n]+")
_LONGEST_NUMBER: Final = 8
_MOST_AXLES: Final = 80
_WANTED: Final = ("请填写", "fill this in")


@dataclass
class Reading:
    """A form being read: what was found wrong on the way."""

    values: Mapping[str, str]
    faults: list[FieldFault] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A text that has to be there."""
        found = self.values.get(name, "").strip()
        if not found:
            self.fault(name, *_WANTED)
        return found

    def number(self, name: str) -> int | None:
        """A whole number; None where the field is empty."""
        return self._whole(name, self.values.get(name, "").strip())

    def answer(self, name: str) -> bool | None:
        """Yes, no, or nobody looked."""
        return _ANSWERS.get(self.values.get(name, ""))

    def seen(self, name: str, stated: str) -> str:
        """What the permit states, where the officer found the same; else what was found."""
        answer = self.values.get(f"{name}_same", "")
        if answer == "yes":
            return stated
        if answer != "no":
            self.fault(f"{name}_same", "请选择是否与许可一致", "choose whether it agrees with the permit")
            return stated
        return self.text(f"{name}_seen")

    def listed(self, name: str) -> tuple[int, ...] | None:
        """Numbers typed or pasted as one text; None where it is empty."""
        parts = [part for part in _SEPARATORS.split(self.values.get(name, "").strip()) if part]
        if len(parts) > _MOST_AXLES:
            self.fault(name, f"最多{_MOST_AXLES}轴", f"at most {_MOST_AXLES} axles")
            return None
        found = [self._whole(name, part) for part in parts]
        return tuple(value for value in found if value is not None) or None

    def axles(self, item: str, count: int, first: int) -> tuple[int, ...] | None:
        """One number an axle, from `first` on; None where none is given at all."""
        found = [self.number(f"{item}_{n}") for n in range(first, count + 1)]
        if not any(value is not None for value in found):
            return None
        for n, value in enumerate(found, start=first):
            if value is None and not self.values.get(f"{item}_{n}", "").strip():
                self.fault(f"{item}_{n}", *_WANTED)
        return tuple(value for value in found if value is not None)

    def fault(self, name: str, zh: str, en: str) -> None:
        """Something that is wrong with a field."""
        self.faults.append(FieldFault(name, zh, en))

    def _whole(self, name: str, text: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
            self.fault(name, "须为整数，不带单位", "a whole number without its unit")
            return None
        return int(text)


def read_sheet(values: Mapping[str, str], content: PermitContent) -> CheckSheet:
    """The sheet that a form makes.

    Raises:
        InvalidError: Every fault, by the names of the form's fields.
    """
    form = Reading(values)
    raw = {
        "permit_number": content.number,
        "place": form.text("place"),
        "longitude": _degrees(form, "longitude"),
        "latitude": _degrees(form, "latitude"),
        "checked_at": _moment(form, "checked_at"),
        "officers": tuple(_officers(form)),
        "carrier": form.seen("carrier", content.holder.name),
        "plates": tuple(_plates(form, content.plates)),
        "measured": _measured(form, len(content.vehicle.axles)),
        "cargo_name": form.seen("cargo", content.cargo.name),
        "pieces": _pieces(form),
        **{name: form.answer(name) for name in QUESTIONS},
        **{name: form.number(name) for name in ("escort_vehicles", "escort_staff")},
        "remark": values.get("remark", "").strip() or None,
    }
    sheet = None
    if not form.faults:
        sheet = _checked(form, raw)
    if sheet is None or form.faults:
        raise InvalidError(list(dict.fromkeys(form.faults)))
    return sheet


def field_of(fault: str) -> str:
    """The form's field that a fault of the service or of the sheet's model is about."""
    name = fault.removeprefix("sheet.").removeprefix("measured.")
    for pattern, shown in _FIELDS:
        found = re.fullmatch(pattern, name)
        if found:
            return shown(found)
    return name


_FIELDS: Final[Sequence[tuple[str, Callable[[re.Match[str]], str]]]] = (
    (r"officers\.(\d+)\.(\w+)", lambda found: f"officer_{found[2]}_{int(found[1]) + 1}"),
    (r"officers.*", lambda _: "officer_certificate_2"),
    (r"axle_load\.count|axle_loads_kg.*", lambda _: "axle_load_1"),
    (r"axle_spacing\.count|axle_spacings_mm.*", lambda _: "axle_spacing_2"),
    (r"axle_(load|spacing)\.(\d+)", lambda found: f"axle_{found[1]}_{found[2]}"),
    (r"plates\.(\d+)", lambda found: f"plate_{found[1]}_seen"),
    (r"(carrier|plates)", lambda found: f"{found[1]}_same"),
    (r"cargo_name", lambda _: "cargo_same"),
    (r"instruments.*", lambda _: "instruments"),
    (r"photos.*", lambda _: "photos"),
)


def _checked(form: Reading, raw: dict[str, Any]) -> CheckSheet | None:
    try:
        return CheckSheet.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            name = field_of(".".join(map(str, one["loc"])))
            form.fault(name, "内容过长、超出范围或含有特殊字符", "too long, out of range or with odd characters")
        return None


def _officers(form: Reading) -> Iterator[dict[str, str]]:
    for n in OFFICERS:
        yield {"name": form.text(f"officer_name_{n}"), "certificate": form.text(f"officer_certificate_{n}")}


def _plates(form: Reading, stated: Sequence[str]) -> Iterator[str]:
    for n, plate in enumerate(stated):
        yield form.seen(f"plate_{n}", plate).upper()
    more = form.values.get("plates_more", "").strip()
    yield from (plate.upper() for plate in _SEPARATORS.split(more) if plate)


def _measured(form: Reading, axles: int) -> dict[str, Any]:
    """What was measured; a list typed in one piece goes before the fields of single axles."""
    loads, spacings = form.listed("axle_loads_seen"), form.listed("axle_spacings_seen")
    if loads is None:
        loads = form.axles("axle_load", axles, 1)
    if spacings is None:
        between = form.axles("axle_spacing", axles, 2)
        spacings = None if between is None else (0, *between)
    elif spacings[0] != 0:
        spacings = (0, *spacings)
    numbers = {name: form.number(name) for name in _NUMBERS if not name.startswith("escort")}
    named = (part.strip() for part in _INSTRUMENTS.split(form.text("instruments")))
    return {**numbers, "axle_loads_kg": loads, "axle_spacings_mm": spacings, "instruments": tuple(filter(None, named))}


def _pieces(form: Reading) -> int | None:
    pieces = form.number("pieces")
    if pieces is None and not form.values.get("pieces", "").strip():
        form.fault("pieces", *_WANTED)
    return pieces


def _moment(form: Reading, name: str) -> dt.datetime | None:
    """The local time of a `datetime-local` field."""
    text = form.text(name)
    try:
        moment = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is not None):
        form.fault(name, "须为日期和时间", "a date and a time")
        return None
    return moment


def _degrees(form: Reading, name: str) -> float | None:
    text = form.values.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?", text):
        form.fault(name, "须为十进制度数", "decimal degrees")
        return None
    return float(text)
