"""Texts of a network, each kept once (文字表)."""

from typing import Self

import numpy as np

from data.ragged import offsets
from routing.graph import I32, Strings


class TextTable:
    """Collects texts; the number of a text is the order in which it first came, and "" is 0."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {"": 0}

    @classmethod
    def of(cls, strings: Strings) -> Self:
        """Go on with a network's texts; their numbers stay."""
        table = cls()
        table._rows = {strings[row]: row for row in range(len(strings))}
        return table

    def add(self, text: str) -> int:
        """Return the number of a text, adding it if it is new."""
        return self._rows.setdefault(text, len(self._rows))

    def add_all(self, texts: list[str]) -> I32:
        """Return the numbers of several texts, int32."""
        return np.array([self.add(text) for text in texts], dtype=np.int32)

    def to_strings(self) -> Strings:
        """Build the network's table."""
        encoded = [text.encode("utf-8") for text in self._rows]
        first = offsets(np.array([len(text) for text in encoded], dtype=np.int64))
        return Strings(first, np.frombuffer(b"".join(encoded), dtype=np.uint8).copy())
