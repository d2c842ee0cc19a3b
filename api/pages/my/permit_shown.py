"""A permit in plain words for its holder (通行证的展示): facts, trips used and left, days left, the driver's card."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from api.applications.notation import format_loads
from api.db.tables import CheckTask, Permit, Trip
from api.pages.moments import day_of, moment_text
from api.pages.page import PageContext
from api.permits import phrases
from api.permits.checks_due import REASON_ZH
from api.permits.content import PermitContent
from api.permits.parts import Condition
from api.permits.stored import content_on, status_on
from api.permits.trips_service import trips_of
from api.permits.wording import CLASS, STATUS, Words
from api.unit_of_work import LOCAL

Json = dict[str, Any]
_USED: Final = ("announced", "under_way", "ended")


def words_in(page: PageContext, words: Words) -> str:
    """Words of permits in the reader's language."""
    return words.zh if page.language == "zh" else words.en


def permit_words(page: PageContext, permit: Permit) -> Json:
    """A permit in a list."""
    today = page.work.today
    status = status_on(permit, today)
    used = sum(one.direction == "outward" and one.state in _USED for one in trips_of(page.work, permit.number))
    return {
        "number": permit.number,
        "status": status,
        "status_words": words_in(page, STATUS[status]),
        "class_words": words_in(page, CLASS[permit.content["vehicle_class"]]),
        "cargo": permit.content["cargo"]["name"],
        "plates": permit.plates,
        "start": permit.content["route"]["start"],
        "end": permit.content["route"]["end"],
        "valid_from": permit.valid_from.isoformat(),
        "valid_until": permit.valid_until.isoformat(),
        "days_left": max(0, (permit.valid_until - max(today, permit.valid_from)).days + 1),
        "begins_later": permit.valid_from > today,
        "trips_left": max(0, permit.trips_allowed - used),
        "trips_allowed": permit.trips_allowed,
        "case_id": permit.case_id,
    }


def due_trips(page: PageContext, permits: Sequence[Permit]) -> list[Json]:
    """Trips that wait for their carrier: to depart today, or under way and to be ended."""
    rows = []
    for permit in permits:
        for trip in trips_of(page.work, permit.number):
            is_today = trip.state == "announced" and day_of(trip.departs_at) <= page.work.today
            if is_today or trip.state == "under_way":
                rows.append({"number": permit.number, "trip": trip_words(trip)})
    return rows


def trip_words(trip: Trip) -> Json:
    """One trip."""
    content = trip.content
    return {
        "id": trip.id,
        "sequence": trip.sequence,
        "direction": trip.direction,
        "state": trip.state,
        "departs": moment_text(trip.departs_at),
        "arrives": content.get("arrives_on", ""),
        "driver": (content.get("driver") or {}).get("name", ""),
        "started": moment_text(trip.started_at) if trip.started_at else "",
        "ended": moment_text(trip.ended_at) if trip.ended_at else "",
    }


def facts(page: PageContext, permit: Permit) -> list[tuple[str, str]]:
    """Everything a permit says, as label and value."""
    content = content_on(permit, page.work.today)
    t = page.t
    vehicle = content.vehicle
    rows = [
        (t("my.p_number"), content.number),
        (t("my.p_holder"), content.holder.name),
        (t("my.p_class"), words_in(page, CLASS[content.vehicle_class])),
        (t("my.p_plates"), "　".join(content.plates)),
        (t("my.p_cargo"), content.cargo.name),
        (t("my.p_size"), f"{phrases.size_text(vehicle)}"),
        (t("my.p_mass"), phrases.mass_text(vehicle.gross_mass_kg)),
        (t("my.p_axles"), f"{format_loads([axle.load_kg for axle in vehicle.axles])} t"),
        (t("my.p_valid"), f"{content.valid_from} — {content.valid_until}"),
        (t("my.p_trips"), str(content.trips)),
        (t("my.p_issuer"), content.issuer.name),
        (t("my.p_route"), content.route.phrase),
    ]
    if content.escort is not None:
        rows.append((t("my.p_escort"), phrases.escort_text(content.escort)))
    if content.joined_items:
        rows.append((t("my.p_joined"), phrases.joined_text(content.joined_items)))
    return rows


def card(page: PageContext, permit: Permit) -> Json:
    """The driver's card: road after road, with what has to be kept to where."""
    content = content_on(permit, page.work.today)
    return {
        "plates": content.plates,
        "sizes": [f"{mm / 1000:g} m" for mm in _sizes(content)],
        "tonnes": f"{content.vehicle.gross_mass_kg / 1000:g} t",
        "phrase": content.route.phrase,
        "entry": phrases.station_text(content.route.entry) if content.route.entry else "",
        "exit": phrases.station_text(content.route.exit) if content.route.exit else "",
        "conditions": [_condition(page, one) for one in content.conditions],
        "legs": list(_legs(page, content)),
    }


def _sizes(content: PermitContent) -> tuple[int, int, int]:
    return content.vehicle.height_mm, content.vehicle.width_mm, content.vehicle.length_mm


def _legs(page: PageContext, content: PermitContent) -> list[Json]:
    waiting = sorted(content.structures, key=lambda one: one.at_m)
    rows: list[Json] = []
    end_m = 0
    for place, leg in enumerate(content.route.legs, start=1):
        end_m += leg.length_m
        here = [one for one in waiting if one.at_m < end_m or place == len(content.route.legs)]
        waiting = waiting[len(here) :]
        passages = [
            f"{one.at_m / 1000:.1f} km {one.name or one.id}："
            + "；".join(_condition(page, condition) for condition in one.conditions)
            for one in here
        ]
        rows.append(
            {
                "road": phrases.leg_text(leg),
                "km": f"{leg.length_m / 1000:.1f}",
                "enter": leg.enter or "",
                "exit": leg.exit or "",
                "warnings": [*leg.conditions, *passages],
            }
        )
    return rows


def _condition(page: PageContext, condition: Condition) -> str:
    """In the reader's language; what has no words there is shown as it was written, for it binds all the same."""
    if condition.code == "other" and condition.text_en is None:
        return phrases.condition_text(condition)
    return phrases.condition_text(condition) if page.language == "zh" else phrases.condition_label(condition)


def checks_of(page: PageContext, permit: Permit) -> list[Json]:
    """Checks before departure and afterwards: who, why, how far."""
    query = select(CheckTask).where(CheckTask.permit_number == permit.number).order_by(CheckTask.created_at.desc())
    return [
        {
            "body": task.body.name,
            "why": REASON_ZH.get(task.reason, task.reason) if page.language == "zh" else task.reason.replace("_", " "),
            "state": task.state,
            "at": moment_text(task.ended_at or task.created_at),
        }
        for task in page.work.session.scalars(query)
    ]


def local_moment(day: str, time: str) -> dt.datetime | None:
    """A day and a time typed, as a moment there; None where they are none."""
    try:
        moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time.fromisoformat(time), LOCAL)
    except ValueError:
        return None
    return moment if 2000 <= moment.year <= 2100 else None  # noqa: PLR2004 - as everywhere
