"""What may be done with a case now (办件流转): the table, the permissions and the facts judged together."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.accounts.permissions import ACTION_TITLES, Action, Denied, Relation, Role, Scope, decide
from api.cases.given import Claim, Examination, Given, Intake, Outcome
from api.cases.needs import Lack, find_lack
from api.cases.states import STATES, State, Task
from api.cases.table import BY_PLACE, CASE_ACTIONS, TRANSITIONS, Transition, find_transition

__all__ = [
    "CASE_ACTIONS",
    "TRANSITIONS",
    "Claim",
    "Examination",
    "Given",
    "Intake",
    "Outcome",
    "Refused",
    "Step",
    "Transition",
    "actions_from",
    "check",
    "find_transition",
]

SINGLE_TASKS: Final = frozenset({Task.REROUTE, Task.REINFORCEMENT, Task.STATEMENT})


@dataclass(frozen=True, slots=True)
class Step:
    """An action that may be done, and what it does to the case (准许的一步).

    Attributes:
        accepted_on: The day of acceptance this step sets; a deemed one goes back to the day the papers came in.
    """

    action: Action
    from_state: State
    to_state: State
    opens: Task | None
    closes: Task | None
    role: Role
    scope: Scope
    clause: str
    accepted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why not; `code` is "permission", "state", "task" or the name of a need."""

    code: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An action that may not be done, with all its reasons at once (不准的理由)."""

    action: Action
    reasons: tuple[Reason, ...]

    @property
    def is_denied(self) -> bool:
        """Whether permission is what lacks."""
        return any(reason.code == "permission" for reason in self.reasons)


def actions_from(state: State, roles: Iterable[Role], relation: Relation) -> tuple[Action, ...]:
    """What somebody may do with a case in a state, its conditions aside (可办的操作): for the buttons of a page."""
    held = frozenset(roles)
    places = [action for action in CASE_ACTIONS if (action, state) in BY_PLACE]
    return tuple(action for action in places if not isinstance(decide(held, action, relation), Denied))


def check(action: Action, state: State, roles: Iterable[Role], relation: Relation, given: Given) -> Step | Refused:
    """Whether an action may be done, and what it does.

    Args:
        action: An action of cases.
        state: Where the case stands.
        roles: The roles of the account.
        relation: What the account has to do with the case.
        given: The facts; what is not said counts as lacking.

    Returns:
        The step; or every reason against it. Somebody without permission learns nothing else.
    """
    allowed = decide(roles, action, relation)
    if isinstance(allowed, Denied):
        return Refused(action, (Reason("permission", allowed.reason_zh, allowed.reason_en),))
    row = BY_PLACE.get((action, state))
    if row is None:
        return Refused(action, (_wrong_state(action, state),))
    lacks = [lack for need in row.needs if (lack := find_lack(need, given))]
    reasons = (*_task_reasons(row, given), *map(_as_reason, lacks))
    if reasons:
        return Refused(action, reasons)
    return Step(
        action=action,
        from_state=state,
        to_state=row.to_state or state,
        opens=row.opens,
        closes=given.examination.dropped_task if action is Action.DROP_TASK else row.closes,
        role=allowed.role,
        scope=allowed.scope,
        clause=row.clause,
        accepted_on=_accepted_on(action, given),
    )


def _accepted_on(action: Action, given: Given) -> dt.date | None:
    if action is Action.DEEM_ACCEPTED:
        return given.intake.received_on
    return given.on if action in {Action.ACCEPT, Action.ACCEPT_WITH_PROMISE} else None


def _wrong_state(action: Action, state: State) -> Reason:
    facts, title = STATES[state], ACTION_TITLES[action]
    return Reason(
        "state", f"办件“{facts.title_zh}”，不能“{title.zh}”", f"Not possible while {facts.title_en.lower()}: {title.en}"
    )


def _task_reasons(row: Transition, given: Given) -> tuple[Reason, ...]:
    tasks = given.examination.open_tasks
    if row.opens in SINGLE_TASKS and row.opens in tasks:
        return (Reason("task", f"{row.opens.title_zh}已在进行", f"already open: {row.opens.value}"),)
    if row.closes is None or row.closes in tasks:
        return ()
    return (Reason("task", f"没有进行中的{row.closes.title_zh}", f"no open task: {row.closes.value}"),)


def _as_reason(lack: Lack) -> Reason:
    return Reason(lack.need.value, lack.reason_zh, lack.reason_en)
