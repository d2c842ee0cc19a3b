"""Counters that do not depend on the machine (计数): the work a search does, and its answers, on the small sample.

Milliseconds are only reported; these numbers are committed and must be met exactly, so that a change that makes the
search work more, or answer differently, is seen and meant.
"""

import hashlib
import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from api.reviews.network import OpenNetwork
from api.reviews.service import usable_arcs
from benchmarks.extracts import sample_file
from benchmarks.stages import ask
from benchmarks.trips import LEADS_NOWHERE, VEHICLES, end_of
from data.build import build_network
from data.policies import load_policy
from routing.columns import Verdict
from routing.parts import Place
from routing.search import Prepared, query
from routing.snapping import snap
from routing.turns import bans_in_force

COUNTERS = Path(__file__).parent / "counters.json"
GRID = 7


def count() -> dict[str, Any]:
    """Build the sample network and count."""
    policy = load_policy()
    graph, _ = build_network([sample_file()], policy=policy)
    network = OpenNetwork(graph)
    asked = [ask(network, name, policy) for name in VEHICLES]
    prepared = Prepared.of(graph, bans_in_force(graph, asked[0].situation.condition_state))
    pairs = grid_pairs(network)
    counters: dict[str, Any] = {
        "source": {
            "file": sample_file().name,
            "sha256": hashlib.sha256(sample_file().read_bytes()).hexdigest(),
            "policy_id": policy.policy_id,
        },
        "network": {
            "nodes": graph.node_count,
            "arcs": graph.arc_count,
            "limits": len(graph.limits.quantity),
            "turn_bans": len(graph.turn_bans.condition),
            "search_states": len(prepared.turns.state_arc),
            "length_mm": int(graph.arcs.length_mm.astype(np.int64).sum()),
        },
        "pairs": len(pairs),
        "vehicles": {},
    }
    for one in asked:
        found = [query(prepared, one.metric, starts, ends) for starts, ends in pairs]
        paths = [path for path in found if path is not None]
        counters["vehicles"][one.name] = {
            "verdicts": {code.name.lower(): int((one.verdicts == code).sum()) for code in Verdict},
            "found": len(paths),
            "settled": sum(path.settled for path in paths),
            "relaxed": sum(path.relaxed for path in paths),
            "arcs": sum(len(path.arcs) for path in paths),
            "cost_ms": sum(path.cost for path in paths),
        }
    return counters


def grid_pairs(network: OpenNetwork) -> list[tuple[list[Place], list[Place]]]:
    """Pairs between the roads nearest to a grid of fixed places, so that they survive a renumbering of arcs."""
    graph = network.graph
    usable = usable_arcs(network) & ((graph.arcs.flags & LEADS_NOWHERE) == 0)
    west, south, east, north = 24.936, 60.165, 24.952, 60.178
    roads: list[list[Place]] = []
    for lon, lat in product(np.linspace(west, east, GRID), np.linspace(south, north, GRID)):
        snapped = snap(graph, float(lon), float(lat), usable, within_m=1000.0)
        roads.append([end_of(network, place.arc) for place in snapped.places])
    half = len(roads) // 2
    return [(one, other) for one, other in zip(roads, roads[half:] + roads[:half], strict=True) if one != other]


def committed() -> dict[str, Any]:
    """The counters of this repository."""
    counters: dict[str, Any] = json.loads(COUNTERS.read_text(encoding="utf-8"))
    return counters


def write(counters: Mapping[str, Any]) -> None:
    """Replace them."""
    COUNTERS.write_text(json.dumps(counters, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any], name: str = "") -> list[str]:
    """Name every counter that differs, with both values."""
    told: list[str] = []
    for key in dict.fromkeys((*wanted, *found)):
        now, then = found.get(key), wanted.get(key)
        if isinstance(now, Mapping) and isinstance(then, Mapping):
            told += differences(now, then, f"{name}{key}.")
        elif now != then:
            told.append(f"{name}{key}: {then} committed, {now} counted")
    return told
