"""Endpoints of checks before departure (起运前核查接口)."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from api.accounts.permissions import Action
from api.http.dependencies import IfMatch, Paging, Work, tag
from api.permits.checks_service import (
    PhotoSent,
    TaskState,
    check_again,
    get_check,
    hand_over,
    list_checks,
    record_sheet,
)
from api.permits.load_sheets import file_load_sheet, list_load_sheets
from api.permits.service import authorise_somewhere
from api.permits.shapes import (
    CheckList,
    CheckOut,
    HandOverIn,
    LoadSheetIn,
    LoadSheetList,
    LoadSheetOut,
    ReasonIn,
    SheetIn,
    check_out,
    load_sheet_out,
    read_strictly,
)
from api.permits.sheets import CheckSheet, HaulageSheet

router = APIRouter(tags=["checks 起运前核查"])
_NUMBER: Final = r"^[0-9A-Z-]{6,24}$"
Number = Annotated[str, Path(pattern=_NUMBER, description="许可证号 number of the permit")]


@router.get("/checks", summary="核查任务 list check tasks")
def get_checks(
    work: Work,
    page: Paging,
    state: Annotated[list[TaskState] | None, Query(description="状态 states")] = None,
    mine: Annotated[bool, Query(description="只看本单位的 at one's own desk")] = False,
) -> CheckList:
    """Check tasks, the oldest open ones first."""
    rows, total = list_checks(work, state or [], own=mine, limit=page.limit, offset=page.offset)
    return CheckList(items=[check_out(row) for row in rows], total=total)


@router.get("/checks/{check_id}", summary="核查任务 one check task")
def get_one_check(work: Work, response: Response, check_id: uuid.UUID) -> CheckOut:
    """One task with its sheet and result."""
    task = get_check(work, check_id)
    tag(response, task.version)
    return check_out(task)


@router.post("/checks/{check_id}/sheet", summary="填报现场核查单 record the sheet of a check")
def post_sheet(work: Work, response: Response, check_id: uuid.UUID, sent: SheetIn, if_match: IfMatch) -> CheckOut:
    """Record the sheet; what it concludes follows at once."""
    photos = [PhotoSent(photo.kind, photo.attachment_id) for photo in sent.photos]
    authorise_somewhere(work, Action.RECORD_CHECK)
    task = record_sheet(work, check_id, read_strictly(CheckSheet, sent.sheet), photos, expected=if_match)
    tag(response, task.version)
    return check_out(task)


@router.post("/checks/{check_id}/again", status_code=201, summary="再次核查 check again")
def post_again(work: Work, check_id: uuid.UUID, sent: ReasonIn) -> CheckOut:
    """Open another check after one that found a difference."""
    return check_out(check_again(work, check_id, sent.reason))


@router.post("/checks/{check_id}/hand-over", summary="委托核查 delegate a check")
def post_hand_over(work: Work, check_id: uuid.UUID, sent: HandOverIn) -> CheckOut:
    """Delegate an open check to another transport department of the province."""
    return check_out(hand_over(work, check_id, sent.body_id, sent.reason))


@router.post("/permits/{number}/load-sheets", status_code=201, summary="填报调运单 file a load sheet")
def post_load_sheet(work: Work, number: Number, sent: LoadSheetIn) -> LoadSheetOut:
    """File the consignor's statement."""
    authorise_somewhere(work, Action.FILE_LOAD_SHEET)
    return load_sheet_out(file_load_sheet(work, number, read_strictly(HaulageSheet, sent.sheet)))


@router.get("/permits/{number}/load-sheets", summary="调运单 list load sheets")
def get_load_sheets(work: Work, number: Number) -> LoadSheetList:
    """Filed statements, the newest first."""
    rows = list_load_sheets(work, number)
    return LoadSheetList(items=[load_sheet_out(row) for row in rows], total=len(rows))
