"""Jobs of cases (办件后台任务): review, dispatch, delivery, silence, overdue opinions."""

import uuid
from collections.abc import Sequence

import structlog
from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases import grounds, remarks
from api.cases.act import act
from api.cases.clocks import received_on
from api.cases.directory import find_body
from api.cases.facts import has_expired
from api.cases.inputs import ActionInput
from api.cases.machine_review import Grounds, make_review
from api.cases.notify import tell_body
from api.cases.packets import send_packets
from api.cases.plates import ask_for_plate
from api.cases.rows import current_review, decisions_of
from api.cases.savepoint import attempt
from api.cases.states import State
from api.cases.table import IN_HAND
from api.db.tables import Case, Packet, Review
from api.dispatch.directory import Body
from api.errors import ConflictError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.identity import rules_id
from rules.periods import silence_is_acceptance_on

NEEDS_ADVICE = frozenset({"unknown", "blocked"})
REVIEWED_IN = frozenset({State.SUBMITTED, State.MACHINE_REVIEW, State.CHANGING})
_log = structlog.get_logger("api.cases")


def review_case(work: UnitOfWork, case_id: str) -> None:
    """Review a case as it now stands, and do what follows; done twice, it does nothing the second time."""
    structlog.contextvars.bind_contextvars(case=case_id)
    query = select(Case).where(Case.id == uuid.UUID(case_id)).with_for_update(of=Case)
    case = work.session.scalar(query)
    if case is None or State(case.state) not in REVIEWED_IN or remarks.get(case, "exchange", None) is not None:
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
    if known is not None and not again and still_holds(case, known, on):
        return known
    remarks.put(case, "review_again", None)
    review = make_review(work, case, on)
    remarks.put(case, "closures", on.closures)
    work.record(
        "machine_reviewed",
        case_id=case.id,
        review=review.id,
        verdict=review.verdict,
        network=review.network_id,
        rules=review.rules_id,
        policy=review.policy_id,
    )
    if review.verdict in NEEDS_ADVICE:
        work.defer("advise_case", case_id=str(case.id), review_id=str(review.id))
    return review


def still_holds(case: Case, known: Review, on: Grounds) -> bool:
    """Whether a review was made on the present network, closures and rules."""
    same_ground = known.network_id == on.network.graph.network_id and known.rules_id in {rules_id(), ""}
    return same_ground and remarks.get(case, "closures", None) == on.closures


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
        attempt(work, lambda: act(work, case.id, Action.APPROVE_AUTOMATICALLY))
    except ConflictError as error:
        work.session.refresh(case)
        _log.info("not decided automatically", reasons=[reason.message_zh for reason in error.reasons])


def deliver(work: UnitOfWork, case_id: str) -> None:
    """Deliver what was decided; done twice, it does nothing the second time."""
    query = select(Case).where(Case.id == uuid.UUID(case_id)).with_for_update(of=Case)
    case = work.session.scalar(query)
    if case is None or State(case.state) not in {State.APPROVED, State.REFUSED}:
        return
    if case.state == State.APPROVED and any(one.state != "approved" for one in decisions_of(work, case)):
        return  # issued together, where all agree
    act(work, case.id, Action.DELIVER)


def deem_silent_accepted(work: UnitOfWork, **_periodic: object) -> None:
    """Accept what nobody answered in time (逾期视为受理), once a day."""
    for case in _in_state(work, State.SUBMITTED):
        first = silence_is_acceptance_on(received_on(work, case), service_settings_on(work, case.province, work.today))
        if first is not None and work.today >= first:
            _try(work, case, Action.DEEM_ACCEPTED)


def escalate_silent(work: UnitOfWork, **_periodic: object) -> None:
    """Escalate every opinion that is overdue, once (逾期催办); silence never counts as consent."""
    late = (Packet.state == "open", Packet.escalated_at.is_(None), Packet.due_on < work.today)
    found = select(Packet).join(Case, Case.id == Packet.case_id).where(*late)
    states = [state.value for state in (*IN_HAND, State.APPROVED)]
    query = found.where(Case.state.in_(states)).order_by(Packet.sent_at, Packet.id)
    for packet in work.session.scalars(query).all():
        if State(packet.case.state) is State.APPROVED:
            _remind(work, packet)
        else:
            _try(work, packet.case, Action.ESCALATE, packet_id=packet.id)


def expire_permits(work: UnitOfWork, **_periodic: object) -> None:
    """Close cases whose permit is over (到期注销), once a day."""
    for case in _in_state(work, State.ISSUED, State.CHANGING):
        if has_expired(work, case):
            _try(work, case, Action.EXPIRE)


def _in_state(work: UnitOfWork, *states: State) -> Sequence[Case]:
    wanted = select(Case).where(Case.state.in_([state.value for state in states]))
    return work.session.scalars(wanted.order_by(Case.submitted_at, Case.id)).all()


def _try(work: UnitOfWork, case: Case, action: Action, **sent: object) -> None:
    """Do an action of a periodic job by itself: one case that cannot be done stops no other."""
    number, case_id = case.number, case.id
    try:
        attempt(work, lambda: act(work, case_id, action, ActionInput.model_validate(sent)))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the next ones have a right to their day
        _log.exception("periodic action failed", action=action.value, case=number)


def _remind(work: UnitOfWork, packet: Packet) -> None:
    """A decision of its own that the approved permit waits for: its body is reminded."""
    packet.escalated_at = work.now
    work.record("escalate", case_id=packet.case_id, packet=packet.id, body=packet.body_id)
    words = (f"{packet.case.number}：{packet.body.name}逾期未决定", f"{packet.case.number}: a decision is overdue")
    for body_id in dict.fromkeys([packet.body_id, packet.case.deciding_body_id]):
        if body_id is not None:
            tell_body(work, body_id, packet.case, *words)
