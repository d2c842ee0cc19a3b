"""Ratings of the service (好差评): one a finished case, by its carrier; a bad one has to be put right and answered."""

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import func, select

from api.accounts.authorise import authorise, may, roles_of
from api.accounts.permissions import Action, scopes_for
from api.applications.drafts_owner import account_of
from api.cases.clocks import local_day
from api.cases.find import get_case, visible
from api.cases.notify import tell_body, tell_carrier
from api.cases.relation import relation_to
from api.db.tables import Case, ServiceRating
from api.errors import ConflictError, NotFoundError, StaleError
from api.supervision.settings import supervision_settings
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days
from rules.errors import CalendarRangeError

GRADES_ZH: Final = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
GRADES_EN: Final = {
    5: "very satisfied",
    4: "satisfied",
    3: "mostly satisfied",
    2: "dissatisfied",
    1: "very dissatisfied",
}
RECTIFIES: Final = Action.CLAIM  # who may take up the work of a body may put right what was rated badly
NO_RATING: Final = ("没有这条评价", "there is no such rating")


def rate(work: UnitOfWork, case_id: uuid.UUID, grade: int, text: str) -> ServiceRating:
    """Rate the handling of a case.

    Raises:
        NotFoundError: There is no such case for this account.
        ConflictError: The case is not finished, was rated already, or too long ago.
    """
    case = get_case(work, case_id, action=Action.RATE_SERVICE)
    _check_ratable(work, case)
    row = ServiceRating(id=uuid.uuid4(), case_id=case.id, body_id=case.deciding_body_id, grade=grade, text=text)
    row.rated_by, row.rated_at = account_of(work), work.now
    if grade <= supervision_settings().rating_bad_at_most:
        row.rectify_by = _due(work)
    work.session.add(row)
    work.session.flush()
    work.record("service_rated", case_id=case.id, rating=row.id, grade=grade, body=row.body_id, by_day=row.rectify_by)
    if row.rectify_by is not None:
        told = (f"{case.number}收到差评，须在{row.rectify_by}前整改反馈", f"{case.number}: a bad rating to put right")
        tell_body(work, row.body_id, case, *told)
    return row


def _check_ratable(work: UnitOfWork, case: Case) -> None:
    # Two sessions at once come one after the other: the case is locked until the end of the transaction.
    work.session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    if case.ended_at is None or case.deciding_body_id is None:
        raise ConflictError("办件尚未办结，办结后可以评价", "the case is not finished: rate it afterwards")
    if work.session.scalar(select(ServiceRating.id).where(ServiceRating.case_id == case.id)):
        raise ConflictError("本办件已经评价过", "this case has been rated")
    if work.today > local_day(case.ended_at) + dt.timedelta(days=supervision_settings().rating_days):
        raise ConflictError("已超过评价期限", "the time of rating is over")


def _due(work: UnitOfWork) -> dt.date:
    """The day by which a bad rating is put right; counted in plain days where the calendar does not reach."""
    days = supervision_settings().rectification_days
    try:
        return add_working_days(work.today, days)
    except CalendarRangeError:
        return work.today + dt.timedelta(days=days)


def list_ratings(
    work: UnitOfWork, *, only_open: bool, body_id: str | None, limit: int, offset: int
) -> tuple[list[ServiceRating], int]:
    """Ratings the account may see, the newest first: those of its statistics, or a carrier's own."""
    scopes = {
        action: scopes_for(roles_of(work.actor), action) for action in (Action.READ_STATISTICS, Action.RATE_SERVICE)
    }
    if not any(scopes.values()):
        authorise(work.actor, Action.READ_STATISTICS)
    where = visible(work, Action.READ_STATISTICS) | visible(work, Action.RATE_SERVICE)
    query = select(ServiceRating).join(Case, Case.id == ServiceRating.case_id).where(where)
    if only_open:
        query = query.where(ServiceRating.rectify_by.is_not(None), ServiceRating.rectified_at.is_(None))
    if body_id is not None:
        query = query.where(ServiceRating.body_id == body_id)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(ServiceRating.rated_at.desc(), ServiceRating.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def rectify(work: UnitOfWork, rating_id: uuid.UUID, text: str, *, expected: int | None = None) -> ServiceRating:
    """Put right what was rated badly, and tell the carrier what was done (差评整改反馈).

    Raises:
        NotFoundError: There is no such rating for this account.
        ConflictError: Nothing is to be put right, or it was already.
        StaleError: Somebody else changed it meanwhile.
    """
    if work.actor.account_id is None:
        authorise(work.actor, RECTIFIES)
    row = work.session.get(ServiceRating, rating_id, with_for_update={"of": ServiceRating})
    if row is None:
        raise NotFoundError(*NO_RATING)
    case = work.session.get_one(Case, row.case_id)
    relation = relation_to(work, case)
    if not any(may(work.actor, action, relation) for action in (Action.READ_STATISTICS, Action.RATE_SERVICE)):
        raise NotFoundError(*NO_RATING)
    authorise(work.actor, RECTIFIES, relation)
    if expected is not None and expected != row.version:
        raise StaleError
    if row.rectify_by is None or row.rectified_at is not None:
        raise ConflictError("没有待整改的差评，或者已经整改", "nothing is to be put right, or it has been")
    row.rectification, row.rectified_by, row.rectified_at = text, work.actor.account_id, work.now
    work.session.flush()
    work.record("rating_rectified", case_id=case.id, rating=row.id, text=text)
    tell_carrier(
        work, case, "rating", f"{case.number}的差评已整改：{text}"[:500], f"{case.number}: your rating was answered"
    )
    return row
