"""Design load texts and stakes as registers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.bridges.notation import LoadNote, read_design_load, read_stake
from data.bridges.resolving import resolve_design_load
from tests.routing.bridges.trains import oracle_rows


@pytest.mark.parametrize(
    ("text", "name", "trailer", "edition"),
    [
        ("公路-Ⅰ级", "公路-I级", None, "2015"),
        ("公路I级", "公路-I级", None, "2015"),
        ("公路Ⅱ级", "公路-II级", None, "2015"),
        ("公路—Ⅱ级", "公路-II级", None, "2015"),
        (" 公路－ i 级 ", "公路-I级", None, "2015"),
        ("汽车-超20级", "汽车-超20级", "挂车-120", "1989"),
        ("汽车-超20，挂车-120", "汽车-超20级", "挂车-120", "1989"),
        ("汽-超20、挂-120", "汽车-超20级", "挂车-120", "1989"),
        ("汽车-超 20 级、挂车-120", "汽车-超20级", "挂车-120", "1989"),
        ("汽车－20级", "汽车-20级", "挂车-100", "1989"),
        ("汽车－15级", "汽车-15级", "挂车-80", "1989"),
        ("汽车-10级 履带-50", "汽车-10级", "履带-50", "1989"),
        ("汽车—超\uff12\uff10级；挂车—\uff11\uff12\uff10", "汽车-超20级", "挂车-120", "1989"),
        ("汽20", "汽车-20级", "挂车-100", "1989"),
        ("挂车-120", "挂车-120", None, "1989"),
        ("履带-50", "履带-50", None, "1989"),
        ("城-A级", "城-A (CJJ 11)", None, "CJJ 11"),
        ("城-B级（CJJ77-98）", "城-B (CJJ 77)", None, "CJJ 77"),
    ],
)
def test_loads_with_numbers(text: str, name: str, trailer: str | None, edition: str) -> None:
    found = resolve_design_load(text, "2015")
    assert (found.name, found.trailer, found.edition) == (name, trailer, edition)
    assert found.load is not None
    assert found.load.name == name


@pytest.mark.parametrize(
    ("text", "name", "note"),
    [
        ("", None, LoadNote.EMPTY),
        ("55t", None, LoadNote.POSTED),
        ("20吨", None, LoadNote.POSTED),
        ("限载30t", None, LoadNote.POSTED),
        ("不详", None, LoadNote.UNREADABLE),
        ("公路-Ⅲ级", None, LoadNote.UNREADABLE),
        ("公路一级", None, LoadNote.UNREADABLE),
        ("低于公路-II级", None, LoadNote.UNREADABLE),
        ("低于汽车－10级", "低于汽车-10级", LoadNote.NO_NUMBERS),
        ("汽-13", "汽车-13级", LoadNote.NO_NUMBERS),
        ("汽车-13级，拖-60", "汽车-13级", LoadNote.NO_NUMBERS),
        ("公路-II级×0.8", None, LoadNote.REDUCED),
        ("0.8公路-II级", None, LoadNote.REDUCED),
        ("公路-II级折减", None, LoadNote.REDUCED),
        ("公路-I级/汽车-20级", None, LoadNote.SEVERAL),
        ("汽车-20级，挂车-100，挂车-120", None, LoadNote.SEVERAL),
        ("特-300", "特-300", LoadNote.NO_NUMBERS),
    ],
)
def test_loads_without_numbers(text: str, name: str | None, note: LoadNote) -> None:
    found = resolve_design_load(text, "2015")
    assert found.load is None
    assert found.name == name
    assert note in found.notes


def test_the_standard_decides_what_a_highway_class_means() -> None:
    assert resolve_design_load("公路-I级", "2004").edition == "2004"
    assert resolve_design_load("汽车-20级", "2004").edition == "1989"


def test_a_check_load_that_is_written_wins_over_the_usual_one() -> None:
    found = resolve_design_load("汽车-20级，挂车-120", "2015")
    assert found.load is not None
    assert found.load.check_load is not None
    assert found.load.check_load.name == "挂车-120"
    assert LoadNote.TRAILER_PAIRED not in found.notes
    assert LoadNote.TRAILER_PAIRED in resolve_design_load("汽车-20级", "2015").notes


def test_a_check_load_without_numbers_is_left_out_and_said() -> None:
    found = resolve_design_load("汽车-20级，拖-60", "2015")
    assert found.load is not None
    assert found.load.check_load is None
    assert LoadNote.TRAILER_WITHOUT_NUMBERS in found.notes


def test_an_edition_that_is_not_written_is_said() -> None:
    assert LoadNote.EDITION_ASSUMED in read_design_load("城-A级").notes
    assert read_design_load("城-A级 CJJ 11-2011").notes == ()


def test_all_reference_cases() -> None:
    for row in oracle_rows("design_load_notation_cases.csv"):
        found = resolve_design_load(row["raw"], "2015")
        canonical = row["canonical"].partition(" ->")[0]
        has_name = not canonical.startswith(("unknown", "not a design load"))
        assert found.name == (canonical if has_name else None), row["raw"]
        assert found.trailer == (row["trailer"].partition(" (")[0] or None), row["raw"]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = resolve_design_load(text, "2015")
    assert found.load is not None or found.notes


@pytest.mark.parametrize(
    ("text", "stake_mm"),
    [
        ("K759+061", 759_061_000),
        ("k1+044", 1_044_000),
        ("K109+747", 109_747_000),
        ("759.061", 759_061_000),
        ("109.747", 109_747_000),
        ("\uff2b12＋345.5", 12_345_500),
        ("ZK12+345", 12_345_000),
        ("K0+000", 0),
        ("K7", None),
        ("759+061", None),
        ("", None),
        ("K12+3456", None),
        ("K12+", None),
        ("-3.5", None),
    ],
)
def test_stakes(text: str, stake_mm: int | None) -> None:
    assert read_stake(text) == stake_mm
