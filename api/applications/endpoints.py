"""Endpoints of intake (申请接口): drafts, archive, attachments, many trips."""

from fastapi import APIRouter

from api.applications.endpoints_archive import router as archive
from api.applications.endpoints_attachments import router as attachments
from api.applications.endpoints_drafts import router as drafts
from api.applications.endpoints_many import router as many

router = APIRouter()
for _part in (drafts, archive, attachments, many):
    router.include_router(_part)
