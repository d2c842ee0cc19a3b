"""Whose data it is (数据归属): a body that manages roads, and who of it may do what."""

from typing import Final, Literal

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Relation, scopes_for
from api.db.tables import Body
from api.errors import ForbiddenError
from api.unit_of_work import UnitOfWork

Kind = Literal["bridges", "roads", "closures"]
KIND_ZH: Final[dict[str, str]] = {"bridges": "桥涵台账", "roads": "路段明细表", "closures": "临时管制"}
_WRITES: Final = {"bridges": Action.WRITE_INVENTORY, "roads": Action.WRITE_INVENTORY, "closures": Action.WRITE_OVERLAY}
_READERS: Final = (Action.READ_INVENTORY, Action.WRITE_OVERLAY)


def own_body(work: UnitOfWork, action: Action) -> Body:
    """The body of whoever acts, if they may do this to its own data.

    Raises:
        UnauthenticatedError: Nobody is signed in.
        ForbiddenError: No role of the account does this, or it belongs to no body.
    """
    body = work.session.get(Body, work.actor.body_id) if work.actor.body_id else None
    authorise(work.actor, action, relation_to_own(work, body))
    if body is None:
        raise ForbiddenError("账号不属于管理公路的单位", "the account belongs to no body that manages roads")
    return body


def writing_body(work: UnitOfWork, kind: str) -> Body:
    """The body of whoever writes data of a kind."""
    return own_body(work, _WRITES[kind])


def reading_body(work: UnitOfWork) -> Body:
    """The body of whoever looks at its own data: for its inventories, or for its closures alone."""
    action = next((one for one in _READERS if scopes_for(roles_of(work.actor), one)), _READERS[0])
    return own_body(work, action)


def may_read(work: UnitOfWork, kind: str) -> bool:
    """Whether data of a kind may be shown: who only publishes closures sees no inventory."""
    wanted = Action.WRITE_OVERLAY if kind == "closures" else Action.READ_INVENTORY
    return bool(scopes_for(roles_of(work.actor), wanted))


def relation_to_own(work: UnitOfWork, body: Body | None) -> Relation:
    """What an account has to do with its own body's data."""
    return Relation(
        is_structure_owner=body is not None,
        same_province=work.actor.province is not None,
        is_province_level=work.actor.body_level == "province",
    )
