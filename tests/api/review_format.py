"""What the exchange format says of a review, as a list of faults: an empty list is a well-formed review."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely

VERDICTS = ("passes", "conditional", "unknown", "blocked")
QUANTITIES = {
    *("height", "width", "length", "gross_mass", "axle_load", "axle_group"),
    *("bridge_effect", "coverage", "turn", "access", "closure"),
}
BASES = {"posted", "measured", "inventory", "assumed", "none"}
TEXT, NUMBER, WHOLE, LIST, OBJECT = (str,), (int, float), (int,), (list,), (dict,)
NONE = (type(None),)
TOP = {
    "verdict": TEXT,
    "classification": OBJECT,
    "routes": LIST,
    "why_not": (dict, type(None)),
    "jurisdiction": OBJECT,
    "network_id": TEXT,
    "rules_id": TEXT,
    "policy_id": TEXT,
    "overlay_ids": LIST,
    "evidence_ids": LIST,
    "on": TEXT,
}
CLASSIFICATION = {"class": TEXT, "findings": LIST, "refusals": LIST, "near_threshold": LIST}
NEAR = {
    "quantity": TEXT,
    "value": WHOLE,
    "edge": WHOLE,
    "next_class": TEXT,
    "distance": WHOLE,
    "unit": TEXT,
    "reason": TEXT,
}
ROUTE = {
    "rank": WHOLE,
    "verdict": TEXT,
    "length_m": WHOLE,
    "duration_s": WHOLE,
    "phrase": TEXT,
    "geometry": OBJECT,
    "way_ids": LIST,
    "legs": LIST,
    "divisions": LIST,
    "findings": LIST,
}
LEG = {
    "ref": TEXT + NONE,
    "name": TEXT + NONE,
    "length_m": WHOLE,
    "enter": TEXT + NONE,
    "exit": TEXT + NONE,
    "stake_from": TEXT + NONE,
    "stake_to": TEXT + NONE,
}
DIVISION = {"code": TEXT, "name": TEXT, "enter_m": WHOLE, "length_m": WHOLE}
FINDING = {
    "outcome": TEXT,
    "quantity": TEXT,
    "limit": WHOLE + NONE,
    "measured": WHOLE + NONE,
    "margin": WHOLE + NONE,
    "unit": TEXT + NONE,
    "basis": TEXT,
    "structure": (dict, type(None)),
    "way_id": WHOLE + NONE,
    "at_m": WHOLE,
    "length_m": WHOLE,
    "lon": NUMBER,
    "lat": NUMBER,
    "source": TEXT,
    "reason": TEXT,
    "conditions": LIST,
}
STRUCTURE = {"id": TEXT, "name": TEXT + NONE, "kind": TEXT}
JURISDICTION = {"level": TEXT, "accepts": TEXT + NONE, "co_review": LIST}
BODY = {"body": TEXT, "code": TEXT + NONE, "role": TEXT}
AMOUNTS = ("limit", "measured", "margin")
RATIO_DIGITS = 3  # of a ratio of load effects; other amounts are whole numbers
SPOT_M = 1.0  # a finding lies on the line of its route
CEILING_M = 2  # lengths are rounded up, distances down


def faults_of(review: Mapping[str, Any]) -> list[str]:
    """Everything in a review that is not as the format says."""
    faults = list(_fields("review", review, TOP))
    if faults:
        return faults
    return [*_head(review), *_why_not(review), *(f for route in review["routes"] for f in _route(route))]


def _fields(place: str, found: Mapping[str, Any], wanted: Mapping[str, tuple[type, ...]]) -> Iterator[str]:
    for name, kinds in wanted.items():
        if name not in found:
            yield f"{place}.{name} is missing"
        elif not isinstance(found[name], kinds) or isinstance(found[name], bool):
            yield f"{place}.{name} is {found[name]!r}"


def _head(review: Mapping[str, Any]) -> Iterator[str]:
    if review["verdict"] not in {*VERDICTS, "no_route"}:
        yield f"verdict {review['verdict']!r}"
    for name in ("network_id", "rules_id", "policy_id"):
        if review[name] and not re.fullmatch(r"sha256:[0-9a-f]{64}", review[name]):
            yield f"{name} {review[name]!r}"
    yield from _fields("classification", review["classification"], CLASSIFICATION)
    for near in review["classification"]["near_threshold"]:
        yield from _fields("near_threshold", near, NEAR)
    yield from _fields("jurisdiction", review["jurisdiction"], JURISDICTION)
    for body in review["jurisdiction"]["co_review"]:
        yield from _fields("co_review", body, BODY)
    routes = review["routes"]
    if [route["rank"] for route in routes] != list(range(1, len(routes) + 1)):
        yield "ranks do not count from 1"
    order = [VERDICTS.index(route["verdict"]) for route in routes]
    if order != sorted(order):
        yield f"routes out of order: {[route['verdict'] for route in routes]}"
    if review["verdict"] != (routes[0]["verdict"] if routes else "no_route"):
        yield "the verdict is not that of the best route"


def _why_not(review: Mapping[str, Any]) -> Iterator[str]:
    reasons = review["why_not"]
    if (reasons is None) != (review["verdict"] in {"passes", "conditional"}):
        yield f"why_not {reasons!r} for {review['verdict']}"
    if reasons is not None and set(reasons) < {"blockers", "smallest_changes"}:
        yield f"why_not has {sorted(reasons)}"
    if review["verdict"] in {"unknown", "blocked"} and not (reasons and reasons["blockers"]):
        yield "nothing is named that stands in the way"


def _route(route: Mapping[str, Any]) -> Iterator[str]:
    yield from _fields("route", route, ROUTE)
    for leg in route["legs"]:
        yield from _fields("leg", leg, LEG)
    for division in route["divisions"]:
        yield from _fields("division", division, DIVISION)
    points = route["geometry"]["coordinates"]
    if route["geometry"]["type"] != "LineString" or len(points) < 2:
        yield "no line"
    if not all(isinstance(way, int) for way in route["way_ids"]):
        yield "way_ids are not all whole numbers"
    findings = route["findings"]
    for finding in findings:
        yield from _finding(finding, route["length_m"])
        yield from _spot(finding, points)
    if [finding["at_m"] for finding in findings] != sorted(finding["at_m"] for finding in findings):
        yield "findings out of order"
    worst = max((VERDICTS.index(finding["outcome"]) for finding in findings), default=0)
    if route["verdict"] != VERDICTS[worst]:
        yield f"route is {route['verdict']}, its worst finding {VERDICTS[worst]}"


def _finding(finding: Mapping[str, Any], length_m: int) -> Iterator[str]:
    is_ratio = finding["quantity"] == "bridge_effect"
    yield from _fields("finding", finding, FINDING | (dict.fromkeys(AMOUNTS, NUMBER + NONE) if is_ratio else {}))
    for name, allowed in {"outcome": set(VERDICTS), "quantity": QUANTITIES, "basis": BASES}.items():
        if finding[name] not in allowed:
            yield f"finding.{name} is {finding[name]!r}"
    if finding["structure"] is not None:
        yield from _fields("structure", finding["structure"], STRUCTURE)
    if not 0 <= finding["at_m"] <= finding["at_m"] + finding["length_m"] <= length_m + CEILING_M:
        yield f"finding at {finding['at_m']} + {finding['length_m']} on a route of {length_m}"
    has_both = finding["limit"] is not None and finding["measured"] is not None
    if finding["margin"] != (round(finding["limit"] - finding["measured"], RATIO_DIGITS) if has_both else None):
        yield f"margin {finding['margin']}"
    if finding["outcome"] == "conditional" and not finding["conditions"]:
        yield f"conditional without a condition: {finding['reason']}"
    if finding["outcome"] != "conditional" and finding["conditions"]:
        yield f"{finding['outcome']} with conditions"


def _spot(finding: Mapping[str, Any], points: list[list[float]]) -> Iterator[str]:
    north = 111_320.0
    metres = np.array([north * np.cos(np.radians(finding["lat"])), north])
    line = shapely.LineString(np.array(points) * metres)
    off = line.distance(shapely.Point(np.array([finding["lon"], finding["lat"]]) * metres))
    if off > SPOT_M:
        yield f"finding {finding['quantity']} at {finding['at_m']} m lies {off:.1f} m beside its route"
