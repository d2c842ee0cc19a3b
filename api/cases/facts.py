"""The facts an action is judged by (办理所据的事实), gathered from the rows of the case."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.automatic import obstacles
from api.cases.clocks import due_after, local_day, received_on
from api.cases.findings import failing_structures, open_findings
from api.cases.given import Claim, Examination, Given, Intake, Outcome
from api.cases.inputs import ActionInput
from api.cases.notices import tells_remedies
from api.cases.packets import POLICE, unanswered
from api.cases.points import name_of, names_in, stage_points
from api.cases.rows import correction_of, current_review, decisions_of, packets_of
from api.cases.states import Task
from api.db.tables import Account, Case, Packet, Permit, Review
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.hsr.art_036 import must_ask_police
from rules.settings import default_settings

__all__ = ["gather", "has_expired", "is_overdue", "mandatory_refusals", "name_of", "stage_points"]

NOT_COMPARED: Final = "机器比对未完成"
GROUNDS_OF_PEOPLE: Final = "ord62-11"  # 第十一条的各项
HOLDING: Final = ("valid", "awaiting_check")


def gather(work: UnitOfWork, case: Case, action: Action, sent: ActionInput, *, notice_id: str) -> Given:
    """All facts; what is not known counts as lacking."""
    review = current_review(work, case)
    return Given(
        on=work.today,
        reason=sent.reason,
        notice_id=notice_id,
        officers=_officers(work, sent),
        claim=claim_of(work, case),
        intake=_intake(work, case, review, action, sent),
        examination=_examination(work, case, review, sent),
        outcome=_outcome(work, case, review, action, sent),
        settings=service_settings_on(work, case.province, work.today),
    )


def claim_of(work: UnitOfWork, case: Case) -> Claim:
    """Who has claimed the case, seen from whoever acts."""
    if case.claimed_by is None:
        return Claim.NOBODY
    return Claim.ACTOR if case.claimed_by == work.actor.account_id else Claim.ANOTHER


def _officers(work: UnitOfWork, sent: ActionInput) -> tuple[str, ...]:
    """Those named who work at the body of whoever acts; others verify nothing for it."""
    if not sent.officers or work.actor.body_id is None:
        return ()
    own = (Account.id.in_(sent.officers), Account.body_id == work.actor.body_id, Account.is_active)
    return tuple(str(one) for one in work.session.scalars(select(Account.id).where(*own)))


def _intake(work: UnitOfWork, case: Case, review: Review | None, action: Action, sent: ActionInput) -> Intake:
    asked = correction_of(work, case)
    to_follow = names_in(review, "to_follow")
    days = service_settings_on(work, case.province, work.today).correction_answer_days
    waits = asked is not None and asked.answered_at is None
    last = due_after(local_day(asked.asked_at), days) if asked else None
    listed = frozenset(asked.items) if asked else frozenset()
    return Intake(
        received_on=received_on(work, case),
        corrections_requested=1 if asked else 0,
        missing_items=frozenset() if waits else _missing(review, action, sent),  # it is the applicant's turn
        listed_items=frozenset(sent.items),
        unanswered_items=listed - frozenset(item for item, words in sent.answers.items() if words.strip()),
        correction_overdue=waits and last is not None and work.today > last,
        grounds=_grounds(review, action, sent),
        deferrable_items=to_follow,
        promised_items=to_follow,
        commitment_id=f"form/{case.form_version}" if to_follow else "",
        promised_open=frozenset(remarks.get(case, "promised", {})),
    )


def _missing(review: Review | None, action: Action, sent: ActionInput) -> frozenset[str]:
    """What is missing or faulty; nothing counts as seen before the papers were compared."""
    if review is None:
        return frozenset({NOT_COMPARED}) if action in {Action.ACCEPT, Action.ACCEPT_WITH_PROMISE} else frozenset()
    # A person may find that the machine is wrong: the items seen, and why, are named and stand in the ledger.
    seen = frozenset(sent.items) if action is Action.ACCEPT and sent.reason else frozenset()
    return (names_in(review, "correction") | names_in(review, "to_follow")) - seen


def _grounds(review: Review | None, action: Action, sent: ActionInput) -> frozenset[str]:
    """Grounds of the machine; refusing acceptance, a person may name one that only people can see (可分载)."""
    found = {str(point["clause"] or point["item"]) for point in stage_points(review, "not_accepted")}
    named = {sent.ground} if action is Action.NOT_ACCEPT and sent.ground.startswith(GROUNDS_OF_PEOPLE) else set()
    return frozenset(found | named)


def _examination(work: UnitOfWork, case: Case, review: Review | None, sent: ActionInput) -> Examination:
    packets = packets_of(work, case)
    waiting = unanswered(packets)
    return Examination(
        machine_review_done=review is not None,
        open_tasks=(*remarks.open_tasks(case), *(Task.CONSULTATION for _ in waiting)),
        required_opinion_open=_lacks_police(case, packets),
        opinion_overdue=any(is_overdue(packet, work.today) for packet in waiting),
        objections=sum(packet.state == "answered" and packet.opinion == "object" for packet in packets),
        open_findings=open_findings(case, review),
        mandatory_refusals=mandatory_refusals(work, case, review),
        finding=sent.finding,
        failing_structures=failing_structures(case, review),
        milder_way_offered=bool(remarks.get(case, "milder_way_offered", default=False)),
        pause_basis=sent.basis,
        dropped_task=Task(sent.task) if sent.task else None,
    )


def _lacks_police(case: Case, packets: Sequence[Packet]) -> bool:
    """Whether the opinion of the police is needed and has not come; a packet sent back is no opinion."""
    asked = [packet for packet in packets if packet.role == POLICE and packet.state in {"open", "answered"}]
    is_needed = must_ask_police(case.vehicle_class or "unknown", default_settings().police_classes)
    return any(packet.state == "open" for packet in asked) or (is_needed and not asked)


def mandatory_refusals(work: UnitOfWork, case: Case, review: Review | None) -> frozenset[str]:
    """Clauses that demand refusal: art. 17, and a decision of another body that was refused."""
    # The route's findings stand by themselves: they can be settled one by one.
    points = [point for point in stage_points(review, "refusals") if point["item"] != "route_verdict"]
    found = {str(point["clause"] or point["item"]) for point in points}
    refused = [decision.item for decision in decisions_of(work, case) if decision.state == "refused"]
    return frozenset(found) | frozenset(f"{item}_refused" for item in refused)


def _outcome(work: UnitOfWork, case: Case, review: Review | None, action: Action, sent: ActionInput) -> Outcome:
    recommended_by = remarks.get(case, "recommended_by", None)
    return Outcome(
        refusal_reasons=frozenset(sent.items),
        remedies_told=tells_remedies(action),
        statement_heard=bool(remarks.get(case, "statement_heard", default=False)),
        recommended_by_actor=recommended_by is not None and recommended_by == str(work.actor.account_id),
        automatic_obstacles=obstacles(work, case, review) if action is Action.APPROVE_AUTOMATICALLY else None,
        ground=sent.ground,
        permit_expired=has_expired(work, case),
        change_described=bool(sent.form or sent.reason),
        change_by_carrier=bool(remarks.get(case, "change_by_carrier", default=False)),
    )


def is_overdue(packet: Packet, today: dt.date) -> bool:
    """Whether an asked body has let its day pass; silence is never consent."""
    return packet.due_on is not None and packet.due_on < today


def has_expired(work: UnitOfWork, case: Case) -> bool:
    """Whether the case had a permit, and the last day of every one that holds is over."""
    held = select(Permit.valid_until).where(Permit.case_id == case.id, Permit.status.in_(HOLDING))
    last_days = list(work.session.scalars(held))
    return bool(last_days) and max(last_days) < work.today
