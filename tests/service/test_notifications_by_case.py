"""Notifications by case: against a count of one's own, in order, and no more is marked read than was shown."""

import datetime as dt
import random
import re
import uuid
from collections import defaultdict
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.permissions import Role
from api.db.engine import transaction
from api.db.tables import Notification
from api.errors import NotFoundError
from api.notifications.by_case import EARLIER_SHOWN, list_by_case, mark_told_read
from api.notifications.inbox import notify
from api.unit_of_work import SYSTEM, Actor, UnitOfWork

Told = dict[str, list[Notification]]


@pytest.fixture(scope="module")
def bodies(people: Any, sessions: sessionmaker[Session], clock: Any) -> Told:
    """Two bodies that were told of twelve cases and of other things, in no order; every third is read."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    cases = [uuid.uuid4() for _ in range(12)]
    told = defaultdict(list)
    for number in range(150):
        body = people.body(f"many-{number % 2}")
        with transaction(sessions) as session:
            work = UnitOfWork(session, SYSTEM, clock.forward(seconds=1))
            case_id = chance.choice([*cases, None])
            row = notify(work, kind="k", text_zh=f"{number}", text_en="n", body_id=body, case_id=case_id)
            row.read_at = work.now if number % 3 == 0 else None
            session.flush()
            session.refresh(row)
            session.expunge(row)
        told[body].append(row)
    return told


def counted(rows: list[Notification]) -> list[tuple[list[str], int, int]]:
    """The same by hand: texts newest first as far as they are shown, how many, how many unread."""
    groups = defaultdict(list)
    for row in reversed(rows):
        groups[row.case_id or row.id].append(row)
    return [
        ([row.text_zh for row in group][: EARLIER_SHOWN + 1], len(group), sum(row.read_at is None for row in group))
        for group in groups.values()
    ]


def work_of(session: Session, body: str, now: dt.datetime) -> UnitOfWork:
    return UnitOfWork(session, Actor("某", frozenset({Role.WINDOW}), account_id=uuid.uuid4(), body_id=body), now)


@pytest.mark.parametrize("unread", [False, True])
def test_cases_are_counted_and_ordered(bodies: Told, sessions: Any, clock: Any, unread: bool) -> None:
    for body, rows in bodies.items():
        wanted = counted([row for row in rows if row.read_at is None or not unread])
        found = []
        with sessions() as session:
            work = work_of(session, body, clock())
            for offset in range(0, len(wanted) + 5, 5):
                part, total = list_by_case(work, unread=unread, limit=5, offset=offset)
                assert total == len(wanted)
                found += part
            shown = [
                ([one.newest.text_zh, *(row.text_zh for row in one.earlier)], one.total, one.unread) for one in found
            ]
        assert shown == wanted
        assert max(number for _, number, _ in wanted) > EARLIER_SHOWN + 1, "some are left out"


def test_reading_a_case_leaves_what_came_in_later_and_what_is_others(bodies: Told, sessions: Any, clock: Any) -> None:
    (body, rows), (other, _) = bodies.items()
    case_id = next(row.case_id for row in rows if row.case_id)
    own = [row for row in rows if row.case_id == case_id]
    with transaction(sessions) as session:
        mark_told_read(work_of(session, body, clock()), own[-2].id)
    with sessions() as session:
        now = {row.id: row.read_at for row in session.query(Notification).filter_by(case_id=case_id, body_id=body)}
        assert all(now[row.id] is not None for row in own[:-1])
        assert now[own[-1].id] == own[-1].read_at
        assert all(now[row.id] == row.read_at for row in own if row.read_at), "read once stays as it was read"
        untouched = {row.id: row.read_at for row in session.query(Notification).filter(Notification.case_id != case_id)}
        for row in [*rows, *bodies[other]]:
            assert untouched.get(row.id, row.read_at) == row.read_at
        with pytest.raises(NotFoundError):
            mark_told_read(work_of(session, other, clock()), own[-1].id)


def test_the_page_has_a_line_for_each_case(bodies: Told, people: Any) -> None:
    body, rows = list(bodies.items())[1]
    people.account("many-told", "window", body_id=body)
    client: TestClient = people.sign_in("many-told")
    page = client.get("/notifications", headers={"Accept": "text/html"}).text
    wanted = counted(rows)
    assert page.count('<li class="row') == min(30, len(wanted))
    for texts, total, _ in wanted[:3]:
        assert re.search(rf"[> ]{texts[0]}</p>", page)
        assert total == 1 or f"共{total}条" in page
    older = client.get("/notifications", params={"offset": 30}, headers={"Accept": "text/html"}).text
    assert older.count('<li class="row') == max(0, len(wanted) - 30)
