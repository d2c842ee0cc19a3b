"""What the service keeps beside the cases (设置、通知、外发、试算记录)."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Created, Json, Key, Moment, Table


class Setting(Table):
    """A province's choice, with the time it holds for (省级设定)."""

    __tablename__ = "setting"
    id: Mapped[Key]
    province: Mapped[str]
    name: Mapped[str] = mapped_column(index=True)
    value: Mapped[Json]
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[Created]


class Notification(Table):
    """Something a carrier or a body is told on the site (站内通知)."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_to", "carrier_id", "body_id"),)
    id: Mapped[Key]
    carrier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carrier.id"))
    body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"))
    case_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    created_at: Mapped[Created]
    read_at: Mapped[dt.datetime | None]


class Webhook(Table):
    """Where messages go (外发地址)."""

    __tablename__ = "webhook"
    id: Mapped[Key]
    url: Mapped[str]
    secret: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]
    removed_at: Mapped[dt.datetime | None]


class OutboxMessage(Table):
    """A message to another system (外发消息): written with what it tells of, sent afterwards, never forgotten."""

    __tablename__ = "outbox_message"
    id: Mapped[Key]  # the receiver knows a repeat by it
    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook.id"), index=True)
    topic: Mapped[str]
    payload: Mapped[Json]
    created_at: Mapped[Created]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[Moment] = mapped_column(index=True)
    delivered_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]  # waits for a person to send it again
    last_error: Mapped[str | None]


class WhatIf(Table):
    """A question asked before applying (试算记录); it stays with the case that follows."""

    __tablename__ = "what_if"
    id: Mapped[Key]
    carrier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    question: Mapped[Json]
    question_hash: Mapped[str] = mapped_column(index=True)
    verdict: Mapped[str]
    answer: Mapped[Json]
    suggestions: Mapped[list[Any]] = mapped_column(default=list)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application_case.id"))
    asked_at: Mapped[Created]
