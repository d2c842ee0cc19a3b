"""Endpoints of what-if questions (假设试算接口)."""

import datetime as dt
import uuid
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.db.tables import WhatIf
from api.http.dependencies import Paging, Work
from api.reviews.request import Variant
from api.whatif.ask import answer_for, ask, link_to_case, list_questions, read_question, refuse_strangers
from api.whatif.network import Desk
from api.whatif.question import Question

router = APIRouter(prefix="/api/v1/what-if", tags=["what-if 试算"])
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Point = tuple[Longitude, Latitude]
_EARLIEST, _LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


class LineString(BaseModel):
    """A line as GeoJSON has it."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["LineString"]
    coordinates: Annotated[list[Point], Field(min_length=2, max_length=5000)]


class QuestionIn(BaseModel):
    """A question: vehicle as in vehicle.json, and stops as [lon, lat] in degrees, or a line (试算问题)."""

    model_config = ConfigDict(extra="forbid")
    vehicle: dict[str, JsonValue]
    on: Annotated[dt.date, Field(ge=_EARLIEST, le=_LATEST)] | None = None
    stops: Annotated[list[Point], Field(max_length=25)] = []
    line: LineString | None = None
    alternatives: Annotated[int, Field(ge=1, le=3)] = 1
    variants: Annotated[list[Variant], Field(max_length=3)] = []


class CaseLink(BaseModel):
    """The case that followed (关联办件)."""

    model_config = ConfigDict(extra="forbid")
    case_id: uuid.UUID


class QuestionSummary(BaseModel):
    """A question in the list."""

    id: uuid.UUID
    asked_at: dt.datetime
    vehicle_class: str
    verdict: str
    question: dict[str, JsonValue]
    case_id: uuid.UUID | None


class QuestionOut(QuestionSummary):
    """A question with its answer; for carriers without what would reveal a capacity (试算结果)."""

    answer: dict[str, JsonValue]


class QuestionList(BaseModel):
    """Questions, newest first."""

    items: list[QuestionSummary]
    total: int


@router.post("", status_code=201, summary="假设试算 ask a what-if question")
def post_question(request: Request, work: Work, asked: QuestionIn) -> QuestionOut:
    """Review a load before applying: verdict, class, days, papers, routes. 503 where no network is there."""
    refuse_strangers(work)
    desk = Desk.open(request.app.state.sessions)
    line, stops = tuple(asked.line.coordinates if asked.line else ()), tuple(asked.stops)
    question = Question(asked.vehicle, asked.on or work.today, stops, line, asked.alternatives, tuple(asked.variants))
    return _shown(work, ask(work, desk, question))


@router.get("", summary="试算记录 questions asked before")
def get_questions(work: Work, paging: Paging) -> QuestionList:
    """One's firm's questions, newest first."""
    rows, total = list_questions(work, limit=paging.limit, offset=paging.offset)
    return QuestionList(items=[_summary(row) for row in rows], total=total)


@router.get("/{question_id}", summary="试算结果 a question with its answer")
def get_question(work: Work, question_id: uuid.UUID) -> QuestionOut:
    """One question with its answer."""
    return _shown(work, read_question(work, question_id))


@router.put("/{question_id}/case", summary="关联办件 note the case that followed")
def put_case(work: Work, question_id: uuid.UUID, link: CaseLink) -> QuestionSummary:
    """Note which case followed."""
    return _summary(link_to_case(work, question_id, link.case_id))


def _summary(row: WhatIf) -> QuestionSummary:
    return QuestionSummary(
        id=row.id,
        asked_at=row.asked_at,
        vehicle_class=row.answer["classification"]["class"],
        verdict=row.verdict,
        question=_asked(row),
        case_id=row.case_id,
    )


def _shown(work: Work, row: WhatIf) -> QuestionOut:
    answer = cast(dict[str, JsonValue], answer_for(work, row))
    return QuestionOut(**_summary(row).model_dump(), answer=answer)


def _asked(row: WhatIf) -> dict[str, JsonValue]:
    """What was asked; what is kept beside it for the limits stays here."""
    return {name: row.question[name] for name in ("vehicle", "on", "stops", "line", "alternatives")}
