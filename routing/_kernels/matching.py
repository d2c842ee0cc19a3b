"""Matching a line to roads: candidates near every sample, and the cheapest way through them.

A track is one direction of one geometry, whether an arc runs that way or not: track ``2 g + 1`` drives geometry ``g``
backward. Driving a track without an arc of its own is driving the wrong way. All lengths are metres in the plane of
each segment's middle latitude, so that equal segments have equal lengths wherever they are met.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from routing.geometry import metres_per_degree
from routing.graph import F64, I32, I64, U8, Bool

AT_START = -1
FROM_OFF = -2
JUMPED = -3  # JUMPED - i: over a gap from candidate i
FORWARD, THROUGH, ON_THE_SPOT, AFTER_GAP = 0, 1, 2, 3
LABELS = 4096  # tracks one local search may reach
LONGEST_SEARCH_M = 500.0

scale_at = njit(cache=True, nogil=True)(metres_per_degree)


class Roads(NamedTuple):
    """The tracks near a line: columns by track, points by local geometry."""

    first_point: I64
    lon_deg: F64
    lat_deg: F64
    along_m: F64
    length_m: F64
    tail: I32
    head: I32
    is_wrong: Bool
    is_usable: Bool
    first_out: I64
    out: I32
    first_ban: I64
    banned: I32


class Costs(NamedTuple):
    """What deviations cost, in units of a squared standard error (匹配代价)."""

    beta_m: float  # difference of driven and drawn length that costs 1
    difference_m: float  # more is not allowed at all
    backward_m: float  # noise may step back so far on a track
    wrong_way: float  # once
    wrong_way_per_m: float
    banned_turn: float
    u_turn: float
    off: float  # leaving the network, and again for joining it
    off_per_m: float


class Samples(NamedTuple):
    """Points of the line with their candidates; candidates of sample ``k`` are ``first[k] .. first[k + 1] - 1``."""

    step_m: F64
    first: I64
    track: I32
    at_m: F64
    cost: F64


class Trellis(NamedTuple):
    """Cheapest way to every candidate: where it came from and how, and the same for being off the network."""

    came: I32
    how: U8
    off_came: I32
    last: int


class Labels(NamedTuple):
    """Scratch of a local search; `slot` is -1 wherever no search is running."""

    slot: I32
    track: I32
    before: I32
    distance: F64
    key: F64
    is_done: Bool


@njit(cache=True, nogil=True)
def measure(first_point: I64, lon: F64, lat: F64) -> F64:
    """Metres from the start of its geometry to every point."""
    along = np.zeros(len(lon))
    for geometry in range(len(first_point) - 1):
        for point in range(first_point[geometry] + 1, first_point[geometry + 1]):
            east, north = scale_at(0.5 * (lat[point] + lat[point - 1]))
            dx, dy = (lon[point] - lon[point - 1]) * east, (lat[point] - lat[point - 1]) * north
            along[point] = along[point - 1] + math.sqrt(dx * dx + dy * dy)
    return along


@njit(cache=True, nogil=True)
def near_segments(
    first_point: I64, lon: F64, lat: F64, sample_lon: F64, sample_lat: F64, within_m: float
) -> tuple[I32, I32, I32, F64, F64]:
    """Every segment of every geometry within reach of every sample.

    Returns:
        Sample, geometry, segment (its first point), distance in metres, place on the segment (0 to 1).
    """
    samples = len(sample_lon)
    east, north = scale_at(float(np.max(np.abs(sample_lat))))
    pad_lon, pad_lat = within_m / east, within_m / north
    west, south = sample_lon.min(), sample_lat.min()
    span_lon, span_lat = sample_lon.max() - west, sample_lat.max() - south
    cells = 1024
    cell_lon = max(4.0 * pad_lon, span_lon / cells + 1e-12)
    cell_lat = max(4.0 * pad_lat, span_lat / cells + 1e-12)
    columns, rows = int(span_lon / cell_lon) + 1, int(span_lat / cell_lat) + 1
    first = np.zeros(columns * rows + 1, np.int64)
    cell_of = np.empty(samples, np.int64)
    for i in range(samples):
        cell_of[i] = int((sample_lat[i] - south) / cell_lat) * columns + int((sample_lon[i] - west) / cell_lon)
        first[cell_of[i] + 1] += 1
    first = np.cumsum(first)
    place = first.copy()
    in_cell = np.empty(samples, np.int64)
    for i in range(samples):
        in_cell[place[cell_of[i]]] = i
        place[cell_of[i]] += 1
    scale = np.empty((samples, 2))
    for i in range(samples):
        scale[i, 0], scale[i, 1] = scale_at(sample_lat[i])
    size, found = 0, 1024
    hit = np.empty((found, 3), np.int32)
    spot = np.empty((found, 2))
    for geometry in range(len(first_point) - 1):
        for point in range(first_point[geometry], first_point[geometry + 1] - 1):
            low_x = (min(lon[point], lon[point + 1]) - pad_lon - west) / cell_lon
            high_x = (max(lon[point], lon[point + 1]) + pad_lon - west) / cell_lon
            low_y = (min(lat[point], lat[point + 1]) - pad_lat - south) / cell_lat
            high_y = (max(lat[point], lat[point + 1]) + pad_lat - south) / cell_lat
            if high_x < 0.0 or high_y < 0.0 or low_x >= columns or low_y >= rows:
                continue
            for row in range(max(int(low_y), 0), min(int(high_y), rows - 1) + 1):
                for column in range(max(int(low_x), 0), min(int(high_x), columns - 1) + 1):
                    cell = row * columns + column
                    for k in range(first[cell], first[cell + 1]):
                        i = in_cell[k]
                        x = (lon[point] - sample_lon[i]) * scale[i, 0]
                        y = (lat[point] - sample_lat[i]) * scale[i, 1]
                        dx = (lon[point + 1] - lon[point]) * scale[i, 0]
                        dy = (lat[point + 1] - lat[point]) * scale[i, 1]
                        squared = dx * dx + dy * dy
                        t = 0.0
                        if squared > 0.0:
                            t = min(1.0, max(0.0, -(x * dx + y * dy) / squared))
                        distance = math.hypot(x + t * dx, y + t * dy)
                        if distance > within_m:
                            continue
                        if size == found:
                            found *= 2
                            more_hit, more_spot = np.empty((found, 3), np.int32), np.empty((found, 2))
                            more_hit[:size], more_spot[:size] = hit, spot
                            hit, spot = more_hit, more_spot
                        hit[size, 0], hit[size, 1], hit[size, 2] = i, geometry, point
                        spot[size, 0], spot[size, 1] = distance, t
                        size += 1
    return (
        hit[:size, 0].copy(),
        hit[:size, 1].copy(),
        hit[:size, 2].copy(),
        spot[:size, 0].copy(),
        spot[:size, 1].copy(),
    )


@njit(cache=True, nogil=True)
def _is_banned(roads: Roads, track: int, following: int) -> bool:
    for row in range(roads.first_ban[track], roads.first_ban[track + 1]):  # noqa: SIM110 - numba compiles loops
        if roads.banned[row] == following:
            return True
    return False


@njit(cache=True, nogil=True)
def _spread(roads: Roads, costs: Costs, source: int, at_m: float, reach_m: float, labels: Labels) -> int:
    """Reach all tracks whose start lies within `reach_m` of a place; return the number of labels written."""
    size = 0
    current = -1
    track, length = source, roads.length_m[source >> 1] - at_m
    distance, key = 0.0, 0.0
    while True:
        distance += length
        key += length / costs.beta_m
        if roads.is_wrong[track]:
            key += length * costs.wrong_way_per_m
        if distance <= reach_m:
            for row in range(roads.first_out[roads.head[track]], roads.first_out[roads.head[track] + 1]):
                following = roads.out[row]
                new_key = key
                if following == track ^ 1:
                    new_key += costs.u_turn
                if roads.is_wrong[following] and not roads.is_wrong[track]:
                    new_key += costs.wrong_way
                if _is_banned(roads, track, following):
                    new_key += costs.banned_turn
                label = labels.slot[following]
                if label < 0:
                    if size == LABELS:
                        continue
                    label = size
                    size += 1
                    labels.slot[following] = label
                    labels.track[label] = following
                    labels.is_done[label] = False
                elif labels.is_done[label] or new_key >= labels.key[label]:
                    continue
                labels.key[label] = new_key
                labels.distance[label] = distance
                labels.before[label] = current
        current = -1
        for label in range(size):
            if not labels.is_done[label] and (current < 0 or labels.key[label] < labels.key[current]):
                current = label
        if current < 0:
            return size
        labels.is_done[current] = True
        track = labels.track[current]
        length = roads.length_m[track >> 1]
        distance, key = labels.distance[current], labels.key[current]


@njit(cache=True, nogil=True)
def _clear(labels: Labels, size: int) -> None:
    for label in range(size):
        labels.slot[labels.track[label]] = -1


@njit(cache=True, nogil=True)
def _reach_of(costs: Costs, step_m: float) -> float:
    """Farther than this a gap is cheaper; a longer step is expected to stay on its track."""
    difference = min(costs.difference_m, costs.beta_m * (2.0 * costs.off + costs.off_per_m * step_m))
    return min(step_m, LONGEST_SEARCH_M) + difference


@njit(cache=True, nogil=True)
def _hop(
    roads: Roads, costs: Costs, source: int, from_m: float, target: int, to_m: float, step_m: float, labels: Labels
) -> tuple[float, int]:
    """Cost of one step between two candidates after `_spread`, and how it is driven; infinite if it cannot be."""
    best, how = math.inf, FORWARD
    per_m = costs.wrong_way_per_m if roads.is_wrong[target] else 0.0
    if source == target and to_m >= from_m - costs.backward_m:
        difference = abs(to_m - from_m - step_m)
        if difference <= costs.difference_m:
            best = difference / costs.beta_m + per_m * max(to_m - from_m, 0.0)
    if source == target ^ 1:
        difference = abs(abs(roads.length_m[source >> 1] - to_m - from_m) - step_m)
        price = difference / costs.beta_m + costs.u_turn + (costs.wrong_way if roads.is_wrong[target] else 0.0)
        if difference <= costs.difference_m and price < best:
            best, how = price, ON_THE_SPOT
    label = labels.slot[target]
    if label >= 0:
        distance = labels.distance[label] + to_m
        difference = abs(distance - step_m)
        penalties = labels.key[label] - labels.distance[label] / costs.beta_m
        price = difference / costs.beta_m + penalties + per_m * to_m
        if difference <= costs.difference_m and price < best:
            best, how = price, THROUGH
    return best, how


@njit(cache=True, nogil=True)
def cheapest_tracks(roads: Roads, costs: Costs, samples: Samples, labels: Labels) -> Trellis:
    """Viterbi over the candidates of all samples.

    Returns:
        The trellis; its ``last`` is the candidate the cheapest way ends on, `FROM_OFF` if it ends off the network,
        `AT_START` if there is no way at all.
    """
    layers = len(samples.step_m)
    came = np.full(len(samples.track), AT_START, np.int32)
    how = np.zeros(len(samples.track), np.uint8)
    off_came = np.full(layers, AT_START, np.int32)
    total = np.full(len(samples.track), math.inf)
    off_total = costs.off
    for c in range(samples.first[0], samples.first[1]):
        total[c] = samples.cost[c] + (costs.wrong_way if roads.is_wrong[samples.track[c]] else 0.0)
    for k in range(1, layers):
        step = samples.step_m[k]
        best_before = -1
        for i in range(samples.first[k - 1], samples.first[k]):
            if total[i] == math.inf:
                continue
            if best_before < 0 or total[i] < total[best_before]:
                best_before = i
            size = _spread(roads, costs, samples.track[i], samples.at_m[i], _reach_of(costs, step), labels)
            for j in range(samples.first[k], samples.first[k + 1]):
                price, way = _hop(
                    roads, costs, samples.track[i], samples.at_m[i], samples.track[j], samples.at_m[j], step, labels
                )
                if total[i] + price < total[j]:
                    total[j], came[j], how[j] = total[i] + price, i, way
            _clear(labels, size)
        over_gap = off_total + costs.off + costs.off_per_m * step
        gap_from = FROM_OFF
        if best_before >= 0 and total[best_before] + 2.0 * costs.off + costs.off_per_m * step < over_gap:
            over_gap = total[best_before] + 2.0 * costs.off + costs.off_per_m * step
            gap_from = JUMPED - best_before
        off_total += costs.off_per_m * step
        off_came[k] = FROM_OFF
        if best_before >= 0 and total[best_before] + costs.off + costs.off_per_m * step < off_total:
            off_total = total[best_before] + costs.off + costs.off_per_m * step
            off_came[k] = best_before
        for j in range(samples.first[k], samples.first[k + 1]):
            entry = costs.wrong_way if roads.is_wrong[samples.track[j]] else 0.0
            if over_gap + entry < total[j]:
                total[j], came[j], how[j] = over_gap + entry, gap_from, AFTER_GAP
            total[j] += samples.cost[j]
    last, best = AT_START, math.inf
    for j in range(samples.first[layers - 1], samples.first[layers]):
        if total[j] < best:
            best, last = total[j], j
    return Trellis(came, how, off_came, FROM_OFF if off_total < best else last)


@njit(cache=True, nogil=True)
def tracks_between(
    roads: Roads, costs: Costs, samples: Samples, before: int, after: int, step_m: float, labels: Labels
) -> I32:
    """Tracks entered on the way from one candidate to the next, the last being the next candidate's."""
    size = _spread(roads, costs, samples.track[before], samples.at_m[before], _reach_of(costs, step_m), labels)
    label = labels.slot[samples.track[after]]
    length = 0
    while label >= 0:
        length += 1
        label = labels.before[label]
    way = np.empty(length, np.int32)
    label = labels.slot[samples.track[after]]
    for place in range(length - 1, -1, -1):
        way[place] = labels.track[label]
        label = labels.before[label]
    _clear(labels, size)
    return way
