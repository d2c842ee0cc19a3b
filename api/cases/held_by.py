"""Who had a case in hand (办件经手), read from the ledger and the packets."""

from typing import Any

from sqlalchemy import select

from api.cases.clocks import local_day
from api.cases.custody import Span, count_working_days, days_by_body
from api.cases.rows import packets_of
from api.db.tables import Body, Case, Event, Packet
from api.supervision.held import Asked, spans_of
from api.unit_of_work import UnitOfWork


def custody_of(work: UnitOfWork, case: Case) -> dict[str, Any]:
    """Spans of working days by body, the sum for each, and the packets beside them.

    Returns:
        `spans`: in order; `body` is None while the case is with the applicant, waits, or is over.
        `days`: working days by body, pauses left out; None where the calendar does not reach.
        `packets`: one entry for each body that was asked, decided or sent its packet back.
    """
    events = work.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    dated = [(local_day(event.at), event.kind, event.data.get("body")) for event in events]
    asked = [one for one in packets_of(work, case) if one.purpose != "inform" and one.state != "cancelled"]
    spans = spans_of(dated, [_asked(one) for one in asked], on=work.today)
    names = _names(work, {span.body for span in spans if span.body} | {one.body_id for one in asked})
    return {
        "spans": [_span_json(span, names) for span in spans],
        "days": dict(days_by_body(spans)),
        "packets": [_packet_json(work, one, names) for one in asked],
    }


def _asked(packet: Packet) -> Asked:
    until = local_day(packet.ended_at) if packet.ended_at else None
    return Asked(packet.body_id, local_day(packet.sent_at), until, packet.state == "returned")


def _span_json(span: Span, names: dict[str, str]) -> dict[str, Any]:
    return {
        "body": span.body,
        "body_name": names.get(span.body or ""),
        "paused": span.paused,
        "since": span.since.isoformat(),
        "until": span.until.isoformat() if span.until else None,
        "working_days": span.working_days,
    }


def _packet_json(work: UnitOfWork, packet: Packet, names: dict[str, str]) -> dict[str, Any]:
    since, until = local_day(packet.sent_at), local_day(packet.ended_at) if packet.ended_at else None
    return {
        "body": packet.body_id,
        "body_name": names.get(packet.body_id),
        "state": packet.state,
        "since": since.isoformat(),
        "until": until.isoformat() if until else None,
        "working_days": count_working_days(since, until or work.today),
    }


def _names(work: UnitOfWork, ids: set[str]) -> dict[str, str]:
    return {body.id: body.name for body in work.session.scalars(select(Body).where(Body.id.in_(ids)))}
