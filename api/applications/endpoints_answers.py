"""What the endpoints of intake answer (申请接口的应答)."""

import datetime as dt
import uuid
from dataclasses import asdict
from typing import Any, Self

from pydantic import BaseModel

from api.applications.drafts import Listed
from api.applications.many import Imported, TakenRow
from api.applications.submit_faults import examine
from api.applications.submit_wording import Wording
from api.db.tables import ArchiveItem, Attachment, Case, Draft, KeptContent
from api.errors import FieldFault
from api.unit_of_work import UnitOfWork


class FaultAnswer(BaseModel):
    """One fault (填报问题)."""

    field: str
    message_zh: str
    message_en: str

    @classmethod
    def of(cls, fault: FieldFault) -> Self:
        """From a fault."""
        return cls(**asdict(fault))


class CaseAnswer(BaseModel):
    """The case a draft became (所提交的办件)."""

    id: uuid.UUID
    number: str
    state: str
    form_version: int
    submitted_at: dt.datetime
    draft_id: uuid.UUID | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """From a case."""
        return cls(
            id=case.id,
            number=case.number,
            state=case.state,
            form_version=case.form_version,
            submitted_at=case.submitted_at,
            draft_id=case.draft_id,
        )


class DraftRow(BaseModel):
    """A draft in a list (草稿列表项)."""

    id: uuid.UUID
    title: str
    version: int
    origin: dict[str, Any]
    created_at: dt.datetime
    updated_at: dt.datetime
    case_id: uuid.UUID | None
    case_number: str | None

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """From a draft and its case."""
        draft, case = listed.draft, listed.case
        return cls(
            id=draft.id,
            title=draft.title,
            version=draft.version,
            origin=draft.origin,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            case_id=case.id if case else None,
            case_number=case.number if case else None,
        )


class DraftAnswer(BaseModel):
    """A draft exactly as typed, with everything that keeps it from being handed in (草稿及填报问题)."""

    id: uuid.UUID
    title: str
    version: int
    origin: dict[str, Any]
    created_at: dt.datetime
    updated_at: dt.datetime
    content: dict[str, Any]
    faults: list[FaultAnswer]

    @classmethod
    def of(cls, work: UnitOfWork, draft: Draft) -> Self:
        """From a draft."""
        faults = examine(work, draft.carrier_id, draft.content).faults
        return cls(
            id=draft.id,
            title=draft.title,
            version=draft.version,
            origin=draft.origin,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            content=draft.content,
            faults=[FaultAnswer.of(fault) for fault in faults],
        )


class KeptRow(BaseModel):
    """An earlier content in a list (历次内容列表项)."""

    id: uuid.UUID
    version: int
    why: str
    kept_at: dt.datetime

    @classmethod
    def of(cls, kept: KeptContent) -> Self:
        """From what was kept."""
        return cls(id=kept.id, version=kept.version, why=kept.why, kept_at=kept.kept_at)


class KeptAnswer(KeptRow):
    """An earlier content (历次内容)."""

    content: dict[str, Any]

    @classmethod
    def of(cls, kept: KeptContent) -> Self:
        """From what was kept."""
        return cls(id=kept.id, version=kept.version, why=kept.why, kept_at=kept.kept_at, content=kept.content)


class ArchiveAnswer(BaseModel):
    """An archived thing (存档资料)."""

    id: uuid.UUID
    kind: str
    label: str
    content: dict[str, Any]
    version: int
    created_at: dt.datetime
    used_at: dt.datetime | None

    @classmethod
    def of(cls, item: ArchiveItem) -> Self:
        """From an archived thing."""
        return cls(
            id=item.id,
            kind=item.kind,
            label=item.label,
            content=item.content,
            version=item.version,
            created_at=item.created_at,
            used_at=item.used_at,
        )


class AttachmentAnswer(BaseModel):
    """An attachment without its bytes (附件信息)."""

    id: uuid.UUID
    name: str
    sha256: str
    size_bytes: int
    media_type: str
    created_at: dt.datetime

    @classmethod
    def of(cls, attachment: Attachment) -> Self:
        """From an attachment."""
        return cls(
            id=attachment.id,
            name=attachment.name,
            sha256=attachment.sha256,
            size_bytes=attachment.size_bytes,
            media_type=attachment.media_type,
            created_at=attachment.created_at,
        )


class TakenAnswer(BaseModel):
    """A row that can be taken (可受理的行)."""

    row: int
    label: str
    draft_id: uuid.UUID | None
    case: CaseAnswer | None
    is_new: bool

    @classmethod
    def of(cls, taken: TakenRow) -> Self:
        """From a row."""
        return cls(
            row=taken.row,
            label=taken.label,
            draft_id=taken.draft.id if taken.draft else None,
            case=CaseAnswer.of(taken.case) if taken.case else None,
            is_new=taken.is_new,
        )


class RejectedAnswer(BaseModel):
    """A fault of a row (有误的行)."""

    row: int | None
    column: str | None
    field: str
    message_zh: str
    message_en: str


class ImportAnswer(BaseModel):
    """What became of a sheet (批量导入结果)."""

    sheet_sha256: str
    accepted: list[TakenAnswer]
    rejected: list[RejectedAnswer]

    @classmethod
    def of(cls, imported: Imported) -> Self:
        """From what became of it."""
        rejected = [
            RejectedAnswer(
                row=one.row,
                column=one.column,
                field=one.fault.field,
                message_zh=one.fault.message_zh,
                message_en=one.fault.message_en,
            )
            for one in imported.rejected
        ]
        return cls(
            sheet_sha256=imported.sheet_sha256,
            accepted=[TakenAnswer.of(taken) for taken in imported.taken],
            rejected=rejected,
        )


class WordingAnswer(BaseModel):
    """A text to agree to (承诺文字)."""

    id: str
    version: str
    zh: str
    en: str
    sha256: str

    @classmethod
    def of(cls, wording: Wording) -> Self:
        """From a text."""
        return cls(id=wording.id, version=wording.version, zh=wording.zh, en=wording.en, sha256=wording.sha256)


class DraftList(BaseModel):
    """Drafts (草稿列表)."""

    items: list[DraftRow]
    total: int


class ArchiveList(BaseModel):
    """Archived things (存档资料列表)."""

    items: list[ArchiveAnswer]
    total: int


class AttachmentList(BaseModel):
    """Attachments (附件列表)."""

    items: list[AttachmentAnswer]
    total: int


class KeptList(BaseModel):
    """Earlier contents (历次内容列表)."""

    items: list[KeptRow]
    total: int


class KeptContents(BaseModel):
    """Earlier contents in full (历次内容)."""

    items: list[KeptAnswer]
    total: int


class WordingList(BaseModel):
    """Texts to agree to (承诺文字列表)."""

    items: list[WordingAnswer]
    total: int
