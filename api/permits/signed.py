"""Signed records as text (签名文本): `DJ1:` and Base32, which QR codes write compactly and nobody can mistype.

Base32 (RFC 4648, without padding) needs a tenth more room than Base45, but has no blanks and no signs that a shell, a
form or a web page would change, and comes with Python.
"""

import base64
import re

from api.permits.errors import RecordError
from api.permits.keys import SIGNATURE_BYTES, SigningKey
from api.permits.record import KEY_ID_BYTES, MAX_BODY_BYTES, PermitRecord, encode

PREFIX = "DJ1:"
# What is signed begins with its purpose: a revocation list can never pass as a permit.
PERMIT_PURPOSE = b"dajian permit record\0"
RECORD_TEXT = re.compile(r"DJ1:[A-Z2-7]+")
MAX_TEXT = len(PREFIX) + (MAX_BODY_BYTES + SIGNATURE_BYTES) * 8 // 5 + 1
_GROUP = 8


def sign_record(record: PermitRecord, key: SigningKey) -> str:
    """The signed record as text, ready for the QR code.

    Raises:
        RecordError: The record names another key, or does not fit.
    """
    if record.key_id != key.key_id:
        raise RecordError("the record names another key than the one that signs")
    body = encode(record)
    return to_text(body + key.sign(PERMIT_PURPOSE + body))


def to_text(signed: bytes) -> str:
    """Bytes as text."""
    return PREFIX + base64.b32encode(signed).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """Read the bytes of a text form; blanks around it are allowed.

    Raises:
        RecordError: It is not a text form, or not the one that `to_text` writes.
    """
    found = text.strip()
    if len(found) > MAX_TEXT or not RECORD_TEXT.fullmatch(found):
        raise RecordError(f"is not a permit record: {PREFIX} followed by letters and digits 2-7 is expected")
    letters = found.removeprefix(PREFIX)
    try:
        signed = base64.b32decode(letters + "=" * (-len(letters) % _GROUP))
    except ValueError as error:
        raise RecordError("is a permit record of which letters are missing") from error
    if to_text(signed) != found:
        raise RecordError("is a permit record with spare bits set")
    return signed


def split(signed: bytes) -> tuple[bytes, bytes, bytes]:
    """Body, signature and key id.

    Raises:
        RecordError: Too short to hold them.
    """
    body, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    if len(body) <= KEY_ID_BYTES:
        raise RecordError("is too short for a permit record")
    return body, signature, body[1 : 1 + KEY_ID_BYTES]
