"""Messages to other systems, against a real server that fails, hangs, and works again."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from api.db.engine import transaction
from api.db.tables import OutboxMessage, Webhook
from api.outbox import delivery
from api.outbox.delivery import deliver_outbox, sweep_outbox, wait_after
from api.outbox.publish import publish
from api.outbox.topics import TOPICS, fits, is_topic
from api.unit_of_work import SYSTEM, UnitOfWork

HOOKS = "/api/v1/webhooks"


class Receiver:
    """Another system: answers as told, and keeps what it took."""

    def __init__(self) -> None:
        self.answer = 200
        self.before: Callable[[], None] = lambda: None
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.kept: dict[str, bytes] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.asked.append((dict(self.headers.items()), body))
                receiver.before()
                if receiver.answer < 300:
                    receiver.kept[self.headers["webhook-id"]] = body
                self.send_response(receiver.answer)
                self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def admin(people) -> Any:
    people.body("transport:430000", level="province", code="430000")
    people.account("admin", "admin")
    people.account("window", "window", body_id="transport:430000")
    people.account("supervisor", "supervisor", body_id="transport:430000")
    people.account("carrier", "carrier", carrier_id=people.carrier())
    return people.sign_in("admin")


@pytest.fixture
def hook(admin, receiver, sessions) -> Iterator[dict[str, Any]]:
    answer = admin.post(HOOKS, json={"url": receiver.url, "topics": ["permit.*"]})
    assert answer.status_code == 201, answer.text
    yield answer.json()
    with transaction(sessions) as session:
        session.get(Webhook, uuid.UUID(answer.json()["id"])).is_active = False


def work_on(session: Any, now: dt.datetime) -> UnitOfWork:
    return UnitOfWork(session, SYSTEM, now)


def write(sessions: Any, clock: Any, topic: str = "permit.issued", **payload: Any) -> str:
    with transaction(sessions) as session:
        return str(publish(work_on(session, clock()), topic, payload)[0].id)


def deliver(sessions: Any, clock: Any, message_id: str) -> None:
    with transaction(sessions) as session:
        deliver_outbox(work_on(session, clock()), message_id)


def message(sessions: Any, message_id: str) -> OutboxMessage:
    with sessions() as session:
        return session.get_one(OutboxMessage, uuid.UUID(message_id))


def jobs(sessions: Any, message_id: str) -> list[Any]:
    query = text("SELECT scheduled_at FROM procrastinate_jobs WHERE args->>'message_id' = :id ORDER BY id")
    with sessions() as session:
        return [row[0] for row in session.execute(query, {"id": message_id})]


def test_a_message_arrives_signed(hook, receiver, sessions, clock) -> None:
    sent = write(sessions, clock, permit="1", words="通行证")
    assert jobs(sessions, sent) == [None]
    deliver(sessions, clock, sent)
    headers, body = receiver.asked[0]
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["webhook-id"] == sent
    signed = f"{sent}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["data"] == {"permit": "1", "words": "通行证"}
    assert message(sessions, sent).delivered_at == clock()
    deliver(sessions, clock, sent)  # a job done twice
    assert len(receiver.asked) == 1


@pytest.mark.usefixtures("hook")
def test_what_is_rolled_back_is_never_sent(receiver, sessions, clock) -> None:
    with sessions() as session:  # ends without a commit
        sent = str(publish(work_on(session, clock()), "permit.issued", {})[0].id)
    assert jobs(sessions, sent) == []
    deliver(sessions, clock, sent)
    assert receiver.asked == []


@pytest.mark.usefixtures("hook")
@pytest.mark.parametrize("answer", [500, 404, 302])
def test_a_refusal_is_tried_again_later(receiver, sessions, clock, answer: int) -> None:
    receiver.answer = answer
    sent = write(sessions, clock)
    deliver(sessions, clock, sent)
    waits = message(sessions, sent)
    assert (waits.attempts, waits.last_error, waits.delivered_at) == (1, f"HTTP {answer}", None)
    assert jobs(sessions, sent)[-1] == waits.next_attempt_at > clock()
    deliver(sessions, clock, sent)  # not yet
    assert len(receiver.asked) == 1  # and no redirect was followed
    receiver.answer = 204
    clock.forward(seconds=15)
    deliver(sessions, clock, sent)
    assert message(sessions, sent).delivered_at == clock()
    assert {headers["webhook-id"] for headers, _ in receiver.asked} == {sent}
    assert len({body for _, body in receiver.asked}) == 1


@pytest.mark.usefixtures("hook")
def test_a_server_that_hangs_is_given_up_after_a_while(receiver, sessions, clock, monkeypatch) -> None:
    gate = threading.Event()
    receiver.before = gate.wait
    monkeypatch.setattr(delivery, "TIMEOUT", httpx.Timeout(0.3))
    sent = write(sessions, clock)
    deliver(sessions, clock, sent)
    gate.set()
    assert "Timeout" in (message(sessions, sent).last_error or "")


def test_nothing_is_lost_while_the_other_side_is_down(hook, receiver, sessions, clock) -> None:
    receiver.server.shutdown()
    receiver.server.server_close()
    sent = [write(sessions, clock, n=n) for n in range(5)]
    for one in sent:
        deliver(sessions, clock, one)
    assert all("ConnectError" in (message(sessions, one).last_error or "") for one in sent)
    again = Receiver()
    with transaction(sessions) as session:
        session.get(Webhook, uuid.UUID(hook["id"])).url = again.url
    clock.forward(minutes=1)
    for one in sent:
        deliver(sessions, clock, one)
    again.server.shutdown()
    again.server.server_close()
    assert sorted(again.kept) == sorted(sent)


@pytest.mark.usefixtures("hook")
def test_a_death_between_sending_and_commit_repeats_the_same_id(receiver, sessions, clock) -> None:
    sent = write(sessions, clock)
    with sessions() as session:  # ends without a commit, as when the worker is killed
        deliver_outbox(work_on(session, clock()), sent)
    assert message(sessions, sent).delivered_at is None
    deliver(sessions, clock, sent)
    assert [headers["webhook-id"] for headers, _ in receiver.asked] == [sent, sent]
    assert list(receiver.kept) == [sent]


@pytest.mark.usefixtures("hook")
def test_two_workers_never_send_one_message_at_once(receiver, sessions, clock) -> None:
    receiver.before = lambda: time.sleep(0.2)
    sent = write(sessions, clock)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: deliver(sessions, clock, sent), range(4)))
    assert len(receiver.asked) == 1


def test_after_a_week_a_person_has_to_look(admin, hook, receiver, sessions, clock, people) -> None:
    receiver.answer = 500
    sent = write(sessions, clock)
    start = clock.moment
    while message(sessions, sent).given_up_at is None:
        deliver(sessions, clock, sent)
        clock.moment = max(message(sessions, sent).next_attempt_at, clock.moment)
    lasted = clock() - start
    assert dt.timedelta(days=6) < lasted <= dt.timedelta(days=7)
    tried = len(receiver.asked)
    deliver(sessions, clock, sent)
    assert len(receiver.asked) == tried
    clock.moment = start
    dead = admin.get("/api/v1/outbox", params={"state": "given_up"}).json()["items"]
    assert [one["id"] for one in dead] == [sent]
    for login, status in (("window", 403), ("carrier", 403), ("supervisor", 403)):
        assert people.sign_in(login).post(f"/api/v1/outbox/{sent}/send").status_code == status
    receiver.answer = 200
    assert admin.post(f"/api/v1/outbox/{sent}/send").json()["state"] == "waiting"
    deliver(sessions, clock, sent)
    assert list(receiver.kept) == [sent]
    assert admin.post(f"/api/v1/outbox/{sent}/send").status_code == 409
    assert admin.post(f"/api/v1/outbox/{uuid.uuid4()}/send").status_code == 404
    assert hook["id"]


def test_an_address_switched_off_keeps_its_messages(admin, hook, receiver, sessions, clock) -> None:
    sent = write(sessions, clock)
    path = f"{HOOKS}/{hook['id']}"
    assert admin.patch(path, json={"is_active": False}).json()["is_active"] is False
    deliver(sessions, clock, sent)
    assert receiver.asked == []
    with transaction(sessions) as session:
        assert publish(work_on(session, clock()), "permit.issued", {}) == []
    assert admin.delete(path).status_code == 409
    admin.patch(path, json={"is_active": True})
    clock.forward(minutes=3)
    before = len(jobs(sessions, sent))
    with transaction(sessions) as session:
        sweep_outbox(work_on(session, clock()))
    assert len(jobs(sessions, sent)) == before + 1
    deliver(sessions, clock, sent)
    assert list(receiver.kept) == [sent]
    assert admin.delete(path).status_code == 204
    assert admin.get(HOOKS).json()["total"] == sum(one["id"] != hook["id"] for one in admin.get(HOOKS).json()["items"])
    assert admin.patch(path, json={}).status_code == 404
    with sessions() as session:
        assert session.scalar(select(OutboxMessage.id).where(OutboxMessage.id == uuid.UUID(sent)))


def test_a_secret_is_shown_once(admin, hook) -> None:
    assert hook["secret"].startswith("whsec_")
    assert hook["secret"] not in admin.get(HOOKS).text
    assert hook["secret"] not in admin.patch(f"{HOOKS}/{hook['id']}", json={"topics": ["*"]}).text
    renewed = admin.post(f"{HOOKS}/{hook['id']}/secret").json()["secret"]
    assert renewed not in {hook["secret"], ""}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a/b",
        "file:///etc/passwd",
        "http://",
        "http://u:p@a/",
        "http://169.254.169.254/x",
        "http://[fe80::1]/",
        "http://a b/",
        "http://a:99999/",
        "javascript:alert(1)",
        "http://a/#x",
        "http://例子/",
        "//a",
        "http://0.0.0.0/",
    ],
)
def test_only_plain_web_addresses_are_taken(admin, url: str) -> None:
    answer = admin.post(HOOKS, json={"url": url, "topics": ["*"]})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"] == "url"


def test_who_keeps_webhooks(admin, people) -> None:
    assert admin.post(HOOKS, json={"url": "http://a/", "topics": ["nothing.*"]}).status_code == 422
    for login in ("window", "carrier", "supervisor"):
        assert people.sign_in(login).get(HOOKS).status_code == 403
    assert people.sign_in("supervisor").get("/api/v1/outbox").status_code == 200
    assert people.nobody().get(HOOKS).status_code == 401


@given(st.integers(1, 10_000))
def test_waits_double_and_stay_bounded(attempts: int) -> None:
    wait, later = wait_after(attempts), wait_after(attempts + 1)
    assert delivery.FIRST_WAIT <= wait <= later <= delivery.LONGEST_WAIT
    assert later == min(2 * wait, delivery.LONGEST_WAIT)


@given(st.sampled_from([*TOPICS, "case.approve", "case.accept_with_promise"]), st.text(max_size=12))
def test_patterns_take_their_topics_and_no_others(topic: str, other: str) -> None:
    subject = topic.partition(".")[0]
    assert is_topic(topic)
    assert fits(topic, topic)
    assert fits(topic, f"{subject}.*")
    assert fits(topic, "*")
    assert is_topic(f"{subject}.*")
    assert not fits(topic, f"{topic}x")
    if "." not in other and other not in {"", "*"}:
        assert not is_topic(other)
