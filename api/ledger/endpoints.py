"""Endpoints of the ledger (台账接口)."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, JsonValue

from api.accounts.throttle import count
from api.db.tables import Event
from api.errors import RequestError
from api.http.dependencies import Paging, Work
from api.ledger.anchors import FILE, anchor_keys, read_anchors
from api.ledger.history import EventFilter, case_history, head_of, list_events, may_verify, shows_content
from api.ledger.verify import verify_ledger
from api.settings import ServiceSettings

router = APIRouter(prefix="/api/v1/ledger", tags=["ledger 台账"])
_VERIFICATIONS_AN_HOUR = 12
_HOUR = dt.timedelta(hours=1)


class LedgerStatus(BaseModel):
    """The ledger's present end (台账状态)."""

    events: int
    head_hash: str | None
    last_event_at: dt.datetime | None


class FaultOut(BaseModel):
    """The first thing that is wrong."""

    seq: int
    kind: str
    message_zh: str
    message_en: str


class VerificationOut(BaseModel):
    """What was verified (校验结果)."""

    intact: bool
    events: int
    anchors: int
    last_anchor_seq: int
    fault: FaultOut | None


class EventOut(BaseModel):
    """One event; `data` is null where the content is not shown."""

    seq: int
    at: dt.datetime
    kind: str
    case_id: uuid.UUID | None
    actor: str
    actor_id: uuid.UUID | None
    body_id: str | None
    data: dict[str, JsonValue] | None
    hash: str


class EventList(BaseModel):
    """Events."""

    items: list[EventOut]
    total: int


@router.get("", summary="台账状态 state of the ledger")
def get_status(work: Work) -> LedgerStatus:
    """Number and hash of the last event."""
    head = head_of(work)
    if head is None:
        return LedgerStatus(events=0, head_hash=None, last_event_at=None)
    return LedgerStatus(events=head.seq, head_hash=head.hash, last_event_at=head.at)


@router.get("/events", summary="台账事件 events")
def get_events(
    work: Work,
    paging: Paging,
    kind: Annotated[str | None, Query(max_length=100)] = None,
    case_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
) -> EventList:
    """Events from the newest on, as far as they are one's own to supervise."""
    wanted = EventFilter(kind, case_id, actor_id)
    rows, total = list_events(work, wanted, limit=paging.limit, offset=paging.offset)
    return EventList(items=[_shown(row, with_data=True) for row in rows], total=total)


@router.get("/cases/{case_id}", summary="办件留痕 history of a case")
def get_case_history(work: Work, paging: Paging, case_id: uuid.UUID) -> EventList:
    """What happened with a case, in order; carriers see what and when, offices also the data."""
    rows, total = case_history(work, case_id, limit=paging.limit, offset=paging.offset)
    with_data = shows_content(work)
    return EventList(items=[_shown(row, with_data=with_data) for row in rows], total=total)


@router.post("/verifications", summary="校验台账链 verify the ledger")
def post_verification(request: Request, work: Work) -> VerificationOut:
    """Read the whole ledger and say the first thing that is wrong; some times an hour."""
    may_verify(work)
    count(request.app.state.sessions, "verify-ledger", most=_VERIFICATIONS_AN_HOUR, per=_HOUR, now=work.now)
    settings: ServiceSettings = request.app.state.settings
    try:
        anchors = read_anchors(settings.var / FILE, anchor_keys(settings.keys_folder))
    except RequestError as error:
        fault = FaultOut(seq=0, kind="anchor", message_zh=str(error), message_en=str(error))
        return VerificationOut(intact=False, events=0, anchors=0, last_anchor_seq=0, fault=fault)
    with request.app.state.sessions() as session:
        checked = verify_ledger(session, anchors)
    wrong = checked.fault
    return VerificationOut(
        intact=wrong is None,
        events=checked.events,
        anchors=checked.anchors,
        last_anchor_seq=checked.last_anchor_seq,
        fault=wrong and FaultOut(seq=wrong.seq, kind=wrong.kind, message_zh=wrong.zh, message_en=wrong.en),
    )


def _shown(row: Event, *, with_data: bool) -> EventOut:
    return EventOut(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        case_id=row.case_id,
        actor=row.actor,
        actor_id=row.actor_id,
        body_id=row.body_id,
        data=row.data if with_data else None,
        hash=row.hash,
    )
