"""Kill the service again and again while carriers hand in applications, then look whether anything was lost.

    python tools/kill_harness.py [--rounds 20] [--submissions 500] [--clients 16] [--seed 1]

A web process and a worker run as children in groups of their own, on an embedded database and a small synthetic
province in a temporary folder. Clients upload papers, make drafts and hand them in, and repeat whatever was not
acknowledged. Meanwhile web process, worker, both, or the database's server as well are killed with signal 9 at random
times. At the end: every acknowledged submission is one case, every paper has its bytes, every review was made once,
every message to another system came, and the ledger verifies. Exit status 0 if so.
"""

import argparse
import datetime as dt
import hashlib
import http.server
import os
import queue
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

KILLED = ("web", "worker", "both", "both", "everything")
LONGEST_ROUND_S = 4.0
READY_S = 120.0
DRAIN_S = 900.0  # a message that failed several times waits minutes for its next try
TRY_AGAIN_S = 0.3
OK = (200, 201)


@dataclass(frozen=True)
class Sent:
    """What the service has acknowledged of one submission."""

    serial: str
    draft: str
    case: str
    papers: dict[str, str]


@dataclass
class Receiver:
    """Another system that takes messages, and now and then fails."""

    chance: random.Random
    taken: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def start(self) -> None:
        """Listen on a port of its own."""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                fails = receiver.chance.random() < 0.1  # noqa: PLR2004 - one in ten
                if not fails:
                    receiver.taken[self.headers["webhook-id"]] += 1
                self.send_response(503 if fails else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Client:
    """A carrier that hands in until told to stop, and believes only what was acknowledged."""

    def __init__(self, url: str, form: dict[str, Any]) -> None:
        self.form = form
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self.sent: list[Sent] = []
        self.fault = ""

    def run(self, work: "queue.Queue[int]") -> None:
        """Hand in one application for each number."""
        try:
            while True:
                self.sent.append(self._hand_in(work.get_nowait()))
        except queue.Empty:
            return
        except RuntimeError as error:
            self.fault = str(error)

    def sign_in(self, login: str, password: str) -> None:
        """Begin a session."""
        said = {"login": login, "password": password}
        answer = self._until_acknowledged(lambda: self.http.post("/api/v1/session", json=said))
        self.http.headers["X-CSRF-Token"] = answer["csrf_token"]

    def share(self, other: "Client") -> None:
        """Use another client's session, as tabs of one browser do."""
        self.http.cookies = other.http.cookies
        self.http.headers["X-CSRF-Token"] = other.http.headers["X-CSRF-Token"]

    def _hand_in(self, number: int) -> Sent:
        serial = f"KH-{number:05d}"
        papers: dict[str, str] = {}
        for kind in ("operating_licence", "agent_id"):
            content = f"%PDF-1.4\n% {serial} {kind} {'x' * 2000}\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".encode()
            answer = self._until_acknowledged(
                lambda c=content, k=kind: self.http.post(  # type: ignore[misc]
                    "/api/v1/attachments", files={"file": (f"{serial}-{k}.pdf", c, "application/pdf")}
                )
            )
            papers[answer["id"]] = hashlib.sha256(content).hexdigest()
        ids = list(papers)
        form = {**self.form, "cargo": {**self.form["cargo"], "serial_number": serial}}
        form["attachments"] = {"operating_licence": ids[:1], "agent_id": ids[1:]}
        draft = self._until_acknowledged(lambda: self.http.post("/api/v1/drafts", json={"content": form}))["id"]
        case = self._until_acknowledged(lambda: self.http.post(f"/api/v1/drafts/{draft}/submit"))["id"]
        return Sent(serial, draft, case, papers)

    def _until_acknowledged(self, ask: Callable[[], httpx.Response]) -> Any:  # noqa: ANN401 - JSON
        """Ask again until there is an answer that says it was done; anything the client did wrong is a fault."""
        while True:
            try:
                answer = ask()
            except httpx.HTTPError:
                time.sleep(TRY_AGAIN_S)
                continue
            if answer.status_code in OK:
                return answer.json()
            if answer.status_code < 500 and answer.status_code != 429:  # noqa: PLR2004
                raise RuntimeError(f"refused: {answer.status_code} {answer.text[:500]}")
            time.sleep(TRY_AGAIN_S)


def main() -> int:
    """Run the harness and say what was found."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="dajian-kill-"))
    port = _free_port()
    os.environ |= {"DAJIAN_VAR": str(folder), "DAJIAN_DEMO": "true", "DAJIAN_LOG_FORMAT": "json"}
    for name in ("DAJIAN_DATABASE_URL", "DAJIAN_NETWORK"):
        os.environ.pop(name, None)
    try:
        faults = _run(given, folder, port)
    finally:
        if not given.keep:
            from api.db.engine import embedded_server  # noqa: PLC0415 - the environment has to be set first

            server = embedded_server()
            if server is not None:
                server.close()
            shutil.rmtree(folder, ignore_errors=True)
    for fault in faults:
        print(f"LOST: {fault}")
    print("nothing was lost" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _run(given: argparse.Namespace, folder: Path, port: int) -> list[str]:
    # Imported here: settings are read from the environment, once.
    from api.commands.demo import build_demo  # noqa: PLC0415
    from api.commands.service_demo import children_of, keep_database  # noqa: PLC0415
    from api.db.engine import database_url, engine  # noqa: PLC0415
    from api.db.migrate import migrate  # noqa: PLC0415
    from api.operations.supervise import Supervisor  # noqa: PLC0415

    chance = random.Random(given.seed)  # noqa: S311 - when to kill, no secret
    build_demo(folder / "networks" / "demo", 4, scale=0.22)
    database_url()
    migrate(engine())
    receiver = Receiver(random.Random(given.seed + 1))  # noqa: S311
    receiver.start()
    form, password = _prepare(receiver.port)
    log = (folder / "processes.log").open("ab")
    children = children_of(port)
    for child in children:
        child.longest_pause_s, child.output = 0.5, log
    supervisor = Supervisor(children, keep_database)
    watching = threading.Thread(target=supervisor.run)
    watching.start()
    try:
        url = f"http://127.0.0.1:{port}"
        _await(f"{url}/ready", READY_S)
        clients = [Client(url, form) for _ in range(given.clients)]
        clients[0].sign_in("carrier", password)
        for client in clients[1:]:
            client.share(clients[0])
        _hand_in_and_kill(given, clients, children, chance)
        sent = [one for client in clients for one in client.sent]
        refused = [client.fault for client in clients if client.fault]
        return [*refused, *_drained(), *_examine(sent, receiver), *_examine_papers(sent, clients[0])]
    finally:
        supervisor.stop()
        watching.join()
        log.close()


def _hand_in_and_kill(
    given: argparse.Namespace, clients: list[Client], children: list[Any], chance: random.Random
) -> None:
    """Hand in for as long as it takes to kill as often as asked, and at least as many as asked."""
    numbers: queue.Queue[int] = queue.Queue()
    for number in range(given.submissions):
        numbers.put(number)
    stop, killed, started = threading.Event(), Counter[str](), time.monotonic()
    threads = [threading.Thread(target=client.run, args=(numbers,)) for client in clients]
    messages = threading.Thread(target=_publish, args=(stop,))
    for thread in (*threads, messages):
        thread.start()
    next_number = given.submissions
    for turn in range(1, given.rounds + 1):
        _await(str(clients[0].http.base_url.join("/ready")), READY_S)  # else it would never get to what can be lost
        time.sleep(chance.uniform(0.2, LONGEST_ROUND_S))
        while numbers.qsize() < given.clients:  # killing goes on, and so does handing in
            numbers.put(next_number)
            next_number += 1
        what = chance.choice(KILLED)
        _kill(what, children)
        killed[what] += 1
        done = sum(len(client.sent) for client in clients)
        print(f"round {turn}: killed {what}, {done} submissions acknowledged so far", flush=True)
    for thread in threads:
        thread.join()
    stop.set()
    messages.join()
    done = sum(len(client.sent) for client in clients)
    print(f"{done} acknowledged in {time.monotonic() - started:.0f} s, killed: {dict(killed)}", flush=True)


def _kill(what: str, children: list[Any]) -> None:
    """Kill whole groups at once, with the signal that nobody can catch."""
    from api.db.engine import embedded_server  # noqa: PLC0415

    for child in children:
        if what in {child.name, "both", "everything"}:
            child.signal(signal.SIGKILL)
    server = embedded_server()
    runs = server is not None and server.is_running()  # a number left behind may be anybody's by now
    pid = server.server_pid() if server is not None and runs and what == "everything" else None
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def _prepare(receiver_port: int) -> tuple[dict[str, Any], str]:
    """People, a webhook, and the form that everybody hands in."""
    from api.cases import grounds  # noqa: PLC0415
    from api.db.engine import session_factory, transaction  # noqa: PLC0415
    from api.db.tables import Webhook  # noqa: PLC0415
    from api.demo.forms import DemoTrip, make_form  # noqa: PLC0415
    from api.demo.loads import TRIPS, vehicle_of  # noqa: PLC0415
    from api.demo.people import FIRMS, demo_password, seed_people  # noqa: PLC0415
    from api.settings import service_settings  # noqa: PLC0415
    from api.unit_of_work import utc_now  # noqa: PLC0415

    now, password = utc_now(), demo_password(service_settings().var)
    with transaction() as session:
        seed_people(session, grounds.current().network.graph, password, now)
        hook = Webhook(id=uuid.uuid4(), url=f"http://127.0.0.1:{receiver_port}/", topics=["*"], is_active=True)
        hook.secret, hook.created_at = "whsec_a2lsbA==", now
        session.add(hook)
    session_factory()
    trip = DemoTrip(TRIPS[0], now.date() + dt.timedelta(days=10))
    return make_form(FIRMS[0], vehicle_of("I", 0, heavy=False), trip), password


def _publish(stop: threading.Event) -> None:
    """Write messages to other systems, one a transaction, until told to stop."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from api.db.engine import transaction  # noqa: PLC0415
    from api.outbox.publish import publish  # noqa: PLC0415
    from api.unit_of_work import SYSTEM, UnitOfWork, utc_now  # noqa: PLC0415

    number = 0
    while not stop.wait(0.2):
        number += 1
        try:
            with transaction() as session:
                publish(UnitOfWork(session, SYSTEM, utc_now()), "passage.recorded", {"number": number})
        except SQLAlchemyError:
            continue  # the database was killed: nothing was promised


def _drained() -> list[str]:
    """Wait until nothing is left to do."""
    from sqlalchemy import text  # noqa: PLC0415

    from api.db.engine import session_factory  # noqa: PLC0415

    left = text(
        "SELECT task_name, status::text, count(*) FROM procrastinate_jobs"
        " WHERE task_name IN ('review_case', 'deliver_outbox') GROUP BY 1, 2"
    )
    until, started = time.monotonic() + DRAIN_S, time.monotonic()
    while time.monotonic() < until:
        with session_factory()() as session:
            rows = session.execute(left).all()
            waiting = session.scalar(text("SELECT count(*) FROM outbox_message WHERE delivered_at IS NULL"))
        if not rows and not waiting:
            print(f"all jobs done {time.monotonic() - started:.0f} s later", flush=True)
            return []
        time.sleep(1)
    return [f"jobs left: {rows}, messages not delivered: {waiting}"]


def _examine(sent: list[Sent], receiver: Receiver) -> list[str]:
    """Look into the database."""
    from sqlalchemy import text  # noqa: PLC0415

    from api.db.engine import session_factory  # noqa: PLC0415
    from api.ledger.verify import verify_ledger  # noqa: PLC0415

    faults = []
    with session_factory()() as session:
        found = session.execute(text("SELECT draft_id::text AS draft, id::text AS id FROM application_case"))
        cases = {row.draft: row.id for row in found}
        serials = Counter(session.scalars(text("SELECT form->'cargo'->>'serial_number' FROM application_case")))
        told = session.execute(text("SELECT case_id::text AS case, kind FROM event WHERE case_id IS NOT NULL"))
        events = Counter((row.case, row.kind) for row in told)
        reviews = Counter(session.scalars(text("SELECT case_id::text FROM review")))
        messages = set(session.scalars(text("SELECT id::text FROM outbox_message")))
    for one in sent:
        if cases.get(one.draft) != one.case:
            faults.append(f"{one.serial}: acknowledged case {one.case}, there is {cases.get(one.draft)}")
        if serials[one.serial] != 1:
            faults.append(f"{one.serial}: {serials[one.serial]} cases")
        counts = {kind: events[(one.case, kind)] for kind in ("submitted", "machine_reviewed")}
        if set(counts.values()) != {1}:
            faults.append(f"{one.serial}: events {counts}")
        if reviews[one.case] != 1:
            faults.append(f"{one.serial}: {reviews[one.case]} reviews")
    if len(cases) != len(sent):
        faults.append(f"{len(cases)} cases, {len(sent)} acknowledged")
    if set(receiver.taken) != messages:
        faults.append(f"{len(messages)} messages, {len(set(receiver.taken))} came")
    with session_factory()() as session:
        checked = verify_ledger(session)
    if checked.fault is not None:
        faults.append(f"ledger: {checked.fault}")
    print(f"{len(cases)} cases, {len(messages)} messages ({sum(receiver.taken.values())} deliveries), "
          f"{checked.events} events in the ledger", flush=True)  # fmt: skip
    return faults


def _examine_papers(sent: list[Sent], client: Client) -> list[str]:
    """Download every paper."""

    def bytes_of(paper: str) -> str:
        answer = client.http.get(f"/api/v1/attachments/{paper}/content")
        return hashlib.sha256(answer.content).hexdigest() if answer.status_code in OK else str(answer.status_code)

    return [
        f"{one.serial}: paper {paper}: other bytes"
        for one in sent
        for paper, wanted in one.papers.items()
        if bytes_of(paper) != wanted
    ]


def _await(url: str, within_s: float) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=5, trust_env=False).status_code in OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(TRY_AGAIN_S)
    raise RuntimeError(f"{url} does not answer")


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="how often is killed (default: 20)")
    parser.add_argument("--submissions", type=int, default=500, help="applications handed in at least (default: 500)")
    parser.add_argument("--clients", type=int, default=16, help="at a time (default: 16)")
    parser.add_argument("--seed", type=int, default=1, help="of the times of killing (default: 1)")
    parser.add_argument("--keep", action="store_true", help="leave the folder for inspection")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
