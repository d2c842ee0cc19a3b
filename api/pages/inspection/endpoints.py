"""The inspector's desk (执法工作台): tasks of the day, permits looked up, passages, and what a phone keeps."""

import datetime as dt
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.relation import relation_to
from api.db.tables import LoadSheet, Permit
from api.errors import FieldFault, ForbiddenError, InvalidError, NotFoundError
from api.pages.files import static_file
from api.pages.inspection.check_endpoints import router as checks_router
from api.pages.inspection.frame import in_words, inspect_page
from api.pages.inspection.kept import kept_data, open_tasks
from api.pages.inspection.shown import permit_facts, trip_shown
from api.pages.inspection.shown import said as words_in
from api.pages.page import FormPage, Page, PageContext
from api.permits.load_sheets import list_load_sheets
from api.permits.public_service import Checked, verify_evidence
from api.permits.service import PermitFilter, authorise_somewhere, find_permit, list_permits
from api.permits.shapes import PassageIn, read_strictly
from api.permits.signed import PREFIX
from api.permits.trips_service import Seen, list_passages, list_trips, list_under_way, record_passage
from api.permits.verify_wording import OUTCOME
from api.unit_of_work import LOCAL

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(checks_router)
Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]{6,24}$")]
Asked = Annotated[str, Query(max_length=2000)]
FINDINGS: Final = (
    "no_escort",
    "escort_differs",
    "off_route",
    "off_time",
    "vehicle_differs",
    "load_differs",
    "not_marked",
    "other",
)
SEEN_AS: Final = ("patrol", "checkpoint", "toll_entry", "toll_exit")
_NUMBER: Final = re.compile(r"[0-9A-Z-]{6,24}")
_MOST: Final = 50
_WORKER: Final = "inspect_worker.js"


@router.get("/inspect")
def inspect_desk(page: Page) -> Response:
    """Tasks of one's own body and trips under way."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    trips = [trip_shown(trip, permit) for trip, permit in list_under_way(page.work, limit=_MOST)]
    return inspect_page(page, "inspect.html.j2", {"tasks": open_tasks(page.work), "trips": trips})


@router.get("/inspect/permits")
def look_up(page: Page, q: Asked = "") -> Response:
    """Find a permit by its number, by a plate, or by the text of its QR code."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    asked = q.strip()
    if asked and PREFIX not in asked and _NUMBER.fullmatch(asked.upper()):
        found, _ = list_permits(page.work, PermitFilter(number=asked.upper()), limit=_MOST, offset=0)
        if [permit.number for permit in found] == [asked.upper()]:
            return page.see_other(f"/inspect/permits/{asked.upper()}")
    context: dict[str, Any] = {"q": asked, "checked": None, "found": [], "has_asked": bool(asked)}
    if PREFIX in asked:
        context["checked"] = _checked(page, verify_evidence(page.work, asked))
    elif asked and asked.isprintable():
        context["found"] = [permit_facts(one, page.language, page.work.today) for one in _of_plate(page, asked)]
    return inspect_page(page, "inspect_permits.html.j2", context)


@router.get("/inspect/permits/{number}")
def inspect_permit(page: Page, number: Number) -> Response:
    """A permit as an officer needs it: facts, trips used, load sheets, passages."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    return _permit_page(page, find_permit(page.work, number, Action.READ_PERMIT), {}, [])


@router.post("/inspect/permits/{number}/passages")
def post_passage(page: FormPage, number: Number) -> Response:
    """Record a load seen on its way."""
    permit = find_permit(page.work, number, Action.RECORD_PASSAGE)
    values = {name: page.field(name) for name in ("at", "place", "kind", "plates", "remark")}
    findings = [str(one) for one in page.form.getlist("findings")]
    try:
        sent = _passage(values, findings)
        seen = Seen(sent.at, sent.place, sent.kind, tuple(sent.plates), tuple(sent.findings), sent.remark)
        record_passage(page.work, number, seen)
    except InvalidError as error:
        return _permit_page(page, permit, {**values, "findings": findings}, list(error.faults), status=422)
    return page.see_other(f"/inspect/permits/{number}#passages")


@router.get("/inspect/queue")
def queue_page(page: Page) -> Response:
    """Sheets that wait on this phone; only scripts know of them."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    return inspect_page(page, "inspect_queue.html.j2", {})


@router.get("/inspect/kept.json")
def get_kept(page: Page) -> Response:
    """What the phone keeps for places without signal."""
    return JSONResponse(kept_data(page.work, page.language), headers={"Cache-Control": "no-store"})


@router.get("/inspect/worker.js")
def get_worker() -> Response:
    """The service worker; it may answer for all pages of the inspector and for no others."""
    file = static_file(_WORKER)
    if file is None:
        raise NotFoundError("没有这个文件", "there is no such file")
    headers = {"Service-Worker-Allowed": "/inspect", "Cache-Control": "no-cache"}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _of_plate(page: PageContext, asked: str) -> list[Permit]:
    by_plate, _ = list_permits(page.work, PermitFilter(plate=asked.upper()), limit=_MOST, offset=0)
    if by_plate or not _NUMBER.fullmatch(asked.upper()):
        return by_plate
    return list_permits(page.work, PermitFilter(number=asked.upper()), limit=_MOST, offset=0)[0]


def _checked(page: PageContext, checked: Checked) -> dict[str, Any]:
    said = checked.verification.to_json()
    is_zh = page.language == "zh"
    return {
        "outcome": said["outcome"],
        "badge": _badge(said["outcome"]),
        "title": words_in(OUTCOME[said["outcome"]], page.language),
        "reasons": said["reasons" if is_zh else "reasons_en"],
        "fields": said["fields"],
        "known": checked.known,
    }


def _badge(outcome: str) -> str:
    return {"genuine": "passes", "awaiting_check": "conditional", "unreadable": "unknown"}.get(outcome, "blocked")


def _permit_page(
    page: PageContext, permit: Permit, values: dict[str, Any], faults: list[FieldFault], *, status: int = 200
) -> Response:
    work, number = page.work, permit.number
    trips, used, allowed = list_trips(work, number)
    passages, _ = list_passages(work, number, limit=_MOST, offset=0)
    context = {
        "permit": permit_facts(permit, page.language, work.today),
        "trips": trips,
        "used": used,
        "allowed": allowed,
        "passages": passages,
        "load_sheets": _load_sheets(page, number),
        "may_record": may(work.actor, Action.RECORD_PASSAGE, relation_to(work, permit.case)),
        "values": {"at": f"{work.now.astimezone(LOCAL):%Y-%m-%dT%H:%M}", **values},
        "faults": {one.field.removeprefix("sheet.").partition(".")[0]: in_words(page, one) for one in faults},
        "findings": FINDINGS,
        "seen_as": SEEN_AS,
    }
    return inspect_page(page, "inspect_permit.html.j2", context, status=status)


def _load_sheets(page: PageContext, number: str) -> list[LoadSheet] | None:
    """Filed statements; None where the account may not read them, as those of another province."""
    try:
        return list_load_sheets(page.work, number)
    except ForbiddenError:
        return None


def _passage(values: dict[str, str], findings: list[str]) -> PassageIn:
    try:
        at = dt.datetime.fromisoformat(values["at"])
    except ValueError as error:
        raise InvalidError([FieldFault("at", "须为日期和时间", "a date and a time")]) from error
    plates = [plate.upper() for plate in re.split(r"[\s,，;；、]+", values["plates"]) if plate]
    moment = at.replace(tzinfo=LOCAL) if at.tzinfo is None else at
    raw = {"at": moment.isoformat(), "place": values["place"], "kind": values["kind"], "remark": values["remark"]}
    return read_strictly(PassageIn, {**raw, "plates": plates, "findings": findings})
