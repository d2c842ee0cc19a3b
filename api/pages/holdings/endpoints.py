"""Pages of own road data (本辖区数据页面): upload, preview, approval by a second person, closures at once."""

import uuid
from typing import Annotated, Final, Literal, cast

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from api.accounts.authorise import roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases import grounds
from api.db.tables import HoldingChange, HoldingVersion
from api.errors import InvalidError, MediaTypeError, ServiceError, StaleError, TooLargeError
from api.holdings.changes import (
    INVENTORIES,
    OPEN,
    approve,
    ask_to_publish,
    ask_to_withdraw,
    list_changes,
    reject,
    take_back,
)
from api.holdings.closures import end_closure, list_closures, publish_closures
from api.holdings.in_force import state_of, versions_in_force
from api.holdings.owner import KIND_ZH, Kind, may_read, reading_body, writing_body
from api.holdings.settings import holding_settings
from api.holdings.uploads import Upload, discard, get_version, list_versions, upload
from api.network_sources import missing_of
from api.pages.holdings.closure_form import LIMITS, as_file, typed
from api.pages.holdings.progress import progress_shown
from api.pages.holdings.shown import (
    change_shown,
    changes_shown,
    closure_shown,
    item_shown,
    rows_shown,
    version_shown,
)
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from routing.errors import SnapshotError

router = APIRouter(include_in_schema=False)
_A_LIST: Final = 20
_KILO: Final = 1000
_INVALID: Final = 422
_LONGEST_VERSION: Final = 9
DATUMS: Final = ("", "CGCS2000", "WGS-84", "GCJ-02", "BD-09")
Said = Annotated[Literal["", "published", "asked", "approved", "rejected", "ended", "discarded", "back"], Query()]


@router.get("/holdings")
def holdings_page(page: Page, said: Said = "") -> Response:
    """What is in force, what waits, and what was uploaded."""
    body = reading_body(page.work)
    in_force = [one for one in versions_in_force(page.work) if one.body_id == body.id]
    ids = {one.id for one in in_force}
    versions, total = list_versions(page.work, kind=None, limit=_A_LIST, offset=0)
    reads = may_read(page.work, "bridges")
    changes = list_changes(page.work, state=None, limit=_A_LIST, offset=0)[0] if reads else []
    closes = _has(page, Action.WRITE_OVERLAY)
    current = list_closures(page.work, is_current=True, limit=_A_LIST, offset=0) if closes else ([], 0)
    past = list_closures(page.work, is_current=False, limit=_A_LIST, offset=0) if closes else ([], 0)
    state = state_of(page.work.session)
    shown = [change_shown(page, one) for one in changes]
    context = {
        "body": body.name,
        "said": said,
        "kinds": [one for one in KIND_ZH if may_read(page.work, one)],
        "writes": _writes(page),
        "approves": _has(page, Action.APPROVE_INVENTORY),
        "in_force": [version_shown(page, one, ids) | {"key": one.kind} for one in in_force],
        "versions": [version_shown(page, one, ids) for one in versions],
        "version_count": total,
        "progress": progress_shown(page, changes),
        "missing": _missing(page),
        "asked": [one for one in shown if one["is_asked"]],
        "changes": [one for one in shown if not one["is_asked"]],
        "closures": [closure_shown(page, one) for one in current[0]],
        "closure_count": current[1],
        "past": [closure_shown(page, one) for one in past[0]],
        "changed_at": moment_text(state.changed_at) if state else "",
    }
    return page.render("holdings.html.j2", context)


@router.get("/holdings/upload")
def upload_page(page: Page, kind: Annotated[Kind, Query()] = "bridges") -> Response:
    """The form to upload a file."""
    writing_body(page.work, kind)
    return _upload_form(page, kind, ())


@router.post("/holdings/upload")
def post_upload(page: FormPage) -> Response:
    """Take a file in; what is wrong with it is said on the form."""
    named = page.field("kind")
    kind = cast(Kind, named if named in KIND_ZH else "bridges")
    name, content = _file(page, "file")
    sent = Upload(
        kind=kind,
        name=name,
        content=content,
        coverage=_file(page, "coverage")[1] or None,
        datum=page.field("datum")[:40].replace("\x00", ""),
        until_further_notice=bool(page.field("notice")),
    )
    try:
        version = upload(page.work, sent)
    except (InvalidError, MediaTypeError, TooLargeError) as error:
        return _upload_form(page, kind, _texts(page, error))
    return page.see_other(f"/holdings/versions/{version.id}")


@router.get("/holdings/versions/{version_id}")
def version_page(page: Page, version_id: uuid.UUID) -> Response:
    """A file: rows that count, rows that do not and why, what changes; and what may be done with it."""
    version = get_version(page.work, version_id)
    in_force = {one.id for one in versions_in_force(page.work)}
    preview = version.preview
    lists = {name: preview.get(name, {"total": 0, "items": []}) for name in ("rejected", "open", "faults", "warnings")}
    waiting = _waiting(page, version)
    context = {
        "version": version_shown(page, version, in_force) | {"version": version.version, "key": version.kind},
        "preview": preview,
        "rows": {name: {"total": one["total"], "items": rows_shown(page, one["items"])} for name, one in lists.items()},
        "changes": {
            name: {"total": preview[name]["total"], "items": changes_shown(page, preview[name]["items"])}
            for name in ("new", "changed", "gone")
            if name in preview
        },
        "items": [item_shown(page, one) for one in preview.get("items", {}).get("items", ())],
        "notes": [one[page.language] for one in preview.get("notes", ())],
        "doubts": [one[page.language] for one in preview.get("doubts", {}).get("items", ())],
        "linked": version.linked,
        "is_inventory": version.kind in INVENTORIES,
        "may_write": version.kind in _writes(page),
        "is_waiting": bool(waiting),
        "progress": progress_shown(page, waiting),
    }
    return page.render("holdings_version.html.j2", context)


@router.post("/holdings/versions/{version_id}/submit")
def post_submit(page: FormPage, version_id: uuid.UUID) -> Response:
    """Ask a second person to put it in force; an earlier file as well."""
    ask_to_publish(page.work, version_id, _text(page, "reason"))
    return page.see_other("/holdings?said=asked")


@router.post("/holdings/versions/{version_id}/publish")
def post_publish(page: FormPage, version_id: uuid.UUID) -> Response:
    """Put closures in force at once."""
    version = get_version(page.work, version_id)
    if _version(page) not in {None, version.version}:
        raise StaleError
    publish_closures(page.work, version)
    return page.see_other("/holdings?said=published")


@router.post("/holdings/versions/{version_id}/discard")
def post_discard(page: FormPage, version_id: uuid.UUID) -> Response:
    """Put a draft aside."""
    discard(page.work, version_id)
    return page.see_other("/holdings?said=discarded")


@router.post("/holdings/withdraw")
def post_withdraw(page: FormPage) -> Response:
    """Ask that nothing of the body be in force."""
    kind = page.field("kind")
    ask_to_withdraw(page.work, kind if kind in INVENTORIES else "bridges", _text(page, "reason"))
    return page.see_other("/holdings?said=asked")


@router.post("/holdings/changes/{change_id}/{what}")
def post_change(page: FormPage, change_id: uuid.UUID, what: Literal["approve", "reject", "take-back"]) -> Response:
    """Approve or reject as the second person, or take one's own request back."""
    if what == "approve":
        approve(page.work, change_id, expected=_version(page))
        return page.see_other("/holdings?said=approved")
    if what == "reject":
        reject(page.work, change_id, _text(page, "reason"), expected=_version(page))
        return page.see_other("/holdings?said=rejected")
    take_back(page.work, change_id)
    return page.see_other("/holdings?said=back")


@router.get("/holdings/closures/new")
def closure_page(page: Page) -> Response:
    """The form for one closure."""
    writing_body(page.work, "closures")
    return _closure_form(page, {})


@router.post("/holdings/closures/new")
def post_closure(page: FormPage) -> Response:
    """Preview a closure that was typed in; it is in force when it is confirmed there."""
    writing_body(page.work, "closures")
    sent = typed(page)
    try:
        content = as_file(sent)
        version = upload(
            page.work,
            Upload(
                "closures",
                f"{page.t('holdings.form_file')}.geojson",
                content,
                until_further_notice=bool(sent["notice"]),
            ),
        )
    except InvalidError as error:
        faults = {one.field: one.message_zh if page.language == "zh" else one.message_en for one in error.faults}
        return _closure_form(page, faults)
    return page.see_other(f"/holdings/versions/{version.id}")


@router.post("/holdings/closures/{closure_id}/end")
def post_end(page: FormPage, closure_id: uuid.UUID) -> Response:
    """End a closure early."""
    end_closure(page.work, closure_id, _text(page, "reason"))
    return page.see_other("/holdings?said=ended#closures")


def _upload_form(page: PageContext, kind: Kind, faults: tuple[str, ...]) -> Response:
    context = {
        "kind": kind,
        "kinds": _writes(page),
        "faults": faults,
        "datums": DATUMS,
        "datum": page.field("datum"),
        "megabytes": f"{holding_settings().largest_kb / _KILO:g}",
    }
    return page.render("holdings_upload.html.j2", context, status=_INVALID if faults else 200)


def _closure_form(page: PageContext, faults: dict[str, str]) -> Response:
    context = {"typed": typed(page), "faults": faults, "limits": LIMITS}
    return page.render("holdings_closure.html.j2", context, status=_INVALID if faults else 200)


def _file(page: PageContext, name: str) -> tuple[str, bytes]:
    """A file of the form: name and bytes, one more than is taken at most."""
    found = page.form.get(name)
    if not isinstance(found, UploadFile):
        return "", b""
    with found.file as file:  # also one that nobody chose
        return found.filename or "", file.read(holding_settings().largest_kb * _KILO + 1)


def _text(page: PageContext, name: str) -> str:
    return page.field(name).replace("\x00", "").encode("utf-8", "replace").decode()[:500]


def _texts(page: PageContext, error: ServiceError) -> tuple[str, ...]:
    faults = error.faults if isinstance(error, InvalidError) else ()
    return tuple(one.message_zh if page.language == "zh" else one.message_en for one in faults) or (
        page.message_of(error),
    )


def _version(page: PageContext) -> int | None:
    text = page.field("version")
    if text and not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION):
        raise StaleError
    return int(text) if text else None


def _has(page: PageContext, action: Action) -> bool:
    return bool(scopes_for(roles_of(page.work.actor), action))


def _writes(page: PageContext) -> list[str]:
    """Kinds of data that the reader uploads."""
    inventories = _has(page, Action.WRITE_INVENTORY)
    return [kind for kind in KIND_ZH if (_has(page, Action.WRITE_OVERLAY) if kind == "closures" else inventories)]


def _waiting(page: PageContext, version: HoldingVersion) -> list[HoldingChange]:
    """Requests of the file's kind that nobody has decided, or whose network is not made."""
    if version.kind not in INVENTORIES:
        return []
    changes, _ = list_changes(page.work, state=None, limit=_A_LIST, offset=0)
    return [one for one in changes if one.state in OPEN and one.kind == version.kind]


def _missing(page: PageContext) -> tuple[str, ...]:
    """Files without which nothing can be published, for those who would publish."""
    if not (_has(page, Action.WRITE_INVENTORY) or _has(page, Action.APPROVE_INVENTORY)):
        return ()
    try:
        return missing_of(grounds.base_folder())
    except SnapshotError:
        return ()  # without any network the whole service says so
