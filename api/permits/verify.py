"""Offline verification (离线核验): is this permit genuine, does it hold on that day? Nothing here asks a network."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from api.permits import verify_wording as words
from api.permits.content import PermitContent, hash_of, parse_content
from api.permits.errors import FutureVersionError, PermitFileError, RecordError
from api.permits.keys import TrustedKey, find_keys
from api.permits.pdf_seal import PDF_HEAD, PdfEvidence, is_sealed, read_pdf, seal_fits
from api.permits.record import VERSION, PermitRecord, decode
from api.permits.revocations import REASON_WORDS, Freshness, RevocationList
from api.permits.signed import PERMIT_PURPOSE, PREFIX, from_text, split
from api.permits.wording import Words

Outcome = Literal[
    "genuine", "tampered", "revoked", "expired", "not_yet_valid", "unknown_key", "awaiting_check", "unreadable"
]
Pages = Literal["sealed", "not_sealed", "no_pages"]
MAX_TEXT_INPUT = 100_000


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to one verification.

    Attributes:
        reasons: Why, worst first, and what the officer must still look at.
        record: What the QR code says; only ever present when its signature is right.
        content: All the permit says, where the file carries it and its digest fits.
        holder: Who signed.
        pages: Whether every byte of the file is under the seal.
        revocations: How old the revocation list is; "missing" where none was given.
        list_issued_at: When the list was issued, local time in China.
    """

    outcome: Outcome
    reasons: tuple[Words, ...]
    record: PermitRecord | None = None
    content: PermitContent | None = None
    holder: str | None = None
    pages: Pages = "no_pages"
    revocations: Freshness = "missing"
    list_issued_at: dt.datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "outcome": self.outcome,
            "outcome_zh": words.OUTCOME[self.outcome].zh,
            "reasons": [reason.zh for reason in self.reasons],
            "reasons_en": [reason.en for reason in self.reasons],
            "signed_by": self.holder,
            "pages": self.pages,
            "revocations": self.revocations,
            "revocations_issued_at": self.list_issued_at.isoformat() if self.list_issued_at else None,
            "fields": record_json(self.record) if self.record else None,
            "content": self.content.model_dump(mode="json") if self.content else None,
        }


class _Stop(Exception):  # noqa: N818 - ends a verification early, is no fault
    def __init__(self, outcome: Outcome, *reasons: Words) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome
        self.reasons = reasons


def verify(
    evidence: str | bytes, keys: Iterable[TrustedKey], *, revocations: RevocationList | None, on: dt.date
) -> Verification:
    """Verify the text of a QR code, a file with it, or our PDF.

    Args:
        evidence: Text, or the bytes of a file.
        keys: Public keys to be trusted.
        revocations: A list already checked; None is said in the reasons.
        on: Day, or day and time in local time, for which the answer holds.

    Returns:
        The outcome with reasons; never raises for anything the evidence may hold.
    """
    trusted = tuple(keys)
    try:
        found = _read(evidence)
        record, signers = _checked_record(found.record_texts, trusted)
        content = _checked_content(found, record)
        pages = _checked_pages(evidence, signers)
    except _Stop as stop:
        return Verification(stop.outcome, stop.reasons)
    outcome, reasons = _standing(record, revocations, on)
    freshness = revocations.freshness(on) if revocations else "missing"
    notes = [words.REVOCATIONS[freshness]] if freshness != "current" else []
    if pages == "not_sealed":
        notes.append(words.NOT_SEALED)
    if record.is_demo:
        notes.insert(0, words.DEMO)
    return Verification(
        outcome=outcome,
        reasons=(*reasons, *notes, words.COMPARE),
        record=record,
        content=content,
        holder=signers[0].holder,
        pages=pages,
        revocations=freshness,
        list_issued_at=revocations.issued_at if revocations else None,
    )


def record_json(record: PermitRecord) -> dict[str, Any]:
    """A record as plain JSON values, digests in hexadecimal."""
    plain: dict[str, Any] = {}
    for name, value in asdict(record).items():
        shown = value.hex() if isinstance(value, bytes) else value
        plain[name] = shown.isoformat() if isinstance(shown, dt.date) else shown
    return plain


def _read(evidence: str | bytes) -> PdfEvidence:
    if isinstance(evidence, bytes) and evidence.startswith(PDF_HEAD):
        try:
            found = read_pdf(evidence)
        except RecordError as error:
            raise _Stop("unreadable", words.unreadable(str(error))) from error
        if not found.record_texts:
            raise _Stop("unreadable", words.NO_RECORD)
        if len(found.record_texts) > 1:
            raise _Stop("unreadable", words.SEVERAL_RECORDS)
        return found
    if len(evidence) > MAX_TEXT_INPUT:
        raise _Stop("unreadable", words.NO_RECORD)
    text = evidence if isinstance(evidence, str) else evidence.decode("utf-8-sig", errors="replace")
    # A scanner may hand over an address that ends in the record.
    _, prefix, letters = text.rpartition(PREFIX)
    return PdfEvidence((prefix + letters,), ())


def _checked_record(texts: tuple[str, ...], keys: tuple[TrustedKey, ...]) -> tuple[PermitRecord, list[TrustedKey]]:
    """Check the signature first: nothing unsigned is ever interpreted or shown."""
    try:
        body, signature, key_id = split(from_text(texts[0]))
    except RecordError as error:
        raise _Stop("unreadable", words.unreadable(str(error))) from error
    if body[0] > VERSION:
        raise _Stop("unreadable", words.later_version(body[0]))
    known = find_keys(keys, key_id)
    if not known:
        raise _Stop("unknown_key", words.unknown_key(key_id.hex()))
    if not known[0].has_signed(signature, PERMIT_PURPOSE + body):
        raise _Stop("tampered", words.WRONG_SIGNATURE)
    try:
        record = decode(body)
    except FutureVersionError as error:
        raise _Stop("unreadable", words.later_version(error.version)) from error
    except RecordError as error:
        raise _Stop("unreadable", words.unreadable(str(error))) from error
    valid = [key for key in known if key.is_valid(record.issued_on)]
    if not valid:
        raise _Stop("unknown_key", words.key_not_valid(known[0].holder, record.issued_on))
    return record, valid


def _checked_content(found: PdfEvidence, record: PermitRecord) -> PermitContent | None:
    if not found.contents:
        return None
    fitting = [content for content in found.contents if hash_of(content) == record.content_hash]
    if not fitting or len(found.contents) > 1:
        raise _Stop("tampered", words.WRONG_CONTENT)
    try:
        return parse_content(fitting[0])
    except PermitFileError:
        return None  # signed, but by a program whose fields we do not know: the record still says enough


def _checked_pages(evidence: str | bytes, signers: list[TrustedKey]) -> Pages:
    if not (isinstance(evidence, bytes) and evidence.startswith(PDF_HEAD)):
        return "no_pages"
    if not is_sealed(evidence):
        return "not_sealed"
    if not seal_fits(evidence, signers):
        raise _Stop("tampered", words.WRONG_SEAL)
    return "sealed"


def _standing(
    record: PermitRecord, revocations: RevocationList | None, on: dt.date
) -> tuple[Outcome, tuple[Words, ...]]:
    """How a genuine permit stands on a day; the worst first."""
    day = on.date() if isinstance(on, dt.datetime) else on
    found: list[tuple[Outcome, Words]] = []
    listed = revocations.find(record.number, record.sequence) if revocations else None
    if listed is not None:
        found.append(("revoked", REASON_WORDS[listed]))
    if record.status in {"revoked", "changed"}:
        found.append(("revoked", words.STATUS_REVOKED if record.status == "revoked" else words.STATUS_CHANGED))
    if record.status == "expired" or day > record.valid_until:
        found.append(("expired", words.expired(record.valid_until, day)))
    if day < record.valid_from:
        found.append(("not_yet_valid", words.not_yet_valid(record.valid_from, day)))
    if record.status == "awaiting_check":
        found.append(("awaiting_check", words.AWAITING_CHECK))
    if not found:
        return "genuine", (words.genuine(record.valid_until),)
    return found[0][0], tuple(reason for _, reason in found)
