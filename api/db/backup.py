"""Back up the database (备份): one file that proves itself.

The file is a tar: `manifest.json`, then `database.dump` in PostgreSQL's custom format, then, if asked for, the bytes of
the attachments. Signing keys and anchors are never in it. `api.db.restore` brings it back.
"""

import datetime as dt
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from api.db.engine import make_engine
from api.db.migrate import revision_of
from api.db.programs import run_program
from api.db.tables import LedgerHead
from api.errors import RequestError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
ATTACHMENTS: Final = "attachments/"
_CHUNK: Final = 1 << 20


class Manifest(BaseModel):
    """What a backup says of itself (备份清单)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    made_at: dt.datetime
    revision: str
    ledger_seq: int
    ledger_hash: str | None
    dump_bytes: int
    dump_sha256: str
    attachments: int | None


def back_up(url: str, file: Path, *, now: dt.datetime, attachments: Path | None = None) -> Manifest:
    """Write a backup, whole or not at all.

    Args:
        url: Of the database.
        file: To be written; an earlier one is replaced.
        now: Noted in it.
        attachments: Folder of the attachments' bytes; None leaves them out.

    Raises:
        ServiceUnavailableError: The programs are missing, or the database does not answer.
        RequestError: The file cannot be written.
    """
    file = file.resolve()
    with folder_near(file) as folder:
        dump = folder / DUMP
        # First what the ledger says, then the dump: it holds that event and perhaps later ones.
        revision, head = _state(url)
        run_program("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        files = _files_of(attachments) if attachments is not None else []
        manifest = Manifest(
            format=FORMAT,
            made_at=now,
            revision=revision,
            ledger_seq=head[0],
            ledger_hash=head[1],
            dump_bytes=dump.stat().st_size,
            dump_sha256=sha256_of(dump),
            attachments=None if attachments is None else len(files),
        )
        draft = folder / "backup.tar"
        _write(draft, manifest, dump, files)
        draft.replace(file)
    return manifest


def _state(url: str) -> tuple[str, tuple[int, str | None]]:
    """Revision and ledger head.

    Raises:
        RequestError: The database is empty.
    """
    engine = make_engine(url)
    try:
        revision = revision_of(engine)
        if revision is None:
            raise RequestError(["数据库是空的，没有可备份的内容 · the database is empty: nothing to back up"])
        with Session(engine) as session:
            head = session.get(LedgerHead, 1)
            return revision, (head.seq, head.hash) if head else (0, None)
    finally:
        engine.dispose()


def _files_of(folder: Path) -> list[tuple[str, Path]]:
    """Files below a folder with their names in the backup, sorted."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [(ATTACHMENTS + path.relative_to(folder).as_posix(), path) for path in found]


def _write(draft: Path, manifest: Manifest, dump: Path, files: Sequence[tuple[str, Path]]) -> None:
    content = (manifest.model_dump_json(indent=1) + "\n").encode()
    with draft.open("wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(content), 0o600
            tar.addfile(info, io.BytesIO(content))
            tar.add(dump, DUMP)
            for name, path in files:
                tar.add(path, name)
        out.flush()
        os.fsync(out.fileno())
    draft.chmod(0o600)


@contextmanager
def folder_near(file: Path) -> Iterator[Path]:
    """A folder for drafts on the same disk as a file, that nobody else can enter and that goes away.

    Raises:
        RequestError: The place cannot be written to.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".dajian-backup-", dir=file.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise RequestError([f"{file}: 不能写入 · cannot be written: {error.strerror or error}"]) from error


def sha256_of(file: Path) -> str:
    """SHA-256 of a file in hex, read in parts."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
