"""Vehicles that differ in one quantity, from least to most (车货阶梯), and the largest of them that gets through.

An arc that bears a vehicle bears every smaller one, so it has a highest rung, and the answer for a trip is the way
whose lowest rung is highest. One search tells it; no vehicle is reviewed to find it.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from routing._kernels import verdict as judging_kernel
from routing._kernels import widest as kernel
from routing._kernels.reach import UNSEEN
from routing.columns import ConditionState, LimitState, Quantity, Verdict
from routing.explain import acts_on, check_arc
from routing.graph import I32, I64, Bool
from routing.limits import Judge, under_condition
from routing.obstacles import Judging, statements_of
from routing.parts import Place
from routing.policy import Policy
from routing.reach import Ends, Middle, StateRoads, middle_of

ANY_RUNG = np.iinfo(np.int32).max
FIELD_OF = {Quantity.HEIGHT: "height_mm", Quantity.WIDTH: "width_mm", Quantity.LENGTH: "length_mm"}


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """One quantity's values and the vehicles they make.

    Attributes:
        values: Rising, in mm or kg.
        loads: int64[rungs, 7], the numbers of `verdict.Load` for each value; none of them falls.
        bridge_rungs: int32[bridges], highest rung that each bridge bears, -1 for none; None: bridges do not depend on
            the quantity.
    """

    values: tuple[int, ...]
    loads: I64
    bridge_rungs: I32 | None = None


def size_ladder(judge: Judge, quantity: Quantity, values: Sequence[int]) -> Ladder:
    """A ladder of height, width or length; nothing else of the vehicle changes."""
    loads = np.tile(np.array(judge.load, np.int64), (len(values), 1))
    loads[:, judge.load._fields.index(FIELD_OF[quantity])] = values
    return Ladder(tuple(values), loads)


def limits_that_matter(judging: Judging, policy: Policy, quantity: Quantity) -> list[int]:
    """Values of height, width or length at which some verdict of the network may change, rising.

    Every check compares with one of them, so the largest vehicle that gets through has one of these values, unless
    nothing holds it back.
    """
    graph, extra = judging.graph, judging.situation.extra
    rows = graph.limits
    is_meant = (rows.quantity == quantity) & (rows.state == LimitState.NUMBER)
    is_extra = (extra.quantity == quantity) & (extra.state == LimitState.NUMBER)
    found = {*np.unique(rows.value[is_meant]).tolist(), *np.unique(extra.value[is_extra]).tolist()}
    if quantity is Quantity.HEIGHT:
        height = policy.height
        found |= {height.legal_mm, height.below_default_mm, height.open_road_passes_mm, height.open_road_conditional_mm}
        found |= {clearance - height.assumed_margin_mm for clearance in height.assumed_clearance_mm.values()}
    elif quantity is Quantity.WIDTH:
        found |= {policy.legal_width_mm, *_present(graph.arcs.lane_width_mm), *_present(graph.arcs.carriageway_mm)}
    else:
        found |= {policy.legal_length_mm}
    return sorted(value for value in found if value > 0)


def _present(values: I32) -> list[int]:
    """Different values of a column of small numbers, faster than sorting it."""
    found: list[int] = np.flatnonzero(np.bincount(np.maximum(values, 0))).tolist()
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """A judged network and the legs of one trip (受审行程).

    Attributes:
        roads: The network, prepared.
        judging: The vehicle's verdicts.
        stops: Places of start, via points and end.
        worst: Worst verdict that still counts as a way.
        middles: One a leg, what is reached with the vehicle as it is; empty: nothing is known beforehand.
    """

    roads: StateRoads
    judging: Judging
    stops: tuple[tuple[Place, ...], ...]
    worst: Verdict
    middles: tuple[Middle, ...] = ()

    def explored(self) -> "Trip":
        """The same trip with the network explored once for the vehicle as it is.

        Every ladder asked about after this must have the vehicle on its highest rung.
        """
        is_open = np.asarray(self.judging.verdicts <= self.worst)
        return replace(self, middles=tuple(self._middle(is_open, *leg) for leg in pairwise(self.stops)))

    def _middle(self, is_open: Bool, here: Sequence[Place], there: Sequence[Place]) -> Middle:
        lengths = self.judging.graph.arcs.length_mm
        starts = [p for p in here if self._is_open(p.arc, p.at_mm, int(lengths[p.arc]))]
        ends = [p for p in there if self._is_open(p.arc, 0, p.at_mm)]
        return middle_of(self.roads, is_open, Ends.of(starts, ends))

    def _is_open(self, arc: int, from_mm: int, to_mm: int) -> bool:
        checks = self.judging.checks_on(arc, from_mm, to_mm)
        return all(check.verdict <= self.worst for check in checks)


def highest_rung(trip: Trip, ladder: Ladder) -> int:
    """Find the highest rung of a ladder whose vehicle has a way through all legs of a trip.

    Args:
        trip: The trip; its vehicle matters only in what the ladder does not change.
        ladder: Values and vehicles.

    Returns:
        The rung, -1 if not even the lowest has a way.
    """
    search = _Search.of(trip, ladder)
    rung = len(ladder.values) - 1
    for number, (here, there) in enumerate(pairwise(trip.stops)):
        rung = min(rung, search.leg(here, there, trip.middles[number] if trip.middles else None))
    return rung


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A ladder on one judged network."""

    trip: Trip
    ladder: Ladder
    cap: I32

    @classmethod
    def of(cls, trip: Trip, ladder: Ladder) -> "_Search":
        """Find what overlays and bridges bear."""
        judging, graph = trip.judging, trip.judging.graph
        cap = np.full(graph.arc_count, ANY_RUNG, np.int32)
        rungs = ladder.bridge_rungs
        if rungs is None:
            borne = judging.situation.bridge_verdict <= trip.worst
            rungs = np.where(borne, ANY_RUNG, kernel.NO_RUNG).astype(np.int32)
        np.minimum.at(cap, graph.arc_bridges.arc, rungs[graph.arc_bridges.bridge])
        extra = judging.situation.extra
        for row in np.flatnonzero(extra.condition_state != ConditionState.INACTIVE).tolist():
            arc = int(extra.arc[row])
            cap[arc] = min(int(cap[arc]), cls._rung_of_row(trip, ladder, row))
        return cls(trip, ladder, cap)

    @staticmethod
    def _rung_of_row(trip: Trip, ladder: Ladder, row: int) -> int:
        judging, extra = trip.judging, trip.judging.situation.extra
        arcs, arc, judge = judging.graph.arcs, int(extra.arc[row]), judging.judge
        grade = int(arcs.technical_grade[arc])

        def is_borne(rung: int) -> bool:
            verdict, _, _ = judging_kernel.judge_row(
                int(extra.quantity[row]),
                int(extra.state[row]),
                int(extra.value[row]),
                int(extra.scope[row]),
                int(arcs.flags[arc]),
                int(judge.assumed_of_grade[grade]),
                judge.access_verdict,
                _load(ladder, rung),
                judge.thresholds,
            )
            return under_condition(int(verdict), int(extra.condition_state[row])) <= trip.worst

        return _highest(is_borne, len(ladder.values))

    def leg(self, here: Sequence[Place], there: Sequence[Place], middle: Middle | None) -> int:
        """Highest rung of one leg."""
        lengths = self.trip.judging.graph.arcs.length_mm
        starts = [(p.arc, self._part(p.arc, p.at_mm, int(lengths[p.arc]))) for p in here]
        ends = [(p.arc, self._part(p.arc, 0, p.at_mm)) for p in there]
        on_one_arc = [
            self._part(one.arc, one.at_mm, other.at_mm)
            for one in here
            for other in there
            if one.arc == other.arc and one.at_mm <= other.at_mm
        ]
        states = len(self.trip.roads.roads.state_arc)
        if middle is None:
            middle = Middle(np.full(states, UNSEEN, np.uint8), np.empty(0, np.int32), np.zeros(states, np.bool_))
        rung = kernel.widest(
            self.trip.roads.roads,
            statements_of(self.trip.judging.graph, self.trip.judging.judge, self.trip.judging.situation),
            self.trip.judging.judge.thresholds,
            self.ladder.loads,
            self.cap,
            int(self.trip.worst),
            middle.seen,
            np.array([arc for arc, _ in starts], np.int32),
            np.array([own for _, own in starts], np.int32),
            middle.edge,
            middle.goal,
            np.array([arc for arc, _ in ends], np.int32),
            np.array([own for _, own in ends], np.int32),
            self.trip.roads.prepared.state_bits,
        )
        return max([int(rung), *on_one_arc])

    def _part(self, arc: int, from_mm: int, to_mm: int) -> int:
        """Highest rung that a part of an arc bears."""
        judging, rungs = self.trip.judging, self.ladder.bridge_rungs

        def is_borne(rung: int) -> bool:
            judge = replace(judging.judge, load=_load(self.ladder, rung))
            situation = judging.situation
            if rungs is not None:
                verdicts = np.where(rungs >= rung, Verdict.PASSES, Verdict.BLOCKED).astype(np.uint8)
                situation = replace(situation, bridge_verdict=verdicts)
            checks = check_arc(judging.graph, judge, situation, arc)
            return all(check.verdict <= self.trip.worst for check in checks if acts_on(check, from_mm, to_mm))

        return _highest(is_borne, len(self.ladder.values))


def _load(ladder: Ladder, rung: int) -> judging_kernel.Load:
    return judging_kernel.Load(*(int(number) for number in ladder.loads[rung]))


def _highest(holds: Callable[[int], bool], count: int) -> int:
    """Highest number below `count` for which something holds that holds for all below it too; -1 if for none."""
    return bisect_right(range(count), 0, key=lambda number: 0 if holds(number) else 1) - 1
