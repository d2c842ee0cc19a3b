"""Free land for traps (陷阱选址): a spur road that nothing else touches, and borders between counties."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
import shapely.ops

from data.demo.places import County, Places
from data.demo.plane import F64, Course, right_of, unit
from data.demo.road import Make, Road

SPUR: Final = Make("tertiary", "二级", 2, 9.0, 40)
_CLEAR_M: Final = 350.0
_FROM_BORDER_M: Final = 1_500.0
_TRIES: Final = 4_000
_LONGEST_LINK_M: Final = 9_000.0
_BORDER_SEGMENT_M: Final = 350.0


@dataclass
class Land:
    """Which land roads have taken (用地).

    Attributes:
        places: Counties.
        roads: All roads before the traps; spurs start at those that may be joined.
        chance: Decides where to look.
    """

    places: Places
    roads: list[Road]
    chance: np.random.Generator
    _claimed: list[Any] = field(default_factory=list)
    _taken: int = 0

    def __post_init__(self) -> None:
        """Index the roads."""
        self._lines = np.array([road.course.line for road in self.roads], object)
        self._tree = shapely.STRtree(self._lines)
        self._joinable = [road for road in self.roads if _may_be_joined(road)]

    def name(self) -> tuple[str, str]:
        """Route number and name of the next spur."""
        self._taken += 1
        return f"X{9000 + self._taken}", f"演示第{self._taken}号专用线"

    def spur(self, length_m: float) -> Road:
        """A straight road into free land inside one county, joined to a road at its start."""
        for _ in range(_TRIES):
            anchor = self._joinable[int(self.chance.integers(len(self._joinable)))]
            at = float(self.chance.uniform(200.0, max(anchor.length_m - 200.0, 201.0)))
            side = right_of(anchor.course.heading(at)) * (1.0 if self.chance.random() < 0.5 else -1.0)  # noqa: PLR2004
            start = anchor.course.at(at)
            county = self.places.county_at(start)
            line = shapely.LineString([start + side * 5, start + side * length_m])
            inner = county.area.buffer(-_FROM_BORDER_M)
            if anchor.is_free(at - 100, at + 100) and inner.covers(line) and self._is_free(line, _CLEAR_M + 100):
                points = start + np.arange(0.0, length_m + 1, length_m / 8)[:, None] * side
                return self._build(Course.through(points), anchor, at)
        raise AssertionError("no free land for a spur in so many tries")

    def borders(self) -> Iterator[tuple[County, County, F64, F64, F64]]:
        """Straight pieces of county lines in random order: inner and outer county, middle, along, outward."""
        found = []
        counties = self.places.counties
        tree = shapely.STRtree([county.area for county in counties])
        for row, county in enumerate(counties):
            for other in sorted(tree.query(county.area).tolist()):
                if other != row:
                    shared = shapely.intersection(county.area.boundary, counties[other].area.boundary)
                    found += [(row, other, *ends) for ends in _segments(shared)]
        for pick in self.chance.permutation(len(found)).tolist():
            row, other, start, end = found[pick]
            middle, along = (start + end) / 2, unit(end - start)
            outward = right_of(along)
            if not shapely.contains_xy(counties[other].area, *(middle + outward * 3)):
                along, outward = -along, -outward
            yield counties[row], counties[other], middle, along, outward

    def link(self, course: Course, county: County, whole: Course) -> Road | None:
        """Join a drawn course to the nearest road by a straight piece before its start.

        Args:
            course: What becomes a road.
            county: The joining piece stays in it.
            whole: Everything that will be drawn there.

        Returns:
            None if the land is not free.
        """
        if not self._is_free(whole.line, 250.0):
            return None
        start = shapely.Point(course.points[0])
        anchor = self.roads[int(self._tree.nearest(start))]
        at = anchor.course.where(course.points[0])
        foot = anchor.course.at(at)
        reach = float(np.hypot(*(foot - course.points[0])))
        piece = shapely.LineString([foot, course.points[0]])
        is_inside = county.area.buffer(-30).covers(piece) if reach > 0 else False
        is_apart = shapely.distance(piece.interpolate(max(reach - 60, 0)), shapely.LineString(whole.points[1:])) > 100  # noqa: PLR2004
        may_join = _may_be_joined(anchor) and anchor.is_free(at - 100, at + 100)
        if not (may_join and is_inside and is_apart and 400 < reach < _LONGEST_LINK_M):  # noqa: PLR2004
            return None
        if any(area.intersects(piece) for area in self._claimed):
            return None
        return self._build(Course.through(np.vstack([foot, course.points])), anchor, at)

    def _is_free(self, line: Any, clear_m: float) -> bool:  # noqa: ANN401  any shape
        """Whether no road and no other trap lies near; the first part may start at a road."""
        away = shapely.ops.substring(line, clear_m, line.length).buffer(clear_m)
        if any(area.intersects(away) for area in self._claimed):
            return False
        touched = len(self._tree.query(away, predicate="intersects"))
        return not touched and not len(self._tree.query(line, predicate="crosses"))

    def _build(self, course: Course, anchor: Road, at_m: float) -> Road:
        ref, name = self.name()
        road = Road(course, SPUR, ref, name, tags={"width": "9"})
        road.join(0.0, anchor.join(at_m))
        road.join(road.length_m)
        self.claim(course)
        return road

    def claim(self, course: Course) -> None:
        """Keep other traps away from a line."""
        self._claimed.append(course.line.buffer(_CLEAR_M))


def _may_be_joined(road: Road) -> bool:
    return not road.is_street and road.make.highway in {"secondary", "tertiary", "primary"}


def _segments(shared: Any) -> list[tuple[F64, F64]]:  # noqa: ANN401  any shape
    lines = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    pairs = [pair for line in lines for pair in pairwise(np.asarray(line.coords))]
    return [(start, end) for start, end in pairs if np.hypot(*(end - start)) > _BORDER_SEGMENT_M]


def lengths_in(course: Course, counties: tuple[County, ...]) -> dict[int, float]:
    """Metres of a line inside each county it meets."""
    line = course.line
    inside = {county.code: float(shapely.intersection(line, county.area).length) for county in counties}
    return {code: length for code, length in inside.items() if length > 0}
