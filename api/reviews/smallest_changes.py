"""The smallest changes of a load that yield a route (最小调整), each proved: it passes, and one step less does not.

Values are found by one search on the network for each quantity (`routing.ladders`) and then asked about as a review
asks; where the search and the review differ, because the change also changes class, hours or earlier answers about
bridges, the review decides and the value is found by asking it more often. A suggested change is advice about the load.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from api.reviews.case import Case
from api.reviews.load_changes import LoadChange, layouts, reductions
from api.reviews.request import profile_of
from api.reviews.trials import Trials, best_verdict
from routing.columns import Quantity, Verdict
from routing.graph import I32
from routing.ladders import Ladder, Trip, highest_rung, limits_that_matter, size_ladder
from routing.limits import Judge
from routing.smallest_change import largest_passing, raise_each, staircase

SIZES = {"height": Quantity.HEIGHT, "width": Quantity.WIDTH, "length": Quantity.LENGTH}
MASSES = {"gross_mass", "axle_load"}
MASS_QUANTITIES = (Quantity.GROSS_MASS, Quantity.AXLE_LOAD, Quantity.AXLE_GROUP, Quantity.TRIDEM)
PAIRED = ("height", "width", "length", "gross_mass")
ROOM = 3  # rounding of single axles moves a value by so much at most


@dataclass(frozen=True, slots=True)
class Change:
    """A change that yields a route (可行的调整).

    Attributes:
        values: New values by what is changed.
        verdict: Of the best route with them.
        kind: "single", "pair" or "joint".
    """

    values: Mapping[LoadChange, int]
    verdict: Verdict
    kind: str


@dataclass(frozen=True, eq=False)
class Changes:
    """Searches for changes of one refused load."""

    case: Case
    trials: Trials
    reductions: tuple[LoadChange, ...]

    @classmethod
    def of(cls, case: Case) -> "Changes":
        """Prepare the search; the network is explored when a ladder is first asked about."""
        found = tuple(one for one in reductions(case.request.vehicle, case.request.reasons) if one.least < one.now)
        return cls(case, Trials(case), found)

    def all(self) -> list[Change]:
        """Single changes; pairs; where neither is enough, one change of all that is needed together.

        For a blocked load without a single change that makes it pass, also what leaves only unknown things in the way.
        """
        singles = self.singles()
        pairs = self.pairs(singles)
        joint = [] if singles or pairs else self.joint()
        return [*singles, *pairs, *joint, *([] if singles else self.no_longer_blocked())]

    def no_longer_blocked(self) -> list[Change]:
        """Single changes of a blocked load with which nothing known stands in the way; their verdict is unknown."""
        if not self.reductions or best_verdict(self.case) is not Verdict.BLOCKED:
            return []
        return Changes(self.case, replace(self.trials, worst=Verdict.UNKNOWN), self.reductions).singles()

    def singles(self) -> list[Change]:
        """Smallest change of each quantity by itself."""
        found = []
        is_mass_in_the_way = False
        for change in self.reductions:
            value = self.most(change, {}, change.now - 1)
            if value is not None:
                found.append(self._change({change: value}, "single"))
                is_mass_in_the_way = is_mass_in_the_way or change.quantity in MASSES
        if is_mass_in_the_way:
            found += self._layouts()
        return found

    def _layouts(self) -> list[Change]:
        """More axle lines, or lines farther apart: tried one by one, since more lines are heavier and longer too."""
        found = []
        for change, values in layouts(self.case.request.vehicle, self.case.request.reasons):
            value = next((value for value in values if self.trials.passes({change: value})), None)
            if value is not None:
                found.append(self._change({change: value}, "single"))
        return found

    def pairs(self, singles: Sequence[Change]) -> list[Change]:
        """Changes of two quantities of which neither needs to go as far as alone; none has both larger than another."""
        found = []
        alone = {change: value for one in singles for change, value in one.values.items()}
        candidates = [change for change in self.reductions if change.quantity in PAIRED]
        for first, second in combinations(candidates, 2):
            if self.trials.count >= self.case.request.reasons.max_trials:
                break
            found += self._pairs_of(first, second, alone)
        return found

    def _pairs_of(self, first: LoadChange, second: LoadChange, alone: Mapping[LoadChange, int]) -> list[Change]:
        if first in alone and second in alone and not self._is_trade_off(first, second, alone):
            return []
        least_first, least_second = alone.get(first, first.least - 1) + 1, alone.get(second, second.least - 1) + 1
        if least_first >= first.now or least_second >= second.now:
            return []
        corners = staircase(
            first.now - 1,
            least_second,
            lambda value: self.most(first, {second: value}, first.now - 1, least_first),
            lambda value: self.most(second, {first: value}, second.now - 1, least_second),
        )
        kept = corners[: self.case.request.reasons.max_pairs]
        return [self._change({first: one, second: other}, "pair") for one, other in kept]

    def _is_trade_off(self, first: LoadChange, second: LoadChange, alone: Mapping[LoadChange, int]) -> bool:
        """Whether any pair beats both single changes: then the one just less than both must pass for some pair."""
        return self.most(first, {second: alone[second] + 1}, first.now - 1, alone[first] + 1) is not None

    def joint(self) -> list[Change]:
        """One change of several quantities together; each is as large as the others let it be."""
        meant = [change for change in self.reductions if change.quantity in PAIRED]
        lowest = [change.least for change in meant]
        if not meant or not self.trials.passes(dict(zip(meant, lowest, strict=True))):
            return []

        def most(place: int, values: tuple[int, ...]) -> int | None:
            others = {change: value for change, value in zip(meant, values, strict=True) if change is not meant[place]}
            return self.most(meant[place], _changed(others), meant[place].now)

        found = raise_each(lowest, most, range(len(meant)))
        return [self._change(_changed(dict(zip(meant, found, strict=True))), "joint")]

    def _change(self, values: Mapping[LoadChange, int], kind: str) -> Change:
        return Change(values, self.trials.verdict(values), kind)

    def most(
        self, change: LoadChange, others: Mapping[LoadChange, int], high: int, low: int | None = None
    ) -> int | None:
        """Largest value of one quantity that passes beside others; asked about on both sides."""
        lowest = change.least if low is None else low
        if lowest > high:
            return None

        def passes(value: int) -> bool:
            return self.trials.passes({**others, change: value})

        guess = self._guess(change, others, lowest, high)
        return largest_passing(passes, lowest, high, guess)

    def _guess(self, change: LoadChange, others: Mapping[LoadChange, int], low: int, high: int) -> int:
        """Where the largest value is likely to be, by one search on the network."""
        base = self.trials.case_of(others) if others else self.case
        ladder = ladder_of(base, change, low, high, self.trials.worst)
        if base.matched is not None:
            rung = self._rung_on_line(change, others, ladder.values)
        else:
            middles = self._explored.middles if base.roads is self.case.roads else ()
            trip = Trip(base.roads, base.judging, base.trip.places, self.trials.worst, middles)
            rung = highest_rung(trip, ladder)
        return min(ladder.values[rung], high) if rung >= 0 else low

    @cached_property
    def _explored(self) -> Trip:
        """What the vehicle as it is reaches; every smaller one reaches it too."""
        return Trip(self.case.roads, self.case.judging, self.case.trip.places, self.trials.worst).explored()

    def _rung_on_line(self, change: LoadChange, others: Mapping[LoadChange, int], values: Sequence[int]) -> int:
        """Highest value that passes on a given line: there is nothing to search, so it is asked by halving."""

        def passes(rung: int) -> bool:
            return self.trials.passes({**others, change: values[rung]})

        found = largest_passing(passes, 0, len(values) - 1, 0)
        return -1 if found is None else found


def _changed(values: Mapping[LoadChange, int]) -> dict[LoadChange, int]:
    return {change: value for change, value in values.items() if value != change.now}


def ladder_of(case: Case, change: LoadChange, low: int, high: int, worst: Verdict) -> Ladder:
    """The values of one quantity that matter on a network, from `low` to `high`, and the vehicles they make."""
    if change.quantity in SIZES:
        quantity = SIZES[change.quantity]
        limits = limits_that_matter(case.judging, case.request.policy, quantity)
        values = sorted({low, high, *(value for value in limits if low <= value <= high)})
        return size_ladder(case.reviewer.judge, quantity, values)
    return _mass_ladder(case, change, low, high, worst)


def _mass_ladder(case: Case, change: LoadChange, low: int, high: int, worst: Verdict) -> Ladder:
    """Masses by which limits, the law's mass and bridges are met; what bridges bear is taken in proportion."""
    vehicle = case.request.vehicle
    borne = _borne_by_bridges(case, change, worst)
    values = {low, high, *(int(value) for value in np.unique(borne) if low <= value <= high)}
    for limit in _mass_limits(case):
        values |= {value for value in _values_at(case, change, limit) if low <= value <= high}
    ordered = sorted(values)
    loads = [
        Judge.of(profile_of(change.apply(vehicle, value), on=case.request.day), case.request.policy).load
        for value in ordered
    ]
    rungs = np.searchsorted(np.array(ordered, np.int64), borne, side="right").astype(np.int32) - 1
    return Ladder(tuple(ordered), np.array(loads, np.int64).reshape(-1, 7), rungs.astype(np.int32))


def _mass_limits(case: Case) -> list[int]:
    rows, extra = case.network.graph.limits, case.situation.extra
    stated = rows.value[np.isin(rows.quantity, MASS_QUANTITIES) & (rows.value > 0)]
    beside = extra.value[np.isin(extra.quantity, MASS_QUANTITIES)]
    thresholds = case.reviewer.judge.thresholds
    legal = (
        thresholds.legal_mass_kg,
        thresholds.legal_axle_load_kg,
        thresholds.legal_axle_group_kg,
        thresholds.legal_tridem_kg,
    )
    return sorted({*np.unique(stated).tolist(), *np.unique(beside).tolist(), *legal})


def _values_at(case: Case, change: LoadChange, limit: int) -> set[int]:
    """Values of a change at which one of the vehicle's masses comes to a limit, with room for rounding."""
    load = case.reviewer.judge.load
    found = set()
    for mass in (load.gross_mass_kg, load.axle_load_kg, load.axle_group_kg, load.tridem_kg):
        if mass > limit:
            at = ((limit + 1) * change.now - 1) // mass
            found |= set(range(at - ROOM, at + ROOM + 1))
    return found | {limit}


def _borne_by_bridges(case: Case, change: LoadChange, worst: Verdict) -> I32:
    """Largest value of a change that each bridge bears, int32[bridges]; what it bears now it bears always."""
    bridges = case.network.bridges(case.request.policy)
    masses = bridges.bearable(
        case.request.vehicle,
        case.bridges,
        on=case.request.day,
        legal_mass_kg=case.reviewer.judge.thresholds.legal_mass_kg,
        worst=worst,
    )
    if change.quantity == "gross_mass":
        return masses
    scaled = masses.astype(np.int64) * change.now // case.request.vehicle.gross_mass_kg
    return np.minimum(scaled, np.iinfo(np.int32).max).astype(np.int32)


def changes_json(changes: Sequence[Change], case: Case, trials: Trials) -> list[dict[str, Any]]:
    """Changes as the exchange format has them; the smallest number of changed quantities first."""
    return [_change_json(change, case, trials) for change in changes]


def _change_json(change: Change, case: Case, trials: Trials) -> dict[str, Any]:
    ordered = sorted(change.values, key=lambda one: one.quantity)
    vehicle, now = trials.vehicle(change.values), case.request.vehicle
    follows = {
        name: (getattr(now, f"{name}_{unit}"), getattr(vehicle, f"{name}_{unit}"), unit)
        for name, unit in (("length", "mm"), ("gross_mass", "kg"))
        if name not in {one.quantity for one in ordered}
    }
    return {
        "kind": change.kind,
        "changes": [
            {"quantity": one.quantity, "from": one.now, "to": change.values[one], "unit": one.unit} for one in ordered
        ],
        "follows": [
            {"quantity": name, "from": before, "to": after, "unit": unit}
            for name, (before, after, unit) in follows.items()
            if before != after
        ],
        "verdict": change.verdict.name.lower(),
        "class": trials.case_of(change.values).classification.vehicle_class,
        "proof": {"passes": True, "fails_one_step_less": [_proof(one, change.values[one]) for one in ordered]},
    }


def _proof(change: LoadChange, value: int) -> dict[str, Any]:
    """The value one step nearer to what was declared, with which no route was found."""
    return {"quantity": change.quantity, "value": value + 1, "unit": change.unit}
