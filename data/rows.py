"""Reading the cells of one row, with every fault noted instead of raised (逐行读取)."""

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
        faults: Cells that cannot be used.
        warnings: Doubts.
    """

    source: str
    row: TableRow
    columns: Mapping[str, Column]
    constants: Mapping[str, str] = field(default_factory=dict)
    faults: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The row as records name it: "file:row"."""
        return f"{self.source}:{self.row.number}"

    def text(self, name: str) -> str:
        """Return a cell's text, empty where it says nothing."""
        column = self.columns.get(name)
        found = self.row.cells.get(column.name, "") if column else ""
        return found if not is_empty(found) else self.constants.get(name, "")

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
        """Note a cell that cannot be used."""
        self.faults.append(self.note(name, reason))

    def warn(self, name: str, reason: str) -> None:
        """Note a doubt."""
        self.warnings.append(self.note(name, reason))

    def note(self, name: str, reason: str) -> RowNote:
        """Write a note on a field of this row; an empty field means the whole row."""
        column = self.columns.get(name)
        value = self.row.cells.get(column.name, "") if column else ""
        return RowNote(self.source, self.row.number, column.name if column else name, value, reason)
