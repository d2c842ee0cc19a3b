"""States of a case (办件状态): phase, whether it is over, whether the clock runs; and the tasks of the review.

Survey, special calculation, opinions and reinforcement go on beside each other, so they are open tasks of a case and
not states of it.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rules.clock import ClockState


class State(StrEnum):
    """Where a case stands (办件状态)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CORRECTION = "correction"
    NOT_ACCEPTED = "not_accepted"
    MACHINE_REVIEW = "machine_review"
    REVIEW = "review"
    PAUSED = "paused"
    DECISION = "decision"
    APPROVED = "approved"
    REFUSED = "refused"
    REFUSAL_DELIVERED = "refusal_delivered"
    ISSUED = "issued"
    CHANGING = "changing"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    RECALLED = "recalled"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """The five published steps (申请、受理、审查、决定、送达), and what comes after the permit (证后)."""

    APPLICATION = "application"
    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    DECISION = "decision"
    DELIVERY = "delivery"
    PERMIT = "permit"

    @property
    def title_zh(self) -> str:
        """Its name in Chinese."""
        return PHASE_ZH[self]


PHASE_ZH: Final = {
    Phase.APPLICATION: "申请",
    Phase.ACCEPTANCE: "受理",
    Phase.REVIEW: "审查",
    Phase.DECISION: "决定",
    Phase.DELIVERY: "送达",
    Phase.PERMIT: "证后",
}


class Task(StrEnum):
    """Work that can be open beside other work (审查事项)."""

    CONSULTATION = "consultation"  # 征求意见
    SURVEY = "survey"  # 勘测
    SPECIAL_CALCULATION = "special_calculation"  # 专项验算
    REROUTE = "reroute"  # 改线
    REINFORCEMENT = "reinforcement"  # 加固、改造
    STATEMENT = "statement"  # 陈述申辩

    @property
    def title_zh(self) -> str:
        """Its name in Chinese."""
        return TASK_ZH[self]


TASK_ZH: Final = {
    Task.CONSULTATION: "征求意见",
    Task.SURVEY: "勘测",
    Task.SPECIAL_CALCULATION: "专项验算",
    Task.REROUTE: "改线",
    Task.REINFORCEMENT: "加固改造",
    Task.STATEMENT: "陈述申辩",
}


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What is true of every case in a state.

    Attributes:
        clock: Whether the period of the decision runs.
        final: Nothing leads out of it.
    """

    title_zh: str
    title_en: str
    phase: Phase
    clock: ClockState
    final: bool = False


_NOT, _RUNS, _STANDS, _OVER = ClockState.NOT_STARTED, ClockState.RUNNING, ClockState.PAUSED, ClockState.STOPPED

STATES: Final = MappingProxyType(
    {
        State.DRAFT: StateFacts("草稿", "Draft", Phase.APPLICATION, _NOT),
        State.SUBMITTED: StateFacts("待受理", "Submitted", Phase.ACCEPTANCE, _NOT),
        State.CORRECTION: StateFacts("待补正", "Awaiting correction", Phase.ACCEPTANCE, _NOT),
        State.NOT_ACCEPTED: StateFacts("不予受理", "Not accepted", Phase.ACCEPTANCE, _OVER, final=True),
        State.MACHINE_REVIEW: StateFacts("机器审查", "Machine review", Phase.REVIEW, _RUNS),
        State.REVIEW: StateFacts("审查中", "In review", Phase.REVIEW, _RUNS),
        State.PAUSED: StateFacts("停表", "Clock paused", Phase.REVIEW, _STANDS),
        State.DECISION: StateFacts("待决定", "Awaiting decision", Phase.DECISION, _RUNS),
        State.APPROVED: StateFacts("准予许可", "Approved", Phase.DECISION, _OVER),
        State.REFUSED: StateFacts("不予许可", "Refused", Phase.DECISION, _OVER),
        State.REFUSAL_DELIVERED: StateFacts("不予许可已送达", "Refusal delivered", Phase.DELIVERY, _OVER, final=True),
        State.ISSUED: StateFacts("已送达", "Issued", Phase.DELIVERY, _OVER),
        State.CHANGING: StateFacts("变更中", "Being changed", Phase.PERMIT, _OVER),
        State.WITHDRAWN: StateFacts("申请人撤回", "Withdrawn", Phase.APPLICATION, _OVER, final=True),
        State.CLOSED: StateFacts("终止办理", "Terminated", Phase.REVIEW, _OVER, final=True),
        State.RECALLED: StateFacts("撤回许可", "Recalled", Phase.PERMIT, _OVER, final=True),
        State.REVOKED: StateFacts("撤销许可", "Revoked", Phase.PERMIT, _OVER, final=True),
        State.CANCELLED: StateFacts("注销", "Cancelled", Phase.PERMIT, _OVER, final=True),
    }
)
