"""Traps at county lines (政区类陷阱): a sliver of a county, a county met on an expressway only."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from data.demo.expressways import APART_M
from data.demo.places import County
from data.demo.plane import F64, Course
from data.demo.road import MOTORWAY, Make, Road
from data.demo.sites import SPUR, Land, lengths_in
from data.demo.trap_roads import PER_KIND
from data.demo.traps import END_M, FIXED_DAY, Trap, legal_mass

_LINK: Final = Make("motorway_link", "高速", 2, 9.0, 40)
_SLIVER_M: Final = (22.0, 42.0)
_DEPTHS_M: Final = (7.0, 8.0, 6.0)
_LEAST_DIP_M: Final = 300.0
# Along the county line and outward of it, metres.
_APPROACH: Final = ((-2600, -700), (-1700, -500))
_DIP: Final = ((-1500, -400), (-900, -100), (-400, 400), (0, 600), (400, 400), (900, -100), (1500, -400))
_TAIL: Final = ((1700, -500), (2400, -700))


def slivers(land: Land) -> tuple[list[Trap], list[Road]]:
    """A road that touches another county for less than 50 m (边界误差)."""
    traps: list[Trap] = []
    roads: list[Road] = []
    for road, inner, outer in islice(_slivers(land), PER_KIND):
        length_m = lengths_in(road.course, land.places.counties)[outer.code]
        more = {"level": "county", "accepts": f"{inner.code}", "dropped": f"{outer.code}", "dropped_m": round(length_m)}
        start, end = road.course.points[1] * 0.9 + road.course.points[2] * 0.1, road.course.at(road.length_m - END_M)
        name = f"sliver-{len(traps) + 1}"
        traps.append(Trap(name, "county_sliver", legal_mass(), start, end, FIXED_DAY, "passes", more=more))
        roads.append(road)
    return traps, roads


def _slivers(land: Land) -> Iterator[tuple[Road, County, County]]:
    for inner, outer, middle, along, outward in land.borders():
        for depth in _DEPTHS_M:
            places = ((-900, -500), (-400, -200), (0, depth), (400, -200), (900, -500))
            course = _place(places, middle, along, outward)
            lengths = lengths_in(course, land.places.counties)
            is_sliver = _SLIVER_M[0] < lengths.get(outer.code, 0.0) < _SLIVER_M[1]
            if is_sliver and set(lengths) == {inner.code, outer.code}:
                road = land.link(course, inner, course)
                if road is not None:
                    yield road, inner, outer
                break


def _place(places: tuple[tuple[float, float], ...], middle: F64, along: F64, outward: F64) -> Course:
    return Course.through(np.array([middle + along * s + outward * d for s, d in places]))


def expressway_only(land: Land) -> tuple[list[Trap], list[Road]]:
    """A route that meets a county on nothing but an expressway (只走高速的县)."""
    traps: list[Trap] = []
    roads: list[Road] = []
    for stem, dip, tail, inner, outer in islice(_dips(land), PER_KIND):
        number = len(traps) + 1
        beyond = _draw_dip(stem, dip, tail, land.name(), number)
        level = "city" if inner.city == outer.city else "province"
        more = {"level": level, "informed": f"{outer.code}", "not_asked": f"{outer.code}", "crossed": f"{outer.code}"}
        start, end = stem.course.at(stem.length_m - 300), tail.at(tail.length_m - END_M)
        name = f"expressway-{number}"
        traps.append(Trap(name, "expressway_only_county", legal_mass(), start, end, FIXED_DAY, "passes", more=more))
        roads += [stem, *beyond]
    return traps, roads


def _dips(land: Land) -> Iterator[tuple[Road, Course, Course, County, County]]:
    for inner, outer, middle, along, outward in land.borders():
        approach, dip, tail = (_place(places, middle, along, outward) for places in (_APPROACH, _DIP, _TAIL))
        whole = Course.through(np.vstack([approach.points, dip.points, tail.points]))
        counties = land.places.counties
        lengths = lengths_in(whole, counties)
        if set(lengths) != {inner.code, outer.code} or lengths[outer.code] < _LEAST_DIP_M:
            continue
        ends = (Course.through(np.vstack([approach.points, dip.points[:1]])), Course.through(whole.points[-3:]))
        if any(set(lengths_in(end, counties)) != {inner.code} for end in ends):
            continue
        stem = land.link(approach, inner, whole)
        if stem is not None:
            land.claim(whole)
            yield stem, dip, tail, inner, outer


def _draw_dip(stem: Road, dip: Course, tail: Course, naming: tuple[str, str], number: int) -> list[Road]:
    """Ramp with toll station, both carriageways, ramp with toll station, road on."""
    ref, name = f"S{90 + number}", f"演示边界{number}号高速"
    first, last = stem.joints[-1][1], None
    carriageways = [
        Road(dip.beside(APART_M), MOTORWAY, ref, name, is_oneway=True, heading="上行"),
        Road(dip.beside(-APART_M).reversed(), MOTORWAY, ref, name, is_oneway=True, heading="下行"),
    ]
    carriageways[0].stake_end_m = carriageways[1].stake_m = dip.length_m
    carriageways[1].stake_end_m = 0.0
    onward = Road(tail, SPUR, *naming, tags={"width": "9"})
    last = onward.join(0.0)
    onward.join(tail.length_m)
    ramps = [
        _ramp(first.point, dip.points[0], f"边界{number}号东"),
        _ramp(dip.points[-1], last.point, f"边界{number}号西"),
    ]
    ramps[0].join(0.0, first)
    ramps[1].join(ramps[1].length_m, last)
    meets = [ramps[0].join(ramps[0].length_m), ramps[1].join(0.0)]
    for road, (start, end) in zip(carriageways, (meets, meets[::-1]), strict=True):
        road.course = Course.through(np.vstack([start.point, road.course.points[1:-1], end.point]))
        road.tags = {"toll": "yes"}
        road.join(0.0, start)
        road.join(road.length_m, end)
    return [*carriageways, *ramps, onward]


def _ramp(start: F64, end: F64, name: str) -> Road:
    road = Road(Course.through(np.array([start, end])), _LINK, "", f"样例{name}匝道", tags={"toll": "yes"})
    road.join(road.length_m / 2, None, barrier="toll_booth", name=f"模拟{name}收费站")
    return road
