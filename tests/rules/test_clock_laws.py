"""What holds of the clock for any dates: pauses never hasten, longer is later, cards never get better by waiting."""

import datetime as dt

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from rules.cards import Card, worst
from rules.clock import ClockFacts, read_clock
from rules.periods import Pause, measure
from rules.service import default_service

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 8, 31)
BASES = sorted(default_service().pause_bases)
dates = st.dates(FIRST, LAST)
limits = st.integers(1, 30)


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    told_on = draw(dates)
    lasting = draw(st.none() | st.integers(0, 40))
    resumed_on = None if lasting is None else told_on + dt.timedelta(days=lasting)
    return Pause(draw(st.sampled_from(BASES)), "检测", "告知书", told_on, resumed_on)


many = st.lists(pauses(), max_size=4).map(tuple)


def is_held(one: dt.date, held: tuple[Pause, ...], on: dt.date) -> bool:
    return any(pause.told_on < one <= (pause.resumed_on or on) for pause in held)


@given(dates, limits, many, dates)
def test_against_the_package_day_by_day(start: dt.date, limit: int, held: tuple[Pause, ...], on: dt.date) -> None:
    """Days used and left out are counted with another calendar; the due date is the day on which they are all used."""
    measured = measure(start, limit, on=on, pauses=held)
    so_far = [start + dt.timedelta(days=n) for n in range(1, (on - start).days + 1)]
    working = [one for one in so_far if chinese_calendar.is_workday(one)]
    left_out = [one for one in working if is_held(one, held, on)]
    assert (measured.used, measured.paused) == (len(working) - len(left_out), len(left_out))
    assert measured.left == limit - len(working) + len(left_out)
    assert measured.passed == (measured.due_on is not None and on > measured.due_on)


@given(dates, limits, many, dates)
def test_the_due_date_is_the_limit_plus_the_paused_days(
    start: dt.date, limit: int, held: tuple[Pause, ...], on: dt.date
) -> None:
    """Read on or before the due date, it is the plain due date of a period longer by the days left out so far."""
    known = tuple(pause for pause in held if pause.told_on <= on and (pause.resumed_on or on) <= on)
    measured = measure(start, limit, on=on, pauses=known)
    if measured.due_on and measured.due_on >= on and measured.paused is not None:
        assert measured.due_on == measure(start, limit + measured.paused, on=on).due_on


@given(dates, limits, many, pauses(), dates)
def test_a_pause_never_brings_the_due_date_nearer(
    start: dt.date, limit: int, held: tuple[Pause, ...], more: Pause, on: dt.date
) -> None:
    plain, paused = measure(start, limit, on=on, pauses=held), measure(start, limit, on=on, pauses=(*held, more))
    assert plain.due_on is not None
    assert paused.due_on is None or paused.due_on >= plain.due_on


@given(dates, limits, many, dates)
def test_a_longer_period_ends_later(start: dt.date, limit: int, held: tuple[Pause, ...], on: dt.date) -> None:
    shorter, longer = (measure(start, length, on=on, pauses=held).due_on for length in (limit, limit + 1))
    assert shorter is not None
    assert longer is None or longer > shorter


@given(dates, limits, many, dates)
def test_a_period_ends_on_a_working_day_after_its_start(
    start: dt.date, limit: int, held: tuple[Pause, ...], on: dt.date
) -> None:
    due_on = measure(start, limit, on=on, pauses=held).due_on
    assert due_on is None or (due_on > start and chinese_calendar.is_workday(due_on))


@given(st.sampled_from(["I", "II", "III"]), dates, many, st.integers(0, 60), st.integers(1, 40))
def test_no_card_gets_better_by_waiting(
    vehicle_class: str, start: dt.date, held: tuple[Pause, ...], first: int, further: int
) -> None:
    facts = ClockFacts(vehicle_class, accepted_on=start, pauses=held)
    before, after = (read_clock(facts, on=start + dt.timedelta(days=days)).card for days in (first, first + further))
    assert after is Card.UNKNOWN or after.rank >= before.rank


@given(st.sampled_from(["I", "II", "III"]), dates, many, pauses(), st.integers(0, 60))
def test_a_pause_never_makes_a_card_worse(
    vehicle_class: str, start: dt.date, held: tuple[Pause, ...], more: Pause, days: int
) -> None:
    on = start + dt.timedelta(days=days)
    plain, paused = (
        read_clock(ClockFacts(vehicle_class, accepted_on=start, pauses=chosen), on=on).card
        for chosen in (held, (*held, more))
    )
    assert paused.rank <= plain.rank


@given(st.lists(st.sampled_from(Card)))
def test_the_worst_card(cards: list[Card]) -> None:
    order = ["unknown", "green", "warning", "yellow", "red"]
    assert worst(*cards).value == max((card.value for card in cards), key=order.index, default="green")
