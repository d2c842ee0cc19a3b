"""What would make a refused trip possible (可行性建议): looked for after the review, since it takes seconds.

The machine review says at once what stands in the way. The advice about the load, the things to survey and other
departures follow in a job of their own and are kept with the review.
"""

import uuid
from dataclasses import replace

import structlog

from api.applications.form_reading import parse_form
from api.cases import grounds
from api.cases.machine_review import request_of
from api.cases.review_job import still_holds
from api.cases.rows import current_review
from api.db.tables import Case
from api.reviews.service import review
from api.reviews.settings import reason_settings
from api.unit_of_work import UnitOfWork

_log = structlog.get_logger("api.cases")


def advise_case(work: UnitOfWork, case_id: str, review_id: str) -> None:
    """Find what would make the trip possible; nothing where the case has gone on, or where it is already known."""
    structlog.contextvars.bind_contextvars(case=case_id)
    case = work.session.get(Case, uuid.UUID(case_id))
    made = current_review(work, case) if case else None
    if case is None or made is None or str(made.id) != review_id or made.advice is not None:
        return
    on = grounds.current()
    if not still_holds(case, made, on):
        _log.info("no advice: network, rules or closures have changed since the review")
        return
    answer = review(on.network, replace(request_of(parse_form(case.form), on.overlays), reasons=reason_settings()))
    made.advice = answer["why_not"]
    work.session.flush()
    work.record("advised", case_id=case.id, review=made.id)
