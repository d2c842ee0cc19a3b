"""The ledger (办件留痕): every event, chained by hashes; rows are only ever added."""

import datetime as dt
import json
import uuid
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Moment, Table


class Event(Table):
    """One thing that happened (事件)."""

    __tablename__ = "event"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    kind: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[str]
    body_id: Mapped[str | None]
    content: Mapped[str] = mapped_column(Text)  # canonical JSON, exactly the text that was hashed
    previous: Mapped[str]
    hash: Mapped[str]

    @property
    def data(self) -> dict[str, Any]:
        """What it says."""
        parsed: dict[str, Any] = json.loads(self.content)
        return parsed


class LedgerHead(Table):
    """Number and hash of the last event, in one row: a cut-off tail shows."""

    __tablename__ = "ledger_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    at: Mapped[dt.datetime]
