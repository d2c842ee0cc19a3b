"""Jobs of cases (办件后台任务): review, dispatch, delivery, silence, overdue opinions."""

import uuid

import structlog
from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases import grounds, remarks
from api.cases.act import act
from api.cases.clocks import local_day
from api.cases.directory import find_body
from api.cases.facts import is_overdue
from api.cases.inputs import ActionInput
from api.cases.machine_review import Grounds, make_review
from api.cases.packets import send_packets
from api.cases.plates import ask_for_plate
from api.cases.rows import correction_of, current_review, decisions_of
from api.cases.states import State
from api.db.tables import Case, Packet, Review
from api.dispatch.directory import Body
from api.errors import ConflictError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.periods import silence_is_acceptance_on

REVIEWED_IN = frozenset({State.SUBMITTED, State.MACHINE_REVIEW, State.CHANGING})
_log = structlog.get_logger("api.cases")


def review_case(work: UnitOfWork, case_id: str) -> None:
    """Review a case as it now stands, and do what follows; done twice, it does nothing the second time."""
    structlog.contextvars.bind_contextvars(case=case_id)
    query = select(Case).where(Case.id == uuid.UUID(case_id)).with_for_update(of=Case)
    case = work.session.scalar(query)
    if case is None or State(case.state) not in REVIEWED_IN:
        return
    review = _review(work, case, grounds.current())
    state = State(case.state)
    if state is State.SUBMITTED:
        _dispatch(work, case, review)
    elif state is State.MACHINE_REVIEW:
        act(work, case.id, Action.REVIEW_DONE)
        _dispatch(work, case, review)
        send_packets(work, case, review)
        ask_for_plate(work, case, review)
        _decide_automatically(work, case)


def _review(work: UnitOfWork, case: Case, on: Grounds) -> Review:
    """The present review if it still says what a new one would say, else a new one."""
    known = current_review(work, case)
    again = remarks.get(case, "review_again", default=False)
    overlays = [item.id for overlay in on.overlays for item in overlay.items]
    same = known is not None and known.network_id == on.network.graph.network_id
    if known is not None and same and not again and set(known.report.get("overlay_ids", [])) <= set(overlays):
        return known
    remarks.put(case, "review_again", None)
    review = make_review(work, case, on)
    work.record(
        "machine_reviewed",
        case_id=case.id,
        review=review.id,
        verdict=review.verdict,
        network=review.network_id,
        rules=review.rules_id,
        policy=review.policy_id,
    )
    return review


def _dispatch(work: UnitOfWork, case: Case, review: Review) -> None:
    """To the body that decides; where the level is not known, the province's department has to settle it."""
    decides = review.plan["decides"]
    body_id = find_body(work.session, Body(**decides)).id if decides else f"transport:{case.province}0000"
    if case.deciding_body_id == body_id or remarks.get(case, "dispatched_form", 0) == case.form_version:
        return  # people may have sent the same form on to another body
    remarks.put(case, "dispatched_form", case.form_version)
    act(work, case.id, Action.DISPATCH, ActionInput.model_validate({"body_id": body_id}))


def _decide_automatically(work: UnitOfWork, case: Case) -> None:
    """Approve what the province lets be approved at once; anything else waits for people."""
    try:
        with work.session.begin_nested():
            act(work, case.id, Action.APPROVE_AUTOMATICALLY)
    except ConflictError as error:
        _log.info("not decided automatically", reasons=[reason.field for reason in error.reasons])


def deliver(work: UnitOfWork, case_id: str) -> None:
    """Deliver what was decided; done twice, it does nothing the second time."""
    case = work.session.get(Case, uuid.UUID(case_id))
    if case is None or State(case.state) not in {State.APPROVED, State.REFUSED}:
        return
    if case.state == State.APPROVED and any(one.state != "approved" for one in decisions_of(work, case)):
        return  # issued together, where all agree
    act(work, case.id, Action.DELIVER)


def deem_silent_accepted(work: UnitOfWork, **_periodic: object) -> None:
    """Accept what nobody answered in time (逾期视为受理), once a day."""
    waiting = work.session.scalars(select(Case).where(Case.state == State.SUBMITTED.value)).all()
    for case in waiting:
        asked = correction_of(work, case)
        received = local_day(asked.answered_at if asked and asked.answered_at else case.submitted_at)
        first = silence_is_acceptance_on(received, service_settings_on(work, case.province, work.today))
        if first is not None and work.today >= first and case.deciding_body_id is not None:
            act(work, case.id, Action.DEEM_ACCEPTED)


def escalate_silent(work: UnitOfWork, **_periodic: object) -> None:
    """Escalate every opinion that is overdue, once (逾期催办); silence never counts as consent."""
    open_ones = select(Packet).where(Packet.state == "open", Packet.escalated_at.is_(None), Packet.due_on < work.today)
    for packet in work.session.scalars(open_ones).all():
        case = work.session.get_one(Case, packet.case_id)
        if is_overdue(packet, work.today) and State(case.state) in {State.REVIEW, State.PAUSED}:
            act(work, case.id, Action.ESCALATE, ActionInput.model_validate({"packet_id": packet.id}))
