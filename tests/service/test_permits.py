"""Permits over HTTP: issued, read, changed, ended, verified, handed to the toll side."""

import base64
import datetime as dt
import io
import re
import uuid

import numpy as np
import pytest
import zxingcpp
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlalchemy import select

from api.accounts.tokens import hash_of
from api.cases.review_job import deliver
from api.db.engine import transaction
from api.db.tables import Case, CheckTask, FormVersion, Permit, ServiceToken, WhatIf
from api.permits import signing
from api.permits.content import content_hash
from api.permits.issuing import end_permits, reissue_permit
from api.permits.revocation_service import sign_list
from api.permits.revocations import read_revocation_list
from api.permits.stored import signed_content
from api.permits.verify import verify
from api.provinces.settings import set_setting
from api.unit_of_work import Actor, UnitOfWork
from tests.service.issued import CITY, COUNTY, Office, report

PERMITS = "/api/v1/permits"
PUBLIC = "/api/v1/public"
LOCAL_NOW = dt.datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001 - local time in China, as verification takes it


@pytest.fixture(scope="module")
def office(people, sessions, clock) -> Office:
    return Office(people, sessions, clock)


def end(office: Office, number: str, kind: str = "revoked") -> None:
    with transaction(office.sessions) as session:
        case = session.get(Case, office.versions(number)[-1].case_id)
        end_permits(office.work(session), case, kind, "演示")


def change(office: Office, number: str, **form: object) -> None:
    """Decide a change to another form, its review done."""
    with transaction(office.sessions) as session:
        case = session.get(Case, office.versions(number)[-1].case_id)
        case.form_version += 1
        case.form = {**case.form, **form}
        session.add(
            FormVersion(
                case_id=case.id, version=case.form_version, form=case.form, reason="变更", created_at=office.clock()
            )
        )
        office.review(session, case)
        reissue_permit(office.work(session), case, "演示变更")


def outcome(office: Office, text: str) -> dict[str, object]:
    answer = office.people.nobody().post(f"{PUBLIC}/verify", data={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_permit_says_what_was_decided(office: Office) -> None:
    form = office.form()
    number = office.issue(form)
    answer = office["carrier"].get(f"{PERMITS}/{number}")
    assert answer.status_code == 200
    permit = answer.json()
    assert (permit["status"], permit["version"], permit["trips_allowed"]) == ("valid", 1, 1)
    content = permit["versions"][0]["content"]
    assert content["tractor"]["plate"] == form["tractor"]["plate"]
    assert content["vehicle"]["gross_mass_kg"] == form["whole"]["gross_mass_kg"]
    assert content["valid_from"] == form["trip"]["start_date"]
    assert [one["text"] for one in content["conditions"]] == ["限白天通行"]
    assert content["structures"][0]["id"] == "bridge/1"
    assert content["issuer"]["signer"] == "演示approver"


def test_who_may_read_a_permit(office: Office) -> None:
    number = office.issue()
    seen = {
        login: office[login].get(f"{PERMITS}/{number}").status_code
        for login in ("carrier", "other", "officer", "far-officer", "approver", "admin", "toll")
    }
    assert seen == {
        "carrier": 200,
        "other": 404,
        "officer": 200,
        "far-officer": 200,
        "approver": 200,
        "admin": 403,
        "toll": 404,
    }
    assert office.people.nobody().get(f"{PERMITS}/{number}").status_code == 401
    listed = {
        login: number in [one["number"] for one in office[login].get(PERMITS).json()["items"]]
        for login in ("carrier", "other", "officer")
    }
    assert listed == {"carrier": True, "other": False, "officer": True}


def test_permits_are_found_by_plate_status_and_day(office: Office) -> None:
    form = office.form()
    number, plate = office.issue(form), form["tractor"]["plate"]
    carrier = office["carrier"]

    def found(**query: object) -> list[str]:
        answer = carrier.get(PERMITS, params=query)
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["items"]]

    assert found(plate=plate) == [number]
    assert found(plate=plate, status="revoked") == []
    assert found(plate=plate, on=form["trip"]["start_date"]) == [number]
    assert found(plate=plate, on="2030-01-01") == []
    end(office, number)
    assert found(plate=plate, status="revoked") == [number]
    assert found(plate=plate, status=["valid", "expired"]) == []


def test_the_paper_is_the_same_each_time_and_verifies_offline(office: Office) -> None:
    number = office.issue()
    first, second = (office["carrier"].get(f"{PERMITS}/{number}/pdf") for _ in range(2))
    assert first.content == second.content
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["content-disposition"].startswith("inline")
    today = LOCAL_NOW
    found = verify(first.content, signing.current().trusted(), revocations=None, on=today)
    assert (found.outcome, found.pages) == ("genuine", "sealed")
    assert number in PdfReader(io.BytesIO(first.content)).pages[0].extract_text().replace("\x00", "")
    record = office["carrier"].get(f"{PERMITS}/{number}/record").text
    assert verify(record, signing.current().trusted(), revocations=None, on=today).outcome == "genuine"
    assert outcome(office, record)["outcome"] == "genuine"
    file = {"file": ("a.pdf", first.content, "application/pdf")}
    shown = office.people.nobody().post(f"{PUBLIC}/verify", files=file).json()
    assert (shown["outcome"], shown["pages"], shown["known_here"]) == ("genuine", "sealed", True)


def test_an_altered_paper_is_found(office: Office) -> None:
    number = office.issue()
    pdf = office["carrier"].get(f"{PERMITS}/{number}/pdf").content
    at = pdf.index(b"stream") + 40
    altered = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    file = {"file": ("a.pdf", altered, "application/pdf")}
    assert office.people.nobody().post(f"{PUBLIC}/verify", files=file).json()["outcome"] != "genuine"
    record = office["carrier"].get(f"{PERMITS}/{number}/record").text
    swapped = record[:40] + ("A" if record[40] != "A" else "B") + record[41:]
    assert outcome(office, swapped)["outcome"] in {"tampered", "unreadable", "unknown_key"}


@pytest.mark.parametrize("text", ["", "x", "DJ1:", "DJ1:AAAA", "😀", "a" * 5000])
def test_anything_may_be_sent_to_be_verified(office: Office, text: str) -> None:
    answer = office.people.nobody().post(f"{PUBLIC}/verify", data={"text": text})
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert answer.json()["outcome"] == "unreadable"


def test_the_qr_code_holds_the_record(office: Office) -> None:
    number = office.issue()
    picture = office["carrier"].get(f"{PERMITS}/{number}/qr.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "xmlns=" in picture.text
    assert picture.text.count("<svg") == 1
    record = office["carrier"].get(f"{PERMITS}/{number}/record").text
    assert read_qr(picture.text) == record


def read_qr(svg: str) -> str:
    """Paint the rows of the picture's path into pixels, and let another library read them."""
    side = int(float(re.search(r'width="([\d.]+)"', svg)[1])) // 3
    dark = np.full((side, side), 255, np.uint8)
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.search(r' d="([^"]+)"', svg)[1]):
        values = [float(one) for one in numbers.replace("-", " -").split()]
        if letter == "h":
            dark[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            x, y = (values[0], values[1]) if letter == "M" else (x + values[0], y + values[1])
    return zxingcpp.read_barcode(np.kron(dark, np.ones((4, 4), np.uint8))).text


def test_a_revoked_permit_says_so_itself(office: Office) -> None:
    number = office.issue()
    before = office["carrier"].get(f"{PERMITS}/{number}/record").text
    end(office, number)
    shown = office["carrier"].get(f"{PERMITS}/{number}").json()
    assert (shown["status"], shown["versions"][0]["content"]["status"]) == ("revoked", "valid")
    pdf = office["carrier"].get(f"{PERMITS}/{number}/pdf").content
    today = LOCAL_NOW
    keys = signing.current().trusted()
    assert verify(pdf, keys, revocations=None, on=today).outcome == "revoked"
    assert verify(before, keys, revocations=None, on=today).outcome == "genuine"
    assert outcome(office, before)["outcome"] == "revoked"
    with transaction(office.sessions) as session:
        row = sign_list(office.work(session))
    listed = read_revocation_list(row.content, keys)
    assert verify(before, keys, revocations=listed, on=today).outcome == "revoked"


def test_the_list_is_handed_out_with_its_age(office: Office, clock) -> None:
    number = office.issue()
    nobody = office.people.nobody()
    with transaction(office.sessions) as session:
        sign_list(office.work(session))
    before = nobody.get(f"{PUBLIC}/revocations").json()
    end(office, number, "cancelled")
    with transaction(office.sessions) as session:
        sign_list(office.work(session))
    clock.forward(minutes=10)
    after = nobody.get(f"{PUBLIC}/revocations").json()
    assert (after["list_number"], after["entries"]) == (before["list_number"] + 1, before["entries"] + 1)
    assert after["age_s"] == 600
    keys = [key["key_id"] for key in nobody.get(f"{PUBLIC}/keys").json()]
    assert keys == [key.key_id.hex() for key in signing.current().trusted()]
    listed = read_revocation_list(base64.b64decode(after["content_base64"]), signing.current().trusted())
    assert listed.find(number, 1) == "cancelled"


def test_the_public_learns_little(office: Office) -> None:
    form = office.form()
    number = office.issue(form)
    shown = office.people.nobody().get(f"{PUBLIC}/permits/{number}")
    assert shown.status_code == 200
    said = shown.text
    assert shown.json()["status"] == "valid"
    for secret in (form["carrier"]["name"], form["carrier"]["mobile"], form["tractor"]["plate"], form["cargo"]["name"]):
        assert secret not in said
    assert office.people.nobody().get(f"{PUBLIC}/permits/430100202611230000X").status_code == 404
    assert office.people.nobody().get(f"{PUBLIC}/permits/..%2F").status_code in {404, 422}


def test_a_change_makes_a_version_and_keeps_the_old(office: Office) -> None:
    number = office.issue(office.form(days=4))
    old = office["carrier"].get(f"{PERMITS}/{number}/record").text
    with office.sessions() as session:
        form = session.get(Case, office.versions(number)[0].case_id).form
    change(office, number, tractor={**form["tractor"], "plate": "湘A77777"})
    shown = office["carrier"].get(f"{PERMITS}/{number}").json()
    assert [(one["version"], one["status"]) for one in shown["versions"]] == [(1, "changed"), (2, "valid")]
    assert shown["plates"][0] == "湘A77777"
    assert outcome(office, old)["outcome"] == "revoked"
    assert outcome(office, shown["versions"][1]["record"])["outcome"] == "genuine"
    keys = signing.current().trusted()
    assert verify(shown["versions"][0]["record"], keys, revocations=None, on=LOCAL_NOW).outcome == "revoked"
    gone = office.issue()
    end(office, gone)
    with transaction(office.sessions) as session:
        listed = read_revocation_list(sign_list(office.work(session)).content, keys)
    found = [listed.find(number, 1), listed.find(number, 2), listed.find(gone, 1)]
    assert found == ["changed", None, "revoked"]
    old_paper = office["carrier"].get(f"{PERMITS}/{number}/pdf", params={"version": 1}).content
    found = verify(old_paper, signing.current().trusted(), revocations=None, on=LOCAL_NOW)
    assert found.outcome == "revoked"


def test_a_change_says_what_is_looked_at_again(office: Office) -> None:
    number = office.issue()
    case_id = office.versions(number)[0].case_id
    assert office["carrier"].get(f"/api/v1/cases/{case_id}/change").status_code == 409
    with office.sessions() as session:
        form = session.get(Case, case_id).form
    changed = {**form, "tractor": {**form["tractor"], "plate": "湘A88888"}}
    sent = {"reason": "更换牵引车", "form": changed}
    answer = office["carrier"].post(f"/api/v1/cases/{case_id}/actions/request_change", json=sent)
    assert answer.status_code == 200, answer.text
    shown = office["carrier"].get(f"/api/v1/cases/{case_id}/change").json()
    assert [one["field"] for one in shown["fields"]] == ["tractor.plate"]
    assert shown["keeps_road_review"] is True
    assert {one["id"] for one in shown["checks"]} == {"papers", "check_before_departure"}
    assert office["other"].get(f"/api/v1/cases/{case_id}/change").status_code == 404


def test_what_is_signed_is_never_written_over(office: Office) -> None:
    number = office.issue()
    end(office, number)
    permit = office.versions(number)[0]
    found = verify(permit.record, signing.current().trusted(), revocations=None, on=LOCAL_NOW)
    assert found.record.content_hash == content_hash(signed_content(permit))


def test_a_permit_runs_out(office: Office, clock) -> None:
    number = office.issue()
    start = clock.moment
    clock.forward(days=5)
    try:
        shown = office.people.nobody().get(f"{PUBLIC}/permits/{number}").json()
        assert shown["status"] == "expired"
        record = office.versions(number)[0].record
        assert outcome(office, record)["outcome"] == "expired"
    finally:
        clock.moment = start


def test_a_plan_of_trips_is_valid_for_six_months_at_most(office: Office) -> None:
    number = office.issue(office.form(trips=30, days=400))
    content = office.content(number)
    assert content.trips == 30
    assert content.valid_until == dt.date(2027, 5, 22)


def test_a_plan_that_needs_strengthening_is_issued_for_one_trip(office: Office) -> None:
    case_id = office.approved(office.form(trips=30, days=100))
    with transaction(office.sessions) as session:
        office.work(session).record("order_reinforcement", case_id=case_id)
    with transaction(office.sessions) as session:
        deliver(office.work(session), str(case_id))
    with office.sessions() as session:
        permit = session.scalar(select(Permit).where(Permit.case_id == case_id))
    assert permit.trips_allowed == 1
    assert "加固" in permit.content["remark"]
    assert (permit.valid_until - permit.valid_from).days == 4


def test_a_plan_may_be_asked_about(office: Office) -> None:
    trips = [{"on": day, "plates": ["湘A1"], "route": "甲乙", "load": "叶片"} for day in ("2026-12-01", "2027-05-31")]
    answer = office["carrier"].post("/api/v1/trip-plans/check", json={"trips": trips})
    assert answer.json()["ok"] is True, answer.text
    trips[1]["on"] = "2027-06-01"
    trips[1]["plates"] = ["湘A2"]
    said = office["carrier"].post("/api/v1/trip-plans/check", json={"trips": trips}).json()
    assert (said["ok"], len(said["reasons"])) == (False, 2)


# Toll side


@pytest.fixture
def program(office: Office, people) -> TestClient:
    token = f"djs_{uuid.uuid4().hex}"
    with transaction(office.sessions) as session:
        session.add(
            ServiceToken(
                token_hash=hash_of(token), account_id=office.program.id, name="收费站", created_at=office.clock()
            )
        )
    client = TestClient(people.app, raise_server_exceptions=False)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def pages(client, since: int = 0, limit: int = 500) -> tuple[dict[str, dict[str, object]], int]:
    """Everything since a place, as a receiver keeps it."""
    kept: dict[str, dict[str, object]] = {}
    while True:
        answer = client.get("/api/v1/exports/toll-records", params={"since": since, "limit": limit})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        kept.update({one["number"]: one for one in page["items"]})
        since = page["next_since"]
        if not page["more"]:
            return kept, since


def test_the_toll_side_gets_what_holds_and_drops_what_does_not(office: Office, program) -> None:
    _, since = pages(program)
    valid, gone = office.issue(), office.issue()
    withheld = office.issue(office.three(), vehicle_class="III")
    kept, since = pages(program, since)
    assert set(kept) == {valid, gone}
    assert kept[valid]["record"]["certNo"] == valid
    end(office, gone)
    later, since = pages(program, since)
    assert later == {gone: {"number": gone, "action": "delete", "record": None}}
    assert pages(program, since) == ({}, since)
    assert withheld not in pages(program)[0]


def test_small_pages_give_the_same_as_one_large(office: Office, program) -> None:
    for _ in range(3):
        end(office, office.issue())
    assert pages(program, limit=1)[0] == pages(program, limit=500)[0]


def test_who_may_export(office: Office) -> None:
    path = "/api/v1/exports/toll-records"
    seen = {login: office[login].get(path).status_code for login in ("carrier", "officer", "toll", "admin")}
    assert seen == {"carrier": 403, "officer": 403, "toll": 200, "admin": 403}
    assert office["toll"].get(path).json()["items"] == []  # no packet of a case has been sent to it


# When a check is due


def reason_of(office: Office, number: str) -> tuple[str | None, str]:
    with office.sessions() as session:
        task = session.scalar(select(CheckTask).where(CheckTask.permit_number == number))
    return (task.reason if task else None), office.versions(number)[-1].status


def share(office: Office, name: str, value: object) -> None:
    admin = Actor("演示", frozenset({"admin"}), account_id=None)
    with transaction(office.sessions) as session:
        set_setting(UnitOfWork(session, admin, office.clock()), "43", name, value, office.work(session).today)


def test_every_permit_of_class_three_waits_for_its_check(office: Office) -> None:
    number = office.issue(office.three(), vehicle_class="III")
    assert reason_of(office, number) == ("class_iii", "awaiting_check")
    assert outcome(office, office.versions(number)[-1].record)["outcome"] == "awaiting_check"


def test_near_a_threshold_a_share_is_drawn(office: Office) -> None:
    share(office, "near_threshold_check_percent", 0)
    assert reason_of(office, office.issue(near=True)) == (None, "valid")
    share(office, "near_threshold_check_percent", 100)
    assert reason_of(office, office.issue(near=True)) == ("near_threshold", "awaiting_check")
    share(office, "near_threshold_check_percent", 50)
    drawn = [reason_of(office, office.issue(near=True))[0] for _ in range(30)]
    assert {None, "near_threshold"} == set(drawn)


@pytest.mark.parametrize(
    ("from_mm", "to_mm", "reason"),
    [(90, 0, "suggested_threshold"), (90, 5, "suggested_threshold"), (90, 500, None), (0, -100, None)],
    ids=["declared what was advised", "just below it", "far below it", "advice not taken"],
)
def test_a_value_declared_just_under_an_advised_one_is_checked(
    office: Office, from_mm: int, to_mm: int, reason: str | None
) -> None:
    share(office, "near_threshold_check_percent", 0)
    case_id = office.approved()
    with transaction(office.sessions) as session:
        case = session.get(Case, case_id)
        declared = case.form["whole"]["height_mm"]
        changed = {"quantity": "height", "from": declared + from_mm, "to": declared + to_mm, "unit": "mm"}
        session.add(
            WhatIf(
                carrier_id=case.carrier_id,
                account_id=case.submitted_by,
                question={},
                question_hash="x",
                verdict="blocked",
                answer={},
                suggestions=[{"changes": [changed]}],
                case_id=case_id,
                asked_at=office.clock(),
            )
        )
    with transaction(office.sessions) as session:
        deliver(office.work(session), str(case_id))
    with office.sessions() as session:
        task = session.scalar(select(CheckTask).where(CheckTask.case_id == case_id))
    assert (task and task.reason) == reason


def test_the_check_lies_at_the_origin_where_the_province_delegates(office: Office) -> None:
    first = office.issue(office.three(), vehicle_class="III")
    assert office.check_of(first)["body_id"] == CITY
    share(office, "check_body", "origin")
    second = office.issue(office.three(), vehicle_class="III")
    assert office.check_of(second)["body_id"] == CITY  # the city of the origin, 长沙县
    assert report()["routes"][0]["divisions"][0]["code"] == COUNTY[-6:]
    share(office, "check_body", "deciding")


def test_a_stranger_may_try_only_so_many_numbers_a_minute(people, clock, settings) -> None:
    clock.forward(minutes=2)
    stranger, number = people.nobody(), "43010020991231000017"
    most = settings.public_checks_a_minute
    assert {stranger.get(f"{PUBLIC}/permits/{number}").status_code for _ in range(most)} == {404}
    for refused in (stranger.get(f"{PUBLIC}/permits/{number}"), stranger.post(f"{PUBLIC}/verify", data={"text": "x"})):
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) <= 61
    people.account("checks-all-day", "carrier", carrier_id=people.carrier())
    assert people.sign_in("checks-all-day").get(f"{PUBLIC}/permits/{number}").status_code == 404
    clock.forward(minutes=1)
    assert stranger.get(f"{PUBLIC}/permits/{number}").status_code == 404
