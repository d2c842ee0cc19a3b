"""Turn bans as a few more nodes (转向限制的节点展开), so that a hierarchy of nodes obeys them.

A *node* is a junction, or a copy of one that remembers over which arcs it was reached because a ban begins with them. A
*link* is an arc driven from a node: link ``i`` below the number of arcs is arc ``i`` driven from the junction itself;
the links after those leave the copies. A ban is a link that is shut while the ban is in force, so the nodes and links
are the same on every day and for every vehicle.

Turning round on the spot is left out only where it pays: behind a ban, to dodge it. It is shut for `LOOKAHEAD` arcs
after every ban; what turns later is found when a path is read (`routing.hierarchy.router`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.graph import I32, RoadGraph
from routing.turns import is_u_turn

LOOKAHEAD = 2
TURNING_ROUND = -1
"""Stands where the number of a ban stands: shut always."""
Arcs = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Nodes and links (展开图).

    Attributes:
        junction: int32[nodes], the graph's node each node is or copies; the first are the graph's nodes themselves.
        tail, head: int32[links], nodes a link joins; links are sorted by tail.
        arc: int32[links], arc that is driven.
        shut_link, shut_ban: int32, links that a ban shuts and the ban's row in the graph's table.
    """

    junction: I32
    tail: I32
    head: I32
    arc: I32
    shut_link: I32
    shut_ban: I32


@dataclass(slots=True)
class _Memory:
    """A node of the Aho-Corasick automaton over the banned sequences: the last arcs driven that a ban begins with."""

    arc: int
    children: dict[int, int] = field(default_factory=dict)
    fallback: int = 0
    completes: list[int] = field(default_factory=list)


def expand(graph: RoadGraph, lookahead: int = LOOKAHEAD) -> Expansion:
    """Make nodes and links from all turn bans of a network, whatever their conditions."""
    memories = _automaton(_sequences(graph, lookahead))
    node_of = {
        m: graph.node_count + n for n, m in enumerate(m for m in range(1, len(memories)) if memories[m].children)
    }
    head = np.array(graph.arcs.head, np.int32)
    for arc, memory in memories[0].children.items():
        head[arc] = node_of.get(memory, head[arc])
    links: list[tuple[int, int, int]] = []
    shut: list[tuple[int, int]] = []
    for memory, node in node_of.items():
        for arc in _ways_on(graph, memories[memory].arc):
            reached = _step(memories, memory, arc)
            completes = memories[reached].completes
            if TURNING_ROUND in completes:
                continue
            shut += [(graph.arc_count + len(links), ban) for ban in completes]
            links.append((node, node_of.get(_remembered(memories, reached), int(graph.arcs.head[arc])), arc))
    copied = [int(graph.arcs.head[memories[memory].arc]) for memory in node_of]
    more, shuts = np.array(links, np.int32).reshape(-1, 3), np.array(shut, np.int32).reshape(-1, 2)
    return Expansion(
        junction=np.concatenate([np.arange(graph.node_count, dtype=np.int32), np.array(copied, np.int32)]),
        tail=np.concatenate([graph.arcs.tail, more[:, 0]]),
        head=np.concatenate([head, more[:, 1]]),
        arc=np.concatenate([np.arange(graph.arc_count, dtype=np.int32), more[:, 2]]),
        shut_link=shuts[:, 0].copy(),
        shut_ban=shuts[:, 1].copy(),
    )


def _sequences(graph: RoadGraph, lookahead: int) -> dict[Arcs, list[int]]:
    """Forbidden sequences of arcs with the bans that forbid them."""
    bans = graph.turn_bans
    found: dict[Arcs, list[int]] = defaultdict(list)
    for ban in range(len(bans.condition)):
        sequence = tuple(int(arc) for arc in bans.arc[bans.first_arc[ban] : bans.first_arc[ban + 1]])
        found[sequence].append(ban)
    for sequence in list(found):
        for turning in _dodges(graph, sequence, lookahead):
            found[turning] = [TURNING_ROUND]
    return found


def _dodges(graph: RoadGraph, ban: Arcs, lookahead: int) -> Iterator[Arcs]:
    """Sequences that do not take the banned turn but go on, turn round, and come back to it."""
    driven = [(*ban[:-1], arc) for arc in _ways_on(graph, ban[-2]) if arc != ban[-1]]
    for _ in range(lookahead):
        for way in driven:
            yield from ((*way, back) for back in _out_of(graph, way[-1]) if is_u_turn(graph, way[-1], back))
        driven = [(*way, arc) for way in driven for arc in _ways_on(graph, way[-1])]


def _out_of(graph: RoadGraph, arc: int) -> Iterable[int]:
    junction = int(graph.arcs.head[arc])
    return range(int(graph.arcs.first_out[junction]), int(graph.arcs.first_out[junction + 1]))


def _ways_on(graph: RoadGraph, arc: int) -> Sequence[int]:
    """Arcs that may follow an arc if nothing is banned: all but the way back."""
    return [following for following in _out_of(graph, arc) if not is_u_turn(graph, arc, following)]


def _automaton(sequences: dict[Arcs, list[int]]) -> list[_Memory]:
    memories = [_Memory(arc=-1)]
    for sequence, bans in sequences.items():
        at = 0
        for arc in sequence:
            if arc not in memories[at].children:
                memories.append(_Memory(arc))
                memories[at].children[arc] = len(memories) - 1
            at = memories[at].children[arc]
        memories[at].completes += bans
    queue = list(memories[0].children.values())
    for index in queue:  # breadth first: a fallback is always shorter, so it is already final
        for arc, child in memories[index].children.items():
            memories[child].fallback = _step(memories, memories[index].fallback, arc)
            memories[child].completes += memories[memories[child].fallback].completes
            queue.append(child)
    return memories


def _step(memories: list[_Memory], at: int, arc: int) -> int:
    while arc not in memories[at].children:
        if at == 0:
            return 0
        at = memories[at].fallback
    return memories[at].children[arc]


def _remembered(memories: list[_Memory], at: int) -> int:
    """The longest end of what was driven that a ban could still begin with."""
    while at and not memories[at].children:
        at = memories[at].fallback
    return at
