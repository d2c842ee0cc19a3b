"""Questions that close in on a bridge's capacity (逐次逼近): how they are known, and how many are answered.

The rule: a firm may ask a set number of *different* questions (another mass, axle load or spacing) within a set number
of days about loads that are *much the same* (gross masses within a set share) over *the same bridges* (a way with a
bridge in common, or the same two ends). The same load again tells nothing new and is not counted; neither is one far
lighter or heavier, or another road.
"""

import datetime as dt
import math
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from api.db.tables import WhatIf
from api.errors import TooManyError
from api.reviews.network import OpenNetwork
from api.unit_of_work import UnitOfWork
from data.vehicles import LoadedVehicle

SAME_END_M: Final = 2000.0
_M_A_DEGREE: Final = 111_320.0
Probe = dict[str, Any]


def probe_of(
    network: OpenNetwork, vehicle: LoadedVehicle, ends: Sequence[tuple[float, float]], answer: Mapping[str, Any]
) -> Probe:
    """What a question touched: its load, its ends, and the ways with bridges on its routes.

    Args:
        network: That it was reviewed on.
        vehicle: Asked about.
        ends: First and last point, longitude and latitude in degrees.
        answer: The whole review.
    """
    arcs = np.unique(network.graph.arc_bridges.arc)
    with_bridges = {int(way) for way in np.unique(network.graph.arcs.way_id[arcs]) if way}
    ways = {int(way) for route in answer["routes"] for way in route["way_ids"]}
    numbers = [number for axle in vehicle.axles for number in (axle.load_kg * axle.files, axle.spacing_mm)]
    load = [vehicle.gross_mass_kg, *numbers]
    return {"load": load, "ends": [list(end) for end in ends], "ways": sorted(ways & with_bridges)}


def refuse_probing(
    work: UnitOfWork, carrier_id: uuid.UUID, probe: Probe, *, most: int, days: int, similar_percent: int
) -> None:
    """Refuse one more question that closes in.

    Raises:
        TooManyError: The firm asked as many already.
    """
    since = work.now - dt.timedelta(days=days)
    query = select(WhatIf.question["probe"], WhatIf.asked_at).where(
        WhatIf.carrier_id == carrier_id, WhatIf.asked_at > since
    )
    asked = {
        tuple(earlier["load"]): at
        for earlier, at in work.session.execute(query.order_by(WhatIf.asked_at.desc()))
        if is_same_place(earlier, probe) and is_similar(earlier["load"][0], probe["load"][0], similar_percent)
    }
    if tuple(probe["load"]) in asked or len(asked) < most:
        return
    wait = int((sorted(asked.values())[-most] + dt.timedelta(days=days) - work.now).total_seconds()) + 1
    zh = (
        f"{days}天内对相同桥梁、相近车货的不同试算不超过{most}次（防止逐次逼近反推桥梁承载能力）；"
        "可直接提交申请，由审查人员答复"
    )
    en = f"at most {most} different questions on much the same load over the same bridges in {days} days: apply instead"
    raise TooManyError(zh, en, wait)


def is_similar(one_kg: int, other_kg: int, percent: int) -> bool:
    """Whether two gross masses differ by no more than a share of the larger; other axles make no other load of it."""
    return abs(one_kg - other_kg) * 100 <= percent * max(one_kg, other_kg)


def is_same_place(one: Probe, other: Probe) -> bool:
    """Whether two questions concern the same bridges, or go from the same place to the same place."""
    if set(one["ways"]) & set(other["ways"]):
        return True
    return all(_distance_m(a, b) <= SAME_END_M for a, b in zip(one["ends"], other["ends"], strict=True))


def _distance_m(one: Sequence[float], other: Sequence[float]) -> float:
    """Distance in metres, close enough for neighbouring points."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, one[1] - other[1]) * _M_A_DEGREE
