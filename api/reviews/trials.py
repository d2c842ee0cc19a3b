"""Whether a changed load has a way (试算): the same judgement as a review, asked without writing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from api.reviews.case import Case
from api.reviews.load_changes import LoadChange
from data.vehicles import LoadedVehicle
from routing.columns import Verdict
from routing.explain import judge_part
from routing.graph import Bool
from routing.parts import Place
from routing.reach import Ends, connects
from routing.suggest import suggest

Values = Mapping[LoadChange, int]


@dataclass(frozen=True, slots=True)
class Trials:
    """Changed loads on one trip; each is judged once.

    Attributes:
        case: The review the changes are suggested in.
        worst: Worst verdict that counts as a way.
        answers: What is known already, by the values of the changes.
    """

    case: Case
    worst: Verdict = Verdict.CONDITIONAL
    answers: dict[tuple[tuple[str, int], ...], Case] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Loads tried so far."""
        return len(self.answers)

    def vehicle(self, values: Mapping[LoadChange, int]) -> LoadedVehicle:
        """The load with some values changed, in a fixed order of the quantities."""
        vehicle = self.case.request.vehicle
        for change in sorted(values, key=lambda change: change.quantity):
            vehicle = change.apply(vehicle, values[change])
        return vehicle

    def case_of(self, values: Mapping[LoadChange, int]) -> Case:
        """The same trip with the changed load."""
        key = tuple(sorted((change.quantity, value) for change, value in values.items()))
        if not key:
            return self.case
        if key not in self.answers:
            request = replace(self.case.request, vehicle=self.vehicle(values))
            self.answers[key] = self.case.with_request(request)
        return self.answers[key]

    def passes(self, values: Mapping[LoadChange, int]) -> bool:
        """Whether some route has a verdict that counts."""
        return has_way(self.case_of(values), self.worst)

    def verdict(self, values: Mapping[LoadChange, int]) -> Verdict:
        """Verdict of the best route of a load that passes."""
        return best_verdict(self.case_of(values))


def best_verdict(case: Case) -> Verdict:
    """Verdict of the best route, BLOCKED if there is none that may or might be driven."""
    if case.matched is not None:
        return case.reviewer.review_given(case.matched).verdict
    if len(case.stops) > 2:  # noqa: PLR2004 - at a via point it matters in which direction it is passed
        routes = suggest(case.router, case.terms, case.trip)
        return routes[0].verdict if routes else Verdict.BLOCKED
    tiers = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)
    return next((worst for worst in tiers if has_way(case, worst)), Verdict.BLOCKED)


def has_way(case: Case, worst: Verdict) -> bool:
    """Whether a vehicle has a way with verdicts up to `worst` through all legs; at a via point it may turn round."""
    if case.matched is not None:
        return case.reviewer.review_given(case.matched).verdict <= worst
    is_open = np.asarray(case.judging.verdicts <= worst)
    return all(_leg_is_open(case, is_open, worst, here, there) for here, there in pairwise(case.trip.places))


def _leg_is_open(case: Case, is_open: Bool, worst: Verdict, here: Sequence[Place], there: Sequence[Place]) -> bool:
    graph = case.network.graph

    def is_part_open(arc: int, from_mm: int, to_mm: int) -> bool:
        return judge_part(graph, case.reviewer.judge, case.situation, arc, from_mm, to_mm) <= worst

    starts = [p for p in here if is_part_open(p.arc, p.at_mm, int(graph.arcs.length_mm[p.arc]))]
    ends = [p for p in there if is_part_open(p.arc, 0, p.at_mm)]
    is_direct = any(
        one.arc == other.arc and one.at_mm <= other.at_mm and is_part_open(one.arc, one.at_mm, other.at_mm)
        for one in here
        for other in there
    )
    return connects(case.roads, is_open, Ends.of(starts, ends, is_direct=is_direct))
