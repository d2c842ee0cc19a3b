"""Attachments (附件): taken in, found again by whoever may see them, and tied to cases."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.dialects.postgresql import insert

from api.accounts.authorise import authorise, may
from api.accounts.permissions import RELATIONS, Action, Relation
from api.applications.attachments_kinds import recognise
from api.applications.attachments_names import clean_name
from api.applications.storage import Received, Storage
from api.cases.relation import relation_to
from api.db.tables import Attachment, AttachmentUse, Case
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork


def add_attachment(
    work: UnitOfWork, storage: Storage, source: BinaryIO, name: str | None, *, largest_bytes: int
) -> Attachment:
    """Take in a file of the account's own carrier or body; the same file again is the same attachment.

    Raises:
        InvalidError: Empty, or without a usable name.
        MediaTypeError: A kind that is not taken, or a name that says another one.
        TooLargeError: More bytes than allowed.
    """
    authorise(work.actor, Action.ADD_ATTACHMENT, _own_relation(work))
    cleaned = clean_name(name)
    received = storage.receive(source, largest_bytes)
    try:
        kind = recognise(received.file, cleaned)
        storage.keep(received)
    finally:
        storage.discard(received)
    return _known(work, received, cleaned) or _registered(work, received, cleaned, kind.media_type)


def find_attachment(work: UnitOfWork, attachment_id: uuid.UUID) -> Attachment:
    """An attachment that whoever acts may read: uploaded by their own side, or part of a case that shows it to them.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
    """
    authorise_reader(work)
    attachment = work.session.get(Attachment, attachment_id)
    if attachment is None or not _may_read(work, attachment):
        raise NotFoundError("没有这个附件", "there is no such attachment")
    return attachment


def authorise_reader(work: UnitOfWork) -> None:
    """Refuse who reads no attachments at all, whosever they are."""
    everything = Relation(**dict.fromkeys(RELATIONS, True))
    authorise(work.actor, Action.READ_ATTACHMENT, everything)


def list_attachments(work: UnitOfWork, *, limit: int, offset: int) -> tuple[list[Attachment], int]:
    """What the account's own carrier or body has uploaded, the newest first, and how many there are."""
    authorise(work.actor, Action.READ_ATTACHMENT, _own_relation(work))
    query = select(Attachment).where(_is_own(work))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Attachment.created_at.desc(), Attachment.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def use_attachments(work: UnitOfWork, case: Case, ids: Iterable[uuid.UUID], *, for_carrier: bool) -> None:
    """Make attachments part of a case: whoever may read its papers may read them.

    Args:
        work: The unit of work.
        case: The case.
        ids: Of attachments.
        for_carrier: Whether the carrier may read them too; an office's own papers are not the carrier's.
    """
    rows = [
        {"attachment_id": one, "case_id": case.id, "for_carrier": for_carrier, "used_at": work.now}
        for one in sorted(set(ids))
    ]
    if rows:
        work.session.flush()
        work.session.execute(insert(AttachmentUse).values(rows).on_conflict_do_nothing())


def _own_relation(work: UnitOfWork) -> Relation:
    """What somebody has to do with what their own carrier or body uploaded."""
    has_body = work.actor.body_id is not None
    return Relation(is_own_carrier=work.actor.carrier_id is not None, is_deciding_body=has_body, has_packet=has_body)


def _is_own(work: UnitOfWork) -> ColumnElement[bool]:
    actor = work.actor
    if actor.carrier_id is not None:
        return Attachment.carrier_id == actor.carrier_id
    # Somebody of neither owns nothing: a carrier's attachments have no body, and would match "no body".
    return Attachment.body_id == actor.body_id if actor.body_id is not None else false()


def _may_read(work: UnitOfWork, attachment: Attachment) -> bool:
    actor = work.actor
    is_own = (attachment.carrier_id is not None and attachment.carrier_id == actor.carrier_id) or (
        attachment.body_id is not None and attachment.body_id == actor.body_id
    )
    if is_own and may(actor, Action.READ_ATTACHMENT, _own_relation(work)):
        return True
    uses = select(Case, AttachmentUse.for_carrier).join(AttachmentUse, AttachmentUse.case_id == Case.id)
    for case, for_carrier in work.session.execute(uses.where(AttachmentUse.attachment_id == attachment.id)):
        relation = relation_to(work, case)
        shown = relation if for_carrier else replace(relation, is_own_carrier=False)
        if may(actor, Action.READ_ATTACHMENT, shown):
            return True
    return False


def _known(work: UnitOfWork, received: Received, name: str) -> Attachment | None:
    wanted = select(Attachment).where(_is_own(work), Attachment.sha256 == received.sha256, Attachment.name == name)
    return work.session.scalar(wanted.order_by(Attachment.created_at).limit(1))


def _registered(work: UnitOfWork, received: Received, name: str, media_type: str) -> Attachment:
    actor = work.actor
    attachment = Attachment(
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        media_type=media_type,
        name=name,
        carrier_id=actor.carrier_id,
        body_id=None if actor.carrier_id else actor.body_id,
        uploaded_by=actor.account_id,
        created_at=work.now,
    )
    work.session.add(attachment)
    work.session.flush()
    work.record(
        "attachment_added", attachment=str(attachment.id), sha256=received.sha256, size_bytes=received.size_bytes
    )
    return attachment
