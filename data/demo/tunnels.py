"""Tunnels (隧道): with and without a posted height."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from data.demo.numbering import chinese
from data.demo.places import Places
from data.demo.road import Road

_METRES_A_TUNNEL: Final = 90_000.0
_SIGNED_SHARE: Final = 0.5
_HEIGHTS: Final = ("4.5", "5", "5")
_CLASSES: Final = frozenset({"motorway", "trunk", "primary"})


def dig(roads: Sequence[Road], chance: np.random.Generator, *, places: Places) -> int:
    """Put tunnels on main roads, one in some 90 km; returns how many."""
    number = 0
    for road in roads:
        if road.make.highway not in _CLASSES or road.is_street or not road.ref:
            continue
        for _ in range(int(chance.poisson(road.length_m / _METRES_A_TUNNEL))):
            length = float(chance.uniform(250, 2200))
            start = float(chance.uniform(150, max(road.length_m - length - 150, 151)))
            if road.is_free(start, start + length):
                number += 1
                county = places.county_at(road.course.at(start)).name
                tags = {"tunnel": "yes", "layer": "-1", "tunnel:name": f"演示{county}{chinese(number)}号隧道"}
                if chance.random() < _SIGNED_SHARE:
                    tags["maxheight"] = _HEIGHTS[int(chance.integers(len(_HEIGHTS)))]
                road.add(start, start + length, tags)
    return number
