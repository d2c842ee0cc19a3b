"""Small plots made on the server (统计图): bars and pairs of columns as SVG; their numbers stand beside as tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _ROW, _NUMBER = 440, 26, 60
_HEIGHT, _FOOT, _HEAD = 180, 34, 20
_MOST_LABELS = 7
_HALF = 7.5  # width of half a Chinese character at the size of a phone
_LONGEST_LABEL = 24  # in halves of a Chinese character


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, the number as told, its colour by class of style.

    Attributes:
        part: How much of the length is drawn in `part_style`, from the left.
    """

    label: str
    value: float
    text: str
    style: str = "bar"
    part: float = 0
    part_style: str = "bar-blocked"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns side by side."""

    label: str
    first: int
    second: int


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Horizontal bars, from the same zero."""
    largest = max((row.value for row in rows), default=0) or 1
    label_width = max((_halves(_short(row.label)) for row in rows), default=0) * _HALF + 14
    room = _WIDTH - label_width - max([_NUMBER, *(_halves(row.text) * _HALF + 8 for row in rows)])
    parts = [
        Markup(
            '<text x="{x}" y="{y}" text-anchor="end">{label}</text>'
            '<rect class="{style}" x="{start}" y="{top}" width="{width:.1f}" height="{thick}" rx="2"></rect>'
            '<text x="{after:.1f}" y="{y}">{text}</text>'
        ).format(
            x=label_width - 8,
            y=n * _ROW + 17,
            label=_short(row.label),
            style=row.style,
            start=label_width,
            top=n * _ROW + 4,
            width=max(room * row.value / largest, 1.0),
            thick=_ROW - 8,
            after=label_width + max(room * row.value / largest, 1.0) + 6,
            text=row.text,
        )
        for n, row in enumerate(rows)
    ]
    parts += [
        Markup('<rect class="{}" x="{}" y="{}" width="{:.1f}" height="{}" rx="2"></rect>').format(
            row.part_style, label_width, n * _ROW + 4, room * row.part / largest, _ROW - 8
        )
        for n, row in enumerate(rows)
        if row.part
    ]
    return _svg(title, max(len(rows), 1) * _ROW + 4, parts)


def columns(rows: Sequence[Pair], title: str) -> Markup:
    """Two columns a place, from left to right."""
    largest = max((value for row in rows for value in (row.first, row.second)), default=0) or 1
    step = (_WIDTH - 40) / max(len(rows), 1)
    base = _HEIGHT - _FOOT
    every = -(-len(rows) // _MOST_LABELS)
    parts = [Markup('<line class="axis" x1="30" y1="{y}" x2="{end}" y2="{y}"></line>').format(y=base, end=_WIDTH - 6)]
    parts.append(_text(26, _HEAD + 4, "end", str(largest)))
    for n, row in enumerate(rows):
        left = 34 + n * step
        for shift, value, style in ((0.0, row.first, "bar"), (0.42, row.second, "bar-second")):
            height = (base - _HEAD) * value / largest
            parts.append(
                Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"></rect>').format(
                    style, left + shift * step, base - height, step * 0.38, height
                )
            )
        if n % every == 0:
            parts.append(_text(left + step * 0.4, base + 16, "middle", row.label))
    return _svg(title, _HEIGHT, parts)


def _text(x: float, y: float, anchor: str, text: str) -> Markup:
    return Markup('<text class="chart-muted" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _short(label: str) -> str:
    """What fits beside the bars."""
    kept = label
    while _halves(kept) > _LONGEST_LABEL:
        kept = kept[:-1]
    return label if kept == label else f"{kept[:-1]}…"


def _halves(text: str) -> int:
    """Width of a text: a Chinese character is as wide as two others."""
    return sum(1 if letter.isascii() else 2 for letter in text)


def _svg(title: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, title, Markup("").join(parts)
    )
