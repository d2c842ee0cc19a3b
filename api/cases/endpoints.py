"""Endpoints of cases and packets (办件接口)."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel
from sqlalchemy import func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases.act import act
from api.cases.effects import EFFECTS
from api.cases.find import CaseFilter, get_case, list_cases, visible
from api.cases.held_by import custody_of
from api.cases.inputs import ActionInput, AnswerInput
from api.cases.items import answer_packet
from api.cases.packets import NO_PACKET
from api.cases.relation import relation_to
from api.cases.report import read_report, require_review
from api.cases.shapes import (
    CaseOut,
    CaseRow,
    CustodyOut,
    EventOut,
    NoteOut,
    PacketOut,
    PacketRow,
    case_out,
    case_row,
    event_out,
    may_read_whole,
    note_out,
    packet_out,
    packet_row,
)
from api.cases.states import State
from api.db.tables import Case, Event, FormVersion, Note, Packet
from api.errors import NotFoundError
from api.http.dependencies import IfMatch, Paging, Work, tag

router = APIRouter(prefix="/api/v1", tags=["cases 办件"])
CaseId = Annotated[uuid.UUID, Path(description="办件编号 id of the case")]
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


class CaseList(BaseModel):
    """办件列表 a page of cases."""

    items: list[CaseRow]
    total: int


class PacketList(BaseModel):
    """分发件列表 a page of packets."""

    items: list[PacketRow]
    total: int


@router.get("/cases", summary="办件列表 list cases")
def get_cases(
    work: Work,
    page: Paging,
    state: Annotated[list[State] | None, Query(description="状态 states")] = None,
    vehicle_class: Annotated[Literal["none", "I", "II", "III", "unknown"] | None, Query(description="类别")] = None,
    body_id: Word | None = None,
    q: Word | None = None,
    mine: Annotated[bool, Query(description="只看我认领的 claimed by me")] = False,
) -> CaseList:
    """Cases the account may see, the newest first."""
    wanted = CaseFilter(
        states=tuple(state or ()),
        vehicle_class=vehicle_class,
        body_id=body_id,
        claimed_by=work.actor.account_id if mine else None,
        text=q,
    )
    cases, total = list_cases(work, wanted, limit=page.limit, offset=page.offset)
    return CaseList(items=[case_row(work, case) for case in cases], total=total)


@router.get("/cases/{case_id}", summary="办件 one case")
def get_one_case(work: Work, response: Response, case_id: CaseId) -> CaseOut:
    """A case with its clock, decisions, packets and what may be done with it."""
    case = get_case(work, case_id)
    tag(response, case.version)
    return case_out(work, case)


@router.post("/cases/{case_id}/actions/{action}", summary="办理 do something with a case")
def post_action(
    work: Work, response: Response, case_id: CaseId, action: Action, sent: ActionInput, if_match: IfMatch
) -> dict[str, Any]:
    """Do an action; the reasons are all named where it cannot be done. `If-Match` refuses a lost update."""
    if action not in EFFECTS:
        raise NotFoundError("办件没有这个操作", "cases have no such action")
    case = act(work, case_id, action, sent, expected=if_match)
    tag(response, case.version)
    return {"id": str(case.id), "number": case.number, "state": case.state, "version": case.version}


@router.get("/cases/{case_id}/report", summary="审查报告 the review report")
def get_report(work: Work, case_id: CaseId) -> dict[str, Any]:
    """The machine's report on the route."""
    return read_report(work, get_case(work, case_id))


@router.get("/cases/{case_id}/comparison", summary="二十一项比对 the 21 items")
def get_comparison(work: Work, case_id: CaseId) -> dict[str, Any]:
    """The comparison of 21 items and what follows from it."""
    case = get_case(work, case_id, action=Action.READ_REPORT)
    return require_review(work, case).comparison


@router.get("/cases/{case_id}/dispatch", summary="分发方案 the dispatch plan")
def get_plan(work: Work, case_id: CaseId) -> dict[str, Any]:
    """Level, bodies and the evidence for them."""
    case = get_case(work, case_id, action=Action.READ_CASE_EVENTS)
    plan = require_review(work, case).plan
    return {key: value for key, value in plan.items() if key != "packets"}


@router.get("/cases/{case_id}/events", summary="办理过程 history")
def get_events(work: Work, case_id: CaseId) -> list[EventOut]:
    """Everything that happened to the case, from the ledger."""
    case = get_case(work, case_id, action=Action.READ_CASE_EVENTS)
    events = work.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq))
    return [event_out(event, is_inside=work.actor.carrier_id is None) for event in events]


@router.get("/cases/{case_id}/custody", summary="经手记录 who had it in hand")
def get_custody(work: Work, case_id: CaseId) -> CustodyOut:
    """Who had the case in hand, for how many working days."""
    case = get_case(work, case_id, action=Action.READ_CASE_EVENTS)
    return CustodyOut.model_validate(custody_of(work, case))


@router.get("/cases/{case_id}/notes", summary="文书 documents")
def get_notes(work: Work, case_id: CaseId) -> list[NoteOut]:
    """Documents of the procedure."""
    case = get_case(work, case_id, action=Action.READ_CASE_EVENTS)
    notes = work.session.scalars(select(Note).where(Note.case_id == case.id).order_by(Note.created_at, Note.id))
    return [note_out(note) for note in notes]


@router.get("/cases/{case_id}/forms/{version}", summary="申请表的一个版本 a version of the form")
def get_form(work: Work, case_id: CaseId, version: Annotated[int, Path(ge=1, le=100_000)]) -> dict[str, Any]:
    """The form as it was in one of its versions."""
    case = get_case(work, case_id)
    row = work.session.get(FormVersion, (case.id, version))
    if row is None:
        raise NotFoundError("没有这个版本", "there is no such version")
    return {"version": row.version, "reason": row.reason, "created_at": row.created_at.isoformat(), "form": row.form}


@router.get("/packets", summary="收件箱 inbox of packets")
def get_packets(
    work: Work,
    page: Paging,
    state: Annotated[
        list[Literal["open", "answered", "returned", "informed", "cancelled"]] | None, Query(description="状态")
    ] = None,
) -> PacketList:
    """Packets of one's own body, the most urgent first."""
    if not scopes_for(roles_of(work.actor), Action.READ_PACKET):
        authorise(work.actor, Action.READ_PACKET)
    query = select(Packet).where(Packet.body_id == work.actor.body_id)
    if state:
        query = query.where(Packet.state.in_(state))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    urgent_first = query.order_by(Packet.due_on.asc().nulls_last(), Packet.sent_at, Packet.id)
    rows = work.session.scalars(urgent_first.limit(page.limit).offset(page.offset))
    return PacketList(
        items=[packet_row(work, row, work.session.get_one(Case, row.case_id)) for row in rows], total=total
    )


@router.get("/packets/{packet_id}", summary="分发件 one packet")
def get_one_packet(work: Work, response: Response, packet_id: uuid.UUID) -> PacketOut:
    """One body's part of a case with the drafted opinion."""
    packet = work.session.get(Packet, packet_id)
    seen = packet is not None and work.session.scalar(
        select(Case.id).where(Case.id == packet.case_id, visible(work, Action.READ_PACKET))
    )
    if packet is None or not seen:
        raise NotFoundError(*NO_PACKET)
    case = work.session.get_one(Case, packet.case_id)
    relation = relation_to(work, case)
    authorise(work.actor, Action.READ_PACKET, relation)
    if packet.body_id != work.actor.body_id and not may_read_whole(work, relation):
        raise NotFoundError(*NO_PACKET)
    tag(response, packet.version)
    return packet_out(work, packet, case)


@router.post("/packets/{packet_id}/answer", summary="答复分发件 answer a packet")
def post_answer(
    work: Work, response: Response, packet_id: uuid.UUID, sent: AnswerInput, if_match: IfMatch
) -> dict[str, Any]:
    """One's own body's opinion, or its decision; `If-Match` is the packet's version."""
    packet = answer_packet(work, packet_id, ActionInput.model_validate(sent.model_dump()), expected=if_match)
    work.session.flush()
    tag(response, packet.version)
    return {"id": str(packet.id), "case_id": str(packet.case_id), "state": packet.state, "version": packet.version}
