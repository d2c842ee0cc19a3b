"""Values as people type them on the command line (命令行参数)."""

import datetime as dt
import math
from zoneinfo import ZoneInfo

import click

CHINA = ZoneInfo("Asia/Shanghai")


class LonLat(click.ParamType[tuple[float, float]]):
    """A point typed as LON,LAT in degrees."""

    name = "LON,LAT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Parse, and say what is wrong with a point that cannot be one."""
        parts = str(value).replace("，", ",").split(",")
        try:
            lon, lat = (float(part) for part in parts)
        except ValueError:
            self.fail(f"{value!r} is not LON,LAT in degrees, such as 112.98,28.19", param, ctx)
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180):  # noqa: PLR2004 - the globe
            self.fail(f"{value!r}: longitude must lie between -180 and 180 degrees", param, ctx)
        if abs(lat) > 90:  # noqa: PLR2004 - the globe
            swapped = " (is latitude given first?)" if abs(lon) <= 90 else ""  # noqa: PLR2004
            self.fail(f"{value!r}: latitude must lie between -90 and 90 degrees{swapped}", param, ctx)
        return lon, lat


class DateOrTime(click.ParamType[dt.date]):
    """A date, or a date and time, in ISO 8601; times are local (Asia/Shanghai) unless they name an offset."""

    name = "DATE-OR-TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Parse; a time with an offset is turned into local time."""
        if isinstance(value, dt.date):
            return value
        text = str(value).strip()
        try:
            return _read_moment(text)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a date (2026-11-22) nor a time (2026-11-22T08:30)", param, ctx)


def _read_moment(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(CHINA).replace(tzinfo=None) if moment.tzinfo else moment


class Day(DateOrTime):
    """A date in ISO 8601."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Parse; a time is refused."""
        day = super().convert(value, param, ctx)
        if isinstance(day, dt.datetime):
            self.fail(f"{value!r} is a time, a date is wanted", param, ctx)
        return day


def today() -> dt.date:
    """Today in China."""
    return dt.datetime.now(CHINA).date()
