"""Endpoints of trips and passages (行程接口)."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Path

from api.http.dependencies import Paging, Work
from api.permits.shapes import (
    PassageIn,
    PassageList,
    PassageOut,
    ReasonIn,
    TripIn,
    TripList,
    TripOut,
    passage_out,
    trip_out,
)
from api.permits.trips_service import (
    Seen,
    TripPlan,
    announce_trip,
    cancel_trip,
    end_trip,
    get_trip,
    list_passages,
    list_trips,
    record_passage,
    start_trip,
)

router = APIRouter(tags=["trips 行程"])
_NUMBER: Final = r"^[0-9A-Z-]{6,24}$"
Number = Annotated[str, Path(pattern=_NUMBER, description="许可证号 number of the permit")]


@router.post("/permits/{number}/trips", status_code=201, summary="行程报备 announce a trip")
def post_trip(work: Work, number: Number, sent: TripIn) -> TripOut:
    """Announce a departure; every reason against is named."""
    plan = TripPlan(
        direction=sent.direction,
        departs_at=sent.departs_at,
        arrives_on=sent.arrives_on,
        driver_id=sent.driver_id,
        plates=tuple(sent.plates),
        escort_vehicles=tuple(sent.escort_vehicles),
        escort_staff=tuple(sent.escort_staff),
        sizes=sent.sizes.model_dump() if sent.sizes else None,
    )
    return trip_out(announce_trip(work, number, plan))


@router.get("/permits/{number}/trips", summary="行程列表 list trips")
def get_trips(work: Work, number: Number) -> TripList:
    """Trips of a permit and how many of it are used."""
    rows, used, allowed = list_trips(work, number)
    return TripList(items=[trip_out(row) for row in rows], total=len(rows), used=used, allowed=allowed)


@router.get("/trips/{trip_id}", summary="行程 one trip")
def get_one_trip(work: Work, trip_id: uuid.UUID) -> TripOut:
    """One trip."""
    return trip_out(get_trip(work, trip_id))


@router.post("/trips/{trip_id}/cancel", summary="取消行程 cancel a trip")
def post_cancel(work: Work, trip_id: uuid.UUID, sent: ReasonIn) -> TripOut:
    """Withdraw an announcement before departure."""
    return trip_out(cancel_trip(work, trip_id, sent.reason))


@router.post("/trips/{trip_id}/start", summary="出发 depart")
def post_start(work: Work, trip_id: uuid.UUID) -> TripOut:
    """Depart."""
    return trip_out(start_trip(work, trip_id))


@router.post("/trips/{trip_id}/end", summary="到达 arrive")
def post_end(work: Work, trip_id: uuid.UUID) -> TripOut:
    """Arrive."""
    return trip_out(end_trip(work, trip_id))


@router.post("/permits/{number}/passages", status_code=201, summary="登记通行 record a passage")
def post_passage(work: Work, number: Number, sent: PassageIn) -> PassageOut:
    """Record a load seen on its way."""
    seen = Seen(sent.at, sent.place, sent.kind, tuple(sent.plates), tuple(sent.findings), sent.remark)
    return passage_out(record_passage(work, number, seen))


@router.get("/permits/{number}/passages", summary="通行记录 list passages")
def get_passages(work: Work, page: Paging, number: Number) -> PassageList:
    """Passages of a permit."""
    rows, total = list_passages(work, number, limit=page.limit, offset=page.offset)
    return PassageList(items=[passage_out(row) for row in rows], total=total)
