"""The inbox and its packets (收件箱页面): one click opens a packet, one answers it, and the next one comes."""

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.act import act
from api.cases.inbox import Which, count_inbox, list_inbox, neighbours, next_open, own_cases, own_packet, part_report
from api.cases.inputs import ActionInput
from api.cases.items import answer_packet
from api.cases.relation import relation_to
from api.cases.savepoint import attempt
from api.cases.shapes import card_of
from api.cases.states import STATES, State
from api.db.tables import Packet
from api.errors import ConflictError, FieldFault, InvalidError, StaleError
from api.pages.findings_shown import findings_shown
from api.pages.inbox.shown import (
    answer_word,
    km,
    may_know_capacity,
    offered_conditions,
    offered_reasons,
    row_shown,
    stretches_shown,
    suggestion_of,
)
from api.pages.language import say
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from api.pages.route_map import route_map_data, with_map_policy
from maps.vehicle_drawing import draw_vehicle

router = APIRouter(include_in_schema=False)
A_PAGE: Final = 30
_CASES: Final = 8
_CONFLICT, _STALE, _INVALID = 409, 412, 422
_LONGEST_VERSION: Final = 9
Doing = Annotated[str, Query(pattern=r"^(|agree|conditions|object|return)$")]


@router.get("/inbox")
def inbox_page(
    page: Page,
    which: Annotated[Which, Query()] = "open",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
    done: Annotated[uuid.UUID | None, Query()] = None,
) -> Response:
    """Packets of one's own body, what is due first at the top."""
    packets, total = list_inbox(page.work, which, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    cases, case_count = own_cases(page.work, limit=_CASES)
    context = {
        "rows": [row_shown(page, one) for one in packets],
        "total": total,
        "which": which,
        "counts": count_inbox(page.work),
        "number": number,
        "pages": max(1, -(-total // A_PAGE)),
        "cases": [
            {"id": one.id, "number": one.number, "cargo": one.form["cargo"]["name"], "state": _state(page, one.state)}
            for one in cases
        ],
        "case_count": case_count,
        "done": _done(page, done),
        "may_answer": _may_answer(page, packets[0]) if packets else False,
    }
    return page.render("inbox.html.j2", context)


@router.get("/inbox/{packet_id}")
def packet_page(
    page: Page, packet_id: uuid.UUID, do: Doing = "", done: Annotated[uuid.UUID | None, Query()] = None
) -> Response:
    """One packet: the part, its findings, the drafted opinion, and the ways to answer."""
    packet = own_packet(page.work, packet_id)
    return _show(page, packet, doing=do or _first_choice(packet), done=done)


@router.post("/inbox/{packet_id}/answer")
def post_answer(page: FormPage, packet_id: uuid.UUID) -> Response:
    """Agree, agree with conditions, or object; afterwards the next packet."""
    packet = own_packet(page.work, packet_id)
    doing = page.field("do")
    try:
        sent = _answer(page)
        attempt(page.work, lambda: answer_packet(page.work, packet_id, sent, expected=_version(page)))
    except InvalidError as error:
        return _show(page, packet, doing=doing, error=error)
    except (ConflictError, StaleError) as error:
        return _happened(page, packet_id, error)
    return _onward(page, packet_id)


@router.post("/inbox/{packet_id}/return")
def post_return(page: FormPage, packet_id: uuid.UUID) -> Response:
    """Send a wrongly sent packet back, and on to the right body where that is known."""
    packet = own_packet(page.work, packet_id)
    try:
        _check_version(page, packet)
        sent = _input(reason=page.field("reason"), body_id=page.field("body_id"), packet_id=packet.id)
        attempt(page.work, lambda: act(page.work, packet.case_id, Action.RETURN_DISPATCH, sent))
    except InvalidError as error:
        return _show(page, packet, doing="return", error=error)
    except (ConflictError, StaleError) as error:
        return _happened(page, packet_id, error)
    return _onward(page, packet_id)


def _answer(page: PageContext) -> ActionInput:
    conditions = [line.strip() for line in page.field("conditions").splitlines() if line.strip()]
    doing = page.field("do")
    opinion = {"agree": "agree", "conditions": "agree_with_conditions", "object": "object"}.get(doing)
    if opinion is None:
        raise InvalidError([FieldFault("do", "请选择意见", "choose an opinion")])
    chosen = [str(one) for one in page.form.getlist("reasons") if isinstance(one, str)] if doing == "object" else []
    reason = "；".join([*chosen, *filter(None, [page.field("reason")])])
    if doing == "object" and not reason:
        raise InvalidError([FieldFault("reason", "不同意须写明理由", "an objection needs a reason")])
    if not reason:
        reason = say("zh", f"inbox.reason_{doing}")
    return _input(opinion=opinion, reason=reason, conditions=conditions if doing == "conditions" else [])


def _input(**sent: object) -> ActionInput:
    """What a form says, as the service takes it.

    Raises:
        InvalidError: A text is too long, or holds what no text may hold.
    """
    try:
        return ActionInput.model_validate(sent)
    except ValidationError as error:
        names = sorted({str(one["loc"][0]) for one in error.errors()})
        faults = [FieldFault(name, "内容过长或者含有不能保存的字符", "too long, or not to be kept") for name in names]
        raise InvalidError(faults) from error


def _version(page: PageContext) -> int | None:
    text = page.field("version")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION):
        raise StaleError
    return int(text)


def _check_version(page: PageContext, packet: Packet) -> None:
    if _version(page) not in {None, packet.version}:
        raise StaleError


def _show(
    page: PageContext,
    packet: Packet,
    *,
    doing: str,
    done: uuid.UUID | None = None,
    error: InvalidError | None = None,
) -> Response:
    hides = not may_know_capacity(page, packet)
    report = part_report(page.work, packet)
    found = [
        one
        for route in report["routes"]
        for one in findings_shown(report, page.language, for_carrier=hides, rank=route["rank"])
    ]
    map_data = route_map_data(page, part_report(page.work, packet, from_own_start=True), for_carrier=hides)
    case = packet.case
    row = row_shown(page, packet)
    context = {
        "row": row,
        "packet": packet,
        "case": case,
        "stretches": stretches_shown(page, packet),
        "length_km": km(packet.content.get("length_m") or 0),
        "findings": sorted(found, key=lambda one: not one.is_prominent),
        "map": map_data,
        "has_line": any(route["geometry"]["coordinates"] for route in report["routes"]),
        "drawing": draw_vehicle(case.form["whole"], language=page.language),
        "draft": packet.drafted_opinion,
        "suggestion": suggestion_of(packet),
        "is_open": packet.state == "open",
        "may_answer": _may_answer(page, packet),
        "doing": doing,
        "reasons": offered_reasons(packet),
        "conditions": page.field("conditions") or "\n".join(offered_conditions(packet) or _no_condition(packet)),
        "typed": page.field("reason"),
        "chosen": page.form.getlist("reasons"),
        "body_id": page.field("body_id"),
        "bodies": neighbours(page.work, packet) if packet.state == "open" else (),
        "faults": {one.field: (one.message_zh if page.language == "zh" else one.message_en) for one in error.faults}
        if error
        else {},
        "answer": answer_word(page, packet),
        "answered_at": moment_text(packet.ended_at) if packet.ended_at else "",
        "done": _done(page, done),
        "card": card_of(page.work, packet, case).value,
        "reads_case": may(page.work.actor, Action.READ_CASE, relation_to(page.work, case)),
    }
    return with_map_policy(page.render("inbox_packet.html.j2", context, status=_INVALID if error else 200))


def _happened(page: PageContext, packet_id: uuid.UUID, error: ConflictError | StaleError) -> Response:
    """Somebody was faster, or it cannot be answered now: what stands there instead."""
    page.work.session.expire_all()
    packet = page.work.session.get_one(Packet, packet_id)
    is_stale = isinstance(error, StaleError)
    reasons = error.reasons if isinstance(error, ConflictError) else ()
    context = {
        "number": packet.case.number,
        "message": page.message_of(error),
        "reasons": [one.message_zh if page.language == "zh" else one.message_en for one in reasons],
        "is_open": packet.state == "open",
        "answer": answer_word(page, packet) or page.t(f"inbox.state_{packet.state}"),
        "answered_at": moment_text(packet.ended_at) if packet.ended_at else "",
        "packet_id": packet.id,
        "is_seen": packet.state not in {"returned", "cancelled"},
    }
    return page.render("inbox_happened.html.j2", context, status=_STALE if is_stale else _CONFLICT)


def _onward(page: PageContext, packet_id: uuid.UUID) -> Response:
    """The next packet that waits, with a word on the one just done."""
    following = next_open(page.work)
    path = f"/inbox/{following.id}" if following is not None else "/inbox"
    return page.see_other(f"{path}?done={packet_id}")


def _done(page: PageContext, packet_id: uuid.UUID | None) -> dict[str, str] | None:
    """What was just done, if it was one's own body's."""
    packet = page.work.session.get(Packet, packet_id) if packet_id is not None else None
    if packet is None or packet.body_id != page.work.actor.body_id or packet.state == "open":
        return None
    return {"number": packet.case.number, "answer": answer_word(page, packet)}


def _no_condition(packet: Packet) -> list[str]:
    """What the drafted opinion says where it names no condition of its own."""
    return [say("zh", "inbox.as_reported")] if suggestion_of(packet) == "conditions" else []


def _first_choice(packet: Packet) -> str:
    """The choice that the drafted opinion suggests; none where data is missing."""
    return {"agree": "agree", "conditions": "conditions", "object": "object"}.get(suggestion_of(packet), "")


def _may_answer(page: PageContext, packet: Packet) -> bool:
    return packet.state == "open" and may(page.work.actor, Action.ANSWER_OPINION, relation_to(page.work, packet.case))


def _state(page: PageContext, state: str) -> str:
    facts = STATES[State(state)]
    return facts.title_zh if page.language == "zh" else facts.title_en
