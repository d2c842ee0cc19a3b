"""The network and closures that reviews are made on (审查所据路网与临时管制), opened once a process."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from api.cases.machine_review import Grounds
from api.errors import ServiceUnavailableError
from api.reviews.network import OpenNetwork
from api.settings import service_settings
from data.overlays import Overlay, load_overlay
from routing.errors import SnapshotError

OVERLAYS = "overlays"


@dataclass
class Source:
    """Opens a network folder when first asked, and reads closures again when their files change."""

    network_folder: Path
    overlay_folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _network: OpenNetwork | None = None
    _stamp: tuple[tuple[str, int], ...] | None = None
    _overlays: tuple[Overlay, ...] = ()

    def grounds(self) -> Grounds:
        """Network and overlays as they are now.

        Raises:
            ServiceUnavailableError: There is no network in the folder.
        """
        with self._lock:
            if self._network is None:
                try:
                    self._network = OpenNetwork.open(self.network_folder)
                except (SnapshotError, OSError) as error:
                    raise ServiceUnavailableError(f"no network in {self.network_folder}: {error}") from error
            files = sorted(self.overlay_folder.glob("*.geojson")) + sorted(self.overlay_folder.glob("*.csv"))
            stamp = tuple((str(file), file.stat().st_mtime_ns) for file in files)
            if stamp != self._stamp:
                self._overlays = tuple(load_overlay(file) for file in files)
                self._stamp = stamp
            return Grounds(self._network, self._overlays)


_source: Source | None = None


def use(source: Source | None) -> None:
    """Review on another source from now on; None goes back to the settings' one."""
    global _source  # noqa: PLW0603 - one a process
    _source = source


def current() -> Grounds:
    """What reviews of this process are made on."""
    settings = service_settings()
    if _source is None:
        use(Source(settings.network_folder, settings.var / OVERLAYS))
    assert _source is not None  # noqa: S101 - just set
    return _source.grounds()
