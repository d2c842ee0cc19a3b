"""One request's work (工作单元): a transaction, who does it, and when."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.jobs.queue import defer
from api.ledger.chain import Pending, add_pending

LOCAL = ZoneInfo("Asia/Shanghai")  # the day of every period is the day here


def utc_now() -> dt.datetime:
    """Now: asked once at the edge of every request and job, never inside them."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (操作人)."""

    name: str
    roles: frozenset[str]
    account_id: uuid.UUID | None = None
    body_id: str | None = None
    body_level: str | None = None
    division_code: str | None = None
    carrier_id: uuid.UUID | None = None

    @property
    def province(self) -> str | None:
        """The first two digits of the body's division."""
        return self.division_code[:2] if self.division_code else None


SYSTEM = Actor("系统", frozenset({"system"}))
NOBODY = Actor("公众", frozenset({"public"}))


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What service functions are given: they neither read the clock nor commit.

    Attributes:
        session: The open transaction.
        actor: Who acts.
        now: The moment of the request, with its zone.
        remembered: What was read once and cannot change before the commit.
    """

    session: Session
    actor: Actor
    now: dt.datetime
    remembered: dict[Any, Any] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """The local day of the request."""
        return self.now.astimezone(LOCAL).date()

    def record(self, kind: str, *, case_id: uuid.UUID | None = None, **data: object) -> None:
        """Write an event into the ledger together with everything else."""
        actor = self.actor
        event = Pending(self.now, kind, case_id, actor.account_id, actor.name, actor.body_id, data)
        add_pending(self.session, event)

    def defer(self, task: str, *, lock: str | None = None, at: dt.datetime | None = None, **arguments: object) -> None:
        """Queue a job together with everything else (同一事务内排队)."""
        defer(self.session, task, lock=lock, at=at, arguments=arguments)
