"""What a firm or body was told, one entry for each case (按办件归并的通知): a case that moves tells many things."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select, update

from api.db.tables import Notification
from api.notifications.inbox import mark_read, own_notifications
from api.unit_of_work import UnitOfWork

EARLIER_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class ToldOfCase:
    """What was told of one case, or one thing that is of no case.

    Attributes:
        newest: The latest notification.
        earlier: Those before it, newest first; at most `EARLIER_SHOWN`.
        total: How many there are in all.
        unread: How many of them nobody has read.
    """

    newest: Notification
    earlier: tuple[Notification, ...]
    total: int
    unread: int


# A notification of no case stands for itself.
_SUBJECT: Final = func.coalesce(Notification.case_id, Notification.id)
_NEWEST_FIRST: Final = (Notification.created_at.desc(), Notification.id)


def list_by_case(work: UnitOfWork, *, unread: bool, limit: int, offset: int) -> tuple[list[ToldOfCase], int]:
    """What one's firm or body was told by case, that with the newest first, and how many entries there are.

    Args:
        work: Of whoever reads.
        unread: Only cases with something unread, and of them only that.
        limit: Most entries.
        offset: Entries left out before.
    """
    told = select(Notification).where(own_notifications(work))
    if unread:
        told = told.where(Notification.read_at.is_(None))
    total = work.session.scalar(told.with_only_columns(func.count(_SUBJECT.distinct()))) or 0
    newest = func.max(Notification.created_at)
    page = told.with_only_columns(_SUBJECT, func.count(), func.count().filter(Notification.read_at.is_(None))).group_by(
        _SUBJECT
    )
    sums = work.session.execute(page.order_by(newest.desc(), _SUBJECT).limit(limit).offset(offset)).all()
    rows = _rows(work, told, [subject for subject, *_ in sums])
    return [
        ToldOfCase(rows[subject][0], tuple(rows[subject][1:]), count, unread_count)
        for subject, count, unread_count in sums
    ], total


def mark_told_read(work: UnitOfWork, notification_id: uuid.UUID) -> Notification:
    """Mark one as read and what was told of its case before it; what came in meanwhile stays unread.

    Raises:
        NotFoundError: There is none, or it is for somebody else.
    """
    row = mark_read(work, notification_id)
    if row.case_id is not None:
        earlier = update(Notification).where(
            own_notifications(work),
            Notification.case_id == row.case_id,
            Notification.created_at <= row.created_at,
            Notification.read_at.is_(None),
        )
        work.session.execute(earlier.values(read_at=work.now))
    return row


def _rows(
    work: UnitOfWork, told: Select[Notification], subjects: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[Notification]]:
    """The newest notifications of each subject."""
    place = func.row_number().over(partition_by=_SUBJECT, order_by=_NEWEST_FIRST)
    placed = (
        told.where(_SUBJECT.in_(list(subjects))).with_only_columns(Notification.id, place.label("place")).subquery()
    )
    wanted = (
        select(Notification).join(placed, placed.c.id == Notification.id).where(placed.c.place <= EARLIER_SHOWN + 1)
    )
    found: dict[uuid.UUID, list[Notification]] = {}
    for row in work.session.scalars(wanted.order_by(*_NEWEST_FIRST)):
        found.setdefault(row.case_id or row.id, []).append(row)
    return found
