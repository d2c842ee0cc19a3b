"""Who manages which kind of road (路段管理单位): dated tables by province, city or county, never code."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

RoadKind = Literal["expressway", "trunk_highway", "county_road", "city_street", "unnumbered"]
BodyKind = Literal[
    "transport", "highway_centre", "expressway_authority", "toll_operator", "police", "city_road", "maintainer"
]
Level = Literal["province", "city", "county"]
ROAD_KINDS: tuple[RoadKind, ...] = get_args(RoadKind)


@dataclass(frozen=True, slots=True)
class RoadStretch:
    """A part of the route in one county, on one road, under one owner (管理路段), in travel order.

    Attributes:
        code: Six-digit division code of the county; None where it is not known.
        enter_m: Where it begins on the route.
        length_m: Its length.
        kind: 高速公路, 国省干线, 县乡村道, 城市道路, or a road without a number outside built-up areas.
        number: Route number (路线编号), empty without.
        name: Name of the road, empty without.
        owner: 管养单位 as the road table names it, empty if it does not.
        operator: Operator of the toll road (收费公路经营管理者), empty on a free road.
        built_up: It runs inside a built-up area (城镇建成区).
    """

    code: str | None
    enter_m: int
    length_m: int
    kind: RoadKind
    number: str = ""
    name: str = ""
    owner: str = ""
    operator: str = ""
    built_up: bool = False

    @property
    def exit_m(self) -> int:
        """Where it ends on the route."""
        return self.enter_m + self.length_m

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the county stands beside it in the evidence of the jurisdiction."""
        return {
            "enter_m": self.enter_m,
            "exit_m": self.exit_m,
            "length_m": self.length_m,
            "kind": self.kind,
            "number": self.number,
            "name": self.name,
            "owner": self.owner,
            "operator": self.operator,
            "built_up": self.built_up,
        }

    @classmethod
    def of_json(cls, code: str | None, entry: Mapping[str, Any]) -> "RoadStretch":
        """Read back what `to_json` wrote."""
        return cls(
            code=code,
            enter_m=entry["enter_m"],
            length_m=entry["length_m"],
            kind=entry["kind"],
            number=entry["number"],
            name=entry["name"],
            owner=entry["owner"],
            operator=entry["operator"],
            built_up=entry["built_up"],
        )


class ManagementRule(BaseModel):
    """One row of the management tables (管理分工): a kind of road, and the kind and level of its managing body.

    Attributes:
        division: Code prefix it holds for: "" everywhere, "43" a province, "4301" a city, "430121" a county.
        numbers: Only for these route numbers; empty for all.
        built_up: Only inside (true) or outside (false) built-up areas; None for both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    division: str
    kind: RoadKind
    numbers: tuple[str, ...] = ()
    built_up: bool | None = None
    body: BodyKind
    level: Level
    status: Literal["in_use", "assumed"]
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    basis: str
    doubt: str
    source: str

    def fits(self, stretch: RoadStretch, code: str, on: dt.date) -> bool:
        """Whether it speaks of a stretch in a county on a day."""
        return (
            code.startswith(self.division)
            and self.kind == stretch.kind
            and (not self.numbers or stretch.number in self.numbers)
            and self.built_up in {None, stretch.built_up}
            and self.in_force_from <= on
            and (self.in_force_until is None or on < self.in_force_until)
        )

    @property
    def precision(self) -> tuple[int, int, int, dt.date]:
        """The narrower rule wins: division, then numbers, then built-up area, then the later one."""
        return len(self.division), len(self.numbers) > 0, self.built_up is not None, self.in_force_from


def find_rule(rules: Sequence[ManagementRule], stretch: RoadStretch, code: str, on: dt.date) -> ManagementRule | None:
    """The rule that says who manages a stretch in a county; None where no rule in force speaks of it."""
    fitting = [rule for rule in rules if rule.fits(stretch, code, on)]
    return max(fitting, key=lambda rule: rule.precision, default=None)
