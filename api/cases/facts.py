"""The facts an action is judged by (办理所据的事实), gathered from the rows of the case."""

import datetime as dt
from typing import Any

from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.automatic import obstacles
from api.cases.clocks import local_day
from api.cases.findings import failing_structures, open_findings
from api.cases.given import Claim, Examination, Given, Intake, Outcome
from api.cases.inputs import ActionInput
from api.cases.notices import tells_remedies
from api.cases.rows import correction_of, current_review, decisions_of, packets_of
from api.cases.states import Task
from api.db.tables import Case, Packet, Review
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days

POLICE = "police"


def gather(work: UnitOfWork, case: Case, action: Action, sent: ActionInput, *, notice_id: str) -> Given:
    """All facts; what is not known counts as lacking."""
    review = current_review(work, case)
    return Given(
        on=work.today,
        reason=sent.reason,
        notice_id=notice_id,
        officers=tuple(str(officer) for officer in sent.officers),
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


def stage_points(review: Review | None, stage: str) -> list[dict[str, Any]]:
    """Points of one stage of the comparison."""
    if review is None:
        return []
    found = review.comparison["stages"][stage]
    points: list[dict[str, Any]] = found["points"] if isinstance(found, dict) else found or []
    return points


def name_of(point: dict[str, Any]) -> str:
    """What a point is called in lists: the material it speaks of, else the item."""
    return str(point["material"] or point["item"])


def _names(review: Review | None, stage: str) -> frozenset[str]:
    return frozenset(name_of(point) for point in stage_points(review, stage))


def _intake(work: UnitOfWork, case: Case, review: Review | None, action: Action, sent: ActionInput) -> Intake:
    asked = correction_of(work, case)
    listed = frozenset(asked.items) if asked else frozenset()
    to_follow = _names(review, "to_follow")
    promised = dict(remarks.get(case, "promised", {}))
    days = service_settings_on(work, case.province, work.today).correction_answer_days
    # A person may find that the machine is wrong: the items seen, and why, are named and stand in the ledger.
    seen = frozenset(sent.items) if action is Action.ACCEPT and sent.reason else frozenset()
    missing = (_names(review, "correction") | to_follow) - seen
    late = bool(asked and not asked.answered_at and _is_past(local_day(asked.asked_at), days, work.today))
    still_missing = bool(asked and asked.answered_at and missing)  # it may be asked for only once
    return Intake(
        received_on=local_day(asked.answered_at if asked and asked.answered_at else case.submitted_at),
        corrections_requested=1 if asked else 0,
        missing_items=missing,
        listed_items=frozenset(sent.items),
        unanswered_items=listed - frozenset(item for item, words in sent.answers.items() if words.strip()),
        correction_overdue=late or still_missing,
        grounds=frozenset(str(point["clause"] or point["item"]) for point in stage_points(review, "not_accepted")),
        deferrable_items=to_follow,
        promised_items=to_follow,
        commitment_id=f"form/{case.form_version}" if to_follow else "",
        promised_open=frozenset(promised),
    )


def _examination(work: UnitOfWork, case: Case, review: Review | None, sent: ActionInput) -> Examination:
    packets = packets_of(work, case)
    waiting = [packet for packet in packets if packet.state == "open" and packet.purpose != "inform"]
    return Examination(
        machine_review_done=review is not None,
        open_tasks=(*remarks.open_tasks(case), *(Task.CONSULTATION for _ in waiting)),
        required_opinion_open=any(packet.role == POLICE for packet in waiting),
        opinion_overdue=any(is_overdue(packet, work.today) for packet in waiting),
        objections=sum(packet.state == "answered" and packet.opinion == "object" for packet in packets),
        open_findings=open_findings(case, review),
        mandatory_refusals=mandatory_refusals(work, case, review),
        finding=sent.finding,
        failing_structures=failing_structures(review),
        milder_way_offered=bool(remarks.get(case, "milder_way_offered", default=False)),
        pause_basis=sent.basis,
        dropped_task=Task(sent.task) if sent.task else None,
    )


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
        permit_expired=False,
        change_described=bool(sent.form or sent.reason),
        change_by_carrier=bool(remarks.get(case, "change_by_carrier", default=False)),
    )


def is_overdue(packet: Packet, today: dt.date) -> bool:
    """Whether an asked body has let its day pass; silence is never consent."""
    return packet.due_on is not None and packet.due_on < today


def _is_past(start: dt.date, working_days: int, today: dt.date) -> bool:
    return today > add_working_days(start, working_days)
