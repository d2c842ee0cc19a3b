"""The database, the ledger, sessions and faults."""

import json
import threading
import uuid

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from api.db.base import Table
from api.db.engine import transaction
from api.db.migrate import migrate, newest, revision_of
from api.db.tables import Event, LedgerHead
from api.ledger.chain import GENESIS, hash_of
from api.unit_of_work import SYSTEM, UnitOfWork


def test_migrations_make_exactly_the_declared_tables(engine: Engine) -> None:
    there = {name for name in inspect(engine).get_table_names() if not name.startswith("procrastinate")}
    assert there - {"alembic_version"} == set(Table.metadata.tables)
    for name, table in Table.metadata.tables.items():
        assert {column["name"] for column in inspect(engine).get_columns(name)} == set(table.columns.keys())


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) == newest() == revision_of(engine)


def test_events_of_many_threads_make_one_chain_without_gaps(sessions: sessionmaker[Session], clock) -> None:
    def many() -> None:
        for number in range(10):
            with transaction(sessions) as session:
                work = UnitOfWork(session, SYSTEM, clock())
                work.record("tried", number=number)
                work.record("tried_again", 数=number)

    threads = [threading.Thread(target=many) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        events = list(session.scalars(select(Event).order_by(Event.seq)))
        head = session.get(LedgerHead, 1)
    tried = [event for event in events if event.kind.startswith("tried")]
    assert len(tried) == 100
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.previous for event in events] == [GENESIS, *(event.hash for event in events[:-1])]
    assert all(event.hash == hash_of(event) for event in events)
    assert head is not None
    assert (head.seq, head.hash) == (events[-1].seq, events[-1].hash)


def test_an_event_of_a_failed_transaction_is_not_there(sessions: sessionmaker[Session], clock) -> None:
    before = _last(sessions)

    def fail() -> None:
        with transaction(sessions) as session:
            UnitOfWork(session, SYSTEM, clock()).record("never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _last(sessions) == before


def test_the_database_refuses_to_change_or_delete_events(sessions: sessionmaker[Session], clock) -> None:
    with transaction(sessions) as session:
        UnitOfWork(session, SYSTEM, clock()).record("kept")
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event", "TRUNCATE event"):
        with pytest.raises(DBAPIError, match="only grows"), sessions.begin() as session:
            session.execute(text(statement))


def test_a_job_is_queued_with_its_transaction_or_not_at_all(sessions: sessionmaker[Session], clock) -> None:
    count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'try'")

    def fail() -> None:
        with transaction(sessions) as session:
            UnitOfWork(session, SYSTEM, clock()).defer("try", number=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with sessions() as session:
        assert session.scalar(count) == 0
    with transaction(sessions) as session:
        UnitOfWork(session, SYSTEM, clock()).defer("try", number=1)
    with sessions() as session:
        assert session.scalar(count) == 1


def test_signing_in_gives_a_session_and_signing_out_ends_it(people) -> None:
    people.account("somebody", "reviewer", body_id=people.body("430100-transport"))
    client = people.sign_in("somebody")
    assert client.get("/api/v1/session").json()["roles"] == ["reviewer"]
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_a_session_ends_when_it_is_not_used(people, clock) -> None:
    people.account("idle", "reviewer", body_id=people.body("430100-transport"))
    client = people.sign_in("idle")
    clock.forward(hours=9)
    assert client.get("/api/v1/session").status_code == 401


def test_a_change_without_the_proof_against_forgery_is_refused(people) -> None:
    people.account("forged", "reviewer", body_id=people.body("430100-transport"))
    client = people.sign_in("forged")
    del client.headers["X-CSRF-Token"]
    assert client.delete("/api/v1/session").status_code == 403
    assert client.get("/api/v1/session").status_code == 200


def test_a_wrong_password_is_refused_and_too_many_are_throttled(people, clock) -> None:
    people.account("guessed", "reviewer", body_id=people.body("430100-transport"))
    clock.forward(hours=1)
    client = people.nobody()
    statuses = [
        client.post("/api/v1/session", json={"login": "guessed", "password": f"wrong {n}"}).status_code
        for n in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    clock.forward(minutes=11)
    people.sign_in("guessed")


def test_faults_are_problems_with_every_field_named(people) -> None:
    answer = people.nobody().post("/api/v1/session", json={"login": "", "secret": 1})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {fault["field"] for fault in problem["faults"]} == {"body.login", "body.password", "body.secret"}


def test_too_large_a_body_is_refused(people) -> None:
    answer = people.nobody().post("/api/v1/session", content=b"x" * 3_100_000)
    assert answer.status_code == 413
    assert json.loads(answer.content)["detail"]


def test_health_readiness_and_metrics(people) -> None:
    client = people.nobody()
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok", "schema": newest()}
    assert 'route="/health"' in client.get("/metrics").text
    assert uuid.UUID(client.get("/health").headers["x-request-id"])


def _last(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        head = session.get(LedgerHead, 1)
        return head.seq if head else 0
