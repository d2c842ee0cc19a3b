"""Cells of a sheet of trips (逐次运输表的列): which column fills which field, and how its texts are read."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from api.applications.errors import Fault

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
Read = str | int
MAX_CELL_CHARACTERS = 500
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_INTEGER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title in the sheet, the field it fills, how a cell is read, and what to write there."""

    title: str
    field: str
    read: Callable[[Cell, str], Read | Fault]
    hint: str


def _text(value: Cell, field: str) -> Read | Fault:
    if isinstance(value, bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        return Fault(field, "应为文字", "a text is expected", "string_type")
    if isinstance(value, float):
        if not value.is_integer():
            return Fault(field, "应为文字", "a text is expected", "string_type")
        value = int(value)
    text = str(value).strip()
    if len(text) > MAX_CELL_CHARACTERS:
        return Fault(field, f"最多{MAX_CELL_CHARACTERS}个字符", "the text is too long", "string_too_long")
    return text


def _long_number(value: Cell, field: str) -> Read | Fault:
    """An identity number kept as a number has lost its last digits: spreadsheets hold fifteen."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**15:
        chinese = "号码已被表格存为数值，末位可能丢失；请把单元格设为文本后重填"
        return Fault(
            field, chinese, "the number was stored as a number and lost digits: use a text cell", "number_lost"
        )
    return _text(value, field)


def _integer(value: Cell, field: str) -> Read | Fault:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        plain = unicodedata.normalize("NFKC", value).strip()
        if _INTEGER.fullmatch(plain):
            return int(plain)
    return Fault(field, "应为整数（毫米、千克）", "a whole number is expected (mm, kg)", "int_type")


def _day(value: Cell, field: str) -> Read | Fault:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", value).strip()) if isinstance(value, str) else None
    if match:
        year, month, day = match.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return Fault(field, "日期应写作2026-12-01", "a day like 2026-12-01 is expected", "day_format")


# The two axle columns hold offices' notation and fill the axles together.
AXLE_LOADS, AXLE_SPACINGS = "whole.axles.load_kg", "whole.axles.spacing_mm"
_SIZE = "整数，毫米"
_MASS = "整数，千克"
COLUMNS: tuple[Column, ...] = (
    Column("牵引车号牌", "tractor.plate", _text, "文本"),
    Column("挂车号牌", "trailer.plate", _text, "文本"),
    Column("驾驶员姓名", "drivers.0.name", _text, "文本"),
    Column("驾驶员身份证号", "drivers.0.id_number", _long_number, "文本格式的单元格"),
    Column("驾驶员手机", "drivers.0.mobile", _text, "文本"),
    Column("从业资格证号", "drivers.0.qualification_number", _long_number, "文本格式的单元格"),
    Column("从业资格证有效期止", "drivers.0.qualification_until", _day, "日期，如2026-12-01"),
    Column("行驶开始日期", "trip.start_date", _day, "日期，如2026-12-01"),
    Column("行驶结束日期", "trip.end_date", _day, "日期，如2026-12-01"),
    Column("出厂编号", "cargo.serial_number", _text, "文本"),
    Column("件", "cargo.piece", _text, "文本，如“叶片3/30”"),
    Column("货物质量（千克）", "cargo.mass_kg", _integer, _MASS),
    Column("货物长（毫米）", "cargo.length_mm", _integer, _SIZE),
    Column("货物宽（毫米）", "cargo.width_mm", _integer, _SIZE),
    Column("货物高（毫米）", "cargo.height_mm", _integer, _SIZE),
    Column("牵引车整备质量（千克）", "tractor.kerb_mass_kg", _integer, _MASS),
    Column("挂车整备质量（千克）", "trailer.kerb_mass_kg", _integer, _MASS),
    Column("车货总质量（千克）", "whole.gross_mass_kg", _integer, _MASS),
    Column("车货总长（毫米）", "whole.length_mm", _integer, _SIZE),
    Column("车货总宽（毫米）", "whole.width_mm", _integer, _SIZE),
    Column("车货总高（毫米）", "whole.height_mm", _integer, _SIZE),
    Column("轴荷分布（吨）", AXLE_LOADS, _text, "如 1*8+2*12+4*16.5；轴数须与首页申请表一致"),
    Column("轴距（米）", AXLE_SPACINGS, _text, "如 3.3-1.35-7-3*1.55；轴数须与首页申请表一致"),
)
BY_TITLE = MappingProxyType({column.title: column for column in COLUMNS})
