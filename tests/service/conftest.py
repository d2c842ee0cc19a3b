"""A real PostgreSQL for the service's tests: one server a test process, one database a test module."""

import datetime as dt
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api.accounts import passwords
from api.accounts.passwords import hash_password
from api.app import create_app
from api.cases import grounds
from api.db.embedded import EmbeddedPostgres
from api.db.engine import make_database, make_engine, transaction
from api.db.migrate import migrate
from api.db.tables import Account, Body, Carrier
from api.permits import signing
from api.settings import ServiceSettings
from api.unit_of_work import SYSTEM, UnitOfWork
from tests.service.desk import Desk, network_folder

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that live as long as a test
START = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)  # a Monday, nine in the morning there


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server with a migrated template database.

    Not below pytest's own folder: that one is shut to others again whenever another run begins, and as root the server
    is one of the others.
    """
    folder = Path(tempfile.mkdtemp(prefix="dajian-postgres-"))
    server = EmbeddedPostgres(folder)
    make_database(server.start(), "template_dajian")
    engine = make_engine(server.url("template_dajian"))
    migrate(engine)
    engine.dispose()
    yield server
    server.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """An engine on a fresh, migrated database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    make_database(postgres.url("postgres"), name, template="template_dajian")
    engine = make_engine(postgres.url(name))
    yield engine
    engine.dispose()
    admin = make_engine(postgres.url("postgres"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="module")
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions on that database."""
    return sessionmaker(engine, expire_on_commit=False)


@dataclass
class Clock:
    """A clock that a test sets."""

    moment: dt.datetime = START

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, **by: float) -> dt.datetime:
        """Let time pass."""
        self.moment += dt.timedelta(**by)
        return self.moment


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The service's clock."""
    return Clock()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServiceSettings:
    """Settings that write below a temporary folder."""
    return ServiceSettings(var=Path(tmp_path_factory.mktemp("var")), upload_mb=2)


@pytest.fixture(scope="module", autouse=True)
def _signing(settings: ServiceSettings) -> Iterator[None]:
    """Permits are signed with a key of the same temporary folder."""
    signing.use(signing.Signing(settings.keys_folder))
    yield
    signing.use(None)


@pytest.fixture(scope="module")
def app(sessions: sessionmaker[Session], settings: ServiceSettings, clock: Clock) -> FastAPI:
    """The application."""
    return create_app(sessions, settings, now=clock)


@dataclass
class People:
    """Makes accounts and signs them in."""

    app: FastAPI
    sessions: sessionmaker[Session]
    clock: Clock
    _clients: dict[str, TestClient] = field(default_factory=dict)

    def body(self, body_id: str, kind: str = "transport", level: str = "city", code: str | None = "430100") -> str:
        """Make a body unless it is there."""
        with transaction(self.sessions) as session:
            if session.get(Body, body_id) is None:
                session.add(Body(id=body_id, name=f"演示{body_id}", kind=kind, level=level, division_code=code))
        return body_id

    def carrier(self, credit_code: str = "91110000600037341L", name: str = "演示大件运输有限公司") -> uuid.UUID:
        """Make a carrier firm unless it is there."""
        with transaction(self.sessions) as session:
            known = session.query(Carrier).filter_by(credit_code=credit_code).one_or_none()
            firm = known or Carrier(name=name, credit_code=credit_code, details={})
            session.add(firm)
            session.flush()
            return firm.id

    def account(self, login: str, *roles: str, **more: Any) -> Account:
        """Make an account; `body_id` or `carrier_id` say whose it is."""
        kind = "carrier" if "carrier" in roles else "service" if "service" in roles else "office"
        account = Account(login=login, display_name=f"演示{login}", kind=kind, roles=list(roles), **more)
        account.password_hash = hash_password(PASSWORD)
        with transaction(self.sessions) as session:
            session.add(account)
        return account

    def sign_in(self, login: str) -> TestClient:
        """A client with a session of its own and the CSRF header set."""
        client = TestClient(self.app, raise_server_exceptions=False)
        answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    def nobody(self) -> TestClient:
        """A client that is not signed in."""
        return TestClient(self.app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def people(app: FastAPI, sessions: sessionmaker[Session], clock: Clock) -> People:
    """Makes accounts."""
    return People(app, sessions, clock)


@pytest.fixture
def system_work(sessions: sessionmaker[Session], clock: Clock) -> Iterator[UnitOfWork]:
    """A unit of work of the machine itself."""
    with transaction(sessions) as session:
        yield UnitOfWork(session, SYSTEM, clock())


@pytest.fixture(scope="module")
def desk(people: People, sessions: sessionmaker[Session], clock: Clock) -> Iterator[Desk]:
    """Everybody at their desks on the synthetic province, which is built once for all tests of a process."""
    folder = network_folder()
    grounds.use(grounds.Source(folder, folder / "overlays"))
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # dozens of people sign in again and again
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield Desk(people, sessions, clock).open()
    grounds.use(None)
