"""Endpoints of attachments (附件接口): taken in as files, given out as downloads only."""

import uuid
from typing import Annotated, Final, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, UploadFile
from fastapi.responses import StreamingResponse

from api.applications.attachments import add_attachment, find_attachment, list_attachments
from api.applications.attachments_names import ending_of
from api.applications.endpoints_answers import AttachmentAnswer, AttachmentList
from api.applications.storage import LocalStorage, Storage, chunks
from api.http.dependencies import Paging, Work
from api.settings import ServiceSettings

router = APIRouter(prefix="/api/v1/attachments", tags=["attachments 附件"])
_MEGABYTE: Final = 1_000_000
# Nothing uploaded is ever shown as a page of ours: a download of bytes, without rights even if somebody opens it.
_DOWNLOAD_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def storage_of(request: Request) -> Storage:
    """Where the attachments' bytes lie."""
    settings = cast(ServiceSettings, request.app.state.settings)
    return LocalStorage(settings.attachments_folder)


Bytes = Annotated[Storage, Depends(storage_of)]


@router.post("", status_code=201, summary="上传附件 upload an attachment")
def post_attachment(request: Request, work: Work, storage: Bytes, file: UploadFile) -> AttachmentAnswer:
    """上传附件：PDF、PNG、JPEG、XLSX、DOCX，种类由内容判定；应答之后文件已落盘。

    Upload a file; its kind is told by its content. Once answered, it is on the disk.
    """
    settings = cast(ServiceSettings, request.app.state.settings)
    largest = settings.upload_mb * _MEGABYTE
    attachment = add_attachment(work, storage, file.file, file.filename, largest_bytes=largest)
    return AttachmentAnswer.of(attachment)


@router.get("", summary="附件列表 list attachments")
def get_attachments(work: Work, paging: Paging) -> AttachmentList:
    """本企业或本单位上传的附件，最近上传的在前。What the own side uploaded, the newest first."""
    found, total = list_attachments(work, limit=paging.limit, offset=paging.offset)
    return AttachmentList(items=[AttachmentAnswer.of(one) for one in found], total=total)


@router.get("/{attachment_id}", summary="附件信息 read an attachment's details")
def get_attachment(work: Work, attachment_id: uuid.UUID) -> AttachmentAnswer:
    """附件的名称、种类、大小和哈希。Name, kind, size and hash."""
    return AttachmentAnswer.of(find_attachment(work, attachment_id))


@router.get(
    "/{attachment_id}/content",
    summary="下载附件 download an attachment",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_content(work: Work, storage: Bytes, attachment_id: uuid.UUID) -> StreamingResponse:
    """附件原文，只作下载。The bytes as uploaded, as a download only."""
    attachment = find_attachment(work, attachment_id)
    plain = f"attachment.{ending_of(attachment.name)}"
    headers = {
        **_DOWNLOAD_HEADERS,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Length": str(attachment.size_bytes),
        "ETag": f'"{attachment.sha256}"',
    }
    file = storage.open(attachment.sha256)
    return StreamingResponse(chunks(file), media_type="application/octet-stream", headers=headers)
