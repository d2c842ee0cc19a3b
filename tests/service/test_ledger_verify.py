"""Whatever is done to the ledger behind the service's back, the verification finds it."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api.db.engine import transaction
from api.errors import RequestError
from api.ledger.anchors import FILE, Anchor, add_anchor, anchor_keys, read_anchors, set_aside
from api.ledger.verify import Checked, verify_ledger
from api.unit_of_work import SYSTEM, UnitOfWork

EVENTS = 12
ANCHORED_AT = 8
COPIED = "at, kind, case_id, actor_id, actor, body_id, content"


@pytest.fixture
def ledger(engine: Engine, sessions: sessionmaker[Session], clock, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    """Twelve events, an anchor after the eighth; the triggers are off, as for somebody who owns the database."""
    _sql(engine, "ALTER TABLE event DISABLE TRIGGER ALL", "DELETE FROM event", "DELETE FROM ledger_head")
    for number in range(ANCHORED_AT):
        _happen(sessions, clock, number)
    with transaction(sessions) as session:
        add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path, tmp_path / "keys")
    for number in range(ANCHORED_AT + 1, EVENTS):
        _happen(sessions, clock, number)
    yield sessions
    _sql(engine, "ALTER TABLE event ENABLE TRIGGER ALL")


def _happen(sessions: sessionmaker[Session], clock, number: int) -> None:
    with transaction(sessions) as session:
        UnitOfWork(session, SYSTEM, clock.forward(seconds=1)).record("happened", number=number, 数="一" * number)


def _sql(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _verify(sessions: sessionmaker[Session], var: Path) -> Checked:
    anchors = read_anchors(var / FILE, anchor_keys(var / "keys"))
    with sessions() as session:
        return verify_ledger(session, anchors)


def _independent_hash(row: dict[str, object]) -> str:
    """The formula as docs/accounts.md states it, written a second time."""
    at = row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    names = ("kind", "case_id", "actor_id", "actor", "body_id", "content", "previous")
    said = [row["seq"], at, *(None if row[n] is None else str(row[n]) for n in names)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _recompute(engine: Engine, start: int = 1) -> None:
    """What somebody with the code and the database would do: hash everything anew, the head too."""
    with engine.begin() as connection:
        previous = "0" * 64
        rows = connection.execute(text("SELECT * FROM event ORDER BY seq")).mappings().all()
        for number, row in enumerate(rows, start=1):
            new = dict(row) | {"seq": number, "previous": previous}
            previous = _independent_hash(new) if row["seq"] >= start else row["hash"]
            connection.execute(
                text("UPDATE event SET seq = :new, previous = :previous, hash = :hash WHERE seq = :old"),
                {"new": number, "previous": new["previous"], "hash": previous, "old": row["seq"]},
            )
        connection.execute(
            text("UPDATE ledger_head SET seq = :seq, hash = :hash, at = :at"),
            {"seq": len(rows), "hash": previous, "at": rows[-1]["at"]},
        )


def test_an_untouched_ledger_is_intact(ledger, tmp_path: Path) -> None:
    checked = _verify(ledger, tmp_path)
    assert checked.fault is None
    assert (checked.events, checked.anchors, checked.last_anchor_seq) == (EVENTS, 1, ANCHORED_AT)


@pytest.mark.parametrize(
    ("statement", "kind", "seq"),
    [
        ("UPDATE event SET content = replace(content, '3', '4') WHERE seq = 4", "content", 4),
        ("UPDATE event SET at = at + interval '1 microsecond' WHERE seq = 5", "content", 5),
        ("UPDATE event SET actor = '他人' WHERE seq = 6", "content", 6),
        ("UPDATE event SET kind = 'other' WHERE seq = 2", "content", 2),
        ("UPDATE event SET case_id = gen_random_uuid() WHERE seq = 2", "content", 2),
        ("UPDATE event SET actor_id = gen_random_uuid() WHERE seq = 2", "content", 2),
        ("UPDATE event SET body_id = 'x' WHERE seq = 2", "content", 2),
        ("UPDATE event SET hash = previous WHERE seq = 7", "content", 7),
        ("UPDATE event SET previous = hash WHERE seq = 7", "chain", 7),
        ("DELETE FROM event WHERE seq = 4", "gap", 4),
        ("DELETE FROM event WHERE seq = 1", "gap", 1),
        ("DELETE FROM event WHERE seq > 10", "tail", 11),
        ("DELETE FROM event", "tail", 8),
        ("DELETE FROM ledger_head", "head", 12),
        ("UPDATE ledger_head SET hash = repeat('0', 64)", "head", 12),
        ("UPDATE ledger_head SET seq = 11", "head", 11),
        ("UPDATE ledger_head SET at = at + interval '1 day'", "head", 12),
        (
            "INSERT INTO event SELECT 13, {copied}, hash, hash FROM event WHERE seq = 12",
            "content",
            13,
        ),
        (
            "INSERT INTO event SELECT 0, {copied}, previous, hash FROM event WHERE seq = 1",
            "order",
            0,
        ),
    ],
)
def test_a_change_is_found_where_it_was_made(ledger, engine, tmp_path, statement, kind, seq) -> None:
    _sql(engine, statement.replace("{copied}", COPIED))
    fault = _verify(ledger, tmp_path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == (kind, seq)


def test_two_events_that_change_places_are_found(ledger, engine, tmp_path) -> None:
    _sql(
        engine,
        "UPDATE event SET seq = 100 WHERE seq = 3",
        "UPDATE event SET seq = 3 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 100",
    )
    fault = _verify(ledger, tmp_path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("chain", 3)


def test_a_tail_cut_off_together_with_its_head_is_found_by_the_anchor(ledger, engine, tmp_path) -> None:
    _sql(
        engine,
        "DELETE FROM event WHERE seq > 6",
        "UPDATE ledger_head SET (seq, hash, at) = (SELECT seq, hash, at FROM event WHERE seq = 6)",
    )
    fault = _verify(ledger, tmp_path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("tail", ANCHORED_AT)
    with ledger() as session:
        assert verify_ledger(session).fault is None  # without anchors nobody could tell


def test_a_chain_that_was_computed_anew_is_found_by_the_anchor_alone(ledger, engine, tmp_path) -> None:
    _sql(engine, "UPDATE event SET content = '{\"number\":99}' WHERE seq = 3")
    _recompute(engine)
    with ledger() as session:
        assert verify_ledger(session).fault is None
    fault = _verify(ledger, tmp_path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("anchor", ANCHORED_AT)


def test_an_event_put_in_and_everything_computed_anew_is_found_by_the_anchor(ledger, engine, tmp_path) -> None:
    _sql(
        engine,
        "UPDATE event SET seq = seq + 100 WHERE seq > 4",
        "INSERT INTO event SELECT 50, at, kind, case_id, actor_id, actor, body_id, content, hash, hash FROM event "
        "WHERE seq = 4",
    )
    _recompute(engine)
    with ledger() as session:
        assert verify_ledger(session).events == EVENTS + 1
    assert _verify(ledger, tmp_path).fault.kind == "anchor"


def test_the_independent_formula_agrees_with_the_ledger(ledger, engine, tmp_path) -> None:
    _recompute(engine)
    assert _verify(ledger, tmp_path).fault is None


def test_a_missing_file_of_anchors_shows_in_the_ledger(ledger, tmp_path) -> None:
    (tmp_path / FILE).unlink()
    fault = _verify(ledger, tmp_path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("anchor", ANCHORED_AT + 1)


def test_nothing_new_makes_no_anchor_and_something_new_does(ledger, clock, tmp_path) -> None:
    def anchor() -> Anchor | None:
        with transaction(ledger) as session:
            return add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path, tmp_path / "keys")

    made = anchor()
    assert made is not None
    assert made.seq == EVENTS
    assert anchor() is None
    _happen(ledger, clock, 50)
    again = anchor()
    assert again is not None
    assert again.seq == EVENTS + 2
    assert _verify(ledger, tmp_path).anchors == 3


def test_an_anchor_with_another_key_or_content_is_not_trusted(ledger, clock, tmp_path) -> None:
    line = json.loads((tmp_path / FILE).read_text())
    keys = anchor_keys(tmp_path / "keys")
    for change in ({"seq": 7}, {"hash": "0" * 64}, {"at": "2020-01-01"}, {"key_id": "00" * 8}):
        (tmp_path / FILE).write_text(json.dumps(line | change) + "\n")
        with pytest.raises(RequestError, match="line 1"):
            read_anchors(tmp_path / FILE, keys)
    with transaction(ledger) as session:
        add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path / "other", tmp_path / "other_keys")
    with pytest.raises(RequestError, match="not signed by a trusted key"):
        read_anchors(tmp_path / "other" / FILE, keys)
    forged = line | {"signature": base64.b64encode(b"0" * 64).decode()}
    (tmp_path / FILE).write_text(json.dumps(forged) + "\n")
    with pytest.raises(RequestError, match="not signed by a trusted key"):
        read_anchors(tmp_path / FILE, keys)


def test_an_anchor_taken_out_of_the_middle_is_found(ledger, clock, tmp_path) -> None:
    for number in range(3):
        _happen(ledger, clock, number)
        with transaction(ledger) as session:
            add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path, tmp_path / "keys")
    lines = (tmp_path / FILE).read_text().splitlines(keepends=True)
    assert len(lines) == 4
    (tmp_path / FILE).write_text("".join([*lines[:1], *lines[2:]]))
    with pytest.raises(RequestError, match="before line 2"):
        read_anchors(tmp_path / FILE, anchor_keys(tmp_path / "keys"))


def test_half_a_line_left_by_a_power_cut_is_written_over(ledger, clock, tmp_path) -> None:
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole + whole[:40])
    assert _verify(ledger, tmp_path).fault is None
    with transaction(ledger) as session:
        add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path, tmp_path / "keys")
    assert _verify(ledger, tmp_path).anchors == 2


def test_anchors_beyond_a_restored_state_are_kept_aside(ledger, clock, tmp_path) -> None:
    with transaction(ledger) as session:
        add_anchor(UnitOfWork(session, SYSTEM, clock()), tmp_path, tmp_path / "keys")
    all_lines = (tmp_path / FILE).read_text()
    aside = set_aside(tmp_path, ANCHORED_AT + 1, clock())
    assert aside is not None
    assert aside.read_text() == all_lines
    assert [a.seq for a in read_anchors(tmp_path / FILE, anchor_keys(tmp_path / "keys"))] == [ANCHORED_AT]
    assert set_aside(tmp_path, ANCHORED_AT + 1, clock()) is None


def test_a_verification_sees_one_state_while_others_write(ledger, clock, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("api.ledger.verify._BATCH", 3)
    import api.ledger.verify as module

    taken = []
    original = module._Reading.take

    def take(self, event):
        if len(taken) == 4:
            _happen(ledger, clock, 7)
        taken.append(event.seq)
        return original(self, event)

    monkeypatch.setattr(module._Reading, "take", take)
    checked = _verify(ledger, tmp_path)
    assert checked.fault is None
    assert checked.events == EVENTS
