"""The numbers by which limits are judged and routes are preferred (审查政策), as the core sees them.

They are settings, not law: the table "What a limit can say" with its thresholds, typical lane widths, speeds of a slow
heavy vehicle, preferences. They come from a policy file (``data/policies.py`` reads it); this module knows no defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.bridges.policy import BridgePolicy
from routing.columns import Access, RoadClass, TechnicalGrade, Verdict


@dataclass(frozen=True, slots=True)
class HeightPolicy:
    """Thresholds for heights that no number answers (净高判定), in mm."""

    legal_mm: int
    below_default_mm: int
    open_road_passes_mm: int
    open_road_conditional_mm: int
    assumed_margin_mm: int
    assumed_clearance_mm: Mapping[TechnicalGrade, int]


@dataclass(frozen=True, slots=True)
class MassPolicy:
    """Thresholds for masses that no number answers (载重判定).

    Attributes:
        legal_axle_load_kg: Up to here an unreadable axle-load limit does not matter.
        legal_axle_group_kg: The same for two axles close together.
        legal_tridem_kg: The same for three.
        axle_group_spacing_mm: Axles nearer than this form a group.
        uncovered_roads_unknown: True: an over-limit mass is unknown on every road outside declared inventory coverage;
            False: only on bridges that the map shows.
    """

    legal_axle_load_kg: int
    legal_axle_group_kg: int
    legal_tridem_kg: int
    axle_group_spacing_mm: int
    uncovered_roads_unknown: bool


@dataclass(frozen=True, slots=True)
class RoadPolicy:
    """Typical lanes of a road class (车道宽度与车道数推定)."""

    lane_width_mm: Mapping[RoadClass, int]
    lanes_per_direction: Mapping[RoadClass, int]


@dataclass(frozen=True, slots=True)
class CostPolicy:
    """What a route costs (行驶时间与偏好).

    Attributes:
        speed_kmh: Speed of a loaded heavy vehicle by road class.
        preference_permille: Travel time is multiplied by this to prefer larger roads; 1000 is neutral.
        verdict_permille: The same for arcs that are only conditional or unknown, so that a route does not seek them.
        blocked_penalty_s: What one breach costs in the evidence route when every way is blocked.
    """

    speed_kmh: Mapping[RoadClass, int]
    preference_permille: Mapping[RoadClass, int]
    verdict_permille: Mapping[Verdict, int]
    blocked_penalty_s: int


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings of one review; `policy_id` is the hash of the file they came from."""

    policy_id: str
    height: HeightPolicy
    legal_width_mm: int
    legal_length_mm: int
    mass: MassPolicy
    access: Mapping[Access, Verdict]
    road: RoadPolicy
    cost: CostPolicy
    bridges: BridgePolicy
