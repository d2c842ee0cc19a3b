"""Endpoints of service tokens (服务令牌接口)."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.accounts.administration_endpoints import Name
from api.accounts.service_tokens import issue_token, list_tokens, revoke_token
from api.db.tables import ServiceToken
from api.http.dependencies import Paging, Work

router = APIRouter(prefix="/api/v1/service-tokens", tags=["tokens 服务令牌"])


class TokenIn(BaseModel):
    """A token to be issued (签发令牌)."""

    model_config = ConfigDict(extra="forbid")
    account_id: uuid.UUID
    name: Name
    expires_at: AwareDatetime


class TokenOut(BaseModel):
    """A token, without the token itself."""

    id: uuid.UUID
    account_id: uuid.UUID
    login: str
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None


class IssuedToken(TokenOut):
    """A new token: the only time that it is shown (仅显示一次)."""

    token: Annotated[str, "shown once"]


class TokenList(BaseModel):
    """Tokens."""

    items: list[TokenOut]
    total: int


@router.get("", summary="令牌列表 service tokens")
def get_tokens(work: Work, paging: Paging, account_id: uuid.UUID | None = None) -> TokenList:
    """Tokens from the newest on, ended ones too."""
    rows, total = list_tokens(work, account_id=account_id, limit=paging.limit, offset=paging.offset)
    return TokenList(items=[TokenOut(**_shown(row)) for row in rows], total=total)


@router.post("", status_code=201, summary="签发令牌 issue a token")
def post_token(work: Work, new: TokenIn) -> IssuedToken:
    """Issue a token to a program's account; it is shown in this answer alone."""
    row, token = issue_token(work, new.account_id, new.name, new.expires_at)
    return IssuedToken(token=token, **_shown(row))


@router.delete("/{token_id}", status_code=204, summary="吊销令牌 revoke a token")
def delete_token(work: Work, token_id: uuid.UUID) -> None:
    """End a token at once."""
    revoke_token(work, token_id)


def _shown(row: ServiceToken) -> dict[str, object]:
    return {
        "id": row.id,
        "account_id": row.account_id,
        "login": row.account.login,
        "name": row.name,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }
