"""Accounts (账号管理): found, made, changed, closed and opened, given another password."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.accounts.account_lists import AccountFilter, list_accounts, read_account
from api.accounts.administration import NewAccount, change_account, create_account, reset_password, set_active
from api.accounts.administration_endpoints import AccountIn
from api.accounts.authorise import authorise
from api.accounts.kinds import OFFICE_ROLES
from api.accounts.permissions import Action
from api.db.tables import Account
from api.errors import ConflictError, FieldFault, InvalidError
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
ROLES: Final = tuple(sorted(role.value for role in OFFICE_ROLES))
_ROWS: Final = 50
_INVALID, _CONFLICT = 422, 409
Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
RoleName = Annotated[str, Query(max_length=40)]
From = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/admin/accounts")
def accounts_page(page: Page, q: Words = "", role: RoleName = "", offset: From = 0) -> Response:
    """Accounts by login."""
    authorise(page.work.actor, Action.WRITE_ACCOUNTS)
    wanted = AccountFilter(words=q.strip() or None, role=role if role in ROLES else None)
    rows, total = list_accounts(page.work, wanted, _ROWS, offset)
    more = offset + len(rows) if offset + len(rows) < total else None
    context = {"rows": rows, "total": total, "q": q, "role": role, "more": more, "roles": ROLES}
    return page.render("admin_accounts.html.j2", context)


@router.get("/admin/accounts/new")
def new_account_page(page: Page) -> Response:
    """The form for another account of an office."""
    authorise(page.work.actor, Action.WRITE_ACCOUNTS)
    return _form(page, {}, [], [])


@router.post("/admin/accounts/new")
def post_account(page: FormPage) -> Response:
    """Make an account of an office; firms register by themselves, programs have tokens."""
    authorise(page.work.actor, Action.WRITE_ACCOUNTS)
    values = {name: page.field(name) for name in ("login", "display_name", "body_id")}
    roles = [str(one) for one in page.form.getlist("roles")]
    password = str(page.form.get("password", ""))
    try:
        sent = {**values, "roles": roles, "password": password, "kind": "office", "body_id": values["body_id"] or None}
        new = AccountIn.model_validate(sent)
        made = NewAccount(new.login, new.display_name, new.kind, tuple(new.roles), new.password, new.body_id)
        account = create_account(page.work, made)
    except ValidationError as error:
        faults = [FieldFault(str(one["loc"][0]), "格式不符合要求", "not in the wanted form") for one in error.errors()]
        return _form(page, values, roles, faults, status=_INVALID)
    except InvalidError as error:
        return _form(page, values, roles, error.faults, status=_INVALID)
    except ConflictError as error:
        fault = FieldFault("login", error.message_zh, error.message_en)
        return _form(page, values, roles, [fault], status=_CONFLICT)
    return page.see_other(f"/admin/accounts/{account.id}?done=made")


@router.get("/admin/accounts/{account_id}")
def account_page(page: Page, account_id: uuid.UUID) -> Response:
    """One account and what can be done with it."""
    authorise(page.work.actor, Action.WRITE_ACCOUNTS)
    return _account(page, read_account(page.work, account_id))


@router.post("/admin/accounts/{account_id}/change")
def post_change(page: FormPage, account_id: uuid.UUID) -> Response:
    """Change name, roles and body; the sessions of the account end."""
    roles = [str(one) for one in page.form.getlist("roles")]
    changes: dict[str, object] = {"display_name": page.field("display_name")[:200]}
    account = read_account(page.work, account_id)
    if account.kind == "office":
        changes |= {"roles": roles, "body_id": page.field("body_id") or None}
    faults = _name_faults(page)
    if not faults:
        try:
            change_account(page.work, account_id, changes)
        except InvalidError as error:
            faults = list(error.faults)
    if faults:
        return _account(page, account, faults, status=_INVALID)
    return page.see_other(f"/admin/accounts/{account_id}?done=changed")


@router.post("/admin/accounts/{account_id}/active")
def post_active(page: FormPage, account_id: uuid.UUID) -> Response:
    """Close an account, or open it again."""
    is_active = page.field("active") == "yes"
    set_active(page.work, account_id, is_active=is_active)
    return page.see_other(f"/admin/accounts/{account_id}?done={'opened' if is_active else 'closed'}")


@router.post("/admin/accounts/{account_id}/password")
def post_password(page: FormPage, account_id: uuid.UUID) -> Response:
    """Give an account another password."""
    account = read_account(page.work, account_id)
    try:
        reset_password(page.work, account_id, str(page.form.get("password", ""))[:1000])
    except InvalidError as error:
        return _account(page, account, error.faults, status=_INVALID)
    return page.see_other(f"/admin/accounts/{account_id}?done=password")


def _form(
    page: PageContext,
    values: Mapping[str, str],
    chosen: Sequence[str],
    faults: Sequence[FieldFault],
    *,
    status: int = 200,
) -> Response:
    context = {"values": values, "chosen": chosen, "roles": ROLES, "faults": _told(page, faults)}
    return page.render("admin_account_new.html.j2", context, status=status)


def _account(page: PageContext, account: Account, faults: Sequence[FieldFault] = (), *, status: int = 200) -> Response:
    done = page.request.query_params.get("done", "")
    context = {
        "account": account,
        "made": moment_text(account.created_at),
        "is_own": account.id == page.work.actor.account_id,
        "roles": ROLES,
        "faults": _told(page, faults),
        "done": done if done in {"made", "changed", "opened", "closed", "password"} else None,
    }
    return page.render("admin_account.html.j2", context, status=status)


def _name_faults(page: PageContext) -> list[FieldFault]:
    name = page.field("display_name")
    if 0 < len(name) <= 100 and name.isprintable():  # noqa: PLR2004 - as the interface takes it
        return []
    return [FieldFault("display_name", "须为 1 至 100 字", "1 to 100 letters")]


def _told(page: PageContext, faults: Sequence[FieldFault]) -> dict[str, str]:
    return {one.field: one.message_zh if page.language == "zh" else one.message_en for one in reversed(faults)}
