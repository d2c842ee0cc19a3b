"""Restore the database (恢复): into a new one that is checked before it takes the old one's place."""

import datetime as dt
import tarfile
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session, sessionmaker

from api.db.backup import ATTACHMENTS, DUMP, FORMAT, MANIFEST, Manifest, folder_near, sha256_of
from api.db.engine import make_engine, transaction
from api.db.migrate import config, migrate, newest, revision_of
from api.db.programs import run_program
from api.errors import RequestError, ServiceUnavailableError
from api.ledger.verify import verify_ledger
from api.unit_of_work import SYSTEM, UnitOfWork

_LARGEST_MANIFEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did (恢复结果).

    Attributes:
        last_event: Number of the last event that was restored; the one after it tells of the restore.
        attachments: How many were brought in.
        kept_as: Name under which the earlier database stays; None where it was empty.
    """

    manifest: Manifest
    last_event: int
    attachments: int
    kept_as: str | None


def restore(url: str, file: Path, *, now: dt.datetime, replace: bool, attachments: Path | None = None) -> Restored:
    """Restore a backup into a new database, check it there, and only then put it in the old one's place.

    Args:
        url: Of the database that is to hold it; made if need be.
        file: A backup.
        now: Noted in the ledger.
        replace: Whether a database with content may be replaced; it is kept under another name.
        attachments: Folder for the attachments' bytes, if the backup has them; None leaves them.

    Raises:
        RequestError: The file is damaged or of a later version; the database has content; others are using it.
        ServiceUnavailableError: The database does not answer.
    """
    target = make_url(url)
    name = target.database or ""
    fresh = f"{name}_restoring_{uuid.uuid4().hex[:8]}"
    with folder_near(attachments or Path(tempfile.gettempdir()) / "dajian") as folder:
        manifest = _unpack(file, folder)
        maintenance = create_engine(target.set(database="postgres"), isolation_level="AUTOCOMMIT")
        try:
            replaced = _refuse_content(maintenance, target, replace=replace)
            _execute(maintenance, f'CREATE DATABASE "{fresh}" TEMPLATE template0')
            try:
                last_event = _fill(target.set(database=fresh), folder / DUMP, manifest)
                _note(target.set(database=fresh), manifest, replaced, now)
                count = _bring_attachments(file, attachments) if attachments else 0
                kept = _swap(maintenance, name, fresh, manifest, keep=replaced is not None)
            except BaseException:
                _execute(maintenance, f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
                raise
        finally:
            maintenance.dispose()
    return Restored(manifest, last_event, count, kept)


def _unpack(file: Path, folder: Path) -> Manifest:
    """Read the manifest and lay the dump into a folder, checked against it.

    Raises:
        RequestError: Anything is not as it was written.
    """
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            stream = tar.extractfile(first) if first and first.name == MANIFEST else None
            if stream is None or first is None or first.size > _LARGEST_MANIFEST:
                raise RequestError([f"{file}: 不是备份文件 · is no backup"])
            manifest = Manifest.model_validate_json(stream.read())
            second = tar.next()
            if second is None or second.name != DUMP:
                raise RequestError([f"{file}: 备份不完整 · is cut off"])
            tar.extract(second, folder, filter="data")
            rest = sum(1 for member in tar if member.isfile() and member.name.startswith(ATTACHMENTS))
    except (OSError, tarfile.TarError, ValidationError) as error:
        raise RequestError([f"{file}: 不是备份文件，或已损坏 · is no backup, or damaged: {error}"]) from error
    dump = folder / DUMP
    faults = []
    if dump.stat().st_size != manifest.dump_bytes or sha256_of(dump) != manifest.dump_sha256:
        faults.append(f"{file}: 数据库内容已损坏 · the dump is damaged")
    if rest != (manifest.attachments or 0):
        faults.append(f"{file}: 附件不完整 · attachments are missing: {rest} of {manifest.attachments}")
    if manifest.format != FORMAT or manifest.revision not in _known_revisions():
        faults.append(f"{file}: 由更新版本的程序备份 · was made by a later version of the program")
    if faults:
        raise RequestError(faults)
    return manifest


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def _refuse_content(maintenance: Engine, target: URL, *, replace: bool) -> int | None:
    """Number of the last event of a database with content, 0 where it has no ledger; None where it is empty.

    Raises:
        RequestError: It has, and is not to be replaced; or somebody is using it.
    """
    name = target.database
    with maintenance.connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            return None
        query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND backend_type = 'client backend'")
        users = connection.scalar(query, {"name": name})
    if users:
        raise RequestError(
            [f"数据库正被{users}个连接使用，请先停止服务和后台工作 · in use by {users}: stop serve and worker"]
        )
    engine = create_engine(target)
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            tables = [table for table in names if table != "alembic_version"]
            filled = any(connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{table}")')) for table in tables)  # noqa: S608 - names from the catalogue
            last = int(connection.scalar(text("SELECT max(seq) FROM event")) or 0) if "event" in names else 0
    finally:
        engine.dispose()
    if filled and not replace:
        raise RequestError([f"数据库 {name} 不是空的，须加 --replace · is not empty: give --replace"])
    return last if filled else None


def _fill(fresh: URL, dump: Path, manifest: Manifest) -> int:
    """Bring the dump into the new database and check it there; gives the number of its last event.

    Raises:
        RequestError: It does not restore, or its ledger is not that of the manifest.
    """
    url = fresh.render_as_string(hide_password=False)
    try:
        run_program(
            "pg_restore", url, "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction", str(dump)
        )
    except ServiceUnavailableError as error:
        raise RequestError([f"备份不能恢复 · the backup cannot be restored: {error}"]) from error
    engine = make_engine(url)
    try:
        if revision_of(engine) != newest():
            migrate(engine)
        with Session(engine) as session:
            checked = verify_ledger(session)
        with Session(engine) as session:
            there = session.scalar(text("SELECT hash FROM event WHERE seq = :seq"), {"seq": manifest.ledger_seq})
    finally:
        engine.dispose()
    if checked.fault is not None:
        raise RequestError(
            [f"备份中的台账已被改动 · its ledger was tampered with: {checked.fault.zh} {checked.fault.en}"]
        )
    if there != manifest.ledger_hash:
        raise RequestError(["备份中的台账与清单不符 · its ledger is not that of its manifest"])
    return checked.events


def _note(fresh: URL, manifest: Manifest, replaced: int | None, now: dt.datetime) -> None:
    """Tell of the restore in the ledger: what was lost with the earlier database is not hidden."""
    engine = make_engine(fresh.render_as_string(hide_password=False))
    try:
        with transaction(sessionmaker(engine)) as session:
            work = UnitOfWork(session, SYSTEM, now)
            made_at = manifest.made_at.isoformat()
            work.record("database_restored", made_at=made_at, up_to=manifest.ledger_seq, replaced_up_to=replaced)
    finally:
        engine.dispose()


def _bring_attachments(file: Path, folder: Path) -> int:
    """Lay attachments that are not there yet into their folder; those there are kept: they lie under their hash."""
    brought = 0
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, mode="r:") as tar:
        for member in tar:
            if not member.isfile() or not member.name.startswith(ATTACHMENTS):
                continue
            member.name = member.name.removeprefix(ATTACHMENTS)
            if not (folder / member.name).exists():
                tar.extract(member, folder, filter="data")
                brought += 1
    return brought


def _swap(maintenance: Engine, name: str, fresh: str, manifest: Manifest, *, keep: bool) -> str | None:
    """Put the new database in the old one's place in one transaction; the old one's new name if it is kept."""
    aside = f"{name}_before_{manifest.made_at:%Y%m%d}_{uuid.uuid4().hex[:8]}"
    with maintenance.connect().execution_options(isolation_level="READ COMMITTED") as connection:
        there = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if there:
            connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{aside}"'))
        connection.execute(text(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"'))
        connection.commit()
    if there and not keep:
        _execute(maintenance, f'DROP DATABASE "{aside}"')
    return aside if there and keep else None


def _execute(maintenance: Engine, statement: str) -> None:
    with maintenance.connect() as connection:
        connection.execute(text(statement))
