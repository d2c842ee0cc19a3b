"""What kind of file something is (文件种类): decided by its content, against a list of what is taken.

A file that could be read as two kinds at once (a picture with a zip behind it, a web page inside a picture) is refused:
another program might take it for the other one.
"""

import os
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

import puremagic
from pydantic import BaseModel, ConfigDict

from api.applications.attachments_names import ending_of
from api.errors import FieldFault, InvalidError, MediaTypeError
from rules.loading import read_yaml

FILE: Final = Path(__file__).with_name("attachments_kinds.yaml")
HEAD_BYTES: Final = 4096
TAIL_BYTES: Final = 2048
MAX_PARTS: Final = 5_000
_READERS_LOOK: Final = 1024  # PDF readers accept their mark, browsers guess types, within this many first bytes
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_ZIP: Final = b"PK\x03\x04"
_STARTS: Final = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
_MAIN_PARTS: Final = (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"))
_MARKUP: Final = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?php", b"<iframe", b"<body")


class FileKind(BaseModel):
    """A kind of file that is taken, and why (允许的文件种类)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title_zh: str
    media_type: str
    endings: tuple[str, ...]
    reason: str
    doubt: str


@cache
def file_kinds() -> Mapping[str, FileKind]:
    """All kinds taken, by id."""
    kinds = [FileKind.model_validate(row) for row in read_yaml(FILE)["kinds"]]
    return MappingProxyType({kind.id: kind for kind in kinds})


def recognise(file: BinaryIO, name: str) -> FileKind:
    """The kind of a file.

    Args:
        file: Its bytes, seekable; left at the beginning.
        name: Its cleaned name, whose ending has to agree.

    Raises:
        InvalidError: It is empty.
        MediaTypeError: A kind that is not taken, two kinds at once, cut off, or called something else.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise InvalidError([FieldFault("file", "文件是空的", "the file is empty")])
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read()
    found = _office_kind(file) if head.startswith(_ZIP) else _plain_kind(file, head, tail)
    file.seek(0)
    if found is None:
        raise _not_taken(head)
    kind = file_kinds()[found]
    if ending_of(name) not in kind.endings:
        endings = "、".join(f".{ending}" for ending in kind.endings)
        raise MediaTypeError(
            f"文件内容是{kind.title_zh}，名称应以{endings}结尾",
            f"the content is {kind.id}: the name should end in {endings}",
        )
    return kind


def _plain_kind(file: BinaryIO, head: bytes, tail: bytes) -> str | None:
    found = next((kind for start, kind in _STARTS if head.startswith(start)), None)
    if found is None:
        return None
    looked_at = head[len("%PDF-") : _READERS_LOOK].lower()
    has_zip = zipfile.is_zipfile(file)
    has_markup = found != "pdf" and any(sign in looked_at for sign in (*_MARKUP, b"%pdf-"))
    if has_zip or has_markup:
        raise MediaTypeError("文件夹带其他种类的内容，不予接收", "the file holds another kind of file inside")
    is_whole = {"pdf": b"%%EOF" in tail, "png": tail.endswith(_PNG_END), "jpeg": b"\xff\xd9" in tail}[found]
    if not is_whole:
        raise MediaTypeError("文件不完整或者尾部有多余内容", "the file is cut off or has something behind its end")
    return found


def _office_kind(file: BinaryIO) -> str | None:
    """Only the directory of the zip is read; nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {entry.filename for entry in archive.infolist()}
            is_odd = (
                bool(archive.comment) or len(archive.infolist()) > MAX_PARTS or len(names) != len(archive.infolist())
            )
            encrypted = any(entry.flag_bits & 1 for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return None
    found = [kind for part, kind in _MAIN_PARTS if part in names]
    if "[Content_Types].xml" not in names or len(found) != 1:
        return None
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise MediaTypeError("文件含有宏，请另存为不含宏的格式", "the file holds macros: save it without them")
    if is_odd or encrypted:
        raise MediaTypeError("文件结构异常或已加密", "the file is built oddly or encrypted")
    return found[0]


def _not_taken(head: bytes) -> MediaTypeError:
    taken = "、".join(kind.title_zh for kind in file_kinds().values())
    guessed = _guess(head)
    return MediaTypeError(
        f"不接收这种文件（{guessed or '未能识别'}）；可以上传：{taken}",
        f"this kind of file is not taken ({guessed or 'not recognised'}); taken are: {', '.join(file_kinds())}",
    )


def _guess(head: bytes) -> str:
    """What a library of signatures calls it, for the message only."""
    try:
        return puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
