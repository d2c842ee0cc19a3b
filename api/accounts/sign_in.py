"""Signing in and out (登录与退出)."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.identify import actor_of
from api.accounts.passwords import is_password
from api.accounts.throttle import count
from api.accounts.tokens import hash_of, new_token
from api.db.tables import Account, SignIn
from api.errors import UnauthenticatedError
from api.unit_of_work import Actor, UnitOfWork

LIFETIME: Final = dt.timedelta(hours=24)
TRIES: Final = 10  # by login name, within the window
TRIES_BY_ADDRESS: Final = 100
WINDOW: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session: the token goes into the cookie and is known to nobody else."""

    token: str
    csrf_token: str
    actor: Actor


def sign_in(
    work: UnitOfWork, sessions: sessionmaker[Session], login: str, password: str, *, address: str
) -> OpenedSession:
    """Sign in with a password.

    Raises:
        UnauthenticatedError: Login or password is wrong; which one is not said.
        TooManyError: Too many tries for this login or from this address.
    """
    said = "登录尝试过多，请稍后再试"
    count(sessions, f"sign-in:{login}", most=TRIES, per=WINDOW, now=work.now, message_zh=said)
    count(sessions, f"sign-in-from:{address}", most=TRIES_BY_ADDRESS, per=WINDOW, now=work.now, message_zh=said)
    account = work.session.scalar(select(Account).where(Account.login == login))
    right = is_password(password, account.password_hash if account else None)
    if account is None or not right or not account.is_active:
        raise UnauthenticatedError("账号或口令不正确", "login or password is wrong")
    return open_session(work, account)


def open_session(work: UnitOfWork, account: Account) -> OpenedSession:
    """Open a session for an account that has proved itself."""
    token, csrf = new_token(), new_token()
    row = SignIn(token_hash=hash_of(token), account_id=account.id, csrf_token=csrf)
    row.last_seen_at = work.now
    row.expires_at = work.now + LIFETIME
    work.session.add(row)
    work.session.execute(delete(SignIn).where(SignIn.expires_at < work.now))
    by_account = UnitOfWork(work.session, actor_of(account), work.now)
    by_account.record("signed_in")
    return OpenedSession(token, csrf, by_account.actor)


def sign_out(work: UnitOfWork, token: str) -> None:
    """End a session."""
    work.session.execute(delete(SignIn).where(SignIn.token_hash == hash_of(token)))


def csrf_of(work: UnitOfWork, token: str | None) -> str | None:
    """The proof against forgery that belongs to a session."""
    known = work.session.get(SignIn, hash_of(token)) if token else None
    return known.csrf_token if known else None
