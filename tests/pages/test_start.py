"""The start page: what one can do by role, and one click into the demo."""
# ruff: noqa: ANN401 - fixtures of conftest have no importable types

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.roles import Role
from api.app import create_app
from api.demo.people import LOGINS, LOGINS_FILE
from api.pages import start
from api.pages.start import EXAMPLE, demo_groups, home_of, ways_of
from api.settings import ServiceSettings
from api.unit_of_work import NOBODY, Actor
from data.vehicles import parse_vehicle
from tests.service.conftest import PASSWORD

HTML = {"Accept": "text/html"}


@pytest.fixture
def demo(sessions: sessionmaker[Session], clock: Any, tmp_path: Path, people: Any) -> TestClient:
    if not _has(sessions, "carrier"):
        people.account("carrier", "carrier", carrier_id=people.carrier())
    logins = [{"login": one.login, "role": one.role, "title": one.title} for one in LOGINS]
    (tmp_path / LOGINS_FILE).write_text(json.dumps({"password": PASSWORD, "logins": logins}), encoding="utf-8")
    app = create_app(sessions, ServiceSettings(var=tmp_path, demo=True), now=clock)
    return TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)


def _has(sessions: sessionmaker[Session], login: str) -> bool:
    from api.db.tables import Account

    with sessions() as session:
        return session.query(Account).filter_by(login=login).count() > 0


def test_every_demo_account_is_one_click_away(demo: TestClient) -> None:
    html = demo.get("/").text
    forms = re.findall(r'<form method="post" action="/sign-in">(.*?)</form>', html, flags=re.DOTALL)
    offered = [re.search(r'name="login" value="([^"]+)"', form)[1] for form in forms]  # type: ignore[index]
    assert sorted(offered) == sorted(one.login for one in LOGINS)
    assert html.count("演示账号") == 1, "the heading stands there once"
    form = next(form for form in forms if 'value="carrier"' in form)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = demo.post("/sign-in", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/plan")
    assert "演示carrier，您好" in demo.get("/").text


def test_without_the_demo_no_account_is_offered(app: FastAPI, settings: ServiceSettings) -> None:
    (settings.var / LOGINS_FILE).write_text('{"password": "secret-word", "logins": []}', encoding="utf-8")
    html = TestClient(app, headers=HTML).get("/").text
    assert "secret-word" not in html
    assert "演示账号" not in html


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_finds_its_work(role: str) -> None:
    if role in {Role.SERVICE, Role.SYSTEM, Role.PUBLIC}:
        assert home_of(role) == "/"
        return
    ways = [way.path for way in ways_of(Actor(name="x", roles=frozenset({role}), account_id=uuid.uuid4()))]
    assert ways[0] == home_of(role) != "/"
    assert len(ways) == len(set(ways)) > 2


def test_every_way_leads_to_a_page(people: Any) -> None:
    """Who is not signed in is led to the sign-in form, or reads the page; no way leads nowhere."""
    ways = {way.path for ways in start._OF_ROLE.values() for way in ways} | {way.path for way in ways_of(NOBODY)}
    assert len(ways) > 8
    client = people.nobody()
    found = {way: client.get(way, headers=HTML, follow_redirects=False).status_code for way in sorted(ways)}
    assert {status for way, status in found.items() if way not in {"/map", "/statistics"}} <= {200, 303}, found


def test_groups_keep_everybody_once() -> None:
    logins = [{"login": one.login, "role": one.role, "title": one.title} for one in LOGINS]
    for language in ("zh", "en"):
        groups = demo_groups(logins, language)
        assert sorted(one.login for group in groups for one in group.logins) == sorted(one.login for one in LOGINS)
        assert len({group.title for group in groups}) == len(groups) == 6


def test_the_example_is_a_vehicle_that_could_be_asked_about() -> None:
    assert parse_vehicle(json.dumps(EXAMPLE), source="example").gross_mass_kg == EXAMPLE["gross_mass_kg"]
