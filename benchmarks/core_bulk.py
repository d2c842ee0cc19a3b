"""Bulk work (批量求路): generated applications with a vehicle and a pair each, from their numbers to their paths.

    python benchmarks/core_bulk.py NETWORK COUNT

Two threads, and nothing else in the process, so that its peak memory is that of bulk work. Prints JSON.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.core_network import TIERS, CoreNetwork, Pair, peak_mb
from benchmarks.fleet import Fleet, spot, twins
from benchmarks.trips import LEADS_NOWHERE, SEED
from routing.columns import Access, Verdict
from routing.hierarchy.alike import Edges
from routing.hierarchy.bulk import Trip, route_many
from routing.hierarchy.weights import Judged

CHECKED = 50
SORTS_AT_ONCE = 128
"""Sorts of vehicles in memory at once: up to two bytes an arc each."""
THREADS = 2


def main() -> None:
    """Route them all, check a sample, tell."""
    core, count = CoreNetwork.open("", Path(sys.argv[1])), int(sys.argv[2])
    fleet, pairs = Fleet.of(count), bulk_pairs(core, count)
    found: dict[int, tuple[Verdict, int, np.ndarray]] = {}
    start = time.perf_counter()
    edges = Edges.of(core.graph, core.policy)
    _, first, alike = np.unique(
        edges.signatures(fleet.loads, fleet.legal_mass_kg), axis=0, return_index=True, return_inverse=True
    )
    judge_s = time.perf_counter() - start
    search_s = 0.0
    for begin in range(0, len(first), SORTS_AT_ONCE):
        start = time.perf_counter()
        judged = judge(core, fleet, first[begin : begin + SORTS_AT_ONCE].tolist())
        middle = time.perf_counter()
        asked = np.flatnonzero((alike >= begin) & (alike < begin + SORTS_AT_ONCE)).tolist()
        for worst in TIERS:
            weights = [core.weigh(one, worst) for one in judged]
            left = [n for n in asked if n not in found]
            trips = [Trip(weights[alike[n] - begin], *pairs[n]) for n in left]
            for place, path in route_many(core.router, trips, threads=THREADS):
                found[left[place]] = worst, path.cost, np.array(path.arcs, np.int32)
        judge_s += middle - start
        search_s += time.perf_counter() - middle
    told = {"sorts": len(first), "judge_s": judge_s, "search_s": search_s, "found": len(found), "peak_mb": peak_mb()}
    for n in range(0, count, max(count // CHECKED, 1)):
        verdicts = core.judge(fleet.profile(n))
        assert np.array_equal(verdicts, core.judge(fleet.profile(int(first[alike[n]]))))
        assert (found[n][:2] if n in found else None) == core.best_by_dijkstra(verdicts, pairs[n])
    print(json.dumps({**told, "checked": min(CHECKED, count)}))


def judge(core: CoreNetwork, fleet: Fleet, vehicles: list[int]) -> list[Judged]:
    """Verdicts of some vehicles."""

    def one(vehicle: int) -> Judged:
        return Judged(core.judge(fleet.profile(vehicle)))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, vehicles))


def bulk_pairs(core: CoreNetwork, count: int) -> list[Pair]:
    """Pairs without asking whether they are connected; making them is no part of the measurement."""
    arcs = core.graph.arcs
    usable = np.flatnonzero(((arcs.flags & LEADS_NOWHERE) == 0) & (arcs.access == Access.YES))
    rng, back = np.random.default_rng(SEED), twins(core.graph)
    drawn, shares = rng.choice(usable, (count, 2)).tolist(), rng.random((count, 2)).tolist()
    return [
        (spot(core.graph, back, one, a), spot(core.graph, back, other, b))
        for (one, other), (a, b) in zip(drawn, shares, strict=True)
    ]


if __name__ == "__main__":
    main()
