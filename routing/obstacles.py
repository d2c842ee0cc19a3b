"""What stands in the way, thing by thing (障碍): a structure, a sign, a closure, a road, however many arcs it touches.

An obstacle is what one permission, one survey or one repair would settle. A check with a structure belongs to it; a
stated limit to the statement it comes from; a missing inventory to the road's number in its county; everything else to
the way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from routing._kernels import obstacles as kernel
from routing._kernels.widest import Statements
from routing.columns import ConditionState, Quantity, Verdict
from routing.explain import ACCESS_SOURCE, Check, acts_on, check_arc
from routing.graph import I32, I64, U8, Bool, RoadGraph
from routing.limits import Judge, Situation

Thing = tuple[str, object]
"""An obstacle by name: ("structure", row), ("source", text), ("road", (ref, county)) or ("way", number)."""

COUNT = 1 << 20  # weight of one obstacle; what stands below decides between sets of equally many
CLEARANCES = frozenset({Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH})
PAPER, CLOSURE, CLEARANCE = 1, 2, 3
SEVERITY = {
    quantity: CLEARANCE if quantity in CLEARANCES else CLOSURE if quantity is Quantity.CLOSURE else PAPER
    for quantity in Quantity
}
"""Which of two obstacles is worse (障碍轻重): a clearance cannot be argued with, a closure ends, a paper limit may be
allowed. Our own order, after the issue; it only ever decides between sets of equally many."""


@dataclass(frozen=True, eq=False)
class Places:
    """Ways and roads of a network as small numbers (路与路段编号); made once for a network."""

    graph: RoadGraph

    @cached_property
    def ways(self) -> tuple[I64, I32]:
        """Numbers of the ways, and of every arc which of them it is; a road without one counts by its line."""
        arcs = self.graph.arcs
        number = np.where(arcs.way_id != 0, arcs.way_id, -1 - arcs.geometry.astype(np.int64))
        found, of_arc = np.unique(number, return_inverse=True)
        return found, of_arc.astype(np.int32)

    @cached_property
    def roads(self) -> tuple[I64, I32]:
        """Route numbers by county, and of every arc which of them it is; a road without one counts by its way."""
        arcs = self.graph.arcs
        packed = (arcs.ref.astype(np.int64) << 32) | arcs.county_code
        number = np.where(arcs.ref > 0, packed, -1 - self.ways[1].astype(np.int64))
        found, of_arc = np.unique(number, return_inverse=True)
        return found, of_arc.astype(np.int32)

    def road_of(self, arc: int) -> tuple[object, ...]:
        """The road an arc belongs to, as an operator would name it."""
        arcs = self.graph.arcs
        if arcs.ref[arc]:
            return self.graph.strings[int(arcs.ref[arc])], int(arcs.county_code[arc])
        return ("", self.way_of(arc))

    def way_of(self, arc: int) -> int:
        """The way an arc belongs to, below 0 where the source has no number for it."""
        arcs = self.graph.arcs
        return int(arcs.way_id[arc]) or -1 - int(arcs.geometry[arc])


def thing_of(places: Places, arc: int, check: Check) -> Thing:
    """The obstacle that a check on an arc belongs to."""
    if check.quantity is Quantity.COVERAGE:
        return "road", places.road_of(arc)
    if check.structure >= 0:
        return "structure", check.structure
    if check.source and check.source != ACCESS_SOURCE:
        return "source", check.source
    return "way", places.way_of(arc)


@dataclass(frozen=True, eq=False)
class Obstacles:
    """The obstacles of every arc whose verdict is `wanted` (障碍表).

    Attributes:
        wanted: Verdict of the checks meant: BLOCKED for what blocks, UNKNOWN for what is not known.
        first: int64[arcs + 1], where each arc's obstacles begin.
        items: int32, obstacles by number, grouped by arc.
        weight: int64, weight of every obstacle.
        names: Which number stands for what.
    """

    places: Places
    wanted: Verdict
    first: I64
    items: I32
    weight: I64
    names: "Numbers"

    @cached_property
    def may_return(self) -> Bool:
        """Obstacles on more than one line of road, bool[obstacles]: a way may meet them, leave them and meet them."""
        arcs = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        line = self.places.graph.arcs.geometry[arcs]
        lowest = np.full(len(self.weight), np.iinfo(np.int32).max, np.int32)
        highest = np.full(len(self.weight), -1, np.int32)
        np.minimum.at(lowest, self.items, line)
        np.maximum.at(highest, self.items, line)
        return np.asarray((highest >= 0) & (lowest < highest))

    def of_arc(self, arc: int) -> list[int]:
        """Obstacles of one arc."""
        found: list[int] = self.items[self.first[arc] : self.first[arc + 1]].tolist()
        return found

    def number_of(self, arc: int, thing: Thing) -> int:
        """Number of an obstacle that has a check on an arc."""
        return self.names.number(arc, thing)

    def thing(self, number: int) -> Thing:
        """Name of an obstacle."""
        return self.names.thing(number)

    def opened_by(self, items: Iterable[int]) -> Bool:
        """Arcs all of whose obstacles are among these, bool[arcs]; arcs without obstacles are not."""
        allowed = np.zeros(len(self.weight), np.bool_)
        allowed[list(items)] = True
        shut = np.zeros(len(self.items) + 1, np.int64)
        np.cumsum(~allowed[self.items], out=shut[1:])
        return np.asarray((np.diff(self.first) > 0) & (shut[self.first[1:]] == shut[self.first[:-1]]))


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers of obstacles: structures, then texts, ways, roads, then texts of overlays."""

    places: Places
    overlay: tuple[str, ...]

    @property
    def starts(self) -> tuple[int, int, int, int, int]:
        """Where each kind begins, and the end."""
        graph = self.places.graph
        sizes = (len(graph.structures.key), len(graph.strings), len(self.places.ways[0]), len(self.places.roads[0]))
        first, second, third, fourth = accumulate(sizes)
        return first, second, third, fourth, fourth + len(self.overlay)

    def number(self, arc: int, thing: Thing) -> int:
        """Number of a thing on an arc."""
        kind, name = thing
        texts, ways, roads, overlay, _ = self.starts
        if kind == "structure":
            return int(str(name))
        if kind == "way":
            return ways + int(self.places.ways[1][arc])
        if kind == "road":
            return roads + int(self.places.roads[1][arc])
        if name in self.overlay:
            return overlay + self.overlay.index(str(name))
        rows, strings = self.places.graph.limits, self.places.graph.strings
        sources: list[int] = rows.source[rows.first_out[arc] : rows.first_out[arc + 1]].tolist()
        return texts + next(source for source in sources if strings[source] == name)

    def thing(self, number: int) -> Thing:
        """The thing with a number."""
        graph = self.places.graph
        texts, ways, roads, overlay, _ = self.starts
        if number < texts:
            return "structure", number
        if number < ways:
            return "source", graph.strings[number - texts]
        if number < roads:
            return "way", int(self.places.ways[0][number - ways])
        if number < overlay:
            packed = int(self.places.roads[0][number - roads])
            if packed >= 0:
                return "road", (graph.strings[packed >> 32], packed & 0xFFFFFFFF)
            return "road", ("", int(self.places.ways[0][-1 - packed]))
        return "source", self.overlay[number - overlay]


def statements_of(graph: RoadGraph, judge: Judge, situation: Situation) -> Statements:
    """The network as the kernels of reasons take it."""
    arcs, rows = graph.arcs, graph.limits
    return Statements(
        arcs.flags,
        arcs.technical_grade,
        situation.access,
        arcs.lane_width_mm,
        arcs.carriageway_mm,
        arcs.width_basis,
        arcs.coverage,
        rows.first_out,
        rows.quantity,
        rows.state,
        rows.value,
        rows.scope,
        rows.condition,
        situation.condition_state,
        judge.assumed_of_grade,
        judge.access_verdict,
    )


@dataclass(frozen=True, slots=True)
class Judging:
    """One vehicle in one situation on one network, judged (判定结果): all that reasons are drawn from."""

    places: Places
    judge: Judge
    situation: Situation
    verdicts: U8

    @property
    def graph(self) -> RoadGraph:
        """The network."""
        return self.places.graph

    def checks_on(self, arc: int, from_mm: int, to_mm: int) -> list[Check]:
        """Every check that acts on a part of an arc."""
        found = check_arc(self.graph, self.judge, self.situation, arc)
        return [check for check in found if acts_on(check, from_mm, to_mm)]


def obstacles_of(judging: Judging, wanted: Verdict) -> Obstacles:
    """Collect the obstacles of all arcs whose verdict is `wanted`.

    Args:
        judging: The judged network.
        wanted: UNKNOWN or BLOCKED.
    """
    overlay = tuple(sorted(set(judging.situation.extra.source)))
    names = Numbers(judging.places, overlay)
    parts = [_own(judging, wanted, names), _overlays(judging, wanted, names), _bridges(judging, wanted)]
    arc, item, severity = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    weight = np.zeros(names.starts[-1], np.int64)
    np.maximum.at(weight, item, COUNT + severity)
    order = np.lexsort((item, arc))
    arc, item = arc[order], item[order]
    if len(arc):
        fresh = np.concatenate(([True], (arc[1:] != arc[:-1]) | (item[1:] != item[:-1])))
        arc, item = arc[fresh], item[fresh]
    counts = np.bincount(arc, minlength=judging.graph.arc_count)
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Obstacles(judging.places, wanted, first, item.astype(np.int32), weight, names)


Rows = tuple[I32, I64, I64]
SEVERITIES: I64 = np.array([SEVERITY[quantity] for quantity in Quantity], np.int64)


def _own(judging: Judging, wanted: Verdict, names: Numbers) -> Rows:
    graph, judge = judging.graph, judging.judge
    arc, quantity, _, structure, source = kernel.statements_at(
        statements_of(graph, judge, judging.situation),
        judge.load,
        judge.thresholds,
        judging.verdicts,
        int(wanted),
        graph.limits.structure,
        graph.limits.source,
    )
    texts, ways, roads, _, _ = names.starts
    item = np.where(source > 0, texts + source.astype(np.int64), ways + judging.places.ways[1][arc])
    item = np.where(structure >= 0, structure, item)
    is_coverage = quantity == Quantity.COVERAGE
    if is_coverage.any():
        item = np.where(is_coverage, roads + judging.places.roads[1][arc], item)
    return arc, item.astype(np.int64), SEVERITIES[quantity]


def _overlays(judging: Judging, wanted: Verdict, names: Numbers) -> Rows:
    extra = judging.situation.extra
    arcs, items, severities = [], [], []
    is_open = extra.condition_state != ConditionState.INACTIVE
    for arc in np.unique(extra.arc[is_open & (judging.verdicts[extra.arc] == wanted)]).tolist():
        for check in judging.checks_on(arc, 0, int(judging.graph.arcs.length_mm[arc])):
            if check.verdict is wanted and check.source in names.overlay:
                arcs.append(arc)
                items.append(names.number(arc, thing_of(judging.places, arc, check)))
                severities.append(SEVERITY[check.quantity])
    return np.array(arcs, np.int32), np.array(items, np.int64), np.array(severities, np.int64)


def _bridges(judging: Judging, wanted: Verdict) -> Rows:
    graph = judging.graph
    arc, bridge = graph.arc_bridges.arc, graph.arc_bridges.bridge
    meant = (judging.situation.bridge_verdict[bridge] == wanted) & (judging.verdicts[arc] == wanted)
    item = graph.bridges.structure[bridge[meant]].astype(np.int64)
    return arc[meant], item, np.full(len(item), SEVERITY[Quantity.BRIDGE_EFFECT], np.int64)


def things_on(judging: Judging, obstacles: Obstacles, arc: int, from_mm: int, to_mm: int) -> Sequence[int] | None:
    """Obstacles of a part of an arc, by number; None if the part is worse than what is wanted."""
    checks = judging.checks_on(arc, from_mm, to_mm)
    if any(check.verdict > obstacles.wanted for check in checks):
        return None
    meant = [check for check in checks if check.verdict is obstacles.wanted]
    return sorted({obstacles.number_of(arc, thing_of(judging.places, arc, check)) for check in meant})
