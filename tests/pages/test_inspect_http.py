"""The inspector's pages as answers: the desk, the sheet in its three steps, what follows, what a phone keeps."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from api.db.engine import transaction
from api.db.tables import Case, CheckTask, Event, OutboxMessage, Passage, Webhook
from api.permits.check_limits import limits_of
from api.permits.comparing import compare_sheet
from api.permits.load_sheets import file_load_sheet
from api.permits.settings import default_permit_settings
from api.permits.sheets import CheckSheet, HaulageSheet
from api.unit_of_work import UnitOfWork
from tests.pages.inspecting import form_of
from tests.service.issued import PROVINCE, Office, sheet_of, trip_of

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def office(people: Any, sessions: Any, clock: Any) -> Office:
    made = Office(people, sessions, clock)
    with transaction(sessions) as session:
        session.add(Webhook(url="http://127.0.0.1:9", secret="", topics=["sheet.filed", "check.agreed"]))
    return made


@pytest.fixture
def officer(office: Office) -> TestClient:
    client: TestClient = office["officer"]
    client.cookies.delete("dajian_lang")
    return client


def waiting(office: Office, **changes: Any) -> tuple[str, str]:
    """A permit of class III and the id of its check."""
    number = office.issue(office.three(**changes), vehicle_class="III")
    return number, office.check_of(number)["id"]


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


def token(client: TestClient) -> str:
    return client.headers["X-CSRF-Token"]


def send(
    client: TestClient, check: str, fields: dict[str, Any], *, step: str, files: Any = None, **headers: str
) -> Any:
    sent = {"csrf_token": token(client), "step": step, **fields}
    return client.post(
        f"/inspect/checks/{check}", data=sent, files=files, headers={**PAGE, **headers}, follow_redirects=False
    )


def hidden(page: str) -> dict[str, Any]:
    """The fields that the page to confirm carries on."""
    found: dict[str, Any] = {}
    form = page[page.index('id="confirm"') :]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return {name: values if name == "photo" else values[0] for name, values in found.items() if name != "csrf_token"}


def messages(office: Office, number: str) -> list[OutboxMessage]:
    with office.sessions() as session:
        return [one for one in session.scalars(select(OutboxMessage)) if one.payload["permit"] == number]


def test_the_desk_is_for_those_who_record_checks(office: Office, people: Any) -> None:
    asked = people.nobody().get("/inspect", headers=PAGE, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/inspect")
    for login in ("carrier", "window", "approver", "admin"):
        for path in ("/inspect", "/inspect/permits", "/inspect/queue", "/inspect/kept.json"):
            assert office[login].get(path, headers=PAGE).status_code == 403, (login, path)


def test_the_desk_lists_the_tasks_of_the_own_body_alone(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    page = officer.get("/inspect", headers=PAGE).text
    content = office.content(number)
    for text in (check, number, content.plates[0], "甲厂", "三类大件", content.cargo.name):
        assert text in page
    elsewhere = office["far-officer"].get("/inspect", headers=PAGE).text
    assert number not in elsewhere
    assert "本单位没有待核查的任务" in elsewhere
    office.people.account("province-officer", "enforcement", body_id=PROVINCE)
    above = office["province-officer"]
    assert above.get(f"/inspect/checks/{check}", headers=PAGE).status_code == 200, "it may read what is below"
    assert number not in above.get("/inspect", headers=PAGE).text, "but has nothing to do there"
    assert "本单位只能查看" in above.get(f"/inspect/checks/{check}", headers=PAGE).text
    assert office["far-officer"].get(f"/inspect/checks/{check}", headers=PAGE).status_code == 404


def test_a_sheet_is_looked_over_and_filed_to_the_case_and_the_outbox(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    fields = form_of(office.content(number), remark="演示备注")
    files = [
        ("photo_front_45", ("前.jpg", photo(), "image/jpeg")),
        ("photo_plates", ("牌.jpg", photo("blue"), "image/jpeg")),
    ]
    review = send(officer, check, fields, step="review", files=files)
    assert review.status_code == 200, review.text
    assert "没有超出允许差的项目" in review.text
    carried = hidden(review.text)
    assert len(carried["photo"]) == 2
    with office.sessions() as session:
        assert session.get(CheckTask, check).state == "open", "looking over records nothing"
    done = send(officer, check, carried, step="file")
    assert (done.status_code, done.headers["location"]) == (303, f"/inspect/checks/{check}?filed=1")
    with office.sessions() as session:
        task = session.get(CheckTask, check)
        assert (task.state, task.result["released"]) == ("agrees", True)
        assert [one["kind"] for one in task.sheet["photos"]] == ["front_45", "plates"]
        assert task.sheet["remark"] == "演示备注"
        kinds = set(session.scalars(select(Event.kind).where(Event.case_id == task.case_id)))
        assert "check_recorded" in kinds
        assert session.get(Case, task.case_id) is not None
    sent = messages(office, number)
    assert {one.topic for one in sent} == {"sheet.filed", "check.agreed"}
    assert next(one for one in sent if one.topic == "sheet.filed").payload["check_sheet"] == task.sheet
    page = officer.get(done.headers["location"], headers=PAGE).text
    assert "已提交" in page
    assert "通行证已生效，可以起运" in page


def test_what_differs_is_shown_before_filing(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    content = office.content(number)
    higher = str(content.vehicle.height_mm + 21)
    review = send(officer, check, form_of(content, height_mm=higher), step="review").text
    assert "需变更" in review
    assert f"{content.vehicle.height_mm + 21:,} mm" in review
    other = send(officer, check, form_of(content, plate_0_same="no", plate_0_seen="湘B99999"), step="review").text
    assert "不一致" in other
    assert "湘B99999" in other
    back = send(officer, check, hidden(other), step="edit").text
    assert 'value="湘B99999"' in back


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"officer_certificate_2": "A1"}, "officer_certificate_2", "执法证号相同"),
        ({"officer_name_2": ""}, "officer_name_2", "请填写"),
        ({"height_mm": "4.2m"}, "height_mm", "须为整数"),
        ({"height_mm": ""}, "height_mm", "没有核查：总高"),
        ({"axle_load_3": ""}, "axle_load_3", "请填写"),
        ({"lamps": ""}, "lamps", "没有核查：标志灯正常"),
        ({"carrier_same": ""}, "carrier_same", "请选择是否与许可一致"),
        ({"checked_at": "2026-11-23T18:00"}, "checked_at", "核查时间晚于现在"),
        ({"checked_at": "昨天"}, "checked_at", "须为日期和时间"),
        ({"instruments": ""}, "instruments", "请填写"),
        ({"place": "甲\x00"}, "place", "特殊字符"),
        ({"longitude": "abc"}, "longitude", "度数"),
        ({"longitude": "999"}, "longitude", "超出范围"),
        ({"tyres": "2"}, "tyres", "超出范围"),
    ],
)
def test_every_fault_is_told_at_its_field(
    office: Office, officer: TestClient, changes: dict[str, str], field: str, said: str
) -> None:
    number, check = waiting(office)
    answer = send(officer, check, form_of(office.content(number), **changes), step="review")
    assert answer.status_code == 422
    assert said in answer.text
    if "\x00" not in "".join(changes.values()):
        shown = re.search(rf'name="{next(iter(changes))}"[^>]*value="([^"]*)"', answer.text)
        assert shown, "what was typed stays"
    program = send(officer, check, form_of(office.content(number), **changes), step="file", Accept="application/json")
    assert field in [one["field"] for one in program.json()["faults"]]


def test_another_number_of_axles_is_typed_as_a_list(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    content = office.content(number)
    loads = [axle.load_kg for axle in content.vehicle.axles]
    review = send(
        officer, check, form_of(content, axle_loads_seen=" ".join(map(str, [*loads, 9000]))), step="review"
    ).text
    assert "轴数（轴荷）" in review
    same = send(officer, check, form_of(content, axle_loads_seen="、".join(map(str, loads))), step="review").text
    assert "没有超出允许差的项目" in same


@pytest.mark.parametrize(
    ("name", "content"),
    [("左.jpg", b"%PDF-1.7\n"), ("左.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), ("左.jpg", b"")],
)
def test_a_file_that_is_no_photo_is_refused(office: Office, officer: TestClient, name: str, content: bytes) -> None:
    number, check = waiting(office)
    files = [("photo_left", (name, content, "image/jpeg"))]
    answer = send(officer, check, form_of(office.content(number)), step="review", files=files)
    assert answer.status_code == 422
    assert re.search(r'field-wrong">\s*<label for="f-photo_left"', answer.text)


def test_the_same_sheet_sent_again_is_filed_once(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    fields = form_of(office.content(number))
    first = send(officer, check, fields, step="file", Accept="application/json")
    again = send(officer, check, fields, step="file", Accept="application/json")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() == {"id": check, "state": "agrees", "conclusion": "一致"}
    with office.sessions() as session:
        recorded = select(Event).where(Event.kind == "check_recorded")
        assert sum(one.data["permit"] == number for one in session.scalars(recorded)) == 1
    assert len([one for one in messages(office, number) if one.topic == "sheet.filed"]) == 1
    other = send(officer, check, {**fields, "place": "别处"}, step="file", Accept="application/json")
    assert other.status_code == 409


def test_the_second_of_two_officers_sees_what_was_filed(office: Office, officer: TestClient, people: Any) -> None:
    people.account("officer-2", "enforcement", body_id="transport:430100")
    number, check = waiting(office)
    fields = form_of(office.content(number))
    page = officer.get(f"/inspect/checks/{check}", headers=PAGE).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert send(officer, check, {**fields, "version": "999"}, step="file").status_code == 412
    assert send(office["officer-2"], check, fields, step="file").status_code == 303
    late = send(officer, check, {**fields, "version": version[1]}, step="file")
    assert late.status_code == 409
    assert "这次填写没有提交" in late.text
    assert "演示甲" in late.text


def test_a_check_that_found_a_difference_is_made_again(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    fields = form_of(office.content(number), marking="no")
    assert send(officer, check, fields, step="file").status_code == 303
    assert "整改后再次核查" in officer.get(f"/inspect/checks/{check}", headers=PAGE).text
    path = f"/inspect/checks/{check}/again"
    missing = officer.post(path, data={"csrf_token": token(officer), "reason": " "}, headers=PAGE)
    assert (missing.status_code, "请写明理由" in missing.text) == (422, True)
    reason = {"csrf_token": token(officer), "reason": "标志已挂好"}
    opened = officer.post(path, data=reason, headers=PAGE, follow_redirects=False)
    assert opened.status_code == 303
    assert office.check_of(number)["id"] in opened.headers["location"]


def test_a_permit_is_found_by_number_plate_and_code(office: Office, officer: TestClient) -> None:
    number, _ = waiting(office)
    permit, content = office.versions(number)[-1], office.content(number)
    found = officer.get("/inspect/permits", params={"q": number}, headers=PAGE, follow_redirects=False)
    assert found.headers["location"] == f"/inspect/permits/{number}"
    assert number in officer.get("/inspect/permits", params={"q": content.plates[0]}, headers=PAGE).text
    by_code = officer.get("/inspect/permits", params={"q": permit.record}, headers=PAGE).text
    assert "待核查，不得起运" in by_code
    altered = permit.record[:-9] + ("A" if permit.record[-9] != "A" else "B") + permit.record[-8:]
    assert "内容被改动" in officer.get("/inspect/permits", params={"q": altered}, headers=PAGE).text
    assert "没有找到" in officer.get("/inspect/permits", params={"q": "湘Z00000"}, headers=PAGE).text
    for odd in ("<script>", "%00", "\ud83d", "x" * 1999):
        assert (
            officer.get("/inspect/permits", params={"q": odd.encode("utf-8", "replace")}, headers=PAGE).status_code
            < 500
        )
    page = officer.get(f"/inspect/permits/{number}", headers=PAGE).text
    assert "0 / 1" in page
    assert content.route.phrase in page


def test_trips_under_way_and_a_passage(office: Office, officer: TestClient) -> None:
    number = office.issue(office.form())
    content = office.content(number)
    trip = (
        office["carrier"]
        .post(f"/api/v1/permits/{number}/trips", json=trip_of(content, office.clock() + dt.timedelta(hours=1)))
        .json()
    )
    assert office["carrier"].post(f"/api/v1/trips/{trip['id']}/start").status_code == 200
    assert content.route.phrase in officer.get("/inspect", headers=PAGE).text
    path = f"/inspect/permits/{number}/passages"
    fields = {"csrf_token": token(officer), "at": "2026-11-23T09:00", "place": "一号检测站", "kind": "checkpoint"}
    wrong = officer.post(path, data={**fields, "place": "", "at": "x"}, headers=PAGE)
    assert (wrong.status_code, "须为日期和时间" in wrong.text) == (422, True)
    done = officer.post(path, data={**fields, "findings": ["off_route"]}, headers=PAGE, follow_redirects=False)
    assert done.status_code == 303, done.text
    page = officer.get(f"/inspect/permits/{number}", headers=PAGE).text
    assert "偏离路线" in page
    assert "1 / 1" in page
    with office.sessions() as session:
        assert session.query(Passage).filter_by(permit_number=number).one().content["findings"] == ["off_route"]


def test_the_consignors_statement_stands_beside_the_sheet(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    content = office.content(number)
    assert "承运人尚未填报" in officer.get(f"/inspect/checks/{check}", headers=PAGE).text
    cargo = content.cargo.model_copy(update={"mass_kg": content.cargo.mass_kg + 1000})
    sheet = HaulageSheet(
        number="DY-1",
        consignor="演示托运人",
        consignor_code="1",
        consignor_contact="1",
        maker="演示厂",
        cargo=cargo,
        loading_place="甲厂",
        consignee="演示收货人",
        unloading_place="乙站",
        carrier=content.holder.name,
        plates=content.plates,
        planned_on=content.valid_from,
        stated_true=True,
        sealed=True,
    )
    with transaction(office.sessions) as session:
        work = UnitOfWork(session, _carrier(office, session), office.clock())
        file_load_sheet(work, number, sheet)
    page = officer.get(f"/inspect/checks/{check}", headers=PAGE).text
    assert "调运单有 1 项与许可不符" in page
    assert "货物质量" in page
    topics = [one.payload["kind"] for one in messages(office, number) if one.topic == "sheet.filed"]
    assert topics == ["load_sheet"]
    send(officer, check, form_of(content), step="file")
    filed = next(one for one in messages(office, number) if one.payload["kind"] == "check_sheet")
    assert filed.payload["load_sheet"]["number"] == "DY-1", "both sheets go out together"


def _carrier(office: Office, session: Any) -> Any:
    from api.accounts.identify import actor_of
    from api.db.tables import Account

    return actor_of(session.query(Account).filter_by(login="carrier").one())


def test_a_phone_keeps_what_it_needs_and_no_more(office: Office, officer: TestClient) -> None:
    number, check = waiting(office)
    kept = officer.get("/inspect/kept.json").json()
    assert {"/inspect", f"/inspect/checks/{check}", f"/inspect/permits/{number}"} <= set(kept["pages"])
    for path in (*kept["files"], *kept["pages"]):
        assert officer.get(path, headers=PAGE).status_code == 200, path
    public = officer.get("/api/v1/public/keys").json()
    assert [one["public_key"] for one in kept["keys"]] == [one["public_key"] for one in public]
    assert kept["revocations"] == officer.get("/api/v1/public/revocations").json()["content_base64"]
    assert number not in office["far-officer"].get("/inspect/kept.json").text


def test_the_worker_answers_for_the_inspectors_pages_alone(people: Any) -> None:
    answer = people.nobody().get("/inspect/worker.js")
    assert answer.status_code == 200
    assert answer.headers["service-worker-allowed"] == "/inspect"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "worker-src 'self'" in answer.headers["content-security-policy"]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_limits_say_what_the_comparison_says(office: Office, data: st.DataObject) -> None:
    """The phone's preview is drawn from the limits: for any measured value they agree with the server's answer."""
    if not hasattr(test_the_limits_say_what_the_comparison_says, "content"):
        number, _ = waiting(office)
        test_the_limits_say_what_the_comparison_says.content = office.content(number)  # type: ignore[attr-defined]
    content = test_the_limits_say_what_the_comparison_says.content  # type: ignore[attr-defined]
    chosen = default_permit_settings().model_copy(update={"smaller_is_a_difference": data.draw(st.booleans())})
    limits = {limit.item: limit for limit in limits_of(content.vehicle, chosen)}
    near = {
        item: data.draw(st.integers(-3, 3)) for item in ("height_mm", "gross_mass_kg", "axle_load.2", "axle_spacing.2")
    }
    edge = {
        item: limits[item].declared + data.draw(st.sampled_from((-1, 1))) * limits[item].tolerance + by
        for item, by in near.items()
    }
    axles = content.vehicle.axles
    loads = [edge["axle_load.2"] if n == 1 else axle.load_kg for n, axle in enumerate(axles)]
    spacings = [edge["axle_spacing.2"] if n == 1 else axle.spacing_mm for n, axle in enumerate(axles)]
    measured = {
        "height_mm": edge["height_mm"],
        "gross_mass_kg": edge["gross_mass_kg"],
        "axle_loads_kg": loads,
        "axle_spacings_mm": spacings,
    }
    raw = sheet_of(content, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), measured=measured)
    import json

    result = compare_sheet(content, CheckSheet.model_validate_json(json.dumps(raw)), chosen)
    told = {one.item: one.within for one in result.differences}
    for item, value in edge.items():
        assert told[item] is limits[item].holds(value)
        declared, tolerance = limits[item].declared, limits[item].tolerance
        both_ways = chosen.smaller_is_a_difference or item.startswith("axle_spacing")
        assert told[item] is (value - declared <= tolerance and (not both_ways or declared - value <= tolerance))
