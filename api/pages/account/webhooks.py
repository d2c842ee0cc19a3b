"""Webhooks (外发地址): where messages go, their topics and secrets; for administrators."""

import uuid
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.errors import InvalidError
from api.outbox.endpoints import HookIn
from api.outbox.topics import TOPICS
from api.outbox.webhooks import (
    HookChange,
    change_webhook,
    create_webhook,
    get_webhook,
    list_webhooks,
    remove_webhook,
    renew_secret,
)
from api.pages.account.typed import Faults, faults_of
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST: Final = 200
_INVALID: Final = 422
CHOICES: Final = ("*", "case.*", *TOPICS)


@router.get("/notifications/webhooks")
def webhooks_page(page: Page) -> Response:
    """Addresses, and the form for a new one."""
    return _page(page)


@router.post("/notifications/webhooks")
def post_webhook(page: FormPage) -> Response:
    """Add an address and show its secret, this once."""
    url = page.field("url")
    topics = [str(one) for one in page.form.getlist("topics")]
    try:
        new = HookIn.model_validate({"url": url, "topics": topics})
        hook = create_webhook(page.work, new.url, new.topics)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors()}
        faults = {name: page.t(f"account.fault_{name}") for name in wrong}
    except InvalidError as error:
        faults = faults_of(page, error)
    else:
        return _page(page, secret={"url": hook.url, "secret": hook.secret})
    return _page(page, url=url, chosen=topics, faults=faults, status=_INVALID)


@router.post("/notifications/webhooks/{hook_id}/{what}")
def post_change(page: FormPage, hook_id: uuid.UUID, what: str) -> Response:
    """Switch an address on or off, renew its secret, or remove it."""
    if what == "secret":
        hook = renew_secret(page.work, hook_id)
        return _page(page, secret={"url": hook.url, "secret": hook.secret})
    if what == "remove":
        remove_webhook(page.work, hook_id)
    elif what in {"on", "off"}:
        change_webhook(page.work, hook_id, HookChange(is_active=what == "on"))
    else:
        get_webhook(page.work, hook_id)
    return page.see_other("/notifications/webhooks")


def _page(
    page: PageContext,
    *,
    url: str = "",
    chosen: list[str] | None = None,
    faults: Faults | None = None,
    secret: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    rows, total = list_webhooks(page.work, limit=_MOST, offset=0)
    words = {
        "hooks": [
            {
                "id": row.id,
                "url": row.url,
                "topics": ", ".join(row.topics),
                "is_active": row.is_active,
                "created": moment_text(row.created_at),
            }
            for row in rows
        ],
        "total": total,
        "choices": CHOICES,
        "url": url,
        "chosen": chosen or [],
        "faults": faults or {},
        "secret": secret,
    }
    return page.render("account_webhooks.html.j2", words, status=status)
