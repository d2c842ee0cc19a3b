"""Names of the counties that a network touches (区划名称), stored with it: a review need not read all areas."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from routing.graph import RoadGraph
from routing.storage import load_part, save_part

PART = "counties"


def save_county_names(graph: RoadGraph, names: Mapping[int, str], folder: Path) -> None:
    """Put the names of the network's counties into its folder.

    Args:
        graph: The network of the folder.
        names: Names by code; of what the network touches, those are kept.
        folder: Network folder.

    Raises:
        SnapshotError: It is no network folder, or cannot be written.
    """
    crossings = graph.border_crossings
    codes = np.unique(np.concatenate([graph.arcs.county_code, crossings.from_code, crossings.to_code]))
    known = {int(code): names[int(code)] for code in codes if int(code) in names}
    save_part(folder, PART, {"names": np.frombuffer(json.dumps(known).encode(), np.uint8)})


def open_county_names(folder: Path) -> Mapping[int, str] | None:
    """Names by code; None if the folder has none.

    Raises:
        SnapshotError: Incomplete or damaged.
    """
    columns = load_part(folder, PART)
    if columns is None:
        return None
    return {int(code): str(name) for code, name in json.loads(columns["names"].tobytes()).items()}
