"""Searching numbers that pass: one, two, several, against trying them all."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from routing.smallest_change import largest_passing, raise_each, staircase

SIDE = 9
HEIGHTS = st.lists(st.integers(-1, SIDE - 1), min_size=SIDE, max_size=SIDE).map(lambda tops: sorted(tops, reverse=True))


@given(st.integers(-5, 30), st.integers(0, 10), st.integers(0, 20), st.none() | st.integers(-10, 40))
def test_the_largest_number_is_proved(limit: int, low: int, span: int, guess: int | None) -> None:
    asked: list[int] = []

    def passes(number: int) -> bool:
        asked.append(number)
        return number <= limit

    high = low + span
    found = largest_passing(passes, low, high, guess)
    assert found == (min(limit, high) if limit >= low else None)
    assert all(low <= number <= high for number in asked)
    if found is not None:
        assert found in asked
        assert found == high or found + 1 in asked


def test_a_good_guess_takes_two_questions() -> None:
    asked: list[int] = []
    assert largest_passing(lambda n: not asked.append(n) and n <= 4200, 1000, 4479, 4200) == 4200
    assert asked == [4200, 4201]


@given(HEIGHTS, st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
def test_the_staircase_has_every_best_pair(tops: list[int], least_second: int, most: int) -> None:
    """`tops[x]` is the largest second number that passes beside x."""
    holds = [(x, y) for x, y in product(range(most + 1), range(least_second, SIDE)) if y <= tops[x]]
    best = [p for p in holds if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in holds)]
    found = staircase(
        most,
        least_second,
        lambda second: max((x for x in range(most + 1) if tops[x] >= second), default=None),
        lambda first: tops[first] if tops[first] >= 0 else None,
    )
    assert sorted(found) == sorted(best)
    assert found == sorted(found, reverse=True)


@given(
    st.sets(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=6),
    st.permutations(range(3)),
)
def test_numbers_raised_together_cannot_be_raised_alone(peaks: set[tuple[int, ...]], order: list[int]) -> None:
    def passes(values: tuple[int, ...]) -> bool:
        return any(all(own <= top for own, top in zip(values, peak, strict=True)) for peak in peaks)

    def most(place: int, values: tuple[int, ...]) -> int | None:
        options = range(values[place], 5)
        return max((n for n in options if passes((*values[:place], n, *values[place + 1 :]))), default=None)

    found = raise_each((0, 0, 0), most, order)
    assert passes(found)
    for place in range(3):
        higher = list(found)
        higher[place] += 1
        assert higher[place] > 4 or not passes(tuple(higher))
