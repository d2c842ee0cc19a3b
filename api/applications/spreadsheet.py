"""Many like trips in one sheet (多次相似运输的表格): a template, and rows to forms on top of one base form."""

import copy
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from api.applications.errors import Fault, FormError, NotationError, SheetFault, SpreadsheetError
from api.applications.form import ApplicationForm
from api.applications.form_reading import parse_form
from api.applications.notation import parse_loads, parse_spacings
from api.applications.sheet_cells import AXLE_LOADS, AXLE_SPACINGS, BY_TITLE, COLUMNS, Cell, Column, Read
from api.applications.sheet_files import FORMULA, Row, read_cells, refusal

WIDTH = 18


@dataclass(frozen=True, slots=True)
class SheetForm:
    """A form with the row of the sheet it came from."""

    row: int
    form: ApplicationForm


def write_template() -> bytes:
    """An XLSX with the titles to fill in, one row a trip, and a sheet that says what goes where."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "逐次运输"
    sheet.append([column.title for column in COLUMNS])
    for number in range(1, len(COLUMNS) + 1):
        sheet.cell(1, number).font = Font(bold=True)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = WIDTH
        # Text cells keep eighteen-digit numbers whole.
        dimension.number_format = "@"
    sheet.freeze_panes = "A2"
    guide = book.create_sheet("填写说明")
    guide.append(["列", "填写要求", "说明"])
    for column in COLUMNS:
        guide.append([column.title, column.hint, "留空时取首页申请表的值"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_csv_template() -> bytes:
    """The same titles as CSV (UTF-8 with mark, as office programs expect it)."""
    out = io.StringIO()
    csv.writer(out).writerow([column.title for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def read_sheet(content: bytes, base: ApplicationForm) -> list[SheetForm]:
    """Forms of all rows: the base form with what each row says otherwise; an empty cell keeps the base's value.

    Args:
        content: XLSX or CSV with the template's titles, in any order; other columns may be left out.
        base: The form that all rows share.

    Raises:
        SpreadsheetError: The file is refused, a title is unknown or repeated, or any row is wrong; every fault of all
            rows at once, with row and column.
    """
    (first, titles), *rows = read_cells(content)
    columns = _columns(first, titles)
    if not rows:
        raise refusal("没有填写任何一行", "no row is filled in", "empty")
    plain = base.model_dump(mode="json")
    forms: list[SheetForm] = []
    faults: list[SheetFault] = []
    for number, row in rows:
        form, wrong = _read_row(number, row, columns, plain)
        faults += wrong
        forms += [] if form is None else [SheetForm(number, form)]
    if faults:
        raise SpreadsheetError(faults)
    return forms


def _columns(row: int, titles: Row) -> list[Column | None]:
    """Column of each place; None where nothing is titled."""
    faults: list[SheetFault] = []
    columns: list[Column | None] = []
    for title in titles:
        text = str(title).strip() if isinstance(title, str) else ""
        column = BY_TITLE.get(text)
        if title is not None and column is None:
            shown = text[:30] or "？"
            fault = Fault("title", f"没有名为“{shown}”的列", f"no column is called {shown!r}", "unknown_column")
            faults.append(SheetFault(row, shown, fault))
        elif column is not None and column in columns:
            faults.append(SheetFault(row, text, Fault("title", "列重复", "the column stands twice", "repeated_column")))
        columns.append(column)
    if faults:
        raise SpreadsheetError(faults)
    return columns


def _read_row(
    number: int, row: Row, columns: Sequence[Column | None], base: dict[str, Any]
) -> tuple[ApplicationForm | None, list[SheetFault]]:
    values: dict[str, Read] = {}
    faults: list[SheetFault] = []
    for place, cell in enumerate(row):
        column = columns[place] if place < len(columns) else None
        if cell is None or cell == "":
            continue
        read = _read_cell(cell, column)
        if isinstance(read, Fault):
            faults.append(SheetFault(number, column.title if column else f"第{place + 1}列", read))
        elif column is not None:
            values[column.field] = read
    raw, wrong = _override(base, values)
    faults += [_placed(number, fault) for fault in wrong]
    if faults:
        return None, faults
    try:
        return parse_form(raw), []
    except FormError as error:
        return None, [_placed(number, fault) for fault in error.faults]


def _read_cell(cell: object, column: Column | None) -> Read | Fault:
    if column is None:
        return Fault("title", "该列没有标题", "the column has no title", "unknown_column")
    if cell is FORMULA:
        chinese = "单元格是公式，请粘贴为数值"
        return Fault(column.field, chinese, "the cell holds a formula: paste its value", "formula")
    return column.read(_known(cell), column.field)


def _known(cell: object) -> Cell:
    """What the readers know; anything rarer (error values, rich text) is taken by its text."""
    return cell if isinstance(cell, Cell) else str(cell)


def _override(base: dict[str, Any], values: dict[str, Read]) -> tuple[dict[str, Any], list[Fault]]:
    raw = copy.deepcopy(base)
    faults: list[Fault] = []
    for field, value in values.items():
        if field in {AXLE_LOADS, AXLE_SPACINGS}:
            faults += _set_axles(raw, field, str(value))
        else:
            faults += _set(raw, field, value)
    return raw, faults


def _set(raw: dict[str, Any], field: str, value: Read) -> list[Fault]:
    *path, last = field.split(".")
    part: Any = raw
    for step in path:
        part = part[int(step)] if step.isdigit() else part.get(step)
        if part is None:
            return [Fault(field, "首页申请表没有这一部分", "the base form has no such part", "no_such_part")]
    part[last] = value
    return []


def _set_axles(raw: dict[str, Any], field: str, text: str) -> list[Fault]:
    """Put loads or spacings on the base's axles; their number is the base's."""
    axles = raw["whole"]["axles"]
    try:
        figures = parse_loads(text) if field == AXLE_LOADS else parse_spacings(text)
    except NotationError as error:
        return [Fault(field, fault.message_zh, fault.message_en, fault.code) for fault in error.faults]
    if len(figures) != len(axles):
        chinese = f"写有{len(figures)}轴，首页申请表为{len(axles)}轴"
        return [Fault(field, chinese, f"{len(figures)} axles, the base form has {len(axles)}", "count_mismatch")]
    for axle, figure in zip(axles, figures, strict=True):
        axle[field.rpartition(".")[2]] = figure
    return []


def _placed(row: int, fault: Fault) -> SheetFault:
    """Name the column whose field a fault speaks of; none where it comes from the base form or several columns."""
    # Every axle stands in one column: `whole.axles.3.load_kg` is told of that of `whole.axles.load_kg`.
    names = {fault.field, re.sub(r"(?<=axles)\.\d+", "", fault.field)}
    title = next((column.title for column in COLUMNS if column.field in names), None)
    return SheetFault(row, title, fault)
