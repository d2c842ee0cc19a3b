"""Handing in over HTTP: one draft, one case, whatever happens."""

import copy
import hashlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text

from api.accounts.identify import actor_of
from api.applications import submit as submitting
from api.applications.endpoints_example import EXAMPLE_FORM
from api.applications.form_reading import parse_form
from api.applications.submit import revise_form
from api.applications.submit_province import province_at
from api.db.engine import transaction
from api.db.tables import Account, ArchiveItem, AttachmentUse, Case, Event, FormVersion
from api.errors import InvalidError
from api.unit_of_work import UnitOfWork

DRAFTS = "/api/v1/drafts"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def own(people) -> TestClient:
    people.account("own", "carrier", carrier_id=people.carrier())
    return people.sign_in("own")


@pytest.fixture(scope="module")
def other(people) -> TestClient:
    people.account("other", "carrier", carrier_id=people.carrier("91430000MA4L000002", "演示另一家"))
    return people.sign_in("other")


def form(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(EXAMPLE_FORM), **parts}


def begin(client: TestClient, content: dict[str, Any]) -> str:
    answer = client.post(DRAFTS, json={"content": content})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def upload(client: TestClient, content: bytes = PDF, name: str = "图.pdf") -> str:
    answer = client.post("/api/v1/attachments", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def twin(client: TestClient) -> TestClient:
    """Another tab of the same browser."""
    another = TestClient(client.app, raise_server_exceptions=False, cookies=client.cookies)
    another.headers["X-CSRF-Token"] = client.headers["X-CSRF-Token"]
    return another


def counts(sessions) -> dict[str, int]:
    with sessions() as session:
        tables = {table.__tablename__: select(func.count()).select_from(table) for table in (Case, FormVersion)}
        found = {name: session.scalar(query) for name, query in tables.items()}
        found["archive"] = session.scalar(select(func.count()).select_from(ArchiveItem))
        found["uses"] = session.scalar(select(func.count()).select_from(AttachmentUse))
        found["events"] = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "submitted"))
        job = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'review_case'")
        found["jobs"] = session.scalar(job)
        return found


def test_handing_in_makes_a_case_with_all_that_belongs_to_it(own: TestClient, sessions, clock) -> None:
    drawing = upload(own)
    draft = begin(own, form(outline_drawing=drawing, attachments={"photos": [drawing]}))
    answer = own.post(f"{DRAFTS}/{draft}/submit")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    prefix, province, year, number = said["number"].split("-")
    assert (prefix, province, year) == ("DJ", "43", "2026")
    assert len(number) == 6
    assert number.isdigit()
    assert (said["state"], said["form_version"], said["draft_id"]) == ("submitted", 1, draft)
    assert answer.headers["Location"] == f"/api/v1/cases/{said['id']}"
    with sessions() as session:
        case = session.get(Case, uuid.UUID(said["id"]))
        version = session.get(FormVersion, (case.id, 1))
        event = session.scalars(select(Event).where(Event.case_id == case.id)).one()
        job = session.execute(
            text("SELECT args, lock FROM procrastinate_jobs WHERE args->>'case_id' = :id"), {"id": said["id"]}
        ).one()
        uses = session.scalars(select(AttachmentUse).where(AttachmentUse.case_id == case.id)).all()
        assert (case.province, case.submitted_at) == ("43", clock())
        assert version.form == case.form
        assert parse_form(case.form) == parse_form(form(outline_drawing=drawing, attachments={"photos": [drawing]}))
        assert (event.kind, event.data["number"], event.data["draft"]) == ("submitted", said["number"], draft)
        assert job == ({"case_id": said["id"]}, f"case:{said['id']}")
        assert [(str(use.attachment_id), use.for_carrier) for use in uses] == [(drawing, True)]


def test_the_wording_agreed_to_is_stored_by_its_hash(own: TestClient, sessions) -> None:
    shown = {one["id"]: one for one in own.get("/api/v1/application-form/wording").json()["items"]}
    truthful = shown["truthful"]
    whole_text = "\n".join(["truthful", truthful["version"], truthful["zh"], truthful["en"]])
    assert truthful["sha256"] == hashlib.sha256(whole_text.encode()).hexdigest()
    draft = begin(own, form(declarations={"truthful": True, "promise_accepted": True}))
    case = own.post(f"{DRAFTS}/{draft}/submit", json={"wording_sha256": truthful["sha256"]}).json()
    with sessions() as session:
        agreed = session.get(Case, uuid.UUID(case["id"])).remarks["agreed"]
        event = session.scalars(select(Event).where(Event.case_id == uuid.UUID(case["id"]))).one()
    assert {name: one["sha256"] for name, one in agreed.items()} == {name: one["sha256"] for name, one in shown.items()}
    assert event.data["agreed"] == agreed


def test_an_outdated_wording_is_no_agreement(own: TestClient, sessions) -> None:
    before = counts(sessions)
    answer = own.post(f"{DRAFTS}/{begin(own, form())}/submit", json={"wording_sha256": "0" * 64})
    assert answer.status_code == 409
    assert counts(sessions) == before


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, {"agent", "cargo", "trip", "whole"}),
        (form(declarations={}), {"declarations.truthful"}),
        (form(declarations={"truthful": False}), {"declarations.truthful"}),
        (form(carrier={**EXAMPLE_FORM["carrier"], "uscc": "91430000MA4L000002"}), {"carrier.uscc"}),
        (form(outline_drawing=str(uuid.uuid4())), {"outline_drawing"}),
        (
            form(attachments={"photos": ["no-id"], "other": [str(uuid.uuid4())]}),
            {"attachments.photos.0", "attachments.other.0"},
        ),
        (form(trip={**EXAMPLE_FORM["trip"], "origin": {"name": "海上", "lon": 125.0, "lat": 25.0}}), {"trip.origin"}),
        (form(cargo={**EXAMPLE_FORM["cargo"], "mass_kg": -1}, agent=None), {"cargo.mass_kg", "agent"}),
    ],
    ids=["empty", "not declared", "declared not", "another firm", "no drawing", "no papers", "at sea", "two faults"],
)
def test_all_faults_are_named_and_nothing_is_made(own: TestClient, sessions, content, fields) -> None:
    draft = begin(own, content)
    before = counts(sessions)
    answer = own.post(f"{DRAFTS}/{draft}/submit")
    assert answer.status_code == 422
    assert fields <= {fault["field"] for fault in answer.json()["faults"]}
    assert counts(sessions) == before
    assert own.get(f"{DRAFTS}/{draft}").status_code == 200


def test_another_carriers_attachment_does_not_exist_for_a_form(own: TestClient, other: TestClient) -> None:
    theirs = upload(other, PDF + b"theirs %%EOF", "theirs.pdf")
    answer = own.post(f"{DRAFTS}/{begin(own, form(outline_drawing=theirs))}/submit")
    assert {fault["field"] for fault in answer.json()["faults"]} == {"outline_drawing"}


def test_a_repeat_answers_with_the_same_case(own: TestClient, sessions) -> None:
    draft = begin(own, form())
    first = own.post(f"{DRAFTS}/{draft}/submit")
    after = counts(sessions)
    again = own.post(f"{DRAFTS}/{draft}/submit")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert counts(sessions) == after


def test_ten_at_once_make_one_case(own: TestClient, sessions) -> None:
    draft = begin(own, form())
    before = counts(sessions)
    clients = [twin(own) for _ in range(10)]
    gate = threading.Barrier(10)

    def hand_in(client: TestClient) -> tuple[int, str]:
        gate.wait()
        answer = client.post(f"{DRAFTS}/{draft}/submit")
        return answer.status_code, answer.text

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(hand_in, clients))
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({body for _, body in answers}) == 1
    after = counts(sessions)
    assert {name: after[name] - before[name] for name in ("application_case", "form_version", "events", "jobs")} == {
        "application_case": 1,
        "form_version": 1,
        "events": 1,
        "jobs": 1,
    }


def test_many_drafts_at_once_make_as_many_cases(own: TestClient, sessions) -> None:
    drafts = [begin(own, form()) for _ in range(10)]
    before = counts(sessions)
    clients = [twin(own) for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        jobs = [pool.submit(clients[n % 5].post, f"{DRAFTS}/{draft}/submit") for n, draft in enumerate(drafts)]
        answers = [job.result() for job in jobs]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 10
    assert counts(sessions)["application_case"] == before["application_case"] + 10


@pytest.mark.parametrize("step", ["_hand_over", "_tie_question", "archive_form", "use_attachments", "_version"])
def test_a_failure_at_any_step_leaves_nothing(own: TestClient, sessions, monkeypatch, step: str) -> None:
    draft = begin(own, form())
    before = counts(sessions)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patched:
        patched.setattr(submitting, step, fail)
        assert own.post(f"{DRAFTS}/{draft}/submit").status_code == 500
    assert counts(sessions) == before
    assert own.post(f"{DRAFTS}/{draft}/submit").status_code == 201


def test_a_save_while_it_is_handed_in_is_either_in_the_case_or_refused(own: TestClient, sessions) -> None:
    for _ in range(5):
        draft = begin(own, form())
        changed = form(cargo={**EXAMPLE_FORM["cargo"], "name": "改过的名称"})
        saver, sender = twin(own), twin(own)
        gate = threading.Barrier(2)

        def save(saver=saver, gate=gate, draft=draft, changed=changed) -> int:
            gate.wait()
            headers = {"If-Match": '"1"'}
            return saver.put(f"{DRAFTS}/{draft}", json={"content": changed}, headers=headers).status_code

        with ThreadPoolExecutor(1) as pool:
            saving = pool.submit(save)
            gate.wait()
            sent = sender.post(f"{DRAFTS}/{draft}/submit")
            status = saving.result()
        assert sent.status_code == 201
        with sessions() as session:
            name = session.get(Case, uuid.UUID(sent.json()["id"])).form["cargo"]["name"]
        assert (status, name) in {(200, "改过的名称"), (409, "发电机定子")}


def test_a_revised_form_is_another_version_and_a_repeat_is_none(own: TestClient, sessions, clock) -> None:
    drawing = upload(own, PDF + b"% revised %%EOF", "revised.pdf")
    case_id = uuid.UUID(own.post(f"{DRAFTS}/{begin(own, form())}/submit").json()["id"])
    revised = form(outline_drawing=drawing)

    def revise(raw: object) -> int:
        with transaction(sessions) as session:
            account = session.scalars(select(Account).where(Account.login == "own")).one()
            work = UnitOfWork(session, actor_of(account), clock())
            return revise_form(work, session.get(Case, case_id), raw, "补正").version

    assert revise(revised) == 2
    assert revise(revised) == 2
    with pytest.raises(InvalidError):
        revise(form(agent=None))
    with sessions() as session:
        case = session.get(Case, case_id)
        versions = session.scalars(select(FormVersion).where(FormVersion.case_id == case_id)).all()
        assert (case.form_version, case.form["outline_drawing"]) == (2, drawing)
        assert {version.version: version.reason for version in versions} == {1: "申请", 2: "补正"}
        assert session.get(FormVersion, (case_id, 1)).form["outline_drawing"] is None
        assert session.get(AttachmentUse, (uuid.UUID(drawing), case_id)) is not None
        kinds = session.scalars(select(Event.kind).where(Event.case_id == case_id).order_by(Event.seq)).all()
        assert list(kinds) == ["submitted", "form_revised"]


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ((112.94, 28.23), "43"),  # 长沙
        ((116.40, 39.90), "11"),  # 北京
        ((87.62, 43.83), "65"),  # 乌鲁木齐
        ((113.27, 23.13), "44"),  # 广州
        ((116.58, 35.41), "37"),  # 济宁
        ((121.57, 31.24), "31"),  # 上海
        ((106.55, 29.56), "50"),  # 重庆
        ((139.69, 35.69), None),  # 东京
    ],
)
def test_provinces_of_known_cities(place, province) -> None:
    assert province_at(*place) == province
