"""Endpoints of registration and of one's own account (注册与本账户接口)."""

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.accounts.administration_endpoints import AccountOut, Login, Name, Password, shown_account
from api.accounts.endpoints import refuse_other_sites
from api.accounts.identify import COOKIE
from api.accounts.own_account import change_own_password, end_other_sessions, own_account
from api.accounts.registration import NewFirm, invite, join_firm, register_firm
from api.http.dependencies import Work

router = APIRouter(prefix="/api/v1", tags=["registration 注册"])


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FirmIn(_Input):
    """A firm that registers, with its first account (企业注册)."""

    name: Name
    credit_code: Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[0-9A-Za-z ]+$")]
    login: Login
    display_name: Name
    password: Password


class JoinIn(_Input):
    """Somebody who joins a firm by invitation (凭邀请码加入)."""

    invitation: Annotated[str, Field(min_length=1, max_length=200)]
    login: Login
    display_name: Name
    password: Password


class InviteIn(_Input):
    """Which firm; for administrators only, others invite into their own."""

    carrier_id: uuid.UUID | None = None


class InvitationOut(BaseModel):
    """An invitation: the only time that its code is shown (仅显示一次)."""

    invitation: str
    carrier_id: uuid.UUID
    expires_at: dt.datetime


class PasswordChange(_Input):
    """The old password and the new one (修改口令)."""

    old_password: Password
    new_password: Password


@router.post("/carriers", status_code=201, summary="企业注册 register a firm")
def post_carrier(request: Request, work: Work, new: FirmIn) -> AccountOut:
    """Register a firm that is not yet known, with its first account."""
    refuse_other_sites(request)
    firm = NewFirm(new.name, new.credit_code, new.login, new.display_name, new.password)
    return shown_account(register_firm(work, request.app.state.sessions, firm, address=_address(request)))


@router.post("/carriers/join", status_code=201, summary="加入企业 join a firm")
def post_join(request: Request, work: Work, new: JoinIn) -> AccountOut:
    """Join a firm with an invitation."""
    refuse_other_sites(request)
    account = join_firm(
        work,
        request.app.state.sessions,
        new.invitation,
        login=new.login,
        display_name=new.display_name,
        password=new.password,
        address=_address(request),
    )
    return shown_account(account)


@router.post("/carriers/invitations", status_code=201, summary="邀请 invite into a firm")
def post_invitation(work: Work, wanted: InviteIn) -> InvitationOut:
    """Make a code that lets one person join within a week."""
    row, code = invite(work, wanted.carrier_id)
    return InvitationOut(invitation=code, carrier_id=row.carrier_id, expires_at=row.expires_at)


@router.get("/account", summary="本账户 one's own account")
def get_own_account(work: Work) -> AccountOut:
    """One's own account."""
    return shown_account(own_account(work))


@router.put("/account/password", status_code=204, summary="修改口令 change one's password")
def put_own_password(request: Request, work: Work, change: PasswordChange) -> None:
    """Change one's password; all other sessions end."""
    sessions, token = request.app.state.sessions, request.cookies.get(COOKIE, "")
    change_own_password(work, sessions, change.old_password, change.new_password, session_token=token)


@router.delete("/account/other-sessions", status_code=204, summary="退出其他设备 end other sessions")
def delete_other_sessions(request: Request, work: Work) -> None:
    """End all of one's sessions but this one."""
    end_other_sessions(work, session_token=request.cookies.get(COOKIE, ""))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
