"""Endpoints of signing in (登录接口)."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts.identify import COOKIE
from api.accounts.sign_in import LIFETIME, OpenedSession, csrf_of, sign_in, sign_out
from api.errors import ForbiddenError, UnauthenticatedError
from api.http.dependencies import Work
from api.settings import ServiceSettings
from api.unit_of_work import Actor

router = APIRouter(prefix="/api/v1/session", tags=["session 会话"])
_SAME_SITE = frozenset({"same-origin", "none"})


class Credentials(BaseModel):
    """Login and password (账号与口令)."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(min_length=1, max_length=100)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class WhoAmI(BaseModel):
    """Who is signed in (当前账号)."""

    name: str
    roles: list[str]
    account_id: uuid.UUID
    body_id: str | None
    carrier_id: uuid.UUID | None
    csrf_token: str | None


@router.post("", summary="登录 sign in")
def post_session(request: Request, response: Response, work: Work, credentials: Credentials) -> WhoAmI:
    """Sign in; the session's cookie is set, later changes must carry the CSRF token in a header."""
    refuse_other_sites(request)
    address = request.client.host if request.client else ""
    opened = sign_in(work, request.app.state.sessions, credentials.login, credentials.password, address=address)
    give_cookie(response, opened, request.app.state.settings)
    return _who(opened.actor, opened.csrf_token)


@router.get("", summary="当前账号 who is signed in")
def get_session(request: Request, work: Work) -> WhoAmI:
    """Who is signed in."""
    if work.actor.account_id is None:
        raise UnauthenticatedError("尚未登录", "nobody is signed in")
    return _who(work.actor, csrf_of(work, request.cookies.get(COOKIE)))


@router.delete("", status_code=204, summary="退出 sign out")
def delete_session(request: Request, response: Response, work: Work) -> None:
    """Sign out."""
    sign_out(work, request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


def refuse_other_sites(request: Request) -> None:
    """Refuse a sign-in that another site's page sent off."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _SAME_SITE:
        raise ForbiddenError("不接受来自其他网站的登录请求", "sign-in from another site is refused")


def give_cookie(response: Response, opened: OpenedSession, settings: ServiceSettings) -> None:
    """Set the session's cookie: not readable by scripts, not sent along from other sites."""
    seconds = int(LIFETIME.total_seconds())
    response.set_cookie(
        COOKIE, opened.token, max_age=seconds, httponly=True, samesite="lax", secure=settings.secure_cookies
    )


def _who(actor: Actor, csrf_token: str | None) -> WhoAmI:
    if actor.account_id is None:
        raise UnauthenticatedError("尚未登录", "nobody is signed in")
    return WhoAmI(
        name=actor.name,
        roles=sorted(actor.roles),
        account_id=actor.account_id,
        body_id=actor.body_id,
        carrier_id=actor.carrier_id,
        csrf_token=csrf_token,
    )
