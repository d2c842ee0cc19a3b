"""What the API tells of an office's own data (本辖区数据的输出格式)."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel

from api.db.tables import HoldingChange, HoldingVersion, RoadClosure
from api.holdings.closures import status_of
from api.unit_of_work import UnitOfWork


class VersionRow(BaseModel):
    """一份文件 a file in a list."""

    id: uuid.UUID
    kind: str
    number: int
    file_name: str
    source_name: str
    sha256: str
    state: str
    rows_in: int
    kept: int
    rejected: int
    uploaded_by: str
    uploaded_at: dt.datetime
    version: int


class VersionOut(VersionRow):
    """文件及其预览 a file with its preview."""

    preview: dict[str, Any]
    linked: dict[str, Any] | None


class VersionList(BaseModel):
    """文件列表 a page of files."""

    items: list[VersionRow]
    total: int


class ChangeOut(BaseModel):
    """发布或者回退的申请 a request that a version be in force."""

    id: uuid.UUID
    kind: str
    version_id: uuid.UUID | None
    number: int | None
    state: str
    reason: str
    answer: str | None
    network_id: str | None
    asked_by: str
    asked_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None
    done_at: dt.datetime | None
    version: int


class ChangeList(BaseModel):
    """申请列表 a page of requests."""

    items: list[ChangeOut]
    total: int


class ClosureOut(BaseModel):
    """临时管制 a closure."""

    id: uuid.UUID
    item: str
    status: str
    feature: dict[str, Any]
    starts_at: dt.datetime | None
    until_at: dt.datetime | None
    published_by: str
    published_at: dt.datetime
    ended_at: dt.datetime | None
    end_reason: str | None
    version: int


class ClosureList(BaseModel):
    """临时管制列表 a page of closures."""

    items: list[ClosureOut]
    total: int


class InForceOut(BaseModel):
    """现行有效 what reviews are made on now; without a network id it is the one the service was started with."""

    network_id: str | None
    changed_at: dt.datetime | None
    versions: list[VersionRow]


def version_row(version: HoldingVersion) -> VersionRow:
    """A file in a list."""
    return VersionRow.model_validate(_version(version))


def version_out(version: HoldingVersion) -> VersionOut:
    """A file with its preview."""
    return VersionOut(**_version(version), preview=version.preview, linked=version.linked)


def _version(version: HoldingVersion) -> dict[str, Any]:
    return {
        "id": version.id,
        "kind": version.kind,
        "number": version.number,
        "file_name": version.file_name,
        "source_name": version.source_name,
        "sha256": version.sha256,
        "state": version.state,
        "rows_in": version.preview["rows_in"],
        "kept": version.preview["kept"],
        "rejected": version.preview["rejected"]["total"],
        "uploaded_by": version.uploader.display_name,
        "uploaded_at": version.uploaded_at,
        "version": version.version,
    }


def change_out(change: HoldingChange) -> ChangeOut:
    """A request."""
    return ChangeOut(
        id=change.id,
        kind=change.kind,
        version_id=change.version_id,
        number=change.held.number if change.held else None,
        state=change.state,
        reason=change.reason,
        answer=change.answer,
        network_id=change.network_id,
        asked_by=change.asker.display_name,
        asked_at=change.asked_at,
        answered_by=change.answerer.display_name if change.answerer else None,
        answered_at=change.answered_at,
        done_at=change.done_at,
        version=change.version,
    )


def closure_out(work: UnitOfWork, closure: RoadClosure) -> ClosureOut:
    """A closure."""
    return ClosureOut(
        id=closure.id,
        item=closure.item,
        status=status_of(closure, work.now),
        feature=closure.feature,
        starts_at=closure.starts_at,
        until_at=closure.until_at,
        published_by=closure.publisher.display_name,
        published_at=closure.published_at,
        ended_at=closure.ended_at,
        end_reason=closure.end_reason,
        version=closure.version,
    )
