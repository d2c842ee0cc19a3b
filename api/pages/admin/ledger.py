"""The ledger (台账): its end, its anchors, the latest events; read through from the beginning when asked."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.accounts.throttle import count
from api.errors import RequestError
from api.ledger.anchors import FILE, Anchor, anchor_keys, read_anchors
from api.ledger.history import EventFilter, head_of, list_events, may_verify
from api.ledger.verify import verify_ledger
from api.pages.desk.timeline import event_word
from api.pages.language import catalogue
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from api.settings import ServiceSettings

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_AN_HOUR: Final = 12
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verification found, in the reader's language; no fault: it is intact."""

    events: int
    anchors: int
    fault: str | None


@router.get("/admin/ledger")
def ledger_page(page: Page) -> Response:
    """Where the ledger ends, and how it is anchored."""
    return _page(page)


@router.post("/admin/ledger")
def post_verification(page: FormPage) -> Response:
    """Read the whole ledger and say the first thing that is wrong; some times an hour."""
    may_verify(page.work)
    sessions = page.request.app.state.sessions
    count(sessions, "verify-ledger", most=_AN_HOUR, per=dt.timedelta(hours=1), now=page.work.now)
    try:
        anchors = _anchors(page)
    except RequestError as error:
        return _page(page, Answer(0, 0, str(error)))
    with sessions() as session:
        checked = verify_ledger(session, anchors)
    wrong = checked.fault
    fault = None if wrong is None else f"{wrong.seq}: {wrong.zh if page.language == 'zh' else wrong.en}"
    return _page(page, Answer(checked.events, checked.anchors, fault))


def _page(page: PageContext, answer: Answer | None = None) -> Response:
    head = head_of(page.work)
    events, _ = list_events(page.work, EventFilter(), limit=_SHOWN, offset=0)
    try:
        anchors = [*reversed(_anchors(page))][:_SHOWN]
    except RequestError:
        anchors = []
    context: dict[str, object] = {
        "head": head,
        "events": events,
        "anchors": anchors,
        "answer": answer,
        "moment_text": moment_text,
    }
    context["event_word"] = lambda kind: _event_word(page, kind)
    return page.render("admin_ledger.html.j2", context)


def _event_word(page: PageContext, kind: str) -> str:
    """What a kind of event is called; one that has no name yet keeps its code."""
    key = f"admin.event_{kind}"
    return page.t(key) if key in catalogue() else event_word(page, kind)


def _anchors(page: PageContext) -> list[Anchor]:
    settings: ServiceSettings = page.request.app.state.settings
    return read_anchors(settings.var / FILE, anchor_keys(settings.keys_folder))
