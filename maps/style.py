"""How verdicts look (图例样式): never told apart by colour alone.

Every verdict differs from the others in colour, in line width or dash pattern, in marker shape and in its words.
"""

from __future__ import annotations

from typing import NamedTuple


class VerdictStyle(NamedTuple):
    """Look of one verdict on screen, on paper and in a terminal."""

    color: str
    """Colour of line and marker; at least 4.5:1 against white."""
    width_px: int
    """Line width."""
    dash: str | None
    """SVG dash pattern, None for a solid line."""
    shape: str
    """Marker shape, a CSS class: circle, square, diamond or octagon."""
    sign: str
    """One letter that stands before the words in a terminal."""
    terminal: str
    """Style of the words in a terminal."""


_STYLES = {
    "passes": VerdictStyle("#1a7a48", 5, None, "circle", "✓", "green"),
    "conditional": VerdictStyle("#a85d00", 6, "14 7", "square", "!", "yellow"),
    "unknown": VerdictStyle("#6a5592", 7, "2 9", "diamond", "?", "magenta"),
    "blocked": VerdictStyle("#b3261e", 9, None, "octagon", "✗", "bold red"),
    "no_route": VerdictStyle("#7a1712", 9, "1 14", "octagon", "∅", "bold red"),
}
DRAWN_OUTCOMES = ("passes", "conditional", "unknown", "blocked")


def verdict_style(value: object) -> VerdictStyle:
    """Look of a verdict; a value not known here looks like *unknown* (资料不足)."""
    return _STYLES.get(str(value), _STYLES["unknown"])
