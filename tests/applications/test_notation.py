import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.applications.errors import NotationError
from api.applications.notation import (
    AxleFigure,
    format_loads,
    format_spacings,
    parse_axles,
    parse_loads,
    parse_spacings,
)


def codes(text: str, counts: list[int] | None = None) -> list[str]:
    with pytest.raises(NotationError) as caught:
        parse_loads(text, counts=counts)
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("10+20+30", [10000] * 6),  # production form: 1, 2 and 3 axles at 10 t
        ("10+20+3*18", [10000] * 3 + [18000] * 3),  # production form: three lines of 18 t
        ("1*8+2x9.2", [8000, 9200, 9200]),
        ("１０＋２０＋３×１８", [10000] * 3 + [18000] * 3),  # noqa: RUF001 - full-width on purpose
        (" 10 + 20 + 3 X 18 ", [10000] * 3 + [18000] * 3),
        ("10吨+2*9.255t", [10000, 9255, 9255]),
    ],
)
def test_loads_as_offices_write_them(text: str, loads: list[int]) -> None:
    assert list(parse_loads(text)) == loads


@pytest.mark.parametrize("text", ["8", "9.2", "18.4", "25", "40", "60", "36.8"])
def test_a_group_whose_axles_cannot_be_known_is_asked_for(text: str) -> None:
    assert codes(f"10+{text}") == ["axle_count_unknown"]


def test_the_hint_settles_it_and_keeps_the_sum() -> None:
    assert parse_loads("8+18.4+25", counts=[1, 2, 3]) == (8000, 9200, 9200, 8333, 8333, 8334)
    assert parse_loads("20", counts=[1]) == (20000,)
    assert codes("8+18.4", [1]) == ["count_mismatch"]
    assert codes("2*9+18.4", [3, 2]) == ["count_mismatch"]
    assert codes("8", [0]) == ["not_positive"]


def test_all_faults_with_their_terms() -> None:
    with pytest.raises(NotationError) as caught:
        parse_loads("25+0+3*0+10+0*5+36.8")
    assert [f.code for f in caught.value.faults] == [
        "axle_count_unknown",
        "not_positive",
        "not_positive",
        "not_positive",
        "axle_count_unknown",
    ]
    assert caught.value.faults[-1].message_zh.startswith("第6项")


@pytest.mark.parametrize("text", ["", "  ", "+", "10++20", "10+a", "-5", "10,20", "3*", "*3", "1e3", "10+٣", "1.2345"])
def test_unreadable_loads(text: str) -> None:
    assert set(codes(text)) <= {"unreadable", "missing"}


def test_long_and_many() -> None:
    assert codes("1" * 501) == ["too_long"]
    assert codes("161*5") == ["too_long"]
    assert len(parse_loads("160*5")) == 160


@pytest.mark.parametrize(
    ("text", "spacings"),
    [
        ("3.3-1.35-7", (0, 3300, 1350, 7000)),
        ("３．３－１．３５—７", (0, 3300, 1350, 7000)),  # noqa: RUF001 - full-width on purpose
        ("3.3m–1.35米−7", (0, 3300, 1350, 7000)),  # noqa: RUF001 - full-width on purpose
        ("3.3-3*1.55", (0, 3300, 1550, 1550, 1550)),
    ],
)
def test_spacings(text: str, spacings: tuple[int, ...]) -> None:
    assert parse_spacings(text) == spacings


@pytest.mark.parametrize("text", ["", "3.3-", "3.3--7", "3.3-0", "a", "0*3"])
def test_bad_spacings(text: str) -> None:
    with pytest.raises(NotationError):
        parse_spacings(text)


def test_both_texts_must_count_the_same_axles() -> None:
    assert parse_axles("10+20", "3.3-1.35") == (
        AxleFigure(10000, 0),
        AxleFigure(10000, 3300),
        AxleFigure(10000, 1350),
    )
    with pytest.raises(NotationError, match="3 axles need 2 spacings"):
        parse_axles("10+20", "3.3")
    with pytest.raises(NotationError) as caught:
        parse_axles("25", "x")
    assert {f.field for f in caught.value.faults} == {"axle_loads", "axle_spacings"}


@given(st.lists(st.sampled_from([10000, 18000, 20000]) | st.integers(1, 9_999_999), min_size=1, max_size=160))
def test_loads_round_trip(loads: list[int]) -> None:
    try:
        assert list(parse_loads(format_loads(loads))) == loads
    except NotationError as error:
        assert [f.code for f in error.faults] == ["too_long"]  # noqa: PT017 - many different loads: a long text
        assert len(format_loads(loads)) > 500


@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=70))
def test_spacings_round_trip(spacings: list[int]) -> None:
    assert parse_spacings(format_spacings([0, *spacings])) == (0, *spacings)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(100, 60_000)), min_size=1, max_size=8))
def test_groups_with_a_hint_keep_their_sum(groups: list[tuple[int, int]]) -> None:
    text = "+".join(f"{kg // 1000}.{kg % 1000:03d}" for _, kg in groups)
    loads = parse_loads(text, counts=[n for n, _ in groups])
    assert len(loads) == sum(n for n, _ in groups)
    assert sum(loads) == sum(kg for _, kg in groups)
    start = 0
    for n, kg in groups:
        assert sum(loads[start : start + n]) == kg
        assert max(loads[start : start + n]) - min(loads[start : start + n]) <= 1
        start += n


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_loads, parse_spacings):
        try:
            assert all(isinstance(n, int) for n in parse(text))
        except NotationError as error:
            assert error.faults  # noqa: PT017 - either outcome is right, a crash is not
