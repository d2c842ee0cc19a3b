"""What the API tells of supervision (督查与统计的输出格式)."""

import datetime as dt
import uuid
from typing import Any

from pydantic import BaseModel

from api.db.tables import ServiceRating
from api.supervision.figures import Queue, Ratings, Share
from api.supervision.matters import KIND_ZH, Kind
from api.supervision.ratings import GRADES_ZH
from api.supervision.running_out import Line
from rules.cards import Card


class LineOut(BaseModel):
    """临期事项 something that runs out."""

    kind: Kind
    kind_zh: str
    case_id: uuid.UUID
    case_number: str
    subject_id: uuid.UUID
    body_id: str | None
    body: str | None
    carrier: str
    cargo: str
    by_applicant: bool
    since: dt.date
    due_on: dt.date | None
    card: Card
    card_zh: str


class RunningOut(BaseModel):
    """临期清单 the daily list of what runs out."""

    on: dt.date
    items: list[LineOut]
    total: int


class ShareOut(BaseModel):
    """占比 a part of a whole."""

    part: int
    whole: int
    percent: float | None


class MonthOut(BaseModel):
    """月办件量 volume of a month."""

    month: str
    submitted: int
    ended: int


class QueueOut(BaseModel):
    """待认领时间 time until somebody takes a case up, in hours."""

    taken: int
    median_h: float | None
    waiting: int
    longest_h: float | None


class RatingsOut(BaseModel):
    """好差评统计 ratings of the service."""

    by_grade: dict[int, int]
    mean: float | None
    bad: ShareOut
    rectified: ShareOut


class Overview(BaseModel):
    """总览 how things stand today."""

    on: dt.date
    open: int
    by_state: dict[str, int]
    cards: dict[Card, int]
    matters: dict[Kind, dict[Card, int]]
    queue: QueueOut


class Statistics(BaseModel):
    """统计 figures of cases submitted in a period."""

    since: dt.date
    until: dt.date
    submitted: int
    months: list[MonthOut]
    by_state: dict[str, int]
    by_class: dict[str, int]
    by_verdict: dict[str, int]
    by_scope: dict[str, int]
    by_level: dict[str, int]
    automatic: ShareOut
    late: ShareOut
    packets_returned: ShareOut
    cases_returned: ShareOut
    queue: QueueOut
    ratings: RatingsOut


class OfficeOut(BaseModel):
    """单位用时 how long an office had things in hand, in working days."""

    body_id: str
    body: str
    cases: int
    median_days: float | None
    opinions: int
    median_opinion_days: float | None
    packets_returned: ShareOut


class OfficeList(BaseModel):
    """各单位用时 offices."""

    since: dt.date
    until: dt.date
    items: list[OfficeOut]
    total: int


class StructureOut(BaseModel):
    """瓶颈构造物 a structure that stands in the way of many loads, in cases; nothing of its capacity."""

    id: str
    name: str
    kind: str
    blocked: int
    conditional: int
    unknown: int


class StructureList(BaseModel):
    """瓶颈构造物 structures, the worst first."""

    since: dt.date
    until: dt.date
    items: list[StructureOut]
    total: int


class PublishedOut(BaseModel):
    """公开统计 figures as they were published."""

    province: str
    on: dt.date
    figures: dict[str, Any]


class DrawnOut(BaseModel):
    """抽取对象 one case of a draw."""

    case_id: uuid.UUID
    case_number: str
    value: int
    drawn: bool
    task_id: uuid.UUID | None
    inspectors: list[str]


class DrawOut(BaseModel):
    """抽取清单 a draw that anybody can repeat."""

    province: str
    on: dt.date
    seed: str
    percent: int
    method_zh: str
    method_en: str
    items: list[DrawnOut]
    total: int


class RatingOut(BaseModel):
    """评价 a rating of the service."""

    id: uuid.UUID
    case_id: uuid.UUID
    body_id: str
    body: str
    grade: int
    grade_zh: str
    text: str
    rated_at: dt.datetime
    rectify_by: dt.date | None
    rectification: str | None
    rectified_at: dt.datetime | None
    version: int


class RatingList(BaseModel):
    """评价列表 ratings, the newest first."""

    items: list[RatingOut]
    total: int


def line_out(line: Line) -> LineOut:
    """A line of the daily list."""
    one = line.matter
    return LineOut(
        kind=one.kind,
        kind_zh=KIND_ZH[one.kind],
        case_id=one.case_id,
        case_number=one.number,
        subject_id=one.subject_id,
        body_id=one.body_id,
        body=line.body,
        carrier=line.carrier,
        cargo=line.cargo,
        by_applicant=one.by_applicant,
        since=one.since,
        due_on=one.due_on,
        card=one.card,
        card_zh=one.card.title_zh,
    )


def share_out(share: Share) -> ShareOut:
    """A share."""
    return ShareOut(part=share.part, whole=share.whole, percent=share.percent)


def queue_out(queue: Queue) -> QueueOut:
    """A queue."""
    return QueueOut(taken=queue.taken, median_h=queue.median_h, waiting=queue.waiting, longest_h=queue.longest_h)


def ratings_out(ratings: Ratings) -> RatingsOut:
    """Ratings."""
    return RatingsOut(
        by_grade=ratings.by_grade,
        mean=ratings.mean,
        bad=share_out(ratings.bad),
        rectified=share_out(ratings.rectified),
    )


def rating_out(row: ServiceRating) -> RatingOut:
    """A rating."""
    return RatingOut(
        id=row.id,
        case_id=row.case_id,
        body_id=row.body_id,
        body=row.body.name,
        grade=row.grade,
        grade_zh=GRADES_ZH[row.grade],
        text=row.text,
        rated_at=row.rated_at,
        rectify_by=row.rectify_by,
        rectification=row.rectification,
        rectified_at=row.rectified_at,
        version=row.version,
    )
