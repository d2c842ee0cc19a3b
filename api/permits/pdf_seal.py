"""Seal of a PDF file (文件封印) and a small reader of what our PDF files carry.

The record travels in the file's keywords and as an attachment, the full contents as another. A last line after the
end of the PDF holds a signature over every byte before it, so that an altered page is noticed as long as the file is
passed on as it was issued. Programs that save the file anew drop that line; the record inside stays.
"""

import base64
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.permits.errors import RecordError
from api.permits.keys import SigningKey, TrustedKey
from api.permits.signed import MAX_TEXT, RECORD_TEXT

PDF_HEAD = b"%PDF-"
SEAL_PURPOSE = b"dajian permit file\0"
SEAL = re.compile(rb"%DJF1:([A-Z2-7]{103})\n\Z")
MAX_FILE = 50 * 1024 * 1024
MAX_STREAM = 16 * 1024 * 1024
MAX_INFLATED = 64 * 1024 * 1024
_PAD = b"="
_STREAM = re.compile(rb"stream\r?\n")
_CONTENT_MARK = b'"format":"dajian-permit/'
_RECORD_BYTES = re.compile(RECORD_TEXT.pattern.encode())


@dataclass(frozen=True, slots=True)
class PdfEvidence:
    """What a PDF file carries: texts of records, contents as JSON, both each once."""

    record_texts: tuple[str, ...]
    contents: tuple[bytes, ...]


def seal_pdf(pdf: bytes, key: SigningKey) -> bytes:
    """Append the signature over the whole file; same file, same seal."""
    letters = base64.b32encode(key.sign(SEAL_PURPOSE + pdf)).rstrip(_PAD)
    return pdf + b"%DJF1:" + letters + b"\n"


def is_sealed(data: bytes) -> bool:
    """Whether a file ends with a seal, right or wrong."""
    return SEAL.search(data) is not None


def seal_fits(data: bytes, keys: Sequence[TrustedKey]) -> bool:
    """Whether the seal is right under one of the keys."""
    found = SEAL.search(data)
    if found is None:
        return False
    letters = found.group(1)
    signature = base64.b32decode(letters + _PAD)
    if base64.b32encode(signature).rstrip(_PAD) != letters:
        return False
    return any(key.has_signed(signature, SEAL_PURPOSE + data[: found.start()]) for key in keys)


def read_pdf(data: bytes) -> PdfEvidence:
    """Find records and contents in a PDF file, also in one that another program saved anew.

    Raises:
        RecordError: Too large, or its streams blow up when read.
    """
    if len(data) > MAX_FILE:
        raise RecordError(f"file of {len(data)} bytes, at most {MAX_FILE} are read")
    texts: dict[str, None] = {}
    contents: dict[bytes, None] = {}
    for part in (data, *_streams(data)):
        for found in _RECORD_BYTES.findall(part):
            if len(found) <= MAX_TEXT:
                texts[found.decode()] = None
        stripped = part.strip() if part is not data else b""
        if stripped.startswith(b"{") and _CONTENT_MARK in stripped:
            contents[stripped] = None
    return PdfEvidence(tuple(texts), tuple(contents))


def _streams(data: bytes) -> Iterator[bytes]:
    """Streams as they stand, and inflated where they are deflated."""
    budget = MAX_INFLATED
    for begin in _STREAM.finditer(data):
        if data[max(begin.start() - 3, 0) : begin.start()] == b"end":
            continue
        end = data.find(b"endstream", begin.end())
        if end < 0:
            return
        raw = data[begin.end() : end]
        yield raw
        try:
            inflated = zlib.decompressobj().decompress(raw, MAX_STREAM)
        except zlib.error:
            continue
        budget -= len(inflated)
        if budget < 0:
            raise RecordError("its streams hold more than a permit would")
        yield inflated
