"""The page of a case at the desk (办件页), and the one address that leads everybody to their own page of it."""

import uuid

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.find import get_case
from api.cases.queue import authorise_desk
from api.cases.relation import relation_to
from api.db.tables import Packet
from api.pages.desk.case_view import case_context
from api.pages.desk.words import action_word
from api.pages.page import Page
from api.pages.route_map import with_map_policy

router = APIRouter(include_in_schema=False)


@router.get("/desk/cases/{case_id}")
def case_page(page: Page, case_id: uuid.UUID, done: Action | None = None) -> Response:
    """A case with everything its office has to look at; `done` is what has just been done with it."""
    authorise_desk(page.work)
    case = get_case(page.work, case_id)
    context = case_context(page, case) | {"done": action_word(page, done) if done else None}
    return with_map_policy(page.render("desk_case.html.j2", context))


@router.get("/cases/{case_id}")
def lead_to_case(page: Page, case_id: uuid.UUID) -> Response:
    """Lead to the page of a case that is for whoever asks: the carrier's own, the desk, or the packet in the inbox."""
    work = page.work
    case = get_case(work, case_id, action=Action.LIST_CASES)
    relation = relation_to(work, case)
    if relation.is_own_carrier:
        return page.see_other(f"/my/cases/{case_id}")
    is_whole = relation.is_deciding_body or relation.is_superior_body or relation.same_province
    if relation.has_packet and not (is_whole and may(work.actor, Action.READ_CASE_EVENTS, relation)):
        wanted = select(Packet.id).where(Packet.case_id == case_id, Packet.body_id == work.actor.body_id)
        packet_id = work.session.scalar(wanted.order_by(Packet.sent_at.desc(), Packet.id).limit(1))
        return page.see_other(f"/inbox/{packet_id}")
    return page.see_other(f"/desk/cases/{case_id}")
