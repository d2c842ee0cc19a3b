"""Endpoints of many like trips (批量行程接口)."""

import uuid
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response, UploadFile

from api.applications.endpoints_answers import ImportAnswer
from api.applications.many import Mode, import_trips
from api.applications.sheet_files import MAX_FILE_BYTES
from api.applications.spreadsheet import write_csv_template, write_template
from api.http.dependencies import Work

router = APIRouter(prefix="/api/v1", tags=["trips 批量行程"])
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(
    "/trip-sheets/template",
    summary="批量表模板 template of the sheet",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}, "text/csv": {}}}},
)
def get_template(
    form: Annotated[Literal["xlsx", "csv"], Query(alias="format", description="格式 / format")] = "xlsx",
) -> Response:
    """逐次运输表的空白模板，每行一次运输。An empty sheet to fill in, one row a trip."""
    content = write_template() if form == "xlsx" else write_csv_template()
    media_type = _XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="trips.{form}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.post("/drafts/{draft_id}/trips", summary="批量导入行程 take many trips")
def post_trips(
    work: Work,
    draft_id: uuid.UUID,
    file: UploadFile,
    mode: Annotated[Mode, Query(description="预览、存为草稿、提交 / what to do")] = Mode.PREVIEW,
) -> ImportAnswer:
    """以一份填好的草稿为底，逐行生成草稿或者提交；全部可受理的行在同一事务内办理，同一行重复上传不会重复生成。

    Each row becomes a draft or a case on top of a base draft, all in one transaction; a row sent again makes no second.
    """
    content = file.file.read(MAX_FILE_BYTES + 1)
    return ImportAnswer.of(import_trips(work, draft_id, content, mode))
