"""The sheet of a check (现场核查单): filled in, looked over beside the permit, filed, and what came of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse, JSONResponse

from api.accounts.permissions import Action
from api.db.tables import CheckTask, Permit
from api.errors import ConflictError, FieldFault, ForbiddenError, InvalidError, NotFoundError, StaleError
from api.pages.inspection.frame import in_words, inspect_page
from api.pages.inspection.photos import KINDS, Photos, take_photos
from api.pages.inspection.sheet_fields import OFFICERS, QUESTIONS, SIZES, field_of, read_sheet
from api.pages.inspection.shown import (
    CONCLUSION_BADGE,
    conclusion_words,
    differences_by_state,
    limits_json,
    not_looked_at,
    permit_facts,
)
from api.pages.page import FormPage, Page, PageContext
from api.permits.checks_service import check_again, file_once, get_check, may_record, preview
from api.permits.issuing import latest
from api.permits.load_sheets import list_load_sheets
from api.permits.service import authorise_somewhere
from api.permits.stored import signed_content
from api.provinces.settings import permit_settings_on
from api.unit_of_work import LOCAL

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
CheckId = Annotated[uuid.UUID, Path()]
_TEXTS: Final = ("csrf_token", "step", "version", "photo")
_MAY_BE_AGAIN: Final = ("differs", "change_needed")


@router.get("/inspect/checks/{check_id}")
def check_page(page: Page, check_id: CheckId) -> Response:
    """The sheet to fill in; once filed, what it found."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    task = get_check(page.work, check_id)
    if task.state != "open":
        return _ended_page(page, task)
    return _form_page(page, task, {"checked_at": f"{page.work.now.astimezone(LOCAL):%Y-%m-%dT%H:%M}"}, [], ())


@router.post("/inspect/checks/{check_id}")
def post_check(page: FormPage, check_id: CheckId) -> Response:
    """Look a sheet over (`step=review`), change it again (`step=edit`), or file it (`step=file`)."""
    authorise_somewhere(page.work, Action.RECORD_CHECK)
    task = get_check(page.work, check_id)
    wants_json = "application/json" in page.request.headers.get("Accept", "")
    values = {name: text for name, text in page.form.multi_items() if isinstance(text, str) and name not in _TEXTS}
    photos = take_photos(page)
    step = page.field("step")
    try:
        if step == "file":
            return _file(page, task, values, photos, as_json=wants_json)
        if step != "edit":
            return _review_page(page, task, values, photos)
    except InvalidError as error:
        if wants_json:
            raise InvalidError(_named(error.faults)) from error
        return _form_page(page, task, values, photos.carried, _named(error.faults), status=422)
    except (ConflictError, StaleError):
        if wants_json or task.state == "open":
            raise
        return _ended_page(page, task, is_late=True)
    return _form_page(page, task, values, photos.carried, photos.faults)


@router.post("/inspect/checks/{check_id}/again")
def post_again(page: FormPage, check_id: CheckId) -> Response:
    """Open another check after one that found a difference."""
    reason = page.field("reason")[:200]
    if not reason:
        task = get_check(page.work, check_id)
        return _ended_page(page, task, status=422, reason_missing=True)
    return page.see_other(f"/inspect/checks/{check_again(page.work, check_id, reason).id}")


def _file(page: PageContext, task: CheckTask, values: Mapping[str, str], photos: Photos, *, as_json: bool) -> Response:
    """File the sheet; the same one sent again is answered with what came of it."""
    permit = _permit(page, task)
    _refuse(photos)
    sheet = read_sheet(values, signed_content(permit))
    version = page.field("version")
    expected = int(version) if version.isascii() and version.isdigit() and len(version) <= len(str(2**31)) else None
    done = file_once(page.work, task.id, sheet, photos.sent, expected=expected)
    if as_json:
        result = done.result or {}
        words = conclusion_words(result.get("conclusion", "incomplete"), page.language)
        return JSONResponse({"id": str(done.id), "state": done.state, "conclusion": words})
    return page.see_other(f"/inspect/checks/{done.id}?filed=1")


def _review_page(page: PageContext, task: CheckTask, values: Mapping[str, str], photos: Photos) -> Response:
    permit = _permit(page, task)
    _refuse(photos)
    content = signed_content(permit)
    result = preview(page.work, task.id, read_sheet(values, content), photos.sent)
    context = {
        "task": task,
        "content": content,
        "values": values,
        "version": page.field("version") or str(task.version),
        "photos": photos.carried,
        "result": result,
        "conclusion": conclusion_words(result.conclusion, page.language),
        "badge": CONCLUSION_BADGE[result.conclusion],
        "items": differences_by_state(asdict(item) for item in result.differences),
    }
    return inspect_page(page, "inspect_confirm.html.j2", context)


def _form_page(
    page: PageContext,
    task: CheckTask,
    values: Mapping[str, str],
    photos: Sequence[str],
    faults: Sequence[FieldFault],
    *,
    status: int = 200,
) -> Response:
    permit = _permit(page, task)
    content = signed_content(permit)
    settings = permit_settings_on(page.work, task.case.province, page.work.today)
    limits = limits_json(content, settings)
    context = {
        "task": task,
        "permit": permit_facts(permit, page.language, page.work.today),
        "content": content,
        "limits_data": {"task": str(task.id), "number": permit.number, "limits": limits},
        "tolerances": {one["item"]: one for one in limits},
        "values": values,
        "version": page.field("version") or str(task.version),
        "photos": photos,
        "faults": {one.field: in_words(page, one) for one in reversed(faults)},
        "may_record": may_record(page.work, task),
        "load_sheet": _load_sheet(page, permit.number),
        "kinds": KINDS,
        "officers": OFFICERS,
        "questions": QUESTIONS,
        "sizes": SIZES,
        "is_fresh": page.request.method == "GET",
        "minimum_officers": settings.minimum_officers,
    }
    return inspect_page(page, "inspect_check.html.j2", context, status=status)


def _ended_page(
    page: PageContext, task: CheckTask, *, is_late: bool = False, status: int = 200, reason_missing: bool = False
) -> Response:
    result: dict[str, Any] = task.result or {}
    conclusion = result.get("conclusion", "incomplete")
    context = {
        "task": task,
        "result": result,
        "sheet": task.sheet,
        "conclusion": conclusion_words(conclusion, page.language),
        "badge": CONCLUSION_BADGE[conclusion],
        "items": differences_by_state(result.get("differences", ())),
        "is_late": is_late,
        "was_filed": "filed" in page.request.query_params,
        "may_check_again": task.state in _MAY_BE_AGAIN and may_record(page.work, task),
        "reason_missing": reason_missing,
    }
    return inspect_page(page, "inspect_done.html.j2", context, status=409 if is_late else status)


def _permit(page: PageContext, task: CheckTask) -> Permit:
    permit = latest(page.work, task.permit_number or "")
    if permit is None:
        raise NotFoundError("没有这个通行证", "there is no such permit")
    return permit


def _load_sheet(page: PageContext, number: str) -> dict[str, Any] | None:
    """The consignor's statement that was filed last; None where there is none, or it may not be read."""
    try:
        rows = list_load_sheets(page.work, number)
    except (ForbiddenError, NotFoundError):
        return None
    return {"content": rows[0].content, "differences": rows[0].differences} if rows else None


def _refuse(photos: Photos) -> None:
    if photos.faults:
        raise InvalidError(list(photos.faults))


def _named(faults: Sequence[FieldFault]) -> list[FieldFault]:
    """Faults under the names of the form's fields; what nobody looked at is told by its own name."""
    found = []
    for fault in faults:
        name = field_of(fault.field)
        if fault.message_en.startswith("not looked at: "):
            item = fault.message_en.removeprefix("not looked at: ")
            found.append(FieldFault(name, not_looked_at("zh", item), not_looked_at("en", item)))
        else:
            found.append(FieldFault(name, fault.message_zh, fault.message_en))
    return found
