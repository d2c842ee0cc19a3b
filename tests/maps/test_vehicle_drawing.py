"""The vehicle from the side: to scale, legible, and true in words; against the numbers it was given."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.figure_svg import FONT, WIDTH, Label, placed, text_width
from maps.vehicle_drawing import describe_vehicle, draw_vehicle

SVG = "{http://www.w3.org/2000/svg}"
LEGIBLE = 0.01


def axle(load_kg: int = 12_000, spacing_mm: int = 1_350, unit: str = "trailer", files: int = 1) -> dict[str, Any]:
    return {
        "load_kg": load_kg,
        "spacing_mm": spacing_mm,
        "tyres": 8,
        "unit": unit,
        "drive": False,
        "files": files,
    }


def train(lines: int = 18, load_kg: int = 18_000) -> dict[str, Any]:
    tractor = [axle(8_000, 0, "tractor"), axle(12_000, 3_300, "tractor"), axle(12_000, 1_350, "tractor")]
    trailer = [axle(load_kg, 7_000), *(axle(load_kg, 1_550) for _ in range(lines - 1))]
    axles = tractor + trailer
    return {
        "kind": "train",
        "trailer": "modular",
        "height_mm": 4_980,
        "width_mm": 3_900,
        "length_mm": 14_000 + 1_550 * lines,
        "gross_mass_kg": sum(one["load_kg"] for one in axles),
        "axles": axles,
        "indivisible": True,
    }


vehicles = st.lists(
    st.builds(
        axle,
        st.integers(100, 60_000),
        st.integers(500, 20_000),
        st.sampled_from(["tractor", "trailer"]),
        st.integers(1, 2),
    ),
    min_size=2,
    max_size=80,
).flatmap(
    lambda axles: st.fixed_dictionaries(
        {
            "axles": st.just([axles[0] | {"spacing_mm": 0}, *axles[1:]]),
            "height_mm": st.integers(1_000, 12_000),
            "width_mm": st.integers(1_000, 12_000),
            "length_mm": st.integers(1, 9_000).map(lambda more: more + sum(one["spacing_mm"] for one in axles[1:])),
            "gross_mass_kg": st.integers(200, 900_000),
            "kind": st.just("train"),
            "trailer": st.sampled_from(["modular", "flatbed", None]),
        }
    )
)


def parts(vehicle: dict[str, Any], css: str, tag: str, language: str = "zh") -> list[ET.Element]:
    root = ET.fromstring(draw_vehicle(vehicle, language=language))  # noqa: S314 - our own
    return [one for one in root.iter(tag) if css in one.get("class", "").split()]


def numbers(element: ET.Element, *names: str) -> list[float]:
    return [float(element.get(name, "nan")) for name in names]


@given(vehicles)
@settings(max_examples=60, deadline=None)
def test_wheels_stand_where_the_axles_are(vehicle: dict[str, Any]) -> None:
    wheels = [numbers(one, "cx", "cy", "r") for one in parts(vehicle, "vd-wheel", "circle")]
    ticks = parts(vehicle, "vd-ground", "line")
    assert len(wheels) == len(vehicle["axles"])
    (height,) = parts(vehicle, "vd-load", "rect")
    ground = numbers(ticks[0], "y1")[0]
    scale = (ground - numbers(height, "y")[0]) / vehicle["height_mm"]
    for (before, *_), (after, _y, _r), one in zip(wheels, wheels[1:], vehicle["axles"][1:], strict=False):
        assert after - before == pytest.approx(one["spacing_mm"] * scale, abs=0.02 + one["spacing_mm"] * 1e-5)
    assert all(y + r == pytest.approx(ground, abs=0.02) for _x, y, r in wheels)
    assert wheels[-1][0] <= WIDTH


@given(vehicles, st.sampled_from(["zh", "en"]))
@settings(max_examples=60, deadline=None)
def test_no_text_leaves_the_picture_or_meets_another(vehicle: dict[str, Any], language: str) -> None:
    boxes = []
    root = ET.fromstring(draw_vehicle(vehicle, language=language))  # noqa: S314 - our own
    bottom = float(root.get("viewBox", "").split()[3])
    for one in root.iter("text"):
        if one.get("transform"):
            continue
        x, y = numbers(one, "x", "y")
        half = text_width(one.text or "") / 2
        boxes.append((x - half, x + half, y))
        assert x - half >= -LEGIBLE, one.text
        assert x + half <= WIDTH + LEGIBLE, one.text
        assert 0 < y <= bottom
    for (left, right, y), (other_left, other_right, other_y) in (
        (one, other) for place, one in enumerate(boxes) for other in boxes[place + 1 :]
    ):
        assert abs(y - other_y) >= FONT * 0.75 or right <= other_left + LEGIBLE or other_right <= left + LEGIBLE


@given(vehicles)
@settings(max_examples=40, deadline=None)
def test_the_words_hold_every_axle_load(vehicle: dict[str, Any]) -> None:
    said = describe_vehicle(vehicle, language="zh").partition("轴距")[0]
    total = sum(int(count or 1) * float(load) for count, load in re.findall(r"(?:(\d+) × )?([\d.]+) t", said))
    assert total * 1000 == pytest.approx(sum(one["load_kg"] for one in vehicle["axles"]))


def test_equal_neighbours_are_written_once() -> None:
    loads = [one.text for one in parts(train(), "vd-axle-load", "text")]
    spacings = [one.text for one in parts(train(), "vd-spacing", "text")]
    assert loads == ["8 t", "2 × 12 t", "18 × 18 t"]
    assert spacings == ["3.3 m", "1.35 m", "7 m", "17 × 1.55 m"]


def test_double_file_is_said() -> None:
    vehicle = train(4)
    for one in vehicle["axles"][3:]:
        one["files"] = 2
    assert "4 × 18 t 双纵列" in draw_vehicle(vehicle)


def test_too_many_different_loads_become_a_range() -> None:
    vehicle = train(40)
    for place, one in enumerate(vehicle["axles"][3:]):
        one["load_kg"] = 15_000 + 7 * place
    (text,) = [one.text for one in parts(vehicle, "vd-axle-load", "text")]
    assert text == "轴荷 8 t – 15.273 t"


@pytest.mark.parametrize("axles", [None, [], "12 t", [None, 3], True, 5])
def test_unknown_axles_are_said_to_be_unknown(axles: object) -> None:
    vehicle = train() | {"axles": axles}
    drawn = draw_vehicle(vehicle, language="zh")
    assert "轴数和轴荷未填写" in drawn
    assert parts(vehicle, "vd-wheel", "circle") == []
    assert "axles and axle loads not given" in draw_vehicle(vehicle, language="en")


def test_an_unknown_load_is_no_zero() -> None:
    vehicle = train(2)
    vehicle["axles"][3]["load_kg"] = None
    drawn = draw_vehicle(vehicle)
    assert "轴荷未填" in drawn
    assert not re.search(r">0 t<", drawn)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("axles", "height_mm", "width_mm", "length_mm", "gross_mass_kg", "kind", "trailer", "front_overhang_mm")
rows = st.dictionaries(st.sampled_from(["load_kg", "spacing_mm", "unit", "files"]), json, max_size=4)


@given(st.dictionaries(st.sampled_from(FIELDS), json | st.lists(rows, max_size=3)))
@settings(max_examples=150, deadline=None)
def test_a_form_half_filled_is_drawn_all_the_same(vehicle: dict[str, Any]) -> None:
    root = ET.fromstring(draw_vehicle(vehicle))  # noqa: S314 - our own
    assert root.get("role") == "img"
    for one in root.iter():
        assert "style" not in one.attrib
        assert "nan" not in " ".join(one.attrib.values()).split()


def test_words_from_a_form_are_escaped() -> None:
    vehicle = train(2)
    vehicle["axles"][3]["unit"] = '<script>"'
    drawn = draw_vehicle(vehicle)
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


@given(st.lists(st.tuples(st.floats(0, WIDTH), st.integers(1, 9)), max_size=30), st.integers(1, 3))
def test_labels_never_overlap(wanted: list[tuple[float, int]], most_rows: int) -> None:
    labels = [Label(at, "8" * letters) for at, letters in sorted(wanted)]
    found = placed(labels, most_rows)
    if found is None:
        return
    for row in range(most_rows):
        edges = [
            (one.middle - one.label.width / 2, one.middle + one.label.width / 2) for one in found if one.row == row
        ]
        assert all(before[1] < after[0] for before, after in pairwise(edges))
        assert all(left >= -LEGIBLE and right <= WIDTH + LEGIBLE for left, right in edges)


def test_labels_stay_where_there_is_room() -> None:
    found = placed([Label(100.0, "8 t"), Label(300.0, "12 t")], 1)
    assert found is not None
    assert [one.middle for one in found] == [100.0, 300.0]
