"""Issue, reissue and end permits (签发、换发、收回通行证).

Every signed record is a row of its own: whatever changes what a permit says, also its status, makes the next version.
What was signed is never written over, so that an old paper can always be compared with what it was.
"""

import uuid
from typing import Final

from sqlalchemy import Sequence, select

from api.cases.rows import current_review
from api.db.tables import Case, Permit, Revocation
from api.errors import ConflictError
from api.outbox.publish import publish
from api.permits import signing
from api.permits.checks_due import cancel_open_checks, check_due, desk_of_check, holds_back, open_check
from api.permits.content import PermitContent
from api.permits.from_case import IssueAs, content_of
from api.permits.numbers import make_number
from api.permits.record import record_of
from api.permits.signed import sign_record
from api.permits.stored import signed_content
from api.permits.wording import PermitStatus
from api.unit_of_work import UnitOfWork

HELD: Final = ("valid", "awaiting_check")
LIST_JOB: Final = "issue_revocation_list"
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
    permit = _issue(work, case, number, 1)
    publish(work, "permit.issued", message_of(permit, "issued"))
    return permit


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
    cancel_open_checks(work, case)
    work.session.flush()
    work.record("permit_changed", case_id=case.id, permit=last.number, sequence=last.version, reason=reason)
    permit = _issue(work, case, last.number, last.version + 1)
    work.defer(LIST_JOB, lock=LIST_JOB)
    publish(work, "permit.changed", message_of(permit, "changed", reason))
    return permit


def restate_permit(work: UnitOfWork, permit: Permit, status: PermitStatus, *, why: str, task: uuid.UUID) -> Permit:
    """Sign the same permit anew with another status (换发): released after its check, or withheld again.

    Raises:
        ConflictError: Its validity is over.
    """
    if permit.valid_until < work.today:
        raise ConflictError(
            f"通行证有效期已于{permit.valid_until}届满，请先办理变更", f"the permit ended on {permit.valid_until}"
        )
    before = signed_content(permit)
    issuer = before.issuer.model_copy(update={"issued_on": work.today})
    changes = {"status": status, "sequence": permit.version + 1, "issuer": issuer}
    row = _row(work, permit.case, before.model_copy(update=changes), permit.body_id)
    permit.status = "changed"
    work.session.add(row)
    work.session.flush()
    work.record(
        "permit_issued",
        case_id=permit.case_id,
        permit=row.number,
        sequence=row.version,
        status=status,
        record=row.record,
        why=why,
        task=task,
    )
    work.defer(LIST_JOB, lock=LIST_JOB)
    publish(work, "permit.changed", message_of(row, why))
    return row


def end_permits(work: UnitOfWork, case: Case, kind: str, reason: str) -> None:
    """End every permit of a case that holds: its number goes onto the revocation list."""
    for permit in permits_of(work, case):
        permit.status = kind
        if work.session.get(Revocation, permit.number) is None:
            work.session.add(Revocation(permit_number=permit.number, kind=kind, reason=reason, at=work.now))
        work.record("permit_ended", case_id=case.id, permit=permit.number, how=kind, reason=reason)
        work.defer(LIST_JOB, lock=LIST_JOB)
        publish(work, "permit.ended", message_of(permit, kind, reason))
    cancel_open_checks(work, case)


def permits_of(work: UnitOfWork, case: Case) -> list[Permit]:
    """Permits of a case that hold, the oldest first; locked, so that no trip begins while they change."""
    held = select(Permit).where(Permit.case_id == case.id, Permit.status.in_(HELD)).order_by(Permit.version)
    return list(work.session.scalars(held.with_for_update(of=Permit).execution_options(populate_existing=True)))


def latest(work: UnitOfWork, number: str, *, lock: bool = False) -> Permit | None:
    """The newest version of a permit; None where there is none of that number."""
    query = select(Permit).where(Permit.number == number).order_by(Permit.version.desc()).limit(1)
    if lock:
        query = query.with_for_update(of=Permit).execution_options(populate_existing=True)
    return work.session.scalar(query)


def message_of(permit: Permit, why: str, reason: str = "") -> dict[str, object]:
    """What other systems are told of a permit."""
    return {
        "permit": permit.number,
        "sequence": permit.version,
        "status": permit.status,
        "why": why,
        "reason": reason,
        "case": permit.case.number,
        "plates": permit.plates,
        "valid_from": permit.valid_from.isoformat(),
        "valid_until": permit.valid_until.isoformat(),
        "record": permit.record,
    }


def _issue(work: UnitOfWork, case: Case, number: str, sequence: int) -> Permit:
    review = current_review(work, case)
    if review is None or not review.report.get("routes"):
        raise ConflictError("没有可签发的路线", "there is no route to permit")
    if case.deciding_body_id is None:
        raise ConflictError("办件没有办理单位，不能签发", "no body decides the case")
    why = check_due(work, case, review)
    status: PermitStatus = "awaiting_check" if holds_back(why) else "valid"
    content = content_of(work, case, review, IssueAs(number, sequence, status, is_demo=signing.current().is_demo))
    permit = _row(work, case, content, case.deciding_body_id)
    work.session.add(permit)
    work.session.flush()
    work.record("permit_issued", case_id=case.id, permit=number, sequence=sequence, status=status, record=permit.record)
    if why is not None:
        open_check(work, case, number, why, body_id=desk_of_check(work, case, review, permit.body_id))
    return permit


def _row(work: UnitOfWork, case: Case, content: PermitContent, body_id: str) -> Permit:
    """A version of a permit, signed."""
    key = signing.current().key()
    return Permit(
        id=uuid.uuid4(),
        number=content.number,
        version=content.sequence,
        case_id=case.id,
        case=case,
        carrier_id=case.carrier_id,
        body_id=body_id,
        plates=list(content.plates),
        status=content.status,
        content=content.model_dump(mode="json"),
        record=sign_record(record_of(content, key.key_id), key),
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        trips_allowed=content.trips,
        issued_at=work.now,
    )
