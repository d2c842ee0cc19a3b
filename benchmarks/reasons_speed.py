"""How long reasons take on a million nodes (理由的计算时间): prints medians, asserts the answers.

    python benchmarks/reasons_speed.py [--network var/bench/tiles-4] [--trips 20]

`benchmarks/make_tiles.py` makes the network. Trips are seeded; only those count that the vehicle is refused. Asked is
what a refused review adds: certificate and single changes with their proofs, then pairs, alternatives and a frontier
beside. Every answer is checked in the same run: a change passes, one step less does not.
"""

import argparse
import datetime as dt
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.errors import RequestError
from api.reviews.case import Case
from api.reviews.frontiers import frontier
from api.reviews.load_changes import with_height, with_width
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.smallest_changes import Change, Changes
from api.reviews.trials import best_verdict, has_way
from benchmarks.core_network import prepare
from benchmarks.extracts import largest_network
from benchmarks.measuring import as_time, describe_machine
from benchmarks.trips import VEHICLES
from data.policies import load_policy
from routing.blockers import Effort, Impasse
from routing.certificate import certify
from routing.columns import Verdict
from routing.suggest import suggest

SEED = 20260101
GOAL_S = 1.5
DAY = "2026-11-23"
LEGAL = next(iter(VEHICLES.values()))
REFUSED = {"4.9 m high": with_height(LEGAL, 4900), "4.5 m wide": with_width(LEGAL, 4500)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help="default: the largest that was compiled")
    parser.add_argument("--trips", type=int, default=20)
    given = parser.parse_args()
    prepare(given.network)
    network = OpenNetwork.open(given.network or largest_network())
    print(describe_machine())
    print(f"{network.graph.node_count:,} nodes, {network.graph.arc_count:,} arcs")
    for name, vehicle in REFUSED.items():
        times: dict[str, list[float]] = {}
        found = 0
        for case in refused_cases(network, vehicle, given.trips):
            found += measure(case, times)
        print(f"\n{name}: {given.trips} refused trips, {found} single changes, each proved")
        for stage, seconds in times.items():
            median, worst = statistics.median(seconds), sorted(seconds)[int(0.95 * (len(seconds) - 1))]
            print(f"  {stage:<42} median {as_time(median):>9}  95 % {as_time(worst):>9}")
        both = statistics.median(a + b for a, b in zip(times["certificate"], times["single changes"], strict=True))
        reached = "reached" if both <= GOAL_S else "MISSED"
        print(f"  goal {as_time(GOAL_S)} for certificate and single changes: {reached}, {as_time(both)}")


def refused_cases(network: OpenNetwork, vehicle: Any, count: int) -> list[Case]:  # noqa: ANN401
    """Seeded trips on which the vehicle has no way; the first is made twice to warm the kernels."""
    chance = random.Random(SEED)  # noqa: S311 - trips, not secrets
    found: list[Case] = []
    while len(found) < count:
        stops = []
        for _ in range(2):
            lon, lat = network.graph.arc_points(chance.randrange(network.graph.arc_count))
            stops.append((float(lon[0]), float(lat[0])))
        try:
            case = make_case(network, vehicle, tuple(stops))
        except RequestError:
            continue
        if not has_way(case, Verdict.CONDITIONAL) and has_way(case, Verdict.BLOCKED):
            found.append(case)
    Changes.of(found[0]).singles()
    certificate_of(found[0])
    return found


def make_case(network: OpenNetwork, vehicle: Any, stops: tuple[tuple[float, float], ...]) -> Case:  # noqa: ANN401
    """One trip of a vehicle on a fixed day."""
    request = ReviewRequest(vehicle=vehicle, policy=load_policy(), on=dt.date.fromisoformat(DAY), stops=stops)
    return Case.of(network, request)


def certificate_of(case: Case) -> Any:  # noqa: ANN401
    """The blocking certificate, as a review asks for it."""
    wanted = Verdict.UNKNOWN if has_way(case, Verdict.UNKNOWN) else Verdict.BLOCKED
    settings = case.request.reasons
    effort = Effort(settings.max_settled, settings.max_all_searches)
    impasse = Impasse.of(
        case.roads, case.judging, case.trip.places, wanted, max_searches=settings.max_searches, effort=effort
    )
    return certify(impasse, max_sets=settings.max_sets, max_branches=settings.max_branches)


def measure(case: Case, times: dict[str, list[float]]) -> int:
    """Time one refused trip and check its answers; return how many single changes there are."""
    fresh = Changes.of(case)
    certificate = timed(times, "certificate", lambda: certificate_of(case))
    assert certificate is not None
    singles: list[Change] = timed(times, "single changes", fresh.singles)
    timed(times, "pairs", lambda: fresh.pairs(singles))
    for change in singles:
        assert best_verdict(fresh.trials.case_of(change.values)) <= Verdict.CONDITIONAL
        (one,) = change.values
        if change.values[one] + 1 < one.now:
            assert not has_way(fresh.trials.case_of({one: change.values[one] + 1}), Verdict.CONDITIONAL)
    legal = case.with_request(ReviewRequest(LEGAL, case.request.policy, case.request.on, case.request.stops))
    routes = timed(times, "three alternatives of a legal vehicle", lambda: three_routes(legal))
    assert len({route.arcs for route in routes}) == len(routes)
    if len(times.get("frontier, four curves", [])) < 3:  # the slowest by far
        timed(times, "frontier, four curves", lambda: frontier(case.network, case.request))
    return len(singles)


def three_routes(case: Case) -> Any:  # noqa: ANN401
    """Three routes, the vehicle being judged already."""
    return suggest(case.router, case.terms, case.trip, count=3)


def timed(times: dict[str, list[float]], stage: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Call once and keep the time."""
    start = time.perf_counter()
    answer = call()
    times.setdefault(stage, []).append(time.perf_counter() - start)
    return answer


if __name__ == "__main__":
    main()
