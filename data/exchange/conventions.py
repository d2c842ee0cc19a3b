"""How columns of the network are called in OSMnx's world."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from routing.columns import LimitState, Quantity
from routing.graph import RoadGraph

PREFIX: Final = "dajian_"
CRS: Final = "epsg:4326"
# Columns that OpenStreetMap's tags cannot say exactly travel under our own name, as integers.
EXACT_COLUMNS: Final = (
    "road_class",
    "technical_grade",
    "flags",
    "layer",
    "lanes",
    "lane_width_mm",
    "carriageway_mm",
    "width_basis",
    "access",
    "incline_permille",
    "county_code",
    "border_county_code",
    "coverage",
)
# Tag of a limit, and how many of our units one of its units is: metres for lengths, tonnes for masses.
LIMIT_TAGS: Final[Mapping[Quantity, str]] = {
    Quantity.HEIGHT: "maxheight",
    Quantity.WIDTH: "maxwidth",
    Quantity.LENGTH: "maxlength",
    Quantity.GROSS_MASS: "maxweight",
    Quantity.AXLE_LOAD: "maxaxleload",
    Quantity.AXLE_GROUP: "maxbogieweight",
}


def strictest(graph: RoadGraph, quantity: Quantity) -> dict[int, int]:
    """Smallest number, in mm or kg, that always holds on each arc that has one."""
    limits = graph.limits
    is_wanted = (limits.quantity == quantity) & (limits.state == LimitState.NUMBER) & (limits.condition == 0)
    rows = np.flatnonzero(is_wanted)
    arcs = np.searchsorted(limits.first_out, rows, side="right") - 1
    order = np.lexsort((-limits.value[rows], arcs))
    return dict(zip(arcs[order].tolist(), limits.value[rows][order].tolist(), strict=True))  # the smallest comes last
