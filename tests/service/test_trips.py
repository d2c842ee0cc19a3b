"""Trips and passages over HTTP."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.db.engine import transaction
from api.db.tables import Account, Case, Notification, Trip
from api.errors import ConflictError
from api.permits.issuing import end_permits
from api.permits.trips_service import TripPlan, announce_trip
from api.unit_of_work import Actor, UnitOfWork
from tests.service.issued import DRIVER, Office, trip_of

PERMITS = "/api/v1/permits"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def office(people, sessions, clock) -> Office:
    return Office(people, sessions, clock)


def announce(office: Office, number: str, *, status: int = 201, login: str = "carrier", **changes: Any) -> Any:
    sent = trip_of(office.content(number), office.clock() + HOUR, **changes)
    answer = office[login].post(f"{PERMITS}/{number}/trips", json=sent)
    assert answer.status_code == status, answer.text
    return answer.json()


def step(office: Office, trip: dict[str, Any], what: str, *, status: int = 200, login: str = "carrier") -> Any:
    sent = {"reason": "演示"} if what == "cancel" else None
    answer = office[login].post(f"/api/v1/trips/{trip['id']}/{what}", json=sent)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_trip_from_announcement_to_arrival(office: Office) -> None:
    number = office.issue()
    trip = announce(office, number)
    assert (trip["state"], trip["sequence"]) == ("announced", 1)
    assert trip["content"]["driver"]["name"] == "演示驾驶员"
    assert DRIVER not in str(trip)
    assert step(office, trip, "start")["state"] == "under_way"
    step(office, trip, "cancel", status=409)
    step(office, trip, "start", status=409)
    ended = step(office, trip, "end")
    assert (ended["state"], ended["ended_at"] is not None) == ("ended", True)
    listed = office["carrier"].get(f"{PERMITS}/{number}/trips").json()
    assert (listed["used"], listed["allowed"], listed["total"]) == (1, 1, 1)
    refused = announce(office, number, status=409)
    assert [fault["field"] for fault in refused["faults"]] == ["trip"]
    assert "已用完" in refused["detail"]


def test_a_cancelled_trip_does_not_count(office: Office) -> None:
    number = office.issue()
    step(office, announce(office, number), "cancel")
    assert announce(office, number)["sequence"] == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"driver_id": "someone"}, "驾驶员"),
        ({"plates": ["湘A99999", "湘A9999挂"]}, "不符"),
        ({"arrives_on": "2026-11-30"}, "有效期"),
        ({"departs_at": "2026-11-23T00:59:00Z"}, "出发之前"),
        (
            {"direction": "empty_return", "sizes": {"height_mm": 1, "width_mm": 1, "length_mm": 1, "gross_mass_kg": 1}},
            "空车返程",
        ),
    ],
)
def test_what_is_not_permitted_is_not_announced(office: Office, changes: dict[str, Any], said: str) -> None:
    assert said in announce(office, office.issue(), status=409, **changes)["detail"]


def test_a_class_three_trip_names_its_escort_and_waits_for_the_check(office: Office) -> None:
    number = office.issue(office.three(), vehicle_class="III")
    waiting = announce(office, number, status=409, escort_vehicles=[], escort_staff=["一人"])
    said = [fault["message_zh"] for fault in waiting["faults"]]
    assert any("待核查" in one for one in said)
    assert "护送车辆应有2辆" in said
    assert "护送人员应有2名" in said


def test_an_empty_return_has_its_own_sizes(office: Office) -> None:
    sizes = {"height_mm": 3000, "width_mm": 3000, "length_mm": 17000, "gross_mass_kg": 20000}
    number = office.issue(office.form(trip={"empty_return": sizes}))
    announce(office, number, status=409, direction="empty_return", sizes=sizes)  # nothing to return from
    step(office, announce(office, number), "start")
    announce(office, number, status=409, direction="empty_return", sizes=sizes)  # the first is not over
    first = office["carrier"].get(f"{PERMITS}/{number}/trips").json()["items"][0]
    step(office, first, "end")
    announce(office, number, status=422, direction="empty_return")
    higher = announce(office, number, status=409, direction="empty_return", sizes={**sizes, "height_mm": 3001})
    assert "返程总高" in higher["detail"]
    assert announce(office, number, direction="empty_return", sizes=sizes)["direction"] == "empty_return"


def test_the_last_trip_is_not_used_twice(office: Office) -> None:
    """Two announcements at the same moment: one after the other, and the second finds none left."""
    for _ in range(4):
        number = office.issue()
        content = office.content(number)
        with office.sessions() as session:
            account = session.query(Account).filter_by(login="carrier").one().id
        actor = Actor("演示", frozenset({"carrier"}), account, carrier_id=office.carrier_id)
        gate = threading.Barrier(4)
        plan = TripPlan("outward", office.clock() + HOUR, content.valid_from, DRIVER, content.plates)

        def attempt(
            _n: int, number: str = number, plan: TripPlan = plan, actor: Actor = actor, gate: threading.Barrier = gate
        ) -> bool:
            try:
                with transaction(office.sessions) as session:
                    gate.wait()
                    announce_trip(UnitOfWork(session, actor, office.clock()), number, plan)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(attempt, range(4))) == 1
        with office.sessions() as session:
            assert session.query(Trip).filter_by(permit_number=number).count() == 1


def test_who_may_announce_and_see(office: Office) -> None:
    number = office.issue()
    for login, status in (("other", 404), ("officer", 403), ("approver", 403), ("admin", 403)):
        announce(office, number, status=status, login=login)
    trip = announce(office, number)
    for login, status in (("other", 404), ("officer", 200), ("far-officer", 200), ("admin", 403), ("toll", 404)):
        assert office[login].get(f"/api/v1/trips/{trip['id']}").status_code == status, login
    for login, status in (("other", 404), ("officer", 403)):
        step(office, trip, "start", status=status, login=login)
    assert office["carrier"].get(f"/api/v1/trips/{uuid.uuid4()}").status_code == 404
    assert office.people.nobody().get(f"/api/v1/trips/{trip['id']}").status_code == 401


def test_nobody_departs_on_a_permit_that_ended(office: Office) -> None:
    number = office.issue()
    trip = announce(office, number)
    with transaction(office.sessions) as session:
        case = session.get(Case, office.versions(number)[0].case_id)
        end_permits(office.work(session), case, "revoked", "演示")
    step(office, trip, "start", status=409)
    announce(office, number, status=409)


def passage(office: Office, number: str, login: str = "officer", **changes: Any) -> Any:
    sent = {"at": office.clock().isoformat(), "place": "某收费站", "kind": "checkpoint", **changes}
    return office[login].post(f"{PERMITS}/{number}/passages", json=sent)


def test_a_passage_says_what_did_not_agree(office: Office) -> None:
    number = office.issue()
    content = office.content(number)
    unannounced = passage(office, number, plates=list(content.plates)).json()
    assert unannounced["content"]["findings"] == ["not_announced"]
    trip = announce(office, number)
    step(office, trip, "start")
    proper = passage(office, number, "far-officer", plates=list(content.plates)).json()
    assert (proper["content"]["findings"], proper["trip_id"]) == ([], trip["id"])
    wrong = passage(office, number, plates=["湘B00001"], findings=["no_escort"]).json()
    assert wrong["content"]["findings"] == ["no_escort", "vehicle_differs"]
    with office.sessions() as session:
        told = session.query(Notification).filter(Notification.text_zh.contains(number)).all()
    assert {(one.body_id, one.carrier_id is not None) for one in told} == {("transport:430100", False), (None, True)}
    listed = office["carrier"].get(f"{PERMITS}/{number}/passages").json()
    assert listed["total"] == 3
    assert passage(office, number, "carrier").status_code == 403
    assert passage(office, number, at="2026-12-23T00:00:00Z").status_code == 422
    assert passage(office, number, place="\x00").status_code == 422
