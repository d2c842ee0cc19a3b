"""Write messages (写入外发消息), in the transaction of what they tell of."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from api.db.tables import OutboxMessage, Webhook
from api.outbox.topics import fits
from api.unit_of_work import UnitOfWork

DELIVER = "deliver_outbox"


def publish(work: UnitOfWork, topic: str, payload: Mapping[str, object]) -> list[OutboxMessage]:
    """Tell every system that asked for a topic; what is told needs no permission of its own.

    Args:
        work: Of whoever causes it: without its commit nothing is sent.
        topic: Such as "permit.issued".
        payload: JSON values.

    Returns:
        One message for each webhook in use.
    """
    hooks = work.session.scalars(select(Webhook).where(Webhook.is_active).order_by(Webhook.created_at, Webhook.id))
    messages = [
        OutboxMessage(
            id=uuid.uuid4(),
            webhook_id=hook.id,
            topic=topic,
            payload=dict(payload),
            created_at=work.now,
            attempts=0,
            next_attempt_at=work.now,
        )
        for hook in hooks
        if any(fits(topic, pattern) for pattern in hook.topics)
    ]
    work.session.add_all(messages)
    for message in messages:
        work.defer(DELIVER, message_id=str(message.id))
    return messages
