"""Notifications (通知): what one's firm or body was told, a line for each case, which leads to it."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.find import get_case
from api.db.tables import Notification
from api.errors import ForbiddenError, NotFoundError
from api.notifications.by_case import ToldOfCase, list_by_case, mark_told_read
from api.notifications.inbox import mark_all_read
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE: Final = 30


@router.get("/notifications")
def notifications_page(
    page: Page,
    unread: Annotated[bool, Query()] = False,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    away: Annotated[bool, Query()] = False,
) -> Response:
    """What was told, the newest first; `away` says that the case of one is not with the reader."""
    told, total = list_by_case(page.work, unread=unread, limit=PAGE, offset=offset)
    words = {
        "items": [_shown(page, one) for one in told],
        "total": total,
        "is_away": away,
        "only_unread": unread,
        "offset": offset,
        "step": PAGE,
        "may_manage_webhooks": may(page.work.actor, Action.MANAGE_WEBHOOKS),
    }
    return page.render("account_notifications.html.j2", words)


@router.post("/notifications/read")
def post_all_read(page: FormPage) -> Response:
    """Mark all as read."""
    mark_all_read(page.work)
    return page.see_other("/notifications")


@router.post("/notifications/{notification_id}/read")
def post_read(page: FormPage, notification_id: uuid.UUID) -> Response:
    """Mark one and the earlier ones of its case as read, and go where it leads."""
    return page.see_other(_target(page, mark_told_read(page.work, notification_id)))


def _shown(page: PageContext, one: ToldOfCase) -> dict[str, object]:
    return {
        "id": one.newest.id,
        **_line(page, one.newest),
        "unread": one.unread,
        "total": one.total,
        "earlier": [_line(page, row) for row in one.earlier],
        "has_case": one.newest.case_id is not None,
    }


def _line(page: PageContext, row: Notification) -> dict[str, object]:
    return {"text": row.text_zh if page.language == "zh" else row.text_en, "at": moment_text(row.created_at)}


def _target(page: PageContext, row: Notification) -> str:
    """Its case, at the desk of whoever reads; the list where the case is not for them: a packet was taken back."""
    if row.case_id is None:
        return "/notifications"
    if page.work.actor.carrier_id:
        return f"/my/cases/{row.case_id}"
    try:
        get_case(page.work, row.case_id, action=Action.LIST_CASES)
    except (ForbiddenError, NotFoundError):
        return "/notifications?away=true"
    return f"/cases/{row.case_id}"
