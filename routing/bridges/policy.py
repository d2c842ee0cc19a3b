"""The numbers by which bridge ratios are judged (桥梁审查政策), as the core sees them; settings, not law.

They come from a policy file (`data/bridges/policies.py` reads it); this module knows no defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Spreading(Enum):
    """How a deck shares a load among its girders (横向分布)."""

    UNKNOWN = "unknown"  # no girder data
    STIFF = "stiff"  # 箱梁，有横隔板的T梁: box, or girders with diaphragms
    HINGED = "hinged"  # 铰接空心板: hollow slabs; with broken hinges they carry alone


@dataclass(frozen=True, slots=True)
class FactorPolicy:
    """Load factors of the vehicle (车辆荷载分项系数); those of a design load stand in its own file.

    Attributes:
        normal: Crossing with other traffic.
        controlled: Crossing alone.
        against_check_load: Crossing alone, compared with a check load, whose standard uses a lower factor.
    """

    normal: float
    controlled: float
    against_check_load: float


@dataclass(frozen=True, slots=True)
class ImpactPolicy:
    """Impact allowance of the vehicle (冲击系数).

    Attributes:
        frequency_hz_at_1m: Natural frequency is this times span^exponent where nothing better is known.
        frequency_exponent: See above.
        slope: μ = slope * ln f - constant for crossing with traffic.
        constant: See above.
        lowest: μ is no less.
        highest: μ is no more.
        controlled_share: Part of μ that remains at walking pace.
    """

    frequency_hz_at_1m: float
    frequency_exponent: float
    slope: float
    constant: float
    lowest: float
    highest: float
    controlled_share: float


@dataclass(frozen=True, slots=True)
class ConditionPolicy:
    """Condition classes (技术状况等级).

    Attributes:
        allowed_ratio: Allowed ratio by class, 1 to 3.
        special_classes: Classes that need a special calculation.
        blocked_classes: Classes that no over-limit load crosses.
        rating_valid_months: A rating older than this is stale.
        stale_classes_worse: So many classes worse is a stale rating taken.
    """

    allowed_ratio: Mapping[int, float]
    special_classes: frozenset[int]
    blocked_classes: frozenset[int]
    rating_valid_months: int
    stale_classes_worse: int


@dataclass(frozen=True, slots=True)
class BridgePolicy:
    """All settings of bridge ratios; `policy_id` is the hash of the file they came from.

    Attributes:
        special_band: Up to this multiple of the allowed ratio a special calculation may still show that it passes.
        uplift_allowed_ratio: Ratio of uplift (live load only) above which a special calculation is needed.
        controlled_speed_kmh: Speed of a controlled crossing, said in the condition.
        spreading: Greatest number of single lanes that may be credited when crossing alone, by kind of deck.
        double_file_credit: How many single lanes a double-file trailer (双纵列) may be compared with.
        max_skew_deg: Above this skew (斜交角) a line beam is not valid.
        special_types: Words in the type of superstructure for which a line beam is not valid.
    """

    policy_id: str
    factors: FactorPolicy
    impact: ImpactPolicy
    condition: ConditionPolicy
    special_band: float
    uplift_allowed_ratio: float
    controlled_speed_kmh: int
    spreading: Mapping[Spreading, float]
    double_file_credit: float
    max_skew_deg: float
    special_types: tuple[str, ...]
