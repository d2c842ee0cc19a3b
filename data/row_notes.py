"""What was wrong or doubtful in the rows of a table (台账核对): row, column, value, reason."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RowNote:
    """One thing to be looked at by a person (核对意见).

    Attributes:
        source: The file's name.
        row: As a spreadsheet counts, the header included; of a GeoJSON file the feature, from 1.
        column: As the file writes it, empty if the row as a whole is meant.
        value: The cell's text.
        reason: What is wrong with it, and what was done.
    """

    source: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        at = f", {self.column}" if self.column else ""
        return f"{self.source}: row {self.row}{at}: {self.value!r} {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class TableReport:
    """What became of the rows of one table (台账导入报告).

    Attributes:
        source: The file's name.
        sha256: Hash of its content ("sha256:…").
        mapping: Name of the field mapping used, empty if the header's own names were understood.
        rows_in: Rows read, header and empty rows not counted.
        rows_kept: Rows that became records.
        rejected: Why the other rows did not: they have no place or no identity, or were left out by the mapping.
        faults: Cells that cannot be used. The row is kept where its place is known, and the value counts as unknown.
        warnings: Doubts that change nothing by themselves.
        unused_columns: Columns with values that nobody reads.
        notes: Remarks on the file as a whole.
    """

    source: str
    sha256: str = ""
    mapping: str = ""
    rows_in: int = 0
    rows_kept: int = 0
    rejected: tuple[RowNote, ...] = ()
    faults: tuple[RowNote, ...] = ()
    warnings: tuple[RowNote, ...] = ()
    unused_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)

    def to_json(self) -> str:
        """Write the report."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1)


def sentences(notes: Sequence[RowNote]) -> list[str]:
    """Write notes as sentences, one each."""
    return [str(note) for note in notes]
