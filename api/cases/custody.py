"""Who held a case (办件在谁手里): spans of working days by body, from dated events; nothing is typed by hand.

A working day counts for the body that held the case when the day began, so the day of taking over counts for the one
before, and the days of all spans add up to the days of the whole.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rules.calendar import ONE_DAY, is_working_day
from rules.periods import last_certain_day


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """The case passed into somebody's hands (移交).

    Attributes:
        body: The body that has it from now on; None when it waits for the applicant, stands still, or is over.
        paused: The clock stands lawfully from now on.
    """

    on: dt.date
    body: str | None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch in one pair of hands (经手时段).

    Attributes:
        until: Day it passed on; None while it is still there.
        working_days: Counted to its end or to the day of reading; None where the calendar does not reach.
    """

    body: str | None
    paused: bool
    since: dt.date
    until: dt.date | None
    working_days: int | None


def who_held(events: Iterable[CustodyEvent], *, on: dt.date) -> tuple[Span, ...]:
    """Who held a case when, as of a day.

    Args:
        events: In any order; those of one day count in the order given, those later than `on` are left out.
        on: The day of reading.

    Returns:
        One span for each change of hands, in order; events that change nothing are joined.
    """
    known = sorted((event for event in events if event.on <= on), key=lambda event: event.on)
    changes = [
        event
        for n, event in enumerate(known)
        if n == 0 or (event.body, event.paused) != (known[n - 1].body, known[n - 1].paused)
    ]
    return tuple(
        Span(event.body, event.paused, event.on, until, count_working_days(event.on, until or on))
        for event, until in zip(changes, (*(later.on for later in changes[1:]), None), strict=False)
    )


def count_working_days(after: dt.date, until: dt.date) -> int | None:
    """Working days after a day, up to and including another; None where the calendar does not reach."""
    if until > last_certain_day():
        return None
    return sum(is_working_day(after + ONE_DAY * step) for step in range(1, (until - after).days + 1))


def days_by_body(spans: Iterable[Span]) -> Mapping[str, int | None]:
    """Working days each body held a case, pauses left out; None where a span is unknown."""
    days: dict[str, int | None] = {}
    for span in spans:
        if span.body is None or span.paused:
            continue
        so_far = days.get(span.body, 0)
        unknown = so_far is None or span.working_days is None
        days[span.body] = None if unknown else (so_far or 0) + (span.working_days or 0)
    return days


def medians_by_body(cases: Iterable[Sequence[Span]]) -> Mapping[str, float]:
    """The median of working days a case, by body (各单位经手天数的中位数); cases of unknown length are left out."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for spans in cases:
        for body, days in days_by_body(spans).items():
            if days is not None:
                found[body].append(days)
    return {body: float(median(days)) for body, days in sorted(found.items())}
