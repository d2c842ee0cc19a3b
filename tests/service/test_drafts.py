"""Drafts over HTTP: kept as typed, two tabs, carriers apart, hostile content."""

import copy
import json
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from api.applications.drafts_content import MAX_DEPTH
from api.applications.endpoints_example import EXAMPLE_FORM
from api.db.engine import transaction
from api.db.tables import Case, Draft, WhatIf

DRAFTS = "/api/v1/drafts"


@pytest.fixture(scope="module")
def own(people) -> TestClient:
    people.account("own", "carrier", carrier_id=people.carrier())
    return people.sign_in("own")


@pytest.fixture(scope="module")
def other(people) -> TestClient:
    firm = people.carrier("91430000MA4L000002", "演示另一家")
    people.account("other", "carrier", carrier_id=firm)
    return people.sign_in("other")


@pytest.fixture(scope="module")
def officer(people) -> TestClient:
    people.account("officer", "reviewer", body_id=people.body("body-1"))
    return people.sign_in("officer")


def begin(client: TestClient, content: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(DRAFTS, json={"content": content})
    assert answer.status_code == 201, answer.text
    return answer.json()


def save(client: TestClient, draft: dict[str, Any], content: dict[str, Any], version: int | None = None):
    tag = f'"{draft["version"] if version is None else version}"'
    return client.put(f"{DRAFTS}/{draft['id']}", json={"content": content}, headers={"If-Match": tag})


def test_content_is_kept_as_typed_and_its_faults_stand_beside_it(own: TestClient) -> None:
    typed = {"cargo": {"name": " 叶片 ", "mass_kg": "十二吨"}, "自己加的": [1, None, 2.50, "\x07"], "trip": 7}
    draft = begin(own, typed)
    read = own.get(f"{DRAFTS}/{draft['id']}").json()
    assert read["content"] == typed
    fields = {fault["field"] for fault in read["faults"]}
    assert {"cargo.mass_kg", "自己加的", "trip", "agent"} <= fields
    assert all(fault["message_zh"] for fault in read["faults"])


def test_a_complete_form_has_no_faults(own: TestClient) -> None:
    assert begin(own, EXAMPLE_FORM)["faults"] == []


def test_an_empty_body_begins_an_empty_draft(own: TestClient) -> None:
    answer = own.post(DRAFTS, json={})
    assert (answer.status_code, answer.json()["content"], answer.headers["ETag"]) == (201, {}, '"1"')


def test_two_origins_at_once_are_refused(own: TestClient) -> None:
    answer = own.post(DRAFTS, json={"content": {}, "case_id": str(uuid.uuid4())})
    assert answer.status_code == 422


def test_the_later_tab_is_refused_and_what_it_typed_is_kept(own: TestClient) -> None:
    draft = begin(own, {"by": "first"})
    assert save(own, draft, {"by": "one tab"}).status_code == 200
    refused = save(own, draft, {"by": "the other tab"})
    assert refused.status_code == 412
    assert refused.headers["ETag"] == '"2"'
    assert refused.json()["current"]["content"] == {"by": "one tab"}
    kept = own.get(f"{DRAFTS}/{draft['id']}/earlier/{refused.json()['kept_id']}").json()
    assert (kept["content"], kept["why"], kept["version"]) == ({"by": "the other tab"}, "refused", 1)
    listed = own.get(f"{DRAFTS}/{draft['id']}/earlier").json()["items"]
    assert {(row["why"], row["version"]) for row in listed} == {("refused", 1), ("replaced", 1)}
    assert own.get(f"{DRAFTS}/{draft['id']}").json()["content"] == {"by": "one tab"}


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": "abc"}])
def test_a_save_says_which_version_it_read(own: TestClient, headers: dict[str, str]) -> None:
    draft = begin(own, {})
    assert own.put(f"{DRAFTS}/{draft['id']}", json={"content": {}}, headers=headers).status_code == 422


def test_the_last_twenty_contents_are_kept(own: TestClient, clock) -> None:
    draft = begin(own, {"n": 0})
    for number in range(1, 24):
        clock.forward(seconds=1)
        assert save(own, draft, {"n": number}, version=number).status_code == 200
    kept = own.get(f"{DRAFTS}/{draft['id']}/earlier").json()["items"]
    assert [row["version"] for row in kept] == list(range(23, 3, -1))
    oldest = own.get(f"{DRAFTS}/{draft['id']}/earlier/{kept[-1]['id']}").json()
    assert oldest["content"] == {"n": 3}


def test_another_carriers_draft_does_not_exist(own: TestClient, other: TestClient) -> None:
    draft = begin(own, EXAMPLE_FORM)
    save(own, draft, {})
    place = f"{DRAFTS}/{draft['id']}"
    kept = own.get(f"{place}/earlier").json()["items"][0]["id"]
    tag = {"If-Match": '"2"'}
    answers = [
        other.get(place),
        other.put(place, json={"content": {}}, headers=tag),
        other.post(f"{place}/pick", json={"items": [str(uuid.uuid4())]}, headers=tag),
        other.post(f"{place}/submit"),
        other.get(f"{place}/earlier"),
        other.get(f"{place}/earlier/{kept}"),
        other.post(f"{place}/trips", files={"file": ("a.csv", b"x")}),
        other.delete(place),
        other.get(f"{DRAFTS}/{uuid.uuid4()}"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["type"] for answer in answers} == {"urn:dajian:problem:notfound"}
    assert draft["id"] not in {row["id"] for row in other.get(DRAFTS).json()["items"]}


def test_one_drafts_earlier_content_is_not_found_under_another(own: TestClient) -> None:
    first, second = begin(own, {"a": 1}), begin(own, {})
    save(own, first, {})
    kept = own.get(f"{DRAFTS}/{first['id']}/earlier").json()["items"][0]["id"]
    assert own.get(f"{DRAFTS}/{second['id']}/earlier/{kept}").status_code == 404


def test_offices_and_strangers_have_no_drafts(officer: TestClient, people) -> None:
    for client, status in ((officer, 403), (people.nobody(), 401)):
        assert client.get(DRAFTS).status_code == status
        assert client.post(DRAFTS, json={}).status_code == status
        assert client.get(f"{DRAFTS}/{uuid.uuid4()}").status_code == status
        assert client.post(f"{DRAFTS}/{uuid.uuid4()}/submit").status_code == status


def test_a_deleted_draft_is_gone_but_stays_in_the_database(own: TestClient, sessions) -> None:
    draft = begin(own, {"kept": True})
    assert own.delete(f"{DRAFTS}/{draft['id']}").status_code == 204
    assert own.get(f"{DRAFTS}/{draft['id']}").status_code == 404
    assert own.delete(f"{DRAFTS}/{draft['id']}").status_code == 404
    with sessions() as session:
        assert session.get(Draft, uuid.UUID(draft["id"])).content == {"kept": True}


def test_lists_are_paged_with_the_last_saved_first(own: TestClient, clock) -> None:
    clock.forward(minutes=1)
    ids = []
    for _ in range(3):
        clock.forward(seconds=1)
        ids.append(begin(own, {})["id"])
    first = own.get(DRAFTS, params={"limit": 2}).json()
    second = own.get(DRAFTS, params={"limit": 2, "offset": 2}).json()
    assert [row["id"] for row in first["items"]] == ids[:0:-1]
    assert second["items"][0]["id"] == ids[0]
    assert first["total"] == second["total"] >= 3


def test_titles_follow_the_content_unless_given(own: TestClient) -> None:
    draft = begin(own, EXAMPLE_FORM)
    assert draft["title"] == "发电机定子 长沙市→湘潭市"
    named = own.post(DRAFTS, json={"title": "春季第一批"}).json()
    assert named["title"] == "春季第一批"


def test_a_copy_of_a_case_asks_for_days_and_declarations_anew(own: TestClient, other: TestClient) -> None:
    case = own.post(f"{DRAFTS}/{begin(own, EXAMPLE_FORM)['id']}/submit").json()
    copied = own.post(DRAFTS, json={"case_id": case["id"]}).json()
    assert copied["content"]["cargo"]["name"] == EXAMPLE_FORM["cargo"]["name"]
    assert "declarations" not in copied["content"]
    assert {fault["field"] for fault in copied["faults"]} == {"trip.start_date", "trip.end_date"}
    assert copied["origin"] == {"kind": "case", "id": case["id"]}
    assert other.post(DRAFTS, json={"case_id": case["id"]}).status_code == 404


def test_a_question_asked_before_fills_the_draft_and_stays_with_its_case(own: TestClient, other, sessions) -> None:
    question = {
        "vehicle": EXAMPLE_FORM["whole"],
        "stops": [[112.94, 28.23], [112.9, 28.0], [112.91, 27.87]],
        "on": "2026-12-07T10:00",
    }
    with transaction(sessions) as session:
        draft = session.scalars(select(Draft)).first()
        asked = WhatIf(question=question, question_hash="x", verdict="passes", answer={}, suggestions=[])
        asked.carrier_id, asked.account_id = draft.carrier_id, draft.account_id
        session.add(asked)
        session.flush()
        asked_id = str(asked.id)
    begun = own.post(DRAFTS, json={"what_if_id": asked_id}).json()
    assert begun["content"]["whole"] == question["vehicle"]
    assert begun["content"]["trip"]["start_date"] == "2026-12-07"
    assert begun["content"]["trip"]["via"] == [{"lon": 112.9, "lat": 28.0}]
    assert other.post(DRAFTS, json={"what_if_id": asked_id}).status_code == 404
    save(own, begun, EXAMPLE_FORM)
    case = own.post(f"{DRAFTS}/{begun['id']}/submit").json()
    with sessions() as session:
        assert str(session.get(WhatIf, uuid.UUID(asked_id)).case_id) == case["id"]


def test_a_draft_handed_in_can_no_longer_be_changed(own: TestClient) -> None:
    draft = begin(own, EXAMPLE_FORM)
    case = own.post(f"{DRAFTS}/{draft['id']}/submit").json()
    assert save(own, draft, {}).status_code == 409
    assert own.delete(f"{DRAFTS}/{draft['id']}").status_code == 409
    listed = own.get(DRAFTS, params={"submitted": True, "limit": 200}).json()["items"]
    assert {row["case_number"] for row in listed if row["id"] == draft["id"]} == {case["number"]}
    open_ones = own.get(DRAFTS, params={"submitted": False, "limit": 200}).json()["items"]
    assert draft["id"] not in {row["id"] for row in open_ones}


def deep(levels: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for _ in range(levels - 1):
        content = {"a": content}
    return content


def test_depth_is_limited(own: TestClient) -> None:
    assert own.post(DRAFTS, json={"content": deep(MAX_DEPTH)}).status_code == 201
    assert own.post(DRAFTS, json={"content": deep(MAX_DEPTH + 1)}).status_code == 422


HOSTILE = {
    "NUL": '{"content": {"a": "x\\u0000y"}}',
    "NUL in a name": '{"content": {"x\\u0000y": 1}}',
    "half a character": '{"content": {"a": "\\ud800"}}',
    "half a character in a name": '{"content": {"\\udfff": 1}}',
    "infinity": '{"content": {"a": 1e400}}',
    "not a number": '{"content": {"a": NaN}}',
    "huge integer": '{"content": {"a": ' + "9" * 4000 + "}}",
    "integer beyond reading": '{"content": {"a": ' + "9" * 10_000 + "}}",
    "a hundred thousand lists": '{"content": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}",
    "five hundred lists": '{"content": {"a": ' + "[" * 500 + "]" * 500 + "}}",
    "long name": '{"content": {"' + "x" * 5000 + '": 1}}',
    "not an object": '{"content": [1]}',
    "not JSON": '{"content": {',
    "NUL in the title": '{"title": "a\\u0000"}',
    "half a title": '{"title": "\\ud800"}',
    "unknown field": '{"inhalt": {}}',
    "a deep unknown field": '{"inhalt": ' + "[" * 800 + "]" * 800 + "}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_refused_cleanly(own: TestClient, body: str) -> None:
    answer = own.post(DRAFTS, content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_much_content_is_refused(own: TestClient) -> None:
    size = {"a": ["x" * 1000] * 1900}
    assert own.post(DRAFTS, json={"content": size}).status_code == 201  # below 2 MB + 1 of this test's request limit
    assert own.post(DRAFTS, json={"content": {"a": "x" * 4_000_001}}).status_code == 413


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(st.text(max_size=8), JSON_VALUES, max_size=5))
def test_any_json_object_comes_back_as_typed_or_is_refused(own: TestClient, content: dict[str, Any]) -> None:
    answer = own.post(DRAFTS, content=json.dumps({"content": content}), headers={"Content-Type": "application/json"})
    assert answer.status_code in {201, 400, 422}
    if answer.status_code == 201:
        # A number may come back in another spelling (1e17 as 100000000000000000) but never as another number.
        read = json.loads(own.get(f"{DRAFTS}/{answer.json()['id']}").text, parse_int=float)
        assert read["content"] == json.loads(json.dumps(content), parse_int=float)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(sorted(EXAMPLE_FORM)), value=JSON_VALUES)
def test_nonsense_in_any_part_is_a_fault_and_never_an_error(own: TestClient, part: str, value: Any) -> None:
    content = {**copy.deepcopy(EXAMPLE_FORM), part: value}
    answer = own.post(DRAFTS, content=json.dumps({"content": content}), headers={"Content-Type": "application/json"})
    assert answer.status_code in {201, 400, 422}
    if answer.status_code == 201 and answer.json()["faults"]:
        assert own.post(f"{DRAFTS}/{answer.json()['id']}/submit").status_code == 422


def test_a_refused_request_leaves_nothing_behind(own: TestClient, sessions) -> None:
    def count() -> tuple[Any, ...]:
        with sessions() as session:
            rows = session.scalar(select(func.count()).select_from(Draft))
            cases = session.scalar(select(func.count()).select_from(Case))
            jobs = session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
            events = session.scalar(text("SELECT count(*) FROM event"))
            return rows, cases, jobs, events

    draft = begin(own, {})
    before = count()
    assert own.post(f"{DRAFTS}/{draft['id']}/submit").status_code == 422
    assert own.post(DRAFTS, json={"archive_items": [str(uuid.uuid4())]}).status_code == 404
    assert count() == before


def test_the_form_and_its_example_are_published(own: TestClient) -> None:
    schema = own.get("/api/v1/application-form/schema").json()
    assert schema["examples"] == [json.loads(json.dumps(EXAMPLE_FORM))]
    assert {"cargo", "trip", "whole"} <= set(schema["properties"])
