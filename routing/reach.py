"""What can be reached over open arcs (可达性): the small search interface under reasons, changes and frontiers.

It knows arcs that are open or closed and the turn bans, no weights: whether a way exists is asked far oftener than how
long it takes. A faster core may replace it behind the same names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing._kernels import reach as kernel
from routing.graph import I32, U8, Bool
from routing.parts import Place
from routing.search import Prepared


@dataclass(frozen=True, eq=False)
class StateRoads:
    """A prepared network that can also be driven backwards (双向路网); made once for a network and its turn bans."""

    prepared: Prepared

    @cached_property
    def roads(self) -> kernel.Roads:
        """The arrays a kernel takes."""
        arcs, turns = self.prepared.graph.arcs, self.prepared.turns
        node = arcs.head[turns.state_arc]
        counts = np.bincount(node, minlength=self.prepared.graph.node_count)
        return kernel.Roads(
            arcs.first_out,
            arcs.tail,
            arcs.head,
            arcs.geometry,
            arcs.is_reversed,
            turns.state_arc,
            turns.first_row,
            turns.row_arc,
            turns.row_state,
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            np.argsort(node, kind="stable").astype(np.int32),
        )


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of one leg that may be used as they are (可用的起讫点).

    Attributes:
        sources: int32, arcs from whose end the leg may go on: the rest of the arc is open.
        targets: int32, arcs on which it may end: their first part is open.
        is_direct: Whether it may stay on one arc from start to end.
    """

    sources: I32
    targets: I32
    is_direct: bool = False

    @classmethod
    def of(cls, sources: Sequence[Place], targets: Sequence[Place], *, is_direct: bool = False) -> "Ends":
        """Keep the arcs of places."""
        return cls(_arcs_of(sources), _arcs_of(targets), is_direct)


@dataclass(frozen=True, slots=True, eq=False)
class Middle:
    """What lies between the part of the network a leg can leave and the part it must come into (受阻地带).

    Attributes:
        seen: uint8[states]: reached from the start (1), or on a closed arc next to it (2).
        edge: int32, the states of the second kind.
        goal: bool[states], states from whose end the leg's end can be reached over open arcs.
    """

    seen: U8
    edge: I32
    goal: Bool

    @property
    def is_open(self) -> bool:
        """Whether nothing lies between: a way over open arcs exists."""
        return bool(np.any(self.goal & (self.seen == kernel.SEEN)))


def _arcs_of(places: Sequence[Place]) -> I32:
    return np.array([place.arc for place in places], np.int32)


def connects(roads: StateRoads, is_open: Bool, ends: Ends) -> bool:
    """Tell whether open arcs lead from start to end.

    Args:
        roads: The network.
        is_open: bool[arcs], arcs that may be driven from end to end.
        ends: Where the leg begins and ends.
    """
    if ends.is_direct:
        return True
    return bool(kernel.connects(roads.roads, is_open, ends.sources, ends.targets))


def middle_of(roads: StateRoads, is_open: Bool, ends: Ends) -> Middle:
    """Spread from both ends over open arcs, once for all questions about one vehicle."""
    seen, edge = kernel.spread(roads.roads, is_open, ends.sources)
    goal = kernel.spread_back(roads.roads, is_open, ends.targets).view(np.bool_)
    return Middle(seen, edge, goal)
