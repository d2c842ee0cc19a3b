"""Packets of a case (分发件): posted to the bodies of the plan, and taken back when another review asks otherwise."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.cases.clocks import due_after
from api.cases.directory import find_body
from api.cases.notify import tell_body
from api.cases.rows import decisions_of, find_decision, packets_of
from api.db.tables import Body, Case, Decision, FormVersion, Packet, Review
from api.dispatch.directory import Body as PlannedBody
from api.errors import FieldFault, InvalidError, NotFoundError
from api.unit_of_work import UnitOfWork

OWN_DESK: Final = "decides"
CITY_ROAD: Final = "city_road"
PLATE: Final = "temporary_plate"
POLICE: Final = "police"
ASKED: Final = "asked"  # by a person, beyond the plan
ITEMS: Final = frozenset({CITY_ROAD, PLATE})  # roles whose answer is a decision of its own
HELD: Final = frozenset({"open", "answered", "informed"})
_PART: Final = ("evidence", "findings", "structures", "purpose")
NO_PACKET: Final = ("没有这个分发件", "there is no such packet")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is posted to a body (待发件).

    Attributes:
        body: Who gets it.
        role: Why.
        purpose: "opinion", "decision" or "inform".
        content: Its part and nothing else.
        draft: The drafted opinion.
        due_on: Day of the answer; None where none is due, or beyond the published calendar.
        replaces_id: The packet that was wrongly sent before.
    """

    body: Body
    role: str
    purpose: str
    content: Mapping[str, Any]
    draft: str
    due_on: dt.date | None
    replaces_id: uuid.UUID | None = None


def post(work: UnitOfWork, case: Case, review_id: uuid.UUID, parcel: Parcel) -> Packet:
    """Send a packet, open its decision where the body decides, and tell the body."""
    is_quiet = parcel.purpose == "inform"
    packet = Packet(
        id=uuid.uuid4(),
        case_id=case.id,
        review_id=review_id,
        body_id=parcel.body.id,
        role=parcel.role,
        purpose=parcel.purpose,
        content=dict(parcel.content),
        drafted_opinion=parcel.draft,
        state="informed" if is_quiet else "open",
        conditions=[],
        due_on=None if is_quiet else parcel.due_on,
        sent_at=work.now,
        replaces_id=parcel.replaces_id,
    )
    work.session.add(packet)
    work.session.flush()
    if parcel.role in ITEMS:
        open_decision(work, case, parcel.role, parcel.body, packet)
    kind = "packet_informed" if is_quiet else "packet_sent"
    replaced = {"replaces": parcel.replaces_id} if parcel.replaces_id else {}
    work.record(
        kind,
        case_id=case.id,
        packet=packet.id,
        body=parcel.body.id,
        role=packet.role,
        due_on=packet.due_on,
        **replaced,
    )
    words = ("抄告", "for information") if is_quiet else ("收到分发件", "a packet has come in")
    tell_body(work, parcel.body.id, case, f"{case.number}：{parcel.body.name}{words[0]}", f"{case.number}: {words[1]}")
    return packet


def send_packets(work: UnitOfWork, case: Case, review: Review) -> list[Packet]:
    """Send every packet of a review's plan.

    A body that has been asked the same about the same load keeps its packet, answered or not; what the present review
    does not ask any more is taken back, with the decision that went with it.
    """
    planned = [entry for entry in review.plan["packets"] if entry["role"] != OWN_DESK]
    kept = _kept(work, case, review, planned)
    stays = {packet.id for packet in kept.values()} | {p.id for p in packets_of(work, case) if p.role == PLATE}
    take_back(work, case, [one for one in packets_of(work, case) if one.state in HELD and one.id not in stays])
    for number, entry in enumerate(planned):
        if number not in kept:
            post(work, case, review.id, _parcel(work, entry))
    _drop_decisions(work, case)
    return [one for one in packets_of(work, case) if one.state in HELD]


def take_back(work: UnitOfWork, case: Case, packets: Iterable[Packet]) -> None:
    """Take packets back (撤回分发件): their bodies see no more of the case."""
    for packet in packets:
        if packet.state == "open":
            words = (f"{case.number}：分发件已撤回，无须答复", f"{case.number}: the packet was taken back")
            tell_body(work, packet.body_id, case, *words)
        packet.state, packet.ended_at = "cancelled", packet.ended_at or work.now
        work.record("packet_taken_back", case_id=case.id, packet=packet.id, body=packet.body_id)
    work.session.flush()


def take_back_open(work: UnitOfWork, case: Case, *, opinions_only: bool = False) -> None:
    """Nobody need answer any more; with `opinions_only` those who decide something of their own still have to."""
    waiting = [one for one in packets_of(work, case) if one.state == "open"]
    take_back(work, case, [one for one in waiting if not (opinions_only and one.purpose == "decision")])


def open_decision(work: UnitOfWork, case: Case, item: str, body: Body | None, packet: Packet | None = None) -> Decision:
    """Open one of the decisions of a case, or open it anew for another body."""
    decision = find_decision(work, case, item, body.id if body else None)
    if decision is None:
        decision = Decision(case_id=case.id, item=item, conditions=[], opened_on=work.today)
        decision.body_id = body.id if body else None
        work.session.add(decision)
    decision.state, decision.reason, decision.conditions = "pending", None, []
    decision.decided_by = decision.decided_at = None
    decision.due_on = packet.due_on if packet else case.statutory_due_on
    work.session.flush()
    return decision


def drop_decision(work: UnitOfWork, case: Case, item: str, body_id: str | None) -> None:
    """A body that was never the right one, or is not asked any more, decides nothing."""
    decision = find_decision(work, case, item, body_id)
    if decision is not None:
        work.record("decision_dropped", case_id=case.id, item=item, body=body_id, state=decision.state)
        work.session.delete(decision)
        work.session.flush()


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
        raise NotFoundError(*NO_PACKET)
    return packet


def get_own_packet(work: UnitOfWork, case: Case, packet_id: uuid.UUID | None) -> Packet:
    """A packet of a case that was sent to whoever acts.

    Raises:
        InvalidError: None is named.
        NotFoundError: It is none of this case's, or another body's.
    """
    packet = get_packet(work, case, packet_id)
    if packet.body_id != work.actor.body_id:
        raise NotFoundError(*NO_PACKET)
    return packet


def unanswered(packets: Iterable[Packet]) -> list[Packet]:
    """Packets that wait for somebody: those asked, and those sent back that nobody has sent on yet."""
    listed = list(packets)
    sent_on = {one.replaces_id for one in listed}
    return [
        one
        for one in listed
        if one.purpose != "inform" and (one.state == "open" or (one.state == "returned" and one.id not in sent_on))
    ]


def _parcel(work: UnitOfWork, planned: Mapping[str, Any]) -> Parcel:
    days = planned["due_working_days"]
    return Parcel(
        body=find_body(work.session, PlannedBody(**planned["body"])),
        role=planned["role"],
        purpose=planned["purpose"],
        content=planned,
        draft=planned["draft"]["text"],
        due_on=due_after(work.today, days) if days is not None else None,
    )


def _kept(work: UnitOfWork, case: Case, review: Review, planned: list[Mapping[str, Any]]) -> dict[int, Packet]:
    """Packets that say already what a planned one would say, by the number of the planned one."""
    packets = [one for one in packets_of(work, case) if one.state in HELD and _is_same_load(work, case, review, one)]
    asked = {-number: one for number, one in enumerate(packets, start=1) if one.role == ASKED}
    found = {}
    for number, entry in enumerate(planned):
        same = [one for one in packets if _asks_the_same(work, case, one, entry)]
        if same:
            found[number] = same[-1]
    return asked | found


def _asks_the_same(work: UnitOfWork, case: Case, packet: Packet, entry: Mapping[str, Any]) -> bool:
    """Whether a packet, or the wrongly sent one it replaces, is the planned one."""
    first = packet
    while first.replaces_id is not None:
        first = get_packet(work, case, first.replaces_id)
    same_body = first.body_id == entry["body"]["id"] and first.role == entry["role"]
    return same_body and all(_plain(first.content.get(name)) == _plain(entry[name]) for name in _PART)


def _plain(value: object) -> str:
    """A value as the database gives it back, whether it has been there or not."""
    return json.dumps(value, sort_keys=True)


def _is_same_load(work: UnitOfWork, case: Case, review: Review, packet: Packet) -> bool:
    """Whether a packet was sent about the load as it now stands."""
    asked_on = work.session.get_one(Review, packet.review_id).form_version
    if asked_on == review.form_version:
        return True
    earlier = work.session.get_one(FormVersion, (case.id, asked_on)).form
    return all(earlier.get(part) == case.form.get(part) for part in ("whole", "cargo"))


def _drop_decisions(work: UnitOfWork, case: Case) -> None:
    """Decisions on streets that the route does not take any more."""
    held = {one.body_id for one in packets_of(work, case) if one.role == CITY_ROAD and one.state in HELD}
    for decision in decisions_of(work, case):
        if decision.item == CITY_ROAD and decision.body_id not in held:
            drop_decision(work, case, CITY_ROAD, decision.body_id)
