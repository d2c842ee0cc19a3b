"""A loaded vehicle from the side, to scale (车货侧视图): wheels where they stand, loads and spacings beside them.

Only length, height and axles are known of a vehicle: the outlines of cab, deck and load are drawn as such vehicles
usually look, and the figure says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any, Final

from markupsafe import Markup

from maps.figure_svg import ROW, WIDTH, Label, element, figure, line, placed, text_width, words

Json = Mapping[str, Any]
_LEFT, _RIGHT, _TOP = 10.0, 32.0, 26.0
_HIGHEST: Final = 180.0  # units that the vehicle may be high
_LONGEST_MM: Final = 400_000
_MOST_ROWS: Final = 3
_CAB_MM, _CAB_HEIGHT_MM, _DECK_MM, _DECK_THICK_MM = 2_300, 3_000, 1_200, 350
_WHEEL_MM: Final = {"tractor": 520, "truck": 500, "trailer": 430}  # radii
_FRONT_MM, _UNKNOWN_HEIGHT_MM, _UNKNOWN_LENGTH_MM = 1_400, 3_000, 12_000
_LINE_AROUND_MM: Final = 900  # a deck reaches so far beyond its outer axles


@dataclass(frozen=True, slots=True)
class _Axle:
    """One axle: place from the vehicle's front in mm, load in kg or None."""

    at_mm: float
    load_kg: int | None
    spacing_mm: int
    unit: str
    is_double: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is drawn, in mm; `scale` is units a mm."""

    axles: tuple[_Axle, ...]
    length_mm: float
    height_mm: float
    scale: float

    def x(self, at_mm: float) -> float:
        """A place along the vehicle in units."""
        return _LEFT + at_mm * self.scale

    @property
    def ground(self) -> float:
        """Where the road is, in units."""
        return _TOP + max(self.height_mm, _CAB_HEIGHT_MM) * self.scale

    def box(self, css: str, start_mm: float, end_mm: float, low_mm: float, high_mm: float) -> Markup:
        """A rectangle between two places and two heights."""
        width, height = max(end_mm - start_mm, 0.0) * self.scale, max(high_mm - low_mm, 0.0) * self.scale
        y = self.ground - high_mm * self.scale
        return element("rect", css, x=self.x(start_mm), y=y, width=width, height=height, rx=1.5)


def draw_vehicle(vehicle: Json, *, language: str = "zh") -> Markup:
    """Draw a loaded vehicle from the side.

    Args:
        vehicle: As the exchange format has it; what is missing or no number is drawn as not known.
        language: zh or en.

    Returns:
        An inline SVG without styles of its own; `figures.css` colours it.
    """
    tell = _Words(language)
    length, height = _number(vehicle.get("length_mm")), _number(vehicle.get("height_mm"))
    shape = _shape(vehicle, length, height)
    bottom = shape.ground
    parts = [words("vd-size", tell.sizes(vehicle), WIDTH / 2, 15.0), *_body(shape, vehicle, height)]
    parts.append(line("vd-ground", _LEFT - 6, bottom, WIDTH - _RIGHT + 6, bottom))
    if height is not None:
        parts += _height_dimension(shape, height, tell)
    if shape.axles:
        parts += _wheels(shape)
        drawn, bottom = _axle_rows(shape, tell)
        parts += drawn
    else:
        bottom += ROW
        parts.append(words("vd-unknown", tell("轴数和轴荷未填写", "axles and axle loads not given"), WIDTH / 2, bottom))
    if length is not None:
        bottom += 12
        parts += _length_dimension(shape, length, bottom, tell)
        bottom += 6
    title = tell("车货侧视图（按比例）", "Loaded vehicle from the side, to scale")
    return figure("vehicle-drawing", bottom + 6, title, describe_vehicle(vehicle, language=language), parts)


def describe_vehicle(vehicle: Json, *, language: str = "zh") -> str:
    """The same in words: kind, axles by unit with loads and spacings, sizes, mass."""
    tell = _Words(language)
    axles = _axles(vehicle)
    said = [tell.kind(vehicle)]
    for unit, members in groupby(axles, key=lambda axle: axle.unit):
        own = list(members)
        loads = tell("、", ", ").join(label for label, *_ in _load_groups(own, tell))
        said.append(tell(f"{_UNITS_ZH.get(unit, unit)}{len(own)}轴（{loads}）", f"{unit}: {len(own)} axles ({loads})"))
    if axles:
        gaps = tell("、", ", ").join(text for text, *_ in _spacing_groups(axles))
        said.append(tell(f"轴距 {gaps}", f"spacings {gaps}"))
    else:
        said.append(tell("轴数和轴荷未填写", "axles and axle loads not given"))
    said.append(tell.sizes(vehicle))
    said.append(tell("驾驶室、车板和货物轮廓为示意", "outlines of cab, deck and load are schematic"))
    return tell("；", "; ").join(said)


_UNITS_ZH: Final = {"tractor": "牵引车", "trailer": "挂车", "truck": "货车"}


@dataclass(frozen=True, slots=True)
class _Words:
    """Words in the reader's language."""

    language: str

    def __call__(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def kind(self, vehicle: Json) -> str:
        if vehicle.get("trailer") == "modular":
            return self("汽车列车，多轴多轮液压平板挂车", "train with a modular hydraulic trailer")
        if vehicle.get("trailer") == "flatbed":
            return self("汽车列车，普通平板挂车", "train with a flatbed trailer")
        return self("货车", "truck") if vehicle.get("kind") == "truck" else self("汽车列车", "train")

    def sizes(self, vehicle: Json) -> str:
        names = (("长", "L", "length_mm"), ("宽", "W", "width_mm"), ("高", "H", "height_mm"))
        said = [f"{self(zh, en)} {_metres(_number(vehicle.get(key)))}" for zh, en, key in names]
        return " · ".join([*said, f"{self('总质量', 'gross')} {_tonnes(_number(vehicle.get('gross_mass_kg')))}"])


def _metres(value_mm: float | None) -> str:
    return "—" if value_mm is None else f"{value_mm / 1000:.3f}".rstrip("0").rstrip(".") + " m"


def _tonnes(value_kg: float | None) -> str:
    return "—" if value_kg is None else f"{value_kg / 1000:.3f}".rstrip("0").rstrip(".") + " t"


def _number(value: object) -> int | None:
    """A size or mass that can be drawn; None for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) and 0 < value < 10_000_000 else None  # noqa: PLR2004 - 10 km


def _axles(vehicle: Json) -> tuple[_Axle, ...]:
    stated = vehicle.get("axles")
    rows = [row for row in stated if isinstance(row, Mapping)] if isinstance(stated, Sequence) else []
    spacings = [0 if place == 0 else _number(row.get("spacing_mm")) or 0 for place, row in enumerate(rows)]
    if not rows or sum(spacings) > _LONGEST_MM:
        return ()
    front = _front_mm(vehicle, sum(spacings))
    return tuple(
        _Axle(front + at, _number(row.get("load_kg")), gap, str(row.get("unit") or "truck"), row.get("files") == 2)  # noqa: PLR2004
        for at, gap, row in zip(accumulate(spacings), spacings, rows, strict=True)
    )


def _front_mm(vehicle: Json, wheelbase_mm: int) -> float:
    """How far the vehicle reaches before its first axle: as declared, else as such vehicles usually do."""
    declared, rear = _number(vehicle.get("front_overhang_mm")), _number(vehicle.get("rear_overhang_mm"))
    rest = max((_number(vehicle.get("length_mm")) or wheelbase_mm + 2 * _FRONT_MM) - wheelbase_mm, 0)
    if declared is not None:
        return min(declared, rest)
    return max(rest - rear, 0) if rear is not None else min(_FRONT_MM, rest / 2)


def _shape(vehicle: Json, length: int | None, height: int | None) -> _Shape:
    axles = _axles(vehicle)
    behind = axles[-1].at_mm + _LINE_AROUND_MM if axles else 0.0
    stated = length if length is not None and length <= _LONGEST_MM else None
    long = max(stated, axles[-1].at_mm if axles else 0) if stated is not None else max(behind, _UNKNOWN_LENGTH_MM)
    high = height or _UNKNOWN_HEIGHT_MM
    scale = min((WIDTH - _LEFT - _RIGHT) / long, _HIGHEST / max(high, _CAB_HEIGHT_MM))
    return _Shape(axles, long, high, scale)


def _body(shape: _Shape, vehicle: Json, height: int | None) -> Iterator[Markup]:
    """Cab, deck and load as such vehicles usually look."""
    deck = min(_DECK_MM, 0.6 * shape.height_mm)
    trailer = [axle.at_mm for axle in shape.axles if axle.unit == "trailer"]
    ahead = [axle.at_mm for axle in shape.axles if axle.unit != "trailer" and (not trailer or axle.at_mm < trailer[0])]
    behind = [axle.at_mm for axle in shape.axles if axle.unit != "trailer" and trailer and axle.at_mm > trailer[-1]]
    is_modular = vehicle.get("trailer") == "modular"
    cab_end = min(_CAB_MM, 0.4 * shape.length_mm)
    chassis_end, start = cab_end + 300, cab_end + 200
    if trailer and ahead:
        chassis_end = min(ahead[-1] + _LINE_AROUND_MM, trailer[0])
        start = max(trailer[0] - _LINE_AROUND_MM, chassis_end) if is_modular else chassis_end
        neck = (chassis_end, start) if is_modular else (max(ahead[-1] - 600, cab_end), chassis_end)
        yield shape.box("vd-neck", *neck, 0.6 * deck, 0.75 * deck if is_modular else 1.15 * deck)
    yield from _tractor(shape, 0.0, chassis_end, deck)
    end = shape.length_mm
    if behind:
        end = behind[0] - _CAB_MM
        yield from _tractor(shape, end, min(behind[-1] + _LINE_AROUND_MM, shape.length_mm), deck)
    deck_end = min(trailer[-1] + _LINE_AROUND_MM, end) if trailer and is_modular else end
    yield shape.box("vd-deck", start, deck_end, deck - min(_DECK_THICK_MM, 0.4 * deck), deck)
    yield shape.box("vd-load" if height is not None else "vd-load vd-guess", start, end, deck, shape.height_mm)


def _tractor(shape: _Shape, front_mm: float, end_mm: float, deck_mm: float) -> Iterator[Markup]:
    """A cab with its window on a chassis."""
    long = min(_CAB_MM, 0.4 * shape.length_mm)
    high = min(_CAB_HEIGHT_MM, max(shape.height_mm, 1.5 * deck_mm))
    yield shape.box("vd-tractor", front_mm + 0.1 * long, end_mm, 0.5 * deck_mm, 0.8 * deck_mm)
    yield shape.box("vd-tractor", front_mm, front_mm + long, 0.4 * deck_mm, high)
    yield shape.box("vd-window", front_mm + 0.12 * long, front_mm + 0.6 * long, 0.58 * high, 0.88 * high)


def _wheels(shape: _Shape) -> Iterator[Markup]:
    places = [axle.at_mm for axle in shape.axles]
    nearest = min((after - before for before, after in pairwise(places)), default=1_000.0)
    for axle in shape.axles:
        radius = min(_WHEEL_MM.get(axle.unit, 450), max(0.48 * nearest, 120)) * shape.scale
        y = shape.ground - radius
        yield element("circle", "vd-wheel", cx=shape.x(axle.at_mm), cy=y, r=radius)
        yield element("circle", "vd-hub", cx=shape.x(axle.at_mm), cy=y, r=0.4 * radius)


_Group = tuple[str, float, float]


def _load_groups(axles: Sequence[_Axle], tell: _Words) -> list[_Group]:
    """Equal neighbours once: text, first and last place in mm."""
    found: list[_Group] = []
    for (load, _unit, is_double), members in groupby(axles, key=lambda one: (one.load_kg, one.unit, one.is_double)):
        own = list(members)
        text = _tonnes(load) if load is not None else tell("轴荷未填", "load not given")
        text = text if len(own) == 1 else f"{len(own)} × {text}"
        files = tell("双纵列", "double file")
        found.append((f"{text} {files}" if is_double else text, own[0].at_mm, own[-1].at_mm))
    return found


def _spacing_groups(axles: Sequence[_Axle]) -> list[_Group]:
    """Equal neighbouring spacings once: text, begin and end in mm."""
    found: list[_Group] = []
    for spacing, members in groupby(pairwise(axles), key=lambda pair: pair[1].spacing_mm):
        own = list(members)
        text = _metres(spacing or None)
        found.append((text if len(own) == 1 else f"{len(own)} × {text}", own[0][0].at_mm, own[-1][1].at_mm))
    return found


def _axle_rows(shape: _Shape, tell: _Words) -> tuple[list[Markup], float]:
    """Loads below the wheels, spacings below these; and where that ends."""
    loads, spacings = _load_groups(shape.axles, tell), _spacing_groups(shape.axles)
    y = shape.ground + 8
    parts: list[Markup] = []
    for _text, start, end in loads:
        parts += _bracket("vd-bracket", shape.x(start) - 2, shape.x(end) + 2, y)
    drawn, y = _labels("vd-axle-load", loads, shape, y, tell("轴荷", "axle loads"))
    parts += drawn
    if spacings:
        y += 10
        parts.append(line("vd-dimension", shape.x(shape.axles[0].at_mm), y, shape.x(shape.axles[-1].at_mm), y))
        parts += [line("vd-tick", shape.x(one.at_mm), y - 4, shape.x(one.at_mm), y + 4) for one in shape.axles]
        drawn, y = _labels("vd-spacing", spacings, shape, y, tell("轴距", "spacings"))
        parts += drawn
    return parts, y


def _labels(css: str, groups: Sequence[_Group], shape: _Shape, y: float, name: str) -> tuple[list[Markup], float]:
    """Texts of groups below a line, tied to their places; one text for all where they are too many."""
    wanted = [Label(shape.x((start + end) / 2), text) for text, start, end in groups]
    found = placed(wanted, _MOST_ROWS)
    if found is None:
        texts = [text.rpartition(" × ")[2] for text, *_ in groups]
        said = f"{name} {min(texts, key=_leading)} – {max(texts, key=_leading)}"
        return [words(css, said, WIDTH / 2, y + ROW)], y + ROW
    parts = []
    for one in found:
        top = y + 8 + ROW * one.row
        parts.append(line("vd-leader", one.label.at, y + 2, one.middle, top))
        parts.append(words(css, one.label.text, one.middle, top + 12))
    return parts, y + 8 + ROW * (1 + max(one.row for one in found)) - 4


def _leading(text: str) -> float:
    """The number a label begins with, 0 without one."""
    try:
        return float(text.split(maxsplit=1)[0])
    except (ValueError, IndexError):
        return 0.0


def _bracket(css: str, start: float, end: float, y: float) -> list[Markup]:
    return [line(css, start, y, end, y), line(css, start, y - 4, start, y), line(css, end, y - 4, end, y)]


def _length_dimension(shape: _Shape, length: int, y: float, tell: _Words) -> list[Markup]:
    start, end = shape.x(0), shape.x(min(length, shape.length_mm))
    text = f"{tell('全长', 'length')} {_metres(length)}"
    middle, half = (start + end) / 2, text_width(text) / 2 + 4
    gaps = ((start, max(middle - half, start)), (min(middle + half, end), end))
    lines = [line("vd-dimension", x1, y, x2, y) for x1, x2 in gaps]
    ends = [line("vd-tick", x, y - 5, x, y + 5) for x in (start, end)]
    return [*lines, *ends, words("vd-total", text, max(middle, text_width(text) / 2), y + 5)]


def _height_dimension(shape: _Shape, height: int, tell: _Words) -> list[Markup]:
    x = min(shape.x(shape.length_mm) + 10, WIDTH - _RIGHT + 8)
    top, bottom = shape.ground - height * shape.scale, shape.ground
    text = f"{tell('高', 'H')} {_metres(height)}"
    middle = max((top + bottom) / 2, _TOP + text_width(text) / 2 - 6)
    turned = f"rotate(-90 {x + 15:.2f} {middle:.2f})"
    return [
        line("vd-dimension", x, top, x, bottom),
        line("vd-tick", x - 4, top, x + 4, top),
        line("vd-tick", x - 4, bottom, x + 4, bottom),
        element("text", "vd-total", text, x=x + 15, y=middle, text_anchor="middle", transform=turned),
    ]
