"""What the map says of a road or a structure (路段与构造物的资料): limits, what they rest on, where that stands.

What a bridge can bear is said only to those who may know it; everybody else reads that it is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.accounts.authorise import may
from api.accounts.permissions import Action, Relation
from api.unit_of_work import Actor
from maps.tiles_places import basis_of, is_open_limit, limit_text
from routing.columns import LimitState, Quantity
from routing.graph import I64, RoadGraph

Point = tuple[float, float]
_PROVINCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class LimitFact:
    """One stated limit (限值).

    Attributes:
        quantity: Name of a `routing.columns.Quantity`.
        basis: posted, measured, inventory, assumed or unknown.
        text: The number with its unit, the name of an access; None where nothing usable is stated.
        source: Where it stands.
        condition: When it holds; empty for always.
        structure: Name of the structure it belongs to, empty without.
    """

    quantity: str
    basis: str
    text: str | None
    source: str
    condition: str
    structure: str


@dataclass(frozen=True, slots=True)
class BridgeFact:
    """What the inventory says of a deck (桥梁台账)."""

    spans: str
    design_load: str
    condition: int | None
    rated_on: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of facts: a label of the catalogue, then texts and words of the catalogue in their order."""

    label: str
    texts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one thing on the map.

    Attributes:
        kind: ``road``, or the kind of structure.
        title: Its name or number; empty if it has none.
        place: Where the map flies to, longitude and latitude.
        lines: To be drawn, in degrees; empty for a structure.
        rows: Lines of facts.
        limits: What is stated.
        closures: What closes or limits it besides, in words.
        bridges: From the inventory, for those who may know.
        hides_capacity: Whether an inventory says more than is shown here.
    """

    kind: str
    title: str
    place: Point
    lines: tuple[tuple[Point, ...], ...]
    rows: tuple[Row, ...]
    limits: tuple[LimitFact, ...]
    closures: tuple[str, ...] = ()
    bridges: tuple[BridgeFact, ...] = ()
    hides_capacity: bool = False


def may_know_capacity(actor: Actor, county_code: int) -> bool:
    """Whether somebody may know what the bridges of a county can bear."""
    same_province = actor.province is not None and actor.province == f"{county_code // _PROVINCE:02d}"
    relation = Relation(same_province=same_province, is_province_level=actor.body_level == "province")
    return may(actor, Action.READ_CAPACITY, relation)


def limit_facts(graph: RoadGraph, rows: I64, *, with_capacity: bool) -> tuple[tuple[LimitFact, ...], bool]:
    """Limits in words, each once, and whether some were left out because they tell what a bridge can bear."""
    shown = rows if with_capacity else rows[is_open_limit(graph)[rows]]
    facts = dict.fromkeys(_limit_fact(graph, int(row)) for row in shown)
    return tuple(facts), len(shown) < len(rows)


def _limit_fact(graph: RoadGraph, row: int) -> LimitFact:
    table, texts, structures = graph.limits, graph.strings, graph.structures
    quantity = Quantity(int(table.quantity[row]))
    is_number = table.state[row] == LimitState.NUMBER
    structure = int(table.structure[row])
    return LimitFact(
        quantity=quantity.label,
        basis=basis_of(graph, row),
        text=limit_text(quantity, int(table.value[row])) if is_number else None,
        source=texts[int(table.source[row])],
        condition=texts[int(table.condition[row])],
        structure=texts[int(structures.name[structure])] if structure >= 0 else "",
    )


def bridge_facts(graph: RoadGraph, rows: Sequence[int]) -> tuple[BridgeFact, ...]:
    """Decks of the inventory in words."""
    table, texts = graph.bridges, graph.strings
    return tuple(
        BridgeFact(
            spans=texts[int(table.spans[row])],
            design_load=texts[int(table.design_load[row])],
            condition=int(table.condition[row]) or None,
            rated_on=_date(int(table.rated_on[row])),
        )
        for row in rows
    )


def bridges_of(graph: RoadGraph, arcs: I64, structures: I64) -> list[int]:
    """Decks that arcs drive over, or that are one of the structures."""
    on = graph.arc_bridges.bridge[np.isin(graph.arc_bridges.arc, arcs)]
    own = np.flatnonzero(np.isin(graph.bridges.structure, structures))
    found: list[int] = np.union1d(on, own).astype(np.int64).tolist()
    return found


def _date(number: int) -> str:
    return f"{number // 10_000}-{number // 100 % 100:02d}-{number % 100:02d}" if number else ""
