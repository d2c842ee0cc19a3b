"""When to leave, against asking about every moment."""

from hypothesis import given
from hypothesis import strategies as st

from routing.columns import Verdict
from routing.departure import better_moments

ANSWERS = st.lists(st.sampled_from(list(Verdict)), max_size=12)


@given(ANSWERS, st.sampled_from(list(Verdict)))
def test_every_first_better_moment_is_told(answers: list[Verdict], now: Verdict) -> None:
    expected = []
    best = now
    for moment, answer in enumerate(answers):
        if answer < best:
            expected.append((moment, answer))
            best = answer
    assert better_moments(range(len(answers)), lambda m: m, lambda m: answers[m], now) == expected


def test_equal_situations_are_asked_about_once() -> None:
    asked: list[int] = []

    def verdict(moment: int) -> Verdict:
        asked.append(moment)
        return Verdict.BLOCKED if moment < 8 else Verdict.PASSES

    situation = {**dict.fromkeys(range(8), "shut"), **dict.fromkeys(range(8, 20), "open")}
    assert better_moments(range(20), situation.get, verdict, Verdict.BLOCKED) == [(8, Verdict.PASSES)]
    assert asked == [0, 8]
