"""Hand formulas for simple spans (简支梁手算公式), kept apart from the engine, to say what it should find.

One design lane of JTG D60-2004 公路-I级, and any axle train. Units kN, m, kN·m. The numbers of the standard stand here
a second time because a check that reads the checked file checks nothing.
"""

import math
from collections.abc import Sequence
from typing import Final

KN_PER_KG: Final = 9.80665 / 1000
_QK: Final = 10.5
_PK_SHORT: Final = (5.0, 180.0)
_PK_LONG: Final = (50.0, 360.0)
_SHEAR: Final = 1.2
_SECTIONS: Final = 10  # every tenth of the span, as the reference asks
Axles = Sequence[tuple[float, float]]
"""Load in kN and distance behind the first axle in m, front to rear."""


def peak_load(span_m: float) -> float:
    """Concentrated load Pk of 公路-I级, 2004: 180 kN up to 5 m, 360 from 50 m, linear between."""
    (short, low), (long, high) = _PK_SHORT, _PK_LONG
    return min(max(low + (high - low) * (span_m - short) / (long - short), low), high)


def design_moment(span_m: float, at_m: float) -> float:
    """q·x(L-x)/2 + P·x(L-x)/L; at mid-span qL²/8 + PL/4."""
    return (_QK / 2 + peak_load(span_m) / span_m) * at_m * (span_m - at_m)


def design_shear(span_m: float, at_m: float) -> float:
    """q·(L-x)²/(2L) + 1.2·P·(L-x)/L; at the support qL/2 + 1.2P."""
    rest = span_m - at_m
    return (_QK * rest / 2 + _SHEAR * peak_load(span_m)) * rest / span_m


def train_moment(axles: Axles, span_m: float, at_m: float) -> float:
    """Largest moment at a section: one axle stands on it, all axles and both directions tried."""
    return max(_moment(train, span_m, at_m, front) for train in (axles, reverse(axles)) for _, front in train)


def train_shear(axles: Axles, span_m: float, at_m: float) -> float:
    """Largest shear at a section: one axle stands just behind it."""
    return max(
        sum(
            load * (span_m - at_m - (place - front)) / span_m
            for load, place in train
            if 0 <= place - front <= span_m - at_m
        )
        for train in (axles, reverse(axles))
        for _, front in train
    )


def _moment(train: Axles, span_m: float, at_m: float, front: float) -> float:
    total = 0.0
    for load, place in train:
        x = at_m + place - front
        if 0 <= x <= span_m:
            total += load * min(x * (span_m - at_m), at_m * (span_m - x)) / span_m
    return total


def reverse(axles: Axles) -> Axles:
    """The same train driven the other way."""
    length = axles[-1][1]
    return [(load, length - place) for load, place in reversed(axles)]


def worst_ratio(axles: Axles, span_m: float) -> float:
    """Largest static ratio of train to one design lane over all sections, moment and shear."""
    sections = [span_m * n / _SECTIONS for n in range(1, _SECTIONS // 2 + 1)]
    moment = max(train_moment(axles, span_m, x) / design_moment(span_m, x) for x in sections)
    shear = max(train_shear(axles, span_m, x) / design_shear(span_m, x) for x in [1e-9, *sections])
    return max(moment, shear)


def impact(span_m: float) -> float:
    """冲击系数 of JTG D60 with f = 95.4·L^-0.933 Hz: 0.1767 ln f - 0.0157 between 1.5 and 14 Hz."""
    frequency = 95.4 * span_m**-0.933
    return 0.05 if frequency < 1.5 else 0.45 if frequency > 14 else 0.1767 * math.log(frequency) - 0.0157  # noqa: PLR2004
