"""Effects of the actions of the review (审查)."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from api.accounts.permissions import Action
from api.applications.submit import revise_form
from api.cases import remarks
from api.cases.clocks import due_after, keep_due_days
from api.cases.facts import is_overdue
from api.cases.findings import NO_ROUTE, barring, key_of, open_findings, settles
from api.cases.inputs import ActionInput
from api.cases.notify import tell_body, tell_carrier
from api.cases.packet_answers import answer
from api.cases.packets import ASKED, HELD, POLICE, Parcel, get_own_packet, get_packet, post
from api.cases.relation import relation_to
from api.cases.rows import current_review, packets_of, pauses_of
from api.db.tables import Body, Case, Note, Pause, Review
from api.errors import FieldFault, InvalidError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork

HOW_ZH: Final = {"surveyed": "勘测", "calculated": "专项验算", "reinforced": "加固改造验收"}


def nothing(_work: UnitOfWork, _case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """The step and its event say it all."""


def start_review(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """重新机审."""
    remarks.put(case, "review_again", value=True)
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def ask_opinion(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """征求意见: of a body the plan does not name; the machine sends those of the plan by itself."""
    review, body = current_review(work, case), work.session.get(Body, sent.body_id) if sent.body_id else None
    faults = []
    if body is None or body.id == case.deciding_body_id:
        faults.append(FieldFault("body_id", "须指明本单位以外的单位", "name a body other than one's own"))
    elif any(one.body_id == body.id and one.state == "open" for one in packets_of(work, case)):
        faults.append(FieldFault("body_id", "已在征求该单位意见", "the body is being asked already"))
    if not sent.reason:
        faults.append(FieldFault("reason", "须写明征求什么意见", "say what is asked"))
    if review is None:
        faults.append(FieldFault("body_id", "机器审查未完成", "the machine review is not done"))
    if faults or body is None or review is None:
        raise InvalidError(faults)
    parcel = Parcel(
        body=body,
        role=POLICE if body.kind == POLICE else ASKED,
        purpose="opinion",
        content={"question": sent.reason, "evidence": [], "findings": [], "structures": [], "due_working_days": None},
        draft=sent.reason,
        due_on=_opinion_due(work, case),
    )
    post(work, case, review.id, parcel)


def answer_opinion(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """回复意见: by the body that was asked."""
    packet = get_own_packet(work, case, sent.packet_id)
    answer(work, case, packet, sent.opinion, sent.conditions, sent.reason)


def escalate(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """逾期催办上报: to the silent body and to the one above it; the packet stays open, silence is no consent."""
    packet = get_packet(work, case, sent.packet_id)
    if packet.state != "open" or not is_overdue(packet, work.today):
        raise InvalidError([FieldFault("packet_id", "这个分发件没有逾期", "this packet is not overdue")])
    packet.escalated_at = work.now
    superior = _superior_of(work, packet.body)
    words = (f"{case.number}：{packet.body.name}逾期未答复", f"{case.number}: an opinion is overdue")
    whom = [packet.body_id, case.deciding_body_id, superior.id if superior else None]
    for body_id in dict.fromkeys(whom):
        if body_id is not None:
            tell_body(work, body_id, case, *words)


def settle_findings(how: str) -> Callable[[UnitOfWork, Case, ActionInput, Note | None], None]:
    """Filed results settle the findings they name (勘测、专项验算、加固验收).

    A body that was asked settles what lies in its own part. What the applicant files is looked at first: somebody of
    the office then overrides the finding, with that as the reason.
    """

    def effect(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
        if work.actor.carrier_id is not None:
            words = (f"{case.number}：申请人已提交{HOW_ZH[how]}", f"{case.number}: the applicant has filed something")
            if case.deciding_body_id:
                tell_body(work, case.deciding_body_id, case, *words)
            return
        review = current_review(work, case)
        within = _settled_by(work, case, review, how) if review else frozenset()
        strange = sorted(set(sent.items) - within)
        if strange:
            chinese = f"没有这些可由{HOW_ZH[how]}处理的意见：{'、'.join(strange)}"
            raise InvalidError([FieldFault("items", chinese, f"no such findings: {', '.join(strange)}")])
        for finding in sent.items:
            remarks.settle(case, finding, how, work.actor.account_id, sent.reason or HOW_ZH[how])

    return effect


def _settled_by(work: UnitOfWork, case: Case, review: Review, how: str) -> frozenset[str]:
    """Keys of the open findings that a result can settle, of one's own part for a body that was asked."""
    found = barring(review)
    keys = {key for key in open_findings(case, review) if settles(how, found[key])}
    relation = relation_to(work, case)
    if relation.is_deciding_body or (relation.same_province and relation.is_province_level):
        return frozenset(keys)
    own = [one for one in packets_of(work, case) if one.body_id == work.actor.body_id and one.state in HELD]
    part = {key_of(finding) for packet in own for finding in packet.content["findings"]}
    return frozenset(keys & part)


def propose_reroute(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """提出改线."""
    remarks.put(case, "milder_way_offered", value=True)
    tell_carrier(
        work, case, "reroute", f"{case.number}建议改线：{sent.reason}", f"{case.number}: another route is proposed"
    )


def answer_reroute(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """答复改线: with the changed form, or with the present one once more."""
    if sent.form is not None:
        revise_form(work, case, sent.form, "改线")
    start_review(work, case, sent, None)


def order_reinforcement(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """要求加固改造."""
    remarks.put(case, "milder_way_offered", value=True)
    tell_carrier(work, case, "reinforcement", f"{case.number}需要加固改造：{sent.reason}", f"{case.number}: reinforce")


def pause(work: UnitOfWork, case: Case, sent: ActionInput, note: Note | None) -> None:
    """停表, with its notice."""
    if note is None:
        raise InvalidError([FieldFault("notice_text", "须有书面文书", "a written document is needed")])
    work.session.add(
        Pause(
            case_id=case.id,
            reason=sent.reason,
            basis=sent.basis,
            notice_id=note.id,
            from_on=work.today,
            created_by=work.actor.account_id,
        )
    )
    work.session.flush()
    keep_due_days(work, case)
    tell_carrier(work, case, "paused", f"{case.number}期限中止：{sent.reason}", f"{case.number}: the clock stands")


def resume(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """恢复计时."""
    for row in pauses_of(work, case):
        if row.until_on is None:
            row.until_on = work.today
    work.session.flush()
    keep_due_days(work, case)
    tell_carrier(work, case, "resumed", f"{case.number}恢复计时", f"{case.number}: the clock runs again")


def override(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """改判机审意见: by a named person, for a written reason."""
    if sent.finding == NO_ROUTE:
        raise InvalidError([FieldFault("finding", "没有路线，只能改线", "without a route only another route helps")])
    remarks.settle(case, sent.finding, "overridden", work.actor.account_id, sent.reason)


def invite_statement(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """告知陈述申辩权."""
    remarks.put(case, "statement_heard", None)
    tell_carrier(work, case, "statement", f"{case.number}：可以陈述申辩。{sent.reason}", f"{case.number}: be heard")


def hold_statement(_work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """陈述申辩: made, waived, or its day has passed; what was said is the reason of this step in the ledger."""
    remarks.put(case, "statement_heard", value=True)


def urge(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """督办."""
    if case.deciding_body_id:
        tell_body(work, case.deciding_body_id, case, f"{case.number}督办：{sent.reason}", f"{case.number} is urged")


def _opinion_due(work: UnitOfWork, case: Case) -> dt.date | None:
    limits = service_settings_on(work, case.province, work.today).opinion_days
    days = {str(name): number for name, number in limits.items()}
    return due_after(work.today, days.get(case.vehicle_class or "", max(days.values())))


def _superior_of(work: UnitOfWork, body: Body) -> Body | None:
    """The transport department above a body's division."""
    code = body.division_code
    if code is None or code.endswith("0000"):
        return None
    above = f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"
    return work.session.get(Body, f"transport:{above}")


EFFECTS: Final[Mapping[Action, Callable[[UnitOfWork, Case, ActionInput, Note | None], None]]] = {
    Action.START_REVIEW: start_review,
    Action.REVIEW_DONE: nothing,
    Action.ASK_OPINION: ask_opinion,
    Action.ANSWER_OPINION: answer_opinion,
    Action.ESCALATE: escalate,
    Action.ORDER_SURVEY: nothing,
    Action.FILE_SURVEY: settle_findings("surveyed"),
    Action.ORDER_CALCULATION: nothing,
    Action.FILE_CALCULATION: settle_findings("calculated"),
    Action.PROPOSE_REROUTE: propose_reroute,
    Action.ANSWER_REROUTE: answer_reroute,
    Action.ORDER_REINFORCEMENT: order_reinforcement,
    Action.ACCEPT_REINFORCEMENT: settle_findings("reinforced"),
    Action.PAUSE: pause,
    Action.RESUME: resume,
    Action.OVERRIDE: override,
    Action.INVITE_STATEMENT: invite_statement,
    Action.HOLD_STATEMENT: hold_statement,
    Action.URGE: urge,
    Action.DROP_TASK: nothing,
}
