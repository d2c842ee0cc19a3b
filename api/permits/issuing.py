"""Issue, reissue and end permits (签发、换发、收回通行证)."""

import uuid
from typing import Final

from sqlalchemy import Sequence, select

from api.cases.automatic import Draw
from api.cases.province import automatic_rule
from api.cases.rows import current_review, find_decision
from api.db.tables import Case, CheckTask, Permit, Review, Revocation
from api.errors import ConflictError
from api.permits.content import PermitContent
from api.permits.from_case import content_of
from api.permits.keys import load_or_create_key
from api.permits.numbers import make_number
from api.permits.record import record_of
from api.permits.signed import sign_record
from api.settings import service_settings
from api.unit_of_work import UnitOfWork

CLASS_THREE: Final = "III"
HELD: Final = ("valid", "awaiting_check")
_NUMBERS: Final = Sequence("permit_number")
_SERIALS: Final = 99_999


def issue_permit(work: UnitOfWork, case: Case) -> Permit:
    """Issue the permit of an approved case; with a task where a check before departure is due.

    Raises:
        ConflictError: The case has no review with a route, or a permit that holds already.
    """
    if permits_of(work, case):
        raise ConflictError("本办件已签发通行证", "the case has a permit already")
    body = case.deciding_body
    code = (body.division_code if body else None) or f"{case.province}0000"
    serial = work.session.scalar(select(_NUMBERS.next_value())) or 1
    number = make_number(code, work.today, serial % _SERIALS + 1)
    return _issue(work, case, number, 1)


def reissue_permit(work: UnitOfWork, case: Case, reason: str) -> Permit:
    """Issue the next version of a changed permit; the old one holds no longer, and stays to be read.

    Raises:
        ConflictError: There is no permit to change.
    """
    held = permits_of(work, case)
    if not held:
        raise ConflictError("没有可以变更的通行证", "there is no permit to change")
    last = held[-1]
    for permit in held:
        permit.status = "changed"
        permit.content = {**permit.content, "status": "changed"}
    for task in work.session.scalars(select(CheckTask).where(CheckTask.case_id == case.id, CheckTask.state == "open")):
        task.state, task.ended_at = "cancelled", work.now
    work.session.flush()
    work.record("permit_changed", case_id=case.id, permit=last.number, sequence=last.version, reason=reason)
    return _issue(work, case, last.number, last.version + 1)


def end_permits(work: UnitOfWork, case: Case, kind: str, reason: str) -> None:
    """End every permit of a case that holds: its number goes onto the revocation list."""
    for permit in permits_of(work, case):
        permit.status = kind
        permit.content = {**permit.content, "status": "revoked"}
        if work.session.get(Revocation, permit.number) is None:
            work.session.add(Revocation(permit_number=permit.number, kind=kind, reason=reason, at=work.now))
        work.record("permit_ended", case_id=case.id, permit=permit.number, how=kind, reason=reason)


def permits_of(work: UnitOfWork, case: Case) -> list[Permit]:
    """Permits of a case that hold, the oldest first."""
    held = select(Permit).where(Permit.case_id == case.id, Permit.status.in_(HELD))
    return list(work.session.scalars(held.order_by(Permit.version)))


def _issue(work: UnitOfWork, case: Case, number: str, sequence: int) -> Permit:
    review = current_review(work, case)
    if review is None or not review.report.get("routes"):
        raise ConflictError("没有可签发的路线", "there is no route to permit")
    why = check_due(work, case, review)
    status = "awaiting_check" if why in {"class_iii", "near_threshold", "suggested_threshold"} else "valid"
    settings = service_settings()
    content = content_of(
        work,
        case,
        review,
        number=number,
        sequence=sequence,
        status=status,  # type: ignore[arg-type]
        is_demo=settings.demo,
    )
    permit = Permit(
        id=uuid.uuid4(),
        number=number,
        version=sequence,
        case_id=case.id,
        carrier_id=case.carrier_id,
        body_id=case.deciding_body_id,
        plates=list(content.plates),
        status=status,
        issued_at=work.now,
    )
    write_content(permit, content)
    work.session.add(permit)
    work.session.flush()
    work.record("permit_issued", case_id=case.id, permit=number, sequence=sequence, status=status, record=permit.record)
    if why is not None:
        _open_check(work, case, permit, review, why)
    return permit


def write_content(permit: Permit, content: PermitContent) -> None:
    """Write what a permit says into its row, and sign it."""
    key = load_or_create_key(service_settings().keys_folder)
    permit.content = content.model_dump(mode="json")
    permit.record = sign_record(record_of(content, key.key_id), key)
    permit.valid_from, permit.valid_until = content.valid_from, content.valid_until
    permit.trips_allowed = content.trips


def check_due(work: UnitOfWork, case: Case, review: Review) -> str | None:
    """Why a check is due: before departure for class III and what is near a threshold, afterwards for a sample."""
    if case.vehicle_class == CLASS_THREE:
        return "class_iii"
    if review.report["classification"]["near_threshold"]:
        return "near_threshold"
    decision = find_decision(work, case, "highway")
    if decision is not None and decision.is_automatic:
        rule = automatic_rule(work, case)
        if rule is not None and Draw(case.number, work.today.isoformat()).is_drawn(rule.sample_percent):
            return "automatic_sample"
    return None


def _open_check(work: UnitOfWork, case: Case, permit: Permit, review: Review, why: str) -> None:
    """A check task at the body that decides, which in its own district is the accepting or delegated one."""
    accepts = (review.plan.get("decides") or {}).get("id") or case.deciding_body_id
    task = CheckTask(
        id=uuid.uuid4(),
        case_id=case.id,
        permit_number=permit.number,
        body_id=accepts,
        reason=why,
        state="open",
        created_at=work.now,
    )
    work.session.add(task)
    work.session.flush()
    work.record("check_opened", case_id=case.id, task=task.id, body=accepts, reason=why, permit=permit.number)


def latest(work: UnitOfWork, number: str) -> Permit | None:
    """The newest version of a permit; None where there is none of that number."""
    query = select(Permit).where(Permit.number == number).order_by(Permit.version.desc())
    return work.session.scalar(query.limit(1))
