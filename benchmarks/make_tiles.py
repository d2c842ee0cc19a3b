"""A large connected network for measurements (测量用大路网): copies of one extract, joined along their borders.

    python benchmarks/make_tiles.py SOURCE.osm.pbf --side 4 --out var/bench/tiles-4.osm.pbf --network var/bench/tiles-4

Neighbouring tiles are joined by many two-way roads, because a mask of one vehicle would cut a network that hangs
together by a few: a search over such a network is too easy, or finds nothing.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium

from api.networks import compile_network
from benchmarks.make_province import SPAN, shifted_members
from benchmarks.trips import LEADS_NOWHERE
from data.build import build_network
from data.policies import load_policy
from routing.columns import RoadClass
from routing.graph import F64, I64, Bool, RoadGraph

LINKS = 24  # roads over each border between two tiles
LINK_TAGS = {"highway": "primary", "name": "tile link"}
GAP_DEG = 0.01
CARRIES_LINKS = [int(c) for c in RoadClass if RoadClass.TRUNK <= c <= RoadClass.RESIDENTIAL]


@dataclass(frozen=True, slots=True)
class Border:
    """Where a tile is joined to its neighbours: source ids of junctions, one in each band along a side."""

    west: I64
    east: I64
    south: I64
    north: I64


@dataclass(frozen=True, slots=True)
class Tile:
    """One copy of the source; ids of a tile are larger than those of the tile before."""

    number: int
    side: int
    width_deg: float
    height_deg: float

    def id_of(self, source_id: int) -> int:
        """Return the copy's id of an element."""
        return source_id + SPAN * self.number

    def place_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where the copy has a place of the source."""
        return lon + self.width_deg * (self.number % self.side), lat - self.height_deg * (self.number // self.side)


def main() -> None:
    """Make the file and build its network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--side", type=int, default=4, help="tiles along a side of the square (default: 4)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--network", type=Path, required=True, help="folder for the built network")
    given = parser.parse_args()
    make_tiles(given.source, given.side, given.out)
    compile_network([given.out], given.network, policy=load_policy())


def make_tiles(source: Path, side: int, out: Path) -> None:
    """Write the copies and the roads between them, sorted by kind and id as published extracts are."""
    graph, _ = build_network([source], policy=load_policy())
    border = border_of(graph)
    width, height = (float(np.ptp(axis)) + GAP_DEG for axis in (graph.nodes.lon_deg, graph.nodes.lat_deg))
    tiles = [Tile(number, side, width, height) for number in range(side * side)]
    out.parent.mkdir(parents=True, exist_ok=True)
    writer = osmium.SimpleWriter(str(out), overwrite=True)
    for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION):
        for tile in tiles:
            for thing in osmium.FileProcessor(str(source), kind):
                add_copy(writer, thing, tile)
        if kind == osmium.osm.WAY:
            add_links(writer, tiles, border)
    writer.close()


def add_copy(writer: osmium.SimpleWriter, thing: osmium.osm.OSMObject, tile: Tile) -> None:
    """Write one object of one copy."""
    new_id = tile.id_of(thing.id)
    if thing.is_node():
        writer.add_node(thing.replace(id=new_id, location=tile.place_of(thing.lon, thing.lat)))
    elif thing.is_way():
        writer.add_way(thing.replace(id=new_id, nodes=[tile.id_of(node.ref) for node in thing.nodes]))
    else:
        writer.add_relation(thing.replace(id=new_id, members=list(shifted_members(thing, tile))))


def add_links(writer: osmium.SimpleWriter, tiles: Sequence[Tile], border: Border) -> None:
    """Write the roads between neighbours; their ids follow those of all copies."""
    for number, (one, other) in enumerate(links(tiles, border)):
        way = osmium.osm.mutable.Way(id=SPAN * len(tiles) + number, nodes=[one, other], tags=LINK_TAGS, version=1)
        writer.add_way(way)


def links(tiles: Sequence[Tile], border: Border) -> Iterator[tuple[int, int]]:
    """Pairs of node ids to be joined."""
    for tile in tiles:
        column, row = tile.number % tile.side, tile.number // tile.side
        if column + 1 < tile.side:
            east = tiles[tile.number + 1]
            yield from ((tile.id_of(a), east.id_of(b)) for a, b in zip(border.east, border.west, strict=True))
        if row + 1 < tile.side:
            south = tiles[tile.number + tile.side]
            yield from ((tile.id_of(a), south.id_of(b)) for a, b in zip(border.south, border.north, strict=True))


def border_of(graph: RoadGraph) -> Border:
    """Find the outermost junctions on ordinary roads of the main part, one in each band along every side."""
    arcs, nodes = graph.arcs, graph.nodes
    good = ((arcs.flags & LEADS_NOWHERE) == 0) & np.isin(arcs.road_class, CARRIES_LINKS) & (arcs.access == 0)
    usable = np.zeros(graph.node_count, np.bool_)
    usable[arcs.tail[good]] = True
    usable &= nodes.source_id > 0
    lon, lat = nodes.lon_deg, nodes.lat_deg
    sides = ((lat, -lon), (lat, lon), (lon, -lat), (lon, lat))
    return Border(*(nodes.source_id[outermost(along, outward, usable)].astype(np.int64) for along, outward in sides))


def outermost(along: F64, outward: F64, usable: Bool) -> I64:
    """Nodes farthest outward, one in each of `LINKS` bands with equally many usable nodes."""
    found = np.flatnonzero(usable)
    bands = np.array_split(found[np.argsort(along[found], kind="stable")], LINKS)
    return np.array([band[np.argmax(outward[band])] for band in bands], np.int64)


if __name__ == "__main__":
    main()
