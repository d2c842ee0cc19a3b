"""Prepare a network anew (层次预处理): its hierarchy, travel times, county names; prints time, peak memory and sizes.

python benchmarks/core_prepare.py NETWORK
"""

import json
import sys
import time
from pathlib import Path

from api.networks import prepare_network
from benchmarks.core_network import peak_mb
from data.policies import load_policy
from routing.hierarchy.topology import open_hierarchy
from routing.storage import load


def main() -> None:
    """Prepare it, then tell."""
    folder, policy = Path(sys.argv[1]), load_policy()
    start = time.perf_counter()
    prepare_network(folder, policy=policy)
    seconds, peak = time.perf_counter() - start, peak_mb()
    graph = load(folder)
    hierarchy = open_hierarchy(folder, graph)
    assert hierarchy is not None
    sizes = {
        "nodes": graph.node_count,
        "arcs": graph.arc_count,
        "with_copies": len(hierarchy.junction),
        "up_arcs": len(hierarchy.up_head),
        "triangles": len(hierarchy.triangle),
    }
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **sizes}))


if __name__ == "__main__":
    main()
