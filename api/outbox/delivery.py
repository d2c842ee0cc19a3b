"""Deliver messages (投递): signed, tried again for days, never by two workers at once.

Signature and headers are those of Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`, which
is `v1,` and the Base64 of the HMAC-SHA256 of `id.timestamp.body`. A worker that dies between sending and its commit
makes the message come twice with the same id: whoever receives it knows a repeat by that.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import uuid
from typing import Final

import httpx
import structlog
from sqlalchemy import select

from api.db.tables import OutboxMessage, Webhook
from api.outbox.publish import DELIVER
from api.unit_of_work import UnitOfWork

TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
FIRST_WAIT: Final = dt.timedelta(seconds=15)
LONGEST_WAIT: Final = dt.timedelta(hours=6)
TRIED_FOR: Final = dt.timedelta(days=7)
# A job that was lost is made up for by the sweep; one that is just waiting its turn is left alone.
LOST_AFTER: Final = dt.timedelta(minutes=2)
_SWEEP: Final = 200
_LONGEST_ERROR: Final = 300
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, no secret
_log = structlog.get_logger("api.outbox")


def deliver_outbox(work: UnitOfWork, message_id: str) -> None:
    """Send one message if it is due and nobody else is sending it; done twice, it does nothing the second time."""
    due = select(OutboxMessage).where(
        OutboxMessage.id == uuid.UUID(message_id),
        OutboxMessage.delivered_at.is_(None),
        OutboxMessage.given_up_at.is_(None),
        OutboxMessage.next_attempt_at <= work.now,
    )
    message = work.session.scalar(due.with_for_update(skip_locked=True))
    if message is None:
        return
    hook = work.session.get_one(Webhook, message.webhook_id)
    if not hook.is_active:
        return  # it waits until the address is in use again
    message.attempts += 1
    error = _send(message, hook, work.now)
    if error is None:
        message.delivered_at, message.last_error = work.now, None
        return
    message.last_error = error[:_LONGEST_ERROR]
    _log.warning("not delivered", message=str(message.id), attempts=message.attempts, error=error)
    _plan_next(work, message)


def sweep_outbox(work: UnitOfWork, **_periodic: object) -> None:
    """Queue again what is overdue: a job may have been lost, an address switched on again."""
    overdue = (
        select(OutboxMessage.id)
        .join(Webhook, Webhook.id == OutboxMessage.webhook_id)
        .where(
            OutboxMessage.delivered_at.is_(None),
            OutboxMessage.given_up_at.is_(None),
            OutboxMessage.next_attempt_at <= work.now - LOST_AFTER,
            Webhook.is_active,
        )
    )
    for message_id in work.session.scalars(overdue.order_by(OutboxMessage.next_attempt_at).limit(_SWEEP)).all():
        work.defer(DELIVER, message_id=str(message_id))


def body_of(message: OutboxMessage) -> bytes:
    """The bytes that are sent and signed: the same at every attempt."""
    said = {
        "id": str(message.id),
        "topic": message.topic,
        "created_at": message.created_at.astimezone(dt.UTC).isoformat(),
        "data": message.payload,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature_of(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature header of a body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many failed attempts: twice as long each time, six hours at most."""
    doubled = dt.timedelta(seconds=FIRST_WAIT.total_seconds() * 2.0 ** min(attempts - 1, 20))
    return min(doubled, LONGEST_WAIT)


def _send(message: OutboxMessage, hook: Webhook, now: dt.datetime) -> str | None:
    """Send; what went wrong, or None. No redirect is followed, and the answer's body is not read."""
    body, timestamp = body_of(message), int(now.timestamp())
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "dajian-outbox/1",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_of(hook.secret, str(message.id), timestamp, body),
    }
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", hook.url, content=body, headers=headers) as answer,
        ):
            return None if answer.is_success else f"HTTP {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _plan_next(work: UnitOfWork, message: OutboxMessage) -> None:
    """Try again later; after a week a person has to look (死信)."""
    wait = wait_after(message.attempts)
    if work.now + wait > message.created_at + TRIED_FOR and message.attempts > 1:
        message.given_up_at = work.now
        work.record("outbox_given_up", message=message.id, topic=message.topic, attempts=message.attempts)
        return
    message.next_attempt_at = work.now + wait
    work.defer(DELIVER, at=message.next_attempt_at, message_id=str(message.id))
