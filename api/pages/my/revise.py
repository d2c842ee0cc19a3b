"""The form of a case put right (修改办件的申请表): for a correction, another route, or a change of the permit."""

import uuid
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.accounts.permissions import Action
from api.cases.act import act
from api.cases.find import get_case
from api.cases.inputs import ActionInput
from api.cases.points import title_of
from api.cases.rows import correction_of
from api.cases.savepoint import attempt
from api.db.tables import Case
from api.errors import ConflictError, InvalidError, NotFoundError
from api.pages.my.cases import case_row, refuse_others
from api.pages.my.form_page import Sheet, form_words, read_sheet
from api.pages.my.form_papers import DRAWING, KINDS, ids_of, put_ids
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Json = dict[str, Any]
ACTIONS: Final = {one.value: one for one in (Action.ANSWER_CORRECTION, Action.ANSWER_REROUTE, Action.REQUEST_CHANGE)}
_INVALID, _CONFLICT = 422, 409
_LONGEST: Final = 4000


@router.get("/my/cases/{case_id}/revise/{action}")
def revise_page(page: Page, case_id: uuid.UUID, action: str) -> Response:
    """The form of the case, to be changed."""
    refuse_others(page)
    case = get_case(page.work, case_id)
    return _page(page, case, _known(action), Sheet(case.form))


@router.post("/my/cases/{case_id}/revise/{action}")
def post_revised(page: FormPage, case_id: uuid.UUID, action: str) -> Response:
    """Take files in and look again, or hand the changed form in with what it answers."""
    refuse_others(page)
    does, case = _known(action), get_case(page.work, case_id)
    base = _with_attached(page, case.form)
    content, faults = read_sheet(page, base)
    if faults or page.field("do") != "submit":
        return _page(page, case, does, Sheet(content, faults=faults), status=_INVALID if faults else 200)
    sent = ActionInput(reason=_text(page, "reason"), answers=_answers(page, case), form=content)
    try:
        attempt(page.work, lambda: act(page.work, case_id, does, sent, expected=_version(page)))
    except InvalidError:
        return _page(page, case, does, Sheet(content, shows_faults=True), status=_INVALID)
    except ConflictError as error:
        told = [one.message_zh if page.language == "zh" else one.message_en for one in error.reasons]
        said = told or [page.message_of(error)]
        return _page(page, case, does, Sheet(content), refused=said, status=_CONFLICT)
    return page.see_other(f"/my/cases/{case_id}?done={action}")


def _page(
    page: PageContext,
    case: Case,
    action: Action,
    sheet: Sheet,
    *,
    refused: list[str] | None = None,
    status: int = 200,
) -> Response:
    asked = correction_of(page.work, case) if action is Action.ANSWER_CORRECTION else None
    attached = [(kind, one) for kind in (*KINDS, DRAWING) for one in ids_of(sheet.content, kind)]
    words = form_words(page, sheet) | {
        "case": case_row(page, case),
        "version": case.version,
        "action": action.value,
        "items": [(name, title_of(name), _text(page, f"answer.{name}")) for name in asked.items] if asked else [],
        "reason": _text(page, "reason"),
        "refused": refused or [],
        "attached": attached,
    }
    return page.render("my_revise.html.j2", words, status=status)


def _with_attached(page: PageContext, form: Json) -> Json:
    """The case's form with the files taken in while it was being changed."""
    found = dict(form)
    for one in page.form.getlist("attached"):
        kind, _, attachment = str(one).partition(":")
        if kind in (*KINDS, DRAWING):
            found = put_ids(found, kind, attachment)
    return found


def _answers(page: PageContext, case: Case) -> dict[str, str]:
    asked = correction_of(page.work, case)
    said = {item: _text(page, f"answer.{item}") for item in (asked.items if asked else ())}
    return {item: words for item, words in said.items() if words}


def _known(action: str) -> Action:
    if action not in ACTIONS:
        raise NotFoundError("没有这个操作", "there is no such action")
    return ACTIONS[action]


def _text(page: PageContext, name: str) -> str:
    return page.field(name).replace("\0", "")[:_LONGEST]


def _version(page: PageContext) -> int | None:
    text = page.field("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - a small number
