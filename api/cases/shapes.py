"""What the API tells of cases (办件的输出格式)."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel

from api.accounts.authorise import may, roles_of
from api.accounts.permissions import ACTION_TITLES, Action
from api.cases import remarks
from api.cases.clocks import clock_json
from api.cases.relation import relation_to
from api.cases.rows import decisions_of, packets_of
from api.cases.states import STATES, State, Task
from api.cases.transitions import actions_from
from api.db.tables import Case, Decision, Event, Note, Packet
from api.unit_of_work import UnitOfWork


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


class NoteOut(BaseModel):
    """文书 a document."""

    id: uuid.UUID
    kind: str
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
    consultations = [
        Task.CONSULTATION.value for one in packets_of(work, case) if one.state == "open" and one.purpose != "inform"
    ]
    return CaseOut(
        **_row(work, case),
        scope=case.scope,
        form=case.form,
        form_version=case.form_version,
        clock=clock_json(work, case),
        open_tasks=[*(task.value for task in remarks.open_tasks(case)), *consultations],
        settled=remarks.get(case, "settled", {}),
        promised=remarks.get(case, "promised", {}),
        decisions=[decision_out(decision) for decision in decisions_of(work, case)],
        packets=[packet_row(work, packet, case) for packet in packets_of(work, case)],
        actions=[
            ActionOut(action=action.value, title_zh=ACTION_TITLES[action].zh, title_en=ACTION_TITLES[action].en)
            for action in actions_from(State(case.state), roles_of(work.actor), relation)
            if action is not Action.SUBMIT
        ],
    )


def decision_out(decision: Decision) -> DecisionOut:
    """A decision."""
    body = decision.body
    return DecisionOut(
        item=decision.item,
        body=BodyOut(id=body.id, name=body.name) if body else None,
        state=decision.state,
        reason=decision.reason,
        conditions=decision.conditions,
        due_on=decision.due_on,
        decided_at=decision.decided_at,
        is_automatic=decision.is_automatic,
    )


def packet_row(work: UnitOfWork, packet: Packet, case: Case) -> PacketRow:
    """A packet in a list; what a body wrote is for those who may read packets, others see where it stands."""
    told = may(work.actor, Action.READ_PACKET, relation_to(work, case))
    return PacketRow.model_validate(_packet(work, packet, case, told=told))


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
        "is_overdue": packet.state == "open" and packet.due_on is not None and packet.due_on < work.today,
    }


def event_out(event: Event) -> EventOut:
    """An event."""
    return EventOut(
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        body_id=event.body_id,
        data=event.data,
        hash=event.hash,
    )


def note_out(note: Note) -> NoteOut:
    """A document."""
    return NoteOut(
        id=note.id, kind=note.kind, text=note.text, attachment_id=note.attachment_id, created_at=note.created_at
    )
