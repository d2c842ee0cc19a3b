"""The archive (档案): vehicles, drivers, agents and what else earlier applications left; added, changed, retired."""

import copy
import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.applications.archive import ArchiveFilter, add_item, edit_item, find_item, list_archive, remove_item
from api.applications.archive_pieces import Kind
from api.db.tables import ArchiveItem, Carrier
from api.errors import FieldFault, InvalidError, NotFoundError, StaleError
from api.pages.moments import moment_text
from api.pages.my import form_fields
from api.pages.my.cases import refuse_others
from api.pages.my.form_faults import FormFaults
from api.pages.my.form_fields import Field
from api.pages.my.form_shown import Shown, entry_of
from api.pages.my.form_typed import read_typed, value_at
from api.pages.page import FormPage, Page, PageContext
from rules.forms import materials

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Json = dict[str, Any]
PAGE: Final = 50
_INVALID, _STALE = 422, 412
_COUNTS: Final = {
    kind: tuple(Field(f"{kind.value}.{name}", f"vehicle_{name}", "int") for name in ("axle_count", "tyre_count"))
    for kind in (Kind.TRACTOR, Kind.TRAILER)
}
# What can be typed by hand; routes, papers and escort plans come from applications alone.
EDITED: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.TRACTOR: (*form_fields.TRACTOR, *_COUNTS[Kind.TRACTOR]),
    Kind.TRAILER: (*form_fields.TRAILER, *_COUNTS[Kind.TRAILER]),
    Kind.DRIVER: form_fields.driver_fields(0),
    Kind.AGENT: form_fields.AGENT,
    Kind.CARGO: form_fields.CARGO,
    Kind.CARRIER: form_fields.APPLICANT,
}


@router.get("/my/archive")
def archive_page(
    page: Page,
    kind: Kind = Kind.TRACTOR,
    q: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """What is archived of one kind, the last used first."""
    refuse_others(page)
    rows, total = list_archive(page.work, ArchiveFilter(kind, q or None), limit=PAGE, offset=offset)
    words = {
        "items": [_row(page, one) for one in rows],
        "total": total,
        "kind": kind.value,
        "kinds": [one.value for one in Kind],
        "may_edit": kind in EDITED,
        "q": q,
        "offset": offset,
        "step": PAGE,
    }
    return page.render("my_archive.html.j2", words)


@router.get("/my/archive/new")
def new_page(page: Page, kind: Kind) -> Response:
    """The form for a new one."""
    refuse_others(page)
    return _page(page, kind, {}, None)


@router.post("/my/archive/new")
def post_item(page: FormPage, kind: Kind) -> Response:
    """Archive something by hand."""
    refuse_others(page)
    content = _typed(page, kind, {})
    try:
        add_item(page.work, kind, content)
    except InvalidError as error:
        return _page(page, kind, content, None, faults=error.faults, status=_INVALID)
    return page.see_other(f"/my/archive?kind={kind.value}")


@router.get("/my/archive/{item_id}")
def item_page(page: Page, item_id: uuid.UUID) -> Response:
    """The form of one."""
    item = find_item(page.work, item_id)
    return _page(page, Kind(item.kind), item.content, item)


@router.post("/my/archive/{item_id}")
def post_change(page: FormPage, item_id: uuid.UUID) -> Response:
    """Change one; cases handed in are not touched."""
    item = find_item(page.work, item_id)
    kind, content = Kind(item.kind), _typed(page, Kind(item.kind), item.content)
    try:
        edit_item(page.work, item_id, content, _version(page))
    except InvalidError as error:
        return _page(page, kind, content, item, faults=error.faults, status=_INVALID)
    except StaleError as error:
        return _page(page, kind, content, item, refused=page.message_of(error), status=_STALE)
    return page.see_other(f"/my/archive?kind={kind.value}")


@router.post("/my/archive/{item_id}/retire")
def post_retire(page: FormPage, item_id: uuid.UUID) -> Response:
    """Take one out of the archive."""
    kind = find_item(page.work, item_id).kind
    remove_item(page.work, item_id)
    return page.see_other(f"/my/archive?kind={kind}")


def _row(page: PageContext, item: ArchiveItem) -> Json:
    return {
        "id": item.id,
        "label": _document(page, item) if item.kind == Kind.DOCUMENT.value else item.label,
        "used": moment_text(item.used_at) if item.used_at else "",
        "may_edit": Kind(item.kind) in EDITED,
        "attachment": item.content.get("attachment") if item.kind == Kind.DOCUMENT.value else None,
    }


def _document(page: PageContext, item: ArchiveItem) -> str:
    """The title of a paper."""
    found = materials().get(str(item.content.get("kind")))
    if found is None:
        return page.t("my.section_papers")
    return found.title_zh if page.language == "zh" else found.title_en


def _prefix(kind: Kind) -> str:
    return "drivers.0" if kind is Kind.DRIVER else kind.value


def _as_form(kind: Kind, content: Json) -> Json:
    """Where a thing stands in a form."""
    return {"drivers": [content]} if kind is Kind.DRIVER else {kind.value: content}


def _typed(page: PageContext, kind: Kind, before: Json) -> Json:
    base = _as_form(kind, copy.deepcopy(before))
    content = value_at(read_typed(page.form, base, extra=EDITED.get(kind, ())), _prefix(kind))
    found: Json = content if isinstance(content, dict) else {}
    if kind is Kind.CARRIER:
        firm = page.work.session.get_one(Carrier, page.work.actor.carrier_id)
        found |= {"name": firm.name, "uscc": firm.credit_code}
    return found


def _page(
    page: PageContext,
    kind: Kind,
    content: Json,
    item: ArchiveItem | None,
    *,
    faults: tuple[FieldFault, ...] = (),
    refused: str = "",
    status: int = 200,
) -> Response:
    if kind not in EDITED:
        raise NotFoundError(
            "这类资料由申请自动存档，不能手工填写", "these come from applications and are not typed by hand"
        )
    prefix = _prefix(kind)
    found = FormFaults()
    for fault in faults:
        name = fault.field if fault.field.startswith(prefix) else f"{prefix}.{fault.field}"
        found.at.setdefault(name, []).append(fault.message_zh if page.language == "zh" else fault.message_en)
    shown = Shown(page, _as_form(kind, content), found, shows_faults=True, filled=frozenset(), vehicle_class="unknown")
    names = {one.path for one in EDITED[kind]}
    words = {
        "kind": kind.value,
        "fields": [entry_of(shown, one) for one in EDITED[kind]],
        "elsewhere": [f"{name}: {'；'.join(said)}" for name, said in found.at.items() if name not in names],
        "item": item,
        "version": item.version if item else 0,
        "refused": refused,
        "has_rows": kind is Kind.DRIVER,
        "firm": content if kind is Kind.CARRIER else {},
    }
    return page.render("my_archive_item.html.j2", words, status=status)


def _version(page: PageContext) -> int:
    text = page.field("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - a small number
