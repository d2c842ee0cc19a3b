"""Who may do what (权限): one table of roles and actions, from `permissions.yaml`; what is not written is denied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from api.accounts.roles import ROLE_ZH, Action, Role, Scope
from rules.errors import RuleFileError
from rules.loading import read_yaml

__all__ = [
    "ACTION_TITLES",
    "PERMISSIONS",
    "Action",
    "Allowed",
    "Denied",
    "Relation",
    "Role",
    "Scope",
    "decide",
    "roles_for",
    "scopes_for",
]

FILE = Path(__file__).with_name("permissions.yaml")
Table = Mapping[Role, Mapping[Action, frozenset[Scope]]]


@dataclass(frozen=True, slots=True)
class Relation:
    """What somebody has to do with the thing acted on (与对象的关系); nothing unless said.

    Attributes:
        is_own_carrier: It belongs to the carrier firm of the account.
        is_self: It is the account itself.
        is_deciding_body: The account's body handles the case: accepts, decides or checks it, also by delegation.
        is_superior_body: The account's body is above the one that handles it (上级机关).
        has_packet: The account's body has been sent a part of the case (分发件).
        is_structure_owner: The account's body owns or maintains the structure or road (管养单位).
        same_province: The case is handled in the province of the account's body.
        is_province_level: The account's body is one of the province.
    """

    is_own_carrier: bool = False
    is_self: bool = False
    is_deciding_body: bool = False
    is_superior_body: bool = False
    has_packet: bool = False
    is_structure_owner: bool = False
    same_province: bool = False
    is_province_level: bool = False

    def is_within(self, scope: Scope) -> bool:
        """Whether a scope takes it in."""
        return {
            Scope.OWN: self.is_own_carrier,
            Scope.SELF: self.is_self,
            Scope.BODY: self.is_deciding_body,
            Scope.SUPERIOR: self.is_superior_body,
            Scope.PART: self.has_packet,
            Scope.STRUCTURE: self.is_structure_owner,
            Scope.PROVINCE: self.same_province and self.is_province_level,
            Scope.ALL: True,
        }[scope]


NO_RELATION: Final = Relation()
RELATIONS: Final = tuple(field.name for field in fields(Relation))


@dataclass(frozen=True, slots=True)
class Allowed:
    """Permitted, by which role and scope (准许)."""

    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class Denied:
    """Not permitted, and why (拒绝)."""

    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class ActionTitle:
    """What an action is called."""

    zh: str
    en: str


def _faults(raw: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Everything wrong with the file: each action exactly once, only known roles and scopes."""
    known = {action.value for action in Action}
    faults = [f"action {name!r} is not known" for name in raw if name not in known]
    faults += [f"action {name!r} is missing" for name in sorted(known - set(raw))]
    for name, row in raw.items():
        faults += [f"{name}: title {title!r} is missing" for title in ("zh", "en") if not row.get(title)]
        for role, scopes in row.items():
            if role in {"zh", "en"}:
                continue
            faults += [f"{name}: role {role!r} is not known"] if role not in set(Role) else []
            faults += [f"{name}, {role}: scope {one!r} is not known" for one in scopes.split() if one not in set(Scope)]
            faults += [f"{name}, {role}: no scope"] if not scopes.split() else []
    return faults


def read_permissions(path: Path) -> tuple[Table, Mapping[Action, ActionTitle]]:
    """The table and the titles of the actions.

    Raises:
        RuleFileError: The file is broken; every fault is named.
    """
    raw = read_yaml(path)
    faults = _faults(raw)
    if faults:
        raise RuleFileError(f"{path.name}: {'; '.join(faults)}")
    table = {
        role: MappingProxyType(
            {Action(name): frozenset(map(Scope, row[role].split())) for name, row in raw.items() if role in row}
        )
        for role in Role
    }
    titles = {Action(name): ActionTitle(row["zh"], row["en"]) for name, row in raw.items()}
    return MappingProxyType(table), MappingProxyType(titles)


PERMISSIONS, ACTION_TITLES = read_permissions(FILE)


def scopes_for(roles: Iterable[Role], action: Action) -> frozenset[Scope]:
    """Scopes in which somebody with these roles may do something; for the filters of lists. Empty: not at all."""
    return frozenset[Scope]().union(*(PERMISSIONS[role].get(action, frozenset()) for role in {*roles, Role.PUBLIC}))


def roles_for(action: Action) -> tuple[Role, ...]:
    """Roles that may do something in some scope, in the order of the roles."""
    return tuple(role for role in Role if action in PERMISSIONS[role])


def decide(roles: Iterable[Role], action: Action, relation: Relation = NO_RELATION) -> Allowed | Denied:
    """Whether somebody may do something to a thing.

    Args:
        roles: The roles of the account; empty when nobody is signed in. What the public may do, all may.
        action: What is asked.
        relation: What the account has to do with the thing.

    Returns:
        The role and scope that permit it, in the order of the roles; else the reason.
    """
    held = {*roles, Role.PUBLIC}
    for role in Role:
        for scope in Scope:
            if role in held and scope in PERMISSIONS[role].get(action, ()) and relation.is_within(scope):
                return Allowed(role, scope)
    title = ACTION_TITLES[action]
    if scopes_for(held, action):
        return Denied(f"不在您可以“{title.zh}”的范围内", f"Outside the scope in which you may: {title.en}")
    names = "、".join(ROLE_ZH[role] for role in Role if role in held and (role is not Role.PUBLIC or held == {role}))
    words = ", ".join(role.value for role in Role if role in held and (role is not Role.PUBLIC or held == {role}))
    return Denied(f"角色“{names}”不能“{title.zh}”", f"Not permitted to {words}: {title.en}")
