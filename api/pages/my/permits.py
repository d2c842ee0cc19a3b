"""Permits (我的通行证): the list, one permit with everything for its holder, trips and statements under it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from api.accounts.permissions import Action
from api.cases.savepoint import attempt
from api.db.tables import Permit
from api.errors import ConflictError, InvalidError, NotFoundError
from api.pages.moments import moment_text
from api.pages.my import permit_shown
from api.pages.my.cases import refuse_others
from api.pages.my.form_page import drawing_of
from api.pages.my.load_sheet import LOAD_SHEET, read_load_sheet, sheet_values
from api.pages.page import FormPage, Page, PageContext
from api.pages.route_map import route_map_data, with_map_policy
from api.permits.load_sheets import file_load_sheet, list_load_sheets
from api.permits.qr import make_qr
from api.permits.service import PermitFilter, find_permit, list_permits, versions_of
from api.permits.stored import record_on, status_on
from api.permits.trips_service import Direction, TripPlan, announce_trip, cancel_trip, end_trip, list_trips, start_trip
from api.permits.wording import PermitStatus

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]{6,24}$")]
PAGE: Final = 30
Which = Literal["valid", "past", "all"]
_STATUSES: Final[dict[Which, tuple[PermitStatus, ...]]] = {
    "valid": ("valid", "awaiting_check"),
    "past": ("expired", "revoked", "changed"),
    "all": (),
}
_INVALID, _CONFLICT = 422, 409
DONE: Final = frozenset({"announced", "started", "ended", "cancelled", "filed"})
Said = Mapping[str, Any]
NOTHING: Final[Said] = MappingProxyType({})
_SIZES: Final = ("height_mm", "width_mm", "length_mm", "gross_mass_kg")


@router.get("/my/permits")
def permits_page(page: Page, which: Which = "valid", offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Response:
    """The firm's permits, the latest issued first."""
    refuse_others(page)
    found, total = list_permits(page.work, PermitFilter(status=_STATUSES[which]), limit=PAGE, offset=offset)
    words = {"permits": [permit_shown.permit_words(page, one) for one in found], "total": total, "which": which}
    return page.render("my_permits.html.j2", words | {"filters": tuple(_STATUSES), "offset": offset, "step": PAGE})


@router.get("/my/permits/{number}")
def permit_page(page: Page, number: Number, done: str = "") -> Response:
    """One permit."""
    refuse_others(page)
    return _page(page, find_permit(page.work, number, Action.READ_PERMIT), done=done if done in DONE else "")


@router.get("/my/permits/{number}/card")
def card_page(page: Page, number: Number) -> Response:
    """The driver's card with the QR code, to be printed or carried on a phone."""
    refuse_others(page)
    permit = find_permit(page.work, number, Action.READ_PERMIT)
    words = {
        "permit": permit_shown.permit_words(page, permit),
        "card": permit_shown.card(page, permit),
        "qr": _qr(page, permit),
    }
    return page.render("my_permit_card.html.j2", words)


@router.post("/my/permits/{number}/trips")
def post_trip(page: FormPage, number: Number) -> Response:
    """Announce a departure."""
    refuse_others(page)
    plan, faults = _plan(page)
    if plan is None:
        return _wrong(page, number, "announce", [page.t("my.told_at_fields")], _INVALID, at=faults)
    return _tried(page, number, "announce", lambda: announce_trip(page.work, number, plan), "announced")


@router.post("/my/permits/{number}/trips/{trip_id}/{what}")
def post_trip_step(page: FormPage, number: Number, trip_id: uuid.UUID, what: str) -> Response:
    """Depart, arrive, or withdraw an announcement."""
    if what == "start":
        return _tried(page, number, "trip", lambda: start_trip(page.work, trip_id), "started")
    if what == "end":
        return _tried(page, number, "trip", lambda: end_trip(page.work, trip_id), "ended")
    if what == "cancel":
        reason = page.field("reason")[:200] or page.t("my.trip_cancelled_by_carrier")
        return _tried(page, number, "trip", lambda: cancel_trip(page.work, trip_id, reason), "cancelled")
    raise NotFoundError("没有这个操作", "there is no such action")


@router.post("/my/permits/{number}/load-sheets")
def post_load_sheet(page: FormPage, number: Number) -> Response:
    """File the consignor's statement."""
    permit = find_permit(page.work, number, Action.FILE_LOAD_SHEET)

    def file() -> None:
        file_load_sheet(page.work, number, read_load_sheet(page.form, permit, page.work.today))

    return _tried(page, number, "sheet", file, "filed")


def _tried(page: PageContext, number: str, form: str, step: Callable[[], object], done: str) -> Response:
    """Do it; what speaks against is said on the permit's page, with what was typed."""
    refuse_others(page)
    try:
        attempt(page.work, step)
    except InvalidError as error:
        told = [one.message_zh if page.language == "zh" else one.message_en for one in error.faults]
        return _wrong(page, number, form, told, _INVALID)
    except ConflictError as error:
        told = [one.message_zh if page.language == "zh" else one.message_en for one in error.reasons]
        return _wrong(page, number, form, told or [page.message_of(error)], _CONFLICT)
    return page.see_other(f"/my/permits/{number}?done={done}")


def _wrong(
    page: PageContext, number: str, form: str, told: list[str], status: int, at: Mapping[str, str] | None = None
) -> Response:
    """The permit's page with what speaks against, `at` its fields or above the form."""
    permit = find_permit(page.work, number, Action.READ_PERMIT)
    values = {name: page.field(name) for name in page.form}
    return _page(page, permit, wrong={"form": form, "told": told, "at": at or {}, "values": values}, status=status)


def _page(page: PageContext, permit: Permit, *, done: str = "", wrong: Said = NOTHING, status: int = 200) -> Response:
    work, content = page.work, permit.content
    trips, used, allowed = list_trips(work, permit.number)
    case = permit.case
    words = {
        "permit": permit_shown.permit_words(page, permit),
        "facts": permit_shown.facts(page, permit),
        "qr": _qr(page, permit),
        "card": permit_shown.card(page, permit),
        "versions": [
            {"version": one.version, "issued": moment_text(one.issued_at)} for one in versions_of(work, permit.number)
        ],
        "checks": permit_shown.checks_of(page, permit),
        "trips": [permit_shown.trip_words(one) for one in reversed(trips)],
        "used": used,
        "allowed": allowed,
        "drivers": [(one["id_number"], one["name"]) for one in case.form["drivers"]],
        "escorts": _escorts(content, case.form),
        "has_return": content.get("empty_return") is not None,
        "may_go": status_on(permit, work.today) == "valid",
        "holds": status_on(permit, work.today) in {"valid", "awaiting_check"},
        "today": work.today.isoformat(),
        "load_sheets": [
            {"at": moment_text(one.filed_at), "number": one.content.get("number"), "differences": one.differences}
            for one in list_load_sheets(work, permit.number)
        ],
        "sheet_fields": LOAD_SHEET,
        "sheet_values": sheet_values(permit, case.form, wrong.get("values", {})),
        "drawing": drawing_of(content.get("vehicle"), page.language),
        "map": route_map_data(page, _as_report(permit), for_carrier=True),
        "case_state": case.state,
        "done": done,
        "wrong": wrong,
    }
    return with_map_policy(page.render("my_permit.html.j2", words, status=status))


def _as_report(permit: Permit) -> dict[str, Any]:
    """The permitted route as the map takes routes."""
    route = permit.content["route"]
    line = {"type": "LineString", "coordinates": route["geometry"]}
    return {
        "verdict": "passes",
        "routes": [{"rank": 1, "verdict": "passes", "length_m": route["length_m"], "geometry": line, "findings": []}],
    }


def _qr(page: PageContext, permit: Permit) -> Markup:
    """The QR code as an SVG element without a size of its own."""
    code = make_qr(record_on(permit, page.work.today))
    return Markup(code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704 - our own


def _escorts(content: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, str]:
    """Plates and names of the escort plan, for a trip that needs an escort."""
    if content.get("escort") is None:
        return {}
    plan = form.get("escort_plan") or {}
    return {
        "vehicles": "、".join(one["plate"] for one in plan.get("vehicles", [])),
        "staff": "、".join(one["name"] for one in plan.get("staff", [])),
    }


def _plan(page: PageContext) -> tuple[TripPlan | None, dict[str, str]]:
    """What was announced, or what is missing to it, by field."""
    faults: dict[str, str] = {}
    departs = permit_shown.local_moment(page.field("departs_on"), page.field("departs_time"))
    if departs is None:
        faults["departs_on"] = page.t("my.trip_departs_missing")
    try:
        arrives = dt.date.fromisoformat(page.field("arrives_on"))
    except ValueError:
        arrives = None
        faults["arrives_on"] = page.t("my.trip_arrives_missing")
    direction: Direction = "empty_return" if page.field("direction") == "empty_return" else "outward"
    sizes = {name: page.field(name) for name in _SIZES}
    is_sized = all(text.isascii() and text.isdigit() and len(text) < 9 for text in sizes.values())  # noqa: PLR2004
    if direction == "empty_return" and not is_sized:
        faults["height_mm"] = page.t("my.trip_sizes_wrong")
    if departs is None or arrives is None or faults:
        return None, faults
    plan = TripPlan(
        direction=direction,
        departs_at=departs,
        arrives_on=arrives,
        driver_id=page.field("driver_id"),
        plates=tuple(page.field("plates").split()),
        escort_vehicles=_listed(page.field("escort_vehicles")),
        escort_staff=_listed(page.field("escort_staff")),
        sizes={name: int(text) for name, text in sizes.items()} if direction == "empty_return" else None,
    )
    return plan, {}


def _listed(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in text.replace("，", "、").replace(",", "、").split("、")]
    return tuple(part[:40] for part in parts if part)[:60]
