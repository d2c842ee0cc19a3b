"""The synthetic province as files (合成省域): map, inventories, overlays, and the answers of all traps."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np

from data.demo import tables, trap_borders, trap_bridges, trap_roads
from data.demo.bridges import Card, fill
from data.demo.closures import scatter
from data.demo.crossings import Names, draw_interchanges, join_crossings, part_levels
from data.demo.expressways import Expressways, draw_expressways
from data.demo.ground_truth import truth_of
from data.demo.numbering import Numbers, chinese
from data.demo.ordinary import Towns, draw_county_roads, draw_routes
from data.demo.osm_map import SYNTHETIC, OsmMap, way_ids
from data.demo.places import Places, load_places
from data.demo.road import Road, Spot
from data.demo.signs import post
from data.demo.sites import Land
from data.demo.streets import Turn, draw_grid
from data.demo.traps import FIXED_DAY, Json, Trap
from data.demo.tunnels import dig

BRIDGES: Final = 3_000
ABOUT: Final = f"""{SYNTHETIC}

本文件夹的道路、桥梁、收费站、限值和管制全部由程序生成，不是任何真实设施；只有县级政区边界和市州驻地位置是真实的。
不得用于真实运输。

Roads, bridges, toll stations, limits and closures in this folder are generated. Only county borders and the places
of the prefecture seats are real. Never use them for a real transport.
"""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What was written (演示数据文件).

    Attributes:
        roads_osm: Map.
        bridges: Bridge inventory (桥梁台账); its coverage stands beside it.
        coverage: 覆盖声明.
        roads: Road table (路段明细表).
        overlays: Temporary closures and bans (临时管制).
        ground_truth: Every trap with its answer.
        about: The banner.
    """

    roads_osm: Path
    bridges: Path
    coverage: Path
    roads: Path
    overlays: Path
    ground_truth: Path
    about: Path


@dataclass(frozen=True)
class _Network:
    places: Places
    roads: list[Road]  # ordinary roads, streets, feeders
    fast: Expressways
    ramps: list[Road]
    turns: list[Turn]

    @property
    def all_roads(self) -> list[Road]:
        sections = [road for one in self.fast.sections for road in (one.up, one.down)]
        return [*sections, *self.fast.connectors, *self.ramps, *self.roads]


def generate(seed: int, out: Path, *, scale: float = 1.0) -> DemoFiles:
    """Write the synthetic province into ``out/sources``.

    The same seed gives the same bytes.

    Args:
        seed: Decides everything but the places of towns and county lines.
        out: Folder; files of an earlier run are replaced.
        scale: Share of the fourteen prefectures, for tests; bridges follow.
    """
    folder = out / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    network = _draw_network(seed, scale)
    osm = OsmMap()
    traps, spurs, overlays, trap_cards, holes = _draw_traps(network, osm, _chance(seed, 4))
    dig(network.all_roads, _chance(seed, 5), places=network.places)
    post(network.roads, _chance(seed, 9))
    wanted = max(round(BRIDGES * scale) - len(trap_cards), 0)
    cards = fill(
        _chance(seed, 6), network.fast.sections, [*network.roads, *network.fast.connectors, *network.ramps], wanted
    )
    cards += trap_cards
    roads = [*network.all_roads, *spurs]
    osm.draw(roads, network.turns)
    usual = {id(road) for road in network.roads}
    works = [piece for piece in osm.pieces if id(piece.road) in usual and not piece.road.is_street]
    overlays += scatter(works, network.places.centres[0].point, _chance(seed, 10))
    return _write(folder, network, osm, roads, cards, (traps, overlays, holes), seed)


def _chance(seed: int, part: int) -> np.random.Generator:
    """Chance of one part of the drawing, so that one part's change leaves the others alone."""
    return np.random.default_rng([seed, part])


def _draw_network(seed: int, scale: float) -> _Network:
    places = load_places(scale)
    numbers = Numbers()
    chance = _chance(seed, 1)
    grids = {row: draw_grid(centre, chance) for row, centre in enumerate(places.centres) if centre.is_seat}
    middles = {row: Spot(centre.point) for row, centre in enumerate(places.centres) if not centre.is_seat}
    towns = Towns(grids, middles)
    fast = draw_expressways(places, grids, numbers, _chance(seed, 2))
    routes = draw_routes(places, towns, numbers, chance)
    lesser = draw_county_roads(places, towns, numbers, chance)
    streets = [road for grid in grids.values() for road in grid.roads]
    surface = [*fast.feeders, *routes, *lesser, *streets]
    levels = _chance(seed, 3)
    join_crossings(surface, levels)
    ramps = draw_interchanges(fast.sections, [*fast.feeders, *routes], Names(_names()))
    part_levels(surface, [road for road in [*fast.roads, *ramps] if road.is_expressway], levels)
    return _Network(places, surface, fast, ramps, [turn for grid in grids.values() for turn in grid.turns])


def _names() -> Iterator[str]:
    return (f"{chinese(number)}号" for number in count(1))


Holes = dict[str, list[tuple[float, float, str]]]


def _draw_traps(
    network: _Network, osm: OsmMap, chance: np.random.Generator
) -> tuple[list[Trap], list[Road], list[Json], list[Card], Holes]:
    land = Land(network.places, network.all_roads, chance)
    cards: list[Card] = []
    holes: Holes = {}
    traps: list[Trap] = []
    spurs: list[Road] = []
    overlays: list[Json] = []
    for found, roads, items in (
        (*trap_borders.slivers(land), []),
        (*trap_borders.expressway_only(land), []),
        (*trap_roads.clearances(land, osm), []),
        trap_roads.closures(land),
        trap_roads.hour_bans(land),
        trap_roads.sealed_towns(land),
        (*trap_bridges.failing(land, cards), []),
        (*trap_bridges.passing(land, cards), []),
        (*trap_bridges.stale(land, cards), []),
        (*trap_bridges.culverts(land, holes), []),
    ):
        traps += found
        spurs += roads
        overlays += items
    return traps, spurs, overlays, cards, holes


def _write(
    folder: Path,
    network: _Network,
    osm: OsmMap,
    roads: Sequence[Road],
    cards: Sequence[Card],
    trapping: tuple[list[Trap], list[Json], Holes],
    seed: int,
) -> DemoFiles:
    traps, overlays, holes = trapping
    files = DemoFiles(
        roads_osm=folder / "roads.osm.pbf",
        bridges=folder / "bridges.csv",
        coverage=folder / "bridges.coverage.csv",
        roads=folder / "roads.csv",
        overlays=folder / "overlays.geojson",
        ground_truth=folder / "ground_truth.json",
        about=folder / "README.txt",
    )
    osm.write(files.roads_osm)
    tables.write_table(files.bridges, tables.BRIDGE_COLUMNS, tables.bridge_rows(cards, network.places))
    tables.write_table(files.coverage, tables.COVERAGE_COLUMNS, tables.coverage_rows(roads, holes, _chance(seed, 8)))
    tables.write_table(files.roads, tables.ROAD_COLUMNS, tables.road_rows(roads, network.places))
    _write_json(files.overlays, {"type": "FeatureCollection", "features": [_feature(item, osm) for item in overlays]})
    truth = {"about": SYNTHETIC, "seed": seed, "on": FIXED_DAY, "traps": [truth_of(trap, osm) for trap in traps]}
    _write_json(files.ground_truth, truth)
    files.about.write_text(ABOUT, encoding="utf-8")
    return files


def _feature(item: Json, osm: OsmMap) -> Json:
    properties = {key: value for key, value in item.items() if key not in {"way_label", "geometry"}}
    if "way_label" in item:
        properties["way_ids"] = way_ids(osm.pieces, item["way_label"])
    return {"type": "Feature", "properties": properties, "geometry": item.get("geometry")}


def _write_json(path: Path, content: Any) -> None:  # noqa: ANN401  anything JSON has
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
