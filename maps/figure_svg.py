"""Writing a figure as inline SVG (图形输出): elements, numbers, and labels that do not run into each other.

A figure is drawn in units of which `WIDTH` span it. Texts are laid out for a phone (`FONT` units high); on a wide
screen the style sheet makes them smaller, so that they never need more room than was kept for them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 480.0
FONT: Final = 15.0
ROW: Final = 19.0
_GAP: Final = 8.0
_NARROW, _BROAD = 0.56, 1.0  # width of a letter as part of the font size


@dataclass(frozen=True, slots=True)
class Label:
    """A text that belongs to a place.

    Attributes:
        at: Where its middle would best stand, in units.
        text: What it says.
    """

    at: float
    text: str

    @property
    def width(self) -> float:
        """Room it takes, in units."""
        return text_width(self.text)


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label where it stands: `middle` in units, `row` counted from 0."""

    label: Label
    middle: float
    row: int


def number(value: float) -> str:
    """A coordinate with at most two decimals.

    >>> number(12.0), number(1 / 3)
    ('12', '0.33')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, css: str = "", /, *inside: Markup | str, **attributes: float | str) -> Markup:
    """One element; names of attributes with `_` for `-`, numbers as coordinates, texts escaped."""
    said = ({"class": css} if css else {}) | attributes
    written = Markup("").join(
        Markup(' {}="{}"').format(key.replace("_", "-"), value if isinstance(value, str) else number(value))
        for key, value in said.items()
    )
    tag = escape(name)
    return Markup("<{0}{1}>{2}</{0}>").format(tag, written, Markup("").join(map(escape, inside)))


def line(css: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """A straight line."""
    return element("line", css, x1=x1, y1=y1, x2=x2, y2=y2)


def words(css: str, text: str, x: float, y: float, anchor: str = "middle") -> Markup:
    """A text with its middle, start or end at a place."""
    return element("text", css, text, x=x, y=y, text_anchor=anchor)


def figure(name: str, height: float, title: str, description: str, parts: Iterable[Markup]) -> Markup:
    """The whole figure: an image with a title and a description for who does not see it.

    Args:
        name: CSS class of the figure.
        height: In units.
        title: What it shows.
        description: All that it says, in words.
        parts: What is drawn.
    """
    return element(
        "svg",
        f"figure {name}",
        element("title", "", title),
        element("desc", "", description),
        *parts,
        viewBox=f"0 0 {number(WIDTH)} {number(height)}",
        role="img",
        aria_label=f"{title}。{description}",
        preserveAspectRatio="xMidYMin meet",
    )


def text_width(text: str) -> float:
    """Room for a text at the size of a phone, in units."""
    broad = sum(unicodedata.east_asian_width(letter) in {"W", "F"} for letter in text)
    return FONT * (broad * _BROAD + (len(text) - broad) * _NARROW)


def shortened(text: str, most: float) -> str:
    """A text that needs no more room than given, with an ellipsis where something is left out.

    >>> shortened("潭衡西高速公路", 60)
    '潭衡西…'
    """
    if text_width(text) <= most:
        return text
    kept = text
    while kept and text_width(f"{kept}…") > most:
        kept = kept[:-1]
    return f"{kept}…"


def placed(labels: Sequence[Label], most_rows: int) -> list[PlacedLabel] | None:
    """Put labels side by side without overlap, in as few rows as they need; None if that is more than `most_rows`."""
    for rows in range(1, most_rows + 1):
        in_rows = [_spread(labels[row::rows]) for row in range(rows)]
        if all(middles is not None for middles in in_rows):
            return [
                PlacedLabel(label, middle, row)
                for row, middles in enumerate(in_rows)
                for label, middle in zip(labels[row::rows], middles or (), strict=True)
            ]
    return None


def _spread(labels: Sequence[Label]) -> list[float] | None:
    """Middles of labels in one row, near to where they belong; None if there is not enough room."""
    if sum(label.width + _GAP for label in labels) > WIDTH:
        return None
    middles: list[float] = []
    edge = 0.0
    for label in labels:
        middle = max(label.at, edge + label.width / 2)
        middles.append(middle)
        edge = middle + label.width / 2 + _GAP
    edge = WIDTH
    for place in reversed(range(len(labels))):
        half = labels[place].width / 2
        middles[place] = min(middles[place], edge - half)
        edge = middles[place] - half - _GAP
    return middles
