"""Generated applications (生成的申请): vehicles of every size and seeded pairs of places, all from one seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.trips import SEED, VEHICLES, AxleInput, LoadedVehicle
from routing.graph import I64, RoadGraph
from routing.parts import Place
from routing.vehicle import Axle, VehicleProfile

SPACING_MM = 1500


def _modular_300_t() -> LoadedVehicle:
    """A tractor of four axles with a modular trailer of 26 lines, 60 m long."""
    tractor = [(9000, 0, False), (9000, 1800, False), (13_000, 3000, True), (13_000, 1400, True)]
    axles = [
        AxleInput(load_kg=load, spacing_mm=gap, tyres=2 if not drive else 4, unit="tractor", drive=drive)
        for load, gap, drive in tractor
    ]
    for line in range(26):
        gap = 6000 if line == 0 else 8000 if line == 13 else SPACING_MM
        axles.append(AxleInput(load_kg=9846, spacing_mm=gap, tyres=8, unit="trailer", drive=False, files=2))
    return LoadedVehicle(
        kind="train",
        trailer="modular",
        height_mm=4900,
        width_mm=5000,
        length_mm=60_000,
        gross_mass_kg=300_000,
        axles=axles,
        indivisible=True,
    )


FOUR_VEHICLES = {**VEHICLES, "300 t, 60 m long": _modular_300_t()}


@dataclass(frozen=True)
class Fleet:
    """Vehicles of generated applications: half within the law or nearly, half oversize up to 250 t, 5.6 m and 60 m.

    Attributes:
        sizes: int64[vehicles, 4]: height, width and length in mm, gross mass in kg.
        axle_count: int64[vehicles].
    """

    sizes: I64
    axle_count: I64

    @classmethod
    def of(cls, count: int, seed: int = SEED) -> "Fleet":
        """Draw a fleet; numbers are rounded as people state them, to 10 mm and 100 kg."""
        rng = np.random.default_rng(seed)
        is_large = rng.random(count) < 0.5
        low = np.array([3000, 2300, 9000, 18_000])
        legal_top, large_top = np.array([4100, 2600, 18_100, 49_000]), np.array([5600, 5600, 60_000, 250_000])
        top = np.where(is_large[:, None], large_top, legal_top)
        step = np.array([10, 10, 10, 100])
        sizes = (low + rng.random((count, 4)) ** 2 * (top - low)) // step * step
        axles = np.maximum(-(-sizes[:, 3] // 10_000), 4)
        return cls(sizes.astype(np.int64), axles.astype(np.int64))

    @cached_property
    def loads(self) -> I64:
        """int64[vehicles, 7], in the order of a `Load`: the axles are alike and stand close together."""
        axle = self.sizes[:, 3] // self.axle_count
        return np.column_stack([self.sizes, axle, 2 * axle, 3 * axle])

    @cached_property
    def legal_mass_kg(self) -> I64:
        """int64[vehicles]: 49 t from six axles on, less below."""
        return np.minimum(49_000, 9000 * (self.axle_count - 1) + 4000)

    def profile(self, vehicle: int) -> VehicleProfile:
        """One of them, as the road sees it."""
        height, width, length, mass = self.sizes[vehicle].tolist()
        load = mass // int(self.axle_count[vehicle])
        axles = tuple(Axle(load, SPACING_MM if n else 0) for n in range(int(self.axle_count[vehicle])))
        legal = int(self.legal_mass_kg[vehicle])
        return VehicleProfile(height, width, length, mass, axles, legal)

    def loaded(self, vehicle: int) -> LoadedVehicle:
        """One of them, as an application tells it: a tractor of three axles with the rest behind, all loaded alike."""
        height, width, length, mass = self.sizes[vehicle].tolist()
        count = int(self.axle_count[vehicle])
        units = ["tractor"] * 3 + ["trailer"] * (count - 3)
        axles = [
            AxleInput(
                load_kg=mass // count,
                spacing_mm=SPACING_MM if n else 0,
                tyres=8,
                unit=unit,
                drive=unit == "tractor" and n > 0,
                files=2 if unit == "trailer" else 1,
            )
            for n, unit in enumerate(units)
        ]
        return LoadedVehicle(
            kind="train",
            trailer="modular",
            height_mm=height,
            width_mm=width,
            length_mm=max(length, SPACING_MM * count),
            gross_mass_kg=mass // count * count,
            axles=axles,
            indivisible=True,
        )


def spot(graph: RoadGraph, twin: Sequence[int], arc: int, share: float) -> list[Place]:
    """A spot on a road, on both its directions if it has them; `twin` is the arc that drives each arc back, or -1."""
    length = int(graph.arcs.length_mm[arc])
    at = int(share * length)
    return [Place(arc, at), *([Place(int(twin[arc]), length - at)] if twin[arc] >= 0 else [])]


def twins(graph: RoadGraph) -> I64:
    """The arc that drives each arc back, -1 for a road of one direction."""
    order = np.lexsort((graph.arcs.is_reversed, graph.arcs.geometry))
    same = graph.arcs.geometry[order[1:]] == graph.arcs.geometry[order[:-1]]
    found = np.full(graph.arc_count, -1, np.int64)
    found[order[1:][same]], found[order[:-1][same]] = order[:-1][same], order[1:][same]
    return found
