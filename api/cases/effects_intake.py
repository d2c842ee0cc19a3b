"""Effects of the actions before the review (申请与受理)."""

from collections.abc import Callable, Mapping
from typing import Final

from api.accounts.permissions import Action
from api.applications.submit import restore_form, revise_form
from api.cases import packets, remarks
from api.cases.clocks import keep_due_days, local_day
from api.cases.facts import name_of, stage_points
from api.cases.inputs import ActionInput
from api.cases.notify import tell_body, tell_carrier
from api.cases.packets import get_packet, open_decision
from api.cases.rows import correction_of, current_review, packets_of
from api.cases.states import State
from api.db.tables import Body, Case, Correction, Note
from api.errors import FieldFault, InvalidError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days

HIGHWAY: Final = "highway"


def claim(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """认领."""
    case.claimed_by, case.claimed_at = work.actor.account_id, work.now


def release(_work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """释放."""
    case.claimed_by = case.claimed_at = None


def dispatch(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """分发: the case to the body that decides, or the part of a returned packet to the right body."""
    if sent.packet_id is not None:
        returned = get_packet(work, case, sent.packet_id)
        if returned.state != "returned":
            raise InvalidError([FieldFault("packet_id", "这个分发件没有被退回", "this packet was not sent back")])
        packets.send_on(work, case, returned, sent.body_id)
        return
    body = work.session.get(Body, sent.body_id)
    if body is None or body.kind != "transport":
        raise InvalidError([FieldFault("body_id", "没有这个交通运输主管部门", "no such transport department")])
    case.deciding_body_id = body.id
    case.claimed_by = case.claimed_at = None
    work.record("dispatched", case_id=case.id, body=body.id)
    tell_body(work, body.id, case, f"{case.number}已分发至{body.name}", f"{case.number} has been dispatched")


def return_dispatch(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """退回错分: one packet, or the whole case up to the province's window."""
    if sent.packet_id is not None:
        packet = get_packet(work, case, sent.packet_id)
        if packet.body_id != work.actor.body_id:
            raise InvalidError([FieldFault("packet_id", "不是本单位的分发件", "it is another body's packet")])
        packets.send_back(work, case, packet, sent.reason, sent.body_id)
        return
    target = sent.body_id or f"transport:{case.province}0000"
    if target == case.deciding_body_id:
        raise InvalidError([FieldFault("body_id", "须指明另一个单位", "name another body")])
    work.record("case_returned", case_id=case.id, body=case.deciding_body_id, to=target, reason=sent.reason)
    dispatch(work, case, sent.model_copy(update={"body_id": target}), None)


def accept(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """受理."""
    _accept(work, case)
    case.accepted_on = work.today
    _start(work, case)


def deem_accepted(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """逾期视为受理: from the day the papers came in."""
    asked = correction_of(work, case)
    received = asked.answered_at if asked and asked.answered_at else case.submitted_at
    _accept(work, case)
    case.accepted_on = local_day(received)
    _start(work, case)


def _accept(work: UnitOfWork, case: Case) -> None:
    """Remember what was promised to follow, with its day (容缺)."""
    promised = [name_of(point) for point in stage_points(current_review(work, case), "to_follow")]
    if promised:
        due = add_working_days(
            work.today, service_settings_on(work, case.province, work.today).promised_item_days
        ).isoformat()
        remarks.put(case, "promised", dict.fromkeys(promised, due))


def _start(work: UnitOfWork, case: Case) -> None:
    """Start the clock and the review."""
    case.claimed_by = case.claimed_at = None
    keep_due_days(work, case)
    open_decision(work, case, HIGHWAY, case.deciding_body)
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))
    tell_carrier(work, case, "accepted", f"{case.number}已受理", f"{case.number} has been accepted")


def request_correction(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """一次告知补正."""
    row = Correction(case_id=case.id, items=list(dict.fromkeys(sent.items)), asked_at=work.now)
    row.asked_by = work.actor.account_id
    work.session.add(row)
    tell_carrier(work, case, "correction", f"{case.number}需要补正", f"{case.number} needs correction")


def answer_correction(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """补正材料."""
    asked = correction_of(work, case)
    if asked is not None:
        asked.answered_at = work.now
    if sent.form is not None:
        revise_form(work, case, sent.form, "补正")
    remarks.put(case, "correction_answers", dict(sent.answers))
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def not_accept(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """不予受理."""
    case.ended_at = work.now
    tell_carrier(work, case, "not_accepted", f"{case.number}不予受理", f"{case.number} is not accepted")


def supply_promised(_work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """补交容缺材料: a new form holds them; what was promised is struck off."""
    promised = dict(remarks.get(case, "promised", {}))
    strange = [item for item in sent.answers if item not in promised]
    if strange or not sent.answers:
        raise InvalidError([FieldFault("answers", f"须列明补交的材料：{'、'.join(promised)}", "name promised items")])
    if sent.form is not None:
        case.form = {**case.form, "attachments": sent.form.get("attachments", case.form.get("attachments", {}))}
    remarks.put(case, "promised", {item: due for item, due in promised.items() if item not in sent.answers} or None)


def withdraw(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """申请人撤回: the application, or only the change of a permit that stays as it was."""
    if case.state == State.CHANGING:
        before = remarks.get(case, "before_change", None)
        if before is not None:
            restore_form(work, case, int(before))
            remarks.put(case, "before_change", None)
        return
    case.ended_at = work.now
    for packet in packets_of(work, case):
        if packet.state == "open":
            packet.state, packet.ended_at = "cancelled", work.now


EFFECTS: Final[Mapping[Action, Callable[[UnitOfWork, Case, ActionInput, Note | None], None]]] = {
    Action.CLAIM: claim,
    Action.RELEASE: release,
    Action.DISPATCH: dispatch,
    Action.RETURN_DISPATCH: return_dispatch,
    Action.ACCEPT: accept,
    Action.ACCEPT_WITH_PROMISE: accept,
    Action.DEEM_ACCEPTED: deem_accepted,
    Action.REQUEST_CORRECTION: request_correction,
    Action.ANSWER_CORRECTION: answer_correction,
    Action.NOT_ACCEPT: not_accept,
    Action.SUPPLY_PROMISED: supply_promised,
    Action.WITHDRAW: withdraw,
}
