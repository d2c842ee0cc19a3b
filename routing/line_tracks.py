"""The tracks a drawn line follows: roads near it, points along it, and the cheapest way through their candidates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing._kernels import matching as kernel
from routing.geometry import metres_per_degree
from routing.graph import F64, I32, I64, Bool, RoadGraph

NEAR_M = 1_000.0  # roads so far beside the line's bounding box can lie on a way between two of its points
LONGEST_STEP_M = 50.0
CELL_DEG = 0.005  # of the grid that finds roads beside a line that follows roads to the point
MOST_CELLS = 1000  # along that grid
EXACT_M = 0.2  # vertices of our own geometry, after rounding to seven decimals, are well within
WEIGHT_M = 30.0  # one independent observation so often along the line
DECILE = 1.645  # standard errors that nine of ten deviations stay within
USUAL_COUNT = 3.0
LARGEST_NOISE_M = 20.0
ROBUST = 2.0  # beyond so many standard errors a deviation costs linearly
EXACT_COSTS = kernel.Costs(
    beta_m=0.05,
    difference_m=2 * EXACT_M,
    backward_m=EXACT_M,
    wrong_way=1.0,
    wrong_way_per_m=0.0,
    banned_turn=1.0,
    u_turn=1.0,
    off=np.inf,
    off_per_m=np.inf,
)
ROUGH_COSTS = kernel.Costs(
    beta_m=3.0,
    difference_m=150.0,
    backward_m=10.0,
    wrong_way=5.0,
    wrong_way_per_m=0.07,
    banned_turn=3.0,
    u_turn=15.0,
    off=30.0,
    off_per_m=0.3,
)
Line = tuple[F64, F64]


@dataclass(frozen=True, slots=True)
class Tracks:
    """Roads near a line, both directions of each (候选路段).

    Attributes:
        roads: Columns for the kernels.
        arc: int32[tracks], the arc driven; on a track that is driven the wrong way the arc of the other direction.
        first_point: int64[geometries], first point of each local geometry in the graph.
        node: int32[junctions], the graph's node of each local one.
    """

    roads: kernel.Roads
    arc: I32
    first_point: I64
    node: I32


@dataclass(frozen=True, slots=True)
class Drive:
    """One track as it is driven (行驶段).

    Attributes:
        track: Local track.
        how: `THROUGH` a node, `ON_THE_SPOT` or `AFTER_GAP` of the kernel; the first of all is `AFTER_GAP`.
        enter: Candidate where it is entered, -1 for the track's start.
        leave: Candidate where it is left, -1 for the track's end.
    """

    track: int
    how: int
    enter: int
    leave: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What a line follows (匹配结果).

    Attributes:
        drives: In travel order, at least one.
        sample: int32[candidates], point of the line the candidate belongs to.
        segment: int32[candidates], local point that starts the candidate's segment.
        share: float64[candidates], its place on that segment.
        line: The points of the line, with those added.
        along_m: float64[points], distance along the line.
        farthest_m: Largest distance of a matched point from its road.
    """

    drives: list[Drive]
    sample: I32
    segment: I32
    share: F64
    line: Line
    along_m: F64
    farthest_m: float


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Candidates in pairs: ``c ^ 1`` is the same place on the other track of the road."""

    samples: kernel.Samples  # cost holds distances in metres
    segment: I32
    share: F64
    line: Line
    along_m: F64


def tracks_near(graph: RoadGraph, line: Line, bans: I32, *, is_exact: bool) -> Tracks:
    """Collect the roads near a line.

    Args:
        graph: The network.
        line: Longitudes and latitudes in degrees.
        bans: int32[bans, 2], pairs of arcs that may not follow each other.
        is_exact: Only roads beside the line itself, for a line that follows them to the point; else all in its box,
            since a drawn line may lie far from its road.
    """
    near = _within_box(graph, line)
    if is_exact:
        near[near] = _along([edge[near] for edge in graph.geometry_bounds], line)
    chosen = np.flatnonzero(near)
    first = graph.geometries.first_point
    sizes = first[chosen + 1] - first[chosen]
    local_first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    points = np.repeat(first[chosen] - local_first[:-1], sizes) + np.arange(local_first[-1])
    lon, lat = graph.geometries.lon_deg[points], graph.geometries.lat_deg[points]
    along = kernel.measure(local_first, lon, lat)
    own, arc = _arcs_of(graph, near, chosen)
    wrong = own < 0
    tail = np.where(wrong, graph.arcs.head[arc], graph.arcs.tail[arc])
    head = np.where(wrong, graph.arcs.tail[arc], graph.arcs.head[arc])
    is_met = np.zeros(graph.node_count, np.bool_)
    is_met[tail] = is_met[head] = True
    nodes = np.flatnonzero(is_met).astype(np.int32)
    tail, head = (np.searchsorted(nodes, ends).astype(np.int32) for ends in (tail, head))
    usable = np.flatnonzero(arc >= 0).astype(np.int32)
    order = usable[np.argsort(tail[usable], kind="stable")]
    first_out = np.concatenate([[0], np.cumsum(np.bincount(tail[order], minlength=len(nodes)))])
    first_ban, banned = _bans_of(own, bans)
    length = along[local_first[1:] - 1]
    roads = kernel.Roads(
        local_first, lon, lat, along, length, tail, head, wrong, arc >= 0, first_out, order, first_ban, banned
    )
    return Tracks(roads, arc, first[chosen], nodes)


def _within_box(graph: RoadGraph, line: Line) -> Bool:
    """Geometries whose bounding box comes near to that of the line, bool[geometries]."""
    west, south, east, north = graph.geometry_bounds
    per_lon, per_lat = metres_per_degree(float(np.abs(line[1]).max()))
    pad_lon, pad_lat = NEAR_M / per_lon, NEAR_M / per_lat
    near: Bool = (west <= line[0].max() + pad_lon) & (east >= line[0].min() - pad_lon)
    near &= (south <= line[1].max() + pad_lat) & (north >= line[1].min() - pad_lat)
    return near


def _along(bounds: Sequence[F64], line: Line) -> Bool:
    """Bounding boxes that touch a cell of a grid beside the line; a box counts its cells by sums over rectangles.

    A way no longer than the line between two of its points strays less from it than a cell is wide.
    """
    extent = max(float(np.ptp(line[0])), float(np.ptp(line[1])))
    cell = max(CELL_DEG, extent / MOST_CELLS)
    step_m = max(cell * min(metres_per_degree(float(np.abs(line[1]).max()))), 1.0)
    lon, lat = densify(line, step_m)
    west, south = float(lon.min()) - 2 * cell, float(lat.min()) - 2 * cell
    size = int(extent / cell) + 6
    beside = np.zeros((size, size), np.int32)
    x, y = ((lon - west) / cell).astype(np.int64), ((lat - south) / cell).astype(np.int64)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            beside[x + dx, y + dy] = 1
    total = np.zeros((size + 1, size + 1), np.int64)
    total[1:, 1:] = beside.cumsum(axis=0).cumsum(axis=1)
    left, right = (_cells(edge, west, cell, size) for edge in (bounds[0], bounds[2] + cell))
    below, above = (_cells(edge, south, cell, size) for edge in (bounds[1], bounds[3] + cell))
    touched: Bool = total[right, above] - total[left, above] - total[right, below] + total[left, below] > 0
    return touched


def _cells(edge: F64, origin: float, cell: float, size: int) -> I64:
    found: I64 = np.clip(np.floor((edge - origin) / cell), 0, size).astype(np.int64)
    return found


def _arcs_of(graph: RoadGraph, near: Bool, chosen: I64) -> tuple[I32, I32]:
    """Arc of each track, -1 where there is none, and the same with the other direction's arc in its place."""
    arcs = np.flatnonzero(near[graph.arcs.geometry])[::-1]  # of several arcs on one track the lowest stays
    own = np.full(2 * len(chosen), -1, np.int32)
    own[2 * np.searchsorted(chosen, graph.arcs.geometry[arcs]) + graph.arcs.is_reversed[arcs]] = arcs
    other = own.reshape(-1, 2)[:, ::-1].ravel()
    return own, np.where(own < 0, other, own)


def _bans_of(own: I32, bans: I32) -> tuple[I64, I32]:
    """Tracks that may not follow each other, in the order of the first."""
    tracks = np.flatnonzero(own >= 0)
    tracks = tracks[np.argsort(own[tracks], kind="stable")]
    arcs = own[tracks]
    bans = bans[np.isin(bans, arcs).all(axis=1)]
    pairs = tracks[np.searchsorted(arcs, bans)]
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    counts = np.bincount(pairs[:, 0], minlength=len(own))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), pairs[:, 1].astype(np.int32)


def follow_exactly(tracks: Tracks, line: Line) -> Followed | None:
    """Follow a line whose every vertex lies on a road; None if one does not or the roads do not join."""
    found = _candidates(tracks, line, EXACT_M)
    if not np.diff(found.samples.first).all():
        return None
    return _follow(tracks, found, (found.samples.cost / EXACT_COSTS.beta_m) ** 2, EXACT_COSTS)


def follow_roughly(tracks: Tracks, line: Line, within_m: float) -> Followed | None:
    """Follow a drawn or recorded line; None if no part of it follows a road within reach."""
    found = _candidates(tracks, densify(line, min(LONGEST_STEP_M, within_m)), within_m)
    first, distance = found.samples.first, found.samples.cost
    if not len(distance):
        return None
    weight = _weights(found.samples.step_m)
    sigma = _noise_of(first, distance, weight, within_m)
    costs = ROUGH_COSTS._replace(beta_m=max(3.0, 1.2 * sigma), backward_m=within_m)
    deviation = distance / sigma
    robust = np.where(deviation <= ROBUST, deviation**2 / 2, ROBUST * deviation - ROBUST**2 / 2)
    return _follow(tracks, found, robust * np.repeat(weight, np.diff(first)), costs)


def densify(line: Line, longest_m: float) -> Line:
    """Add points so that no two neighbours are farther apart than `longest_m`."""
    _, step = _measured(line)
    pieces = np.maximum(np.ceil(step[1:] / longest_m), 1).astype(np.int64)
    shares = np.concatenate([np.arange(n) / n for n in pieces] + [np.zeros(1)])
    start = np.concatenate([np.repeat(np.arange(len(pieces)), pieces), [len(pieces) - 1]])
    shares[-1] = 1.0
    lon, lat = (values[start] + shares * (values[start + 1] - values[start]) for values in line)
    return lon, lat


def _measured(line: Line) -> tuple[F64, F64]:
    """Metres along a line at each point, and from the point before (0 for the first)."""
    along = kernel.measure(np.array([0, len(line[0])]), line[0], line[1])
    return along, np.diff(along, prepend=0.0)


def _weights(step_m: F64) -> F64:
    spacing = (step_m + np.append(step_m[1:], 0.0)) / 2
    return np.asarray(np.maximum(spacing / WEIGHT_M, 1e-3))


def _noise_of(first: I64, distance_m: F64, weight: F64, within_m: float) -> float:
    """Standard error of a line across the road, from its distance to whatever road is nearest.

    A few points say little, so a usual error counts like `USUAL_COUNT` observations.
    """
    has = np.flatnonzero(np.diff(first))
    nearest = np.minimum.reduceat(distance_m, first[has])
    order = np.argsort(nearest)
    rank = np.cumsum(weight[has][order])
    upper_decile = nearest[order][np.searchsorted(rank, 0.9 * rank[-1])]
    observed = float(upper_decile) / DECILE
    count = float(rank[-1])
    mixed = (count * observed**2 + USUAL_COUNT * (within_m / 5) ** 2) / (count + USUAL_COUNT)
    return float(np.clip(np.sqrt(mixed), 1.0, min(within_m / 2, LARGEST_NOISE_M)))


def _candidates(tracks: Tracks, line: Line, within_m: float) -> _Candidates:
    """Places near each point of the line, in both directions of each road."""
    roads = tracks.roads
    along, step = _measured(line)
    hits = kernel.near_segments(roads.first_point, roads.lon_deg, roads.lat_deg, line[0], line[1], within_m)
    sample, geometry, segment, distance, share = _nearest_of_runs(*hits)
    start = roads.along_m[segment]
    at = start + share * (roads.along_m[segment + 1] - start)
    both = np.column_stack([at, roads.length_m[geometry] - at]).ravel()
    samples = kernel.Samples(
        step_m=step,
        first=np.concatenate([[0], np.cumsum(2 * np.bincount(sample, minlength=len(step)))]).astype(np.int64),
        track=np.column_stack([2 * geometry, 2 * geometry + 1]).ravel().astype(np.int32),
        at_m=both,
        cost=np.repeat(distance, 2),
    )
    return _Candidates(samples, np.repeat(segment, 2), np.repeat(share, 2), line, along)


def _nearest_of_runs(
    sample: I32, geometry: I32, segment: I32, distance: F64, share: F64
) -> tuple[I32, I32, I32, F64, F64]:
    """Keep the nearest of neighbouring segments; a hairpin keeps a place on each of its legs."""
    order = np.lexsort((segment, sample))
    sample, geometry, segment = sample[order], geometry[order], segment[order]
    distance, share = distance[order], share[order]
    joined = (np.diff(sample) == 0) & (np.diff(segment) == 1) & (np.diff(geometry) == 0)
    keeps = np.ones(len(sample), np.bool_)
    keeps[1:] &= ~(joined & (distance[1:] >= distance[:-1]))
    keeps[:-1] &= ~(joined & (distance[:-1] > distance[1:]))
    return sample[keeps], geometry[keeps], segment[keeps], distance[keeps], share[keeps]


def _follow(tracks: Tracks, found: _Candidates, cost: F64, costs: kernel.Costs) -> Followed | None:
    samples = found.samples._replace(cost=cost)
    labels = kernel.Labels(
        slot=np.full(len(tracks.arc), -1, np.int32),
        track=np.empty(kernel.LABELS, np.int32),
        before=np.empty(kernel.LABELS, np.int32),
        distance=np.empty(kernel.LABELS),
        key=np.empty(kernel.LABELS),
        is_done=np.empty(kernel.LABELS, np.bool_),
    )
    trellis = kernel.cheapest_tracks(tracks.roads, costs, samples, labels)
    if trellis.last == kernel.AT_START:
        return None
    chain = _chain(trellis, len(samples.step_m))
    drives = _drives(tracks, costs, samples, trellis, labels, chain)
    if not drives:
        return None
    farthest = float(found.samples.cost[[c for c in chain if c >= 0]].max())
    sample = np.repeat(np.arange(len(samples.step_m), dtype=np.int32), np.diff(samples.first))
    return Followed(drives, sample, found.segment, found.share, found.line, found.along_m, farthest)


def _drives(
    tracks: Tracks,
    costs: kernel.Costs,
    samples: kernel.Samples,
    trellis: kernel.Trellis,
    labels: kernel.Labels,
    chain: list[int],
) -> list[Drive]:
    drives: list[Drive] = []
    before = -1
    for k, candidate in enumerate(chain):
        if candidate < 0:
            continue
        how = kernel.AFTER_GAP if before < 0 else int(trellis.how[candidate])
        if how in (kernel.AFTER_GAP, kernel.ON_THE_SPOT):
            leave, enter = before, candidate
            if how == kernel.ON_THE_SPOT:
                leave = max(before, candidate ^ 1, key=samples.at_m.__getitem__)  # wherever it is farther ahead
                enter = leave ^ 1
            if drives:
                drives[-1] = replace(drives[-1], leave=leave)
            drives.append(Drive(int(samples.track[candidate]), how, enter, -1))
        elif how == kernel.THROUGH:
            step = float(samples.step_m[k])
            way = kernel.tracks_between(tracks.roads, costs, samples, before, candidate, step, labels)
            drives += [Drive(int(track), how, -1, -1) for track in way]
        before = candidate
    if drives:
        drives[-1] = replace(drives[-1], leave=before)
    return drives


def _chain(trellis: kernel.Trellis, count: int) -> list[int]:
    """Candidate of each sample, -1 where the way is off the network."""
    chain = [-1] * count
    at = trellis.last
    for k in range(count - 1, -1, -1):
        if at == kernel.FROM_OFF:
            at = int(trellis.off_came[k])
            continue
        chain[k] = at
        came = int(trellis.came[at])
        at = kernel.JUMPED - came if came <= kernel.JUMPED else came
    return chain
