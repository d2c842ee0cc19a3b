"""Cards of many cases at once (批量期限读数): three queries for all of them, and each different clock is read once."""

import datetime as dt
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, cast

from sqlalchemy import ColumnElement, select

from api.cases.clocks import Scope, local_day
from api.cases.states import STATES, State
from api.db.tables import Case, Correction, Pause, Setting
from api.provinces.settings import EVERYWHERE, service_settings_on
from api.unit_of_work import UnitOfWork
from rules import clock, periods
from rules.cards import Card
from rules.clock import ClockFacts, ClockReading, read_clock
from rules.service import ServiceSettings

OPEN_STATES: Final = tuple(
    state.value for state, facts in STATES.items() if facts.clock is not clock.ClockState.STOPPED
)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is not decided, with its clock (未决办件)."""

    id: uuid.UUID
    number: str
    province: str
    state: str
    vehicle_class: str | None
    body_id: str | None
    claimed: bool
    since: dt.date
    reading: ClockReading

    @property
    def due_on(self) -> dt.date | None:
        """The day that counts first: the promised one, else that of the law."""
        measured = self.reading.promised or self.reading.statutory
        return measured.due_on if measured else None


@dataclass(slots=True)
class Reader:
    """Reads clocks and remembers what it has read: most cases of a day have the same clock."""

    work: UnitOfWork
    _settings: dict[tuple[str, int], ServiceSettings] = field(default_factory=dict)
    _changes: dict[str, list[dt.date]] = field(default_factory=dict)
    _readings: dict[tuple[str, dt.date, ClockFacts], ClockReading] = field(default_factory=dict)
    _cards: dict[tuple[str, dt.date, dt.date, Card], Card] = field(default_factory=dict)

    def settings(self, province: str, on: dt.date) -> ServiceSettings:
        """Settings of a province on a day."""
        if province not in self._changes:
            self._changes[province] = _changes(self.work, province)
        key = (province, bisect_right(self._changes[province], on))  # between two changes all days are alike
        if key not in self._settings:
            self._settings[key] = service_settings_on(self.work, province, on)
        return self._settings[key]

    def reading(self, province: str, facts: ClockFacts) -> ClockReading:
        """The clock of a case, as `api.cases.clocks.read_case_clock` reads it."""
        today = self.work.today
        key = (province, facts.accepted_on or today, facts)
        if key not in self._readings:
            self._readings[key] = read_clock(facts, on=today, settings=self.settings(*key[:2]))
        return self._readings[key]

    def card(self, province: str, since: dt.date, due_on: dt.date | None, *, late: Card = Card.YELLOW) -> Card:
        """The card of something else that is due on a day; unknown where no day is known."""
        if due_on is None:
            return Card.UNKNOWN
        key = (province, since, due_on, late)
        if key not in self._cards:
            self._cards[key] = self._card(*key)
        return self._cards[key]

    def _card(self, province: str, since: dt.date, due_on: dt.date, late: Card) -> Card:
        today = self.work.today
        if today > due_on:
            return late
        limit = periods.measure(since, 1, on=due_on).used
        if limit is None:
            return Card.UNKNOWN
        measured = periods.measure(since, max(limit, 1), on=max(today, since))
        return periods.limit_card(measured, late, self.settings(province, today), ended=False)


def open_cases(work: UnitOfWork, where: ColumnElement[bool], reader: Reader | None = None) -> list[OpenCase]:
    """Cases that are not decided, with their clocks as of today.

    Args:
        work: The unit of work.
        where: Which cases, for instance those somebody may see.
        reader: Remembers clocks; a new one where none is given.
    """
    chosen = reader or Reader(work)
    wanted = where & Case.state.in_(OPEN_STATES)
    pauses, corrections = _pauses(work, wanted), _corrections(work, wanted)
    query = select(
        Case.id,
        Case.number,
        Case.province,
        Case.state,
        Case.vehicle_class,
        Case.scope,
        Case.deciding_body_id,
        Case.claimed_by,
        Case.submitted_at,
        Case.accepted_on,
        Case.ended_at,
    ).where(wanted)
    found = []
    for row in work.session.execute(query):
        key, number, province, state, vehicle_class, scope, body_id, claimed_by, submitted_at, accepted_on, ended_at = (
            row
        )
        facts = ClockFacts(
            vehicle_class=vehicle_class or "unknown",
            scope=cast(Scope, scope or "own"),
            received_on=local_day(submitted_at),
            accepted_on=accepted_on,
            stopped_on=local_day(ended_at) if ended_at else None,
            pauses=pauses.get(key, ()),
            corrections=corrections.get(key, ()),
        )
        claimed, since = claimed_by is not None, accepted_on or local_day(submitted_at)
        reading = chosen.reading(province, facts)
        found.append(OpenCase(key, number, province, state, vehicle_class, body_id, claimed, since, reading))
    return found


def _changes(work: UnitOfWork, province: str) -> list[dt.date]:
    """Days on which a setting of a province began or ended to hold, in order."""
    rows = work.session.execute(
        select(Setting.valid_from, Setting.valid_until).where(Setting.province.in_((province, EVERYWHERE)))
    )
    return sorted({day for row in rows for day in row if day is not None})


def is_waiting_for_applicant(case: OpenCase) -> bool:
    """Whether the applicant has it in hand."""
    return case.state == State.CORRECTION


def _pauses(work: UnitOfWork, wanted: ColumnElement[bool]) -> dict[uuid.UUID, tuple[periods.Pause, ...]]:
    query = select(Pause).join(Case, Case.id == Pause.case_id).where(wanted).order_by(Pause.from_on)
    found: defaultdict[uuid.UUID, list[periods.Pause]] = defaultdict(list)
    for row in work.session.scalars(query):
        pause = periods.Pause(row.basis, row.reason, str(row.notice_id), row.from_on, row.until_on)
        found[row.case_id].append(pause)
    return {key: tuple(pauses) for key, pauses in found.items()}


def _corrections(work: UnitOfWork, wanted: ColumnElement[bool]) -> dict[uuid.UUID, tuple[clock.Correction, ...]]:
    query = select(Correction.case_id, Correction.asked_at, Correction.answered_at)
    rows: Iterable[tuple[uuid.UUID, dt.datetime, dt.datetime | None]] = work.session.execute(
        query.join(Case, Case.id == Correction.case_id).where(wanted)
    )
    return {
        key: (clock.Correction(local_day(asked), local_day(answered) if answered else None),)
        for key, asked, answered in rows
    }
