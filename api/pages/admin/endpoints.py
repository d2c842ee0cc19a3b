"""The administrator's pages (系统管理): the way to each, and how the service stands."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import authorise
from api.accounts.bodies import list_bodies
from api.accounts.permissions import Action
from api.jobs.health import queue_health
from api.ledger.history import head_of
from api.outbox.messages import list_messages
from api.pages.admin.accounts import router as accounts_router
from api.pages.admin.ledger import router as ledger_router
from api.pages.admin.outbox import router as outbox_router
from api.pages.admin.settings import router as settings_router
from api.pages.moments import moment_text
from api.pages.page import Page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
for part in (accounts_router, settings_router, ledger_router, outbox_router):
    router.include_router(part)
BODY_KINDS: Final = (
    "transport",
    "highway_centre",
    "expressway_authority",
    "police",
    "city_road",
    "toll_operator",
    "maintainer",
)
_ROWS: Final = 100
Division = Annotated[str, Query(max_length=6, pattern=r"^[0-9]*$")]
Kind = Annotated[str, Query(max_length=40)]
From = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/admin")
def admin_page(page: Page) -> Response:
    """How the service stands: queue, failed jobs, messages, the ledger's end."""
    work = page.work
    authorise(work.actor, Action.WRITE_ACCOUNTS)
    head = head_of(work)
    context = {
        "queue": queue_health(work),
        "waiting": list_messages(work, "waiting", None, limit=1, offset=0)[1],
        "given_up": list_messages(work, "given_up", None, limit=1, offset=0)[1],
        "head": head,
        "moment_text": moment_text,
    }
    return page.render("admin.html.j2", context)


@router.get("/admin/bodies")
def bodies_page(page: Page, kind: Kind = "", division: Division = "", offset: From = 0) -> Response:
    """The bodies of the directory; they are read in with the command line."""
    authorise(page.work.actor, Action.WRITE_BODIES)
    wanted = kind if kind in BODY_KINDS else None
    rows, total = list_bodies(page.work, kind=wanted, division_code=division or None, limit=_ROWS, offset=offset)
    context = {
        "rows": rows,
        "total": total,
        "kind": kind,
        "division": division,
        "offset": offset,
        "more": offset + len(rows) if offset + len(rows) < total else None,
        "kinds": BODY_KINDS,
    }
    return page.render("admin_bodies.html.j2", context)
