"""Who held a case, over the May holidays of 2026 (1 to 5 May off, Saturday 9 May worked)."""

import datetime as dt

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from api.cases.custody import CustodyEvent, Span, days_by_body, medians_by_body, who_held

day = dt.date.fromisoformat


def held(*events: tuple[str, str | None] | tuple[str, str | None, bool], on: str) -> tuple[Span, ...]:
    return who_held([CustodyEvent(day(event[0]), *event[1:]) for event in events], on=day(on))


def test_days_are_charged_to_who_had_the_case() -> None:
    """County window from Wednesday 29 April, the highway body from 30 April, paused from 8 May, back on 11 May."""
    spans = held(
        ("2026-04-29", "county"),
        ("2026-04-30", "highway"),
        ("2026-05-08", "county", True),
        ("2026-05-11", "county"),
        on="2026-05-12",
    )
    # 30 April | 6, 7, 8 May | Saturday 9 and Monday 11 May, not charged | 12 May
    assert [(span.body, span.paused, span.working_days) for span in spans] == [
        ("county", False, 1),
        ("highway", False, 3),
        ("county", True, 2),
        ("county", False, 1),
    ]
    assert [span.until for span in spans] == [day("2026-04-30"), day("2026-05-08"), day("2026-05-11"), None]
    assert days_by_body(spans) == {"county": 2, "highway": 3}


def test_a_wrong_dispatch_shows_who_had_it() -> None:
    spans = held(("2026-07-06", "a"), ("2026-07-07", "wrong"), ("2026-07-09", "right"), on="2026-07-10")
    assert days_by_body(spans) == {"a": 1, "wrong": 2, "right": 1}


def test_waiting_for_the_applicant_is_nobodys() -> None:
    spans = held(("2026-07-06", "a"), ("2026-07-07", None), ("2026-07-10", "a"), on="2026-07-13")
    assert days_by_body(spans) == {"a": 2}


def test_what_is_later_is_not_known_and_order_does_not_matter() -> None:
    spans = held(("2026-07-08", "b"), ("2026-07-06", "a"), ("2026-07-13", "c"), on="2026-07-10")
    assert [(span.body, span.working_days) for span in spans] == [("a", 2), ("b", 2)]
    assert who_held([], on=day("2026-07-10")) == ()


def test_events_that_change_nothing_are_joined() -> None:
    spans = held(("2026-07-06", "a"), ("2026-07-07", "a"), ("2026-07-08", "a", True), on="2026-07-08")
    assert [(span.since, span.paused) for span in spans] == [(day("2026-07-06"), False), (day("2026-07-08"), True)]


def test_beyond_the_calendar_is_unknown_and_stays_so() -> None:
    spans = held(("2026-12-28", "a"), ("2026-12-29", "b"), ("2026-12-30", "a"), on="2027-01-04")
    assert days_by_body(spans) == {"a": None, "b": 1}
    again = held(("2026-12-28", "a"), ("2026-12-30", "b"), ("2027-01-04", "a"), on="2027-01-05")
    assert days_by_body((*again, again[0])) == {"a": None, "b": None}
    assert medians_by_body([spans]) == {"b": 1.0}


def test_medians_by_office() -> None:
    cases = [
        held(("2026-07-06", "a"), (end, "b"), on="2026-07-31") for end in ("2026-07-07", "2026-07-08", "2026-07-14")
    ]
    assert medians_by_body(cases)["a"] == 2
    assert medians_by_body(cases[:2]) == {"a": 1.5, "b": 17.5}
    assert medians_by_body([]) == {}


@given(st.lists(st.tuples(st.dates(day("2026-01-01"), day("2026-12-31")), st.sampled_from("abc")), min_size=1))
def test_the_days_of_all_add_up(moves: list[tuple[dt.date, str]]) -> None:
    last = day("2026-12-31")
    spans = who_held([CustodyEvent(on, body) for on, body in moves], on=last)
    first = min(on for on, _ in moves)
    whole = sum(
        chinese_calendar.is_workday(first + dt.timedelta(days=step)) for step in range(1, (last - first).days + 1)
    )
    assert sum(days or 0 for days in days_by_body(spans).values()) == whole
