"""What has to be done by a day (待办事项): one kind of thing each, from the rows that hold it."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from api.cases.clocks import local_day
from api.cases.states import State
from api.db.tables import Body, Case, CheckTask, Correction, Event, ExchangeFile, Packet, Permit, ServiceRating
from api.supervision.clock_cards import OPEN_STATES, Reader, is_waiting_for_applicant, open_cases
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days
from rules.cards import Card
from rules.errors import CalendarRangeError


class Kind(StrEnum):
    """What runs out (事项种类)."""

    CASE = "case"
    OPINION = "opinion"
    PROMISED = "promised"
    CORRECTION = "correction"
    RETURNED = "returned"
    CHECK = "check"
    DELIVERY = "delivery"
    CHANGE = "change"
    RATING = "rating"
    EXCHANGE = "exchange"


KIND_ZH: Final = {
    Kind.CASE: "办件期限",
    Kind.OPINION: "征求意见",
    Kind.PROMISED: "容缺补交",
    Kind.CORRECTION: "补正",
    Kind.RETURNED: "退回未改派",
    Kind.CHECK: "现场核查",
    Kind.DELIVERY: "送达",
    Kind.CHANGE: "变更",
    Kind.RATING: "差评整改",
    Kind.EXCHANGE: "跨省文件",
}


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that has to be done by a day (待办事项).

    Attributes:
        subject_id: Of the packet, task, rating or file; that of the case for what is the case's own.
        body_id: Who answers for it.
        by_applicant: Whether the applicant has to act; the body watches.
        since: The day it began.
        due_on: Its last day; None where none is known.
    """

    kind: Kind
    case_id: uuid.UUID
    number: str
    subject_id: uuid.UUID
    body_id: str | None
    by_applicant: bool
    since: dt.date
    due_on: dt.date | None
    card: Card


def matters(work: UnitOfWork, where: ColumnElement[bool], kinds: frozenset[Kind] = frozenset(Kind)) -> list[Matter]:
    """Everything that has to be done in some cases, in no order.

    Args:
        work: The unit of work.
        where: Which cases.
        kinds: Which kinds of things.
    """
    reader = Reader(work)
    return [one for kind in Kind if kind in kinds for one in _SOURCES[kind](work, where, reader)]


def _cases(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    """The clock of every open case; while the applicant corrects, it does not run."""
    for case in open_cases(work, where, reader):
        if is_waiting_for_applicant(case):
            continue
        card = case.reading.card
        yield Matter(Kind.CASE, case.id, case.number, case.id, case.body_id, False, case.since, case.due_on, card)


def _opinions(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    query = (
        select(Packet.id, Packet.case_id, Case.number, Case.province, Packet.body_id, Packet.sent_at, Packet.due_on)
        .join(Case, Case.id == Packet.case_id)
        .where(where, Packet.state == "open", Packet.purpose != "inform", Case.state.in_(OPEN_STATES))
    )
    for key, case_id, number, province, body_id, sent_at, due_on in work.session.execute(query):
        since = local_day(sent_at)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.OPINION, case_id, number, key, body_id, False, since, due_on, card)


def _promised(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    query = select(
        Case.id, Case.number, Case.province, Case.deciding_body_id, Case.accepted_on, Case.remarks["promised"]
    )
    wanted = query.where(where, Case.remarks.has_key("promised"), Case.state.in_(OPEN_STATES))
    for key, number, province, body_id, accepted_on, promised in work.session.execute(wanted):
        since = accepted_on or work.today
        for due in promised.values():
            due_on = dt.date.fromisoformat(due)
            card = reader.card(province, since, due_on)
            yield Matter(Kind.PROMISED, key, number, key, body_id, True, since, due_on, card)


def _corrections(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    query = (
        select(Case.id, Case.number, Case.province, Case.deciding_body_id, Correction.asked_at)
        .join(Correction, Correction.case_id == Case.id)
        .where(where, Case.state == State.CORRECTION.value, Correction.answered_at.is_(None))
    )
    for key, number, province, body_id, asked_at in work.session.execute(query):
        since = local_day(asked_at)
        due_on = _later(since, reader.settings(province, since).correction_answer_days)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.CORRECTION, key, number, key, body_id, True, since, due_on, card)


def _returned(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    """Packets sent back and not sent on: nobody has that part in hand, so a warning stands from the first day."""
    later = aliased(Packet)
    sent_on = select(later.id).where(later.replaces_id == Packet.id).exists()
    query = (
        select(
            Packet.id, Packet.case_id, Case.number, Case.province, Case.deciding_body_id, Packet.ended_at, Packet.due_on
        )
        .join(Case, Case.id == Packet.case_id)
        .where(where, Packet.state == "returned", ~sent_on, Case.state.in_(OPEN_STATES))
        .where(Packet.review_id == Case.review_id)  # a later review sent its own
    )
    for key, case_id, number, province, body_id, ended_at, due_on in work.session.execute(query):
        since = local_day(ended_at) if ended_at else work.today
        card = reader.card(province, since, due_on) if due_on else Card.WARNING
        card = Card.WARNING if card is Card.GREEN else card
        yield Matter(Kind.RETURNED, case_id, number, key, body_id, False, since, due_on, card)


def _checks(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    """Checks on the spot: one before departure is due on the permit's first day."""
    first_day = (
        select(func.min(Permit.valid_from)).where(Permit.number == CheckTask.permit_number).correlate(CheckTask)
    ).scalar_subquery()
    query = (
        select(
            CheckTask.id,
            CheckTask.case_id,
            Case.number,
            Case.province,
            CheckTask.body_id,
            CheckTask.created_at,
            first_day,
        )
        .join(Case, Case.id == CheckTask.case_id)
        .where(where, CheckTask.state == "open")
    )
    for key, case_id, number, province, body_id, created_at, due_on in work.session.execute(query):
        since = local_day(created_at)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.CHECK, case_id, number, key, body_id, False, since, due_on, card)


def _deliveries(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    """Permits and refusals that are decided and not delivered (含不予许可的送达)."""
    states = (State.APPROVED.value, State.REFUSED.value)
    query = select(Case.id, Case.number, Case.province, Case.deciding_body_id, Case.ended_at)
    for key, number, province, body_id, ended_at in work.session.execute(query.where(where, Case.state.in_(states))):
        since = local_day(ended_at) if ended_at else work.today
        due_on = _later(since, reader.settings(province, since).delivery_days)
        card = reader.card(province, since, due_on, late=Card.RED)
        yield Matter(Kind.DELIVERY, key, number, key, body_id, False, since, due_on, card)


def _changes(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    asked = func.max(Event.at)
    query = (
        select(Case.id, Case.number, Case.province, Case.deciding_body_id, asked)
        .join(Event, (Event.case_id == Case.id) & (Event.kind == "request_change"))
        .where(where, Case.state == State.CHANGING.value)
        .group_by(Case.id, Case.number, Case.province, Case.deciding_body_id)
    )
    for key, number, province, body_id, asked_at in work.session.execute(query):
        since = local_day(asked_at)
        due_on = _later(since, reader.settings(province, since).change_days)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.CHANGE, key, number, key, body_id, False, since, due_on, card)


def _ratings(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    rating = ServiceRating
    query = (
        select(
            rating.id, rating.case_id, Case.number, Case.province, rating.body_id, rating.rated_at, rating.rectify_by
        )
        .join(Case, Case.id == rating.case_id)
        .where(where, rating.rectify_by.is_not(None), rating.rectified_at.is_(None))
    )
    for key, case_id, number, province, body_id, rated_at, due_on in work.session.execute(query):
        since = local_day(rated_at)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.RATING, case_id, number, key, body_id, False, since, due_on, card)


def _exchange(work: UnitOfWork, where: ColumnElement[bool], reader: Reader) -> Iterator[Matter]:
    """Files to other provinces that nobody has fetched, and files of others that wait for our answer."""
    answer, file = aliased(ExchangeFile), ExchangeFile
    answered = select(answer.id).where(answer.answers_id == file.id).exists()
    waits = ((file.direction == "out") & file.fetched_at.is_(None)) | ((file.direction == "in") & ~answered)
    query = (
        select(
            file.id, file.case_id, Case.number, file.province, file.direction, file.recorded_at, file.due_on, Body.id
        )
        .join(Case, Case.id == file.case_id)
        .outerjoin(Body, Body.id == func.concat("transport:", file.province, "0000"))
        .where(where, file.kind == "forward", waits)
    )
    for key, case_id, number, province, _direction, at, due_on, body_id in work.session.execute(query):
        since = local_day(at)
        card = reader.card(province, since, due_on)
        yield Matter(Kind.EXCHANGE, case_id, number, key, body_id, False, since, due_on, card)


def _later(since: dt.date, working_days: int) -> dt.date | None:
    """The last day of a period; None beyond the published calendar."""
    try:
        return add_working_days(since, working_days)
    except CalendarRangeError:
        return None


_Source = Callable[[UnitOfWork, ColumnElement[bool], Reader], Iterator[Matter]]
_SOURCES: Final[dict[Kind, _Source]] = {
    Kind.CASE: _cases,
    Kind.OPINION: _opinions,
    Kind.PROMISED: _promised,
    Kind.CORRECTION: _corrections,
    Kind.RETURNED: _returned,
    Kind.CHECK: _checks,
    Kind.DELIVERY: _deliveries,
    Kind.CHANGE: _changes,
    Kind.RATING: _ratings,
    Kind.EXCHANGE: _exchange,
}
