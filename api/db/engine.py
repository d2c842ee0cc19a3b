"""Engine and sessions (数据库连接): one engine a process, one transaction a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from api.db.embedded import EmbeddedPostgres
from api.ledger.chain import seal
from api.settings import service_settings

DATABASE = "dajian"


@cache
def database_url() -> str:
    """The address of the database; starts the embedded server and makes the database there if need be.

    Raises:
        ServiceUnavailableError: The embedded server does not start.
    """
    server = embedded_server()
    if server is None:
        return with_driver(service_settings().database_url or "")
    make_database(server.start(), DATABASE)
    return server.url(DATABASE)


@cache
def embedded_server() -> EmbeddedPostgres | None:
    """This process's hold on the embedded server; None where another database is set."""
    settings = service_settings()
    return None if settings.database_url else EmbeddedPostgres(settings.var / "postgres")


def with_driver(url: str) -> str:
    """The same address, for the driver we use."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_database(maintenance_url: str, name: str, *, template: str = "template1") -> None:
    """Make a database unless it is there."""
    engine = create_engine(maintenance_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        there = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if not there:
            quote = engine.dialect.identifier_preparer.quote
            connection.execute(text(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}"))
    engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine on a database."""
    return create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True)


@cache
def engine() -> Engine:
    """The engine of this process."""
    return make_engine(database_url())


@cache
def session_factory() -> sessionmaker[Session]:
    """Makes sessions of this process."""
    return sessionmaker(engine(), expire_on_commit=False)


@contextmanager
def transaction(factory: sessionmaker[Session] | None = None) -> Iterator[Session]:
    """One transaction: everything in it happens, with its events in the ledger and its jobs queued, or nothing."""
    with (factory or session_factory())() as session:
        yield session
        seal(session)
        session.commit()
