"""Rows of a sheet of like trips (批量行程的逐行读取): those that can be taken, and what is wrong with the others."""

import datetime as dt
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from api.applications.drafts_content import canonical, hash_of
from api.applications.errors import SheetFault, SpreadsheetError
from api.applications.form import ApplicationForm
from api.applications.sheet_cells import Cell
from api.applications.sheet_files import Row, read_cells
from api.applications.spreadsheet import read_sheet
from api.errors import TooLargeError

NumberedRow = tuple[int, Row]
MOST_BYTES = 60_000_000


@dataclass(frozen=True, slots=True)
class TripRow:
    """One row that can be taken.

    Attributes:
        row: Its number as the office program shows it.
        row_hash: Of what is written in it, by title; the order of columns does not count.
        repeat: How many equal rows stand above it.
        form: The base form with what the row says otherwise.
    """

    row: int
    row_hash: str
    repeat: int
    form: ApplicationForm


@dataclass(frozen=True, slots=True)
class TripRows:
    """All rows of a sheet."""

    accepted: tuple[TripRow, ...]
    rejected: tuple[SheetFault, ...]


def read_rows(content: bytes, base: ApplicationForm) -> TripRows:
    """Rows of a sheet on top of a base form; wrong rows do not keep the others from being read.

    Args:
        content: XLSX or CSV with the template's titles.
        base: The form that all rows share.

    Raises:
        SpreadsheetError: The file is refused as a whole, or its titles are wrong.
        TooLargeError: All rows together would be too much for one transaction.
    """
    titles, *rows = read_cells(content)
    if len(rows) * len(canonical(base.model_dump(mode="json"))) > MOST_BYTES:
        raise TooLargeError("行数与路线点数过多，请分批提交", "too many rows with so long a route: send them in parts")
    try:
        forms = read_sheet(content, base)
        rejected: tuple[SheetFault, ...] = ()
    except SpreadsheetError as error:
        wrong = {fault.row for fault in error.faults}
        if None in wrong or titles[0] in wrong or not rows:
            raise
        rejected = error.faults
        good = [row for row in rows if row[0] not in wrong]
        forms = read_sheet(_rewritten([titles, *good]), base) if good else []
    keys = _keys(titles[1], rows)
    return TripRows(tuple(TripRow(one.row, *keys[one.row], one.form) for one in forms), rejected)


def _rewritten(rows: Sequence[NumberedRow]) -> bytes:
    """A sheet of some rows only, each at its number."""
    book = Workbook()
    sheet = book.worksheets[0]
    for number, cells in rows:
        for column, value in enumerate(cells, start=1):
            if value is not None:
                sheet.cell(number, column, value if isinstance(value, Cell) else str(value))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _keys(titles: Row, rows: Sequence[NumberedRow]) -> dict[int, tuple[str, int]]:
    """Hash of each row and how many equal ones stand above it, by number."""
    seen: Counter[str] = Counter()
    keys = {}
    for number, cells in rows:
        written = {str(title).strip(): _text(cell) for title, cell in zip(titles, cells, strict=False)}
        digest = hash_of({title: text for title, text in written.items() if text})
        keys[number] = (digest, seen[digest])
        seen[digest] += 1
    return keys


def _text(cell: object) -> str:
    """One spelling for a day or a whole number, however the office program kept it."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
