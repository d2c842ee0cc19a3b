"""Ordinary roads (普通公路): national and provincial routes between centres, county roads to towns."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from data.demo.numbering import Numbers, chinese
from data.demo.places import Centre, Places, towns_of
from data.demo.plane import F64, Course, bend, unit
from data.demo.road import COUNTY_ROAD, FIRST, LESSER, PROVINCIAL, SECOND, TOWN_ROAD, Make, Road, Spot
from data.demo.streets import Grid

Edge = tuple[int, int]
_STRAIGHT_ON: Final = 0.75  # cosine of the sharpest bend of a route that goes on through a centre
_RADIAL_NATIONAL: Final = 3
_PROVINCIAL_M: Final = 45_000.0


def neighbours(points: F64) -> list[Edge]:
    """Pairs with no third point in the circle between them (Gabriel graph): connected, no crossings."""
    count = len(points)
    squared = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    pairs = []
    for low in range(count):
        for high in range(low + 1, count):
            others = squared[low] + squared[high] < squared[low, high] - 1e-6
            if not others.any():
                pairs.append((low, high))
    return pairs


def spanning(points: F64) -> set[Edge]:
    """Pairs of a shortest tree over all points."""
    linked = [0]
    pairs: set[Edge] = set()
    distance = np.hypot(*(points - points[0]).T)
    nearest = np.zeros(len(points), int)
    while len(linked) < len(points):
        distance[linked] = np.inf
        new = int(np.argmin(distance))
        pairs.add((min(new, int(nearest[new])), max(new, int(nearest[new]))))
        linked.append(new)
        closer = np.hypot(*(points - points[new]).T)
        nearest = np.where(closer < distance, new, nearest)
        distance = np.minimum(distance, closer)
    return pairs


def strokes(points: F64, edges: Sequence[Edge]) -> list[list[int]]:
    """Chains of edges that go straight on through their points: the routes (路线)."""
    onward: dict[tuple[int, int], int] = {}  # (point, neighbour) -> neighbour opposite
    around: dict[int, list[int]] = {}
    for low, high in edges:
        around.setdefault(low, []).append(high)
        around.setdefault(high, []).append(low)
    for point, beside in around.items():
        ways = {other: unit(points[other] - points[point]) for other in beside}
        pairs = [(float(ways[a] @ ways[b]), a, b) for a in beside for b in beside if a < b]
        for cosine, a, b in sorted(pairs):
            if cosine < -_STRAIGHT_ON and (point, a) not in onward and (point, b) not in onward:
                onward[point, a], onward[point, b] = b, a
    left = set(edges)
    found = []
    while left:
        chain = list(min(left))
        for _ in range(2):
            while True:
                ahead = onward.get((chain[-1], chain[-2]))
                if ahead is None or (min(chain[-1], ahead), max(chain[-1], ahead)) not in left or ahead in chain:
                    break
                chain.append(ahead)
            chain.reverse()
        left -= {(min(a, b), max(a, b)) for a, b in itertools.pairwise(chain)}
        found.append(chain if chain[0] < chain[-1] else chain[::-1])
    return sorted(found)


@dataclass(frozen=True)
class Towns:
    """Grids of the seats and the node in the middle of every other centre."""

    grids: dict[int, Grid]
    middles: dict[int, Spot]

    def gate(self, centre: int, course: Course) -> tuple[Course, Spot]:
        """Cut a course that starts in a centre where the streets begin."""
        grid = self.grids.get(centre)
        return (course, self.middles[centre]) if grid is None else grid.gate(course)


def draw_routes(places: Places, towns: Towns, numbers: Numbers, chance: np.random.Generator) -> list[Road]:
    """National and provincial roads between all centres (国道、省道)."""
    points = np.array([centre.point for centre in places.centres])
    tree = spanning(points)
    edges = [pair for pair in neighbours(points) if pair in tree or _stays_inside(points, pair, places.land)]
    chains = sorted(strokes(points, edges), key=lambda chain: -_length_m(points, chain))
    national = max(4, len(chains) // 6)
    roads = []
    for rank, chain in enumerate(chains):
        ref, make = _class_of(points, chain, rank, national, places.centres, numbers)
        name = f"模拟{places.centres[chain[0]].name}至{places.centres[chain[-1]].name}线"
        stake = 0.0
        for start, end in itertools.pairwise(chain):
            road = _between(places, towns, (start, end), chance, Road(_NOWHERE, make, ref, name, stake_m=stake))
            stake += road.length_m
            roads.append(road)
    return roads


_NOWHERE: Final = Course.through(np.array([[0.0, 0.0], [1.0, 0.0]]))


def _class_of(
    points: F64, chain: list[int], rank: int, national: int, centres: Sequence[Centre], numbers: Numbers
) -> tuple[str, Make]:
    start, end = points[chain[0]], points[chain[-1]]
    if rank < national:
        seats = sum(centres[point].is_seat for point in chain)
        return numbers.ordinary("G", start, end, is_radial=rank < _RADIAL_NATIONAL), FIRST if seats > 1 else SECOND
    is_radial = 0 in (chain[0], chain[-1])
    make = PROVINCIAL if _length_m(points, chain) > _PROVINCIAL_M else LESSER
    return numbers.ordinary("S", start, end, is_radial=is_radial), make


def _between(places: Places, towns: Towns, pair: Edge, chance: np.random.Generator, road: Road) -> Road:
    start, end = pair
    course = bend(places.centres[start].point, places.centres[end].point, chance)
    if not shapely.covers(places.land, course.line):
        course = bend(places.centres[start].point, places.centres[end].point, chance, share=0.0)
    course, first = towns.gate(start, course)
    backward, last = towns.gate(end, course.reversed())
    road.course = backward.reversed()
    road.join(0.0, first)
    road.join(road.length_m, last)
    return road


def _length_m(points: F64, chain: Sequence[int]) -> float:
    return float(np.hypot(*np.diff(points[list(chain)], axis=0).T).sum())


def _stays_inside(points: F64, pair: Edge, land: Any) -> bool:  # noqa: ANN401  any polygon of shapely
    return bool(shapely.covers(land, shapely.LineString(points[list(pair)])))


def draw_county_roads(places: Places, towns: Towns, numbers: Numbers, chance: np.random.Generator) -> list[Road]:
    """Roads from every centre to the towns of its county (县道、乡道)."""
    roads: list[Road] = []
    for row, centre in enumerate(places.centres):
        county = places.county_at(centre.point)
        inside = towns_of(county, centre, chance)
        points = np.array([centre.point, *inside])
        spots = [Spot(point) for point in points]
        if len(points) < 2:  # noqa: PLR2004  no town
            continue
        for low, high in sorted(spanning(points)):
            course = bend(points[low], points[high], chance, share=0.05, step_m=600.0)
            first = spots[low]
            if low == 0:
                course, first = towns.gate(row, course)
            is_first = low == 0
            number = numbers.take("X" if is_first else "Y", 3)
            name = f"模拟{centre.name}{chinese(high)}号{'县道' if is_first else '乡道'}"
            road = Road(course, COUNTY_ROAD if is_first else TOWN_ROAD, number, name)
            road.join(0.0, first)
            road.join(road.length_m, spots[high])
            roads.append(road)
    return roads
