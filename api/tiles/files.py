"""Made once, kept as files (成品缓存): tiles and letters, compressed, under names that change with their content."""

import gzip
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_LEVEL = 6


@dataclass(frozen=True)
class KeptFiles:
    """A folder of compressed files, in one folder for each key; folders of earlier keys are removed.

    Losing it loses nothing: what is not there is made again. What cannot be written is answered all the same.
    """

    folder: Path

    def get(self, key: str, name: str, make: Callable[[], bytes]) -> bytes:
        """The bytes under a name, compressed; made if they are not there. Empty content stays empty."""
        path = self.folder / key / name
        try:
            return path.read_bytes()
        except OSError:
            content = make()
        packed = gzip.compress(content, _LEVEL, mtime=0) if content else b""
        self._keep(path, key, packed)
        return packed

    def _keep(self, path: Path, key: str, packed: bytes) -> None:
        try:
            if not (self.folder / key).exists():
                self._forget_others(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(packed)
            Path(file.name).replace(path)
        except OSError:
            return

    def _forget_others(self, key: str) -> None:
        for other in self.folder.glob("*"):
            if other.name != key:
                shutil.rmtree(other, ignore_errors=True)
