"""Declarations of coverage: reading them, and the arithmetic of stretches."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.coverage import Coverage, cut_out, merge_ranges, read_coverage, read_what, sidecar_of

STRETCHES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda pair: pair[0] < pair[1]), max_size=6
)


def metres(stretches: list[tuple[int, int]]) -> set[int]:
    return {at for start, end in stretches for at in range(start, end)}


@given(STRETCHES, STRETCHES)
def test_cutting_out_is_taking_away_every_metre(stretches: list[tuple[int, int]], holes: list[tuple[int, int]]) -> None:
    assert metres(cut_out(stretches, holes)) == metres(stretches) - metres(holes)
    assert metres(merge_ranges(stretches)) == metres(stretches)
    merged = merge_ranges(stretches)
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("桥梁", 1),
        ("涵洞", 2),
        ("桥涵", 3),
        ("桥梁、涵洞", 3),
        ("桥梁和涵洞", 3),
        ("全部", 7),
        ("桥梁，净空", 5),
        ("桥涵;匝道", 11),
    ],
)
def test_what_is_declared(text: str, what: int) -> None:
    assert read_what(text) == what


@pytest.mark.parametrize("text", ["", "、", "隧道", "桥梁、道路"])
def test_an_unknown_word_declares_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"has the word|says nothing"):
        read_what(text)


def test_rows_with_a_fault_declare_nothing(tmp_path: Path) -> None:
    path = tmp_path / "b.coverage.csv"
    path.write_text(
        "路线编号,起点桩号,止点桩号,内容\n"
        "S326,K12+300,K40+100,桥梁、涵洞\n"
        "G4,全线,,桥梁\n"
        "S1,K1+000,,桥梁\n"
        ",K1+000,K2+000,桥梁\n"
        "S2,K1+000,K2+000,\n"
        "S3,K2+000,K1+000,道路\n"
        "S4,K2+000,K1+000,涵洞\n",
        encoding="utf-8",
    )
    ranges, report = read_coverage(path)
    assert [(one.route_ref, one.from_m, one.to_m, one.is_whole_route) for one in ranges] == [
        ("S326", 12_300, 40_100, False),
        ("G4", 0, 10_000_000, True),
        ("S4", 1000, 2000, False),
    ]
    assert ranges[0].what == Coverage.BRIDGES | Coverage.CULVERTS
    assert [(note.row, note.column) for note in report.rejected] == [
        (4, "止点桩号"),
        (5, "路线编号"),
        (6, "内容"),
        (7, "内容"),
    ]
    assert (report.rows_in, report.rows_kept) == (7, 3)


def test_the_sidecar_has_the_name_of_its_file() -> None:
    assert sidecar_of(Path("x/bridges.xlsx")) == Path("x/bridges.coverage.csv")
