"""The review and what comes after, over HTTP: the clock, failing bridges, refusal, changes and the end of permits."""

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import update

from api.cases.advice import advise_case
from api.cases.review_job import deliver, escalate_silent, expire_permits, review_case
from api.db.tables import Case, Review
from data.demo.traps import legal_mass
from tests.service.desk import (
    EXPRESSWAYS,
    IN_CITY,
    IN_COUNTY,
    LOW_BRIDGE,
    STREETS,
    WEAK_BRIDGE,
    Desk,
    beyond_art_17,
    heavy_vehicle,
    vehicle_of,
)

CITY = "transport:430300"
COUNTY = "transport:430202"


@pytest.fixture(autouse=True)
def _summer(desk: Desk) -> None:
    """A Monday far from holidays; every story starts there."""
    desk.go_to(dt.date(2026, 7, 6))


def reviewed(desk: Desk, day: dt.date, vehicle_class: str, road: Any = IN_COUNTY) -> str:
    """A case accepted on a day."""
    desk.go_to(day)
    case_id = desk.submit(road, vehicle_of(vehicle_class))
    desk.accept(case_id)
    return case_id


# Acceptance, class, and from which day on the case shows which card: counted by hand over the published holidays.
CARDS = {
    "National Day": (
        dt.date(2026, 9, 30),
        "II",
        [
            (dt.date(2026, 9, 30), "green"),
            (dt.date(2026, 10, 7), "green"),
            (dt.date(2026, 10, 10), "green"),
            (dt.date(2026, 10, 12), "warning"),
            (dt.date(2026, 10, 13), "warning"),
            (dt.date(2026, 10, 14), "red"),
        ],
    ),
    "Spring Festival": (
        dt.date(2026, 2, 13),
        "III",
        [
            (dt.date(2026, 2, 13), "green"),
            (dt.date(2026, 2, 28), "green"),
            (dt.date(2026, 3, 3), "warning"),
            (dt.date(2026, 3, 5), "warning"),
            (dt.date(2026, 3, 6), "yellow"),
            (dt.date(2026, 3, 12), "yellow"),
            (dt.date(2026, 3, 13), "red"),
        ],
    ),
}


@pytest.mark.parametrize("holiday", CARDS)
def test_cards_appear_on_the_right_working_days(desk: Desk, holiday: str) -> None:
    accepted_on, vehicle_class, cards = CARDS[holiday]
    case_id = reviewed(desk, accepted_on, vehicle_class)
    found = []
    for day, _ in cards:
        desk.go_to(day)
        found.append((day, desk.case(case_id)["card"]))
    assert found == cards


def test_due_days_over_the_holidays(desk: Desk) -> None:
    spring = desk.case(reviewed(desk, dt.date(2026, 2, 13), "III"))
    assert (spring["statutory_due_on"], spring["promised_due_on"]) == ("2026-03-12", "2026-03-05")
    autumn = desk.case(reviewed(desk, dt.date(2026, 9, 24), "II"))
    assert autumn["statutory_due_on"] == "2026-10-09"
    packets = {one["due_on"] for one in autumn["packets"] if one["state"] == "open"}
    assert packets == {"2026-09-29"}  # two working days, over the Mid-Autumn Festival


def test_a_lawful_pause_stops_the_clock_and_no_other_does(desk: Desk) -> None:
    case_id = reviewed(desk, dt.date(2026, 9, 24), "II")
    reviewer = f"reviewer@{COUNTY}"
    for basis, word in (
        ("survey", "勘测"),
        ("police_opinion", "公安"),
        ("co_review", "联合审查"),
        ("weather", "weather"),
    ):
        lacks = desk.refused(reviewer, case_id, "pause", basis=basis, reason="等", notice_text="中止告知")
        assert set(lacks) == {"lawful_pause"}
        assert word in lacks["lawful_pause"]
        assert "可以停表的只有" in lacks["lawful_pause"]
    assert (
        "没有要求过加固"
        in desk.refused(reviewer, case_id, "pause", basis="reinforcement", reason="加固")["lawful_pause"]
    )
    assert desk.case(case_id)["clock"]["state"] == "running"

    desk.go_to(dt.date(2026, 9, 28))
    desk.do(reviewer, case_id, "pause", basis="testing", reason="委托桥梁检测")
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("paused", "paused")
    assert "paused" in desk.told(case_id=case_id)
    note = desk.note(case_id, "pause")
    assert "检测（行政许可法第四十五条）" in note["text"]
    desk.go_to(dt.date(2026, 10, 8))
    assert desk.case(case_id)["clock"]["paused_working_days"] == 3  # 29th, 30th, and the 8th
    assert desk.case(case_id)["card"] == "green"
    desk.do(reviewer, case_id, "resume")
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("review", "running")
    # Used: the 28th. Four more: 9, 10 (a working Saturday), 12, 13 October; without the pause it was the 9th.
    assert case["statutory_due_on"] == "2026-10-13"
    spans = desk.read(f"/api/v1/cases/{case_id}/custody")["spans"]
    assert [span["paused"] for span in spans].count(True) == 1


def test_silence_of_a_body_is_escalated_and_never_consent(desk: Desk) -> None:
    case_id = reviewed(desk, dt.date(2026, 9, 24), "III", IN_CITY)
    asked = desk.asked(case_id)
    assert {packet["due_on"] for packet in asked.values()} == {"2026-10-09"}
    desk.go_to(dt.date(2026, 10, 9))
    desk.run(escalate_silent)
    assert "escalate" not in desk.kinds(case_id)
    assert {packet["card"] for packet in desk.asked(case_id).values()} == {"warning"}
    desk.go_to(dt.date(2026, 10, 10))
    desk.run(escalate_silent)
    desk.run(escalate_silent)
    assert desk.kinds(case_id).count("escalate") == len(asked)  # once each
    late = desk.asked(case_id)
    assert {(packet["card"], packet["is_overdue"], packet["opinion"]) for packet in late.values()} == {
        ("yellow", True, None)
    }
    assert desk.case(case_id)["open_tasks"] == ["consultation"] * len(asked)
    assert desk.told(body_id="police:430300", case_id=case_id).count("packet") == 2
    for finding in desk.open_findings(case_id):
        desk.do(f"reviewer@{CITY}", case_id, "override", finding=finding, reason="实测满足")
    desk.do(f"reviewer@{CITY}", case_id, "recommend", recommendation="approve", reason="已多次催办")
    lacks = desk.refused(f"approver@{CITY}", case_id, "approve", reason="已多次催办")
    assert set(lacks) == {"required_opinions_in"}  # the police has to be heard on class III
    desk.answer(case_id, "police:430300")
    assert set(desk.refused(f"approver@{CITY}", case_id, "approve")) == {"no_open_opinion_or_reason"}
    desk.do(f"approver@{CITY}", case_id, "approve", reason="已多次催办")
    assert not desk.asked(case_id)


def test_a_weak_bridge_leads_to_another_way_first_and_to_refusal_last(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer, approver = f"reviewer@{body}", f"approver@{body}"
    findings = desk.open_findings(case_id)
    assert any(finding.startswith("bridge_effect:") for finding in findings)
    desk.answer_all(case_id)
    desk.recommend(case_id, "refuse", reason="桥梁不能通过")
    assert set(desk.refused(approver, case_id, "approve")) >= {"no_open_finding"}
    lacks = desk.refused(approver, case_id, "refuse", items=findings, reason="桥梁不能通过")
    assert set(lacks) == {"milder_way_offered", "statement_heard"}
    desk.do(approver, case_id, "send_back", reason="先提改线")
    desk.do(reviewer, case_id, "propose_reroute", reason="请绕行S302")
    assert "reroute" in desk.told(case_id=case_id)
    assert desk.case(case_id)["open_tasks"] == ["reroute"]
    desk.do("carrier", case_id, "answer_reroute")  # no other road serves the place
    assert desk.case(case_id)["state"] == "machine_review"
    desk.run(review_case, case_id)
    assert not desk.asked(case_id)  # the same road and load: whoever has answered is not asked again
    desk.do(reviewer, case_id, "invite_statement", reason="拟不予许可")
    assert set(desk.refused(reviewer, case_id, "recommend", recommendation="refuse")) == {"no_open_task_or_reason"}
    desk.do("carrier", case_id, "hold_statement", reason="请求复核桥梁资料")
    desk.recommend(case_id, "refuse", reason="桥梁不能通过")
    lacks = desk.refused(approver, case_id, "refuse", items=findings[:-1], reason="桥梁不能通过")
    assert findings[-1] in lacks["all_refusal_reasons"]
    desk.do(approver, case_id, "refuse", items=findings, reason="桥梁不能通过")
    desk.run(deliver, case_id)
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("refusal_delivered", "stopped")
    text = desk.note(case_id, "refuse")["text"]
    assert "行政复议" in text
    for finding in findings:
        assert finding not in text, "keys are for machines"
    assert "演示陷阱bridge-fails-2大桥" in text
    assert "荷载效应比1." not in text, "a letter never tells what a bridge bears"
    assert "refused" in desk.told(case_id=case_id)


def test_advice_follows_the_review_and_is_quoted_in_the_letter(desk: Desk) -> None:
    case_id = desk.submit(LOW_BRIDGE, legal_mass(height_mm=4310))
    body = desk.accept(case_id)
    assert desk.report(case_id, "carrier")["why_not"]["smallest_changes"] == []
    with desk.sessions() as session:
        review_id = str(session.get_one(Case, uuid.UUID(case_id)).review_id)
    for _ in range(2):  # a worker that was killed does it again
        desk.run(advise_case, case_id, review_id)
    assert desk.kinds_of(case_id).count("advised") == 1
    for login in ("carrier", f"reviewer@{body}"):
        (change,) = desk.report(case_id, login)["why_not"]["smallest_changes"]
        (part,) = change["changes"]
        assert (part["quantity"], part["from"], part["to"]) == ("height", 4310, 4290)  # the sign of the trap
    desk.do(f"reviewer@{body}", case_id, "invite_statement", reason="净高不足")
    text = desk.note(case_id, "invite_statement")["text"]
    assert "限值4.29 m（标志）" in text
    assert "超出2 cm" in text
    assert "高度降低2 cm（4.31 m至4.29 m）" in text


def test_advice_about_another_road_or_form_is_not_kept(desk: Desk) -> None:
    case_id = desk.submit(LOW_BRIDGE, legal_mass(height_mm=4310))
    with desk.sessions() as session:
        review_id = str(session.get_one(Case, uuid.UUID(case_id)).review_id)
    with desk.sessions() as session:
        session.execute(update(Review).where(Review.id == uuid.UUID(review_id)).values(network_id="sha256:other"))
        session.commit()
    desk.run(advise_case, case_id, review_id)
    desk.run(advise_case, case_id, str(uuid.uuid4()))
    desk.run(advise_case, str(uuid.uuid4()), review_id)
    assert "advised" not in desk.kinds_of(case_id)


def test_a_special_calculation_settles_the_bridge_and_a_survey_cannot(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer = f"reviewer@{body}"
    bridge = next(one for one in desk.open_findings(case_id) if one.startswith("bridge_effect:"))
    desk.do(reviewer, case_id, "order_survey", reason="现场看桥")
    officers = [desk.account_id(reviewer), desk.account_id(f"window@{body}")]
    survey = {"items": [bridge], "notice_text": "勘测记录"}
    assert set(desk.refused(reviewer, case_id, "file_survey", officers=officers[:1], **survey)) == {"two_officers"}
    strangers = [officers[0], desk.account_id("carrier")]
    assert set(desk.refused(reviewer, case_id, "file_survey", officers=strangers, **survey)) == {"two_officers"}
    assert desk.try_to(reviewer, case_id, "file_survey", officers=officers, **survey).status_code == 422
    desk.do(reviewer, case_id, "file_survey", officers=officers, notice_text="勘测记录")
    assert bridge in desk.open_findings(case_id)

    desk.do(reviewer, case_id, "order_calculation", reason="专项验算")
    desk.do("carrier", case_id, "file_calculation", items=[bridge], notice_text="委托单位的验算报告")
    assert bridge in desk.open_findings(case_id)  # the applicant's paper is looked at, it settles nothing by itself
    desk.do(reviewer, case_id, "order_calculation", reason="复核验算")
    desk.do(reviewer, case_id, "file_calculation", items=desk.open_findings(case_id), notice_text="验算报告：满足")
    case = desk.case(case_id)
    assert case["settled"][bridge]["how"] == "calculated"
    assert desk.open_findings(case_id) == []
    assert desk.case(case_id, "carrier")["settled"][bridge] == {"how": "calculated"}
    desk.answer_all(case_id)
    desk.recommend(case_id)
    desk.do(f"approver@{body}", case_id, "approve")
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "issued"


def test_reinforcement_pauses_lawfully_and_settles_when_checked(desk: Desk) -> None:
    case_id = desk.submit(WEAK_BRIDGE, heavy_vehicle())
    body = desk.accept(case_id)
    reviewer = f"reviewer@{body}"
    bridge = next(one for one in desk.open_findings(case_id) if one.startswith("bridge_effect:"))
    assert set(desk.refused(reviewer, case_id, "order_reinforcement", reason="加固")) == {"notice"}
    desk.do(reviewer, case_id, "order_reinforcement", reason="加固桥面", notice_text="加固要求")
    desk.do(reviewer, case_id, "pause", basis="reinforcement", reason="加固施工")
    desk.working_days(10)
    assert set(desk.refused(reviewer, case_id, "resume")) == {"reinforcement_checked_or_reason"}
    officers = [desk.account_id(reviewer), desk.account_id(f"window@{body}")]
    sent = {"items": [bridge], "officers": officers, "notice_text": "验收记录"}
    desk.do(reviewer, case_id, "accept_reinforcement", **sent)
    desk.do(reviewer, case_id, "resume")
    assert desk.case(case_id)["settled"][bridge]["how"] == "reinforced"
    assert desk.case(case_id)["clock"]["paused_working_days"] == 10


def test_an_override_needs_a_reason_and_article_17_takes_none(desk: Desk) -> None:
    case_id = desk.submit(IN_COUNTY, beyond_art_17())
    body = desk.accept(case_id)
    reviewer, approver = f"reviewer@{body}", f"approver@{body}"
    findings = desk.open_findings(case_id)
    assert findings
    assert set(desk.refused(reviewer, case_id, "override", finding=findings[0])) == {"reason"}
    assert set(desk.refused(reviewer, case_id, "override", finding="no such", reason="不需要")) == {"finding"}
    desk.do(reviewer, case_id, "override", finding=findings[0], reason="已有荷载试验报告")
    assert desk.case(case_id)["settled"][findings[0]]["reason"] == "已有荷载试验报告"
    assert desk.refused(reviewer, case_id, "override", finding=findings[0], reason="再来") != {}
    clause = "ord62-17.1.2"
    assert "不得改判" in desk.refused(reviewer, case_id, "override", finding=clause, reason="不")["finding"]
    for finding in findings[1:]:
        desk.do(reviewer, case_id, "override", finding=finding, reason="已有荷载试验报告")
    desk.answer_all(case_id)
    desk.recommend(case_id)
    lacks = desk.refused(approver, case_id, "approve")
    assert clause in lacks["no_mandatory_refusal"]
    desk.do(approver, case_id, "send_back", reason="依法不予许可")
    desk.do(reviewer, case_id, "propose_reroute", reason="请减载或者换车")
    desk.do(reviewer, case_id, "drop_task", task="reroute", reason="申请人不改")
    desk.do(reviewer, case_id, "invite_statement", reason="拟不予许可")
    desk.do("carrier", case_id, "hold_statement", reason="无意见", waived=True)
    desk.recommend(case_id, "refuse", reason="超过第十七条")
    desk.do(approver, case_id, "refuse", items=[clause], reason="轴线荷载超过第十七条")
    assert desk.case(case_id)["state"] == "refused"


def issued(desk: Desk, road: Any = IN_COUNTY) -> str:
    """A case with a permit."""
    case_id = desk.to_decision(road)
    desk.do(f"approver@{desk.body_of(case_id)}", case_id, "approve")
    desk.run(deliver, case_id)
    assert desk.case(case_id)["state"] == "issued"
    return case_id


@pytest.mark.parametrize(
    ("action", "state", "status"),
    [("recall", "recalled", "revoked"), ("revoke", "revoked", "revoked"), ("cancel", "cancelled", "cancelled")],
)
def test_permits_end_for_a_ground(desk: Desk, action: str, state: str, status: str) -> None:
    case_id = issued(desk)
    approver = f"approver@{COUNTY}"
    assert "ground" in desk.refused(approver, case_id, action, reason="不再适用")
    assert desk.try_to("carrier", case_id, action, reason="x", ground="y").status_code == 403
    desk.do(approver, case_id, action, reason="不再适用", ground="行政许可法")
    assert desk.case(case_id)["state"] == state
    assert desk.permit_of(case_id).status == status
    assert "permit_ended" in desk.kinds(case_id)


def test_permits_expire_by_themselves(desk: Desk) -> None:
    case_id = issued(desk)
    desk.run(expire_permits)
    assert desk.case(case_id)["state"] == "issued"
    desk.go_to(desk.permit_of(case_id).valid_until)
    desk.run(expire_permits)
    assert desk.case(case_id)["state"] == "issued"  # its last day
    desk.clock.forward(days=1)
    desk.run(expire_permits)
    assert desk.case(case_id)["state"] == "cancelled"
    assert desk.permit_of(case_id).status == "cancelled"


def test_a_change_makes_the_next_version(desk: Desk) -> None:
    case_id = issued(desk)
    first = desk.permit_of(case_id)
    form = desk.case(case_id)["form"]
    later = {**form, "trip": {**form["trip"], "end_date": _later(form["trip"]["end_date"], 1)}}
    desk.do("carrier", case_id, "request_change", reason="顺延一天", form=later)
    assert desk.case(case_id)["state"] == "changing"
    assert desk.permit_of(case_id).version == first.version  # holds on as it is
    assert set(desk.refused(f"approver@{COUNTY}", case_id, "decide_change", reason="同意")) == {"machine_review_done"}
    desk.run(review_case, case_id)
    desk.do(f"approver@{COUNTY}", case_id, "decide_change", reason="同意")
    second = desk.permit_of(case_id)
    assert (second.number, second.version) == (first.number, first.version + 1)
    assert second.valid_until == first.valid_until + dt.timedelta(days=1)
    assert desk.case(case_id)["state"] == "issued"


def test_a_change_that_needs_a_decision_of_its_own_is_no_change(desk: Desk) -> None:
    case_id = issued(desk)
    first = desk.permit_of(case_id)
    form = desk.case(case_id)["form"]
    other = desk.form(WEAK_BRIDGE, heavy_vehicle())
    desk.do("carrier", case_id, "request_change", reason="换车换路", form={**other, "attachments": form["attachments"]})
    desk.run(review_case, case_id)
    answer = desk.try_to(f"approver@{COUNTY}", case_id, "decide_change", reason="同意")
    assert answer.status_code == 409
    assert "审查意见未处理" in answer.text
    desk.do("carrier", case_id, "withdraw")
    case = desk.case(case_id)
    assert (case["state"], case["form"]["trip"]["origin"]) == ("issued", form["trip"]["origin"])
    assert desk.permit_of(case_id).id == first.id
    assert case["verdict"] == "passes"
    desk.read(f"/api/v1/cases/{case_id}/report")  # the review of the restored form


def test_a_body_that_objects_needs_an_answer(desk: Desk) -> None:
    case_id = reviewed(desk, dt.date(2026, 7, 6), "II")
    answer = desk.answer(case_id, EXPRESSWAYS, "agree_with_conditions")
    assert answer.status_code == 422
    desk.answer(case_id, EXPRESSWAYS, "object")
    assert desk.case(case_id)["state"] == "review"
    for body_id in desk.asked(case_id):
        desk.answer(case_id, body_id)
    lacks = desk.refused(f"reviewer@{COUNTY}", case_id, "recommend", recommendation="approve")
    assert set(lacks) == {"no_objection_or_reason"}
    desk.do(f"reviewer@{COUNTY}", case_id, "recommend", recommendation="approve", reason="已协调")
    assert set(desk.refused(f"approver@{COUNTY}", case_id, "approve")) == {"no_objection_or_reason"}


def test_a_body_beyond_the_plan_can_be_asked(desk: Desk) -> None:
    case_id = desk.submit(STREETS)
    desk.accept(case_id)
    reviewer = f"reviewer@{CITY}"
    assert desk.try_to(reviewer, case_id, "ask_opinion").status_code == 422
    desk.do(reviewer, case_id, "ask_opinion", body_id="police:430300", reason="是否限时通行")
    assert desk.try_to(reviewer, case_id, "ask_opinion", body_id="police:430300", reason="再问").status_code == 422
    packet = desk.asked(case_id)["police:430300"]
    part = desk.read(f"/api/v1/packets/{packet['id']}", "police@police:430300")
    assert part["content"]["question"] == "是否限时通行"
    assert part["content"]["findings"] == []
    assert desk.answer(case_id, "police:430300").status_code == 200


def _later(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
