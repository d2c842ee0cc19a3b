"""Administration of accounts (账号管理): every change an event, nobody's own roles, never without an administrator."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, text

from api.accounts.account_lists import read_account
from api.accounts.authorise import authorise
from api.accounts.kinds import Membership, membership_faults
from api.accounts.passwords import check_new_password, hash_password
from api.accounts.permissions import Action, Role
from api.db.tables import Account, Body, Carrier, ServiceToken, SignIn
from api.errors import ConflictError, FieldFault, ForbiddenError, InvalidError
from api.unit_of_work import UnitOfWork

_ADMINS: Final = 7_220_165  # lock: two administrators cannot lock each other out at once


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made (新账号).

    Attributes:
        password: None for a program, and for somebody who signs in through the unified identity.
    """

    login: str
    display_name: str
    kind: str
    roles: tuple[str, ...]
    password: str | None = None
    body_id: str | None = None
    carrier_id: uuid.UUID | None = None


def create_account(work: UnitOfWork, new: NewAccount) -> Account:
    """Make an account.

    Raises:
        InvalidError: Roles, body and kind do not go together, or the password is weak.
        ConflictError: The login is taken.
    """
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    _check_password(new)
    check_membership(work, new.kind, new.roles, new.body_id, new.carrier_id)
    account = add_account(work, new)
    work.record("account_created", account=str(account.id), after=_told(account))
    return account


def add_account(work: UnitOfWork, new: NewAccount) -> Account:
    """Write an account whose parts have been checked.

    Raises:
        ConflictError: The login is taken.
    """
    session = work.session
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:login))"), {"login": f"login:{new.login}"})
    if session.scalar(select(Account.id).where(func.lower(Account.login) == new.login.lower())):
        raise ConflictError("登录名已被使用", "the login is taken")
    account = Account(login=new.login, display_name=new.display_name, kind=new.kind, roles=sorted(set(new.roles)))
    account.id, account.is_active, account.created_at = uuid.uuid4(), True, work.now
    account.body_id, account.carrier_id = new.body_id, new.carrier_id
    account.password_hash = hash_password(new.password) if new.password else None
    session.add(account)
    session.flush()
    return account


def change_account(work: UnitOfWork, account_id: uuid.UUID, changes: Mapping[str, object]) -> Account:
    """Change name, roles or body of an account; its sessions end when roles or body change.

    Args:
        work: Of an administrator.
        account_id: Whose.
        changes: New values by name: display_name, roles, body_id.

    Raises:
        ForbiddenError: It is the administrator's own account and the roles or the body would change.
        ConflictError: No administrator would be left.
    """
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    account = read_account(work, account_id)
    before = _told(account)
    if "display_name" in changes:
        account.display_name = str(changes["display_name"])
    wanted = changes.get("roles")
    roles = sorted(set(map(str, wanted))) if isinstance(wanted, list | tuple) else sorted(account.roles)
    body_id = changes.get("body_id", account.body_id)
    if roles != sorted(account.roles) or body_id != account.body_id:
        _refuse_own(work, account)
        body = str(body_id) if body_id is not None else None
        check_membership(work, account.kind, roles, body, account.carrier_id)
        if Role.ADMIN not in roles:
            _keep_an_admin(work, account)
        account.roles, account.body_id = roles, body
        end_sessions(work, account)
    work.session.flush()
    after = _told(account)
    if after != before:
        work.record("account_changed", account=str(account.id), before=before, after=after)
    return account


def set_active(work: UnitOfWork, account_id: uuid.UUID, *, is_active: bool) -> Account:
    """Close an account, or open it again (停用、启用): its sessions end at once and its tokens with them.

    Raises:
        ForbiddenError: It is one's own.
        ConflictError: No administrator would be left.
    """
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    account = read_account(work, account_id)
    if account.is_active == is_active:
        return account
    _refuse_own(work, account)
    if not is_active:
        _keep_an_admin(work, account)
        end_sessions(work, account)
        tokens = select(ServiceToken).where(ServiceToken.account_id == account.id, ServiceToken.revoked_at.is_(None))
        for token in work.session.scalars(tokens):
            token.revoked_at = work.now
    account.is_active = is_active
    work.session.flush()
    work.record("account_opened" if is_active else "account_closed", account=str(account.id), login=account.login)
    return account


def reset_password(work: UnitOfWork, account_id: uuid.UUID, password: str) -> None:
    """Give an account a new password (重置口令): its sessions end.

    Raises:
        ConflictError: A program has no password.
        ForbiddenError: One's own is changed with the old one.
    """
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    account = read_account(work, account_id)
    _refuse_own(work, account)
    if account.kind == "service":
        raise ConflictError("程序账号使用令牌，没有口令", "a program has tokens and no password")
    check_new_password(password, account.login)
    account.password_hash = hash_password(password)
    end_sessions(work, account)
    work.record("password_reset", account=str(account.id), login=account.login)


def link_subject(work: UnitOfWork, account_id: uuid.UUID, subject: str | None) -> Account:
    """Link an account to its subject at the unified identity, or take the link away (统一身份关联).

    Raises:
        ConflictError: Another account has the subject, or a program would sign in.
    """
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    account = read_account(work, account_id)
    if account.kind == "service":
        raise ConflictError("程序账号不能经统一身份登录", "a program does not sign in")
    holder = work.session.scalar(select(Account.id).where(Account.oidc_subject == subject)) if subject else None
    if holder not in {None, account.id}:
        raise ConflictError("该统一身份已关联其他账号", "another account has this identity")
    account.oidc_subject = subject
    end_sessions(work, account, except_own=True)
    work.session.flush()
    work.record("identity_linked" if subject else "identity_unlinked", account=str(account.id), login=account.login)
    return account


def end_sessions(work: UnitOfWork, account: Account, *, except_own: bool = False, keep: bytes | None = None) -> None:
    """End the sessions of an account, but for the one whose token hash is kept."""
    if except_own and account.id == work.actor.account_id:
        return
    ended = delete(SignIn).where(SignIn.account_id == account.id)
    work.session.execute(ended if keep is None else ended.where(SignIn.token_hash != keep))


def check_membership(
    work: UnitOfWork, kind: str, roles: tuple[str, ...] | list[str], body_id: str | None, carrier_id: uuid.UUID | None
) -> None:
    """Refuse an account whose parts do not go together.

    Raises:
        InvalidError: All faults.
    """
    body = work.session.get(Body, body_id) if body_id else None
    faults = membership_faults(Membership(kind, roles, body, carrier_id))
    if body_id and body is None:
        faults.insert(0, FieldFault("body_id", "没有这个单位", "no such body"))
    if carrier_id and work.session.get(Carrier, carrier_id) is None:
        faults.insert(0, FieldFault("carrier_id", "没有这家企业", "no such firm"))
    if faults:
        raise InvalidError(faults)


def _check_password(new: NewAccount) -> None:
    if new.kind == "service" and new.password is not None:
        raise InvalidError([FieldFault("password", "程序账号没有口令", "a program has no password")])
    if new.password is not None:
        check_new_password(new.password, new.login)


def _refuse_own(work: UnitOfWork, account: Account) -> None:
    if account.id == work.actor.account_id:
        raise ForbiddenError("不能变更自己的角色、单位或停用自己的账号", "not of one's own account: another must do it")


def _keep_an_admin(work: UnitOfWork, account: Account) -> None:
    """Refuse to take away the last active administrator."""
    if Role.ADMIN not in account.roles:
        return
    work.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADMINS})
    others = select(func.count()).where(
        Account.roles.contains([Role.ADMIN.value]), Account.is_active, Account.id != account.id
    )
    if not work.session.scalar(others):
        raise ConflictError("至少须保留一个启用的管理员账号", "one active administrator must stay")


def _told(account: Account) -> dict[str, object]:
    """What events say of an account; never anything of its password."""
    return {
        "login": account.login,
        "display_name": account.display_name,
        "kind": account.kind,
        "roles": sorted(account.roles),
        "body": account.body_id,
        "carrier": str(account.carrier_id) if account.carrier_id else None,
    }
