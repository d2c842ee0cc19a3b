"""Drafts (草稿): begun, filled in section by section, handed in."""

import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.applications.drafts import (
    create_draft,
    delete_draft,
    earlier_content,
    earlier_contents,
    find_draft,
    list_drafts,
    picked,
    replace_draft,
    title_of,
)
from api.applications.drafts_origins import draft_from_case
from api.applications.submit import case_of, submit_draft
from api.db.tables import Draft
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.pages.moments import moment_text
from api.pages.my.form_known import Known, with_known
from api.pages.my.form_page import Sheet, form_words, read_sheet
from api.pages.my.form_typed import value_at
from api.pages.my.question import question_words
from api.pages.page import FormPage, Page, PageContext
from api.pages.route_map import with_map_policy

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Json = dict[str, Any]
PAGE: Final = 30
_INVALID, _STALE, _CONFLICT = 422, 412, 409
_NOTES: Final = ("saved", "picked", "restored")


@router.get("/my/drafts")
def drafts_page(page: Page, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Response:
    """Drafts not handed in, the last saved first."""
    found, total = list_drafts(page.work, submitted=False, limit=PAGE, offset=offset)
    rows = [draft_row(one.draft) for one in found]
    return page.render("my_drafts.html.j2", {"drafts": rows, "total": total, "offset": offset, "step": PAGE})


def draft_row(draft: Draft) -> dict[str, object]:
    """A draft in a list; one without a name is named by the page."""
    title = "" if draft.title == title_of({}) else draft.title
    return {"id": draft.id, "title": title, "updated": moment_text(draft.updated_at)}


@router.post("/my/drafts")
def post_draft(page: FormPage) -> Response:
    """Begin an empty draft, or one like an earlier case."""
    case_id = _uuid(page.field("case_id"))
    if case_id is not None:
        draft = draft_from_case(page.work, case_id)
    else:
        draft = create_draft(page.work, {}, origin={"kind": "typed"})
    return page.see_other(f"/my/drafts/{draft.id}")


@router.get("/my/drafts/{draft_id}")
def draft_page(page: Page, draft_id: uuid.UUID, note: str = "") -> Response:
    """The form; once it has been handed in, its case."""
    draft = find_draft(page.work, draft_id)
    case = case_of(page.work, draft.id)
    if case is not None:
        return page.see_other(f"/my/cases/{case.id}")
    known = with_known(page.work, draft.content, draft.origin)
    return _page(page, draft, Sheet(known.content, filled=known.filled), note=note if note in _NOTES else "")


@router.post("/my/drafts/{draft_id}")
def post_content(page: FormPage, draft_id: uuid.UUID) -> Response:
    """Save what was typed; then pick from the archive, take files in, or hand in."""
    draft = find_draft(page.work, draft_id)
    case = case_of(page.work, draft.id)
    if case is not None:
        return page.see_other(f"/my/cases/{case.id}")
    known = with_known(page.work, draft.content, draft.origin)
    content, faults = read_sheet(page, known.content, trip_days=known.trip_days)
    does = page.field("do")
    if does == "pick":
        content = picked(page.work, content, _picks(page))
    saved = replace_draft(page.work, draft.id, content, version=_version(page))
    if saved.refused is not None:
        words = {"draft": draft_row(saved.draft), "kept_id": saved.refused.id, "version": saved.draft.version}
        return page.render("my_draft_stale.html.j2", words, status=_STALE)
    if faults:
        return _page(page, saved.draft, Sheet(content, faults=faults, filled=known.filled), status=_INVALID)
    if does == "submit":
        return _submit(page, saved.draft, known)
    anchor = page.field("at")
    place = f"#{anchor}" if anchor.isascii() and anchor.replace("-", "").isalnum() else ""
    return page.see_other(f"/my/drafts/{draft.id}?note={'picked' if does == 'pick' else 'saved'}{place}")


def _submit(page: PageContext, draft: Draft, known: Known) -> Response:
    """Hand in what has just been saved; faults are shown at their fields, and the saved content stays."""
    shown = page.field("wording_sha256") or None
    try:
        submitted = submit_draft(page.work, draft.id, shown=shown)
    except InvalidError:
        return _page(page, draft, Sheet(draft.content, shows_faults=True, filled=known.filled), status=_INVALID)
    except ConflictError as error:
        fault = FieldFault("declarations.truthful", error.message_zh, error.message_en)
        sheet = Sheet(draft.content, shows_faults=True, faults=(fault,), filled=known.filled)
        return _page(page, draft, sheet, status=_CONFLICT)
    return page.see_other(f"/my/cases/{submitted.case.id}?done=submit")


@router.post("/my/drafts/{draft_id}/delete")
def post_delete(page: FormPage, draft_id: uuid.UUID) -> Response:
    """Take a draft out of sight."""
    delete_draft(page.work, draft_id)
    return page.see_other("/my/drafts")


@router.get("/my/drafts/{draft_id}/earlier")
def earlier_page(page: Page, draft_id: uuid.UUID) -> Response:
    """What a draft held before, and what was refused because another tab had saved."""
    draft = find_draft(page.work, draft_id)
    kept = [
        {
            "id": one.id,
            "at": moment_text(one.kept_at),
            "why": one.why,
            "title": one.content.get("cargo", {}).get("name", "") if isinstance(one.content.get("cargo"), dict) else "",
            "fields": _count(one.content),
        }
        for one in earlier_contents(page.work, draft_id)
    ]
    return page.render("my_draft_earlier.html.j2", {"draft": draft_row(draft), "kept": kept, "version": draft.version})


@router.post("/my/drafts/{draft_id}/earlier/{kept_id}")
def post_restore(page: FormPage, draft_id: uuid.UUID, kept_id: uuid.UUID) -> Response:
    """Put an earlier content back; the present one is kept beside it."""
    kept = earlier_content(page.work, draft_id, kept_id)
    saved = replace_draft(page.work, draft_id, kept.content, version=_version(page))
    if saved.refused is not None:
        words = {"draft": draft_row(saved.draft), "kept_id": saved.refused.id, "version": saved.draft.version}
        return page.render("my_draft_stale.html.j2", words, status=_STALE)
    return page.see_other(f"/my/drafts/{draft_id}?note=restored")


def _page(page: PageContext, draft: Draft, sheet: Sheet, *, note: str = "", status: int = 200) -> Response:
    words = form_words(page, sheet) | {
        "draft": draft_row(draft),
        "version": draft.version,
        "note": note,
        "question": question_words(page, draft.origin),
        "earlier": len(earlier_contents(page.work, draft.id)),
        "came_from": str(draft.origin.get("kind", "typed")),
    }
    return with_map_policy(page.render("my_draft.html.j2", words, status=status))


def _picks(page: PageContext) -> list[uuid.UUID]:
    """Ids chosen from the archive; only the section whose button was pressed counts."""
    names = [name for name in page.form if name.startswith("pick.")]
    found = [_uuid(page.field(name)) for name in names]
    chosen = [one for one in found if one is not None]
    if not chosen:
        raise InvalidError([FieldFault("pick", "请先在“从档案选择”中选一项", "choose something of the archive first")])
    return chosen


def _version(page: PageContext) -> int:
    text = page.field("version")
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - a version is a small number
        raise NotFoundError("页面已失效，请重新打开草稿", "the page is outdated: open the draft again")
    return int(text)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _count(content: Json) -> int:
    """How many values a content holds, to tell contents apart."""
    parts = (value_at(content, name) for name in content)
    return sum(len(part) if isinstance(part, dict | list) else 1 for part in parts)
