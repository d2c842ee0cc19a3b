"""Trips under a permit: what may be announced, how long a permit may hold, what one plan may hold."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.permits.trips import (
    Announcement,
    PlannedTrip,
    Trip,
    last_day,
    may_announce,
    may_be_one_permit,
    trips_used,
)
from tests.permits.examples import content

DAY = dt.date(2026, 11, 23)
DRIVERS = ("d-1", "d-2")
LOADED = Announcement("loaded", DAY, DAY + dt.timedelta(days=1), "d-1", ("湘A12345", "湘A6478超"))
BACK = replace(LOADED, direction="empty_return")
DONE = Trip("loaded", DAY - dt.timedelta(days=1), DAY)


def reasons(before: list[Trip], announcement: Announcement = LOADED, **changes: object) -> list[str]:
    return [said.zh for said in may_announce(content(**changes), before, announcement, DRIVERS).reasons]


def test_an_ordinary_departure_may_be_announced() -> None:
    assert may_announce(content(), [], LOADED, DRIVERS).ok


@pytest.mark.parametrize(
    ("departs_on", "arrives_on", "ok"),
    [
        ("2026-11-22", "2026-11-26", True),
        ("2026-11-21", "2026-11-23", False),
        ("2026-11-26", "2026-11-27", False),
        ("2026-11-24", "2026-11-23", False),
        ("2026-11-22", "2026-11-22", True),
    ],
)
def test_the_whole_trip_lies_within_the_validity(departs_on: str, arrives_on: str, ok: bool) -> None:
    days = (dt.date.fromisoformat(departs_on), dt.date.fromisoformat(arrives_on))
    assert (reasons([], replace(LOADED, departs_on=days[0], arrives_on=days[1])) == []) is ok


@pytest.mark.parametrize(
    ("announcement", "word"),
    [
        (replace(LOADED, driver="d-3"), "驾驶员"),
        (replace(LOADED, plates=("湘A12345",)), "不符"),
        (replace(LOADED, plates=("湘A6478超", "湘A12345")), "不符"),
        (replace(LOADED, plates=()), "不符"),
        (BACK, "没有可返程"),
    ],
)
def test_one_thing_wrong_is_one_reason(announcement: Announcement, word: str) -> None:
    (said,) = reasons([], announcement)
    assert word in said


@pytest.mark.parametrize("status", ["awaiting_check", "revoked", "expired", "changed"])
def test_only_a_valid_permit_departs(status: str) -> None:
    assert len(reasons([], status=status)) == 1


def test_an_open_trip_bars_the_next() -> None:
    (said,) = reasons([replace(DONE, ended_on=None)], trips=2)
    assert "尚未结束" in said
    assert reasons([replace(DONE, ended_on=None, withdrawn=True)]) == []


def test_trips_run_out() -> None:
    assert reasons([DONE], trips=2) == []
    (said,) = reasons([DONE, DONE], trips=2)
    assert "已用完" in said
    assert trips_used([DONE, replace(DONE, withdrawn=True), replace(DONE, direction="empty_return")]) == 1


def test_a_return_for_every_loaded_trip_and_no_more() -> None:
    returned = Trip("empty_return", DAY, DAY)
    assert reasons([DONE], BACK) == []
    assert len(reasons([DONE, returned], BACK)) == 1
    assert reasons([DONE, returned, DONE], BACK, trips=2) == []
    assert "空车返程" in reasons([DONE], BACK, empty_return=None)[0]


def test_all_reasons_are_told_at_once() -> None:
    bad = Announcement("loaded", dt.date(2027, 1, 1), dt.date(2027, 1, 2), "d-9", ("京A00000",))
    assert len(reasons([replace(DONE, ended_on=None)], bad, status="revoked")) == 6


@pytest.mark.parametrize(
    ("first", "trips", "last"),
    [
        ("2026-11-22", 1, "2026-11-26"),
        ("2026-11-22", 2, "2027-05-21"),
        ("2026-08-31", 2, "2027-02-27"),
        ("2026-02-28", 9, "2026-08-27"),
        ("2027-08-31", 2, "2028-02-28"),
        ("2026-06-30", 2, "2026-12-29"),
        ("2026-07-01", 2, "2026-12-31"),
        ("2026-06-01", 2, "2026-11-30"),
    ],
)
def test_longest_validity(first: str, trips: int, last: str) -> None:
    assert last_day(dt.date.fromisoformat(first), trips=trips) == dt.date.fromisoformat(last)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)))
def test_six_months_against_another_library(first: dt.date) -> None:
    expected = (pd.Timestamp(first) + pd.DateOffset(months=6)).date() - dt.timedelta(days=1)
    assert last_day(first, trips=2) == expected


def plan(count: int = 3, **changes: Any) -> list[PlannedTrip]:  # noqa: ANN401
    trips = [
        PlannedTrip(DAY + dt.timedelta(days=30 * n), ("湘A12345", "湘A6478超"), "route-1", "blade-1")
        for n in range(count)
    ]
    return [*trips[:-1], replace(trips[-1], **changes)]


def test_like_trips_are_one_permit() -> None:
    assert may_be_one_permit(plan()).ok
    assert not may_be_one_permit([]).ok


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"combination": ("湘A12345", "湘A0001超")}, "同一车辆"),
        ({"route": "route-2"}, "同一路线"),
        ({"load": "blade-2"}, "装载"),
        ({"needs_reinforcement": True}, "加固"),
        ({"on": dt.date(2027, 5, 23)}, "最长期限2027-05-22"),
    ],
)
def test_unlike_trips_are_not(changes: dict[str, object], word: str) -> None:
    (said,) = may_be_one_permit(plan(**changes)).reasons
    assert word in said.zh


def test_the_last_day_of_six_months_is_within() -> None:
    assert may_be_one_permit(plan(on=dt.date(2027, 5, 22))).ok
