"""Service tokens (服务令牌): listed, issued to programs' accounts, revoked; for administrators."""

import datetime as dt
import uuid
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.accounts.account_lists import AccountFilter, list_accounts
from api.accounts.service_tokens import issue_token, list_tokens, revoke_token
from api.errors import ConflictError, InvalidError, NotFoundError
from api.pages.account.typed import Faults, faults_of, typed
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from api.unit_of_work import LOCAL

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST: Final = 200
_LONGEST_NAME: Final = 100
_INVALID: Final = 422


@router.get("/account/tokens")
def tokens_page(page: Page) -> Response:
    """Tokens, and the form for a new one."""
    return _page(page, {}, {})


@router.post("/account/tokens")
def post_token(page: FormPage) -> Response:
    """Issue a token and show it, this once."""
    values = typed(page, ("account_id", "name", "expires_on"))
    faults: Faults = {name: page.t("account.fault_missing") for name, text in values.items() if not text}
    account_id, until = _uuid(values["account_id"]), _end_of(values["expires_on"])
    if account_id is None:
        faults["account_id"] = page.t("account.fault_missing")
    if until is None and values["expires_on"]:
        faults["expires_at"] = page.t("account.fault_expires_on")
    if len(values["name"]) > _LONGEST_NAME or (values["name"] and not values["name"].isprintable()):
        faults["name"] = page.t("account.fault_name")
    if not faults and account_id is not None and until is not None:
        try:
            row, token = issue_token(page.work, account_id, values["name"], until)
            return _page(page, {}, {}, issued={"token": token, "name": row.name})
        except InvalidError as error:
            faults = faults_of(page, error)
        except (ConflictError, NotFoundError) as error:
            faults = {"account_id": page.message_of(error)}
    return _page(page, values, faults, status=_INVALID)


@router.post("/account/tokens/{token_id}/revoke")
def post_revoke(page: FormPage, token_id: uuid.UUID) -> Response:
    """End a token at once."""
    revoke_token(page.work, token_id)
    return page.see_other("/account/tokens")


def _page(
    page: PageContext,
    values: dict[str, str],
    faults: Faults,
    *,
    issued: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    rows, total = list_tokens(page.work, account_id=None, limit=_MOST, offset=0)
    programs, _ = list_accounts(page.work, AccountFilter(kind="service"), limit=_MOST, offset=0)
    words = {
        "tokens": [
            {
                "id": row.id,
                "name": row.name,
                "login": row.account.login,
                "created": moment_text(row.created_at),
                "expires": moment_text(row.expires_at) if row.expires_at else "",
                "revoked": moment_text(row.revoked_at) if row.revoked_at else "",
                "is_over": row.revoked_at is not None or (row.expires_at or page.work.now) < page.work.now,
            }
            for row in rows
        ],
        "total": total,
        "programs": [(str(one.id), f"{one.display_name} ({one.login})") for one in programs if one.is_active],
        "values": {name: values.get(name, "") for name in ("account_id", "name", "expires_on")},
        "faults": faults,
        "issued": issued,
    }
    return page.render("account_tokens.html.j2", words, status=status)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _end_of(text: str) -> dt.datetime | None:
    """The end of a local day."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(23, 59), LOCAL)
