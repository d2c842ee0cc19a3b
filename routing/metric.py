"""Weights of one vehicle (权重定制): travel time with preferences, and which arcs a search may use."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from routing.columns import RoadClass, Verdict
from routing.graph import I64, U8, U32, RoadGraph
from routing.policy import CostPolicy, Policy

FORBIDDEN = np.uint32(0xFFFFFFFF)
"""Weight of an arc that may not be used."""
MAX_WEIGHT = 0x7FFFFFFE
"""Most that an arc costs, in ms: 24.8 days."""
_MS_PER_HOUR = 3_600_000
_MM_PER_KM = 1_000_000


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """What every arc costs before any vehicle is asked about (行驶时间); made once for a graph and a policy.

    Attributes:
        duration_ms: int64[arcs], driving time of a loaded heavy vehicle in ms, at least 1.
        preferred_ms: int64[arcs], the same times the preference for larger roads.
    """

    duration_ms: I64
    preferred_ms: I64

    @classmethod
    def of(cls, graph: RoadGraph, cost: CostPolicy) -> Self:
        """Compute times from length, class and posted maximum speed, in integers."""
        arcs = graph.arcs
        speeds = np.array([cost.speed_kmh[code] for code in RoadClass], np.int64)[arcs.road_class]
        posted = arcs.maxspeed_kmh.astype(np.int64)
        speeds = np.where(posted > 0, np.minimum(speeds, posted), speeds)
        duration = np.maximum(arcs.length_mm.astype(np.int64) * _MS_PER_HOUR // (speeds * _MM_PER_KM), 1)
        preference = np.array([cost.preference_permille[code] for code in RoadClass], np.int64)[arcs.road_class]
        times = cls(duration, np.maximum(duration * preference // 1000, 1))
        for column in (times.duration_ms, times.preferred_ms):
            column.flags.writeable = False  # as those opened from a file, so that kernels know one type
        return times


@dataclass(frozen=True, slots=True)
class Metric:
    """Customised weights: one per arc for one vehicle.

    Attributes:
        weight: uint32[arcs] in ms of preferred travel time, `FORBIDDEN` where the search may not go.
    """

    weight: U32


def customise(times: TravelTimes, verdicts: U8, policy: Policy, *, worst: Verdict) -> Metric:
    """Weight every arc for a search that accepts verdicts up to `worst`.

    Args:
        times: Of the same graph.
        verdicts: uint8[arcs] of `Verdict`.
        policy: Gives the factors by verdict and the penalty for a breach.
        worst: Arcs with a worse verdict are forbidden. With BLOCKED nothing is: a breach then costs
            `blocked_penalty_s`, so that the way of least violation is found.

    Returns:
        The metric; weights are at most `MAX_WEIGHT`.
    """
    factors = np.array([policy.cost.verdict_permille[code] for code in Verdict], np.int64)
    weight = np.maximum(times.preferred_ms * factors[verdicts] // 1000, 1)
    weight = weight + (verdicts == Verdict.BLOCKED) * (policy.cost.blocked_penalty_s * 1000)
    weight = np.minimum(weight, MAX_WEIGHT)
    return Metric(np.where(verdicts > worst, FORBIDDEN, weight.astype(np.uint32)).astype(np.uint32))


def weight_of(times: TravelTimes, arc: int, verdict: Verdict, policy: Policy, *, worst: Verdict) -> int:
    """Weigh one arc as `customise` does, for a verdict of its own: only a part of the arc may be driven."""
    alone = TravelTimes(times.duration_ms[arc : arc + 1], times.preferred_ms[arc : arc + 1])
    return int(customise(alone, np.array([verdict], np.uint8), policy, worst=worst).weight[0])
