"""Read a route phrase back into arcs (路线短语解析).

The phrase is a chain of parts, roads and stations. The cheapest way that meets them all in order is taken; between them
only unnamed roads and slip roads may be driven. A cheapest route therefore comes back exactly: it meets its own phrase,
and nothing that does is cheaper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing._kernels import phrase as kernel
from routing.errors import GraphError, RoutingError
from routing.graph import I32, U32, Bool, RoadGraph
from routing.metric import FORBIDDEN, MAX_WEIGHT, Metric
from routing.parts import Path, Place
from routing.phrase import Part, split_phrase
from routing.phrase_words import Words, connectors
from routing.search import Prepared

FOREIGN_FACTOR = 4  # a road the phrase does not name costs so much more, if the phrase leaves gaps
DETOUR_PERMILLE = 1250  # a second way is sought with the first made dearer by this
NEARLY_EQUAL = 1.05  # a second way that costs no more than this times the first makes the phrase ambiguous
SAME_SHARE = 0.9  # unless so much of it is the first way
PLACE_DEG = 0.02  # parts of one road farther apart than about 2 km are different places
ELSEWHERE_COST = 1.5  # a way by a road of the same name elsewhere is a second reading up to this
Masks = list[tuple[Part, Bool]]


class PhraseError(RoutingError):
    """A phrase that cannot be driven.

    Attributes:
        unknown: Parts the network does not know, each with known words that look like it.
    """

    def __init__(self, message: str, unknown: Sequence[tuple[str, tuple[str, ...]]] = ()) -> None:
        super().__init__(message)
        self.unknown = tuple(unknown)


@dataclass(frozen=True, slots=True)
class ParsedPhrase:
    """What a phrase means (短语解析结果).

    Attributes:
        path: The way, with its start and end and its cost in the metric's ms.
        ambiguity: One sentence for each reason to doubt it; empty if it is the only reading.
    """

    path: Path
    ambiguity: tuple[str, ...]


def parse_phrase(
    prepared: Prepared,
    metric: Metric,
    words: Words,
    phrase: str,
    starts: Sequence[Place],
    ends: Sequence[Place],
) -> ParsedPhrase:
    """Find the way a phrase describes.

    Args:
        prepared: The network with its turn bans.
        metric: The weights a route was searched with give the same route back.
        words: Of the same network; made once.
        phrase: As `routing.phrase.make_phrase` writes it, or a person; 起点 and 终点 may be left out.
        starts: Where the route may begin, usually both directions of one road.
        ends: Where it may end.

    Raises:
        PhraseError: A part is unknown to the network (all are told at once), or no way meets the parts in their order.
        GraphError: The phrase has too many parts for this network.
    """
    parts = split_phrase(phrase)
    masks = _masks_of(words, parts)
    doubts = []
    fits, stays = _layers(prepared.graph, masks)
    found = _find(prepared, metric.weight, fits, stays, starts, ends)
    if found is None:
        foreign = ~(fits.any(axis=0) | connectors(prepared.graph))
        weight = _scaled(metric.weight, foreign, FOREIGN_FACTOR * 1000)
        stays = np.ones_like(stays)
        found = _find(prepared, weight, fits, stays, starts, ends)
        if found is None:
            raise PhraseError(f"no way meets the parts of “{phrase}” in this order from this start to this end")
        doubts.append(f"the parts do not join; filled in by the shortest way: {_names_of(words, found, foreign)}")
        metric = Metric(weight)
    doubts += _other_places(prepared, metric.weight, masks, fits, stays, found)
    doubts += _second_way(prepared, metric, words, fits, stays, found)
    return ParsedPhrase(found, tuple(dict.fromkeys(doubts)))


def _masks_of(words: Words, parts: Sequence[Part]) -> Masks:
    found = [(part, words.arcs_of(part)) for part in parts]
    unknown = [(part.text, tuple(words.close_to(part))) for part, mask in found if mask is None]
    if unknown:
        told = [f"“{text}”" + (f" (perhaps {', '.join(close)})" if close else "") for text, close in unknown]
        raise PhraseError(f"the network does not know {'; '.join(told)}", unknown)
    return [(part, mask) for part, mask in found if mask is not None]


def _layers(graph: RoadGraph, masks: Masks) -> tuple[Bool, Bool]:
    """Which arcs meet each part, and which may be driven after it; row 0 is the start."""
    free = connectors(graph)
    fits = np.zeros((len(masks) + 1, graph.arc_count), np.bool_)
    stays = np.zeros_like(fits)
    stays[0] = free
    road = free
    for row, (part, mask) in enumerate(masks, 1):
        fits[row] = mask
        # A station may stand on the road that is left: some of it may follow.
        road = road if part.mark else mask | free
        stays[row] = road
    return fits, stays


def _find(
    prepared: Prepared, weight: U32, fits: Bool, stays: Bool, starts: Sequence[Place], ends: Sequence[Place]
) -> Path | None:
    graph, turns = prepared.graph, prepared.turns
    if len(fits) * len(turns.state_arc) >= 1 << kernel.STATE_BITS:
        raise GraphError(f"a phrase of {len(fits) - 1} parts is too long for this network")
    direct = _direct(graph, weight, fits, starts, ends)
    cost, arcs = kernel.path_through_parts(
        graph.arcs.first_out,
        graph.arcs.head,
        graph.arcs.geometry,
        graph.arcs.is_reversed,
        weight,
        turns.state_arc,
        turns.first_row,
        turns.row_arc,
        turns.row_state,
        fits,
        stays,
        np.array([p.arc for p in starts], np.int32),
        np.array([_share(graph, weight, p.arc, int(graph.arcs.length_mm[p.arc]) - p.at_mm) for p in starts], np.int64),
        np.array([p.arc for p in ends], np.int32),
        np.array([_share(graph, weight, p.arc, p.at_mm) for p in ends], np.int64),
    )
    if direct is not None and (cost < 0 or direct.cost <= cost):
        return direct
    if cost < 0:
        return None
    start = next(p for p in starts if p.arc == arcs[0])
    end = next(p for p in ends if p.arc == arcs[-1])
    return Path(tuple(arcs.tolist()), start, end, int(cost))


def _share(graph: RoadGraph, weight: U32, arc: int, part_mm: int) -> int:
    """Cost of a part of an arc, rounded as `routing.search.query` does."""
    length = int(graph.arcs.length_mm[arc])
    return (int(weight[arc]) * part_mm + length // 2) // length


def _direct(graph: RoadGraph, weight: U32, fits: Bool, starts: Sequence[Place], ends: Sequence[Place]) -> Path | None:
    """Ways that stay on one arc, which must meet every part alone."""
    found = [
        Path((s.arc,), s, e, _share(graph, weight, s.arc, e.at_mm - s.at_mm))
        for s in starts
        for e in ends
        if s.arc == e.arc and s.at_mm <= e.at_mm and weight[s.arc] != FORBIDDEN and fits[1:, s.arc].all()
    ]
    return min(found, key=lambda p: (p.cost, p.arcs), default=None)


def _scaled(weight: U32, arcs: Bool, permille: int) -> U32:
    dearer = np.minimum(weight.astype(np.int64) * permille // 1000, MAX_WEIGHT).astype(np.uint32)
    return np.where(arcs & (weight != FORBIDDEN), dearer, weight)


def _names_of(words: Words, path: Path, chosen: Bool) -> str:
    graph = words.graph
    arcs = [arc for arc in path.arcs if chosen[arc]]
    labels = [graph.strings[int(graph.arcs.ref[a])] or graph.strings[int(graph.arcs.name[a])] for a in arcs]
    return ", ".join(dict.fromkeys(filter(None, labels)))


def _places_of(graph: RoadGraph, mask: Bool) -> I32:
    """Number the places of a road that lie far from each other, int32[arcs], -1 off the road."""
    arcs = np.flatnonzero(mask)
    ends = np.concatenate([graph.arcs.tail[arcs], graph.arcs.head[arcs]])
    degrees = np.stack([graph.nodes.lon_deg[ends], graph.nodes.lat_deg[ends]])
    cells, cell = np.unique(np.floor(degrees / PLACE_DEG).astype(np.int64), axis=1, return_inverse=True)
    cell = cell.ravel()
    count = cells.shape[1]
    neighbours = np.nonzero((np.abs(cells[:, :, None] - cells[:, None, :]) <= 1).all(axis=0))
    pairs = (np.append(neighbours[0], cell[: len(arcs)]), np.append(neighbours[1], cell[len(arcs) :]))
    _, place = connected_components(coo_array((np.ones(len(pairs[0])), pairs), shape=(count, count)), directed=False)
    found = np.full(graph.arc_count, -1, np.int32)
    found[arcs] = place[cell[: len(arcs)]]
    return found


def _other_places(prepared: Prepared, weight: U32, masks: Masks, fits: Bool, stays: Bool, path: Path) -> list[str]:
    """Tell which name could also mean a road of that name elsewhere, without a long detour."""
    doubts = []
    for row, (part, mask) in enumerate(masks, 1):
        places = _places_of(prepared.graph, mask)
        count = int(places.max()) + 1
        if not part.text or count == 1:
            continue
        elsewhere = fits.copy()
        elsewhere[row] &= ~np.isin(places, places[list(path.arcs)])
        other = _find(prepared, weight, elsewhere, stays, [path.start], [path.end])
        if other is not None and other.cost <= ELSEWHERE_COST * path.cost:
            doubts.append(f"“{part.text}” occurs in {count} places apart, of which another could be meant")
    return doubts


def _second_way(prepared: Prepared, metric: Metric, words: Words, fits: Bool, stays: Bool, path: Path) -> list[str]:
    """Tell where another way that meets the phrase costs nearly the same."""
    graph, weight = prepared.graph, metric.weight
    used = np.zeros(graph.arc_count, np.bool_)
    used[list(path.arcs[1:-1])] = True
    other = _find(prepared, _scaled(weight, used, DETOUR_PERMILLE), fits, stays, [path.start], [path.end])
    if other is None or len(other.arcs) == 1:
        return []
    cost = sum(int(weight[arc]) for arc in other.arcs[1:-1])
    first_cost = sum(int(weight[arc]) for arc in path.arcs[1:-1])
    inner = sum(int(graph.arcs.length_mm[arc]) for arc in other.arcs[1:-1])
    shared = sum(int(graph.arcs.length_mm[arc]) for arc in other.arcs[1:-1] if used[arc])
    if cost > NEARLY_EQUAL * first_cost or shared >= SAME_SHARE * inner:
        return []
    differing = np.zeros(graph.arc_count, np.bool_)
    differing[list(other.arcs[1:-1])] = True
    names = _names_of(words, other, differing & ~used)
    return [f"another way costs nearly the same, by {names or 'unnamed roads'}"]
