"""Messages as an administrator sees them (外发消息的查看与重发)."""

import uuid
from typing import Final, Literal

from sqlalchemy import ColumnElement, func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Relation, Scope, scopes_for
from api.db.tables import OutboxMessage, Webhook
from api.errors import ConflictError, NotFoundError
from api.outbox.publish import DELIVER
from api.unit_of_work import UnitOfWork

MessageState = Literal["waiting", "delivered", "given_up"]
_CLAUSES: Final[dict[MessageState, ColumnElement[bool]]] = {
    "waiting": OutboxMessage.delivered_at.is_(None) & OutboxMessage.given_up_at.is_(None),
    "delivered": OutboxMessage.delivered_at.is_not(None),
    "given_up": OutboxMessage.given_up_at.is_not(None) & OutboxMessage.delivered_at.is_(None),
}


def state_of(message: OutboxMessage) -> MessageState:
    """Where a message stands."""
    if message.delivered_at is not None:
        return "delivered"
    return "waiting" if message.given_up_at is None else "given_up"


def list_messages(
    work: UnitOfWork, state: MessageState | None, topic: str | None, *, limit: int, offset: int
) -> tuple[list[OutboxMessage], int]:
    """Messages, the newest first."""
    _authorise_reading(work)
    query = select(OutboxMessage)
    if state:
        query = query.where(_CLAUSES[state])
    if topic:
        query = query.where(OutboxMessage.topic == topic)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def send_again(work: UnitOfWork, message_id: uuid.UUID) -> OutboxMessage:
    """Send a message again from now on, with the same id (重发).

    Raises:
        NotFoundError: There is no such message.
        ConflictError: It has arrived, or its address is out of use.
    """
    authorise(work.actor, Action.SEND_OUTBOX)
    message = work.session.scalar(select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update())
    if message is None:
        raise NotFoundError("没有这条消息", "there is no such message")
    if message.delivered_at is not None:
        raise ConflictError("消息已送达", "the message has been delivered")
    if not work.session.get_one(Webhook, message.webhook_id).is_active:
        raise ConflictError("外发地址已停用", "the webhook is not in use")
    message.given_up_at, message.attempts, message.next_attempt_at = None, 0, work.now
    work.record("outbox_sent_again", message=message.id, topic=message.topic)
    work.defer(DELIVER, message_id=str(message.id))
    return message


def _authorise_reading(work: UnitOfWork) -> None:
    """Administrators; supervisors of the province's own body."""
    scopes = scopes_for(roles_of(work.actor), Action.READ_OUTBOX)
    at_province = work.actor.body_level == "province"
    relation = Relation(same_province=at_province, is_province_level=at_province) if Scope.PROVINCE in scopes else None
    authorise(work.actor, Action.READ_OUTBOX, relation or Relation())
