"""The chain of events (哈希链): each event carries the hash of the one before, so that no change goes unseen."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.db.tables.ledger import Event, LedgerHead

GENESIS: Final = "0" * 64
_LOCK: Final = 7_220_163  # of the advisory lock that lets one transaction at a time append
_PENDING: Final = "pending_events"


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits for the end of its transaction."""

    at: dt.datetime
    kind: str
    case_id: uuid.UUID | None
    actor_id: uuid.UUID | None
    actor: str
    body_id: str | None
    data: Mapping[str, object]


def add_pending(session: Session, event: Pending) -> None:
    """Remember an event; `seal` writes it."""
    session.info.setdefault(_PENDING, []).append(event)


def seal(session: Session) -> None:
    """Append what happened in this transaction; call it last, just before the commit.

    From here to the commit no other transaction appends, so numbers have no gap and no event is hashed twice.
    """
    pending: list[Pending] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    head = session.get(LedgerHead, 1, populate_existing=True)
    if head is None:
        head = LedgerHead(id=1, seq=0, hash=GENESIS, at=pending[0].at)
        session.add(head)
    for event in pending:
        row = _row(event, head.seq + 1, head.hash)
        session.add(row)
        head.seq, head.hash, head.at = row.seq, row.hash, row.at
    session.flush()


def _row(event: Pending, seq: int, previous: str) -> Event:
    content = json.dumps(event.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    row = Event(
        seq=seq,
        at=event.at.astimezone(dt.UTC),
        kind=event.kind,
        case_id=event.case_id,
        actor_id=event.actor_id,
        actor=event.actor,
        body_id=event.body_id,
        content=content,
        previous=previous,
        hash="",
    )
    row.hash = hash_of(row)
    return row


def hash_of(event: Event) -> str:
    """The SHA-256 of everything an event says, and of the hash before it."""
    said = [
        event.seq,
        event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        event.kind,
        str(event.case_id) if event.case_id else None,
        str(event.actor_id) if event.actor_id else None,
        event.actor,
        event.body_id,
        event.content,
        event.previous,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
