"""Who had a case, who was asked, what happened, and what came before it (经手、征求意见、历程、历史对照)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from api.cases.asked_before import AskedBefore, asked_before
from api.cases.clocks import local_day
from api.cases.earlier import SIZES, EarlierCase, earlier_cases
from api.cases.shapes import CaseOut, PacketRow
from api.db.tables import Case, Event
from api.pages.desk.case_findings import knows_capacity
from api.pages.desk.timeline import EventLine, event_lines
from api.pages.desk.words import amount, class_word, load_word, state_word, verdict_badge, verdict_word, when
from api.pages.page import PageContext

_SIZES: Final = frozenset({"height", "width", "length"})
_UNITS: Final = {"height_mm": "mm", "width_mm": "mm", "length_mm": "mm", "gross_mass_kg": "kg"}


@dataclass(frozen=True, slots=True)
class PacketLine:
    """A body that was asked or told."""

    id: str
    body: str
    purpose: str
    state: str
    badge: str
    due_on: str
    is_late: bool
    words: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """An earlier case: every size with what has changed since."""

    id: str
    number: str
    day: str
    state: str
    vehicle_class: str
    badge: str
    verdict: str
    sizes: tuple[tuple[str, str], ...]
    axles: int
    phrase: str
    shared_percent: int | None
    same_cargo: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """What the carrier tried before."""

    at: str
    badge: str
    verdict: str
    sizes: tuple[str, ...]
    near: tuple[str, ...]


def packet_lines(page: PageContext, told: CaseOut) -> list[PacketLine]:
    """Packets, those that wait first."""
    listed = sorted(told.packets, key=lambda one: (one.state != "open", one.due_on is None, one.due_on, one.sent_at))
    return [_packet(page, one) for one in listed]


def history(page: PageContext, case: Case) -> list[EventLine]:
    """Everything that happened, the latest first."""
    query = select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc())
    return list(event_lines(page, page.work.session.scalars(query)))


def earlier_lines(page: PageContext, case: Case) -> list[EarlierLine]:
    """Earlier cases of the carrier beside this one."""
    return [_earlier(page, one) for one in earlier_cases(page.work, case)]


def question_lines(page: PageContext, case: Case) -> list[QuestionLine]:
    """What-if questions of the carrier, with declared values just below what was suggested.

    The mass that would just pass tells what a bridge bears: only for those who may know.
    """
    told = None if knows_capacity(page, case) else _SIZES
    return [_question(page, one, told) for one in asked_before(page.work, case)]


def _packet(page: PageContext, one: PacketRow) -> PacketLine:
    state = one.opinion or one.state
    badge = {"agree": "passes", "agree_with_conditions": "conditional", "object": "blocked", "open": "unknown"}
    return PacketLine(
        id=str(one.id),
        body=one.body.name,
        purpose=page.t(f"desk.purpose_{one.purpose}"),
        state=page.t(f"desk.packet_{state}"),
        badge=badge.get(state, "none"),
        due_on=one.due_on.isoformat() if one.due_on else "",
        is_late=one.is_overdue,
        words=one.reason or "",
        conditions=tuple(str(text) for text in one.conditions),
    )


def _earlier(page: PageContext, one: EarlierCase) -> EarlierLine:
    whole: dict[str, Any] = one.case.form["whole"]
    return EarlierLine(
        id=str(one.case.id),
        number=one.case.number,
        day=local_day(one.case.submitted_at).isoformat(),
        state=state_word(page, one.case.state),
        vehicle_class=class_word(page, one.case.vehicle_class),
        badge=verdict_badge(one.case.verdict),
        verdict=verdict_word(page, one.case.verdict),
        sizes=tuple(
            (amount(whole[size], _UNITS[size]) or "", _change(page, one.changes[size], _UNITS[size])) for size in SIZES
        ),
        axles=one.axles,
        phrase=one.phrase,
        shared_percent=one.shared_percent,
        same_cargo=one.same_cargo,
    )


def _change(page: PageContext, change: int, unit: str) -> str:
    """What is different now."""
    return "" if not change else page.t("desk.now_different", change=amount(change, unit, signed=True))


def _question(page: PageContext, one: AskedBefore, told: frozenset[str] | None) -> QuestionLine:
    vehicle = one.row.question["vehicle"]
    return QuestionLine(
        at=when(one.row.asked_at),
        badge=verdict_badge(one.row.verdict),
        verdict=verdict_word(page, one.row.verdict),
        sizes=tuple(amount(vehicle.get(size), _UNITS[size]) or "—" for size in SIZES),
        near=tuple(_near(page, one, told)),
    )


def _near(page: PageContext, one: AskedBefore, told: frozenset[str] | None) -> Iterator[str]:
    for near in one.near:
        if told is not None and near.quantity not in told:
            continue
        unit = near.unit or ("kg" if near.quantity in {"gross_mass", "axle_load"} else "mm")
        yield page.t(
            "desk.near_suggestion",
            quantity=load_word(page, near.quantity),
            asked=amount(near.asked, unit),
            suggested=amount(near.suggested, unit),
            declared=amount(near.declared, unit),
        )
