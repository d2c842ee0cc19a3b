"""Signing keys (签名密钥): one private key file of the issuing body, public keys to be trusted, with their periods."""

import base64
import datetime as dt
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import StringConstraints, ValidationError

from api.permits.errors import KeyFileError
from api.permits.parts import Strict, Text
from api.permits.record import KEY_ID_BYTES

PRIVATE_FILE = "permit_signing.pem"
TRUSTED_FOLDER = "trusted"
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class TrustedKey(Strict):
    """A public key and the days on which what it signed is trusted (可信公钥); None leaves an end open."""

    public_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    holder: Text
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    @property
    def key_id(self) -> bytes:
        """First bytes of the SHA-256 of the raw public key (密钥标识)."""
        return key_id_of(base64.b64decode(self.public_key))

    def is_valid(self, day: dt.date) -> bool:
        """Whether a signature of that day is trusted."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_until is None or day <= self.valid_until)

    def has_signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is right."""
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(self.public_key)).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def to_json(self) -> str:
        """The public key file; `key_id` is only for people."""
        values = {"key_id": self.key_id.hex(), **self.model_dump(mode="json")}
        return json.dumps(values, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key that signs permits and revocation lists."""

    private: Ed25519PrivateKey

    @property
    def key_id(self) -> bytes:
        """Id of the key, as it stands in what it signs."""
        return key_id_of(self._public_bytes())

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes; the same message always gets the same."""
        return self.private.sign(message)

    def trusted(
        self, holder: str, *, valid_from: dt.date | None = None, valid_until: dt.date | None = None
    ) -> TrustedKey:
        """The public half, to be handed out."""
        public = base64.b64encode(self._public_bytes()).decode()
        return TrustedKey(public_key=public, holder=holder, valid_from=valid_from, valid_until=valid_until)

    def _public_bytes(self) -> bytes:
        return self.private.public_key().public_bytes_raw()


def key_id_of(public_key: bytes) -> bytes:
    """Id of a raw public key."""
    return hashlib.sha256(public_key).digest()[:KEY_ID_BYTES]


def new_key() -> SigningKey:
    """A new key, kept nowhere."""
    return SigningKey(Ed25519PrivateKey.generate())


def load_or_create_key(folder: Path) -> SigningKey:
    """The signing key of a folder; made on first use, in a file that only its owner can read.

    Two processes that come at once get the same key.

    Raises:
        KeyFileError: The file cannot be written or read, is no key, or others may read it.
    """
    file = folder / PRIVATE_FILE
    if not file.exists():
        try:
            _create(file)
        except OSError as error:
            raise KeyFileError(f"{file}: cannot be written: {error.strerror or error}") from error
    return load_key(file)


def load_key(file: Path) -> SigningKey:
    """Read a private key file.

    Raises:
        KeyFileError: It cannot be read, is no Ed25519 key, or others may read it.
    """
    try:
        if file.stat().st_mode & _OTHERS:
            raise KeyFileError(f"{file}: others may read this private key; set its mode to 600")
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise KeyFileError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{file}: is not a private key in PEM form") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{file}: is not an Ed25519 key")
    return SigningKey(private)


def read_trusted_key(file: Path) -> TrustedKey:
    """Read a public key file.

    Raises:
        KeyFileError: It cannot be read or is no public key of ours; a wrong `key_id` in it is a fault too.
    """
    try:
        raw = json.loads(file.read_bytes())
        stated = raw.pop("key_id", None)
        key = TrustedKey.model_validate_json(json.dumps(raw))
    except OSError as error:
        raise KeyFileError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        faults = [f"{file}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise KeyFileError(faults) from error
    except (ValueError, AttributeError, RecursionError, TypeError) as error:
        raise KeyFileError(f"{file}: is not a public key file") from error
    if stated not in {None, key.key_id.hex()}:
        raise KeyFileError(f"{file}: key_id {stated} is not that of the public key ({key.key_id.hex()})")
    return key


def trusted_keys(folder: Path) -> tuple[TrustedKey, ...]:
    """Public keys trusted where nothing else is said: the folder's own, and the files under `trusted/`."""
    own = folder / PRIVATE_FILE
    found = [load_key(own).trusted("本机关 this office")] if own.exists() else []
    return (*found, *(read_trusted_key(file) for file in sorted((folder / TRUSTED_FOLDER).glob("*.json"))))


def find_keys(keys: Iterable[TrustedKey], key_id: bytes) -> tuple[TrustedKey, ...]:
    """Keys with an id; one key may be listed with several periods."""
    return tuple(key for key in keys if key.key_id == key_id)


def _create(file: Path) -> None:
    """Write a new key beside its place, then link it there: whoever comes second finds the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = new_key().private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle, draft = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # made with mode 600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        Path(draft).unlink(missing_ok=True)
