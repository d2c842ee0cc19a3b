"""Bodies asked and bodies informed (联合审查与抄告): whoever manages the stretches, and the crossed units.

County polygons decide the level; the managing body decides who is asked. A crossed unit that manages nothing of the
route, such as a county touched by an expressway only, is informed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from rules.divisions import County, name_of
from rules.hsr.art_036 import LevelDecision
from rules.management import BodyKind, Level, ManagementRule, find_rule

Role = Literal[
    "province_highway",
    "city_highway",
    "county_highway",
    "expressway_authority",
    "toll_operator",
    "city_road",
    "police",
]
_HIGHWAY_ROLES: MappingProxyType[Level, Role] = MappingProxyType(
    {"province": "province_highway", "city": "city_highway", "county": "county_highway"}
)
_ROLES: MappingProxyType[BodyKind, Role] = MappingProxyType(
    {"expressway_authority": "expressway_authority", "city_road": "city_road", "police": "police"}
)
BODY_NAMES: MappingProxyType[BodyKind, str] = MappingProxyType(
    {
        "transport": "{}交通运输主管部门",
        "highway_centre": "{}公路事务中心",
        "expressway_authority": "{}高速公路管理机构",
        "city_road": "{}城市道路主管部门",
        "police": "{}公安机关交通管理部门",
    }
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is asked or informed (征求意见或抄告的单位)."""

    body: str
    code: str | None
    role: Role

    def to_json(self) -> dict[str, str | None]:
        """Plain JSON values."""
        return {"body": self.body, "code": self.code, "role": self.role}


def highway_body(code: str, role: Role, names: Mapping[str, str]) -> Body:
    """The highway authority of a division, under its present name (交通运输主管部门)."""
    return Body(BODY_NAMES["transport"].format(name_of(code, names)), code, role)


def managing_bodies(
    counties: Sequence[County],
    decision: LevelDecision,
    names: Mapping[str, str],
    rules: Sequence[ManagementRule],
    on: dt.date,
) -> tuple[list[Body], list[Body]]:
    """Those asked and those only informed, where the roads of every county are known (按路段管理单位).

    Along-route provinces decide their own parts. A crossed city or county whose transport department manages nothing
    of the route is informed; the accepting body needs neither.
    """
    own = [county for county in counties if county.province == counties[0].province]
    others = dict.fromkeys(county.province for county in counties if county.province != counties[0].province)
    asked = dict.fromkeys(highway_body(code, "province_highway", names) for code in others)
    for county in own:
        for stretch in county.roads:
            rule = find_rule(rules, stretch, county.code, on)
            if rule is not None:
                asked[_body(rule, county, names)] = None
    units = _cities(own, names) if decision.level in {"province", "cross_province"} else []
    crossed = [body for body, _ in (*units, *_counties(own, names))]
    accepting = BODY_NAMES["transport"].format(name_of(decision.accepts, names))
    informed = [body for body in crossed if body not in asked and body.body != accepting]
    return [body for body in asked if (body.code, body.body) != (decision.accepts, accepting)], informed


def _body(rule: ManagementRule, county: County, names: Mapping[str, str]) -> Body:
    code = county.code_at(rule.level)
    if rule.body == "transport" and code == county.code:
        role = _role(county)
    else:
        role = _ROLES.get(rule.body, _HIGHWAY_ROLES[rule.level])
    return Body(BODY_NAMES[rule.body].format(name_of(code, names)), code, role)


def crossed_bodies(
    counties: Sequence[County], decision: LevelDecision, names: Mapping[str, str]
) -> tuple[list[Body], list[Body]]:
    """Highway authorities of the crossed units, where it is not known which roads the route takes there.

    Along-route provinces decide their own parts, so of their counties nothing is said here. In
    the origin province a unit touched by nothing but expressways is informed, not asked.
    """
    own = [county for county in counties if county.province == counties[0].province]
    provinces = dict.fromkeys(county.province for county in counties)
    asked = [highway_body(code, "province_highway", names) for code in provinces if code != counties[0].province]
    informed: list[Body] = []
    # Below the province level no other city is crossed; the county's own city is not asked.
    cities = _cities(own, names) if decision.level in {"province", "cross_province"} else []
    for body, only_expressway in (*cities, *_counties(own, names)):
        if body.code != decision.accepts:
            (informed if only_expressway else asked).append(body)
    return asked, informed


def _cities(counties: Sequence[County], names: Mapping[str, str]) -> list[tuple[Body, bool]]:
    by_city: dict[str, list[County]] = {}
    for county in counties:
        if county.city != county.code:
            by_city.setdefault(county.city, []).append(county)
    return [
        (highway_body(code, "city_highway", names), all(county.expressway_only for county in members))
        for code, members in by_city.items()
    ]


def _counties(counties: Sequence[County], names: Mapping[str, str]) -> list[tuple[Body, bool]]:
    return [(highway_body(county.code, _role(county), names), county.expressway_only) for county in counties]


def _role(county: County) -> Role:
    """A city without districts has its city's body, not a county's."""
    return "city_highway" if county.code.endswith("00") else "county_highway"


def toll_bodies(counties: Sequence[County]) -> list[Body]:
    """Operators of the toll roads on the route, each once."""
    operators = dict.fromkeys(name for county in counties for name in county.toll_operators)
    return [Body(name, None, "toll_operator") for name in operators]


def street_bodies(counties: Sequence[County], names: Mapping[str, str]) -> list[Body]:
    """City-road bodies of the streets, where only their length in a county is known."""
    return [
        Body(BODY_NAMES["city_road"].format(name_of(county.code, names)), county.code, "city_road")
        for county in counties
        if county.city_street_m > 0
    ]


def police_body(accepts: str, names: Mapping[str, str]) -> Body:
    """The traffic police of the accepting body's level (同级公安机关交通管理部门)."""
    return Body(BODY_NAMES["police"].format(name_of(accepts, names)), accepts, "police")
