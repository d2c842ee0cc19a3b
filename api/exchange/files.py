"""Files that are kept (交换文件): found, read, handed out; every content once."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select, true

from api.accounts.authorise import authorise, may
from api.accounts.permissions import Action, Relation, Role
from api.cases.clocks import due_after
from api.db.tables import Case, ExchangeFile
from api.dispatch.exchange import hash_of, read_exchange, write_exchange
from api.dispatch.exchange_model import Answer, Forward
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

NO_FILE = ("没有这个交换文件", "there is no such file")


def authorise_exchange(work: UnitOfWork, province: str | None = None) -> None:
    """Refuse who may not exchange files of a province; of one's own, where none is named.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: The account may not.
    """
    authorise(work.actor, Action.EXCHANGE_FILES, _relation(work, province or work.actor.province))


def _relation(work: UnitOfWork, province: str | None) -> Relation:
    actor = work.actor
    same = province is not None and actor.province == province
    return Relation(same_province=same, is_province_level=actor.body_level == "province")


def own_files(work: UnitOfWork) -> ColumnElement[bool]:
    """Which files the account may know of: those of its province."""
    if Role.SYSTEM in work.actor.roles:
        return true()
    return ExchangeFile.province == work.actor.province if work.actor.province else false()


@dataclass(frozen=True, slots=True)
class FileFilter:
    """What a list of files is narrowed to."""

    direction: str | None = None
    kind: str | None = None
    case_id: uuid.UUID | None = None
    unfetched: bool = False


def list_files(work: UnitOfWork, wanted: FileFilter, *, limit: int, offset: int) -> tuple[list[ExchangeFile], int]:
    """Files of the account's province, the newest first."""
    authorise_exchange(work)
    query = select(ExchangeFile).where(own_files(work))
    if wanted.direction:
        query = query.where(ExchangeFile.direction == wanted.direction)
    if wanted.kind:
        query = query.where(ExchangeFile.kind == wanted.kind)
    if wanted.case_id:
        query = query.where(ExchangeFile.case_id == wanted.case_id)
    if wanted.unfetched:
        query = query.where(ExchangeFile.direction == "out", ExchangeFile.fetched_at.is_(None))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(ExchangeFile.recorded_at.desc(), ExchangeFile.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def get_file(work: UnitOfWork, file_id: uuid.UUID) -> ExchangeFile:
    """A file of the account's province.

    Raises:
        NotFoundError: There is none.
    """
    authorise_exchange(work)
    row = work.session.get(ExchangeFile, file_id)
    if row is None or not may(work.actor, Action.EXCHANGE_FILES, _relation(work, row.province)):
        raise NotFoundError(*NO_FILE)
    return row


def hand_out(work: UnitOfWork, row: ExchangeFile) -> str:
    """The text of a file; that an outgoing one was fetched is noted once (已转送)."""
    if row.direction == "out" and row.fetched_at is None:
        row.fetched_at = work.now
        work.record("exchange_fetched", case_id=row.case_id, file=row.id, what=row.kind, to=row.other_province)
    return row.text


def find_by_hash(work: UnitOfWork, direction: str, content_hash: str) -> ExchangeFile | None:
    """The file with a content, if it is kept."""
    wanted = select(ExchangeFile).where(ExchangeFile.direction == direction, ExchangeFile.content_hash == content_hash)
    return work.session.scalar(wanted)


def keep_outgoing(
    work: UnitOfWork, case: Case, content: Forward | Answer, *, due_on: dt.date | None, about: uuid.UUID | None
) -> ExchangeFile:
    """Keep a file that goes out; `about` is its packet, or the incoming file it answers."""
    is_forward = isinstance(content, Forward)
    row = _row(work, case, content, "out", content.from_province, content.to_province)
    row.due_on = due_on
    row.packet_id, row.answers_id = (about, None) if is_forward else (None, about)
    return _keep(work, row)


def keep_incoming(
    work: UnitOfWork,
    case: Case,
    content: Forward | Answer,
    *,
    days: int | None = None,
    about: ExchangeFile | None = None,
) -> ExchangeFile:
    """Keep a file that came in; `days` are those of our answer, `about` the file of ours that it answers."""
    row = _row(work, case, content, "in", content.to_province, content.from_province)
    row.due_on = due_after(work.today, days) if days else None
    row.answers_id = about.id if about else None
    row.packet_id = about.packet_id if about else None
    return _keep(work, row)


def content_of(row: ExchangeFile) -> Forward | Answer:
    """What a file says."""
    return read_exchange(row.text, str(row.id))


def _row(
    work: UnitOfWork, case: Case, content: Forward | Answer, direction: str, ours: str, others: str
) -> ExchangeFile:
    return ExchangeFile(
        id=uuid.uuid4(),
        direction=direction,
        kind=content.kind,
        province=ours[:2],
        other_province=others[:2],
        case_id=case.id,
        content_hash=hash_of(content),
        text=write_exchange(content),
        recorded_at=work.now,
        recorded_by=work.actor.account_id,
    )


def _keep(work: UnitOfWork, row: ExchangeFile) -> ExchangeFile:
    work.session.add(row)
    work.session.flush()
    work.record(
        "exchange_file", case_id=row.case_id, file=row.id, direction=row.direction, what=row.kind, hash=row.content_hash
    )
    return row
