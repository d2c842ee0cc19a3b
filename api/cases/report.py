"""The review report of a case as somebody may see it (审查报告的可见范围)."""

from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.find import get_case
from api.cases.packets import HELD
from api.cases.relation import relation_to
from api.cases.rows import current_review, packets_of
from api.cases.shapes import may_read_whole
from api.cases.shown_report import report_with_advice, shown_to_applicant
from api.db.tables import Case, Review
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

_NOT_A_PART: Final = ("why_not", "stops", "warnings", "evidence_ids")


def read_report(work: UnitOfWork, case: Case) -> dict[str, Any]:
    """The report: whole for the office, its own part for a body that was asked, without capacities for the applicant.

    Raises:
        NotFoundError: The case has not been reviewed as it now stands.
        ForbiddenError: The account may not read reports of it.
    """
    get_case(work, case.id, action=Action.READ_REPORT)
    review = require_review(work, case)
    relation = relation_to(work, case)
    if not may(work.actor, Action.READ_CAPACITY, relation):
        return shown_to_applicant(work, case, review)
    return report_with_advice(review) if may_read_whole(work, relation) else _own_part(work, case, review)


def require_review(work: UnitOfWork, case: Case) -> Review:
    """The machine review of the case as it now stands.

    Raises:
        NotFoundError: There is none yet.
    """
    review = current_review(work, case)
    if review is None:
        raise NotFoundError("机器审查尚未完成", "the machine review is not done yet")
    return review


def _own_part(work: UnitOfWork, case: Case, review: Review) -> dict[str, Any]:
    """The report with nothing but the findings of one's own packets."""
    own = [one for one in packets_of(work, case) if one.body_id == work.actor.body_id and one.state in HELD]
    findings = [finding for packet in own for finding in packet.content.get("findings", [])]
    report = {name: value for name, value in review.report.items() if name not in _NOT_A_PART}
    routes = report.get("routes", [])[:1]
    return report | {"routes": [{**route, "findings": findings} for route in routes]}
