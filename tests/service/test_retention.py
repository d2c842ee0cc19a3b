"""What is past its days is forgotten; what belongs to a case never is."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from api.db.tables import Draft, Event, ImportedTrip, KeptContent, Notification, Setting, WhatIf
from api.operations.retention import forget_old
from tests.service.desk import Desk

DAY = dt.timedelta(days=1)


@pytest.fixture
def carrier_draft(desk: Desk) -> dict[str, object]:
    answer = desk["carrier"].post("/api/v1/drafts", json={"title": "草稿", "content": {"a": 1}})
    assert answer.status_code == 201
    return dict(answer.json())


def ids(desk: Desk, table: type) -> set[uuid.UUID]:
    with desk.sessions() as session:
        return set(session.scalars(select(table.id)))  # type: ignore[attr-defined]


def later(desk: Desk, days: int) -> None:
    desk.go_to((desk.clock() + days * DAY).date())


def test_a_draft_goes_after_its_days_with_its_earlier_contents(desk: Desk, carrier_draft: dict[str, object]) -> None:
    draft_id = str(carrier_draft["id"])
    saved = desk["carrier"].put(
        f"/api/v1/drafts/{draft_id}",
        json={"title": "草稿", "content": {"a": 2}},
        headers={"If-Match": f'"{carrier_draft["version"]}"'},
    )
    assert saved.status_code == 200
    submitted = desk.submit()
    later(desk, 364)
    desk.run(forget_old)
    assert uuid.UUID(draft_id) in ids(desk, Draft)
    later(desk, 2)
    desk.run(forget_old)
    left = ids(desk, Draft)
    assert uuid.UUID(draft_id) not in left
    assert len(left) == 1, "the draft of a case stays"
    assert desk.case(submitted)["number"]
    with desk.sessions() as session:
        assert not session.scalars(select(KeptContent).where(KeptContent.subject_id == uuid.UUID(draft_id))).all()
        events = session.scalars(select(Event).where(Event.kind == "forgotten")).all()
    assert [event.data["counts"]["drafts"] for event in events] == [1]
    desk.run(forget_old)
    with desk.sessions() as session:
        assert len(session.scalars(select(Event).where(Event.kind == "forgotten")).all()) == 1


def test_a_base_of_trips_goes_after_its_trips(desk: Desk) -> None:
    made = [
        uuid.UUID(desk["carrier"].post("/api/v1/drafts", json={"title": name, "content": {}}).json()["id"])
        for name in ("base", "trip")
    ]
    with desk.sessions.begin() as session:
        session.add(
            ImportedTrip(
                base_draft_id=made[0],
                row_hash="x",
                repeat=0,
                draft_id=made[1],
                sheet_sha256="x",
                created_at=desk.clock(),
            )
        )
    later(desk, 400)
    desk.run(forget_old)
    assert not ids(desk, Draft) & {made[1]}
    assert made[0] in ids(desk, Draft)
    desk.run(forget_old)
    assert made[0] not in ids(desk, Draft)


def test_questions_of_cases_and_unread_notices_stay(desk: Desk) -> None:
    case_id = desk.submit()
    account = desk.account_id("carrier")
    asked = {"account_id": account, "question": {}, "question_hash": "x", "verdict": "passes", "answer": {}}
    with desk.sessions.begin() as session:
        free, kept = (WhatIf(**asked, asked_at=desk.clock(), case_id=case) for case in (None, uuid.UUID(case_id)))
        words = {"kind": "x", "text_zh": "x", "text_en": "x", "created_at": desk.clock()}
        unread, read = Notification(**words), Notification(**words, read_at=desk.clock())
        session.add_all([free, kept, unread, read])
        session.flush()
        of_case, gone = {kept.id, unread.id}, {free.id, read.id}
    later(desk, 729)
    desk.run(forget_old)
    assert free.id in ids(desk, WhatIf)
    later(desk, 2)
    desk.run(forget_old)
    left = ids(desk, WhatIf) | ids(desk, Notification)
    assert of_case <= left
    assert not gone & left


def test_the_days_are_a_setting_and_the_longest_decides(desk: Desk, carrier_draft: dict[str, object]) -> None:
    with desk.sessions.begin() as session:
        for province, days in (("43", 5), ("42", 9)):
            one = {
                "province": province,
                "name": "keep_drafts_days",
                "value": {"value": days},
                "valid_from": desk.clock().date(),
            }
            session.add(Setting(**one, set_at=desk.clock()))
    for days, stays in ((6, True), (4, False)):
        later(desk, days)
        desk.run(forget_old)
        assert (uuid.UUID(str(carrier_draft["id"])) in ids(desk, Draft)) is stays
