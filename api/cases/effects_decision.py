"""Effects of deciding, delivering and of what comes after the permit (决定、送达、证后)."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.applications.submit import revise_form
from api.cases import remarks
from api.cases.effects_intake import HIGHWAY
from api.cases.facts import HOLDING, mandatory_refusals
from api.cases.findings import open_findings
from api.cases.inputs import ActionInput
from api.cases.notify import tell_carrier
from api.cases.packets import open_decision, take_back_open
from api.cases.rows import current_review, find_decision
from api.db.tables import Case, Decision, Note, Permit, Review
from api.errors import ConflictError, FieldFault, InvalidError
from api.outbox.publish import publish
from api.permits.checks_due import cancel_open_checks
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
    take_back_open(work, case, opinions_only=True)
    work.defer("issue_permit", lock=f"case:{case.id}", case_id=str(case.id))


def approve_automatically(work: UnitOfWork, case: Case, sent: ActionInput, note: Note | None) -> None:
    """自动准予许可."""
    approve(work, case, sent, note)
    _highway(work, case).is_automatic = True


def refuse(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """不予许可."""
    _decide(work, case, "refused", sent)
    take_back_open(work, case)
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
    remarks.put(case, "reviewed_before", str(case.review_id) if case.review_id else None)
    remarks.put(case, "change_by_carrier", value=work.actor.carrier_id is not None)
    remarks.put(case, "change_reason", sent.reason)
    if sent.form is not None:
        revise_form(work, case, sent.form, f"变更：{sent.reason}"[:500])
        work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def decide_change(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """变更决定: a new version of the permit.

    Raises:
        ConflictError: The changed transport has to be applied for anew.
    """
    reasons = _against_change(work, case)
    if reasons:
        said = ("须另行申请，不能变更", "it has to be applied for anew")
        raise ConflictError(
            *said, [FieldFault("change", reason, "the change goes beyond the permit") for reason in reasons]
        )
    reissue_permit(work, case, sent.reason)
    remarks.put(case, "before_change", None)
    tell_carrier(work, case, "changed", f"{case.number}许可已变更", f"{case.number}: the permit has been changed")


def _against_change(work: UnitOfWork, case: Case) -> list[str]:
    """What a change cannot carry: findings nobody can settle any more, refusals, another body that decides."""
    review = current_review(work, case)
    if review is None:
        return ["机器审查未完成"]
    found = [f"审查意见未处理：{key}" for key in sorted(open_findings(case, review))]
    found += [f"依法应当不予许可：{clause}" for clause in sorted(mandatory_refusals(work, case, review))]
    decides = (review.plan.get("decides") or {}).get("id")
    if decides is not None and decides != case.deciding_body_id and remarks.get(case, "before_change", None):
        first = work.session.get(Review, remarks.get(case, "reviewed_before", None) or review.id)
        if first is None or (first.plan.get("decides") or {}).get("id") != decides:
            found.append(f"变更后的路线由{review.plan['decides']['name_zh']}决定")
    return found


def end(kind: str) -> Callable[[UnitOfWork, Case, ActionInput, Note | None], None]:
    """撤回、撤销、注销: the permit holds no longer."""

    def effect(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
        end_permits(work, case, kind, sent.reason or sent.ground)
        tell_carrier(
            work, case, kind, f"{case.number}的许可已失效：{sent.reason}", f"{case.number}: the permit has ended"
        )

    return effect


def expire(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """到期注销: a permit that ended by itself is on no revocation list."""
    held = select(Permit).where(Permit.case_id == case.id, Permit.status.in_(HOLDING))
    for permit in work.session.scalars(held):
        permit.status = "cancelled"
        work.record("permit_ended", case_id=case.id, permit=permit.number, how="expired", reason="有效期届满")
        publish(work, "permit.ended", {"permit": permit.number, "how": "expired", "at": work.now.isoformat()})
    cancel_open_checks(work, case)


def close(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """终止办理."""
    case.ended_at = work.now
    case.claimed_by = case.claimed_at = None
    take_back_open(work, case)
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
    Action.EXPIRE: expire,
}
