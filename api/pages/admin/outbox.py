"""Messages to other systems (外发消息): which wait, arrived or were given up; one can be sent again."""

import uuid
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.outbox.messages import MessageState, list_messages, send_again, state_of
from api.outbox.webhooks import list_webhooks
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
STATES: Final[tuple[MessageState, ...]] = get_args(MessageState)
_ROWS, _HOOKS = 50, 200
From = Annotated[int, Query(ge=0, le=1_000_000)]
State = Annotated[str, Query(max_length=20)]


@router.get("/admin/outbox")
def outbox_page(page: Page, state: State = "", offset: From = 0) -> Response:
    """Messages, the newest first."""
    wanted = next((one for one in STATES if one == state), None)
    hooks, _ = list_webhooks(page.work, limit=_HOOKS, offset=0)
    rows, total = list_messages(page.work, wanted, None, limit=_ROWS, offset=offset)
    context = {
        "rows": rows,
        "total": total,
        "state": wanted,
        "states": STATES,
        "state_of": state_of,
        "addresses": {hook.id: hook.url for hook in hooks},
        "more": offset + len(rows) if offset + len(rows) < total else None,
        "moment_text": moment_text,
    }
    return page.render("admin_outbox.html.j2", context)


@router.post("/admin/outbox/{message_id}/send")
def post_send(page: FormPage, message_id: uuid.UUID) -> Response:
    """Send a message again, with the same id."""
    send_again(page.work, message_id)
    return page.see_other("/admin/outbox")
