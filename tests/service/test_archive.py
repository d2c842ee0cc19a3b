"""The archive over HTTP: first submission once, later reuse."""

import copy
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.applications.archive_pieces import Kind
from api.applications.endpoints_example import EXAMPLE_FORM

DRAFTS, ARCHIVE = "/api/v1/drafts", "/api/v1/archive"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def firm(people) -> TestClient:
    """A carrier of its own for each test."""
    code = uuid.uuid4().hex[:18].upper()
    people.account(code, "carrier", carrier_id=people.carrier(code, f"演示{code}"))
    client = people.sign_in(code)
    client.headers["X-Test-Code"] = code
    return client


def form(client: TestClient, **parts: Any) -> dict[str, Any]:
    whole = copy.deepcopy(EXAMPLE_FORM)
    whole["carrier"]["uscc"] = client.headers["X-Test-Code"]
    return {**whole, **parts}


def submit(client: TestClient, content: dict[str, Any]) -> dict[str, Any]:
    draft = client.post(DRAFTS, json={"content": content}).json()
    answer = client.post(f"{DRAFTS}/{draft['id']}/submit")
    assert answer.status_code == 201, answer.text
    return answer.json()


def archive(client: TestClient, **params: str) -> list[dict[str, Any]]:
    return client.get(ARCHIVE, params={"limit": 200, **params}).json()["items"]


def escort() -> dict[str, Any]:
    return {"vehicles": [{"plate": "湘A00009", "position": "front"}], "rules": "前导车在前五十米"}


def test_everything_submitted_is_archived_once_and_makes_the_next_form(firm: TestClient) -> None:
    photo = firm.post("/api/v1/attachments", files={"file": ("照片.pdf", PDF)}).json()["id"]
    content = form(firm, escort_plan=escort(), attachments={"photos": [photo]})
    submit(firm, content)
    items = archive(firm)
    assert sorted(item["kind"] for item in items) == sorted(Kind)
    submit(firm, content)
    assert {item["id"] for item in archive(firm)} == {item["id"] for item in items}
    begun = firm.post(DRAFTS, json={"archive_items": [item["id"] for item in items]}).json()
    missing = {fault["field"] for fault in begun["faults"]}
    assert missing == {"trip.start_date", "trip.end_date", "whole"}
    filled = begun["content"]
    filled["trip"] |= {"start_date": "2026-12-20", "end_date": "2026-12-21"}
    filled |= {"whole": content["whole"], "declarations": {"truthful": True}}
    saved = firm.put(f"{DRAFTS}/{begun['id']}", json={"content": filled}, headers={"If-Match": '"1"'})
    assert saved.json()["faults"] == []
    assert firm.post(f"{DRAFTS}/{begun['id']}/submit").status_code == 201


def test_thirty_blades_are_one_cargo(firm: TestClient) -> None:
    for number in range(1, 4):
        cargo = {**EXAMPLE_FORM["cargo"], "piece": f"叶片{number}/3", "serial_number": str(number)}
        submit(firm, form(firm, cargo=cargo))
    assert len(archive(firm, kind="cargo")) == 1


def test_the_last_used_come_first_and_lists_narrow(firm: TestClient, clock) -> None:
    drivers = [{**EXAMPLE_FORM["drivers"][0], "name": name} for name in ("演示甲", "演示乙")]
    for driver in (*drivers, drivers[0]):
        clock.forward(minutes=1)
        submit(firm, form(firm, drivers=[driver]))
    assert [item["label"] for item in archive(firm, kind="driver")] == ["演示甲", "演示乙"]
    assert [item["label"] for item in archive(firm, text="示乙")] == ["演示乙"]
    assert archive(firm, text="%") == []


def test_picking_adds_drivers_and_replaces_the_rest(firm: TestClient) -> None:
    submit(firm, form(firm))
    driver = archive(firm, kind="driver")[0]["id"]
    tractor = archive(firm, kind="tractor")[0]
    content = {"drivers": [{"name": "演示丙"}], "tractor": {"plate": "旧"}, "trip": "打错了"}
    draft = firm.post(DRAFTS, json={"content": content}).json()
    tag = {"If-Match": '"1"'}
    picked = firm.post(f"{DRAFTS}/{draft['id']}/pick", json={"items": [driver, tractor["id"]]}, headers=tag)
    assert [one["name"] for one in picked.json()["content"]["drivers"]] == ["演示丙", "演示驾驶员"]
    assert picked.json()["content"]["tractor"] == tractor["content"]
    assert picked.json()["content"]["trip"] == "打错了"
    stale = firm.post(f"{DRAFTS}/{draft['id']}/pick", json={"items": [driver]}, headers=tag)
    assert stale.status_code == 412
    again = firm.post(f"{DRAFTS}/{draft['id']}/pick", json={"items": [driver]}, headers={"If-Match": '"2"'})
    assert again.json()["content"]["drivers"] == picked.json()["content"]["drivers"]


def test_editing_keeps_what_was_there_and_refuses_a_lost_update(firm: TestClient) -> None:
    submit(firm, form(firm))
    item = archive(firm, kind="tractor")[0]
    place = f"{ARCHIVE}/{item['id']}"
    changed = {**item["content"], "model": "改装牵引车"}
    assert firm.put(place, json={"content": changed}).status_code == 422
    saved = firm.put(place, json={"content": changed}, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"')
    assert saved.json()["label"] == "湘A00001 改装牵引车"
    assert firm.put(place, json={"content": item["content"]}, headers={"If-Match": '"1"'}).status_code == 412
    earlier = firm.get(f"{place}/earlier").json()["items"]
    assert [(one["version"], one["content"]) for one in earlier] == [(1, item["content"])]


def test_editing_into_another_items_content_is_a_conflict(firm: TestClient) -> None:
    submit(firm, form(firm))
    item = archive(firm, kind="tractor")[0]
    another = {**item["content"], "plate": "湘A00002"}
    added = firm.post(ARCHIVE, json={"kind": "tractor", "content": another})
    assert added.status_code == 201
    headers = {"If-Match": '"1"'}
    assert firm.put(f"{ARCHIVE}/{item['id']}", json={"content": another}, headers=headers).status_code == 409
    assert firm.post(ARCHIVE, json={"kind": "tractor", "content": another}).status_code == 409
    assert firm.get(f"{ARCHIVE}/{item['id']}").json()["content"] == item["content"]


def test_removed_items_are_gone_until_they_are_used_again(firm: TestClient) -> None:
    submit(firm, form(firm))
    item = archive(firm, kind="agent")[0]
    assert firm.delete(f"{ARCHIVE}/{item['id']}").status_code == 204
    assert firm.get(f"{ARCHIVE}/{item['id']}").status_code == 404
    assert firm.post(DRAFTS, json={"archive_items": [item["id"]]}).status_code == 404
    assert archive(firm, kind="agent") == []
    submit(firm, form(firm))
    assert [one["id"] for one in archive(firm, kind="agent")] == [item["id"]]
    firm.delete(f"{ARCHIVE}/{item['id']}")
    by_hand = firm.post(ARCHIVE, json={"kind": "agent", "content": item["content"]})
    assert by_hand.status_code == 201
    assert len(archive(firm, kind="agent")) == 1


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("tractor", {"plate": "湘A00001"}, "tractor.model"),
        ("driver", {"name": 7}, "drivers.0.name"),
        ("route", {"origin": {"name": "长沙"}, "destination": 1}, "trip.destination"),
        ("document", {"kind": "photos", "attachment": "!"}, "attachments.photos.0"),
        ("document", {"kind": "unknown", "attachment": "a"}, "attachments.unknown.[key]"),
        ("escort", {"rules": 5}, "escort_plan.rules"),
    ],
)
def test_what_the_form_would_refuse_is_not_archived(firm: TestClient, kind: str, content, field: str) -> None:
    answer = firm.post(ARCHIVE, json={"kind": kind, "content": content})
    assert answer.status_code == 422
    assert field in {fault["field"] for fault in answer.json()["faults"]}


def test_a_piece_that_the_form_takes_needs_nothing_else(firm: TestClient) -> None:
    pieces = {
        "carrier": EXAMPLE_FORM["carrier"],
        "agent": EXAMPLE_FORM["agent"],
        "driver": EXAMPLE_FORM["drivers"][0],
        "tractor": EXAMPLE_FORM["tractor"],
        "trailer": EXAMPLE_FORM["trailer"],
        "cargo": EXAMPLE_FORM["cargo"],
        "route": {key: EXAMPLE_FORM["trip"][key] for key in ("origin", "destination")},
        "escort": escort(),
    }
    for kind, content in pieces.items():
        assert firm.post(ARCHIVE, json={"kind": kind, "content": content}).status_code == 201, kind


def test_another_carriers_archive_does_not_exist(firm: TestClient, people) -> None:
    submit(firm, form(firm))
    item = archive(firm)[0]
    code = uuid.uuid4().hex[:18].upper()
    people.account(code, "carrier", carrier_id=people.carrier(code, "演示另一家"))
    other = people.sign_in(code)
    place, tag = f"{ARCHIVE}/{item['id']}", {"If-Match": '"1"'}
    answers = [
        other.get(place),
        other.get(f"{place}/earlier"),
        other.put(place, json={"content": item["content"]}, headers=tag),
        other.delete(place),
        other.post(DRAFTS, json={"archive_items": [item["id"]]}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert archive(other) == []
    assert people.nobody().get(ARCHIVE).status_code == 401


@pytest.mark.parametrize("query", [{"text": "a\0"}, {"text": "x" * 101}, {"kind": "whale"}, {"limit": "0"}])
def test_hostile_queries_are_refused(firm: TestClient, query: dict[str, str]) -> None:
    assert firm.get(ARCHIVE, params=query).status_code == 422
