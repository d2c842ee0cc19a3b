"""What can be reached, forwards, backwards and from both sides, with turn bans; against walking."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels.reach import SEEN, step
from routing._kernels.reach import spread as spread_kernel
from routing.reach import Ends, connects, middle_of
from tests.routing.little_towns import EDGES, bans_in, goes_through, town_of

OPEN = st.lists(st.booleans(), min_size=len(EDGES), max_size=len(EDGES))


@given(OPEN, bans_in(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_both_floods_and_the_meeting_of_both_agree_with_walking(
    stands: list[bool], bans: list[tuple[int, int]], longer: bool
) -> None:
    town = town_of([[] for _ in EDGES], [(*ban,) for ban in bans])
    graph = town.graph
    if longer and bans:
        leaving = np.flatnonzero(graph.arcs.tail == graph.arcs.head[bans[0][1]]).tolist()
        town = town_of([[] for _ in EDGES], [(*bans[0], leaving[0]), *bans[1:]])
    is_open = np.array(stands)[town.graph.arcs.geometry]
    starts, targets = ([place.arc for place in places] for places in town.stops)
    is_open[[*starts, *targets]] = True
    roads = town.roads
    ends = Ends(np.array(starts, np.int32), np.array(targets, np.int32))
    walked = goes_through(town, lambda arc: bool(is_open[arc]))
    middle = middle_of(roads, is_open, ends)
    assert middle.is_open is walked
    assert connects(roads, is_open, ends) is walked
    for state in range(len(roads.roads.state_arc)):
        seen, _ = spread_kernel(roads.roads, is_open, np.array([state], np.int32))
        ahead = np.flatnonzero(seen == SEEN).tolist()
        reaches = any(
            step(roads.roads, one, target) >= 0
            for one in ahead
            for target in targets
            if roads.roads.head[roads.roads.state_arc[one]] == roads.roads.tail[target]
        )
        assert bool(middle.goal[state]) is reaches
    assert connects(roads, np.zeros_like(is_open), Ends(ends.sources, ends.targets, is_direct=True))
