"""Turn bans in the form a search can follow (转向限制).

A ban is a forbidden sequence of arcs. A search state is an arc, or a copy of an arc that remembers how it was entered.
The copies are the inner nodes of an Aho-Corasick automaton over the banned sequences, so any number of bans through via
ways is exact, and a network with few bans has few copies. U-turns on the spot are never allowed: a 40 m vehicle cannot
turn on a road, and a turn ban must not be dodged by driving on and turning round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.columns import ConditionState
from routing.graph import I32, I64, U8, RoadGraph

BANNED = -1


@dataclass(frozen=True, slots=True)
class TurnTable:
    """Search states and their exceptional transitions.

    State ``s`` stands at the end of arc ``state_arc[s]``; the first states are the arcs themselves. From ``s`` an arc
    ``b`` leads to state ``b`` unless a row ``r`` of ``first_row[s] .. first_row[s + 1] - 1`` has ``row_arc[r] == b``;
    then to ``row_state[r]``, or nowhere if that is `BANNED`.
    """

    state_arc: I32
    first_row: I64
    row_arc: I32
    row_state: I32


@dataclass(slots=True)
class _Node:
    """One node of the automaton: a sequence of arcs seen so far that some ban begins with."""

    arc: int
    children: dict[int, int] = field(default_factory=dict)
    fallback: int = 0
    is_end: bool = False


def bans_in_force(graph: RoadGraph, condition_state: U8) -> list[tuple[int, ...]]:
    """List the arc sequences banned at the asked time.

    Args:
        graph: The network.
        condition_state: uint8[texts]; anything but INACTIVE bans, since a suggestion must be safe.
    """
    bans = graph.turn_bans
    active = np.flatnonzero(condition_state[bans.condition] != ConditionState.INACTIVE)
    return [tuple(int(a) for a in bans.arc[bans.first_arc[b] : bans.first_arc[b + 1]]) for b in active]


def build_turn_table(graph: RoadGraph, bans: Iterable[Sequence[int]]) -> TurnTable:
    """Compile banned arc sequences.

    Args:
        graph: The network.
        bans: Sequences of at least two arcs, each following the one before.

    Returns:
        The table; its size beyond the arcs grows with the bans alone.
    """
    nodes = _build_automaton(bans)
    states = {index: graph.arc_count + n for n, index in enumerate(_deep_nodes(nodes))}
    state_of_node = {**states, **{index: nodes[index].arc for index in nodes[0].children.values()}}
    rows: dict[int, list[tuple[int, int]]] = {}
    for index, state in state_of_node.items():
        rows[state] = _rows_of(graph, nodes, index, state_of_node)
    extra_arcs = [nodes[index].arc for index in states]
    counts = np.zeros(graph.arc_count + len(states) + 1, np.int64)
    for state, found in rows.items():
        counts[state + 1] = len(found)
    ordered = [row for state in sorted(rows) for row in rows[state]]
    return TurnTable(
        state_arc=np.concatenate([np.arange(graph.arc_count, dtype=np.int32), np.array(extra_arcs, np.int32)]),
        first_row=np.cumsum(counts),
        row_arc=np.array([arc for arc, _ in ordered], np.int32),
        row_state=np.array([state for _, state in ordered], np.int32),
    )


def _build_automaton(bans: Iterable[Sequence[int]]) -> list[_Node]:
    nodes = [_Node(arc=-1)]
    for ban in bans:
        at = 0
        for arc in ban:
            if arc not in nodes[at].children:
                nodes.append(_Node(arc=arc))
                nodes[at].children[arc] = len(nodes) - 1
            at = nodes[at].children[arc]
        nodes[at].is_end = True
    queue = list(nodes[0].children.values())
    for index in queue:  # breadth first: a fallback is always shorter, so it is already final
        for arc, child in nodes[index].children.items():
            nodes[child].fallback = _step(nodes, nodes[index].fallback, arc)
            nodes[child].is_end = nodes[child].is_end or nodes[nodes[child].fallback].is_end
            queue.append(child)
    return nodes


def _step(nodes: list[_Node], at: int, arc: int) -> int:
    while arc not in nodes[at].children:
        if at == 0:
            return 0
        at = nodes[at].fallback
    return nodes[at].children[arc]


def _deep_nodes(nodes: list[_Node]) -> list[int]:
    """Nodes that need a state of their own: at least two arcs seen and the ban not yet broken."""
    shallow = set(nodes[0].children.values())
    return [i for i in range(1, len(nodes)) if i not in shallow and not nodes[i].is_end]


def _rows_of(graph: RoadGraph, nodes: list[_Node], index: int, state_of: dict[int, int]) -> list[tuple[int, int]]:
    """Transitions out of a node that differ from "go to the plain arc"."""
    junction = int(graph.arcs.head[nodes[index].arc])
    rows = []
    for arc in range(int(graph.arcs.first_out[junction]), int(graph.arcs.first_out[junction + 1])):
        reached = _step(nodes, index, arc)
        if nodes[reached].is_end:
            rows.append((arc, BANNED))
        elif reached and state_of[reached] != arc:
            rows.append((arc, state_of[reached]))
    return rows


def is_u_turn(graph: RoadGraph, arc: int, following: int) -> bool:
    """Tell whether `following` drives `arc` back."""
    same = bool(graph.arcs.geometry[arc] == graph.arcs.geometry[following])
    return same and bool(graph.arcs.is_reversed[arc] != graph.arcs.is_reversed[following])
