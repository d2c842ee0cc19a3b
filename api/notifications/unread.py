"""How much a firm or body has not read yet (未读通知数), for the head of every page."""

from sqlalchemy import func, select

from api.db.tables import Notification
from api.unit_of_work import UnitOfWork


def count_unread(work: UnitOfWork) -> int:
    """Unread notifications of whoever asks; none for who belongs to no firm or body."""
    actor = work.actor
    if actor.account_id is None or (actor.carrier_id is None and actor.body_id is None):
        return 0
    own = Notification.carrier_id == actor.carrier_id if actor.carrier_id else Notification.body_id == actor.body_id
    return work.session.scalar(select(func.count()).where(own, Notification.read_at.is_(None))) or 0
