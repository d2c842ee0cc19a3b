"""Trips in the demo's stories (演示行程): announced, begun, ended."""

import datetime as dt

from sqlalchemy import select

from api.applications.form_reading import parse_form
from api.db.tables import Permit, Trip
from api.demo.desk import Desk
from api.demo.people import carrier_account
from api.permits.trips_service import TripPlan, announce_trip, end_trip, start_trip
from api.unit_of_work import LOCAL


def announce(desk: Desk) -> None:
    """报备: the first day the permit holds, or tomorrow; a permit that awaits its check cannot be used yet."""
    permit = _permit(desk)
    if permit.status != "valid":
        return
    form = parse_form(desk.case.form)
    day = max(permit.valid_from, desk.day + dt.timedelta(days=1))
    plan = TripPlan(
        direction="outward",
        departs_at=dt.datetime.combine(day, dt.time(9, 0), LOCAL),
        arrives_on=day,
        driver_id=form.drivers[0].id_number,
        plates=form.plates,
    )
    announce_trip(desk.work(carrier_account(desk.session, desk.firm)), permit.number, plan)


def start(desk: Desk) -> None:
    """出发."""
    for trip in _trips(desk):
        start_trip(desk.work(carrier_account(desk.session, desk.firm)), trip.id)


def end(desk: Desk) -> None:
    """到达."""
    for trip in _trips(desk):
        end_trip(desk.work(carrier_account(desk.session, desk.firm)), trip.id)


def _permit(desk: Desk) -> Permit:
    wanted = select(Permit).where(Permit.case_id == desk.case.id).order_by(Permit.version.desc())
    return desk.session.scalars(wanted.limit(1)).one()


def _trips(desk: Desk) -> list[Trip]:
    return list(desk.session.scalars(select(Trip).where(Trip.permit_number == _permit(desk).number)))
