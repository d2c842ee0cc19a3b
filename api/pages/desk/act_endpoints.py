"""Acts of the desk (办理): one form page for every action, driven by the table; final acts are shown before they go."""

import uuid
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.act import act
from api.cases.find import get_case
from api.cases.inputs import ActionInput
from api.cases.needs import Need
from api.cases.notices import draft_notice, has_template
from api.cases.possible import Possible, possible_action
from api.cases.queue import authorise_desk
from api.cases.rehearsal import rehearse
from api.cases.relation import relation_to
from api.cases.savepoint import attempt
from api.db.tables import Case
from api.errors import ConflictError, InvalidError, StaleError
from api.pages.desk.act_fields import field_names, fields_of
from api.pages.desk.act_reading import (
    Typed,
    apart_again,
    close_files,
    faults_by_field,
    kept_fields,
    read_input,
    same_wording,
    typed_values,
    with_letter,
)
from api.pages.desk.actions import in_names, is_shown_first, obstacles_of
from api.pages.desk.happened import show_what_happened
from api.pages.desk.queue_endpoints import version_of
from api.pages.desk.words import action_word, clause_word, fault_word, state_word
from api.pages.page import FormPage, Page, PageContext

router = APIRouter(include_in_schema=False)
# What another person did meanwhile, not what was written into the form.
_OF_OTHERS = frozenset({"state", "task", Need.NOT_CLAIMED_BY_ANOTHER.value, Need.MACHINE_REVIEW_DONE.value})
_LETTER: Final = "notice_text"
_CONFLICT, _INVALID = 409, 422


@router.get("/desk/cases/{case_id}/act/{action}")
def act_page(page: Page, case_id: uuid.UUID, action: Action) -> Response:
    """The form of an action."""
    authorise_desk(page.work)
    case = get_case(page.work, case_id)
    try:
        one = possible_action(page.work, case, action)
    except ConflictError as error:
        return show_what_happened(page, case_id, action, error)
    return _form(page, case, one)


@router.post("/desk/cases/{case_id}/act/{action}")
def post_act(page: FormPage, case_id: uuid.UUID, action: Action) -> Response:
    """Do it: whole, or with every fault on the form."""
    try:
        authorise_desk(page.work)
        return _act(page, get_case(page.work, case_id), action)
    finally:
        close_files(page)


def _act(page: PageContext, case: Case, action: Action) -> Response:
    """Do it, or say on the form or on a page of its own why not."""
    case_id = case.id
    try:
        one = possible_action(page.work, case, action)
    except ConflictError as error:
        return show_what_happened(page, case_id, action, error)
    letter = [_LETTER] if Need.NOTICE in one.row.needs else []
    typed = typed_values(page, [*field_names(one), *letter])
    try:
        return _done(page, case, one, typed)
    except InvalidError as error:
        return _form(page, case, one, typed=typed, faults=faults_by_field(page, error), status=_INVALID)
    except StaleError as error:
        return show_what_happened(page, case_id, action, error)
    except ConflictError as error:
        if not error.reasons or any(reason.field in _OF_OTHERS for reason in error.reasons):
            return show_what_happened(page, case_id, action, error)
        page.work.session.expire_all()
        case = get_case(page.work, case_id)
        lacks = [in_names(page, case, fault_word(page, reason)) for reason in error.reasons]
        return _form(page, case, one, typed=typed, lacks=lacks, status=_CONFLICT)


def _done(page: PageContext, case: Case, one: Possible, typed: Typed) -> Response:
    """Do the action, or show what it would do where its document is to be seen first and is not confirmed yet.

    A letter that nobody has changed is not sent along: the service drafts the same again, of any length.
    """
    if page.field("again"):
        return _form(page, case, one, typed=apart_again(typed, one.choices.items))
    work, case_id = page.work, case.id
    letter = next(iter(typed.pop(_LETTER, ())), "")
    sent = read_input(page, typed)
    if same_wording(letter, draft_notice(work, case, one.action, sent)):
        letter = ""
    is_shown = is_shown_first(one.action, field_names(one))
    try:
        whole = with_letter(page, sent, letter) if letter else sent
    except InvalidError as error:
        typed[_LETTER] = [letter]
        if not is_shown:
            raise
        fault = faults_by_field(page, error)[_LETTER]
        return _confirmation(page, case_id, one, sent, letter=letter, fault=fault)
    typed[_LETTER] = [letter]
    if is_shown and not page.field("confirmed"):
        return _confirmation(page, case_id, one, whole)
    attempt(work, lambda: act(work, case_id, one.action, whole, expected=version_of(page)))
    work.session.expire_all()
    case = work.session.get_one(Case, case_id)
    if may(work.actor, Action.READ_CASE, relation_to(work, case)):
        return page.see_other(f"/desk/cases/{case_id}?done={one.action.value}")
    return page.see_other("/desk")  # it is at another desk now


def _confirmation(
    page: PageContext, case_id: uuid.UUID, one: Possible, sent: ActionInput, *, letter: str = "", fault: str = ""
) -> Response:
    """What an act would do, its document to be changed, and the button that does it."""
    shown = rehearse(page.work, case_id, one.action, sent, expected=version_of(page))
    case = get_case(page.work, case_id)
    context = {
        **_head(page, case, one),
        "rehearsal": shown,
        "letter": letter or shown.document,
        "fault": fault,
        "leads_to": state_word(page, shown.leads_to) if shown.leads_to != case.state else None,
        "permit_fault": page.message_of(shown.permit_fault) if shown.permit_fault else None,
        "kept": kept_fields(sent),
    }
    return page.render("desk_confirm.html.j2", context, status=_INVALID if fault else 200)


def _form(
    page: PageContext,
    case: Case,
    one: Possible,
    *,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
    lacks: list[str] | None = None,
    status: int = 200,
) -> Response:
    fields = fields_of(page, case, one, sent=typed, faults=faults)
    names = {field.name for field in fields}
    context = {
        **_head(page, case, one),
        "fields": fields,
        "attachment_id": next(iter((typed or {}).get("attachment_id", ())), ""),
        "faults": [text for name, text in (faults or {}).items() if name not in names],
        "lacks": lacks or [],
        "obstacles": obstacles_of(page, case, one),
        "is_shown_first": is_shown_first(one.action, names),
        "writes_own_notice": Need.NOTICE in one.row.needs and not has_template(one.action),
        "has_faults": bool(faults or lacks),
    }
    return page.render("desk_act.html.j2", context, status=status)


def _head(page: PageContext, case: Case, one: Possible) -> dict[str, object]:
    to_state = one.row.to_state
    return {
        "case": case,
        "action": one.action.value,
        "word": action_word(page, one.action),
        "state": state_word(page, case.state),
        "leads_to": state_word(page, to_state) if to_state and to_state != case.state else None,
        "clause": clause_word(one.row.clause),
    }
