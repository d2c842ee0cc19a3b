"""Memory of a process that answers carriers (交互进程内存): class vehicles kept, fifty vehicles reviewed.

    python benchmarks/core_memory.py NETWORK

Three routes are asked for each; prints JSON.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from api.reviews.classes import keep_classes
from api.reviews.network import Keeping, OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from benchmarks.core_network import ON, memory_mb
from benchmarks.fleet import Fleet
from benchmarks.trips import LEADS_NOWHERE, SEED
from data.policies import load_policy

REVIEWS = 50


def main() -> None:
    """Review them, then tell."""
    network, policy = OpenNetwork.open(Path(sys.argv[1])), load_policy()
    keep_classes(network, policy, on=ON)
    fleet, usable = Fleet.of(REVIEWS), np.flatnonzero((network.graph.arcs.flags & LEADS_NOWHERE) == 0)
    drawn = np.random.default_rng(SEED).choice(usable, (REVIEWS, 2)).tolist()
    start = time.perf_counter()
    for n in range(REVIEWS):
        lines = [network.graph.arc_points(arc) for arc in drawn[n]]
        stops = tuple((float(lon[0]), float(lat[0])) for lon, lat in lines)
        review(network, ReviewRequest(fleet.loaded(n), policy, ON, stops, alternatives=3))
    seconds = time.perf_counter() - start
    kept = Keeping()
    print(
        json.dumps(
            {"reviews": REVIEWS, "seconds": seconds, "classes": kept.classes, "metrics": kept.metrics, **memory_mb()}
        )
    )


if __name__ == "__main__":
    main()
