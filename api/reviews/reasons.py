"""Why there is no route, and what would change that (受阻原因): the part `why_not` of a review."""

from typing import Any

from api.reviews.case import Case, Outcome
from api.reviews.certificates import Reasoned, certificate_json, measure_first_json
from api.reviews.departures import departures_json
from api.reviews.smallest_changes import Changes, changes_json
from routing.columns import Verdict


def why_not(case: Case, outcome: Outcome) -> dict[str, Any] | None:
    """What stands in the way and what would open one; None for a route that may be driven."""
    if outcome.verdict in {"passes", "conditional"}:
        return None
    reasoned = Reasoned.of(case, outcome)
    changes = Changes.of(case)
    found = changes.all() if outcome.verdict != "no_route" else []
    return {
        "blockers": _blockers(case, outcome),
        "certificate": None if reasoned is None else certificate_json(reasoned),
        "smallest_changes": changes_json(found, case, changes.trials),
        "measure_first": measure_first_json(reasoned) if reasoned is not None and outcome.verdict == "unknown" else [],
        "departures": departures_json(case, outcome.verdict),
    }


def _blockers(case: Case, outcome: Outcome) -> list[dict[str, Any]]:
    """Findings of the wanted outcome on the certificate's route, or on the given line."""
    wanted = Verdict.UNKNOWN if outcome.verdict == "unknown" else Verdict.BLOCKED
    route = outcome.opened or (outcome.routes[0] if outcome.routes else None)
    findings = [] if route is None else [f for f in route.findings if f.check.verdict is wanted]
    return sorted((case.reviewer.finding_json(finding) for finding in findings), key=lambda entry: entry["at_m"])
