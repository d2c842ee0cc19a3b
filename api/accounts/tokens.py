"""Tokens (令牌): random, given out once, stored as their hash alone."""

import hashlib
import hmac
import secrets


def new_token(prefix: str = "") -> str:
    """A token nobody can guess."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is stored of it; a random token needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def is_same(one: str, other: str) -> bool:
    """Whether two tokens are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
