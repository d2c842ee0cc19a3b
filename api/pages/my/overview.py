"""The overview (我的业务): what is asked now, drafts, cases in progress, permits in force, and where to begin."""

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.applications.drafts import list_drafts
from api.cases.find import CaseFilter, list_cases
from api.pages.my.asked import asks_of
from api.pages.my.cases import FILTERS, case_row, refuse_others
from api.pages.my.drafts import draft_row
from api.pages.my.permit_shown import due_trips, permit_words
from api.pages.page import Page
from api.permits.service import PermitFilter, list_permits

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST: Final = 200
_SHOWN: Final = 5


@router.get("/my")
def overview_page(page: Page, welcome: str = "") -> Response:
    """What is asked of the firm first, then what it has under way."""
    refuse_others(page)
    work = page.work
    drafts, draft_total = list_drafts(work, submitted=False, limit=_SHOWN, offset=0)
    cases, case_total = list_cases(work, CaseFilter(states=FILTERS["open"]), limit=_MOST, offset=0)
    permits, permit_total = list_permits(work, PermitFilter(status=("valid", "awaiting_check")), limit=_SHOWN, offset=0)
    ended, _ = list_cases(work, CaseFilter(), limit=_SHOWN, offset=0)
    asked = [(case, ask) for case in cases for ask in asks_of(work, case)]
    words = {
        "asked": [
            {"case": case_row(page, case), "kind": ask.kind, "due": ask.due_on.isoformat() if ask.due_on else ""}
            for case, ask in sorted(asked, key=lambda one: (one[1].due_on is None, one[1].due_on or work.today))
        ],
        "trips": due_trips(page, permits),
        "drafts": [draft_row(one.draft) for one in drafts],
        "draft_total": draft_total,
        "cases": [case_row(page, case) for case in cases[:_SHOWN]],
        "case_total": case_total,
        "permits": [permit_words(page, one) for one in permits],
        "permit_total": permit_total,
        "latest": case_row(page, ended[0]) if ended else None,
        "is_new": welcome == "1",
    }
    return page.render("my.html.j2", words)
