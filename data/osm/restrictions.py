"""Turn restriction relations (转向限制) into forbidden sequences of arcs.

``no_*`` forbids one way on; ``only_*`` is turned into the ways on that it forbids, at the via node or at every node
along the via ways. A U-turn on the spot is left out of ``only_*``: the search never makes one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from data.osm.conditional import parse_conditional
from data.osm.objects import Relation, Tags
from routing.graph import I32

_HEAVY = frozenset({"hgv", "hgv_articulated", "goods", "motor_vehicle", "vehicle"})
# Which key speaks for a heavy vehicle, the most specific first.
_VEHICLES = (":hgv", ":goods", ":motor_vehicle", ":vehicle", "")
_MAX_VIA_ARCS = 100


@dataclass(frozen=True, slots=True)
class TurnRule:
    """What a restriction says to a heavy vehicle: its value ("no_left_turn") and when it holds ("" is always)."""

    value: str
    condition: str


@dataclass(frozen=True, slots=True)
class ArcIndex:
    """How restrictions find arcs.

    Attributes:
        way_arcs: Arcs of each way that a restriction names.
        tail: Node of each arc's start, head: of its end.
        twin: The same piece in the other direction, -1 if there is none.
        leaving: Arcs that leave a node.
        find_node: Graph node of an OSM id, -1 if the network has none.
    """

    way_arcs: Mapping[int, Sequence[int]]
    tail: I32
    head: I32
    twin: I32
    leaving: Callable[[int], Sequence[int]]
    find_node: Callable[[int], int]


@dataclass(slots=True)
class Bans:
    """Forbidden sequences with their condition and source, and what could not be used."""

    sequences: list[tuple[tuple[int, ...], str, str]] = field(default_factory=list)
    rejected: dict[str, list[int]] = field(default_factory=dict)
    used: int = 0


def read_rules(tags: Tags) -> tuple[list[TurnRule], str]:
    """What a restriction relation says to heavy vehicles.

    Returns:
        The rules, and the reason if there are none.
    """
    exempt = {part.strip() for part in tags.get("except", "").replace(",", ";").split(";")}
    if exempt & _HEAVY:
        return [], "does not hold for heavy vehicles (except)"
    stem = tags.get("type", "restriction").removeprefix("restriction")
    if stem and stem not in _VEHICLES:
        return [], f"is for other vehicles ({tags['type']})"
    value = next((tags[f"restriction{key}"] for key in _VEHICLES if f"restriction{key}" in tags), "")
    rules = [TurnRule(value.strip(), "")] if value else []
    clauses = [one for key in _VEHICLES for one in parse_conditional(tags.get(f"restriction{key}:conditional", ""))]
    # A clause that cannot be taken apart keeps its whole text as condition, which then cannot be ruled out.
    rules += [
        TurnRule(clause.value or _guess_value(clause.condition), clause.condition)
        for clause in clauses
        if clause.value != "none" and not (value and clause.value == value)
    ]
    if not rules:
        others = sorted(key for key in tags if key.startswith("restriction"))
        return [], f"is for other vehicles ({', '.join(others)})" if others else "has no restriction tag"
    return rules, ""


def _guess_value(text: str) -> str:
    return next((word for word in text.replace("@", " ").split() if word.startswith(("no_", "only_"))), text)


def find_bans(relations: Sequence[Relation], index: ArcIndex) -> Bans:
    """Forbidden sequences of all restrictions, in the order of the relations."""
    bans = Bans()
    for relation in relations:
        rules, reason = read_rules(relation.tags)
        before = len(bans.sequences)
        for rule in rules:
            if rule.value.startswith(("no_", "only_")):
                found, reason = _sequences(relation, rule, index)
                source = f"osm:relation/{relation.relation_id} {rule.value}"
                bans.sequences += [(sequence, rule.condition, source) for sequence in found]
            else:
                reason = f"has a value that is not understood: {rule.value!r}"
        if len(bans.sequences) > before:
            bans.used += 1
        else:
            bans.rejected.setdefault(f"relation {reason}", []).append(relation.relation_id)
    return bans


def _sequences(relation: Relation, rule: TurnRule, index: ArcIndex) -> tuple[list[tuple[int, ...]], str]:
    roles: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
    for kind, ref, role in relation.members:
        if role in roles:
            roles[role].append((kind, ref))
    fault = _find_fault(roles)
    if fault:
        return [], fault
    from_arcs = [arc for _, way in roles["from"] for arc in index.way_arcs.get(way, ())]
    to_arcs = {arc for _, way in roles["to"] for arc in index.way_arcs.get(way, ())}
    if not from_arcs or not to_arcs:
        return [], "names a road that is not in the network"
    via_ways = [way for kind, way in roles["via"] if kind == "w"]
    chains: list[tuple[int, ...]]
    if via_ways:
        chains = list(_chains(from_arcs, [set(index.way_arcs.get(way, ())) for way in via_ways], to_arcs, index))
    else:
        via = {index.find_node(node) for _, node in roles["via"]}
        chains = [(arc,) for arc in from_arcs if index.head[arc] in via]
    is_u_turn = {ref for _, ref in roles["from"]} == {ref for _, ref in roles["to"]}
    if not any(arc in to_arcs for chain in chains for arc in index.leaving(int(index.head[chain[-1]]))):
        return [], "has members that do not meet in the direction of traffic"
    found = _forbid(chains, to_arcs, index, only=rule.value.startswith("only_"), is_u_turn=is_u_turn)
    return found, "" if found else "forbids nothing that is possible anyway"


def _find_fault(roles: Mapping[str, Sequence[tuple[str, int]]]) -> str:
    missing = [role for role, members in roles.items() if not members]
    if missing:
        return f"has no member {' and no member '.join(missing)}"
    if any(kind != "w" for role in ("from", "to") for kind, _ in roles[role]):
        return "has a from or to member that is not a way"
    kinds = {kind for kind, _ in roles["via"]}
    if "r" in kinds or (kinds == {"n"} and len(roles["via"]) > 1):
        return "has several via nodes, or a via member that is a relation"
    return ""


def _chains(
    from_arcs: Sequence[int], via: Sequence[set[int]], to_arcs: set[int], index: ArcIndex
) -> Iterator[tuple[int, ...]]:
    """Paths from a from arc through every via way to a node where a to arc leaves (or, lacking one, where via ends)."""
    exits = {int(index.tail[arc]) for arc in to_arcs}
    for first in from_arcs:
        stack: list[tuple[int, ...]] = [(first,)]
        while stack:
            path = stack.pop()
            visited = {int(index.head[arc]) for arc in path}
            if len(path) > 1 and index.head[path[-1]] in exits and all(ways & set(path) for ways in via):
                yield path
                continue
            if len(path) > _MAX_VIA_ARCS:
                continue
            following = [arc for ways in via for arc in sorted(ways) if index.tail[arc] == index.head[path[-1]]]
            stack += [(*path, arc) for arc in reversed(following) if index.head[arc] not in visited]


def _forbid(
    chains: Sequence[tuple[int, ...]], to_arcs: set[int], index: ArcIndex, *, only: bool, is_u_turn: bool
) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for chain in chains:
        last = chain[-1]
        leaving = list(index.leaving(int(index.head[last])))
        if not only:
            # Back onto the same road: only the turn itself is meant, not driving on along that road.
            wanted = {int(index.twin[last])} if is_u_turn and len(chain) == 1 else to_arcs
            found += [(*chain, arc) for arc in leaving if arc in wanted]
        elif not to_arcs.isdisjoint(leaving):
            found += [(*chain, arc) for arc in leaving if arc not in to_arcs and arc != index.twin[last]]
            for at in range(1, len(chain)):
                before, after = chain[:at], chain[at]
                others = index.leaving(int(index.head[before[-1]]))
                found += [(*before, arc) for arc in others if arc not in (after, index.twin[before[-1]])]
    return list(dict.fromkeys(found))
