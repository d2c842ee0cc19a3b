"""The inbox: a packet is answered in two clicks, and no body ever sees another's part."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import html
import json
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.service.conftest import PASSWORD, desk  # noqa: F401 - a fixture
from tests.service.desk import FIVE_COUNTIES, TWO_CITIES, WEAK_BRIDGE, Desk, heavy_vehicle, vehicle_of

HTML = {"Accept": "text/html,application/xhtml+xml"}
TRIP = {"origin": {"name": "甲地"}, "destination": {"name": "乙地"}}


class Reader:
    """Somebody with a browser without scripts, who counts clicks."""

    def __init__(self, app: FastAPI, login: str) -> None:
        self.client = TestClient(app, raise_server_exceptions=False, headers=HTML)
        self.clicks = 0
        page = self.client.get("/sign-in").text
        token = re.findall(r'name="csrf_token" value="([^"]*)"', page)[0]
        sent = {"login": login, "password": PASSWORD, "csrf_token": token}
        assert self.client.post("/sign-in", data=sent, follow_redirects=False).status_code == 303

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-3000:])
        return answer.text

    def click(self, page: str, words: str) -> str:
        """Follow a link by its words."""
        self.clicks += 1
        links = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
        found = next(href for href, text in links if words in re.sub(r"<[^>]*>", "", text))
        return self.get(html.unescape(found).partition("#")[0])

    def press(self, page: str, button: str, **typed: Any) -> Any:
        """Send off the form that a button belongs to, as it stands, with what is typed besides."""
        self.clicks += 1
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if button in one)
        action = re.findall(r'action="([^"]+)"', form)[0]
        return self.client.post(action, data=fields_of(form) | typed)


def fields_of(form: str) -> dict[str, Any]:
    """What a browser would send of a form."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        is_choice = found.get("type") in {"radio", "checkbox"}
        if not is_choice or " checked" in tag:
            value = html.unescape(found.get("value", "on"))
            kept = sent.get(found["name"])
            sent[found["name"]] = value if kept is None else [*([kept] if isinstance(kept, str) else kept), value]
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        sent[name] = html.unescape(chosen[0]) if chosen else ""
    return sent


def reader(app: FastAPI, desk: Desk, body_id: str) -> Reader:  # noqa: F811 - the fixture
    login = desk.speaker_of(body_id)
    _ = desk[login]  # hired
    return Reader(app, login.replace("@", ".").replace(":", "-").replace("_", "-"))


def asked_case(desk: Desk, road: Any, vehicle: Any = None) -> tuple[str, dict[str, dict[str, Any]]]:  # noqa: F811
    case_id = desk.submit(road, vehicle)
    desk.accept(case_id)
    return case_id, desk.asked(case_id)


def packet(desk: Desk, case_id: str, body_id: str) -> dict[str, Any]:  # noqa: F811
    found: dict[str, Any] = next(one for one in desk.case(case_id)["packets"] if one["body"]["id"] == body_id)
    return found


def row_of(page: str, packet_id: str) -> str:
    return next(one for one in page.split('<li class="inbox-row"') if f'id="packet-{packet_id}"' in one)


def with_open_questions(desk: Desk) -> tuple[str, Any, Any, str]:  # noqa: F811
    """A packet whose findings speak against the passage."""
    for road in (FIVE_COUNTIES, TWO_CITIES, WEAK_BRIDGE):
        case_id, bodies = asked_case(desk, road, heavy_vehicle())
        parts = {body: desk.read(f"/api/v1/packets/{one['id']}", desk.speaker_of(body)) for body, one in bodies.items()}
        for body_id, one in parts.items():
            if {"unknown", "blocked"} & {finding["outcome"] for finding in one["content"]["findings"]}:
                return case_id, bodies, parts, body_id
    raise AssertionError("no packet speaks against a passage")


def test_agreeing_takes_two_clicks_and_the_next_packet_comes(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    first, bodies = asked_case(desk, TWO_CITIES, vehicle_of("II"))
    body_id = next(iter(bodies))
    second, _ = asked_case(desk, TWO_CITIES, vehicle_of("II"))
    office = reader(app, desk, body_id)
    listed = office.get("/inbox")
    mine = packet(desk, first, body_id)
    row = row_of(listed, mine["id"])
    assert mine["case_number"] in row
    assert mine["due_on"] in row
    assert "还剩" in row
    before = office.clicks
    opened = office.click(row, "查看并")
    doing = {} if 'value="agree" required checked' in opened else {"do": "agree"}
    after = office.press(opened, "确认并答复", **doing)
    assert office.clicks - before == 2
    told = packet(desk, first, body_id)
    assert (told["state"], told["opinion"]) == ("answered", "agree")
    assert told["reason"] == "经核，同意按申请的路线通行。"
    assert after.url.path == f"/inbox/{packet(desk, second, body_id)['id']}", "the next one"
    assert f"{mine['case_number']}：同意" in after.text


def test_conditions_may_be_added(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    case_id, bodies = asked_case(desk, FIVE_COUNTIES, vehicle_of("III"))
    body_id = next(iter(bodies))
    office = reader(app, desk, body_id)
    opened = office.get(f"/inbox/{bodies[body_id]['id']}?do=conditions")
    sent = office.press(opened, "确认并答复", conditions="夜间通行\n\n护送车引导  ")
    assert sent.status_code == 200
    told = packet(desk, case_id, body_id)
    assert (told["opinion"], told["conditions"]) == ("agree_with_conditions", ["夜间通行", "护送车引导"])


def test_objecting_takes_two_clicks_with_wording_from_the_findings(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    case_id, bodies, parts, body_id = with_open_questions(desk)
    office = reader(app, desk, body_id)
    row = row_of(office.get("/inbox"), bodies[body_id]["id"])
    before = office.clicks
    office.press(office.click(row, "不同意"), "确认并答复")
    assert office.clicks - before == 2
    told = packet(desk, case_id, body_id)
    assert told["opinion"] == "object"
    reasons = [f["reason"] for f in parts[body_id]["content"]["findings"] if f["outcome"] in {"unknown", "blocked"}]
    assert any(reason in told["reason"] for reason in reasons)


def test_an_objection_without_a_reason_comes_back_with_what_was_typed(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    case_id, bodies = asked_case(desk, TWO_CITIES, vehicle_of("II"))
    body_id = next(iter(bodies))
    office = reader(app, desk, body_id)
    opened = office.get(f"/inbox/{bodies[body_id]['id']}?do=object")
    answer = office.press(opened, "确认并答复", do="object", reasons=[], reason="  ", conditions="限速")
    assert answer.status_code == 422
    assert "不同意须写明理由" in answer.text
    assert "限速" in answer.text
    for wrong in ({"do": "maybe"}, {"do": "object", "reason": "x" * 5000}, {"do": "agree", "reason": "a\x00b"}):
        assert office.press(opened, "确认并答复", **wrong).status_code == 422
    assert packet(desk, case_id, body_id)["state"] == "open"


def test_returning_takes_two_clicks(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    case_id, bodies = asked_case(desk, TWO_CITIES, vehicle_of("II"))
    body_id = next(iter(bodies))
    office = reader(app, desk, body_id)
    row = row_of(office.get("/inbox"), bodies[body_id]["id"])
    before = office.clicks
    office.press(office.click(row, "退回"), "确认退回")
    assert office.clicks - before == 2
    told = packet(desk, case_id, body_id)
    assert told["state"] == "returned"
    assert told["reason"] == "途经路段不由本单位管理。"
    assert office.client.get(f"/inbox/{bodies[body_id]['id']}").status_code == 404, "it shows nothing more"
    done = office.get("/inbox?which=done")
    assert told["case_number"] in done
    assert f"/inbox/{told['id']}" not in done


def test_the_second_of_two_reads_what_happened(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    _, bodies = asked_case(desk, TWO_CITIES, vehicle_of("II"))
    body_id, one = next(iter(bodies.items()))
    office, colleague = reader(app, desk, body_id), reader(app, desk, body_id)
    opened, also = office.get(f"/inbox/{one['id']}"), colleague.get(f"/inbox/{one['id']}")
    office.press(opened, "确认并答复", do="agree")
    late = colleague.press(also, "确认并答复", do="object", reason="桥梁不能通过")
    assert late.status_code in {409, 412}
    assert "没有办成" in late.text
    assert "同意" in late.text


def test_a_body_never_sees_another_part(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    _, bodies = asked_case(desk, FIVE_COUNTIES, vehicle_of("III"))
    parts = {body: desk.read(f"/api/v1/packets/{one['id']}", desk.speaker_of(body)) for body, one in bodies.items()}
    own_id, other_id = list(bodies)[:2]
    office = reader(app, desk, own_id)
    assert office.client.get(f"/inbox/{bodies[other_id]['id']}").status_code == 404
    assert office.client.post(f"/inbox/{bodies[other_id]['id']}/answer", data={}).status_code in {403, 404}
    page = office.get(f"/inbox/{bodies[own_id]['id']}")
    own_names = {str((f["structure"] or {}).get("name")) for f in parts[own_id]["content"]["findings"]}
    others = {str((f["structure"] or {}).get("name")) for f in parts[other_id]["content"]["findings"]} - own_names
    assert not [name for name in others if name and name != "None" and name in page]
    drawn = json.loads(re.findall(r'class="route-map-data">(.*?)</script>', page, re.DOTALL)[0])
    whole = drawn_m(drawn)
    stated = sum(one["length_m"] for one in parts[own_id]["content"]["evidence"])
    assert 0.9 * stated < whole < 1.1 * stated


def drawn_m(drawn: dict[str, Any]) -> float:
    from pyproj import Geod

    globe = Geod(ellps="WGS84")
    lines = [part["line"] for route in drawn["routes"] for part in route["stretches"]]
    return float(sum(globe.line_length(*zip(*line, strict=True)) for line in lines))


@pytest.mark.parametrize("path", ["/inbox", "/inbox?which=done", "/inbox?which=informed&page=3"])
def test_who_has_no_inbox_is_told(app: FastAPI, desk: Desk, path: str) -> None:  # noqa: F811
    nobody = TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)
    assert nobody.get(path).headers["location"].startswith("/sign-in")
    _ = desk["carrier"]
    assert Reader(app, "carrier").client.get(path).status_code == 403


def test_the_cases_a_county_decides_lead_to_its_desk(app: FastAPI, desk: Desk) -> None:  # noqa: F811
    case_id = desk.submit(vehicle=vehicle_of("I"))
    body_id = desk.body_of(case_id)
    login = f"reviewer@{body_id}"
    _ = desk[login]
    page = Reader(app, login.replace("@", ".").replace(":", "-")).get("/inbox")
    assert f'href="/desk/cases/{case_id}"' in page
