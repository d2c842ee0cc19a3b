"""Passwords (口令): argon2id, as the library's authors recommend it, and what a new one must be like."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.errors import FieldFault, InvalidError

SHORTEST: Final = 10
LONGEST: Final = 200  # a longer one would only cost time
_FEWEST_CHARACTERS: Final = 5  # different ones: refuses aaaaaaaaaa and 1212121212
# The ones tried first everywhere; length and variety refuse the rest of such lists.
_COMMON: Final = ("password", "qwertyuiop", "1234567890", "0123456789", "9876543210", "abcdefghij", "administrator")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _no_password() -> str:
    return _hasher().hash("no account has this password")


def hash_password(password: str) -> str:
    """The hash to store."""
    return _hasher().hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one; takes as long for an account that does not exist or has none."""
    try:
        _hasher().verify(password_hash or _no_password(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _hasher().check_needs_rehash(password_hash)


def check_new_password(password: str, login: str, field: str = "password") -> None:
    """Refuse a password that is soon guessed (口令规则): length and variety, as advised instead of character classes.

    Args:
        password: As chosen.
        login: Of the account; it may not stand in the password.
        field: What the fault is named after.

    Raises:
        InvalidError: Every rule that is broken.
    """
    lowered = password.lower()
    faults = []
    if not SHORTEST <= len(password) <= LONGEST:
        faults.append((f"口令须为{SHORTEST}至{LONGEST}个字符", f"{SHORTEST} to {LONGEST} characters"))
    if len(set(lowered)) < _FEWEST_CHARACTERS:
        faults.append(
            (f"口令至少含{_FEWEST_CHARACTERS}个不同字符", f"at least {_FEWEST_CHARACTERS} different characters")
        )
    if login.lower() in lowered:
        faults.append(("口令不得包含登录名", "the login may not be part of it"))
    if any(word in lowered for word in _COMMON):
        faults.append(("口令过于常见", "too common a password"))
    if not password.isprintable():
        faults.append(("口令含有不可见字符", "it has characters that cannot be seen"))
    if faults:
        raise InvalidError([FieldFault(field, zh, en) for zh, en in faults])
