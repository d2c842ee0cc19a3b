"""Rows that belong to a case (办件的从属记录)."""

from collections.abc import Sequence

from sqlalchemy import select

from api.db.tables import Case, Correction, Decision, Packet, Pause, Review
from api.unit_of_work import UnitOfWork


def current_review(work: UnitOfWork, case: Case) -> Review | None:
    """The machine review of the form as it now stands."""
    review = work.session.get(Review, case.review_id) if case.review_id else None
    return review if review is not None and review.form_version == case.form_version else None


def packets_of(work: UnitOfWork, case: Case) -> Sequence[Packet]:
    """All packets of a case, in the order they were sent."""
    wanted = select(Packet).where(Packet.case_id == case.id).order_by(Packet.sent_at, Packet.id)
    return work.session.scalars(wanted).all()


def decisions_of(work: UnitOfWork, case: Case) -> Sequence[Decision]:
    """The decisions of a case, that on the highway permit first."""
    wanted = select(Decision).where(Decision.case_id == case.id)
    return work.session.scalars(wanted.order_by(Decision.item != "highway", Decision.item, Decision.body_id)).all()


def find_decision(work: UnitOfWork, case: Case, item: str, body_id: str | None = None) -> Decision | None:
    """The decision on an item, by a body where several decide; None where there is none."""
    named = [one for one in decisions_of(work, case) if one.item == item and body_id in {None, one.body_id}]
    return named[0] if named else None


def pauses_of(work: UnitOfWork, case: Case) -> Sequence[Pause]:
    """The pauses of a case, the earliest first."""
    return work.session.scalars(select(Pause).where(Pause.case_id == case.id).order_by(Pause.from_on)).all()


def correction_of(work: UnitOfWork, case: Case) -> Correction | None:
    """The one request for correction, if there was one."""
    return work.session.get(Correction, case.id)
