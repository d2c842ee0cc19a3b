"""Effects of the actions of the review (审查)."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from api.accounts.permissions import Action
from api.applications.submit import revise_form
from api.cases import packets, remarks
from api.cases.clocks import keep_due_days
from api.cases.findings import open_findings
from api.cases.inputs import ActionInput
from api.cases.notify import tell_body, tell_carrier
from api.cases.packets import get_packet
from api.cases.rows import current_review, packets_of, pauses_of
from api.db.tables import Body, Case, Note, Packet, Pause
from api.errors import FieldFault, InvalidError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days
from rules.errors import CalendarRangeError


def nothing(_work: UnitOfWork, _case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """The step and its event say it all."""


def start_review(work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """重新机审."""
    remarks.put(case, "review_again", value=True)
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))


def ask_opinion(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """征求意见: of a body the plan does not name; the machine sends those of the plan by itself."""
    if not sent.body_id:
        return
    review, body = current_review(work, case), work.session.get(Body, sent.body_id)
    if body is None or review is None or body.id == case.deciding_body_id:
        raise InvalidError([FieldFault("body_id", "没有这个单位，或者就是本单位", "no such body, or one's own")])
    if any(one.body_id == body.id and one.state == "open" for one in packets_of(work, case)):
        raise InvalidError([FieldFault("body_id", "已在征求该单位意见", "the body is being asked already")])
    packet = Packet(
        id=uuid.uuid4(),
        case_id=case.id,
        review_id=review.id,
        body_id=body.id,
        role="asked",
        purpose="opinion",
        content={"question": sent.reason, "evidence": [], "findings": [], "structures": [], "due_working_days": None},
        drafted_opinion=sent.reason,
        state="open",
        conditions=[],
        sent_at=work.now,
    )
    packet.due_on = _opinion_due(work, case)
    work.session.add(packet)
    work.session.flush()
    work.record("packet_sent", case_id=case.id, packet=packet.id, body=body.id, role="asked", due_on=packet.due_on)
    tell_body(work, body.id, case, f"{case.number}征求意见", f"{case.number}: an opinion is asked for")


def answer_opinion(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """回复意见."""
    packet = get_packet(work, case, sent.packet_id)
    packets.answer(work, case, packet, sent.opinion, sent.conditions, sent.reason)


def escalate(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """逾期催办上报: to the silent body and to the one above it."""
    packet = get_packet(work, case, sent.packet_id)
    packet.escalated_at = work.now
    words = (f"{case.number}：{packet.body.name}逾期未回复", f"{case.number}: an opinion is overdue")
    tell_body(work, packet.body_id, case, *words)
    superior = _superior_of(work, packet.body)
    if superior is not None:
        tell_body(work, superior.id, case, *words)


def settle_findings(how: str) -> Callable[[UnitOfWork, Case, ActionInput, Note | None], None]:
    """Filed results settle the findings they name (勘测、专项验算、加固验收)."""

    def effect(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
        known = open_findings(case, current_review(work, case))
        strange = sorted(set(sent.items) - known)
        if strange:
            raise InvalidError([FieldFault("items", f"没有这些未处理的意见：{'、'.join(strange)}", "no such findings")])
        for finding in sent.items:
            remarks.settle(case, finding, how, work.actor.account_id, sent.reason)

    return effect


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


def override(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """改判机审意见: by a named person, for a written reason."""
    if sent.finding not in open_findings(case, current_review(work, case)):
        raise InvalidError([FieldFault("finding", "没有这个未处理的意见", "no such open finding")])
    remarks.settle(case, sent.finding, "overridden", work.actor.account_id, sent.reason)


def invite_statement(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """告知陈述申辩权."""
    remarks.put(case, "statement_heard", None)
    tell_carrier(work, case, "statement", f"{case.number}：可以陈述申辩。{sent.reason}", f"{case.number}: be heard")


def hold_statement(_work: UnitOfWork, case: Case, _sent: ActionInput, _note: Note | None) -> None:
    """陈述申辩: made, or waived."""
    remarks.put(case, "statement_heard", value=True)


def urge(work: UnitOfWork, case: Case, sent: ActionInput, _note: Note | None) -> None:
    """督办."""
    if case.deciding_body_id:
        tell_body(work, case.deciding_body_id, case, f"{case.number}督办：{sent.reason}", f"{case.number} is urged")


def _opinion_due(work: UnitOfWork, case: Case) -> dt.date | None:
    days = {
        str(name): number for name, number in service_settings_on(work, case.province, work.today).opinion_days.items()
    }
    limit = days.get(case.vehicle_class or "", max(days.values()))
    try:
        return add_working_days(work.today, limit)
    except CalendarRangeError:
        return None


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
