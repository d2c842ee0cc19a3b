"""Findings of a case's machine review (机审意见): their keys, which bar approval, which are settled."""

from collections.abc import Mapping
from typing import Any, Final

from api.cases import remarks
from api.db.tables import Case, Review

LOADS: Final = frozenset({"bridge_effect", "coverage", "gross_mass", "axle_load", "axle_group", "tridem"})
BARRING: Final = ("unknown", "blocked")
NO_ROUTE: Final = "no_route"


def key_of(finding: Mapping[str, Any]) -> str:
    """A name for a finding that stays the same when the review is repeated on the same data."""
    structure = finding.get("structure") or {}
    place = structure.get("id") or f"way/{finding.get('way_id')}@{finding.get('at_m')}"
    return f"{finding['quantity']}:{place}"[:100]


def barring(review: Review) -> dict[str, Mapping[str, Any]]:
    """Findings of the first route that bar approval until somebody settles them, by key."""
    routes = review.report.get("routes") or []
    if not routes:
        return {NO_ROUTE: {"quantity": "route", "outcome": "blocked", "reason": "没有可以通行的路线"}}
    return {key_of(finding): finding for finding in routes[0]["findings"] if finding["outcome"] in BARRING}


def open_findings(case: Case, review: Review | None) -> frozenset[str]:
    """Keys of the findings that nobody has settled yet."""
    if review is None:
        return frozenset()
    return frozenset(barring(review)) - frozenset(remarks.get(case, "settled", {}))


def failing_structures(case: Case, review: Review | None) -> int:
    """Bridges and other structures the load may not pass as applied for, and that nobody has settled."""
    still_open = open_findings(case, review)
    return 0 if review is None else sum(1 for key in still_open if barring(review)[key].get("structure"))


def settles(how: str, finding: Mapping[str, Any]) -> bool:
    """Whether a filed result can settle a finding: no survey tells what a bridge bears, no calculation how high it is.

    Args:
        how: "surveyed", "calculated" or "reinforced".
        finding: Of the review.
    """
    is_about_loads = finding["quantity"] in LOADS
    if how == "surveyed":
        return not is_about_loads and finding["quantity"] != "route"
    return is_about_loads or (how == "reinforced" and bool(finding.get("structure")))
