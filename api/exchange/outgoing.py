"""Files that go out (转出): our application to the provinces along the route, our answer to the one it comes from."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.applications.form_reading import parse_form
from api.cases.directory import directory_of
from api.cases.find import get_case
from api.cases.rows import current_review, packets_of
from api.cases.states import State
from api.db.tables import Case, ExchangeFile, Packet, Review
from api.dispatch.exchange import Application, forward_due_on, forwards_of, hash_of
from api.dispatch.exchange_model import Answer, Forward
from api.dispatch.managing import stretches_of
from api.dispatch.plan import plan
from api.errors import ConflictError, FieldFault, InvalidError
from api.exchange.files import authorise_exchange, content_of, find_by_hash, get_file, keep_outgoing
from api.provinces.settings import dispatch_settings_on, service_settings_on
from api.unit_of_work import UnitOfWork
from rules.errors import CalendarRangeError

ALONG_ROUTE: Final = "along_route_province"
_NOT_YET: Final = frozenset({State.SUBMITTED, State.CORRECTION, State.MACHINE_REVIEW})


def prepare_forwards(work: UnitOfWork, case_id: uuid.UUID) -> Sequence[ExchangeFile]:
    """Write the files of an accepted case for every province along its route; a repeat writes nothing new.

    Raises:
        NotFoundError: There is no such case for this account.
        ConflictError: It crosses no other province, or was not accepted and reviewed yet.
    """
    case = get_case(work, case_id, action=Action.READ_CASE)
    authorise_exchange(work, case.province)
    review = current_review(work, case)
    waiting = _waiting(work, case)
    if review is None or case.accepted_on is None or State(case.state) in _NOT_YET or not waiting:
        raise ConflictError(
            "本办件没有待转送的沿线省份，或者尚未受理、审查",
            "no province waits for this case, or it was not accepted yet",
        )
    return _forwards(work, case, review, waiting)


def _waiting(work: UnitOfWork, case: Case) -> dict[str, Packet]:
    """Open packets to other provinces, by body."""
    found = packets_of(work, case)
    return {one.body_id: one for one in found if one.role == ALONG_ROUTE and one.state == "open"}


def prepare_all(work: UnitOfWork, **_periodic: object) -> None:
    """Write the files of every accepted case that waits for other provinces (定时转出)."""
    packet, file = Packet, ExchangeFile
    written = select(file.id).where(file.packet_id == packet.id, file.direction == "out").exists()
    wanted = select(Case).where(
        Case.id.in_(select(packet.case_id).where(packet.role == ALONG_ROUTE, packet.state == "open", ~written)),
        Case.accepted_on.is_not(None),
        Case.state.not_in([state.value for state in _NOT_YET]),
    )
    for case in work.session.scalars(wanted.order_by(Case.submitted_at, Case.id)).all():
        review = current_review(work, case)
        waiting = {
            one.body_id: one for one in packets_of(work, case) if one.role == ALONG_ROUTE and one.state == "open"
        }
        if review is not None:
            _forwards(work, case, review, waiting)


def _forwards(work: UnitOfWork, case: Case, review: Review, waiting: dict[str, Packet]) -> list[ExchangeFile]:
    found = []
    for forward in _contents(work, case, review).values():
        packet = waiting.get(f"transport:{forward.to_province}")
        if packet is None:
            continue
        known = _written(work, packet)
        found.append(known or keep_outgoing(work, case, forward, due_on=_due(work, case), about=packet.id))
    return found


def _written(work: UnitOfWork, packet: Packet) -> ExchangeFile | None:
    """The file of a packet, whatever day it was written on."""
    wanted = select(ExchangeFile).where(ExchangeFile.packet_id == packet.id, ExchangeFile.direction == "out")
    return work.session.scalar(wanted.order_by(ExchangeFile.recorded_at.desc()).limit(1))


def _contents(work: UnitOfWork, case: Case, review: Review) -> dict[str, Forward]:
    form = parse_form(case.form)
    settings = dispatch_settings_on(work, case.province, work.today)
    planned = plan(review.report, stretches_of(review.report), directory_of(work.session), work.today, settings)
    application = Application(
        case_no=case.number,
        accepted_on=case.accepted_on or work.today,
        applicant_name=case.carrier.name,
        applicant_credit_code=case.carrier.credit_code,
        cargo=form.cargo.name,
        vehicle=form.loaded_vehicle().model_dump(mode="json"),
        travel_from=form.trip.start_date,
        travel_until=form.trip.end_date,
    )
    return forwards_of(planned, review.report, application, work.today)


def _due(work: UnitOfWork, case: Case) -> dt.date | None:
    days = service_settings_on(work, case.province, work.today).forwarding_days
    try:
        return forward_due_on(case.accepted_on or work.today, days)
    except CalendarRangeError:
        return None


def answer_forward(
    work: UnitOfWork, file_id: uuid.UUID, decision: str, conditions: Sequence[str], reasons: Sequence[str]
) -> ExchangeFile:
    """Answer a forward of another province for our part (沿线省答复); our bodies have all answered before.

    Raises:
        NotFoundError: There is no such file for this account.
        ConflictError: It is no forward to us, was answered, or bodies of ours still owe their opinion.
        InvalidError: Conditions or reasons do not fit the decision.
    """
    row = get_file(work, file_id)
    case = work.session.scalars(
        select(Case).where(Case.id == row.case_id).with_for_update(of=Case).execution_options(populate_existing=True)
    ).one()
    forward = content_of(row)
    answered = work.session.scalar(select(ExchangeFile.id).where(ExchangeFile.answers_id == row.id))
    if row.direction != "in" or not isinstance(forward, Forward) or answered:
        raise ConflictError("不是待答复的转入文件，或者已经答复", "it is no forward to us, or it was answered")
    silent = [one for one in packets_of(work, case) if one.state == "open" and one.purpose != "inform"]
    if silent or case.state == State.MACHINE_REVIEW:
        named = "、".join(one.body.name for one in silent) or "机器审查"
        raise ConflictError(f"尚未完成：{named}", "opinions or the machine review are still open")
    try:
        content = Answer.model_validate(
            {
                "kind": "answer",
                "case_no": forward.case_no,
                "from_province": forward.to_province,
                "to_province": forward.from_province,
                "answers": hash_of(forward),
                "answered_on": work.today,
                "decision": decision,
                "conditions": list(conditions),
                "reasons": list(reasons),
            }
        )
    except ValueError as error:
        text_zh = "附条件的须写明条件，不同意的须写明理由，其他不得填写条件"
        raise InvalidError([FieldFault("decision", text_zh, "conditions and reasons must fit the decision")]) from error
    known = find_by_hash(work, "out", hash_of(content))
    if known is not None:
        return known
    case.ended_at, case.state = work.now, State.CLOSED.value
    return keep_outgoing(work, case, content, due_on=row.due_on, about=row.id)
