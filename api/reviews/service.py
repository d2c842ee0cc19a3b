"""The review (审查): may this loaded vehicle, on this date, drive this way.

A pure function of network, rules, policy, overlays, vehicle, request and date: the same question always gets the same
bytes. Nothing here knows HTTP, files or clocks.
"""

from typing import Any

from api.reviews.case import Case, usable_arcs
from api.reviews.network import OpenNetwork
from api.reviews.reasons import why_not
from api.reviews.request import ReviewRequest, facts_of, request_json
from api.reviews.settings import reasons_id
from api.reviews.variants import variants_json
from routing.snapping import Snapped
from rules.identity import rules_id
from rules.jurisdiction import jurisdiction
from rules.sensitivity import class_edges

__all__ = ["review", "usable_arcs"]


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
    case = Case.of(network, request)
    outcome = case.outcome()
    passages = outcome.routes[0].passages if outcome.routes else ()
    names = {p.code: p.name for p in passages if p.code}
    vehicle_class = case.classification.vehicle_class
    judged_by = jurisdiction(passages, on=request.day, vehicle_class=vehicle_class, names=names)
    routes = [case.reviewer.to_json(route, rank) for rank, route in enumerate(outcome.routes, start=1)]
    return {
        "verdict": outcome.verdict,
        "classification": case.classification.to_json(),
        "class_edges": [edge.to_json() for edge in class_edges(facts_of(request.vehicle), on=request.day)],
        "routes": routes,
        "why_not": why_not(case, outcome),
        "variants": variants_json(case, outcome),
        "jurisdiction": judged_by.to_json(),
        "stops": [_stop_json(stop) for stop in case.stops],
        "network_id": network.graph.network_id,
        "rules_id": rules_id(),
        "policy_id": request.policy.policy_id,
        "overlay_ids": list(case.overlay_ids),
        "evidence_ids": list(case.evidence_ids),
        "warnings": list(case.warnings),
        "reasons_id": reasons_id(),
        "on": request.on.isoformat(),
        "request": request_json(request),
        "attribution": network.graph.attribution,
    }


def _stop_json(stop: Snapped) -> dict[str, Any]:
    return {"lon": stop.lon, "lat": stop.lat, "distance_m": round(stop.distance_m, 1)}
