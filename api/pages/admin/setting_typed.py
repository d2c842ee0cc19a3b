"""A value of a setting as it is typed (填写设定): one field, or one for each row, with its faults beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.errors import FieldFault, InvalidError
from api.pages.admin.setting_kinds import Kind, kind_of, needed_rows
from api.pages.admin.setting_words import choice_word
from api.pages.page import PageContext

VALUE: Final = "value"
_LONGEST: Final = 20_000
_MOST_DIGITS: Final = 12  # far beyond any


@dataclass(frozen=True, slots=True)
class RowField:
    """The field of one row."""

    name: str
    label: str
    typed: str
    is_needed: bool


def field_of(key: str) -> str:
    """Name of the field of a row."""
    return f"{VALUE}_{key}"


def read_value(page: PageContext, name: str) -> object:
    """The typed value as its kind wants it; what does not fit otherwise is said by the service.

    Raises:
        InvalidError: With every fault by field.
    """
    kind = kind_of(name)
    if kind.cell is not None:
        return _rows(page, name, kind.cell)
    if kind.form == "choices":
        return [str(one) for one in page.form.getlist(VALUE)]
    text = page.field(VALUE)[:_LONGEST]
    if kind.form in {"number", "numbers"}:
        numbers = [_number(kind, VALUE, part) for part in (_parts(text) if kind.form == "numbers" else [text])]
        return numbers if kind.form == "numbers" else numbers[0]
    if kind.form == "lines":
        return _lines(text)
    if kind.form == "switch":
        return text == "true"
    return _choice(kind, VALUE, text) if kind.form == "choice" else text


def typed_of(page: PageContext, name: str, value: object, *, is_sent: bool) -> list[str]:
    """What the one field of a form holds, or what is ticked: as it was sent, else the value that holds."""
    if is_sent:
        return [str(one) for one in page.form.getlist(VALUE)]
    if isinstance(value, list):
        return ["\n".join(map(str, value))] if kind_of(name).form in {"numbers", "lines"} else list(map(str, value))
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def row_fields(page: PageContext, name: str, value: object, *, is_sent: bool) -> list[RowField]:
    """The fields of the rows, as they were sent, else with the value that holds."""
    held: Mapping[str, object] = value if isinstance(value, dict) else {}
    typed = {key: page.field(field_of(key)) if is_sent else str(held.get(key, "")) for key in kind_of(name).rows}
    needed = needed_rows(name)
    return [RowField(field_of(key), choice_word(page, name, key), text, key in needed) for key, text in typed.items()]


def _rows(page: PageContext, name: str, cell: Kind) -> dict[str, object]:
    found: dict[str, object] = {}
    faults: list[FieldFault] = []
    for key in kind_of(name).rows:
        text = page.field(field_of(key)).strip()
        if not text:  # a row that is left empty is not set
            if key in needed_rows(name):
                faults.append(FieldFault(field_of(key), "须填写", "wanted"))
            continue
        try:
            found[key] = (
                _number(cell, field_of(key), text) if cell.form == "number" else _choice(cell, field_of(key), text)
            )
        except InvalidError as error:
            faults += error.faults
    if faults:
        raise InvalidError(faults)
    return found


def _number(kind: Kind, field: str, text: str) -> int:
    text = text.strip()
    if not (len(text) <= _MOST_DIGITS and text.lstrip("-").isascii() and text.lstrip("-").isdigit()):
        raise InvalidError([FieldFault(field, "须为整数", "a whole number")])
    number = int(text)
    if number < kind.least or (kind.most is not None and number > kind.most):
        least, most = kind.least, kind.most
        raise InvalidError(
            [
                FieldFault(field, f"须为不小于{least}的整数", f"a whole number of {least} or more")
                if most is None
                else FieldFault(field, f"须为{least}至{most}的整数", f"a whole number from {least} to {most}")
            ]
        )
    return number


def _choice(kind: Kind, field: str, text: str) -> str:
    if text not in kind.options:
        raise InvalidError([FieldFault(field, "请选一项", "one of these")])
    return text


def _parts(text: str) -> Sequence[str]:
    """Numbers, one a line or with commas between them."""
    return [part for line in _lines(text.replace("，", ",")) for part in line.split(",") if part.strip()]


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
