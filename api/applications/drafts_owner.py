"""Whose drafts and archive (资料归属): those of the account's own carrier, nobody else's."""

import uuid
from typing import Final

from api.accounts.permissions import Relation
from api.errors import ForbiddenError
from api.unit_of_work import UnitOfWork

# Everything here is looked up within the account's carrier, so that what is found is its own.
OWN: Final = Relation(is_own_carrier=True)


def carrier_of(work: UnitOfWork) -> uuid.UUID:
    """The carrier of whoever acts.

    Raises:
        ForbiddenError: The account belongs to no carrier.
    """
    if work.actor.carrier_id is None:
        raise ForbiddenError("账号不属于任何承运企业", "the account belongs to no carrier")
    return work.actor.carrier_id


def account_of(work: UnitOfWork) -> uuid.UUID:
    """The account of whoever acts.

    Raises:
        ForbiddenError: Nobody is signed in.
    """
    if work.actor.account_id is None:
        raise ForbiddenError("没有登录账号", "no account is signed in")
    return work.actor.account_id
