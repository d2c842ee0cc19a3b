"""Refuse what somebody may not do (鉴权): the table of permissions, applied."""

from api.accounts.permissions import ACTION_TITLES, NO_RELATION, Action, Allowed, Relation, Role, decide
from api.errors import ForbiddenError, UnauthenticatedError
from api.unit_of_work import Actor


def roles_of(actor: Actor) -> frozenset[Role]:
    """The roles of whoever acts."""
    return frozenset(map(Role, actor.roles))


def may(actor: Actor, action: Action, relation: Relation = NO_RELATION) -> bool:
    """Whether somebody may do something to a thing."""
    return isinstance(decide(roles_of(actor), action, relation), Allowed)


def authorise(actor: Actor, action: Action, relation: Relation = NO_RELATION) -> None:
    """Refuse what is not permitted.

    Raises:
        UnauthenticatedError: Nobody is signed in, and the public may not do it.
        ForbiddenError: The account may not do it, or not to this thing.
    """
    decision = decide(roles_of(actor), action, relation)
    if isinstance(decision, Allowed):
        return
    if actor.account_id is None and Role.SYSTEM not in actor.roles:
        title = ACTION_TITLES[action]
        raise UnauthenticatedError(f"请先登录再{title.zh}", f"sign in first: {title.en}")
    raise ForbiddenError(decision.reason_zh, decision.reason_en)
