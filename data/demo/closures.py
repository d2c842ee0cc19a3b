"""Temporary closures and bans all over the province (临时管制), beside those of the traps."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from data.demo.osm_map import Piece
from data.demo.plane import F64, to_degrees
from data.demo.traps import FIXED_DAY, Json

_COUNT: Final = 12
_REASONS: Final = ("演示路面大修", "演示桥梁检测", "演示边坡治理", "演示管线施工")
_SHORTEST_M: Final = 150.0
_BAN_HALF_M: Final = 1_200.0


def scatter(pieces: Sequence[Piece], middle: F64, chance: np.random.Generator) -> Iterator[Json]:
    """Closures and limits of some ways, and a ban of large transports in the capital's middle.

    Args:
        pieces: Ways that may be meant.
        middle: Middle of the capital, metres.
        chance: Decides which and when.
    """
    long = [piece for piece in pieces if piece.to_m - piece.from_m > _SHORTEST_M]
    for number, row in enumerate(chance.choice(len(long), size=min(_COUNT, len(long)), replace=False), start=1):
        start = dt.date.fromisoformat(FIXED_DAY) + dt.timedelta(days=int(chance.integers(-20, 20)))
        until = start + dt.timedelta(days=int(chance.integers(3, 60)))
        limits: tuple[Json, ...] = (
            {"closed": True},
            {"gross_mass_kg": 49_000},
            {"width_mm": 3500},
            {"height_mm": 4500},
        )
        yield {
            "id": f"demo-works-{number}",
            "from": start.isoformat(),
            "until": until.isoformat(),
            "reason": _REASONS[number % len(_REASONS)],
            "way_ids": [long[int(row)].way_id],
            **limits[int(chance.integers(len(limits)))],
        }
    corners = middle + _BAN_HALF_M * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    area = {"type": "Polygon", "coordinates": [to_degrees(corners).tolist()]}
    hours = "Mo-Fr 07:00-09:00,17:00-19:00"
    ban = {"id": "demo-peak", "closed": True, "classes": ["II", "III"], "hours": hours, "reason": "演示早晚高峰禁行"}
    yield {**ban, "geometry": area}
