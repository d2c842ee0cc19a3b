"""The planning pages as answers: what is typed is read or told beside its field, and nobody sees what is not theirs."""
# ruff: noqa: ANN401, ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.cases import grounds
from api.pages.plan.typed import query_of, stop_texts
from api.pages.plan.vehicle_form import texts_of
from tests.pages.test_pages_http import sign_in, token_of

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def traps(province: Path) -> dict[str, dict[str, Any]]:
    truth = json.loads((province / "sources" / "ground_truth.json").read_text(encoding="utf-8"))
    return {one["kind"]: one for one in reversed(truth["traps"])}


@pytest.fixture(scope="module")
def carrier(people: Any) -> str:
    people.account("plan-carrier", "carrier", carrier_id=people.carrier())
    return "plan-carrier"


def client_of(app: FastAPI, login: str | None) -> TestClient:
    client = TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)
    if login:
        assert sign_in(client, login).status_code == 303
    return client


@pytest.fixture
def client(app: FastAPI, network: grounds.Source, carrier: str) -> TestClient:
    return client_of(app, carrier)


def texts_of_trap(trap: dict[str, Any], on: str = "2026-12-07") -> dict[str, str]:
    stops = [("甲地", tuple(trap["from"])), ("乙地", tuple(trap["to"]))]
    return texts_of(trap["vehicle"]) | stop_texts(stops) | {"on": on}


def post(client: TestClient, texts: dict[str, str]) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/plan").text)
    assert token
    return client.post("/plan", data=texts | {"csrf_token": token[1]})


def asked(client: TestClient, texts: dict[str, str]) -> str:
    answer = post(client, texts)
    assert answer.status_code == 303, answer.text[:3000]
    return str(answer.headers["location"])


def test_a_visitor_builds_a_load_and_sees_its_class(app: FastAPI, network: grounds.Source) -> None:
    page = client_of(app, None).get("/plan?preset=lowbed65")
    assert page.status_code == 200
    assert "二类" in page.text
    assert "选线试算和申请须登录" in page.text
    assert 'name="start"' not in page.text
    assert 'class="figure' in page.text


def test_a_question_is_asked_and_answered(client: TestClient, traps: dict[str, dict[str, Any]]) -> None:
    path = asked(client, texts_of_trap(traps["clearance_1cm_short"]))
    page = client.get(path)
    assert page.status_code == 200
    assert "不可通行" in page.text
    assert "advice" in page.text
    part = client.get(f"{path}/advice").text
    assert "按此试算" in part
    assert "降低1 cm" in part
    again = client.get(path).text
    assert "data-advice" not in again
    assert "按此试算" in again
    assert query_of({"height": "1"}) == "height=1"
    assert token_of(page.text)
