"""The review report of a case as somebody may see it (审查报告的可见范围)."""

import copy
from typing import Any

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.find import get_case
from api.cases.relation import relation_to
from api.cases.rows import current_review
from api.db.tables import Case, Review
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

_NUMBERS = ("limit", "measured", "margin")


def read_report(work: UnitOfWork, case: Case) -> dict[str, Any]:
    """The report, with capacities of bridges for those who may read them.

    Raises:
        NotFoundError: The case has not been reviewed as it now stands.
        ForbiddenError: The account may not read reports of it.
    """
    get_case(work, case.id, action=Action.READ_REPORT)
    review = require_review(work, case)
    if may(work.actor, Action.READ_CAPACITY, relation_to(work, case)):
        return review.report
    return without_capacities(review.report)


def require_review(work: UnitOfWork, case: Case) -> Review:
    """The machine review of the case as it now stands.

    Raises:
        NotFoundError: There is none yet.
    """
    review = current_review(work, case)
    if review is None:
        raise NotFoundError("机器审查尚未完成", "the machine review is not done yet")
    return review


def without_capacities(report: dict[str, Any]) -> dict[str, Any]:
    """A report in which no number tells what a bridge can carry."""
    told = copy.deepcopy(report)
    for route in told.get("routes", []):
        for finding in route["findings"]:
            if finding["quantity"] == "bridge_effect":
                finding.update(dict.fromkeys(_NUMBERS))
    return told
