"""Passwords (口令): argon2id, as the library's authors recommend it."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200  # a longer one would only cost time


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
