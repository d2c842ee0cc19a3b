"""Endpoints of the cross-province exchange (跨省交换接口)."""

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.db.tables import ExchangeFile
from api.dispatch.exchange import MOST_BYTES
from api.errors import FieldFault, InvalidError, TooLargeError
from api.exchange.files import FileFilter, get_file, hand_out, list_files
from api.exchange.incoming import take
from api.exchange.outgoing import answer_forward, prepare_forwards
from api.http.dependencies import Paging, Work

router = APIRouter(prefix="/api/v1", tags=["exchange 跨省交换"])
FileId = Annotated[uuid.UUID, Path(description="交换文件 id of the file")]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
_DOCUMENT = {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}


class FileOut(BaseModel):
    """交换文件 a file of the exchange."""

    id: uuid.UUID
    direction: str
    kind: str
    province: str
    other_province: str
    case_id: uuid.UUID
    packet_id: uuid.UUID | None
    answers_id: uuid.UUID | None
    content_hash: str
    due_on: dt.date | None
    recorded_at: dt.datetime
    fetched_at: dt.datetime | None


class FileList(BaseModel):
    """交换文件列表 a page of files."""

    items: list[FileOut]
    total: int


class NewAnswer(BaseModel):
    """答复 our answer for our part of the route."""

    model_config = ConfigDict(extra="forbid")
    decision: Literal["agree", "conditions", "object"]
    conditions: Annotated[list[Line], Field(max_length=50)] = []
    reasons: Annotated[list[Line], Field(max_length=50)] = []


@router.get("/exchange-files", summary="交换文件列表 list exchange files")
def get_files(
    work: Work,
    page: Paging,
    direction: Annotated[Literal["out", "in"] | None, Query(description="转出、转入")] = None,
    kind: Annotated[Literal["forward", "answer"] | None, Query(description="转送、答复")] = None,
    case_id: Annotated[uuid.UUID | None, Query(description="办件 of this case only")] = None,
    unfetched: Annotated[bool, Query(description="只列未取走的转出文件 outgoing ones nobody fetched")] = False,
) -> FileList:
    """Files of one's own province, the newest first."""
    rows, total = list_files(
        work, FileFilter(direction, kind, case_id, unfetched), limit=page.limit, offset=page.offset
    )
    return FileList(items=[_shown(row) for row in rows], total=total)


@router.get("/exchange-files/{file_id}", summary="交换文件 one exchange file")
def get_one_file(work: Work, file_id: FileId) -> FileOut:
    """What is known of a file."""
    return _shown(get_file(work, file_id))


@router.post(
    "/exchange-files/{file_id}/content",
    summary="取走文件 fetch a file",
    response_class=Response,
    responses={200: {"content": _DOCUMENT, "description": "文件原文 the file, byte by byte"}},
)
def post_fetch(work: Work, file_id: FileId) -> Response:
    """The file itself; that an outgoing one was fetched is noted, so this is no GET."""
    text = hand_out(work, get_file(work, file_id))
    return Response(text, media_type="application/json", headers={"X-Content-Type-Options": "nosniff"})


@router.post(
    "/exchange-files",
    status_code=201,
    summary="交来文件 take a file of another province",
    openapi_extra={"requestBody": {"required": True, "content": _DOCUMENT}},
    responses={200: {"model": FileOut, "description": "以前交来过 it came before"}},
)
async def post_file(work: Work, request: Request, response: Response) -> FileOut:
    """Take a file as it is, whole or not at all; the same file again answers 200 and changes nothing."""
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        raise TooLargeError("文件过大", "the file is too large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidError([FieldFault("file", "不是UTF-8文本", "it is no UTF-8 text")]) from error
    row, is_new = await run_in_threadpool(take, work, text)
    response.status_code = 201 if is_new else 200
    return _shown(row)


@router.post("/cases/{case_id}/exchange-files", summary="生成转出文件 write the outgoing files")
def post_forwards(work: Work, case_id: Annotated[uuid.UUID, Path(description="办件 id of the case")]) -> FileList:
    """Write the files for every province along the route of an accepted case; a repeat writes nothing new."""
    rows = prepare_forwards(work, case_id)
    return FileList(items=[_shown(row) for row in rows], total=len(rows))


@router.post("/exchange-files/{file_id}/answer", status_code=201, summary="答复转入文件 answer a forward")
def post_answer(work: Work, file_id: FileId, new: NewAnswer) -> FileOut:
    """Answer another province for our part, when our own bodies have answered; the answer is a file to fetch."""
    return _shown(answer_forward(work, file_id, new.decision, new.conditions, new.reasons))


def _shown(row: ExchangeFile) -> FileOut:
    return FileOut(
        id=row.id,
        direction=row.direction,
        kind=row.kind,
        province=row.province,
        other_province=row.other_province,
        case_id=row.case_id,
        packet_id=row.packet_id,
        answers_id=row.answers_id,
        content_hash=row.content_hash,
        due_on=row.due_on,
        recorded_at=row.recorded_at,
        fetched_at=row.fetched_at,
    )
