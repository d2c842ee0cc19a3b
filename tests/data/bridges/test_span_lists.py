"""Span lists as registers write them."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.bridges.span_lists import MOST_SPANS, SpanNote, read_spans
from tests.routing.bridges.trains import oracle_rows

Units = tuple[tuple[float, ...], ...]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("3×30+45", ((30, 30, 30, 45),)),
        ("30m×5", ((30,) * 5,)),
        ("16m×3", ((16,) * 3,)),
        ("（30+60+30）米", ((30, 60, 30),)),
        ("10×80", ((80,) * 10,)),
        ("（28×25）[预应力混凝土小箱梁]+（15×20）", ((25,) * 28, (20,) * 15)),
        ("4×30+(45+70+45)+4×30", ((30,) * 4, (45, 70, 45), (30,) * 4)),
        ("20", ((20,),)),
        ("3-30", ((30,) * 3,)),
        ("33*20.0m", ((20,) * 33,)),
        ("80m+120m+80m", ((80, 120, 80),)),
        ("1*6m", ((6,),)),
        ("1-8", ((8,),)),
        ("5·20", ((20,) * 5,)),
        ("3X30＋2x25", ((30, 30, 30, 25, 25),)),
        ("25.5×4", ((25.5,) * 4,)),
        ("2×(30+50+30)+3-20", ((30, 50, 30), (30, 50, 30), (20, 20, 20))),
        ("(3×30)×2", ((30, 30, 30), (30, 30, 30))),
        ("2-(3×30)", ((30, 30, 30), (30, 30, 30))),
        ("3孔×16米", ((16,) * 3,)),
        ("3－16m空心板", ((16,) * 3,)),
        ("4 × 30 m 预应力混凝土连续T梁", ((30,) * 4,)),
        (" \uff13×\uff13\uff10 ", ((30,) * 3,)),
    ],
)
def test_readable(text: str, units: Units) -> None:
    found = read_spans(text)
    assert found.units == units
    assert found.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "abc",
            "+3",
            "3+",
            "(30",
            "30)",
            "()",
            "0×30",
            "3×0",
            "-30",
            "30-40-30",
            "1e5",
            "3××30",
            "nan",
            "1000×30",
            "5000",
        ),
        *("见图", "30/40", "3×(30", "99999999999×3", "(((30)", "20×(20×(20×30))"),
    ],
)
def test_unreadable(text: str) -> None:
    found = read_spans(text)
    assert found.units == ()
    assert found.notes == (SpanNote.UNREADABLE,)


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_empty(text: str) -> None:
    assert read_spans(text).notes == (SpanNote.EMPTY,)
    assert read_spans(text).total_m == read_spans(text).longest_m == 0


def test_three_metre_spans_may_be_a_count_in_the_wrong_place() -> None:
    assert read_spans("16×3").notes == (SpanNote.ORDER_UNCERTAIN,)
    assert read_spans("16×3", longest_m=16).units == ((16,) * 3,)
    assert read_spans("16×3", longest_m=3).units == ((3,) * 16,)
    assert read_spans("16×3m").units == ((3,) * 16,)


def test_the_register_decides_between_count_and_length() -> None:
    assert read_spans("33*20", total_m=660, longest_m=20).units == ((20,) * 33,)
    assert read_spans("20*33", total_m=660, longest_m=20).units == ((20,) * 33,)
    assert read_spans("20*33").units == ((33,) * 20,)


def test_a_list_that_disagrees_with_the_register_is_not_used() -> None:
    assert read_spans("4×25", total_m=120).notes == (SpanNote.CHECK_FAILED,)
    assert read_spans("4×25", total_m=100.4, longest_m=25).units == ((25,) * 4,)


def test_all_reference_cases() -> None:
    for row in oracle_rows("span_notation_cases.csv"):
        found = read_spans(row["raw"])
        assert list(found.units) == [tuple(unit) for unit in stated(row["units(联) as spans list"])], row["raw"]
        assert sum(map(len, found.units)) == int(row["n_spans"])
        assert found.total_m == float(row["total_m"])
        assert found.longest_m == float(row["max_span_m"])


def stated(text: str) -> list[list[float]]:
    """`4x[30] | [45,70,45]`, `[80]x10` as lists."""
    units = []
    for part in text.split("|"):
        match = re.fullmatch(r"(?:(\d+)x)?(\[.*\])(?:x(\d+))?", part.strip())
        assert match
        units.append(ast.literal_eval(match[2]) * int(match[1] or match[3] or 1))
    return [unit for unit in units if unit]


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(5, 150)), min_size=1, max_size=6))
def test_what_is_written_is_read(terms: list[tuple[int, int]]) -> None:
    expected = tuple(float(span) for count, span in terms for _ in range(count))
    assert read_spans("+".join(f"{count}×{span}m" for count, span in terms)).units == (expected,)
    assert read_spans("+".join(f"{span}m×{count}" for count, span in terms)).units == (expected,)
    bracketed = "+".join(f"({count}×{span})" for count, span in terms)
    assert read_spans(bracketed).units == tuple((float(span),) * count for count, span in terms)


@given(st.text(alphabet="0123456789×+-()（）m米.*x []空心板孔", max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_spans(text)
    assert bool(found.units) != bool(found.notes)
    assert sum(map(len, found.units)) <= MOST_SPANS
    assert all(span > 0 for unit in found.units for span in unit)
