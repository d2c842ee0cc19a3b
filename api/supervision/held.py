"""Who held cases, and how long (经手时长): from the ledger's events and the packets, for many cases at once."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from sqlalchemy import ColumnElement, cast, select
from sqlalchemy.dialects.postgresql import JSONB

from api.cases.clocks import local_day
from api.cases.custody import CustodyEvent, Span, count_working_days, medians_by_body, who_held
from api.db.tables import Case, Event, Packet
from api.unit_of_work import UnitOfWork

DISPATCHED: Final = "dispatched"
# Until they answer, the applicant has the case in hand.
TO_APPLICANT: Final = {"request_correction": "answer_correction", "propose_reroute": "answer_reroute"}
OVER: Final = frozenset({"deliver", "withdraw", "not_accept", "close"})
PAUSES: Final = {"pause": True, "resume": False}
_KINDS: Final = frozenset({DISPATCHED, *TO_APPLICANT, *TO_APPLICANT.values(), *OVER, *PAUSES})


@dataclass(frozen=True, slots=True)
class Asked:
    """A body was asked, from one day to another (征求意见时段); None while it is silent."""

    body_id: str
    since: dt.date
    until: dt.date | None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class OfficeTimes:
    """How long a body had things in hand (单位用时), in working days.

    Attributes:
        cases: Cases it had in hand.
        median_days: Of those; None where the calendar does not reach.
        opinions: Opinions it gave.
        median_opinion_days: From sending to answer.
    """

    cases: int
    median_days: float | None
    opinions: int
    median_opinion_days: float | None


def office_times(work: UnitOfWork, where: ColumnElement[bool]) -> dict[str, OfficeTimes]:
    """For every body that had one of these cases in hand."""
    asked = _asked(work, where)
    spans = _spans(work, where, asked)
    medians = medians_by_body(spans)
    held: defaultdict[str, int] = defaultdict(int)
    for one in spans:
        for body in {span.body for span in one if span.body and not span.paused}:
            held[body] += 1
    answered: defaultdict[str, list[int]] = defaultdict(list)
    for packets in asked.values():
        for packet in packets:
            days = count_working_days(packet.since, packet.until) if packet.until and not packet.returned else None
            if days is not None:
                answered[packet.body_id].append(days)
    return {
        body: OfficeTimes(held[body], medians.get(body), len(answered[body]), _median(answered[body]))
        for body in sorted({*held, *answered})
    }


def spans_of(
    events: Iterable[tuple[dt.date, str, str | None]], asked: Sequence[Asked], *, on: dt.date
) -> tuple[Span, ...]:
    """Who held one case.

    While opinions are open, the case is in the hands of the body whose answer comes last: all others wait for it.

    Args:
        events: Day, kind and named body, in the order in which they happened.
        asked: Bodies that were asked.
        on: The day of reading.
    """
    base: list[CustodyEvent] = []
    body, with_applicant, paused, over = None, False, False, False
    for day, kind, named in events:
        body = named if kind == DISPATCHED else body
        with_applicant = kind in TO_APPLICANT or (with_applicant and kind not in TO_APPLICANT.values())
        paused, over = PAUSES.get(kind, paused), over or kind in OVER
        base.append(CustodyEvent(day, None if with_applicant or over else body, paused and not over))
    days = {event.on for event in base} | {one.since for one in asked} | {one.until for one in asked if one.until}
    return who_held([_holder(base, asked, day) for day in sorted(days)], on=on)


def _holder(base: Sequence[CustodyEvent], asked: Sequence[Asked], day: dt.date) -> CustodyEvent:
    """Who has it at the end of a day."""
    known = [event for event in base if event.on <= day]
    stands = known[-1] if known else CustodyEvent(day, None)
    waits = [one for one in asked if one.since <= day and (one.until is None or day < one.until)]
    if stands.body is None or stands.paused or not waits:
        return CustodyEvent(day, stands.body, stands.paused)
    last = max(waits, key=lambda one: (one.until or dt.date.max, one.body_id))
    return CustodyEvent(day, last.body_id)


def _spans(
    work: UnitOfWork, where: ColumnElement[bool], asked: Mapping[uuid.UUID, Sequence[Asked]]
) -> list[tuple[Span, ...]]:
    named = cast(Event.content, JSONB)["body"].astext
    query = select(Event.case_id, Event.at, Event.kind, named).join(Case, Case.id == Event.case_id)
    query = query.where(where, Event.kind.in_(_KINDS)).order_by(Event.seq)
    events: defaultdict[uuid.UUID, list[tuple[dt.date, str, str | None]]] = defaultdict(list)
    for case_id, at, kind, body in work.session.execute(query):
        if case_id is not None:
            events[case_id].append((local_day(at), kind, body))
    return [spans_of(found, asked.get(case_id, ()), on=work.today) for case_id, found in events.items()]


def _asked(work: UnitOfWork, where: ColumnElement[bool]) -> dict[uuid.UUID, list[Asked]]:
    query = select(Packet.case_id, Packet.body_id, Packet.sent_at, Packet.ended_at, Packet.state)
    query = query.join(Case, Case.id == Packet.case_id).where(where, Packet.purpose != "inform")
    found: defaultdict[uuid.UUID, list[Asked]] = defaultdict(list)
    for case_id, body_id, sent_at, ended_at, state in work.session.execute(query):
        if state != "cancelled":
            until = local_day(ended_at) if ended_at else None
            found[case_id].append(Asked(body_id, local_day(sent_at), until, state == "returned"))
    return found


def _median(days: Sequence[int]) -> float | None:
    return float(median(days)) if days else None
