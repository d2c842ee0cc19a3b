"""Counters of the hierarchy that do not depend on the machine (内核计数), on the small sample.

As `benchmarks/counting.py` for plain Dijkstra: committed in core_counters.json, met exactly, changed only on purpose:

    python -m benchmarks.core_counting
"""

import json
from pathlib import Path
from typing import Any

from api.reviews.network import OpenNetwork
from benchmarks.counting import grid_pairs
from benchmarks.extracts import sample_file
from benchmarks.stages import ask
from benchmarks.trips import VEHICLES
from data.build import build_network
from data.policies import load_policy
from routing.columns import Verdict
from routing.hierarchy.alike import class_vehicles
from routing.hierarchy.router import Router
from routing.hierarchy.topology import build_hierarchy
from routing.hierarchy.weights import Judged, weigh
from routing.limits import Judge, judge_arcs

COUNTERS = Path(__file__).parent / "core_counters.json"


def count() -> dict[str, Any]:
    """Prepare the sample network and ask the fixed pairs, with the vehicle's own metric and with class metrics."""
    policy = load_policy()
    graph, _ = build_network([sample_file()], policy=policy)
    network = OpenNetwork(graph)
    asked = [ask(network, name, policy) for name in VEHICLES]
    hierarchy = build_hierarchy(graph)
    states, situation = asked[0].situation.condition_state, asked[0].situation
    own, by_class = (Router.of(graph, hierarchy, states) for _ in range(2))
    classes = [Judged(judge_arcs(graph, Judge.of(v, policy), situation)) for v in class_vehicles(policy)]
    by_class.pin(weigh(asked[0].times, judged, policy, worst=Verdict.UNKNOWN) for judged in classes)
    counters: dict[str, Any] = {
        "hierarchy": {
            "nodes": len(hierarchy.junction),
            "links": len(hierarchy.arc),
            "up_arcs": len(hierarchy.up_head),
            "triangles": len(hierarchy.triangle),
            "pinned": len(by_class.metrics.pinned),
        },
        "vehicles": {},
    }
    for one in asked:
        weights = weigh(one.times, Judged(one.verdicts), policy, worst=Verdict.UNKNOWN)
        own.metric_of(weights)
        alone = [own.query(weights, *pair) for pair in grid_pairs(network)]
        bounded = [by_class.query(weights, *pair) for pair in grid_pairs(network)]
        counters["vehicles"][one.name] = {
            "found": sum(path is not None for path in alone),
            "cost_ms": sum(path.cost for path in alone if path),
            "nodes_looked_at": sum(path.settled for path in alone if path),
            "links_settled_by_class": sum(path.settled for path in bounded if path),
            "links_relaxed_by_class": sum(path.relaxed for path in bounded if path),
        }
    counters["metrics"] = {"own": dict(sorted(own.metrics.counts.items()))}
    counters["metrics"]["by_class"] = dict(sorted(by_class.metrics.counts.items()))
    return counters


def committed() -> dict[str, Any]:
    """The counters of this repository."""
    counters: dict[str, Any] = json.loads(COUNTERS.read_text(encoding="utf-8"))
    return counters


if __name__ == "__main__":
    COUNTERS.write_text(json.dumps(count(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{COUNTERS.name} written: say in the commit why the numbers changed")
