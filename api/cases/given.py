"""What an action is given (操作所据的事实): typed, and absent unless said, so that nothing passes by default."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from api.cases.states import Task
from rules.service import ServiceSettings, default_service


class Claim(StrEnum):
    """Who has claimed a case (认领)."""

    NOBODY = "nobody"
    ACTOR = "actor"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Intake:
    """Facts of acceptance (受理).

    Attributes:
        received_on: Day the papers came in, or the completed ones after a correction.
        corrections_requested: How often a correction was requested before.
        missing_items: Items the comparison or the window found missing or faulty.
        listed_items: Items named in the request for correction.
        unanswered_items: Requested items with neither a document nor an explanation.
        correction_overdue: The applicant's time to complete the papers is over.
        grounds: Grounds of non-acceptance (不予受理事由) found by the comparison, by clause id.
        deferrable_items: Items that may follow by the setting (可容缺材料).
        promised_items: Items promised to follow.
        commitment_id: The written promise (承诺书).
        promised_open: Promised items still missing.
    """

    received_on: dt.date | None = None
    corrections_requested: int = 0
    missing_items: frozenset[str] = frozenset()
    listed_items: frozenset[str] = frozenset()
    unanswered_items: frozenset[str] = frozenset()
    correction_overdue: bool = False
    grounds: frozenset[str] = frozenset()
    deferrable_items: frozenset[str] = frozenset()
    promised_items: frozenset[str] = frozenset()
    commitment_id: str = ""
    promised_open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Examination:
    """Facts of the review (审查).

    Attributes:
        machine_review_done: A machine review of the application as it now stands is attached.
        open_tasks: Open tasks, one entry each (two bodies asked: two consultations).
        required_opinion_open: An opinion the law requires (公安, 三类) is not there yet.
        opinion_overdue: An asked body has let its day pass.
        objections: Bodies whose opinion is against it.
        open_findings: Findings of the machine that bar approval, unknown ones too, not settled or overridden.
        mandatory_refusals: Clauses of refusal that are fulfilled (第十七条); nobody may override them.
        finding: The finding being overridden.
        failing_structures: Bridges and other structures the load may not pass as applied for.
        milder_way_offered: Another route or reinforcement was offered to the applicant first.
        pause_basis: Ground of the pause, a key of `pause_bases` in service.yaml.
        dropped_task: The task given up.
    """

    machine_review_done: bool = False
    open_tasks: tuple[Task, ...] = ()
    required_opinion_open: bool = False
    opinion_overdue: bool = False
    objections: int = 0
    open_findings: frozenset[str] = frozenset()
    mandatory_refusals: frozenset[str] = frozenset()
    finding: str = ""
    failing_structures: int = 0
    milder_way_offered: bool = False
    pause_basis: str = ""
    dropped_task: Task | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Facts of the decision and of what comes after (决定、证后).

    Attributes:
        refusal_reasons: Clauses named as reasons of the refusal.
        remedies_told: The document tells of review and litigation (行政复议、行政诉讼).
        statement_heard: The applicant made a statement, waived it, or let its day pass.
        recommended_by_actor: The person acting drafted the recommendation.
        automatic_obstacles: What stands against deciding automatically; None while it is switched off.
        ground: The legal ground of recalling, revoking, cancelling or terminating.
        permit_expired: The permit's last day is over.
        change_described: What is to change is written down.
        change_by_carrier: The carrier asked for the change itself, not a check before departure.
    """

    refusal_reasons: frozenset[str] = frozenset()
    remedies_told: bool = False
    statement_heard: bool = False
    recommended_by_actor: bool = False
    automatic_obstacles: tuple[str, ...] | None = None
    ground: str = ""
    permit_expired: bool = False
    change_described: bool = False
    change_by_carrier: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """All an action is given.

    Attributes:
        on: Day of the action.
        reason: Written reason.
        notice_id: The written document that goes with it (文书).
        officers: Accounts that verified together.
        claim: Who has claimed the case.
        settings: The settings of the procedure.
    """

    on: dt.date | None = None
    reason: str = ""
    notice_id: str = ""
    officers: tuple[str, ...] = ()
    claim: Claim = Claim.NOBODY
    intake: Intake = Intake()
    examination: Examination = Examination()
    outcome: Outcome = Outcome()
    settings: ServiceSettings = field(default_factory=default_service)
