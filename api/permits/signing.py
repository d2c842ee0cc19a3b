"""With which key permits are signed (签发密钥的所在), once a process."""

from dataclasses import dataclass
from pathlib import Path

from api.permits.keys import SigningKey, TrustedKey, load_or_create_key, trusted_keys
from api.settings import service_settings


@dataclass(frozen=True, slots=True)
class Signing:
    """The folder of the issuing body's keys, and whether what is signed is a demonstration only."""

    folder: Path
    is_demo: bool = False

    def key(self) -> SigningKey:
        """The key that signs; made on first use."""
        return load_or_create_key(self.folder)

    def trusted(self) -> tuple[TrustedKey, ...]:
        """Public keys trusted here, our own first."""
        self.key()
        return trusted_keys(self.folder)


_signing: Signing | None = None


def use(signing: Signing | None) -> None:
    """Sign with another folder's key from now on; None goes back to the settings' one."""
    global _signing  # noqa: PLW0603 - one a process
    _signing = signing


def current() -> Signing:
    """What this process signs with."""
    settings = service_settings()
    return _signing or Signing(settings.keys_folder, is_demo=settings.demo)
