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


def make_review(work: UnitOfWork, case: Case, grounds: Grounds, *, register: Register | None = None) -> Review:
    """Review a case as its form now stands, and attach the result.

    A form that cannot be reviewed, because a place lies too far from every road, gets a review that says so: a person
    decides what follows.
    """
    form = parse_form(case.form)
    report = _report(form, grounds)
    on = work.today
    compared = compare(form, report if "routes" in report else None, register or DatabaseRegister(work, case), on)
    row = Review(
        case_id=case.id,
        form_version=case.form_version,
        round=_next_round(work, case),
        verdict=report["verdict"],
        report=report,
        comparison={"comparison": compared.to_json(), "stages": stages(compared).to_json()},
        plan=_plan(work, case.province, report, on),
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
    """What the review of a form is asked."""
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
