"""One review while it is made (审查过程): a vehicle on a trip, judged on the network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from api.errors import RequestError
from api.reviews.bridges import BridgeResult, verdicts_of
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest, facts_of, profile_of
from api.reviews.routes import ReviewedRoute, RouteReviewer
from api.reviews.settling import settle
from api.reviews.situation import condition_states, overlay_rows
from routing.blockers import Effort, Impasse
from routing.certificate import Certificate, certify
from routing.columns import Access, ArcFlag, Verdict
from routing.destination import access_for_trip, terminal_arcs
from routing.errors import PointError, TooFarError
from routing.explain import judge_part
from routing.graph import U8, Bool
from routing.hierarchy.router import Router
from routing.limits import Judge, Situation, judge_arcs
from routing.matching import MatchedRoute, match_line
from routing.obstacles import Judging
from routing.parts import Place
from routing.reach import StateRoads
from routing.snapping import Snapped, snap
from routing.suggest import Route, Stops, Terms, best_within, suggest
from rules.review import Classification, classify

CLOSED_TO_ALL = (Access.NO, Access.NO_HGV)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the road answered.

    Attributes:
        verdict: As the exchange format has it.
        routes: Best first.
        impasse: What a suggested trip cannot pass, None for a verdict that needs no reason and for a given line.
        certificate: The least that would have to be permitted or known.
        opened: The least bad route through that, reviewed as any other.
    """

    verdict: str
    routes: list[ReviewedRoute]
    impasse: Impasse | None = None
    certificate: Certificate | None = None
    opened: ReviewedRoute | None = None


@dataclass(frozen=True)
class Case:
    """A vehicle on a trip on a network at a time.

    Attributes:
        network: The network.
        request: What was asked.
        classification: What the law says of the vehicle.
        reviewer: Judges and explains routes; its situation knows the trip's rights of way.
        stops: Snapped stops, none for a given line.
        matched: The given line on the network, None without one.
    """

    network: OpenNetwork
    request: ReviewRequest
    classification: Classification
    overlay_ids: tuple[str, ...]
    evidence_ids: tuple[str, ...]
    warnings: tuple[str, ...]
    reviewer: RouteReviewer
    stops: tuple[Snapped, ...] = ()
    matched: MatchedRoute | None = None

    @classmethod
    def of(cls, network: OpenNetwork, request: ReviewRequest) -> "Case":
        """Judge the vehicle's circumstances and find the trip on the network.

        Raises:
            RequestError: A stop or the line lies too far from every usable road.
        """
        bare = cls._bare(network, request, network.graph.arcs.access)
        if request.line is not None:
            matched = _match(network, request, bare.reviewer.situation.condition_state, request.line)
            return replace(bare, matched=matched).with_access((matched.start, matched.end))
        stops = tuple(_snap_all(network, request))
        return replace(bare, stops=stops).with_access((*stops[0].places, *stops[-1].places))

    @classmethod
    def _bare(cls, network: OpenNetwork, request: ReviewRequest, access: U8) -> "Case":
        vehicle = request.vehicle
        classification = classify(facts_of(vehicle), on=request.day)
        states = condition_states(network, on=request.on, gross_mass_kg=vehicle.gross_mass_kg)
        known_class = None if classification.vehicle_class == "unknown" else classification.vehicle_class
        extra, rows = overlay_rows(network, request.overlays, on=request.on, vehicle_class=known_class)
        profile = profile_of(vehicle, on=request.day)
        judge = Judge.of(profile, request.policy)
        computed = network.bridges(request.policy).results(vehicle, on=request.day, legal_mass_kg=profile.legal_mass_kg)
        bridges = settle(network.graph, computed, request.evidence, vehicle, on=request.day)
        situation = Situation(states, extra, access, verdicts_of(bridges.results))
        reviewer = RouteReviewer(
            network, judge, situation, network.times(request.policy), request.policy, tuple(bridges.results)
        )
        warnings = (*rows.warnings, *bridges.warnings)
        return cls(network, request, classification, tuple(rows.ids), bridges.ids, warnings, reviewer)

    def with_access(self, ends: Sequence[Place]) -> "Case":
        """The same with destination-only roads open around the ends of the trip."""
        graph = self.network.graph
        access = access_for_trip(graph, terminal_arcs(graph, ends))
        situation = replace(self.reviewer.situation, access=access)
        return replace(self, reviewer=replace(self.reviewer, situation=situation))

    def with_request(self, request: ReviewRequest) -> "Case":
        """The same trip with another vehicle or at another time; the trip is not looked for again."""
        bare = self._bare(self.network, request, self.reviewer.situation.access)
        return replace(bare, stops=self.stops, matched=self.matched)

    @property
    def situation(self) -> Situation:
        """Time, overlays, rights of way and bridges."""
        return self.reviewer.situation

    @property
    def bridges(self) -> tuple[BridgeResult, ...]:
        """What the vehicle finds on every bridge."""
        return self.reviewer.bridges

    @cached_property
    def judging(self) -> Judging:
        """Every arc judged."""
        verdicts = judge_arcs(self.network.graph, self.reviewer.judge, self.situation)
        return Judging(self.network.places, self.reviewer.judge, self.situation, verdicts)

    @cached_property
    def terms(self) -> Terms:
        """On what terms the vehicle may drive."""
        part = partial(judge_part, self.network.graph, self.reviewer.judge, self.situation)
        return Terms(self.reviewer.times, self.judging.verdicts, self.request.policy, part)

    @property
    def trip(self) -> Stops:
        """Where the trip calls."""
        return Stops(tuple(stop.places for stop in self.stops))

    @cached_property
    def router(self) -> Router:
        """The hierarchy with the turn bans in force."""
        return self.network.router(self.situation.condition_state)

    @cached_property
    def roads(self) -> StateRoads:
        """The network with the turn bans in force."""
        return self.network.roads(self.situation.condition_state)

    def outcome(self) -> Outcome:
        """Suggest routes, or review the given line."""
        if self.matched is not None:
            route = self.reviewer.review_given(self.matched)
            return Outcome(route.verdict.name.lower(), [route])
        found = suggest(self.router, self.terms, self.trip, count=self.request.alternatives)
        routes = [self.reviewer.review_suggested(route) for route in found]
        routes.sort(key=lambda route: route.verdict)
        if routes and routes[0].verdict < Verdict.UNKNOWN:
            return Outcome(routes[0].verdict.name.lower(), routes)
        return self._blocked(routes)

    def _blocked(self, routes: list[ReviewedRoute]) -> Outcome:
        """Find the least that would have to be known, or permitted where nothing that is not known helps."""
        wanted = Verdict.UNKNOWN if routes else Verdict.BLOCKED
        settings = self.request.reasons
        effort = Effort(settings.max_settled, settings.max_all_searches)
        impasse = Impasse.of(
            self.roads, self.judging, self.trip.places, wanted, max_searches=settings.max_searches, effort=effort
        )
        certificate = certify(impasse, max_sets=settings.max_sets, max_branches=settings.max_branches)
        route = None if certificate is None else self._opened_route(impasse, certificate)
        if route is None:
            return Outcome(routes[0].verdict.name.lower(), routes) if routes else Outcome("no_route", [])
        opened = self.reviewer.review_suggested(route)
        return Outcome(wanted.name.lower(), routes or [opened], impasse, certificate, opened)

    def _opened_route(self, impasse: Impasse, certificate: Certificate) -> Route | None:
        permitted = frozenset(certificate.least.items)
        better = Verdict(certificate.wanted - 1)
        terms = permitting(self.terms, self.judging, impasse, permitted, better)
        return best_within(self.router, terms, self.trip, better)


def permitting(terms: Terms, judging: Judging, impasse: Impasse, permitted: frozenset[int], better: Verdict) -> Terms:
    """The same terms with some obstacles permitted: what they alone closed counts as `better`."""
    obstacles = impasse.obstacles
    verdicts = terms.verdicts.copy()
    verdicts[obstacles.opened_by(permitted)] = better

    def part(arc: int, from_mm: int, to_mm: int) -> Verdict:
        left = [
            better if impasse.is_permitted(arc, check, permitted) else check.verdict
            for check in judging.checks_on(arc, from_mm, to_mm)
        ]
        return max(left, default=Verdict.PASSES)

    return replace(terms, verdicts=verdicts, judge_part=part)


def _match(network: OpenNetwork, request: ReviewRequest, condition_state: U8, line: Line) -> MatchedRoute:
    try:
        return match_line(network.graph, line.lon, line.lat, match_m=request.match_m, condition_state=condition_state)
    except TooFarError as error:
        raise RequestError([f"route: {error}"]) from error


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
