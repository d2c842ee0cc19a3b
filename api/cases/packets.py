"""Packets of a case (分发件): sent by the plan, answered, returned when wrongly sent, escalated when silent."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from api.cases.directory import as_body, find_body
from api.cases.notify import tell_body
from api.cases.rows import find_decision, packets_of
from api.db.tables import Body, Case, Decision, Packet, Review
from api.dispatch.directory import Body as PlannedBody
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days
from rules.errors import CalendarRangeError

OWN_DESK: Final = "decides"
CITY_ROAD: Final = "city_road"
ITEMS: Final = frozenset({CITY_ROAD, "temporary_plate"})  # roles whose answer is a decision of its own
_STATE_OF: Final = {"inform": "informed"}


def send_packets(work: UnitOfWork, case: Case, review: Review) -> list[Packet]:
    """Send every packet of a review's plan; what is still open of an earlier review is taken back."""
    for packet in packets_of(work, case):
        if packet.state == "open":
            packet.state = "cancelled"
            packet.ended_at = work.now
    planned = [entry for entry in review.plan["packets"] if entry["role"] != OWN_DESK]
    return [_send(work, case, review, entry) for entry in planned]


def _send(work: UnitOfWork, case: Case, review: Review, planned: Mapping[str, Any]) -> Packet:
    body = find_body(work.session, PlannedBody(**planned["body"]))
    packet = Packet(
        id=uuid.uuid4(),
        case_id=case.id,
        review_id=review.id,
        body_id=body.id,
        role=planned["role"],
        purpose=planned["purpose"],
        content=dict(planned),
        drafted_opinion=planned["draft"]["text"],
        state=_STATE_OF.get(planned["purpose"], "open"),
        conditions=[],
        sent_at=work.now,
    )
    _set_due(work, packet, planned["due_working_days"])
    work.session.add(packet)
    work.session.flush()
    if packet.role == CITY_ROAD:
        open_decision(work, case, CITY_ROAD, body, packet)
    sent = "packet_informed" if packet.purpose == "inform" else "packet_sent"
    work.record(sent, case_id=case.id, packet=packet.id, body=body.id, role=packet.role, due_on=packet.due_on)
    tell_body(work, body.id, case, f"{case.number}：{body.name}收到分发件", f"{case.number}: a packet has come in")
    return packet


def _set_due(work: UnitOfWork, packet: Packet, working_days: int | None) -> None:
    """A due day beyond the published calendar is left open rather than guessed."""
    if working_days is None or packet.state != "open":
        packet.due_on = None
        return
    try:
        packet.due_on = add_working_days(work.today, working_days)
    except CalendarRangeError:
        packet.due_on = None


def open_decision(work: UnitOfWork, case: Case, item: str, body: Body | None, packet: Packet | None = None) -> Decision:
    """Open one of the decisions of a case, or open it anew for another body."""
    decision = find_decision(work, case, item, body.id if body else None)
    if decision is None:
        decision = Decision(case_id=case.id, item=item, conditions=[], opened_on=work.today)
        decision.body_id = body.id if body else None
        work.session.add(decision)
    decision.state = "pending"
    decision.reason = None
    decision.due_on = packet.due_on if packet else case.statutory_due_on
    work.session.flush()
    return decision


def get_packet(work: UnitOfWork, case: Case, packet_id: uuid.UUID | None) -> Packet:
    """A packet of a case.

    Raises:
        InvalidError: None is named.
        NotFoundError: It is none of this case's.
    """
    if packet_id is None:
        raise InvalidError([FieldFault("packet_id", "须指明分发件", "name the packet")])
    packet = work.session.get(Packet, packet_id)
    if packet is None or packet.case_id != case.id:
        raise NotFoundError("没有这个分发件", "there is no such packet")
    return packet


def answer(work: UnitOfWork, case: Case, packet: Packet, opinion: str, conditions: list[str], reason: str) -> None:
    """Answer a packet; the answer of a body that decides is its decision."""
    _require_open(packet)
    if packet.body_id != work.actor.body_id:
        raise NotFoundError("没有这个分发件", "there is no such packet")
    faults = []
    if not opinion:
        faults.append(FieldFault("opinion", "须选择意见", "choose an opinion"))
    if opinion == "agree_with_conditions" and not conditions:
        faults.append(FieldFault("conditions", "附条件同意须写明条件", "state the conditions"))
    if faults:
        raise InvalidError(faults)
    packet.state, packet.opinion = "answered", opinion
    packet.conditions, packet.reason = list(conditions), reason
    packet.ended_at, packet.ended_by = work.now, work.actor.account_id
    decision = find_decision(work, case, packet.role, packet.body_id) if packet.role in ITEMS else None
    if packet.purpose == "decision" and decision is not None:
        decision.state = "refused" if opinion == "object" else "approved"
        decision.reason, decision.conditions = reason, list(conditions)
        decision.decided_by, decision.decided_at = work.actor.account_id, work.now
    work.record(
        "opinion_answered", case_id=case.id, packet=packet.id, opinion=opinion, conditions=conditions, reason=reason
    )


def send_back(work: UnitOfWork, case: Case, packet: Packet, reason: str, body_id: str) -> Packet | None:
    """Send a wrongly sent packet back, and on to the right body where that is named (错发退回、改派).

    Returns:
        The packet of the right body; None when the deciding body has to find it.
    """
    _require_open(packet)
    packet.state, packet.reason = "returned", reason
    packet.ended_at, packet.ended_by = work.now, work.actor.account_id
    work.record("packet_returned", case_id=case.id, packet=packet.id, body=packet.body_id, reason=reason, to=body_id)
    dropped = find_decision(work, case, packet.role, packet.body_id) if packet.role in ITEMS else None
    if dropped is not None:
        work.session.delete(dropped)  # it was never this body's to make
        work.session.flush()
    if body_id:
        return send_on(work, case, packet, body_id)
    if case.deciding_body_id:
        tell_body(
            work, case.deciding_body_id, case, f"{case.number}：分发件被退回", f"{case.number}: a packet came back"
        )
    return None


def send_on(work: UnitOfWork, case: Case, returned: Packet, body_id: str) -> Packet:
    """Send the part of a returned packet to the right body."""
    body = work.session.get(Body, body_id)
    held = [one for one in packets_of(work, case) if one.state in {"open", "answered"}]
    if body is None or body.id == returned.body_id:
        raise InvalidError([FieldFault("body_id", "没有这个单位，或者就是退回的单位", "no such body, or the same one")])
    if any(one.body_id == body.id for one in held):
        raise ConflictError(f"{body.name}已有本办件的分发件", "the body holds a packet of this case already")
    role, purpose = _task_of(returned, body)
    content = {**returned.content, "body": as_body(body).to_json(), "role": role, "purpose": purpose}
    packet = Packet(
        id=uuid.uuid4(),
        case_id=case.id,
        review_id=returned.review_id,
        body_id=body.id,
        role=role,
        purpose=purpose,
        content=content,
        drafted_opinion=returned.drafted_opinion,
        state="open",
        conditions=[],
        sent_at=work.now,
        replaces_id=returned.id,
    )
    _set_due(work, packet, returned.content["due_working_days"])
    work.session.add(packet)
    work.session.flush()
    if role in ITEMS:
        open_decision(work, case, role, body, packet)
    work.record("packet_sent", case_id=case.id, packet=packet.id, body=body.id, role=role, replaces=returned.id)
    tell_body(
        work, body.id, case, f"{case.number}：{body.name}收到改派的分发件", f"{case.number}: a packet was sent on"
    )
    return packet


def _task_of(returned: Packet, body: Body) -> tuple[str, str]:
    """What the right body does with it: a city-road body decides on streets, a manager gives an opinion."""
    if returned.role not in {"manager", CITY_ROAD}:
        return returned.role, returned.purpose
    return (CITY_ROAD, "decision") if body.kind == CITY_ROAD else ("manager", "opinion")


def _require_open(packet: Packet) -> None:
    if packet.state != "open":
        raise ConflictError("分发件已办结或已退回", "the packet is not open any more")
