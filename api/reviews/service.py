"""The review (审查): may this loaded vehicle, on this date, drive this way.

A pure function of network, rules, policy, overlays, vehicle, request and date: the same question always gets the same
bytes. Nothing here knows HTTP, files or clocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from api.errors import RequestError
from api.reviews.bridges import verdicts_of
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest, facts_of, profile_of
from api.reviews.routes import ReviewedRoute, RouteReviewer
from api.reviews.settling import settle
from api.reviews.situation import condition_states, overlay_rows
from routing.columns import Access, ArcFlag, Verdict
from routing.destination import access_for_trip, terminal_arcs
from routing.errors import PointError, TooFarError
from routing.explain import judge_part
from routing.graph import U8, Bool
from routing.limits import Judge, Situation, judge_arcs
from routing.matching import MatchedRoute, match_line
from routing.search import Place
from routing.snapping import Snapped, snap
from routing.suggest import Stops, Terms, least_violation, suggest
from rules.identity import rules_id
from rules.jurisdiction import jurisdiction
from rules.review import Classification, classify

CLOSED_TO_ALL = (Access.NO, Access.NO_HGV)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the road answered."""

    verdict: str
    routes: list[ReviewedRoute]


def review(network: OpenNetwork, request: ReviewRequest) -> dict[str, Any]:
    """Review one vehicle on suggested routes or on a given one.

    Args:
        network: Opened once, shared by all reviews.
        request: Vehicle, trip, time, policy, overlays and evidence.

    Returns:
        The review as the exchange format has it, ready for JSON.

    Raises:
        RequestError: A stop or the line lies too far from every usable road.
    """
    classification = classify(facts_of(request.vehicle), on=request.day)
    case = _Case.of(network, request, classification)
    outcome = case.given(request.line) if request.line is not None else case.suggested()
    passages = outcome.routes[0].passages if outcome.routes else ()
    names = {p.code: p.name for p in passages if p.code}
    judged_by = jurisdiction(passages, on=request.day, vehicle_class=classification.vehicle_class, names=names)
    routes = [case.reviewer.to_json(route, rank) for rank, route in enumerate(outcome.routes, start=1)]
    return {
        "verdict": outcome.verdict,
        "classification": classification.to_json(),
        "routes": routes,
        "why_not": _why_not(outcome.verdict, routes),
        "jurisdiction": judged_by.to_json(),
        "stops": [_stop_json(stop) for stop in case.stops],
        "network_id": network.graph.network_id,
        "rules_id": rules_id(),
        "policy_id": request.policy.policy_id,
        "overlay_ids": list(case.overlay_ids),
        "evidence_ids": list(case.evidence_ids),
        "warnings": list(case.warnings),
        "on": request.on.isoformat(),
        "attribution": network.graph.attribution,
    }


@dataclass(slots=True)
class _Case:
    """One review while it is made."""

    network: OpenNetwork
    request: ReviewRequest
    judge: Judge
    condition_state: U8
    overlay_ids: Sequence[str]
    evidence_ids: Sequence[str]
    warnings: Sequence[str]
    stops: list[Snapped]
    reviewer: RouteReviewer

    @classmethod
    def of(cls, network: OpenNetwork, request: ReviewRequest, classification: Classification) -> "_Case":
        vehicle = request.vehicle
        states = condition_states(network, on=request.on, gross_mass_kg=vehicle.gross_mass_kg)
        known_class = None if classification.vehicle_class == "unknown" else classification.vehicle_class
        extra, rows = overlay_rows(network, request.overlays, on=request.on, vehicle_class=known_class)
        profile = profile_of(vehicle, on=request.day)
        judge = Judge.of(profile, request.policy)
        computed = network.bridges(request.policy).results(vehicle, on=request.day, legal_mass_kg=profile.legal_mass_kg)
        bridges = settle(network.graph, computed, request.evidence, vehicle, on=request.day)
        situation = Situation(states, extra, network.graph.arcs.access, verdicts_of(bridges.results))
        reviewer = RouteReviewer(
            network, judge, situation, network.times(request.policy), request.policy, tuple(bridges.results)
        )
        warnings = (*rows.warnings, *bridges.warnings)
        return cls(network, request, judge, states, rows.ids, bridges.ids, warnings, [], reviewer)

    def suggested(self) -> _Outcome:
        """Suggest routes from stop to stop."""
        self.stops = _snap_all(self.network, self.request)
        terms = self._judge((*self.stops[0].places, *self.stops[-1].places))
        prepared = self.network.prepared(self.condition_state)
        stops = Stops(tuple(stop.places for stop in self.stops))
        found = suggest(prepared, terms, stops, count=self.request.alternatives)
        if found:
            routes = [self.reviewer.review_suggested(route) for route in found]
            routes.sort(key=lambda route: route.verdict)
            return _Outcome(routes[0].verdict.name.lower(), routes)
        evidence = least_violation(prepared, terms, stops)
        if evidence is None:
            return _Outcome("no_route", [])
        return _Outcome("blocked", [self.reviewer.review_suggested(evidence)])

    def given(self, line: Line) -> _Outcome:
        """Review a given line."""
        matched = self._match(line)
        self._judge((matched.start, matched.end))
        route = self.reviewer.review_given(matched)
        return _Outcome(route.verdict.name.lower(), [route])

    def _match(self, line: Line) -> MatchedRoute:
        graph, match_m = self.network.graph, self.request.match_m
        try:
            return match_line(graph, line.lon, line.lat, match_m=match_m, condition_state=self.condition_state)
        except TooFarError as error:
            raise RequestError([f"route: {error}"]) from error

    def _judge(self, ends: Sequence[Place]) -> Terms:
        """Judge all arcs for a trip between these places."""
        graph = self.network.graph
        access = access_for_trip(graph, terminal_arcs(graph, ends))
        situation = replace(self.reviewer.situation, access=access)
        self.reviewer = replace(self.reviewer, situation=situation)
        return Terms(
            times=self.reviewer.times,
            verdicts=judge_arcs(graph, self.judge, situation),
            policy=self.request.policy,
            judge_part=partial(judge_part, graph, self.judge, situation),
        )


def _snap_all(network: OpenNetwork, request: ReviewRequest) -> list[Snapped]:
    usable = usable_arcs(network)
    snapped = []
    faults = []
    for index, (lon, lat) in enumerate(request.stops):
        try:
            dead_ends = _dead_ends(is_first=index == 0, is_last=index == len(request.stops) - 1)
            within_m = request.snap_m
            snapped.append(snap(network.graph, lon, lat, usable, within_m=within_m, dead_ends=dead_ends))
        except (PointError, TooFarError) as error:
            option = "from" if index == 0 else "to" if index == len(request.stops) - 1 else f"via {index}"
            faults.append(f"{option}: {error}")
    if faults:
        raise RequestError(faults)
    return snapped


def _dead_ends(*, is_first: bool, is_last: bool) -> ArcFlag:
    """Which roads lead nowhere for a stop: one cannot leave the start, or not come to the end, or not pass a via."""
    flags = ArcFlag.SMALL_COMPONENT
    flags |= ArcFlag(0) if is_last else ArcFlag.NO_WAY_OUT
    return flags | (ArcFlag(0) if is_first else ArcFlag.NO_WAY_IN)


def usable_arcs(network: OpenNetwork) -> Bool:
    """Arcs a trip may start or end on, bool[arcs]: not closed to goods vehicles, not under construction, no ferry."""
    arcs = network.graph.arcs
    usable: Bool = ~np.isin(arcs.access, [int(a) for a in CLOSED_TO_ALL])
    usable &= (arcs.flags & (ArcFlag.CONSTRUCTION | ArcFlag.FERRY)) == 0
    return usable


def _why_not(verdict: str, routes: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """What stands in the way on the best or the least bad route; None for a route that may be driven."""
    if verdict in {"passes", "conditional"}:
        return None
    wanted = Verdict.UNKNOWN.name.lower() if verdict == "unknown" else Verdict.BLOCKED.name.lower()
    blockers = [finding for route in routes[:1] for finding in route["findings"] if finding["outcome"] == wanted]
    return {"blockers": blockers, "smallest_changes": []}


def _stop_json(stop: Snapped) -> dict[str, Any]:
    return {"lon": stop.lon, "lat": stop.lat, "distance_m": round(stop.distance_m, 1)}
