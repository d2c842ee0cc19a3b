"""Files that come in (转入): read whole or not at all; the same file twice is one file.

A forward of another province makes a case here for our part of its route; an answer answers our packet to it.
"""

import uuid
from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

import numpy as np
import structlog
from sqlalchemy import Sequence as DatabaseSequence
from sqlalchemy import select, text

from api.cases import grounds
from api.cases.directory import directory_of
from api.cases.packet_answers import answer as answer_packet
from api.cases.packets import send_packets
from api.cases.states import State
from api.db.tables import Carrier, Case, ExchangeFile, FormVersion, Packet, Review
from api.dispatch.errors import ExchangeError
from api.dispatch.exchange import check_answer, hash_of, read_exchange
from api.dispatch.exchange_model import Answer, Forward
from api.dispatch.plan import plan
from api.errors import ConflictError, FieldFault, ForbiddenError, InvalidError, RequestError, ServiceUnavailableError
from api.exchange.files import authorise_exchange, content_of, find_by_hash, keep_incoming
from api.provinces.settings import dispatch_settings_on, service_settings_on
from api.reviews.request import Line, ReviewRequest
from api.reviews.service import review as review_route
from api.unit_of_work import UnitOfWork
from data.errors import DataError
from data.policies import load_policy
from data.vehicles import LoadedVehicle
from routing.errors import RoutingError
from rules.divisions import division_file
from rules.management import RoadStretch

_NUMBERS: Final = DatabaseSequence("case_number")
_OPINION: Final = {"agree": "agree", "conditions": "agree_with_conditions", "object": "object"}
UNKNOWN: Final = "unknown"
_METRES_A_DEGREE: Final = 111_320.0
_log = structlog.get_logger("api.exchange")


def take(work: UnitOfWork, raw: str) -> tuple[ExchangeFile, bool]:
    """Take a file of another province.

    Returns:
        The kept file, and whether it is new; one that came before changes nothing.

    Raises:
        InvalidError: The file has faults, or answers another one; every fault.
        ForbiddenError: It is for another province, or the account may not exchange files.
        ConflictError: What it answers is not open any more.
    """
    authorise_exchange(work)
    try:
        content = read_exchange(raw, "file")
    except ExchangeError as error:
        raise InvalidError(_faults(error)) from error
    _check_stored(raw)
    if content.to_province[:2] != work.actor.province:
        raise ForbiddenError("文件不是发给本省的", "the file is not for this province")
    key = hash_of(content)
    work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"exchange:{key}"})
    known = find_by_hash(work, "in", key)
    if known is not None:
        return known, False
    return (_take_forward(work, content) if isinstance(content, Forward) else _take_answer(work, content)), True


def _check_stored(raw: str) -> None:
    """The database holds no NUL characters, however they are written."""
    if "\x00" in raw or "\\u0000" in raw:
        raise InvalidError([FieldFault("file", "含有不能保存的字符", "a character that cannot be stored")])


def _faults(error: ExchangeError) -> list[FieldFault]:
    return [FieldFault(fault.partition(":")[0], f"文件内容有误：{fault}", fault) for fault in error.faults]


def _take_answer(work: UnitOfWork, content: Answer) -> ExchangeFile:
    asked = find_by_hash(work, "out", content.answers)
    if asked is None or asked.packet_id is None:
        raise InvalidError([FieldFault("answers", "没有它所答复的转出文件", "it answers no file of ours")])
    forward = content_of(asked)
    assert isinstance(forward, Forward)  # noqa: S101 - only forwards go out with a packet
    try:
        check_answer(forward, content, "file")
    except ExchangeError as error:
        raise InvalidError(_faults(error)) from error
    case = work.session.get_one(Case, asked.case_id)
    packet = work.session.get_one(Packet, asked.packet_id, with_for_update={"of": Packet})
    if packet.state != "open":
        raise ConflictError("所答复的分发件已办结或已撤回", "the packet it answers is not open any more")
    row = keep_incoming(work, case, content, about=asked)
    # It is the other province's body that answers; whoever brings the file is noted beside it.
    by_province = replace(work, actor=replace(work.actor, name=packet.body.name, body_id=packet.body_id))
    answer_packet(
        by_province, case, packet, _OPINION[content.decision], list(content.conditions), "；".join(content.reasons)
    )
    return row


def _take_forward(work: UnitOfWork, content: Forward) -> ExchangeFile:
    settings = service_settings_on(work, content.to_province[:2], work.today)
    along_route = {str(name): limit for name, limit in settings.along_route_days.items()}
    days = content.answer_working_days or along_route.get(content.vehicle_class) or max(along_route.values())
    case = _open_case(work, content)
    row = keep_incoming(work, case, content, days=days)
    case.promised_due_on = row.due_on
    work.defer("review_incoming", lock=f"case:{case.id}", case_id=str(case.id))
    return row


def _open_case(work: UnitOfWork, content: Forward) -> Case:
    province = content.to_province[:2]
    case = Case(
        id=uuid.uuid4(),
        number=f"DJ-{province}-{work.today.year}-{work.session.scalar(_NUMBERS):06d}",
        carrier_id=_carrier(work, content).id,
        submitted_by=work.actor.account_id,
        state=State.MACHINE_REVIEW.value,
        province=province,
        form=_form(content),
        vehicle_class=content.vehicle_class,
        scope="cross_province",
        deciding_body_id=f"transport:{content.to_province}",
        submitted_at=work.now,
        accepted_on=work.today,
        remarks={"exchange": {"from": content.from_province, "case_no": content.case_no}},
    )
    work.session.add(case)
    work.session.flush()
    form = FormVersion(case_id=case.id, version=1, form=case.form, reason="跨省转入", created_at=work.now)
    form.created_by = work.actor.account_id
    work.session.add(form)
    work.record("received", case_id=case.id, number=case.number, **case.remarks["exchange"])
    return case


def _carrier(work: UnitOfWork, content: Forward) -> Carrier:
    """The applicant as the other province names it; kept apart from firms that have registered here."""
    code = f"exchange:{content.from_province}:{content.applicant_credit_code}"
    known = work.session.scalar(select(Carrier).where(Carrier.credit_code == code))
    if known is None:
        details = {"credit_code": content.applicant_credit_code}
        known = Carrier(id=uuid.uuid4(), name=content.applicant_name, credit_code=code, details=details)
        work.session.add(known)
        work.session.flush()
    return known


def _form(content: Forward) -> dict[str, Any]:
    """What pages and lists need of a form; the whole application stays with the province of origin."""
    names = division_file().provinces
    return {
        "cargo": {"name": content.cargo},
        "trip": {
            "origin": {"name": names[content.from_province[:2]]},
            "destination": {"name": content.route_phrase[:200]},
            "start_date": content.travel_from.isoformat(),
            "end_date": content.travel_until.isoformat(),
        },
        "whole": dict(content.vehicle),
        "exchange": {"case_no": content.case_no, "applicant": content.applicant_name},
    }


def review_incoming(work: UnitOfWork, case_id: str) -> None:
    """Review our part of an application from elsewhere, and ask our bodies; done twice, it does nothing more."""
    case = work.session.scalar(select(Case).where(Case.id == uuid.UUID(case_id)).with_for_update(of=Case))
    if case is None or case.state != State.MACHINE_REVIEW:
        return
    row = work.session.scalars(
        select(ExchangeFile).where(
            ExchangeFile.case_id == case.id, ExchangeFile.direction == "in", ExchangeFile.kind == "forward"
        )
    ).one()
    content = content_of(row)
    assert isinstance(content, Forward)  # noqa: S101 - asked for so
    report = _report(content)
    settings = dispatch_settings_on(work, case.province, work.today)
    stretches = tuple(RoadStretch.of_json(one.code, one.model_dump()) for one in content.part)
    planned = plan(report, stretches, directory_of(work.session), work.today, settings).to_json()
    review = Review(
        id=uuid.uuid4(),
        case_id=case.id,
        form_version=case.form_version,
        round=1,
        verdict=report["verdict"],
        report=report,
        comparison={"comparison": {"items": []}, "stages": {}},
        plan=planned,
        network_id=report["network_id"],
        rules_id=report["rules_id"],
        policy_id=report["policy_id"],
        created_at=work.now,
    )
    work.session.add(review)
    work.session.flush()
    case.review_id, case.verdict, case.state = review.id, review.verdict, State.REVIEW.value
    send_packets(work, case, review)
    work.record("machine_reviewed", case_id=case.id, review=review.id, verdict=review.verdict)


def _report(content: Forward) -> dict[str, Any]:
    """The machine's review of our part; unknown where our network does not hold it."""
    try:
        report = _reviewed(content)
    except (RequestError, RoutingError, DataError, ServiceUnavailableError) as error:
        _log.info("part not reviewable", fault=str(error))
        report = {"verdict": UNKNOWN, "faults": [str(error)], "network_id": "", "rules_id": "", "policy_id": ""}
    route = (report.get("routes") or [_bare_route(content)])[0]
    start = content.part[0].enter_m
    findings = [finding | {"at_m": finding["at_m"] + start} for finding in route["findings"]]
    return report | {
        "routes": [route | {"findings": findings, "length_m": content.part[-1].exit_m}],
        "classification": {"near_threshold": []} | report.get("classification", {}) | {"class": content.vehicle_class},
        "jurisdiction": _jurisdiction(content),
    }


def _reviewed(content: Forward) -> dict[str, Any]:
    known = grounds.current()
    lon, lat = _cut(content)
    request = ReviewRequest(
        vehicle=LoadedVehicle.model_validate(content.vehicle),
        policy=load_policy(),
        on=content.travel_from,
        stops=(),
        line=Line(lon, lat),
        overlays=known.overlays,
    )
    return review_route(known.network, request)


def _cut(content: Forward) -> tuple[Any, Any]:
    """Our part of the line, by its share of the whole length."""
    points = np.array(content.route_line, float)
    scale = np.cos(np.radians(points[:, 1].mean()))
    steps = np.hypot(np.diff(points[:, 0]) * scale, np.diff(points[:, 1]))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    total = max(one.exit_m for one in content.part) if along[-1] == 0 else _length_m(content, along[-1])
    low, high = (along[-1] * min(metre / total, 1.0) for metre in (content.part[0].enter_m, content.part[-1].exit_m))
    inside = along[(along > low) & (along < high)]
    at = np.concatenate([[low], inside, [high]])
    return np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])


def _length_m(content: Forward, degrees: float) -> float:
    """Length of the whole line; never shorter than where our part ends."""
    return max(degrees * _METRES_A_DEGREE, float(content.part[-1].exit_m))


def _bare_route(content: Forward) -> dict[str, Any]:
    return {"findings": [], "phrase": content.route_phrase, "length_m": content.part[-1].exit_m, "outcome": UNKNOWN}


def _jurisdiction(content: Forward) -> dict[str, Any]:
    """The other province has said which part is ours; our department decides on it."""
    roads: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in content.part:
        roads[one.code].append(one.model_dump(exclude={"code"}))
    evidence = [{"code": code, "counted": True, "roads": found} for code, found in roads.items()]
    return {"level": "province", "accepts": content.to_province, "delegated_to": None, "evidence": evidence}
