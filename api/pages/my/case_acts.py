"""What an applicant does with a case on its page (申请人的办理): answers, papers, statement, withdrawal, rating."""

import uuid
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.accounts.permissions import Action
from api.applications.drafts_origins import draft_from_case
from api.cases.act import act
from api.cases.find import get_case
from api.cases.inputs import ActionInput
from api.cases.points import title_of
from api.cases.rows import correction_of
from api.cases.savepoint import attempt
from api.db.tables import Case
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.pages.my.cases import refuse_others, show_case
from api.pages.my.form_page import take_files
from api.pages.my.form_papers import ids_of
from api.pages.page import FormPage, PageContext
from api.supervision.ratings import rate

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_CONFLICT, _INVALID = 409, 422
_LONGEST: Final = 4000
_DOES: Final = {
    Action.ANSWER_CORRECTION,
    Action.SUPPLY_PROMISED,
    Action.ANSWER_REROUTE,
    Action.HOLD_STATEMENT,
    Action.FILE_CALCULATION,
    Action.WITHDRAW,
}


@router.post("/my/cases/{case_id}/again")
def post_again(page: FormPage, case_id: uuid.UUID) -> Response:
    """Begin a draft like this case."""
    return page.see_other(f"/my/drafts/{draft_from_case(page.work, case_id).id}")


@router.post("/my/cases/{case_id}/rate")
def post_rating(page: FormPage, case_id: uuid.UUID) -> Response:
    """Rate the handling."""
    refuse_others(page)
    grade = page.field("grade")
    if grade not in {"1", "2", "3", "4", "5"}:
        return _wrong(page, case_id, "rate", page.t("my.rate_choose"), status=_INVALID)
    try:
        attempt(page.work, lambda: rate(page.work, case_id, int(grade), _text(page, "text")))
    except ConflictError as error:
        return _wrong(page, case_id, "rate", page.message_of(error), status=_CONFLICT)
    return page.see_other(f"/my/cases/{case_id}?done=rated")


@router.post("/my/cases/{case_id}/{action}")
def post_action(page: FormPage, case_id: uuid.UUID, action: str) -> Response:
    """Do what is asked, or withdraw; what is wrong is said on the page, with what was typed."""
    refuse_others(page)
    does = next((one for one in _DOES if one.value == action), None)
    if does is None:
        raise NotFoundError("没有这个操作", "there is no such action")
    case = get_case(page.work, case_id)
    try:
        # Papers that are taken in go with the action, or not at all.
        attempt(page.work, lambda: act(page.work, case_id, does, _input(page, case, does), expected=_version(page)))
    except InvalidError as error:
        reasons = tuple(_said(page, fault) for fault in error.faults)
        return _wrong(page, case_id, action, page.message_of(error), reasons, status=_INVALID)
    except ConflictError as error:
        reasons = tuple(_said(page, fault) for fault in error.reasons)
        return _wrong(page, case_id, action, page.message_of(error), reasons, status=_CONFLICT)
    return page.see_other(f"/my/cases/{case_id}?done={action}")


def _input(page: PageContext, case: Case, does: Action) -> ActionInput:
    """What an action is given, read from its form."""
    if does is Action.ANSWER_CORRECTION:
        return _correction(page, case)
    if does is Action.SUPPLY_PROMISED:
        return ActionInput(form=take_files(page, case.form))
    if does is Action.FILE_CALCULATION:
        form = take_files(page, {"attachments": {}})
        ids = form["attachments"].get("other", [])
        if not ids:
            raise InvalidError([FieldFault("file", "请选择专项验算的文件", "choose the file of the calculation")])
        return ActionInput(reason=_text(page, "reason"), attachment_id=uuid.UUID(ids[-1]))
    return ActionInput(reason=_text(page, "reason"), waived="waived" in page.form)


def _correction(page: PageContext, case: Case) -> ActionInput:
    """Answers by item; an uploaded paper is an answer of its own."""
    form = take_files(page, case.form)
    asked = correction_of(page.work, case)
    answers = {}
    for item in asked.items if asked else ():
        words = _text(page, f"answer.{item}")
        is_new = ids_of(form, item) != ids_of(case.form, item)
        answers[item] = words or ("已补交材料" if is_new else "")
    faults = [_unanswered(item) for item, words in answers.items() if not words]
    if faults and _version(page) in {None, case.version}:  # who is late is told that first
        raise InvalidError(faults)
    return ActionInput(answers={item: words for item, words in answers.items() if words}, form=form)


def _unanswered(item: str) -> FieldFault:
    title = title_of(item)
    return FieldFault(item, f"有未补正也未说明的内容：{title}", f"neither a paper nor words for: {title}")


def _wrong(
    page: PageContext, case_id: uuid.UUID, action: str, message: str, reasons: tuple[str, ...] = (), *, status: int
) -> Response:
    values = {name: page.field(name) for name in page.form}
    case = get_case(page.work, case_id)
    page.work.session.refresh(case)
    wrong: dict[str, Any] = {"action": action, "message": message, "reasons": reasons, "values": values}
    return show_case(page, case, wrong=wrong, status=status)


def _said(page: PageContext, fault: FieldFault) -> str:
    return fault.message_zh if page.language == "zh" else fault.message_en


def _text(page: PageContext, name: str) -> str:
    return page.field(name).replace("\0", "")[:_LONGEST]


def _version(page: PageContext) -> int | None:
    text = page.field("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - a small number
