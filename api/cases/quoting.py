"""Reasons of a refusal in words (不予许可理由的引用): what a letter to the applicant may quote of the review.

Letters go to applicants, so they quote what a carrier may see: signs at the road with their numbers, bridges by band.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from api.cases.findings import barring, key_of
from api.cases.points import title_of
from api.cases.rows import current_review
from api.cases.shown_report import shown_to_applicant
from api.db.tables import Case, Review
from api.unit_of_work import UnitOfWork
from maps.sentences import change_sentence, finding_sentence, listed

# What a finding says where the province shows applicants nothing of bridges.
_OPEN_TO_ALL: Final = ("quantity", "structure", "stake", "at_m")
_DECISIVE: Final = ("blocked", "unknown")
MOST_CHANGES: Final = 3


@dataclass(frozen=True)
class Quoting:
    """What a document quotes of a case's current review; the review is read and shown once, however much is asked."""

    work: UnitOfWork
    case: Case

    def reasons(self) -> str:
        """What stands in the way, one sentence each in Chinese; empty where nothing was found or no review is there."""
        return "" if self._report is None else listed(finding_sentence(one).zh for one in _decisive(self._report))

    def item(self, item: str) -> str:
        """One reason of a decision: a finding as a sentence, a paper or an item of the comparison by its title."""
        whole = barring(self._review).get(item) if self._review is not None else None
        if whole is None:
            return title_of(item)
        routes = self._shown.get("routes") or [{"findings": []}]
        found = next((one for one in routes[0]["findings"] if key_of(one) == item), None)
        return finding_sentence(found or {name: whole.get(name) for name in _OPEN_TO_ALL}).zh

    def advice(self) -> str:
        """Smallest changes of the load that the review knows of, in Chinese; empty without any."""
        changes = [] if self._report is None else (self._report.get("why_not") or {}).get("smallest_changes", [])
        return listed(change_sentence(one).zh for one in changes[:MOST_CHANGES])

    @cached_property
    def _review(self) -> Review | None:
        return current_review(self.work, self.case)

    @cached_property
    def _shown(self) -> dict[str, Any]:
        return {} if self._review is None else shown_to_applicant(self.work, self.case, self._review)

    @property
    def _report(self) -> dict[str, Any] | None:
        return self._shown if "routes" in self._shown else None


def _decisive(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The blockers; for a verdict without any, the worst findings of the route."""
    blockers: list[dict[str, Any]] = (report.get("why_not") or {}).get("blockers", [])
    if blockers or not report["routes"]:
        return blockers
    findings = report["routes"][0]["findings"]
    outcomes = {one["outcome"] for one in findings}
    worst = next((outcome for outcome in _DECISIVE if outcome in outcomes), None)
    return [one for one in findings if one["outcome"] == worst]
