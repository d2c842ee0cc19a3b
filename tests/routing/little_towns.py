"""Small random networks with things in the way, for tests against brute force: a grid of streets, things shared."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from data.policies import load_policy
from routing.columns import Access, LimitState, Quantity, Scope, Verdict, WidthBasis
from routing.explain import judge_part
from routing.graph import RoadGraph
from routing.hierarchy.router import Router
from routing.limits import ExtraRows, Judge, Situation, all_conditions_active, judge_arcs
from routing.metric import TravelTimes
from routing.obstacles import Judging, Places
from routing.parts import Place
from routing.reach import StateRoads
from routing.search import Prepared
from routing.suggest import Stops, Terms
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Limit, Road, Structure, find_arc, make_graph
from tests.routing.oracles import verdict_of_arc
from tests.routing.routers import router_of

POLICY = load_policy()
SIZE = 3
NODES = [(112.0 + 0.01 * x, 28.0 + 0.01 * y) for y in range(SIZE) for x in range(SIZE)]
EDGES = [(n, n + 1) for n in range(SIZE**2) if n % SIZE < SIZE - 1] + [(n, n + SIZE) for n in range(SIZE**2 - SIZE)]
WIDE = {"lane_width_mm": 9000, "carriageway_mm": 18_000, "width_basis": WidthBasis.STATED, "coverage": 3}
STRUCTURES = tuple(Structure(f"s{n}") for n in range(3))
THINGS = (*range(len(STRUCTURES)), "sign a", "sign b", "sign c")
START, END = (0, 1), (SIZE**2 - 2, SIZE**2 - 1)


def vehicle(**changes: int) -> VehicleProfile:
    sizes = {"height_mm": 4400, "width_mm": 3000, "length_mm": 17_000, "gross_mass_kg": 40_000, "legal_mass_kg": 49_000}
    axles = (Axle(8000, 0), Axle(8000, 3500), Axle(8000, 1400), Axle(8000, 6000), Axle(8000, 1400))
    return VehicleProfile(axles=axles, **(sizes | changes))


@dataclass(frozen=True)
class Town:
    """A grid of streets with statements; `bans` as sequences of arcs."""

    graph: RoadGraph
    bans: tuple[tuple[int, ...], ...] = ()
    vehicle: VehicleProfile = field(default_factory=vehicle)

    @property
    def roads(self) -> StateRoads:
        return StateRoads(Prepared.of(self.graph, self.bans))

    @property
    def router(self) -> Router:
        return router_of(self.graph, self.bans)

    @property
    def situation(self) -> Situation:
        return Situation(all_conditions_active(self.graph), ExtraRows.none(), self.graph.arcs.access)

    @property
    def judging(self) -> Judging:
        judge = Judge.of(self.vehicle, POLICY)
        return Judging(Places(self.graph), judge, self.situation, judge_arcs(self.graph, judge, self.situation))

    @property
    def stops(self) -> tuple[tuple[Place, ...], ...]:
        return middle(self.graph, *START), middle(self.graph, *END)

    @property
    def terms(self) -> Terms:
        judging = self.judging
        part = partial(judge_part, self.graph, judging.judge, self.situation)
        return Terms(TravelTimes.of(self.graph, POLICY.cost), judging.verdicts, POLICY, part)

    def asked(self) -> Stops:
        return Stops(self.stops)

    def with_vehicle(self, **changes: object) -> "Town":
        return replace(self, vehicle=replace(self.vehicle, **changes))  # type: ignore[arg-type]


def middle(graph: RoadGraph, tail: int, head: int) -> tuple[Place, ...]:
    length = int(graph.arcs.length_mm[find_arc(graph, tail, head)])
    return (Place(find_arc(graph, tail, head), length // 2), Place(find_arc(graph, head, tail), length - length // 2))


def sign(thing: int | str, quantity: Quantity, value: int) -> Limit:
    state = LimitState.NUMBER if value > 0 else LimitState.UNREADABLE if value == 0 else LimitState.NONE_STATED
    value = max(value, 0)
    if isinstance(thing, int):
        return Limit(quantity, state, value, scope=Scope.STRUCTURE, structure=thing, source=f"of s{thing}")
    return Limit(quantity, state, value, source=thing)


def town_of(limits: Sequence[Sequence[Limit]], bans: Sequence[Sequence[int]] = (), **more: object) -> Town:
    """A town whose roads have these limits, in the order of `EDGES`; a ban names places in the order of arcs."""
    columns = {"structures": STRUCTURES}
    roads = [
        Road(*edge, length_m=700 + 97 * n % 600, limits=tuple(rows), columns=WIDE, access=Access.YES)
        for n, (edge, rows) in enumerate(zip(EDGES, limits, strict=True))
    ]
    graph = make_graph(NODES, roads, **columns)
    return Town(graph, tuple(tuple(ban) for ban in bans), **more)  # type: ignore[arg-type]


@st.composite
def limited_towns(draw: st.DrawFn) -> Town:
    """A town with all sorts of statements about sizes and masses, some streets narrow or not covered."""
    limit = st.tuples(
        st.sampled_from([*range(len(STRUCTURES)), "sign a", "sign b"]),
        st.sampled_from([Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH, Quantity.GROSS_MASS, Quantity.AXLE_LOAD]),
        st.sampled_from([-1, 0, 2400, 3100, 4100, 4300, 5000, 7000, 16_500, 30_000, 60_000]),
    )
    rows = draw(st.lists(st.lists(limit, max_size=2), min_size=len(EDGES), max_size=len(EDGES)))
    town = town_of([[sign(*entry) for entry in row] for row in rows], draw(bans_in()))
    columns = {
        "carriageway_mm": st.sampled_from([2800, 3500, 7000]),
        "lane_width_mm": st.sampled_from([2600, 3750]),
        "width_basis": st.sampled_from([int(basis) for basis in WidthBasis]),
        "coverage": st.sampled_from([0, 3, 3]),
        "technical_grade": st.sampled_from([0, 1, 3, 4]),
    }
    for name, values in columns.items():
        column = draw(st.lists(values, min_size=len(EDGES), max_size=len(EDGES)))
        getattr(town.graph.arcs, name)[:] = np.array(column)[town.graph.arcs.geometry]
    return town


@st.composite
def bans_in(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Up to three banned turns of the bare grid; arcs have the same numbers in every town."""
    graph = town_of([()] * len(EDGES)).graph
    turns = [
        (arc, following)
        for arc in range(graph.arc_count)
        for following in range(graph.arc_count)
        if graph.arcs.head[arc] == graph.arcs.tail[following]
        and graph.arcs.geometry[arc] != graph.arcs.geometry[following]
    ]
    return draw(st.lists(st.sampled_from(turns), max_size=3, unique=True))


@st.composite
def towns(
    draw: st.DrawFn, things: Sequence[int | str] = THINGS, value: int = 4000
) -> tuple[Town, list[set[int | str]]]:
    """A town and the things on each of its roads; every thing is a height below that of the vehicle, or unreadable."""
    on_road = draw(
        st.lists(
            st.one_of(st.just(()), st.lists(st.sampled_from(things), max_size=2, unique=True)),
            min_size=len(EDGES),
            max_size=len(EDGES),
        )
    )
    limits = [[sign(thing, Quantity.HEIGHT, value) for thing in row] for row in on_road]
    return town_of(limits, draw(bans_in())), [set(row) for row in on_road]


def goes_through(town: Town, is_open: Callable[[int], bool]) -> bool:
    """Whether some way from start to end uses open arcs only; by walking, with memory for turn bans."""
    graph = town.graph
    longest = max((len(ban) for ban in town.bans), default=1)
    ends = {place.arc for place in town.stops[-1]}
    queue = deque((place.arc,) for place in town.stops[0] if is_open(place.arc))
    seen = set(queue)
    while queue:
        walk = queue.popleft()
        for following in np.flatnonzero(graph.arcs.tail == graph.arcs.head[walk[-1]]).tolist():
            longer = (*walk, following)
            if graph.arcs.geometry[walk[-1]] == graph.arcs.geometry[following] or not is_open(following):
                continue
            if any(longer[-len(ban) :] == tuple(ban) for ban in town.bans):
                continue
            if following in ends:
                return True
            kept = longer[-longest:]
            if kept not in seen:
                seen.add(kept)
                queue.append(kept)
    return False


def passable(town: Town, worst: Verdict) -> bool:
    """Whether a way exists with verdicts up to `worst`, judged by the slow second opinion."""
    verdicts = [verdict_of_arc(town.graph, arc, town.vehicle, POLICY) for arc in range(town.graph.arc_count)]
    return goes_through(town, lambda arc: verdicts[arc] <= worst)


def least_sets(
    town: Town, on_road: Sequence[Collection[object]], things: Collection[object]
) -> list[frozenset[object]]:
    """All sets of fewest things whose permission opens a way, by trying every set."""
    ordered = sorted(things, key=str)
    needs: Mapping[int, Collection[object]] = {
        arc: on_road[int(town.graph.arcs.geometry[arc])] for arc in range(town.graph.arc_count)
    }
    for size in range(len(ordered) + 1):
        found = [
            frozenset(chosen)
            for chosen in combinations(ordered, size)
            if goes_through(town, lambda arc, chosen=chosen: set(needs[arc]) <= set(chosen))
        ]
        if found:
            return found
    return []
