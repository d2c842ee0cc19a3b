"""When a check before departure is due, and at whose desk (起运前核查任务的产生)."""

import uuid
from typing import Any, Final

from sqlalchemy import select

from api.cases.asked_before import questions_before
from api.cases.automatic import Draw
from api.cases.province import automatic_rule
from api.cases.rows import find_decision
from api.db.tables import Body, Case, CheckTask, Review
from api.notifications.inbox import notify
from api.provinces.settings import integer_setting, text_setting
from api.unit_of_work import UnitOfWork

CLASS_THREE: Final = "III"
HOLDS_BACK: Final = frozenset({"class_iii", "near_threshold", "suggested_threshold"})
REASON_ZH: Final = {
    "class_iii": "三类大件，起运前核查",
    "near_threshold": "接近跨类临界值，抽中起运前核查",
    "suggested_threshold": "申报值正在申请前试算的建议值以下，起运前核查",
    "automatic_sample": "自动决定抽查",
    "again": "再次核查",
}


def holds_back(why: str | None) -> bool:
    """Whether the permit waits for this check; an automatic decision's sample is looked at beside it."""
    return why in HOLDS_BACK


def check_due(work: UnitOfWork, case: Case, review: Review) -> str | None:
    """Why a check is due: class III always, a value advised before, near a threshold by a draw, a sample."""
    if case.vehicle_class == CLASS_THREE:
        return "class_iii"
    if any(question.near for question in questions_before(work, case)):
        return "suggested_threshold"
    if review.report["classification"]["near_threshold"]:
        share = integer_setting(work, "near_threshold_check_percent", case.province, work.today)
        if Draw(case.number, f"threshold/{work.today.isoformat()}").is_drawn(share):
            return "near_threshold"
    decision = find_decision(work, case, "highway")
    if decision is not None and decision.is_automatic:
        rule = automatic_rule(work, case)
        if rule is not None and Draw(case.number, work.today.isoformat()).is_drawn(rule.sample_percent):
            return "automatic_sample"
    return None


def open_check(work: UnitOfWork, case: Case, number: str, why: str, *, body_id: str) -> CheckTask:
    """A check task at a body's desk."""
    task = CheckTask(
        id=uuid.uuid4(),
        case_id=case.id,
        permit_number=number,
        body_id=body_id,
        reason=why,
        state="open",
        created_at=work.now,
    )
    work.session.add(task)
    work.session.flush()
    work.record("check_opened", case_id=case.id, task=task.id, body=body_id, reason=why, permit=number)
    told = f"{case.number}：{REASON_ZH.get(why, why)}"
    notify(
        work,
        kind="check",
        text_zh=told,
        text_en=f"{case.number}: check before departure",
        body_id=body_id,
        case_id=case.id,
    )
    return task


def desk_of_check(work: UnitOfWork, case: Case, review: Review, deciding_id: str) -> str:
    """Who checks: the body that accepted and decided, or by delegation the one of the origin (谁受理、谁核查)."""
    if text_setting(work, "check_body", case.province, work.today) != "origin":
        return deciding_id
    return _body_at_origin(work, review.report["routes"][0]) or deciding_id


def cancel_open_checks(work: UnitOfWork, case: Case) -> None:
    """Checks of a permit that holds no longer need not be made."""
    for task in work.session.scalars(select(CheckTask).where(CheckTask.case_id == case.id, CheckTask.state == "open")):
        task.state, task.ended_at = "cancelled", work.now


def _body_at_origin(work: UnitOfWork, route: dict[str, Any]) -> str | None:
    """The transport department of the city in which the route begins."""
    first = next((part["code"] for part in route["divisions"] if part["code"]), None)
    if first is None:
        return None
    own = select(Body.id).where(Body.kind == "transport", Body.level == "city", Body.division_code == f"{first[:4]}00")
    return work.session.scalar(own.order_by(Body.id).limit(1))
