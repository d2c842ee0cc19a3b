"""Where the bytes of attachments lie (附件存储): under their hash, behind an interface.

What was acknowledged is on the disk: bytes are written to a temporary file, synced, and then given their place in one
step; a place once taken is never written again. Bytes that no attachment speaks of, left by a crash in the moment
between the two, stay where they are: deleting them could race with somebody uploading the same bytes.
"""

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from api.errors import ServiceUnavailableError, TooLargeError

CHUNK_BYTES = 1 << 16
_OURS_ALONE = 0o600


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that have come in and have no place yet (已接收未入库).

    Attributes:
        sha256: Hash of all bytes, hexadecimal.
        size_bytes: How many.
        file: The bytes, open for reading.
        name: Of the temporary file, for the storage alone.
    """

    sha256: str
    size_bytes: int
    file: BinaryIO
    name: str


class Storage(Protocol):
    """Keeps bytes by their hash."""

    def receive(self, source: BinaryIO, largest_bytes: int) -> Received:
        """Take in bytes, hashing them on the way.

        Raises:
            TooLargeError: More than the given number; nothing is left behind.
        """

    def keep(self, received: Received) -> None:
        """Give received bytes their place, for good; bytes already there are left as they are."""

    def discard(self, received: Received) -> None:
        """Forget received bytes; harmless after `keep`."""

    def open(self, sha256: str) -> BinaryIO:
        """Open kept bytes.

        Raises:
            ServiceUnavailableError: They are not there.
        """

    def clear_unfinished(self, before_s: float) -> int:
        """Remove temporary files last written before a moment, in seconds since 1970, and say how many."""


class LocalStorage:
    """A folder on this machine (本机目录)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _incoming(self) -> Path:
        return self.folder / "incoming"

    def receive(self, source: BinaryIO, largest_bytes: int) -> Received:
        """Take in bytes, hashing them on the way."""
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._incoming / f"{uuid.uuid4().hex}.part"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OURS_ALONE)
        file = os.fdopen(descriptor, "w+b")
        try:
            sha256, size = _copy(source, file, largest_bytes)
        except BaseException:
            file.close()
            path.unlink(missing_ok=True)
            raise
        file.seek(0)
        return Received(sha256, size, file, path.name)

    def keep(self, received: Received) -> None:
        """Give received bytes their place, for good."""
        received.file.flush()
        os.fsync(received.file.fileno())
        place = self._place(received.sha256)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.link(self._incoming / received.name, place)  # unlike a rename it replaces nothing
        # Also when the place was taken: its writer may not have come to this line yet.
        for folder in (place.parent, place.parent.parent, self.folder):
            _sync_folder(folder)
        self.discard(received)

    def discard(self, received: Received) -> None:
        """Forget received bytes."""
        received.file.close()
        (self._incoming / received.name).unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """Open kept bytes."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError as error:
            raise ServiceUnavailableError(f"the bytes of attachment {sha256} are missing from the storage") from error

    def clear_unfinished(self, before_s: float) -> int:
        """Remove temporary files last written before a moment."""
        old = [path for path in self._incoming.glob("*.part") if path.stat().st_mtime < before_s]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file piece by piece; it is closed afterwards."""
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _copy(source: BinaryIO, target: BinaryIO, largest_bytes: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    while chunk := source.read(CHUNK_BYTES):
        size += len(chunk)
        if size > largest_bytes:
            megabytes = f"{largest_bytes / 1_000_000:g}"
            raise TooLargeError(f"附件超过{megabytes} MB", f"larger than {megabytes} MB")
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
