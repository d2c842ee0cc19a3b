"""What runs out, who held what, figures, draws and ratings, over HTTP and against slower ways to find the same."""

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session, sessionmaker

from api.cases.clocks import read_case_clock
from api.cases.custody import count_working_days
from api.db.engine import transaction
from api.db.tables import (
    Case,
    CheckTask,
    Correction,
    Decision,
    Event,
    Note,
    Packet,
    Pause,
    Permit,
    PublishedFigures,
    Review,
    Setting,
)
from api.supervision import figures
from api.supervision.clock_cards import OPEN_STATES, open_cases
from api.supervision.held import Asked, office_times, spans_of
from api.supervision.matters import KIND_ZH, Kind, matters
from api.supervision.published import publish_figures
from api.unit_of_work import SYSTEM, Actor, UnitOfWork
from rules.calendar import add_working_days
from rules.cards import Card

PROVINCE, CITY, COUNTY, OTHER = "transport:430000", "transport:430100", "transport:430121", "transport:440000"
MONDAY = dt.date(2026, 11, 23)
REPORT = {
    "classification": {"near_threshold": [{"clause": "x"}]},
    "routes": [
        {
            "findings": [
                {"outcome": "blocked", "structure": {"id": "B1", "name": "演示大桥", "kind": "bridge"}},
                {"outcome": "conditional", "structure": {"id": "B1", "name": "演示大桥", "kind": "bridge"}},
                {"outcome": "conditional", "structure": {"id": "B2", "name": "演示二桥", "kind": "bridge"}},
                {"outcome": "passes", "structure": {"id": "B3", "name": "演示三桥", "kind": "bridge"}},
                {"outcome": "unknown", "structure": None},
            ]
        }
    ],
}


class Office:
    """Makes cases as rows, in any state and of any age."""

    def __init__(self, people: Any, sessions: sessionmaker[Session], clock: Any) -> None:
        self.people, self.sessions, self.clock = people, sessions, clock
        self.carrier_id = people.carrier()
        for body, level, code in (
            (PROVINCE, "province", "430000"),
            (CITY, "city", "430100"),
            (COUNTY, "county", "430121"),
        ):
            people.body(body, level=level, code=code)
        people.body(OTHER, level="province", code="440000")
        people.body("police:430100", kind="police", code="430100")
        people.body("highway_centre:430100", kind="highway_centre", code="430100")
        self.account = people.account("carrier", "carrier", carrier_id=self.carrier_id)
        for login, role, body in (
            ("window", "window", CITY),
            ("approver", "approver", CITY),
            ("inspector1", "enforcement", CITY),
            ("inspector2", "enforcement", CITY),
            ("inspector3", "enforcement", CITY),
            ("supervisor", "supervisor", PROVINCE),
            ("foreign", "supervisor", OTHER),
            ("police", "police", "police:430100"),
            ("county-window", "window", COUNTY),
        ):
            people.account(login, role, body_id=body)
        self._clients: dict[str, Any] = {}
        self._number = 0

    def __getitem__(self, login: str) -> Any:
        if login == "public":
            return self.people.nobody()
        if login not in self._clients:
            self._clients[login] = self.people.sign_in(login)
        return self._clients[login]

    def get(self, login: str, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
        answer = self[login].get(f"/api/v1{path}", params=query)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def work(self, actor: Actor = SYSTEM) -> Any:
        return _Work(self.sessions, self.clock, actor)

    def case(self, state: str = "review", **more: Any) -> Case:
        self._number += 1
        values: dict[str, Any] = {
            "id": uuid.uuid4(),
            "number": f"DJ-43-2026-{self._number:06d}",
            "carrier_id": self.carrier_id,
            "submitted_by": self.account.id,
            "state": state,
            "province": "43",
            "form": {
                "cargo": {"name": "演示变压器"},
                "trip": {"origin": {"name": "甲"}, "destination": {"name": "乙"}},
                "whole": {"gross_mass_kg": 49000},
            },
            "vehicle_class": "II",
            "scope": "own",
            "deciding_body_id": CITY,
            "submitted_at": self.clock() - dt.timedelta(days=1),
            "remarks": {},
        }
        if more.get("accepted_on"):
            values["submitted_at"] = at(more["accepted_on"])
        elif more.get("ended_at"):
            values["submitted_at"] = more["ended_at"] - dt.timedelta(days=1)
        with transaction(self.sessions) as session:
            case = Case(**{**values, **more})
            session.add(case)
        return case

    def add(self, *rows: Any) -> None:
        with transaction(self.sessions) as session:
            for row in rows:
                session.add(row)
                session.flush()

    def review(self, case: Case, report: dict[str, Any] = REPORT) -> Review:
        row = Review(
            id=uuid.uuid4(), case_id=case.id, form_version=1, round=1, verdict="blocked", report=report, comparison={},
            plan={}, network_id="n", rules_id="r", policy_id="p", created_at=self.clock(),
        )  # fmt: skip
        with transaction(self.sessions) as session:
            session.add(row)
            session.flush()
            session.get_one(Case, case.id).review_id = row.id
        return row

    def packet(self, case: Case, body: str = "police:430100", **more: Any) -> Packet:
        with self.sessions() as session:
            review_id = session.scalar(select(Review.id).where(Review.case_id == case.id))
        values: dict[str, Any] = {
            "id": uuid.uuid4(), "case_id": case.id, "review_id": review_id or self.review(case).id, "body_id": body,
            "role": "police", "purpose": "opinion", "content": {}, "drafted_opinion": "", "state": "open",
            "conditions": [], "sent_at": self.clock(), "due_on": None,
        }  # fmt: skip
        row = Packet(**{**values, **more})
        self.add(row)
        return row


class _Work:
    def __init__(self, sessions: sessionmaker[Session], clock: Any, actor: Actor) -> None:
        self._of, self._clock, self._actor = transaction(sessions), clock, actor

    def __enter__(self) -> UnitOfWork:
        return UnitOfWork(self._of.__enter__(), self._actor, self._clock())

    def __exit__(self, *raised: object) -> Any:
        return self._of.__exit__(*raised)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def _settled(people: Any, sessions: sessionmaker[Session], clock: Any) -> Office:
    return Office(people, sessions, clock)


@pytest.fixture
def office(_settled: Office, sessions: sessionmaker[Session]) -> Iterator[Office]:
    """The same office with no case in it."""
    yield _settled
    with transaction(sessions) as session:
        for name in ("service_rating", "check_task", "permit", "packet", "decision", "pause", "note", "correction",
                     "setting", "notification", "published_figures", "review", "application_case"):  # fmt: skip
            session.connection().exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - names from above


def at(day: dt.date, hour: int = 2) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def event(seq: int, case: Case, kind: str, day: dt.date, content: str = "{}", hour: int = 2) -> Event:
    # Far beyond the numbers of the chain; what is of no case any more is in nobody's way.
    number = 10**9 + int(case.number[-6:]) * 100 + seq
    return Event(
        seq=number, at=at(day, hour), kind=kind, case_id=case.id, actor="x", content=content, previous="", hash=""
    )


def test_clocks_of_many_cases_are_the_clocks_of_each(office: Office) -> None:
    draw = random.Random(5)  # noqa: S311 - the same cases every time
    changed = MONDAY - dt.timedelta(days=15)
    office.add(Setting(province="43", name="service.promised_days", value={"value": {"III": "3"}}, valid_from=changed))
    for _ in range(120):
        state = draw.choice(OPEN_STATES)
        submitted = MONDAY - dt.timedelta(days=draw.randrange(1, 40))
        accepted = submitted + dt.timedelta(days=draw.randrange(3)) if draw.random() < 0.7 else None
        case = office.case(
            state, submitted_at=at(submitted), accepted_on=accepted,
            vehicle_class=draw.choice(["I", "II", "III", None]),
            scope=draw.choice(["own", "cross_province", None]), province=draw.choice(["43", "44"]),
        )  # fmt: skip
        if accepted and draw.random() < 0.4:
            note = Note(id=uuid.uuid4(), case_id=case.id, kind="pause", text="x", created_at=office.clock())
            until = MONDAY - dt.timedelta(days=draw.randrange(3)) if draw.random() < 0.5 else None
            basis = draw.choice(["reinforcement", "testing", "survey"])
            since = min(accepted, until or accepted)
            office.add(note, Pause(case_id=case.id, reason="x", basis=basis, notice_id=note.id, from_on=since,
                                   until_on=until, created_by=office.account.id))  # fmt: skip
        if not accepted and draw.random() < 0.4:
            answered = at(submitted + dt.timedelta(days=2)) if draw.random() < 0.5 else None
            office.add(Correction(case_id=case.id, items=[], asked_at=at(submitted), answered_at=answered))
    with office.work() as work:
        found = {one.id: one.reading for one in open_cases(work, true())}
        singly = {case.id: read_case_clock(work, case) for case in work.session.scalars(select(Case))}
    assert len(found) == 120
    assert found == singly
    assert {reading.card for reading in found.values()} >= {Card.GREEN, Card.WARNING, Card.YELLOW, Card.RED}


def test_the_list_names_everything_that_runs_out(office: Office) -> None:
    today = office.clock().date()
    red = office.case(accepted_on=MONDAY - dt.timedelta(days=30))
    office.case("submitted")  # nothing due yet
    asked = office.case(accepted_on=today)
    opinion = office.packet(asked, sent_at=at(today - dt.timedelta(days=10)), due_on=today - dt.timedelta(days=3))
    office.packet(asked, "highway_centre:430100", purpose="inform", state="informed")
    returned = office.packet(asked, "highway_centre:430100", state="returned", ended_at=office.clock())
    sent_on = office.packet(asked, "highway_centre:430100", state="returned", ended_at=office.clock())
    office.packet(asked, due_on=add_working_days(today, 5), replaces_id=sent_on.id)
    promised = office.case(accepted_on=today, remarks={"promised": {"保险": today.isoformat(), "驾驶证": "2026-12-31"}})
    corrected = office.case("correction")
    office.add(Correction(case_id=corrected.id, items=["x"], asked_at=at(MONDAY - dt.timedelta(days=40))))
    refused = office.case("refused", ended_at=at(MONDAY - dt.timedelta(days=60)))
    changing = office.case("changing", ended_at=at(MONDAY - dt.timedelta(days=60)))
    office.add(event(1, changing, "request_change", MONDAY - dt.timedelta(days=20)))
    checked = office.case("issued", ended_at=office.clock())
    permit = Permit(
        id=uuid.uuid4(), number="X1", version=1, case_id=checked.id, carrier_id=office.carrier_id, body_id=CITY,
        plates=[], status="awaiting_check", content={}, record="", valid_from=today + dt.timedelta(days=1),
        valid_until=today,
        trips_allowed=1, issued_at=office.clock(),
    )  # fmt: skip
    task = CheckTask(id=uuid.uuid4(), case_id=checked.id, permit_number="X1", body_id=CITY, reason="near_threshold",
                     state="open", created_at=office.clock())  # fmt: skip
    office.add(permit, task)

    listed = office.get("supervisor", "/supervision/running-out", limit=200)
    found = {(line["kind"], line["subject_id"]): line for line in listed["items"]}
    assert listed["total"] == len(listed["items"])
    assert found["case", str(red.id)]["card"] == "red"
    assert found["opinion", str(opinion.id)]["card"] == "yellow"
    assert found["opinion", str(opinion.id)]["body_id"] == "police:430100"
    assert found["returned", str(returned.id)]["card"] == "warning"
    assert ("returned", str(sent_on.id)) not in found
    assert found["promised", str(promised.id)]["by_applicant"] is True
    assert found["correction", str(corrected.id)]["card"] == "yellow"
    assert found["delivery", str(refused.id)]["card"] == "red"
    assert found["change", str(changing.id)]["card"] == "yellow"
    assert found["check", str(task.id)]["due_on"] == str(today + dt.timedelta(days=1))
    assert ("case", str(corrected.id)) not in found  # the applicant has it
    ranks = [Card(line["card"]).rank for line in listed["items"]]
    assert ranks == sorted(ranks, reverse=True)

    own = office.get("police", "/supervision/running-out")["items"]
    assert [line["subject_id"] for line in own] == [str(opinion.id)]
    only = office.get("supervisor", "/supervision/running-out", kind="delivery", card="red")
    assert [line["case_id"] for line in only["items"]] == [str(refused.id)]
    assert office.get("supervisor", "/supervision/running-out", body_id="police:430100")["total"] == 1
    assert office.get("foreign", "/supervision/running-out")["total"] == 0
    first = office.get("supervisor", "/supervision/running-out", limit=3)["items"]
    rest = office.get("supervisor", "/supervision/running-out", limit=200, offset=3)["items"]
    assert first + rest == listed["items"]
    office.get("carrier", "/supervision/running-out", 403)
    office.get("public", "/supervision/running-out", 401)

    overview = office.get("supervisor", "/supervision/overview")
    assert overview["cards"]["red"] == 1
    assert (
        sum(count for cards in overview["matters"].values() for card, count in cards.items() if card != "green")
        == (listed["total"])
    )
    assert sum(overview["by_state"].values()) == 8


def test_a_case_is_in_the_hands_of_whoever_is_waited_for() -> None:
    day = [MONDAY + dt.timedelta(days=n) for n in range(14)]
    events = [
        (day[0], "dispatched", CITY),
        (day[1], "request_correction", None),
        (day[2], "answer_correction", None),
        (day[7], "pause", None),
        (day[8], "resume", None),
        (day[11], "deliver", None),
    ]
    asked = [Asked("police", day[3], day[4]), Asked("centre", day[3], day[5])]
    spans = [(span.body, span.paused, span.since, span.working_days) for span in spans_of(events, asked, on=day[13])]
    assert spans == [
        (CITY, False, day[0], 1),
        (None, False, day[1], 1),
        (CITY, False, day[2], 1),
        ("centre", False, day[3], 1),  # Friday is the fifth day; the weekend counts for nobody
        (CITY, False, day[5], 1),
        (CITY, True, day[7], 1),
        (CITY, False, day[8], 3),
        (None, False, day[11], 0),
    ]
    silent = spans_of(events[:3], [Asked("police", day[3], None)], on=day[13])
    assert (silent[-1].body, silent[-1].working_days) == ("police", 6)


def test_medians_by_office_agree_with_counting_by_hand(office: Office) -> None:
    draw, seq, held, answers = random.Random(3), 0, [], []  # noqa: S311 - likewise
    for _ in range(9):
        start = MONDAY - dt.timedelta(days=draw.randrange(20, 40))
        asked, answered = start + dt.timedelta(days=1), start + dt.timedelta(days=1 + draw.randrange(1, 8))
        end = answered + dt.timedelta(days=draw.randrange(1, 8))
        case = office.case("issued", submitted_at=at(start), ended_at=at(end))
        rows = [event(seq + 1, case, "dispatched", start, f'{{"body":"{CITY}"}}'), event(seq + 2, case, "deliver", end)]
        seq += 2
        office.add(*rows)
        office.packet(case, state="answered", sent_at=at(asked), ended_at=at(answered))
        held.append((count_working_days(start, asked) or 0) + (count_working_days(answered, end) or 0))
        answers.append(count_working_days(asked, answered) or 0)
    with office.work() as work:
        found = office_times(work, true())
    assert (found[CITY].cases, found[CITY].median_days) == (9, median(held))
    police = found["police:430100"]
    assert (police.opinions, police.median_opinion_days) == (9, median(answers))
    shown = office.get("supervisor", "/supervision/offices")
    assert {one["body_id"]: one["median_days"] for one in shown["items"]}[CITY] == median(held)


def test_statistics_count_what_there_is(office: Office) -> None:
    cases = [
        office.case("issued", ended_at=office.clock(), vehicle_class="I", statutory_due_on=MONDAY) for _ in range(3)
    ]
    cases.append(office.case("refused", ended_at=office.clock(), statutory_due_on=MONDAY - dt.timedelta(days=1)))
    cases.append(office.case("review", deciding_body_id=COUNTY, vehicle_class=None))
    for n, case in enumerate(cases[:4]):
        office.add(Decision(case_id=case.id, item="highway", body_id=CITY, state="approved" if n < 3 else "refused",
                            opened_on=MONDAY, is_automatic=n == 0))  # fmt: skip
    office.review(cases[0])
    office.review(cases[1])
    for state, purpose in (
        ("returned", "opinion"),
        ("answered", "opinion"),
        ("open", "decision"),
        ("informed", "inform"),
    ):
        office.packet(cases[0], state=state, purpose=purpose, ended_at=office.clock())
    office.add(
        event(1, cases[0], "dispatched", MONDAY, hour=1), event(2, cases[0], "claim", MONDAY, hour=4),
        event(3, cases[0], "case_returned", MONDAY, hour=5), event(4, cases[0], "dispatched", MONDAY, hour=5),
        event(5, cases[0], "claim", MONDAY, hour=6),
    )  # fmt: skip
    said = office.get("supervisor", "/supervision/statistics")
    assert said["submitted"] == 5
    assert said["by_state"] == {"issued": 3, "refused": 1, "review": 1}
    assert said["by_class"] == {"I": 3, "II": 1, "unknown": 1}
    assert said["by_level"] == {"city": 4, "county": 1}
    assert said["automatic"] == {"part": 1, "whole": 4, "percent": 25.0}
    assert said["late"] == {"part": 1, "whole": 4, "percent": 25.0}
    assert said["packets_returned"] == {"part": 1, "whole": 3, "percent": 33.3}
    assert said["cases_returned"] == {"part": 1, "whole": 2, "percent": 50.0}
    assert (said["queue"]["taken"], said["queue"]["median_h"], said["queue"]["waiting"]) == (2, 2.0, 1)
    assert said["months"] == [{"month": "2026-11", "submitted": 5, "ended": 4}]
    hot = office.get("supervisor", "/supervision/structures")["items"]
    assert [(one["id"], one["blocked"], one["conditional"], one["unknown"]) for one in hot] == [
        ("B1", 2, 0, 0),
        ("B2", 0, 2, 0),
    ]
    assert office.get("county-window", "/supervision/statistics")["submitted"] == 1
    assert office.get("foreign", "/supervision/statistics")["submitted"] == 0
    assert office.get("supervisor", "/supervision/statistics", since="2026-11-24", until="2026-11-30")["submitted"] == 0
    office.get("supervisor", "/supervision/statistics", 422, since="2026-11-24", until="2026-11-23")
    office.get("supervisor", "/supervision/statistics", 200, until="0001-01-01")
    office.get("carrier", "/supervision/statistics", 403)


def test_published_figures_tell_of_offices_and_of_no_case(office: Office) -> None:
    for n in range(6):
        case = office.case("issued", ended_at=office.clock())
        office.add(event(n + 1, case, "dispatched", MONDAY, f'{{"body":"{CITY}"}}'))
    rare = office.case("issued", ended_at=office.clock(), deciding_body_id=COUNTY)
    office.add(event(20, rare, "dispatched", MONDAY, f'{{"body":"{COUNTY}"}}'))
    office.get("public", "/public/figures/43", 404)
    for _ in range(2):
        with office.work() as work:
            work.session.info["pending_events"] = []
            publish_figures(work)
            work.session.info["pending_events"] = []
    shown = office.get("public", "/public/figures/43")
    by_office = {one["id"]: one for one in shown["figures"]["offices"]}
    assert by_office[CITY]["cases"] == 6
    assert by_office[COUNTY]["cases"] is None
    assert by_office[COUNTY]["median_days"] is None
    text = str(shown)
    assert "DJ-43" not in text
    assert "演示变压器" not in text
    assert "演示大件运输有限公司" not in text
    with office.sessions() as session:
        assert len(session.scalars(select(PublishedFigures)).all()) == 1


def test_a_draw_can_be_repeated_by_anybody(office: Office) -> None:
    for n in range(40):
        case = office.case("issued", ended_at=office.clock(), vehicle_class="III" if n == 0 else "II")
        office.review(case)
        office.add(
            Permit(
                id=uuid.uuid4(), number=f"P{n}", version=1, case_id=case.id, carrier_id=office.carrier_id, body_id=CITY,
                plates=[], status="valid", content={}, record="", valid_from=MONDAY, valid_until=MONDAY,
                trips_allowed=1,
                issued_at=office.clock(),
            )
        )  # fmt: skip
    drawn = office.get("supervisor", "/supervision/draws/43/2026-11-23")
    assert drawn["total"] == 39
    for one in drawn["items"]:
        digest = hashlib.sha256(f"{drawn['seed']}/{one['case_number']}".encode()).digest()
        value = int.from_bytes(digest[:8], "big") % 100
        assert (one["value"], one["drawn"]) == (value, value < drawn["percent"])
        logins = ["inspector1", "inspector2", "inspector3"]
        ordered = sorted(
            logins, key=lambda x: hashlib.sha256(f"{drawn['seed']}/{one['case_number']}/{x}".encode()).hexdigest()
        )
        assert one["inspectors"] == (ordered[:2] if one["drawn"] else [])
    assert 1 <= sum(one["drawn"] for one in drawn["items"]) <= 20
    assert office.get("supervisor", "/supervision/draws/43/2026-11-22")["total"] == 0
    assert office.get("foreign", "/supervision/draws/43/2026-11-23")["total"] == 0
    office.get("supervisor", "/supervision/draws/99/2026-11-23", 404)


def test_a_finished_case_is_rated_once_and_a_bad_rating_is_put_right(office: Office) -> None:
    office.people.carrier("91110000100006151E", "别家公司")
    going, done = office.case(), office.case("issued", ended_at=office.clock())
    rate = lambda login, case, **sent: office[login].post(f"/api/v1/cases/{case.id}/rating", json=sent)  # noqa: E731
    assert rate("carrier", going, grade=1).status_code == 409
    assert rate("window", done, grade=1).status_code == 403
    assert rate("carrier", done, grade=6).status_code == 422
    answer = rate("carrier", done, grade=2, text="太慢")
    assert answer.status_code == 201
    rating = answer.json()
    assert rating["rectify_by"] == str(add_working_days(MONDAY, 15))
    assert rate("carrier", done, grade=5).status_code == 409

    listed = office.get("window", "/supervision/running-out", kind="rating", card="green")
    assert [line["subject_id"] for line in listed["items"]] == [rating["id"]]
    assert office.get("window", "/ratings", open="true")["total"] == 1
    put = lambda login, **more: office[login].post(  # noqa: E731
        f"/api/v1/ratings/{rating['id']}/rectification", json={"text": "已约谈经办人"}, **more
    )
    assert put("county-window").status_code == 404
    assert put("carrier").status_code == 403
    assert put("window", headers={"If-Match": '"7"'}).status_code == 412
    assert put("window").status_code == 200
    assert put("window").status_code == 409
    assert office.get("carrier", "/ratings")["items"][0]["rectification"] == "已约谈经办人"
    assert office.get("window", "/ratings", open="true")["total"] == 0
    said = office.get("supervisor", "/supervision/statistics")["ratings"]
    assert (said["by_grade"]["2"], said["mean"]) == (1, 2.0)
    assert said["rectified"] == {"part": 1, "whole": 1, "percent": 100.0}
    office.clock.forward(days=0)

    good = office.case("issued", ended_at=office.clock())
    assert rate("carrier", good, grade=5).json()["rectify_by"] is None
    old = office.case("issued", ended_at=office.clock() - dt.timedelta(days=31))
    assert rate("carrier", old, grade=5).status_code == 409


def test_many_open_cases_take_few_queries(office: Office) -> None:
    from sqlalchemy import event as listening

    for n in range(60):
        case = office.case(accepted_on=MONDAY - dt.timedelta(days=n % 3))
        office.packet(case, due_on=MONDAY)
    asked: list[str] = []
    engine = office.sessions.kw["bind"]
    listening.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    with office.work() as work:
        assert len(matters(work, true())) == 120
    assert len(asked) < 80  # settings of a few days, and one query a kind


def test_kinds_have_words_and_nothing_has_no_percentage() -> None:
    assert set(KIND_ZH) == set(Kind)
    assert figures.Share(0, 0).percent is None
