"""Working days (工作日): weekdays without the yearly holidays, plus the working weekends (调休)."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import count

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import CalendarRangeError, RuleFileError
from rules.loading import RULES_FOLDER, read_yaml

SATURDAY = 5
ONE_DAY = dt.timedelta(days=1)


class Holiday(BaseModel):
    """One holiday of a year's plan (节假日), both days included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    first: dt.date
    last: dt.date

    def days(self) -> set[dt.date]:
        """All its days."""
        return {self.first + ONE_DAY * step for step in range((self.last - self.first).days + 1)}


class YearPlan(BaseModel):
    """The plan of one calendar year (年度放假安排)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    holidays: tuple[Holiday, ...]
    working_weekends: tuple[dt.date, ...]


class CalendarFile(BaseModel):
    """`working_days.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str
    years: dict[int, YearPlan]


@dataclass(frozen=True, slots=True)
class _Plan:
    days_off: frozenset[dt.date]
    working_weekends: frozenset[dt.date]


@cache
def _plans() -> dict[int, _Plan]:
    try:
        file = CalendarFile.model_validate(read_yaml(RULES_FOLDER / "working_days.yaml"))
    except ValidationError as error:
        raise RuleFileError(f"working_days.yaml: {error}") from error
    return {
        year: _Plan(
            days_off=frozenset[dt.date]().union(*(holiday.days() for holiday in plan.holidays)),
            working_weekends=frozenset(plan.working_weekends),
        )
        for year, plan in file.years.items()
    }


def known_years() -> tuple[int, int]:
    """First and last year with a plan."""
    return min(_plans()), max(_plans())


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on a day (是否工作日).

    Raises:
        CalendarRangeError: The calendar has no plan for the year.
    """
    plan = _plans().get(day.year)
    if plan is None:
        raise CalendarRangeError(day.year, *known_years())
    if day in plan.working_weekends:
        return True
    return day.weekday() < SATURDAY and day not in plan.days_off


def add_working_days(start: dt.date, working_days: int) -> dt.date:
    """The n-th working day after a day (期限届满日); the starting day itself is not counted.

    Raises:
        ValueError: `working_days` is negative.
        CalendarRangeError: The calendar does not reach far enough.
    """
    if working_days < 0:
        raise ValueError(f"working_days is {working_days}: wanted 0 or more")
    days = (start + ONE_DAY * step for step in count(1))
    day = start
    for _ in range(working_days):
        day = next(candidate for candidate in days if is_working_day(candidate))
    return day
