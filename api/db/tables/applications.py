"""What carriers prepare before there is a case (草稿、档案库、附件)."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Created, Json, Key, Moment, Table


class ArchiveItem(Table):
    """Something entered once and picked later (首次提交、后期复用): an agent, a tractor, a cargo, a route..."""

    __tablename__ = "archive_item"
    __table_args__ = (UniqueConstraint("carrier_id", "kind", "content_hash"),)
    id: Mapped[Key]
    carrier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carrier.id"), index=True)
    kind: Mapped[str]
    label: Mapped[str]
    content: Mapped[Json]
    content_hash: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    used_at: Mapped[dt.datetime | None]
    removed_at: Mapped[dt.datetime | None]


class Draft(Table):
    """An application being filled in (草稿): kept as typed, valid or not."""

    __tablename__ = "draft"
    id: Mapped[Key]
    carrier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carrier.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    title: Mapped[str]
    content: Mapped[Json]
    origin: Mapped[Json] = mapped_column(default=dict)  # what it was made from: kind and id
    version: Mapped[int] = mapped_column()
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    removed_at: Mapped[dt.datetime | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class Attachment(Table):
    """A file given with an application or a notice (附件); its bytes lie in the storage under their hash."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_owner", "carrier_id", "body_id"),)
    id: Mapped[Key]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    name: Mapped[str]
    carrier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carrier.id"))
    body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"))
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]


class KeptContent(Table):
    """What a draft or an archived item held before, or was refused to hold (历次内容): nothing typed is lost."""

    __tablename__ = "kept_content"
    __table_args__ = (Index("ix_kept_content_subject", "subject_id", "kept_at"),)
    id: Mapped[Key]
    subject_id: Mapped[uuid.UUID]  # a draft or an archived item
    version: Mapped[int]  # of the subject, or that a refused save was based on
    why: Mapped[str]  # replaced | refused
    content: Mapped[Json]
    kept_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    kept_at: Mapped[Moment]


class AttachmentUse(Table):
    """Which case an attachment belongs to (附件所属办件): who may read the case's papers may read it."""

    __tablename__ = "attachment_use"
    attachment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), primary_key=True, index=True)
    for_carrier: Mapped[bool]  # an office's paper is the carrier's to read only where it is meant for it
    used_at: Mapped[Moment]


class ImportedTrip(Table):
    """A row of a sheet of like trips, and the draft made of it (批量行程): the same row makes no second draft."""

    __tablename__ = "imported_trip"
    base_draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    row_hash: Mapped[str] = mapped_column(primary_key=True)
    repeat: Mapped[int] = mapped_column(primary_key=True)  # equal rows of one sheet are several trips
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft.id"), index=True)
    sheet_sha256: Mapped[str]
    created_at: Mapped[Moment]
