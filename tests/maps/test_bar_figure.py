"""Bars and columns: as long as their numbers, and nothing in them but text."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.bar_figure import Bar, Pair, draw_bars, draw_columns
from maps.figure_svg import WIDTH, shortened, text_width

LABELS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=40)


def rects(picture: str) -> list[tuple[float, float]]:
    root = ET.fromstring(picture)  # noqa: S314 - made by ourselves
    return [(float(one.get("width", "0")), float(one.get("height", "0"))) for one in root.iter("rect")]


@given(st.lists(st.tuples(LABELS, st.floats(0, 1e6)), min_size=1, max_size=20))
def test_bars_are_as_long_as_their_numbers(rows: list[tuple[str, float]]) -> None:
    widths = [
        width for width, _ in rects(draw_bars([Bar(label, value, f"{value}") for label, value in rows], title="题"))
    ]
    assert len(widths) == len(rows)
    largest = max(value for _, value in rows)
    for (_, value), width in zip(rows, widths, strict=True):
        assert width == pytest.approx(max(max(widths) * value / largest, 1.0) if largest else 1.0, abs=0.11)


def test_a_part_of_a_bar_is_as_long_as_its_share() -> None:
    bars = [Bar("甲", 8, "8 件，不可通行 2", part=2, part_style="br-blocked"), Bar("乙", 4, "4 件")]
    picture = draw_bars(bars, title="题")
    first, part, second = (width for width, _ in rects(picture))
    assert (part, second) == (pytest.approx(first / 4, abs=0.11), pytest.approx(first / 2, abs=0.11))
    assert "br-blocked" in picture


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=30))
def test_columns_stand_in_proportion(rows: list[tuple[int, int]]) -> None:
    heights = [height for _, height in rects(draw_columns([Pair("x", *row) for row in rows], title="题"))]
    values = [value for row in rows for value in row]
    assert len(heights) == len(values)
    for value, height in zip(values, heights, strict=True):
        assert height == pytest.approx(max(heights) * value / max([1, *values]), abs=0.11)


def test_what_stands_in_a_plot_is_escaped() -> None:
    assert "<script>" not in draw_bars([Bar("<script>", 1, "<b>")], title='"><script>')


@given(LABELS, st.floats(20, 400))
def test_a_label_takes_no_more_than_its_room(label: str, most: float) -> None:
    short = shortened(label, most)
    assert text_width(short) <= most
    assert short == label or (short.endswith("…") and label.startswith(short[:-1]))
    assert draw_bars([Bar(label, 1, "1")], title="题")
    assert text_width(shortened(label, WIDTH)) <= WIDTH
