"""Directory of bodies (单位名录): every office that a case of one province can be sent to, with stable ids."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from api.reviews.passages import EXPRESSWAY_CLASSES
from data.divisions import Divisions
from routing.columns import ArcFlag, TechnicalGrade
from routing.graph import RoadGraph
from rules.co_review import BODY_NAMES
from rules.divisions import County, division_file
from rules.management import BodyKind, Level

GENERATED: Final = "生成的演示名录，单位名称不代表任何真实机构 (generated demo data)"
_ID_DIGITS: Final = 12
_KINDS: Final[Mapping[Level, tuple[BodyKind, ...]]] = {
    "province": ("transport", "expressway_authority", "police"),
    "city": ("transport", "highway_centre", "city_road", "police"),
    "county": ("transport", "city_road", "police"),
}


@dataclass(frozen=True, slots=True, order=True)
class Body:
    """A body that decides, gives an opinion or is informed (单位).

    Attributes:
        id: Stable: kind and division code, or for a firm kind and a hash of its name.
        level: None for firms, which have no level.
        division_code: Six-digit code of its division; None for firms.
    """

    id: str
    name_zh: str
    kind: BodyKind
    level: Level | None = None
    division_code: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Plain JSON values."""
        return {
            "id": self.id,
            "name_zh": self.name_zh,
            "kind": self.kind,
            "level": self.level,
            "division_code": self.division_code,
        }


@dataclass(frozen=True)
class Directory:
    """All bodies by id (单位名录).

    Attributes:
        notice: What must be shown with it; says so where the bodies are generated.
    """

    bodies: Mapping[str, Body]
    notice: str = ""

    def find(self, kind: BodyKind, code: str) -> Body | None:
        """The body of a kind in a division; None where there is none."""
        return self.bodies.get(f"{kind}:{code}")

    @cached_property
    def by_name(self) -> Mapping[str, Body]:
        """Bodies by their name, to recognise 管养单位 of road tables; a name that two share finds neither."""
        counts = Counter(body.name_zh for body in self.bodies.values())
        return {body.name_zh: body for body in self.bodies.values() if counts[body.name_zh] == 1}


def firm(kind: BodyKind, name: str) -> Body:
    """A toll operator or maintainer (收费公路经营单位、养护单位); the same name always gets the same id."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:_ID_DIGITS]
    return Body(f"{kind}:{digest}", name, kind)


def names_of(divisions: Divisions, province: str) -> dict[str, str]:
    """Names of a province, its cities and counties, by six-digit code."""
    found = {f"{code:06d}": name for code, name in divisions.names.items()}
    return {code: name for code, name in sorted(found.items()) if code[:2] == province}


def operators_of(graph: RoadGraph) -> list[str]:
    """管养单位 that the road tables name for expressways and toll roads, sorted."""
    records, arcs = graph.road_records, graph.arcs
    is_toll = (arcs.flags[records.arc] & ArcFlag.TOLL) != 0
    is_toll |= np.isin(arcs.road_class[records.arc], EXPRESSWAY_CLASSES)
    is_toll |= arcs.technical_grade[records.arc] == TechnicalGrade.EXPRESSWAY
    owners = {graph.strings[owner] for owner in np.unique(records.owner[is_toll]).tolist()}
    return sorted(owners - {""})


def build_directory(
    province: str,
    names: Mapping[str, str],
    *,
    operators: Iterable[str] = (),
    prefix: str = "",
    notice: str = "",
) -> Directory:
    """All bodies of one province, and the transport departments of all others.

    Args:
        province: First two digits of its code, such as "43".
        names: Names of the province, its cities and counties by six-digit code.
        operators: Names of toll operators, as the road tables have them.
        prefix: Put before every name of an office; "模拟" in the demo.
        notice: Shown with the directory; `GENERATED` in the demo.
    """
    bodies = [
        _office("transport", "province", f"{code}0000", f"{prefix}{name}")
        for code, name in division_file().provinces.items()
    ]
    for code, name in names.items():
        if code[:2] == province:
            bodies += [
                _office(kind, level, code, f"{prefix}{name}") for level in _levels_of(code) for kind in _KINDS[level]
            ]
    bodies += [firm("toll_operator", name) for name in dict.fromkeys(operators) if name]
    found: dict[str, Body] = {}
    for body in bodies:
        found.setdefault(body.id, body)
    return Directory(found, notice)


def _levels_of(code: str) -> tuple[Level, ...]:
    """Levels on which a division acts: a municipality is province and city, a city without districts both too."""
    county = County(code, "")
    if code.endswith("0000"):
        return ("province", "city") if county.is_in_municipality else ("province",)
    if code.endswith("00"):
        return () if county.is_in_municipality else ("city",)
    return ("county", "city") if county.is_province_run else ("county",)


def _office(kind: BodyKind, level: Level, code: str, name: str) -> Body:
    return Body(f"{kind}:{code}", BODY_NAMES[kind].format(name), kind, level, code)
