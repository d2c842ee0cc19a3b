"""Cells of operators' tables (单元格): texts with units in, integers in mm, kg and metres out.

Every reader raises ValueError with the reason; a cell that says "nothing" (无, /, -) is empty, which is not a number.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from data.bridges.notation import read_stake
from routing.columns import TechnicalGrade

EMPTY: Final = frozenset(
    {"", "/", "\\", "-", "--", "—", "——", "无", "无限制", "不限", "未限", "暂无", "未知", "不详", "未评定", "n/a", "na"}
    | {"null", "none", "nan", "(null)"}
)
_NUMBER: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([^\d.]*)")
_TO_MM: Final = {"mm": 1, "毫米": 1, "cm": 10, "厘米": 10, "m": 1000, "米": 1000, "km": 10**6, "公里": 10**6}
_TO_KG: Final = {"kg": 1, "千克": 1, "公斤": 1, "t": 1000, "吨": 1000}
_TO_DEGREES: Final = {"°": 1, "度": 1, "deg": 1}
_DATES: Final = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ t].*)?"),
    re.compile(r"(\d{4})(\d\d)(\d\d)"),
    re.compile(r"(\d{4})[-/.年](\d{1,2})月?"),
    re.compile(r"(\d{4})年?"),
)
_CONDITIONS: Final = {
    word: number
    for number, words in enumerate(("1 一 i", "2 二 ii", "3 三 iii", "4 四 iv", "5 五 v"), start=1)
    for word in words.split()
}
_GRADES: Final = {
    "高速": TechnicalGrade.EXPRESSWAY,
    "一级": TechnicalGrade.GRADE_1,
    "二级": TechnicalGrade.GRADE_2,
    "三级": TechnicalGrade.GRADE_3,
    "四级": TechnicalGrade.GRADE_4,
    "等外": TechnicalGrade.SUBSTANDARD,
    "等外级": TechnicalGrade.SUBSTANDARD,
}
EARLIEST_YEAR: Final = 600  # 赵州桥 stands since 605
LATEST_YEAR: Final = 2100


class Side(StrEnum):
    """Which direction of travel a row is about (行车方向)."""

    UP = "上行"  # with rising stakes: the right-hand deck (右幅)
    DOWN = "下行"  # with falling stakes: the left-hand deck (左幅)
    BOTH = "双向"
    UNKNOWN = ""


_SIDES: Final = {
    **dict.fromkeys(("上行", "上", "上行线", "右幅", "右", "r", "上行方向"), Side.UP),
    **dict.fromkeys(("下行", "下", "下行线", "左幅", "左", "下行方向"), Side.DOWN),
    **dict.fromkeys(("双向", "全幅", "整幅", "上下行", "both", "双幅", "整体式"), Side.BOTH),
    # In bridge codes L is the left deck or the whole bridge, so it decides nothing.
    **dict.fromkeys(("l",), Side.UNKNOWN),
}


def plain(text: str) -> str:
    """One spelling of a cell: full-width signs folded, lower case, no blanks at the ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_empty(text: str) -> bool:
    """Whether a cell says nothing."""
    return plain(text) in EMPTY


def unit_of(header_unit: str) -> str:
    """Unit in a column name, such as m in 桥梁全长(m), if it is one; 孔×m counts as m."""
    unit = plain(header_unit).rpartition("×")[2]
    return unit if unit in _TO_MM or unit in _TO_KG or unit in _TO_DEGREES else ""


def _decimal(text: str, units: dict[str, int], unit: str) -> Decimal:
    match = _NUMBER.fullmatch(plain(text).replace(",", ""))
    if match is None:
        raise ValueError("is not a number")
    own = match[2].strip()
    if own and own not in units:
        raise ValueError(f"has the unit {own!r}, expected one of {', '.join(units)}")
    if not own and unit not in units:
        raise ValueError(f"stands in a column in {unit!r}, expected one of {', '.join(units)}")
    try:
        return Decimal(match[1]) * units[own or unit]
    except InvalidOperation as error:
        raise ValueError("is not a number") from error


def _whole(number: Decimal, low: int, high: int, unit: str) -> int:
    if not low <= number <= high:
        raise ValueError(f"is outside {low} to {high} {unit}")
    return int(number.to_integral_value())


def length_mm(text: str, unit: str = "", *, low: int = 1, high: int = 100_000_000) -> int:
    """Read a length in mm; without any unit it is in metres."""
    return _whole(_decimal(text, _TO_MM, unit or "m"), low, high, "mm")


def mass_kg(text: str, unit: str = "", *, low: int = 100, high: int = 2_000_000) -> int:
    """Read a mass in kg; without any unit it is in tonnes."""
    return _whole(_decimal(text, _TO_KG, unit or "t"), low, high, "kg")


def degrees(text: str, unit: str = "") -> float:
    """Read an angle or a coordinate in decimal degrees."""
    return float(_decimal(text, _TO_DEGREES, unit or "°"))


def whole_number(text: str, unit: str = "") -> int:  # noqa: ARG001  all readers are called alike
    """Read a count."""
    number = _decimal(text, {"": 1, "个": 1, "孔": 1, "片": 1, "车道": 1, "条": 1}, "")
    if number != number.to_integral_value() or not 0 <= number <= 10_000:  # noqa: PLR2004  a plausible count
        raise ValueError("is not a count")
    return int(number)


def date(text: str, unit: str = "", *, form: str = "") -> dt.date:  # noqa: ARG001
    """Read a date; of a bare month or year the first day, so that an age is never understated."""
    if form:
        try:
            return dt.datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  a date has no zone
        except ValueError as error:
            raise ValueError(f"is not a date of the form {form}") from error
    for shape in _DATES:
        if match := shape.fullmatch(plain(text)):
            year, month, day = (*map(int, match.groups()), 1, 1)[:3]
            try:
                return dt.date(year, month, day)
            except ValueError as error:
                raise ValueError(f"does not exist: {error}") from error
    raise ValueError("is not a date, such as 2023-08-04")


def year(text: str, unit: str = "") -> int:  # noqa: ARG001
    """Read a year, or the year of a date."""
    found = date(text).year
    if not EARLIEST_YEAR <= found <= LATEST_YEAR:
        raise ValueError(f"is outside {EARLIEST_YEAR} to {LATEST_YEAR}")
    return found


def condition(text: str, unit: str = "") -> int:  # noqa: ARG001
    """Read a condition class (技术状况等级) 1 to 5: 2类, 二类, 2."""
    word = plain(text).removesuffix("桥").removesuffix("类").removesuffix("级")
    found = _CONDITIONS.get(word)
    if found is None:
        raise ValueError("is not a condition class 1 to 5")
    return found


def stake_m(text: str, unit: str = "") -> int:
    """Read a stake (桩号) in whole metres: K759+061, or decimal kilometres; a column in (m) holds bare metres."""
    if unit in {"m", "米"} and re.fullmatch(r"\d+(\.\d+)?", plain(text)):
        return length_mm(text, "m", low=0) // 1000
    if bare := re.fullmatch(r"k(\d{1,4})", plain(text)):  # K50 is K50+000
        return int(bare[1]) * 1000
    found = read_stake(text)
    if found is None:
        raise ValueError("is not a stake, such as K759+061 or 759.061")
    return round(found / 1000)


def side(text: str, unit: str = "") -> Side:  # noqa: ARG001
    """Read a direction (行车方向)."""
    found = _SIDES.get(plain(text))
    if found is None:
        raise ValueError("is not a direction, such as 上行, 下行, 双向")
    return found


def grade(text: str, unit: str = "") -> TechnicalGrade:  # noqa: ARG001
    """Read a technical grade (技术等级): 高速, 一级公路."""
    word = plain(text).removesuffix("公路").removesuffix("路")
    if word not in _GRADES:
        raise ValueError(f"is not a technical grade, one of {', '.join(_GRADES)}")
    return _GRADES[word]


def route_ref(text: str, unit: str = "") -> str:  # noqa: ARG001
    """Read route numbers (路线编号) in capitals; several are kept with ";" between them."""
    parts = [part.strip().upper() for part in re.split(r"[;,、/]", plain(text)) if part.strip()]
    if not parts or any(len(part) > 20 for part in parts):  # noqa: PLR2004  a number is short
        raise ValueError("is not a route number, such as G4 or S326")
    return ";".join("".join(part.split()) for part in parts)
