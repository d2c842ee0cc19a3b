"""Endpoints of an office's own road data (本辖区数据接口)."""

import uuid
from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api.db.tables import HoldingChange
from api.holdings.changes import (
    approve,
    ask_to_publish,
    ask_to_withdraw,
    get_change,
    list_changes,
    reject,
    take_back,
)
from api.holdings.closures import end_closure, get_closure, list_closures, publish_closures
from api.holdings.in_force import state_of, versions_in_force
from api.holdings.owner import Kind, may_read, reading_body
from api.holdings.settings import holding_settings
from api.holdings.shapes import (
    ChangeList,
    ChangeOut,
    ClosureList,
    ClosureOut,
    InForceOut,
    VersionList,
    VersionOut,
    change_out,
    closure_out,
    version_out,
    version_row,
)
from api.holdings.uploads import Upload, discard, get_version, list_versions, upload
from api.http.dependencies import IfMatch, Paging, Work, check_version, tag

router = APIRouter(prefix="/api/v1/holdings", tags=["holdings 本辖区数据"])
_KILO: Final = 1000
Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Datum = Annotated[str, Query(max_length=40, pattern=r"^[^\x00]*$", description="坐标系 datum of the coordinates")]
Current = Annotated[bool | None, Query(description="只看未结束的 only those not over")]


class Ask(BaseModel):
    """申请发布一份文件，或者撤下 ask that a file be in force, or nothing."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["bridges", "roads"]
    version_id: uuid.UUID | None = Field(description="要发布的文件；空表示撤下本单位的数据 None: nothing of the body")
    reason: Text = ""


class Reason(BaseModel):
    """原因 why."""

    model_config = ConfigDict(extra="forbid")
    reason: Text


@router.post("/versions", status_code=201, summary="上传并预览 upload and preview")
def post_version(
    work: Work,
    kind: Annotated[Kind, Query(description="桥涵台账、路段明细表、临时管制")],
    file: UploadFile,
    coverage: Annotated[UploadFile | None, File(description="资料覆盖声明 declarations of coverage")] = None,
    datum: Datum = "",
    until_further_notice: Annotated[bool, Query(description="没有止期的另行通知为止")] = False,
) -> VersionOut:
    """上传文件，返回逐行预览；此时什么都没有生效。A file and its preview; nothing is in force yet."""
    declared = coverage.file.read(_limit()) if coverage is not None and coverage.filename else None
    sent = Upload(
        kind=kind,
        name=file.filename,
        content=file.file.read(_limit()),
        coverage=declared,
        datum=datum,
        until_further_notice=until_further_notice,
    )
    return version_out(upload(work, sent))


def _limit() -> int:
    """One byte more than is taken: the file is refused, and not cut."""
    return holding_settings().largest_kb * _KILO + 1


@router.get("/versions", summary="文件列表 list files")
def get_versions(work: Work, page: Paging, kind: Annotated[Kind | None, Query()] = None) -> VersionList:
    """本单位上传的文件，最近的在前。Files of one's own body, the newest first."""
    found, total = list_versions(work, kind=kind, limit=page.limit, offset=page.offset)
    return VersionList(items=[version_row(one) for one in found], total=total)


@router.get("/versions/{version_id}", summary="文件及预览 one file")
def get_one_version(work: Work, response: Response, version_id: uuid.UUID) -> VersionOut:
    """文件及其预览。A file with its preview."""
    version = get_version(work, version_id)
    tag(response, version.version)
    return version_out(version)


@router.get(
    "/versions/{version_id}/file",
    summary="下载原文件 download a file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_file(work: Work, version_id: uuid.UUID) -> Response:
    """上传时的原文件，只作下载。The bytes as uploaded."""
    version = get_version(work, version_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(version.file_name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "private, no-store",
        "ETag": f'"{version.sha256}"',
    }
    return Response(version.content, media_type="application/octet-stream", headers=headers)


@router.post("/versions/{version_id}/publish", summary="发布临时管制 publish closures")
def post_closures(work: Work, version_id: uuid.UUID, if_match: IfMatch) -> ClosureList:
    """预览中采用的管制立即生效。The accepted closures are in force at once."""
    version = get_version(work, version_id)
    check_version(version.version, if_match)
    rows = publish_closures(work, version)
    return ClosureList(items=[closure_out(work, one) for one in rows], total=len(rows))


@router.delete("/versions/{version_id}", status_code=204, summary="丢弃文件 put a draft aside")
def delete_version(work: Work, version_id: uuid.UUID) -> None:
    """没有提交过的文件不再列出。A draft is listed no more."""
    discard(work, version_id)


@router.post("/changes", status_code=201, summary="提交核准 ask for publication or rollback")
def post_change(work: Work, response: Response, sent: Ask) -> ChangeOut:
    """提交发布、回退到以前的版本，或者撤下。Publish, go back to an earlier file, or withdraw."""
    if sent.version_id is None:
        change = ask_to_withdraw(work, sent.kind, sent.reason)
    else:
        change = ask_to_publish(work, sent.version_id, sent.reason)
    return _told(response, change)


@router.get("/changes", summary="申请列表 list requests")
def get_changes(
    work: Work,
    page: Paging,
    state: Annotated[
        Literal["asked", "approved", "done", "rejected", "withdrawn", "failed"] | None, Query(description="状态")
    ] = None,
) -> ChangeList:
    """本单位的申请，最近的在前。Requests of one's own body, the newest first."""
    found, total = list_changes(work, state=state, limit=page.limit, offset=page.offset)
    return ChangeList(items=[change_out(one) for one in found], total=total)


@router.get("/changes/{change_id}", summary="申请 one request")
def get_one_change(work: Work, response: Response, change_id: uuid.UUID) -> ChangeOut:
    """一项申请。A request."""
    return _told(response, get_change(work, change_id))


@router.post("/changes/{change_id}/approve", summary="核准 approve")
def post_approval(work: Work, response: Response, change_id: uuid.UUID, if_match: IfMatch) -> ChangeOut:
    """由第二人核准；随后生成新路网。A second person approves; then the network is made."""
    change = approve(work, change_id, expected=if_match)
    return _told(response, change)


@router.post("/changes/{change_id}/reject", summary="不予核准 reject")
def post_rejection(work: Work, response: Response, change_id: uuid.UUID, sent: Reason, if_match: IfMatch) -> ChangeOut:
    """不予核准，写明原因。Reject, with the reason."""
    return _told(response, reject(work, change_id, sent.reason, expected=if_match))


@router.post("/changes/{change_id}/take-back", summary="撤回 take back")
def post_taking_back(work: Work, response: Response, change_id: uuid.UUID) -> ChangeOut:
    """提交人在核准前撤回。Who asked takes it back."""
    return _told(response, take_back(work, change_id))


@router.get("/closures", summary="临时管制列表 list closures")
def get_closures(work: Work, page: Paging, current: Current = None) -> ClosureList:
    """本单位发布的临时管制，最近的在前。Closures of one's own body, the newest first."""
    found, total = list_closures(work, is_current=current, limit=page.limit, offset=page.offset)
    return ClosureList(items=[closure_out(work, one) for one in found], total=total)


@router.get("/closures/{closure_id}", summary="临时管制 one closure")
def get_one_closure(work: Work, response: Response, closure_id: uuid.UUID) -> ClosureOut:
    """一项临时管制。A closure."""
    closure = get_closure(work, closure_id)
    tag(response, closure.version)
    return closure_out(work, closure)


@router.post("/closures/{closure_id}/end", summary="提前解除 end a closure early")
def post_end(work: Work, response: Response, closure_id: uuid.UUID, sent: Reason) -> ClosureOut:
    """提前解除，立即生效。Ended at once."""
    closure = end_closure(work, closure_id, sent.reason)
    work.session.flush()
    tag(response, closure.version)
    return closure_out(work, closure)


@router.get("/in-force", summary="现行有效 what is in force")
def get_in_force(work: Work) -> InForceOut:
    """审查所用的路网，以及本单位现行有效的版本。The network in use, and one's own versions in force."""
    body = reading_body(work)
    own = [one for one in versions_in_force(work) if one.body_id == body.id and may_read(work, one.kind)]
    state = state_of(work.session)
    return InForceOut(
        network_id=state.network_id if state else None,
        changed_at=state.changed_at if state else None,
        versions=[version_row(one) for one in own],
    )


def _told(response: Response, change: HoldingChange) -> ChangeOut:
    tag(response, change.version)
    return change_out(change)
