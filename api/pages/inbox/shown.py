"""What the inbox shows of a packet (分发件的展示): in words, with what its reader may know and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.custody import count_working_days
from api.cases.relation import relation_to
from api.cases.shapes import card_of
from api.db.tables import Packet
from api.dispatch.parts import RANK
from api.pages.moments import moment_text
from api.pages.page import PageContext

_MANAGES: Final = frozenset({"manager", "city_road"})
_MOST_OFFERED: Final = 10


@dataclass(frozen=True, slots=True)
class RowShown:
    """One packet in the list."""

    id: str
    number: str
    cargo: str
    vehicle_class: str
    purpose: str
    length_km: str
    outcome: str
    suggestion: str
    card: str
    due_on: str
    left: int | None
    is_due_today: bool
    sent_at: str
    answer: str
    is_seen: bool


@dataclass(frozen=True, slots=True)
class StretchShown:
    """One stretch of the part."""

    road: str
    kind: str
    enter_km: str
    exit_km: str
    length_km: str


def row_shown(page: PageContext, packet: Packet) -> RowShown:
    """A packet in the list."""
    case = packet.case
    due, today = packet.due_on, page.work.today
    return RowShown(
        id=str(packet.id),
        number=case.number,
        cargo=str(case.form["cargo"]["name"]),
        vehicle_class=page.t(f"inbox.class_{case.vehicle_class or 'unknown'}"),
        purpose=page.t(f"inbox.purpose_{packet.purpose}"),
        length_km=km(packet.content.get("length_m") or 0),
        outcome=worst(packet.content["findings"]),
        suggestion=suggestion_of(packet),
        card=card_of(page.work, packet, case).value,
        due_on=due.isoformat() if due else "",
        left=_left(packet, today) if packet.state == "open" else None,
        is_due_today=due == today,
        sent_at=moment_text(packet.sent_at),
        answer=answer_word(page, packet),
        is_seen=packet.state != "returned",
    )


def _left(packet: Packet, today: Any) -> int | None:  # noqa: ANN401 - a day
    if packet.due_on is None:
        return None
    if today <= packet.due_on:
        return count_working_days(today, packet.due_on)
    over = count_working_days(packet.due_on, today)
    return None if over is None else -over


def answer_word(page: PageContext, packet: Packet) -> str:
    """How a packet was answered; empty while it was not."""
    if packet.state == "returned":
        return page.t("inbox.was_returned")
    return page.t(f"inbox.opinion_{packet.opinion}") if packet.opinion else ""


def suggestion_of(packet: Packet) -> str:
    """What the drafted opinion suggests: agree, conditions, undecided or object; "none" where it suggests nothing."""
    return str((packet.content.get("draft") or {}).get("suggestion") or "none")


def worst(findings: list[Mapping[str, Any]]) -> str:
    """The worst outcome of the part."""
    return max((str(one["outcome"]) for one in findings), key=RANK.index, default=RANK[0])


def stretches_shown(page: PageContext, packet: Packet) -> list[StretchShown]:
    """The stretches of the part, in travel order."""
    return [
        StretchShown(
            road=" ".join(filter(None, (one["number"], one["name"]))) or page.t("inbox.no_number"),
            kind=page.t(f"inbox.kind_{one['kind']}"),
            enter_km=km(one["enter_m"]),
            exit_km=km(one["exit_m"]),
            length_km=km(one["length_m"]),
        )
        for one in packet.content["evidence"]
    ]


def km(metres: float) -> str:
    """Metres as kilometres."""
    return f"{metres / 1000:.1f}"


def may_know_capacity(page: PageContext, packet: Packet) -> bool:
    """Whether the reader may know what the bridges of the part can bear: who manages them, and who reviews."""
    relation = relation_to(page.work, packet.case)
    own = replace(relation, is_structure_owner=packet.role in _MANAGES)
    return may(page.work.actor, Action.READ_CAPACITY, own)


def offered_reasons(packet: Packet) -> list[str]:
    """Wording for an objection, from what the findings say stands in the way; official texts are Chinese."""
    wanted = [one for one in packet.content["findings"] if one["outcome"] in {"blocked", "unknown"}]
    ordered = sorted(wanted, key=lambda one: -RANK.index(one["outcome"]))
    return list(dict.fromkeys(_said(one) for one in ordered))[:_MOST_OFFERED]


def offered_conditions(packet: Packet) -> list[str]:
    """Conditions that the findings name."""
    found = (text for one in packet.content["findings"] for text in one["conditions"])
    return list(dict.fromkeys(map(str, found)))[:_MOST_OFFERED]


def _said(finding: Mapping[str, Any]) -> str:
    structure = finding.get("structure")
    name = (structure["name"] or structure["id"]) if structure else ""
    return f"{name}：{finding['reason']}" if name else str(finding["reason"])
