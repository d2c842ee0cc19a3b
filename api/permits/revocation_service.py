"""The revocation list as handed out (失效名单): signed by a job, kept in the database, served with its age."""

import datetime as dt
from typing import Final

from sqlalchemy import func, select, text

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Permit, RevocationIssue
from api.db.tables import Revocation as RevocationRow
from api.permits import signing
from api.permits.issuing import HELD
from api.permits.revocations import Reason, Revocation, make_revocation_list
from api.provinces.settings import permit_settings_on
from api.unit_of_work import LOCAL, UnitOfWork

_LOCK: Final = 7_220_171  # one list at a time, so that their numbers have no gap
_KINDS: Final[dict[str, Reason]] = {"revoked": "revoked", "cancelled": "cancelled"}


def issue_revocation_list(work: UnitOfWork, **_periodic: object) -> None:
    """The job: another list, by the clock and after every end of a permit."""
    sign_list(work)


def sign_list(work: UnitOfWork) -> RevocationIssue:
    """Sign a list of everything that holds no longer and has not run out anyway."""
    work.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    number = (work.session.scalar(select(func.max(RevocationIssue.list_number))) or 0) + 1
    days = permit_settings_on(work, None, work.today).revocation_list_days
    listed = current_revocations(work)
    issued_at = work.now.astimezone(LOCAL).replace(second=0, microsecond=0)
    next_update = issued_at + dt.timedelta(days=days)
    content = make_revocation_list(
        listed,
        signing.current().key(),
        list_number=number,
        issued_at=issued_at.replace(tzinfo=None),
        next_update=next_update.replace(tzinfo=None),
    )
    row = RevocationIssue(
        list_number=number, issued_at=issued_at, next_update=next_update, entries=len(listed), content=content
    )
    work.session.add(row)
    work.session.flush()
    work.record("revocation_list_issued", list_number=number, entries=len(listed))
    return row


def newest_list(work: UnitOfWork) -> RevocationIssue:
    """The list handed out last; one is made where there is none yet."""
    authorise(work.actor, Action.READ_REVOCATIONS)
    row = work.session.scalar(select(RevocationIssue).order_by(RevocationIssue.list_number.desc()).limit(1))
    return row or sign_list(work)


def current_revocations(work: UnitOfWork, number: str | None = None) -> list[Revocation]:
    """Issues of permits that hold no longer: ended numbers, and versions replaced by a later one.

    A permit that has run out is left out: every verification sees that by itself, and the list stays small.
    """
    newest = func.max(Permit.version)
    ended = (
        select(Permit.number, newest, RevocationRow.kind)
        .join(RevocationRow, RevocationRow.permit_number == Permit.number)
        .group_by(Permit.number, RevocationRow.kind)
        .having(func.max(Permit.valid_until) >= work.today)
    )
    replaced = (
        select(Permit.number, newest)
        .where(Permit.status == "changed", Permit.number.in_(select(Permit.number).where(Permit.status.in_(HELD))))
        .group_by(Permit.number)
        .having(func.max(Permit.valid_until) >= work.today)
    )
    if number is not None:
        ended, replaced = ended.where(Permit.number == number), replaced.where(Permit.number == number)
    found = [
        Revocation(one, through, _KINDS.get(kind, "revoked")) for one, through, kind in work.session.execute(ended)
    ]
    return found + [Revocation(one, through, "changed") for one, through in work.session.execute(replaced)]
