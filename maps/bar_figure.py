"""Bars and pairs of columns for figures of the service (条形图、柱形图); their numbers also stand in a table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from maps.figure_svg import WIDTH, element, figure, line, shortened, text_width, words

_ROW: Final = 28.0
_MOST_LABEL: Final = 200.0
_LEAST_BAR: Final = 1.0  # a number that is not nothing is seen
_HEIGHT, _FOOT, _HEAD, _AXIS = 190.0, 36.0, 22.0, 34.0
_MOST_LABELS: Final = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it stands for.
        value: Its length.
        text: The number as it is written.
        style: Its colour, a class of the style sheet.
        part: How much of it, from the left, is drawn in `part_style`.
    """

    label: str
    value: float
    text: str
    style: str = "br-bar"
    part: float = 0
    part_style: str = "br-bar"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns side by side."""

    label: str
    first: int
    second: int


def draw_bars(bars: Sequence[Bar], *, title: str) -> Markup:
    """Draw bars below each other from the same zero, the longest over the whole width.

    Args:
        bars: At least one.
        title: What they show.
    """
    labels = [shortened(bar.label, _MOST_LABEL) for bar in bars]
    left = max(map(text_width, labels), default=0.0) + 8
    right = max((text_width(bar.text) for bar in bars), default=0.0) + 8
    scale = (WIDTH - left - right) / (max((bar.value for bar in bars), default=0.0) or 1.0)
    parts: list[Markup] = []
    for place, bar in enumerate(bars):
        top = place * _ROW
        length = max(bar.value * scale, _LEAST_BAR)
        parts.append(words("br-label", labels[place], left - 8, top + 19, "end"))
        parts.append(_rectangle(bar.style, left, top, length))
        if bar.part:
            parts.append(_rectangle(bar.part_style, left, top, min(bar.part, bar.value) * scale))
        parts.append(words("br-text", bar.text, left + length + 6, top + 19, "start"))
    said = "；".join(f"{bar.label} {bar.text}" for bar in bars)
    return figure("bar-figure", len(bars) * _ROW + 4, title, said, parts)


def draw_columns(pairs: Sequence[Pair], *, title: str) -> Markup:
    """Draw two columns a place, from left to right; not every place has room for its label.

    Args:
        pairs: At least one.
        title: What they show.
    """
    largest = max((value for pair in pairs for value in (pair.first, pair.second)), default=0) or 1
    step = (WIDTH - _AXIS - 6) / max(len(pairs), 1)
    base = _HEIGHT - _FOOT
    every = -(-len(pairs) // _MOST_LABELS)
    parts = [
        line("br-axis", _AXIS - 4, base, WIDTH - 6, base),
        words("br-muted", str(largest), _AXIS - 8, _HEAD, "end"),
    ]
    for place, pair in enumerate(pairs):
        left = _AXIS + place * step
        for shift, value, style in ((0.0, pair.first, "br-bar"), (0.42, pair.second, "br-passes")):
            height = (base - _HEAD) * value / largest
            parts.append(
                element("rect", style, x=left + shift * step, y=base - height, width=step * 0.38, height=height)
            )
        if place % every == 0:
            parts.append(words("br-muted", pair.label, left + step * 0.4, base + 18))
    said = "；".join(f"{pair.label} {pair.first} {pair.second}" for pair in pairs)
    return figure("bar-figure", _HEIGHT, title, said, parts)


def _rectangle(style: str, left: float, top: float, width: float) -> Markup:
    return element("rect", style, x=left, y=top + 5, width=width, height=_ROW - 10, rx=2)
