"""A few streets made by hand, for tests of reviews."""

from collections.abc import Sequence
from typing import Any

from api.reviews.network import OpenNetwork
from routing.columns import WidthBasis
from tests.graphs import Limit, Road, Structure, make_graph

#         3 ---14--- 4
#         |          |          a grid step is about 1 km; every road is wide, its bridges are known
#        13         15          16 is the way round on the other side, twice as long
#         |          |
#  0 -10- 1 ---11--- 2 -12- 5
#         |          |
#         6 ---16--- 7
NODES = [
    *((112.0, 28.0), (112.01, 28.0), (112.02, 28.0)),
    *((112.01, 28.01), (112.02, 28.01), (112.03, 28.0)),
    *((112.01, 27.98), (112.02, 27.98)),
]
ENDS = {
    10: (0, 1),
    11: (1, 2),
    12: (2, 5),
    13: (1, 3),
    14: (3, 4),
    15: (4, 2),
    16: (6, 7),
    17: (1, 6),
    18: (7, 2),
}
KNOWN = {"lane_width_mm": 3750, "carriageway_mm": 7500, "width_basis": WidthBasis.STATED, "coverage": 3}
WEST, EAST = (112.004, 28.0), (112.026, 28.0)  # on roads 10 and 12
STRAIGHT, NORTH, SOUTH = [10, 11, 12], [10, 13, 14, 15, 12], [10, 17, 16, 18, 12]
Changes = dict[str, Any]


def streets(
    changes: dict[int, Changes] | None = None,
    *,
    without: Sequence[int] = (16, 17, 18),
    structures: Sequence[Structure] = (),
    bans: Sequence[Sequence[tuple[int, int]]] = (),
) -> OpenNetwork:
    """The streets as a network; `changes` go to single roads by way id."""
    given = changes or {}
    roads = [road(way, **given.get(way, {})) for way in ENDS if way not in without]
    return OpenNetwork(make_graph(NODES, roads, structures=structures, bans=bans))


def road(way: int, **changes: Any) -> Road:  # noqa: ANN401  any column
    columns = {**KNOWN, **changes.pop("columns", {})}
    return Road(*ENDS[way], way_id=way, columns=columns, **changes)


def limited(*limits: Limit) -> Changes:
    return {"limits": limits}
