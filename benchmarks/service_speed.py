"""The service's speed: submissions a second with their review queued, and cases reviewed a second a core.

    python benchmarks/service_speed.py [--submissions 300] [--clients 8] [--cases 60] [--network DIR]

A web process of its own answers over HTTP on an embedded database in a temporary folder; the clients run in this
process and share the machine with it. Reviews then run here, one after the other, as the worker does them. Figures are
reported, never a gate: they are worth something only from an idle machine.
"""

import argparse
import datetime as dt
import os
import shutil
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measuring import describe_machine

GOAL_SUBMISSIONS = 50
GOAL_REVIEWS = 10
READY_S = 120.0
SEED = 1


def main() -> None:
    """Measure and print."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="dajian-speed-"))
    os.environ |= {"DAJIAN_VAR": str(folder), "DAJIAN_DEMO": "true"}
    if given.network:
        os.environ["DAJIAN_NETWORK"] = str(given.network.resolve())
    # Imported here: settings are read from the environment, once.
    from api.commands.demo import build_demo
    from api.commands.service_demo import children_of
    from api.db.engine import database_url, embedded_server, engine
    from api.db.migrate import migrate
    from api.operations.supervise import Supervisor

    print(describe_machine(), flush=True)
    try:
        if not given.network:
            build_demo(folder / "networks" / "demo", SEED)
        database_url()
        migrate(engine())
        password = _people(folder)
        port = _free_port()
        web = children_of(port)[0]
        with (folder / "web.log").open("ab") as log:
            web.output = log
            supervisor = Supervisor([web])
            watching = threading.Thread(target=supervisor.run)
            watching.start()
            try:
                _submissions(f"http://127.0.0.1:{port}", password, given)
            finally:
                supervisor.stop()
                watching.join()
        _reviews(given.cases)
    finally:
        server = embedded_server()
        if server is not None:
            server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _people(folder: Path) -> str:
    from api.cases import grounds
    from api.db.engine import transaction
    from api.demo.people import demo_password, seed_people
    from api.unit_of_work import utc_now

    password = demo_password(folder)
    with transaction() as session:
        seed_people(session, grounds.current().network.graph, password, utc_now())
    return password


def _submissions(url: str, password: str, given: argparse.Namespace) -> None:
    """Hand in drafts that lie ready, from several clients at once."""
    _await(url)
    first = httpx.Client(base_url=url, timeout=60, trust_env=False)
    said = first.post("/api/v1/session", json={"login": "carrier", "password": password}).raise_for_status().json()
    first.headers["X-CSRF-Token"] = said["csrf_token"]
    started = time.perf_counter()
    drafts = [_draft(first, number) for number in range(given.submissions)]
    print(f"drafts made one after the other: {given.submissions / (time.perf_counter() - started):.1f} a second")
    times: list[float] = []
    threads = [
        threading.Thread(target=_hand_in, args=(url, first, drafts[number :: given.clients], times))
        for number in range(given.clients)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - started)
    p95 = statistics.quantiles(times, n=20)[-1]
    verdict = "reached" if rate >= GOAL_SUBMISSIONS else "MISSED"
    print(
        f"submissions with review queued, {given.clients} clients: {rate:.1f} a second, median "
        f"{statistics.median(times) * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms "
        f"(goal {GOAL_SUBMISSIONS}: {verdict})",
        flush=True,
    )


def _draft(client: httpx.Client, number: int) -> str:
    from api.demo.forms import DemoTrip, make_form
    from api.demo.loads import TRIPS, vehicle_of
    from api.demo.people import FIRMS

    kind = ("I", "I", "II", "I", "III", "I")[number % 6]
    trip = DemoTrip(TRIPS[number % len(TRIPS)], dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10))
    vehicle = vehicle_of(kind, number, heavy=number % 10 == 0)
    form = make_form(FIRMS[0], vehicle, trip, serial=f"BM-{number:04d}", escort=kind == "III")
    answer = client.post("/api/v1/drafts", json={"content": form}).raise_for_status()
    return str(answer.json()["id"])


def _hand_in(url: str, signed_in: httpx.Client, drafts: list[str], times: list[float]) -> None:
    with httpx.Client(base_url=url, timeout=60, trust_env=False, cookies=signed_in.cookies) as client:
        client.headers["X-CSRF-Token"] = signed_in.headers["X-CSRF-Token"]
        for draft in drafts:
            started = time.perf_counter()
            client.post(f"/api/v1/drafts/{draft}/submit").raise_for_status()
            times.append(time.perf_counter() - started)


def _reviews(count: int) -> None:
    """Do the queued reviews as the worker does, and time each in processor seconds."""
    from sqlalchemy import select

    from api.cases.review_job import review_case
    from api.db.engine import session_factory, transaction
    from api.db.tables import Case
    from api.unit_of_work import SYSTEM, UnitOfWork, utc_now

    with session_factory()() as session:
        cases = list(session.scalars(select(Case.id).order_by(Case.number).limit(count + 1)))
    spent: list[float] = []
    for case in cases:
        started = time.process_time()
        with transaction() as session:
            review_case(UnitOfWork(session, SYSTEM, utc_now()), case_id=str(case))
        spent.append(time.process_time() - started)
    warm = spent[1:]  # the first compiles and opens what is needed once
    rate = len(warm) / sum(warm)
    verdict = "reached" if rate >= GOAL_REVIEWS else "MISSED"
    print(
        f"cases reviewed, {len(warm)} of all classes: {rate:.1f} a second a core, median "
        f"{statistics.median(warm) * 1e3:.0f} ms, slowest {max(warm):.2f} s (goal {GOAL_REVIEWS}: {verdict})",
        flush=True,
    )


def _await(url: str) -> Any:  # noqa: ANN401 - JSON
    until = time.monotonic() + READY_S
    while True:
        try:
            return httpx.get(f"{url}/ready", trust_env=False).raise_for_status().json()
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300, help="handed in (default: 300)")
    parser.add_argument("--clients", type=int, default=8, help="at a time (default: 8)")
    parser.add_argument("--cases", type=int, default=60, help="reviewed afterwards (default: 60)")
    parser.add_argument("--network", type=Path, help="a synthetic province made before")
    return parser.parse_args()


if __name__ == "__main__":
    main()
