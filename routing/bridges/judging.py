"""From ratios to an answer (桥梁审查结论): passes, conditional, unknown (special calculation), blocked.

A blocked bridge is a ground for another route or reinforcement (改线、加固), not by itself for refusing a permit.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from routing.bridges.check import Governing
from routing.bridges.policy import BridgePolicy, ConditionPolicy
from routing.bridges.ratio import Crossing
from routing.columns import Verdict

WORST_CLASS = 5


class BridgeReason(Enum):
    """Why the answer is what it is (结论理由)."""

    WITHIN = "within"  # 效应比未超过允许值
    WITHIN_ALONE = "within_alone"  # 单独、居中、慢速通过时未超过允许值
    IN_BAND = "in_band"  # 超过允许值，专项验算或荷载试验仍可能通过
    OVER = "over"  # 超过专项验算范围
    NEEDS_ESCORT = "needs_escort"  # 有护送时可有条件通行
    NO_SPANS = "no_spans"  # 跨径组合不明
    NO_DESIGN_LOAD = "no_design_load"  # 设计荷载不明或没有数值
    NO_CONDITION = "no_condition"  # 技术状况不明
    STALE_RATING = "stale_rating"  # 评定过期，按低一类计
    LOWERED_BY_CONDITION = "lowered_by_condition"  # 技术状况使允许值降低
    SPECIAL_CLASS = "special_class"  # 技术状况须专项验算
    BLOCKED_CLASS = "blocked_class"  # 技术状况不得通行
    SKEWED = "skewed"  # 斜交角大，梁线模型不适用
    SPECIAL_TYPE = "special_type"  # 结构类型不适用梁线模型
    UPLIFT = "uplift"  # 上拔力超过设计荷载
    LEGAL_MASS = "legal_mass"  # 总质量未超过法定限值，标志和封闭以外不受限
    DOUBLE_FILE = "double_file"  # 双纵列挂车占两车道，不得混行


class CrossingCondition(Enum):
    """What a controlled crossing demands (通行条件)."""

    ESCORT = "escort"  # 护送
    ALONE = "alone"  # 桥上无其他车辆
    CENTRED = "centred"  # 居中
    SLOW = "slow"  # 慢速、匀速
    NO_BRAKING = "no_braking"  # 不得制动、变速、停车


@dataclass(frozen=True, slots=True)
class BridgeFacts:
    """What is known of a bridge and a crossing besides the ratio.

    Attributes:
        condition_class: 1 to 5 (技术状况 1类-5类), None if not known.
        is_rating_stale: Whether the rating is older than the policy allows, or undated.
        skew_deg: Skew (斜交角), None if not known.
        superstructure: Type of superstructure in the register's words.
        is_escorted: Whether an escort can be had; without one no controlled crossing.
        is_double_file: Whether the trailer runs in two files (双纵列).
    """

    condition_class: int | None = 1
    is_rating_stale: bool = False
    skew_deg: float | None = None
    superstructure: str = ""
    is_escorted: bool = True
    is_double_file: bool = False


@dataclass(frozen=True, slots=True)
class BridgeAnswer:
    """The answer for one bridge.

    Attributes:
        verdict: passes, conditional, unknown or blocked.
        allowed_ratio: Ratio that the condition class allows, None where no ratio decides.
        reasons: Why, the deciding ones first.
        conditions: What a conditional crossing demands.
    """

    verdict: Verdict
    allowed_ratio: float | None
    reasons: tuple[BridgeReason, ...]
    conditions: tuple[CrossingCondition, ...] = ()


def is_stale(rated_on: dt.date | None, on: dt.date, policy: ConditionPolicy) -> bool:
    """Whether a rating is too old to be relied on; one without a date is.

    Args:
        rated_on: Day of the rating (评定日期).
        on: Day of the review.
        policy: How long a rating is good.
    """
    if rated_on is None:
        return True
    months = (on.year - rated_on.year) * 12 + on.month - rated_on.month - (on.day < rated_on.day)
    return months >= policy.rating_valid_months


def judge(
    governing: Mapping[Crossing, Governing] | None, facts: BridgeFacts, policy: BridgePolicy, *, has_spans: bool = True
) -> BridgeAnswer:
    """Answer for one bridge; what is not known is never a pass.

    Args:
        governing: Worst ratios, None where nothing could be compared.
        facts: Condition, type, escort.
        policy: Thresholds.
        has_spans: Whether the span list could be read.
    """
    taken, notes = _class_taken(facts, policy.condition)
    doubts = _doubts(facts, policy, governing, taken, has_spans=has_spans)
    if taken in policy.condition.blocked_classes:
        return BridgeAnswer(Verdict.BLOCKED, None, (BridgeReason.BLOCKED_CLASS, *notes))
    if doubts or governing is None or taken is None:
        return BridgeAnswer(Verdict.UNKNOWN, None, (*doubts, *notes))
    allowed = policy.condition.allowed_ratio[taken]
    if allowed < policy.condition.allowed_ratio[min(policy.condition.allowed_ratio)]:
        notes = (*notes, BridgeReason.LOWERED_BY_CONDITION)
    answer = _by_ratio(governing, facts, policy, allowed)
    return BridgeAnswer(answer.verdict, allowed, (*answer.reasons, *notes), answer.conditions)


def _class_taken(facts: BridgeFacts, policy: ConditionPolicy) -> tuple[int | None, tuple[BridgeReason, ...]]:
    if facts.condition_class is None:
        return None, ()
    if not facts.is_rating_stale:
        return facts.condition_class, ()
    return min(facts.condition_class + policy.stale_classes_worse, WORST_CLASS), (BridgeReason.STALE_RATING,)


def _doubts(
    facts: BridgeFacts,
    policy: BridgePolicy,
    governing: Mapping[Crossing, Governing] | None,
    taken: int | None,
    *,
    has_spans: bool,
) -> tuple[BridgeReason, ...]:
    """Why only a special calculation can say."""
    is_special = any(word in facts.superstructure for word in policy.special_types)
    found = {
        BridgeReason.NO_SPANS: not has_spans,
        BridgeReason.NO_DESIGN_LOAD: has_spans and governing is None,
        BridgeReason.NO_CONDITION: taken is None,
        BridgeReason.SPECIAL_CLASS: taken in policy.condition.special_classes,
        BridgeReason.SKEWED: facts.skew_deg is not None and abs(facts.skew_deg) > policy.max_skew_deg,
        BridgeReason.SPECIAL_TYPE: is_special,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _by_ratio(
    governing: Mapping[Crossing, Governing], facts: BridgeFacts, policy: BridgePolicy, allowed: float
) -> BridgeAnswer:
    normal, alone = governing[Crossing.NORMAL], governing[Crossing.CONTROLLED]
    files = (BridgeReason.DOUBLE_FILE,) if facts.is_double_file else ()
    if _fits(normal, allowed, policy) and not files:
        return BridgeAnswer(Verdict.PASSES, None, (BridgeReason.WITHIN,))
    if _fits(alone, allowed, policy) and facts.is_escorted:
        return BridgeAnswer(Verdict.CONDITIONAL, None, (BridgeReason.WITHIN_ALONE, *files), tuple(CrossingCondition))
    escort = (BridgeReason.NEEDS_ESCORT,) if _fits(alone, allowed, policy) else ()
    best = alone if facts.is_escorted else normal
    uplift = (BridgeReason.UPLIFT,) if best.uplift_ratio > policy.uplift_allowed_ratio else ()
    if best.ratio > allowed * policy.special_band:
        return BridgeAnswer(Verdict.BLOCKED, None, (BridgeReason.OVER, *uplift, *escort, *files))
    band = (BridgeReason.IN_BAND,) if best.ratio > allowed else ()
    return BridgeAnswer(Verdict.UNKNOWN, None, (*band, *uplift, *escort, *files))


def _fits(found: Governing, allowed: float, policy: BridgePolicy) -> bool:
    return found.ratio <= allowed and found.uplift_ratio <= policy.uplift_allowed_ratio
