"""Trips under a permit (行程): announced before departure, begun, ended; and passages seen on the way."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Allowed, decide
from api.applications.form_reading import parse_form
from api.cases.clocks import local_day
from api.cases.find import visible
from api.cases.notify import tell_body, tell_carrier
from api.cases.relation import relation_to
from api.db.tables import Case, Passage, Permit, Trip
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.outbox.publish import publish
from api.permits.content import PermitContent
from api.permits.service import authorise_somewhere, find_permit
from api.permits.stored import content_on
from api.permits.trips import Announcement, may_announce
from api.permits.trips import Direction as PureDirection
from api.permits.trips import Trip as PureTrip
from api.permits.wording import Words
from api.unit_of_work import UnitOfWork

Direction = Literal["outward", "empty_return"]
_PURE: Final[dict[str, PureDirection]] = {"outward": "loaded", "empty_return": "empty_return"}
_OVER: Final = ("ended", "cancelled")
_SIZES: Final = {"height_mm": "总高", "width_mm": "总宽", "length_mm": "总长", "gross_mass_kg": "总质量"}


@dataclass(frozen=True, slots=True)
class TripPlan:
    """A departure as announced (行程报备内容).

    Attributes:
        departs_at: With its zone.
        arrives_on: Expected local day of arrival.
        driver_id: Identity number of a driver on the application.
        escort_vehicles: Plates of the escort vehicles.
        escort_staff: Names of the escort staff.
        sizes: Height, width, length in mm and mass in kg of an empty return; None for a loaded trip.
    """

    direction: Direction
    departs_at: dt.datetime
    arrives_on: dt.date
    driver_id: str
    plates: tuple[str, ...]
    escort_vehicles: tuple[str, ...] = ()
    escort_staff: tuple[str, ...] = ()
    sizes: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A load seen on its way (登记的通行)."""

    at: dt.datetime
    place: str
    kind: str
    plates: tuple[str, ...]
    findings: tuple[str, ...]
    remark: str


def announce_trip(work: UnitOfWork, number: str, plan: TripPlan) -> Trip:
    """Announce a departure; two announcements at once come one after the other.

    Raises:
        NotFoundError: There is no such permit for this account.
        InvalidError: The driver is not on the application, or the sizes of a return are missing.
        ConflictError: It may not be announced; every reason.
    """
    permit = find_permit(work, number, Action.ANNOUNCE_TRIP, lock=True)
    drivers = {driver.id_number: driver for driver in parse_form(permit.case.form).drivers}
    if plan.direction == "empty_return" and plan.sizes is None:
        raise InvalidError([FieldFault("sizes", "空车返程须填报尺寸和质量", "an empty return states its sizes")])
    before = trips_of(work, number)
    content = content_on(permit, work.today)
    said = Announcement(_PURE[plan.direction], local_day(plan.departs_at), plan.arrives_on, plan.driver_id, plan.plates)
    reasons = [
        *may_announce(content, [_pure(trip) for trip in before], said, list(drivers)).reasons,
        *_own_reasons(work, content, plan),
    ]
    if reasons:
        listed = [FieldFault("trip", reason.zh, reason.en) for reason in reasons]
        raise ConflictError("；".join(one.zh for one in reasons), "; ".join(one.en for one in reasons), listed)
    driver = drivers[plan.driver_id]
    trip = Trip(
        id=uuid.uuid4(),
        permit_number=number,
        permit_id=permit.id,
        sequence=1 + max((one.sequence for one in before), default=0),
        direction=plan.direction,
        state="announced",
        departs_at=plan.departs_at,
        content=_content(plan, driver.name, driver.mobile),
        announced_by=work.actor.account_id,
        announced_at=work.now,
    )
    work.session.add(trip)
    work.session.flush()
    work.record(
        "trip_announced",
        case_id=permit.case_id,
        permit=number,
        trip=trip.id,
        sequence=trip.sequence,
        direction=trip.direction,
        departs_at=plan.departs_at,
    )
    return trip


def trips_of(work: UnitOfWork, number: str) -> list[Trip]:
    """All trips of a permit number, also under its earlier versions: a change gives no trip back."""
    return list(work.session.scalars(select(Trip).where(Trip.permit_number == number).order_by(Trip.sequence)))


def list_trips(work: UnitOfWork, number: str) -> tuple[list[Trip], int, int]:
    """Trips of a permit, how many loaded ones are used, and how many are permitted."""
    permit = find_permit(work, number, Action.READ_TRIP)
    rows = trips_of(work, number)
    used = sum(trip.direction == "outward" and trip.state != "cancelled" for trip in rows)
    return rows, used, permit.trips_allowed


def list_under_way(work: UnitOfWork, *, limit: int) -> list[tuple[Trip, Permit]]:
    """Trips under way that the account may read, each with its permit, the latest departure first."""
    authorise_somewhere(work, Action.READ_TRIP)
    query = (
        select(Trip, Permit)
        .join(Permit, Permit.id == Trip.permit_id)
        .join(Case, Case.id == Permit.case_id)
        .where(Trip.state == "under_way", visible(work, Action.READ_TRIP))
        .order_by(Trip.started_at.desc(), Trip.id)
        .limit(limit)
    )
    return [(trip, permit) for trip, permit in work.session.execute(query)]


def get_trip(work: UnitOfWork, trip_id: uuid.UUID) -> Trip:
    """One trip, for somebody who may read it.

    Raises:
        NotFoundError: There is none, or the account may not know of it.
    """
    return _find(work, trip_id, Action.READ_TRIP)[0]


def cancel_trip(work: UnitOfWork, trip_id: uuid.UUID, reason: str) -> Trip:
    """Withdraw an announcement before departure; it does not count."""
    trip, permit = _find(work, trip_id, Action.ANNOUNCE_TRIP, lock=True)
    _require(trip, "announced", "行程已开始或已结束，不能取消", "the trip has begun or is over")
    trip.state, trip.ended_at = "cancelled", work.now
    work.record("trip_cancelled", case_id=permit.case_id, permit=permit.number, trip=trip.id, reason=reason)
    return trip


def start_trip(work: UnitOfWork, trip_id: uuid.UUID) -> Trip:
    """Depart; the permit has to hold at that moment.

    Raises:
        ConflictError: The trip is not waiting, or the permit does not hold today.
    """
    trip, permit = _find(work, trip_id, Action.ANNOUNCE_TRIP, lock=True)
    _require(trip, "announced", "行程不在待出发状态", "the trip is not waiting to depart")
    content = content_on(permit, work.today)
    if content.status != "valid" or work.today < content.valid_from:
        raise ConflictError("通行证当前不能使用，不得出发", "the permit does not hold: no departure")
    trip.state, trip.started_at = "under_way", work.now
    work.record("trip_started", case_id=permit.case_id, permit=permit.number, trip=trip.id)
    return trip


def end_trip(work: UnitOfWork, trip_id: uuid.UUID) -> Trip:
    """Arrive."""
    trip, permit = _find(work, trip_id, Action.ANNOUNCE_TRIP, lock=True)
    _require(trip, "under_way", "行程没有开始，或者已结束", "the trip is not under way")
    trip.state, trip.ended_at = "ended", work.now
    work.record("trip_ended", case_id=permit.case_id, permit=permit.number, trip=trip.id)
    return trip


def record_passage(work: UnitOfWork, number: str, seen: Seen) -> Passage:
    """Record a load seen on its way, also one whose permit does not hold: that is a finding.

    Raises:
        InvalidError: The time lies ahead.
    """
    permit = find_permit(work, number, Action.RECORD_PASSAGE)
    if seen.at > work.now:
        raise InvalidError([FieldFault("at", "时间晚于现在", "the time lies ahead")])
    content = content_on(permit, local_day(seen.at))
    under_way = [trip for trip in trips_of(work, number) if trip.state == "under_way"]
    findings = list(dict.fromkeys([*seen.findings, *_found_by_itself(content, seen, is_announced=bool(under_way))]))
    passage = Passage(
        id=uuid.uuid4(),
        permit_number=number,
        trip_id=under_way[0].id if under_way else None,
        body_id=work.actor.body_id,
        seen_at=seen.at,
        content={
            "place": seen.place,
            "kind": seen.kind,
            "plates": list(seen.plates),
            "findings": findings,
            "remark": seen.remark,
            "permit_status": content.status,
        },
        recorded_by=work.actor.account_id,
        recorded_at=work.now,
    )
    work.session.add(passage)
    work.session.flush()
    work.record("passage_recorded", case_id=permit.case_id, permit=number, passage=passage.id, findings=findings)
    publish(work, "passage.recorded", {"permit": number, "seen_at": seen.at.isoformat(), **passage.content})
    if findings:
        told = f"通行证{number}在{seen.place}发现异常：{'、'.join(findings)}"
        tell_body(work, permit.body_id, permit.case, told, f"{number}: irregular at {seen.place}")
        tell_carrier(work, permit.case, "passage", told, f"{number}: irregular at {seen.place}")
    return passage


def list_passages(work: UnitOfWork, number: str, *, limit: int, offset: int) -> tuple[list[Passage], int]:
    """Passages of a permit, the latest first."""
    find_permit(work, number, Action.READ_TRIP)
    query = select(Passage).where(Passage.permit_number == number)
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Passage.seen_at.desc(), Passage.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def _find(work: UnitOfWork, trip_id: uuid.UUID, action: Action, *, lock: bool = False) -> tuple[Trip, Permit]:
    """A trip and its permit, for somebody who may do this; the permit is locked first, as an announcement does."""
    trip = work.session.get(Trip, trip_id)
    if trip is None:
        raise _no_trip(work, action)
    permit = find_permit(work, trip.permit_number, Action.READ_PERMIT, lock=lock)
    relation = relation_to(work, permit.case)
    if not isinstance(decide(roles_of(work.actor), Action.READ_TRIP, relation), Allowed):
        raise _no_trip(work, action)
    authorise(work.actor, action, relation)
    if lock:
        work.session.refresh(trip, with_for_update=True)
    return trip, permit


def _no_trip(work: UnitOfWork, action: Action) -> NotFoundError:
    if work.actor.account_id is None:
        authorise(work.actor, action)
    return NotFoundError("没有这个行程", "there is no such trip")


def _require(trip: Trip, state: str, zh: str, en: str) -> None:
    if trip.state != state:
        raise ConflictError(zh, en)


def _pure(trip: Trip) -> PureTrip:
    ended_on = local_day(trip.ended_at) if trip.ended_at and trip.state in _OVER else None
    return PureTrip(_PURE[trip.direction], local_day(trip.departs_at), ended_on, withdrawn=trip.state == "cancelled")


def _own_reasons(work: UnitOfWork, content: PermitContent, plan: TripPlan) -> Sequence[Words]:
    """What the pure rules cannot know: the moment, the escort, the size of an empty return."""
    reasons = []
    if plan.departs_at < work.now:
        reasons.append(Words("须在出发之前报备", "announce before departure"))
    escort = content.escort
    if escort is not None and plan.direction == "outward":
        wanted = escort.front_vehicles + escort.rear_vehicles
        if len(set(plan.escort_vehicles)) < wanted:
            reasons.append(Words(f"护送车辆应有{wanted}辆", f"{wanted} escort vehicles are wanted"))
        if len(set(plan.escort_staff)) < (escort.staff or 0):
            reasons.append(Words(f"护送人员应有{escort.staff}名", f"{escort.staff} escort staff are wanted"))
    if plan.sizes is not None and content.empty_return is not None:
        for name, title in _SIZES.items():
            most = getattr(content.empty_return, name)
            if plan.sizes[name] > most:
                reasons.append(Words(f"返程{title}超过许可的{most}", f"{name} exceeds {most} of the permit"))
    return reasons


def _content(plan: TripPlan, driver: str, mobile: str) -> dict[str, Any]:
    return {
        "arrives_on": plan.arrives_on.isoformat(),
        "driver": {"name": driver, "mobile": mobile},
        "plates": list(plan.plates),
        "escort_vehicles": list(plan.escort_vehicles),
        "escort_staff": list(plan.escort_staff),
        "sizes": plan.sizes,
    }


def _found_by_itself(content: PermitContent, seen: Seen, *, is_announced: bool) -> list[str]:
    """What is wrong whatever the officer saw."""
    found = [] if content.status == "valid" else ["permit_not_valid"]
    if seen.plates and set(seen.plates) != set(content.plates):
        found.append("vehicle_differs")
    return found if is_announced else [*found, "not_announced"]
