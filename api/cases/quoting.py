"""Reasons of a refusal in words (不予许可理由的引用): what a letter to the applicant may quote of the review.

Letters go to applicants, so they quote what a carrier may see: signs at the road with their numbers, bridges by band.
"""

from typing import Any, Final

from api.cases.findings import barring, key_of
from api.cases.points import title_of
from api.cases.rows import current_review
from api.cases.shown_report import shown_to_applicant
from api.db.tables import Case
from api.unit_of_work import UnitOfWork
from maps.sentences import change_sentence, finding_sentence, listed

# What a finding says where the province shows applicants nothing of bridges.
_OPEN_TO_ALL: Final = ("quantity", "structure", "stake", "at_m")
_DECISIVE: Final = ("blocked", "unknown")
MOST_CHANGES: Final = 3


def reasons_in_words(work: UnitOfWork, case: Case) -> str:
    """What stands in the way, one sentence each in Chinese; empty where the review found nothing or is not there."""
    report = _report(work, case)
    return "" if report is None else listed(finding_sentence(one).zh for one in _decisive(report))


def item_in_words(work: UnitOfWork, case: Case, item: str) -> str:
    """One reason of a decision: a finding as a sentence, a paper or an item of the comparison by its title."""
    review = current_review(work, case)
    whole = barring(review).get(item) if review is not None else None
    if review is None or whole is None:
        return title_of(item)
    shown = shown_to_applicant(work, case, review).get("routes") or [{"findings": []}]
    found = next((one for one in shown[0]["findings"] if key_of(one) == item), None)
    return finding_sentence(found or {name: whole.get(name) for name in _OPEN_TO_ALL}).zh


def advice_in_words(work: UnitOfWork, case: Case) -> str:
    """Smallest changes of the load that the review knows of, in Chinese; empty without any."""
    report = _report(work, case)
    changes = [] if report is None else (report.get("why_not") or {}).get("smallest_changes", [])
    return listed(change_sentence(one).zh for one in changes[:MOST_CHANGES])


def _report(work: UnitOfWork, case: Case) -> dict[str, Any] | None:
    review = current_review(work, case)
    return None if review is None or "routes" not in review.report else shown_to_applicant(work, case, review)


def _decisive(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The blockers; for a verdict without any, the worst findings of the route."""
    blockers: list[dict[str, Any]] = (report.get("why_not") or {}).get("blockers", [])
    if blockers or not report["routes"]:
        return blockers
    findings = report["routes"][0]["findings"]
    outcomes = {one["outcome"] for one in findings}
    worst = next((outcome for outcome in _DECISIVE if outcome in outcomes), None)
    return [one for one in findings if one["outcome"] == worst]
