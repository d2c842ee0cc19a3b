"""The clock of a case (办理期限的计算): from dated facts to due dates, days used, state, card and a sentence.

Start days do not count, a period ends on a working day, and a lawful pause lasts from the day after its notice to
the day of resuming. Everything is read *as of* a day: facts dated later are not yet known. Where the calendar does
not reach, the answer says so.
"""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rules.cards import Card, worst
from rules.ord62.art_015 import CLASS_CLAUSES, Scope, find_working_days
from rules.periods import Measured, Pause, day_zh, due_words, known_by, last_certain_day, limit_card, measure
from rules.service import ServiceSettings, default_service, explain_pause_refusal

CLASS_ZH = {"I": "一类", "II": "二类", "III": "三类"}


class ClockState(StrEnum):
    """Whether the period runs (期限状态)."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Correction:
    """The one request to complete the papers (补正)."""

    asked_on: dt.date
    answered_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What happened to a case, by date.

    Attributes:
        vehicle_class: "I", "II", "III"; anything else has no period.
        scope: "own" (本辖区内) or "cross_province" (跨省).
        received_on: Day the application came in (收到材料日).
        accepted_on: Day of acceptance (受理日), also a deemed one; None before.
        stopped_on: Day of the decision, withdrawal or termination; None before.
        promised_days: The promised limit (承诺期限), working days; None takes the one of the settings.
    """

    vehicle_class: str
    scope: Scope = "own"
    received_on: dt.date | None = None
    accepted_on: dt.date | None = None
    stopped_on: dt.date | None = None
    promised_days: int | None = None
    pauses: tuple[Pause, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        """Refuse dates in an impossible order, all at once.

        Raises:
            ValueError: Naming every fault.
        """
        pairs = [("stopped_on", self.accepted_on or self.received_on, self.stopped_on)]
        pairs += [("accepted_on", self.received_on, self.accepted_on)]
        pairs += [(f"pauses[{n}].resumed_on", one.told_on, one.resumed_on) for n, one in enumerate(self.pauses)]
        pairs += [(f"corrections[{n}].answered_on", c.asked_on, c.answered_on) for n, c in enumerate(self.corrections)]
        faults = [f"{name} {end} is before {start}" for name, start, end in pairs if start and end and end < start]
        if self.promised_days is not None and self.promised_days < 1:
            faults.append(f"promised_days is {self.promised_days}: wanted 1 or more")
        if faults:
            raise ValueError("; ".join(faults))

    def as_of(self, on: dt.date) -> "ClockFacts":
        """The facts known on a day."""
        return replace(
            self,
            received_on=known_by(self.received_on, on),
            accepted_on=known_by(self.accepted_on, on),
            stopped_on=known_by(self.stopped_on, on),
            pauses=tuple(replace(p, resumed_on=known_by(p.resumed_on, on)) for p in self.pauses if p.told_on <= on),
            corrections=tuple(
                replace(c, answered_on=known_by(c.answered_on, on)) for c in self.corrections if c.asked_on <= on
            ),
        )


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The clock of a case on a day (期限读数).

    Attributes:
        statutory: The period of the law (法定期限); before acceptance that of acceptance (受理期限). None when a
            class has none, or while the applicant completes the papers.
        promised: The promised limit (承诺期限); before acceptance the limit of the step.
        clause: Where the statutory period stands.
        calendar_unknown: A date or count lies beyond the published calendar.
        certain_until: Last day of the published calendar.
        notes: Pauses that do not count, and other warnings, in Chinese.
    """

    on: dt.date
    state: ClockState
    statutory: Measured | None
    promised: Measured | None
    clause: str | None
    card: Card
    calendar_unknown: bool
    certain_until: dt.date
    sentence_zh: str
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as ISO text."""
        statutory, promised = self.statutory, self.promised
        return {
            "on": self.on.isoformat(),
            "state": self.state.value,
            "statutory_days": statutory.limit if statutory else None,
            "statutory_due_on": _iso(statutory.due_on if statutory else None),
            "promised_days": promised.limit if promised else None,
            "promised_due_on": _iso(promised.due_on if promised else None),
            "used_working_days": statutory.used if statutory else None,
            "paused_working_days": statutory.paused if statutory else None,
            "left_working_days": promised.left if promised else None,
            "card": self.card.value,
            "calendar_unknown": self.calendar_unknown,
            "certain_until": self.certain_until.isoformat(),
            "clause": self.clause,
            "sentence_zh": self.sentence_zh,
            "notes": list(self.notes),
        }


def read_clock(facts: ClockFacts, *, on: dt.date, settings: ServiceSettings | None = None) -> ClockReading:
    """Read the clock of a case on a day.

    Args:
        facts: What happened; what is dated after `on` is not looked at.
        on: The day of reading.
        settings: Other settings than those of `service.yaml`.

    Raises:
        CalendarRangeError: The case started before the calendar does.
    """
    chosen = settings or default_service()
    known = facts.as_of(on)
    if known.accepted_on is None:
        return _read_intake(known, on, chosen)
    lawful, notes = _lawful_pauses(known.pauses, chosen)
    days = find_working_days(known.vehicle_class, known.scope, on=known.accepted_on)
    state = _state(known, lawful)
    if days is None:
        words = f"类别“{known.vehicle_class}”没有法定期限，须先确定类别"
        return _reading(on, state, None, None, None, words, notes)
    promised_days = min(days, known.promised_days or _promised_days(known, chosen) or days)
    statutory, promised = (
        measure(known.accepted_on, limit, on=on, pauses=lawful, ended_on=known.stopped_on)
        for limit in (days, promised_days)
    )
    clause = CLASS_CLAUSES[known.vehicle_class]
    reading = _reading(on, state, statutory, promised, clause, "", notes, settings=chosen)
    return replace(reading, sentence_zh=_sentence(known, reading, lawful))


def _read_intake(known: ClockFacts, on: dt.date, settings: ServiceSettings) -> ClockReading:
    """Before acceptance the period of the decision has not started; the one of acceptance runs from the papers."""
    ended = known.stopped_on
    state = ClockState.STOPPED if ended else ClockState.NOT_STARTED
    if known.received_on is None:
        return _reading(on, state, None, None, None, "申请尚未提交，期限未起算", ())
    if known.corrections and known.corrections[-1].answered_on is None:
        asked = day_zh(known.corrections[-1].asked_on)
        return _reading(on, state, None, None, None, f"{asked}已告知补正，等候申请人，期限未起算", ())
    started = known.corrections[-1].answered_on if known.corrections else known.received_on
    statutory, promised = (
        measure(started or known.received_on, limit, on=on, ended_on=ended)
        for limit in (settings.intake_days, min(settings.intake_days, settings.step_days["intake"]))
    )
    until = "受理前已终结" if ended else f"{due_words(statutory)}，届满前须受理、一次告知补正或者不予受理，逾期即为受理"
    words = f"{day_zh(started or known.received_on)}收到材料，尚未受理，决定期限未起算；{until}"
    return _reading(on, state, statutory, promised, "行政许可法第三十二条", words, (), settings=settings)


def _reading(
    on: dt.date,
    state: ClockState,
    statutory: Measured | None,
    promised: Measured | None,
    clause: str | None,
    sentence_zh: str,
    notes: tuple[str, ...],
    *,
    settings: ServiceSettings | None = None,
) -> ClockReading:
    measured = [one for one in (statutory, promised) if one]
    return ClockReading(
        on=on,
        state=state,
        statutory=statutory,
        promised=promised,
        clause=clause,
        card=_card(state, statutory, promised, settings or default_service()),
        calendar_unknown=any(one.due_on is None or one.used is None for one in measured),
        certain_until=last_certain_day(),
        sentence_zh=sentence_zh,
        notes=notes,
    )


def _card(state: ClockState, statutory: Measured | None, promised: Measured | None, settings: ServiceSettings) -> Card:
    if statutory is None or promised is None:
        return Card.GREEN if state in {ClockState.NOT_STARTED, ClockState.STOPPED} else Card.UNKNOWN
    ended = state is ClockState.STOPPED
    red = Card.RED if statutory.passed else Card.UNKNOWN if statutory.passed is None else Card.GREEN
    return worst(red, limit_card(promised, Card.YELLOW, settings, ended=ended))


def _state(known: ClockFacts, lawful: tuple[Pause, ...]) -> ClockState:
    if known.stopped_on:
        return ClockState.STOPPED
    return ClockState.PAUSED if any(pause.resumed_on is None for pause in lawful) else ClockState.RUNNING


def _promised_days(known: ClockFacts, settings: ServiceSettings) -> int | None:
    """The promised limit of the settings, for cases of one's own jurisdiction only."""
    days = {str(name): limit for name, limit in settings.promised_days.items()}
    return days.get(known.vehicle_class) if known.scope == "own" else None


def _lawful_pauses(pauses: tuple[Pause, ...], settings: ServiceSettings) -> tuple[tuple[Pause, ...], tuple[str, ...]]:
    """Pauses that stop the clock, and a sentence for every one that does not."""
    faults = {
        n: explain_pause_refusal(pause.basis, settings)
        or ("" if pause.notice_id else f"{day_zh(pause.told_on)}停表没有书面告知，不扣除")
        for n, pause in enumerate(pauses)
    }
    lawful = tuple(pause for n, pause in enumerate(pauses) if not faults[n])
    return lawful, tuple(fault for fault in faults.values() if fault)


def _sentence(known: ClockFacts, reading: ClockReading, lawful: tuple[Pause, ...]) -> str:
    statutory, promised = reading.statutory, reading.promised
    if statutory is None or promised is None or known.accepted_on is None:
        return reading.sentence_zh
    used = "已用天数无法计算" if statutory.used is None else f"已用{statutory.used}个"
    words = [
        f"{day_zh(known.accepted_on)}受理，{CLASS_ZH[known.vehicle_class]}，法定{statutory.limit}个工作日，{used}",
        due_words(statutory),
    ]
    if promised.limit < statutory.limit:
        words.append(f"承诺{promised.limit}个工作日，{due_words(promised)}")
    if statutory.paused:
        words.append(f"停表{statutory.paused}个工作日")
    words += [
        f"现因{pause.reason}（{pause.notice_id}）自{day_zh(pause.told_on)}起停表，届满日按当日恢复计算"
        for pause in lawful
        if pause.resumed_on is None and known.stopped_on is None
    ]
    if known.stopped_on:
        words.append(f"{day_zh(known.stopped_on)}办结")
    return "；".join(words) + f"。{reading.card.title_zh}"


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
