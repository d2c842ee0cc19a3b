"""What a setting is, for its form (设定的种类): a number with its unit, yes or no, a choice, a list, or rows by class.

Settings that the service declares say it themselves; those that replace a value of a rule file are what the model of
that file says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal

from api.provinces.declared import declarations
from api.provinces.overrides import FILES, file_default, override_faults

Form = Literal["switch", "number", "numbers", "choice", "choices", "lines", "text", "rows"]
_FORMS: Final[Mapping[str, Form]] = {
    "switch": "switch",
    "integer": "number",
    "integers": "numbers",
    "choice": "choice",
    "choices": "choices",
    "texts": "lines",
    "text": "text",
}
# What a number counts is the end of its name; the first that fits.
_UNITS: Final = (
    ("_kg", "kg"),
    ("_mm", "mm"),
    ("_percent", "percent"),
    ("_permille", "permille"),
    ("_months", "months"),
    ("_working_days", "working_days"),
    ("_days", "days"),
    ("_an_hour", "an_hour"),
    ("_a_day", "a_day"),
    ("_probes", "times"),
)
# Days of the procedure are working days, see the head of rules/service.yaml.
_IN_WORKING_DAYS: Final = "service."
UNITS: Final = frozenset(unit for _, unit in _UNITS)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the form of a setting needs to know.

    Attributes:
        form: How it is typed and shown; "rows" has a field for each of `rows`, each of the kind `cell`.
        options: What can be chosen.
        least: Smallest number; an amount is never negative.
        most: Largest number, where there is one.
        unit: Of its numbers; empty without one.
    """

    form: Form
    options: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    unit: str = ""
    rows: tuple[str, ...] = ()
    cell: "Kind | None" = None


@cache
def kind_of(name: str) -> Kind:
    """The kind of a declared setting.

    Raises:
        KeyError: There is no such setting.
        TypeError: The model of its file has a type that no form is made for: a fault of the program.
    """
    declaration = declarations()[name]
    if declaration.type == "overrides":
        file, _, field = name.partition(".")
        return _with_unit(name, _of_schema(name, FILES[file].model.model_json_schema()["properties"][field]))
    found = Kind(_FORMS[declaration.type], declaration.options, declaration.least or 0, declaration.most)
    return _with_unit(name, found)


@cache
def needed_rows(name: str) -> frozenset[str]:
    """Rows that may not be left empty: those without which the model of the file refuses the value."""
    default = file_default(name) if kind_of(name).rows else {}
    if not isinstance(default, dict):
        return frozenset()
    return frozenset(
        row for row in default if override_faults(name, {key: default[key] for key in default.keys() - {row}})
    )


def _of_schema(name: str, schema: Mapping[str, Any]) -> Kind:
    if "enum" in schema:
        return Kind("choice", tuple(schema["enum"]))
    if schema["type"] == "boolean":
        return Kind("switch")
    if schema["type"] == "integer":
        least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        return Kind("number", least=least, most=schema.get("maximum"))
    if schema["type"] == "object" and "enum" in schema.get("propertyNames", {}):
        cell = _of_schema(name, schema["additionalProperties"])
        return Kind("rows", rows=tuple(schema["propertyNames"]["enum"]), cell=cell)
    raise TypeError(f"{name}: no form for {schema}")


def _with_unit(name: str, kind: Kind) -> Kind:
    if kind.cell is not None:
        return replace(kind, cell=_with_unit(name, kind.cell))
    if kind.form not in {"number", "numbers"}:
        return kind
    unit = next((unit for end, unit in _UNITS if name.endswith(end)), "")
    is_working = unit == "days" and name.startswith(_IN_WORKING_DAYS)
    return replace(kind, unit="working_days" if is_working else unit)
