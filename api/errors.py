"""Faults of a request that no lower layer can name. None of them knows HTTP; api/http/problems.py maps them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field of what was sent (字段错误)."""

    field: str
    message_zh: str
    message_en: str


class RequestError(Exception):
    """A request that cannot be answered as asked; every fault is one line naming the option or field."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class ServiceError(Exception):
    """Root of the service's own faults: what went wrong in Chinese and English."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_zh} {message_en}")
        self.message_zh = message_zh
        self.message_en = message_en


class InvalidError(ServiceError):
    """Something sent is not what was asked for; all faults at once."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__("填报内容有误", "what was sent has faults")
        self.faults = tuple(faults)


class UnauthenticatedError(ServiceError):
    """Nobody is signed in, or the key is not known."""


class ForbiddenError(ServiceError):
    """The account may not do this."""


class NotFoundError(ServiceError):
    """There is no such thing, or the account may not know of it."""


class ConflictError(ServiceError):
    """The thing is not in a state in which this can be done."""

    def __init__(self, message_zh: str, message_en: str, reasons: Sequence[FieldFault] = ()) -> None:
        super().__init__(message_zh, message_en)
        self.reasons = tuple(reasons)


class StaleError(ServiceError):
    """Somebody else changed it meanwhile."""

    def __init__(self) -> None:
        super().__init__("内容已被他人更新，请刷新后重试", "somebody else changed it meanwhile: read it again")


class TooManyError(ServiceError):
    """Too often within a time."""

    def __init__(self, message_zh: str, message_en: str, retry_after_s: int) -> None:
        super().__init__(message_zh, message_en)
        self.retry_after_s = retry_after_s


class TooLargeError(ServiceError):
    """More bytes than are taken."""


class MediaTypeError(ServiceError):
    """A kind of file that is not taken."""


class ServiceUnavailableError(Exception):
    """Something the service needs is not there; the message says what."""
