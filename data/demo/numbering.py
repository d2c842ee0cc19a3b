"""Route numbers as GB/T 917 forms them (路线编号): letter, class digit by direction, no number twice."""

from collections.abc import Iterator
from itertools import count
from typing import Final

import numpy as np

from data.demo.plane import F64

_DIGITS: Final = "零一二三四五六七八九"


class Numbers:
    """Hands out route numbers, each once."""

    def __init__(self) -> None:
        self._next: dict[str, Iterator[int]] = {}

    def take(self, prefix: str, digits: int, first: int = 1, step: int = 1) -> str:
        """The next number after a prefix."""
        serial = next(self._next.setdefault(prefix, count(first, step)))
        return f"{prefix}{serial:0{digits}d}"

    def expressway(self, start: F64, end: F64, *, is_national: bool) -> str:
        """国家高速: odd numbers run north to south, even ones west to east; 省级高速 the same with S."""
        is_odd = runs_north(start, end)
        if is_national:
            serial = next(self._next.setdefault(f"G{is_odd}", count(51 if is_odd else 52, 2)))
            return f"G{serial}"
        serial = next(self._next.setdefault(f"S{is_odd}", count(11 if is_odd else 12, 2)))
        return f"S{serial}"

    def ordinary(self, letter: str, start: F64, end: F64, *, is_radial: bool = False) -> str:
        """国道、省道: 1xx radial, 2xx north to south, 3xx west to east."""
        band = "1" if is_radial else "2" if runs_north(start, end) else "3"
        return self.take(letter + band, 2)


def runs_north(start: F64, end: F64) -> bool:
    """Whether a road runs rather north to south than west to east."""
    east, north = np.abs(end - start)
    return bool(north > east)


def chinese(number: int) -> str:
    """A whole number up to 9,999 in Chinese (一百零二)."""
    if number <= 0:
        return _DIGITS[0]
    text, units = "", ("", "十", "百", "千")
    figures = [int(figure) for figure in str(number)]
    for place, figure in enumerate(figures):
        power = len(figures) - 1 - place
        if figure:
            text += _DIGITS[figure] + units[power]
        elif text and not text.endswith("零") and any(figures[place:]):
            text += "零"
    return text.removeprefix("一") if text.startswith("一十") else text
