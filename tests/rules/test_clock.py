"""The clock over the holidays of 2026: due dates, pauses, cards and what it says."""

import datetime as dt
from dataclasses import replace

import chinese_calendar
import pytest

from rules.cards import Card
from rules.clock import ClockFacts, ClockState, Correction, read_clock
from rules.errors import CalendarRangeError
from rules.periods import Pause, measure, read_delivery, read_opinion, read_period, read_step
from rules.periods import silence_is_acceptance_on as silence
from rules.service import default_service

day = dt.date.fromisoformat
SCOPE_OF_DAYS = {
    2: ("I", "own"),
    5: ("II", "own"),
    15: ("III", "own"),
    10: ("II", "cross_province"),
    20: ("III", "cross_province"),
}
VECTORS = [
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 15, "2026-03-12"),
    ("2026-04-30", 2, "2026-05-07"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-04-30", 15, "2026-05-25"),
    ("2026-09-24", 2, "2026-09-29"),
    ("2026-09-24", 5, "2026-10-09"),
    ("2026-09-24", 15, "2026-10-22"),
    ("2026-09-30", 2, "2026-10-09"),
    ("2026-07-06", 2, "2026-07-08"),
    ("2026-07-06", 5, "2026-07-13"),
    ("2026-07-06", 10, "2026-07-20"),
    ("2026-07-06", 15, "2026-07-27"),
    ("2026-07-06", 20, "2026-08-03"),
]


def accepted(on: str, vehicle_class: str = "III", **changes: object) -> ClockFacts:
    return replace(ClockFacts(vehicle_class, accepted_on=day(on)), **changes)


def card_on(facts: ClockFacts, on: str) -> str:
    return read_clock(facts, on=day(on)).card.value


@pytest.mark.parametrize(("accepted_on", "days", "due_on"), VECTORS)
def test_due_dates(accepted_on: str, days: int, due_on: str) -> None:
    vehicle_class, scope = SCOPE_OF_DAYS[days]
    reading = read_clock(accepted(accepted_on, vehicle_class, scope=scope), on=day(accepted_on))
    assert reading.statutory is not None
    assert (reading.statutory.limit, reading.statutory.due_on) == (days, day(due_on))


def working_days_of_2026() -> list[dt.date]:
    """From the package, not from our calendar."""
    year = [day("2026-01-01") + dt.timedelta(days=n) for n in range(365)]
    return [one for one in year if chinese_calendar.is_workday(one)]


@pytest.mark.parametrize("limit", [1, 2, 5, 10, 15, 20])
def test_every_start_of_2026_against_the_package(limit: int) -> None:
    """Holidays and working weekends, and what runs into a year that is not published."""
    working = working_days_of_2026()
    for n in range(365):
        start = day("2026-01-01") + dt.timedelta(days=n)
        later = [one for one in working if one > start]
        expected = later[limit - 1] if len(later) >= limit else None
        assert measure(start, limit, on=start).due_on == expected, start


def test_every_reading_day_of_a_case_over_the_autumn_holidays() -> None:
    """Class III accepted Thursday 24 September: promised ten days end on 15 October, fifteen on the 22nd."""
    facts = accepted("2026-09-24")
    cards = {n: card_on(facts, f"2026-10-{n:02}") for n in range(1, 32)}
    assert set(cards.values()) == {"green", "warning", "yellow", "red"}
    # 28, 29, 30 September, 8, 9, 10 October, then 12 to 15: two of the ten are left on the 13th.
    assert [n for n, card in cards.items() if card == "green"] == list(range(1, 13))
    assert [n for n, card in cards.items() if card == "warning"] == [13, 14, 15]
    assert [n for n, card in cards.items() if card == "yellow"] == list(range(16, 23))
    assert [n for n, card in cards.items() if card == "red"] == list(range(23, 32))


def test_a_working_saturday_counts_and_a_holiday_monday_does_not() -> None:
    """Class II accepted Thursday 30 April: 6, 7, 8, Saturday 9 and Monday 11 May."""
    facts = accepted("2026-04-30", "II")
    used = {on: read_clock(facts, on=day(on)).statutory for on in ("2026-05-05", "2026-05-08", "2026-05-09")}
    assert [one.used for one in used.values() if one] == [0, 3, 4]
    assert [card_on(facts, on) for on in ("2026-05-08", "2026-05-09", "2026-05-11", "2026-05-12")] == [
        "green",
        "warning",
        "warning",
        "red",
    ]


def test_where_nothing_better_is_promised_late_is_red_at_once() -> None:
    facts = accepted("2026-07-06", "II")
    assert card_on(facts, "2026-07-13") == "warning"
    assert card_on(facts, "2026-07-14") == "red"
    assert card_on(replace(facts, promised_days=2), "2026-07-14") == "red"
    assert card_on(replace(facts, promised_days=2), "2026-07-09") == "yellow"


def test_a_promise_longer_than_the_law_is_worth_nothing() -> None:
    reading = read_clock(accepted("2026-07-06", "II", promised_days=9), on=day("2026-07-06"))
    assert reading.promised is not None
    assert reading.promised.limit == 5


def test_the_promise_of_the_settings_holds_within_one_province_only() -> None:
    own, cross = (
        read_clock(accepted("2026-07-06", scope=scope), on=day("2026-07-06")) for scope in ("own", "cross_province")
    )
    assert own.promised is not None
    assert cross.promised is not None
    assert (own.promised.limit, cross.promised.limit) == (10, 20)


REINFORCED = Pause("reinforcement", "加固主桥", "停表告知书1号", day("2026-07-08"), day("2026-07-15"))


def test_a_lawful_pause_is_added_working_day_by_working_day() -> None:
    """Told on Wednesday 8 July, resumed on Wednesday the 15th: 9, 10, 13, 14, 15 July do not count."""
    facts = accepted("2026-07-06", pauses=(REINFORCED,))
    reading = read_clock(facts, on=day("2026-07-20"))
    assert reading.statutory is not None
    assert (reading.statutory.used, reading.statutory.paused) == (5, 5)
    assert reading.statutory.due_on == day("2026-08-03")
    assert reading.state is ClockState.RUNNING
    assert "停表5个工作日" in reading.sentence_zh


@pytest.mark.parametrize(
    ("on", "state", "used", "due_on"),
    [
        ("2026-07-08", ClockState.PAUSED, 2, "2026-07-27"),
        ("2026-07-09", ClockState.PAUSED, 2, "2026-07-28"),
        ("2026-07-14", ClockState.PAUSED, 2, "2026-07-31"),
        ("2026-07-15", ClockState.RUNNING, 2, "2026-08-03"),
        ("2026-07-16", ClockState.RUNNING, 3, "2026-08-03"),
    ],
)
def test_an_open_pause_moves_the_due_date_day_by_day(on: str, state: ClockState, used: int, due_on: str) -> None:
    """What is dated later is not known yet: the 8 July reading does not see the resuming."""
    reading = read_clock(accepted("2026-07-06", pauses=(REINFORCED,)), on=day(on))
    assert reading.statutory is not None
    assert (reading.state, reading.statutory.used, reading.statutory.due_on) == (state, used, day(due_on))
    assert ("届满日按当日恢复计算" in reading.sentence_zh) is (state is ClockState.PAUSED)


def test_a_pause_of_tomorrow_is_not_seen_today() -> None:
    reading = read_clock(accepted("2026-07-06", pauses=(REINFORCED,)), on=day("2026-07-07"))
    assert reading.state is ClockState.RUNNING


@pytest.mark.parametrize("basis", ["survey", "police_opinion", "co_review", "lunch"])
def test_an_unlawful_pause_stops_nothing_and_is_named(basis: str) -> None:
    facts = accepted("2026-07-06", pauses=(replace(REINFORCED, basis=basis),))
    reading, plain = (read_clock(one, on=day("2026-07-10")) for one in (facts, accepted("2026-07-06")))
    assert (reading.statutory, reading.state, reading.card) == (plain.statutory, plain.state, plain.card)
    assert len(reading.notes) == 1
    assert "可以停表的只有" in reading.notes[0]


def test_a_pause_nobody_was_told_of_stops_nothing() -> None:
    facts = accepted("2026-07-06", pauses=(replace(REINFORCED, notice_id=""),))
    reading = read_clock(facts, on=day("2026-07-10"))
    assert reading.state is ClockState.RUNNING
    assert "没有书面告知" in reading.notes[0]


def test_pauses_that_overlap_count_once() -> None:
    other = Pause("testing", "荷载试验", "停表告知书2号", day("2026-07-10"), day("2026-07-14"))
    both = read_clock(accepted("2026-07-06", pauses=(REINFORCED, other)), on=day("2026-07-20"))
    one = read_clock(accepted("2026-07-06", pauses=(REINFORCED,)), on=day("2026-07-20"))
    assert both.statutory == one.statutory


def test_after_the_decision_nothing_moves() -> None:
    facts = accepted("2026-07-06", stopped_on=day("2026-07-20"))
    reading = read_clock(facts, on=day("2026-09-01"))
    assert reading.state is ClockState.STOPPED
    assert reading.card is Card.GREEN
    assert reading.statutory is not None
    assert reading.statutory.used == 10
    assert "2026年7月20日办结" in reading.sentence_zh
    late = accepted("2026-07-06", stopped_on=day("2026-07-28"))
    assert card_on(late, "2026-09-01") == "red"
    assert card_on(late, "2026-07-27") == "yellow"


def test_a_year_not_published_is_said_not_guessed() -> None:
    """Accepted Tuesday 29 December 2026: two days are certain, the rest lies in a year without a calendar."""
    facts = accepted("2026-12-29")
    reading = read_clock(facts, on=day("2026-12-31"))
    assert reading.statutory is not None
    assert (reading.statutory.used, reading.statutory.due_on) == (2, None)
    assert reading.calendar_unknown
    assert reading.certain_until == day("2026-12-31")
    assert reading.card is Card.GREEN
    assert "未收录" in reading.sentence_zh
    assert read_clock(facts, on=day("2027-01-04")).card is Card.UNKNOWN
    assert read_clock(facts, on=day("2027-01-04")).to_json()["used_working_days"] is None


def test_what_is_certainly_late_is_said_beyond_the_calendar_too() -> None:
    facts = accepted("2026-12-16")  # ten days end on 30 December, fifteen in 2027
    assert card_on(facts, "2026-12-31") == "yellow"
    assert card_on(facts, "2027-01-04") == "yellow"
    assert read_clock(facts, on=day("2027-01-04")).calendar_unknown
    assert card_on(accepted("2026-12-01"), "2027-01-04") == "red"


def test_before_the_calendar_is_a_fault() -> None:
    with pytest.raises(CalendarRangeError, match="2003"):
        measure(day("2003-12-01"), 5, on=day("2003-12-10"))
    with pytest.raises(CalendarRangeError, match="2003"):
        silence(day("2003-12-01"))


@pytest.mark.parametrize("vehicle_class", ["unknown", "none"])
def test_a_case_without_a_class_has_no_period(vehicle_class: str) -> None:
    reading = read_clock(accepted("2026-07-06", vehicle_class), on=day("2026-07-10"))
    assert (reading.statutory, reading.promised, reading.card) == (None, None, Card.UNKNOWN)
    assert "没有法定期限" in reading.sentence_zh


# Before acceptance


def received(on: str, **changes: object) -> ClockFacts:
    return replace(ClockFacts("II", received_on=day(on)), **changes)


def test_acceptance_has_a_clock_of_its_own() -> None:
    """Received Monday 6 July: three days inside the office, five by the law."""
    facts = received("2026-07-06")
    reading = read_clock(facts, on=day("2026-07-06"))
    assert reading.state is ClockState.NOT_STARTED
    assert reading.statutory is not None
    assert reading.statutory.due_on == day("2026-07-13")
    cards = [card_on(facts, f"2026-07-{n:02}") for n in (7, 8, 9, 10, 13, 14)]
    assert cards == ["green", "warning", "warning", "yellow", "yellow", "red"]
    assert "尚未受理" in reading.sentence_zh
    assert "行政许可法第三十二条" in str(reading.to_json()["clause"])


def test_no_clock_while_the_applicant_completes_the_papers() -> None:
    facts = received("2026-07-06", corrections=(Correction(day("2026-07-08"), day("2026-07-20")),))
    waiting = read_clock(facts, on=day("2026-07-19"))
    assert (waiting.statutory, waiting.card) == (None, Card.GREEN)
    assert "补正" in waiting.sentence_zh
    again = read_clock(facts, on=day("2026-07-20"))
    assert again.statutory is not None
    assert again.statutory.due_on == day("2026-07-27")


def test_a_draft_has_no_clock_and_a_withdrawn_application_no_more() -> None:
    assert "尚未提交" in read_clock(ClockFacts("II"), on=day("2026-07-06")).sentence_zh
    withdrawn = read_clock(received("2026-07-06", stopped_on=day("2026-07-08")), on=day("2026-08-06"))
    assert (withdrawn.state, withdrawn.card) == (ClockState.STOPPED, Card.GREEN)


@pytest.mark.parametrize(
    ("received_on", "first"),
    [
        ("2026-07-06", "2026-07-14"),
        ("2026-02-13", "2026-02-28"),
        ("2026-09-24", "2026-10-10"),
        ("2026-12-30", None),
    ],
)
def test_silence_becomes_acceptance(received_on: str, first: str | None) -> None:
    assert silence(day(received_on)) == (day(first) if first else None)


# Periods beside the decision


@pytest.mark.parametrize(("vehicle_class", "due"), [("II", "2026-05-07"), ("III", "2026-05-11"), ("unknown", None)])
def test_opinions_have_clocks_of_their_own(vehicle_class: str, due: str | None) -> None:
    """A class not known gets the longest period."""
    reading = read_opinion(day("2026-04-30"), vehicle_class, on=day("2026-05-12"))
    assert reading.measured.due_on == day(due or "2026-05-11")
    assert reading.card is Card.YELLOW
    answered = read_opinion(day("2026-04-30"), vehicle_class, on=day("2026-05-12"), answered_on=day("2026-05-07"))
    assert answered.card is Card.GREEN
    assert "2026年5月7日办结" in answered.sentence_zh


def test_an_answer_of_tomorrow_is_not_known_today() -> None:
    reading = read_opinion(day("2026-07-06"), "II", on=day("2026-07-09"), answered_on=day("2026-07-10"))
    assert reading.card is Card.YELLOW
    assert "办结" not in reading.sentence_zh


def test_steps_and_delivery() -> None:
    step = read_step("decision", day("2026-07-06"), on=day("2026-07-08"))
    assert (step.card, step.measured.due_on, step.title_zh) == (Card.YELLOW, day("2026-07-07"), "决定环节")
    delivery = read_delivery(day("2026-07-06"), on=day("2026-07-21"))
    assert (delivery.card, delivery.measured.due_on) == (Card.RED, day("2026-07-20"))
    assert read_delivery(day("2026-07-06"), on=day("2026-07-21"), delivered_on=day("2026-07-20")).card is Card.GREEN


def test_warning_by_share_of_a_long_period() -> None:
    """Twenty days: four left are a fifth, five are not."""
    cards = [read_period("期限", day("2026-07-06"), 20, on=day(on)).card for on in ("2026-07-27", "2026-07-28")]
    assert cards == [Card.GREEN, Card.WARNING]
    never = default_service().model_copy(update={"warning_percent": 0, "warning_days": -1})
    assert read_period("期限", day("2026-07-06"), 20, on=day("2026-07-31"), settings=never).card is Card.GREEN


def test_dates_in_an_impossible_order_are_named_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"stopped_on .* is before") as fault:
        ClockFacts(
            "II",
            accepted_on=day("2026-07-06"),
            stopped_on=day("2026-07-01"),
            promised_days=0,
            pauses=(replace(REINFORCED, resumed_on=day("2026-07-01")),),
            corrections=(Correction(day("2026-07-02"), day("2026-07-01")),),
        )
    for words in ("pauses[0].resumed_on", "corrections[0].answered_on", "promised_days is 0"):
        assert words in str(fault.value)


def test_json_holds_dates_as_text() -> None:
    shown = read_clock(accepted("2026-07-06"), on=day("2026-07-08")).to_json()
    assert shown | {"sentence_zh": "", "notes": []} == {
        "on": "2026-07-08",
        "state": "running",
        "statutory_days": 15,
        "statutory_due_on": "2026-07-27",
        "promised_days": 10,
        "promised_due_on": "2026-07-20",
        "used_working_days": 2,
        "paused_working_days": 0,
        "left_working_days": 8,
        "card": "green",
        "calendar_unknown": False,
        "certain_until": "2026-12-31",
        "clause": "ord62-15.1.3",
        "sentence_zh": "",
        "notes": [],
    }
