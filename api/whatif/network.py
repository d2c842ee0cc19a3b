"""The network that the service reviews on (服务路网): opened once a process, again when it was built anew."""

import threading
from pathlib import Path
from typing import Final

import numpy as np

from api.errors import ServiceUnavailableError
from api.reviews.network import OpenNetwork
from api.settings import ServiceSettings
from routing.errors import SnapshotError
from routing.storage import MANIFEST

_DIVISIONS_A_PROVINCE: Final = 10_000
_LOCK: Final = threading.Lock()
_OPEN: Final[dict[Path, tuple[int, OpenNetwork]]] = {}


def service_network(settings: ServiceSettings) -> OpenNetwork:
    """The network of the settings' folder, shared by all threads.

    Raises:
        ServiceUnavailableError: The folder is missing or damaged.
    """
    folder = settings.network_folder.resolve()
    with _LOCK:
        try:
            stamp = (folder / MANIFEST).stat().st_mtime_ns
            known = _OPEN.get(folder)
            if known is None or known[0] != stamp:
                known = _OPEN[folder] = (stamp, OpenNetwork.open(folder))
        except (OSError, SnapshotError) as error:
            raise ServiceUnavailableError(
                f"路网未就绪 · there is no network to review on in {folder}: {error}"
            ) from error
        return known[1]


def province_of(network: OpenNetwork) -> str | None:
    """The province in which most of a network lies: first two digits of its code; None where none is known."""
    codes = network.graph.arcs.county_code
    provinces, counts = np.unique(codes[codes > 0] // _DIVISIONS_A_PROVINCE, return_counts=True)
    return f"{int(provinces[np.argmax(counts)]):02d}" if len(provinces) else None
