"""Service tokens (服务令牌): a program's key, shown once, with an end; what it may do is what its account may."""

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import func, select

from api.accounts.authorise import authorise
from api.accounts.identify import SERVICE_PREFIX
from api.accounts.permissions import Action
from api.accounts.tokens import hash_of, new_token
from api.db.tables import Account, ServiceToken
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.unit_of_work import UnitOfWork

LONGEST: Final = dt.timedelta(days=366)  # a key that nobody renews is a key that nobody watches


def issue_token(
    work: UnitOfWork, account_id: uuid.UUID, name: str, expires_at: dt.datetime
) -> tuple[ServiceToken, str]:
    """Issue a token to a program's account (签发令牌).

    Returns:
        What is stored, and the token itself, which nobody can read again.

    Raises:
        NotFoundError: No such account.
        ConflictError: The account is not a program's, or is closed.
        InvalidError: The end lies in the past or too far ahead.
    """
    authorise(work.actor, Action.MANAGE_TOKENS)
    account = work.session.get(Account, account_id)
    if account is None:
        raise NotFoundError("没有这个账号", "no such account")
    if account.kind != "service" or not account.is_active:
        raise ConflictError("只能为启用的程序账号签发令牌", "tokens are for open accounts of programs only")
    if not work.now < expires_at <= work.now + LONGEST:
        days = LONGEST.days
        fault = FieldFault("expires_at", f"有效期须在将来且不超过{days}天", f"in the future, at most {days} days ahead")
        raise InvalidError([fault])
    token = new_token(SERVICE_PREFIX)
    row = ServiceToken(token_hash=hash_of(token), account_id=account.id, name=name, expires_at=expires_at)
    row.id, row.created_at, row.revoked_at, row.account = uuid.uuid4(), work.now, None, account
    work.session.add(row)
    work.session.flush()
    work.record("token_issued", token=str(row.id), account=str(account.id), name=name, until=expires_at.isoformat())
    return row, token


def list_tokens(
    work: UnitOfWork, *, account_id: uuid.UUID | None, limit: int, offset: int
) -> tuple[list[ServiceToken], int]:
    """Tokens from the newest on, ended ones too, and how many there are."""
    authorise(work.actor, Action.MANAGE_TOKENS)
    query = select(ServiceToken)
    if account_id is not None:
        query = query.where(ServiceToken.account_id == account_id)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(ServiceToken.created_at.desc(), ServiceToken.id)
    return list(work.session.scalars(newest.limit(limit).offset(offset))), total


def revoke_token(work: UnitOfWork, token_id: uuid.UUID) -> None:
    """End a token at once (吊销令牌); again changes nothing.

    Raises:
        NotFoundError: No such token.
    """
    authorise(work.actor, Action.MANAGE_TOKENS)
    row = work.session.scalar(select(ServiceToken).where(ServiceToken.id == token_id).with_for_update(of=ServiceToken))
    if row is None:
        raise NotFoundError("没有这个令牌", "no such token")
    if row.revoked_at is None:
        row.revoked_at = work.now
        work.record("token_revoked", token=str(row.id), account=str(row.account_id), name=row.name)
