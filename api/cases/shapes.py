"""What the API tells of cases (办件的输出格式)."""

import datetime as dt
import uuid
from typing import Any, Final

from pydantic import BaseModel

from api.accounts.authorise import may, roles_of
from api.accounts.permissions import ACTION_TITLES, Action, Relation, Scope, scopes_for
from api.cases import remarks
from api.cases.clocks import clock_json, local_day
from api.cases.custody import count_working_days
from api.cases.facts import is_overdue
from api.cases.notices import title_of
from api.cases.packets import unanswered
from api.cases.relation import relation_to
from api.cases.rows import decisions_of, packets_of
from api.cases.states import STATES, State, Task
from api.cases.transitions import actions_from
from api.db.tables import Case, Decision, Event, Note, Packet
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.cards import Card, is_running_out

# What the applicant reads of an event: where the case went, and who was asked until when.
TOLD_OUTSIDE: Final = frozenset({"from", "to", "clause", "note", "body", "role", "due_on", "number", "form_version"})


class BodyOut(BaseModel):
    """单位."""

    id: str
    name: str


class CaseRow(BaseModel):
    """办件列表的一行 a case in a list."""

    id: uuid.UUID
    number: str
    state: str
    state_zh: str
    phase: str
    vehicle_class: str | None
    verdict: str | None
    carrier: str
    cargo: str
    origin: str
    destination: str
    deciding_body: BodyOut | None
    submitted_at: dt.datetime
    accepted_on: dt.date | None
    promised_due_on: dt.date | None
    statutory_due_on: dt.date | None
    card: str
    claimed_by: str | None
    version: int


class PacketRow(BaseModel):
    """分发件概要 a packet in a list."""

    id: uuid.UUID
    case_id: uuid.UUID
    case_number: str
    body: BodyOut
    role: str
    purpose: str
    state: str
    opinion: str | None
    conditions: list[Any]
    reason: str | None
    due_on: dt.date | None
    sent_at: dt.datetime
    ended_at: dt.datetime | None
    is_overdue: bool
    card: str


class PacketOut(PacketRow):
    """分发件 a packet with its part."""

    vehicle_class: str | None
    cargo: str
    vehicle: dict[str, Any]
    content: dict[str, Any]
    drafted_opinion: str


class DecisionOut(BaseModel):
    """决定 a decision."""

    item: str
    body: BodyOut | None
    state: str
    reason: str | None
    conditions: list[Any]
    due_on: dt.date | None
    decided_at: dt.datetime | None
    is_automatic: bool


class ActionOut(BaseModel):
    """可办的操作 something that may be done now."""

    action: str
    title_zh: str
    title_en: str


class CaseOut(CaseRow):
    """办件 a case."""

    scope: str | None
    form: dict[str, Any]
    form_version: int
    clock: dict[str, Any]
    open_tasks: list[str]
    settled: dict[str, Any]
    promised: dict[str, str]
    decisions: list[DecisionOut]
    packets: list[PacketRow]
    actions: list[ActionOut]


class EventOut(BaseModel):
    """办理过程 an event of the ledger."""

    seq: int
    at: dt.datetime
    kind: str
    actor: str
    body_id: str | None
    data: dict[str, Any]
    hash: str


class SpanOut(BaseModel):
    """经手时段 a stretch in one pair of hands."""

    body: str | None
    body_name: str | None
    paused: bool
    since: dt.date
    until: dt.date | None
    working_days: int | None


class HeldPacketOut(BaseModel):
    """征求意见时段 how long a body had its packet."""

    body: str
    body_name: str | None
    state: str
    since: dt.date
    until: dt.date | None
    working_days: int | None


class CustodyOut(BaseModel):
    """经手记录 who had a case in hand."""

    spans: list[SpanOut]
    days: dict[str, int | None]
    packets: list[HeldPacketOut]


class NoteOut(BaseModel):
    """文书 a document."""

    id: uuid.UUID
    kind: str
    title_zh: str
    text: str
    attachment_id: uuid.UUID | None
    created_at: dt.datetime


def case_row(work: UnitOfWork, case: Case) -> CaseRow:
    """A case in a list."""
    return CaseRow.model_validate(_row(work, case))


def _row(work: UnitOfWork, case: Case) -> dict[str, Any]:
    facts = STATES[State(case.state)]
    body = case.deciding_body
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state,
        "state_zh": facts.title_zh,
        "phase": facts.phase.value,
        "vehicle_class": case.vehicle_class,
        "verdict": case.verdict,
        "carrier": case.carrier.name,
        "cargo": case.form["cargo"]["name"],
        "origin": case.form["trip"]["origin"]["name"],
        "destination": case.form["trip"]["destination"]["name"],
        "deciding_body": BodyOut(id=body.id, name=body.name) if body else None,
        "submitted_at": case.submitted_at,
        "accepted_on": case.accepted_on,
        "promised_due_on": case.promised_due_on,
        "statutory_due_on": case.statutory_due_on,
        "card": clock_json(work, case)["card"],
        "claimed_by": case.claimant.display_name if case.claimant else None,
        "version": case.version,
    }


def case_out(work: UnitOfWork, case: Case) -> CaseOut:
    """A case with everything the account may know of it."""
    relation = relation_to(work, case)
    packets = packets_of(work, case)
    is_inside = may(work.actor, Action.READ_CAPACITY, relation) or work.actor.carrier_id is None
    waiting = [Task.CONSULTATION.value for _ in unanswered(packets)]
    return CaseOut(
        **_row(work, case),
        scope=case.scope,
        form=case.form,
        form_version=case.form_version,
        clock=clock_json(work, case),
        open_tasks=[*(task.value for task in remarks.open_tasks(case)), *waiting],
        settled=_settled(case, is_inside=is_inside),
        promised=remarks.get(case, "promised", {}),
        decisions=[decision_out(decision, is_inside=is_inside) for decision in decisions_of(work, case)],
        packets=[packet_row(work, packet, case) for packet in packets if _may_know_of(work, packet, relation)],
        actions=[
            ActionOut(action=action.value, title_zh=ACTION_TITLES[action].zh, title_en=ACTION_TITLES[action].en)
            for action in actions_from(State(case.state), roles_of(work.actor), relation)
            if action is not Action.SUBMIT
        ],
    )


def _settled(case: Case, *, is_inside: bool) -> dict[str, Any]:
    """Settled findings; the applicant sees that and how they were settled, the office also by whom and why."""
    settled: dict[str, Any] = remarks.get(case, "settled", {})
    return settled if is_inside else {finding: {"how": entry["how"]} for finding, entry in settled.items()}


def _may_know_of(work: UnitOfWork, packet: Packet, relation: Relation) -> bool:
    """The applicant and those the whole case belongs to know who was asked; a body that was asked knows its own."""
    return relation.is_own_carrier or may_read_whole(work, relation) or packet.body_id == work.actor.body_id


def may_read_whole(work: UnitOfWork, relation: Relation) -> bool:
    """Whether somebody may read all packets of a case, and not only its own body's part."""
    wider = scopes_for(roles_of(work.actor), Action.READ_PACKET) - {Scope.PART}
    return any(map(relation.is_within, wider))


def decision_out(decision: Decision, *, is_inside: bool = True) -> DecisionOut:
    """A decision; what is only recommended is not for the applicant yet."""
    body = decision.body
    is_known = is_inside or decision.state in {"approved", "refused"}
    return DecisionOut(
        item=decision.item,
        body=BodyOut(id=body.id, name=body.name) if body else None,
        state=decision.state if is_known else "pending",
        reason=decision.reason if is_known else None,
        conditions=decision.conditions if is_known else [],
        due_on=decision.due_on,
        decided_at=decision.decided_at,
        is_automatic=decision.is_automatic,
    )


def packet_row(work: UnitOfWork, packet: Packet, case: Case) -> PacketRow:
    """A packet in a list; what a body wrote is for those who may read packets, others see where it stands."""
    relation = relation_to(work, case)
    told = may_read_whole(work, relation) or packet.body_id == work.actor.body_id
    return PacketRow.model_validate(_packet(work, packet, case, told=told))


def card_of(work: UnitOfWork, packet: Packet, case: Case) -> Card:
    """The card of one packet: a body's limit is one of our own, so that silence is yellow, never consent."""
    if packet.due_on is None or packet.state not in {"open", "answered", "returned"}:
        return Card.GREEN
    until = local_day(packet.ended_at) if packet.ended_at else None
    if (until or work.today) > packet.due_on:
        return Card.YELLOW
    if until is not None:
        return Card.GREEN
    settings = service_settings_on(work, case.province, work.today)
    sent, left = local_day(packet.sent_at), count_working_days(work.today, packet.due_on)
    limit = count_working_days(sent, packet.due_on)
    if left is None or limit is None:
        return Card.UNKNOWN
    return Card.WARNING if is_running_out(left, limit, settings) else Card.GREEN


def packet_out(work: UnitOfWork, packet: Packet, case: Case) -> PacketOut:
    """A packet with its part."""
    return PacketOut(
        **_packet(work, packet, case, told=True),
        vehicle_class=case.vehicle_class,
        cargo=case.form["cargo"]["name"],
        vehicle=case.form["whole"],
        content=packet.content,
        drafted_opinion=packet.drafted_opinion,
    )


def _packet(work: UnitOfWork, packet: Packet, case: Case, *, told: bool) -> dict[str, Any]:
    return {
        "id": packet.id,
        "case_id": case.id,
        "case_number": case.number,
        "body": BodyOut(id=packet.body.id, name=packet.body.name),
        "role": packet.role,
        "purpose": packet.purpose,
        "state": packet.state,
        "opinion": packet.opinion if told else None,
        "conditions": packet.conditions if told else [],
        "reason": packet.reason if told else None,
        "due_on": packet.due_on,
        "sent_at": packet.sent_at,
        "ended_at": packet.ended_at,
        "is_overdue": packet.state == "open" and is_overdue(packet, work.today),
        "card": card_of(work, packet, case).value,
    }


def event_out(event: Event, *, is_inside: bool = True) -> EventOut:
    """An event; what officials wrote to each other before the decision is not for the applicant."""
    data = event.data if is_inside else {name: value for name, value in event.data.items() if name in TOLD_OUTSIDE}
    return EventOut(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        actor=event.actor if is_inside else "",
        body_id=event.body_id,
        data=data,
        hash=event.hash,
    )


def note_out(note: Note) -> NoteOut:
    """A document."""
    return NoteOut(
        id=note.id,
        kind=note.kind,
        title_zh=title_of(note.kind),
        text=note.text,
        attachment_id=note.attachment_id,
        created_at=note.created_at,
    )
