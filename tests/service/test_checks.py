"""Checks before departure over HTTP: the desk, the sheets, and what follows."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from api.cases.review_job import deliver
from api.db.engine import transaction
from api.db.tables import AttachmentUse, Case, CheckTask, Event, OutboxMessage, Webhook
from api.permits import signing
from api.permits.exports import toll_page
from api.permits.issuing import reissue_permit
from api.permits.verify import verify
from api.unit_of_work import Actor, UnitOfWork
from tests.service.issued import CITY, COUNTY, Office, sheet_of, trip_of

CHECKS = "/api/v1/checks"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LOCAL_NOW = dt.datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001 - local time in China, as verification takes it


@pytest.fixture(scope="module")
def office(people, sessions, clock) -> Office:
    made = Office(people, sessions, clock)
    with transaction(sessions) as session:
        session.add(Webhook(url="http://127.0.0.1:9", secret="", topics=["sheet.filed", "check.agreed"]))
    return made


def waiting(office: Office, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A permit of class III and its check."""
    number = office.issue(office.three(**changes), vehicle_class="III")
    return number, office.check_of(number)


def fill(
    office: Office,
    check: dict[str, Any],
    *,
    status: int = 200,
    login: str = "officer",
    photos: Any = (),
    **changes: Any,
) -> Any:
    sheet = sheet_of(office.content(check["permit_number"]), office.clock(), **changes)
    answer = office[login].post(f"{CHECKS}/{check['id']}/sheet", json={"sheet": sheet, "photos": list(photos)})
    assert answer.status_code == status, answer.text
    return answer.json()


def handed_over(office: Office) -> set[str]:
    """Numbers that the toll side has."""
    actor = Actor("系统", frozenset({"system"}))
    with office.sessions() as session:
        page = toll_page(UnitOfWork(session, actor, office.clock()), 0, 10_000)
    return {one.number for one in page.items if one.action == "put"}


def messages(office: Office, number: str) -> list[OutboxMessage]:
    with office.sessions() as session:
        found = session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.topic))
        return [one for one in found if one.payload["permit"] == number]


def test_a_sheet_that_agrees_releases_the_permit(office: Office) -> None:
    number, check = waiting(office)
    assert number not in handed_over(office)
    before = office.versions(number)[0].record
    done = fill(office, check)
    assert (done["state"], done["result"]["released"], done["result"]["conclusion_zh"]) == ("agrees", True, "一致")
    first, second = office.versions(number)
    assert (first.status, second.status, second.version) == ("changed", "valid", 2)
    keys = signing.current().trusted()
    assert verify(before, keys, revocations=None, on=LOCAL_NOW).outcome == "awaiting_check"
    assert verify(second.record, keys, revocations=None, on=LOCAL_NOW).outcome == "genuine"
    assert number in handed_over(office)
    assert {one.topic for one in messages(office, number)} == {"sheet.filed", "check.agreed"}
    trip = trip_of(office.content(number), office.clock() + dt.timedelta(hours=1))
    assert office["carrier"].post(f"/api/v1/permits/{number}/trips", json=trip).status_code == 201
    with office.sessions() as session:
        kinds = session.scalars(select(Event.kind).where(Event.case_id == first.case_id)).all()
    assert {"check_opened", "check_recorded"} <= set(kinds)
    fill(office, check, status=409)  # once


def test_both_sheets_go_to_case_and_outbox(office: Office) -> None:
    number, check = waiting(office)
    content = office.content(number)
    sheet = load_sheet(office, number)
    filed = office["carrier"].post(f"/api/v1/permits/{number}/load-sheets", json={"sheet": sheet})
    assert filed.status_code == 201, filed.text
    assert filed.json()["differences"] == []
    fill(office, check)
    agreed = next(one for one in messages(office, number) if one.topic == "check.agreed")
    assert agreed.payload["load_sheet"]["cargo"]["name"] == content.cargo.name
    assert agreed.payload["check_sheet"]["measured"]["gross_mass_kg"] == content.vehicle.gross_mass_kg
    assert office["officer"].get(f"/api/v1/permits/{number}/load-sheets").json()["total"] == 1
    assert office["officer"].get(f"{CHECKS}/{check['id']}").json()["sheet"]["place"] == "甲厂"


def load_sheet(office: Office, number: str, **changes: Any) -> dict[str, Any]:
    content = office.content(number)
    return {
        "number": "DYD-1",
        "consignor": "演示托运人",
        "consignor_code": "91110000600037341L",
        "consignor_contact": "13800000000",
        "maker": "演示厂",
        "cargo": content.cargo.model_dump(mode="json"),
        "loading_place": "甲厂",
        "consignee": "演示收货人",
        "unloading_place": "乙站",
        "carrier": content.holder.name,
        "plates": list(content.plates),
        "planned_on": content.valid_from.isoformat(),
        "stated_true": True,
        "sealed": True,
        **changes,
    }


def test_a_load_sheet_is_filed_by_the_carrier_and_compared(office: Office) -> None:
    number, _ = waiting(office)
    path = f"/api/v1/permits/{number}/load-sheets"
    other = load_sheet(office, number, plates=["湘B00001"])
    said = office["carrier"].post(path, json={"sheet": other}).json()
    assert [one["item"] for one in said["differences"]] == ["plates"]
    for login, status in (("other", 404), ("officer", 403), ("approver", 403)):
        assert office[login].post(path, json={"sheet": other}).status_code == status
    unsealed = office["carrier"].post(path, json={"sheet": {**other, "sealed": False, "stated_true": False}})
    assert [fault["field"] for fault in unsealed.json()["faults"]] == ["stated_true", "sealed"]
    broken = office["carrier"].post(path, json={"sheet": {**other, "planned_on": 5, "maker": "\x00"}})
    assert broken.status_code == 422
    assert {fault["field"] for fault in broken.json()["faults"]} == {"sheet.planned_on", "sheet.maker"}


def test_a_larger_load_opens_a_change_with_the_measured_figures(office: Office) -> None:
    number, check = waiting(office)
    before = office.content(number)
    height = before.vehicle.height_mm + 120
    within = before.vehicle.width_mm + 10  # confirms what was declared
    done = fill(office, check, measured={"height_mm": height, "width_mm": within})
    assert (done["state"], done["result"]["change_opened"]) == ("change_needed", True)
    assert number not in handed_over(office)
    with office.sessions() as session:
        case = session.get(Case, office.versions(number)[0].case_id)
    assert (case.state, case.form["whole"]["height_mm"]) == ("changing", height)
    assert case.form["whole"]["width_mm"] == before.vehicle.width_mm
    assert office.versions(number)[-1].status == "awaiting_check"
    shown = office["officer"].get(f"/api/v1/cases/{case.id}/change").json()
    assert [one["field"] for one in shown["fields"]] == ["whole.height_mm"]
    assert shown["keeps_road_review"] is False
    with transaction(office.sessions) as session:
        case = session.get(Case, case.id)
        office.review(session, case)
        reissue_permit(office.work(session), case, "按实测")
        case.state = "issued"
    assert [one.status for one in office.versions(number)] == ["changed", "awaiting_check"]
    again = office.check_of(number)
    assert again["id"] != check["id"]
    assert fill(office, again)["state"] == "agrees"
    assert office.versions(number)[-1].status == "valid"
    assert office.content(number).vehicle.height_mm == height


def test_a_change_decided_before_the_check_cancels_it(office: Office) -> None:
    number, check = waiting(office)
    with transaction(office.sessions) as session:
        reissue_permit(office.work(session), session.get(Case, office.versions(number)[0].case_id), "演示")
    assert office["officer"].get(f"{CHECKS}/{check['id']}").json()["state"] == "cancelled"
    assert office.check_of(number)["id"] != check["id"]
    fill(office, check, status=409)


def test_a_heavier_load_changes_its_axles_too(office: Office) -> None:
    number, check = waiting(office)
    axles = office.content(number).vehicle.axles
    loads = [axle.load_kg + (1_500 if axle.unit == "trailer" else 0) for axle in axles]
    done = fill(office, check, measured={"axle_loads_kg": loads, "gross_mass_kg": sum(loads)})
    assert done["result"]["change_opened"] is True
    with office.sessions() as session:
        whole = session.get(Case, office.versions(number)[0].case_id).form["whole"]
    assert (whole["gross_mass_kg"], [axle["load_kg"] for axle in whole["axles"]]) == (sum(loads), loads)


def test_figures_that_make_no_form_leave_the_change_to_the_carrier(office: Office) -> None:
    number, check = waiting(office)
    loads = [axle.load_kg for axle in office.content(number).vehicle.axles][:-1]
    done = fill(office, check, measured={"axle_loads_kg": loads, "axle_spacings_mm": [0, *[1500] * (len(loads) - 1)]})
    assert (done["state"], done["result"]["change_opened"]) == ("change_needed", False)
    with office.sessions() as session:
        assert session.get(Case, office.versions(number)[0].case_id).state == "issued"
    assert office.versions(number)[-1].status == "awaiting_check"


def test_another_vehicle_keeps_the_permit_back(office: Office) -> None:
    number, check = waiting(office)
    done = fill(office, check, plates=["湘B00001", "湘B0001挂"])
    assert done["state"] == "differs"
    assert office.versions(number)[-1].status == "awaiting_check"
    assert number not in handed_over(office)
    told = office["approver"].get("/api/v1/notifications", params={"limit": 200}).json()["items"]
    assert any("不一致" in one["text_zh"] for one in told)
    again = office["officer"].post(f"{CHECKS}/{check['id']}/again", json={"reason": "换回许可车辆"})
    assert again.status_code == 201, again.text
    assert fill(office, again.json())["state"] == "agrees"
    assert office.versions(number)[-1].status == "valid"
    assert office["officer"].post(f"{CHECKS}/{check['id']}/again", json={"reason": "x"}).status_code in {201, 409}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"officers": [{"name": "演示甲", "certificate": "A1"}]}, "sheet.officers"),
        ({"officers": [{"name": "甲", "certificate": "A1"}, {"name": "乙", "certificate": "A1"}]}, "sheet.officers"),
        ({"measured": {"height_mm": None}}, "sheet.height_mm"),
        ({"measured": {"instruments": []}}, "sheet.measured.instruments"),
        ({"fixing": None}, "sheet.fixing"),
        ({"checked_at": "2026-11-24T00:00:00Z"}, "sheet.checked_at"),
        ({"checked_at": "2026-11-01T00:00:00Z"}, "sheet.checked_at"),
        ({"measured": {"height_mm": 1.5}}, "sheet.measured.height_mm"),
        ({"surprise": 1}, "sheet.surprise"),
    ],
)
def test_a_sheet_that_lacks_something_is_not_recorded(office: Office, changes: dict[str, Any], field: str) -> None:
    number, check = waiting(office)
    faults = fill(office, check, status=422, **changes)["faults"]
    assert field in [fault["field"] for fault in faults]
    assert office.check_of(number)["state"] == "open"
    assert office.versions(number)[-1].status == "awaiting_check"


def test_photos_are_attachments_of_the_case(office: Office) -> None:
    number, check = waiting(office)
    sheet = sheet_of(office.content(number), office.clock(), photos=[{"kind": "left", "sha256": "0" * 64}])
    bare = office["officer"].post(f"{CHECKS}/{check['id']}/sheet", json={"sheet": sheet})
    assert [fault["field"] for fault in bare.json()["faults"]] == ["sheet.photos"]
    photo = office["officer"].post("/api/v1/attachments", files={"file": ("车头.pdf", PDF)}).json()
    stranger = office["other"].post("/api/v1/attachments", files={"file": ("车头.pdf", PDF)}).json()
    refused = fill(office, check, status=422, photos=[{"kind": "left", "attachment_id": stranger["id"]}])
    assert refused["faults"][0]["field"] == "photos.0.attachment_id"
    done = fill(office, check, photos=[{"kind": "front_45", "attachment_id": photo["id"]}])
    assert done["sheet"]["photos"] == [{"kind": "front_45", "sha256": photo["sha256"]}]
    with office.sessions() as session:
        uses = session.scalars(select(AttachmentUse).where(AttachmentUse.case_id == check["case_id"])).all()
    assert [str(use.attachment_id) for use in uses] == [photo["id"]]


def test_only_the_body_at_whose_desk_it_lies_checks(office: Office) -> None:
    _, check = waiting(office)
    for login, status in (
        ("carrier", 403),
        ("approver", 403),
        ("far-officer", 404),
        ("county-officer", 404),
        ("other", 403),
    ):
        fill(office, check, status=status, login=login)
    sent = {"body_id": COUNTY, "reason": "委托起运地"}
    assert office["officer"].post(f"{CHECKS}/{check['id']}/hand-over", json=sent).json()["body_id"] == COUNTY
    fill(office, check, status=403)
    mine = office["county-officer"].get(CHECKS, params={"state": "open", "mine": True}).json()["items"]
    assert [one["id"] for one in mine] == [check["id"]]
    assert fill(office, check, login="county-officer", status=422, fixing=None)["faults"]
    height = office.content(check["permit_number"]).vehicle.height_mm + 100
    done = fill(office, check, login="county-officer", measured={"height_mm": height})
    assert done["result"]["change_opened"] is True  # in the name of the body that delegated
    assert office["far-officer"].get(f"{CHECKS}/{check['id']}").status_code == 404
    assert office["carrier"].get(f"{CHECKS}/{check['id']}").status_code == 200
    for body in ("nowhere", "toll:1", COUNTY):
        refused = office["officer"].post(f"{CHECKS}/{check['id']}/hand-over", json={"body_id": body, "reason": "x"})
        assert refused.status_code in {403, 409, 422}


def test_a_sheet_on_an_older_state_of_the_task_is_refused(office: Office) -> None:
    number, check = waiting(office)
    sheet = {"sheet": sheet_of(office.content(number), office.clock()), "photos": []}
    path = f"{CHECKS}/{check['id']}/sheet"
    stale = office["officer"].post(path, json=sheet, headers={"If-Match": f'"{check["version"] + 1}"'})
    assert stale.status_code == 412
    assert office["officer"].post(path, json=sheet, headers={"If-Match": f'"{check["version"]}"'}).status_code == 200


def test_a_sample_of_automatic_decisions_is_looked_at_beside_the_permit(office: Office) -> None:
    number = office.issue()
    with transaction(office.sessions) as session:
        case_id = office.versions(number)[0].case_id
        session.add(
            CheckTask(
                case_id=case_id,
                permit_number=number,
                body_id=CITY,
                reason="automatic_sample",
                state="open",
                created_at=office.clock(),
            )
        )
    check = office.check_of(number)
    assert number in handed_over(office)
    fill(office, check, plates=["湘B00001"])
    assert office.versions(number)[-1].status == "awaiting_check"  # withheld from now on
    assert number not in handed_over(office)


def test_open_and_done_are_listed_apart(office: Office) -> None:
    _, check = waiting(office)
    _, other = waiting(office)
    fill(office, check)

    def ids(*states: str) -> set[str]:
        items = office["officer"].get(CHECKS, params={"state": list(states), "limit": 200}).json()["items"]
        return {one["id"] for one in items}

    assert check["id"] in ids("agrees", "differs", "change_needed")
    assert check["id"] not in ids("open")
    assert other["id"] in ids("open")
    assert office["far-officer"].get(CHECKS).json()["total"] == 0
    assert office.people.nobody().get(CHECKS).status_code == 401


def test_a_check_after_the_validity_is_over_releases_nothing(office: Office, clock) -> None:
    _, check = waiting(office)
    start = clock.moment
    clock.forward(days=6)
    office._clients.clear()  # sessions have ended meanwhile
    try:
        fill(office, check, status=409)
    finally:
        clock.moment = start
        office._clients.clear()


def test_delivery_done_twice_issues_once(office: Office) -> None:
    case_id = office.approved(office.three(), vehicle_class="III")
    for _ in range(2):
        with transaction(office.sessions) as session:
            deliver(office.work(session), str(case_id))
    with office.sessions() as session:
        assert session.query(CheckTask).filter_by(case_id=case_id).count() == 1
