"""Signs and gates on ordinary roads (限行标志、限高架): masses, axle loads, widths, hours."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from data.demo.road import Road

_SIGNED_SHARE: Final = 0.12
_HALF_M: Final = 40.0
_SIGNS: Final = (
    {"maxweight": "20"},
    {"maxweight": "30"},
    {"maxweight": "40"},
    {"maxaxleload": "10"},
    {"maxaxleload": "13"},
    {"maxwidth": "3"},
    {"maxheight": "4.2"},
    {"hgv:conditional": "no @ (Mo-Fr 07:00-09:00)"},
    {"hgv": "destination"},
)
_MINOR: Final = frozenset({"secondary", "tertiary"})


def post(roads: Sequence[Road], chance: np.random.Generator) -> None:
    """Put a sign on some minor roads; on some township roads a height gate."""
    for road in roads:
        if road.make.highway not in _MINOR or road.is_street or chance.random() > _SIGNED_SHARE:
            continue
        at = float(chance.uniform(100, max(road.length_m - 100, 101)))
        if not road.is_free(at - _HALF_M, at + _HALF_M):
            continue
        if road.make.grade == "四级" and chance.random() < 0.4:  # noqa: PLR2004
            road.join(at, None, barrier="height_restrictor", maxheight="3.5")
        else:
            road.add(at - _HALF_M, at + _HALF_M, _SIGNS[int(chance.integers(len(_SIGNS)))])
