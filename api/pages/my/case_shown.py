"""A case in plain words for its applicant (办件的展示): where it stands, who has it until when, what came of it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from api.accounts.permissions import ACTION_TITLES, Action
from api.cases.clocks import clock_json
from api.cases.find import get_case
from api.cases.notices import title_of
from api.cases.report import read_report
from api.cases.rows import decisions_of, packets_of, pauses_of
from api.cases.shapes import decision_out
from api.cases.states import STATES, Phase, State
from api.db.tables import Body, Case, Event, Note, Packet, Permit, ServiceRating
from api.errors import ForbiddenError, NotFoundError
from api.pages.findings_shown import findings_shown, why_not_shown
from api.pages.moments import moment_text
from api.pages.my.asked import Ask
from api.pages.page import PageContext
from api.pages.route_map import route_map_data

Json = dict[str, Any]
_STEPS: Final = (Phase.APPLICATION, Phase.ACCEPTANCE, Phase.REVIEW, Phase.DECISION, Phase.DELIVERY)
_ENDED_WELL: Final = (State.ISSUED, State.CHANGING)
# Events that tell the applicant something; what else happens inside is not his to follow.
TOLD_EVENTS: Final = frozenset(
    {"submitted", "dispatched", "packet_sent", "form_revised", "permit_issued", "permit_changed", "permit_ended"}
)
_VERDICTS: Final = ("passes", "conditional", "unknown", "blocked")


def progress(case: Case) -> tuple[list[str], int]:
    """Keys of the steps, and how many are done."""
    state = State(case.state)
    facts = STATES[state]
    if state in _ENDED_WELL or facts.phase is Phase.PERMIT or state is State.REFUSAL_DELIVERED:
        current = len(_STEPS)
    else:
        current = _STEPS.index(facts.phase)
    return [step.value for step in _STEPS], current


def clock_words(page: PageContext, case: Case) -> Json:
    """The period of the decision: days of it, used, left, last day; and pauses with their reasons."""
    reading = clock_json(page.work, case)
    pauses = [
        {
            "reason": one.reason,
            "since": one.from_on.isoformat(),
            "until": one.until_on.isoformat() if one.until_on else "",
        }
        for one in pauses_of(page.work, case)
    ]
    return reading | {"pauses": pauses}


def holder_words(page: PageContext, case: Case, asks: Sequence[Ask]) -> list[str]:
    """Who has the case in hand, and until when others were asked."""
    t = page.t
    state = State(case.state)
    if STATES[state].final or state in _ENDED_WELL:
        return [t("my.held_by_nobody")]
    said = []
    if any(ask.kind == "correction" for ask in asks):
        said.append(t("my.held_by_you"))
    else:
        body = case.deciding_body.name if case.deciding_body else t("my.body_to_come")
        said.append(t("my.held_by", body=body))
    for packet in packets_of(page.work, case):
        if packet.state == "open" and packet.purpose != "inform":
            name, day = packet.body.name, packet.due_on
            said.append(t("my.asked_until", body=name, day=day) if day else t("my.asked", body=name))
    return said


def notes_of(page: PageContext, case: Case) -> list[Json]:
    """Documents of the procedure, the newest first."""
    get_case(page.work, case.id, action=Action.READ_CASE_EVENTS)
    query = select(Note).where(Note.case_id == case.id).order_by(Note.created_at.desc(), Note.id)
    rows = page.work.session.scalars(query)
    return [
        {
            "kind": row.kind,
            "title": _title(page, row.kind),
            "text": row.text,
            "at": moment_text(row.created_at),
            "attachment": row.attachment_id,
        }
        for row in rows
    ]


def _title(page: PageContext, kind: str) -> str:
    if page.language == "zh" and title_of(kind) != kind:
        return title_of(kind)
    return _action(page, kind) or kind


def _action(page: PageContext, kind: str) -> str | None:
    if kind not in {one.value for one in Action}:
        return None
    title = ACTION_TITLES[Action(kind)]
    return title.zh if page.language == "zh" else title.en


def history_of(page: PageContext, case: Case) -> list[Json]:
    """What happened, the newest first: steps of the procedure and the few events that an applicant follows."""
    get_case(page.work, case.id, action=Action.READ_CASE_EVENTS)
    events = page.work.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc()))
    names = {body.id: body.name for body in page.work.session.scalars(select(Body))}
    rows = []
    for event in events:
        if event.kind in TOLD_EVENTS:
            said = page.t(f"my.event_{event.kind}")
        elif event.kind in {Action.CLAIM, Action.RELEASE, Action.OVERRIDE, Action.URGE, Action.ESCALATE}:
            continue
        else:
            said = _action(page, event.kind) or ""
        if said:
            body = names.get(event.body_id or str(event.data.get("body") or ""), "")
            rows.append({"at": moment_text(event.at), "said": said, "body": body})
    return rows


def decisions_words(page: PageContext, case: Case) -> list[Json]:
    """Decisions taken or to be taken: item, body, outcome, reasons, conditions."""
    rows = [decision_out(one, is_inside=False) for one in decisions_of(page.work, case)]
    return [
        {
            "item": one.item,
            "body": one.body.name if one.body else "",
            "state": one.state,
            "reason": one.reason or "",
            "conditions": [str(condition) for condition in one.conditions],
            "at": moment_text(one.decided_at) if one.decided_at else "",
            "is_automatic": one.is_automatic,
        }
        for one in rows
    ]


def opinions_words(page: PageContext, case: Case) -> list[Json]:
    """Bodies that were asked or told, and how far that is."""

    def word(packet: Packet) -> str:
        return "informed" if packet.purpose == "inform" else packet.state

    return [
        {
            "body": one.body.name,
            "state": word(one),
            "due": one.due_on.isoformat() if one.due_on and one.state == "open" else "",
            "ended": moment_text(one.ended_at) if one.ended_at else "",
        }
        for one in packets_of(page.work, case)
        if one.state != "cancelled"
    ]


def review_words(page: PageContext, case: Case) -> Json | None:
    """The machine's report as its applicant may see it: verdict, route, findings, what would help; None before it."""
    try:
        report = read_report(page.work, case)
    except (NotFoundError, ForbiddenError):
        return None
    routes = report.get("routes") or []
    has_map = bool(routes) or bool((report.get("why_not") or {}).get("blockers"))
    return {
        "verdict": report.get("verdict", ""),
        "is_known": report.get("verdict") in _VERDICTS,
        "km": f"{routes[0]['length_m'] / 1000:.1f}" if routes else "",
        "phrase": routes[0].get("phrase", "") if routes else "",
        "findings": findings_shown(report, page.language, for_carrier=True),
        "why_not": why_not_shown(report, page.language, for_carrier=True),
        "map": route_map_data(page, report, for_carrier=True) if has_map else None,
    }


def permits_of(page: PageContext, case: Case) -> list[str]:
    """Numbers of the permits a case led to."""
    query = select(Permit.number).where(Permit.case_id == case.id).distinct().order_by(Permit.number)
    return list(page.work.session.scalars(query))


def rating_of(page: PageContext, case: Case) -> ServiceRating | None:
    """How the applicant rated it."""
    return page.work.session.scalar(select(ServiceRating).where(ServiceRating.case_id == case.id))
