"""Service tokens: shown once, ended at once, no more than their account may."""

import datetime as dt
import uuid

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text


@pytest.fixture(scope="module")
def admin(people) -> TestClient:
    people.account("root", "admin")
    people.account("program", "service", body_id=people.body("430000-transport", level="province", code="430000"))
    people.account("person", "reviewer", body_id="430000-transport")
    return people.sign_in("root")


def _id(admin: TestClient, login: str) -> str:
    return admin.get("/api/v1/accounts", params={"q": login}).json()["items"][0]["id"]


def _issue(admin: TestClient, clock, login: str = "program", **by: float) -> dict[str, str]:
    expires = (clock() + dt.timedelta(**(by or {"days": 30}))).isoformat()
    body = {"account_id": _id(admin, login), "name": "执法系统", "expires_at": expires}
    answer = admin.post("/api/v1/service-tokens", json=body)
    return answer.json() | {"status_code": answer.status_code}


def _account(people, token: str, scheme: str = "Bearer") -> int:
    return people.nobody().get("/api/v1/account", headers={"Authorization": f"{scheme} {token}"}).status_code


def test_a_token_works_is_shown_once_and_stored_as_a_hash(admin, people, clock, engine) -> None:
    made = _issue(admin, clock)
    assert made["token"].startswith("djs_")
    assert _account(people, made["token"]) == 200
    listed = admin.get("/api/v1/service-tokens").json()
    assert listed["items"][0]["id"] == made["id"]
    assert made["token"] not in str(listed)
    with engine.connect() as connection:
        for table in ("service_token", "event"):
            rows = connection.execute(text(f"SELECT t::text FROM {table} t")).all()  # noqa: S608
            assert rows
            assert made["token"] not in str(rows)


def test_a_token_needs_no_csrf_proof_and_cannot_do_what_its_account_may_not(admin, people, clock) -> None:
    token = _issue(admin, clock)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    client = people.nobody()
    assert client.post("/api/v1/notifications/read", headers=headers).status_code == 200
    assert client.get("/api/v1/accounts", headers=headers).status_code == 403
    assert client.get("/api/v1/service-tokens", headers=headers).status_code == 403
    own = client.put(
        "/api/v1/account/password", headers=headers, json={"old_password": "x", "new_password": "a wholly new one"}
    )
    assert own.status_code == 403


def test_a_revoked_token_ends_at_once_and_revoking_again_is_no_fault(admin, people, clock) -> None:
    made = _issue(admin, clock)
    for _ in range(2):
        assert admin.delete(f"/api/v1/service-tokens/{made['id']}").status_code == 204
    assert _account(people, made["token"]) == 401
    assert admin.delete(f"/api/v1/service-tokens/{uuid.uuid4()}").status_code == 404


def test_a_token_ends_with_its_day_and_with_its_account(admin, people, clock) -> None:
    made, other = _issue(admin, clock, days=1), _issue(admin, clock)
    clock.forward(days=1, seconds=1)
    fresh = people.sign_in("root")
    assert _account(people, made["token"]) == 401
    assert _account(people, other["token"]) == 200
    program = _id(fresh, "program")
    fresh.patch(f"/api/v1/accounts/{program}", json={"is_active": False})
    assert _account(people, other["token"]) == 401
    fresh.patch(f"/api/v1/accounts/{program}", json={"is_active": True})
    assert _account(people, other["token"]) == 401  # closed with the account, not asleep


@pytest.mark.parametrize("by", [{"days": -1}, {"seconds": 0}, {"days": 400}])
@pytest.mark.usefixtures("admin")
def test_an_end_in_the_past_or_too_far_is_refused(people, clock, by) -> None:
    assert _issue(people.sign_in("root"), clock, **by)["status_code"] == 422


@pytest.mark.usefixtures("admin")
def test_only_programs_get_tokens_and_only_from_administrators(people, clock) -> None:
    root = people.sign_in("root")
    assert _issue(root, clock, "person")["status_code"] == 409
    expires = (clock() + dt.timedelta(days=1)).isoformat()
    body = {"account_id": _id(root, "program"), "name": "x", "expires_at": expires}
    assert people.sign_in("person").post("/api/v1/service-tokens", json=body).status_code == 403
    assert root.post("/api/v1/service-tokens", json=body | {"account_id": str(uuid.uuid4())}).status_code == 404
    assert root.post("/api/v1/service-tokens", json=body | {"expires_at": "2026-12-01T00:00:00"}).status_code == 422


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic djs_x", "djs_x", "Bearer \u00e9"])
def test_what_is_no_token_is_nobody(people, authorization) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}
    assert people.nobody().get("/api/v1/account", headers=headers).status_code == 401
