"""The largest vehicle that gets through, by one search, against reviewing every vehicle."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels.widest import verdict_of_arc
from routing.columns import Quantity, Verdict
from routing.ladders import Ladder, Trip, highest_rung, limits_that_matter, size_ladder
from routing.limits import Judge, judge_arcs
from routing.obstacles import statements_of
from routing.vehicle import Axle
from tests.graphs import Limit, find_arc
from tests.routing.little_towns import EDGES, POLICY, Town, limited_towns, middle, passable, sign, town_of

SIZES = {Quantity.HEIGHT: "height_mm", Quantity.WIDTH: "width_mm", Quantity.LENGTH: "length_mm"}
WORST = st.sampled_from([Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN])


def trip_of(town: Town, worst: Verdict) -> Trip:
    return Trip(town.roads, town.judging, town.stops, worst)


def ladder_of(town: Town, quantity: Quantity, extra: Sequence[int] = ()) -> Ladder:
    values = sorted({*limits_that_matter(town.judging, POLICY, quantity), *extra})
    return size_ladder(town.judging.judge, quantity, values)


def by_hand(town: Town, quantity: Quantity, values: Sequence[int], worst: Verdict) -> int:
    """Highest of the values with which a way exists, -1 for none; all are tried."""
    held = [
        number for number, value in enumerate(values) if passable(town.with_vehicle(**{SIZES[quantity]: value}), worst)
    ]
    return max(held, default=-1)


@pytest.mark.parametrize("quantity", SIZES)
@given(town=limited_towns(), worst=WORST)
@settings(max_examples=60, deadline=None)
def test_one_search_finds_the_largest_vehicle(quantity: Quantity, town: Town, worst: Verdict) -> None:
    ladder = ladder_of(town, quantity)
    assert highest_rung(trip_of(town, worst), ladder) == by_hand(town, quantity, ladder.values, worst)


@pytest.mark.parametrize("quantity", SIZES)
@given(town=limited_towns(), worst=WORST)
@settings(max_examples=60, deadline=None)
def test_what_is_known_of_the_vehicle_changes_nothing(quantity: Quantity, town: Town, worst: Verdict) -> None:
    now = getattr(town.vehicle, SIZES[quantity])
    values = [value for value in ladder_of(town, quantity, [now]).values if value <= now]
    ladder = size_ladder(town.judging.judge, quantity, values)
    trip = trip_of(town, worst)
    assert highest_rung(trip.explored(), ladder) == highest_rung(trip, ladder)


@pytest.mark.parametrize("quantity", SIZES)
@given(town=limited_towns(), worst=WORST, data=st.data())
@settings(max_examples=60, deadline=None)
def test_between_the_limits_that_matter_nothing_changes(
    quantity: Quantity, town: Town, worst: Verdict, data: st.DataObject
) -> None:
    ladder = ladder_of(town, quantity)
    value = data.draw(st.integers(1000, 20_000))
    below = [limit for limit in ladder.values if limit >= value]
    if below:
        larger = town.with_vehicle(**{SIZES[quantity]: below[0]})
        smaller = town.with_vehicle(**{SIZES[quantity]: value})
        assert passable(smaller, worst) == passable(larger, worst)


@given(town=limited_towns(), loads=st.lists(st.integers(2000, 20_000), min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_verdict_of_one_arc_is_that_of_all(town: Town, loads: list[int]) -> None:
    axles = tuple(Axle(load, 0 if n == 0 else 1400) for n, load in enumerate(loads))
    town = town.with_vehicle(axles=axles, gross_mass_kg=sum(loads), height_mm=4600)
    judge = Judge.of(town.vehicle, POLICY)
    says = statements_of(town.graph, judge, town.situation)
    found = [verdict_of_arc(says, arc, judge.load, judge.thresholds) for arc in range(town.graph.arc_count)]
    assert found == judge_arcs(town.graph, judge, town.situation).tolist()


def test_several_legs_are_as_wide_as_the_narrowest() -> None:
    limits: list[list[Limit]] = [[] for _ in EDGES]
    limits[EDGES.index((3, 4))] = [sign("sign a", Quantity.HEIGHT, 4200)]
    town = town_of(limits)
    stops = (town.stops[0], middle(town.graph, 3, 4)[:1], town.stops[1])
    trip = Trip(town.roads, town.judging, stops, Verdict.CONDITIONAL)
    ladder = size_ladder(town.judging.judge, Quantity.HEIGHT, [4000, 4200, 4300, 4400])
    assert ladder.values[highest_rung(trip, ladder)] == 4200
    assert ladder.values[highest_rung(trip.explored(), ladder)] == 4200


def test_a_trip_may_stay_on_one_road() -> None:
    town = town_of([[sign("sign a", Quantity.HEIGHT, 4100)] for _ in EDGES])
    (place,) = middle(town.graph, 0, 1)[:1]
    later = (type(place)(find_arc(town.graph, 0, 1), place.at_mm + 10),)
    trip = Trip(town.roads, town.judging, ((place,), later), Verdict.CONDITIONAL)
    ladder = size_ladder(town.judging.judge, Quantity.HEIGHT, [4000, 4100, 4200])
    assert highest_rung(trip, ladder) == 1
    assert ladder.loads.dtype == np.int64


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_an_assumed_clearance_is_a_limit_that_matters(grade: int) -> None:
    town = town_of([[sign(0, Quantity.HEIGHT, -1)] for _ in EDGES])
    town.graph.arcs.technical_grade[:] = grade
    ladder = ladder_of(town, Quantity.HEIGHT)
    tallest = [mm for mm in range(3900, 5300, 10) if passable(town.with_vehicle(height_mm=mm), Verdict.CONDITIONAL)]
    assert ladder.values[highest_rung(trip_of(town, Verdict.CONDITIONAL), ladder)] == max(tallest)
