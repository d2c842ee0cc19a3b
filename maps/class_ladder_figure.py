"""The classes of over-limit transport as a picture (分类阶梯图): one row a quantity, one step a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from maps.figure_svg import WIDTH, element, figure, number, words

_LABEL, _HEAD, _ROW, _TIP = 62.0, 30.0, 46.0, 9.0
_LETTER = 8.6  # an upright Latin letter of a label; Chinese labels are short enough for the narrowest column
_STEPS: Final = ("cl-none", "cl-one", "cl-two", "cl-three")


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One quantity.

    Attributes:
        label: Its name.
        steps: What holds for no class, class I, II and III; None where a class has no step of its own: the step before
            it reaches over its place.
    """

    label: str
    steps: tuple[str | None, ...]


def draw_class_ladder(heads: Sequence[str], rows: Sequence[LadderRow], *, title: str, description: str) -> Markup:
    """Draw the steps of every quantity, from left to right ever larger.

    Args:
        heads: Names of no class and the three classes.
        rows: The quantities.
        title: Of the figure.
        description: All of it in words.
    """
    first = max(_LABEL, *(_LETTER * len(row.label) + _TIP for row in rows))
    column = (WIDTH - first) / len(heads)
    parts = [words("cl-head", head, first + column * (place + 0.5), 19.0) for place, head in enumerate(heads)]
    for number_of_row, row in enumerate(rows):
        top = _HEAD + number_of_row * _ROW
        parts.append(words("cl-label", row.label, 2.0, top + 27, "start"))
        for place, text in enumerate(row.steps):
            if text is None:
                continue
            following = next((n for n in range(place + 1, len(heads)) if row.steps[n] is not None), len(heads))
            start, end = first + column * place, first + column * following
            parts.append(_step(_STEPS[place], start, end, top))
            parts.append(words("cl-text", text, (start + end) / 2 + _TIP / 2, top + 27))
    return figure("class-ladder", _HEAD + len(rows) * _ROW + 2, title, description, parts)


def _step(css: str, start: float, end: float, top: float) -> Markup:
    """A step that points to the next one."""
    spots = [
        (start + 2, top + 3),
        (end - _TIP, top + 3),
        (end, top + _ROW / 2),
        (end - _TIP, top + _ROW - 3),
        (start + 2, top + _ROW - 3),
        (start + _TIP, top + _ROW / 2),
    ]
    return element("polygon", css, points=" ".join(f"{number(x)},{number(y)}" for x, y in spots))
