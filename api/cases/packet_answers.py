"""Answers to packets (分发件的答复): an opinion, a decision, or back to the sender because it was wrongly sent."""

from api.cases.clocks import due_after
from api.cases.directory import as_body
from api.cases.notify import tell_body, tell_carrier
from api.cases.packets import CITY_ROAD, ITEMS, Parcel, drop_decision, post
from api.cases.rows import find_decision, packets_of
from api.cases.states import State
from api.db.tables import Body, Case, Packet
from api.errors import ConflictError, FieldFault, InvalidError
from api.unit_of_work import UnitOfWork

ITEM_ZH = {"city_road": "城市道路行驶", "temporary_plate": "临时行驶车号牌"}


def answer(work: UnitOfWork, case: Case, packet: Packet, opinion: str, conditions: list[str], reason: str) -> None:
    """Answer a packet; the answer of a body that decides is its decision.

    Raises:
        ConflictError: The packet is not open any more.
        InvalidError: No opinion, or conditions without any.
    """
    require_open(packet)
    _check_answer(opinion, conditions)
    packet.state, packet.opinion = "answered", opinion
    packet.conditions, packet.reason = list(conditions), reason
    packet.ended_at, packet.ended_by = work.now, work.actor.account_id
    work.record(
        "opinion_answered",
        case_id=case.id,
        packet=packet.id,
        body=packet.body_id,
        opinion=opinion,
        conditions=conditions,
        reason=reason,
    )
    if packet.purpose == "decision":
        _decide(work, case, packet)
    work.session.flush()
    if case.deciding_body_id:
        words = (f"{case.number}：{packet.body.name}已答复", f"{case.number}: a body has answered")
        tell_body(work, case.deciding_body_id, case, *words)


def send_back(work: UnitOfWork, case: Case, packet: Packet, reason: str, body_id: str) -> Packet | None:
    """Send a wrongly sent packet back, and on to the right body where that is named (错发退回、改派).

    Returns:
        The packet of the right body; None when the deciding body has to find it.

    Raises:
        ConflictError: The packet is not open any more, or the right body holds one of this case already.
        InvalidError: There is no such body.
    """
    require_open(packet)
    packet.state, packet.reason = "returned", reason
    packet.ended_at, packet.ended_by = work.now, work.actor.account_id
    work.record("packet_returned", case_id=case.id, packet=packet.id, body=packet.body_id, reason=reason, to=body_id)
    if packet.role in ITEMS:
        drop_decision(work, case, packet.role, packet.body_id)  # it was never this body's to make
    if body_id:
        return send_on(work, case, packet, body_id)
    work.session.flush()
    if case.deciding_body_id:
        words = (f"{case.number}：分发件被退回，{reason}", f"{case.number}: a packet came back")
        tell_body(work, case.deciding_body_id, case, *words)
    return None


def send_on(work: UnitOfWork, case: Case, returned: Packet, body_id: str) -> Packet:
    """Send the part of a returned packet to the right body.

    Raises:
        ConflictError: It was sent on already, or that body holds a packet of this case.
        InvalidError: There is no such body.
    """
    body = work.session.get(Body, body_id)
    if returned.state != "returned":
        raise InvalidError([FieldFault("packet_id", "这个分发件没有被退回", "this packet was not sent back")])
    if body is None or body.id == returned.body_id:
        raise InvalidError([FieldFault("body_id", "没有这个单位，或者就是退回的单位", "no such body, or the same one")])
    packets = packets_of(work, case)
    if any(one.replaces_id == returned.id for one in packets):
        raise ConflictError("这个分发件已改派", "the packet was sent on already")
    if any(one.body_id == body.id and one.state in {"open", "answered"} for one in packets):
        raise ConflictError(f"{body.name}已有本办件的分发件", "the body holds a packet of this case already")
    role, purpose = _task_of(returned, body)
    days = returned.content.get("due_working_days")
    parcel = Parcel(
        body=body,
        role=role,
        purpose=purpose,
        content={**returned.content, "body": as_body(body).to_json(), "role": role},
        draft=returned.drafted_opinion,
        due_on=due_after(work.today, days) if days is not None else returned.due_on,
        replaces_id=returned.id,
    )
    return post(work, case, returned.review_id, parcel)


def require_open(packet: Packet) -> None:
    """Refuse what can be done with an open packet only.

    Raises:
        ConflictError: It is not open any more.
    """
    if packet.state != "open":
        raise ConflictError("分发件已办结、退回或者撤回", "the packet is not open any more")


def _check_answer(opinion: str, conditions: list[str]) -> None:
    faults = []
    if not opinion:
        faults.append(FieldFault("opinion", "须选择意见", "choose an opinion"))
    if opinion == "agree_with_conditions" and not conditions:
        faults.append(FieldFault("conditions", "附条件同意须写明条件", "state the conditions"))
    if faults:
        raise InvalidError(faults)


def _decide(work: UnitOfWork, case: Case, packet: Packet) -> None:
    """A decision of its own: told to the applicant, and the last one that agrees lets all be delivered together."""
    decision = find_decision(work, case, packet.role, packet.body_id)
    if decision is None:
        return
    is_refused = packet.opinion == "object"
    decision.state = "refused" if is_refused else "approved"
    decision.reason, decision.conditions = packet.reason, list(packet.conditions)
    decision.decided_by, decision.decided_at = work.actor.account_id, work.now
    what = ITEM_ZH.get(packet.role, "")
    said = f"不予批准{what}：{packet.reason}" if is_refused else f"批准{what}"
    tell_carrier(work, case, "item_decided", f"{case.number}：{packet.body.name}{said}", f"{case.number}: decided")
    if case.state == State.APPROVED:
        work.defer("issue_permit", lock=f"case:{case.id}", case_id=str(case.id))


def _task_of(returned: Packet, body: Body) -> tuple[str, str]:
    """What the right body does with it: a city-road body decides on streets, a manager gives an opinion."""
    if returned.role not in {"manager", CITY_ROAD}:
        return returned.role, returned.purpose
    return (CITY_ROAD, "decision") if body.kind == CITY_ROAD else ("manager", "opinion")
