"""Every state with every action against a matrix written by hand, and what holds of the table as a whole."""

from pathlib import Path

import pytest

from api.accounts.permissions import Action, Relation, Role
from api.cases.states import STATES, Phase, State, Task
from api.cases.transitions import CASE_ACTIONS, TRANSITIONS, Given, Refused, Step, actions_from, check, find_transition
from rules.clock import ClockState
from tests.cases.completed import CLOSES, EVERYTHING, complete_for

CODES = {
    "DR": State.DRAFT,
    "SU": State.SUBMITTED,
    "CO": State.CORRECTION,
    "NA": State.NOT_ACCEPTED,
    "MR": State.MACHINE_REVIEW,
    "RE": State.REVIEW,
    "PA": State.PAUSED,
    "DE": State.DECISION,
    "AP": State.APPROVED,
    "RF": State.REFUSED,
    "RD": State.REFUSAL_DELIVERED,
    "IS": State.ISSUED,
    "CH": State.CHANGING,
    "WI": State.WITHDRAWN,
    "CL": State.CLOSED,
    "RC": State.RECALLED,
    "RV": State.REVOKED,
    "CA": State.CANCELLED,
}
EVERYBODY = frozenset(Role)


def read_matrix() -> dict[tuple[str, State], State]:
    """Where each action leads; what is absent cannot be done."""
    lines = (Path(__file__).parent / "lifecycle_matrix.txt").read_text(encoding="utf-8").splitlines()
    _, *columns = next(line for line in lines if line.startswith("action ")).split()
    rows = [line.split() for line in lines if line and not line.startswith(("#", "action "))]
    return {
        (row[0], CODES[column]): CODES[column] if target == "=" else CODES[target]
        for row in rows
        for column, target in zip(columns, row[1:], strict=True)
        if target != "."
    }


MATRIX = read_matrix()


def test_the_matrix_knows_every_state_and_every_action_of_cases() -> None:
    assert set(CODES.values()) == set(State)
    assert {action for action, _ in MATRIX} == {action.value for action in CASE_ACTIONS}


@pytest.mark.parametrize("state", State, ids=str)
@pytest.mark.parametrize("action", CASE_ACTIONS, ids=str)
def test_every_state_with_every_action(action: Action, state: State) -> None:
    given = complete_for(action)
    answer = check(action, state, EVERYBODY, EVERYTHING, given)
    target = MATRIX.get((action.value, state))
    if target is None:
        assert isinstance(answer, Refused)
        assert [reason.code for reason in answer.reasons] == ["state"]
        assert STATES[state].title_zh in answer.reasons[0].reason_zh
        assert find_transition(action, state) is None
    else:
        assert isinstance(answer, Step), answer
        assert (answer.from_state, answer.to_state) == (state, target)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM], ids=str)
@pytest.mark.parametrize("action", CASE_ACTIONS, ids=str)
def test_nobody_acts_without_permission_and_learns_nothing_else(action: Action, role: Role) -> None:
    stranger = check(action, State.REVIEW, {role}, Relation(), Given())
    assert isinstance(stranger, Refused)
    assert stranger.is_denied
    assert len(stranger.reasons) == 1


def test_actions_without_a_row_are_refused_by_state() -> None:
    answer = check(Action.READ_CASE, State.REVIEW, EVERYBODY, EVERYTHING, Given())
    assert isinstance(answer, Refused)
    assert answer.reasons[0].code == "state"
    assert not answer.is_denied


def test_final_states_lead_nowhere_and_all_others_do() -> None:
    leaving = {state for row in TRANSITIONS for state in row.from_states if row.to_state not in {None, state}}
    assert {state for state, facts in STATES.items() if not facts.final} == leaving


def test_every_state_is_reached_from_the_draft_and_can_end() -> None:
    arrows = {(state, row.to_state or state) for row in TRANSITIONS for state in row.from_states}
    reached = {State.DRAFT}
    for _ in State:
        reached |= {end for start, end in arrows if start in reached}
    assert reached == set(State)
    ending = {state for state, facts in STATES.items() if facts.final}
    for _ in State:
        ending |= {start for start, end in arrows if end in ending}
    assert ending == set(State)


def test_one_row_for_each_action_and_state() -> None:
    places = [(row.action, state) for row in TRANSITIONS for state in row.from_states]
    assert len(places) == len(set(places))


def test_what_opens_and_closes() -> None:
    closing = {(row.action, row.closes) for row in TRANSITIONS if row.closes}
    assert closing == set(CLOSES.items())
    opening = {row.opens: row.action for row in TRANSITIONS if row.opens}
    assert opening == {
        Task.CONSULTATION: Action.ASK_OPINION,
        Task.SURVEY: Action.ORDER_SURVEY,
        Task.SPECIAL_CALCULATION: Action.ORDER_CALCULATION,
        Task.REROUTE: Action.PROPOSE_REROUTE,
        Task.REINFORCEMENT: Action.ORDER_REINFORCEMENT,
        Task.STATEMENT: Action.INVITE_STATEMENT,
    }


def test_the_clock_of_every_state() -> None:
    """It runs from acceptance to the decision and stands only while paused; the five steps all occur."""
    running = {State.MACHINE_REVIEW, State.REVIEW, State.DECISION}
    waiting = {State.DRAFT, State.SUBMITTED, State.CORRECTION}
    for state, facts in STATES.items():
        expected = (
            ClockState.RUNNING
            if state in running
            else ClockState.NOT_STARTED
            if state in waiting
            else ClockState.PAUSED
            if state is State.PAUSED
            else ClockState.STOPPED
        )
        assert facts.clock is expected, state
    assert {facts.phase for facts in STATES.values()} == set(Phase)


def test_buttons_are_what_permission_and_state_allow() -> None:
    clerk = actions_from(State.SUBMITTED, {Role.WINDOW}, Relation(is_deciding_body=True))
    assert set(clerk) == {
        Action.DISPATCH,
        Action.RETURN_DISPATCH,
        Action.CLAIM,
        Action.RELEASE,
        Action.ACCEPT,
        Action.ACCEPT_WITH_PROMISE,
        Action.REQUEST_CORRECTION,
        Action.NOT_ACCEPT,
    }
    assert actions_from(State.SUBMITTED, {Role.WINDOW}, Relation()) == ()
    assert actions_from(State.REVIEW, {Role.POLICE}, Relation(has_packet=True)) == (
        Action.RETURN_DISPATCH,
        Action.ANSWER_OPINION,
    )
    assert actions_from(State.CANCELLED, EVERYBODY, EVERYTHING) == ()


def test_the_step_names_who_and_on_what_basis() -> None:
    answer = check(Action.APPROVE, State.DECISION, {Role.APPROVER}, EVERYTHING, complete_for(Action.APPROVE))
    assert isinstance(answer, Step)
    assert answer.role is Role.APPROVER
    assert answer.scope.value == "body"
    assert "第三十八条" in answer.clause
