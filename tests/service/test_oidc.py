"""The unified identity against a small provider of our own, with real keys and signatures."""

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.db.engine import transaction
from api.db.tables import Account, Event
from api.provinces.settings import set_setting
from api.unit_of_work import Actor, UnitOfWork

ISSUER = "https://id.example.gov"
CLIENT = "dajian"
SECRET = "a secret of the client"  # noqa: S105 - of the fake provider


class FakeProvider(httpx.BaseTransport):
    """Authorizes at once; what it puts into its tokens can be bent."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signing: RSAKey | OctKey = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, object] = {}
        self.left_out: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.subject = "person-1"
        self.is_down = False

    def authorize(self, url: str) -> tuple[str, str]:
        """What the browser would bring back: state and code."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{ISSUER}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == "http://127.0.0.1:8000/api/v1/oidc/callback"
        assert "openid" in asked["scope"].split()
        code = uuid.uuid4().hex
        self.codes[code] = asked
        return asked["state"], code

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_down:
            raise httpx.ConnectError("down")
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return httpx.Response(200, json={"issuer": ISSUER, **{n: f"{ISSUER}/{p}" for n, p in ends.items()}})
        if path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        assert path == "/token"
        return self._token(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        given = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        basic = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        asked = self.codes.pop(given["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode() or basic.partition(":")[0] != CLIENT:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "sub": self.subject, "aud": CLIENT, "nonce": asked["nonce"]}
        claims = claims | {"iat": now, "exp": now + 300} | self.claims
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        token = jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.signing, algorithms=[self.algorithm])
        return httpx.Response(200, json={"access_token": "x", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def identity_app(sessions: sessionmaker[Session], settings, clock, people) -> FastAPI:
    people.account("linked", "reviewer", body_id=people.body("430100-transport"), oidc_subject=f"{ISSUER}#person-1")
    people.account("mobile", "reviewer", body_id="430100-transport")
    people.account("chief", "admin")
    update = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    return create_app(sessions, settings.model_copy(update=update), now=clock)


@pytest.fixture
def provider(identity_app: FastAPI, clock) -> FakeProvider:
    identity_app.state.oidc_transport = FakeProvider(clock)
    return identity_app.state.oidc_transport


@pytest.fixture
def browser(identity_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(identity_app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def _begin(browser: TestClient, provider: FakeProvider) -> dict[str, str]:
    answer = browser.get("/api/v1/oidc/begin")
    assert answer.status_code == 303, answer.text
    state, code = provider.authorize(answer.headers["location"])
    return {"state": state, "code": code}


def _whole(browser: TestClient, provider: FakeProvider) -> int:
    return browser.get("/api/v1/oidc/callback", params=_begin(browser, provider)).status_code


@pytest.mark.usefixtures("sessions")
def test_a_linked_account_gets_its_session(browser, provider) -> None:
    assert _whole(browser, provider) == 303
    who = browser.get("/api/v1/session").json()
    assert who["name"] == "演示linked"
    assert who["roles"] == ["reviewer"]
    changed = browser.delete("/api/v1/session")
    assert changed.status_code == 403  # the session is protected like any other
    assert browser.delete("/api/v1/session", headers={"X-CSRF-Token": who["csrf_token"]}).status_code == 204


def _hours(clock, hours: float) -> int:
    return int((clock() + dt.timedelta(hours=hours)).timestamp())


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"aud": ["another", "and more"]},
        {"iss": "https://evil.example"},
        {"exp": -1},
        {"sub": None},
    ],
)
def test_a_token_of_another_sign_in_client_issuer_or_time_is_refused(browser, provider, clock, bent) -> None:
    provider.claims = bent if bent != {"exp": -1} else {"exp": _hours(clock, -1), "iat": _hours(clock, -2)}
    assert _whole(browser, provider) == 401
    assert browser.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("missing", ["nonce", "aud", "iss", "exp", "sub"])
def test_a_token_without_a_needed_claim_is_refused(browser, provider, missing) -> None:
    provider.left_out = {missing}
    assert _whole(browser, provider) == 401


def test_a_token_signed_with_another_key_or_a_shared_secret_is_refused(browser, provider) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "one"})
    assert _whole(browser, provider) == 401
    provider.signing, provider.algorithm = OctKey.import_key(json.dumps(provider.key.as_dict(private=False))), "HS256"
    assert _whole(browser, provider) == 401


def test_a_state_works_once_in_its_own_browser_and_for_ten_minutes(browser, provider, clock, identity_app) -> None:
    first = _begin(browser, provider)
    other = TestClient(identity_app, raise_server_exceptions=False, follow_redirects=False)
    assert other.get("/api/v1/oidc/callback", params=first).status_code == 401
    cookie = browser.cookies.get("dajian_oidc_state")
    assert browser.get("/api/v1/oidc/callback", params=first).status_code == 303
    browser.cookies.set("dajian_oidc_state", cookie, path="/api/v1/oidc")
    again = {"state": first["state"], "code": _begin_code(provider, browser)}
    browser.cookies.clear()
    browser.cookies.set("dajian_oidc_state", first["state"], path="/api/v1/oidc")
    assert browser.get("/api/v1/oidc/callback", params=again).status_code == 401
    browser.cookies.clear()
    late = _begin(browser, provider)
    clock.forward(minutes=11)
    assert browser.get("/api/v1/oidc/callback", params=late).status_code == 401


def _begin_code(provider: FakeProvider, browser: TestClient) -> str:
    return _begin(browser, provider)["code"]


def test_a_code_of_another_sign_in_does_not_fit_its_verifier(browser, provider, identity_app) -> None:
    attacker = TestClient(identity_app, raise_server_exceptions=False, follow_redirects=False)
    stolen = _begin(attacker, provider)["code"]
    own = _begin(browser, provider)
    assert browser.get("/api/v1/oidc/callback", params=own | {"code": stolen}).status_code == 401


@pytest.mark.parametrize("params", [{}, {"state": "x"}, {"code": "x"}, {"error": "access_denied", "state": "x"}])
@pytest.mark.usefixtures("provider")
def test_an_unfinished_sign_in_is_refused(browser, params) -> None:
    assert browser.get("/api/v1/oidc/callback", params=params).status_code == 401


def test_a_stranger_gets_no_account(browser, provider, sessions) -> None:
    provider.subject = "stranger"
    with sessions() as session:
        before = session.query(Account).count()
    assert _whole(browser, provider) == 401
    with sessions() as session:
        assert session.query(Account).count() == before


def _link_by(sessions: sessionmaker[Session], clock, claim: str) -> None:
    with transaction(sessions) as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), clock())
        set_setting(work, "00", "oidc_login_claim", claim, work.today)


def test_a_verified_claim_links_an_account_only_where_the_setting_says_so(browser, provider, sessions, clock) -> None:
    provider.subject, provider.claims = "person-2", {"phone": "mobile", "phone_verified": True}
    assert _whole(browser, provider) == 401
    _link_by(sessions, clock, "phone")
    provider.claims = {"phone": "mobile", "phone_verified": "true"}
    assert _whole(browser, provider) == 401
    provider.claims = {"phone": "mobile"}
    assert _whole(browser, provider) == 401
    provider.claims = {"phone": "mobile", "phone_verified": True}
    assert _whole(browser, provider) == 303
    assert browser.get("/api/v1/session").json()["name"] == "演示mobile"
    with sessions() as session:
        told = session.query(Event).filter_by(kind="identity_linked").one()
        assert told.data["by_claim"] == "phone"
    provider.subject = "person-3"  # somebody else with the same number afterwards
    assert _whole(browser, provider) == 401


def test_administrators_are_linked_by_hand_alone(browser, provider, sessions, clock) -> None:
    _link_by(sessions, clock, "phone")
    provider.subject, provider.claims = "person-4", {"phone": "chief", "phone_verified": True}
    assert _whole(browser, provider) == 401


@pytest.mark.usefixtures("sessions")
def test_an_administrator_links_and_unlinks(browser, provider, people) -> None:
    people.account("byhand", "reviewer", body_id="430100-transport")
    admin = people.sign_in("chief")
    found = admin.get("/api/v1/accounts", params={"q": "byhand"}).json()["items"][0]["id"]
    path = f"/api/v1/accounts/{found}/identity"
    assert admin.put(path, json={"subject": f"{ISSUER}#person-1"}).status_code == 409
    assert admin.put(path, json={"subject": "no issuer"}).status_code == 422
    assert admin.put(path, json={"subject": f"{ISSUER}#person-5"}).json()["oidc_subject"] == f"{ISSUER}#person-5"
    provider.subject = "person-5"
    assert _whole(browser, provider) == 303
    assert admin.put(path, json={"subject": None}).status_code == 200
    assert browser.get("/api/v1/session").status_code == 401
    assert _whole(browser, provider) == 401


def test_a_closed_account_does_not_sign_in(browser, provider, sessions) -> None:
    with transaction(sessions) as session:
        session.query(Account).filter_by(login="linked").one().is_active = False
    assert _whole(browser, provider) == 401
    with transaction(sessions) as session:
        session.query(Account).filter_by(login="linked").one().is_active = True
    assert _whole(browser, provider) == 303


def test_a_provider_that_is_down_is_said_to_be(browser, provider) -> None:
    provider.is_down = True
    assert browser.get("/api/v1/oidc/begin").status_code == 503


def test_without_a_configuration_there_is_nothing(people) -> None:
    client = people.nobody()
    for path in ("begin", "callback?state=x&code=y"):
        answer = client.get(f"/api/v1/oidc/{path}", follow_redirects=False)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
