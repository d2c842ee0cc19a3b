"""Endpoints of permits (通行证接口)."""

import datetime as dt
import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from api.accounts.authorise import authorise
from api.accounts.permissions import Action, Relation
from api.db.tables import Permit
from api.http.dependencies import Paging, Work, tag
from api.permits.endpoints_checks import router as checks_router
from api.permits.endpoints_public import router as public_router
from api.permits.endpoints_trips import router as trips_router
from api.permits.exports import toll_page
from api.permits.qr import qr_svg
from api.permits.service import PermitFilter, changes_of, find_version, list_permits, versions_of
from api.permits.shapes import (
    Line,
    PermitList,
    PermitOut,
    PlateIn,
    Sent,
    TollEntryOut,
    TollPageOut,
    permit_out,
    permit_row,
)
from api.permits.stored import pdf_on, record_on
from api.permits.trips import PlannedTrip, may_be_one_permit
from api.permits.wording import PermitStatus
from api.provinces.settings import permit_settings_on

NUMBER: Final = r"^[0-9A-Z-]{6,24}$"
router = APIRouter(prefix="/api/v1", tags=["permits 通行证"])
Number = Annotated[str, Path(pattern=NUMBER, description="许可证号 number of the permit")]
Version = Annotated[int | None, Query(ge=1, le=9999, description="版本，缺省为最新 version; the newest by default")]
# Shown in the browser, but as a document without rights: it runs nothing, and nobody frames it.
_PDF_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; plugin-types application/pdf",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


class PlannedTripIn(Sent):
    """计划中的一次行程 / a trip of a plan."""

    on: dt.date
    plates: list[PlateIn] = Field(min_length=1, max_length=5)
    route: Line
    load: Line
    needs_reinforcement: bool = False


class PlanIn(Sent):
    """运输计划 / a plan of several trips."""

    trips: list[PlannedTripIn] = Field(min_length=1, max_length=999)


class PlanAnswer(BaseModel):
    """Whether one permit may cover a plan, and every reason against."""

    ok: bool
    reasons: list[str]
    reasons_en: list[str]


@router.get("/permits", summary="通行证列表 list permits")
def get_permits(
    work: Work,
    page: Paging,
    status: Annotated[list[PermitStatus] | None, Query(description="状态 statuses")] = None,
    plate: Annotated[str | None, Query(max_length=12, pattern=r"^[^\x00]+$", description="号牌 a plate")] = None,
    number: Annotated[str | None, Query(max_length=24, pattern=r"^[0-9A-Z-]+$", description="证号开头")] = None,
    body_id: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]+$", description="发证单位")] = None,
    on: Annotated[dt.date | None, Query(description="当日在有效期内 valid on that day")] = None,
) -> PermitList:
    """The newest version of every permit the account may read."""
    wanted = PermitFilter(tuple(status or ()), plate, number, body_id, on)
    rows, total = list_permits(work, wanted, limit=page.limit, offset=page.offset)
    return PermitList(items=[permit_row(row, work.today) for row in rows], total=total)


@router.get("/permits/{number}", summary="通行证及其各版本 a permit with all its versions")
def get_permit(work: Work, response: Response, number: Number) -> PermitOut:
    """All that a permit says, in all its versions."""
    versions = versions_of(work, number)
    tag(response, versions[-1].lock_version)
    return permit_out(versions, work.today)


@router.get(
    "/permits/{number}/pdf",
    summary="通行证文书 the permit as a PDF",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_pdf(work: Work, number: Number, version: Version = None) -> Response:
    """The sealed PDF; a version that holds no longer says so on every page."""
    permit = find_version(work, number, version)
    headers = {**_PDF_HEADERS, "Content-Disposition": f'inline; filename="{number}-{permit.version}.pdf"'}
    return Response(pdf_on(permit, work.today), media_type="application/pdf", headers=headers)


@router.get("/permits/{number}/record", summary="二维码文本 text of the QR code", response_class=PlainTextResponse)
def get_record(work: Work, number: Number, version: Version = None) -> PlainTextResponse:
    """The signed record."""
    return PlainTextResponse(_record(work, find_version(work, number, version)))


@router.get(
    "/permits/{number}/qr.svg",
    summary="二维码 QR code",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
def get_qr(work: Work, number: Number, version: Version = None) -> Response:
    """The QR code as a picture."""
    picture = qr_svg(_record(work, find_version(work, number, version)))
    named = picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "private, no-store"}
    return Response(named, media_type="image/svg+xml", headers=headers)


@router.get("/cases/{case_id}/change", summary="变更比较 what a change changes")
def get_change(work: Work, case_id: uuid.UUID) -> dict[str, Any]:
    """Fields that differ from the form the permit was issued on, and what has to be looked at again."""
    return changes_of(work, case_id).to_json()


@router.post("/trip-plans/check", summary="多次通行条件核对 may a plan be one permit")
def post_plan(work: Work, sent: PlanIn) -> PlanAnswer:
    """Whether trips fit one permit: same vehicles, route and load, no strengthening, six months at most."""
    authorise(work.actor, Action.ANNOUNCE_TRIP, Relation(is_own_carrier=work.actor.carrier_id is not None))
    plan = [PlannedTrip(one.on, tuple(one.plates), one.route, one.load, one.needs_reinforcement) for one in sent.trips]
    answer = may_be_one_permit(plan, settings=permit_settings_on(work, None, work.today))
    return PlanAnswer(
        ok=answer.ok,
        reasons=[reason.zh for reason in answer.reasons],
        reasons_en=[reason.en for reason in answer.reasons],
    )


@router.get("/exports/toll-records", summary="收费站名单导出 records for the toll side")
def get_toll_records(
    work: Work,
    since: Annotated[int, Query(ge=0, le=2**62, description="上一页的 next_since where to read on")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> TollPageOut:
    """Permits that changed since a place: records of those that hold, deletions of those that do no longer."""
    page = toll_page(work, since, limit)
    items = [TollEntryOut(number=one.number, action=one.action, record=one.record) for one in page.items]
    return TollPageOut(items=items, next_since=page.next_since, more=page.more)


def _record(work: Work, permit: Permit) -> str:
    return record_on(permit, work.today)


router.include_router(trips_router)
router.include_router(checks_router)
router.include_router(public_router)
