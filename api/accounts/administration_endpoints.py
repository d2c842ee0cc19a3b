"""Endpoints of accounts and bodies (账号与单位管理接口)."""

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.accounts.account_lists import AccountFilter, list_accounts, read_account
from api.accounts.administration import (
    NewAccount,
    change_account,
    create_account,
    link_subject,
    reset_password,
    set_active,
)
from api.accounts.bodies import list_bodies
from api.accounts.passwords import LONGEST
from api.db.tables import Account
from api.http.dependencies import Paging, Work

router = APIRouter(prefix="/api/v1", tags=["accounts 账号"])

Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{2,59}$")]
# Names carry no control characters.
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
Roles = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountIn(_Input):
    """An account to be made (新账号)."""

    login: Login
    display_name: Name
    kind: Literal["carrier", "office", "service"]
    roles: Roles
    password: Password | None = None
    body_id: Annotated[str, Field(max_length=100)] | None = None
    carrier_id: uuid.UUID | None = None


class AccountChange(_Input):
    """What is to change; what is left out stays (账号变更)."""

    display_name: Name | None = None
    roles: Roles | None = None
    body_id: Annotated[str, Field(max_length=100)] | None = None
    is_active: bool | None = None


class NewPassword(_Input):
    """A new password (新口令)."""

    password: Password


class Identity(_Input):
    """The subject at the unified identity as `issuer#subject`; null takes the link away (统一身份)."""

    subject: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+#[\x21-\x7e]+$", max_length=500)] | None


class AccountOut(BaseModel):
    """An account (账号)."""

    id: uuid.UUID
    login: str
    display_name: str
    kind: str
    roles: list[str]
    body_id: str | None
    carrier_id: uuid.UUID | None
    has_password: bool
    oidc_subject: str | None
    is_active: bool
    created_at: dt.datetime


class AccountList(BaseModel):
    """Accounts."""

    items: list[AccountOut]
    total: int


class BodyOut(BaseModel):
    """A body (单位)."""

    id: str
    name: str
    kind: str
    level: str
    division_code: str | None


class BodyList(BaseModel):
    """Bodies."""

    items: list[BodyOut]
    total: int


@router.get("/accounts", summary="账号列表 accounts")
def get_accounts(
    work: Work,
    paging: Paging,
    kind: Literal["carrier", "office", "service"] | None = None,
    role: Text | None = None,
    body_id: Text | None = None,
    carrier_id: uuid.UUID | None = None,
    is_active: bool | None = None,
    q: Text | None = None,
) -> AccountList:
    """Accounts that one may see, by login."""
    wanted = AccountFilter(kind, role, body_id, carrier_id, is_active, q)
    rows, total = list_accounts(work, wanted, limit=paging.limit, offset=paging.offset)
    return AccountList(items=[shown_account(row) for row in rows], total=total)


@router.post("/accounts", status_code=201, summary="新建账号 make an account")
def post_account(work: Work, new: AccountIn) -> AccountOut:
    """Make an account."""
    values = new.model_dump()
    return shown_account(create_account(work, NewAccount(**{**values, "roles": tuple(new.roles)})))


@router.get("/accounts/{account_id}", summary="账号 an account")
def get_account(work: Work, account_id: uuid.UUID) -> AccountOut:
    """One account."""
    return shown_account(read_account(work, account_id))


@router.patch("/accounts/{account_id}", summary="变更账号 change an account")
def patch_account(work: Work, account_id: uuid.UUID, change: AccountChange) -> AccountOut:
    """Change name, roles or body, close or open; of one's own account the name only."""
    given = change.model_dump(exclude_unset=True)
    is_active = given.pop("is_active", None)
    changes = {name: value for name, value in given.items() if value is not None or name == "body_id"}
    account = change_account(work, account_id, changes)
    if is_active is not None:
        account = set_active(work, account_id, is_active=is_active)
    return shown_account(account)


@router.put("/accounts/{account_id}/password", status_code=204, summary="重置口令 reset a password")
def put_password(work: Work, account_id: uuid.UUID, new: NewPassword) -> None:
    """Give somebody else a new password; their sessions end."""
    reset_password(work, account_id, new.password)


@router.put("/accounts/{account_id}/identity", summary="关联统一身份 link an identity")
def put_identity(work: Work, account_id: uuid.UUID, identity: Identity) -> AccountOut:
    """Link an account to its subject at the unified identity."""
    return shown_account(link_subject(work, account_id, identity.subject))


@router.get("/bodies", summary="单位列表 bodies")
def get_bodies(
    work: Work,
    paging: Paging,
    kind: Text | None = None,
    division: Annotated[str | None, Query(pattern=r"^[0-9]{2,6}$", description="区划代码前缀 first digits")] = None,
) -> BodyList:
    """Bodies by id."""
    rows, total = list_bodies(work, kind=kind, division_code=division, limit=paging.limit, offset=paging.offset)
    items = [
        BodyOut(id=row.id, name=row.name, kind=row.kind, level=row.level, division_code=row.division_code)
        for row in rows
    ]
    return BodyList(items=items, total=total)


def shown_account(row: Account) -> AccountOut:
    """An account as it is shown; nothing of its password."""
    return AccountOut(
        id=row.id,
        login=row.login,
        display_name=row.display_name,
        kind=row.kind,
        roles=sorted(row.roles),
        body_id=row.body_id,
        carrier_id=row.carrier_id,
        has_password=row.password_hash is not None,
        oidc_subject=row.oidc_subject,
        is_active=row.is_active,
        created_at=row.created_at,
    )
