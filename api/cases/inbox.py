"""The inbox of a body (收件箱): packets sent to it, what comes next, and the line of its own part of the route."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases.find import CaseFilter, list_cases, visible
from api.cases.packets import NO_PACKET
from api.cases.relation import relation_to
from api.cases.states import STATES
from api.db.tables import Body, Case, Packet, Review
from api.dispatch.parts import ranges_of
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork
from maps.features import measure_line
from rules.clock import ClockState
from rules.management import RoadStretch

Which = Literal["open", "done", "informed"]
STATES_OF: Final[Mapping[Which, tuple[str, ...]]] = {
    "open": ("open",),
    "done": ("answered", "returned"),
    "informed": ("informed",),
}


def authorise_inbox(work: UnitOfWork) -> None:
    """Refuse who has no inbox.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account reads packets.
    """
    if not scopes_for(roles_of(work.actor), Action.READ_PACKET) or work.actor.body_id is None:
        authorise(work.actor, Action.READ_PACKET)


def list_inbox(work: UnitOfWork, which: Which, *, limit: int, offset: int) -> tuple[list[Packet], int]:
    """Packets of one's own body: open ones by their due day, others the newest first; and how many there are."""
    authorise_inbox(work)
    query = select(Packet).where(_is_own(work), Packet.state.in_(STATES_OF[which]))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = _urgent_first(query) if which == "open" else query.order_by(Packet.sent_at.desc(), Packet.id)
    return list(work.session.scalars(ordered.limit(limit).offset(offset))), total


def count_inbox(work: UnitOfWork) -> dict[Which, int]:
    """How many packets of one's own body there are of each kind."""
    authorise_inbox(work)
    rows = work.session.execute(select(Packet.state, func.count()).where(_is_own(work)).group_by(Packet.state))
    by_state: dict[str, int] = {row[0]: row[1] for row in rows}
    return {which: sum(by_state.get(state, 0) for state in states) for which, states in STATES_OF.items()}


def own_packet(work: UnitOfWork, packet_id: uuid.UUID) -> Packet:
    """A packet of one's own body that shows it something still.

    Raises:
        NotFoundError: There is none, it is another body's, or it was sent back or taken back.
        ForbiddenError: The account reads no packets.
    """
    authorise_inbox(work)
    packet = work.session.get(Packet, packet_id)
    if packet is None or packet.body_id != work.actor.body_id or packet.state in {"returned", "cancelled"}:
        raise NotFoundError(*NO_PACKET)
    if not work.session.scalar(select(Case.id).where(Case.id == packet.case_id, visible(work, Action.READ_PACKET))):
        raise NotFoundError(*NO_PACKET)
    authorise(work.actor, Action.READ_PACKET, relation_to(work, packet.case))
    return packet


def next_open(work: UnitOfWork) -> Packet | None:
    """The most urgent packet of one's own body that waits for an answer."""
    query = select(Packet).where(_is_own(work), Packet.state == "open")
    return work.session.scalars(_urgent_first(query).limit(1)).first()


def own_cases(work: UnitOfWork, *, limit: int) -> tuple[list[Case], int]:
    """Cases in hand that one's own body accepts or decides, the newest first; none for who may not read cases."""
    if not scopes_for(roles_of(work.actor), Action.READ_CASE):
        return [], 0
    active = tuple(state for state, facts in STATES.items() if facts.clock is not ClockState.STOPPED)
    return list_cases(work, CaseFilter(states=active, body_id=work.actor.body_id), limit=limit, offset=0)


def part_report(work: UnitOfWork, packet: Packet, *, from_own_start: bool = False) -> dict[str, Any]:
    """A packet's part as a review of its own: the line of each stretch and its findings, nothing of the rest.

    Args:
        work: The unit of work.
        packet: Of one's own body.
        from_own_start: Findings are placed from the start of their stretch, and not of the whole route.
    """
    content = packet.content
    route = _route_of(work, packet)
    stretches = [RoadStretch.of_json(one["code"], one) for one in content["evidence"]]
    return {
        "verdict": _verdict(content["findings"]),
        "stops": [],
        "routes": [
            _cut(route, content["findings"], (low, high), rank, shift_m=low if from_own_start else 0)
            for rank, (low, high) in enumerate(ranges_of(stretches), start=1)
        ],
    }


def neighbours(work: UnitOfWork, packet: Packet) -> Sequence[Body]:
    """Bodies that a wrongly sent packet may belong to: of the same divisions, then their cities and the province."""
    codes = {str(one["code"]) for one in packet.content["evidence"] if one["code"]}
    wider = codes | {f"{code[:4]}00" for code in codes} | {f"{code[:2]}0000" for code in codes}
    query = select(Body).where(Body.division_code.in_(sorted(wider)), Body.id != packet.body_id)
    return work.session.scalars(query.order_by(Body.division_code.desc(), Body.kind, Body.id)).all()


def _route_of(work: UnitOfWork, packet: Packet) -> Mapping[str, Any] | None:
    review = work.session.get(Review, packet.review_id)
    routes = review.report.get("routes") if review is not None else None
    return routes[0] if routes else None


def _cut(
    route: Mapping[str, Any] | None,
    findings: Sequence[Mapping[str, Any]],
    between: tuple[int, int],
    rank: int,
    *,
    shift_m: int,
) -> dict[str, Any]:
    """One stretch as a route of its own."""
    low, high = between
    own = [one for one in findings if low <= one["at_m"] <= high]
    line: list[list[float]] = []
    if route is not None and route.get("geometry"):
        measured = measure_line(route["geometry"]["coordinates"], route["length_m"])
        line = [list(map(float, point)) for point in measured.cut(low, min(high, measured.length_m))]
    return {
        "rank": rank,
        "verdict": _verdict(own),
        "length_m": high - low,
        "geometry": {"type": "LineString", "coordinates": line},
        "findings": [{**one, "at_m": one["at_m"] - shift_m} for one in own],
    }


def _verdict(findings: Sequence[Mapping[str, Any]]) -> str:
    order = ("passes", "conditional", "unknown", "blocked")
    return max((str(one["outcome"]) for one in findings), key=order.index, default="passes")


def _urgent_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(Packet.due_on.asc().nulls_last(), Packet.sent_at, Packet.id)


def _is_own(work: UnitOfWork) -> ColumnElement[bool]:
    return Packet.body_id == work.actor.body_id
