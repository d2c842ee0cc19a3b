"""The service's speed: submissions a second with their review queued, and cases reviewed a second a core.

    python benchmarks/service_speed.py [--submissions 300] [--clients 8] [--cases 60] [--network DIR]

A web process of its own answers over HTTP on an embedded database in a temporary folder; the clients run in this
process and share the machine with it. Reviews then run here, one after the other, as the worker does them. Figures are
reported, never a gate: they are worth something only from an idle machine.
"""

import argparse
import datetime as dt
import statistics
import threading
import time
from pathlib import Path

import httpx

from benchmarks.measuring import describe_machine
from benchmarks.web import Web, running_web

GOAL_SUBMISSIONS = 50
GOAL_REVIEWS = 10


def main() -> None:
    """Measure and print."""
    given = _arguments()
    print(describe_machine(), flush=True)
    with running_web(given.network) as web:
        _submissions(web, given)
        _reviews(given.cases)


def _submissions(web: Web, given: argparse.Namespace) -> None:
    """Hand in drafts that lie ready, from several clients at once."""
    first = httpx.Client(base_url=web.url, timeout=60, trust_env=False)
    said = first.post("/api/v1/session", json={"login": "carrier", "password": web.password}).raise_for_status().json()
    first.headers["X-CSRF-Token"] = said["csrf_token"]
    started = time.perf_counter()
    drafts = [_draft(first, number) for number in range(given.submissions)]
    print(f"drafts made one after the other: {given.submissions / (time.perf_counter() - started):.1f} a second")
    times: list[float] = []
    threads = [
        threading.Thread(target=_hand_in, args=(web.url, first, drafts[number :: given.clients], times))
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300, help="handed in (default: 300)")
    parser.add_argument("--clients", type=int, default=8, help="at a time (default: 8)")
    parser.add_argument("--cases", type=int, default=60, help="reviewed afterwards (default: 60)")
    parser.add_argument("--network", type=Path, help="a synthetic province made before")
    return parser.parse_args()


if __name__ == "__main__":
    main()
