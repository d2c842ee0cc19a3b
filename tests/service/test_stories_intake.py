"""Before the review, over HTTP: wrong dispatch, correction, silence, non-acceptance, papers to follow, withdrawal."""

import datetime as dt
import uuid
from typing import Any

import pytest

from api.cases.review_job import deem_silent_accepted, review_case
from api.db.tables import Case
from tests.service.desk import EXPRESSWAYS, IN_CITY, IN_COUNTY, PROVINCE, STREETS, TWO_CITIES, Desk, vehicle_of

CITY = "transport:430300"
COUNTY = "transport:430202"


@pytest.fixture(autouse=True)
def _summer(desk: Desk) -> None:
    """A Monday far from holidays; every story starts there."""
    desk.go_to(dt.date(2026, 7, 6))


def test_a_case_sent_to_the_wrong_desk_goes_up_and_on(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY)
    desk.working_days(1)
    lacks = desk.refused(f"window@{CITY}", case_id, "return_dispatch")
    assert set(lacks) == {"reason"}
    desk.do(f"window@{CITY}", case_id, "return_dispatch", reason="货物实际由省直接受理")
    assert desk.body_of(case_id) == PROVINCE
    assert desk.try_to(f"window@{CITY}", case_id, "accept").status_code == 404  # out of its hands, out of its sight
    desk.working_days(2)
    desk.do(f"window@{PROVINCE}", case_id, "dispatch", body_id=COUNTY)
    assert desk.body_of(case_id) == COUNTY
    assert "packet" in desk.told(body_id=COUNTY, case_id=case_id)
    desk.run(review_case, case_id)  # the machine does not take it back from where people have sent it
    assert desk.body_of(case_id) == COUNTY
    desk.working_days(1)

    events = desk.read(f"/api/v1/cases/{case_id}/events")
    returned = next(event for event in events if event["kind"] == "case_returned")
    assert (returned["data"]["body"], returned["data"]["to"]) == (CITY, PROVINCE)
    assert returned["data"]["reason"] == "货物实际由省直接受理"
    held = desk.read(f"/api/v1/cases/{case_id}/custody")
    assert [(span["body"], span["working_days"]) for span in held["spans"] if span["body"]] == [
        (CITY, 1),
        (PROVINCE, 2),
        (COUNTY, 1),
    ]
    assert held["days"] == {CITY: 1, PROVINCE: 2, COUNTY: 1}
    answer = desk["carrier"].get(f"/api/v1/cases/{case_id}/custody")
    assert answer.status_code == 200


def test_a_case_goes_to_transport_departments_of_the_province_only(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY)
    for wrong in ("police:430300", "transport:440000", "nobody", ""):
        answer = desk.try_to(f"window@{CITY}", case_id, "dispatch", body_id=wrong)
        assert answer.status_code == 422, wrong
    assert desk.body_of(case_id) == CITY


def test_a_packet_wrongly_sent_goes_on_to_the_right_body_in_one_step(desk: Desk) -> None:
    case_id = desk.submit(TWO_CITIES, vehicle_of("II"))
    desk.accept(case_id)
    packet = desk.asked(case_id)[EXPRESSWAYS]
    centre = "highway_centre:430200"
    wrong = {"packet_id": packet["id"], "reason": "该段已移交市中心", "body_id": centre}
    stranger = desk.speaker_of(next(one for one in desk.asked(case_id) if one.startswith("toll_operator")))
    assert desk.try_to(stranger, case_id, "return_dispatch", **wrong).status_code == 404
    answer = desk.try_to(stranger, case_id, "return_dispatch", reason="不归我", body_id=centre)
    assert answer.status_code == 422  # a body that was asked a part cannot move the whole case
    desk.working_days(1)
    desk.do(f"reviewer@{EXPRESSWAYS}", case_id, "return_dispatch", **wrong)
    asked = desk.asked(case_id)
    assert EXPRESSWAYS not in asked
    assert centre in asked
    part = desk.read(f"/api/v1/packets/{asked[centre]['id']}", f"reviewer@{centre}")
    assert part["content"]["evidence"]
    answer = desk[f"reviewer@{EXPRESSWAYS}"].get(f"/api/v1/packets/{packet['id']}")
    assert answer.status_code == 404  # and sees the case no more
    held = {one["body"]: one for one in desk.read(f"/api/v1/cases/{case_id}/custody")["packets"]}
    assert (held[EXPRESSWAYS]["state"], held[EXPRESSWAYS]["working_days"]) == ("returned", 1)

    # The same review again asks nobody again, and not the wrong body either.
    desk.do(f"reviewer@{PROVINCE}", case_id, "start_review")
    desk.run(review_case, case_id)
    assert set(desk.asked(case_id)) == set(asked)


def test_a_packet_sent_back_without_a_name_waits_for_the_deciding_body(desk: Desk) -> None:
    case_id = desk.submit(IN_CITY, vehicle_of("II"))
    desk.accept(case_id)
    packet = desk.asked(case_id)[EXPRESSWAYS]
    desk.do(f"reviewer@{EXPRESSWAYS}", case_id, "return_dispatch", packet_id=packet["id"], reason="不归我")
    for body_id in desk.asked(case_id):
        desk.answer(case_id, body_id)
    assert desk.case(case_id)["open_tasks"] == ["consultation"]
    lacks = desk.refused(f"reviewer@{CITY}", case_id, "recommend", recommendation="approve")
    assert set(lacks) == {"no_open_task_or_reason"}
    desk.do(f"window@{CITY}", case_id, "dispatch", packet_id=packet["id"], body_id="highway_centre:430300")
    again = desk.try_to(f"window@{CITY}", case_id, "dispatch", packet_id=packet["id"], body_id="highway_centre:430200")
    assert again.status_code == 409
    assert desk.answer(case_id, "highway_centre:430300").status_code == 200
    assert desk.case(case_id)["open_tasks"] == []


def test_a_correction_is_asked_once_with_everything_and_answered_with_a_form(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, without=("agent_id", "vehicle_licence"))
    window = f"window@{COUNTY}"
    lacks = desk.refused(window, case_id, "accept")
    assert set(lacks) == {"nothing_missing"}
    missing = ["agent_id", "vehicle_licence"]
    assert all(item in lacks["nothing_missing"] for item in missing)
    lacks = desk.refused(window, case_id, "request_correction", items=missing[:1])
    assert "vehicle_licence" in lacks["all_corrections_listed"]
    desk.do(window, case_id, "request_correction", items=missing)
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("correction", "not_started")
    note = desk.note(case_id, "request_correction")
    assert note["title_zh"] == "补正告知书"
    assert "身份证" in note["text"]
    assert "correction" in desk.told(case_id=case_id)
    desk.working_days(3)
    assert desk.try_to(window, case_id, "not_accept", reason="未补").status_code == 409  # the applicant's time runs
    desk.run(deem_silent_accepted)
    assert desk.case(case_id)["state"] == "correction"  # and the office is not silent

    form = desk.form(IN_COUNTY, without=("vehicle_licence",))
    lacks = desk.refused("carrier", case_id, "answer_correction", form=form, answers={"agent_id": "已补"})
    assert "vehicle_licence" in lacks["all_items_answered"]
    assert desk.try_to("rival", case_id, "answer_correction", form=form).status_code == 404
    answers = dict.fromkeys(missing, "已补，见附件")
    desk.do("carrier", case_id, "answer_correction", form=form, answers=answers)
    assert desk.refused(window, case_id, "accept")["nothing_missing"].endswith("机器比对未完成")
    desk.run(review_case, case_id)
    assert "vehicle_licence" in desk.refused(window, case_id, "accept")["nothing_missing"]
    lacks = desk.refused(window, case_id, "request_correction", items=["vehicle_licence"])
    assert set(lacks) == {"first_correction"}
    desk.do(window, case_id, "not_accept", reason="补正后材料仍不齐")
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("not_accepted", "stopped")
    assert "行政复议" in desk.note(case_id, "not_accept")["text"]


def test_a_complete_answer_is_accepted(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, without=("agent_id",))
    desk.do(f"window@{COUNTY}", case_id, "request_correction", items=["agent_id"])
    desk.working_days(2)
    desk.do("carrier", case_id, "answer_correction", form=desk.form(IN_COUNTY), answers={"agent_id": "已补"})
    desk.run(review_case, case_id)
    desk.accept(case_id)
    case = desk.case(case_id)
    assert (case["state"], case["form_version"]) == ("review", 2)
    assert case["accepted_on"] == desk.clock().date().isoformat()
    spans = desk.read(f"/api/v1/cases/{case_id}/custody")["spans"]
    assert [(span["body"], span["working_days"]) for span in spans] == [(None, 2), (COUNTY, 0)]


def test_an_applicant_who_lets_the_correction_lapse_is_not_accepted(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, without=("agent_id",))
    desk.do(f"window@{COUNTY}", case_id, "request_correction", items=["agent_id"])
    desk.working_days(60)
    desk.do(f"window@{COUNTY}", case_id, "not_accept", reason="逾期未补正")
    assert desk.case(case_id)["state"] == "not_accepted"


def test_grounds_of_non_acceptance(desk: Desk) -> None:
    fine = desk.submit(IN_COUNTY)
    lacks = desk.refused(f"window@{COUNTY}", fine, "not_accept", reason="不想办")
    assert set(lacks) == {"ground_of_non_acceptance"}
    desk.do(f"window@{COUNTY}", fine, "not_accept", reason="货物可以分载", ground="ord62-11")  # people see what it is
    assert desk.case(fine)["state"] == "not_accepted"
    scope = desk.submit(IN_COUNTY, carrier={"licence_scope": "道路普通货物运输"})
    assert "ord62-11" in desk.refused(f"window@{COUNTY}", scope, "accept")["no_ground_of_non_acceptance"]
    desk.do(f"window@{COUNTY}", scope, "not_accept", reason="经营范围不含大型物件运输")
    assert desk.told(case_id=scope) == ["not_accepted"]


def test_silence_is_acceptance_and_one_bad_case_stops_no_other(desk: Desk) -> None:
    received = desk.clock().date()
    bad, good = desk.submit(IN_COUNTY), desk.submit(IN_COUNTY)
    with desk.sessions.begin() as session:
        case = session.get_one(Case, uuid.UUID(bad))
        case.remarks = {**case.remarks, "tasks": ["no such task"]}  # something no code expects
    desk.working_days(5)
    desk.run(deem_silent_accepted)
    assert desk.case(good)["state"] == "submitted"  # the fifth working day is not over
    desk.clock.forward(days=1)
    desk.run(deem_silent_accepted)
    case = desk.case(good)
    assert (case["state"], case["accepted_on"]) == ("machine_review", received.isoformat())
    assert case["clock"]["card"] == "red"  # two working days from the receipt are over
    assert "deem_accepted" in desk.kinds(good)
    with desk.sessions() as session:
        left = session.get_one(Case, uuid.UUID(bad))
        assert left.state == "submitted"
    assert "deem_accepted" not in desk.kinds_of(bad)  # what was rolled back is not in the ledger either
    with desk.sessions.begin() as session:
        case = session.get_one(Case, uuid.UUID(bad))
        case.remarks = {**case.remarks, "tasks": []}
    desk.run(review_case, good)
    assert desk.case(good)["state"] == "review"


def test_papers_to_follow_are_promised_supplied_and_nothing_else_changes(desk: Desk) -> None:
    declared = {"declarations": {"materials_to_follow": ["authorization"]}}
    case_id = desk.submit(IN_COUNTY, vehicle_of("II"), without=("authorization",), **declared)
    window = f"window@{COUNTY}"
    assert set(desk.refused(window, case_id, "accept")) == {"nothing_missing"}
    desk.do(window, case_id, "accept_with_promise")
    desk.run(review_case, case_id)
    case = desk.case(case_id)
    assert (case["state"], set(case["promised"])) == ("review", {"authorization"})
    desk.answer_all(case_id)
    desk.recommend(case_id)
    lacks = desk.refused(f"approver@{COUNTY}", case_id, "approve")
    assert set(lacks) == {"promised_items_in"}

    form = desk.case(case_id)["form"]
    file = desk.attach("carrier")
    assert desk.try_to("carrier", case_id, "supply_promised", answers={"authorization": "已寄"}).status_code == 422
    heavier: dict[str, Any] = {**form, "cargo": {**form["cargo"], "name": "另一件货物"}}
    assert desk.try_to("carrier", case_id, "supply_promised", form=heavier).status_code == 422
    foreign = {**form, "attachments": {**form["attachments"], "authorization": [desk.attach("rival")]}}
    assert desk.try_to("carrier", case_id, "supply_promised", form=foreign).status_code == 422
    desk.do("carrier", case_id, "supply_promised", form=form)  # nothing new in it
    assert set(desk.case(case_id)["promised"]) == {"authorization"}
    whole = {**form, "attachments": {**form["attachments"], "authorization": [file]}}
    desk.do("carrier", case_id, "supply_promised", form=whole)
    case = desk.case(case_id)
    assert (case["state"], case["promised"]) == ("decision", {})
    assert case["verdict"] == "passes"
    desk.do(f"approver@{COUNTY}", case_id, "approve")
    assert desk.case(case_id)["state"] == "approved"


def test_the_applicant_withdraws_and_nobody_has_to_answer_any_more(desk: Desk) -> None:
    case_id = desk.submit(STREETS, vehicle_of("III"))
    desk.accept(case_id)
    asked = desk.asked(case_id)
    assert desk.try_to(f"window@{CITY}", case_id, "withdraw").status_code == 403
    desk.do("carrier", case_id, "withdraw")
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("withdrawn", "stopped")
    assert not desk.asked(case_id)
    for body_id, packet in asked.items():
        answer = desk[desk.speaker_of(body_id)].get(f"/api/v1/packets/{packet['id']}")
        assert answer.status_code == 404
    assert desk.told(body_id=CITY, case_id=case_id).count("packet") >= 1
    assert desk.try_to("carrier", case_id, "withdraw").status_code == 409
