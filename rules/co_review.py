"""Bodies asked and bodies informed (联合审查与抄告): those of every other crossed unit, and the roads' own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.divisions import County, name_of
from rules.hsr.art_036 import LevelDecision

Role = Literal["province_highway", "city_highway", "county_highway", "toll_operator", "city_road", "police"]


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
    return Body(f"{name_of(code, names)}交通运输主管部门", code, role)


def crossed_bodies(
    counties: Sequence[County], decision: LevelDecision, names: Mapping[str, str]
) -> tuple[list[Body], list[Body]]:
    """Highway authorities of the crossed units: those asked, and those only informed.

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


def road_bodies(counties: Sequence[County], names: Mapping[str, str]) -> list[Body]:
    """Operators of the toll roads and city-road bodies of the streets on the route."""
    operators = dict.fromkeys(name for county in counties for name in county.toll_operators)
    tolls = [Body(name, None, "toll_operator") for name in operators]
    streets = [
        Body(f"{name_of(county.code, names)}城市道路主管部门", county.code, "city_road")
        for county in counties
        if county.city_street_m > 0
    ]
    return [*tolls, *streets]


def police_body(accepts: str, names: Mapping[str, str]) -> Body:
    """The traffic police of the accepting body's level (同级公安机关交通管理部门)."""
    return Body(f"{name_of(accepts, names)}公安机关交通管理部门", accepts, "police")
