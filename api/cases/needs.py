"""What an action needs (操作的条件): one rule and one sentence each; a rule answers with what is lacking."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from api.cases.given import Claim, Given
from api.cases.states import Task
from rules.periods import silence_is_acceptance_on
from rules.service import explain_pause_refusal


class Need(StrEnum):
    """Conditions of actions (条件)."""

    DATE = "date"
    REASON = "reason"
    NOTICE = "notice"
    TWO_OFFICERS = "two_officers"
    NOT_CLAIMED_BY_ANOTHER = "not_claimed_by_another"
    CLAIMED_OR_REASON = "claimed_or_reason"
    NOTHING_MISSING = "nothing_missing"
    NO_GROUND_OF_NON_ACCEPTANCE = "no_ground_of_non_acceptance"
    GROUND_OF_NON_ACCEPTANCE = "ground_of_non_acceptance"
    SILENCE_OVER = "silence_over"
    FIRST_CORRECTION = "first_correction"
    ALL_CORRECTIONS_LISTED = "all_corrections_listed"
    ALL_ITEMS_ANSWERED = "all_items_answered"
    ONLY_DEFERRABLE_MISSING = "only_deferrable_missing"
    COMMITMENT = "commitment"
    PROMISED_ITEMS_IN = "promised_items_in"
    MACHINE_REVIEW_DONE = "machine_review_done"
    NO_OPEN_WORK = "no_open_work"
    NO_OPEN_TASK_OR_REASON = "no_open_task_or_reason"
    NO_OPEN_OPINION_OR_REASON = "no_open_opinion_or_reason"
    REQUIRED_OPINIONS_IN = "required_opinions_in"
    NO_OBJECTION_OR_REASON = "no_objection_or_reason"
    OPINION_OVERDUE = "opinion_overdue"
    FAILING_STRUCTURE = "failing_structure"
    MILDER_WAY_OFFERED = "milder_way_offered"
    LAWFUL_PAUSE = "lawful_pause"
    REINFORCEMENT_CHECKED_OR_REASON = "reinforcement_checked_or_reason"
    DROPPABLE_TASK = "droppable_task"
    FINDING = "finding"
    NO_OPEN_FINDING = "no_open_finding"
    NO_MANDATORY_REFUSAL = "no_mandatory_refusal"
    ALL_REFUSAL_REASONS = "all_refusal_reasons"
    REMEDIES_TOLD = "remedies_told"
    STATEMENT_HEARD = "statement_heard"
    ANOTHER_PERSON = "another_person"
    AUTOMATIC_DECISION = "automatic_decision"
    GROUND = "ground"
    PERMIT_EXPIRED = "permit_expired"
    CHANGE_DESCRIBED = "change_described"
    CHANGE_BY_CARRIER = "change_by_carrier"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition: its name, and what is lacking of it.

    Attributes:
        lacking: Words for every lacking part; `True` alone says only that it is lacking, empty or False that it holds.
    """

    zh: str
    en: str
    lacking: Callable[[Given], bool | Iterable[str]]


@dataclass(frozen=True, slots=True)
class Lack:
    """A condition that is not fulfilled (未满足的条件)."""

    need: Need
    reason_zh: str
    reason_en: str


BLOCKING_TASKS: Final = frozenset({Task.SURVEY, Task.SPECIAL_CALCULATION, Task.REROUTE, Task.REINFORCEMENT})


def _silence_lasts(given: Given) -> Iterable[str]:
    if given.intake.received_on is None or given.on is None:
        yield "收到材料的日期或者当日未给出"
        return
    first = silence_is_acceptance_on(given.intake.received_on, given.settings)
    if first is None:
        yield "期限越过已公布的放假安排，不能确定"
    elif given.on < first:
        yield f"{first.isoformat()}起才视为受理"


def _unlawful_pause(given: Given) -> Iterable[str]:
    basis = given.examination.pause_basis
    refusal = explain_pause_refusal(basis, given.settings)
    if refusal:
        yield refusal
    elif basis == Task.REINFORCEMENT.value and Task.REINFORCEMENT not in given.examination.open_tasks:
        yield "没有要求过加固、改造"


def _no_ground(given: Given) -> bool:
    """Neither a ground of the law, nor a correction left unanswered, nor one that did not complete the papers."""
    intake = given.intake
    asked = intake.corrections_requested >= given.settings.corrections_at_most
    return not (intake.grounds or intake.correction_overdue or (asked and intake.missing_items))


def _finding_faults(given: Given) -> Iterable[str]:
    finding = given.examination.finding
    if finding in given.examination.mandatory_refusals:
        yield f"{finding}系依法应当不予许可，不得改判"
    elif not finding or finding not in given.examination.open_findings:
        yield "没有这一条未处理的意见"


def _reasons_lacking(given: Given) -> Iterable[str]:
    """Every fulfilled clause and every open finding has to be named, and at least one reason."""
    found = given.examination.mandatory_refusals | given.examination.open_findings
    lacking = sorted(found - given.outcome.refusal_reasons)
    return lacking or ([] if given.outcome.refusal_reasons else ["未列任何理由"])


def _open_work(given: Given) -> Iterable[str]:
    return dict.fromkeys(task.title_zh for task in given.examination.open_tasks if task in BLOCKING_TASKS)


def _open_tasks(given: Given) -> Iterable[str]:
    return [] if given.reason.strip() else dict.fromkeys(task.title_zh for task in given.examination.open_tasks)


def _automatic_obstacles(given: Given) -> Iterable[str]:
    obstacles = given.outcome.automatic_obstacles
    return ["本省未开启自动决定"] if obstacles is None else obstacles


RULES: Final = MappingProxyType(
    {
        Need.DATE: Rule("须写明日期", "a date is needed", lambda g: g.on is None),
        Need.REASON: Rule("须写明理由", "a written reason is needed", lambda g: not g.reason.strip()),
        Need.NOTICE: Rule("须有书面文书", "a written document is needed", lambda g: not g.notice_id.strip()),
        Need.TWO_OFFICERS: Rule(
            "须由规定人数的工作人员核实（不少于两名）",
            "the required number of officers has to verify",
            lambda g: len(set(g.officers)) < g.settings.verifying_officers,
        ),
        Need.NOT_CLAIMED_BY_ANOTHER: Rule(
            "已由他人认领", "somebody else has claimed it", lambda g: g.claim is Claim.ANOTHER
        ),
        Need.CLAIMED_OR_REASON: Rule(
            "释放他人认领的办件须写明理由，没有人认领的无须释放",
            "releasing another's claim needs a reason; without a claim there is nothing to release",
            lambda g: g.claim is Claim.NOBODY or (g.claim is Claim.ANOTHER and not g.reason.strip()),
        ),
        Need.NOTHING_MISSING: Rule(
            "材料不齐或者不合格，须一次告知补正",
            "papers are missing or faulty",
            lambda g: sorted(g.intake.missing_items),
        ),
        Need.NO_GROUND_OF_NON_ACCEPTANCE: Rule(
            "有不予受理的事由", "a ground of non-acceptance is fulfilled", lambda g: sorted(g.intake.grounds)
        ),
        Need.GROUND_OF_NON_ACCEPTANCE: Rule(
            "没有不予受理的事由，也没有逾期未补正或者补正后仍不齐",
            "no ground of non-acceptance, nor a correction overdue or incomplete",
            _no_ground,
        ),
        Need.SILENCE_OVER: Rule("告知期限未满", "the period of silence is not over", _silence_lasts),
        Need.FIRST_CORRECTION: Rule(
            "补正只能一次告知，已告知过",
            "a correction may be requested once only",
            lambda g: g.intake.corrections_requested >= g.settings.corrections_at_most,
        ),
        Need.ALL_CORRECTIONS_LISTED: Rule(
            "须一次列明全部补正内容",
            "everything to be corrected has to be listed at once",
            lambda g: sorted(g.intake.missing_items - g.intake.listed_items) or not g.intake.listed_items,
        ),
        Need.ALL_ITEMS_ANSWERED: Rule(
            "有未补正也未说明的内容", "requested items are unanswered", lambda g: sorted(g.intake.unanswered_items)
        ),
        Need.ONLY_DEFERRABLE_MISSING: Rule(
            "容缺受理只限列明可容缺的材料，并须逐项承诺补交",
            "only items listed as deferrable may follow, each of them promised",
            lambda g: (
                sorted(g.intake.missing_items - g.intake.promised_items)
                or sorted(g.intake.promised_items - g.intake.deferrable_items)
                or not g.intake.promised_items
            ),
        ),
        Need.COMMITMENT: Rule(
            "须有书面承诺", "a written promise is needed", lambda g: not g.intake.commitment_id.strip()
        ),
        Need.PROMISED_ITEMS_IN: Rule(
            "承诺补交的材料未补齐", "promised items are still missing", lambda g: sorted(g.intake.promised_open)
        ),
        Need.MACHINE_REVIEW_DONE: Rule(
            "机器审查未完成",
            "the machine review is not done",
            lambda g: not g.examination.machine_review_done,
        ),
        Need.NO_OPEN_WORK: Rule("有未完成的审查事项", "tasks of the review are open", _open_work),
        Need.NO_OPEN_TASK_OR_REASON: Rule(
            "有未完成的审查事项，须写明理由", "tasks are open: a reason is needed", _open_tasks
        ),
        Need.NO_OPEN_OPINION_OR_REASON: Rule(
            "有未回复的意见（未回复不视为同意），须写明理由",
            "opinions are open (silence is no consent): a reason is needed",
            lambda g: Task.CONSULTATION in g.examination.open_tasks and not g.reason.strip(),
        ),
        Need.REQUIRED_OPINIONS_IN: Rule(
            "法律要求的意见未收到", "a required opinion is not there", lambda g: g.examination.required_opinion_open
        ),
        Need.NO_OBJECTION_OR_REASON: Rule(
            "有不同意的意见，须写明理由",
            "a body objects: a reason is needed",
            lambda g: g.examination.objections > 0 and not g.reason.strip(),
        ),
        Need.OPINION_OVERDUE: Rule(
            "没有逾期的意见", "no opinion is overdue", lambda g: not g.examination.opinion_overdue
        ),
        Need.FAILING_STRUCTURE: Rule(
            "没有不能通过的桥梁或者其他构造物", "no structure fails", lambda g: g.examination.failing_structures < 1
        ),
        Need.MILDER_WAY_OFFERED: Rule(
            "桥梁等构造物不能通过的，须先提出改线或者加固",
            "where a structure fails, another route or reinforcement comes first",
            lambda g: g.examination.failing_structures > 0 and not g.examination.milder_way_offered,
        ),
        Need.LAWFUL_PAUSE: Rule("不得停表", "no ground to pause the clock", _unlawful_pause),
        Need.REINFORCEMENT_CHECKED_OR_REASON: Rule(
            "加固、改造未经验收，须写明理由",
            "the reinforcement has not been accepted: a reason is needed",
            lambda g: Task.REINFORCEMENT in g.examination.open_tasks and not g.reason.strip(),
        ),
        Need.DROPPABLE_TASK: Rule(
            "只能取消进行中的勘测、专项验算、改线、加固改造",
            "only an open survey, calculation, change of route or reinforcement may be given up",
            lambda g: g.examination.dropped_task not in BLOCKING_TASKS & set(g.examination.open_tasks),
        ),
        Need.FINDING: Rule(
            "须指明可以改判的审查意见", "the finding has to be one that may be overridden", _finding_faults
        ),
        Need.NO_OPEN_FINDING: Rule(
            "有未处理的审查意见", "findings are not settled", lambda g: sorted(g.examination.open_findings)
        ),
        Need.NO_MANDATORY_REFUSAL: Rule(
            "依法应当不予许可，不得改判",
            "the law demands refusal; it cannot be overridden",
            lambda g: sorted(g.examination.mandatory_refusals),
        ),
        Need.ALL_REFUSAL_REASONS: Rule(
            "须列明全部不予许可的理由", "every reason of the refusal has to be named", _reasons_lacking
        ),
        Need.REMEDIES_TOLD: Rule(
            "须告知行政复议、行政诉讼的权利",
            "the rights of review and litigation have to be told",
            lambda g: not g.outcome.remedies_told,
        ),
        Need.STATEMENT_HEARD: Rule(
            "须先听取陈述申辩（或者申请人放弃、逾期）",
            "the applicant has to be heard first",
            lambda g: Task.STATEMENT in g.examination.open_tasks or not g.outcome.statement_heard,
        ),
        Need.ANOTHER_PERSON: Rule(
            "作出决定的人不得是提出审查意见的人",
            "who decides may not be who recommended",
            lambda g: g.settings.decision_by_another_person and g.outcome.recommended_by_actor,
        ),
        Need.AUTOMATIC_DECISION: Rule("不符合自动决定的条件", "may not be decided automatically", _automatic_obstacles),
        Need.GROUND: Rule("须写明法定事由", "a legal ground is needed", lambda g: not g.outcome.ground.strip()),
        Need.PERMIT_EXPIRED: Rule("通行证未到期", "the permit has not expired", lambda g: not g.outcome.permit_expired),
        Need.CHANGE_BY_CARRIER: Rule(
            "变更由核查提出，申请人不能撤回",
            "a check opened this change; the applicant cannot withdraw it",
            lambda g: not g.outcome.change_by_carrier,
        ),
        Need.CHANGE_DESCRIBED: Rule(
            "须写明变更的内容", "the change has to be described", lambda g: not g.outcome.change_described
        ),
    }
)


def find_lack(need: Need, given: Given) -> Lack | None:
    """What is lacking of a condition; None when it is fulfilled."""
    rule = RULES[need]
    lacking = rule.lacking(given)
    if isinstance(lacking, bool):
        return Lack(need, rule.zh, rule.en) if lacking else None
    parts = tuple(lacking)
    if not parts:
        return None
    return Lack(need, f"{rule.zh}：{'、'.join(parts)}", f"{rule.en}: {', '.join(parts)}")
