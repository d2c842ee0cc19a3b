"""Verify the ledger (校验台账链): from the first event to the head, against the anchors, in bounded memory."""

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.db.tables import Event, LedgerHead
from api.ledger.anchors import ANCHORED, Anchor
from api.ledger.chain import GENESIS, hash_of

_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong (首个不符之处).

    Attributes:
        seq: Number of the event.
        kind: Stable name: gap, order, chain, content, head, anchor, tail.
    """

    seq: int
    kind: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was verified (校验结果).

    Attributes:
        events: How many events were read, up to the fault.
        head_hash: Hash of the last one.
        anchors: How many anchors fitted.
        last_anchor_seq: Number of the last event that an anchor vouches for, 0 without one.
        fault: None where everything fits.
    """

    events: int
    head_hash: str
    anchors: int
    last_anchor_seq: int
    fault: Fault | None


@dataclass(slots=True)
class _Reading:
    """Where the reading stands."""

    anchors: Sequence[Anchor]
    checks_notes: bool
    seq: int = 0
    hash: str = GENESIS
    fitted: int = 0
    at: object = None

    def take(self, event: Event) -> Fault | None:
        """Check one event against what came before."""
        fault = _event_fault(event, self.seq, self.hash)
        if fault is not None:
            return fault
        self.seq, self.hash, self.at = event.seq, event.hash, event.at
        while self.fitted < len(self.anchors) and self.anchors[self.fitted].seq <= event.seq:
            if self.anchors[self.fitted].hash != event.hash:
                return _anchor_fault(event.seq)
            self.fitted += 1
        return self._note_fault(event) if self.checks_notes and event.kind == ANCHORED else None

    def _note_fault(self, event: Event) -> Fault | None:
        """An anchor that the ledger tells of must be there."""
        told = json.loads(event.content)
        if any(anchor.seq == told.get("seq") and anchor.hash == told.get("hash") for anchor in self.anchors):
            return None
        return Fault(event.seq, "anchor", "台账所记的锚点不在锚点文件中", "an anchor that the ledger tells of is gone")

    def end(self, head: LedgerHead | None) -> Fault | None:
        """Check the end against the head and the anchors that are left."""
        if self.fitted < len(self.anchors):
            seq = self.anchors[self.fitted].seq
            return Fault(
                seq, "tail", f"锚点记有第{seq}号事件，台账止于第{self.seq}号", f"the ledger ends at {self.seq}"
            )
        if head is None:
            return None if self.seq == 0 else Fault(self.seq, "head", "缺少链头记录", "the head is gone")
        if head.seq > self.seq:
            return Fault(
                self.seq + 1, "tail", f"链头为第{head.seq}号，其后事件缺失", f"events up to {head.seq} are gone"
            )
        if (head.seq, head.hash, head.at) != (self.seq, self.hash, self.at):
            return Fault(head.seq, "head", "链头与最后一个事件不符", "the head is not the last event")
        return None


def verify_ledger(session: Session, anchors: Sequence[Anchor] | None = None) -> Checked:
    """Read the whole ledger in one snapshot and find the first fault.

    Args:
        session: Fresh: what it reads is one state of the database, whatever is written meanwhile.
        anchors: As `read_anchors` gives them, in order; None checks the chain and its head alone.
    """
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    reading, count = _Reading(anchors or (), checks_notes=anchors is not None), 0
    fault = None
    with closing(_events(session)) as events:
        for event in events:
            count += 1
            fault = reading.take(event)
            if fault is not None:
                break
    if fault is None:
        fault = reading.end(session.get(LedgerHead, 1))
    last = reading.anchors[reading.fitted - 1].seq if reading.fitted else 0
    return Checked(count, reading.hash, reading.fitted, last, fault)


def _events(session: Session) -> Generator[Event, None, None]:
    """All events in order; the session lets go of each batch when the next one comes."""
    result = session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=_BATCH))
    try:
        yield from result
    finally:
        result.close()


def _event_fault(event: Event, seq: int, previous: str) -> Fault | None:
    if event.seq <= seq or event.seq < 1:
        return Fault(event.seq, "order", "序号次序有误，有插入的事件", "out of order: an event was put in")
    if event.seq != seq + 1:
        zh = f"第{seq + 1}号至第{event.seq - 1}号事件缺失"
        return Fault(seq + 1, "gap", zh, f"events {seq + 1} to {event.seq - 1} are gone")
    if event.previous != previous:
        return Fault(event.seq, "chain", "与前一事件的哈希不衔接", "does not follow on the event before")
    if event.hash != hash_of(event):
        return Fault(event.seq, "content", "内容、时间或操作人被改动", "content, time or actor was changed")
    return None


def _anchor_fault(seq: int) -> Fault:
    zh = "与签名锚点不符：台账在锚定之后被整体改写"
    return Fault(seq, "anchor", zh, "not what was anchored: the chain was computed anew")
