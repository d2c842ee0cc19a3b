"""Files of an office (上传与版本): taken in with a preview, never changed afterwards."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text

from api.applications.attachments_names import clean_name
from api.cases import grounds
from api.db.tables import Body, HoldingVersion
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.holdings.area import Area, area_of
from api.holdings.base import base_of, tables_of
from api.holdings.closure_preview import preview_closures
from api.holdings.composing import Composed, compose, read_published, records_in_force, segments_in_force
from api.holdings.in_force import versions_in_force
from api.holdings.owner import KIND_ZH, Kind, may_read, reading_body, writing_body
from api.holdings.preview import Previewed, preview_inventory, preview_roads
from api.holdings.reading import Held, check_file, read_held
from api.unit_of_work import UnitOfWork
from data.bridges.records import Inventory
from data.overlays import Overlay
from routing.errors import SnapshotError

NO_VERSION: Final = ("没有这份文件", "there is no such file")


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sends (上传内容).

    Attributes:
        kind: bridges, roads or closures.
        name: The file's name as sent.
        content: Its bytes.
        coverage: Declarations of coverage beside an inventory; None without.
        datum: Of coordinates where the file says none; empty without.
        until_further_notice: Closures without an end are meant so.
    """

    kind: Kind
    name: str | None
    content: bytes
    coverage: bytes | None = None
    datum: str = ""
    until_further_notice: bool = False


def upload(work: UnitOfWork, sent: Upload) -> HoldingVersion:
    """Take in a file and preview what it would do; nothing of it is in force.

    Raises:
        InvalidError: It cannot be read; every fault is named.
        MediaTypeError: A kind of file that is not read.
        TooLargeError: Larger than is taken.
    """
    body = writing_body(work, sent.kind)
    name = clean_name(sent.name)
    ending = check_file(name, sent.content, sent.kind)
    if sent.coverage is not None:
        check_file("coverage.csv", sent.coverage, sent.kind)
    _lock(work, body, sent.kind)
    number = _next_number(work, body, sent.kind)
    source = clean_name(f"{body.name}{KIND_ZH[sent.kind]}第{number}版.{ending}")
    held = Held(sent.kind, source, sent.content, sent.coverage, sent.datum or None)
    previewed = _preview(work, body, held, sent)
    version = HoldingVersion(
        id=uuid.uuid4(),
        body_id=body.id,
        kind=sent.kind,
        number=number,
        file_name=name,
        source_name=source,
        sha256=f"sha256:{hashlib.sha256(sent.content).hexdigest()}",
        content=sent.content,
        coverage=sent.coverage,
        datum=sent.datum or None,
        preview={**previewed.shown, "kept": previewed.kept},
        left_out={"rows": list(previewed.rows), "coverage": list(previewed.coverage)},
        state="draft",
        uploaded_by=work.actor.account_id,
        uploaded_at=work.now,
    )
    work.session.add(version)
    work.session.flush()
    work.session.refresh(version)
    work.record(
        "holding_uploaded",
        body=body.id,
        data_kind=sent.kind,
        version=version.id,
        number=number,
        sha256=version.sha256,
        rows=previewed.shown["rows_in"],
        kept=previewed.kept,
    )
    return version


def list_versions(work: UnitOfWork, *, kind: str | None, limit: int, offset: int) -> tuple[list[HoldingVersion], int]:
    """Files of one's own body, the newest first, and how many there are."""
    body = reading_body(work)
    kinds = [one for one in KIND_ZH if may_read(work, one) and kind in {None, one}]
    query = select(HoldingVersion).where(
        HoldingVersion.body_id == body.id, HoldingVersion.kind.in_(kinds), HoldingVersion.state != "discarded"
    )
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(HoldingVersion.uploaded_at.desc(), HoldingVersion.id).limit(limit).offset(offset)
    return list(work.session.scalars(newest)), total


def get_version(work: UnitOfWork, version_id: uuid.UUID) -> HoldingVersion:
    """A file of one's own body.

    Raises:
        NotFoundError: There is none, or it is another body's.
    """
    body = reading_body(work)
    version = work.session.get(HoldingVersion, version_id)
    if version is None or version.body_id != body.id or not may_read(work, version.kind):
        raise NotFoundError(*NO_VERSION)
    return version


def discard(work: UnitOfWork, version_id: uuid.UUID) -> HoldingVersion:
    """Put a draft aside: it is listed no more, and kept.

    Raises:
        ConflictError: It was put in force, or somebody has asked for that.
    """
    version = get_version(work, version_id)
    writing_body(work, version.kind)
    if version.state != "draft":
        raise ConflictError("这份文件已提交或者已丢弃", "the file is no draft any more")
    version.state = "discarded"
    work.session.flush()
    work.record("holding_discarded", body=version.body_id, version=version.id)
    return version


def _preview(work: UnitOfWork, body: Body, held: Held, sent: Upload) -> Previewed:
    found = read_held(held)
    if not (found.items if isinstance(found, Overlay) else found.report.rows_in):
        raise InvalidError([FieldFault("file", "文件没有数据行", "the file has no rows")])
    area = area_of(body, grounds.current().network)
    if isinstance(found, Overlay):
        previewed = preview_closures(found, area, work.now, until_further_notice=sent.until_further_notice)
    else:
        composed = composed_in_force(work, area)
        own = _own_keys(work, body, held.kind, area)
        if isinstance(found, Inventory):
            previewed = preview_inventory(found, area, composed, own)
        else:
            previewed = preview_roads(found, area, composed, own)
    return previewed


def composed_in_force(work: UnitOfWork, area: Area) -> Composed:
    """The rows in force: of the base, where its files are there, and of every published version."""
    published = [read_published(one, area_of(one.body, area.network)) for one in versions_in_force(work)]
    try:
        base = base_of(grounds.base_folder())
        tables = tables_of(base.network_id, base.tables)
    except (ConflictError, SnapshotError):
        tables = (), ()
    return compose(tables, published)


def _own_keys(work: UnitOfWork, body: Body, kind: str, area: Area) -> Iterable[Any]:
    """Keys of the body's own version in force."""
    own = [one for one in versions_in_force(work) if one.body_id == body.id and one.kind == kind]
    composed = compose(((), ()), [read_published(one, area) for one in own])
    keys: Mapping[Any, Any] = records_in_force(composed) if kind == "bridges" else segments_in_force(composed)
    return list(keys)


def _lock(work: UnitOfWork, body: Body, kind: str) -> None:
    """Two who upload at once get two numbers."""
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"holding:{body.id}:{kind}"})


def _next_number(work: UnitOfWork, body: Body, kind: str) -> int:
    wanted = select(func.max(HoldingVersion.number)).where(
        HoldingVersion.body_id == body.id, HoldingVersion.kind == kind
    )
    return (work.session.scalar(wanted) or 0) + 1
