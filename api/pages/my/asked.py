"""What is asked of the applicant now (待办事项): by case, with its last day."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.clocks import due_after, local_day
from api.cases.points import title_of
from api.cases.rows import correction_of
from api.cases.states import STATES, State, Task
from api.db.tables import Case
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork

AskKind = Literal["correction", "promised", "reroute", "statement", "special_calculation", "reinforcement"]
KINDS: Final[tuple[AskKind, ...]] = (
    "correction",
    "promised",
    "statement",
    "reroute",
    "special_calculation",
    "reinforcement",
)
# What the applicant answers with; a reinforcement is made on the road and accepted there.
ACTIONS: Final[dict[AskKind, Action]] = {
    "correction": Action.ANSWER_CORRECTION,
    "promised": Action.SUPPLY_PROMISED,
    "statement": Action.HOLD_STATEMENT,
    "reroute": Action.ANSWER_REROUTE,
    "special_calculation": Action.FILE_CALCULATION,
}
_TASKS: Final[dict[Task, AskKind]] = {
    Task.STATEMENT: "statement",
    Task.REROUTE: "reroute",
    Task.SPECIAL_CALCULATION: "special_calculation",
    Task.REINFORCEMENT: "reinforcement",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked.

    Attributes:
        items: Names of what is asked for, with their titles in Chinese.
        due_on: Last day; None where none is set or the calendar does not reach.
    """

    kind: AskKind
    items: tuple[tuple[str, str], ...] = ()
    due_on: dt.date | None = None


def asks_of(work: UnitOfWork, case: Case) -> list[Ask]:
    """Everything asked of the applicant in a case, the most pressing first."""
    state = State(case.state)
    if STATES[state].final:
        return []
    found = [_correction(work, case)] if state is State.CORRECTION else []
    promised: dict[str, str] = remarks.get(case, "promised", {})
    if promised and state in {State.MACHINE_REVIEW, State.REVIEW, State.PAUSED, State.DECISION}:
        days = sorted(day for day in promised.values() if day)
        first = dt.date.fromisoformat(days[0]) if days else None
        found.append(Ask("promised", tuple((name, title_of(name)) for name in promised), first))
    tasks = [_TASKS[task] for task in remarks.open_tasks(case) if task in _TASKS]
    open_now = [kind for kind in dict.fromkeys(tasks) if _is_answerable(kind, state)]
    return found + [Ask(kind) for kind in KINDS if kind in open_now]


def _is_answerable(kind: AskKind, state: State) -> bool:
    """A change of route is answered in the review only; a statement also before the decision."""
    places = {"reroute": {State.REVIEW}, "statement": {State.REVIEW, State.DECISION}}
    return state in places.get(kind, {State.REVIEW, State.PAUSED, State.DECISION, State.MACHINE_REVIEW})


def _correction(work: UnitOfWork, case: Case) -> Ask:
    asked = correction_of(work, case)
    if asked is None:
        return Ask("correction")
    days = service_settings_on(work, case.province, work.today).correction_answer_days
    items = tuple((name, title_of(name)) for name in asked.items)
    return Ask("correction", items, due_after(local_day(asked.asked_at), days))
