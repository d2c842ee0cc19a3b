"""Which accounts there are, and who may see them (账号列表)."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action, Relation, Role, scopes_for
from api.accounts.roles import Scope
from api.db.tables import Account, Body
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts are wanted; None for all."""

    kind: str | None = None
    role: str | None = None
    body_id: str | None = None
    carrier_id: uuid.UUID | None = None
    is_active: bool | None = None
    words: str | None = None


def list_accounts(work: UnitOfWork, wanted: AccountFilter, limit: int, offset: int) -> tuple[list[Account], int]:
    """Accounts that may be seen, by login, and how many there are."""
    query = select(Account).where(_visible(work), *_conditions(wanted))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = work.session.scalars(query.order_by(Account.login).limit(limit).offset(offset))
    return list(rows), total


def read_account(work: UnitOfWork, account_id: uuid.UUID) -> Account:
    """One account.

    Raises:
        NotFoundError: There is none, or it may not be seen.
    """
    account = work.session.scalar(select(Account).where(Account.id == account_id, _visible(work)))
    if account is None:
        raise NotFoundError("没有这个账号", "no such account")
    return account


def _visible(work: UnitOfWork) -> ColumnElement[bool]:
    """Which accounts may be seen: by scope of the role; an office above sees those of its division.

    Raises:
        ForbiddenError: None at all.
    """
    scopes = scopes_for(map(Role, work.actor.roles), Action.READ_ACCOUNTS)
    if Scope.ALL in scopes:
        return Account.id.is_not(None)
    within = _digits(work)
    authorise(
        work.actor,
        Action.READ_ACCOUNTS,
        Relation(is_superior_body=True, same_province=True, is_province_level=work.actor.body_level == "province"),
    )
    below = select(Body.id).where(Body.division_code.startswith(within, autoescape=True))
    return or_(Account.body_id.in_(below), Account.id == work.actor.account_id)


def _digits(work: UnitOfWork) -> str:
    """The digits that all divisions below the actor's body begin with."""
    digits = {"province": 2, "city": 4, "county": 6}.get(work.actor.body_level or "", 6)
    return (work.actor.division_code or "none")[:digits]


def _conditions(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    found = []
    if wanted.kind is not None:
        found.append(Account.kind == wanted.kind)
    if wanted.role is not None:
        found.append(Account.roles.contains([wanted.role]))
    if wanted.body_id is not None:
        found.append(Account.body_id == wanted.body_id)
    if wanted.carrier_id is not None:
        found.append(Account.carrier_id == wanted.carrier_id)
    if wanted.is_active is not None:
        found.append(Account.is_active.is_(wanted.is_active))
    if wanted.words:
        words = wanted.words
        found.append(
            or_(Account.login.icontains(words, autoescape=True), Account.display_name.icontains(words, autoescape=True))
        )
    return found
