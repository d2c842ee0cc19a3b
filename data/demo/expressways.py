"""Expressways between the prefecture seats (高速公路): two carriageways, interchanges where they meet."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from data.demo.numbering import Numbers, chinese
from data.demo.ordinary import neighbours, spanning, strokes
from data.demo.places import Centre, Places
from data.demo.plane import F64, Course, bend, swing, unit
from data.demo.road import MOTORWAY, PROVINCIAL, RAMP, Road, Spot
from data.demo.streets import Grid

APART_M: Final = 13.0  # from the middle line to each carriageway
KNOT_M: Final = 1000.0  # carriageways end so far from where expressways meet
_OUT_OF_TOWN_M: Final = 8_500.0
_DIRECTIONS: Final = 24
_NATIONAL_SHARE: Final = 0.5
_BEYOND_M: Final = 900.0
_CLEAR_OF_KNOT_M: Final = 4_000.0


@dataclass(eq=False)
class Expressway:
    """One expressway between two knots (高速公路一段).

    Attributes:
        middle: Middle line, drawn with rising stakes.
        up: Carriageway along it (上行).
        down: Carriageway against it (下行).
        knots: Rows of the points it joins, first and last.
        taken_m: Places of interchanges on it.
    """

    middle: Course
    up: Road
    down: Road
    knots: tuple[int, int]
    taken_m: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Expressways:
    """All expressways and what joins them."""

    sections: tuple[Expressway, ...]
    connectors: tuple[Road, ...]  # within knots
    feeders: tuple[Road, ...]  # ordinary roads from the towns to them

    @property
    def roads(self) -> list[Road]:
        """Every road among them."""
        return [*(road for one in self.sections for road in (one.up, one.down)), *self.connectors, *self.feeders]


def draw_expressways(
    places: Places, grids: dict[int, Grid], numbers: Numbers, chance: np.random.Generator
) -> Expressways:
    """Draw all expressways, their knots and a feeder road from every seat."""
    seats = [centre for centre in places.centres if centre.is_seat]
    points = np.array([_outside(seat, places, chance) for seat in seats])
    tree = spanning(points)
    edges = [
        pair
        for pair in neighbours(points)
        if pair in tree or shapely.covers(places.land, shapely.LineString(points[list(pair)]))
    ]
    chains = strokes(points, edges)
    degree = np.bincount(np.array(edges).ravel(), minlength=len(points))
    sections: list[Expressway] = []
    connectors: list[Road] = []
    for order, chain in enumerate(sorted(chains, key=lambda one: (-len(one), one))):
        is_national = order < max(2, round(_NATIONAL_SHARE * len(chains)))
        ref = numbers.expressway(points[chain[0]], points[chain[-1]], is_national=is_national)
        name = f"演示{chinese(order + 1)}号高速"
        drawn = _draw_chain(points, chain, degree, (ref, name), chance, places.land)
        sections += drawn
        connectors += [road for pair in itertools.pairwise(drawn) for road in _go_on(*pair)]
    feeders: list[Road] = []
    for row, seat in enumerate(seats):
        here = [one for one in sections if row in one.knots]
        if degree[row] == 1:
            ramp, feeder = _end_in_town(here[0], row, seat, grids[row], numbers)
            connectors.append(ramp)
            feeders.append(feeder)
        else:
            connectors += _ramps(here, row, f"样例{seat.name}枢纽")
            feeders.append(_feeder(sections, seat, grids[row], numbers))
    return Expressways(tuple(sections), tuple(connectors), tuple(feeders))


def _outside(seat: Centre, places: Places, chance: np.random.Generator) -> F64:
    """A place outside the town, inside the province, farthest from other centres."""
    turn = chance.uniform(0, 2 * np.pi)
    angles = turn + 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    candidates = seat.point + _OUT_OF_TOWN_M * np.column_stack([np.cos(angles), np.sin(angles)])
    others = np.array([centre.point for centre in places.centres if centre is not seat])
    gaps = np.hypot(*(candidates[:, None, :] - others[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    gaps[~shapely.contains_xy(places.land, candidates[:, 0], candidates[:, 1])] = 0
    best: F64 = candidates[int(np.argmax(gaps))]
    return best


def _draw_chain(
    points: F64,
    chain: Sequence[int],
    degree: Any,  # noqa: ANN401  integers by point
    naming: tuple[str, str],
    chance: np.random.Generator,
    land: Any,  # noqa: ANN401  any polygon of shapely
) -> list[Expressway]:
    stake = 0.0
    found = []
    for start, end in itertools.pairwise(chain):
        whole = bend(points[start], points[end], chance, share=0.025, step_m=1500.0)
        if not shapely.covers(land, whole.line):
            whole = bend(points[start], points[end], chance, share=0.0, step_m=1500.0)
        low = 0.0 if degree[start] == 1 else KNOT_M
        high = whole.length_m - (0.0 if degree[end] == 1 else KNOT_M)
        middle = whole.part(low, high)
        up_course, down_course = middle.beside(APART_M), middle.beside(-APART_M).reversed()
        first, last = stake + low, stake + high
        up = Road(up_course, MOTORWAY, *naming, is_oneway=True, heading="上行", stake_m=first)
        down = Road(down_course, MOTORWAY, *naming, is_oneway=True, heading="下行", stake_m=last)
        up.stake_end_m, down.stake_end_m = last, first
        for road in (up, down):
            road.tags = {"toll": "yes"}
            road.join(0.0)
            road.join(road.length_m)
        found.append(Expressway(middle, up, down, (start, end)))
        stake += whole.length_m
    return found


def _go_on(before: Expressway, after: Expressway) -> list[Road]:
    """Both carriageways through the knot between two sections of one expressway."""
    through = []
    for start, end in ((before.up, after.up), (after.down, before.down)):
        road = _connect(start, end)
        road.make, road.ref, road.name = MOTORWAY, start.ref, start.name
        road.heading = start.heading
        road.stake_m, road.stake_end_m = start.stake_at(start.length_m), end.stake_at(0.0)
        through.append(road)
    return through


def _connect(start: Road, end: Road, layer: int = 0) -> Road:
    first, last = start.joints[1][1], end.joints[0][1]
    course = swing(first.point, start.course.heading(start.length_m), last.point, end.course.heading(0.0))
    road = Road(course, RAMP, "", "", is_oneway=True, main_ref=start.ref, layer=layer)
    road.tags = {"toll": "yes"}
    road.join(0.0, first)
    road.join(road.length_m, last)
    return road


def _ramps(sections: Sequence[Expressway], knot: int, name: str) -> list[Road]:
    """Ramps between all pairs of expressways at a knot that are not one route (枢纽互通匝道)."""
    ramps: list[Road] = []
    for one in sections:
        for other in sections:
            if one is other or one.up.ref == other.up.ref:
                continue
            arriving = one.up if one.knots[1] == knot else one.down
            leaving = other.up if other.knots[0] == knot else other.down
            arriving.joints[1][1].tags.update({"highway": "motorway_junction", "name": name})
            ramps.append(_connect(arriving, leaving, layer=1 + len(ramps) % 4))
    return ramps


def _end_in_town(section: Expressway, knot: int, seat: Centre, grid: Grid, numbers: Numbers) -> tuple[Road, Road]:
    """Where an expressway ends: a toll station on the way to town (主线收费站)."""
    is_start = section.knots[0] == knot
    arriving, leaving = (section.down, section.up) if is_start else (section.up, section.down)
    place = section.middle.at(0.0 if is_start else section.middle.length_m)
    toward = unit(seat.point - place)
    station = Spot(place + toward * 350.0)
    plaza = Spot(place + toward * 120.0)
    # Both carriageways meet before the station.
    for road, row in ((arriving, 1), (leaving, 0)):
        course = road.course.points.copy()
        course[-1 if row else 0] = plaza.point
        road.course = Course.through(course)
        far = road.joints[1 - row][1]
        road.joints = [(0.0, far), (road.length_m, plaza)] if row else [(0.0, plaza), (road.length_m, far)]
    ramp = Road(Course.through(np.array([plaza.point, station.point])), RAMP, "", f"样例{seat.name}主线匝道")
    ramp.join(0.0, plaza)
    middle = ramp.length_m / 2
    ramp.join(middle, None, barrier="toll_booth", name=f"模拟{seat.name}收费站")
    ramp.join(ramp.length_m, station)
    line, gate = grid.gate(_straight(seat.point, station.point))
    feeder = Road(line, PROVINCIAL, numbers.take("S1", 2, 50), f"演示{seat.name}高速连接线")
    feeder.join(0.0, gate)
    feeder.join(feeder.length_m, station)
    return ramp, feeder


def _feeder(sections: Sequence[Expressway], seat: Centre, grid: Grid, numbers: Numbers) -> Road:
    """A road from town across the nearest expressway, for an interchange there (连接线)."""
    steps = [
        one.middle.at(along)
        for one in sections
        for along in np.arange(_CLEAR_OF_KNOT_M, one.middle.length_m - _CLEAR_OF_KNOT_M, 500.0)
    ]
    places = np.array(steps)
    distance = np.hypot(*(places - seat.point).T)
    distance[distance < grid.reach_m * 1.5 + _BEYOND_M] = np.inf  # not among the streets
    place = places[int(np.argmin(distance))]
    beyond = place + unit(place - seat.point) * _BEYOND_M
    course, gate = grid.gate(_straight(seat.point, beyond))
    road = Road(course, PROVINCIAL, numbers.take("S1", 2, 50), f"演示{seat.name}高速连接线")
    road.join(0.0, gate)
    road.join(road.length_m)
    return road


def _straight(start: F64, end: F64) -> Course:
    count = max(int(np.hypot(*(end - start)) / 400.0), 6)
    return Course.through(start + np.linspace(0, 1, count + 1)[:, None] * (end - start))
