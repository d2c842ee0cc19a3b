"""Administrative divisions on a route (途经行政区域): codes, units of a level, slivers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import RuleFileError
from rules.loading import RULES_FOLDER, read_yaml
from rules.management import Level, ManagementRule, RoadStretch

CODE_LENGTH = 6
PROVINCE, CITY = 2, 4
# GB/T 2260: what the third and fourth digit of a city may be; of a county the fifth and sixth.
_CITY_PARTS = (*range(1, 71), 90)
_ZONE_PARTS = range(71, 81)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Delegation(_Strict):
    """A province's rule on who acts for it (委托办理), with its dates."""

    province: str
    levels: tuple[Literal["city", "province", "cross_province"], ...]
    delegate_to: Literal["origin_city"]
    status: Literal["in_use", "permitted", "reported"]
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    basis: str
    text: str
    source: str

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it holds on a day."""
        return self.in_force_from <= on and (self.in_force_until is None or on < self.in_force_until)


class DivisionFile(_Strict):
    """`jurisdiction.yaml`."""

    provinces: dict[str, str]
    municipalities: tuple[str, ...]
    province_run_counties: str
    functional_zones: dict[str, str]
    delegations: tuple[Delegation, ...]
    management: tuple[ManagementRule, ...]


@cache
def division_file() -> DivisionFile:
    """Provinces, municipalities, functional zones, delegations and the management tables."""
    try:
        return DivisionFile.model_validate(read_yaml(RULES_FOLDER / "jurisdiction.yaml"))
    except ValidationError as error:
        raise RuleFileError(f"jurisdiction.yaml: {error}") from error


@dataclass(frozen=True, slots=True)
class DivisionPassage:
    """One stretch of the route inside one county (途经县级区域的一段), in travel order.

    Attributes:
        code: Six-digit division code (行政区划代码); None when the place has none here.
        name: Name of the county.
        enter_m: Where the stretch begins on the route.
        length_m: Its length.
        expressway_only: It runs on expressways only (仅走高速公路).
        city_street_m: Length on city streets (城市道路).
        toll_operators: Operators of its toll roads (收费公路经营管理者).
        near_border: It runs so close along a border that the county is doubtful (沿界).
        roads: The roads it runs on, one after the other; empty where they are not known.
    """

    code: str | None
    name: str
    enter_m: int
    length_m: int
    expressway_only: bool = False
    city_street_m: int = 0
    toll_operators: tuple[str, ...] = ()
    near_border: bool = False
    roads: tuple[RoadStretch, ...] = ()


@dataclass(slots=True)
class County:
    """All stretches of the route in one county, joined (途经的县级区域)."""

    code: str
    name: str
    expressway_only: bool = True
    city_street_m: int = 0
    near_border: bool = False
    toll_operators: dict[str, None] = field(default_factory=dict)
    roads: list[RoadStretch] = field(default_factory=list)
    has_unknown_roads: bool = False

    @property
    def province(self) -> str:
        """Code of its province."""
        return self.code[:PROVINCE].ljust(CODE_LENGTH, "0")

    @property
    def is_province_run(self) -> bool:
        """Whether it answers to the province itself (省直辖县级行政区)."""
        return self.code[PROVINCE:CITY] == division_file().province_run_counties

    @property
    def is_in_municipality(self) -> bool:
        """Whether it lies in a municipality (直辖市), which has no cities below it."""
        return self.code[:PROVINCE] in division_file().municipalities

    @property
    def city(self) -> str:
        """Its city-level unit (设区的市一级); itself where it answers to the province or municipality."""
        if self.is_province_run or self.is_in_municipality:
            return self.code
        return self.code[:CITY].ljust(CODE_LENGTH, "0")

    def code_at(self, level: Level) -> str:
        """Code of the unit of a level that it belongs to; a municipality is its own city level (直辖市)."""
        if level == "county":
            return self.code
        return self.province if level == "province" or self.is_in_municipality else self.city


def is_known_code(code: str | None) -> bool:
    """Whether a code is a county (or a city without districts) of a province that the law covers here.

    Functional zones (功能区) have no code of GB/T 2260; codes that lists give them are not known here.
    """
    if code is None or len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()):
        return False
    is_zone = int(code[CITY:]) in _ZONE_PARTS or int(code[PROVINCE:CITY]) not in _CITY_PARTS
    return code[:PROVINCE] in division_file().provinces and not is_zone


def host_of(code: str | None, zones: Mapping[str, str]) -> str | None:
    """The county that hosts a functional zone (功能区所在县区); any other code as it is."""
    return zones.get(code, code) if code else code


def split_slivers(
    passages: Sequence[DivisionPassage], sliver_m: int
) -> tuple[list[DivisionPassage], list[DivisionPassage]]:
    """The passages that count and those that do not (边界误差).

    A county counts when its longest single stretch is longer than the sliver length: many short
    stretches are what a road along a border looks like.
    """
    longest: dict[str | None, int] = {}
    for passage in passages:
        longest[passage.code] = max(longest.get(passage.code, 0), passage.length_m)
    counted = [passage for passage in passages if longest[passage.code] > sliver_m]
    dropped = [passage for passage in passages if longest[passage.code] <= sliver_m]
    return counted, dropped


def join_counties(passages: Sequence[DivisionPassage]) -> list[County]:
    """One entry a county in the order of first entry."""
    counties: dict[str, County] = {}
    for passage in passages:
        if passage.code is None:
            continue
        county = counties.setdefault(passage.code, County(passage.code, passage.name))
        county.expressway_only &= passage.expressway_only
        county.city_street_m += passage.city_street_m
        county.near_border |= passage.near_border
        county.toll_operators.update(dict.fromkeys(passage.toll_operators))
        county.roads += passage.roads
        county.has_unknown_roads |= not passage.roads
    return list(counties.values())


def name_of(code: str, names: Mapping[str, str]) -> str:
    """Name of a province, city or county; the code itself where no name is known."""
    return names.get(code) or division_file().provinces.get(code[:PROVINCE] if code.endswith("0000") else "", code)
