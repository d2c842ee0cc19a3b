"""Cases that have just been approved, straight into the database: no review has to run for them."""

import datetime as dt
import uuid
from typing import Any

from api.applications.form_reading import parse_form
from api.cases.review_job import deliver
from api.db.engine import transaction
from api.db.tables import Account, Case, Decision, FormVersion, Permit, Review
from api.demo.forms import DemoCarrier, DemoTrip, make_form
from api.permits.content import PermitContent
from api.permits.stored import signed_content
from api.unit_of_work import SYSTEM, UnitOfWork
from data.demo.traps import legal_mass, modular

FIRM = DemoCarrier("演示大件运输有限公司", "91110000600037341L", "A")
CITY = "transport:430100"
COUNTY = "transport:430121"
PROVINCE = "transport:430000"
STOPS = [("甲厂", 112.970, 28.195), ("乙站", 112.98, 28.2)]
DRIVER = "360426199101010071"


def report(*, near: bool = False) -> dict[str, Any]:
    """A review of one short route with one bridge passed under conditions."""
    return {
        "verdict": "conditional",
        "overlay_ids": [],
        "classification": {"class": "I", "near_threshold": ["height"] if near else []},
        "routes": [
            {
                "phrase": "甲厂—G107—乙站",
                "length_m": 12_300,
                "geometry": {"type": "LineString", "coordinates": [[112.97, 28.195], [112.975, 28.2], [112.98, 28.2]]},
                "legs": [
                    {"ref": "G107", "name": "国道107", "enter": None, "exit": None, "length_m": 12_300},
                ],
                "divisions": [{"code": "430121", "name": "长沙县", "length_m": 12_300}],
                "findings": [
                    {
                        "structure": {"id": "bridge/1", "name": "演示桥", "kind": "bridge"},
                        "outcome": "conditional",
                        "conditions": ["单车居中匀速通过"],
                        "at_m": 5_000,
                        "quantity": "load",
                    }
                ],
            }
        ],
    }


class Office:
    """A city's department, its county, the firm, and permits made for them."""

    def __init__(self, people: Any, sessions: Any, clock: Any) -> None:
        self.people, self.sessions, self.clock = people, sessions, clock
        self._clients: dict[str, Any] = {}
        self._serial = 0
        people.body(PROVINCE, level="province", code="430000")
        people.body(CITY)
        people.body(COUNTY, level="county", code="430121")
        people.body("transport:430200", code="430200")
        people.body("toll:1", kind="toll_operator", level="none", code=None)
        self.carrier_id = people.carrier()
        self.other_id = people.carrier("91430000MA4L000002", "演示另一家")
        people.account("carrier", "carrier", carrier_id=self.carrier_id)
        people.account("other", "carrier", carrier_id=self.other_id)
        people.account("officer", "enforcement", body_id=CITY)
        people.account("county-officer", "enforcement", body_id=COUNTY)
        people.account("far-officer", "enforcement", body_id="transport:430200")
        people.account("approver", "approver", body_id=CITY)
        people.account("window", "window", body_id=CITY)
        people.account("toll", "toll_operator", body_id="toll:1")
        people.account("admin", "admin", body_id=PROVINCE)
        self.program = people.account("program", "service", body_id=PROVINCE)

    def __getitem__(self, login: str) -> Any:
        if login not in self._clients:
            self._clients[login] = self.people.sign_in(login)
        return self._clients[login]

    def work(self, session: Any) -> UnitOfWork:
        return UnitOfWork(session, SYSTEM, self.clock())

    def form(self, *, vehicle: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        self._serial += 1
        days, trips = changes.pop("days", 3), changes.pop("trips", 1)
        start = changes.pop("start", self.clock().date())
        trip = DemoTrip(STOPS, start, days=days, trips=trips)
        escort = changes.pop("escort", False)
        form = make_form(FIRM, vehicle or legal_mass(), trip, serial=f"YS-{self._serial:04d}", escort=escort)
        form["trip"].update(changes.pop("trip", {}))
        form.update(changes)
        return parse_form(form).model_dump(mode="json")

    def approved(
        self,
        form: dict[str, Any] | None = None,
        *,
        vehicle_class: str = "I",
        near: bool = False,
        automatic: bool = False,
    ) -> uuid.UUID:
        """A case in the state `approved`; its id."""
        plain = form or self.form()
        with transaction(self.sessions) as session:
            submitter = session.query(Account).filter_by(login="carrier").one().id
            approver = session.query(Account).filter_by(login="approver").one().id
            case = Case(
                id=uuid.uuid4(),
                number=f"DJ-43-2026-{uuid.uuid4().hex[:8]}",
                carrier_id=self.carrier_id,
                submitted_by=submitter,
                state="approved",
                province="43",
                form=plain,
                form_version=1,
                vehicle_class=vehicle_class,
                verdict="conditional",
                scope="own",
                deciding_body_id=CITY,
                submitted_at=self.clock() - dt.timedelta(days=3),
                ended_at=self.clock(),
                remarks={},
            )
            session.add(case)
            session.flush()
            session.add(FormVersion(case_id=case.id, version=1, form=plain, reason="申请", created_at=self.clock()))
            self.review(session, case, near=near)
            session.add(
                Decision(
                    case_id=case.id,
                    item="highway",
                    body_id=CITY,
                    state="approved",
                    conditions=["限白天通行"],
                    opened_on=self.clock().date(),
                    decided_by=approver,
                    decided_at=self.clock(),
                    is_automatic=automatic,
                )
            )
            return case.id

    def review(self, session: Any, case: Case, *, near: bool = False) -> None:
        """The review of a case's form as it stands."""
        stages = {name: [] for name in ("not_accepted", "to_follow", "correction", "refusals")}
        row = Review(
            id=uuid.uuid4(),
            case_id=case.id,
            form_version=case.form_version,
            round=1,
            verdict="conditional",
            report=report(near=near),
            comparison={"comparison": {"items": []}, "stages": stages},
            plan={"decides": {"id": CITY}},
            network_id="network-1",
            rules_id="rules-1",
            policy_id="policy-1",
            created_at=self.clock(),
        )
        session.add(row)
        session.flush()
        case.review_id = row.id

    def issue(self, form: dict[str, Any] | None = None, **more: Any) -> str:
        """An issued permit; its number."""
        case_id = self.approved(form, **more)
        with transaction(self.sessions) as session:
            deliver(self.work(session), str(case_id))
        with self.sessions() as session:
            return session.query(Permit).filter_by(case_id=case_id).one().number

    def versions(self, number: str) -> list[Permit]:
        with self.sessions() as session:
            return list(session.query(Permit).filter_by(number=number).order_by(Permit.version))

    def content(self, number: str) -> PermitContent:
        return signed_content(self.versions(number)[-1])

    def check_of(self, number: str, login: str = "officer") -> dict[str, Any]:
        """The open check of a permit."""
        items = self[login].get("/api/v1/checks", params={"state": "open", "limit": 200}).json()["items"]
        return next(one for one in items if one["permit_number"] == number)

    def three(self, **changes: Any) -> dict[str, Any]:
        """A form of class III with its escort plan."""
        return self.form(vehicle=modular(12, 14_000), escort=True, **changes)


def sheet_of(content: PermitContent, at: dt.datetime, **changes: Any) -> dict[str, Any]:
    """A check sheet that agrees with a permit in everything."""
    vehicle, escort = content.vehicle, content.escort
    measured = {
        "height_mm": vehicle.height_mm,
        "width_mm": vehicle.width_mm,
        "length_mm": vehicle.length_mm,
        "gross_mass_kg": vehicle.gross_mass_kg,
        "axle_loads_kg": [axle.load_kg for axle in vehicle.axles],
        "axle_spacings_mm": [axle.spacing_mm for axle in vehicle.axles],
        "tyres": sum(axle.tyres for axle in vehicle.axles),
        "instruments": ["激光测距仪 001", "地磅 002"],
    }
    measured.update(changes.pop("measured", {}))
    return {
        "permit_number": content.number,
        "place": "甲厂",
        "checked_at": at.isoformat(),
        "officers": [{"name": "演示甲", "certificate": "A1"}, {"name": "演示乙", "certificate": "A2"}],
        "carrier": content.holder.name,
        "plates": list(content.plates),
        "vins_match": True,
        "measured": measured,
        "cargo_name": content.cargo.name,
        "pieces": content.cargo.pieces,
        "indivisible": True,
        "escort_vehicles": escort.front_vehicles + escort.rear_vehicles if escort else None,
        "escort_staff": escort.staff if escort else None,
        "marking": True,
        "lamps": True,
        "fixing": True,
        **changes,
    }


def trip_of(content: PermitContent, at: dt.datetime, **changes: Any) -> dict[str, Any]:
    """An announcement that a permit allows."""
    return {
        "direction": "outward",
        "departs_at": at.isoformat(),
        "arrives_on": at.date().isoformat(),
        "driver_id": DRIVER,
        "plates": list(content.plates),
        "escort_vehicles": ["湘A00001", "湘A00002"],
        "escort_staff": ["演示护送员甲", "演示护送员乙"],
        **changes,
    }
