"""Statistics for those who may read them (内部统计): the figures of the cases within their scope."""

import datetime as dt
from dataclasses import asdict
from typing import Final

from sqlalchemy import ColumnElement, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases.find import visible
from api.db.tables import Body, Case
from api.errors import FieldFault, InvalidError
from api.supervision import figures
from api.supervision.figures import Period, Share
from api.supervision.held import office_times
from api.supervision.shapes import (
    MonthOut,
    OfficeList,
    OfficeOut,
    Statistics,
    StructureList,
    StructureOut,
    queue_out,
    ratings_out,
    share_out,
)
from api.unit_of_work import UnitOfWork

USUAL_DAYS: Final = 365
LONGEST_DAYS: Final = 3660


def period_of(work: UnitOfWork, since: dt.date | None, until: dt.date | None) -> Period:
    """The asked period; a year up to today where nothing is said.

    Raises:
        InvalidError: It ends before it begins, or is longer than ten years.
    """
    last = until or work.today
    first = since or last - min(dt.timedelta(days=USUAL_DAYS), last - dt.date.min)
    if not 0 <= (last - first).days <= LONGEST_DAYS:
        text_zh = f"起止日期须先后相续，且不超过{LONGEST_DAYS}天"
        raise InvalidError([FieldFault("since", text_zh, "since comes before until, at most ten years before")])
    return Period(first, last)


def within(work: UnitOfWork, period: Period, body_id: str | None) -> ColumnElement[bool]:
    """Which cases are counted: those of the period that the account may read statistics of.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account reads statistics.
    """
    if not scopes_for(roles_of(work.actor), Action.READ_STATISTICS):
        authorise(work.actor, Action.READ_STATISTICS)
    where = visible(work, Action.READ_STATISTICS) & period.holds()
    return where if body_id is None else where & (Case.deciding_body_id == body_id)


def statistics(work: UnitOfWork, period: Period, body_id: str | None) -> Statistics:
    """Figures of a period."""
    where = within(work, period, body_id)
    by_state = figures.counted_by(work, where, Case.state)
    return Statistics(
        since=period.since,
        until=period.until,
        submitted=sum(by_state.values()),
        months=[MonthOut(**asdict(month)) for month in figures.months(work, where)],
        by_state=by_state,
        by_class=figures.counted_by(work, where, Case.vehicle_class),
        by_verdict=figures.counted_by(work, where, Case.verdict),
        by_scope=figures.counted_by(work, where, Case.scope),
        by_level=figures.levels(work, where),
        automatic=share_out(figures.automatic(work, where)),
        late=share_out(figures.late(work, where)),
        packets_returned=share_out(figures.wrong_dispatches(work, where)),
        cases_returned=share_out(figures.cases_returned(work, where)),
        queue=queue_out(figures.queue(work, where)),
        ratings=ratings_out(figures.ratings(work, where)),
    )


def offices(work: UnitOfWork, period: Period, body_id: str | None, *, limit: int, offset: int) -> OfficeList:
    """Time in hands by office, with how often it was sent what was not its own."""
    where = within(work, period, body_id)
    times, wrong = office_times(work, where), figures.wrong_dispatches_by_body(work, where)
    ids = sorted(times)
    page = ids[offset : offset + limit]
    names = dict(work.session.execute(select(Body.id, Body.name).where(Body.id.in_(page))).all())
    items = [
        OfficeOut(
            body_id=key,
            body=names.get(key, key),
            cases=times[key].cases,
            median_days=times[key].median_days,
            opinions=times[key].opinions,
            median_opinion_days=times[key].median_opinion_days,
            packets_returned=share_out(wrong.get(key, Share(0, 0))),
        )
        for key in page
    ]
    return OfficeList(since=period.since, until=period.until, items=items, total=len(ids))


def structures(work: UnitOfWork, period: Period, body_id: str | None, *, limit: int) -> StructureList:
    """Structures that stand in the way, the worst first."""
    found = figures.hot_structures(work, within(work, period, body_id), limit=limit)
    items = [StructureOut(**asdict(one)) for one in found]
    return StructureList(since=period.since, until=period.until, items=items, total=len(items))
