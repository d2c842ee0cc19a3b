"""What a carrier is shown of a review (对承运人的展示): verdicts, conditions and bands, never what reveals a capacity.

`api.reviews.banding` takes out the numbers; this names everything that is shown at all, so that what a review may say
one day and nobody thought of is not shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from api.reviews.banding import Bands, banded, banded_frontier, is_about_capacity, tells_of_capacity

Sees = Literal["nothing", "verdict", "bands"]
Json = dict[str, Any]
_AS_IT_IS: Final = (
    "verdict",
    "classification",
    "class_edges",  # of the vehicle and the law alone
    "jurisdiction",
    "stops",
    "network_id",
    "rules_id",
    "policy_id",
    "overlay_ids",
    "on",
    "attribution",
)
_OF_ROUTE: Final = (
    "rank",
    "verdict",
    "length_m",
    "duration_s",
    "phrase",
    "geometry",
    "way_ids",
    "legs",
    "divisions",
)
_OF_FINDING: Final = (
    "outcome",
    "quantity",
    "structure",
    "way_id",
    "at_m",
    "length_m",
    "stake",
    "lon",
    "lat",
    "reason",
    "reason_en",
    "conditions",
    "conditions_en",
    "when",
)
# A sign at the road or the width of a lane is there for all to see.
_OF_OPEN_FINDING: Final = (*_OF_FINDING, "limit", "measured", "margin", "unit", "basis")
_OF_VARIANT: Final = ("variant", "verdict", "count", "is_fewest_proved")
_OF_CERTIFICATE: Final = ("kind", "count", "is_least_proved", "equal_sets_complete")
_OF_CHANGE: Final = ("kind", "changes", "follows", "verdict", "class", "is_rounded")
_OF_MEASURE: Final = ("rank", "sets", "of_sets", "if_not", "is_in_first_set", "is_on_route")
_OF_TASK: Final = (
    "what",
    "what_en",
    "value_needed",
    "unit",
    "quantity",
    "lon",
    "lat",
    "stake",
    "at_m",
    "length_m",
    "structure",
)


def shown_to_carrier(answer: Mapping[str, Any], sees: Sees, edges_percent: Sequence[int]) -> Json:
    """A review as a carrier sees it.

    Args:
        answer: As the exchange format has it.
        sees: What the province lets carriers see of bridges.
        edges_percent: Edges of the bands of utilisation.
    """
    told = banded(answer, Bands.of(edges_percent))
    shown = _only(told, _AS_IT_IS)
    shown["routes"] = [_route(route, sees) for route in told["routes"]]
    shown["variants"] = [
        _only(one, _OF_VARIANT) | {"route": _route(one["route"], sees) if one.get("route") else None}
        for one in told.get("variants", ())
    ]
    why_not = told.get("why_not")
    shown["why_not"] = None if why_not is None else _why_not(why_not, sees)
    return shown


def frontier_for_carrier(frontier: Mapping[str, Any], sees: Sees, edges_percent: Sequence[int]) -> Json:
    """A frontier as a carrier sees it: masses in steps, and none where no bands are shown."""
    told = banded_frontier(frontier, Bands.of(edges_percent))
    curves = [curve for curve in told["curves"] if sees == "bands" or "mass" not in curve["name"]]
    return _only(told, ("vehicle", "stops", "network_id", "on", "attribution")) | {"curves": curves}


def _only(told: Mapping[str, Any], names: Sequence[str]) -> Json:
    return {name: told[name] for name in names if name in told}


def _route(route: Mapping[str, Any], sees: Sees) -> Json:
    return _only(route, _OF_ROUTE) | {"findings": _findings(route["findings"], sees)}


def _findings(findings: Sequence[Mapping[str, Any]], sees: Sees) -> list[Json]:
    return [_finding(one, sees) for one in findings if sees != "nothing" or not is_about_capacity(one)]


def _finding(one: Mapping[str, Any], sees: Sees) -> Json:
    if not is_about_capacity(one):
        return _only(one, _OF_OPEN_FINDING)
    shown = _only(one, _OF_FINDING)
    if sees == "bands":
        shown["band"] = one["band"]
    if "count" in one:  # the other bridges, in one line
        shown |= {"count": one["count"], "structure": None}
    return shown


def _why_not(why_not: Mapping[str, Any], sees: Sees) -> Json:
    """Who stands in the way and what would help; masses in steps, and none where no bands are shown."""
    changes = [one for one in why_not.get("smallest_changes", ()) if sees == "bands" or not tells_of_capacity(one)]
    shown: Json = {
        "blockers": _findings(why_not.get("blockers", ()), sees),
        "smallest_changes": [_only(one, _OF_CHANGE) for one in changes],
        "measure_first": [_measure(one, sees) for one in why_not.get("measure_first", ())],
        "departures": why_not.get("departures"),
    }
    certificate = why_not.get("certificate")
    shown["certificate"] = None if certificate is None else _certificate(certificate, sees)
    return shown


def _certificate(certificate: Mapping[str, Any], sees: Sees) -> Json:
    """The least that would open a way; what it is called may quote a record, so only its findings tell it."""
    things = [
        _only(thing, ("needed_without", "is_without_known")) | {"findings": _findings(thing["findings"], sees)}
        for thing in certificate.get("things", ())
    ]
    route = certificate.get("route")
    return _only(certificate, _OF_CERTIFICATE) | {
        "things": things,
        "equal_set_count": len(certificate.get("equal_sets", ())),
        "route": None if route is None else _route(route, sees),
    }


def _measure(item: Mapping[str, Any], sees: Sees) -> Json:
    tasks = [task for task in item["tasks"] if sees != "nothing" or task["quantity"] != "bridge_effect"]
    return _only(item, _OF_MEASURE) | {"tasks": [_only(task, _OF_TASK) for task in tasks]}
