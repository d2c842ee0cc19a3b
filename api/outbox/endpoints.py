"""Endpoints of webhooks and the outbox (外发接口)."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from api.db.tables import OutboxMessage, Webhook
from api.http.dependencies import Paging, Work
from api.outbox.messages import MessageState, list_messages, send_again, state_of
from api.outbox.webhooks import (
    HookChange,
    change_webhook,
    create_webhook,
    list_webhooks,
    remove_webhook,
    renew_secret,
)

router = APIRouter(prefix="/api/v1", tags=["outbox 外发"])
Url = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]+$")]
Topic = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z_.*]+$")]


class HookIn(BaseModel):
    """An address to be added."""

    model_config = ConfigDict(extra="forbid")
    url: Url = Field(description="http 或 https 网址 address")
    topics: list[Topic] = Field(min_length=1, max_length=50, description="主题，可用 case.* 或 * topics")


class HookPatch(BaseModel):
    """What is changed of an address."""

    model_config = ConfigDict(extra="forbid")
    url: Url | None = None
    topics: list[Topic] | None = Field(None, max_length=50)
    is_active: bool | None = None


class HookOut(BaseModel):
    """An address; its secret is never shown again."""

    id: uuid.UUID
    url: str
    topics: list[str]
    is_active: bool
    created_at: dt.datetime


class HookWithSecret(HookOut):
    """An address just made, with its secret: shown this once."""

    secret: str


class HookList(BaseModel):
    """Addresses."""

    items: list[HookOut]
    total: int


class MessageOut(BaseModel):
    """A message; `id` is what the receiver knows a repeat by."""

    id: uuid.UUID
    webhook_id: uuid.UUID
    topic: str
    state: MessageState
    created_at: dt.datetime
    attempts: int
    next_attempt_at: dt.datetime
    delivered_at: dt.datetime | None
    given_up_at: dt.datetime | None
    last_error: str | None
    payload: dict[str, JsonValue]


class MessageList(BaseModel):
    """Messages."""

    items: list[MessageOut]
    total: int


@router.post("/webhooks", status_code=201, summary="新增外发地址 add a webhook")
def post_webhook(work: Work, sent: HookIn) -> HookWithSecret:
    """Add an address; the answer holds the secret with which messages are signed, once."""
    hook = create_webhook(work, sent.url, sent.topics)
    return HookWithSecret(**_hook(hook).model_dump(), secret=hook.secret)


@router.get("/webhooks", summary="外发地址列表 list webhooks")
def get_webhooks(work: Work, page: Paging) -> HookList:
    """All addresses."""
    rows, total = list_webhooks(work, limit=page.limit, offset=page.offset)
    return HookList(items=[_hook(row) for row in rows], total=total)


@router.patch("/webhooks/{webhook_id}", summary="修改外发地址 change a webhook")
def patch_webhook(work: Work, webhook_id: uuid.UUID, sent: HookPatch) -> HookOut:
    """Change address, topics or use."""
    return _hook(change_webhook(work, webhook_id, HookChange(sent.url, sent.topics, sent.is_active)))


@router.post("/webhooks/{webhook_id}/secret", summary="更换密钥 renew the secret")
def post_secret(work: Work, webhook_id: uuid.UUID) -> HookWithSecret:
    """Another secret; shown this once."""
    hook = renew_secret(work, webhook_id)
    return HookWithSecret(**_hook(hook).model_dump(), secret=hook.secret)


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="删除外发地址 remove a webhook")
def delete_webhook(work: Work, webhook_id: uuid.UUID) -> None:
    """Take it out of use for good; refused while messages wait for it."""
    remove_webhook(work, webhook_id)


@router.get("/outbox", summary="外发消息 list messages")
def get_messages(
    work: Work,
    page: Paging,
    state: Annotated[MessageState | None, Query(description="given_up 为死信 those nobody could take")] = None,
    topic: Annotated[str | None, Query(max_length=100, pattern=r"^[a-z_.]+$")] = None,
) -> MessageList:
    """Messages, the newest first."""
    rows, total = list_messages(work, state, topic, limit=page.limit, offset=page.offset)
    return MessageList(items=[_message(row) for row in rows], total=total)


@router.post("/outbox/{message_id}/send", summary="重发消息 send a message again")
def post_send(work: Work, message_id: uuid.UUID) -> MessageOut:
    """Send a message that waits or was given up, from now on, with the same id."""
    return _message(send_again(work, message_id))


def _hook(row: Webhook) -> HookOut:
    return HookOut(id=row.id, url=row.url, topics=row.topics, is_active=row.is_active, created_at=row.created_at)


def _message(row: OutboxMessage) -> MessageOut:
    return MessageOut(
        id=row.id,
        webhook_id=row.webhook_id,
        topic=row.topic,
        state=state_of(row),
        created_at=row.created_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        delivered_at=row.delivered_at,
        given_up_at=row.given_up_at,
        last_error=row.last_error,
        payload=row.payload,
    )
