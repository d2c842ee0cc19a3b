"""Who a request comes from (身份识别): a session's cookie, a service token, or nobody."""

import datetime as dt
from typing import Final

import structlog
from fastapi import Request
from sqlalchemy.orm import Session

from api.accounts.tokens import hash_of, is_same
from api.db.tables import Account, ServiceToken, SignIn
from api.errors import ForbiddenError, UnauthenticatedError
from api.unit_of_work import NOBODY, Actor

COOKIE: Final = "dajian_session"
CSRF_HEADER: Final = "X-CSRF-Token"
SERVICE_PREFIX: Final = "djs_"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
IDLE: Final = dt.timedelta(hours=8)
_SEEN_EVERY: Final = dt.timedelta(minutes=5)


def identify(request: Request, session: Session, now: dt.datetime) -> Actor:
    """Who asks.

    Raises:
        UnauthenticatedError: A token was given that is unknown or has ended.
        ForbiddenError: A change was asked by a session without its proof against forgery.
    """
    authorization = request.headers.get("Authorization", "")
    if authorization:
        return _of_service(authorization, session, now)
    token = request.cookies.get(COOKIE)
    return _of_session(request, token, session, now) if token else NOBODY


def actor_of(account: Account) -> Actor:
    """An account as an actor."""
    body = account.body
    structlog.contextvars.bind_contextvars(account=str(account.id))
    return Actor(
        name=account.display_name,
        roles=frozenset(account.roles),
        account_id=account.id,
        body_id=account.body_id,
        body_level=body.level if body else None,
        division_code=body.division_code if body else None,
        carrier_id=account.carrier_id,
    )


def _of_service(authorization: str, session: Session, now: dt.datetime) -> Actor:
    scheme, _, token = authorization.partition(" ")
    known = session.get(ServiceToken, hash_of(token)) if scheme.lower() == "bearer" and token else None
    if known is None or known.revoked_at or (known.expires_at and known.expires_at <= now):
        raise UnauthenticatedError("令牌无效或已失效", "the token is unknown or has ended")
    if not known.account.is_active:
        raise UnauthenticatedError("账号已停用", "the account is closed")
    return actor_of(known.account)


def _of_session(request: Request, token: str, session: Session, now: dt.datetime) -> Actor:
    known = session.get(SignIn, hash_of(token))
    if known is None or known.expires_at <= now or known.last_seen_at + IDLE <= now or not known.account.is_active:
        return NOBODY
    if request.method not in SAFE_METHODS and not is_same(request.headers.get(CSRF_HEADER, ""), known.csrf_token):
        raise ForbiddenError("缺少防伪令牌，请刷新页面后重试", f"the header {CSRF_HEADER} is missing or wrong")
    if now - known.last_seen_at > _SEEN_EVERY:
        known.last_seen_at = now
    return actor_of(known.account)
