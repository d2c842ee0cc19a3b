"""The influence line behind a bridge finding (影响线图): where the axles stand worst, and the share of the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from markupsafe import Markup

from maps.figure_svg import ROW, WIDTH, Label, element, figure, line, number, placed, words

_LEFT, _RIGHT = 14.0, 14.0
_MOMENTS: Final = frozenset({"M+", "M-"})
_NAMES: Final = {
    "M+": ("正弯矩", "sagging moment"),
    "M-": ("负弯矩", "hogging moment"),
    "V": ("剪力", "shear"),
    "R": ("支座反力", "reaction"),
    "R-": ("上拔力", "uplift"),
}
_SYSTEMS: Final = {"simple": ("简支", "simple spans"), "continuous": ("连续", "continuous")}
_CROSSINGS: Final = {
    "normal": ("一般通行", "ordinary traffic"),
    "controlled": ("管控通行（单独、居中、慢行）", "controlled crossing (alone, centred, slow)"),
}
_ABOVE, _HEIGHT = 58.0, 84.0  # units kept for axles above the beam, and for the line below it


@dataclass(frozen=True, slots=True)
class AxleOnLine:
    """One axle at the worst place: m from the deck's start, kN, ordinate of the line, whether it is on the deck."""

    at_m: float
    load_kn: float
    ordinate: float
    is_on: bool


@dataclass(frozen=True, slots=True)
class InfluenceFigure:
    """All that the figure shows, in plain numbers (影响线图的数据).

    Attributes:
        spans: Span list as the inventory writes it.
        design_load: Design load as it was read.
        system: simple or continuous.
        crossing: normal or controlled.
        effect: M+, M-, V, R or R-.
        supports_m: Supports of the deck that the line runs over, from its start.
        section_m: The governing section on that deck.
        section_on_bridge_m: The same from the bridge's start.
        line: Places in m and ordinates (m for moments, else a share of the load).
        value: Static effect of the vehicle, kN·m or kN.
        ratio: Of the load effects with all factors.
        allowed: Ratio that may be reached, None where none decides.
    """

    name: str
    spans: str
    design_load: str
    system: str
    crossing: str
    effect: str
    supports_m: tuple[float, ...]
    section_m: float
    section_on_bridge_m: float
    line: tuple[tuple[float, float], ...]
    axles: tuple[AxleOnLine, ...]
    value: float
    ratio: float
    allowed: float | None

    @property
    def unit(self) -> str:
        """Of the effect."""
        return "kN·m" if self.effect in _MOMENTS else "kN"


def draw_influence(shown: InfluenceFigure, *, language: str = "zh") -> Markup:
    """Draw the influence line with the axles at their worst place.

    Args:
        shown: What to draw.
        language: zh or en.

    Returns:
        An inline SVG without styles of its own; `figures.css` colours it. It tells what a bridge can bear: only for
        readers who may know.
    """
    text = _words(language)
    scale = (WIDTH - _LEFT - _RIGHT) / (shown.supports_m[-1] or 1.0)
    beam = 24.0 + _ABOVE
    parts = [words("il-strong", _headline(shown, language), WIDTH / 2, 15.0)]
    parts += _axles(shown, scale, beam)
    parts += _beam(shown, scale, beam)
    top = beam + 46
    parts += _ordinates(shown, scale, top, text)
    bottom = top + _HEIGHT + 14
    drawn, bottom = _ratio(shown, bottom, text)
    parts += drawn
    title = text("影响线与最不利布载", "Influence line with the axles at their worst place")
    return figure("influence-figure", bottom, title, describe_influence(shown, language=language), parts)


def describe_influence(shown: InfluenceFigure, *, language: str = "zh") -> str:
    """The same in words."""
    text = _words(language)
    on = [axle for axle in shown.axles if axle.is_on]
    first, last = min(axle.at_m for axle in shown.axles), max(axle.at_m for axle in shown.axles)
    said = [
        text(f"桥梁 {shown.name}" if shown.name else "桥梁", f"bridge {shown.name}".strip()),
        text(f"跨径 {shown.spans}，{_pick(_SYSTEMS, shown.system, language)}", f"spans {shown.spans}, ")
        + (_pick(_SYSTEMS, shown.system, language) if language == "en" else ""),
        text(f"设计荷载 {shown.design_load}", f"design load {shown.design_load}"),
        _headline(shown, language),
        text(
            f"最不利时 {len(shown.axles)} 轴中 {len(on)} 轴在桥上，位于 {first:.1f} 至 {last:.1f} m",
            f"at worst {len(on)} of {len(shown.axles)} axles on the deck, from {first:.1f} to {last:.1f} m",
        ),
        text(f"车辆静力效应 {_value(shown)}", f"static effect of the vehicle {_value(shown)}"),
        _ratio_words(shown, language),
    ]
    return text("；", "; ").join(said)


def _words(language: str) -> _Text:
    return _Text(language)


@dataclass(frozen=True, slots=True)
class _Text:
    """Words in the reader's language."""

    language: str

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh


def _pick(table: dict[str, tuple[str, str]], key: str, language: str) -> str:
    zh, en = table.get(key, (key, key))
    return en if language == "en" else zh


def _headline(shown: InfluenceFigure, language: str) -> str:
    name = _pick(_NAMES, shown.effect, language)
    where = f"{shown.section_on_bridge_m:.1f} m"
    return f"Influence line of {name} at {where}" if language == "en" else f"{name}影响线（距桥头 {where} 截面）"


def _value(shown: InfluenceFigure) -> str:
    return f"{abs(shown.value):,.0f} {shown.unit}"


def _ratio_words(shown: InfluenceFigure, language: str) -> str:
    crossing = _pick(_CROSSINGS, shown.crossing, language)
    allowed = "—" if shown.allowed is None else f"{shown.allowed:.2f}"
    if language == "en":
        return f"ratio {shown.ratio:.3f}, allowed {allowed} ({crossing})"
    return f"效应比 {shown.ratio:.3f}，允许 {allowed}（{crossing}）"


def _axles(shown: InfluenceFigure, scale: float, beam: float) -> Iterator[Markup]:
    """Arrows on the deck; equal neighbours' loads written once."""
    on = sorted((axle for axle in shown.axles if axle.is_on), key=lambda axle: axle.at_m)
    for axle in on:
        x = _LEFT + axle.at_m * scale
        yield line("il-axle", x, beam - 26, x, beam - 6)
        yield element("path", "il-head", d=f"M{number(x - 3)} {number(beam - 9)}h6l-3 7z")
    labels = []
    for load, members in groupby(on, key=lambda axle: round(axle.load_kn)):
        own = [axle.at_m for axle in members]
        text = f"{load} kN" if len(own) == 1 else f"{len(own)} × {load} kN"
        labels.append(Label(_LEFT + (own[0] + own[-1]) / 2 * scale, text))
    for one in placed(labels, 2) or ():
        yield words("il-small", one.label.text, one.middle, beam - 32 - ROW * one.row)


def _beam(shown: InfluenceFigure, scale: float, y: float) -> Iterator[Markup]:
    """The deck on its supports, with its spans."""
    places = [_LEFT + support * scale for support in shown.supports_m]
    yield line("il-beam", places[0], y, places[-1], y)
    for x in places:
        yield element("path", "il-support", d=f"M{number(x)} {number(y + 2)}l5 9h-10z")
    spans = [
        Label((start + end) / 2, f"{round(length, 2):g} m")
        for (start, end), length in zip(
            pairwise(places), (after - before for before, after in pairwise(shown.supports_m)), strict=True
        )
    ]
    for one in placed(spans, 1) or ():
        yield words("il-small", one.label.text, one.middle, y + 25)


def _ordinates(shown: InfluenceFigure, scale: float, top: float, text: _Text) -> Iterator[Markup]:
    """The line itself, positive upwards, with the axles' ordinates and the section."""
    values = [value for _x, value in shown.line]
    high, low = max(*values, 0.0), min(*values, 0.0)
    rise = _HEIGHT / ((high - low) or 1.0)
    zero = top + high * rise
    spots = [(_LEFT + x * scale, zero - value * rise) for x, value in shown.line]
    path = "L".join(f"{number(x)} {number(y)}" for x, y in spots)
    yield element(
        "path", "il-area", d=f"M{number(spots[0][0])} {number(zero)}L{path}L{number(spots[-1][0])} {number(zero)}z"
    )
    yield line("il-zero", spots[0][0], zero, spots[-1][0], zero)
    section = _LEFT + shown.section_m * scale
    yield line("il-section", section, top - 6, section, top + _HEIGHT + 4)
    yield element("path", "il-line", d=f"M{path}")
    for axle in (one for one in shown.axles if one.is_on):
        x = _LEFT + axle.at_m * scale
        yield element("circle", "il-dot", cx=x, cy=zero - axle.ordinate * rise, r=3)
    peak = max(values, key=abs)
    said = f"{peak:.2f}{' m' if shown.effect in _MOMENTS else ''}"
    x = next(_LEFT + place * scale for place, value in shown.line if value == peak)
    y = zero - peak * rise + (-4 if peak > 0 else 13)
    side, anchor = (-6, "end") if x > WIDTH / 2 else (6, "start")
    yield words("il-small", said, x + side, y, anchor)
    side, anchor = (-5, "end") if section > WIDTH / 2 else (5, "start")
    yield words("il-section-text", text("截面", "section"), section + side, top + _HEIGHT + 4, anchor)


def _ratio(shown: InfluenceFigure, y: float, text: _Text) -> tuple[Sequence[Markup], float]:
    """The ratio as a bar with the ratio allowed, and in words."""
    full = max(shown.ratio, shown.allowed or 0.0, 1.0) * 1.1
    scale = (WIDTH - _LEFT - _RIGHT) / full
    is_over = shown.allowed is not None and shown.ratio > shown.allowed
    parts = [
        words("il-strong", _ratio_words(shown, text.language), WIDTH / 2, y + 12),
        element("rect", "il-bar-ground", x=_LEFT, y=y + 20, width=full * scale, height=12, rx=2),
        element(
            "rect",
            "il-bar-over" if is_over else "il-bar",
            x=_LEFT,
            y=y + 20,
            width=shown.ratio * scale,
            height=12,
            rx=2,
        ),
    ]
    if shown.allowed is not None:
        x = _LEFT + shown.allowed * scale
        parts.append(line("il-limit", x, y + 16, x, y + 36))
    return parts, y + 40
