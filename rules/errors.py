"""Faults of using the rules (用法错误). A legal "no" is a result, never one of these."""

import datetime as dt


class RulesError(Exception):
    """Base of every fault raised by this package."""


class UnknownClauseError(RulesError):
    """A clause id that no article file holds."""

    def __init__(self, clause_id: str) -> None:
        super().__init__(f"no clause {clause_id!r} in rules/: ids look like 'ord62-3.1.8'")
        self.clause_id = clause_id


class NotInForceError(RulesError):
    """A number was asked of an article on a day it was not in force (尚未施行)."""

    def __init__(self, article_id: str, on: dt.date) -> None:
        super().__init__(f"article {article_id} has no version in force on {on.isoformat()}")
        self.article_id = article_id
        self.on = on


class NoDeadlineError(RulesError):
    """A decision period was asked for a class that has none."""


class CalendarRangeError(RulesError):
    """The working-day calendar holds no data for a year (日历未收录该年度)."""

    def __init__(self, year: int, first: int, last: int) -> None:
        super().__init__(
            f"working-day calendar has no data for {year} (known: {first}..{last}); "
            "import the State Council's plan with tools/make_calendar.py"
        )
        self.year = year


class RuleFileError(RulesError):
    """A YAML file of the rules is broken; the message names the file and every fault in it."""
