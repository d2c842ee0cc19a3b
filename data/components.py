"""Connected parts of a network (连通分量): small ones are kept and flagged, because a route cannot leave them."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from data.build_report import Components
from routing.columns import Access, ArcFlag
from routing.graph import I32, U32, Bool, RoadGraph

SMALL_SHARE = 0.1
_SHOWN = 10


def flag_components(graph: RoadGraph) -> tuple[RoadGraph, Components]:
    """Flag the arcs of every part with less than a tenth of the arcs of the largest one.

    Parts are weakly connected: one-way roads count in both directions. Two provinces without a common road are both
    kept as main parts; a stretch of road cut off by the edge of an extract is not.

    Returns:
        The graph with `ArcFlag.SMALL_COMPONENT`, `NO_WAY_OUT` and `NO_WAY_IN` set, and the counts.
    """
    arcs = graph.arcs
    links = coo_array((np.ones(graph.arc_count, np.int8), (arcs.tail, arcs.head)), (graph.node_count,) * 2)
    count, label = connected_components(links, directed=False)
    part = label[arcs.tail]
    sizes = np.bincount(part, minlength=count)
    largest = int(sizes.max(initial=0))
    small = sizes < SMALL_SHARE * largest
    flags = np.where(small[part], arcs.flags | np.uint32(ArcFlag.SMALL_COMPONENT), arcs.flags).astype(np.uint32)
    components = Components(
        count=int(count),
        main_arcs=largest,
        small_count=int(small.sum()),
        small_arcs=int(sizes[small].sum()),
        largest=tuple(int(size) for size in np.sort(sizes)[::-1][:_SHOWN]),
    )
    flags |= _one_way_flags(graph)
    return replace(graph, arcs=replace(arcs, flags=flags)), components


def _one_way_flags(graph: RoadGraph) -> U32:
    """Flag arcs from which, or to which, no way leads that a goods vehicle may use."""
    arcs = graph.arcs
    is_open = (arcs.access != Access.NO_HGV) & (arcs.access != Access.NO) & ((arcs.flags & ArcFlag.CONSTRUCTION) == 0)
    tail, head = arcs.tail[is_open], arcs.head[is_open]
    links = coo_array((np.ones(len(tail), np.int8), (tail, head)), (graph.node_count,) * 2)
    _, label = connected_components(links, directed=True, connection="strong")
    sizes = np.bincount(label)
    main = np.flatnonzero((sizes >= SMALL_SHARE * sizes.max(initial=0))[label])
    leads_out = _reached(graph.node_count, head, tail, main)[arcs.head]
    leads_in = _reached(graph.node_count, tail, head, main)[arcs.tail]
    no_way_out = np.where(leads_out, 0, ArcFlag.NO_WAY_OUT)
    return (no_way_out | np.where(leads_in, 0, ArcFlag.NO_WAY_IN)).astype(np.uint32)


def _reached(node_count: int, tail: I32, head: I32, starts: npt.NDArray[np.intp]) -> Bool:
    """Nodes that can be reached from any of the starts."""
    everywhere = node_count  # one more node, with a link to every start
    tails = np.concatenate([tail, np.full(len(starts), everywhere)])
    heads = np.concatenate([head, starts])
    links = coo_array((np.ones(len(tails), np.int8), (tails, heads)), (node_count + 1,) * 2).tocsr()
    order = breadth_first_order(links, everywhere, return_predecessors=False)
    reached = np.zeros(node_count + 1, np.bool_)
    reached[order] = True
    return reached[:-1]
