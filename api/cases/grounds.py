"""The network and closures that reviews are made on (审查所据路网与临时管制), the same in every process of the service.

They begin with the folders the service was started with. What offices publish stands in the database: one row says
which network is in use and counts the changes of closures. It is asked whenever somebody wants the grounds, over a
connection of its own, so that nobody who holds one of the pool's has to wait for a second.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from api.cases.machine_review import Grounds
from api.db import engine as process
from api.errors import ServiceUnavailableError
from api.holdings.building import published_folder
from api.holdings.in_force import overlays_of, state_of
from api.reviews.network import OpenNetwork
from api.settings import service_settings
from data.overlays import Overlay, load_overlay
from routing.errors import SnapshotError

OVERLAYS: Final = "overlays"
_NONE_READ: Final = -1


@dataclass
class Source:
    """Opens networks when they are first asked for, and reads closures again when they have changed.

    Attributes:
        network_folder: The network the service was started with.
        overlay_folder: Files of closures beside those that offices publish.
        database: Where it stands what offices have published; None: nowhere.
        published: Folder of the networks with published data; None: beside the base's.
    """

    network_folder: Path
    overlay_folder: Path
    database: Engine | None = None
    published: Path | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _networks: dict[Path, OpenNetwork] = field(default_factory=dict)
    _stamp: tuple[tuple[str, int], ...] | None = None
    _overlays: tuple[Overlay, ...] = ()
    _closures_version: int = _NONE_READ
    _closures: tuple[Overlay, ...] = ()

    @property
    def published_folder(self) -> Path:
        """Folder of the networks with published data."""
        return self.published or self.network_folder.parent / "published"

    def grounds(self) -> Grounds:
        """Network and closures as they are now.

        Raises:
            ServiceUnavailableError: There is no network in the folder.
        """
        with self._lock:
            base = self._open(self.network_folder)
            folder = self._ask()
            network = base if folder is None else self._open(self.published_folder / folder)
            keep = {self.network_folder, self.published_folder / folder} if folder else {self.network_folder}
            self._networks = {path: one for path, one in self._networks.items() if path in keep}
            return Grounds(network, (*self._files(), *self._closures))

    def base_network(self) -> OpenNetwork:
        """The network the service was started with.

        Raises:
            ServiceUnavailableError: There is none.
        """
        with self._lock:
            return self._open(self.network_folder)

    def _open(self, folder: Path) -> OpenNetwork:
        if folder not in self._networks:
            try:
                self._networks[folder] = OpenNetwork.open(folder)
            except (SnapshotError, OSError) as error:
                raise ServiceUnavailableError(f"no network in {folder}: {error}") from error
        return self._networks[folder]

    def _ask(self) -> str | None:
        """The folder of the network in use, None for the base; closures are read where they have changed."""
        if self.database is None:
            return None
        with Session(self.database) as session:
            state = state_of(session)
            if state is None:
                return None
            if state.closures_version != self._closures_version:
                self._closures, self._closures_version = overlays_of(session), state.closures_version
            return state.folder

    def _files(self) -> tuple[Overlay, ...]:
        files = sorted(self.overlay_folder.glob("*.geojson")) + sorted(self.overlay_folder.glob("*.csv"))
        stamp = tuple((str(file), file.stat().st_mtime_ns) for file in files)
        if stamp != self._stamp:
            self._overlays = tuple(load_overlay(file) for file in files)
            self._stamp = stamp
        return self._overlays


_source: Source | None = None
_is_chosen = False


def use(source: Source | None) -> None:
    """Review on another source from now on; None goes back to the settings' one."""
    global _source, _is_chosen
    _source, _is_chosen = source, source is not None


def current() -> Grounds:
    """What reviews of this process are made on."""
    return _current_source().grounds()


def base_network() -> OpenNetwork:
    """The network the service was started with."""
    return _current_source().base_network()


def base_folder() -> Path:
    """Folder of the network the service was started with."""
    return _current_source().network_folder


def published() -> Path:
    """Folder of the networks with published data."""
    return _current_source().published_folder


def _current_source() -> Source:
    global _source  # noqa: PLW0603 - one a process
    if _source is None:
        settings = service_settings()
        _source = Source(settings.network_folder, settings.var / OVERLAYS, published=published_folder(settings.var))
    if not _is_chosen and _source.database is None and process.engine.cache_info().currsize:
        _source.database = create_engine(process.database_url(), pool_size=1, max_overflow=0, pool_pre_ping=True)
    return _source
