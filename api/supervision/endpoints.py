"""Endpoints of supervision, statistics and ratings (督查、统计、评价接口)."""

import datetime as dt
import uuid
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts.permissions import Action
from api.cases.find import visible
from api.db.tables import Case
from api.http.dependencies import IfMatch, Paging, Work, tag
from api.supervision import figures, statistics
from api.supervision.draws import METHOD_EN, METHOD_ZH, draw_list
from api.supervision.matters import Kind
from api.supervision.published import read_published
from api.supervision.ratings import list_ratings, rate, rectify
from api.supervision.running_out import LISTED, Wanted, counts, running_out, seen
from api.supervision.shapes import (
    DrawnOut,
    DrawOut,
    OfficeList,
    Overview,
    PublishedOut,
    RatingList,
    RatingOut,
    RunningOut,
    Statistics,
    StructureList,
    line_out,
    queue_out,
    rating_out,
)
from rules.cards import Card

router = APIRouter(prefix="/api/v1", tags=["supervision 督查统计"])
BodyId = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="单位 id of a body")]
Since = Annotated[dt.date | None, Query(description="提交日期起 submitted from this day on")]
Until = Annotated[dt.date | None, Query(description="提交日期止 submitted up to this day")]
Province = Annotated[str, Path(pattern=r"^[0-9]{2}$", description="省份代码前两位 first two digits of the province")]
Words = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class NewRating(BaseModel):
    """评价 a rating: 5 very satisfied … 1 very dissatisfied."""

    model_config = ConfigDict(extra="forbid")
    grade: Annotated[int, Field(ge=1, le=5, description="5 非常满意、4 满意、3 基本满意、2 不满意、1 非常不满意")]
    text: Words = ""


class Rectification(BaseModel):
    """整改反馈 what was done about a bad rating."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


@router.get("/supervision/overview", summary="总览 overview of today")
def get_overview(work: Work) -> Overview:
    """What is open by state and card, what runs out by kind, and what waits on desks."""
    found = seen(work)
    where = visible(work, Action.LIST_RUNNING_OUT)
    return Overview(
        on=work.today,
        open=figures.open_number(work, where),
        by_state=figures.counted_by(work, where, Case.state),
        cards=dict.fromkeys(Card, 0) | Counter(one.card for one in found if one.kind is Kind.CASE),
        matters=counts(found),
        queue=queue_out(figures.queue(work, where)),
    )


@router.get("/supervision/running-out", summary="临期清单 what runs out")
def get_running_out(
    work: Work,
    page: Paging,
    kind: Annotated[list[Kind] | None, Query(description="种类 kinds of things")] = None,
    card: Annotated[
        list[Card] | None, Query(description="预警、黄牌、红牌；缺省为除绿以外 cards; all but green")
    ] = None,
    body_id: BodyId = None,
) -> RunningOut:
    """The daily list of everything that has to be done by a day, the worst card first, then by due day.

    Cases, opinions, promised items, corrections, returned packets, checks on the spot, deliveries, changes, bad
    ratings, cross-province files.
    """
    wanted = Wanted(frozenset(kind or Kind), frozenset(card) if card else LISTED, body_id)
    lines, total = running_out(work, wanted, limit=page.limit, offset=page.offset)
    return RunningOut(on=work.today, items=[line_out(line) for line in lines], total=total)


@router.get("/supervision/statistics", summary="统计 statistics")
def get_statistics(work: Work, since: Since = None, until: Until = None, body_id: BodyId = None) -> Statistics:
    """Volume, states, classes, shares and queues of cases submitted in a period; a year where nothing is said."""
    return statistics.statistics(work, statistics.period_of(work, since, until), body_id)


@router.get("/supervision/offices", summary="各单位用时 time in hands by office")
def get_offices(
    work: Work, page: Paging, since: Since = None, until: Until = None, body_id: BodyId = None
) -> OfficeList:
    """Median of working days in the hands of each office, from the ledger; `body_id` takes the cases it decides."""
    period = statistics.period_of(work, since, until)
    return statistics.offices(work, period, body_id, limit=page.limit, offset=page.offset)


@router.get("/supervision/structures", summary="瓶颈构造物 structures in the way")
def get_structures(
    work: Work,
    since: Since = None,
    until: Until = None,
    body_id: BodyId = None,
    limit: Annotated[int, Query(ge=1, le=200, description="条数 how many")] = 50,
) -> StructureList:
    """Bridges, tunnels and other structures by how many cases they bar or allow on conditions only."""
    return statistics.structures(work, statistics.period_of(work, since, until), body_id, limit=limit)


@router.get("/supervision/draws/{province}/{on}", summary="抽查清单 draw of checks near thresholds")
def get_draw(
    work: Work, province: Province, on: Annotated[dt.date, Path(description="签发日 day of issue")]
) -> DrawOut:
    """Permits of a day near a class threshold, drawn or not, with seed and method: anybody can repeat the draw."""
    found = draw_list(work, province, on)
    items = [
        DrawnOut(
            case_id=one.case_id,
            case_number=one.number,
            value=one.value,
            drawn=one.drawn,
            task_id=one.task_id,
            inspectors=list(one.inspectors),
        )
        for one in found.items
    ]
    return DrawOut(
        province=found.province,
        on=found.on,
        seed=found.seed,
        percent=found.percent,
        method_zh=METHOD_ZH,
        method_en=METHOD_EN,
        items=items,
        total=len(items),
    )


@router.get("/public/figures/{province}", summary="公开统计 published figures")
def get_published(work: Work, province: Province) -> PublishedOut:
    """Figures of a province as last published, for everybody; made once a day, of offices, with nothing of any case."""
    row = read_published(work, province)
    return PublishedOut(province=row.province, on=row.on, figures=row.content)


@router.post("/cases/{case_id}/rating", status_code=201, summary="评价 rate the service")
def post_rating(
    work: Work,
    response: Response,
    case_id: Annotated[uuid.UUID, Path(description="办件 id of the case")],
    new: NewRating,
) -> RatingOut:
    """Rate the handling of one's own finished case, once; a bad rating has to be put right by a day."""
    row = rate(work, case_id, new.grade, new.text)
    tag(response, row.version)
    return rating_out(row)


@router.get("/ratings", summary="评价列表 ratings")
def get_ratings(
    work: Work,
    page: Paging,
    only_open: Annotated[bool, Query(alias="open", description="只列待整改的 only what is to be put right")] = False,
    body_id: BodyId = None,
) -> RatingList:
    """Ratings the account may see, the newest first."""
    rows, total = list_ratings(work, only_open=only_open, body_id=body_id, limit=page.limit, offset=page.offset)
    return RatingList(items=[rating_out(row) for row in rows], total=total)


@router.post("/ratings/{rating_id}/rectification", summary="差评整改 put a bad rating right")
def post_rectification(
    work: Work,
    response: Response,
    rating_id: Annotated[uuid.UUID, Path(description="评价 id of the rating")],
    sent: Rectification,
    if_match: IfMatch,
) -> RatingOut:
    """Say what was done; the carrier is told. `If-Match` refuses a lost update."""
    row = rectify(work, rating_id, sent.text, expected=if_match)
    tag(response, row.version)
    return rating_out(row)
