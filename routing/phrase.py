"""A route in words (路线短语): 起点—长沙站(入)—G4京港澳高速—湘潭站(出)—S326—终点.

A road keeps its leg as long as its number stays, whatever its local names; without a number, as long as its name stays.
Unnamed slip roads and short unnamed pieces are left out. `routing.phrase_parser` reads the words back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from routing.columns import ArcFlag, RoadClass, Role, StructureKind
from routing.graph import RoadGraph
from routing.path import Piece
from routing.stakes import stake_at

SEPARATOR = "—"
START, END, UNNAMED = "起点", "终点", "无名路"
ENTER, EXIT = "入", "出"
SHORTEST_UNNAMED_MM = 200_000  # a shorter unnamed piece is not written
_STAKES = re.compile(r" K\d+\+\d{3}~K\d+\+\d{3}$")
_MARK = re.compile(rf"[(（][{ENTER}{EXIT}][)）]$")


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a route under one road number or name (路段区间).

    Attributes:
        ref: Road number, the first of several; empty if the road has none.
        name: Road name, the one that most of the leg bears; empty if it has none.
        first: Place of its first piece in the route.
        last: Place of its last piece.
        length_mm: Driven between these two.
        enter: Toll station or interchange where it is entered (入口), empty if none is known or needed.
        exit: The same where it is left (出口).
        stake_from: Stake where it begins (桩号) in metres, None if not known.
        stake_to: Stake where it ends.
    """

    ref: str
    name: str
    first: int
    last: int
    length_mm: int
    enter: str = ""
    exit: str = ""
    stake_from: int | None = None
    stake_to: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """Return the leg as it stands in a review."""
        return {
            "ref": self.ref or None,
            "name": self.name or None,
            "length_m": round(self.length_mm / 1000),
            "enter": self.enter or None,
            "exit": self.exit or None,
            "stake_from": None if self.stake_from is None else stake_text(self.stake_from),
            "stake_to": None if self.stake_to is None else stake_text(self.stake_to),
        }


@dataclass(slots=True)
class _Run:
    """Consecutive pieces under one key; an empty ref and name is an unnamed road."""

    ref: str
    name: str
    pieces: list[int] = field(default_factory=list)


def refs_of(text: str) -> list[str]:
    """Split the numbers of a road, "G4;G5", in their order."""
    return [ref for part in text.split(";") if (ref := part.strip())]


def legs_of(graph: RoadGraph, pieces: Sequence[Piece], *, shortest_unnamed_mm: int = SHORTEST_UNNAMED_MM) -> list[Leg]:
    """Divide a route into legs.

    Args:
        graph: The network.
        pieces: The route in travel order, one piece at least.
        shortest_unnamed_mm: An unnamed piece shorter than this belongs to no leg.

    Returns:
        The legs in travel order, one at least. Pieces between two legs belong to none.
    """
    runs = list(_runs(graph, pieces))
    kept = [run for run in runs if run.ref or run.name or _is_worth_naming(graph, pieces, run, shortest_unnamed_mm)]
    if not kept:
        kept = [_Run("", "", list(range(len(pieces))))]
    kept = _merged(kept)
    legs = [_with_stakes(graph, pieces, _leg(graph, pieces, run)) for run in kept]
    return _with_stations(graph, pieces, legs)


def _runs(graph: RoadGraph, pieces: Sequence[Piece]) -> Iterator[_Run]:
    run: _Run | None = None
    for place, piece in enumerate(pieces):
        refs = refs_of(graph.strings[int(graph.arcs.ref[piece.arc])])
        name = graph.strings[int(graph.arcs.name[piece.arc])]
        goes_on = run is not None and (run.ref in refs if run.ref else not refs and run.name == name)
        if run is None or not goes_on:
            if run is not None:
                yield run
            run = _Run(refs[0], "") if refs else _Run("", name)
        run.pieces.append(place)
    if run is not None:
        yield run


def _is_worth_naming(graph: RoadGraph, pieces: Sequence[Piece], run: _Run, shortest_mm: int) -> bool:
    own_road = [p for p in run.pieces if not graph.arcs.flags[pieces[p].arc] & ArcFlag.LINK]
    return sum(pieces[p].length_mm for p in own_road) >= shortest_mm


def _merged(runs: Sequence[_Run]) -> list[_Run]:
    """Join runs of one road with nothing worth naming between them."""
    return [
        _Run(key[0], key[1], [place for run in group for place in run.pieces])
        for key, group in groupby(runs, key=lambda run: (run.ref, run.name))
    ]


def _leg(graph: RoadGraph, pieces: Sequence[Piece], run: _Run) -> Leg:
    first, last = run.pieces[0], run.pieces[-1]
    length = sum(piece.length_mm for piece in pieces[first : last + 1])
    name = run.name
    if run.ref:
        lengths: dict[str, int] = {}
        for place in run.pieces:
            text = graph.strings[int(graph.arcs.name[pieces[place].arc])]
            lengths[text] = lengths.get(text, 0) + pieces[place].length_mm
        name = max(sorted(lengths), key=lengths.__getitem__)
    return Leg(run.ref, name, first, last, length)


def _with_stakes(graph: RoadGraph, pieces: Sequence[Piece], leg: Leg) -> Leg:
    """Write from which stake to which a leg runs, if both are known."""
    first, last = pieces[leg.first], pieces[leg.last]
    start, end = stake_at(graph, first.arc, first.from_mm), stake_at(graph, last.arc, last.to_mm)
    if not leg.ref or start is None or end is None:
        return leg
    return replace(leg, stake_from=start, stake_to=end)


def _with_stations(graph: RoadGraph, pieces: Sequence[Piece], legs: Sequence[Leg]) -> list[Leg]:
    """Write where controlled roads are entered and left, each station once."""
    found = list(legs)
    controlled = [_is_controlled(graph, pieces, leg) for leg in legs]
    told = _station(graph, pieces[: legs[0].first + 1]) if controlled[0] else ""
    found[0] = replace(found[0], enter=told)
    for i, (leg, following) in enumerate(pairwise(legs)):
        between = pieces[leg.last : following.first + 1]
        told = exit_ = _station(graph, between, told) if controlled[i] else ""
        found[i] = replace(found[i], exit=exit_)
        if controlled[i + 1] and not exit_:
            told = _station(graph, between)
            found[i + 1] = replace(found[i + 1], enter=told)
    if controlled[-1]:
        found[-1] = replace(found[-1], exit=_station(graph, pieces[found[-1].last :], told))
    return found


def _is_controlled(graph: RoadGraph, pieces: Sequence[Piece], leg: Leg) -> bool:
    """Whether most of a leg is motorway or tolled."""
    arcs = graph.arcs
    length = sum(
        piece.length_mm
        for piece in pieces[leg.first : leg.last + 1]
        if arcs.road_class[piece.arc] == RoadClass.MOTORWAY or arcs.flags[piece.arc] & ArcFlag.TOLL
    )
    return 2 * length > leg.length_mm


def _station(graph: RoadGraph, pieces: Sequence[Piece], besides: str = "") -> str:
    """Name of the first station passed on some pieces, but for one already told; toll stations before interchanges."""
    kinds: dict[int, str] = {}
    for piece in pieces:
        for kind, name, at in stations_of(graph, piece.arc):
            if piece.from_mm <= at <= piece.to_mm and name != besides:
                kinds.setdefault(kind, name)
    return kinds.get(StructureKind.TOLL_STATION, kinds.get(StructureKind.INTERCHANGE, ""))


def stations_of(graph: RoadGraph, arc: int) -> Iterator[tuple[int, str, int]]:
    """Kind, name and place in mm of the named toll stations and interchanges on an arc."""
    met, structures = graph.arc_structures, graph.structures
    for row in range(int(met.first_out[arc]), int(met.first_out[arc + 1])):
        structure = int(met.structure[row])
        kind, name = int(structures.kind[structure]), int(structures.name[structure])
        if name and met.role[row] == Role.THROUGH and kind in (StructureKind.TOLL_STATION, StructureKind.INTERCHANGE):
            yield kind, graph.strings[name], int(met.at_mm[row])


def make_phrase(legs: Iterable[Leg]) -> str:
    """Write legs as a phrase."""
    parts = [START]
    for leg in legs:
        parts += [f"{escape(leg.enter)}({ENTER})"] if leg.enter else []
        parts.append(leg_text(leg))
        parts += [f"{escape(leg.exit)}({EXIT})"] if leg.exit else []
    return SEPARATOR.join([*parts, END])


def leg_text(leg: Leg) -> str:
    """Write one road: number, name, stakes."""
    text = escape(road_label(leg.ref, leg.name)) if leg.ref or leg.name else UNNAMED
    if leg.stake_from is None or leg.stake_to is None:
        return text
    return f"{text} {stake_text(leg.stake_from)}~{stake_text(leg.stake_to)}"


def road_label(ref: str, name: str) -> str:
    """Join number and name: "G4京港澳高速", "B 37 Bergheimer Straße"."""
    if ref and name and name[0].isascii():
        return f"{ref} {name}"
    return ref + name


def stake_text(stake_m: int) -> str:
    """Write a stake: 12300 is K12+300."""
    return f"K{stake_m // 1000}+{stake_m % 1000:03d}"


def escape(name: str) -> str:
    r"""Mark with a backslash what would be read as part of the phrase: ``—``, ``\``, a last (入) or (出), stakes."""
    text = name.replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}")
    marked = _MARK.search(text) or _STAKES.search(text)
    if marked:
        at = marked.start() + text[marked.start()].isspace()
        text = f"{text[:at]}\\{text[at:]}"
    return f"\\{text}" if text == UNNAMED else text


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a phrase between two dashes.

    Attributes:
        text: Without escapes and marks; empty for an unnamed road.
        mark: `ENTER` or `EXIT` for a station, empty for a road.
    """

    text: str
    mark: str = ""


def split_phrase(phrase: str) -> list[Part]:
    """Take a phrase apart; start, end, stakes and empty parts are left out."""
    pieces = re.findall(rf"(?:\\.|[^\\{SEPARATOR}])+|\\$", phrase.strip())
    texts = [text for piece in pieces if (text := piece.strip())]
    texts = texts[texts[:1] == [START] :]
    if texts[-1:] == [END]:
        texts.pop()
    return [_part(text) for text in texts]


def _part(text: str) -> Part:
    if text == UNNAMED:
        return Part("")
    mark = _MARK.search(text)
    before = text[: mark.start()] if mark else ""
    if mark and (len(before) - len(before.rstrip("\\"))) % 2 == 0:
        return Part(_unescape(before), mark.group()[1])
    return Part(_unescape(_STAKES.sub("", text)))


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
