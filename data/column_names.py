"""Which column of a table says what (列名识别): aliases, units in names, documented field mappings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from data.cells import unit_of
from data.errors import BadInputError
from data.tables import plain_name

MAPPINGS: Final = Path(__file__).parent / "bridges" / "mappings"
_UNIT: Final = re.compile(r"(.*?)[(\[/]([^()\[\]/]+)[)\]]?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file (列).

    Attributes:
        name: Its name there.
        unit: That the name or the mapping says, or empty.
        others: Columns that speak where this one is empty.
    """

    name: str
    unit: str = ""
    others: tuple[str, ...] = ()


def split_unit(name: str) -> tuple[str, str]:
    """Take a unit off a column name: 桥梁全长(m) is 桥梁全长 in m; a bracket that is no unit stays."""
    plain = plain_name(name)
    match = _UNIT.fullmatch(plain)
    unit = unit_of(match[2]) if match else ""
    return (match[1], unit) if match and unit else (plain, "")


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_list)]


class FieldMapping(BaseModel):
    """How a foreign file's columns become our fields (字段映射), with its reasons.

    Attributes:
        name: Short name, that of its file.
        about: What file it is for, and what is not taken over and why.
        recognised_by: Columns that only such a file has; all of them present choose this mapping by themselves.
        kind: What its rows are unless a column says it.
        datum: Of its coordinates.
        fields: Field → column, or columns of which the first that is not empty in a row counts.
        units: Field → unit, where the column's name says none.
        constants: Field → text for every row.
        patterns: Field → regular expression; its matches (first group) are joined with "+".
        dates: Form of dates as for strptime.
        keep: Column → values of the rows that are wanted; other rows are listed as left out.
        unused: Column → why it is not taken over.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    recognised_by: Words = ()
    kind: Literal["bridge", "culvert", "clearance"] = "bridge"
    datum: str = ""
    fields: dict[str, Words]
    units: dict[str, str] = {}
    constants: dict[str, str] = {}
    patterns: dict[str, str] = {}
    dates: str = ""
    keep: dict[str, Words] = {}
    unused: dict[str, str] = {}


def load_mapping(mapping: str | Path, known_fields: Iterable[str]) -> FieldMapping:
    """Read a field mapping.

    Args:
        mapping: Name of one that comes with the package, or a YAML file.
        known_fields: Fields that may be named.

    Raises:
        BadInputError: Naming every fault.
    """
    path = MAPPINGS / f"{mapping}.yaml" if isinstance(mapping, str) else mapping
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  strings only, as BaseLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(str(path), [f"cannot be read: {error}"]) from error
    try:
        found = FieldMapping.model_validate(content)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise BadInputError(str(path), faults) from error
    known = set(known_fields)
    named = {*found.fields, *found.units, *found.constants, *found.patterns}
    faults = [f"{field}: is not a known field" for field in sorted(named - known)]
    faults += [f"patterns.{field}: {fault}" for field, text in found.patterns.items() if (fault := _fault_of(text))]
    if faults:
        raise BadInputError(str(path), faults)
    return found


def _fault_of(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is not a regular expression: {error}"
    return ""


@cache
def packaged_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with the package."""
    return tuple(sorted(path.stem for path in MAPPINGS.glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Field → column of one file, and the columns nobody reads (列对照)."""

    columns: Mapping[str, Column]
    unused: tuple[str, ...]


def map_columns(
    header: Sequence[str],
    fields: Mapping[str, Sequence[str]],
    *,
    read_over: Iterable[str] = (),
    mapping: FieldMapping | None = None,
) -> ColumnMap:
    """Find the column of every field.

    Args:
        header: Column names of the file.
        fields: Field → names without units; ignored where a mapping is given.
        read_over: Names that are understood and not needed.
        mapping: A foreign file's mapping.
    """
    if mapping is not None:
        return _by_mapping(header, mapping)
    split = {name: split_unit(name) for name in header}
    by_name: dict[str, Column] = {}
    for name, (plain, unit) in split.items():
        by_name.setdefault(plain, Column(name, unit))
    columns = {field: by_name[alias] for field, names in fields.items() if (alias := _first(names, by_name))}
    used = {column.name for column in columns.values()}
    skipped = frozenset(read_over)
    return ColumnMap(columns, tuple(name for name in header if name not in used and split[name][0] not in skipped))


def _first(names: Iterable[str], by_name: Mapping[str, Column]) -> str:
    return next((name for name in names if name in by_name), "")


def _by_mapping(header: Sequence[str], mapping: FieldMapping) -> ColumnMap:
    by_name: dict[str, Column] = {}
    for name in header:
        plain, unit = split_unit(name)
        by_name.setdefault(plain_name(name), Column(name, unit))
        by_name.setdefault(plain, Column(name, unit))
    columns = {}
    for field, names in mapping.fields.items():
        present = list(dict.fromkeys(by_name[plain] for name in names if (plain := plain_name(name)) in by_name))
        if present:
            others = tuple(column.name for column in present[1:])
            columns[field] = Column(present[0].name, mapping.units.get(field, present[0].unit), others)
    told = {plain_name(name) for name in (*mapping.unused, *mapping.keep)}
    used = {name for column in columns.values() for name in (column.name, *column.others)}
    return ColumnMap(columns, tuple(name for name in header if name not in used and plain_name(name) not in told))
