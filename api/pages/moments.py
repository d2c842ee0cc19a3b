"""Moments and days as pages write them (日期时间的写法): China standard time, to the minute."""

import datetime as dt

from api.unit_of_work import LOCAL


def moment_text(moment: dt.datetime) -> str:
    """A moment there, such as 2026-11-23 09:00."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def day_of(moment: dt.datetime) -> dt.date:
    """The day of a moment, there."""
    return moment.astimezone(LOCAL).date()
