"""The archive (档案库): what was submitted once is picked the next time (首次一次提交、后期自动复用)."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.archive_pieces import Json, Kind, faults_of, label_of, pieces_of
from api.applications.drafts_content import check_content, hash_of
from api.applications.drafts_kept import keep
from api.applications.drafts_owner import OWN, carrier_of
from api.db.tables import ArchiveItem
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError, StaleError
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """What a list is narrowed to."""

    kind: Kind | None = None
    text: str | None = None


def archive_form(work: UnitOfWork, carrier_id: uuid.UUID, form: Json) -> None:
    """Keep the pieces of a submitted form; what is there already is marked as used just now."""
    rows = {}
    for piece in pieces_of(form):
        digest = hash_of(piece.content)
        rows[piece.kind, digest] = {
            "id": uuid.uuid4(),
            "carrier_id": carrier_id,
            "kind": piece.kind.value,
            "label": piece.label,
            "content": piece.content,
            "content_hash": digest,
            "version": 1,
            "created_at": work.now,
            "used_at": work.now,
        }
    # In one order everywhere, so that two submissions of one carrier wait for each other and never cross.
    ordered = [rows[key] for key in sorted(rows)]
    statement = insert(ArchiveItem).values(ordered)
    again = {"used_at": work.now, "removed_at": None}
    work.session.execute(
        statement.on_conflict_do_update(index_elements=["carrier_id", "kind", "content_hash"], set_=again)
    )


def list_archive(work: UnitOfWork, wanted: ArchiveFilter, *, limit: int, offset: int) -> tuple[list[ArchiveItem], int]:
    """Archived things of the account's carrier, the last used first, and how many there are."""
    authorise(work.actor, Action.READ_ARCHIVE, OWN)
    query = select(ArchiveItem).where(ArchiveItem.carrier_id == carrier_of(work), ArchiveItem.removed_at.is_(None))
    if wanted.kind is not None:
        query = query.where(ArchiveItem.kind == wanted.kind.value)
    if wanted.text:
        query = query.where(ArchiveItem.label.icontains(wanted.text, autoescape=True))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(ArchiveItem.used_at.desc().nulls_last(), ArchiveItem.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def find_item(work: UnitOfWork, item_id: uuid.UUID, *, action: Action = Action.READ_ARCHIVE) -> ArchiveItem:
    """One archived thing of the account's carrier.

    Raises:
        NotFoundError: There is none, it was removed, or it is another carrier's.
    """
    authorise(work.actor, action, OWN)
    wanted = select(ArchiveItem).where(
        ArchiveItem.id == item_id, ArchiveItem.carrier_id == carrier_of(work), ArchiveItem.removed_at.is_(None)
    )
    item = work.session.scalar(wanted.with_for_update() if action is Action.WRITE_ARCHIVE else wanted)
    if item is None:
        raise NotFoundError("没有这项存档资料", "there is no such archived item")
    return item


def add_item(work: UnitOfWork, kind: Kind, content: Json) -> ArchiveItem:
    """Archive something by hand.

    Raises:
        InvalidError: The form would refuse it; all faults.
        ConflictError: The same is there already.
    """
    authorise(work.actor, Action.WRITE_ARCHIVE, OWN)
    _check(kind, content)
    digest = hash_of(content)
    _set_removed_aside(work, kind, digest)
    item = ArchiveItem(
        carrier_id=carrier_of(work),
        kind=kind.value,
        label=label_of(kind, content),
        content=content,
        content_hash=digest,
        created_at=work.now,
        used_at=work.now,
    )
    work.session.add(item)
    _flush(work)
    return item


def edit_item(work: UnitOfWork, item_id: uuid.UUID, content: Json, version: int) -> ArchiveItem:
    """Change something archived; what it held before is kept beside it.

    Raises:
        StaleError: It has changed since that version was read.
        InvalidError: The form would refuse it; all faults.
        ConflictError: Another item holds the same.
    """
    item = find_item(work, item_id, action=Action.WRITE_ARCHIVE)
    if item.version != version:
        raise StaleError
    kind = Kind(item.kind)
    _check(kind, content)
    digest = hash_of(content)
    _set_removed_aside(work, kind, digest)
    keep(work, item.id, item.version, item.content)
    item.content, item.content_hash, item.label = content, digest, label_of(kind, content)
    item.version += 1
    _flush(work)
    return item


def remove_item(work: UnitOfWork, item_id: uuid.UUID) -> None:
    """Take something out of the archive; a form submitted with it brings it back."""
    find_item(work, item_id, action=Action.WRITE_ARCHIVE).removed_at = work.now


def _check(kind: Kind, content: Json) -> None:
    check_content(content)
    faults = faults_of(kind, content)
    if faults:
        raise InvalidError([FieldFault(fault.field, fault.message_zh, fault.message_en) for fault in faults])


def _set_removed_aside(work: UnitOfWork, kind: Kind, digest: str) -> None:
    """A removed item with the same content gives up its place among the unique ones."""
    same = select(ArchiveItem).where(
        ArchiveItem.carrier_id == carrier_of(work),
        ArchiveItem.kind == kind.value,
        ArchiveItem.content_hash == digest,
        ArchiveItem.removed_at.is_not(None),
    )
    for removed in work.session.scalars(same.with_for_update()):
        removed.content_hash = f"{digest}:{removed.id}"
    work.session.flush()


def _flush(work: UnitOfWork) -> None:
    try:
        work.session.flush()
    except IntegrityError as error:
        raise ConflictError("档案库中已有相同内容", "the archive already holds the same") from error
