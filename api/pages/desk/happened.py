"""Somebody was faster (他人已办理): a plain page that says what happened, instead of a lost or doubled step."""

import uuid

from fastapi import Response
from sqlalchemy import select

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.find import get_case
from api.cases.relation import relation_to
from api.db.tables import Event
from api.errors import ConflictError, StaleError
from api.pages.desk.timeline import event_lines
from api.pages.desk.words import action_word, fault_word, state_word
from api.pages.page import PageContext

_CONFLICT, _STALE = 409, 412
_LAST = 3


def show_what_happened(
    page: PageContext, case_id: uuid.UUID, action: Action, error: ConflictError | StaleError
) -> Response:
    """What stands in the way of an action, with who did what last."""
    page.work.session.expire_all()
    case = get_case(page.work, case_id)
    is_stale = isinstance(error, StaleError)
    reasons = [fault_word(page, one) for one in error.reasons] if isinstance(error, ConflictError) else []
    context = {
        "case": case,
        "action": action_word(page, action),
        "state": state_word(page, case.state),
        "holder": case.claimant.display_name if case.claimant else None,
        "is_stale": is_stale,
        "message": page.message_of(error),
        "reasons": reasons,
        "events": _last_events(page, case_id),
    }
    return page.render("desk_happened.html.j2", context, status=_STALE if is_stale else _CONFLICT)


def _last_events(page: PageContext, case_id: uuid.UUID) -> list[object]:
    work = page.work
    if not may(work.actor, Action.READ_CASE_EVENTS, relation_to(work, get_case(work, case_id))):
        return []
    newest = select(Event).where(Event.case_id == case_id).order_by(Event.seq.desc()).limit(_LAST)
    return list(event_lines(page, work.session.scalars(newest).all()))
