"""The inbox of a carrier or a body (站内通知): told once, read once, shared by all accounts of the firm or body."""

import uuid

from sqlalchemy import ColumnElement, false, func, or_, select, update

from api.accounts.authorise import authorise
from api.accounts.permissions import Action, Relation
from api.db.tables import Notification
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork


def notify(
    work: UnitOfWork,
    *,
    kind: str,
    text_zh: str,
    text_en: str,
    carrier_id: uuid.UUID | None = None,
    body_id: str | None = None,
    case_id: uuid.UUID | None = None,
) -> Notification:
    """Tell a carrier or a body something, in the transaction of what it tells of.

    Args:
        work: Of whoever causes it; what is told needs no permission of its own.
        kind: Stable name, such as "correction_asked".
        text_zh: In Chinese.
        text_en: In English.
        carrier_id: Who is told: a firm,
        body_id: or a body; exactly one of them.
        case_id: What it is about.

    Raises:
        ValueError: Nobody or two are told: a fault of the program.
    """
    if (carrier_id is None) == (body_id is None):
        raise ValueError("a notification goes to one carrier or to one body")
    row = Notification(carrier_id=carrier_id, body_id=body_id, case_id=case_id, kind=kind)
    row.id, row.text_zh, row.text_en, row.created_at, row.read_at = uuid.uuid4(), text_zh, text_en, work.now, None
    work.session.add(row)
    work.session.flush()
    return row


def list_notifications(
    work: UnitOfWork, *, unread: bool, case_id: uuid.UUID | None, limit: int, offset: int
) -> tuple[list[Notification], int]:
    """What one's firm or body was told, newest first, and how many there are."""
    query = select(Notification).where(own_notifications(work))
    if unread:
        query = query.where(Notification.read_at.is_(None))
    if case_id is not None:
        query = query.where(Notification.case_id == case_id)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(Notification.created_at.desc(), Notification.id)
    return list(work.session.scalars(newest.limit(limit).offset(offset))), total


def mark_read(work: UnitOfWork, notification_id: uuid.UUID) -> Notification:
    """Mark one as read; again changes nothing.

    Raises:
        NotFoundError: There is none, or it is for somebody else.
    """
    wanted = select(Notification).where(Notification.id == notification_id, own_notifications(work))
    row = work.session.scalar(wanted.with_for_update())
    if row is None:
        raise NotFoundError("没有这条通知", "no such notification")
    row.read_at = row.read_at or work.now
    work.session.flush()
    return row


def mark_all_read(work: UnitOfWork) -> int:
    """Mark all as read, and say how many were not."""
    unread = select(Notification.id).where(own_notifications(work), Notification.read_at.is_(None)).with_for_update()
    ids = list(work.session.scalars(unread))
    work.session.execute(update(Notification).where(Notification.id.in_(ids)).values(read_at=work.now))
    return len(ids)


def own_notifications(work: UnitOfWork) -> ColumnElement[bool]:
    """Those for the actor's firm or body."""
    actor = work.actor
    authorise(actor, Action.READ_OWN_ACCOUNT, Relation(is_self=True))
    to = [Notification.carrier_id == actor.carrier_id] if actor.carrier_id else []
    to += [Notification.body_id == actor.body_id] if actor.body_id else []
    return or_(false(), *to)
