"""City streets (城市道路): a grid at the true place of every prefecture seat."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from data.demo.numbering import chinese
from data.demo.places import Centre
from data.demo.plane import F64, Course
from data.demo.road import Make, Road, Spot

BLOCK_M: Final = 600.0
_HALF_BLOCKS: Final = 6
_CAPITAL_HALF_BLOCKS: Final = 8
_CAPITAL: Final = 430100
_MAIN: Final = Make("secondary", "", 4, 15.0, 50)
_SIDE: Final = Make("tertiary", "", 2, 9.0, 40)
_LANE: Final = Make("residential", "", 2, 7.0, 30)
_RING: Final = Make("primary", "", 4, 16.0, 50)
_BANNED_TURNS: Final = 12


@dataclass(frozen=True)
class Turn:
    """A forbidden turn at a crossing of streets (禁止转向): from one road to another at their node."""

    from_road: Road
    via: Spot
    to_road: Road
    kind: str


@dataclass(frozen=True)
class Grid:
    """Streets of one seat (街道网).

    Attributes:
        centre: Middle of the town, metres.
        half: Blocks from the middle to the edge.
        spots: Crossings by column and row.
        roads: The streets.
        turns: Forbidden turns.
    """

    centre: F64
    half: int
    spots: dict[tuple[int, int], Spot]
    roads: tuple[Road, ...]
    turns: tuple[Turn, ...]

    @property
    def reach_m(self) -> float:
        """From the middle to the edge."""
        return self.half * BLOCK_M

    def gate(self, course: Course) -> tuple[Course, Spot]:
        """Cut a road that comes out of the middle: the rest of it, and the crossing at the edge where it starts."""
        outside = np.abs(course.points - self.centre).max(axis=1) > self.reach_m + BLOCK_M
        first = int(np.argmax(outside))
        if not outside[first]:
            raise ValueError("the road does not leave the streets")
        step = (course.points[first] - self.centre) / BLOCK_M
        scale = self.half / np.abs(step).max()
        column, row = (round(float(value)) for value in step * scale)
        spot = self.spots[column, row]
        return Course.through(np.vstack([spot.point, course.points[first:]])), spot


def draw_grid(seat: Centre, chance: np.random.Generator) -> Grid:
    """Streets at a prefecture seat, with city speed zones and some forbidden turns."""
    half = _CAPITAL_HALF_BLOCKS if seat.code == _CAPITAL else _HALF_BLOCKS
    reach = range(-half, half + 1)
    spots = {(x, y): Spot(seat.point + BLOCK_M * np.array([x, y])) for x in reach for y in reach}
    across = [[spots[x, y] for x in reach] for y in reach]
    along = [[spots[x, y] for y in reach] for x in reach]
    roads = [_street(seat, row, offset, "横") for offset, row in zip(reach, across, strict=True)]
    roads += [_street(seat, row, offset, "纵") for offset, row in zip(reach, along, strict=True)]
    side = len(reach)
    turns = []
    for _ in range(_BANNED_TURNS):
        x, y = (int(value) for value in chance.integers(1, side - 1, 2))
        kind = "no_left_turn" if chance.random() < 0.7 else "no_right_turn"  # noqa: PLR2004
        turns.append(Turn(roads[y], spots[x - half, y - half], roads[side + x], kind))
    return Grid(seat.point, half, spots, tuple(roads), tuple(turns))


def _street(seat: Centre, row: list[Spot], offset: int, axis: str) -> Road:
    half = len(row) // 2
    make = _RING if abs(offset) == half else _MAIN if offset % 3 == 0 else _SIDE if offset % 2 == 0 else _LANE
    name = f"{seat.name}演示{axis}{chinese(offset + half + 1)}路"
    course = Course.through(np.array([spot.point for spot in row]))
    road = Road(course, make, "", name, tags={"zone:traffic": "CN:urban"}, is_street=True)
    for at, spot in zip(course.along_m.tolist(), row, strict=True):
        road.join(at, spot)
    return road
