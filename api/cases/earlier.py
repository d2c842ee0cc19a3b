"""The carrier's earlier cases beside this one (历史办件对照): same load, same road, and what has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case as sql_case
from sqlalchemy import select, tuple_

from api.accounts.permissions import Action
from api.cases.find import get_case, visible
from api.cases.rows import current_review
from api.db.tables import Case, Review
from api.unit_of_work import UnitOfWork

SIZES: Final = ("height_mm", "width_mm", "length_mm", "gross_mass_kg")


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """One earlier case of the same carrier.

    Attributes:
        changes: This case's size minus the earlier one's, in mm and kg.
        axles: Number of axles then.
        same_cargo: Whether it names the same cargo.
        phrase: Its route in words; empty without one.
        shared_percent: How much of the present route's roads it used; None where one of them has no route.
    """

    case: Case
    changes: Mapping[str, int]
    axles: int
    same_cargo: bool
    phrase: str
    shared_percent: int | None


def earlier_cases(work: UnitOfWork, case: Case, *, limit: int = 5) -> list[EarlierCase]:
    """Cases of the carrier before this one that the account may read: those with the same cargo first, then by age."""
    get_case(work, case.id, action=Action.READ_REPORT)
    name = Case.form[("cargo", "name")].astext
    same_first = sql_case((name == case.form["cargo"]["name"], 0), else_=1)
    route = Review.report[("routes", "0")]
    query = (
        select(Case, route["phrase"].astext, route["way_ids"])
        .outerjoin(Review, Review.id == Case.review_id)
        .where(Case.carrier_id == case.carrier_id, visible(work, Action.READ_CASE))
        .where(tuple_(Case.submitted_at, Case.number) < tuple_(case.submitted_at, case.number))
        .order_by(same_first, Case.submitted_at.desc(), Case.number.desc())
    )
    here = _ways(work, case)
    return [
        _earlier(case, row, phrase or "", here, ways) for row, phrase, ways in work.session.execute(query.limit(limit))
    ]


def _ways(work: UnitOfWork, case: Case) -> frozenset[int]:
    review = current_review(work, case)
    routes = (review.report.get("routes") if review else None) or [{"way_ids": []}]
    return frozenset(routes[0]["way_ids"])


def _earlier(case: Case, row: Case, phrase: str, here: frozenset[int], ways: list[int] | None) -> EarlierCase:
    now: dict[str, Any] = case.form["whole"]
    then: dict[str, Any] = row.form["whole"]
    shared = round(100 * len(here & set(ways)) / len(here)) if ways and here else None
    return EarlierCase(
        case=row,
        changes={size: now[size] - then[size] for size in SIZES},
        axles=len(then["axles"]),
        same_cargo=row.form["cargo"]["name"] == case.form["cargo"]["name"],
        phrase=phrase,
        shared_percent=shared,
    )
