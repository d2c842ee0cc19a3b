"""What the inspector's pages show of tasks, permits and differences (核查页面的内容)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.db.tables import CheckTask, Permit, Trip
from api.pages.language import Language, say
from api.pages.moments import moment_text
from api.permits.check_limits import limits_of
from api.permits.content import PermitContent
from api.permits.issuing import latest
from api.permits.record import CLASSES, CONDITIONS, STATUSES
from api.permits.settings import PermitSettings
from api.permits.stored import signed_content, status_on
from api.permits.trips_service import trips_of
from api.permits.wording import CLASS, CONDITION, STATUS, Words
from api.unit_of_work import UnitOfWork

STATUS_BADGE: Final = {
    "valid": "passes",
    "awaiting_check": "conditional",
    "revoked": "blocked",
    "expired": "blocked",
    "changed": "blocked",
}
CONCLUSION_BADGE: Final = {
    "consistent": "passes",
    "change_needed": "conditional",
    "inconsistent": "blocked",
    "incomplete": "unknown",
}


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A check task in the list: where, when, which vehicles, why."""

    id: uuid.UUID
    number: str
    reason: str
    place: str
    when: str
    plates: str
    cargo: str


@dataclass(frozen=True, slots=True)
class TripShown:
    """A trip under way."""

    number: str
    plates: str
    route: str
    started: str


def said(words: Words, language: Language) -> str:
    """Words in the reader's language."""
    return words.zh if language == "zh" else words.en


def task_shown(work: UnitOfWork, task: CheckTask) -> TaskShown:
    """A task with what its permit says of place and time."""
    permit = latest(work, task.permit_number or "")
    if permit is None:
        return TaskShown(task.id, task.permit_number or "", task.reason, "", "", "", "")
    content = signed_content(permit)
    return TaskShown(
        id=task.id,
        number=permit.number,
        reason=task.reason,
        place=content.route.start,
        when=_departure(work, permit) or f"{permit.valid_from} – {permit.valid_until}",
        plates=" ".join(content.plates),
        cargo=content.cargo.name,
    )


def trip_shown(trip: Trip, permit: Permit) -> TripShown:
    """A trip with its permit's route."""
    started = moment_text(trip.started_at or trip.departs_at)
    return TripShown(permit.number, " ".join(permit.plates), permit.content["route"]["phrase"], started)


def limits_json(content: PermitContent, settings: PermitSettings) -> list[dict[str, object]]:
    """The limits of a check as the browser's preview reads them."""
    return [
        {
            "item": limit.item,
            "declared": limit.declared,
            "lowest": limit.lowest,
            "highest": limit.highest,
            "unit": limit.unit,
        }
        for limit in limits_of(content.vehicle, settings)
    ]


def permit_facts(permit: Permit, language: Language, today: dt.date) -> dict[str, Any]:
    """What an officer compares with the vehicle and the paper."""
    content, status = signed_content(permit), status_on(permit, today)
    return {
        "number": permit.number,
        "version": permit.version,
        "status": status,
        "status_words": said(STATUS[status], language),
        "badge": STATUS_BADGE[status],
        "vehicle_class": said(CLASS[content.vehicle_class], language),
        "conditions": [_condition(one.text, one.text_en, language) for one in content.all_conditions()],
        "content": content,
        "valid": f"{content.valid_from} – {content.valid_until}",
    }


def differences_by_state(items: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The compared items: those that differ, those nobody looked at, those that agree."""
    found: dict[str, list[Mapping[str, Any]]] = {"differs": [], "missing": [], "agrees": []}
    for item in items:
        found[{False: "differs", None: "missing", True: "agrees"}[item["within"]]].append(item)
    return found


def item_name(language: Language, item: str) -> str:
    """An item of the sheet by its name; an axle by its number."""
    name, _, axle = item.partition(".")
    if axle.isdigit():
        return say(language, f"inspect.item_{name}_n", n=axle)
    return say(language, f"inspect.item_{name}{'_count' if axle else ''}")


def shown_value(language: Language, value: int | str | None, unit: str) -> str:
    """A compared value with its unit."""
    if value is None:
        return say(language, "inspect.not_measured")
    if isinstance(value, int):
        known = {"axle": "inspect.unit_axle", "tyre": "inspect.unit_tyre"}.get(unit)
        return f"{value:,} {say(language, known) if known else unit}".strip()
    answer = {"是": "inspect.yes", "否": "inspect.no"}.get(value)
    return say(language, answer) if answer else value


def not_looked_at(language: Language, item: str) -> str:
    """What to say of an item that has to be looked at."""
    return say(language, "inspect.not_looked_at", item=item_name(language, item))


def conclusion_words(conclusion: str, language: Language) -> str:
    """A conclusion as it stands on the sheet."""
    return say(language, f"inspect.conclusion_{conclusion}")


def record_tables(language: Language) -> dict[str, Sequence[Mapping[str, str]]]:
    """The tables of codes of a QR record, in the order of their codes."""
    return {
        "statuses": [{"code": code, "text": said(STATUS[code], language)} for code in STATUSES],
        "classes": [{"code": code, "text": said(CLASS[code], language)} for code in CLASSES],
        "conditions": [{"code": code, "text": said(CONDITION[code], language)} for code in CONDITIONS],
    }


def _departure(work: UnitOfWork, permit: Permit) -> str:
    """The departure that is announced."""
    announced = [trip for trip in trips_of(work, permit.number) if trip.state == "announced"]
    return moment_text(announced[0].departs_at) if announced else ""


def _condition(zh: str, en: str | None, language: Language) -> str:
    return zh if language == "zh" or not en else en
