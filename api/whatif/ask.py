"""Ask, list and keep questions (假设试算): before applying, with the secrecy of bridges kept."""

import datetime as dt
import uuid
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, false, func, or_, select

from api.accounts.authorise import authorise, may
from api.accounts.permissions import Action, Relation
from api.accounts.throttle import count
from api.db.tables import Body, Case, WhatIf
from api.errors import FieldFault, InvalidError, NotFoundError
from api.provinces.settings import integer_setting, service_settings_on, setting, text_setting
from api.reviews.frontiers import frontier
from api.reviews.service import review
from api.unit_of_work import UnitOfWork
from api.whatif.network import Desk
from api.whatif.probing import probe_of, refuse_probing
from api.whatif.question import Question
from api.whatif.reasons import PENDING, is_pending, no_advice, suggestions_before
from api.whatif.shown import Sees, frontier_for_carrier, shown_to_carrier
from rules.forms.loading import materials
from rules.ord62.art_015 import find_working_days

_HOUR: Final = dt.timedelta(hours=1)
FRONTIER: Final = "frontier"  # beside the review in a kept answer


def refuse_strangers(work: UnitOfWork) -> None:
    """Refuse who may not ask, before anything is opened for them."""
    authorise(work.actor, Action.ASK_WHAT_IF, relation_of(work))


def ask(work: UnitOfWork, desk: Desk, question: Question, *, with_advice: bool = True) -> WhatIf:
    """Review a question, keep it with its answer.

    Args:
        work: The unit of work.
        desk: Where it is answered.
        question: What is asked.
        with_advice: Whether smaller loads and later days are looked for at once, which takes seconds where there is
            no way; `advise` finds them later.

    Raises:
        TooManyError: Too many questions, or too many that close in on a bridge's capacity.
        RequestError: A stop lies too far from every usable road.
        BadInputError: The vehicle has faults.
    """
    authorise(work.actor, Action.ASK_WHAT_IF, relation_of(work))
    vehicle, request = question.read(desk.grounds.overlays, None if with_advice else no_advice())
    _count(work, desk)
    answer = review(desk.network, request)
    probe = probe_of(desk.network, vehicle, question.ends, answer)
    carrier_id = work.actor.carrier_id
    if carrier_id is not None:
        _refuse_probing(work, desk, carrier_id, probe)
    row = WhatIf(carrier_id=carrier_id, account_id=work.actor.account_id, question_hash=question.hash)
    row.id, row.asked_at, row.case_id = uuid.uuid4(), work.now, None
    row.question = question.to_json() | {"names": list(question.names), "probe": probe, "province": desk.province}
    row.suggestions = [] if carrier_id is None else _told_before(work, desk, carrier_id, probe)
    pending = {PENDING: True} if not with_advice and answer["why_not"] is not None else {}
    _keep(work, desk, row, answer | pending)
    work.session.add(row)
    work.session.flush()
    work.record("what_if_asked", question=str(row.id), hash=row.question_hash, verdict=row.verdict)
    return row


def advise(work: UnitOfWork, desk: Desk, question_id: uuid.UUID) -> WhatIf:
    """Find what an answer still lacks: smaller loads, what to measure, later days; a second time changes nothing.

    Raises:
        NotFoundError: There is no such question of one's own.
    """
    row = read_question(work, question_id)
    work.session.refresh(row, with_for_update=True)
    if is_pending(row):
        _, request = Question.from_json(row.question).read(desk.grounds.overlays)
        _keep(work, desk, row, review(desk.network, request))
        work.session.flush()
    return row


def find_frontier(work: UnitOfWork, desk: Desk, question_id: uuid.UUID) -> WhatIf:
    """Find the largest sizes and masses that have a route between the ends of a question; kept with it.

    Raises:
        NotFoundError: There is no such question of one's own.
        InvalidError: The question gave a line: there is nothing to choose.
        TooManyError: Too often within an hour; it counts as a question.
    """
    row = read_question(work, question_id)
    question = Question.from_json(row.question)
    if question.line:
        raise InvalidError([FieldFault("line", "指定路线的试算没有可选路线", "the question gave its line")])
    if FRONTIER not in row.answer:
        _count(work, desk)
        _, request = question.read(desk.grounds.overlays)
        row.answer = row.answer | {FRONTIER: frontier(desk.network, request)}
        work.session.flush()
    return row


def frontier_for(work: UnitOfWork, row: WhatIf) -> dict[str, Any]:
    """The frontier kept with a question, as whoever asks may see it now."""
    found = cast(dict[str, Any], row.answer[FRONTIER])
    if may(work.actor, Action.READ_CAPACITY, relation_of(work)):
        return found
    return frontier_for_carrier(found, *_sees(work, row.question.get("province")))


def _keep(work: UnitOfWork, desk: Desk, row: WhatIf, answer: dict[str, Any]) -> None:
    """Keep an answer, with what an application would need and what was suggested."""
    on = dt.date.fromisoformat(row.question["on"])
    row.verdict = answer["verdict"]
    row.answer = answer | {"procedure": procedure(work, desk.province, answer, on)}
    shown = answer_for(work, row).get("why_not") or {}
    told = [{"changes": change["changes"]} for change in shown.get("smallest_changes", ())]
    row.suggestions = [*row.suggestions, *(one for one in told if one not in row.suggestions)]


def _told_before(work: UnitOfWork, desk: Desk, carrier_id: uuid.UUID, probe: dict[str, Any]) -> list[dict[str, Any]]:
    percent = integer_setting(work, "what_if_similar_percent", desk.province, work.today)
    return suggestions_before(work, carrier_id, probe, percent)


def list_questions(work: UnitOfWork, *, limit: int, offset: int) -> tuple[list[WhatIf], int]:
    """One's firm's questions, or an office's own, newest first, and how many there are."""
    query = select(WhatIf).where(_own(work))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(WhatIf.asked_at.desc(), WhatIf.id)
    return list(work.session.scalars(newest.limit(limit).offset(offset))), total


def read_question(work: UnitOfWork, question_id: uuid.UUID) -> WhatIf:
    """One question of one's own.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    row = work.session.scalar(select(WhatIf).where(WhatIf.id == question_id, _own(work)))
    if row is None:
        raise NotFoundError("没有这次试算", "no such question")
    return row


def link_to_case(work: UnitOfWork, question_id: uuid.UUID, case_id: uuid.UUID) -> WhatIf:
    """Note which case followed a question (关联办件); the case is the same firm's.

    Raises:
        NotFoundError: One of them does not exist or is somebody else's.
    """
    row = read_question(work, question_id)
    case = work.session.get(Case, case_id)
    if case is None or case.carrier_id != row.carrier_id:
        raise NotFoundError("没有这个办件", "no such case")
    if row.case_id != case_id:
        row.case_id = case_id
        work.session.flush()
        work.record("what_if_linked", case_id=case_id, question=str(question_id))
    return row


def answer_for(work: UnitOfWork, row: WhatIf) -> dict[str, Any]:
    """The answer as whoever asks may see it now."""
    if may(work.actor, Action.READ_CAPACITY, relation_of(work)):
        return {name: value for name, value in row.answer.items() if name not in {PENDING, FRONTIER}}
    shown = shown_to_carrier(row.answer, *_sees(work, row.question.get("province")))
    return shown | {"procedure": row.answer.get("procedure")}


def _sees(work: UnitOfWork, province: str | None) -> tuple[Sees, list[int]]:
    """What a province lets carriers see of bridges, and its bands."""
    sees = cast(Sees, text_setting(work, "carrier_sees_bridges", province, work.today))
    return sees, cast(list[int], setting(work, "bridge_bands_percent", province, work.today))


def relation_of(work: UnitOfWork) -> Relation:
    """What the actor has to do with a question: a carrier's own, or that of a transport office."""
    actor = work.actor
    body = work.session.get(Body, actor.body_id) if actor.body_id else None
    is_transport = body is not None and body.kind == "transport"
    return Relation(
        is_own_carrier=actor.carrier_id is not None,
        is_deciding_body=is_transport,
        same_province=is_transport,
        is_province_level=actor.body_level == "province",
    )


def procedure(work: UnitOfWork, province: str | None, answer: dict[str, Any], on: dt.date) -> dict[str, Any]:
    """Class, working days and papers that an application would need (类别、期限、材料)."""
    vehicle_class = str(answer["classification"]["class"])
    promised = service_settings_on(work, province, work.today).promised_days
    wanted = [one for one in materials().values() if one.needed == "always" or vehicle_class in one.classes]
    situational = [one for one in materials().values() if one.needed not in {"always", "class", "never"}]
    return {
        "class": vehicle_class,
        "statutory_days": find_working_days(vehicle_class, "own", on=on),
        "statutory_days_cross_province": find_working_days(vehicle_class, "cross_province", on=on),
        "promised_days": {str(name): days for name, days in promised.items()}.get(vehicle_class),
        "materials": [{"id": one.id, "title_zh": one.title_zh, "title_en": one.title_en} for one in wanted],
        "materials_in_some_cases": [
            {"id": one.id, "title_zh": one.title_zh, "title_en": one.title_en, "needed": one.needed}
            for one in situational
        ],
    }


def _count(work: UnitOfWork, desk: Desk) -> None:
    most = integer_setting(work, "what_if_an_hour", desk.province, work.today)
    who = work.actor.carrier_id or work.actor.account_id
    count(desk.sessions, f"what-if:{who}", most=most, per=_HOUR, now=work.now, message_zh="试算过于频繁，请稍后再试")


def _refuse_probing(work: UnitOfWork, desk: Desk, carrier_id: uuid.UUID, probe: dict[str, Any]) -> None:
    most, days, similar = (
        integer_setting(work, name, desk.province, work.today)
        for name in ("what_if_probes", "what_if_probe_days", "what_if_similar_percent")
    )
    refuse_probing(work, carrier_id, probe, most=most, days=days, similar_percent=similar)


def _own(work: UnitOfWork) -> ColumnElement[bool]:
    authorise(work.actor, Action.ASK_WHAT_IF, relation_of(work))
    own = [WhatIf.carrier_id == work.actor.carrier_id] if work.actor.carrier_id else []
    own += [WhatIf.account_id == work.actor.account_id] if work.actor.body_id else []
    return or_(false(), *own)
