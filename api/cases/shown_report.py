"""The report of a review with its advice, and as the applicant may see it (审查报告与对申请人的展示)."""

from typing import Any, cast

from api.db.tables import Case, Review
from api.provinces.settings import setting
from api.unit_of_work import UnitOfWork
from api.whatif.shown import Sees, shown_to_carrier


def report_with_advice(review: Review) -> dict[str, Any]:
    """The report with the advice that was found since."""
    if review.advice is None or "why_not" not in review.report:
        return review.report
    return review.report | {"why_not": review.advice}


def shown_to_applicant(work: UnitOfWork, case: Case, review: Review) -> dict[str, Any]:
    """A report in which no number tells what a bridge can carry, as the province has set it."""
    report = report_with_advice(review)
    if "routes" not in report:
        return report
    place, on = case.province, work.today
    sees = cast(Sees, setting(work, "carrier_sees_bridges", place, on))
    edges = cast(list[int], setting(work, "bridge_bands_percent", place, on))
    return shown_to_carrier(report, sees, [int(edge) for edge in edges])
