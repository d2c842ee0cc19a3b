"""Which roles go together (账号类别与角色): an account of a carrier, of an office, or a program."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from api.accounts.permissions import Role
from api.accounts.roles import ROLE_ZH
from api.db.tables import Body
from api.errors import FieldFault

_TRANSPORT: Final = frozenset(
    {Role.WINDOW, Role.REVIEWER, Role.APPROVER, Role.ENFORCEMENT, Role.SUPERVISOR, Role.ADMIN, Role.MAINTAINER}
)
# What somebody of a body may be: the table of permissions trusts the body's part of a case to these roles alone.
ROLES_OF_BODY: Final[Mapping[str, frozenset[Role]]] = {
    "transport": _TRANSPORT,
    "highway_centre": frozenset({Role.REVIEWER, Role.MAINTAINER}),
    "expressway_authority": frozenset({Role.REVIEWER, Role.MAINTAINER, Role.ENFORCEMENT}),
    "police": frozenset({Role.POLICE}),
    "city_road": frozenset({Role.CITY_ROAD}),
    "toll_operator": frozenset({Role.TOLL_OPERATOR, Role.MAINTAINER}),
    "maintainer": frozenset({Role.MAINTAINER}),
}
OFFICE_ROLES: Final = frozenset().union(*ROLES_OF_BODY.values())
KINDS: Final = ("carrier", "office", "service")


@dataclass(frozen=True, slots=True)
class Membership:
    """What an account is and whose (账号归属).

    Attributes:
        kind: carrier, office or service.
        roles: Names of roles, known or not.
        body: The body of an office account or of a program.
        carrier_id: The firm of a carrier account or of a program.
    """

    kind: str
    roles: Collection[str]
    body: Body | None
    carrier_id: uuid.UUID | None


def membership_faults(one: Membership) -> list[FieldFault]:
    """Everything that does not go together."""
    unknown = sorted(set(one.roles) - {role.value for role in Role})
    if unknown:
        return [FieldFault("roles", f"没有这样的角色：{'、'.join(unknown)}", f"no such role: {', '.join(unknown)}")]
    roles = frozenset(map(Role, one.roles))
    if one.kind == "carrier":
        return _fixed(roles, Role.CARRIER) + _firm_faults(one)
    if one.kind == "service":
        return _fixed(roles, Role.SERVICE) + _owner_faults(one)
    return _office_faults(one, roles)


def _fixed(roles: frozenset[Role], only: Role) -> list[FieldFault]:
    if roles == {only}:
        return []
    return [FieldFault("roles", f"此类账号的角色只能是{ROLE_ZH[only]}", f"the role of such an account is {only}")]


def _firm_faults(one: Membership) -> list[FieldFault]:
    faults = []
    if one.carrier_id is None:
        faults.append(FieldFault("carrier_id", "承运人账号须属于一家企业", "a carrier's account belongs to a firm"))
    if one.body is not None:
        faults.append(FieldFault("body_id", "承运人账号不属于单位", "a carrier's account belongs to no body"))
    return faults


def _owner_faults(one: Membership) -> list[FieldFault]:
    if (one.body is None) != (one.carrier_id is None):
        return []
    return [FieldFault("body_id", "程序账号须属于一个单位或者一家企业", "a program belongs to one body or to one firm")]


def _office_faults(one: Membership, roles: frozenset[Role]) -> list[FieldFault]:
    faults = []
    if one.carrier_id is not None:
        faults.append(FieldFault("carrier_id", "单位账号不属于企业", "an office's account belongs to no firm"))
    if not roles:
        faults.append(FieldFault("roles", "至少一个角色", "at least one role"))
    if one.body is None and roles != {Role.ADMIN}:
        faults.append(FieldFault("body_id", "单位账号须属于一个单位", "an office's account belongs to a body"))
    allowed = OFFICE_ROLES if one.body is None else ROLES_OF_BODY.get(one.body.kind, frozenset())
    wrong = [role for role in Role if role in roles - allowed]
    if wrong:
        zh = "、".join(ROLE_ZH[role] for role in wrong)
        faults.append(
            FieldFault("roles", f"该单位的账号不能有角色：{zh}", f"not a role of this body: {', '.join(wrong)}")
        )
    return faults
