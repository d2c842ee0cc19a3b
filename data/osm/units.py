"""Text of a length or a mass, as people write it on maps and signs, into whole millimetres or kilograms.

Numbers are exact fractions and are rounded down, so a limit read here is never larger than the one written.
A bare number is metres or tonnes. What cannot be read is a state of its own, never "no limit".
"""

import re
from fractions import Fraction
from typing import Final, NamedTuple

from data.osm.numerals import clean_text, read_number
from data.osm.readings import NOT_UNDERSTOOD, WORDS, Note, Quantity, Reading
from data.osm.words import words
from routing.columns import LimitState


class _Bounds(NamedTuple):
    """Largest believable value: of a bare number, and of one with its unit beside it. mm or kg."""

    bare: int
    stated: int


# Above these a value is a slip (380 for 3.80 m, 7500 for 7.5 t), not a limit. They only ever make a value unknown.
_PLAUSIBLE: Final = {
    Quantity.HEIGHT: _Bounds(10_000, 30_000),
    Quantity.WIDTH: _Bounds(10_000, 50_000),
    Quantity.LENGTH: _Bounds(150_000, 300_000),
    Quantity.GROSS_MASS: _Bounds(200_000, 1_000_000),
    Quantity.AXLE_LOAD: _Bounds(60_000, 100_000),
    Quantity.AXLE_GROUP: _Bounds(100_000, 200_000),
    Quantity.CARRIAGEWAY: _Bounds(100_000, 100_000),
}


class _Unit(NamedTuple):
    """A unit in mm or kg; `is_fine`: so small that "7.500" is grouped thousands, not a decimal fraction."""

    factor: Fraction
    is_fine: bool = False
    is_ambiguous: bool = False


_M: Final = _Unit(Fraction(1000))
_FT: Final = _Unit(Fraction(3048, 10))
_T: Final = _Unit(Fraction(1000))
_SHORT_TON: Final = Fraction(90718474, 100000)
_LB: Final = Fraction(45359237, 100_000_000)

_LENGTH_UNITS: Final = {
    **dict.fromkeys(words("m meter meters metre metres mètre mètres metro metros metri mtr mtrs mts м 米 公尺"), _M),
    **dict.fromkeys(words("ft feet foot ' 英尺 呎"), _FT),
    **dict.fromkeys(words('in inch inches " 英寸 吋'), _Unit(Fraction(254, 10))),
    **dict.fromkeys(words("dm 分米"), _Unit(Fraction(100))),
    **dict.fromkeys(words("cm 厘米 公分 см"), _Unit(Fraction(10), is_fine=True)),
    **dict.fromkeys(words("mm 毫米"), _Unit(Fraction(1), is_fine=True)),
    **dict.fromkeys(words("km 公里 千米"), _Unit(Fraction(1_000_000))),
}
_MASS_UNITS: Final = {
    **dict.fromkeys(words("t tonne tonnes tonnen tonnellate toneladas to т тонн 吨 噸 公吨 公噸 トン"), _T),
    **dict.fromkeys(("metric ton", "metric tons"), _T),
    # A "ton" is 907 kg in America, 1016 kg in Britain, 1000 kg elsewhere: the least of them.
    **dict.fromkeys(("ton", "tons"), _Unit(_SHORT_TON, is_ambiguous=True)),
    **dict.fromkeys(("st", "short ton", "short tons", "us ton", "us tons", "sh tn"), _Unit(_SHORT_TON)),
    **dict.fromkeys(("lt", "long ton", "long tons"), _Unit(2240 * _LB)),
    **dict.fromkeys(words("kg kgs kilo kilos kilogram kilograms кг 公斤 千克"), _Unit(Fraction(1), is_fine=True)),
    **dict.fromkeys(words("lb lbs pound pounds # 磅"), _Unit(_LB, is_fine=True)),
    **dict.fromkeys(("kip", "kips"), _Unit(1000 * _LB)),
    "cwt": _Unit(100 * _LB, is_ambiguous=True),
    "kn": _Unit(Fraction(1000) / Fraction(980665, 100_000)),
}

# Words of a Chinese sign, and their English likes, before the number.
_LABEL: Final = re.compile(
    r"^(?:限制?(?:高度?|宽度?|长度?|重量?|载重?|轴重?|吨)|净[高宽空]|轴[重荷]|总重|总质量|高度?|宽度?|长度?"
    r"|max(?:imum|imal)?\.?|limit|clearance)\s*[:=为]?\s*"
)
_RATING_TAIL: Final = re.compile(
    r"\s*\b(?:mgw|gvw|gvwr|gvm|gvmr|gcw|gcwr|gcm|mam|zgg|zgm|ptac|rating)$|\s*(?:总重|总质量)$"
)
_APPROXIMATE: Final = re.compile(r"^(?:~|≈|ca\.?|circa|approx\.?|approximately|about|around|env\.?|est\.?|大?约)\s*")
_AT_LEAST: Final = re.compile(r"^(?:>=?|≥|min\.?|over|above)\s*|\s*\+$")
_AT_MOST: Final = re.compile(r"^(?:<=?|≤|=)\s*|\s+max\.?$")
_COMMENT: Final = re.compile(r"\(([^()]*)\)")
_FEET_JOINT: Final = re.compile(r"(ft\.?|feet|foot|')\s*[-,]\s*(?=\d)")
_LIST_MARK: Final = re.compile(r"[;/|、&]|,\s+|\s+(?:and|or|und|oder|et|ou|e|y)\s+|[和或]")
_RANGE_MARK: Final = re.compile(r"(?<=[^\W_])\s*[-~]\s*(?=\d)|(?<=['\"])\s*[-~]\s*(?=\d)|\s+(?:to|bis)\s+|[至到]")
_BARE_INTEGER: Final = re.compile(r"\d+")
_BARE_FRACTION: Final = re.compile(r"[1-9]/(?:2|4|8|16)")
_NUMBER: Final = r"(?:\d+(?:[.,]\d+)*[.,]?|[.,]\d+)"
_DECIMALS: Final = re.compile(r"\d{1,2}")
_INCHES_A_FOOT: Final = 12


class _Kind(NamedTuple):
    """How one kind of quantity is written."""

    units: dict[str, _Unit]
    item: re.Pattern[str]
    bare: _Unit


def _build_kind(units: dict[str, _Unit], bare: _Unit) -> _Kind:
    """Compile the pattern "number unit [number [unit]]" for a table of units."""
    names = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(units, key=len, reverse=True))
    unit = rf"(?:{names})(?![^\W\d_])\.?"
    return _Kind(units, re.compile(rf"({_NUMBER})\s*({unit})?(?:\s*({_NUMBER})\s*({unit})?)?"), bare)


_LENGTH: Final = _build_kind(_LENGTH_UNITS, _M)
_MASS: Final = _build_kind(_MASS_UNITS, _T)


class _Item(NamedTuple):
    """One number of a text, in mm or kg; `unit` None for a bare one, `bare_number` the number as written."""

    value: Fraction
    unit: _Unit | None
    bare_number: Fraction | None = None
    notes: tuple[Note, ...] = ()


def parse_length_mm(raw: str, *, quantity: Quantity) -> Reading:
    """Read a height, width or length (高、宽、长), in mm; a bare number is metres.

    Never raises; a text that cannot be read, or a value no road has, is `LimitState.UNREADABLE`.
    """
    return _parse(raw, _LENGTH, _PLAUSIBLE[quantity])


def parse_mass_kg(raw: str, *, quantity: Quantity = Quantity.GROSS_MASS) -> Reading:
    """Read a mass or an axle load (质量、轴荷), in kg; a bare number is tonnes.

    Never raises; a text that cannot be read, or a value no road has, is `LimitState.UNREADABLE`.
    """
    return _parse(raw, _MASS, _PLAUSIBLE[quantity])


def _parse(raw: str, kind: _Kind, bounds: _Bounds) -> Reading:
    text = clean_text(raw)
    if text is None:
        return NOT_UNDERSTOOD
    if text in WORDS:
        return WORDS[text]
    comments = [comment.strip() for comment in _COMMENT.findall(text)]
    text = _LABEL.sub("", _COMMENT.sub(" ", text).strip())
    parts = _split_list(text, kind)
    if parts is None:
        return NOT_UNDERSTOOD
    reading = _read_parts(parts, kind, bounds)
    for comment in comments:
        reading = _heed_comment(reading, comment, kind, bounds)
    return reading


def _split_list(text: str, kind: _Kind) -> list[str] | None:
    """The parts of a list or range, or None if it is neither ("12-6" may be feet and inches, "1/2" one half)."""
    if _BARE_FRACTION.fullmatch(text):
        return None
    parts: list[str] = []
    for listed in _LIST_MARK.split(_FEET_JOINT.sub(r"\1 ", text).lstrip(" ;/|").rstrip(" ;,./|")):
        ends = [end.strip() for end in _RANGE_MARK.split(listed.strip())]
        if len(ends) > 1 and not _is_range(ends, kind):
            return None
        parts += ends
    return parts


def _is_range(ends: list[str], kind: _Kind) -> bool:
    if kind is _LENGTH and all(_BARE_INTEGER.fullmatch(end) for end in ends):
        return False
    items = [_read_item(end, kind) for end in ends]
    numbers = [item.bare_number if item.bare_number is not None else item.value for item in items if item]
    return len(numbers) == len(ends) and numbers == sorted(numbers)


def _read_parts(parts: list[str], kind: _Kind, bounds: _Bounds) -> Reading:
    """The minimum of all parts; a part that cannot be read is remembered in the note."""
    items = [_read_item(part, kind) for part in parts]
    units = {item.unit for item in items if item and item.unit}
    values: list[tuple[Fraction, tuple[Note, ...]]] = []
    failed: list[Reading] = []
    for part, item in zip(parts, items, strict=True):
        found = _list_plausible(item, units, bounds) if item else []
        if found:
            values.append(min(found))
        elif part not in WORDS:
            failed.append(
                Reading(LimitState.UNREADABLE, note=Note.IMPLAUSIBLE, is_understood=False) if item else NOT_UNDERSTOOD
            )
        elif WORDS[part].state != LimitState.NONE_STATED:
            failed.append(WORDS[part])
    if not values:
        return failed[0] if failed else Reading(LimitState.NONE_STATED)
    value, notes = min(values)
    if len(parts) > 1:
        notes = (*notes, Note.LIST)
    if failed:
        notes = (*notes, Note.PARTLY)
    return _number(value, notes)


def _number(value: Fraction, notes: tuple[Note, ...]) -> Reading:
    unique = tuple(dict.fromkeys(notes))
    return Reading(
        LimitState.NUMBER,
        value=int(value // 1),
        note="; ".join(unique),
        is_understood=Note.PARTLY not in unique,
        is_approximate=Note.APPROXIMATE in unique,
    )


def _list_plausible(item: _Item, units: set[_Unit], bounds: _Bounds) -> list[tuple[Fraction, tuple[Note, ...]]]:
    """What an item can mean: a bare number beside others with a unit may be in that unit ("16;26 st")."""
    if item.unit is not None or item.bare_number is None:
        return [(item.value, item.notes)] if 1 <= item.value <= bounds.stated else []
    meant = [(item.value, bounds.bare)]
    if item.value > 0:
        meant += [(item.bare_number * unit.factor, bounds.stated) for unit in units]
    return [(value, item.notes) for value, top in meant if 1 <= value <= top]


def _read_item(text: str, kind: _Kind) -> _Item | None:
    """One number with its unit and the marks around it; None if it is not of that form."""
    notes: list[Note] = []
    for pattern, note in ((_AT_MOST, None), (_APPROXIMATE, Note.APPROXIMATE), (_AT_LEAST, Note.APPROXIMATE)):
        text, count = pattern.subn("", text, count=1)
        if count and note:
            notes.append(note)
    if kind is _MASS:
        text, count = _RATING_TAIL.subn("", text, count=1)
        if count:
            notes.append(Note.RATING)
    sign = -1 if text.startswith("-") else 1
    match = kind.item.fullmatch(text.removeprefix("-").strip())
    if match is None:
        return None
    first, first_unit, second, second_unit = match.groups()
    item = _read_simple(first, _find_unit(first_unit, kind), kind)
    if item and second is not None:
        item = _add_second(item, second, _find_unit(second_unit, kind), first_unit)
    return item and item._replace(value=sign * item.value, notes=(*item.notes, *notes))


def _find_unit(name: str | None, kind: _Kind) -> _Unit | None:
    return kind.units[" ".join(name.rstrip(".").split())] if name else None


def _read_simple(digits: str, unit: _Unit | None, kind: _Kind) -> _Item | None:
    number = read_number(digits, is_fine=unit is not None and unit.is_fine)
    if number is None:
        return None
    if unit is None:
        return _Item(number * kind.bare.factor, None, number)
    return _Item(number * unit.factor, unit, None, (Note.AMBIGUOUS,) if unit.is_ambiguous else ())


def _add_second(item: _Item, digits: str, unit: _Unit | None, first_name: str | None) -> _Item | None:
    """Add the inches after feet, the centimetres after metres, the rest after "3m80" or "3t5"."""
    number = read_number(digits, is_fine=False)
    if item.unit is None or number is None:
        return None
    if unit is not None:
        rest = number * unit.factor
        return item._replace(value=item.value + rest) if rest < item.unit.factor else None
    if item.unit is _FT:
        inches = number < _INCHES_A_FOOT
        return item._replace(value=item.value + number * _LENGTH_UNITS["in"].factor) if inches else None
    is_whole = item.value % item.unit.factor == 0
    if not is_whole or item.unit not in (_M, _T) or not _DECIMALS.fullmatch(digits):
        return None
    if first_name == "m" and len(digits) == 1:  # "4m5": 4.05 or 4.5
        return item._replace(value=item.value + number * 10, notes=(*item.notes, Note.AMBIGUOUS))
    return item._replace(value=item.value + number * item.unit.factor / 10 ** len(digits))


def _heed_comment(reading: Reading, comment: str, kind: _Kind, bounds: _Bounds) -> Reading:
    """A number in the comment may only lower the limit; digits that are not a number make it approximate."""
    if reading.value is None:
        return reading
    notes = tuple(Note(word) for word in reading.note.split("; ") if word)
    parts = _split_list(comment, kind)
    inner = _read_parts(parts, kind, bounds) if parts else NOT_UNDERSTOOD
    if inner.value is not None and inner.is_understood:
        return _number(Fraction(min(reading.value, inner.value)), notes)
    if kind is _MASS and _RATING_TAIL.fullmatch(comment):
        return _number(Fraction(reading.value), (*notes, Note.RATING))
    doubt = (Note.APPROXIMATE,) if any(char.isdigit() for char in comment) else ()
    return _number(Fraction(reading.value), (*notes, Note.COMMENT, *doubt))
