"""What to measure first: its sets settle the case, and the order is by what is lost otherwise."""

from hypothesis import given, settings

from routing.blockers import Effort, Impasse, LeastSet
from routing.certificate import Certificate, certify
from routing.columns import Verdict
from routing.obstacles import COUNT
from routing.survey import survey_of
from tests.routing.little_towns import THINGS, Town, goes_through, least_sets, towns


@given(towns(value=0))
@settings(max_examples=80, deadline=None)
def test_measuring_one_smallest_set_settles_the_case_and_nothing_less_does(
    made: tuple[Town, list[set[int | str]]],
) -> None:
    town, on_road = made
    effort = Effort(searches_left=10_000)
    impasse = Impasse.of(town.roads, town.judging, town.stops, Verdict.UNKNOWN, max_searches=500, effort=effort)
    certificate = certify(impasse, max_sets=50, max_branches=400)
    if certificate is None:
        assert least_sets(town, on_road, THINGS) == []
        return
    items = survey_of(certificate)
    things = {one.item: impasse.obstacles.thing(one.item)[1] for one in items}
    first = {things[one.item] for one in items if one.is_in_first}
    arcs = town.graph.arcs.geometry.tolist()
    assert goes_through(town, lambda arc: on_road[arcs[arc]] <= first)
    for thing in first:
        assert not goes_through(town, lambda arc, left=first - {thing}: on_road[arcs[arc]] <= left)
    sets = least_sets(town, on_road, THINGS)
    assert {things[one.item]: one.sets for one in items} == {
        thing: sum(thing in chosen for chosen in sets) for thing in set().union(*sets)
    }
    assert [one.otherwise is not None for one in items] == sorted(one.otherwise is not None for one in items)


def test_what_nothing_can_replace_comes_first() -> None:
    sets = [LeastSet(frozenset(items), 2 * COUNT + 2, is_exact=True) for items in ({1, 2}, {1, 3})]
    certificate = Certificate(Verdict.UNKNOWN, sets[0], (sets[1],), True, {1: None, 2: 2})
    items = survey_of(certificate)
    assert [(one.item, one.otherwise, one.sets) for one in items] == [(1, None, 2), (2, 2, 1), (3, 2, 1)]
    later = Certificate(Verdict.UNKNOWN, sets[0], (), True, {1: 3, 2: 5})
    assert [one.item for one in survey_of(later)] == [2, 1]
