"""Axle trains in kN and m (轴列): what the kernels move over a bridge."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.bridges.errors import BridgeError
from routing.graph import F64
from routing.vehicle import Axle

STANDARD_GRAVITY = 9.80665  # m/s²; kN = kg x this / 1000
_PER_THOUSAND = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class AxleTrain:
    """Axle loads and places, front to rear (轴荷与轴位).

    Attributes:
        loads_kn: Load of each axle or axle line; of a double-file line both files together.
        offsets_m: Distance behind the front axle, strictly rising from 0.
    """

    loads_kn: F64
    offsets_m: F64

    def __post_init__(self) -> None:
        """Check what the kernels rely on.

        Raises:
            BridgeError: Lengths differ, no axle, loads not positive, or places not rising from 0.
        """
        if self.loads_kn.shape != self.offsets_m.shape or self.loads_kn.ndim != 1 or not len(self.loads_kn):
            raise BridgeError(f"{self.loads_kn.shape} axle loads, but {self.offsets_m.shape} places")
        if not np.all(np.isfinite(self.loads_kn) & (self.loads_kn > 0)):
            raise BridgeError("axle loads must be positive numbers")
        if self.offsets_m[0] != 0 or not np.all(np.diff(self.offsets_m) > 0):
            raise BridgeError("places of axles must rise from 0")

    @staticmethod
    def of(loads_kn: Sequence[float], spacings_m: Sequence[float]) -> "AxleTrain":
        """Make a train from loads and the distances between neighbours."""
        offsets = np.concatenate(([0.0], np.cumsum(np.array(spacings_m, dtype=np.float64))))
        return AxleTrain(np.array(loads_kn, dtype=np.float64), offsets)

    @staticmethod
    def of_axles(axles: Sequence[Axle]) -> "AxleTrain":
        """Make a train from a vehicle's axles, kg and mm."""
        loads = [axle.load_kg * STANDARD_GRAVITY / _PER_THOUSAND for axle in axles]
        return AxleTrain.of(loads, [axle.spacing_mm / _PER_THOUSAND for axle in axles[1:]])

    @property
    def gross_kn(self) -> float:
        """Sum of all axle loads (总重)."""
        return float(np.sum(self.loads_kn))

    @property
    def length_m(self) -> float:
        """From the front axle to the rear one (总轴距)."""
        return float(self.offsets_m[-1])

    def scaled(self, factor: float) -> "AxleTrain":
        """The same train with all loads multiplied."""
        return AxleTrain(self.loads_kn * factor, self.offsets_m)

    def reversed(self) -> "AxleTrain":
        """The same train travelling the other way."""
        return AxleTrain(self.loads_kn[::-1].copy(), (self.length_m - self.offsets_m)[::-1].copy())

    def followed_by(self, other: "AxleTrain", gap_m: float) -> "AxleTrain":
        """Put another train behind, `gap_m` from rear axle to front axle."""
        offsets = np.concatenate((self.offsets_m, other.offsets_m + self.length_m + gap_m))
        return AxleTrain(np.concatenate((self.loads_kn, other.loads_kn)), offsets)
