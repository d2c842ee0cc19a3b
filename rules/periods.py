"""Periods of working days (期限): how far one has run on a day, its last day and its card.

Start days do not count, a period ends on a working day, and a pause lasts from the day after its notice to the day
of resuming. Where the calendar does not reach, the answer says so.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from rules.calendar import ONE_DAY, add_working_days, is_working_day, known_years
from rules.cards import Card, is_running_out
from rules.errors import CalendarRangeError
from rules.service import ServiceSettings, TimedStep, default_service

STEP_ZH = {"intake": "受理环节", "machine_review": "机器审查环节", "review": "审查环节", "decision": "决定环节"}


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood (停表).

    Attributes:
        basis: A key of `pause_bases` in service.yaml; any other ground stops nothing.
        reason: What is being done, in Chinese.
        notice_id: The written notice to the applicant; empty when there was none, and then the clock ran on.
        told_on: Day of the notice; still counts as a day of the period.
        resumed_on: Day of resuming, the last day that does not count; None while it stands.
    """

    basis: str
    reason: str
    notice_id: str
    told_on: dt.date
    resumed_on: dt.date | None = None

    def holds(self, day: dt.date, last: dt.date) -> bool:
        """Whether a day is left out of the period, seen from `last`."""
        return self.told_on < day <= (self.resumed_on or last)


@dataclass(frozen=True, slots=True)
class Measured:
    """How far a period has run on a day (期限进度), in working days.

    Attributes:
        limit: Its length.
        used: Days counted so far; None when the calendar does not reach the day.
        paused: Working days left out so far; None likewise.
        due_on: Its last day (届满日), for an open pause as if resumed on that day; None beyond the calendar.
        passed: Whether the last day is over; None when that cannot be told.
    """

    limit: int
    used: int | None
    paused: int | None
    due_on: dt.date | None
    passed: bool | None

    @property
    def left(self) -> int | None:
        """Working days left; negative when late, None when unknown."""
        return None if self.used is None else self.limit - self.used


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """One period with its card: an opinion, a step, delivery (单项期限)."""

    title_zh: str
    measured: Measured
    card: Card
    sentence_zh: str


def measure(
    started_on: dt.date, limit: int, *, on: dt.date, pauses: tuple[Pause, ...] = (), ended_on: dt.date | None = None
) -> Measured:
    """Measure a period of working days on a day; after its end it stays as it was.

    Args:
        started_on: The day that starts it; not counted itself.
        limit: Length in working days.
        on: The day of reading.
        pauses: Lawful pauses; they may overlap.
        ended_on: Day the work was done.

    Raises:
        CalendarRangeError: It starts before the calendar does.
    """
    last = min(on, ended_on) if ended_on else on
    certain = last_certain_day()
    working = [day for day in _days_after(started_on, min(last, certain)) if is_working_day(day)]
    counted = [day for day in working if not any(pause.holds(day, last) for pause in pauses)]
    missing = limit - len(counted)
    due_on = counted[limit - 1] if missing <= 0 else _find_later(max(started_on, last), missing)
    reached = last <= certain
    return Measured(
        limit=limit,
        used=len(counted) if reached else None,
        paused=len(working) - len(counted) if reached else None,
        due_on=due_on,
        passed=last > due_on if due_on else False if reached else None,
    )


def read_period(
    title_zh: str,
    started_on: dt.date,
    limit: int,
    *,
    on: dt.date,
    ended_on: dt.date | None = None,
    late: Card = Card.YELLOW,
    settings: ServiceSettings | None = None,
) -> PeriodReading:
    """Read one period of its own: an opinion, a step, delivery.

    Args:
        title_zh: What it is for, in Chinese; begins the sentence.
        started_on: The day that starts it; not counted itself.
        limit: Length in working days.
        on: The day of reading; an end dated later is not known yet.
        ended_on: Day it was done.
        late: The card of passing it: yellow for a limit of our own, red for one of the law.
        settings: Other settings than those of `service.yaml`.
    """
    ended_on = known_by(ended_on, on)
    measured = measure(started_on, limit, on=on, ended_on=ended_on)
    card = limit_card(measured, late, settings or default_service(), ended=ended_on is not None)
    done = f"，{day_zh(ended_on)}办结" if ended_on else ""
    words = f"{title_zh}：{day_zh(started_on)}起{limit}个工作日，{due_words(measured)}{done}。{card.title_zh}"
    return PeriodReading(title_zh, measured, card, words)


def read_opinion(
    asked_on: dt.date,
    vehicle_class: str,
    *,
    on: dt.date,
    answered_on: dt.date | None = None,
    settings: ServiceSettings | None = None,
) -> PeriodReading:
    """The clock of one body asked for its opinion (征求意见期限); it runs through pauses, silence is no consent.

    A class without a limit of its own gets the longest one.
    """
    chosen = settings or default_service()
    days = {str(name): limit for name, limit in chosen.opinion_days.items()}
    limit = days.get(vehicle_class, max(days.values()))
    return read_period("征求意见", asked_on, limit, on=on, ended_on=answered_on, settings=chosen)


def read_step(
    step: TimedStep,
    started_on: dt.date,
    *,
    on: dt.date,
    ended_on: dt.date | None = None,
    settings: ServiceSettings | None = None,
) -> PeriodReading:
    """The clock of one step inside the office (环节时限)."""
    chosen = settings or default_service()
    return read_period(STEP_ZH[step], started_on, chosen.step_days[step], on=on, ended_on=ended_on, settings=chosen)


def read_delivery(
    decided_on: dt.date,
    *,
    on: dt.date,
    delivered_on: dt.date | None = None,
    settings: ServiceSettings | None = None,
) -> PeriodReading:
    """The clock of delivery after the decision (送达期限, 行政许可法第四十四条); late is red."""
    chosen = settings or default_service()
    days = chosen.delivery_days
    return read_period("送达", decided_on, days, on=on, ended_on=delivered_on, late=Card.RED, settings=chosen)


def silence_is_acceptance_on(received_on: dt.date, settings: ServiceSettings | None = None) -> dt.date | None:
    """First day on which silence has become acceptance (逾期不告知视为受理); None beyond the calendar."""
    last = _find_later(received_on, (settings or default_service()).intake_days)
    return last + ONE_DAY if last else None


def last_certain_day() -> dt.date:
    """Last day of the published calendar (日历收录的最后一天)."""
    return dt.date(known_years()[1], 12, 31)


def limit_card(measured: Measured, late: Card, settings: ServiceSettings, *, ended: bool) -> Card:
    """The card of one limit; work that is done gets no warning any more."""
    if measured.passed:
        return late
    if measured.passed is None or measured.left is None:
        return Card.UNKNOWN
    return Card.WARNING if not ended and is_running_out(measured.left, measured.limit, settings) else Card.GREEN


def due_words(measured: Measured) -> str:
    """When a period ends, in Chinese."""
    if measured.due_on is None:
        return f"届满日在{day_zh(last_certain_day())}以后，其后的放假安排未收录，不能确定"
    late = "，已超期" if measured.passed else ""
    return f"{day_zh(measured.due_on)}届满{late}"


def _find_later(start: dt.date, working_days: int) -> dt.date | None:
    """The n-th working day after a day; None beyond the calendar."""
    try:
        return add_working_days(start, working_days)
    except CalendarRangeError as error:
        if error.year < known_years()[0]:
            raise
        return None


def _days_after(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    day = start
    while day < end:
        day += ONE_DAY
        yield day


def known_by(day: dt.date | None, on: dt.date) -> dt.date | None:
    """A day as known on another: None while it lies ahead."""
    return day if day and day <= on else None


def day_zh(day: dt.date) -> str:
    """A day in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日"
