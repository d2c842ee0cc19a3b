"""Bars for published figures (条形图): a label, a length, a number; the numbers also stand in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from maps.figure_svg import WIDTH, element, figure, text_width, words

_ROW: Final = 28.0
_MOST_LABEL: Final = 170.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it stands for.
        value: Its length.
        text: The number as it is written.
        part: How much of it is drawn strong; None for all.
    """

    label: str
    value: float
    text: str
    part: float | None = None


def draw_bars(bars: Sequence[Bar], *, title: str) -> Markup:
    """Draw bars below each other, the longest over the whole width.

    Args:
        bars: At least one.
        title: What they show.
    """
    left = min(max((text_width(bar.label) for bar in bars), default=0.0) + 8, _MOST_LABEL)
    right = max((text_width(bar.text) for bar in bars), default=0.0) + 8
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    scale = (WIDTH - left - right) / most
    parts: list[Markup] = []
    for place, bar in enumerate(bars):
        top = place * _ROW
        parts.append(words("br-label", bar.label, left - 8, top + 19, "end"))
        strong = bar.value if bar.part is None else min(bar.part, bar.value)
        parts.append(element("rect", "br-rest", x=left, y=top + 5, width=bar.value * scale, height=_ROW - 10, rx=2))
        parts.append(element("rect", "br-bar", x=left, y=top + 5, width=strong * scale, height=_ROW - 10, rx=2))
        parts.append(words("br-text", bar.text, left + bar.value * scale + 6, top + 19, "start"))
    said = "；".join(f"{bar.label} {bar.text}" for bar in bars)
    return figure("bar-figure", len(bars) * _ROW + 4, title, said, parts)
