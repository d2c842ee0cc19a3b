"""Permits as accounts see them (通行证的查看)."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Allowed, decide, scopes_for
from api.cases import remarks
from api.cases.find import get_case, visible
from api.cases.relation import relation_to
from api.db.tables import Case, FormVersion, Permit
from api.errors import ConflictError, NotFoundError
from api.permits.changes import Changes, changes_between
from api.permits.issuing import HELD, latest
from api.unit_of_work import UnitOfWork

NO_PERMIT = ("没有这个通行证", "there is no such permit")


@dataclass(frozen=True, slots=True)
class PermitFilter:
    """What a list of permits is narrowed to; `on` is a day of its validity."""

    status: tuple[str, ...] = ()
    plate: str | None = None
    number: str | None = None
    body_id: str | None = None
    on: dt.date | None = None


def authorise_somewhere(work: UnitOfWork, action: Action) -> None:
    """Refuse who may do something to nothing at all.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account does this.
    """
    if not scopes_for(roles_of(work.actor), action):
        authorise(work.actor, action)


def list_permits(work: UnitOfWork, wanted: PermitFilter, *, limit: int, offset: int) -> tuple[list[Permit], int]:
    """The newest version of every permit the account may read, the latest issued first."""
    authorise_somewhere(work, Action.READ_PERMIT)
    newest = select(Permit.number, func.max(Permit.version).label("version")).group_by(Permit.number).subquery()
    query = (
        select(Permit)
        .join(newest, (newest.c.number == Permit.number) & (newest.c.version == Permit.version))
        .join(Case, Case.id == Permit.case_id)
        .where(visible(work, Action.READ_PERMIT))
    )
    query = _narrow(work, query, wanted)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Permit.issued_at.desc(), Permit.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def find_permit(work: UnitOfWork, number: str, action: Action, *, lock: bool = False) -> Permit:
    """The newest version of a permit, for somebody who may do this with it.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
        ForbiddenError: It may know of it, but not do this.
    """
    authorise_somewhere(work, action)
    permit = latest(work, number, lock=lock)
    if permit is None:
        raise NotFoundError(*NO_PERMIT)
    relation = relation_to(work, permit.case)
    if not isinstance(decide(roles_of(work.actor), Action.READ_PERMIT, relation), Allowed):
        raise NotFoundError(*NO_PERMIT)
    authorise(work.actor, action, relation)
    return permit


def versions_of(work: UnitOfWork, number: str) -> list[Permit]:
    """All versions of a permit that the account may read, the oldest first."""
    find_permit(work, number, Action.READ_PERMIT)
    return list(work.session.scalars(select(Permit).where(Permit.number == number).order_by(Permit.version)))


def find_version(work: UnitOfWork, number: str, version: int | None) -> Permit:
    """One version of a permit; the newest where none is named.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
    """
    newest = find_permit(work, number, Action.READ_PERMIT)
    if version is None or version == newest.version:
        return newest
    query = select(Permit).where(Permit.number == number, Permit.version == version)
    permit = work.session.scalar(query)
    if permit is None:
        raise NotFoundError(*NO_PERMIT)
    return permit


def changes_of(work: UnitOfWork, case_id: uuid.UUID) -> Changes:
    """What the change of a case under way changes against the form its permit was issued on.

    Raises:
        NotFoundError: There is no such case for this account.
        ConflictError: No change is under way.
    """
    case = get_case(work, case_id)
    before = remarks.get(case, "before_change", None)
    row = work.session.get(FormVersion, (case.id, int(before))) if before is not None else None
    if row is None:
        raise ConflictError("办件没有进行中的变更", "no change is under way")
    return changes_between(row.form, case.form)


def _narrow(work: UnitOfWork, query: Select[Permit], wanted: PermitFilter) -> Select[Permit]:
    if wanted.status:
        query = query.where(or_(*(_has_status(work, status) for status in wanted.status)))
    if wanted.plate:
        query = query.where(Permit.plates.contains([wanted.plate]))
    if wanted.number:
        query = query.where(Permit.number.startswith(wanted.number, autoescape=True))
    if wanted.body_id:
        query = query.where(Permit.body_id == wanted.body_id)
    if wanted.on:
        query = query.where(Permit.valid_from <= wanted.on, Permit.valid_until >= wanted.on)
    return query


def _has_status(work: UnitOfWork, status: str) -> ColumnElement[bool]:
    """The status on the day: what is still held but over has expired."""
    is_over = Permit.valid_until < work.today
    if status == "expired":
        return Permit.status.in_((*HELD, "cancelled")) & is_over
    if status == "revoked":
        return (Permit.status == "revoked") | ((Permit.status == "cancelled") & ~is_over)
    stands = Permit.status == status
    return stands & ~is_over if status in HELD else stands
