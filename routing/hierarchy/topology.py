"""The hierarchy of a network (层次结构): made once, good for every vehicle, every day and every limit.

`build_hierarchy` does what depends on the roads alone: nodes and links with the turn bans, their order, the shortcuts,
the triangles. It is stored with the network and opened memory-mapped, one copy for all processes.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from routing._kernels import hierarchy_topology as kernel
from routing._kernels.hierarchy_customise import Placed
from routing.columns import ConditionState
from routing.graph import I32, U8, Bool, RoadGraph
from routing.hierarchy.errors import HierarchyError
from routing.hierarchy.expansion import expand
from routing.hierarchy.order import inertial_flow_rank
from routing.storage import load_part, read_manifest, save_part

PART = "hierarchy"
Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Nodes, links, shortcuts and triangles; arrays are read-only.

    Attributes:
        network: uint8[32], the id of the network it was made for; empty if that was never saved.
        junction: int32[nodes], the graph's node that each node is or copies.
        is_copy: bool[nodes].
        tail, head, arc: int32[links], see `routing.hierarchy.expansion`; nodes are ranks here and in all the rest.
        shut_link, shut_ban: int32, which ban shuts which link.
        first_out, end_out: int32[nodes], links that leave a node.
        first_in, in_link, in_tail: int32[nodes + 1] and int32[links], links that enter a node and their tails.
        first_up, up_head, parent: Up-arcs and elimination tree.
        triangle: int32[triangles], see `routing._kernels.hierarchy_topology.list_triangles`.
        upward, upward_on, downward, downward_on: int32, see `routing._kernels.hierarchy_customise.Placed`.
    """

    network: U8
    junction: I32
    is_copy: Bool
    tail: I32
    head: I32
    arc: I32
    shut_link: I32
    shut_ban: I32
    first_out: I32
    end_out: I32
    first_in: I32
    in_link: I32
    in_tail: I32
    first_up: I32
    up_head: I32
    parent: I32
    triangle: I32
    upward: I32
    upward_on: I32
    downward: I32
    downward_on: I32

    @classmethod
    def of_columns(cls, columns: dict[str, Column]) -> Self:
        """Put arrays together and freeze them, so that built and opened ones are of one type to the kernels."""
        for array in columns.values():
            array.flags.writeable = False
        return cls(**columns)

    def placed(self, is_shut: Bool) -> Placed:
        """Links and their up-arcs as customisation takes them."""
        return Placed(self.arc, is_shut, self.upward, self.upward_on, self.downward, self.downward_on)

    def columns(self) -> dict[str, Column]:
        """Every array by its name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def shut_links(self, graph: RoadGraph, condition_state: U8) -> Bool:
        """Links that turn bans shut at the asked time, bool[links].

        Any ban not certainly inactive shuts, since a suggestion must be safe.
        """
        in_force = condition_state[graph.turn_bans.condition] != ConditionState.INACTIVE
        is_shut = np.zeros(len(self.arc), np.bool_)
        is_shut[self.shut_link[in_force[self.shut_ban]]] = True
        is_shut.flags.writeable = False
        return is_shut


def build_hierarchy(graph: RoadGraph, *, rank: I32 | None = None) -> Hierarchy:
    """Make the hierarchy of a network.

    Args:
        graph: The network.
        rank: int32[nodes of `expand(graph)`], another order than RoutingKit's; answers do not depend on it.

    Raises:
        HierarchyError: The library that makes the order is not installed.
    """
    expansion = expand(graph)
    nodes = len(expansion.junction)
    if rank is None:
        lat, lon = graph.nodes.lat_deg[expansion.junction], graph.nodes.lon_deg[expansion.junction]
        rank = inertial_flow_rank(expansion.tail, expansion.head, lat, lon)
    order = np.argsort(rank)
    tail, head = rank[expansion.tail], rank[expansion.head]
    out = _offsets(expansion.tail, nodes)
    entering = np.lexsort((np.arange(len(head)), head)).astype(np.int32)
    first_up, up_head, parent = kernel.chordal_supergraph(*_higher_neighbours(nodes, tail, head))
    return Hierarchy.of_columns(
        {
            "network": _digest(graph.network_id),
            "junction": expansion.junction[order],
            "is_copy": order >= graph.node_count,
            "tail": tail,
            "head": head,
            "arc": expansion.arc,
            "shut_link": expansion.shut_link,
            "shut_ban": expansion.shut_ban,
            "first_out": out[:-1][order],
            "end_out": out[1:][order],
            "first_in": _offsets(head, nodes),
            "in_link": entering,
            "in_tail": tail[entering],
            "first_up": first_up,
            "up_head": up_head,
            "parent": parent,
            "triangle": kernel.list_triangles(first_up, up_head),
            **_placed(*kernel.place_links(tail, head, first_up, up_head)),
        }
    )


def _digest(network_id: str) -> U8:
    return np.frombuffer(bytes.fromhex(network_id.removeprefix("sha256:")), np.uint8).copy()


def _placed(up_arc: I32, leads_up: Bool) -> dict[str, Column]:
    """Links that lead up, and down, in the order of the up-arcs they stand on."""
    columns: dict[str, Column] = {}
    for name, is_so in (("upward", leads_up), ("downward", ~leads_up & (up_arc != kernel.NO_ARC))):
        links = np.flatnonzero(is_so).astype(np.int32)
        columns[name] = links[np.argsort(up_arc[links], kind="stable")]
        columns[f"{name}_on"] = up_arc[columns[name]]
    return columns


def _offsets(ends: I32, nodes: int) -> I32:
    offsets = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(ends, minlength=nodes), out=offsets[1:])
    return offsets


def _higher_neighbours(nodes: int, tail: I32, head: I32) -> tuple[I32, I32]:
    """Neighbours of higher rank of every node, each once, sorted."""
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head).astype(np.int64)
    pairs = np.unique((low * nodes + high)[low != high])
    return _offsets((pairs // nodes).astype(np.int32), nodes), (pairs % nodes).astype(np.int32)


def save_hierarchy(hierarchy: Hierarchy, folder: Path) -> None:
    """Put a hierarchy into the folder of its network.

    Raises:
        SnapshotError: It is no network folder, or cannot be written.
        HierarchyError: The folder holds another network.
    """
    if not np.array_equal(hierarchy.network, _digest(read_manifest(folder)["network_id"])):
        raise HierarchyError(f"{folder} is not the network of this hierarchy: it was made for another network")
    save_part(folder, PART, hierarchy.columns())


def open_hierarchy(folder: Path, graph: RoadGraph, *, verify: bool = False) -> Hierarchy | None:
    """Open the hierarchy of a network memory-mapped; None if it was never prepared.

    Args:
        folder: Network folder.
        graph: The network opened from it.
        verify: Also compare every file with its hash, and look for numbers that would mislead a kernel.

    Raises:
        SnapshotError: Incomplete or damaged.
        HierarchyError: It does not belong to the network.
    """
    columns = load_part(folder, PART, verify=verify)
    if columns is None:
        return None
    faults = _misfits(columns, graph) or (_strays(columns, graph) if verify else [])
    if faults:
        raise HierarchyError(f"{folder / PART} does not fit its network, prepare it again: {'; '.join(faults)}")
    return Hierarchy.of_columns(columns)


def _misfits(columns: dict[str, Column], graph: RoadGraph) -> list[str]:
    """Whether it is a hierarchy of this network, without reading it."""
    names = {f.name for f in fields(Hierarchy)}
    if set(columns) != names:
        return [f"columns {sorted(set(columns) ^ names)} are missing or unknown"]
    if not np.array_equal(columns["network"], _digest(graph.network_id)):
        return ["it was made for another network"]
    nodes, links = len(columns["junction"]), len(columns["arc"])
    lengths = {
        **dict.fromkeys(("is_copy", "parent", "first_out", "end_out"), nodes),
        **dict.fromkeys(("first_in", "first_up"), nodes + 1),
        **dict.fromkeys(("tail", "head", "in_link", "in_tail"), links),
        "upward_on": len(columns["upward"]),
        "downward_on": len(columns["downward"]),
        "shut_ban": len(columns["shut_link"]),
    }
    found = {name: len(columns[name]) for name in lengths}
    wrong = [f"{name} has {found[name]} rows, expected {rows}" for name, rows in lengths.items() if found[name] != rows]
    if nodes < graph.node_count or links < graph.arc_count:
        wrong.append("it has fewer junctions or arcs")
    return wrong


def _strays(columns: dict[str, Column], graph: RoadGraph) -> list[str]:
    """Whatever would make a kernel read beside its arrays."""
    nodes, links, ups = len(columns["junction"]), len(columns["arc"]), len(columns["up_head"])
    bounds = {
        **dict.fromkeys(("tail", "head", "in_tail", "up_head", "parent"), nodes),
        "junction": graph.node_count,
        "arc": graph.arc_count,
        **dict.fromkeys(("in_link", "shut_link", "upward", "downward"), links),
        **dict.fromkeys(("first_out", "end_out", "first_in"), links + 1),
        "shut_ban": len(graph.turn_bans.condition),
        **dict.fromkeys(("upward_on", "downward_on", "triangle"), ups),
        "first_up": ups + 1,
    }
    least = {"parent": -1}  # the root of a tree has none
    wrong = [
        f"{name} has a value outside 0..{bound - 1}"
        for name, bound in bounds.items()
        if len(columns[name]) and not least.get(name, 0) <= columns[name].min() <= columns[name].max() < bound
    ]
    ends = {"first_in": links, "first_up": ups}
    wrong += [
        f"{name} does not rise from 0 to {end}"
        for name, end in ends.items()
        if columns[name][0] != 0 or columns[name][-1] != end or (np.diff(columns[name]) < 0).any()
    ]
    if (columns["end_out"] < columns["first_out"]).any():
        wrong.append("end_out lies before first_out")
    if not wrong and len(columns["triangle"]) != kernel.count_triangles(columns["first_up"]):
        wrong.append("triangle does not have the triangles of the up-arcs")
    return wrong
