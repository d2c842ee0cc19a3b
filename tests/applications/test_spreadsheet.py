import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from api.applications import sheet_files
from api.applications.errors import SpreadsheetError
from api.applications.sheet_cells import COLUMNS
from api.applications.spreadsheet import read_sheet, write_csv_template, write_template
from tests.applications.sample_forms import form

TITLES = ["挂车号牌", "驾驶员身份证号", "行驶开始日期", "行驶结束日期", "出厂编号", "件", "车货总高（毫米）"]
DRIVER = "360426199101010071"


def xlsx(rows: Sequence[Sequence[object]], titles: Sequence[object] = TITLES) -> bytes:
    book = Workbook()
    book.worksheets[0].append(list(titles))
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(content: bytes) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(SpreadsheetError) as caught:
        read_sheet(content, form())
    return [(f.row, f.column, f.fault.code) for f in caught.value.faults]


def test_thirty_blades() -> None:
    first = dt.datetime(2026, 12, 1)  # noqa: DTZ001 - a cell has no zone
    rows = [
        [
            f"湘A{n:04d}挂",
            DRIVER,
            first + dt.timedelta(days=n),
            f"2026/12/{n + 2}",
            f"B-{n:03d}",
            f"叶片{n}/28",
            4300 + n,
        ]
        for n in range(1, 29)
    ]
    read = read_sheet(xlsx(rows), form())
    assert [sheet.row for sheet in read] == list(range(2, 30))
    last = read[-1].form
    assert last.trailer is not None
    assert (last.trailer.plate, last.cargo.serial_number, last.cargo.piece) == ("湘A0028挂", "B-028", "叶片28/28")
    assert (last.trip.start_date, last.trip.end_date) == (dt.date(2026, 12, 29), dt.date(2026, 12, 30))
    assert last.whole.height_mm == 4328
    assert last.carrier == form().carrier


def test_an_empty_cell_keeps_the_base_and_empty_rows_are_skipped() -> None:
    read = read_sheet(xlsx([[None] * 7, ["湘A0001挂"], [None] * 7, [None, None, "2026-12-02"]]), form())
    assert [sheet.row for sheet in read] == [3, 5]
    assert read[1].form.trip.start_date == dt.date(2026, 12, 2)
    assert read[1].form.trailer == form().trailer


def test_all_faults_of_all_rows() -> None:
    rows = [
        ["湘A0001挂", 360426199101010071, "2026-13-45", "2026-12-03", "=1+1", "x" * 501, 4300.5],
        ["湘A0002挂", DRIVER, "明天", None, None, None, 999],
        ["湘A0003挂", DRIVER, "2026-12-05", "2026-12-04", None, None, 4300],
    ]
    assert told(xlsx(rows)) == [
        (2, "驾驶员身份证号", "number_lost"),
        (2, "出厂编号", "formula"),
        (2, "件", "string_too_long"),
        (2, "车货总高（毫米）", "int_type"),
        (3, "行驶开始日期", "day_format"),
        (4, "行驶结束日期", "ends_before_start"),
    ]


def test_faults_of_values_name_the_column() -> None:
    assert told(xlsx([[None, None, "2026-13-45", None, None, None, 999]])) == [
        (2, "行驶开始日期", "date_from_datetime_parsing"),
        (2, "车货总高（毫米）", "greater_than_equal"),
    ]


def test_axles_by_notation() -> None:
    titles = ["轴荷分布（吨）", "轴距（米）", "车货总质量（千克）"]
    read = read_sheet(xlsx([["1*8+2*12+4*17", "3.4-1.35-7-3*1.55", 100000]], titles), form())
    axles = read[0].form.whole.axles
    assert [axle.load_kg for axle in axles] == [8000, 12000, 12000, 17000, 17000, 17000, 17000]
    assert [axle.spacing_mm for axle in axles] == [0, 3400, 1350, 7000, 1550, 1550, 1550]
    assert told(xlsx([["1*8+25", "3.4", 33000]], titles)) == [
        (2, "轴荷分布（吨）", "axle_count_unknown"),
        (2, "轴距（米）", "count_mismatch"),
    ]
    assert told(xlsx([["7*61", "3.4-1.35-7-3*1.55", 427000]], titles))[0] == (2, "轴荷分布（吨）", "less_than_equal")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(encoding: str) -> None:
    text = "挂车号牌,行驶开始日期,车货总高（毫米）\r\n湘A0001挂,2026年12月2日,４３１０\r\n,,\r\n"  # noqa: RUF001 - full-width on purpose
    read = read_sheet(text.encode(encoding), form())
    assert [(s.row, s.form.whole.height_mm, s.form.trip.start_date) for s in read] == [(2, 4310, dt.date(2026, 12, 2))]
    assert told("出厂编号\n=cmd|' /C calc'!A0\n".encode(encoding)) == [(2, "出厂编号", "formula")]


def test_titles() -> None:
    assert told(xlsx([["a"]], ["颜色", "件", "件"])) == [(1, "颜色", "unknown_column"), (1, "件", "repeated_column")]
    assert told(xlsx([["湘A0001挂", "x"]], ["挂车号牌"])) == [(2, "第2列", "unknown_column")]
    assert told(xlsx([])) == [(None, None, "empty")]


def test_templates_are_read_back() -> None:
    titles = [cell.value for cell in load_workbook(io.BytesIO(write_template())).worksheets[0][1]]
    assert titles == [column.title for column in COLUMNS]
    assert told(write_template()) == [(None, None, "empty")]
    assert told(write_csv_template()) == [(None, None, "empty")]


def test_every_column_fills_its_field() -> None:
    values = {"轴荷分布（吨）": "1*8+2*12+4*16.5", "轴距（米）": "3.3-1.35-7-3*1.55", "车货总质量（千克）": 98000}
    row: list[object] = []
    for column in COLUMNS:
        days = {"trip.start_date": "2026-12-01"}
        sizes = 20000 if column.field.endswith("whole.length_mm") else 4000
        last = column.field.rpartition(".")[2]
        plain = "2026-12-09" if last.endswith(("date", "until")) else sizes if last.endswith(("_mm", "_kg")) else "X1"
        row.append(values.get(column.title, days.get(column.field, plain)))
    dumped = read_sheet(xlsx([row], [c.title for c in COLUMNS]), form())[0].form.model_dump(mode="json")
    for column, value in zip(COLUMNS, row, strict=True):
        if column.title in values:
            continue
        part = dumped
        for step in column.field.split("."):
            part = part[int(step)] if step.isdigit() else part[step]  # type: ignore[index]
        assert part == value, column.field


def test_row_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_files, "MAX_ROWS", 3)
    rows = [["湘A0001挂"]] * 3
    assert len(read_sheet(xlsx(rows), form())) == 3
    assert told(xlsx([*rows, rows[0]])) == [(None, None, "too_many_rows")]
    text = "挂车号牌\n" + "湘A0001挂\n" * 4
    assert told(text.encode()) == [(None, None, "too_many_rows")]


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added; `__` stands for `/`."""
    out = io.BytesIO()
    names = {name.replace("__", "/").replace("_DOT_", "."): body for name, body in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, names.pop(part) if part in names else old.read(part))
        for name, body in names.items():
            new.writestr(name, body)
    return out.getvalue()


def test_bombs_are_refused() -> None:
    good = xlsx([["湘A0001挂"]])
    assert told(good + b"x" * sheet_files.MAX_FILE_BYTES) == [(None, None, "file_too_large")]
    assert told(repacked(good, xl__bomb_DOT_bin=b"0" * (sheet_files.MAX_UNPACKED_BYTES + 1))) == [
        (None, None, "zip_bomb")
    ]
    many = {f"xl__p{n}_DOT_bin": b"" for n in range(sheet_files.MAX_PARTS)}
    assert told(repacked(good, **many)) == [(None, None, "zip_bomb")]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><sst/>'.encode("utf-16"),
    ],
)
def test_entities_are_refused(body: bytes) -> None:
    good = xlsx([["湘A0001挂"]])
    assert told(repacked(good, xl__sharedStrings_DOT_xml=body)) == [(None, None, "xml_entities")]


def test_a_false_dimension_and_far_rows_do_no_harm() -> None:
    good = xlsx([["湘A0001挂"]])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    wide = sheet.replace(b'ref="A1:G2"', b'ref="A1:XFD1048576"')
    assert wide != sheet
    assert len(read_sheet(repacked(good, xl__worksheets__sheet1_DOT_xml=wide), form())) == 1
    narrow = sheet.replace(b'ref="A1:G2"', b'ref="A1:A1"')
    assert len(read_sheet(repacked(good, xl__worksheets__sheet1_DOT_xml=narrow), form())) == 1
    far = sheet.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    assert told(repacked(good, xl__worksheets__sheet1_DOT_xml=far)) == [(None, None, "too_many_rows")]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500, b"\xd0\xcf\x11\xe0" * 200, b'"open', b"\xff\xfe\x00x"]
)
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    assert told(content)[0][2] in {"unreadable", "empty", "unknown_column"}


@given(st.data())
def test_damaged_workbooks_are_refused_cleanly(data: st.DataObject) -> None:
    content = bytearray(_GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_sheet(bytes(content), _FORM)
    except SpreadsheetError as error:
        assert error.faults  # noqa: PT017 - a damage may also leave the sheet readable


_GOOD = xlsx([["湘A0001挂"]])
_FORM = form()


def test_encrypted_workbooks_are_refused() -> None:
    content = bytearray(_GOOD)
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1  # the flag of the first entry of the directory
    assert told(bytes(content)) == [(None, None, "encrypted")]
