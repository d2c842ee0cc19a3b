"""What the readers say of rows, in Chinese (读表理由的中文): by the table of `row_wording.yaml`, else as it is."""

import re
from functools import cache
from pathlib import Path

from rules.loading import read_yaml

FILE = Path(__file__).with_name("row_wording.yaml")
_LONGEST = 500


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), text) for pattern, text in read_yaml(FILE))


def in_chinese(reason: str) -> str:
    """A reader's reason in Chinese, part by part."""
    return "；".join(_part(part.strip()) for part in reason[:_LONGEST].split("; "))


def _part(part: str) -> str:
    place, colon, rest = part.rpartition(": ")
    for text, before in ((part, ""), (rest, f"{place}：") if colon else (part, "")):
        for pattern, words in _words():
            found = pattern.fullmatch(text)
            if found:
                return before + words.format(*(group or "" for group in found.groups()))
    return part
