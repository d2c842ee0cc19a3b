"""Node order (节点次序): which junctions separate the network best, from RoutingKit's inertial flow.

Any order gives right answers; a good one gives few shortcuts. The order is made once, when a network is prepared, and
stored with it, so the library is needed only there.
"""

import tempfile
from pathlib import Path

import numpy as np

from routing.graph import F64, I32
from routing.hierarchy.errors import HierarchyError

ORDER_FILE = "order"


def inertial_flow_rank(tail: I32, head: I32, lat_deg: F64, lon_deg: F64) -> I32:
    """Rank nodes by nested dissection, separators last.

    Returns:
        int32[nodes], the rank of every node, 0 is contracted first.

    Raises:
        HierarchyError: The library that does it is not installed.
    """
    nodes = len(lat_deg)
    if len(tail) == 0:
        return np.arange(nodes, dtype=np.int32)
    try:
        import pyroutingkit  # type: ignore[import-untyped]  # noqa: PLC0415 - needed to prepare, not to use
    except ImportError:
        raise HierarchyError("preparing a network needs the package pyroutingkit: pip install pyroutingkit") from None
    topology = pyroutingkit.CCHTopology()
    topology.build(
        tail.astype(np.uint32), head.astype(np.uint32), lat_deg.astype(np.float32), lon_deg.astype(np.float32), nodes
    )
    with tempfile.TemporaryDirectory() as folder:
        topology.save(folder)
        order = np.fromfile(Path(folder) / ORDER_FILE, np.uint32)
    if not np.array_equal(np.sort(order), np.arange(nodes)):
        raise HierarchyError(f"pyroutingkit gave no order of the {nodes} nodes")
    rank = np.empty(nodes, np.int32)
    rank[order] = np.arange(nodes, dtype=np.int32)
    return rank
