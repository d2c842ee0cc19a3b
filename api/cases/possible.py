"""What may be done with a case now, and what stands in the way of the rest (可办操作及其障碍): for buttons."""

from dataclasses import dataclass
from typing import Final

from api.accounts.authorise import roles_of
from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.act import DONE_BY_ORIGIN
from api.cases.choices import Choices, choices_for
from api.cases.facts import gather
from api.cases.find import get_case
from api.cases.inputs import ActionInput
from api.cases.needs import Need
from api.cases.relation import relation_to
from api.cases.states import State
from api.cases.table import Transition, find_transition
from api.cases.transitions import Reason, Refused, actions_from, check
from api.db.tables import Case
from api.errors import ConflictError, NotFoundError
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork

SOMETHING: Final = "-"
# A body answers its part in its inbox; an application is handed in by its carrier.
ELSEWHERE: Final = frozenset({Action.SUBMIT, Action.ANSWER_OPINION})
_OF_ANOTHER_PROVINCE: Final = Reason(
    "exchange",
    "外省转入的办件由起运地省份审查决定，本省以交换文件答复",
    "a case of another province is decided there: answer it by an exchange file",
)


@dataclass(frozen=True, slots=True)
class Possible:
    """An action of the table that the account may do with a case in its state.

    Attributes:
        row: Its row in the table of the lifecycle.
        choices: What its form can name.
        obstacles: Why it cannot be done whatever is written into its form; empty if it can.
    """

    action: Action
    row: Transition
    choices: Choices
    obstacles: tuple[Reason, ...]


def possible_actions(work: UnitOfWork, case: Case) -> list[Possible]:
    """Every action the account may do with a case in its state, in the order of the table."""
    get_case(work, case.id)
    found = actions_from(State(case.state), roles_of(work.actor), relation_to(work, case))
    return [_possible(work, case, action) for action in found if action not in ELSEWHERE]


def possible_action(work: UnitOfWork, case: Case, action: Action) -> Possible:
    """One of them.

    Raises:
        NotFoundError: No role of the account does this, or not to this case.
        ConflictError: Not in this state.
    """
    get_case(work, case.id)
    if action in ELSEWHERE or action not in _permitted_somewhere(work, case):
        raise NotFoundError("没有这个操作", "there is no such action")
    if find_transition(action, State(case.state)) is None:
        given = gather(work, case, action, ActionInput(), notice_id="")
        refused = check(action, State(case.state), roles_of(work.actor), relation_to(work, case), given)
        reason = refused.reasons[0] if isinstance(refused, Refused) else _OF_ANOTHER_PROVINCE
        raise ConflictError(reason.reason_zh, reason.reason_en)
    return _possible(work, case, action)


def _permitted_somewhere(work: UnitOfWork, case: Case) -> frozenset[Action]:
    """What the account may do with this case in any state."""
    roles, relation = roles_of(work.actor), relation_to(work, case)
    return frozenset(action for state in State for action in actions_from(state, roles, relation))


def _possible(work: UnitOfWork, case: Case, action: Action) -> Possible:
    row = find_transition(action, State(case.state))
    if row is None:
        raise NotFoundError("没有这个操作", "there is no such action")
    choices = choices_for(work, case, action)
    return Possible(action, row, choices, tuple(_obstacles(work, case, row, choices)))


def _obstacles(work: UnitOfWork, case: Case, row: Transition, choices: Choices) -> list[Reason]:
    """What even the fullest form leaves lacking."""
    fullest = _fullest(work, case, row, choices)
    given = gather(work, case, row.action, fullest, notice_id=SOMETHING)
    judged = check(row.action, State(case.state), roles_of(work.actor), relation_to(work, case), given)
    found = list(judged.reasons) if isinstance(judged, Refused) else []
    if row.action in DONE_BY_ORIGIN and remarks.get(case, "exchange", None) is not None:
        found.append(_OF_ANOTHER_PROVINCE)
    return found


def _fullest(work: UnitOfWork, case: Case, row: Transition, choices: Choices) -> ActionInput:
    """A form in which everything is filled in that can be."""
    lawful = service_settings_on(work, case.province, work.today).pause_bases
    return ActionInput.model_validate(
        {
            "reason": SOMETHING,
            "officers": [one.id for one in choices.officers][:10],
            "items": list(choices.items) or [SOMETHING],
            "finding": next(iter(choices.findings), ""),
            "task": next(iter(choices.tasks), ""),
            "basis": next((one for one in reversed(lawful)), "") if Need.LAWFUL_PAUSE in row.needs else "",
            "ground": "ord62-11" if Need.GROUND_OF_NON_ACCEPTANCE in row.needs else SOMETHING,
        }
    )
