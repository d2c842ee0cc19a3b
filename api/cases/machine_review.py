"""The machine review of a case (机器审查): route, comparison and dispatch plan, attached as one row."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import structlog
from sqlalchemy import func, select

from api.applications.form import ApplicationForm
from api.applications.form_reading import parse_form
from api.cases import remarks
from api.cases.database_register import DatabaseRegister
from api.cases.directory import directory_of
from api.checks.compare import compare
from api.checks.register import Register
from api.checks.stages import stages
from api.db.tables import Case, Review
from api.dispatch.managing import stretches_of
from api.dispatch.plan import plan
from api.errors import RequestError
from api.provinces.settings import dispatch_settings_on
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest
from api.reviews.service import review
from api.reviews.settings import reason_settings
from api.unit_of_work import UnitOfWork
from data.overlays import Overlay
from data.policies import load_policy
from routing.errors import RoutingError

NOT_REVIEWABLE: Final = "not_reviewable"
_log = structlog.get_logger("api.cases")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a review is made on (审查所据资料).

    Attributes:
        network: The road network in use.
        overlays: Closures and works in force.
    """

    network: OpenNetwork
    overlays: tuple[Overlay, ...] = ()

    @property
    def closures(self) -> list[str]:
        """Content of the closures, to see whether they have changed since."""
        return sorted(overlay.content_id for overlay in self.overlays)


def make_review(work: UnitOfWork, case: Case, grounds: Grounds, *, register: Register | None = None) -> Review:
    """Review a case as its form now stands, and attach the result.

    A form that cannot be reviewed, because a place lies too far from every road, gets a review that says so: a person
    decides what follows.
    """
    form = parse_form(case.form)
    report = _report(form, grounds)
    return _attach(work, case, report, _plan(work, case.province, report, work.today), register)


def compare_again(
    work: UnitOfWork, case: Case, *, as_of: int | None = None, register: Register | None = None
) -> Review:
    """Compare a form whose load and road stay as they were; what was settled of the road stays settled.

    Args:
        work: The unit of work.
        case: The case with the form as it now stands.
        as_of: Version of the form whose review still holds; None for the one attached.
        register: What is known elsewhere.
    """
    wanted = select(Review).where(Review.case_id == case.id)
    wanted = wanted.where(Review.form_version == as_of) if as_of else wanted.where(Review.id == case.review_id)
    known = work.session.scalars(wanted.order_by(Review.round.desc()).limit(1)).one()
    settled = remarks.get(case, "settled", None)
    review = _attach(work, case, known.report, known.plan, register)
    remarks.put(case, "settled", settled)
    work.record("compared_again", case_id=case.id, review=review.id, report_of=known.id)
    return review


def _attach(
    work: UnitOfWork, case: Case, report: dict[str, Any], plan_json: dict[str, Any], register: Register | None
) -> Review:
    form = parse_form(case.form)
    sources = register or DatabaseRegister(work, case)
    compared = compare(form, report if "routes" in report else None, sources, work.today)
    row = Review(
        case_id=case.id,
        form_version=case.form_version,
        round=_next_round(work, case),
        verdict=report["verdict"],
        report=report,
        comparison={"comparison": compared.to_json(), "stages": stages(compared).to_json()},
        plan=plan_json,
        network_id=report["network_id"],
        rules_id=report["rules_id"],
        policy_id=report["policy_id"],
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    case.review_id = row.id
    case.verdict = row.verdict
    case.vehicle_class = compared.vehicle_class
    case.scope = "cross_province" if row.plan.get("level") == "cross_province" else "own"
    remarks.put(case, "settled", None)  # another review, other findings: what was settled is looked at again
    return row


def request_of(form: ApplicationForm, overlays: tuple[Overlay, ...]) -> ReviewRequest:
    """What the review of a form is asked: this load and no other; who wants another asks a what-if question."""
    line = None
    if form.trip.line is not None:
        line = Line(*np.array(form.trip.line.coordinates, float).T)
    return ReviewRequest(
        vehicle=form.loaded_vehicle(),
        policy=load_policy(),
        on=form.trip.start_date,
        stops=() if line else form.trip.stops,
        line=line,
        overlays=overlays,
        reasons=reason_settings().without_advice(),
    )


def _report(form: ApplicationForm, grounds: Grounds) -> dict[str, Any]:
    request = request_of(form, grounds.overlays)
    try:
        return review(grounds.network, request)
    except (RequestError, RoutingError) as error:
        _log.info("not reviewable", fault=str(error))
        faults = list(getattr(error, "faults", (str(error),)))
        return {
            "verdict": NOT_REVIEWABLE,
            "faults": faults,
            "network_id": grounds.network.graph.network_id,
            "rules_id": "",
            "policy_id": request.policy.policy_id,
        }


def _plan(work: UnitOfWork, province: str, report: dict[str, Any], on: dt.date) -> dict[str, Any]:
    """The dispatch plan; without a route it names no body, and the province's window settles it."""
    if not report.get("routes"):
        return {"level": "unknown", "accepts": None, "decides": None, "packets": [], "items": [], "notes": []}
    settings = dispatch_settings_on(work, province, on)
    return plan(report, stretches_of(report), directory_of(work.session), on, settings).to_json()


def _next_round(work: UnitOfWork, case: Case) -> int:
    """Rounds count the reviews of one version of the form."""
    same = (Review.case_id == case.id, Review.form_version == case.form_version)
    return (work.session.scalar(select(func.max(Review.round)).where(*same)) or 0) + 1
