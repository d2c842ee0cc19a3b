"""Endpoints of notifications (通知接口)."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.db.tables import Notification
from api.http.dependencies import Paging, Work
from api.notifications.inbox import list_notifications, mark_all_read, mark_read

router = APIRouter(prefix="/api/v1/notifications", tags=["notifications 通知"])


class NotificationOut(BaseModel):
    """One notification."""

    id: uuid.UUID
    kind: str
    case_id: uuid.UUID | None
    text_zh: str
    text_en: str
    created_at: dt.datetime
    read_at: dt.datetime | None


class NotificationList(BaseModel):
    """Notifications, newest first."""

    items: list[NotificationOut]
    total: int


class Marked(BaseModel):
    """How many were marked."""

    marked: int


@router.get("", summary="通知列表 notifications")
def get_notifications(
    work: Work,
    paging: Paging,
    unread: Annotated[bool, Query(description="只列未读 unread only")] = False,
    case_id: Annotated[uuid.UUID | None, Query(description="只列此办件 of this case only")] = None,
) -> NotificationList:
    """What one's firm or body was told."""
    rows, total = list_notifications(work, unread=unread, case_id=case_id, limit=paging.limit, offset=paging.offset)
    return NotificationList(items=[_shown(row) for row in rows], total=total)


@router.post("/{notification_id}/read", summary="标为已读 mark as read")
def post_read(work: Work, notification_id: uuid.UUID) -> NotificationOut:
    """Mark one as read."""
    return _shown(mark_read(work, notification_id))


@router.post("/read", summary="全部标为已读 mark all as read")
def post_all_read(work: Work) -> Marked:
    """Mark all as read."""
    return Marked(marked=mark_all_read(work))


def _shown(row: Notification) -> NotificationOut:
    return NotificationOut(
        id=row.id,
        kind=row.kind,
        case_id=row.case_id,
        text_zh=row.text_zh,
        text_en=row.text_en,
        created_at=row.created_at,
        read_at=row.read_at,
    )
