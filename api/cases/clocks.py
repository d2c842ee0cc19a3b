"""The clock of a case (办件期限), read from its rows."""

import datetime as dt
from typing import Any, Literal, cast

from api.cases.rows import correction_of, pauses_of
from api.db.tables import Case
from api.provinces.settings import service_settings_on
from api.unit_of_work import LOCAL, UnitOfWork
from rules.calendar import add_working_days
from rules.clock import ClockFacts, ClockReading, Correction, read_clock
from rules.errors import CalendarRangeError
from rules.periods import Pause

Scope = Literal["own", "cross_province"]


def local_day(moment: dt.datetime) -> dt.date:
    """The day of a moment, here."""
    return moment.astimezone(LOCAL).date()


def due_after(day: dt.date, working_days: int) -> dt.date | None:
    """The day on which working days are over; None beyond the published calendar, which is not guessed."""
    try:
        return add_working_days(day, working_days)
    except CalendarRangeError:
        return None


def received_on(work: UnitOfWork, case: Case) -> dt.date:
    """Day the papers came in: after a correction, the completed ones."""
    asked = correction_of(work, case)
    return local_day(asked.answered_at if asked and asked.answered_at else case.submitted_at)


def clock_facts(work: UnitOfWork, case: Case) -> ClockFacts:
    """The dated facts of a case."""
    asked = correction_of(work, case)
    corrections: tuple[Correction, ...] = ()
    if asked is not None:
        answered = local_day(asked.answered_at) if asked.answered_at else None
        corrections = (Correction(local_day(asked.asked_at), answered),)
    return ClockFacts(
        vehicle_class=case.vehicle_class or "unknown",
        scope=cast(Scope, case.scope or "own"),
        received_on=local_day(case.submitted_at),
        accepted_on=case.accepted_on,
        stopped_on=local_day(case.ended_at) if case.ended_at else None,
        pauses=tuple(
            Pause(pause.basis, pause.reason, str(pause.notice_id), pause.from_on, pause.until_on)
            for pause in pauses_of(work, case)
        ),
        corrections=corrections,
    )


def read_case_clock(work: UnitOfWork, case: Case) -> ClockReading:
    """How the clock of a case stands today."""
    settings = service_settings_on(work, case.province, case.accepted_on or work.today)
    return read_clock(clock_facts(work, case), on=work.today, settings=settings)


def keep_due_days(work: UnitOfWork, case: Case) -> None:
    """Write the due days beside the case, for lists and filters."""
    reading = read_case_clock(work, case)
    case.statutory_due_on = reading.statutory.due_on if reading.statutory else None
    case.promised_due_on = reading.promised.due_on if reading.promised else None


def clock_json(work: UnitOfWork, case: Case) -> dict[str, Any]:
    """The clock as the API shows it."""
    return read_case_clock(work, case).to_json()
