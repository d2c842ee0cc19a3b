"""The blocking certificate against brute force: its set opens a way, no smaller set does, equal sets are told."""

from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.blockers import Effort, Impasse
from routing.certificate import Certificate, certify
from routing.columns import ArcFlag, LimitState, Quantity, Verdict
from routing.obstacles import COUNT, obstacles_of, thing_of, things_on
from tests.graphs import Limit
from tests.routing.little_towns import EDGES, STRUCTURES, THINGS, Town, goes_through, least_sets, sign, town_of, towns

WITHIN = {"max_sets": 50, "max_branches": 400}
ALONE = tuple(f"sign {n}" for n in range(len(EDGES)))


def certificate_of(town: Town, wanted: Verdict = Verdict.BLOCKED) -> tuple[Impasse, Certificate | None]:
    impasse = Impasse.of(town.roads, town.judging, town.stops, wanted, effort=Effort(searches_left=10_000))
    return impasse, certify(impasse, **WITHIN)


def names(impasse: Impasse, items: Collection[int]) -> frozenset[object]:
    return frozenset(impasse.obstacles.thing(item)[1] for item in items)


@given(towns())
@settings(max_examples=120, deadline=None)
def test_no_smaller_set_opens_a_way(made: tuple[Town, list[set[int | str]]]) -> None:
    town, on_road = made
    expected = least_sets(town, on_road, THINGS)
    impasse, found = certificate_of(town)
    if not expected:
        assert found is None
        return
    assert found is not None
    chosen = names(impasse, found.least.items)
    if found.least.is_exact:
        assert chosen in expected
    else:
        assert len(chosen) >= len(expected[0])
    if found.is_complete:
        mine = {names(impasse, one.items) for one in (found.least, *found.equal)}
        assert mine == set(expected)


@given(towns())
@settings(max_examples=80, deadline=None)
def test_with_enough_searches_every_set_is_proved(made: tuple[Town, list[set[int | str]]]) -> None:
    town = made[0]
    effort = Effort(searches_left=100_000)
    impasse = Impasse.of(town.roads, town.judging, town.stops, Verdict.BLOCKED, max_searches=1000, effort=effort)
    found = certify(impasse, **WITHIN)
    assert found is None or (found.least.is_exact and found.is_complete)


@given(st.lists(st.booleans(), min_size=len(EDGES), max_size=len(EDGES)))
@settings(max_examples=60, deadline=None)
def test_things_that_nothing_shares_need_no_proof(stands: list[bool]) -> None:
    on_road = [{ALONE[n]} if stands[n] else set() for n in range(len(EDGES))]
    town = town_of([[sign(thing, Quantity.HEIGHT, 4000) for thing in row] for row in on_road])
    impasse = Impasse.of(town.roads, town.judging, town.stops, Verdict.BLOCKED, max_searches=0)
    found = certify(impasse, **WITHIN)
    assert found is not None
    assert found.least.is_exact
    assert len(found.least.items) == len(least_sets(town, on_road, ALONE)[0])


@given(towns(value=0))
@settings(max_examples=60, deadline=None)
def test_unknown_limits_are_found_the_same_way(made: tuple[Town, list[set[int | str]]]) -> None:
    town, on_road = made
    expected = least_sets(town, on_road, THINGS)
    impasse, found = certificate_of(town, Verdict.UNKNOWN)
    assert (found is None) is (expected == [])
    assert found is None or names(impasse, found.least.items) in expected


@given(towns())
@settings(max_examples=60, deadline=None)
def test_what_a_way_needs_without_one_thing_is_told(made: tuple[Town, list[set[int | str]]]) -> None:
    town, on_road = made
    impasse, found = certificate_of(town)
    for item, count in (found.without if found else {}).items():
        (name,) = names(impasse, [item])
        left = [set(row) | ({"never"} if name in row else set()) for row in on_road]
        others = least_sets(town, left, [thing for thing in THINGS if thing != name])
        assert count == (len(others[0]) if others else None)


@given(towns())
@settings(max_examples=40, deadline=None)
def test_little_effort_gives_a_set_that_opens_a_way_and_no_false_proof(made: tuple[Town, list[set[int | str]]]) -> None:
    town, on_road = made
    impasse = Impasse.of(town.roads, town.judging, town.stops, Verdict.BLOCKED, effort=Effort(searches_left=1))
    found = certify(impasse)
    expected = least_sets(town, on_road, THINGS)
    assert (found is None) is (expected == [])
    if found is not None:
        chosen = names(impasse, found.least.items)
        arcs = town.graph.arcs.geometry.tolist()
        assert goes_through(town, lambda arc: on_road[arcs[arc]] <= chosen)
        assert not found.least.is_exact or chosen in expected


def test_a_structure_counts_once_however_many_arcs_it_touches() -> None:
    # The upper way meets one structure four times, the lower way two signs.
    limits: list[list[Limit]] = [[] for _ in EDGES]
    walls = {"structure": [(1, 2), (2, 5), (5, 8)], "a": [(0, 3)], "b": [(6, 7)], "c": [(1, 4), (3, 4), (4, 5), (4, 7)]}
    for name, edges in walls.items():
        for edge in edges:
            thing = 0 if name == "structure" else f"sign {name}{edge}" if name == "c" else f"sign {name}"
            limits[EDGES.index(edge)] = [sign(thing, Quantity.HEIGHT, 4000)]
    town = town_of(limits)
    impasse, found = certificate_of(town)
    assert found is not None
    assert names(impasse, found.least.items) == {0}
    assert (found.least.weight // COUNT, found.equal) == (1, ())
    # One search is enough to find it: what is met on arcs that follow each other is paid for once.
    first = Impasse.of(town.roads, town.judging, town.stops, Verdict.BLOCKED, max_searches=0).least()
    assert first is not None
    assert names(impasse, first.items) == {0}


def test_a_set_found_by_too_little_effort_is_not_said_to_be_least() -> None:
    # The upper way meets one structure twice, with a free road between; the way back meets two weaker limits.
    limits: list[list[Limit]] = [[] for _ in EDGES]
    for edge in ((1, 2), (5, 8)):
        limits[EDGES.index(edge)] = [sign(0, Quantity.HEIGHT, 4000)]
    for name, edge in (("sign a", (0, 3)), ("sign b", (6, 7))):
        limits[EDGES.index(edge)] = [sign(name, Quantity.GROSS_MASS, 30_000)]
    for edge in ((1, 4), (3, 4), (4, 5), (4, 7)):
        limits[EDGES.index(edge)] = [sign(f"sign {edge}{n}", Quantity.HEIGHT, 4000) for n in range(2)]
    town = town_of(limits)
    hurried = Impasse.of(town.roads, town.judging, town.stops, Verdict.BLOCKED, effort=Effort(searches_left=1))
    first = hurried.least()
    assert first is not None
    assert (names(hurried, first.items), first.is_exact) == ({"sign a", "sign b"}, False)
    impasse, found = certificate_of(town)
    assert found is not None
    assert (names(impasse, found.least.items), found.least.is_exact) == ({0}, True)


def test_of_equally_many_a_paper_limit_is_named_before_a_clearance() -> None:
    limits: list[list[Limit]] = [[] for _ in EDGES]
    limits[EDGES.index((1, 2))] = [sign("sign low", Quantity.HEIGHT, 4000)]
    limits[EDGES.index((1, 4))] = [sign("sign weak", Quantity.GROSS_MASS, 30_000)]
    limits[EDGES.index((0, 3))] = [sign("sign a", Quantity.HEIGHT, 4000), sign("sign b", Quantity.HEIGHT, 4000)]
    impasse, found = certificate_of(town_of(limits))
    assert found is not None
    assert names(impasse, found.least.items) == {"sign weak"}
    assert found.equal == ()


def test_a_limit_on_the_road_the_trip_starts_on_is_named() -> None:
    limits: list[list[Limit]] = [[] for _ in EDGES]
    limits[0] = [sign("sign a", Quantity.HEIGHT, 4000)]
    impasse, found = certificate_of(town_of(limits))
    assert found is not None
    assert names(impasse, found.least.items) == {"sign a"}
    assert found.without[next(iter(found.least.items))] is None


def test_a_trip_with_a_stop_on_the_way_adds_up() -> None:
    limits: list[list[Limit]] = [[] for _ in EDGES]
    for node, thing in ((0, "sign a"), (8, "sign b")):
        for n, edge in enumerate(EDGES):
            if node in edge and edge != (0, 1):
                limits[n] = [sign(thing, Quantity.HEIGHT, 4000)]
    town = town_of(limits)
    stops = (town.stops[0], (town.stops[1][0],), town.stops[1])
    assert certify(Impasse.of(town.roads, town.judging, stops, Verdict.BLOCKED)) is not None
    impasse, found = certificate_of(town)
    assert found is not None
    assert names(impasse, found.least.items) == {"sign b"}


@pytest.mark.parametrize("wanted", [Verdict.UNKNOWN, Verdict.BLOCKED])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_obstacles_are_the_checks_that_explain_the_verdict(wanted: Verdict, data: st.DataObject) -> None:
    limit = st.tuples(
        st.sampled_from([*range(len(STRUCTURES)), "sign a", "sign b"]),
        st.sampled_from([Quantity.HEIGHT, Quantity.WIDTH, Quantity.GROSS_MASS, Quantity.AXLE_LOAD, Quantity.CLOSURE]),
        st.sampled_from([0, 1000, 100_000]),
    )
    rows = data.draw(st.lists(st.lists(limit, max_size=3), min_size=len(EDGES), max_size=len(EDGES)))
    changes = data.draw(st.sampled_from([{}, {"height_mm": 5500}, {"gross_mass_kg": 90_000}, {"width_mm": 20_000}]))
    town = town_of([[sign(*entry) for entry in row] for row in rows]).with_vehicle(**changes)
    uncovered = data.draw(st.booleans())
    if uncovered:
        town.graph.arcs.coverage[::3] = 0
        town.graph.arcs.flags[::4] |= np.uint32(ArcFlag.CONSTRUCTION)
    judging = town.judging
    obstacles = obstacles_of(judging, wanted)
    for arc in range(town.graph.arc_count):
        length = int(town.graph.arcs.length_mm[arc])
        explained = things_on(judging, obstacles, arc, 0, length)
        meant = [] if judging.verdicts[arc] != wanted else explained
        assert sorted(set(obstacles.of_arc(arc))) == meant
        for check in judging.checks_on(arc, 0, length):
            if check.verdict is wanted and judging.verdicts[arc] == wanted:
                number = obstacles.number_of(arc, thing_of(judging.places, arc, check))
                assert obstacles.thing(number) == thing_of(judging.places, arc, check)


def test_arcs_are_opened_by_all_of_their_things_only() -> None:
    both: Sequence[Sequence[Limit]] = [
        [sign("sign a", Quantity.HEIGHT, 4000), sign(0, Quantity.HEIGHT, 4000)],
        [sign("sign a", Quantity.HEIGHT, 4000)],
        *([] for _ in EDGES[2:]),
    ]
    town = town_of(both)
    obstacles = obstacles_of(town.judging, Verdict.BLOCKED)
    arc = int(np.flatnonzero(town.graph.arcs.geometry == 1)[0])
    number = obstacles.number_of(arc, ("source", "sign a"))
    assert set(town.graph.arcs.geometry[obstacles.opened_by([number])].tolist()) == {1}
    assert set(town.graph.arcs.geometry[obstacles.opened_by([number, 0])].tolist()) == {0, 1}
    assert LimitState.NUMBER in LimitState
