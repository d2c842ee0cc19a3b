"""Many trips, each with a vehicle of its own (批量求路): vehicles judged alike share one metric, sixteen at a time."""

from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from routing._kernels import hierarchy_bulk as bulk_kernel
from routing._kernels import hierarchy_customise as kernel
from routing._kernels.hierarchy_customise import INFINITE, LANES
from routing._kernels.hierarchy_query import FOUND, Ends
from routing.graph import I32, I64, U32, Bool
from routing.hierarchy.metrics import SAFE
from routing.hierarchy.places import JoinedEnds, pricing_of
from routing.hierarchy.router import Found, Router
from routing.hierarchy.weights import ArcWeights, Key, clipped
from routing.parts import PartWeight, Path, Place, Priced

LANE_PAYS = 4
"""Trips of one vehicle from which on customising it with fifteen others is quicker than an A* for each."""
COPY_PAYS = 200
"""Trips of one vehicle from which on its numbers are better copied out from between those of the fifteen others."""
TRIPS_AT_ONCE = 500
"""Trips a thread takes at a time; few enough that all threads end together."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One vehicle from a place to a place."""

    weights: ArcWeights
    starts: Sequence[Place]
    ends: Sequence[Place]
    part_weight: PartWeight | None = None


@dataclass(slots=True)
class _Group:
    """Trips whose vehicles weigh every arc alike, by their place in the list of all; `whole` as it was given."""

    weights: ArcWeights
    whole: ArcWeights
    trips: list[int] = field(default_factory=list)


class _Lanes(NamedTuple):
    """Metrics of up to sixteen vehicles.

    Attributes:
        both: uint32[up-arcs, 32], all weights up, then all down.
        is_cut: bool[16], some shortcut of a vehicle was too dear for 32 bits.
    """

    both: U32
    is_cut: Bool


def route_many(router: Router, trips: Sequence[Trip], *, threads: int = 1) -> Generator[tuple[int, Path], None, None]:
    """Find the cheapest path of every trip, the same as `Router.query` finds one by one.

    Args:
        router: The network on one day.
        trips: In any order.
        threads: How many work at once. Two times sixteen metrics are in memory: those asked, those being made.

    Yields:
        The number of a trip that has a path, and the path; as they are found, so that not all are in memory at once.
    """
    batches, single = _batches(router, trips, _alike(trips))
    pool = ThreadPoolExecutor(threads)
    try:
        yield from _by_batches(router, trips, batches, pool)
        yield from _one_by_one(router, trips, single, pool)
    finally:  # who stops early, or meets a fault, does not wait for what nobody asks for any more
        pool.shutdown(cancel_futures=True)


def _by_batches(
    router: Router, trips: Sequence[Trip], batches: Sequence[Sequence[_Group]], pool: ThreadPoolExecutor
) -> Iterator[tuple[int, Path]]:
    """Customise the next sixteen vehicles while the last ones are asked."""
    made = [pool.submit(_customise, router, batch) for batch in batches[:1]]
    for place, batch in enumerate(batches, start=1):
        metrics = made.pop().result()
        made = [pool.submit(_customise, router, following) for following in batches[place : place + 1]]
        asked = deque(
            pool.submit(_ask, router, trips, group, group.trips[n : n + TRIPS_AT_ONCE], metrics, lane)
            for lane, group in enumerate(batch)
            for n in range(0, len(group.trips), TRIPS_AT_ONCE)
        )
        while asked:
            yield from asked.popleft().result()


def _one_by_one(
    router: Router, trips: Sequence[Trip], numbers: Sequence[int], pool: ThreadPoolExecutor
) -> Iterator[tuple[int, Path]]:
    """Ask for each trip by itself, some at a time."""
    for begin in range(0, len(numbers), TRIPS_AT_ONCE):
        some = numbers[begin : begin + TRIPS_AT_ONCE]
        for n, path in zip(some, pool.map(lambda n: _route_one(router, trips[n]), some), strict=True):
            if path is not None:
                yield n, path


def _route_one(router: Router, trip: Trip) -> Path | None:
    return router.query(trip.weights, trip.starts, trip.ends, part_weight=trip.part_weight)


def _alike(trips: Sequence[Trip]) -> list[_Group]:
    """Put trips together whose vehicles weigh every arc alike; those without any open arc have no way and drop out."""
    of_weights: dict[int, _Group] = {}
    of_key: dict[Key, _Group] = {}
    for n, trip in enumerate(trips):
        group = of_weights.get(id(trip.weights))
        if group is None:
            weights = clipped(trip.weights)
            group = of_key.setdefault(weights.key, _Group(weights, trip.weights))
            of_weights[id(trip.weights)] = group
        group.trips.append(n)
    return [group for group in of_key.values() if group.weights.open_arcs or _has_parts(trips, group)]


def _has_parts(trips: Sequence[Trip], group: _Group) -> bool:
    return any(trips[n].part_weight is not None for n in group.trips)


def _batches(router: Router, trips: Sequence[Trip], groups: Sequence[_Group]) -> tuple[list[list[_Group]], list[int]]:
    """Groups to be customised side by side, largest first, and trips better asked one by one."""
    alike: dict[tuple[int, bytes], list[_Group]] = defaultdict(list)
    single: list[int] = []
    for group in groups:
        kernel = group.weights.kernel
        is_plain = (kernel.blocked_ms == 0 or kernel.permille[-1] < 0) and not _has_parts(trips, group)
        if not is_plain or (len(group.trips) < LANE_PAYS and router.metrics.has_bound(group.whole)):
            single += group.trips
        else:
            alike[id(kernel.base_ms), kernel.permille.tobytes()].append(group)
    batches = []
    for same in alike.values():
        same.sort(key=lambda group: -len(group.trips))
        batches += [same[n : n + LANES] for n in range(0, len(same), LANES)]
    return batches, single


def _customise(router: Router, batch: Sequence[_Group]) -> _Lanes:
    """Customise up to sixteen vehicles side by side."""
    h, first = router.hierarchy, batch[0].weights.kernel
    columns = [batch[min(lane, len(batch) - 1)].weights.kernel.verdict for lane in range(LANES)]
    verdicts = np.stack(columns, axis=1)
    both = np.empty((len(h.up_head), 2 * LANES), np.uint32)
    kernel.respect_lanes(h.placed(router.is_shut), first.base_ms, verdicts, first.permille, both)
    kernel.customise_lanes(h.first_up, h.triangle, both)
    is_cut = bulk_kernel.largest_finite_of_lanes(both) >= SAFE
    return _Lanes(both, is_cut[:LANES] | is_cut[LANES:])


def _ask(
    router: Router, trips: Sequence[Trip], group: _Group, numbers: Sequence[int], metrics: _Lanes, lane: int
) -> list[tuple[int, Path]]:
    """Paths of some trips of one vehicle; where the answer may suffer from a shortcut cut off, asked one by one."""
    asked = [trips[n] for n in numbers]
    joined = _joined(router, group.weights, asked)
    up, down = metrics.both[:, lane], metrics.both[:, LANES + lane]
    if len(asked) >= COPY_PAYS:
        up, down = np.ascontiguousarray(up), np.ascontiguousarray(down)
    work = router.workspace
    status, costs, first_link, links = bulk_kernel.route_many(
        router.roads,
        router.tree,
        up,
        down,
        group.weights.kernel,
        joined.first_source,
        joined.first_target,
        joined.ends,
        work.scratch,
        work.labels,
        work.path,
        router.link_bits,
    )
    answers: list[tuple[int, Path]] = []
    for at, (n, trip) in enumerate(zip(numbers, asked, strict=True)):
        found = Found(int(status[at]), int(costs[at]), links[first_link[at] : first_link[at + 1]], 0, 0)
        is_sure = found.status == FOUND and found.cost < int(INFINITE)
        is_cut = metrics.is_cut[lane] and not is_sure
        path = _route_one(router, trip) if is_cut else _path_of(router, group.weights, trip, found)
        if path is not None:
            answers.append((n, path))
    return answers


def _joined(router: Router, weights: ArcWeights, trips: Sequence[Trip]) -> JoinedEnds:
    """Ends of many trips of one vehicle, their parts of arcs priced all at once."""
    length = router.graph.arcs.length_mm
    starts, ends = [p for trip in trips for p in trip.starts], [p for trip in trips for p in trip.ends]
    rests = bulk_kernel.part_costs(weights.kernel, *_columns(starts), length, is_rest=True)
    begun = bulk_kernel.part_costs(weights.kernel, *_columns(ends), length, is_rest=False)
    source, target = iter(rests.tolist()), iter(begun.tolist())
    sources: list[tuple[int, int]] = []
    targets: list[tuple[int, int]] = []
    first_source, first_target = [0], [0]
    for trip in trips:
        sources += [(place.arc, cost) for place in trip.starts if (cost := next(source)) >= 0]
        for place in trip.ends:
            if (cost := next(target)) >= 0:
                targets += [(link, cost) for link in (place.arc, *router.copies.get(place.arc, ()))]
        first_source.append(len(sources))
        first_target.append(len(targets))
    of_source, of_target = (np.array(pairs, np.int64).reshape(-1, 2) for pairs in (sources, targets))
    joined = Ends(
        of_source[:, 0].astype(np.int32),
        of_source[:, 1].copy(),
        of_target[:, 0].astype(np.int32),
        of_target[:, 1].copy(),
    )
    return JoinedEnds(joined, np.array(first_source, np.int64), np.array(first_target, np.int64))


def _columns(places: Sequence[Place]) -> tuple[I32, I64]:
    return np.array([place.arc for place in places], np.int32), np.array([place.at_mm for place in places], np.int64)


def _path_of(router: Router, weights: ArcWeights, trip: Trip, found: Found) -> Path | None:
    """The path that was found, or the one that stays on one arc if that is no dearer."""
    pricing = pricing_of(router.graph, weights.kernel)
    arcs = {place.arc for place in trip.starts}
    direct = pricing.direct(trip.starts, trip.ends, None) if any(place.arc in arcs for place in trip.ends) else None
    if found.status != FOUND:
        return direct
    first, last = (int(router.hierarchy.arc[link]) for link in (found.links[0], found.links[-1]))
    sources, targets = _on(trip.starts, first, pricing.sources), _on(trip.ends, last, pricing.targets)
    return router.path_of(found, sources, targets, direct)


def _on(places: Sequence[Place], arc: int, price: Callable[[Sequence[Place]], Priced]) -> Priced:
    """The places on an arc; only if there are several does it matter which is cheaper."""
    here = [place for place in places if place.arc == arc]
    return [(here[0], 0)] if len(here) == 1 else price(here)
