"""What a draft may hold (草稿内容): any JSON object that can be kept and shown again exactly as typed."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.errors import FieldFault, InvalidError, TooLargeError

MAX_CONTENT_BYTES: Final = 4_000_000  # a drawn route of the form's longest kind takes some 2 MB
MAX_DEPTH: Final = 30  # the form itself goes seven levels deep
MAX_KEY_CHARACTERS: Final = 100
MAX_INTEGER_DIGITS: Final = 30
_LARGEST: Final = 10**MAX_INTEGER_DIGITS
Json = dict[str, Any]


def check_content(content: Mapping[str, Any]) -> None:
    """Refuse what cannot be kept: too deep, too large, or values that no JSON column or page can hold.

    Raises:
        InvalidError: NUL or half characters, numbers without bounds, too deep, too long names; the first of each kind.
        TooLargeError: More than `MAX_CONTENT_BYTES`.
    """
    faults = {fault.message_en: fault for fault in _faults(content)}
    if faults:
        raise InvalidError(list(faults.values()))
    if len(canonical(content)) > MAX_CONTENT_BYTES:
        raise TooLargeError("草稿内容过大", "the draft holds too much")


def canonical(content: object) -> bytes:
    """One spelling of JSON values: sorted names, no blanks, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def hash_of(content: object) -> str:
    """SHA-256 of the one spelling, hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _faults(content: Mapping[str, Any]) -> Iterator[FieldFault]:
    """Without recursion: what is too deep for Python must not get deeper than this."""
    waiting: list[tuple[str, object, int]] = [("content", content, 1)]
    while waiting:
        place, value, depth = waiting.pop()
        if isinstance(value, dict | list) and depth > MAX_DEPTH:
            yield FieldFault(place, f"嵌套超过{MAX_DEPTH}层", f"nested deeper than {MAX_DEPTH}")
        elif isinstance(value, dict):
            yield from (fault for key in value for fault in _key_faults(place, key))
            waiting += [(f"{place}.{_shown(key)}", part, depth + 1) for key, part in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{place}.{number}", part, depth + 1) for number, part in enumerate(value)]
        elif not _can_be_kept(value):
            yield FieldFault(place, "含有不能保存的字符或数值", "a character or number that cannot be kept")


def _key_faults(place: str, key: str) -> Iterator[FieldFault]:
    if len(key) > MAX_KEY_CHARACTERS:
        yield FieldFault(place, f"字段名超过{MAX_KEY_CHARACTERS}个字符", "a name of a field is too long")
    if not _can_be_kept(key):
        yield FieldFault(place, "字段名含有不能保存的字符", "a name of a field holds a character that cannot be kept")


def _can_be_kept(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) < _LARGEST


def _shown(key: str) -> str:
    """A name fit for a message."""
    return "".join(c if c.isprintable() else "?" for c in key[:40])
