"""Faults of permits as documents (通行证文书). A forged or revoked permit is a result, never one of these."""

from collections.abc import Sequence

from api.errors import RequestError


class PermitError(RequestError):
    """Base of every fault raised by this package; every fault is one line."""

    def __init__(self, faults: Sequence[str] | str) -> None:
        super().__init__([faults] if isinstance(faults, str) else faults)


class RecordError(PermitError):
    """Bytes or text that are no signed record of ours (不可识读)."""


class FutureVersionError(RecordError):
    """A record written by a later version of this program (版本过新)."""

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"record version {version} is newer than version {known}, which this program reads")
        self.version = version


class RecordTooLargeError(PermitError):
    """A permit whose record would not fit a QR code that can be read in print."""


class KeyFileError(PermitError):
    """A key file that is missing, broken, or readable by others (密钥文件)."""


class RevocationListError(PermitError):
    """A revocation list that cannot be read or whose signature is not right (撤销清单)."""


class PermitFileError(PermitError):
    """A settings, sheet or content file that does not have the expected form."""
