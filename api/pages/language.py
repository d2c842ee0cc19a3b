"""The words of the pages (页面文字): one catalogue, every entry in Chinese and English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from fastapi import Request

from rules.errors import RuleFileError
from rules.loading import read_yaml

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
COOKIE: Final = "dajian_lang"
FOLDER: Final = Path(__file__).with_name("messages")


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """Every message by its key: the file's name, a dot, the entry's name.

    Raises:
        RuleFileError: An entry lacks a language; every fault is named.
    """
    found: dict[str, Mapping[Language, str]] = {}
    faults: list[str] = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for name, entry in read_yaml(file).items():
            key = f"{file.stem}.{name}"
            if not isinstance(entry, dict) or set(entry) != set(LANGUAGES) or not all(entry.values()):
                faults.append(f"{key}: wanted zh and en, found {entry!r}")
            found[key] = entry
    if faults:
        raise RuleFileError(f"{FOLDER.name}: {'; '.join(faults)}")
    return MappingProxyType(found)


def say(language: Language, key: str, **values: object) -> str:
    """A message, with values where it has {names}.

    Raises:
        KeyError: There is no such message.
    """
    text = catalogue()[key][language]
    return text.format(**values) if values else text


def language_of(request: Request) -> Language:
    """The language a reader has chosen; Chinese if none."""
    chosen = request.cookies.get(COOKIE)
    return "en" if chosen == "en" else "zh"
