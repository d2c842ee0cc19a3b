"""The planning pages (路线规划): thin, as every endpoint."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.applications.drafts_origins import draft_from_case
from api.cases import grounds
from api.errors import RequestError, TooManyError
from api.pages.page import FormPage, Page, PageContext
from api.pages.plan.builder import (
    builder_context,
    may_ask,
    read,
    texts_to_begin_with,
    vehicle_context,
    with_stop_faults,
)
from api.pages.plan.frontier import frontier_context, frontier_picture
from api.pages.plan.places import find_stake
from api.pages.plan.shown import answer_context, reasons_context
from api.pages.plan.stop_faults import stop_faults
from api.pages.plan.typed import PlanTyped, texts_in
from api.pages.plan.vehicle_form import read_typed
from api.pages.route_map import with_map_policy
from api.pages.search import LONGEST, index_of
from api.whatif.apply import apply_with
from api.whatif.ask import advise, ask, find_frontier, read_question, refuse_strangers
from api.whatif.network import Desk

router = APIRouter(prefix="/plan", include_in_schema=False, default_response_class=HTMLResponse)
_INVALID, _TOO_MANY = 422, 429
Rank = Annotated[int, Query(ge=1, le=20, alias="route")]


@router.get("")
def plan_page(page: Page) -> Response:
    """Build a load and choose a trip; also what the form shows anew without scripts."""
    texts = texts_to_begin_with(page)
    wants_places = page.request.query_params.get("show") == "places"
    plan = read(texts, page.work.today) if wants_places else None
    is_proposed = "proposed" in page.request.query_params
    return _builder(page, plan, texts, alarm=page.t("plan.proposed") if is_proposed else "")


@router.post("")
def post_plan(page: FormPage) -> Response:
    """Ask; what is wrong is said beside its field."""
    refuse_strangers(page.work)
    texts = texts_in(page.form)
    plan = read(texts, page.work.today)
    if plan.question is None:
        return _builder(page, plan, texts, status=_INVALID)
    try:
        row = ask(page.work, _desk(page), plan.question, with_advice=False)
    except RequestError as error:
        plan = with_stop_faults(plan, stop_faults(error, plan.texts))
        return _builder(page, plan, texts, status=_INVALID)
    except TooManyError as error:
        return _builder(page, plan, texts, status=_TOO_MANY, alarm=page.message_of(error))
    row.question = row.question | {"typed": texts}
    return page.see_other(f"/plan/{row.id}")


@router.get("/vehicle")
def vehicle_part(page: Page) -> Response:
    """Drawing, class and thresholds of what is typed, for the form's script."""
    return page.render("plan_vehicle.html.j2", vehicle_context(page, read_typed(texts_in(page.request.query_params))))


@router.get("/places")
def places_part(page: Page, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """Places that fit what is typed, for the form's script."""
    network = grounds.current().network
    found = [*find_stake(network.graph, q), *index_of(network).find(q)]
    return page.render("plan_places.html.j2", {"found": found})


@router.post("/again/{case_id}")
def post_again(page: FormPage, case_id: uuid.UUID) -> Response:
    """A copy of an earlier case as a draft."""
    return page.see_other(f"/my/drafts/{draft_from_case(page.work, case_id).id}")


@router.get("/{question_id}")
def answer_page(
    page: Page, question_id: uuid.UUID, rank: Rank = 1, advice: Annotated[bool, Query()] = False
) -> Response:
    """The answer to a question; with `advice` what would help is found first, which takes seconds."""
    row = advise(page.work, _desk(page), question_id) if advice else read_question(page.work, question_id)
    return with_map_policy(page.render("plan_answer.html.j2", answer_context(page, row, rank)))


@router.get("/{question_id}/advice")
def advice_part(page: Page, question_id: uuid.UUID) -> Response:
    """What would help, for the page's script."""
    row = advise(page.work, _desk(page), question_id)
    return page.render("plan_reasons.html.j2", reasons_context(page, row))


@router.get("/{question_id}/frontier")
def frontier_page(page: Page, question_id: uuid.UUID) -> Response:
    """Which sizes and masses have a route between these places."""
    row = find_frontier(page.work, _desk(page), question_id)
    return page.render("plan_frontier.html.j2", frontier_context(page, row))


@router.get("/{question_id}/frontier.svg")
def frontier_image(page: Page, question_id: uuid.UUID) -> Response:
    """The same as a picture."""
    row = find_frontier(page.work, _desk(page), question_id)
    headers = {"Cache-Control": "private, max-age=60"}
    return Response(frontier_picture(page, row), media_type="image/svg+xml", headers=headers)


@router.post("/{question_id}/apply")
def post_apply(page: FormPage, question_id: uuid.UUID) -> Response:
    """Begin an application with a route of the answer."""
    rank = page.field("route")
    draft = apply_with(page.work, question_id, int(rank) if rank.isascii() and rank.isdigit() else 0)
    return page.see_other(f"/my/drafts/{draft.id}")


def _desk(page: PageContext) -> Desk:
    return Desk.open(page.request.app.state.sessions)


def _builder(
    page: PageContext, plan: PlanTyped | None, texts: dict[str, str], *, status: int = 200, alarm: str = ""
) -> Response:
    context = builder_context(page, plan, texts, alarm=alarm) | {"is_asked": may_ask(page)}
    return with_map_policy(page.render("plan.html.j2", context, status=status))
