"""One route of a review as the exchange format has it (路线审查结果)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from api.reviews.bridge_findings import FULL, LISTED_FROM, bridge_json, quiet_bridges_json, utilisation
from api.reviews.bridges import BridgeResult
from api.reviews.findings import Finding, finding_json, findings_along, worst
from api.reviews.network import OpenNetwork
from api.reviews.passages import divisions_json, passages_of
from routing.bridges.judging import BridgeReason
from routing.columns import Basis, Quantity, Reason, Verdict
from routing.explain import Check
from routing.limits import Judge, Situation, under_condition
from routing.matching import STUB_MM, BreachKind, MatchedRoute, RouteBreach, match_line
from routing.metric import TravelTimes
from routing.path import Piece, duration_ms, length_mm, line_of, metres, pieces_of, point_at
from routing.phrase import legs_of, make_phrase
from routing.policy import Policy
from routing.suggest import Route
from rules.divisions import DivisionPassage

BREACHES = {
    BreachKind.WRONG_WAY: (Verdict.BLOCKED, Quantity.ACCESS, Reason.WRONG_WAY),
    BreachKind.TURN_BANNED: (Verdict.BLOCKED, Quantity.TURN, Reason.TURN_BANNED),
    BreachKind.U_TURN: (Verdict.CONDITIONAL, Quantity.TURN, Reason.U_TURN),
    BreachKind.OFF_NETWORK: (Verdict.UNKNOWN, Quantity.COVERAGE, Reason.OFF_NETWORK),
}


@dataclass(frozen=True, slots=True)
class ReviewedRoute:
    """A route with all that is said of it.

    Attributes:
        pieces: Driven parts of arcs.
        line: Longitudes and latitudes in degrees, as published.
        findings: In travel order.
        passages: Counties in travel order.
    """

    pieces: tuple[Piece, ...]
    line: tuple[tuple[float, float], ...]
    findings: tuple[Finding, ...]
    passages: tuple[DivisionPassage, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst finding decides."""
        return worst(self.findings)


@dataclass(frozen=True, slots=True)
class RouteReviewer:
    """One vehicle at one time on one network (路线审查器)."""

    network: OpenNetwork
    judge: Judge
    situation: Situation
    times: TravelTimes
    policy: Policy
    bridges: tuple[BridgeResult, ...] = ()

    def review_suggested(self, route: Route) -> ReviewedRoute:
        """Explain a suggested route, as it will be explained when its published line is given back."""
        own = self._review_own(route)
        lon, lat = np.array(own.line).T
        matched = match_line(self.network.graph, lon, lat, condition_state=self.situation.condition_state)
        again = replace(self.review_given(matched), line=own.line)
        return again if matched.is_exact and again.verdict is own.verdict else own

    def _review_own(self, route: Route) -> ReviewedRoute:
        pieces = without_stubs(pieces_of(self.network.graph, route.paths))
        turns = []
        for leg in route.turned_at:
            at_mm = length_mm(pieces_of(self.network.graph, route.paths[:leg]))
            start = route.paths[leg].start
            spot = point_at(self.network.graph, start.arc, start.at_mm)
            turns.append(self._finding(BREACHES[BreachKind.U_TURN], start.arc, at_mm, spot))
        return self._review(pieces, turns)

    def review_given(self, matched: MatchedRoute) -> ReviewedRoute:
        """Explain a given route, its breaches of the traffic rules included."""
        return self._review(matched.pieces, [self._breach(matched, breach) for breach in matched.breaches])

    def _review(self, pieces: Sequence[Piece], more: Sequence[Finding]) -> ReviewedRoute:
        findings = [*findings_along(self.network.graph, self.judge, self.situation, pieces), *more]
        findings.sort(key=lambda finding: finding.at_mm)
        line = tuple(line_of(self.network.graph, pieces))
        return ReviewedRoute(tuple(pieces), line, tuple(findings), tuple(passages_of(self.network, pieces)))

    def _breach(self, matched: MatchedRoute, breach: RouteBreach) -> Finding:
        verdict, quantity, reason = BREACHES[breach.kind]
        verdict = Verdict(under_condition(int(verdict), int(breach.condition_state)))
        arc = matched.path_arcs[min(breach.index, len(matched.path_arcs) - 1)]
        finding = self._finding((verdict, quantity, reason), arc, breach.at_mm, (breach.lon, breach.lat))
        check = replace(
            finding.check,
            source=breach.source,
            condition=breach.condition,
            condition_state=breach.condition_state,
            length_mm=breach.length_mm,
        )
        return replace(finding, check=check, length_mm=breach.length_mm)

    def _finding(
        self, outcome: tuple[Verdict, Quantity, Reason], arc: int, at_mm: int, spot: tuple[float, float]
    ) -> Finding:
        check = Check(*outcome, None, None, Basis.POSTED, -1, "", "", 0, 0)
        return Finding(check, arc, at_mm, 0, (int(self.network.graph.arcs.way_id[arc]),), spot)

    def _findings_json(self, route: ReviewedRoute) -> list[dict[str, Any]]:
        graph = self.network.graph
        listed = [finding for finding in route.findings if not _is_quiet(finding, self.bridges)]
        quiet = [finding for finding in route.findings if _is_quiet(finding, self.bridges)]
        found = [self.finding_json(finding) for finding in listed]
        if quiet:
            least = max(quiet, key=lambda finding: utilisation(self.bridges[finding.check.bridge]))
            found.append(quiet_bridges_json(finding_json(graph, least), self.bridges[least.check.bridge], len(quiet)))
        return sorted(found, key=lambda finding: finding["at_m"])

    def finding_json(self, finding: Finding) -> dict[str, Any]:
        """Write one finding; one about a bridge with its ratio."""
        plain = finding_json(self.network.graph, finding)
        if finding.check.bridge < 0:
            return plain
        result = self.bridges[finding.check.bridge]
        return bridge_json(plain, self.network.graph, finding.check.bridge, result, self.policy.bridges)

    def to_json(self, route: ReviewedRoute, rank: int) -> dict[str, Any]:
        """Write a reviewed route."""
        graph = self.network.graph
        legs = legs_of(graph, route.pieces)
        return {
            "rank": rank,
            "verdict": route.verdict.name.lower(),
            "length_m": metres(length_mm(route.pieces)),
            "duration_s": duration_ms(graph, self.times, route.pieces) // 1000,
            "phrase": make_phrase(legs),
            "geometry": {"type": "LineString", "coordinates": [list(point) for point in route.line]},
            "way_ids": _way_ids(self.network, route.pieces),
            "legs": [leg.as_json() for leg in legs],
            "divisions": divisions_json(route.passages),
            "findings": self._findings_json(route),
        }


def _is_quiet(finding: Finding, results: Sequence[BridgeResult]) -> bool:
    """A bridge that passes well below its limit is counted, not listed; one settled by an earlier answer is listed."""
    if finding.check.bridge < 0 or finding.check.verdict is not Verdict.PASSES:
        return False
    result = results[finding.check.bridge]
    listed_from = FULL if BridgeReason.LEGAL_MASS in result.answer.reasons else LISTED_FROM
    return result.settlement is None and utilisation(result) < listed_from


def without_stubs(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out a first or last piece too short to be driven: a point snapped to the very end of a road."""
    kept = list(pieces)
    while len(kept) > 1 and kept[0].length_mm < STUB_MM:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1].length_mm < STUB_MM:
        kept = kept[:-1]
    start = kept[0].begins_at_mm
    return [replace(piece, begins_at_mm=piece.begins_at_mm - start) for piece in kept]


def _way_ids(network: OpenNetwork, pieces: Sequence[Piece]) -> list[int]:
    """Source ids in travel order, each once in a row."""
    ways: list[int] = []
    for piece in pieces:
        way = int(network.graph.arcs.way_id[piece.arc])
        if way and (not ways or ways[-1] != way):
            ways.append(way)
    return ways
