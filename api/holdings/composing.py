"""Whose row holds (取数规则): published rows take the place of the base's rows of the same key, nothing else goes.

Of two bodies that publish a row of the same key the nearer one holds: a firm before a county, a county before a city.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.db.tables import Body, HoldingVersion
from api.holdings.area import Area
from api.holdings.reading import Held, only, read_held, row_of
from data.bridges.records import Gap, Inventory, Record
from data.roads import RoadSegment, RoadTable

_RANK: Final = {"county": 1, "city": 2, "province": 3}


@dataclass(frozen=True, slots=True)
class Published:
    """A version in force, read, without what lies outside its body's area (生效版本)."""

    version: HoldingVersion
    content: Inventory | RoadTable


@dataclass(frozen=True, slots=True)
class Composed:
    """Everything a network is made of (合成结果), base first, then bodies from near to far."""

    inventories: tuple[Inventory, ...]
    roads: tuple[RoadTable, ...]


def held_of(version: HoldingVersion) -> Held:
    """The file of a version."""
    return Held(version.kind, version.source_name, version.content, version.coverage, version.datum)


def read_published(version: HoldingVersion, area: Area) -> Published:
    """Read a version again as it was read when it was uploaded."""
    found = read_held(held_of(version))
    rows, declared = set(version.left_out["rows"]), set(version.left_out["coverage"])
    if isinstance(found, Inventory):
        content: Inventory | RoadTable = trimmed(found, area, rows, declared)
    else:
        assert isinstance(found, RoadTable)  # noqa: S101 - closures are never read here
        content = trimmed_roads(found, rows, declared)
    return Published(version, content)


def trimmed(inventory: Inventory, area: Area, rows: set[int], declared: set[int]) -> Inventory:
    """An inventory without the rows and declarations that were left out.

    A rejected row without a place takes coverage away around itself only inside the area; else it takes it from its
    own file alone, so that no office makes other offices' roads unknown.
    """
    kept = only(inventory, {one.key for one in inventory.all_records if row_of(one.source) not in rows})
    coverage = tuple(one for number, one in enumerate(inventory.coverage) if number not in declared)
    return replace(kept, coverage=coverage, gaps=tuple(_gap(one, area) for one in inventory.gaps))


def _gap(gap: Gap, area: Area) -> Gap:
    is_own = gap.stake_m is not None and area.has_stretch(gap.route_ref, gap.stake_m, gap.stake_m)
    return gap if is_own else replace(gap, route_ref="", stake_m=None)


def trimmed_roads(table: RoadTable, rows: set[int], declared: set[int]) -> RoadTable:
    """The same of a road table."""
    return replace(
        table,
        segments=tuple(one for one in table.segments if row_of(one.source) not in rows),
        coverage=tuple(one for number, one in enumerate(table.coverage) if number not in declared),
    )


def compose(base: tuple[Sequence[Inventory], Sequence[RoadTable]], published: Iterable[Published]) -> Composed:
    """Put base and versions together; the same set gives the same result in whatever order it comes."""
    ordered = sorted(published, key=lambda one: nearness(one.version.body))
    keys: set[str] = set()
    places: set[tuple[object, ...]] = set()
    inventories, roads = [], []
    for one in ordered:
        if isinstance(one.content, Inventory):
            own = {record.key for record in one.content.all_records} - keys
            inventories.append(only(one.content, own))
            keys |= own
        else:
            segments = tuple(part for part in one.content.segments if place_of(part) not in places)
            roads.append(replace(one.content, segments=segments))
            places |= {place_of(part) for part in segments}
    below = [only(one, {record.key for record in one.all_records} - keys) for one in base[0]]
    under = [replace(one, segments=tuple(s for s in one.segments if place_of(s) not in places)) for one in base[1]]
    return Composed((*below, *inventories), (*under, *roads))


def nearness(body: Body) -> tuple[int, str]:
    """Order of bodies, the nearest first: firms, counties, cities, provinces."""
    return _RANK.get(body.level, 0), body.id


def place_of(segment: RoadSegment) -> tuple[object, ...]:
    """What a stretch of a road table is known by."""
    return segment.route_ref, segment.from_m, segment.to_m, segment.direction.value


def records_in_force(composed: Composed) -> Mapping[str, Record]:
    """Bridges, culverts and clearances by key."""
    return {record.key: record for one in composed.inventories for record in one.all_records}


def segments_in_force(composed: Composed) -> Mapping[tuple[object, ...], RoadSegment]:
    """Stretches of road tables by route, stakes and direction."""
    return {place_of(segment): segment for table in composed.roads for segment in table.segments}
