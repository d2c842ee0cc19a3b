"""Notation of bridge registers (桥梁台账写法): span lists, design load texts, stakes.

Free text is read as far as it says something certain. What cannot be read gives None or an empty list and a note, never
a guess that would let a load pass.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

_DASHES: Final = str.maketrans(dict.fromkeys("—–－\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}―ー一", "-"))
_STAKE: Final = re.compile(r"[A-Z]{0,2}K(\d{1,4})\+(\d{1,3}(?:\.\d{1,3})?)")
_DECIMAL_KM: Final = re.compile(r"\d{1,4}(?:\.\d{1,6})?")
_POSTED: Final = re.compile(r"(?:限[载重])?\d+(?:\.\d+)?(?:T|吨)")
_SHARE: Final = re.compile(r"折减|(?<![\d.])0?\.\d")
_HIGHWAY: Final = re.compile(r"公路-?(II|I|LL|L|2|1)(?![IVXL\d])")
_TRUCKS: Final = re.compile(r"汽车?-?(超?)-?(\d+)")
_CITY: Final = re.compile(r"城市?-?([AB])(?![A-Z])")
_TRAILER: Final = re.compile(r"(挂|履|拖|特)[车带]?-?(\d+)")
_TRAILER_NAMES: Final = {"挂": "挂车", "履": "履带", "拖": "拖车", "特": "特"}
_SECOND_CLASS: Final = frozenset({"II", "LL", "2"})
CITY_EDITIONS: Final = ("CJJ 11", "CJJ 77")
TRUCK_EDITION: Final = "1989"


class LoadNote(Enum):
    """What should be known about a reading of a design load text (设计荷载判读说明)."""

    EMPTY = "empty"  # 未填
    POSTED = "posted"  # 限载值，不是设计荷载等级
    UNREADABLE = "unreadable"  # 无法判读
    SEVERAL = "several"  # 同时写有多个等级
    REDUCED = "reduced"  # 折减荷载
    NO_NUMBERS = "no_numbers"  # 等级可识别但没有数值
    EDITION_ASSUMED = "edition_assumed"  # 规范版本未写明
    TRAILER_PAIRED = "trailer_paired"  # 验算荷载按规范配套
    TRAILER_WITHOUT_NUMBERS = "trailer_without_numbers"  # 所写验算荷载没有数值


@dataclass(frozen=True, slots=True)
class LoadText:
    """A design load text as read (设计荷载).

    Attributes:
        name: Canonical name (公路-I级, 汽车-超20级, 城-A (CJJ 11), 挂车-120), None if not readable.
        edition: Edition of the standard, None for highway loads, whose text does not say it.
        trailer: Canonical name of the check load written beside it (挂车-120, 履带-50), or None.
        notes: What should be known about the reading.
    """

    name: str | None
    edition: str | None = None
    trailer: str | None = None
    notes: tuple[LoadNote, ...] = ()


def _plain(text: str) -> str:
    """One spelling: no blanks, plain dashes, capitals; Roman numerals as letters."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"\s+", "", folded)


def read_design_load(text: str) -> LoadText:
    """Read a design load text (设计荷载等级), such as 汽车-超20，挂车-120."""
    raw = _plain(text)
    if not raw:
        return LoadText(None, notes=(LoadNote.EMPTY,))
    plain = raw.translate(_DASHES)
    if _POSTED.fullmatch(raw):
        return LoadText(None, notes=(LoadNote.POSTED,))
    if "低于" in plain:
        below = re.fullmatch(r"低于汽车?-?10级?", plain)
        return LoadText("低于汽车-10级", TRUCK_EDITION) if below else LoadText(None, notes=(LoadNote.UNREADABLE,))
    if _SHARE.search(plain):
        return LoadText(None, notes=(LoadNote.REDUCED,))
    return _classes(plain)


def _classes(plain: str) -> LoadText:
    found: set[tuple[str, str | None]] = set()
    found |= {(f"公路-{'II' if sign in _SECOND_CLASS else 'I'}级", None) for sign in _HIGHWAY.findall(plain)}
    found |= {(f"汽车-{over}{number}级", TRUCK_EDITION) for over, number in _TRUCKS.findall(plain)}
    edition = CITY_EDITIONS["77" in plain]
    found |= {(f"城-{letter} ({edition})", edition) for letter in _CITY.findall(plain)}
    trailers = {f"{_TRAILER_NAMES[kind]}-{number}" for kind, number in _TRAILER.findall(plain)}
    if len(found) > 1 or len(trailers) > 1:
        return LoadText(None, notes=(LoadNote.SEVERAL,))
    if not found and not trailers:
        return LoadText(None, notes=(LoadNote.UNREADABLE,))
    trailer = next(iter(trailers), None)
    if not found:
        return LoadText(trailer, CITY_EDITIONS[1] if trailer and trailer.startswith("特") else TRUCK_EDITION)
    name, edition_found = found.pop()
    says_edition = "CJJ" in plain or not name.startswith("城")
    return LoadText(name, edition_found, trailer, () if says_edition else (LoadNote.EDITION_ASSUMED,))


def read_stake(text: str) -> int | None:
    """A stake (桩号) in mm from the start of the road: K759+061, or decimal kilometres; None if not readable."""
    plain = _plain(text)
    match = _STAKE.fullmatch(plain)
    if match:
        return int(Fraction(match[1]) * 1_000_000 + Fraction(match[2]) * 1_000)
    return int(Fraction(plain) * 1_000_000) if _DECIMAL_KM.fullmatch(plain) else None
