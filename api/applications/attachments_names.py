"""Names of uploaded files (附件名称): for people only, never a path; made harmless or refused."""

import re
import unicodedata
from typing import Final

from api.errors import FieldFault, InvalidError

LONGEST_NAME: Final = 120
LONGEST_ENDING: Final = 10
# Controls, format characters (right-to-left marks, zero width), surrogates, private and unassigned ones.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED_SIGNS: Final = re.compile(r'[<>:"|?*]')
# Windows takes these for devices, whatever their ending.
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)


def clean_name(given: str | None) -> str:
    """The last part of a name without what could mislead a person or a file system.

    Folders before the last slash or backslash, invisible characters, reserved signs and dots or blanks at either end
    go; a device's name gets a line before it; what is too long is cut before its ending.

    Raises:
        InvalidError: Nothing is left of it.
    """
    composed = unicodedata.normalize("NFC", _without_surrogates(given or ""))
    last = re.split(r"[/\\]", composed)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE)
    plain = re.sub(r"\s+", " ", _RESERVED_SIGNS.sub("_", visible)).strip(" .")
    if not plain:
        raise InvalidError([FieldFault("file", "文件没有可用的名称", "the file has no usable name")])
    if _DEVICES.fullmatch(plain.partition(".")[0].strip()):
        plain = f"_{plain}"
    return _shortened(plain)


def ending_of(name: str) -> str:
    """What follows the last dot, in lower case; empty without one."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    ending = ending_of(name)
    if not ending or len(ending) > LONGEST_ENDING:
        return name[:LONGEST_NAME].rstrip(" .")
    return f"{name[: LONGEST_NAME - len(ending) - 1].rstrip(' .')}.{ending}"
