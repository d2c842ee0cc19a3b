"""From the application to the verified permit, over HTTP: each trip at the right level, with the right bodies."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.cases.review_job import deliver
from api.commands.permit import permit_group
from api.db.tables import Permit
from api.permits import signing
from api.permits.content import parse_content
from api.permits.verify import verify
from tests.service.desk import (
    EXPRESSWAYS,
    FIVE_COUNTIES,
    IN_CITY,
    IN_COUNTY,
    STREETS,
    TWO_CITIES,
    Desk,
    Road,
    vehicle_of,
)
from tests.service.issued import sheet_of

# Who decides; whose transport departments are informed; which city-road bodies decide for themselves.
WHERE: dict[str, tuple[Road, str, set[str], set[str]]] = {
    "one county": (IN_COUNTY, "430202", set(), set()),
    "two counties of a city": (IN_CITY, "430300", {"430302", "430304"}, set()),
    "two cities": (TWO_CITIES, "430000", {"430100", "430111", "430200", "430204"}, set()),
    "five counties by expressway": (
        FIVE_COUNTIES,
        "430000",
        {"430100", "430105", "430102", "430111", "430200", "430204", "430202"},
        set(),
    ),
    "streets of two districts": (STREETS, "430300", {"430302", "430304", "430321"}, {"430302", "430304"}),
}


def bodies(case: dict[str, Any], state: str) -> dict[str, str]:
    """Kinds of packets in a state, by body."""
    return {packet["body"]["id"]: packet["purpose"] for packet in case["packets"] if packet["state"] == state}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("vehicle_class", ["I", "II", "III"])
def test_a_case_lands_at_the_right_desk_and_ends_with_a_permit(desk: Desk, where: str, vehicle_class: str) -> None:
    road, code, informed, streets = WHERE[where]
    case_id = desk.submit(road, vehicle_of(vehicle_class))
    case = desk.case(case_id)
    assert (case["state"], case["vehicle_class"], case["clock"]["state"]) == ("submitted", vehicle_class, "not_started")
    assert case["deciding_body"]["id"] == f"transport:{code}"
    assert case["packets"] == []  # nobody is asked before acceptance
    evidence = desk.read(f"/api/v1/cases/{case_id}/dispatch")
    counted = {entry["division"] for entry in evidence["managed"] if entry["division"]}
    assert {county for county in informed if not county.endswith("00")} <= counted

    body = desk.accept(case_id)
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"]) == ("review", "running")
    told, asked = bodies(case, "informed"), bodies(case, "open")
    assert {f"transport:{one}" for one in informed} <= set(told)
    assert {one for one, purpose in asked.items() if purpose == "decision"} == {f"city_road:{one}" for one in streets}
    opinions = {one for one, purpose in asked.items() if purpose == "opinion"}
    expressway = road is not STREETS
    if vehicle_class == "I":
        assert not opinions
        assert (EXPRESSWAYS in told) is expressway
    else:
        assert (EXPRESSWAYS in opinions) is expressway
        assert any(one.startswith("toll_operator:") for one in opinions) is expressway
    police = {one for one in asked if one.startswith("police:")}
    assert police == ({f"police:{code}"} if vehicle_class == "III" else set())
    days = {"I": 2, "II": 2, "III": 5}[vehicle_class]
    for packet in desk.asked(case_id).values():
        if packet["purpose"] == "opinion":
            assert desk.days_between(case["accepted_on"], packet["due_on"]) == days

    for finding in desk.open_findings(case_id):
        desk.do(f"approver@{body}", case_id, "override", finding=finding, reason="现场已实测，宽度满足")
    desk.answer_all(case_id)
    desk.recommend(case_id, conditions=["白天通行"])
    desk.do(f"approver@{body}", case_id, "approve")
    assert desk.case(case_id)["state"] == "approved"
    desk.run(deliver, case_id)
    case = desk.case(case_id)
    assert (case["state"], case["clock"]["state"], case["clock"]["card"]) == ("issued", "stopped", "green")
    assert {decision["state"] for decision in case["decisions"]} == {"approved"}
    assert len(case["decisions"]) == 1 + len(streets)
    assert {"submitted", "machine_reviewed", "dispatched", "accept", "review_done", "recommend", "approve"} <= set(
        desk.kinds(case_id)
    )
    told_carrier = desk.told(case_id=case_id)
    assert [told_carrier.count(kind) for kind in ("accepted", "item_decided", "issued")] == [1, len(streets), 1]
    told_desk = set(desk.told(body_id=f"transport:{code}", case_id=case_id))
    assert told_desk == ({"packet", "check"} if vehicle_class == "III" else {"packet"})

    permit = desk.permit_of(case_id)
    assert permit.status == ("awaiting_check" if vehicle_class == "III" else "valid")
    if vehicle_class == "III":
        assert verified(permit.record) == "awaiting_check"
        permit = check_before_departure(desk, case_id, permit, body)
    assert permit.status == "valid"
    assert verified(permit.record) == "genuine"


def verified(record: str) -> str:
    """What somebody without a network finds."""
    outcome: str = verify(record, signing.current().trusted(), revocations=None, on=dt.date(2026, 12, 8)).outcome
    return outcome


def check_before_departure(desk: Desk, case_id: str, permit: Permit, body: str) -> Permit:
    """Two officers of the deciding body measure the vehicle at the yard and find it as permitted."""
    officer = desk[f"enforcement@{body}"]
    checks = officer.get("/api/v1/checks", params={"state": "open", "limit": 200}).json()["items"]
    check = next(one for one in checks if one["permit_number"] == permit.number)
    sheet = sheet_of(parse_content(json.dumps(permit.content)), desk.clock())
    answer = officer.post(f"/api/v1/checks/{check['id']}/sheet", json={"sheet": sheet, "photos": []})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "agrees"
    return desk.permit_of(case_id)


def test_a_permit_verifies_on_the_command_line(desk: Desk, tmp_path: Path, settings) -> None:
    case_id = desk.to_decision()
    desk.do(f"approver@{desk.body_of(case_id)}", case_id, "approve")
    desk.run(deliver, case_id)
    record = tmp_path / "permit.txt"
    record.write_text(desk.permit_of(case_id).record, encoding="utf-8")
    environment = {"DAJIAN_VAR": str(settings.var)}
    done = CliRunner().invoke(permit_group, ["verify", str(record), "--json", "--on", "2026-12-08"], env=environment)
    assert done.exit_code == 0, done.output
    assert '"outcome": "genuine"' in done.output
    assert CliRunner().invoke(permit_group, ["verify", str(tmp_path / "none")], env=environment).exit_code != 0
