"""Span lists (跨径组合) as registers write them: 3×30+45, 30m×5, （30+60+30）米, 4×30+(45+70+45)+4×30, 3-30.

Brackets are one continuous unit (联); terms outside brackets that follow each other are one unit too. Count comes
before length unless a unit of length or a decimal says otherwise; the register's total and longest span decide where
they are given.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Final

_DASHES: Final = str.maketrans(dict.fromkeys("—–－\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}―", "-"))
MOST_SPANS: Final = 400
SHORTEST_M: Final = 1.0
LONGEST_M: Final = 3000.0
BRIDGE_SPAN_M: Final = 5.0  # a shorter span is a culvert (涵洞), JTG B01: perhaps count and length are swapped
CHECK_TOLERANCE_M: Final = 0.5
_TOKEN: Final = re.compile(r"(\d+(?:\.\d+)?)(米|M(?![A-Z]))?|([()+])|([×X*·@∙•⋅✕-])")
_NOTES: Final = re.compile(r"\[[^\]]*\]|【[^】]*】|[孔跨]|[^\W\d_A-Z米]*(?:T梁|[^\W\d_A-Z米](?:梁|板))")
_TIMES: Final = "×"


class SpanNote(Enum):
    """What should be known about a reading of a span list (跨径组合判读说明)."""

    EMPTY = "empty"  # 未填
    UNREADABLE = "unreadable"  # 无法判读
    ORDER_UNCERTAIN = "order_uncertain"  # 孔数与跨径的先后无法判断
    CHECK_FAILED = "check_failed"  # 与跨径总长或单孔最大跨径不符


@dataclass(frozen=True, slots=True)
class SpanText:
    """A span list as read; `units` is empty if it cannot be (跨径组合)."""

    units: tuple[tuple[float, ...], ...]
    notes: tuple[SpanNote, ...] = ()

    @property
    def total_m(self) -> float:
        """Sum of all spans (跨径总长)."""
        return math.fsum(span for unit in self.units for span in unit)

    @property
    def longest_m(self) -> float:
        """Longest span (单孔最大跨径)."""
        return max((span for unit in self.units for span in unit), default=0.0)


class _NotSpansError(Exception):
    pass


def read_spans(text: str, *, total_m: float | None = None, longest_m: float | None = None) -> SpanText:
    """Read a span list.

    Args:
        text: As the register writes it.
        total_m: The register's sum of spans, if it has one.
        longest_m: The register's longest span, if it has one.
    """
    plain = re.sub(r"[\s,;、。]+$", "", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).upper()))
    if not plain:
        return SpanText((), (SpanNote.EMPTY,))
    usual, swapped = _read(plain, swapped=False), _read(plain, swapped=True)
    if usual is None and (swapped is None or longest_m is None):
        return SpanText((), (SpanNote.UNREADABLE,))
    fitting = [reading for reading in (usual, swapped) if reading is not None and _fits(reading, total_m, longest_m)]
    if not fitting:
        return SpanText((), (SpanNote.CHECK_FAILED,))
    chosen = fitting[0]
    is_checked = longest_m is not None and len({reading.units for reading in fitting}) == 1
    if not is_checked and chosen.longest_m < BRIDGE_SPAN_M <= fitting[-1].longest_m:
        return SpanText((), (SpanNote.ORDER_UNCERTAIN,))
    return chosen


def _read(plain: str, *, swapped: bool) -> SpanText | None:
    try:
        return SpanText(_Reader(_tokens(plain), swapped=swapped).units())
    except _NotSpansError:
        return None


def _fits(reading: SpanText, total_m: float | None, longest_m: float | None) -> bool:
    pairs = ((total_m, reading.total_m), (longest_m, reading.longest_m))
    return all(stated is None or abs(stated - found) <= CHECK_TOLERANCE_M for stated, found in pairs)


def _tokens(plain: str) -> list[tuple[str, bool]]:
    """Numbers (with whether a unit of length stands behind), brackets, plus and times; notes on structure dropped."""
    text = _NOTES.sub("", plain.translate(_DASHES))
    tokens: list[tuple[str, bool]] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            # A unit of length behind a bracket says nothing new.
            if tokens and tokens[-1][0] == ")" and text[place] in "米M":
                place += 1
                continue
            raise _NotSpansError
        number, unit, sign, times = match.groups()
        token = number or sign or (_TIMES if times != "-" else "-")
        tokens.append((token, unit is not None))
        place = match.end()
    return tokens


class _Reader:
    """Reads tokens from left to right; `swapped` takes length before count where nothing decides."""

    def __init__(self, tokens: list[tuple[str, bool]], *, swapped: bool) -> None:
        self._tokens = tokens
        self._place = 0
        self._swapped = swapped

    def units(self) -> tuple[tuple[float, ...], ...]:
        """All units."""
        units = self._list(is_inside=False)
        if self._place != len(self._tokens) or sum(map(len, units)) > MOST_SPANS:
            raise _NotSpansError
        return tuple(units)

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._tokens[place][0] if place < len(self._tokens) else ""

    def _take(self) -> tuple[str, bool]:
        if self._place >= len(self._tokens):
            raise _NotSpansError
        self._place += 1
        return self._tokens[self._place - 1]

    def _list(self, *, is_inside: bool) -> list[tuple[float, ...]]:
        units: list[tuple[float, ...]] = []
        open_unit: tuple[float, ...] = ()
        while True:
            if self._peek() == "(" or (self._peek(1) in {_TIMES, "-"} and self._peek(2) == "("):
                units += [open_unit] * bool(open_unit) + self._bracket()
                open_unit = ()
            else:
                open_unit += self._term()
            if self._peek() != "+":
                break
            self._take()
        if is_inside and self._peek() != ")":
            raise _NotSpansError
        return units + [open_unit] * bool(open_unit)

    def _bracket(self) -> list[tuple[float, ...]]:
        """`n × ( … )`, `( … )` or `( … ) × n`: units, as often as it says."""
        times = 1
        if self._peek() != "(":
            times = self._count(self._take()[0])
            self._take()
        self._take()
        units = self._list(is_inside=True)
        self._take()
        if self._peek() == _TIMES:
            self._take()
            times *= self._count(self._take()[0])
        if times * sum(map(len, units)) > MOST_SPANS:
            raise _NotSpansError
        return units * times

    def _term(self) -> tuple[float, ...]:
        first, first_has_unit = self._take()
        if self._peek() not in {_TIMES, "-"}:
            return (self._length(first),)
        sign, _ = self._take()
        second, second_has_unit = self._take()
        is_length_first = (first_has_unit and not second_has_unit) or "." in first
        if self._swapped and sign == _TIMES and not second_has_unit and "." not in second:
            is_length_first = True
        if is_length_first:
            first, second = second, first
        return (self._length(second),) * self._count(first)

    @staticmethod
    def _count(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= MOST_SPANS:
            raise _NotSpansError
        return int(text)

    @staticmethod
    def _length(text: str) -> float:
        try:
            length = float(text)
        except ValueError:
            raise _NotSpansError from None
        if not SHORTEST_M <= length <= LONGEST_M:
            raise _NotSpansError
        return length
