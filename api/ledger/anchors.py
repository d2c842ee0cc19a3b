"""Anchors of the ledger (台账锚点): signed notes of number and hash, kept outside the database.

Who can write to the database can compute the whole chain anew; an anchor that was signed before then no longer fits.
Copies of the file on another machine make even its deletion show.
"""

import base64
import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api.db.tables import Event, LedgerHead
from api.errors import RequestError
from api.permits.keys import PRIVATE_FILE, SigningKey, TrustedKey, load_key, load_or_create_key, read_trusted_key
from api.settings import service_settings
from api.unit_of_work import UnitOfWork

FILE: Final = Path("ledger") / "anchors.jsonl"
KEY_FOLDER: Final = "ledger"
ANCHORED: Final = "ledger_anchored"
_DOMAIN: Final = b"dajian ledger anchor 1\n"
_START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed note (锚点).

    Attributes:
        seq: Number of the last event.
        hash: Its hash.
        at: When the note was made, ISO 8601 in UTC.
        previous: SHA-256 of the line before, so that none can be taken out of the middle.
        key_id: Hex id of the key that signed.
        signature: Ed25519 signature in base64.
    """

    seq: int
    hash: str
    at: str
    previous: str
    key_id: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _DOMAIN + json.dumps([self.seq, self.hash, self.at, self.previous, self.key_id]).encode()

    @property
    def line(self) -> str:
        """The line of the file."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def add_anchor(work: UnitOfWork, var: Path, keys: Path) -> Anchor | None:
    """Sign the ledger's present end and write it down, so that it survives a power cut.

    Args:
        work: Its transaction records that the anchor was made: a missing file shows.
        var: Folder of everything written.
        keys: Folder of signing keys.

    Returns:
        The anchor; None when nothing happened since the last one.

    Raises:
        RequestError: The file is damaged, or the key cannot be used.
    """
    head = work.session.get(LedgerHead, 1, populate_existing=True)
    if head is None:
        return None
    path = var / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = _whole_lines(file.read())
        file.truncate(sum(len(line) + 1 for line in lines))  # what a power cut left of a line
        known = [parse_anchor(line, path) for line in lines]
        if _is_anchored(work, head, known):
            return None
        anchor = _sign(load_or_create_key(keys / KEY_FOLDER), head, lines, work.now)
        file.seek(0, os.SEEK_END)
        file.write(anchor.line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    work.record(ANCHORED, seq=anchor.seq, hash=anchor.hash)
    return anchor


def anchor_ledger(work: UnitOfWork) -> None:
    """The periodic task (定时锚定)."""
    settings = service_settings()
    add_anchor(work, settings.var, settings.keys_folder)


def read_anchors(path: Path, keys: Sequence[TrustedKey]) -> list[Anchor]:
    """Read and check a file of anchors; none where there is no file.

    Raises:
        RequestError: A line is damaged, taken out, or not signed by a key that is trusted.
    """
    if not path.exists():
        return []
    lines = _whole_lines(path.read_bytes())
    found: list[Anchor] = []
    for number, line in enumerate(lines, start=1):
        anchor = parse_anchor(line, path, number)
        if anchor.previous != _hash(lines[number - 2] if number > 1 else b""):
            raise RequestError([f"{path}: 第{number}行之前缺少锚点 · an anchor before line {number} is gone"])
        signature = base64.b64decode(anchor.signature)
        if not any(key.key_id.hex() == anchor.key_id and key.has_signed(signature, anchor.message) for key in keys):
            raise RequestError([f"{path}: 第{number}行的签名不可信 · line {number} is not signed by a trusted key"])
        if found and anchor.seq < found[-1].seq:
            raise RequestError([f"{path}: 第{number}行的序号倒退 · line {number} goes back"])
        found.append(anchor)
    return found


def anchor_keys(keys: Path, more: Sequence[Path] = ()) -> list[TrustedKey]:
    """Keys whose anchors are trusted: our own, if there is one, and public key files that are named."""
    own = keys / KEY_FOLDER / PRIVATE_FILE
    found = [load_key(own).trusted("本机关 this office")] if own.exists() else []
    return [*found, *(read_trusted_key(file) for file in more)]


def parse_anchor(line: bytes, path: Path, number: int = 0) -> Anchor:
    """One line of the file.

    Raises:
        RequestError: It is none.
    """
    try:
        raw = json.loads(line)
        anchor = Anchor(**raw)
        base64.b64decode(anchor.signature, validate=True)
    except (ValueError, TypeError, RecursionError) as error:
        raise RequestError([f"{path}: 第{number}行损坏 · line {number} is damaged: {error}"]) from error
    if not isinstance(anchor.seq, int) or not all(
        isinstance(getattr(anchor, n), str) for n in ("hash", "at", "key_id")
    ):
        raise RequestError([f"{path}: 第{number}行损坏 · line {number} is damaged"])
    return anchor


def set_aside(var: Path, seq: int, now: dt.datetime) -> Path | None:
    """Put anchors beyond an event into a file of their own, after an earlier state was restored (恢复后另存).

    Returns:
        The file with all anchors there were; None where none was beyond.
    """
    path = var / FILE
    lines = _whole_lines(path.read_bytes()) if path.exists() else []
    kept = [line for line in lines if parse_anchor(line, path).seq <= seq]
    if len(kept) == len(lines):
        return None
    aside = path.with_name(f"anchors-before-restore-{now:%Y%m%dT%H%M%S}.jsonl")
    draft = path.with_suffix(".draft")
    draft.write_bytes(b"".join(line + b"\n" for line in kept))
    os.link(path, aside)
    draft.replace(path)
    _sync_folder(path.parent)
    return aside


def _is_anchored(work: UnitOfWork, head: LedgerHead, known: Sequence[Anchor]) -> bool:
    """Whether nothing but the note of the last anchor was written since."""
    if not known or known[-1].seq + 1 < head.seq:
        return False
    last = work.session.get(Event, head.seq)
    return known[-1].seq == head.seq or (last is not None and last.kind == ANCHORED)


def _sign(key: SigningKey, head: LedgerHead, lines: Sequence[bytes], now: dt.datetime) -> Anchor:
    at = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    unsigned = Anchor(head.seq, head.hash, at, _hash(lines[-1] if lines else b""), key.key_id.hex(), "")
    signature = base64.b64encode(key.private.sign(unsigned.message)).decode()
    return replace(unsigned, signature=signature)


def _whole_lines(content: bytes) -> list[bytes]:
    """Lines that were written to their end."""
    return content.split(b"\n")[:-1]


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else _START


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
