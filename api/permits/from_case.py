"""What a permit says, from the case it decides (由办件生成通行证内容)."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from api.accounts.permissions import Action
from api.applications.form import ApplicationForm
from api.applications.form_reading import parse_form
from api.cases.clocks import local_day
from api.cases.rows import decisions_of
from api.db.tables import Account, Case, Decision, Event, Review
from api.errors import ConflictError
from api.permits.content import PermitContent, parse_content
from api.permits.settings import PermitSettings
from api.permits.trips import PlannedTrip, last_day, may_be_one_permit
from api.permits.wording import CONDITION, ConditionCode, PermitStatus, Words
from api.provinces.settings import permit_settings_on
from api.unit_of_work import UnitOfWork

_ITEM: Final = {"highway": "highway_permit", "city_road": "city_road", "temporary_plate": "temporary_plate"}
_OUTCOME: Final = {"approved": "granted", "refused": "refused", "pending": "pending", "recommended": "pending"}
_TEMPORARY: Final = ("超", "临")
_KINDS: Final = frozenset({"bridge", "tunnel", "culvert", "gantry", "toll_lane"})
# Words of the review's conditions that machines on the way can act on; anything else is told as it stands.
_CODES: Final[tuple[tuple[str, ConditionCode], ...]] = (
    ("单独", "alone_on_bridge"),
    ("单车", "alone_on_bridge"),
    ("居中", "steady_centred"),
    ("匀速", "steady_centred"),
    ("停", "no_stop_on_bridge"),
    ("km/h", "bridge_speed"),
    ("公里", "bridge_speed"),
    ("护送", "escort"),
    ("净空", "confirm_clearance"),
    ("净高", "confirm_clearance"),
    ("时段", "time_window"),
)
_LONGEST: Final = 200
_MOST_TRIPS: Final = 999  # what the record holds


@dataclass(frozen=True, slots=True)
class IssueAs:
    """As what a permit is issued.

    Attributes:
        number: Of the permit.
        sequence: Of this issue of the number.
        status: "valid", or "awaiting_check" where a check before departure is due.
        is_demo: Whether the pages are marked as a demonstration.
    """

    number: str
    sequence: int
    status: PermitStatus
    is_demo: bool


def content_of(work: UnitOfWork, case: Case, review: Review, issue: IssueAs) -> PermitContent:
    """The content of a case's permit.

    A plan of several trips that may not be one permit, because a structure has to be strengthened, is issued for one
    trip, and says so.

    Args:
        work: Who issues, and when.
        case: An approved case.
        review: Its machine review.
        issue: Number, sequence and status.

    Raises:
        ConflictError: The last day applied for is past.
        PermitFileError: The review's route does not fit a permit.
    """
    form = parse_form(case.form)
    route = review.report["routes"][0]
    decisions = decisions_of(work, case)
    decided_on = local_day(case.ended_at) if case.ended_at else work.today
    settings = permit_settings_on(work, case.province, work.today)
    against = plan_reasons(form, needs_reinforcement=_was_reinforced(work, case), settings=settings)
    trips = 1 if against else min(form.trip.trips, _MOST_TRIPS)
    valid_from = max(form.trip.start_date, work.today)
    if form.trip.end_date < work.today:
        raise ConflictError(
            f"申请的行驶日期已于{form.trip.end_date}届满，请先变更日期", f"the trip was to end on {form.trip.end_date}"
        )
    latest = last_day(valid_from, trips=trips, settings=settings)
    body = case.deciding_body
    return _checked(
        {
            "number": issue.number,
            "sequence": issue.sequence,
            "status": issue.status,
            "vehicle_class": case.vehicle_class or "unknown",
            "scope": "跨省" if case.scope == "cross_province" else "本省",
            "provinces": sorted({part["code"][:2] for part in route["divisions"] if part["code"]}) or [case.province],
            "holder": {
                "name": form.carrier.name,
                "code": form.carrier.uscc,
                "transport_licence": form.carrier.licence_number,
                "phone": form.carrier.mobile,
            },
            "tractor": _vehicle(form.tractor.plate, form.tractor.vin, form.tractor.model),
            "trailers": [_vehicle(form.trailer.plate, form.trailer.vin, form.trailer.model)] if form.trailer else [],
            "cargo": {
                "name": form.cargo.name,
                "mass_kg": form.cargo.mass_kg,
                "length_mm": form.cargo.length_mm,
                "width_mm": form.cargo.width_mm,
                "height_mm": form.cargo.height_mm,
                "pieces": form.cargo.pieces,
                "serial": form.cargo.serial_number,
            },
            "curb_mass_kg": form.tractor.kerb_mass_kg + (form.trailer.kerb_mass_kg if form.trailer else 0),
            "vehicle": form.loaded_vehicle().model_dump(mode="json"),
            "empty_return": form.trip.empty_return.model_dump() if form.trip.empty_return else None,
            "route": _route(form, route),
            "valid_from": valid_from,
            "valid_until": min(form.trip.end_date, latest),
            "trips": trips,
            "conditions": [_condition(text) for text in _conditions(decisions)],
            "escort": _escort(form),
            "structures": list(_structures(route)),
            "joined_items": [_joined(decision) for decision in decisions],
            "issuer": {
                "code": (body.division_code if body else None) or f"{case.province}0000",
                "name": body.name if body else "办理单位未定",
                "signer": _signer(work, decisions),
                "decided_on": decided_on,
                "issued_on": work.today,
            },
            "review": {
                "network_id": review.network_id,
                "rules_id": review.rules_id,
                "policy_id": review.policy_id,
            },
            "remark": "；".join(reason.zh for reason in against) + "，限一次通行" if against else None,
            "is_demo": issue.is_demo,
        }
    )


def plan_reasons(form: ApplicationForm, *, needs_reinforcement: bool, settings: PermitSettings) -> tuple[Words, ...]:
    """What speaks against several trips under one permit (多次通行); the length of its validity aside.

    One form has one combination, one route and one load, so what is left is reinforcement.
    """
    if form.trip.trips <= 1:
        return ()
    first = form.trip.start_date
    plan = PlannedTrip(first, form.plates, form.trip.route_text, form.cargo.name, needs_reinforcement)
    return may_be_one_permit([plan, plan], settings=settings).reasons


def _was_reinforced(work: UnitOfWork, case: Case) -> bool:
    """Whether strengthening was ordered for this case."""
    ordered = select(Event.seq).where(Event.case_id == case.id, Event.kind == Action.ORDER_REINFORCEMENT.value)
    return work.session.scalar(ordered.limit(1)) is not None


def _checked(values: Mapping[str, Any]) -> PermitContent:
    """Contents from plain values; through JSON, the one form in which they are strictly read."""
    return parse_content(json.dumps(values, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _vehicle(plate: str, vin: str | None, model: str) -> dict[str, Any]:
    return {"plate": plate, "temporary": plate.endswith(_TEMPORARY), "vin": vin, "model": model}


def _route(form: ApplicationForm, route: Mapping[str, Any]) -> dict[str, Any]:
    legs = route["legs"]
    return {
        "phrase": route["phrase"] or form.trip.route_text or f"{form.trip.origin.name}—{form.trip.destination.name}",
        "start": form.trip.origin.name,
        "end": form.trip.destination.name,
        "geometry": route["geometry"]["coordinates"],
        "length_m": route["length_m"],
        "entry": next(({"name": leg["enter"]} for leg in legs if leg.get("enter")), None),
        "exit": next(({"name": leg["exit"]} for leg in reversed(legs) if leg.get("exit")), None),
        "legs": [
            {
                "ref": leg.get("ref") or None,
                "name": leg.get("name") or None,
                "enter": leg.get("enter"),
                "exit": leg.get("exit"),
                "length_m": leg["length_m"],
            }
            for leg in legs
        ],
        "divisions": [
            {"code": part["code"], "name": part["name"] or part["code"], "length_m": part["length_m"]}
            for part in route["divisions"]
            if part["code"]
        ],
    }


def _structures(route: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Structures that may be passed under conditions, each once."""
    passages: dict[str, dict[str, Any]] = {}
    for finding in route["findings"]:
        structure = finding.get("structure")
        if structure is None or finding["outcome"] != "conditional" or not finding["conditions"]:
            continue
        passage = passages.setdefault(
            structure["id"],
            {
                "id": structure["id"],
                "name": structure["name"] or None,
                "kind": structure["kind"] if structure["kind"] in _KINDS else "other",
                "at_m": finding["at_m"],
                "conditions": [],
            },
        )
        known = {condition["text"] for condition in passage["conditions"]}
        passage["conditions"] += [_condition(text) for text in finding["conditions"] if text not in known]
    return passages.values()


def _conditions(decisions: Iterable[Decision]) -> list[str]:
    """Conditions that the deciding bodies named, each once."""
    named = [str(text) for decision in decisions for text in decision.conditions]
    return list(dict.fromkeys(named))


def _condition(text: str) -> dict[str, Any]:
    code: ConditionCode = next((code for word, code in _CODES if word in text), "other")
    return {"code": code, "text": text[:_LONGEST], "text_en": None if code == "other" else CONDITION[code].en}


def _escort(form: ApplicationForm) -> dict[str, Any] | None:
    plan = form.escort_plan
    if plan is None:
        return None
    front = sum(vehicle.position == "front" for vehicle in plan.vehicles)
    rear = sum(vehicle.position == "rear" for vehicle in plan.vehicles)
    text = "；".join(part for part in (plan.route, plan.rules, plan.exceptions) if part)
    return {"front_vehicles": front, "rear_vehicles": rear, "staff": len(plan.staff), "text": text or "按护送方案"}


def _joined(decision: Decision) -> dict[str, Any]:
    body = decision.body.name if decision.body else None
    return {"item": _ITEM[decision.item], "outcome": _OUTCOME[decision.state], "body": body}


def _signer(work: UnitOfWork, decisions: Iterable[Decision]) -> str:
    """Who decided on the highway permit."""
    decided = next((decision.decided_by for decision in decisions if decision.item == "highway"), None)
    account = work.session.get(Account, decided) if decided else None
    return account.display_name if account else "系统自动签发"
