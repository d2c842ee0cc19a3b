"""Several people and bodies at one case, over HTTP: claims, races, items of their own, automatic decisions."""

import datetime as dt
import json
import threading
import uuid
from typing import Any

import pytest

from api.accounts.permissions import Action
from api.cases import database_register, machine_review
from api.cases.automatic import Draw
from api.cases.effects import EFFECTS
from api.cases.review_job import deliver, review_case
from api.cases.table import CASE_ACTIONS
from api.checks.records import CarrierRecord, PersonRecord, VehicleRecord
from api.checks.register import InMemoryRegister
from data.demo.traps import legal_mass
from tests.service.desk import (
    EXPRESSWAYS,
    IN_CITY,
    IN_COUNTY,
    PROVINCE,
    STREETS,
    TWO_CITIES,
    WEAK_BRIDGE,
    Desk,
    heavy_vehicle,
    vehicle_of,
)

CITY = "transport:430300"
COUNTY = "transport:430202"
DISTRICTS = ("city_road:430302", "city_road:430304")
POLICE_STATION = "police:430300"


@pytest.fixture(autouse=True)
def _summer(desk: Desk) -> None:
    """A Monday far from holidays; every story starts there."""
    desk.go_to(dt.date(2026, 7, 6))


def test_every_action_has_an_effect() -> None:
    assert set(EFFECTS) == set(CASE_ACTIONS) - {Action.SUBMIT}


def test_a_claimed_case_is_left_to_who_claimed_it(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    desk.accept(case_id)
    one, other = f"reviewer@{COUNTY}", f"reviewer2@{COUNTY}"
    desk.do(one, case_id, "claim")
    assert desk.case(case_id)["claimed_by"]
    assert desk.read("/api/v1/cases?mine=true", one)["total"] == 1
    assert desk.read("/api/v1/cases?mine=true", other)["total"] == 0
    assert set(desk.refused(other, case_id, "claim")) == {"not_claimed_by_another"}
    assert set(desk.refused(other, case_id, "recommend", recommendation="approve")) == {"not_claimed_by_another"}
    assert set(desk.refused(other, case_id, "release")) == {"claimed_or_reason"}
    desk.do(other, case_id, "release", reason="同事休假")
    assert desk.case(case_id)["claimed_by"] is None
    assert desk.try_to(f"reviewer@{CITY}", case_id, "claim").status_code == 404
    desk.do(other, case_id, "claim")
    desk.do(other, case_id, "recommend", recommendation="approve")
    assert desk.case(case_id)["claimed_by"] is None  # the approver finds it free


def test_an_outdated_version_is_refused(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, vehicle_of("II"))
    desk.accept(case_id)
    reviewer = f"reviewer@{COUNTY}"
    answer = desk[reviewer].get(f"/api/v1/cases/{case_id}")
    seen = int(answer.headers["ETag"].strip('"'))
    assert seen == answer.json()["version"]
    desk.answer(case_id, EXPRESSWAYS, "object")  # also what concerns a packet only makes another version
    assert desk.try_to(reviewer, case_id, "claim", version=seen).status_code == 412
    now = desk.case(case_id)["version"]
    done = desk.try_to(reviewer, case_id, "claim", version=now)
    assert done.status_code == 200
    assert done.headers["ETag"] == f'"{desk.case(case_id)["version"]}"'
    assert desk.try_to(reviewer, case_id, "claim", version=now).status_code == 412


def test_of_two_approvals_at_once_one_wins(desk: Desk) -> None:
    case_id = desk.to_decision(IN_COUNTY)
    logins = [f"approver@{COUNTY}", f"approver2@{COUNTY}"]
    clients = [desk[login] for login in logins]
    start = threading.Barrier(len(clients))
    statuses: list[int] = []

    def approve(client: Any) -> None:
        start.wait()
        statuses.append(client.post(f"/api/v1/cases/{case_id}/actions/approve", json={}).status_code)

    threads = [threading.Thread(target=approve, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert desk.kinds(case_id).count("approve") == 1
    desk.run(deliver, case_id)
    desk.run(deliver, case_id)  # the job may be done twice
    assert desk.kinds(case_id).count("permit_issued") == 1


def test_who_recommends_does_not_approve(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    desk.accept(case_id)
    desk.people.account("both", "reviewer", "approver", body_id=COUNTY)
    desk.do("both", case_id, "recommend", recommendation="approve")
    assert set(desk.refused("both", case_id, "approve")) == {"another_person"}
    assert desk.case(case_id, "carrier")["decisions"][0]["state"] == "pending"  # nothing is decided yet
    desk.do(f"approver@{COUNTY}", case_id, "approve")


def test_districts_decide_on_their_streets_and_all_is_delivered_together(desk: Desk) -> None:
    files = [desk.attach("carrier")]
    papers = {"owner_id": files, "compulsory_insurance": files, "factory_certificate": files}
    case_id = desk.submit(STREETS, items_wanted={"temporary_plate": "yes"}, attachments=papers)
    desk.accept(case_id)
    asked = desk.asked(case_id)
    assert set(asked) == {*DISTRICTS, POLICE_STATION}
    assert {packet["purpose"] for packet in asked.values()} == {"decision"}
    items = {(one["item"], one["state"]) for one in desk.case(case_id)["decisions"]}
    assert items == {("highway", "pending"), ("city_road", "pending"), ("temporary_plate", "pending")}
    assert asked[POLICE_STATION]["due_on"] == "2026-07-07"
    assert asked[DISTRICTS[0]]["due_on"] == "2026-08-03"  # twenty working days, the highway permit has two
    plate = desk.read(f"/api/v1/packets/{asked[POLICE_STATION]['id']}", f"police@{POLICE_STATION}")
    assert [vehicle["plate"] for vehicle in plate["content"]["vehicles"]]
    assert plate["content"]["evidence"] == []

    assert desk.answer(case_id, DISTRICTS[0]).status_code == 200
    desk.do(f"reviewer@{CITY}", case_id, "recommend", recommendation="approve", reason="城市道路另行决定")
    desk.do(f"approver@{CITY}", case_id, "approve", reason="城市道路另行决定")
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "approved"  # not before all agree
    jobs = desk.jobs(case_id, "issue_permit")
    assert desk.answer(case_id, POLICE_STATION).status_code == 200
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "approved"
    assert desk.answer(case_id, DISTRICTS[1], "agree_with_conditions", conditions=["夜间通行"]).status_code == 200
    assert desk.jobs(case_id, "issue_permit") > jobs  # the last one that agrees has the delivery queued again
    desk.run(deliver, case_id)
    case = desk.case(case_id)
    assert case["state"] == "issued"
    assert {one["state"] for one in case["decisions"]} == {"approved"}
    conditions = [one["conditions"] for one in case["decisions"] if one["body"] and one["body"]["id"] == DISTRICTS[1]]
    assert conditions == [["夜间通行"]]


def test_one_district_that_refuses_blocks_the_permit(desk: Desk) -> None:
    case_id = desk.submit(STREETS)
    desk.accept(case_id)
    assert POLICE_STATION not in desk.asked(case_id)  # no plate was wanted, class I
    assert desk.answer(case_id, DISTRICTS[0]).status_code == 200
    assert desk.answer(case_id, DISTRICTS[1], "object").status_code == 200
    assert desk.told(case_id=case_id).count("item_decided") == 2
    desk.do(f"reviewer@{CITY}", case_id, "recommend", recommendation="approve", reason="再议")
    lacks = desk.refused(f"approver@{CITY}", case_id, "approve", reason="再议")
    assert "city_road_refused" in lacks["no_mandatory_refusal"]


def test_a_district_that_refuses_late_stops_the_delivery(desk: Desk) -> None:
    case_id = desk.submit(STREETS)
    desk.accept(case_id)
    desk.answer(case_id, DISTRICTS[0])
    desk.do(f"reviewer@{CITY}", case_id, "recommend", recommendation="approve", reason="另行决定")
    desk.do(f"approver@{CITY}", case_id, "approve", reason="另行决定")
    desk.answer(case_id, DISTRICTS[1], "object")
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "approved"
    assert "item_decided" in desk.told(case_id=case_id)


def test_another_route_drops_the_decisions_on_streets_it_leaves(desk: Desk) -> None:
    case_id = desk.submit(STREETS)
    desk.accept(case_id)
    packet = desk.asked(case_id)[DISTRICTS[0]]
    desk.do(f"reviewer@{CITY}", case_id, "propose_reroute", reason="请走高速")
    form = desk.case(case_id)["form"]
    trip = desk.form(IN_CITY)["trip"]
    desk.do("carrier", case_id, "answer_reroute", form={**form, "trip": trip})
    desk.run(review_case, case_id)
    case = desk.case(case_id)
    assert case["state"] == "review"
    assert {one["item"] for one in case["decisions"]} == {"highway"}
    assert not desk.asked(case_id)
    answer = desk[f"city_road@{DISTRICTS[0]}"].get(f"/api/v1/packets/{packet['id']}")
    assert answer.status_code == 404


def _ask_register(_work: object, case: Any) -> InMemoryRegister:
    return _register(case.form)


def _register(form: dict[str, Any]) -> InMemoryRegister:
    firm, people = form["carrier"], [*form["drivers"], form["agent"]]
    vehicles = [form["tractor"], form["trailer"]]
    return InMemoryRegister(
        carrier_records=(
            CarrierRecord(
                firm["uscc"],
                firm["name"],
                firm["licence_number"],
                dt.date.fromisoformat(firm["licence_until"]),
                firm["licence_scope"],
            ),
        ),
        person_records=tuple(
            PersonRecord(one["id_number"], one["name"], one.get("qualification_number"), dt.date(2030, 1, 1))
            for one in people
        ),
        vehicle_records=tuple(_vehicle(one) for one in vehicles),
        permit_records=(),
        declarations_of={},
        restrictions_of={},
    )


def _vehicle(one: dict[str, Any]) -> VehicleRecord:
    names = VehicleRecord.__dataclass_fields__
    known = {name: one[name] for name in names if one.get(name) is not None}
    return VehicleRecord(**known, insured_until=dt.date(2030, 1, 1))


def _plain_vehicle() -> dict[str, Any]:
    """Class I, and far from every threshold."""
    vehicle = legal_mass(height_mm=4100, width_mm=2800)
    axles = [{**axle, "load_kg": axle["load_kg"] - 1_000} for axle in vehicle["axles"]]
    return {**vehicle, "axles": axles, "gross_mass_kg": sum(axle["load_kg"] for axle in axles)}


def test_automatic_decision_is_off_unless_switched_on_and_says_what_stands_against_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_review, "DatabaseRegister", _ask_register)
    off = desk.submit(IN_COUNTY, _plain_vehicle())
    desk.accept(off)
    assert desk.case(off)["state"] == "review"
    desk.people.account("root", "admin", body_id=PROVINCE)
    chosen = {"value": True, "valid_from": "2026-07-07"}
    answer = desk["root"].post("/api/v1/provinces/43/settings/automatic_decision", json=chosen)
    assert answer.status_code == 201, answer.text
    desk.clock.forward(days=1)
    on, second = desk.submit(IN_COUNTY, _plain_vehicle()), desk.submit(IN_COUNTY, vehicle_of("II"))
    desk.accept(second)
    assert desk.case(second)["state"] == "review"
    desk.accept(on)
    assert desk.case(on)["state"] == "approved", desk.obstacles(on)
    decision = desk.case(on)["decisions"][0]
    assert (decision["state"], decision["is_automatic"]) == ("approved", True)
    assert any("类别II" in one for one in desk.obstacles(second))
    assert desk.obstacles(second)
    desk.run(deliver, on)
    assert desk.case(on)["state"] == "issued"
    monkeypatch.setattr(machine_review, "DatabaseRegister", database_register.DatabaseRegister)
    unverified = desk.submit(IN_COUNTY, _plain_vehicle())
    desk.accept(unverified)
    assert desk.case(unverified)["state"] == "review"
    assert "approve_automatically" not in desk.kinds(unverified)
    assert any("未经核实" in one for one in desk.obstacles(unverified))


def test_the_draw_can_be_repeated_and_keeps_its_share() -> None:
    drawn = [number for number in range(10_000) if Draw(f"DJ-43-2026-{number:06d}", "2026-07-06").is_drawn(10)]
    assert drawn == [n for n in range(10_000) if Draw(f"DJ-43-2026-{n:06d}", "2026-07-06").is_drawn(10)]
    assert 900 < len(drawn) < 1_100
    assert not any(Draw(str(number), "x").is_drawn(0) for number in range(500))
    assert all(Draw(str(number), "x").is_drawn(100) for number in range(500))
    other_day = [n for n in range(10_000) if Draw(f"DJ-43-2026-{n:06d}", "2026-07-07").is_drawn(10)]
    assert drawn != other_day


def test_nobody_sees_what_is_not_theirs(desk: Desk) -> None:
    case_id = desk.submit(TWO_CITIES, vehicle_of("III"))
    desk.accept(case_id)
    asked = desk.asked(case_id)
    toll = next(one for one in asked if one.startswith("toll_operator"))
    paths = ("", "/report", "/comparison", "/dispatch", "/events", "/custody", "/notes", "/forms/1")
    for login in ("rival", f"window@{CITY}", f"reviewer@{CITY}", f"approver@{COUNTY}", "police@police:430300"):
        for path in paths:
            assert desk[login].get(f"/api/v1/cases/{case_id}{path}").status_code == 404, (login, path)
        assert desk.try_to(login, case_id, "claim").status_code == 404
        assert desk[login].get(f"/api/v1/packets/{asked[toll]['id']}").status_code == 404
        listed = desk.read("/api/v1/cases?limit=100", login)["items"]
        assert case_id not in {one["id"] for one in listed}
    for path in paths:
        assert desk.people.nobody().get(f"/api/v1/cases/{case_id}{path}").status_code == 401
    # A body that was asked knows of the case, and reads its packet, nothing else.
    police = "police@police:430000"
    assert case_id in {one["id"] for one in desk.read("/api/v1/cases?limit=100", police)["items"]}
    for path in paths:
        assert desk[police].get(f"/api/v1/cases/{case_id}{path}").status_code == 403, path
    assert desk[police].get(f"/api/v1/packets/{asked[toll]['id']}").status_code == 404
    answer = desk[police].post(f"/api/v1/packets/{asked[toll]['id']}/answer", json={"opinion": "agree", "reason": "x"})
    assert answer.status_code == 404
    part = desk.read(f"/api/v1/packets/{asked['police:430000']['id']}", police)
    assert not any(finding["quantity"] == "bridge_effect" for finding in part["content"]["findings"])
    assert len(desk.read("/api/v1/packets", police)["items"]) >= 1
    # A reviewer of a body that was asked reads the case with its own part only.
    desk.answer(case_id, toll, "agree_with_conditions", conditions=["走超宽车道"])
    seen = desk.case(case_id, f"reviewer@{EXPRESSWAYS}")
    assert {packet["body"]["id"] for packet in seen["packets"]} == {EXPRESSWAYS}
    assert desk[f"reviewer@{EXPRESSWAYS}"].get(f"/api/v1/cases/{case_id}/events").status_code == 403
    # The applicant knows who was asked, not what was said.
    own = desk.case(case_id, "carrier")
    assert {packet["opinion"] for packet in own["packets"]} == {None}
    assert "走超宽车道" not in desk["carrier"].get(f"/api/v1/cases/{case_id}/events").text


def test_a_body_reads_the_findings_of_its_part_and_the_applicant_no_capacity(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    whole = desk.read(f"/api/v1/cases/{case_id}/report", f"reviewer@{body}")
    bridge = next(one for one in whole["routes"][0]["findings"] if one["quantity"] == "bridge_effect")
    assert bridge["measured"] is not None
    shown = desk.read(f"/api/v1/cases/{case_id}/report", "carrier")
    text = json.dumps(shown, ensure_ascii=False)
    told = next(one for one in shown["routes"][0]["findings"] if one["quantity"] == "bridge_effect")
    assert {"limit", "measured", "margin"}.isdisjoint({name for name, value in told.items() if value is not None})
    assert str(bridge["measured"]) not in text
    assert "smallest_changes" not in text or not shown["why_not"].get("smallest_changes")
    for body_id in desk.asked(case_id):
        speaker = desk.speaker_of(body_id)
        if not speaker.startswith("reviewer") or body_id == body:
            continue
        part = desk.read(f"/api/v1/cases/{case_id}/report", speaker)
        packet = desk.read(f"/api/v1/packets/{desk.asked(case_id)[body_id]['id']}", speaker)
        assert part["routes"][0]["findings"] == packet["content"]["findings"]
        assert "why_not" not in part


def test_a_body_settles_findings_of_its_own_part_only(desk: Desk) -> None:
    case_id = desk.submit(TWO_CITIES, vehicle_of("III"))
    desk.accept(case_id)
    desk.do(f"reviewer@{PROVINCE}", case_id, "order_survey", reason="实测宽度")
    toll = next(one for one in desk.asked(case_id) if one.startswith("toll_operator"))
    desk.people.account("toll-maintainer", "maintainer", body_id=toll)
    desk.people.account("toll-second", "maintainer", body_id=toll)
    officers = [desk.account_id("toll-maintainer"), desk.account_id("toll-second")]
    sent = {"officers": officers, "notice_text": "勘测记录", "items": ["height:way/1@1"]}
    assert desk.try_to("toll-maintainer", case_id, "file_survey", **sent).status_code == 422
    part = desk.read(f"/api/v1/packets/{desk.asked(case_id)[toll]['id']}", "toll-maintainer")["content"]["findings"]
    own = [one for one in desk.open_findings(case_id) if any(one.endswith(f"@{f['at_m']}") for f in part)]
    desk.do("toll-maintainer", case_id, "file_survey", **{**sent, "items": own})
    assert set(own).isdisjoint(desk.open_findings(case_id))


def test_odd_ids_and_words_are_refused_cleanly(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY)
    window = f"window@{COUNTY}"
    for sent in ({"reason": "\x00"}, {"items": ["x" * 101]}, {"packet_id": "no"}, {"unknown": 1}, {"form": []}):
        assert desk.try_to(window, case_id, "accept", **sent).status_code == 422
    assert desk.try_to(window, case_id, "submit").status_code == 404
    assert desk.try_to(window, case_id, "deem_accepted").status_code == 403
    assert desk.try_to(window, str(uuid.uuid4()), "accept").status_code == 404
    assert desk.try_to(window, case_id, "accept", attachment_id=str(uuid.uuid4())).status_code == 422
    missing = desk[window].post(f"/api/v1/packets/{uuid.uuid4()}/answer", json={"opinion": "agree", "reason": "x"})
    assert missing.status_code == 404


def test_a_body_that_is_only_informed_settles_nothing(desk: Desk) -> None:
    case_id = desk.submit(TWO_CITIES, heavy_vehicle())
    desk.accept(case_id)
    findings = desk.open_findings(case_id)
    assert findings
    sent = {"items": findings[:1], "notice_text": "验算报告"}
    desk.do(f"reviewer@{PROVINCE}", case_id, "order_calculation", reason="专项验算")
    assert desk.try_to("reviewer@transport:430111", case_id, "file_calculation", **sent).status_code == 422
    desk.do(f"reviewer@{PROVINCE}", case_id, "file_calculation", **sent)
    assert findings[0] not in desk.open_findings(case_id)


def test_a_packet_that_the_police_sent_back_is_no_opinion(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, vehicle_of("III"))
    body = desk.accept(case_id)
    station = "police:430202"
    packet = desk.asked(case_id)[station]
    desk.do(f"police@{station}", case_id, "return_dispatch", packet_id=packet["id"], reason="不归我")
    desk.answer_all(case_id)
    for finding in desk.open_findings(case_id):
        desk.do(f"reviewer@{body}", case_id, "override", finding=finding, reason="实测满足")
    desk.do(f"reviewer@{body}", case_id, "recommend", recommendation="approve", reason="公安退回")
    lacks = desk.refused(f"approver@{body}", case_id, "approve", reason="公安退回")
    assert set(lacks) == {"required_opinions_in"}
