"""First and last arcs priced by the part that is driven, against trying every walk."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.graph import RoadGraph
from routing.metric import FORBIDDEN, Metric
from routing.parts import Path, Place, Pricing
from routing.search import Prepared, query
from tests.graphs import Road, find_arc, make_graph
from tests.routing.oracles import Bans, is_allowed

NEVER = int(FORBIDDEN)
FAST = settings(max_examples=200, deadline=None, derandomize=True)
Weigh = Callable[[int, int, int], int]


def build(ends: list[tuple[int, int, bool]], lengths_mm: list[int]) -> RoadGraph:
    nodes = [(112.0 + i / 100, 28.0) for i in range(5)]
    lengths = [mm / 1000 for mm in lengths_mm]
    return make_graph(
        nodes, [Road(a, b, two_way=both, length_m=m) for (a, b, both), m in zip(ends, lengths, strict=True)]
    )


def part_ms(graph: RoadGraph, weigh: Weigh, arc: int, from_mm: int, to_mm: int) -> int | None:
    """Cost of a part of an arc, rounded half up, None if it may not be driven."""
    weight = weigh(arc, from_mm, to_mm)
    if weight == NEVER:
        return None
    whole, rest = divmod(weight * (to_mm - from_mm), int(graph.arcs.length_mm[arc]))
    return whole + (2 * rest >= int(graph.arcs.length_mm[arc]))


def walk_cost(
    graph: RoadGraph, metric: Metric, weigh: Weigh, walk: tuple[int, ...], start: Place, end: Place
) -> int | None:
    if len(walk) == 1:
        return part_ms(graph, weigh, walk[0], start.at_mm, end.at_mm) if start.at_mm <= end.at_mm else None
    first = part_ms(graph, weigh, walk[0], start.at_mm, int(graph.arcs.length_mm[walk[0]]))
    last = part_ms(graph, weigh, walk[-1], 0, end.at_mm)
    inner = [int(metric.weight[arc]) for arc in walk[1:-1]]
    return None if first is None or last is None or NEVER in inner else first + sum(inner) + last


def walks_from(graph: RoadGraph, metric: Metric, bans: Bans, start: int, longest: int) -> list[tuple[int, ...]]:
    """Every allowed walk whose inner arcs may be driven."""
    found = [(start,)]
    for walk in found:
        passable = len(walk) == 1 or metric.weight[walk[-1]] != NEVER
        if len(walk) < longest and passable:
            longer = [(*walk, arc) for arc in range(graph.arc_count)]
            found += [other for other in longer if is_allowed(graph, other, bans)]
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[RoadGraph, Metric, Bans, Weigh, list[Place], list[Place]]:
    """A small network without long cheap ways, and weights of parts that have nothing to do with those of arcs."""
    node = st.integers(0, 4)
    ends = draw(st.lists(st.tuples(node, node, st.booleans()).filter(lambda e: e[0] != e[1]), min_size=2, max_size=5))
    graph = build(ends, draw(st.lists(st.integers(1, 9), min_size=len(ends), max_size=len(ends))))
    weights = st.sampled_from([7, 8, 9, NEVER])
    count = graph.arc_count
    metric = Metric(np.array(draw(st.lists(weights, min_size=count, max_size=count)), np.uint32))
    pairs = [(a, b) for a in range(count) for b in range(count) if is_allowed(graph, (a, b), [])]
    bans = draw(st.lists(st.sampled_from(pairs), max_size=2)) if pairs else []
    table = draw(st.lists(st.sampled_from([1, 5, 9, 30, NEVER]), min_size=1, max_size=11))

    def weigh(arc: int, from_mm: int, to_mm: int) -> int:
        return table[(arc * 31 + from_mm * 7 + to_mm * 3) % len(table)]

    def places() -> list[Place]:
        arcs = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3))
        return [Place(arc, draw(st.integers(0, int(graph.arcs.length_mm[arc])))) for arc in arcs]

    return graph, metric, bans, weigh, places(), places()


def price(graph: RoadGraph, metric: Metric, path: Path, weigh: Weigh | None = None) -> int:
    return Pricing(graph.arcs.length_mm, lambda arc: int(metric.weight[arc]), weigh).cost_of(path)


@FAST
@given(cases())
def test_cheapest_by_trying_every_walk(
    case: tuple[RoadGraph, Metric, Bans, Weigh, list[Place], list[Place]],
) -> None:
    graph, metric, bans, weigh, starts, ends = case
    costs = [
        cost
        for start in starts
        for walk in walks_from(graph, metric, bans, start.arc, 6)
        for end in ends
        if walk[-1] == end.arc and (cost := walk_cost(graph, metric, weigh, walk, start, end)) is not None
    ]
    prepared = Prepared.of(graph, bans)
    path = query(prepared, metric, starts, ends, part_weight=weigh)
    if path is None:
        assert costs == []
        return
    assert path.start in starts
    assert path.end in ends
    assert is_allowed(graph, path.arcs, bans)
    assert (path.start.arc, path.end.arc) == (path.arcs[0], path.arcs[-1])
    assert path.cost == walk_cost(graph, metric, weigh, path.arcs, path.start, path.end)
    assert path.cost == price(graph, metric, path, weigh)
    # Walks of more than six arcs were not tried; one of them may be cheaper, none of the others is.
    assert path.cost <= min(costs, default=path.cost)
    if len(path.arcs) <= 6:
        assert path.cost == min(costs)


@FAST
@given(cases())
def test_without_weights_of_parts_those_of_the_arcs_count(
    case: tuple[RoadGraph, Metric, Bans, Weigh, list[Place], list[Place]],
) -> None:
    graph, metric, bans, _, starts, ends = case
    prepared = Prepared.of(graph, bans)
    plain = query(prepared, metric, starts, ends)

    def whole(arc: int, _from_mm: int, _to_mm: int) -> int:
        return int(metric.weight[arc])

    assert query(prepared, metric, starts, ends, part_weight=whole) == plain
    if plain is not None:
        assert plain.cost == price(graph, metric, plain)


# --- by hand

LINE = build([(0, 1, False), (1, 2, False), (2, 3, False)], [10, 10, 10])
FIRST, MIDDLE, LAST = (find_arc(LINE, i, i + 1) for i in range(3))


def blocked_at(arc: int, at_mm: int) -> Weigh:
    """A bollard on an arc: parts that meet it may not be driven."""
    return lambda a, from_mm, to_mm: NEVER if a == arc and from_mm <= at_mm <= to_mm else 10


def test_an_arc_forbidden_as_a_whole_may_be_begun_and_left() -> None:
    metric = Metric(np.array([NEVER, 10, NEVER], np.uint32))
    prepared, start = Prepared.of(LINE, []), Place(FIRST, 4)
    path = query(prepared, metric, [start], [Place(LAST, 6)], part_weight=blocked_at(LAST, 7))
    assert path is not None
    assert (path.arcs, path.cost) == ((FIRST, MIDDLE, LAST), 6 + 10 + 6)
    assert query(prepared, metric, [start], [Place(LAST, 7)], part_weight=blocked_at(LAST, 7)) is None
    assert query(prepared, metric, [start], [Place(LAST, 6)]) is None
    closed = Metric(np.array([10, NEVER, 10], np.uint32))
    assert query(prepared, closed, [start], [Place(LAST, 6)], part_weight=blocked_at(LAST, 7)) is None


def test_staying_on_an_arc_is_priced_by_the_part() -> None:
    metric = Metric(np.full(3, NEVER, np.uint32))
    prepared = Prepared.of(LINE, [])
    for ends, expected in [((2, 6), 4), ((7, 7), None), ((2, 9), None), ((8, 10), 2)]:
        start, end = (Place(MIDDLE, at) for at in ends)
        path = query(prepared, metric, [start], [end], part_weight=blocked_at(MIDDLE, 7))
        assert (path.cost if path else None) == expected


def test_of_two_starts_and_ends_on_one_arc_the_cheaper_are_taken() -> None:
    metric = Metric(LINE.arcs.length_mm.astype(np.uint32))
    starts, ends = [Place(FIRST, 0), Place(FIRST, 4)], [Place(MIDDLE, 9), Place(MIDDLE, 1)]
    path = query(Prepared.of(LINE, []), metric, starts, ends)
    assert path is not None
    assert (path.start, path.end, path.cost) == (starts[1], ends[1], 7)

    def dear_when_short(_arc: int, from_mm: int, to_mm: int) -> int:
        return 1000 if to_mm - from_mm < 8 else 10

    path = query(Prepared.of(LINE, []), metric, starts, ends, part_weight=dear_when_short)
    assert path is not None
    assert (path.start, path.end, path.cost) == (starts[0], ends[0], 19)
