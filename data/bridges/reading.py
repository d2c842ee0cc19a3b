"""One row of an inventory to a record (台账逐行判读): spans, loads, condition, what makes a line beam doubtful."""

import math
import re
from dataclasses import fields
from functools import partial
from typing import Any, Final

from data import cells
from data.bridges.controls import read_control
from data.bridges.notation import read_design_load
from data.bridges.places import RowPlace
from data.bridges.records import BridgeRecord, LimitRecord
from data.bridges.span_lists import SpanNote, SpanText, read_spans
from data.cells import Side
from data.rows import RowReader
from routing.columns import Basis, StructureKind

# Types of which a straight beam says nothing, by the words registers use.
LINE_BEAM_DOUBTS: Final = {
    "arch": ("拱", "arch"),
    "cable": ("斜拉", "悬索", "吊桥", "cable", "suspension"),
    "rigid frame": ("刚构", "刚架", "框架", "frame"),
    "cantilever": ("悬臂", "cantilever"),
    "curved": ("弯桥", "曲线", "弯箱", "弯梁", "curved"),
}
SKEW_LIMIT_DEG: Final = 30.0
CURVE_LIMIT_DEG: Final = 12.0  # angle of the longest span on its circle; a setting of judgement, no code of ours
LANES_ONE_WAY_MM: Final = (7000, 10500, 14000, 17500, 21000, 24500, 28000)  # design lanes by clear width, D60 4.3.1
LANES_TWO_WAY_MM: Final = (14000, 21000, 28000)
SUM_TOLERANCE_M: Final = 0.5
SHORTEST_SPAN_OF_LENGTH: Final = 0.5
_SIMPLE: Final = ("桥面连续", "简支", "simple")
_CONTINUOUS: Final = ("连续", "continuous")
_KINDS: Final = {
    "隧道": StructureKind.TUNNEL,
    "铁路": StructureKind.RAILWAY_BRIDGE,
    "限高架": StructureKind.HEIGHT_RESTRICTOR,
    "限高门架": StructureKind.HEIGHT_RESTRICTOR,
    "收费": StructureKind.TOLL_STATION,
    "标志": None,
    "标牌": None,
}
_STANDARD: Final = re.compile(r"20\d\d|19[789]\d|(?<!\d)[789]\d(?!\d)")


def read_bridge(reader: RowReader, place: RowPlace, kind: StructureKind) -> BridgeRecord:
    """Read a bridge or culvert; what is wrong is noted and counts as unknown."""
    units = _read_units(reader)
    rebuilt = reader.text("load_rebuilt")
    load_text = rebuilt or reader.text("load")
    if rebuilt and reader.text("load"):
        reader.warn("load_rebuilt", f"was taken instead of {reader.text('load')!r}")
    load = read_design_load(load_text)
    if load.name is None:
        notes = ", ".join(note.value for note in load.notes)
        field, reason = "load_rebuilt" if rebuilt else "load", f"gives no design load ({notes}); it counts as unknown"
        if load_text:
            reader.fault(field, reason)
        elif field in reader.columns:
            reader.warn(field, reason)
    kind_text = f"{reader.text('superstructure')} {reader.text('kind')}".strip()
    doubts, skew = _doubts(reader, kind_text, units)
    control = read_control(reader.text("traffic_control"))
    mass, axle = reader.read("limit_mass", cells.mass_kg), reader.read("limit_axle", cells.mass_kg)
    height, width = reader.read("limit_height", _clearance), reader.read("limit_width", _clearance)
    clear = reader.read("deck_clear", cells.length_mm)
    stated_lanes = reader.read("lanes", cells.whole_number)
    return BridgeRecord(
        key=reader.text("key") or reader.text("code"),
        name=reader.text("name"),
        kind=kind,
        length_mm=reader.read("length", cells.length_mm) or place.line_mm,
        units=units,
        system=_system(reader, kind_text),
        design_load_text=load_text,
        design_load=load.name,
        trailer=load.trailer,
        standard=_standard(reader) or load.edition,
        lanes=stated_lanes or (None if clear is None else lanes_of(clear, place.direction)),
        condition=reader.read("condition", cells.condition),
        rated_on=reader.read("rated_on", partial(cells.date, form=reader.date_form)),
        superstructure=reader.text("superstructure"),
        is_line_beam_valid=False if doubts else (True if kind_text else None),
        line_beam_doubts=doubts,
        skew_deg=skew,
        deck_width_mm=reader.read("deck_width", cells.length_mm),
        deck_clear_mm=clear,
        limit_mass_kg=_lower(mass, control.numbers.get("mass_kg")),
        limit_axle_kg=_lower(axle, control.numbers.get("axle_kg")),
        limit_height_mm=_lower(height, control.numbers.get("height_mm")),
        limit_width_mm=_lower(width, control.numbers.get("width_mm")),
        clearance_below_mm=reader.read("clearance_below", _clearance),
        limit_basis=_basis(reader),
        is_closed=control.is_closed,
        unclear_control=_unclear(control.rest, (mass, axle, height, width)),
        built_year=_built(reader),
        **_common(reader, place),
    )


def read_limit(reader: RowReader, place: RowPlace) -> LimitRecord:
    """Read a clearance, gantry, height restrictor or sign; without any number the height is unknown, not free."""
    kind_text = reader.text("kind")
    kind = next((kind for word, kind in _KINDS.items() if word in kind_text), StructureKind.OVERPASS)
    record = LimitRecord(
        key=reader.text("key") or reader.text("code"),
        name=reader.text("name"),
        kind=kind,
        length_mm=reader.read("length", cells.length_mm) or place.line_mm,
        height_mm=_lower(reader.read("clear_height", _clearance), reader.read("limit_height", _clearance)),
        width_mm=_lower(reader.read("clear_width", _clearance), reader.read("limit_width", _clearance)),
        limit_length_mm=reader.read("limit_length", _clearance),
        mass_kg=reader.read("limit_mass", cells.mass_kg),
        axle_kg=reader.read("limit_axle", cells.mass_kg),
        basis=_basis(reader),
        measured_on=reader.read("measured_on", partial(cells.date, form=reader.date_form)),
        **_common(reader, place),
    )
    says = (record.height_mm, record.width_mm, record.limit_length_mm, record.mass_kg, record.axle_kg)
    if not any(says):
        reader.warn("clear_height", "says no limit; its height counts as unknown")
    return record


def _unclear(rest: str, numbers: tuple[int | None, ...]) -> str:
    """What a control measure leaves open: 限载 is settled by a number of its own column, 半幅封闭 is not."""
    names = ("限载", "限轴重", "限高", "限宽")
    for name, number in zip(names, numbers, strict=True):
        rest = rest if number is None else rest.replace(name, "")
    return rest


def _clearance(text: str, unit: str) -> int:
    return cells.length_mm(text, unit, low=500, high=100_000)


def _lower(first: int | None, second: int | None) -> int | None:
    return min((value for value in (first, second) if value is not None), default=None)


def _common(reader: RowReader, place: RowPlace) -> dict[str, Any]:
    names = {field.name for field in fields(place)} & {field.name for field in fields(BridgeRecord)}
    return {name: getattr(place, name) for name in names} | {"owner": reader.text("owner"), "source": reader.place}


def _read_units(reader: RowReader) -> tuple[tuple[int, ...], ...] | None:
    total, longest = reader.read("span_total", cells.length_mm), reader.read("span_max", cells.length_mm)
    total_m = None if total is None else total / 1000
    longest_m = None if longest is None else longest / 1000
    text = reader.text("spans")
    if not text:
        return _single_span(reader, total, longest)
    found = read_spans(text, total_m=total_m, longest_m=longest_m)
    if SpanNote.CHECK_FAILED in found.notes:
        found = _without_total(reader, text, total_m, longest_m)
    if not found.units:
        notes = ", ".join(note.value for note in found.notes)
        reader.fault("spans", f"gives no spans ({notes}); they count as unknown")
        return None
    count = reader.read("span_count", cells.whole_number)
    if count is not None and count != sum(map(len, found.units)):
        reader.warn("span_count", f"does not agree with the {sum(map(len, found.units))} spans listed")
    length = reader.read("length", cells.length_mm)
    if length is not None and found.total_m * SHORTEST_SPAN_OF_LENGTH > length / 1000 + SUM_TOLERANCE_M:
        reader.warn("length", f"is far less than the {found.total_m:g} m of spans listed")
    return tuple(tuple(round(span * 1000) for span in unit) for unit in found.units)


def _without_total(reader: RowReader, text: str, total_m: float | None, longest_m: float | None) -> SpanText:
    """The sum may leave out or add parts and is only a warning; the longest span decides what the list means."""
    found = read_spans(text, longest_m=longest_m)
    if found.units and total_m is not None:
        reader.warn("span_total", f"does not agree with the spans listed, which add up to {found.total_m:g} m")
    return found


def _single_span(reader: RowReader, total: int | None, longest: int | None) -> tuple[tuple[int, ...], ...] | None:
    """Without a list a bridge of one span is known by that; any other is not."""
    count = reader.read("span_count", cells.whole_number)
    if longest is not None and (count == 1 or total == longest):
        return ((longest,),)
    if "spans" in reader.columns:
        reader.warn("spans", "is empty; the spans count as unknown")
    return None


def _system(reader: RowReader, kind_text: str) -> str:
    text = cells.plain(reader.text("system")) or cells.plain(kind_text)
    if "先简支后连续" in text:
        return "continuous"
    if any(word in text for word in _SIMPLE):
        return "simple"
    return "continuous" if any(word in text for word in _CONTINUOUS) else "unknown"


def _doubts(
    reader: RowReader, kind_text: str, units: tuple[tuple[int, ...], ...] | None
) -> tuple[tuple[str, ...], float | None]:
    """Why a line beam does not describe the bridge, and its skew."""
    text = cells.plain(f"{kind_text} {reader.text('system')}")
    if not kind_text and "拱" in reader.text("name"):
        text += "拱"  # 示例拱桥: its name is all that is known
    found = [doubt for doubt, words in LINE_BEAM_DOUBTS.items() if any(word in text for word in words)]
    angle = reader.read("skew", _angle)
    skew = None if angle is None else min(angle, 90 - angle)
    if angle is not None and 90 - angle < angle < 90:  # noqa: PLR2004  a right angle
        reader.warn("skew", f"was taken for the angle of crossing, a skew of {90 - angle:g}°")
    if skew is not None and skew > SKEW_LIMIT_DEG:
        found.append("skew")
    radius = reader.read("radius", cells.length_mm)
    longest = max((span for unit in units or () for span in unit), default=0)
    if radius is not None and math.degrees(longest / radius) > CURVE_LIMIT_DEG and "curved" not in found:
        found.append("curved")
    return tuple(found), skew


def _angle(text: str, unit: str) -> float:
    """A skew, or the angle of crossing of which 90° is square; both are written under one name."""
    found = cells.degrees(text, unit)
    if not 0 <= found <= 90:  # noqa: PLR2004  a right angle
        raise ValueError("is outside 0 to 90°")
    return found


def lanes_of(clear_mm: int, direction: Side) -> int:
    """Design lanes (设计车道数) of a clear deck width; where the direction is not known, the fewer."""
    one_way = 1 + sum(clear_mm >= step for step in LANES_ONE_WAY_MM)
    two_way = 2 * (1 + sum(clear_mm >= step for step in LANES_TWO_WAY_MM))
    if direction is Side.BOTH:
        return two_way
    return one_way if direction in {Side.UP, Side.DOWN} else min(one_way, two_way)


def _standard(reader: RowReader) -> str | None:
    text = cells.plain(reader.text("standard"))
    match = _STANDARD.search(text)
    if not match:
        return None
    return match[0] if len(match[0]) > 2 else f"19{match[0]}"  # noqa: PLR2004  JTJ 021-89


def _basis(reader: RowReader) -> Basis:
    text = reader.text("basis")
    if "标志" in text:
        return Basis.POSTED
    return Basis.MEASURED if "实测" in text or "测量" in text or reader.text("measured_on") else Basis.INVENTORY


def _built(reader: RowReader) -> int | None:
    return reader.read("built", cells.year) or reader.read("opened", cells.year)
