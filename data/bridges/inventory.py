"""Read an operator's inventory (桥涵台账导入): bridges, culverts, clearances, signs; formats in docs/inventories.md."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from data.bridges.fields import FIELDS, READ_OVER
from data.bridges.places import RowPlace, read_place
from data.bridges.reading import read_bridge, read_limit
from data.bridges.records import BridgeRecord, Gap, Inventory, LimitRecord
from data.column_names import ColumnMap, FieldMapping, load_mapping, map_columns, packaged_mappings, split_unit
from data.coverage import Coverage, CoverageRange, read_coverage, sidecar_of
from data.datums import Datum, read_datum
from data.errors import BadInputError
from data.row_notes import RowNote, TableReport
from data.rows import RowReader
from data.tables import Table, TableRow, plain_name, read_table
from routing.columns import StructureKind

# A table of clearances has a clear height and none of these; a table of culverts calls its rows 涵洞.
_OF_BRIDGES: Final = ("spans", "load", "condition")
WANTED: Final = ("spans", "load", "condition", "superstructure", "system", "deck_clear")
_RECORD = TypeVar("_RECORD", BridgeRecord, LimitRecord)
_WHAT: Final = {
    "bridge": Coverage.BRIDGES,
    "culvert": Coverage.CULVERTS,
    "clearance": Coverage.CLEARANCES,
}


def read_bridges(
    path: Path, *, mapping: str | Path | None = None, datum: Datum | str | None = None, sheet: str | None = None
) -> Inventory:
    """Read an inventory with everything that is wrong in it.

    A row whose place is known becomes a record even if a cell of it cannot be read: that value is then unknown, which
    no load may pass over. A row without a place is rejected and leaves a gap in the declared coverage.

    Args:
        path: CSV, XLSX or GeoJSON; declarations of coverage stand beside it in ``NAME.coverage.csv``.
        mapping: Name of a packaged field mapping, or a YAML file; None: Chinese column names, or the packaged mapping
            that recognises the header.
        datum: Of the coordinates where rows and mapping say none; CGCS2000 is taken then, with a warning.
        sheet: Of an XLSX file, None for the first.

    Raises:
        BadInputError: The file cannot be read as a table, or the mapping, the datum or the declarations are unsound.
    """
    chosen = None if mapping is None else load_mapping(mapping, FIELDS)
    packaged = [load_mapping(name, FIELDS) for name in packaged_mappings()]
    names = {name for one in ([chosen] if chosen else packaged) for name in _names_of(one)}
    table = read_table(path, lambda name: bool({plain_name(name), split_unit(name)[0]} & names), sheet=sheet)
    if chosen is None:
        chosen = _recognised(table, packaged)
    reading = _Reading(table, map_columns(table.header, FIELDS, read_over=READ_OVER, mapping=chosen), chosen)
    reading.set_datum(path, datum)
    for row in table.rows:
        reading.read(row)
    coverage, faults = _declarations(path)
    reading.note_missing_columns()
    return reading.finish(coverage, faults)


def _names_of(mapping: FieldMapping) -> set[str]:
    own = {plain_name(name) for names in mapping.fields.values() for name in names}
    return own | {plain_name(name) for name in mapping.recognised_by} | {n for names in FIELDS.values() for n in names}


def _recognised(table: Table, packaged: list[FieldMapping]) -> FieldMapping | None:
    header = {plain_name(name) for name in table.header} | {split_unit(name)[0] for name in table.header}
    return next(
        (one for one in packaged if one.recognised_by and {plain_name(n) for n in one.recognised_by} <= header), None
    )


def _declarations(path: Path) -> tuple[tuple[CoverageRange, ...], tuple[RowNote, ...]]:
    sidecar = sidecar_of(path)
    if not sidecar.exists():
        return (), ()
    ranges, report = read_coverage(sidecar)
    return ranges, report.rejected


@dataclass(slots=True)
class _Reading:
    """Records and notes while the rows of a table are read."""

    table: Table
    columns: ColumnMap
    mapping: FieldMapping | None
    datum: Datum = Datum.CGCS2000
    bridges: list[tuple[BridgeRecord, RowPlace]] = field(default_factory=list)
    limits: list[tuple[LimitRecord, RowPlace]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    rejected: list[RowNote] = field(default_factory=list)
    faults: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def set_datum(self, path: Path, datum: Datum | str | None) -> None:
        """Choose the datum of the file: what the caller says, else the mapping, else CGCS2000 with a warning."""
        stated = datum or (self.mapping.datum if self.mapping else "")
        try:
            self.datum = read_datum(stated) if stated else Datum.CGCS2000
        except ValueError as error:
            raise BadInputError(str(path), [f"datum: {stated!r} {error}"]) from error
        if not stated and "datum" not in self.columns.columns and "lon" in self.columns.columns:
            self.notes.append("does not say the datum of its coordinates (坐标系); they were taken as CGCS2000")

    def read(self, row: TableRow) -> None:
        """Read one row into a record, or reject it."""
        reader = RowReader(self.table.source, row, self.columns.columns)
        if self.mapping:
            reader.constants, reader.patterns = self.mapping.constants, self.mapping.patterns
            reader.date_form = self.mapping.dates
        if row.shape_fault:
            reader.fault("geometry", row.shape_fault)
        unwanted = self._unwanted(row)
        if unwanted:
            self.rejected.append(reader.note("", unwanted))
            return
        place = read_place(reader, self.datum)
        kind = self._kind(reader)
        reason = row.fault or ("" if place.is_known else "has neither coordinates nor route and stake")
        if reason:
            self.rejected += [*reader.faults, reader.note("", f"{reason}; the row was rejected")]
            stake = None if row.fault else place.stake_m
            self.gaps.append(Gap("" if row.fault else place.route_ref, stake, _WHAT[kind], reader.place))
            return
        if kind == "clearance":
            self.limits.append((self._named(read_limit(reader, place), reader), place))
        else:
            structure = StructureKind.CULVERT if kind == "culvert" else StructureKind.BRIDGE
            self.bridges.append((self._named(read_bridge(reader, place, structure), reader), place))
        self.faults += reader.faults
        self.warnings += reader.warnings

    def note_missing_columns(self) -> None:
        """Say once for the file what none of its rows can know."""
        missing = [FIELDS[name][0] for name in WANTED if name not in self.columns.columns]
        if self.bridges and missing:
            self.notes.append(f"has no column for {', '.join(missing)}, which therefore count as unknown for every row")

    def finish(self, coverage: tuple[CoverageRange, ...], coverage_faults: tuple[RowNote, ...]) -> Inventory:
        """Put the inventory together."""
        places = [place for _, place in (*self.bridges, *self.limits)]
        report = TableReport(
            source=self.table.source,
            sha256=self.table.sha256,
            mapping=self.mapping.name if self.mapping else "",
            rows_in=len(self.table.rows),
            rows_kept=len(places),
            rejected=tuple(self.rejected),
            faults=(*self.faults, *coverage_faults),
            warnings=tuple(self.warnings),
            unused_columns=self.columns.unused,
            notes=(*self.table.notes, *self.notes),
        )
        return Inventory(
            records=tuple(record for record, _ in self.bridges),
            limits=tuple(record for record, _ in self.limits),
            report=report,
            coverage=coverage,
            gaps=tuple(self.gaps),
            raw_lon_deg=tuple(place.raw_lon_deg for place in places),
            raw_lat_deg=tuple(place.raw_lat_deg for place in places),
            datums=tuple(place.datum for place in places),
        )

    def _unwanted(self, row: TableRow) -> str:
        for name, values in (self.mapping.keep if self.mapping else {}).items():
            if row.cells.get(name, "") not in values:
                return f"was left out: {name} is {row.cells.get(name, '')!r}, wanted {', '.join(values)}"
        return ""

    def _kind(self, reader: RowReader) -> str:
        text = reader.text("kind")
        if "涵" in text:
            return "culvert"
        columns = self.columns.columns
        says_bridge = any(name in columns for name in _OF_BRIDGES)
        if "clear_height" in columns and not says_bridge:
            return "clearance"
        own = [columns[name].name for name in ("key", "code", "name", "stake") if name in columns]
        if any("涵" in name for name in own) and not any("桥" in name for name in own):
            return "culvert"
        signs = ("limit_mass", "limit_height", "limit_width", "limit_axle")
        if self.mapping is None and not says_bridge and any(name in columns for name in signs):
            return "clearance"
        return self.mapping.kind if self.mapping else "bridge"

    def _named(self, record: _RECORD, reader: RowReader) -> _RECORD:
        """Make the key unique within the file: equal keys are said, and no row is lost for it."""
        key = record.key
        if not key:
            key = "@".join(part for part in (record.route_ref or record.name, reader.place.rpartition(":")[2]) if part)
            reader.warn("key", f"is empty; the row goes as {key!r}")
        if key in self.keys:
            reader.warn("key", f"is that of {self.keys[key]} too; the row goes as '{key}#{reader.row.number}'")
            key = f"{key}#{reader.row.number}"
        self.keys[key] = reader.place
        return replace(record, key=key)
