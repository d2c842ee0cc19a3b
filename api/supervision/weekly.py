"""Volume by week (周办件量): what came in and what was decided, week by week."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Date, cast, func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases.find import visible
from api.db.tables import Case
from api.unit_of_work import LOCAL, UnitOfWork

_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """One week, by its Monday (一周)."""

    begins: dt.date
    submitted: int
    ended: int


def weeks(work: UnitOfWork, number: int) -> list[Week]:
    """The last weeks up to the present one, the earliest first; a week without cases is in it too.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account reads statistics.
    """
    if not scopes_for(roles_of(work.actor), Action.READ_STATISTICS):
        authorise(work.actor, Action.READ_STATISTICS)
    this = work.today - dt.timedelta(days=work.today.weekday())
    mondays = [this - _WEEK * back for back in reversed(range(number))]
    submitted, ended = (_counted(work, column, mondays[0]) for column in (Case.submitted_at, Case.ended_at))
    return [Week(monday, submitted.get(monday, 0), ended.get(monday, 0)) for monday in mondays]


def _counted(work: UnitOfWork, moment: object, since: dt.date) -> dict[dt.date, int]:
    monday = cast(func.date_trunc("week", func.timezone(LOCAL.key, moment)), Date)
    query = select(monday, func.count()).where(visible(work, Action.READ_STATISTICS), monday >= since)
    return dict(work.session.execute(query.group_by(monday)).all())
