"""A backup brings everything back, and a damaged one changes nothing."""

import io
import json
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from api.db.backup import back_up
from api.db.base import Table
from api.db.embedded import EmbeddedPostgres
from api.db.engine import make_database, make_engine, transaction
from api.db.restore import restore
from api.db.tables import Account, Setting
from api.errors import RequestError
from api.ledger.anchors import add_anchor
from api.ledger.verify import verify_ledger
from api.provinces.settings import set_setting
from api.unit_of_work import SYSTEM, Actor, UnitOfWork

ADMIN = Actor("管理员", frozenset({"admin"}))


@pytest.fixture
def url(people, sessions: sessionmaker[Session], engine, clock) -> str:
    """A database with accounts, settings, events and jobs."""
    if not people.nobody().get("/health").is_success:
        raise AssertionError
    with sessions() as session:
        known = session.query(Account).filter_by(login="backup-reviewer").count()
    if not known:
        people.account("backup-reviewer", "reviewer", body_id=people.body("430100-transport"))
        people.account("backup-carrier", "carrier", carrier_id=people.carrier())
        with transaction(sessions) as session:
            work = UnitOfWork(session, ADMIN, clock())
            set_setting(work, "43", "what_if_an_hour", 7, work.today)
            work.defer("try", number=1)
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def empty(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database that does not exist yet; whatever comes of it is removed."""
    name = f"restore_{uuid.uuid4().hex[:8]}"
    yield postgres.url(name)
    admin = create_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for (made,) in connection.execute(
            text("SELECT datname FROM pg_database WHERE datname LIKE :n"), {"n": name + "%"}
        ):
            connection.execute(text(f'DROP DATABASE "{made}" WITH (FORCE)'))
    admin.dispose()


def _content(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, sequences too."""
    engine = create_engine(url)
    found = {}
    with engine.connect() as connection:
        for name in [*Table.metadata.tables, "procrastinate_jobs", "alembic_version"]:
            rows = connection.execute(text(f'SELECT to_jsonb(t)::text FROM "{name}" t ORDER BY 1'))  # noqa: S608
            found[name] = [tuple(row) for row in rows]
        for name in ("case_number", "permit_number"):
            found[name] = [tuple(row) for row in connection.execute(text(f"SELECT last_value FROM {name}"))]  # noqa: S608
    engine.dispose()
    return found


def _databases(url: str) -> set[str]:
    engine = create_engine(make_url(url).set(database="postgres"))
    with engine.connect() as connection:
        names = {name for (name,) in connection.execute(text("SELECT datname FROM pg_database"))}
    engine.dispose()
    return names


def test_everything_comes_back_and_the_ledger_verifies(url, empty, engine, clock, tmp_path: Path) -> None:
    engine.dispose()
    file = tmp_path / "backup.tar"
    manifest = back_up(url, file, now=clock())
    before = _content(url)
    done = restore(empty, file, now=clock(), replace=False)
    after = _content(empty)
    assert done.last_event == manifest.ledger_seq > 0
    assert len(after.pop("event")) == len(before.pop("event")) + 1  # tells of the restore
    assert after.pop("ledger_head") != before.pop("ledger_head")
    assert after == before
    assert before["account"]
    assert before["procrastinate_jobs"]
    restored = make_engine(empty)
    with Session(restored) as session:
        checked = verify_ledger(session)
        last = session.execute(text("SELECT kind, content FROM event ORDER BY seq DESC LIMIT 1")).one()
    restored.dispose()
    assert checked.fault is None
    assert last.kind == "database_restored"
    assert json.loads(last.content)["up_to"] == manifest.ledger_seq


def test_the_restored_database_still_refuses_to_change_events(url, empty, clock, engine, tmp_path) -> None:
    engine.dispose()
    back_up(url, tmp_path / "b", now=clock())
    restore(empty, tmp_path / "b", now=clock(), replace=False)
    restored = make_engine(empty)
    with pytest.raises(Exception, match="only grows"), restored.begin() as connection:
        connection.execute(text("DELETE FROM event"))
    restored.dispose()


def test_content_is_not_replaced_unless_told_and_then_kept(url, empty, clock, engine, tmp_path) -> None:
    engine.dispose()
    file = tmp_path / "backup.tar"
    back_up(url, file, now=clock())
    restore(empty, file, now=clock(), replace=False)
    with transaction(sessionmaker(second := make_engine(empty))) as session:
        UnitOfWork(session, SYSTEM, clock()).record("after_the_backup")
    second.dispose()
    changed, names = _content(empty), _databases(empty)
    with pytest.raises(RequestError, match="--replace"):
        restore(empty, file, now=clock(), replace=False)
    assert _content(empty) == changed
    assert _databases(empty) == names
    done = restore(empty, file, now=clock(), replace=True)
    assert done.kept_as is not None
    assert _content(str(make_url(empty).set(database=done.kept_as).render_as_string(hide_password=False))) == changed
    assert not any("after_the_backup" in str(row) for row in _content(empty)["event"])
    assert '"replaced_up_to":' in str(_content(empty)["event"][-1]).replace("\\", "")


def test_a_migrated_database_without_content_counts_as_empty(url, empty, clock, engine, postgres, tmp_path) -> None:
    engine.dispose()
    make_database(postgres.url("postgres"), make_url(empty).database or "", template="template_dajian")
    back_up(url, tmp_path / "b", now=clock())
    assert restore(empty, tmp_path / "b", now=clock(), replace=False).kept_as is None
    assert _content(empty)["account"] == _content(url)["account"]


def test_a_database_in_use_is_not_replaced(url, empty, clock, engine, tmp_path) -> None:
    engine.dispose()
    back_up(url, tmp_path / "b", now=clock())
    restore(empty, tmp_path / "b", now=clock(), replace=False)
    user = create_engine(empty)
    with user.connect(), pytest.raises(RequestError, match="stop serve and worker"):
        restore(empty, tmp_path / "b", now=clock(), replace=True)
    user.dispose()


def _damaged(content: bytes) -> dict[str, bytes]:
    middle = bytearray(content)
    middle[len(middle) // 2] ^= 0xFF
    return {
        "empty": b"",
        "garbage": b"no backup at all" * 1000,
        "cut in half": content[: len(content) // 2],
        "cut near the end": content[:-11_000],
        "a byte changed": bytes(middle),
        "only its head": content[:2000],
    }


@pytest.mark.parametrize("damage", list(_damaged(b"x" * 20_000)))
def test_a_damaged_file_is_refused_with_nothing_changed(url, empty, clock, engine, tmp_path, damage) -> None:
    engine.dispose()
    good, bad = tmp_path / "good", tmp_path / "bad"
    back_up(url, good, now=clock())
    restore(empty, good, now=clock(), replace=False)
    before, names = _content(empty), _databases(empty)
    bad.write_bytes(_damaged(good.read_bytes())[damage])
    with pytest.raises(RequestError):
        restore(empty, bad, now=clock(), replace=True)
    assert _content(empty) == before
    assert _databases(empty) == names


def _rewritten(good: Path, bad: Path, **changes: object) -> None:
    """A backup whose manifest says something else."""
    with tarfile.open(good) as old, tarfile.open(bad, "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "changes",
    [{"revision": "9999"}, {"format": 2}, {"ledger_hash": "0" * 64}, {"dump_sha256": "0"}, {"attachments": 3}],
)
def test_a_manifest_that_does_not_fit_is_refused(url, empty, clock, engine, tmp_path, changes) -> None:
    engine.dispose()
    back_up(url, tmp_path / "good", now=clock())
    _rewritten(tmp_path / "good", tmp_path / "bad", **changes)
    names = _databases(empty)
    with pytest.raises(RequestError):
        restore(empty, tmp_path / "bad", now=clock(), replace=False)
    assert _databases(empty) == names


def test_a_backup_of_a_tampered_ledger_is_refused(url, empty, clock, engine, postgres, tmp_path) -> None:
    engine.dispose()
    back_up(url, tmp_path / "first", now=clock())
    restore(empty, tmp_path / "first", now=clock(), replace=False)
    tampered = make_engine(empty)
    with tampered.begin() as connection:
        connection.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE event SET actor = 'x' WHERE seq = 1"))
    tampered.dispose()
    back_up(empty, tmp_path / "second", now=clock())
    other = postgres.url(f"{make_url(empty).database}_other")
    names = _databases(empty)
    with pytest.raises(RequestError, match="tampered"):
        restore(other, tmp_path / "second", now=clock(), replace=False)
    assert _databases(empty) == names


def test_a_ledger_that_tells_of_anchors_restores_where_there_are_none(url, empty, clock, engine, tmp_path) -> None:
    with transaction(sessionmaker(engine)) as session:
        assert add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path / "var", tmp_path / "keys")
    engine.dispose()
    manifest = back_up(url, tmp_path / "b", now=clock())
    assert restore(empty, tmp_path / "b", now=clock(), replace=False).last_event == manifest.ledger_seq


def test_attachments_come_along_when_asked_for(url, empty, clock, engine, tmp_path) -> None:
    engine.dispose()
    folder, there = tmp_path / "attachments", tmp_path / "there"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "abcd").write_bytes(b"bytes of a file")
    (folder / "ef").write_bytes(b"")
    assert back_up(url, tmp_path / "with", now=clock(), attachments=folder).attachments == 2
    there.mkdir()
    (there / "ef").write_bytes(b"kept")
    done = restore(empty, tmp_path / "with", now=clock(), replace=False, attachments=there)
    assert done.attachments == 1
    assert (there / "ab" / "abcd").read_bytes() == b"bytes of a file"
    assert (there / "ef").read_bytes() == b"kept"
    assert back_up(url, tmp_path / "without", now=clock()).attachments is None
    with tarfile.open(tmp_path / "without") as tar:
        assert tar.getnames() == ["manifest.json", "database.dump"]


def test_a_backup_is_readable_by_its_owner_alone_and_leaves_nothing_else(url, clock, engine, tmp_path) -> None:
    engine.dispose()
    back_up(url, tmp_path / "b", now=clock())
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_settings_hold_after_a_restore(url, empty, clock, engine, tmp_path) -> None:
    engine.dispose()
    back_up(url, tmp_path / "b", now=clock())
    restore(empty, tmp_path / "b", now=clock(), replace=False)
    restored = make_engine(empty)
    with Session(restored) as session:
        row = session.query(Setting).filter_by(name="what_if_an_hour").one()
        assert row.value == {"value": 7}
    restored.dispose()
