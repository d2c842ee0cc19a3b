"""Figures of cases (统计): volume, shares, dispatch, queues, structures; each is one aggregate of the database."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Float, case, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from api.cases.states import State
from api.db.tables import Body, Case, Decision, Event, Packet, Review, ServiceRating
from api.supervision.clock_cards import OPEN_STATES
from api.unit_of_work import LOCAL, UnitOfWork

HUNDRED: Final = 100.0
# What puts a case onto a desk where somebody has to take it up.
_QUEUED: Final = ("dispatched", "answer_correction", "review_done", "recommend", "send_back", "release")
_TAKEN: Final = ("claim", "accept", "not_accept", "request_correction")
_HUMAN: Final = (State.SUBMITTED.value, State.REVIEW.value, State.DECISION.value)
_HOUR_S: Final = 3600.0
_MOST_STRUCTURES: Final = 200


@dataclass(frozen=True, slots=True)
class Period:
    """Days of submission, both included (提交日期范围)."""

    since: dt.date
    until: dt.date

    def holds(self) -> ColumnElement[bool]:
        """Which cases lie in it."""
        return _day(Case.submitted_at).between(self.since, self.until)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole (占比); the percentage of nothing is unknown."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """In percent, one decimal."""
        return round(HUNDRED * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True)
class Month:
    """Volume of one month (月办件量)."""

    month: str
    submitted: int
    ended: int


def counted_by(work: UnitOfWork, where: ColumnElement[bool], column: Any) -> dict[str, int]:  # noqa: ANN401 - a column
    """How many cases there are of each value of a column; `unknown` where it has none."""
    value = func.coalesce(column, "unknown")
    rows = work.session.execute(select(value, func.count()).where(where).group_by(value).order_by(value))
    return dict(rows.all())


def months(work: UnitOfWork, where: ColumnElement[bool]) -> list[Month]:
    """Volume by month of submission, with how many of those are decided or ended by now."""
    month = func.to_char(_local(Case.submitted_at), "YYYY-MM")
    query = select(month, func.count(), func.count(Case.ended_at)).where(where).group_by(month).order_by(month)
    return [Month(*row) for row in work.session.execute(query)]


def automatic(work: UnitOfWork, where: ColumnElement[bool]) -> Share:
    """Share of permits that were decided automatically."""
    query = select(func.count().filter(Decision.is_automatic), func.count())
    query = query.join(Case, Case.id == Decision.case_id).where(where, Decision.item == "highway")
    part, whole = work.session.execute(query.where(Decision.state.in_(("approved", "refused")))).one()
    return Share(part, whole)


def late(work: UnitOfWork, where: ColumnElement[bool]) -> Share:
    """Share of ended cases that ended after their statutory day (超过法定期限办结)."""
    is_late = _day(Case.ended_at) > Case.statutory_due_on
    query = select(func.count().filter(is_late), func.count())
    part, whole = work.session.execute(
        query.where(where, Case.ended_at.is_not(None), Case.statutory_due_on.is_not(None))
    ).one()
    return Share(part, whole)


def wrong_dispatches(work: UnitOfWork, where: ColumnElement[bool]) -> Share:
    """Share of packets that came back as wrongly sent (错分率); what only informs is nobody's to return."""
    query = select(func.count().filter(Packet.state == "returned"), func.count())
    part, whole = work.session.execute(
        query.join(Case, Case.id == Packet.case_id).where(where, Packet.purpose != "inform")
    ).one()
    return Share(part, whole)


def wrong_dispatches_by_body(work: UnitOfWork, where: ColumnElement[bool]) -> dict[str, Share]:
    """The same by body that was sent something."""
    query = select(Packet.body_id, func.count().filter(Packet.state == "returned"), func.count())
    query = query.join(Case, Case.id == Packet.case_id).where(where, Packet.purpose != "inform")
    rows = work.session.execute(query.group_by(Packet.body_id).order_by(Packet.body_id))
    return {body: Share(part, whole) for body, part, whole in rows}


def cases_returned(work: UnitOfWork, where: ColumnElement[bool]) -> Share:
    """Share of dispatches of whole cases that came back."""
    query = select(func.count().filter(Event.kind == "case_returned"), func.count().filter(Event.kind == "dispatched"))
    part, whole = work.session.execute(
        query.join(Case, Case.id == Event.case_id).where(where, Event.kind.in_(("case_returned", "dispatched")))
    ).one()
    return Share(part, whole)


@dataclass(frozen=True, slots=True)
class Queue:
    """Time until somebody takes a case up (待认领时间), in hours.

    Attributes:
        taken: How often a case was taken up.
        waiting: Open cases on a desk that nobody has claimed.
        longest_h: How long the longest of those has waited since the last event.
    """

    taken: int
    median_h: float | None
    waiting: int
    longest_h: float | None


def queue(work: UnitOfWork, where: ColumnElement[bool]) -> Queue:
    """How long cases lie on desks before somebody takes them up."""
    kinds = (*_QUEUED, *_TAKEN)
    by_case: dict[str, Any] = {"partition_by": Event.case_id, "order_by": Event.seq}
    before_kind, before_at = func.lag(Event.kind).over(**by_case), func.lag(Event.at).over(**by_case)
    steps = (
        select(Event.kind, Event.at, before_kind.label("before_kind"), before_at.label("before_at"))
        .join(Case, Case.id == Event.case_id)
        .where(where, Event.kind.in_(kinds))
        .subquery()
    )
    hours = func.extract("epoch", steps.c.at - steps.c.before_at) / _HOUR_S
    taken = select(func.count(), func.percentile_cont(0.5).within_group(cast(hours, Float)))
    number, middle = work.session.execute(taken.where(steps.c.kind.in_(_TAKEN), steps.c.before_kind.in_(_QUEUED))).one()
    waiting, longest = _waiting(work, where)
    return Queue(number, _rounded(middle), waiting, _rounded(longest))


def _waiting(work: UnitOfWork, where: ColumnElement[bool]) -> tuple[int, float | None]:
    last = (
        select(func.max(Event.at)).where(Event.case_id == Case.id, Event.kind.in_(_QUEUED)).correlate(Case)
    ).scalar_subquery()
    hours = func.extract("epoch", work.now - func.coalesce(last, Case.submitted_at)) / _HOUR_S
    query = select(func.count(), func.max(cast(hours, Float)))
    count, longest = work.session.execute(query.where(where, Case.state.in_(_HUMAN), Case.claimed_by.is_(None))).one()
    return count, longest


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure that stands in the way of many loads (瓶颈构造物): counts of cases, no capacities."""

    id: str
    name: str
    kind: str
    blocked: int
    conditional: int
    unknown: int


def hot_structures(work: UnitOfWork, where: ColumnElement[bool], *, limit: int = 50) -> list[Structure]:
    """Structures by how many cases they bar, then by how many they pass on conditions only.

    Of every case its present review counts, and of that the first route; a structure counts once a case.
    """
    path = cast("$.routes[0].findings[*] ? (@.structure != null)", JSONPATH)
    findings = (
        select(Case.id.label("case_id"), func.jsonb_path_query(Review.report, path, type_=JSONB).label("f"))
        .join(Review, Review.id == Case.review_id)
        .where(where)
        .subquery()
    )
    structure, outcome = findings.c.f["structure"], findings.c.f["outcome"].astext
    rank = case((outcome == "blocked", 3), (outcome == "unknown", 2), (outcome == "conditional", 1), else_=0)
    named = select(
        findings.c.case_id,
        structure["id"].astext.label("id"),
        structure["name"].astext.label("name"),
        structure["kind"].astext.label("kind"),
        rank.label("rank"),
    ).subquery()
    name, kind, highest = (func.max(column) for column in (named.c.name, named.c.kind, named.c.rank))
    worst = (
        select(named.c.case_id, named.c.id, name.label("name"), kind.label("kind"), highest.label("rank"))
        .group_by(named.c.case_id, named.c.id)
        .subquery()
    )
    counts = [func.count().filter(worst.c.rank == value).label(name) for name, value in _RANKS.items()]
    query = select(worst.c.id, func.max(worst.c.name), func.max(worst.c.kind), *counts).where(worst.c.rank > 0)
    query = query.group_by(worst.c.id).order_by(*(one.desc() for one in counts), worst.c.id)
    rows = work.session.execute(query.limit(min(limit, _MOST_STRUCTURES)))
    return [Structure(row[0], row[1] or "", row[2] or "", row[3], row[4], row[5]) for row in rows]


_RANKS: Final = {"blocked": 3, "conditional": 1, "unknown": 2}


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings of the service (好差评统计).

    Attributes:
        by_grade: How many of each grade, 1 to 5.
        mean: Their mean; None without any.
        bad: Bad ones among all.
        rectified: Bad ones that were put right, among those.
    """

    by_grade: dict[int, int]
    mean: float | None
    bad: Share
    rectified: Share


def ratings(work: UnitOfWork, where: ColumnElement[bool]) -> Ratings:
    """Ratings of some cases."""
    rating = ServiceRating
    query = select(
        rating.grade,
        func.count(),
        func.count(rating.rectify_by),
        func.count(rating.rectified_at),
    ).join(Case, Case.id == rating.case_id)
    rows = work.session.execute(query.where(where).group_by(rating.grade)).all()
    number = sum(row[1] for row in rows)
    bad, rectified = sum(row[2] for row in rows), sum(row[3] for row in rows)
    by_grade = dict.fromkeys(range(1, 6), 0) | {row[0]: row[1] for row in rows}
    mean = round(sum(row[0] * row[1] for row in rows) / number, 2) if number else None
    return Ratings(by_grade, mean, Share(bad, number), Share(rectified, bad))


def levels(work: UnitOfWork, where: ColumnElement[bool]) -> dict[str, int]:
    """How many cases are decided at which level."""
    level = func.coalesce(Body.level, "unknown")
    query = select(level, func.count()).select_from(Case).outerjoin(Body, Body.id == Case.deciding_body_id)
    return dict(work.session.execute(query.where(where).group_by(level).order_by(level)).all())


def open_number(work: UnitOfWork, where: ColumnElement[bool]) -> int:
    """How many cases are not decided."""
    return work.session.scalar(select(func.count()).select_from(Case).where(where, Case.state.in_(OPEN_STATES))) or 0


def everything() -> ColumnElement[bool]:
    """All cases."""
    return true()


def _local(moment: Any) -> ColumnElement[Any]:  # noqa: ANN401 - SQL expressions
    return func.timezone(LOCAL.key, moment)


def _day(moment: Any) -> ColumnElement[dt.date]:  # noqa: ANN401 - likewise
    return cast(_local(moment), Date)


def _rounded(hours: float | None) -> float | None:
    return None if hours is None else round(float(hours), 1)
