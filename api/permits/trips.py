"""Rules of trips under a permit (行程规则): may this departure be announced, is this plan one multi-trip permit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from api.permits.content import PermitContent
from api.permits.settings import PermitSettings, default_permit_settings
from api.permits.wording import STATUS, Words

Direction = Literal["loaded", "empty_return"]


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip already announced under the permit; `ended_on` is None while it is open (未结束的行程)."""

    direction: Direction
    departed_on: dt.date
    ended_on: dt.date | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """A departure announced (行程报备)."""

    direction: Direction
    departs_on: dt.date
    arrives_on: dt.date
    driver: str
    plates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """An answer with every reason against (是否允许)."""

    reasons: tuple[Words, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class PlannedTrip:
    """One trip of a transport plan (运输计划), by what must stay the same."""

    on: dt.date
    combination: tuple[str, ...]
    route: str
    load: str
    needs_reinforcement: bool = False


def may_announce(
    content: PermitContent, trips: Sequence[Trip], announcement: Announcement, drivers: Sequence[str]
) -> Allowed:
    """Whether a departure may be announced.

    Args:
        content: The permit as it stands now.
        trips: Trips announced before, of any state.
        announcement: Who goes when, in which direction and with which plates.
        drivers: Ids of the drivers on the permit's list.

    Returns:
        Every reason against; none means that it may.
    """
    checks = (
        _standing(content),
        _dates(content, announcement),
        _open_trip(trips),
        _direction(content, trips, announcement),
        _driver(announcement, drivers),
        _plates(content, announcement),
    )
    return Allowed(tuple(reason for reasons in checks for reason in reasons))


def trips_used(trips: Sequence[Trip]) -> int:
    """Loaded trips that count; those withdrawn before departure and empty returns do not (已用次数)."""
    return sum(trip.direction == "loaded" and not trip.withdrawn for trip in trips)


def last_day(first: dt.date, *, trips: int, settings: PermitSettings | None = None) -> dt.date:
    """Last day a permit may be valid for: some days for one trip, some months for several (有效期止)."""
    chosen = settings or default_permit_settings()
    if trips <= 1:
        return first + dt.timedelta(days=chosen.single_trip_days - 1)
    return _months_later(first, chosen.multi_trip_months) - dt.timedelta(days=1)


def may_be_one_permit(plan: Sequence[PlannedTrip], *, settings: PermitSettings | None = None) -> Allowed:
    """Whether a plan of several trips fits one multi-trip permit (多次通行)."""
    chosen = settings or default_permit_settings()
    if not plan:
        return Allowed((Words("运输计划没有行程", "the plan holds no trip"),))
    broken = {
        "same_combination": len({trip.combination for trip in plan}) > 1,
        "same_route": len({trip.route for trip in plan}) > 1,
        "same_load": len({trip.load for trip in plan}) > 1,
        "no_reinforcement": any(trip.needs_reinforcement for trip in plan),
    }
    reasons = [PLAN_REASONS[need] for need in chosen.multi_trip_needs if broken[need]]
    first, last = min(trip.on for trip in plan), max(trip.on for trip in plan)
    latest = last_day(first, trips=len(plan), settings=chosen)
    if last > latest:
        reasons.append(Words(f"末次行程{last}晚于最长期限{latest}", f"the last trip, {last}, is later than {latest}"))
    return Allowed(tuple(reasons))


PLAN_REASONS = {
    "same_combination": Words("各次行程不是同一车辆", "not the same vehicles on every trip"),
    "same_route": Words("各次行程不是同一路线", "not the same route on every trip"),
    "same_load": Words("各次行程装载不同", "not the same load on every trip"),
    "no_reinforcement": Words("路线须加固，不适用多次通行", "the route needs reinforcement"),
}


def _standing(content: PermitContent) -> list[Words]:
    if content.status == "valid":
        return []
    words = STATUS[content.status]
    return [Words(f"通行证状态为“{words.zh}”", f"the permit is {words.en}")]


def _dates(content: PermitContent, announcement: Announcement) -> list[Words]:
    start, end = announcement.departs_on, announcement.arrives_on
    if end < start:
        return [Words("到达日早于出发日", "arrives before it departs")]
    since, until = content.valid_from, content.valid_until
    if since <= start and end <= until:
        return []
    said = Words(
        f"行程{start}至{end}不在有效期{since}至{until}内", f"{start} to {end} is not within {since} to {until}"
    )
    return [said]


def _open_trip(trips: Sequence[Trip]) -> list[Words]:
    opened = [trip for trip in trips if trip.ended_on is None and not trip.withdrawn]
    return [
        Words(f"{trip.departed_on}的行程尚未结束", f"the trip of {trip.departed_on} is still open") for trip in opened
    ]


def _direction(content: PermitContent, trips: Sequence[Trip], announcement: Announcement) -> list[Words]:
    used = trips_used(trips)
    if announcement.direction == "loaded":
        left = content.trips - used
        return [] if left > 0 else [Words(f"通行次数{content.trips}次已用完", f"all {content.trips} trips are used")]
    if content.empty_return is None:
        return [Words("本证未载明空车返程", "the permit states no empty return")]
    returns = sum(trip.direction == "empty_return" and not trip.withdrawn for trip in trips)
    return [] if returns < used else [Words("没有可返程的重车行程", "there is no loaded trip to return from")]


def _driver(announcement: Announcement, drivers: Sequence[str]) -> list[Words]:
    if announcement.driver in drivers:
        return []
    return [Words("驾驶员不在本证人员名单内", "the driver is not on the permit's list")]


def _plates(content: PermitContent, announcement: Announcement) -> list[Words]:
    tractor, *trailers = announcement.plates or ("",)
    if tractor == content.tractor.plate and sorted(trailers) == sorted(one.plate for one in content.trailers):
        return []
    shown, stated = " ".join(announcement.plates), " ".join(content.plates)
    return [Words(f"车辆{shown}与本证{stated}不符", f"vehicles {shown} are not those of the permit, {stated}")]


def _months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day where there is none such."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
    return min(dt.date(year, month, 1) + dt.timedelta(days=day.day - 1), first_of_next - dt.timedelta(days=1))
