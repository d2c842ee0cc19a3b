"""Every endpoint, asked as every role: what the table of permissions denies is refused.

`endpoint_actions.yaml` says which action an endpoint is. Where an id has to be known first, an unknown one may be "not
found" for those who may not ask, too; endpoints marked `known` refuse before they look.
"""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts.permissions import Action, Role, roles_for
from rules.loading import read_yaml

FILE = Path(__file__).with_name("endpoint_actions.yaml")
ENDPOINTS: dict[str, dict[str, Any]] = read_yaml(FILE)
ROLES = [role for role in Role if role is not Role.SYSTEM]
KIND = {Role.POLICE: "police", Role.CITY_ROAD: "city_road", Role.TOLL_OPERATOR: "toll_operator"}
DENIED = {401, 403}


def _endpoints(app: FastAPI) -> set[str]:
    return {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}


def _actions(entry: dict[str, Any]) -> list[Action]:
    named = entry["action"] if isinstance(entry["action"], list) else [entry["action"]]
    return [Action(name) for name in named if name != "anyone"]


def _may(role: Role, actions: list[Action]) -> bool:
    return not actions or any({role, Role.PUBLIC} & set(roles_for(action)) for action in actions)


@pytest.fixture(scope="module")
def clients(people) -> dict[Role, TestClient]:
    """One client a role; province-level bodies, so that every scope of an office is there."""
    found = {Role.PUBLIC: people.nobody()}
    for role in ROLES[:-1]:
        owner: dict[str, Any] = {}
        if role is Role.CARRIER:
            owner = {"carrier_id": people.carrier()}
        elif role is not Role.ADMIN:
            kind = KIND.get(role, "transport")
            owner = {"body_id": people.body(f"{kind}:430000", kind=kind, level="province", code="430000")}
        people.account(f"as-{role}", role.value, **owner)
        found[role] = people.sign_in(f"as-{role}")
    return found


def test_every_endpoint_has_its_action_and_every_line_its_endpoint(app: FastAPI) -> None:
    assert _endpoints(app) == set(ENDPOINTS)


def test_every_action_named_is_known() -> None:
    for entry in ENDPOINTS.values():
        assert _actions(entry) or entry["action"] == "anyone"


def _ask(client: TestClient, endpoint: str, entry: dict[str, Any]) -> int:
    method, _, path = endpoint.partition(" ")
    for name in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{name}}}", entry.get("path", {}).get(name, str(uuid.uuid4())))
    more: dict[str, Any] = {"params": entry.get("query", {}), "headers": entry.get("headers", {})}
    if "files" in entry:
        more["files"] = {name: ("a.csv", str(text).encode(), "text/csv") for name, text in entry["files"].items()}
    elif "body" in entry:
        more["json"] = _typed(entry["body"])
    return client.request(method, path, follow_redirects=False, **more).status_code


def _typed(body: Any) -> Any:
    """The file holds texts alone."""
    if isinstance(body, dict):
        return {name: _typed(value) for name, value in body.items()}
    if isinstance(body, list):
        return [_typed(value) for value in body]
    if re.fullmatch(r"-?\d+\.\d+", body):
        return float(body)
    return None if body == "null" else body


@pytest.mark.parametrize("endpoint", [name for name in ENDPOINTS if name != "DELETE /api/v1/session"])
def test_an_endpoint_refuses_exactly_the_roles_that_may_not(clients, endpoint: str) -> None:
    entry = ENDPOINTS[endpoint]
    actions = _actions(entry)
    names_a_thing = "_id}" in endpoint and "known" not in entry
    wrong = {}
    for role, client in clients.items():
        status = _ask(client, endpoint, entry)
        if status >= 500 and (status != 503 or "what-if" not in endpoint):  # no network in these tests
            wrong[role.value] = status
        elif actions == [] and entry["action"] == "anyone":
            if status == 403:
                wrong[role.value] = status
        elif _may(role, actions):
            if status in DENIED and not _is_their_own_answer(endpoint, role):
                wrong[role.value] = status
        elif status not in DENIED and not (names_a_thing and status == 404):
            wrong[role.value] = status
    assert not wrong


def _is_their_own_answer(endpoint: str, role: Role) -> bool:
    """A role that may do it to some things, but not to the one asked for here."""
    return False if role is Role.ADMIN else "{" in endpoint or endpoint.startswith("POST")


def test_an_endpoint_that_refused_nobody_would_be_found(clients) -> None:
    """The check itself: an endpoint under another action's name fails."""
    with pytest.raises(AssertionError):
        _check_as(clients, "GET /api/v1/bodies", {"action": "read_accounts"})
    _check_as(clients, "GET /api/v1/bodies", {"action": "read_bodies"})


def _check_as(clients: dict[Role, TestClient], endpoint: str, entry: dict[str, Any]) -> None:
    for role, client in clients.items():
        assert (_ask(client, endpoint, entry) in DENIED) == (not _may(role, _actions(entry)))
