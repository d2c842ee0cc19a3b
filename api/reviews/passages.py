"""Counties along a route (途经区划) and who decides (管辖)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from api.reviews.network import OpenNetwork
from routing.columns import ArcFlag, RoadClass
from routing.graph import RoadGraph
from routing.path import Piece, metres
from routing.phrase import refs_of, road_label
from rules.divisions import DivisionPassage

# No source here names the operators; the road tells the office whom to ask.
OPERATOR = "{road}经营单位"
UNNAMED_TOLL_ROAD = "收费公路"
EXPRESSWAY_CLASSES = {RoadClass.MOTORWAY, RoadClass.MOTORWAY_LINK}


@dataclass(frozen=True, slots=True)
class _Stretch:
    code: int
    enter_mm: int
    length_mm: int
    is_expressway: bool
    street_mm: int
    is_near_border: bool
    toll_roads: tuple[str, ...] = ()


def passages_of(network: OpenNetwork, pieces: Sequence[Piece]) -> list[DivisionPassage]:
    """Stretches of a route by county, in travel order; a county left and entered again stands there twice."""
    joined: list[_Stretch] = []
    for stretch in (part for piece in pieces for part in _split(network.graph, piece)):
        if joined and joined[-1].code == stretch.code:
            before = joined[-1]
            joined[-1] = replace(
                before,
                length_mm=before.length_mm + stretch.length_mm,
                is_expressway=before.is_expressway and stretch.is_expressway,
                street_mm=before.street_mm + stretch.street_mm,
                is_near_border=before.is_near_border or stretch.is_near_border,
                toll_roads=tuple(dict.fromkeys(before.toll_roads + stretch.toll_roads)),
            )
        else:
            joined.append(stretch)
    has_names = any(stretch.code for stretch in joined)
    return [
        DivisionPassage(
            code=f"{stretch.code:06d}" if stretch.code else None,
            name=(network.divisions.name_of(stretch.code) or "") if has_names and stretch.code else "",
            enter_m=metres(stretch.enter_mm),
            length_m=metres(stretch.enter_mm + stretch.length_mm) - metres(stretch.enter_mm),
            expressway_only=stretch.is_expressway,
            city_street_m=metres(stretch.street_mm),
            near_border=stretch.is_near_border,
            toll_operators=tuple(OPERATOR.format(road=road) for road in stretch.toll_roads),
        )
        for stretch in joined
    ]


def _split(graph: RoadGraph, piece: Piece) -> list[_Stretch]:
    """Cut a piece where its arc crosses a county line."""
    first, end = np.searchsorted(graph.border_crossings.arc, (piece.arc, piece.arc + 1))
    crossings = [(int(graph.border_crossings.at_mm[row]), row) for row in range(int(first), int(end))]
    code = (
        int(graph.border_crossings.from_code[crossings[0][1]]) if crossings else int(graph.arcs.county_code[piece.arc])
    )
    is_street = bool(graph.arcs.flags[piece.arc] & ArcFlag.URBAN)
    is_near = bool(graph.arcs.border_county_code[piece.arc])
    is_expressway = RoadClass(int(graph.arcs.road_class[piece.arc])) in EXPRESSWAY_CLASSES
    toll_roads = (_toll_road(graph, piece.arc),) if graph.arcs.flags[piece.arc] & ArcFlag.TOLL else ()
    stretches: list[_Stretch] = []
    start = piece.from_mm
    for at, row in [*crossings, (piece.to_mm, -1)]:
        end = min(max(at, start), piece.to_mm)
        if end > start or (row < 0 and not stretches):
            at_route = piece.begins_at_mm + start - piece.from_mm
            street = end - start if is_street else 0
            stretches.append(_Stretch(code, at_route, end - start, is_expressway, street, is_near, toll_roads))
            start = end
        if row >= 0:
            code = int(graph.border_crossings.to_code[row])
    return stretches


def _toll_road(graph: RoadGraph, arc: int) -> str:
    """Number and name of a toll road, as people know it."""
    refs = refs_of(graph.strings[int(graph.arcs.ref[arc])])
    name = graph.strings[int(graph.arcs.name[arc])]
    return road_label(refs[0] if refs else "", name) or UNNAMED_TOLL_ROAD


def divisions_json(passages: Sequence[DivisionPassage]) -> list[dict[str, Any]]:
    """Passages as the exchange format has them; roads outside every known county are left out."""
    return [
        {
            "code": passage.code,
            "name": passage.name,
            "enter_m": passage.enter_m,
            "length_m": passage.length_m,
            "near_border": passage.near_border,
        }
        for passage in passages
        if passage.code is not None
    ]
