"""Digits of any script, quotation marks and Chinese numerals, brought to one plain spelling before units are read."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

_MAX_CHARS: Final = 255  # a tag value has no more
_LIKES: Final = str.maketrans(
    {
        **dict.fromkeys("’‘′`\N{ACUTE ACCENT}\N{MODIFIER LETTER PRIME}\N{FULLWIDTH APOSTROPHE}", "'"),
        **dict.fromkeys("”“″„〃ʺ\N{FULLWIDTH QUOTATION MARK}", '"'),
        **dict.fromkeys("–—\N{MINUS SIGN}\N{FIGURE DASH}－―", "-"),
        **dict.fromkeys("·\N{ARABIC DECIMAL SEPARATOR}。", "."),
        "٬": ",",
        "～": "~",
        "\N{FRACTION SLASH}": "/",
        "½": " 1/2",
        "¼": " 1/4",
        "¾": " 3/4",
        "點": "点",
        "兩": "两",
    }
)
_CAPITAL_T: Final = re.compile(r"(?<=[\d\s])T(?![^\W\d_])")
_MIXED: Final = re.compile(r"(?<![\d.,/])(\d+)[ -]([1-9]\d?)/(2|4|8|16)(?![\d/.,])")
_GROUPED: Final = re.compile(r"(?<![\d.,'])([1-9]\d{0,2})((?:[ '_]\d{3})+)(?![\d'\"])")
_CHINESE_NUMBER: Final = re.compile(r"[零〇一二三四五六七八九两十百点]+")
_CHINESE_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "\N{IDEOGRAPHIC NUMBER ZERO}": 0,
    "两": 2,
}
_CHINESE_PLACES: Final = {"十": 10, "百": 100}
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_MILLIONS: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+")
_DECIMAL: Final = re.compile(r"(\d*)[.,]?(\d*)")


def clean_text(raw: str) -> str | None:
    """One spelling for a value: plain digits and quotes, lower case, single blanks, "6 1/2" as 6.5, 四米五 as 4米5.

    None for a text that is empty, longer than a tag value can be, or holds digits that are no plain digits ("3²").
    """
    if len(raw) > _MAX_CHARS:
        return None
    text = raw.translate(_LIKES)
    if any(unicodedata.category(char) == "No" for char in text):
        return None
    text = unicodedata.normalize("NFKC", "".join(_plain_digit(char) for char in text))
    text = " ".join(text.replace("''", '"').split())
    text = _CAPITAL_T.sub("ton", text).casefold()
    text = _CHINESE_NUMBER.sub(lambda match: _read_chinese(match.group()), text)
    text = _MIXED.sub(_write_mixed, text)
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match.group()), text)
    return text or None


def read_number(digits: str, *, is_fine: bool) -> Fraction | None:
    """Digits with points or commas into an exact number.

    `is_fine` says the unit is small (kg, lb, mm), so that one point or comma before three digits groups thousands
    ("7.500 kg"); otherwise it is a decimal mark ("3.800"). None if the digits are no number ("1.80.2").
    """
    if (_THOUSANDS if is_fine else _MILLIONS).fullmatch(digits):
        mark = next(char for char in digits if not char.isdigit())
        digits = digits.replace(mark, "")
    match = _DECIMAL.fullmatch(digits)
    if match is None or not (match[1] or match[2]):
        return None
    return Fraction(int(match[1] + match[2]), 10 ** len(match[2]))


def _plain_digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _write_mixed(match: re.Match[str]) -> str:
    whole, top, bottom = (int(group) for group in match.groups())
    if top >= bottom:
        return match.group()
    tenths_of_thousandth = top * 10_000 // bottom  # exact: the divisors are 2, 4, 8, 16
    return f"{whole}.{tenths_of_thousandth:04d}"


def _read_chinese(word: str) -> str:
    """一百二十 -> 120, 四点五 -> 4.5; a word of another form is left as it stands."""
    whole, point, fraction = word.partition("点")
    if point and (not fraction or not all(char in _CHINESE_DIGITS for char in fraction)):
        return word
    if not whole:
        return word
    decimals = "".join(str(_CHINESE_DIGITS[char]) for char in fraction)
    number = _read_chinese_whole(whole)
    return word if number is None else f"{number}{point and '.'}{decimals}"


def _read_chinese_whole(word: str) -> int | None:
    if not any(char in _CHINESE_PLACES for char in word):
        return int("".join(str(_CHINESE_DIGITS[char]) for char in word))
    total, digit, lowest = 0, None, 1000
    for char in word:
        place = _CHINESE_PLACES.get(char)
        if place is None:
            digit = _CHINESE_DIGITS[char]
        elif place >= lowest:
            return None
        else:
            total, digit, lowest = total + (1 if digit is None else digit) * place, None, place
    return total + (digit or 0)
