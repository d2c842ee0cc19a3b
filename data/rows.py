"""Reading the cells of one row, with every fault noted instead of raised (逐行读取)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from data.cells import is_empty
from data.column_names import Column
from data.row_notes import RowNote
from data.tables import TableRow

Value = TypeVar("Value")
Reader = Callable[[str, str], Value]


@dataclass(slots=True)
class RowReader:
    """Reads fields of a row and collects what is wrong (单行读取).

    Attributes:
        source: The file's name.
        row: The row.
        columns: Field → column.
        constants: Field → text used where the row is silent.
        patterns: Field → regular expression; what its first group finds in the cell, joined with "+", is the text.
        date_form: Form of dates as for strptime, empty for the usual ones.
        faults: Cells that cannot be used.
        warnings: Doubts.
    """

    source: str
    row: TableRow
    columns: Mapping[str, Column]
    constants: Mapping[str, str] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    date_form: str = ""
    faults: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The row as records name it: "file:row"."""
        return f"{self.source}:{self.row.number}"

    def text(self, name: str) -> str:
        """Return a cell's text, empty where it says nothing."""
        found = self._cell(name)
        if is_empty(found):
            return self.constants.get(name, "")
        pattern = self.patterns.get(name)
        return ("+".join(re.findall(pattern, found)) or found) if pattern else found

    def read(self, name: str, reader: Reader[Value]) -> Value | None:
        """Read a cell; None where it says nothing, or cannot be read, which is noted."""
        text = self.text(name)
        if not text:
            return None
        column = self.columns.get(name)
        try:
            return reader(text, column.unit if column else "")
        except ValueError as error:
            self.fault(name, f"{error}; it counts as unknown")
            return None

    def fault(self, name: str, reason: str) -> None:
        """Note a cell that cannot be used, once."""
        note = self.note(name, reason)
        if note not in self.faults:
            self.faults.append(note)

    def warn(self, name: str, reason: str) -> None:
        """Note a doubt."""
        self.warnings.append(self.note(name, reason))

    def note(self, name: str, reason: str) -> RowNote:
        """Write a note on a field of this row; an empty field means the whole row."""
        column = self.columns.get(name)
        return RowNote(self.source, self.row.number, column.name if column else name, self._cell(name), reason)

    def _cell(self, name: str) -> str:
        column = self.columns.get(name)
        texts = [self.row.cells.get(one, "") for one in (column.name, *column.others)] if column else []
        return next((text for text in texts if not is_empty(text)), texts[0] if texts else "")
