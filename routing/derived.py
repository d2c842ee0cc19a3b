"""What follows from a network and the cost policy (派生列): made once, stored beside it, one copy for all processes.

Whatever is not stored, or stored for another policy, is made when it is asked for; answers are the same.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.graph import F64, I64, U8, RoadGraph
from routing.metric import TravelTimes
from routing.policy import CostPolicy
from routing.storage import load_part, save_part

PART = "derived"
COLUMNS = frozenset({"network", "cost", "duration_ms", "preferred_ms", "west", "south", "east", "north"})
Bounds = tuple[F64, F64, F64, F64]


@dataclass(frozen=True, slots=True)
class Derived:
    """Columns that follow from others.

    Attributes:
        cost: uint8[32], hash of the cost policy the times hold for.
        times: Travel times of all arcs.
        bounds: West, south, east, north of every geometry, in degrees.
    """

    cost: U8
    times: TravelTimes
    bounds: Bounds

    def times_under(self, cost: CostPolicy) -> TravelTimes | None:
        """Travel times, None if they were made under another policy."""
        return self.times if np.array_equal(self.cost, _digest_of(cost)) else None


def save_derived(graph: RoadGraph, cost: CostPolicy, folder: Path) -> None:
    """Put them into the folder of the network.

    Raises:
        SnapshotError: It is no network folder, or cannot be written.
    """
    times, (west, south, east, north) = TravelTimes.of(graph, cost), graph.geometry_bounds
    columns: dict[str, U8 | I64 | F64] = {
        "network": _network_of(graph),
        "cost": _digest_of(cost),
        "duration_ms": times.duration_ms,
        "preferred_ms": times.preferred_ms,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }
    save_part(folder, PART, columns)


def open_derived(folder: Path, graph: RoadGraph) -> Derived | None:
    """Open them memory-mapped; None if the folder has none, or those of another network or version.

    Raises:
        SnapshotError: Incomplete or damaged.
    """
    columns = load_part(folder, PART)
    if columns is None or set(columns) != COLUMNS or not np.array_equal(columns["network"], _network_of(graph)):
        return None
    times = TravelTimes(columns["duration_ms"], columns["preferred_ms"])
    return Derived(columns["cost"], times, (columns["west"], columns["south"], columns["east"], columns["north"]))


def _network_of(graph: RoadGraph) -> U8:
    return np.frombuffer(bytes.fromhex(graph.network_id.removeprefix("sha256:")), np.uint8)


def _digest_of(cost: CostPolicy) -> U8:
    """Hash of what travel times depend on."""
    speeds = sorted((int(code), value) for code, value in cost.speed_kmh.items())
    preferences = sorted((int(code), value) for code, value in cost.preference_permille.items())
    return np.frombuffer(hashlib.sha256(json.dumps([speeds, preferences]).encode()).digest(), np.uint8)
