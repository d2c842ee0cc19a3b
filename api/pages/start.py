"""The start page (首页): what one can do here, by role, and in the demo the accounts one may try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from api.pages.language import Language, say
from api.unit_of_work import Actor
from maps.vehicle_drawing import draw_vehicle


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to do: where it is, its title and text in the catalogue."""

    path: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An account of the demo: its login, what it is, where it begins."""

    login: str
    title: str
    home: str


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """Accounts that belong together."""

    title: str
    logins: tuple[DemoLogin, ...]


_MAP: Final = Way("/map", "start.map_title", "start.map_text")
_GUIDE: Final = Way("/guide", "start.guide_title", "start.guide_text")
_VERIFY: Final = Way("/verify", "start.verify_title", "start.verify_text")
_STATISTICS: Final = Way("/statistics", "start.statistics_title", "start.statistics_text")
_PLAN: Final = Way("/plan", "start.plan_title", "start.plan_text")
_MY: Final = Way("/my", "start.my_title", "start.my_text")
_DESK: Final = Way("/desk", "start.desk_title", "start.desk_text")
_CHECKS: Final = Way("/desk/checks", "start.checks_title", "start.checks_text")
_DASHBOARD: Final = Way("/dashboard", "start.dashboard_title", "start.dashboard_text")
_INBOX: Final = Way("/inbox", "start.inbox_title", "start.inbox_text")
_HOLDINGS: Final = Way("/holdings", "start.holdings_title", "start.holdings_text")
_INSPECT: Final = Way("/inspect", "start.inspect_title", "start.inspect_text")
# Roles in the order in which their ways are shown; who has several sees all of them once.
_OF_ROLE: Final[Mapping[str, tuple[Way, ...]]] = {
    "carrier": (_PLAN, _MY),
    "window": (_DESK,),
    "reviewer": (_DESK, _CHECKS, _INBOX, _HOLDINGS),
    "approver": (_DESK, _DASHBOARD),
    "supervisor": (_DASHBOARD, _DESK),
    "enforcement": (_INSPECT,),
    "police": (_INBOX,),
    "city_road": (_INBOX, _HOLDINGS),
    "toll_operator": (_INBOX, _HOLDINGS),
    "maintainer": (_INBOX, _HOLDINGS),
    "admin": (_DASHBOARD,),
}
_GROUP_OF_ROLE: Final = {
    "carrier": "start.group_carrier",
    "admin": "start.group_admin",
    "police": "start.group_asked",
    "city_road": "start.group_asked",
    "toll_operator": "start.group_asked",
    "maintainer": "start.group_asked",
}
_GROUP_OF_PREFIX: Final = {
    "province": "start.group_province",
    "city": "start.group_city",
    "county": "start.group_county",
}
_GROUPS: Final = (
    "start.group_carrier",
    "start.group_province",
    "start.group_city",
    "start.group_county",
    "start.group_asked",
    "start.group_admin",
)
_TRACTOR: Final = {"tyres": 4, "unit": "tractor", "drive": True}
_LINE: Final = {"tyres": 8, "unit": "trailer", "drive": False, "load_kg": 16_500}
EXAMPLE: Final[Mapping[str, Any]] = {
    "kind": "train",
    "trailer": "modular",
    "height_mm": 4_480,
    "width_mm": 3_300,
    "length_mm": 24_500,
    "gross_mass_kg": 131_000,
    "axles": [
        {"load_kg": 8_000, "spacing_mm": 0, "tyres": 2, "unit": "tractor", "drive": False},
        {"load_kg": 12_000, "spacing_mm": 3_300} | _TRACTOR,
        {"load_kg": 12_000, "spacing_mm": 1_350} | _TRACTOR,
        {"spacing_mm": 5_600} | _LINE,
        *({"spacing_mm": 1_550} | _LINE for _ in range(5)),
    ],
    "indivisible": True,
}


def ways_of(actor: Actor) -> list[Way]:
    """What somebody can do here, the most important first."""
    if actor.account_id is None:
        return [_GUIDE, _MAP, _VERIFY, _STATISTICS]
    own = [way for role, ways in _OF_ROLE.items() if role in actor.roles for way in ways]
    return list(dict.fromkeys([*own, _MAP, _GUIDE]))


def home_of(role: str) -> str:
    """Where the work of a role begins."""
    return next((ways[0].path for name, ways in _OF_ROLE.items() if name == role), "/")


def demo_groups(logins: Sequence[Mapping[str, str]], language: Language) -> list[DemoGroup]:
    """The demo's accounts in groups, in the order of the way that a case takes."""
    found: dict[str, list[DemoLogin]] = {key: [] for key in _GROUPS}
    for one in logins:
        role = one["role"]
        title = one["title"] if language == "zh" else say(language, _ROLES.get(role, "start.role_other"))
        key = _GROUP_OF_ROLE.get(role) or _GROUP_OF_PREFIX.get(one["login"].partition("-")[0], "start.group_city")
        found[key].append(DemoLogin(one["login"], title, home_of(role)))
    return [DemoGroup(say(language, key), tuple(group)) for key, group in found.items() if group]


def example_drawing(language: Language) -> Markup:
    """A made-up oversize load, for the eye."""
    return draw_vehicle(EXAMPLE, language=language)


_ROLES: Final = {
    "carrier": "start.role_carrier",
    "window": "start.role_window",
    "reviewer": "start.role_reviewer",
    "approver": "start.role_approver",
    "enforcement": "start.role_enforcement",
    "supervisor": "start.role_supervisor",
    "police": "start.role_police",
    "city_road": "start.role_city_road",
    "toll_operator": "start.role_toll_operator",
    "maintainer": "start.role_maintainer",
    "admin": "start.role_admin",
}
