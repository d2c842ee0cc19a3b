"""Design loads (设计荷载) as the core sees them; their numbers come from dated data files, none stand here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from routing.bridges.trains import AxleTrain


@dataclass(frozen=True, slots=True)
class LaneBand:
    """Lane load (车道荷载) for spans up to a length: uniform over same-sign parts, one concentrated load at the peak.

    Attributes:
        up_to_m: Longest span of the band, inclusive.
        uniform_moment_kn_m: Uniform load per metre for moments (qk).
        uniform_shear_kn_m: The same for shear and reactions.
        peak_spans_m: Spans between which the concentrated load (Pk) runs linearly; constant outside.
        peaks_kn: Concentrated load at these spans.
        shear_peak_factor: The concentrated load is multiplied by this for shear and reactions.
    """

    up_to_m: float
    uniform_moment_kn_m: float
    uniform_shear_kn_m: float
    peak_spans_m: tuple[float, ...]
    peaks_kn: tuple[float, ...]
    shear_peak_factor: float


@dataclass(frozen=True, slots=True)
class LaneLoad:
    """One lane of a class of lane load (车道荷载); `share` is its part of the bands' numbers (II class: 0.75)."""

    bands: tuple[LaneBand, ...]
    share: float = 1.0

    def parts(self, span_m: float, *, is_shear: bool) -> tuple[float, float]:
        """Uniform kN/m and concentrated kN for a design span; past the last band the last one holds."""
        band = next((band for band in self.bands if span_m <= band.up_to_m), self.bands[-1])
        peak = float(np.interp(span_m, band.peak_spans_m, band.peaks_kn))
        if is_shear:
            return self.share * band.uniform_shear_kn_m, self.share * band.shear_peak_factor * peak
        return self.share * band.uniform_moment_kn_m, self.share * peak


@dataclass(frozen=True, slots=True)
class TruckTrain:
    """One lane of a truck train (汽车车队): any number of main trucks (主车) and exactly one heavy truck (重车).

    Attributes:
        gap_ahead_m: From the last main truck's rear axle to the heavy truck's front axle.
        gap_m: The same between all others.
    """

    main: AxleTrain
    heavy: AxleTrain
    gap_ahead_m: float
    gap_m: float

    def assemble(self, ahead: int, behind: int) -> AxleTrain:
        """The train with so many main trucks ahead of and behind the heavy one."""
        train = self.heavy
        for n in range(ahead):
            train = self.main.followed_by(train, self.gap_m if n else self.gap_ahead_m)
        for _ in range(behind):
            train = train.followed_by(self.main, self.gap_m)
        return train

    def most_trucks(self, length_m: float) -> int:
        """Main trucks on one side that can matter over a length."""
        return math.ceil(length_m / (self.main.length_m + min(self.gap_m, self.gap_ahead_m))) + 1


@dataclass(frozen=True, slots=True)
class Tracks:
    """A tracked vehicle (履带车): its weight spread evenly over the length of its tracks."""

    gross_kn: float
    length_m: float


LoadModel = LaneLoad | TruckTrain | AxleTrain | Tracks


class ImpactKind(Enum):
    """How a standard gives the impact allowance μ (冲击系数)."""

    NONE = "none"
    FREQUENCY = "frequency"  # of the natural frequency: slope * ln f - constant, between bounds
    SPAN = "span"  # linear in the span
    INVERSE = "inverse"  # numerator / (constant + span)


@dataclass(frozen=True, slots=True)
class Impact:
    """Impact allowance μ of a standard (冲击系数).

    Attributes:
        kind: Formula.
        values: Its numbers: FREQUENCY slope, constant, lowest f, μ below it, highest f, μ above it; SPAN two spans, two
            μ; INVERSE numerator, constant.
    """

    kind: ImpactKind
    values: tuple[float, ...] = ()

    def at(self, span_m: float, frequency_hz: float) -> float:
        """μ of a span with this natural frequency; never negative."""
        if self.kind is ImpactKind.FREQUENCY:
            slope, constant, lowest_hz, below, highest_hz, above = self.values
            if frequency_hz < lowest_hz:
                return below
            return above if frequency_hz > highest_hz else max(slope * math.log(frequency_hz) - constant, 0.0)
        if self.kind is ImpactKind.SPAN:
            short_m, long_m, high, low = self.values
            return float(np.interp(span_m, (short_m, long_m), (high, low)))
        if self.kind is ImpactKind.INVERSE:
            return self.values[0] / (self.values[1] + span_m)
        return 0.0


@dataclass(frozen=True, slots=True)
class DesignLoad:
    """One design load of one edition of a standard (设计荷载等级).

    Attributes:
        name: Canonical name, such as 公路-I级.
        edition: Short name of the edition, such as 2015.
        readings: Ways to read the standard, the usual one first; a ratio uses, per section, the lowest of them.
        check_load: Trailer or tracked vehicle that the same class was also checked for (验算荷载), or None.
        partial_factor: Load factor of the standard (荷载分项系数).
        impact: Impact allowance of the standard.
        lane_factors: Factor by number of loaded lanes, from one lane on (横向车道布载系数).
        length_factors: Span from which a factor for long spans holds, and the factor (纵向折减系数).
        is_alone: Whether the standard lets it cross without any other live load, as a check load does.
        confidence: A read in a copy, B recalled with a second support, C recalled only.
        doubt: What should be checked against the printed standard.
        doubt_zh: The same in Chinese.
    """

    name: str
    edition: str
    readings: tuple[LoadModel, ...]
    check_load: "DesignLoad | None"
    partial_factor: float
    impact: Impact
    lane_factors: tuple[float, ...]
    length_factors: tuple[tuple[float, float], ...]
    is_alone: bool
    confidence: str
    doubt: str
    doubt_zh: str

    def length_factor(self, span_m: float) -> float:
        """Factor for long spans (纵向折减系数), 1 for ordinary ones."""
        factor = 1.0
        for from_m, value in self.length_factors:
            if span_m >= from_m:
                factor = value
        return factor

    def lanes_effect(self, lanes: int) -> float:
        """Number of lanes times their factor: how many single lanes all loaded lanes together weigh (n·ξ).

        Several lanes count no less than two; 1 where the standard is silent.
        """
        known: Sequence[float] = self.lane_factors
        if not known:
            return 1.0
        most = [(n + 1) * factor for n, factor in enumerate(known[:lanes])]
        return most[0] if lanes == 1 else max(most[1:])
