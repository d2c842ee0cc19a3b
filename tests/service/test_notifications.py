"""Notifications reach the firm or body they are for, and nobody else."""

import uuid

import pytest
from sqlalchemy.orm import Session, sessionmaker

from api.db.engine import transaction
from api.notifications.inbox import notify
from api.unit_of_work import SYSTEM, UnitOfWork


@pytest.fixture(scope="module")
def inboxes(people, sessions: sessionmaker[Session], clock) -> dict[str, uuid.UUID]:
    firm, other = people.carrier(), people.carrier("91430100MA4L16JQ9D", "另一公司")
    body = people.body("430100-transport")
    people.account("firm", "carrier", carrier_id=firm)
    people.account("colleague", "carrier", carrier_id=firm)
    people.account("other", "carrier", carrier_id=other)
    people.account("desk", "window", body_id=body)
    people.account("root", "admin")
    case_id = uuid.uuid4()
    told = {}
    for name, to in {"firm": {"carrier_id": firm}, "other": {"carrier_id": other}, "desk": {"body_id": body}}.items():
        for number in range(3):
            with transaction(sessions) as session:
                work = UnitOfWork(session, SYSTEM, clock.forward(seconds=1))
                row = notify(work, kind=f"k{number}", text_zh="通知", text_en="told", case_id=case_id, **to)
                told[f"{name}{number}"] = row.id
    return told | {"case": case_id}


def test_each_sees_their_own_newest_first(inboxes, people) -> None:
    for login in ("firm", "other", "desk"):
        listed = people.sign_in(login).get("/api/v1/notifications").json()
        assert [item["id"] for item in listed["items"]] == [str(inboxes[f"{login}{n}"]) for n in (2, 1, 0)]
        assert listed["total"] == 3
    assert people.sign_in("root").get("/api/v1/notifications").json() == {"items": [], "total": 0}
    assert people.nobody().get("/api/v1/notifications").status_code == 401


def test_reading_one_is_for_the_whole_firm_and_only_once(inboxes, people, clock) -> None:
    client = people.sign_in("firm")
    path = f"/api/v1/notifications/{inboxes['firm0']}/read"
    first = client.post(path).json()["read_at"]
    clock.forward(minutes=1)
    assert client.post(path).json()["read_at"] == first
    seen = people.sign_in("colleague").get("/api/v1/notifications", params={"unread": True}).json()
    assert {item["id"] for item in seen["items"]} == {str(inboxes["firm1"]), str(inboxes["firm2"])}


def test_those_of_others_cannot_be_read_or_found_out(inboxes, people) -> None:
    client = people.sign_in("other")
    for wanted in (inboxes["firm1"], inboxes["desk1"], uuid.uuid4()):
        assert client.post(f"/api/v1/notifications/{wanted}/read").status_code == 404
    assert client.post("/api/v1/notifications/no-uuid/read").status_code == 422


def test_all_are_marked_and_filters_hold(inboxes, people) -> None:
    client = people.sign_in("desk")
    by_case = {"case_id": str(inboxes["case"]), "limit": 2}
    assert len(client.get("/api/v1/notifications", params=by_case).json()["items"]) == 2
    assert client.get("/api/v1/notifications", params={"case_id": str(uuid.uuid4())}).json()["total"] == 0
    assert client.post("/api/v1/notifications/read").json() == {"marked": 3}
    assert client.post("/api/v1/notifications/read").json() == {"marked": 0}
    assert client.get("/api/v1/notifications", params={"unread": True}).json()["total"] == 0
    assert people.sign_in("other").get("/api/v1/notifications", params={"unread": True}).json()["total"] == 3


def test_a_notification_goes_to_exactly_one(system_work) -> None:
    for to in ({}, {"carrier_id": uuid.uuid4(), "body_id": "x"}):
        with pytest.raises(ValueError, match="one"):
            notify(system_work, kind="k", text_zh="x", text_en="x", **to)
