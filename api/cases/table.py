"""The table of the lifecycle (办件流程表): which action leads from where to where, what it needs, on what basis.

Who may do it stands in `api/accounts/permissions.yaml`. An action that leads nowhere is work done in the same state.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.accounts.permissions import ACTION_TITLES, Action, Role, roles_for
from api.cases.needs import Need
from api.cases.states import State, Task

OWN = "本系统设定"
ALL_LAW = "行政许可法"
ORD62 = "超限运输车辆行驶公路管理规定"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Attributes:
        from_states: Where it may be done.
        to_state: Where it leads; None leaves the case where it is.
        needs: Conditions beside permission and state.
        clause: Its basis; what is our own says so.
        opens: The task it opens.
        closes: The task it closes, which has to be open.
    """

    action: Action
    from_states: frozenset[State]
    to_state: State | None
    needs: tuple[Need, ...]
    clause: str
    opens: Task | None = None
    closes: Task | None = None

    @property
    def title_zh(self) -> str:
        """Name of the action in Chinese."""
        return ACTION_TITLES[self.action].zh

    @property
    def title_en(self) -> str:
        """Name of the action in English."""
        return ACTION_TITLES[self.action].en

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that may do it in some scope."""
        return roles_for(self.action)


def _row(
    action: Action,
    from_states: Iterable[State],
    to_state: State | None,
    needs: Iterable[Need],
    clause: str,
    *,
    opens: Task | None = None,
    closes: Task | None = None,
) -> Transition:
    return Transition(action, frozenset(from_states), to_state, tuple(needs), clause, opens, closes)


A, S, N = Action, State, Need
BEFORE_ACCEPTANCE = (S.SUBMITTED, S.CORRECTION)
REVIEWING = (S.REVIEW, S.PAUSED)
IN_HAND = (S.MACHINE_REVIEW, S.REVIEW, S.PAUSED, S.DECISION)
WITH_PERMIT = (S.APPROVED, S.ISSUED, S.CHANGING)
PERSON = N.NOT_CLAIMED_BY_ANOTHER
TO_APPROVE = (
    N.MACHINE_REVIEW_DONE,
    N.NO_OPEN_WORK,
    N.REQUIRED_OPINIONS_IN,
    N.NO_OPEN_OPINION_OR_REASON,
    N.NO_OBJECTION_OR_REASON,
    N.NO_OPEN_FINDING,
    N.NO_MANDATORY_REFUSAL,
    N.PROMISED_ITEMS_IN,
)

TRANSITIONS: Final = (
    # 申请与受理
    _row(A.SUBMIT, [S.DRAFT], S.SUBMITTED, [N.DATE], f"{ALL_LAW}第二十九条（凭记忆）；{ORD62}第十条"),
    _row(A.DISPATCH, [S.SUBMITTED, *IN_HAND], None, [], "公路安全保护条例第三十六条"),
    _row(A.RETURN_DISPATCH, [S.SUBMITTED], None, [N.REASON], OWN),
    _row(A.RETURN_DISPATCH, IN_HAND, None, [N.REASON], OWN, closes=Task.CONSULTATION),
    _row(A.CLAIM, [S.SUBMITTED, *IN_HAND, S.CHANGING], None, [PERSON], OWN),
    _row(A.RELEASE, [S.SUBMITTED, *IN_HAND, S.CHANGING], None, [N.CLAIMED_OR_REASON], OWN),
    _row(
        A.ACCEPT,
        [S.SUBMITTED],
        S.MACHINE_REVIEW,
        [N.DATE, N.NOTICE, PERSON, N.NOTHING_MISSING, N.NO_GROUND_OF_NON_ACCEPTANCE],
        f"{ALL_LAW}第三十二条",
    ),
    _row(
        A.ACCEPT_WITH_PROMISE,
        [S.SUBMITTED],
        S.MACHINE_REVIEW,
        [N.DATE, N.NOTICE, PERSON, N.ONLY_DEFERRABLE_MISSING, N.COMMITMENT, N.NO_GROUND_OF_NON_ACCEPTANCE],
        f"容缺受理（地方规定）；{OWN}",
    ),
    _row(A.DEEM_ACCEPTED, [S.SUBMITTED], S.MACHINE_REVIEW, [N.DATE, N.SILENCE_OVER], f"{ALL_LAW}第三十二条"),
    _row(
        A.REQUEST_CORRECTION,
        [S.SUBMITTED],
        S.CORRECTION,
        [N.DATE, N.NOTICE, PERSON, N.FIRST_CORRECTION, N.ALL_CORRECTIONS_LISTED],
        f"{ALL_LAW}第三十二条",
    ),
    _row(A.ANSWER_CORRECTION, [S.CORRECTION], S.SUBMITTED, [N.DATE, N.ALL_ITEMS_ANSWERED], f"{ALL_LAW}第三十二条"),
    _row(
        A.NOT_ACCEPT,
        BEFORE_ACCEPTANCE,
        S.NOT_ACCEPTED,
        [N.DATE, N.REASON, N.NOTICE, PERSON, N.GROUND_OF_NON_ACCEPTANCE, N.REMEDIES_TOLD],
        f"{ORD62}第十一条；{ALL_LAW}第三十二条",
    ),
    _row(A.SUPPLY_PROMISED, IN_HAND, None, [N.DATE], f"容缺受理（地方规定）；{OWN}"),
    _row(A.WITHDRAW, [*BEFORE_ACCEPTANCE, *IN_HAND], S.WITHDRAWN, [N.DATE], OWN),
    _row(A.WITHDRAW, [S.CHANGING], S.ISSUED, [N.DATE, N.CHANGE_BY_CARRIER], OWN),
    # 审查
    _row(A.START_REVIEW, [S.MACHINE_REVIEW, S.REVIEW], S.MACHINE_REVIEW, [], OWN),
    _row(A.REVIEW_DONE, [S.MACHINE_REVIEW], S.REVIEW, [N.MACHINE_REVIEW_DONE], OWN),
    _row(A.ASK_OPINION, REVIEWING, None, [N.DATE], "公路安全保护条例第三十六条", opens=Task.CONSULTATION),
    _row(A.ANSWER_OPINION, IN_HAND, None, [N.DATE, N.REASON], OWN, closes=Task.CONSULTATION),
    _row(A.ESCALATE, IN_HAND, None, [N.OPINION_OVERDUE], OWN),
    _row(A.ORDER_SURVEY, REVIEWING, None, [PERSON, N.REASON], f"{ORD62}第十三条", opens=Task.SURVEY),
    _row(
        A.FILE_SURVEY,
        IN_HAND,
        None,
        [N.DATE, N.TWO_OFFICERS, N.NOTICE],
        f"{ALL_LAW}第三十四条",
        closes=Task.SURVEY,
    ),
    _row(A.ORDER_CALCULATION, REVIEWING, None, [PERSON, N.REASON], OWN, opens=Task.SPECIAL_CALCULATION),
    _row(A.FILE_CALCULATION, IN_HAND, None, [N.DATE, N.NOTICE], OWN, closes=Task.SPECIAL_CALCULATION),
    _row(A.PROPOSE_REROUTE, [S.REVIEW], None, [PERSON, N.REASON], f"{ORD62}第十四条", opens=Task.REROUTE),
    _row(A.ANSWER_REROUTE, [S.REVIEW], S.MACHINE_REVIEW, [N.DATE], f"{ORD62}第十四条", closes=Task.REROUTE),
    _row(
        A.ORDER_REINFORCEMENT,
        [S.REVIEW],
        None,
        [PERSON, N.REASON, N.NOTICE, N.FAILING_STRUCTURE],
        f"{ORD62}第十三条",
        opens=Task.REINFORCEMENT,
    ),
    _row(
        A.ACCEPT_REINFORCEMENT,
        REVIEWING,
        None,
        [N.DATE, N.TWO_OFFICERS, N.NOTICE],
        f"{ORD62}第十三条",
        closes=Task.REINFORCEMENT,
    ),
    _row(
        A.PAUSE,
        [S.REVIEW],
        S.PAUSED,
        [N.DATE, PERSON, N.REASON, N.NOTICE, N.LAWFUL_PAUSE],
        f"{ORD62}第十五条第二款；{ALL_LAW}第四十五条",
    ),
    _row(A.RESUME, [S.PAUSED], S.REVIEW, [N.DATE, PERSON, N.REINFORCEMENT_CHECKED_OR_REASON], f"{ALL_LAW}第四十五条"),
    _row(A.DROP_TASK, REVIEWING, None, [PERSON, N.REASON, N.DROPPABLE_TASK], OWN),
    _row(A.OVERRIDE, [S.REVIEW, S.DECISION], None, [PERSON, N.REASON, N.FINDING], OWN),
    _row(A.URGE, [*BEFORE_ACCEPTANCE, *IN_HAND, S.APPROVED, S.REFUSED, S.CHANGING], None, [N.REASON], OWN),
    # 决定
    _row(
        A.INVITE_STATEMENT,
        [S.REVIEW, S.DECISION],
        None,
        [N.DATE, PERSON, N.REASON, N.NOTICE],
        f"{ALL_LAW}第七条（凭记忆）、第三十六条",
        opens=Task.STATEMENT,
    ),
    _row(
        A.HOLD_STATEMENT,
        [S.REVIEW, S.DECISION],
        None,
        [N.DATE, N.REASON],
        f"{ALL_LAW}第三十六条",
        closes=Task.STATEMENT,
    ),
    _row(
        A.RECOMMEND,
        [S.REVIEW],
        S.DECISION,
        [PERSON, N.MACHINE_REVIEW_DONE, N.NO_OPEN_TASK_OR_REASON, N.NO_OBJECTION_OR_REASON],
        f"{ALL_LAW}第三十四条",
    ),
    _row(A.SEND_BACK, [S.DECISION], S.REVIEW, [PERSON, N.REASON], OWN),
    _row(
        A.APPROVE,
        [S.DECISION],
        S.APPROVED,
        [N.DATE, N.NOTICE, PERSON, N.ANOTHER_PERSON, *TO_APPROVE],
        f"{ALL_LAW}第三十八条；{ORD62}第十八条",
    ),
    _row(
        A.APPROVE_AUTOMATICALLY,
        [S.REVIEW],
        S.APPROVED,
        [N.DATE, N.NOTICE, N.AUTOMATIC_DECISION, *TO_APPROVE],
        OWN,
    ),
    _row(
        A.REFUSE,
        [S.DECISION],
        S.REFUSED,
        [
            N.DATE,
            N.NOTICE,
            PERSON,
            N.ANOTHER_PERSON,
            N.MACHINE_REVIEW_DONE,
            N.MILDER_WAY_OFFERED,
            N.ALL_REFUSAL_REASONS,
            N.STATEMENT_HEARD,
            N.REMEDIES_TOLD,
        ],
        f"{ORD62}第十七条；{ALL_LAW}第三十八条",
    ),
    _row(A.CLOSE, IN_HAND, S.CLOSED, [N.DATE, N.REASON, N.NOTICE, N.GROUND, PERSON], f"容缺受理（地方规定）；{OWN}"),
    # 送达与证后
    _row(A.DELIVER, [S.APPROVED], S.ISSUED, [N.DATE], f"{ALL_LAW}第四十四条"),
    _row(A.DELIVER, [S.REFUSED], S.REFUSAL_DELIVERED, [N.DATE], f"{ALL_LAW}第三十八条；{OWN}"),
    _row(A.REQUEST_CHANGE, [S.ISSUED], S.CHANGING, [N.DATE, N.CHANGE_DESCRIBED], f"{ALL_LAW}第四十九条"),
    _row(
        A.DECIDE_CHANGE,
        [S.CHANGING],
        S.ISSUED,
        [N.DATE, N.REASON, N.NOTICE, PERSON, N.MACHINE_REVIEW_DONE],
        f"{ALL_LAW}第四十九条",
    ),
    _row(
        A.RECALL,
        WITH_PERMIT,
        S.RECALLED,
        [N.DATE, N.REASON, N.NOTICE, N.GROUND, N.REMEDIES_TOLD],
        f"{ALL_LAW}第八条（凭记忆）、第七十条",
    ),
    _row(
        A.REVOKE,
        WITH_PERMIT,
        S.REVOKED,
        [N.DATE, N.REASON, N.NOTICE, N.GROUND, N.REMEDIES_TOLD],
        f"{ALL_LAW}第六十九条、第七十条",
    ),
    _row(A.CANCEL, [S.ISSUED, S.CHANGING], S.CANCELLED, [N.DATE, N.GROUND], f"{ALL_LAW}第七十条"),
    _row(A.EXPIRE, [S.ISSUED, S.CHANGING], S.CANCELLED, [N.DATE, N.PERMIT_EXPIRED], f"{ALL_LAW}第七十条"),
)

BY_PLACE: Final = MappingProxyType({(row.action, state): row for row in TRANSITIONS for state in row.from_states})
CASE_ACTIONS: Final = tuple(dict.fromkeys(row.action for row in TRANSITIONS))


def find_transition(action: Action, state: State) -> Transition | None:
    """The row of an action in a state; None where it cannot be done."""
    return BY_PLACE.get((action, state))
