"""Parts of the desk by themselves: plots, amounts, declared values beside suggested ones."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cases.asked_before import near_suggestions
from api.db.tables import WhatIf
from api.pages.desk.charts import Bar, Pair, bars, columns
from api.pages.desk.words import amount
from api.permits.settings import default_permit_settings

SVG = "{http://www.w3.org/2000/svg}"
LABELS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=40)


def rects(picture: str) -> list[tuple[float, float]]:
    root = ET.fromstring(picture)  # noqa: S314 - made by ourselves
    return [(float(one.get("width", "0")), float(one.get("height", "0"))) for one in root.iter("rect")]


@given(st.lists(st.tuples(LABELS, st.floats(0, 1e6)), min_size=1, max_size=20))
def test_bars_are_as_long_as_their_numbers(rows: list[tuple[str, float]]) -> None:
    widths = [width for width, _ in rects(bars([Bar(label, value, f"{value}") for label, value in rows], "题"))]
    assert len(widths) == len(rows)
    largest = max(value for _, value in rows)
    for (_, value), width in zip(rows, widths, strict=True):
        assert width == pytest.approx(max(max(widths) * value / largest, 1.0) if largest else 1.0, abs=0.11)


def test_a_part_of_a_bar_is_as_long_as_its_share() -> None:
    picture = bars([Bar("甲", 8, "8 件，不可通行 2", part=2), Bar("乙", 4, "4 件")], "题")
    first, second, part = (width for width, _ in rects(picture))
    assert (part, second) == (pytest.approx(first / 4, abs=0.11), pytest.approx(first / 2, abs=0.11))
    assert "bar-blocked" in picture


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=30))
def test_columns_stand_in_proportion(rows: list[tuple[int, int]]) -> None:
    heights = [height for _, height in rects(columns([Pair("x", *row) for row in rows], "题"))]
    values = [value for row in rows for value in row]
    assert len(heights) == len(values)
    for value, height in zip(values, heights, strict=True):
        assert height == pytest.approx(max(heights) * value / max([1, *values]), abs=0.11)


def test_what_stands_in_a_plot_is_escaped() -> None:
    assert "<script>" not in bars([Bar("<script>", 1, "<b>")], '"><script>')


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (4320, "mm", "4.32 m"),
        (50, "mm", "0.05 m"),
        (49000, "kg", "49 t"),
        (1_234_500, "kg", "1,234.5 t"),
        (1.174, "ratio", "1.17"),
        (None, "mm", None),
    ],
)
def test_amounts_have_units(value: float | None, unit: str, told: str | None) -> None:
    assert amount(value, unit) == told


def question(quantity: str, asked: int, suggested: int) -> WhatIf:
    change = {"quantity": quantity, "from": asked, "to": suggested}
    return WhatIf(answer={}, suggestions=[{"changes": [change]}])


def load(**sizes: int) -> dict[str, Any]:
    whole = {"height_mm": 4200, "width_mm": 2900, "length_mm": 16000, "gross_mass_kg": 49000}
    return {**whole, **sizes, "axles": [{"load_kg": 8000}, {"load_kg": 10_000}]}


@given(st.integers(4000, 5000), st.integers(1, 400), st.integers(3800, 5200))
def test_a_height_is_near_only_at_or_just_below_what_was_suggested(suggested: int, cut: int, declared: int) -> None:
    settings = default_permit_settings()
    found = list(near_suggestions(question("height", suggested + cut, suggested), load(height_mm=declared), settings))
    is_near = 0 <= suggested - declared <= settings.tolerance_height_mm
    assert bool(found) is is_near
    if found:
        assert (found[0].asked, found[0].suggested, found[0].declared) == (suggested + cut, suggested, declared)


@pytest.mark.parametrize(
    ("quantity", "asked", "suggested", "is_near"),
    [
        ("gross_mass", 60_000, 49_400, True),  # within 1 % of a weighbridge
        ("gross_mass", 60_000, 49_600, False),
        ("axle_load", 12_000, 10_200, True),
        ("axle_load", 12_000, 10_400, False),
        ("length", 18_000, 16_050, True),
        ("axle_lines", 5, 6, False),
        ("height", 4_200, 4_200, False),  # nothing was made smaller
    ],
)
def test_other_quantities_have_their_own_tolerance(quantity: str, asked: int, suggested: int, is_near: bool) -> None:
    found = list(near_suggestions(question(quantity, asked, suggested), load(), default_permit_settings()))
    assert bool(found) is is_near
