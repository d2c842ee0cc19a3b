"""Effects of the actions before the review (申请与受理)."""

from collections.abc import Callable, Mapping
from typing import Final

from api.accounts.permissions import Action
from api.applications.submit import restore_form, revise_form
from api.cases import packet_answers, packets, remarks
from api.cases.clocks import due_after, keep_due_days
from api.cases.inputs import ActionInput
from api.cases.machine_review import compare_again
from api.cases.notify import tell_body, tell_carrier
from api.cases.packets import get_own_packet, get_packet, open_decision
from api.cases.points import name_of, stage_points
from api.cases.rows import correction_of, current_review, find_decision
from api.cases.states import State
from api.db.tables import Body, Case, Correction, Note
from api.errors import FieldFault, InvalidError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork

HIGHWAY: Final = "highway"
PAPERS: Final = frozenset({"attachments", "outline_drawing", "escort_plan", "declarations"})


def claim(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """认领."""
    case.claimed_by, case.claimed_at = work.actor.account_id, work.now


def release(_work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """释放."""
    case.claimed_by = case.claimed_at = None


def dispatch(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """分发: the case to the body that decides, or the part of a returned packet to the right body."""
    if sent.packet_id is not None:
        packet_answers.send_on(work, case, get_packet(work, case, sent.packet_id), sent.body_id)
        return
    _give_to(work, case, sent.body_id)


def return_dispatch(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """退回错分: one packet by the body that got it, or the whole case by the body that was to decide."""
    if sent.packet_id is not None:
        packet = get_own_packet(work, case, sent.packet_id)
        packet_answers.send_back(work, case, packet, sent.reason, sent.body_id)
        return
    if work.actor.body_id != case.deciding_body_id:
        raise InvalidError([FieldFault("packet_id", "须指明退回的分发件", "name the packet that goes back")])
    target = sent.body_id or f"transport:{case.province}0000"
    if target == case.deciding_body_id:
        raise InvalidError([FieldFault("body_id", "须指明另一个单位", "name another body")])
    work.record("case_returned", case_id=case.id, body=case.deciding_body_id, to=target, reason=sent.reason)
    _give_to(work, case, target)


def _give_to(work: UnitOfWork, case: Case, body_id: str) -> None:
    """Into the hands of a transport department of the province."""
    body = work.session.get(Body, body_id) if body_id else None
    if body is None or body.kind != "transport" or not (body.division_code or "").startswith(case.province):
        chinese = "没有这个交通运输主管部门，或者不在本省"
        raise InvalidError([FieldFault("body_id", chinese, "no such transport department of the province")])
    case.deciding_body_id = body.id
    case.claimed_by = case.claimed_at = None
    decision = find_decision(work, case, HIGHWAY)
    if decision is not None:
        decision.body_id = body.id
    work.session.flush()
    work.session.refresh(case, ["deciding_body"])
    work.record("dispatched", case_id=case.id, body=body.id)
    tell_body(work, body.id, case, f"{case.number}已分发至{body.name}", f"{case.number} has been dispatched")


def accept(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """受理，容缺受理，逾期视为受理: from the day that the step has set."""
    promised = [name_of(point) for point in stage_points(current_review(work, case), "to_follow")]
    if promised:
        days = service_settings_on(work, case.province, work.today).promised_item_days
        due = due_after(work.today, days)
        remarks.put(case, "promised", dict.fromkeys(promised, due.isoformat() if due else ""))
    _start(work, case)


def _start(work: UnitOfWork, case: Case) -> None:
    """Start the clock and the review."""
    case.claimed_by = case.claimed_at = None
    keep_due_days(work, case)
    open_decision(work, case, HIGHWAY, case.deciding_body)
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))
    tell_carrier(work, case, "accepted", f"{case.number}已受理", f"{case.number} has been accepted")


def request_correction(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """一次告知补正."""
    case.claimed_by = case.claimed_at = None
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
    if case.deciding_body_id:
        tell_body(work, case.deciding_body_id, case, f"{case.number}已补正", f"{case.number} has been corrected")
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def not_accept(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """不予受理."""
    case.ended_at = work.now
    tell_carrier(work, case, "not_accepted", f"{case.number}不予受理", f"{case.number} is not accepted")


def supply_promised(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """补交容缺材料: a form with the papers, and nothing else, is compared anew; what it completes is struck off."""
    if sent.form is None:
        raise InvalidError([FieldFault("form", "须附补齐材料的申请表", "send the form with the papers")])
    before = case.form
    revise_form(work, case, sent.form, "补交容缺材料")
    changed = sorted(part for part in case.form if part not in PAPERS and case.form[part] != before.get(part))
    if changed:
        raise InvalidError(
            [FieldFault("form", f"只能补交材料，不能改动：{'、'.join(changed)}", "only papers may change")]
        )
    review = compare_again(work, case)
    missing = {name_of(point) for stage in ("correction", "to_follow") for point in stage_points(review, stage)}
    promised = {item: due for item, due in remarks.get(case, "promised", {}).items() if item in missing}
    remarks.put(case, "promised", promised or None)


def withdraw(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """申请人撤回: the application, or only the change of a permit that stays as it was."""
    if case.state == State.CHANGING:
        before = remarks.get(case, "before_change", None)
        if before is not None:
            restore_form(work, case, int(before))
            compare_again(work, case, as_of=int(before))
            remarks.put(case, "before_change", None)
        return
    case.ended_at = work.now
    case.claimed_by = case.claimed_at = None
    packets.take_back_open(work, case)
    if case.deciding_body_id:
        words = (f"{case.number}：申请人已撤回申请", f"{case.number} was withdrawn by the applicant")
        tell_body(work, case.deciding_body_id, case, *words)


EFFECTS: Final[Mapping[Action, Callable[[UnitOfWork, Case, ActionInput, Note | None], None]]] = {
    Action.CLAIM: claim,
    Action.RELEASE: release,
    Action.DISPATCH: dispatch,
    Action.RETURN_DISPATCH: return_dispatch,
    Action.ACCEPT: accept,
    Action.ACCEPT_WITH_PROMISE: accept,
    Action.DEEM_ACCEPTED: accept,
    Action.REQUEST_CORRECTION: request_correction,
    Action.ANSWER_CORRECTION: answer_correction,
    Action.NOT_ACCEPT: not_accept,
    Action.SUPPLY_PROMISED: supply_promised,
    Action.WITHDRAW: withdraw,
}
