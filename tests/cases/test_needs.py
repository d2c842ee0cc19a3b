"""Each condition of each action: one fact is taken away and exactly that reason appears."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from api.accounts.permissions import Action, Role
from api.cases.needs import RULES, Need
from api.cases.states import State, Task
from api.cases.transitions import TRANSITIONS, Claim, Given, Refused, Step, Transition, check
from rules.service import default_service
from tests.cases.completed import COMPLETE, EVERYTHING, complete_for, examination, intake, outcome

A, S = Action, State
NAMES = frozenset({"a", "b"})
ONE = frozenset({"a"})


def codes(action: Action, state: State, given: Given) -> list[str]:
    answer = check(action, state, frozenset(Role), EVERYTHING, given)
    return [reason.code for reason in answer.reasons] if isinstance(answer, Refused) else []


def without(action: Action, **changes: object) -> Given:
    return replace(complete_for(action), **changes)


# What is lacking -> the reason. Everything else of the action is complete.
LACKING = [
    (A.SUBMIT, S.DRAFT, without(A.SUBMIT, on=None), "date"),
    (A.RETURN_DISPATCH, S.SUBMITTED, without(A.RETURN_DISPATCH, reason=" "), "reason"),
    (A.RETURN_DISPATCH, S.REVIEW, examination(open_tasks=()), "task"),
    (A.CLAIM, S.REVIEW, without(A.CLAIM, claim=Claim.ANOTHER), "not_claimed_by_another"),
    (A.RELEASE, S.REVIEW, without(A.RELEASE, claim=Claim.NOBODY), "claimed_or_reason"),
    (A.RELEASE, S.REVIEW, without(A.RELEASE, claim=Claim.ANOTHER, reason=""), "claimed_or_reason"),
    (A.ACCEPT, S.SUBMITTED, intake(missing_items=ONE), "nothing_missing"),
    (A.ACCEPT, S.SUBMITTED, intake(grounds=frozenset({"ord62-11.1"})), "no_ground_of_non_acceptance"),
    (A.ACCEPT, S.SUBMITTED, without(A.ACCEPT, notice_id=""), "notice"),
    (A.ACCEPT, S.SUBMITTED, without(A.ACCEPT, claim=Claim.ANOTHER), "not_claimed_by_another"),
    (A.ACCEPT_WITH_PROMISE, S.SUBMITTED, COMPLETE, "only_deferrable_missing"),
    (
        A.ACCEPT_WITH_PROMISE,
        S.SUBMITTED,
        intake(missing_items=NAMES, promised_items=NAMES, deferrable_items=ONE),
        "only_deferrable_missing",
    ),
    (
        A.ACCEPT_WITH_PROMISE,
        S.SUBMITTED,
        intake(missing_items=NAMES, promised_items=ONE, deferrable_items=NAMES),
        "only_deferrable_missing",
    ),
    (
        A.ACCEPT_WITH_PROMISE,
        S.SUBMITTED,
        intake(missing_items=ONE, promised_items=ONE, deferrable_items=ONE, commitment_id=""),
        "commitment",
    ),
    (A.DEEM_ACCEPTED, S.SUBMITTED, without(A.DEEM_ACCEPTED, on=dt.date(2026, 7, 13)), "silence_over"),
    (A.DEEM_ACCEPTED, S.SUBMITTED, intake(received_on=None), "silence_over"),
    (A.DEEM_ACCEPTED, S.SUBMITTED, intake(received_on=dt.date(2026, 12, 30)), "silence_over"),
    (
        A.REQUEST_CORRECTION,
        S.SUBMITTED,
        intake(complete_for(A.REQUEST_CORRECTION), corrections_requested=1),
        "first_correction",
    ),
    (A.REQUEST_CORRECTION, S.SUBMITTED, intake(missing_items=NAMES, listed_items=ONE), "all_corrections_listed"),
    (A.REQUEST_CORRECTION, S.SUBMITTED, COMPLETE, "all_corrections_listed"),
    (A.ANSWER_CORRECTION, S.CORRECTION, intake(unanswered_items=ONE), "all_items_answered"),
    (A.NOT_ACCEPT, S.SUBMITTED, COMPLETE, "ground_of_non_acceptance"),
    (A.NOT_ACCEPT, S.SUBMITTED, intake(missing_items=ONE), "ground_of_non_acceptance"),
    (A.NOT_ACCEPT, S.SUBMITTED, intake(corrections_requested=1), "ground_of_non_acceptance"),
    (
        A.NOT_ACCEPT,
        S.SUBMITTED,
        outcome(complete_for(A.NOT_ACCEPT), remedies_told=False),
        "remedies_told",
    ),
    (A.WITHDRAW, S.CHANGING, outcome(change_by_carrier=False), "change_by_carrier"),
    (A.REVIEW_DONE, S.MACHINE_REVIEW, examination(machine_review_done=False), "machine_review_done"),
    (A.ANSWER_OPINION, S.REVIEW, COMPLETE, "task"),
    (A.ESCALATE, S.REVIEW, COMPLETE, "opinion_overdue"),
    (A.FILE_SURVEY, S.REVIEW, without(A.FILE_SURVEY, officers=("甲", "甲")), "two_officers"),
    (A.PROPOSE_REROUTE, S.REVIEW, examination(open_tasks=(Task.REROUTE,)), "task"),
    (A.INVITE_STATEMENT, S.REVIEW, examination(open_tasks=(Task.STATEMENT,)), "task"),
    (A.ORDER_REINFORCEMENT, S.REVIEW, COMPLETE, "failing_structure"),
    (A.ACCEPT_REINFORCEMENT, S.PAUSED, without(A.ACCEPT_REINFORCEMENT, officers=("甲",)), "two_officers"),
    (A.PAUSE, S.REVIEW, without(A.PAUSE, notice_id=""), "notice"),
    (A.PAUSE, S.REVIEW, without(A.PAUSE, reason=""), "reason"),
    (A.PAUSE, S.REVIEW, examination(pause_basis="reinforcement"), "lawful_pause"),
    (
        A.RESUME,
        S.PAUSED,
        examination(replace(COMPLETE, reason=""), open_tasks=(Task.REINFORCEMENT,)),
        "reinforcement_checked_or_reason",
    ),
    (A.DROP_TASK, S.REVIEW, examination(dropped_task=Task.SURVEY), "droppable_task"),
    (
        A.DROP_TASK,
        S.REVIEW,
        examination(open_tasks=(Task.CONSULTATION,), dropped_task=Task.CONSULTATION),
        "droppable_task",
    ),
    (A.OVERRIDE, S.DECISION, without(A.OVERRIDE, reason=""), "reason"),
    (A.OVERRIDE, S.DECISION, examination(complete_for(A.OVERRIDE), finding="other"), "finding"),
    (
        A.OVERRIDE,
        S.DECISION,
        examination(complete_for(A.OVERRIDE), mandatory_refusals=frozenset({"finding-1"})),
        "finding",
    ),
    (A.RECOMMEND, S.REVIEW, examination(machine_review_done=False), "machine_review_done"),
    (
        A.RECOMMEND,
        S.REVIEW,
        examination(replace(COMPLETE, reason=""), open_tasks=(Task.SURVEY,)),
        "no_open_task_or_reason",
    ),
    (A.RECOMMEND, S.REVIEW, examination(replace(COMPLETE, reason=""), objections=1), "no_objection_or_reason"),
    (A.APPROVE, S.DECISION, examination(machine_review_done=False), "machine_review_done"),
    (A.APPROVE, S.DECISION, outcome(recommended_by_actor=True), "another_person"),
    (A.APPROVE, S.DECISION, examination(open_tasks=(Task.SPECIAL_CALCULATION,)), "no_open_work"),
    (A.APPROVE, S.DECISION, examination(open_tasks=(Task.REINFORCEMENT,)), "no_open_work"),
    (A.APPROVE, S.DECISION, examination(required_opinion_open=True), "required_opinions_in"),
    (
        A.APPROVE,
        S.DECISION,
        examination(replace(COMPLETE, reason=""), open_tasks=(Task.CONSULTATION,)),
        "no_open_opinion_or_reason",
    ),
    (A.APPROVE, S.DECISION, examination(replace(COMPLETE, reason=""), objections=2), "no_objection_or_reason"),
    (A.APPROVE, S.DECISION, examination(open_findings=ONE), "no_open_finding"),
    (A.APPROVE, S.DECISION, examination(mandatory_refusals=frozenset({"ord62-17.1.1"})), "no_mandatory_refusal"),
    (A.APPROVE, S.DECISION, intake(promised_open=ONE), "promised_items_in"),
    (A.APPROVE_AUTOMATICALLY, S.REVIEW, outcome(automatic_obstacles=None), "automatic_decision"),
    (A.APPROVE_AUTOMATICALLY, S.REVIEW, outcome(automatic_obstacles=("接近临界值",)), "automatic_decision"),
    (A.REFUSE, S.DECISION, outcome(refusal_reasons=frozenset()), "all_refusal_reasons"),
    (A.REFUSE, S.DECISION, examination(mandatory_refusals=frozenset({"ord62-17.1.2"})), "all_refusal_reasons"),
    (A.REFUSE, S.DECISION, examination(open_findings=frozenset({"finding-1"})), "all_refusal_reasons"),
    (A.REFUSE, S.DECISION, outcome(remedies_told=False), "remedies_told"),
    (A.REFUSE, S.DECISION, outcome(statement_heard=False), "statement_heard"),
    (A.REFUSE, S.DECISION, examination(open_tasks=(Task.STATEMENT,)), "statement_heard"),
    (A.REFUSE, S.DECISION, examination(failing_structures=1), "milder_way_offered"),
    (A.CLOSE, S.REVIEW, outcome(ground=""), "ground"),
    (A.REQUEST_CHANGE, S.ISSUED, outcome(change_described=False), "change_described"),
    (A.DECIDE_CHANGE, S.CHANGING, examination(machine_review_done=False), "machine_review_done"),
    (A.REVOKE, S.ISSUED, outcome(ground=""), "ground"),
    (A.CANCEL, S.ISSUED, outcome(ground=" "), "ground"),
    (A.EXPIRE, S.ISSUED, outcome(permit_expired=False), "permit_expired"),
]


@pytest.mark.parametrize(("action", "state", "given", "code"), LACKING)
def test_what_is_lacking_is_named_alone(action: Action, state: State, given: Given, code: str) -> None:
    assert codes(action, state, given) == [code]


def test_every_condition_has_a_rule_is_used_and_is_tested() -> None:
    assert set(RULES) == set(Need)
    assert {need for row in TRANSITIONS for need in row.needs} == set(Need)
    assert {code for *_, code in LACKING} - {"task"} == {need.value for need in Need}


LETTERS = {
    "d": "date",
    "r": "reason",
    "n": "notice",
    "c": "not_claimed_by_another",
    "2": "two_officers",
    "a": "remedies_told",
    "g": "ground",
}
HELD_BY_ABSENCE = {
    "not_claimed_by_another", "nothing_missing", "no_ground_of_non_acceptance", "first_correction",
    "all_items_answered", "promised_items_in", "no_open_work", "no_open_task_or_reason",
    "no_open_opinion_or_reason", "required_opinions_in", "no_objection_or_reason", "milder_way_offered",
    "reinforcement_checked_or_reason", "no_open_finding", "no_mandatory_refusal", "another_person",
}  # fmt: skip


def read_needs() -> dict[str, set[str]]:
    lines = (Path(__file__).parent / "needs_matrix.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {row[0]: {LETTERS.get(word, word) for word in row[1:]} for row in rows}


MATRIX = read_needs()


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.action}-{min(row.from_states)}")
def test_what_every_action_needs(row: Transition) -> None:
    """With no facts at all everything that absence does not fulfil is named at once."""
    state = min(row.from_states)
    needs = MATRIX.get(f"{row.action}:{state}", MATRIX[row.action])
    assert {need.value for need in row.needs} == needs
    assert set(codes(row.action, state, Given())) - {"task"} == needs - HELD_BY_ABSENCE


def test_the_matrix_of_needs_names_every_action() -> None:
    assert {name.partition(":")[0] for name in MATRIX} == {row.action.value for row in TRANSITIONS}


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("survey", "勘测是审查工作的一部分"),
        ("police_opinion", "公安机关"),
        ("co_review", "联合审查"),
        ("correction", "补正在受理之前"),
        ("holiday", "不是停表事由"),
        ("", "不是停表事由"),
    ],
)
def test_unlawful_pauses_are_refused_with_the_reason(basis: str, words: str) -> None:
    answer = check(A.PAUSE, S.REVIEW, {Role.REVIEWER}, EVERYTHING, examination(pause_basis=basis))
    assert isinstance(answer, Refused)
    (reason,) = answer.reasons
    assert words in reason.reason_zh
    assert "加固、改造" in reason.reason_zh


@pytest.mark.parametrize("basis", ["appraisal", "testing", "expert_review", "reinforcement"])
def test_the_four_lawful_pauses_stop_the_clock(basis: str) -> None:
    given = examination(pause_basis=basis, open_tasks=(Task.REINFORCEMENT,))
    answer = check(A.PAUSE, S.REVIEW, {Role.REVIEWER}, EVERYTHING, given)
    assert isinstance(answer, Step)
    assert answer.to_state is S.PAUSED


def test_acceptance_by_silence_goes_back_to_the_day_of_receipt() -> None:
    """Received Monday 6 July: five working days end on 13 July, from the 14th it is accepted, as of the 6th."""
    silent = check(A.DEEM_ACCEPTED, S.SUBMITTED, {Role.SYSTEM}, EVERYTHING, COMPLETE)
    spoken = check(A.ACCEPT, S.SUBMITTED, {Role.WINDOW}, EVERYTHING, COMPLETE)
    assert isinstance(silent, Step)
    assert isinstance(spoken, Step)
    assert (silent.accepted_on, spoken.accepted_on) == (dt.date(2026, 7, 6), dt.date(2026, 7, 14))
    assert codes(A.DEEM_ACCEPTED, S.SUBMITTED, replace(COMPLETE, on=dt.date(2026, 7, 13))) == ["silence_over"]


@pytest.mark.parametrize("changes", [{"correction_overdue": True}, {"corrections_requested": 1, "missing_items": ONE}])
def test_papers_not_completed_may_be_turned_down(changes: dict[str, object]) -> None:
    assert codes(A.NOT_ACCEPT, S.SUBMITTED, intake(**changes)) == []


def test_the_dropped_task_is_what_the_step_closes() -> None:
    answer = check(A.DROP_TASK, S.PAUSED, {Role.REVIEWER}, EVERYTHING, complete_for(A.DROP_TASK))
    assert isinstance(answer, Step)
    assert answer.closes is Task.SURVEY


def test_a_county_with_one_officer_may_switch_off_the_second_person() -> None:
    settings = default_service().model_copy(update={"decision_by_another_person": False})
    given = replace(outcome(recommended_by_actor=True), settings=settings)
    assert codes(A.APPROVE, S.DECISION, given) == []


def test_a_reason_opens_what_silence_does_not() -> None:
    """An open opinion may be passed over with a reason, one the law requires may not."""
    waiting = examination(open_tasks=(Task.CONSULTATION,))
    assert codes(A.APPROVE, S.DECISION, waiting) == []
    assert codes(A.APPROVE, S.DECISION, examination(waiting, required_opinion_open=True)) == ["required_opinions_in"]
