"""Three loaded vehicles and seeded pairs of places: what every measurement asks about (测量用的车货与起讫点)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.reviews.network import OpenNetwork
from api.reviews.service import usable_arcs
from data.vehicles import AxleInput, LoadedVehicle
from routing.columns import ArcFlag
from routing.metric import FORBIDDEN, Metric
from routing.parts import Place
from routing.search import Prepared, query

SEED = 20_261_123
LEADS_NOWHERE = ArcFlag.SMALL_COMPONENT | ArcFlag.NO_WAY_OUT | ArcFlag.NO_WAY_IN


def _train(loads_kg: Sequence[int], spacings_mm: Sequence[int], size_mm: tuple[int, int, int]) -> LoadedVehicle:
    """A tractor of three axles with a trailer below the rest; height, width and length in mm."""
    axles = [
        AxleInput(
            load_kg=load,
            spacing_mm=spacing,
            tyres=2 if n == 0 else 4,
            unit="tractor" if n < 3 else "trailer",
            drive=n in {1, 2},
        )
        for n, (load, spacing) in enumerate(zip(loads_kg, spacings_mm, strict=True))
    ]
    height, width, length = size_mm
    return LoadedVehicle(
        kind="train",
        trailer="flatbed",
        height_mm=height,
        width_mm=width,
        length_mm=length,
        gross_mass_kg=sum(loads_kg),
        axles=axles,
        indivisible=True,
    )


_SIX_AXLES_KG = (7000, 9000, 9000, 8000, 8000, 8000)
_SIX_SPACINGS_MM = (0, 3300, 1350, 6200, 1310, 1310)
VEHICLES = {
    "legal 49 t": _train(_SIX_AXLES_KG, _SIX_SPACINGS_MM, (3990, 2550, 16_500)),
    "4.4 m high": _train(_SIX_AXLES_KG, _SIX_SPACINGS_MM, (4400, 2550, 16_500)),
    "95 t, 45 m long": _train(
        (9000, 11_000, 11_000, *[8000] * 8),
        (0, 3800, 1400, 9000, *[1500] * 3, 17_000, *[1500] * 3),
        (4400, 3500, 45_000),
    ),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """From the end of one arc to the end of another, so that only whole arcs are driven."""

    start: Place
    end: Place


def feasible_pairs(network: OpenNetwork, prepared: Prepared, metrics: Sequence[Metric], count: int) -> list[Pair]:
    """Draw pairs that every metric connects."""
    graph = network.graph
    open_to_all = usable_arcs(network) & ((graph.arcs.flags & LEADS_NOWHERE) == 0)
    for metric in metrics:
        open_to_all &= metric.weight != FORBIDDEN
    arcs = np.flatnonzero(open_to_all)
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    pairs: list[Pair] = []
    for _ in range(20 * count):
        one, other = (int(arcs[draw.randrange(len(arcs))]) for _ in range(2))
        pair = Pair(end_of(network, one), end_of(network, other))
        if one != other and all(query(prepared, metric, [pair.start], [pair.end]) for metric in metrics):
            pairs.append(pair)
            if len(pairs) == count:
                return pairs
    raise AssertionError(f"only {len(pairs)} of {count} pairs are connected for all vehicles")


def end_of(network: OpenNetwork, arc: int) -> Place:
    """Place at the far end of an arc."""
    return Place(arc, int(network.graph.arcs.length_mm[arc]))


def spot_on(network: OpenNetwork, arc: int) -> tuple[float, float]:
    """A point of an arc's line, between two of its vertices so that no other road is as near."""
    lon, lat = network.graph.arc_points(arc)
    return float(lon[:2].mean()), float(lat[:2].mean())
