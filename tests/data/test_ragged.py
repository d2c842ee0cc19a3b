from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.ragged import group_rows, offsets, spans, take_rows
from data.texts import TextTable

ROWS = st.lists(st.lists(st.integers(-9, 9), max_size=4), max_size=6)


@given(ROWS, st.data())
def test_rows_are_taken_as_from_a_list_of_lists(rows: list[list[int]], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=6)) if rows else []
    first = offsets(np.array([len(row) for row in rows], dtype=np.int64))
    values = np.array([value for row in rows for value in row], dtype=np.int64)
    taken_first, taken = take_rows(first, values, np.array(wanted, dtype=np.int64))
    assert [taken[a:b].tolist() for a, b in pairwise(taken_first)] == [rows[row] for row in wanted]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4)), max_size=6))
def test_spans_are_ranges_one_after_another(ranges: list[tuple[int, int]]) -> None:
    start = np.array([begin for begin, _ in ranges], dtype=np.int64)
    counts = np.array([count for _, count in ranges], dtype=np.int64)
    assert spans(start, counts).tolist() == [value for begin, count in ranges for value in range(begin, begin + count)]


@given(st.lists(st.integers(0, 4), max_size=12))
def test_groups_keep_the_order_within(groups: list[int]) -> None:
    order, first = group_rows(np.array(groups, dtype=np.int64), 5)
    for group in range(5):
        assert order[first[group] : first[group + 1]].tolist() == [row for row, of in enumerate(groups) if of == group]


def test_texts_are_kept_once_and_the_first_is_empty() -> None:
    texts = TextTable()
    assert texts.add_all(["湘潭站", "", "G4", "湘潭站"]).tolist() == [1, 0, 2, 1]
    strings = texts.to_strings()
    assert [strings[row] for row in range(len(strings))] == ["", "湘潭站", "G4"]
