"""Effects of deciding, delivering and of what comes after the permit (决定、送达、证后)."""

from collections.abc import Callable, Mapping
from typing import Final

from api.accounts.permissions import Action
from api.applications.submit import revise_form
from api.cases import remarks
from api.cases.effects_intake import HIGHWAY
from api.cases.inputs import ActionInput
from api.cases.notify import tell_carrier
from api.cases.packets import open_decision
from api.cases.rows import find_decision, packets_of
from api.db.tables import Case, Decision, Note
from api.errors import FieldFault, InvalidError
from api.permits.issuing import end_permits, issue_permit, reissue_permit
from api.unit_of_work import UnitOfWork


def recommend(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """提出审查意见."""
    if not sent.recommendation:
        raise InvalidError([FieldFault("recommendation", "须提出建议", "recommend something")])
    remarks.put(case, "recommended_by", str(work.actor.account_id))
    remarks.put(case, "recommendation", {"what": sent.recommendation, "reason": sent.reason})
    decision = _highway(work, case)
    decision.state, decision.conditions = "recommended", list(sent.conditions)
    case.claimed_by = case.claimed_at = None


def send_back(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """退回审查."""
    remarks.put(case, "recommended_by", None)
    _highway(work, case).state = "pending"


def approve(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """准予许可."""
    _decide(work, case, "approved", sent)
    work.defer("issue_permit", lock=f"case:{case.id}", case_id=str(case.id))


def approve_automatically(work: UnitOfWork, case: Case, sent: ActionInput, note: Note | None) -> None:
    """自动准予许可."""
    approve(work, case, sent, note)
    _highway(work, case).is_automatic = True


def refuse(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """不予许可."""
    _decide(work, case, "refused", sent)
    work.defer("deliver_refusal", lock=f"case:{case.id}", case_id=str(case.id))


def _decide(work: UnitOfWork, case: Case, state: str, sent: ActionInput) -> None:
    decision = _highway(work, case)
    decision.state, decision.reason = state, sent.reason
    decision.conditions = list(sent.conditions) or decision.conditions
    decision.decided_by, decision.decided_at = work.actor.account_id, work.now
    settled = remarks.get(case, "settled", {})
    overridden = [entry["reason"] for entry in settled.values() if entry["how"] == "overridden"]
    decision.override_reason = "；".join(overridden) or None
    case.ended_at = work.now
    case.claimed_by = case.claimed_at = None


def deliver(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """送达: the permit, or the refusal."""
    if case.state == "approved":
        issue_permit(work, case)
        tell_carrier(work, case, "issued", f"{case.number}准予许可，通行证已签发", f"{case.number}: permit issued")
    else:
        tell_carrier(work, case, "refused", f"{case.number}不予许可", f"{case.number} is refused")


def request_change(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """申请变更: the permit holds on as it is until the change is decided."""
    remarks.put(case, "before_change", case.form_version)
    remarks.put(case, "change_by_carrier", value=work.actor.carrier_id is not None)
    remarks.put(case, "change_reason", sent.reason)
    if sent.form is not None:
        revise_form(work, case, sent.form, f"变更：{sent.reason}"[:500])
        work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def decide_change(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """变更决定: a new version of the permit."""
    reissue_permit(work, case, sent.reason)
    remarks.put(case, "before_change", None)
    tell_carrier(work, case, "changed", f"{case.number}许可已变更", f"{case.number}: the permit has been changed")


def end(kind: str) -> Callable[[UnitOfWork, Case, ActionInput, Note | None], None]:
    """撤回、撤销、注销: the permit holds no longer."""

    def effect(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
        end_permits(work, case, kind, sent.reason or sent.ground)
        tell_carrier(
            work, case, kind, f"{case.number}的许可已失效：{sent.reason}", f"{case.number}: the permit has ended"
        )

    return effect


def close(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """终止办理."""
    case.ended_at = work.now
    for packet in packets_of(work, case):
        if packet.state == "open":
            packet.state, packet.ended_at = "cancelled", work.now
    tell_carrier(work, case, "closed", f"{case.number}终止办理：{sent.reason}", f"{case.number} is terminated")


def _highway(work: UnitOfWork, case: Case) -> Decision:
    found = find_decision(work, case, HIGHWAY)
    return found or open_decision(work, case, HIGHWAY, case.deciding_body)


EFFECTS: Final[Mapping[Action, Callable[[UnitOfWork, Case, ActionInput, Note | None], None]]] = {
    Action.RECOMMEND: recommend,
    Action.SEND_BACK: send_back,
    Action.APPROVE: approve,
    Action.APPROVE_AUTOMATICALLY: approve_automatically,
    Action.REFUSE: refuse,
    Action.CLOSE: close,
    Action.DELIVER: deliver,
    Action.REQUEST_CHANGE: request_change,
    Action.DECIDE_CHANGE: decide_change,
    Action.RECALL: end("revoked"),
    Action.REVOKE: end("revoked"),
    Action.CANCEL: end("cancelled"),
}
