import datetime as dt

import pytest

from rules.calendar import add_working_days, is_working_day, known_years
from rules.errors import CalendarRangeError, NoDeadlineError, NotInForceError
from rules.review import deadline

day = dt.date.fromisoformat

VECTORS = [
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 15, "2026-03-12"),
    ("2026-04-30", 2, "2026-05-07"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-04-30", 15, "2026-05-25"),
    ("2026-09-24", 2, "2026-09-29"),
    ("2026-09-24", 5, "2026-10-09"),
    ("2026-09-24", 15, "2026-10-22"),
    ("2026-09-30", 2, "2026-10-09"),
    ("2026-07-06", 2, "2026-07-08"),
    ("2026-07-06", 5, "2026-07-13"),
    ("2026-07-06", 10, "2026-07-20"),
    ("2026-07-06", 15, "2026-07-27"),
    ("2026-07-06", 20, "2026-08-03"),
]


@pytest.mark.parametrize(("accepted_on", "working_days", "due_on"), VECTORS)
def test_due_dates(accepted_on: str, working_days: int, due_on: str) -> None:
    assert add_working_days(day(accepted_on), working_days) == day(due_on)


@pytest.mark.parametrize(
    ("vehicle_class", "scope", "working_days", "due_on"),
    [
        ("I", "own", 2, "2026-07-08"),
        ("I", "cross_province", 5, "2026-07-13"),
        ("II", "own", 5, "2026-07-13"),
        ("II", "cross_province", 10, "2026-07-20"),
        ("III", "own", 15, "2026-07-27"),
        ("III", "cross_province", 20, "2026-08-03"),
    ],
)
def test_every_period_of_article_fifteen(vehicle_class: str, scope: str, working_days: int, due_on: str) -> None:
    result = deadline(vehicle_class, scope, day("2026-07-06"))
    assert (result.working_days, result.due_on) == (working_days, day(due_on))
    assert result.to_json()["due_on"] == due_on


def test_time_of_reinforcement_is_added() -> None:
    result = deadline("I", "own", day("2026-07-06"), paused_working_days=3)
    assert (result.working_days, result.paused_working_days, result.due_on) == (2, 3, day("2026-07-13"))


def test_acceptance_on_a_day_off_does_not_count() -> None:
    assert deadline("I", "own", day("2026-02-15")).due_on == day("2026-02-25")


def test_no_days_added_stays() -> None:
    assert add_working_days(day("2026-02-13"), 0) == day("2026-02-13")


def test_negative_days_are_a_fault() -> None:
    with pytest.raises(ValueError, match="wanted 0 or more"):
        add_working_days(day("2026-02-13"), -1)


@pytest.mark.parametrize("year", [2003, 2027])
def test_year_without_data_is_a_clear_fault(year: int) -> None:
    with pytest.raises(CalendarRangeError, match=f"no data for {year} .*2004..2026"):
        is_working_day(dt.date(year, 3, 3))


def test_deadline_beyond_the_calendar_is_a_clear_fault() -> None:
    with pytest.raises(CalendarRangeError, match="no data for 2027"):
        deadline("III", "own", day("2026-12-20"))


@pytest.mark.parametrize(
    ("vehicle_class", "scope", "paused"),
    [("none", "own", 0), ("unknown", "own", 0), ("IV", "own", 0), ("I", "abroad", 0), ("I", "own", -1)],
)
def test_no_period_for_what_has_none(vehicle_class: str, scope: str, paused: int) -> None:
    with pytest.raises(NoDeadlineError):
        deadline(vehicle_class, scope, day("2026-07-06"), paused_working_days=paused)


def test_before_the_law_there_is_no_period() -> None:
    with pytest.raises(NotInForceError, match="ord62-15 has no version in force on 2016-09-20"):
        deadline("I", "own", day("2016-09-20"))


def test_same_answer_as_the_package_for_every_known_day() -> None:
    package = pytest.importorskip("chinese_calendar")
    first, last = known_years()
    assert (first, last) == (2004, 2026)
    current, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    while current <= end:
        assert is_working_day(current) == package.is_workday(current), current
        current += dt.timedelta(days=1)
