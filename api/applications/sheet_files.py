"""Opening sheets from outside (打开外来表格): XLSX or CSV to plain cells, or a clean refusal.

A workbook is a zip of XML: it is measured before anything is unpacked, entities are refused, formulas are seen but
never evaluated, links to other files are dropped.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable
from itertools import islice

from openpyxl import load_workbook

from api.applications.errors import Fault, SheetFault, SpreadsheetError

MAX_FILE_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 30_000_000
MAX_PARTS = 200
MAX_ROWS = 500
MAX_COLUMNS = 60
_ZIP_START = b"PK\x03\x04"
_XML = (".xml", ".rels", ".vml")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"\x00")
FORMULA = object()
Row = tuple[object, ...]


def refusal(chinese: str, english: str, code: str) -> SpreadsheetError:
    """A file that is not taken at all."""
    return SpreadsheetError([SheetFault(None, None, Fault("file", chinese, english, code))])


def read_cells(content: bytes) -> list[tuple[int, Row]]:
    """All rows with anything in them, with their numbers as the office program shows them.

    A cell holding a formula comes as `FORMULA`.

    Raises:
        SpreadsheetError: Too large, too many rows, unreadable, encrypted, or made to do harm.
    """
    if len(content) > MAX_FILE_BYTES:
        raise refusal(f"文件超过{MAX_FILE_BYTES}字节", f"larger than {MAX_FILE_BYTES} bytes", "file_too_large")
    rows = _workbook_rows(content) if content.startswith(_ZIP_START) else _csv_rows(content)
    found = [(number, row) for number, row in rows if any(cell not in (None, "") for cell in row)]
    if not found:
        raise refusal("表格是空的", "the sheet is empty", "empty")
    return found


def _workbook_rows(content: bytes) -> list[tuple[int, Row]]:
    _check_parts(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # One row more than allowed is looked at, so that a longer sheet is told and not cut off.
            rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS)
            return _numbered(tuple(_plain_cell(cell) for cell in row) for row in rows)
        finally:
            book.close()
    except SpreadsheetError:
        raise
    # The library raises errors of many kinds on damaged files; all mean that this is not a workbook.
    except Exception as error:
        raise _unreadable() from error


def _plain_cell(cell: object) -> object:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", "") == "f" or (isinstance(value, str) and value.startswith("=")):
        return FORMULA
    return value


def _check_parts(content: bytes) -> None:
    """Measure a workbook before it is opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise refusal("压缩内容过大", "unpacks to too much", "zip_bomb")
            if any(part.flag_bits & 1 for part in parts):
                raise refusal("文件已加密", "the file is encrypted", "encrypted")
            # A part never gives more bytes than its entry says, so reading stays within the sum measured.
            for part in parts:
                if part.filename.lower().endswith(_XML):
                    _check_xml(archive.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable() from error


def _check_xml(text: bytes) -> None:
    """Entities can make a small text huge or read other files; workbooks have no use for them."""
    if text.startswith(_WIDE_STARTS) or b"\x00" in text[:64] or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise refusal("文件含有不允许的内容", "the file holds document types or entities", "xml_entities")


def _unreadable() -> SpreadsheetError:
    return refusal("不是可以读取的XLSX或CSV文件", "not a readable XLSX or CSV file", "unreadable")


def _csv_rows(content: bytes) -> list[tuple[int, Row]]:
    if b"\x00" in content:
        raise _unreadable()
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    try:
        return _numbered(_csv_row(row) for row in islice(reader, MAX_ROWS + 2))
    except csv.Error as error:
        raise _unreadable() from error


def _csv_row(row: list[str]) -> Row:
    return tuple(FORMULA if cell.startswith("=") else cell.strip() or None for cell in row[:MAX_COLUMNS])


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _numbered(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    numbered = list(enumerate(rows, start=1))
    if len(numbered) > MAX_ROWS + 1:
        raise refusal(f"最多{MAX_ROWS}行", f"at most {MAX_ROWS} rows", "too_many_rows")
    return numbered
