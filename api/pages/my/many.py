"""Many like trips (批量申请): a sheet on top of a complete draft, looked at before anything is handed in."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from api.applications.drafts import list_drafts
from api.applications.errors import SheetFault
from api.applications.many import Imported, Mode, import_trips, place_of
from api.applications.sheet_cells import COLUMNS
from api.applications.sheet_files import MAX_FILE_BYTES, read_cells
from api.cases.savepoint import attempt
from api.errors import InvalidError, NotFoundError, TooLargeError
from api.pages.my.cases import refuse_others
from api.pages.my.drafts import draft_row
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST: Final = 100
_INVALID: Final = 422
_END: Final = next(column.title for column in COLUMNS if column.field == "trip.end_date")


@router.get("/my/many")
def many_page(page: Page, draft: str = "") -> Response:
    """Choose a base and a sheet."""
    refuse_others(page)
    return _page(page, chosen=draft)


@router.post("/my/many")
def post_sheet(page: FormPage) -> Response:
    """Look at a sheet, keep its rows as drafts, or hand them all in."""
    refuse_others(page)
    chosen, mode = page.field("draft"), _mode(page.field("mode"))
    upload = page.form.get("file")
    try:
        base = uuid.UUID(chosen)
    except ValueError:
        return _page(page, told=[page.t("my.many_choose_draft")], status=_INVALID)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return _page(page, chosen=chosen, told=[page.t("my.many_choose_file")], status=_INVALID)
    content = upload.file.read(MAX_FILE_BYTES + 1)
    done: list[Imported] = []
    try:
        attempt(page.work, lambda: done.append(import_trips(page.work, base, content, mode)))
    except InvalidError as error:
        told = [one.message_zh if page.language == "zh" else one.message_en for one in error.faults]
        return _page(page, chosen=chosen, told=told, status=_INVALID)
    except (TooLargeError, NotFoundError) as error:
        return _page(page, chosen=chosen, told=[page.message_of(error)], status=_INVALID)
    return _page(page, chosen=chosen, result=_result(page, done[0], mode, content))


def _result(page: PageContext, found: Imported, mode: Mode, content: bytes) -> dict[str, Any]:
    return {
        "mode": mode.value,
        "taken": [
            {
                "row": one.row,
                "label": one.label,
                "draft": one.draft.id if one.draft is not None and one.case is None else None,
                "case": one.case.id if one.case is not None else None,
                "number": one.case.number if one.case is not None else "",
            }
            for one in found.taken
        ],
        "rejected": _rejected(page, found.rejected, content),
    }


def _rejected(page: PageContext, faults: Sequence[SheetFault], content: bytes) -> list[tuple[str, str]]:
    """Where something is wrong, and what; a last day that a row leaves to the base is asked for, not called wrong."""
    early = [one for one in faults if one.fault.code == "ends_before_start"]
    without_end = _rows_without_end(content) if early else set()
    rows = []
    for one in faults:
        said = one.fault.message_zh if page.language == "zh" else one.fault.message_en
        is_open = one in early and one.row in without_end
        rows.append((place_of(one), page.t("my.many_end_missing") if is_open else said))
    return rows


def _rows_without_end(content: bytes) -> set[int]:
    """Numbers of the rows in which no last day of travel is typed."""
    (_, titles), *rows = read_cells(content)
    places = [place for place, title in enumerate(titles) if isinstance(title, str) and title.strip() == _END]
    return {number for number, row in rows if all(place >= len(row) or row[place] in {None, ""} for place in places)}


def _page(
    page: PageContext,
    *,
    chosen: str = "",
    told: list[str] | None = None,
    result: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    drafts, _ = list_drafts(page.work, submitted=None, limit=_MOST, offset=0)
    words = {
        "drafts": [draft_row(one.draft) | {"case": one.case.number if one.case else ""} for one in drafts],
        "chosen": chosen,
        "told": told or [],
        "result": result,
        "modes": [mode.value for mode in Mode],
    }
    return page.render("my_many.html.j2", words, status=status)


def _mode(text: str) -> Mode:
    return next((mode for mode in Mode if mode.value == text), Mode.PREVIEW)
