"""Registration of carrier firms (承运人注册): the first account of a firm, and joining it by invitation alone."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker
from stdnum.cn import uscc

from api.accounts.administration import NewAccount, add_account
from api.accounts.authorise import authorise
from api.accounts.own_account import own_account
from api.accounts.passwords import check_new_password
from api.accounts.permissions import Action
from api.accounts.throttle import count
from api.accounts.tokens import hash_of, new_token
from api.db.tables import Account, Carrier, Invitation
from api.errors import ConflictError, FieldFault, ForbiddenError, InvalidError
from api.provinces.settings import setting
from api.unit_of_work import UnitOfWork

VALIDITY: Final = dt.timedelta(days=7)
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewFirm:
    """A firm that registers (注册企业)."""

    name: str
    credit_code: str
    login: str
    display_name: str
    password: str


def register_firm(work: UnitOfWork, sessions: sessionmaker[Session], new: NewFirm, *, address: str) -> Account:
    """Make a firm and its first account.

    Raises:
        InvalidError: The credit code is none, or the password weak.
        ConflictError: The firm is known already: one joins it by invitation; or the login is taken.
        TooManyError: Too many registrations from this address.
    """
    authorise(work.actor, Action.REGISTER)
    _count(work, sessions, address)
    code = new.credit_code.strip().upper()
    if not uscc.is_valid(code) or uscc.compact(code) != code:
        text_zh = "不是有效的统一社会信用代码（18位，末位为校验码）"
        raise InvalidError([FieldFault("credit_code", text_zh, "not a valid unified social credit code")])
    check_new_password(new.password, new.login)
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:code))"), {"code": f"firm:{code}"})
    if work.session.scalar(select(Carrier.id).where(Carrier.credit_code == code)):
        raise ConflictError(
            "该企业已注册，请向本企业首个账号或者管理员索取邀请码",
            "the firm is registered: ask its first account for an invitation",
        )
    firm = Carrier(id=uuid.uuid4(), name=new.name, credit_code=code, details={}, created_at=work.now)
    work.session.add(firm)
    work.session.flush()
    account = _join(work, firm.id, new.login, new.display_name, new.password)
    work.record("firm_registered", firm=str(firm.id), credit_code=code, account=str(account.id), login=account.login)
    return account


def invite(work: UnitOfWork, carrier_id: uuid.UUID | None = None) -> tuple[Invitation, str]:
    """Make a code that lets one person join a firm (邀请).

    Args:
        work: Of the firm's first account, or of an administrator.
        carrier_id: Of which firm; only administrators say so.

    Returns:
        What is stored, and the code, which nobody can read again.

    Raises:
        ForbiddenError: The account is not the firm's first.
    """
    account = own_account(work)
    if carrier_id is not None:
        authorise(work.actor, Action.WRITE_ACCOUNTS)
        if work.session.get(Carrier, carrier_id) is None:
            raise InvalidError([FieldFault("carrier_id", "没有这家企业", "no such firm")])
    elif account.carrier_id is None or first_account(work, account.carrier_id) != account.id:
        raise ForbiddenError("只有本企业的首个账号可以邀请", "only the first account of a firm invites")
    code = new_token("dji_")
    row = Invitation(token_hash=hash_of(code), carrier_id=carrier_id or account.carrier_id, created_by=account.id)
    row.created_at, row.expires_at, row.used_by = work.now, work.now + VALIDITY, None
    work.session.add(row)
    work.session.flush()
    work.record("invited", firm=str(row.carrier_id), until=row.expires_at.isoformat())
    return row, code


def join_firm(
    work: UnitOfWork,
    sessions: sessionmaker[Session],
    code: str,
    *,
    login: str,
    display_name: str,
    password: str,
    address: str,
) -> Account:
    """Make a further account of a firm with an invitation, which is then used up.

    Raises:
        InvalidError: The code is unknown, used or too old, or the password weak.
        ConflictError: The login is taken.
        TooManyError: Too many tries from this address.
    """
    authorise(work.actor, Action.REGISTER)
    _count(work, sessions, address)
    row = work.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(code)).with_for_update())
    if row is None or row.used_by is not None or row.expires_at <= work.now:
        raise InvalidError([FieldFault("invitation", "邀请码无效、已使用或已过期", "unknown, used or too old")])
    check_new_password(password, login)
    account = _join(work, row.carrier_id, login, display_name, password)
    row.used_by = account.id
    work.record("firm_joined", firm=str(row.carrier_id), account=str(account.id), login=login)
    return account


def first_account(work: UnitOfWork, carrier_id: uuid.UUID) -> uuid.UUID | None:
    """The oldest open account of a firm (首个账号): it answers for who joins."""
    oldest = select(Account.id).where(Account.carrier_id == carrier_id, Account.is_active, Account.kind == "carrier")
    return work.session.scalar(oldest.order_by(Account.created_at, Account.id).limit(1))


def _join(work: UnitOfWork, carrier_id: uuid.UUID, login: str, display_name: str, password: str) -> Account:
    new = NewAccount(login, display_name, "carrier", ("carrier",), password, carrier_id=carrier_id)
    return add_account(work, new)


def _count(work: UnitOfWork, sessions: sessionmaker[Session], address: str) -> None:
    most = setting(work, "registrations_a_day", None, work.today)
    assert isinstance(most, int)  # noqa: S101 - declared so
    count(sessions, f"register:{address}", most=most, per=_DAY, now=work.now, message_zh="注册过多，请明日再试")
