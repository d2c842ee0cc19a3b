"""Words: tables of them written as running text, and the plain form of a tag's word."""

from collections.abc import Mapping


def words(text: str) -> frozenset[str]:
    """The words of a text, parted by blanks."""
    return frozenset(text.split())


def read_word(tags: Mapping[str, str], key: str) -> str:
    """A tag's value without outer blanks, in lower case; "" if absent."""
    return tags.get(key, "").strip().lower()
