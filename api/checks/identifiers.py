"""Numbers of persons, firms, vehicles (号码格式): libraries where they exist, our own patterns for the rest.

Every function answers True, False, or None where the rule is not sure enough to call a number wrong.
"""

import re

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, ValidationError

# Regulation sheet, table of check digits: GB 32100, GB 11643, GB 16735, GA 36, JT/T 415.
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_HEAD = rf"[{_PROVINCES}][A-HJ-NP-Z]"
_SERIAL = "[A-HJ-NP-Z0-9]"
_TRACTOR = re.compile(rf"{_HEAD}(?:{_SERIAL}{{5}}|[A-HJK]{_SERIAL}\d{{4}}|\d{{5}}[A-HJK]|{_SERIAL}{{4}}超)", re.ASCII)
_TRAILER = re.compile(rf"{_HEAD}{_SERIAL}{{4}}([^\W\d_])")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_LICENCE = re.compile(r"(?:.*\D)?\d{12}\D{0,2}", re.ASCII)
_LICENCE_CHARACTERS = 40
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def is_uscc(text: str) -> bool:
    """Whether a text is a unified social credit code (统一社会信用代码)."""
    return text == uscc.compact(text) and uscc.is_valid(text)


def is_resident_id(text: str) -> bool | None:
    """Whether a text is a resident identity number (居民身份证号); None when only its division code is not known."""
    if text.upper() != ric.compact(text):
        return False
    try:
        ric.validate(text)
    except InvalidComponent:
        return _place_unknown(text)
    except ValidationError:
        return False
    return True


def _place_unknown(text: str) -> bool | None:
    """The library's list of divisions is not the law's: a number with a real birthday is doubtful, not wrong."""
    try:
        ric.get_birth_date(text)
    except ValidationError:
        return False
    return None


def is_tractor_plate(text: str) -> bool:
    """Whether a text is a plate of a tractor or truck (号牌, GA 36): ordinary, new-energy, or temporary oversize."""
    return _TRACTOR.fullmatch(text) is not None


def is_trailer_plate(text: str, endings: tuple[str, ...]) -> bool:
    """Whether a text is a trailer's plate (挂车号牌); `endings` are the last characters a trailer may have."""
    match = _TRAILER.fullmatch(text)
    return match is not None and match[1] in endings


def is_vin(text: str) -> bool | None:
    """Whether a vehicle identification number checks (车辆识别代号); None where it does not: imports need not."""
    if not _VIN.fullmatch(text):
        return None
    rest = sum(_VIN_VALUES[c] * weight for c, weight in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return True if text[8] == ("X" if rest == 10 else str(rest)) else None  # noqa: PLR2004 - the check digit's rule


def is_licence_number(text: str) -> bool | None:
    """Whether an operating licence number looks usual (道路运输经营许可证号, 12 digits); None where it does not."""
    return True if _LICENCE.fullmatch(text) and len(text) <= _LICENCE_CHARACTERS else None


def is_mobile(text: str) -> bool:
    """Whether a text is a mobile number of the mainland (手机号)."""
    return _MOBILE.fullmatch(text) is not None
