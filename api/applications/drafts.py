"""Drafts (草稿): kept exactly as typed, valid or not; the last save wins only where its tab had seen the one before."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.archive import find_item
from api.applications.archive_pieces import Kind, put_into
from api.applications.drafts_content import Json, check_content
from api.applications.drafts_kept import find_kept, keep, list_kept
from api.applications.drafts_owner import OWN, account_of, carrier_of
from api.db.tables import Case, Draft, KeptContent
from api.errors import ConflictError, NotFoundError
from api.unit_of_work import UnitOfWork

LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: `refused` is what was kept aside because the draft had moved on (保存结果)."""

    draft: Draft
    refused: KeptContent | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft and the case it became."""

    draft: Draft
    case: Case | None


def create_draft(work: UnitOfWork, content: Json, *, origin: Json, title: str | None = None) -> Draft:
    """Begin a draft.

    Raises:
        InvalidError: Content that cannot be kept.
    """
    authorise(work.actor, Action.WRITE_DRAFT, OWN)
    return add_draft(work, content, origin=origin, title=title)


def add_draft(work: UnitOfWork, content: Json, *, origin: Json, title: str | None = None) -> Draft:
    """The same for those who have looked whether the account may do this."""
    check_content(content)
    draft = Draft(
        carrier_id=carrier_of(work),
        account_id=account_of(work),
        title=title or title_of(content),
        content=content,
        origin=origin,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(draft)
    work.session.flush()
    return draft


def find_draft(work: UnitOfWork, draft_id: uuid.UUID, *, action: Action = Action.READ_DRAFT) -> Draft:
    """A draft of the account's carrier.

    Raises:
        NotFoundError: There is none, it was deleted, or it is another carrier's.
    """
    authorise(work.actor, action, OWN)
    return _found(work, draft_id, lock=action is not Action.READ_DRAFT)


def lock_draft(work: UnitOfWork, draft_id: uuid.UUID) -> Draft:
    """A draft of the account's carrier, which nobody else changes until the transaction ends.

    Raises:
        NotFoundError: There is none, it was deleted, or it is another carrier's.
    """
    return _found(work, draft_id, lock=True)


def replace_draft(
    work: UnitOfWork, draft_id: uuid.UUID, content: Json, *, version: int, title: str | None = None
) -> Saved:
    """Save a draft over the version that was read; the content before is kept.

    A save over an older version is refused and what it brought is kept beside the draft.

    Raises:
        ConflictError: It has been handed in.
        InvalidError: Content that cannot be kept.
    """
    draft = _changeable(work, draft_id)
    check_content(content)
    if draft.version != version:
        return Saved(draft, keep(work, draft.id, version, content, why="refused"))
    keep(work, draft.id, draft.version, draft.content)
    draft.content, draft.title, draft.updated_at = content, title or title_of(content), work.now
    work.session.flush()
    return Saved(draft)


def pick_into_draft(work: UnitOfWork, draft_id: uuid.UUID, items: list[uuid.UUID], *, version: int) -> Saved:
    """Put archived things into a draft.

    Raises:
        NotFoundError: No such draft or archived item of this carrier.
        ConflictError: It has been handed in.
    """
    draft = _changeable(work, draft_id)
    return replace_draft(work, draft_id, picked(work, draft.content, items), version=version)


def picked(work: UnitOfWork, content: Json, items: list[uuid.UUID]) -> Json:
    """A content with archived things put in their places."""
    for item_id in items:
        item = find_item(work, item_id)
        item.used_at = work.now
        content = put_into(content, Kind(item.kind), item.content)
    return content


def delete_draft(work: UnitOfWork, draft_id: uuid.UUID) -> None:
    """Take a draft out of sight; its content stays in the database.

    Raises:
        ConflictError: It has been handed in: it is the case's now.
    """
    draft = find_draft(work, draft_id, action=Action.DELETE_DRAFT)
    _refuse_submitted(work, draft)
    draft.removed_at = work.now


def list_drafts(work: UnitOfWork, *, submitted: bool | None, limit: int, offset: int) -> tuple[list[Listed], int]:
    """Drafts of the account's carrier, the last saved first, and how many there are.

    Args:
        work: The unit of work.
        submitted: Only those handed in, or only those not; None for both.
        limit: At most so many.
        offset: Skipping so many.
    """
    authorise(work.actor, Action.READ_DRAFT, OWN)
    query = (
        select(Draft, Case)
        .outerjoin(Case, Case.draft_id == Draft.id)
        .where(Draft.carrier_id == carrier_of(work), Draft.removed_at.is_(None))
    )
    if submitted is not None:
        query = query.where(Case.id.is_not(None) if submitted else Case.id.is_(None))
    total = work.session.scalar(select(func.count()).select_from(query.with_only_columns(Draft.id).subquery())) or 0
    page = query.order_by(Draft.updated_at.desc(), Draft.id).limit(limit).offset(offset)
    return [Listed(draft, case) for draft, case in work.session.execute(page)], total


def earlier_contents(work: UnitOfWork, draft_id: uuid.UUID) -> list[KeptContent]:
    """What a draft held before, and what was refused, the newest first."""
    return list(list_kept(work, find_draft(work, draft_id).id))


def earlier_content(work: UnitOfWork, draft_id: uuid.UUID, kept_id: uuid.UUID) -> KeptContent:
    """One of them, with its content."""
    return find_kept(work, find_draft(work, draft_id).id, kept_id)


def title_of(content: Json) -> str:
    """What a draft is called: cargo, from where to where."""
    trip = _part(content, "trip")
    ends = [_name(_part(trip, place)) for place in ("origin", "destination")]
    words = [_name(_part(content, "cargo")), "→".join(end for end in ends if end)]
    return " ".join(word for word in words if word)[:LONGEST_TITLE] or "未命名"


def _part(content: Json, name: str) -> dict[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}


def _name(part: Json) -> str:
    name = part.get("name")
    return name.strip() if isinstance(name, str) else ""


def _found(work: UnitOfWork, draft_id: uuid.UUID, *, lock: bool) -> Draft:
    wanted = select(Draft).where(Draft.id == draft_id, Draft.carrier_id == carrier_of(work), Draft.removed_at.is_(None))
    locked = wanted.with_for_update(of=Draft).execution_options(populate_existing=True)
    draft = work.session.scalar(locked if lock else wanted)
    if draft is None:
        raise NotFoundError("没有这份草稿", "there is no such draft")
    return draft


def _changeable(work: UnitOfWork, draft_id: uuid.UUID) -> Draft:
    draft = find_draft(work, draft_id, action=Action.WRITE_DRAFT)
    _refuse_submitted(work, draft)
    return draft


def _refuse_submitted(work: UnitOfWork, draft: Draft) -> None:
    number = work.session.scalar(select(Case.number).where(Case.draft_id == draft.id))
    if number is not None:
        raise ConflictError(f"已提交为办件{number}，不能再改", f"it has been handed in as {number}")
