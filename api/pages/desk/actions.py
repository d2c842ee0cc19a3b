"""Buttons of a case (可办操作的按钮): what leads on first, then work beside it, then what ends it; with what lacks."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from api.accounts.permissions import Action
from api.cases.notices import drafted_from
from api.cases.possible import Possible, possible_actions
from api.cases.rows import current_review
from api.db.tables import Case
from api.pages.desk.case_findings import finding_names
from api.pages.desk.words import action_word, reason_word, state_word
from api.pages.page import PageContext

KEY_MARK: Final = ":"  # stands in every key of a finding
# What one presses without writing anything.
AT_ONCE: Final = frozenset({Action.CLAIM, Action.RELEASE})
# Acts that end something, or that can be done only once: the document is shown before it goes.
FINAL: Final = frozenset(
    {
        Action.REQUEST_CORRECTION,
        Action.NOT_ACCEPT,
        Action.APPROVE,
        Action.REFUSE,
        Action.CLOSE,
        Action.DECIDE_CHANGE,
        Action.RECALL,
        Action.REVOKE,
        Action.CANCEL,
    }
)
_LEADS: Final = (
    Action.ACCEPT,
    Action.ACCEPT_WITH_PROMISE,
    Action.REQUEST_CORRECTION,
    Action.NOT_ACCEPT,
    Action.RECOMMEND,
    Action.APPROVE,
    Action.REFUSE,
    Action.SEND_BACK,
    Action.RESUME,
    Action.DELIVER,
    Action.DECIDE_CHANGE,
)
_ENDS: Final = (Action.CLOSE, Action.RECALL, Action.REVOKE, Action.CANCEL)


def is_shown_first(action: Action, asked: Collection[str]) -> bool:
    """Whether an act is shown once more before it is done, its document to be changed there.

    So are final acts, and those whose drafted document quotes what is typed into the form.

    Args:
        action: The act.
        asked: Names of the fields of its form.
    """
    return action in FINAL or not drafted_from(action).isdisjoint(asked)


@dataclass(frozen=True, slots=True)
class Button:
    """One action as a button.

    Attributes:
        obstacles: Why it cannot be done now; empty if it can.
        is_at_once: It is done by one press; else it leads to its form.
        leads_to: State it leads to; None where the case stays.
    """

    action: str
    word: str
    obstacles: tuple[str, ...]
    is_at_once: bool
    leads_to: str | None


@dataclass(frozen=True, slots=True)
class Buttons:
    """All buttons of a case in three groups: the next step, work beside it, what ends the procedure."""

    next_step: tuple[Button, ...]
    beside: tuple[Button, ...]
    ending: tuple[Button, ...]


def buttons_of(page: PageContext, case: Case) -> Buttons:
    """The buttons that whoever looks has for a case."""
    is_mine = case.claimed_by is not None and case.claimed_by == page.work.actor.account_id
    listed = (one for one in possible_actions(page.work, case) if not (is_mine and one.action is Action.CLAIM))
    found = {one.action: _button(page, case, one) for one in listed}
    leads = [found[action] for action in _LEADS if action in found]
    return Buttons(
        next_step=tuple(sorted(leads, key=lambda one: bool(one.obstacles))),
        beside=tuple(one for action, one in found.items() if action not in {*_LEADS, *_ENDS}),
        ending=tuple(found[action] for action in _ENDS if action in found),
    )


def _button(page: PageContext, case: Case, one: Possible) -> Button:
    is_own_claim = one.action is Action.RELEASE and case.claimed_by == page.work.actor.account_id
    to_state = one.row.to_state
    return Button(
        action=one.action.value,
        word=action_word(page, one.action),
        obstacles=obstacles_of(page, case, one),
        is_at_once=one.action in AT_ONCE and (one.action is Action.CLAIM or is_own_claim),
        leads_to=state_word(page, to_state) if to_state and to_state != case.state else None,
    )


def obstacles_of(page: PageContext, case: Case, one: Possible) -> tuple[str, ...]:
    """Why an action cannot be done now; findings by name instead of their keys in the procedure."""
    return tuple(in_names(page, case, reason_word(page, reason)) for reason in one.obstacles)


def in_names(page: PageContext, case: Case, text: str) -> str:
    """A sentence about findings with their names, where the procedure tells their keys."""
    if KEY_MARK not in text:
        return text
    review = current_review(page.work, case)
    names = finding_names(page, review.report) if review is not None else {}
    for key in sorted((key for key in names if key in text), key=len, reverse=True):
        text = text.replace(key, names[key])
    return text
