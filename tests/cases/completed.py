"""For every action facts that suffice, so that a test can take one away."""

import datetime as dt
from dataclasses import replace

from api.accounts.permissions import RELATIONS, Action, Relation
from api.cases.states import Task
from api.cases.transitions import Claim, Examination, Given, Intake, Outcome

EVERYTHING = Relation(**dict.fromkeys(RELATIONS, True))

COMPLETE = Given(
    on=dt.date(2026, 7, 14),
    reason="已核实",
    notice_id="文书1号",
    officers=("甲", "乙"),
    claim=Claim.ACTOR,
    intake=Intake(received_on=dt.date(2026, 7, 6), commitment_id="承诺书1号"),
    examination=Examination(machine_review_done=True, pause_basis="testing"),
    outcome=Outcome(
        remedies_told=True,
        statement_heard=True,
        refusal_reasons=frozenset({"ord62-17.1.1"}),
        automatic_obstacles=(),
        ground="行政许可法第六十九条第二款",
        permit_expired=True,
        change_described=True,
        change_by_carrier=True,
    ),
)
CLOSES = {
    Action.ANSWER_OPINION: Task.CONSULTATION,
    Action.RETURN_DISPATCH: Task.CONSULTATION,
    Action.FILE_SURVEY: Task.SURVEY,
    Action.FILE_CALCULATION: Task.SPECIAL_CALCULATION,
    Action.ANSWER_REROUTE: Task.REROUTE,
    Action.ACCEPT_REINFORCEMENT: Task.REINFORCEMENT,
    Action.HOLD_STATEMENT: Task.STATEMENT,
}


def intake(given: Given = COMPLETE, **changes: object) -> Given:
    return replace(given, intake=replace(given.intake, **changes))


def examination(given: Given = COMPLETE, **changes: object) -> Given:
    return replace(given, examination=replace(given.examination, **changes))


def outcome(given: Given = COMPLETE, **changes: object) -> Given:
    return replace(given, outcome=replace(given.outcome, **changes))


PHOTOS = frozenset({"photos"})
ENOUGH = {
    Action.REQUEST_CORRECTION: intake(missing_items=PHOTOS, listed_items=PHOTOS | {"drawing"}),
    Action.NOT_ACCEPT: intake(grounds=frozenset({"ord62-11.1"})),
    Action.ACCEPT_WITH_PROMISE: intake(missing_items=PHOTOS, promised_items=PHOTOS, deferrable_items=PHOTOS),
    Action.ESCALATE: examination(opinion_overdue=True),
    Action.ORDER_REINFORCEMENT: examination(failing_structures=1),
    Action.DROP_TASK: examination(open_tasks=(Task.SURVEY,), dropped_task=Task.SURVEY),
    Action.OVERRIDE: examination(open_findings=frozenset({"finding-1"}), finding="finding-1"),
}


def complete_for(action: Action) -> Given:
    """Facts with which an action may be done."""
    if action in CLOSES:
        return examination(open_tasks=(CLOSES[action],))
    return ENOUGH.get(action, COMPLETE)
