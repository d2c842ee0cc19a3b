"""One's own account (本账户): change the password, end one's other sessions."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from api.accounts.administration import end_sessions
from api.accounts.authorise import authorise
from api.accounts.passwords import check_new_password, hash_password, is_password
from api.accounts.permissions import Action, Relation
from api.accounts.throttle import count
from api.accounts.tokens import hash_of
from api.db.tables import Account
from api.errors import FieldFault, InvalidError, UnauthenticatedError
from api.unit_of_work import UnitOfWork

TRIES: Final = 10
WINDOW: Final = timedelta(minutes=10)
_SELF: Final = Relation(is_self=True)


def own_account(work: UnitOfWork, action: Action = Action.READ_OWN_ACCOUNT) -> Account:
    """The account that acts.

    Raises:
        UnauthenticatedError: Nobody is signed in.
    """
    authorise(work.actor, action, _SELF)
    account = work.session.get(Account, work.actor.account_id) if work.actor.account_id else None
    if account is None:
        raise UnauthenticatedError("尚未登录", "nobody is signed in")
    return account


def change_own_password(
    work: UnitOfWork, sessions: sessionmaker[Session], old: str, new: str, *, session_token: str
) -> None:
    """Change one's password (修改口令): all other sessions end.

    Raises:
        InvalidError: The old one is wrong, or the new one weak or the same.
        TooManyError: The old one was tried too often.
    """
    account = own_account(work, Action.CHANGE_OWN_ACCOUNT)
    count(sessions, f"own-password:{account.id}", most=TRIES, per=WINDOW, now=work.now)
    if not is_password(old, account.password_hash):
        raise InvalidError([FieldFault("old_password", "原口令不正确", "the old password is wrong")])
    if old == new:
        raise InvalidError([FieldFault("new_password", "新口令不得与原口令相同", "it is the same as the old one")])
    check_new_password(new, account.login, "new_password")
    account.password_hash = hash_password(new)
    end_sessions(work, account, keep=hash_of(session_token))
    work.record("password_changed", account=str(account.id))


def end_other_sessions(work: UnitOfWork, *, session_token: str) -> None:
    """End all sessions of one's account but this one (退出其他设备)."""
    account = own_account(work, Action.CHANGE_OWN_ACCOUNT)
    end_sessions(work, account, keep=hash_of(session_token))
    work.record("other_sessions_ended", account=str(account.id))
