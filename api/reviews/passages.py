"""Counties along a route (途经区划), and the roads it takes in each (管理路段)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

import numpy as np

from api.reviews.network import OpenNetwork
from routing.columns import ArcFlag, RoadClass, TechnicalGrade
from routing.graph import RoadGraph
from routing.path import Piece, metres
from routing.phrase import refs_of, road_label
from rules.divisions import DivisionPassage
from rules.management import RoadKind, RoadStretch

# Where no road table names the operator, the road tells the office whom to ask.
OPERATOR: Final = "{road}经营单位"
UNNAMED_TOLL_ROAD: Final = "收费公路"
EXPRESSWAY_CLASSES: Final = (RoadClass.MOTORWAY, RoadClass.MOTORWAY_LINK)
_KIND_OF_LETTER: Final[dict[str, RoadKind]] = {
    "G": "trunk_highway",
    "S": "trunk_highway",
    "X": "county_road",
    "Y": "county_road",
    "Z": "county_road",
    "C": "county_road",
}
# GB/T 917; the first kind in this order that a road carries names it: a national road that shares its way with a
# county road is a national road.
_NUMBER: Final = re.compile(r"[GSXYZC]\d{1,4}")
_ORDER: Final = "GSXYZC"


@dataclass(frozen=True, slots=True)
class _Part:
    """A driven part of one arc in one county."""

    code: int
    enter_mm: int
    length_mm: int
    kind: RoadKind
    number: str
    name: str
    owner: str
    is_toll: bool
    is_built_up: bool
    is_near_border: bool

    @property
    def road(self) -> tuple[object, ...]:
        """Parts with equal roads that follow each other are one stretch."""
        return self.code, self.kind, self.number, self.name, self.owner, self.is_toll, self.is_built_up

    @property
    def operator(self) -> str:
        """Who collects the toll; on an expressway the owner even where the map states no toll."""
        if not self.is_toll and not (self.kind == "expressway" and self.owner):
            return ""
        return self.owner or OPERATOR.format(road=road_label(self.number, self.name) or UNNAMED_TOLL_ROAD)


def passages_of(network: OpenNetwork, pieces: Sequence[Piece]) -> list[DivisionPassage]:
    """Stretches of a route by county, in travel order; a county left and entered again stands there twice."""
    parts = _adopt_ramps([part for piece in pieces for part in _split(network.graph, piece)])
    has_names = any(part.code for part in parts)
    return [_passage(network, list(run), has_names=has_names) for _, run in groupby(parts, key=lambda part: part.code)]


def _passage(network: OpenNetwork, parts: Sequence[_Part], *, has_names: bool) -> DivisionPassage:
    code = parts[0].code
    enter_m, length_m = _extent(parts)
    roads = [_stretch(list(run)) for _, run in groupby(parts, key=lambda part: part.road)]
    return DivisionPassage(
        code=_code_text(code),
        name=network.county_name(code) if has_names and code else "",
        enter_m=enter_m,
        length_m=length_m,
        expressway_only=all(part.kind == "expressway" for part in parts),
        city_street_m=metres(sum(part.length_mm for part in parts if part.kind == "city_street")),
        near_border=any(part.is_near_border for part in parts),
        toll_operators=tuple(dict.fromkeys(part.operator for part in parts if part.operator)),
        roads=tuple(road for road in roads if road.length_m) or tuple(roads[:1]),
    )


def _stretch(parts: Sequence[_Part]) -> RoadStretch:
    part = parts[0]
    enter_m, length_m = _extent(parts)
    return RoadStretch(
        code=_code_text(part.code),
        enter_m=enter_m,
        length_m=length_m,
        kind=part.kind,
        number=part.number,
        name=part.name,
        owner=part.owner,
        operator=part.operator,
        built_up=part.is_built_up,
    )


def _extent(parts: Sequence[_Part]) -> tuple[int, int]:
    """Where a run of parts begins and how long it is, in metres that add up."""
    enter_m = metres(parts[0].enter_mm)
    return enter_m, metres(parts[-1].enter_mm + parts[-1].length_mm) - enter_m


def _code_text(code: int) -> str | None:
    return f"{code:06d}" if code else None


def _split(graph: RoadGraph, piece: Piece) -> Iterator[_Part]:
    """Cut a piece where its arc crosses a county line."""
    part = _part_of(graph, piece)
    first, end = np.searchsorted(graph.border_crossings.arc, (piece.arc, piece.arc + 1))
    crossings = [(int(graph.border_crossings.at_mm[row]), row) for row in range(int(first), int(end))]
    code = int(graph.border_crossings.from_code[crossings[0][1]]) if crossings else part.code
    start = piece.from_mm
    is_empty = True
    for at, row in [*crossings, (piece.to_mm, -1)]:
        stop = min(max(at, start), piece.to_mm)
        if stop > start or (row < 0 and is_empty):
            enter_mm = piece.begins_at_mm + start - piece.from_mm
            yield replace(part, code=code, enter_mm=enter_mm, length_mm=stop - start)
            start, is_empty = stop, False
        if row >= 0:
            code = int(graph.border_crossings.to_code[row])


def _part_of(graph: RoadGraph, piece: Piece) -> _Part:
    """The whole piece, in the county that holds most of its arc."""
    arcs, arc = graph.arcs, piece.arc
    flags = int(arcs.flags[arc])
    built_up = bool(flags & ArcFlag.URBAN)
    kind, number = _kind_of(graph, arc, is_built_up=built_up)
    return _Part(
        code=int(arcs.county_code[arc]),
        enter_mm=piece.begins_at_mm,
        length_mm=piece.length_mm,
        kind=kind,
        number=number,
        name=graph.strings[int(arcs.name[arc])],
        owner=_owner(graph, arc),
        is_toll=bool(flags & ArcFlag.TOLL),
        is_built_up=built_up,
        is_near_border=bool(arcs.border_county_code[arc]),
    )


def _kind_of(graph: RoadGraph, arc: int, *, is_built_up: bool) -> tuple[RoadKind, str]:
    """Kind of road and the number that names it: expressways by class, others by number, then by where they are."""
    refs = refs_of(graph.strings[int(graph.arcs.ref[arc])])
    is_expressway = RoadClass(int(graph.arcs.road_class[arc])) in EXPRESSWAY_CLASSES
    if is_expressway or int(graph.arcs.technical_grade[arc]) == TechnicalGrade.EXPRESSWAY:
        return "expressway", refs[0] if refs else ""
    numbers = sorted((ref for ref in refs if _NUMBER.fullmatch(ref)), key=lambda ref: _ORDER.index(ref[0]))
    if numbers:
        return _KIND_OF_LETTER[numbers[0][0]], numbers[0]
    return "city_street" if is_built_up else "unnumbered", refs[0] if refs else ""


def _owner(graph: RoadGraph, arc: int) -> str:
    """管养单位 that the road table names for an arc, empty if none."""
    records = graph.road_records
    row = int(np.searchsorted(records.arc, arc))
    is_there = row < len(records.arc) and int(records.arc[row]) == arc
    return graph.strings[int(records.owner[row])] if is_there else ""


def _adopt_ramps(parts: Sequence[_Part]) -> list[_Part]:
    """Where road tables skip a ramp or a gap: the owner of the expressway it comes from, else of the next one."""
    found = list(parts)
    for order in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for place in order:
            part, beside = found[place], found[place + step]
            is_open = part.kind == beside.kind == "expressway" and not part.owner
            if is_open and beside.owner and part.number in {"", beside.number}:
                found[place] = replace(part, owner=beside.owner)
    return found


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
