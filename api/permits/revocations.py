"""Revocation list (撤销清单): which permit numbers no longer hold, small enough to carry along, signed, with its age.

It holds digests, not numbers: who has the list alone learns nothing about other carriers' permits.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from api.permits.errors import RecordError, RevocationListError
from api.permits.keys import SIGNATURE_BYTES, SigningKey, TrustedKey, find_keys
from api.permits.record import KEY_ID_BYTES
from api.permits.wire import Reader, Writer
from api.permits.wording import Words

MAGIC = b"DJR"
VERSION = 1
PURPOSE = b"dajian revocation list\0"
NUMBER_PURPOSE = b"dajian permit number\0"
DIGEST_BYTES = 12
MAX_BYTES = 64 * 1024 * 1024

# The place is the code in the list: append only.
Reason = Literal["changed", "cancelled", "revoked"]
REASONS: tuple[Reason, ...] = get_args(Reason)
REASON_WORDS: Mapping[Reason, Words] = {
    "changed": Words("许可已变更，此份由新证取代", "the permit was changed; this issue is replaced"),
    "cancelled": Words("许可已注销", "the permit was cancelled"),
    "revoked": Words("许可已撤销", "the permit was revoked"),
}
Freshness = Literal["missing", "current", "outdated", "not_yet_issued"]


@dataclass(frozen=True, slots=True)
class Revocation:
    """One permit that no longer holds: all its issues up to and with a sequence."""

    number: str
    through_sequence: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list whose signature has been checked.

    Attributes:
        list_number: Counts the lists of one issuer.
        issued_at: Local time in China.
        next_update: When the next list is due; after it this one is outdated.
        entries: Last revoked sequence and reason, by digest of the number.
    """

    key_id: bytes
    list_number: int
    issued_at: dt.datetime
    next_update: dt.datetime
    entries: Mapping[bytes, tuple[int, Reason]]

    def find(self, number: str, sequence: int) -> Reason | None:
        """Why an issue of a permit no longer holds; None where the list does not name it."""
        through, reason = self.entries.get(digest_of(number), (0, "revoked"))
        return reason if sequence <= through else None

    def freshness(self, on: dt.date) -> Freshness:
        """How the list's age stands to a time; a bare date means its last minute."""
        moment = moment_of(on)
        if moment < self.issued_at:
            return "not_yet_issued"
        return "current" if moment <= self.next_update else "outdated"

    def age(self, on: dt.date) -> dt.timedelta:
        """Time since the list was issued."""
        return moment_of(on) - self.issued_at


def moment_of(on: dt.date) -> dt.datetime:
    """A time; a bare date is taken at its last minute, so that a list is never thought younger than it is."""
    return on if isinstance(on, dt.datetime) else dt.datetime.combine(on, dt.time(23, 59))


def digest_of(number: str) -> bytes:
    """Digest of a permit number as it stands in the list."""
    return hashlib.sha256(NUMBER_PURPOSE + number.encode()).digest()[:DIGEST_BYTES]


def make_revocation_list(
    revocations: Iterable[Revocation],
    key: SigningKey,
    *,
    list_number: int,
    issued_at: dt.datetime,
    next_update: dt.datetime,
) -> bytes:
    """Write and sign a list; the order of the revocations does not matter, the last sequence of a number wins.

    Raises:
        RevocationListError: The next update is not after the issue.
    """
    if next_update <= issued_at:
        raise RevocationListError(f"next_update {next_update} is not after issued_at {issued_at}")
    entries: dict[bytes, tuple[int, int]] = {}
    for one in revocations:
        digest, entry = digest_of(one.number), (one.through_sequence, REASONS.index(one.reason))
        entries[digest] = max(entry, entries.get(digest, entry))
    out = Writer()
    out.raw(bytes([VERSION]))
    out.raw(key.key_id)
    out.uint(list_number)
    out.minute(issued_at)
    out.minute(next_update)
    out.uint(len(entries))
    for digest in sorted(entries):
        through, reason = entries[digest]
        out.raw(digest)
        out.uint(through)
        out.uint(reason)
    body = bytes(out.bytes)
    return MAGIC + body + key.sign(PURPOSE + body)


def read_revocation_list(data: bytes, keys: Iterable[TrustedKey], *, source: str = "revocations") -> RevocationList:
    """Read a list and check its signature.

    Raises:
        RevocationListError: Not a list, written by a later version, signed by nobody trusted, or altered.
    """
    body, signature = data[len(MAGIC) : -SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    if not data.startswith(MAGIC) or len(body) <= KEY_ID_BYTES or len(data) > MAX_BYTES:
        raise RevocationListError(f"{source}: is not a revocation list")
    if body[0] != VERSION:
        raise RevocationListError(f"{source}: list version {body[0]}, this program reads version {VERSION}")
    known = find_keys(keys, body[1 : 1 + KEY_ID_BYTES])
    if not known:
        raise RevocationListError(f"{source}: signed with a key that is not trusted here ({body[1:9].hex()})")
    if not known[0].has_signed(signature, PURPOSE + body):
        raise RevocationListError(f"{source}: the signature does not fit: the list was altered or damaged")
    try:
        found = _read(body)
    except RecordError as error:
        raise RevocationListError(f"{source}: {error}") from error
    if not any(key.is_valid(found.issued_at.date()) for key in known):
        raise RevocationListError(f"{source}: its key was not valid on {found.issued_at.date()}")
    return found


def load_revocation_list(path: Path, keys: Iterable[TrustedKey]) -> RevocationList:
    """Read a list from a file.

    Raises:
        RevocationListError: It cannot be read, or as `read_revocation_list`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RevocationListError(f"{path}: cannot be read: {error.strerror or error}") from error
    return read_revocation_list(data, keys, source=str(path))


def _read(body: bytes) -> RevocationList:
    source = Reader(body)
    source.raw(1)
    key_id, list_number = source.raw(KEY_ID_BYTES), source.uint()
    issued_at, next_update = source.minute(), source.minute()
    entries: dict[bytes, tuple[int, Reason]] = {}
    before = b""
    for _ in range(source.uint()):
        digest, through, code = source.raw(DIGEST_BYTES), source.uint(), source.uint()
        if digest <= before or code >= len(REASONS):
            raise RecordError("its entries are not in order, or hold an unknown reason")
        entries[digest], before = (through, REASONS[code]), digest
    source.end()
    return RevocationList(key_id, list_number, issued_at, next_update, entries)
