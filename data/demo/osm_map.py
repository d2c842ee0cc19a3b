"""Roads as OpenStreetMap elements, and the file they are written to (地图写出)."""

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import osmium

from data.demo.plane import F64, to_degrees
from data.demo.road import Road, Spot, Stretch
from data.demo.streets import Turn

_FIRST_NODE: Final = 1_000_001
_FIRST_WAY: Final = 500_001
_FIRST_RELATION: Final = 9_001
_SAME_M: Final = 0.05
GENERATOR: Final = "dajian network demo"
SYNTHETIC: Final = "合成数据 (SYNTHETIC DATA)"


@dataclass(frozen=True, slots=True)
class Piece:
    """One way of the map (路段): part of a road."""

    way_id: int
    road: Road
    from_m: float
    to_m: float
    nodes: tuple[int, ...]
    tags: dict[str, str]
    label: str


@dataclass
class OsmMap:
    """Elements in the making; ids are handed out in the order of drawing."""

    points: list[F64] = field(default_factory=list)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    plain_ways: list[tuple[int, tuple[int, ...], dict[str, str]]] = field(default_factory=list)
    turns: list[tuple[int, int, int, str]] = field(default_factory=list)
    _nodes: dict[int, int] = field(default_factory=dict)
    _ways: int = _FIRST_WAY

    def draw(self, roads: Sequence[Road], turns: Sequence[Turn]) -> None:
        """Turn roads into ways, cut where their tags change and where a turn is forbidden."""
        cuts: dict[int, set[int]] = {}
        for turn in turns:
            for road in (turn.from_road, turn.to_road):
                cuts.setdefault(id(road), set()).add(id(turn.via))
        for road in roads:
            self._draw_road(road, cuts.get(id(road), set()))
        self._draw_turns(turns)

    def add_way(self, points: F64, tags: dict[str, str]) -> int:
        """Add a way that no road is, such as a railway above; returns its id."""
        self._ways += 1
        self.plain_ways.append((self._ways, tuple(self._add_node(point) for point in points), tags))
        return self._ways

    def _add_node(self, point: F64) -> int:
        self.points.append(point)
        return _FIRST_NODE + len(self.points) - 1

    def node_of(self, spot: Spot) -> int:
        """Id of a node; the same for all roads that share it."""
        found = self._nodes.get(id(spot))
        if found is None:
            found = self._nodes[id(spot)] = self._add_node(spot.point)
            if spot.tags:
                self.node_tags[found] = spot.tags
        return found

    def _draw_road(self, road: Road, cut_spots: set[int]) -> None:
        places = _places(road)
        cuts = [0.0, road.length_m]
        cuts += [edge for stretch in road.stretches for edge in (stretch.from_m, stretch.to_m)]
        cuts += [at for at, spot in places if spot is not None and id(spot) in cut_spots]
        known = [at for at, _ in places]
        for cut in cuts:
            row = bisect_left(known, cut - _SAME_M)
            if row == len(known) or known[row] > cut + _SAME_M:
                known.insert(row, cut)
                places.insert(row, (cut, None))
        ids = [self.node_of(spot) if spot else self._add_node(road.course.at(at)) for at, spot in places]
        edges = sorted({bisect_left(known, cut - _SAME_M) for cut in cuts})
        for first, last in itertools.pairwise(edges):
            self._add_piece(road, known[first], known[last], ids[first : last + 1])

    def _add_piece(self, road: Road, from_m: float, to_m: float, nodes: list[int]) -> None:
        middle = (from_m + to_m) / 2
        here = next((one for one in road.stretches if one.from_m <= middle <= one.to_m), None)
        self._ways += 1
        tags = _tags(road, here)
        label = here.label if here else ""
        self.pieces.append(Piece(self._ways, road, from_m, to_m, tuple(nodes), tags, label))

    def _draw_turns(self, turns: Sequence[Turn]) -> None:
        ending: dict[tuple[int, int], int] = {}
        starting: dict[tuple[int, int], int] = {}
        for piece in self.pieces:
            ending[id(piece.road), piece.nodes[-1]] = piece.way_id
            starting[id(piece.road), piece.nodes[0]] = piece.way_id
        seen = set()
        for turn in turns:
            node = self.node_of(turn.via)
            start, end = ending.get((id(turn.from_road), node)), starting.get((id(turn.to_road), node))
            if start is not None and end is not None and (start, node, end) not in seen:
                seen.add((start, node, end))
                self.turns.append((start, node, end, turn.kind))

    def write(self, path: Path) -> None:
        """Write nodes, ways, relations, each sorted by id; the same map gives the same bytes."""
        degrees = to_degrees(np.array(self.points))
        header = osmium.io.Header()
        header.set("generator", f"{GENERATOR}; {SYNTHETIC}")
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for row, (lon, lat) in enumerate(degrees.tolist()):
                node_id = _FIRST_NODE + row
                tags = self.node_tags.get(node_id, {})
                writer.add_node(osmium.osm.mutable.Node(id=node_id, version=1, location=(lon, lat), tags=tags))
            ways = [(piece.way_id, piece.nodes, piece.tags) for piece in self.pieces] + self.plain_ways
            for way_id, nodes, tags in sorted(ways, key=lambda way: way[0]):
                writer.add_way(osmium.osm.mutable.Way(id=way_id, version=1, nodes=list(nodes), tags=tags))
            for row, (start, via, end, kind) in enumerate(self.turns):
                members = [("w", start, "from"), ("n", via, "via"), ("w", end, "to")]
                tags = {"type": "restriction", "restriction": kind}
                relation = osmium.osm.mutable.Relation(id=_FIRST_RELATION + row, version=1, members=members, tags=tags)
                writer.add_relation(relation)


def _places(road: Road) -> list[tuple[float, Spot | None]]:
    """All places of a road along it: junctions, and the points of its line that are not beside one."""
    joints = sorted(road.joints, key=lambda joint: joint[0])
    taken = [at for at, _ in joints]
    found: list[tuple[float, Spot | None]] = list(joints)
    for at in road.course.along_m.tolist():
        row = bisect_left(taken, at)
        near = [abs(taken[other] - at) for other in (row - 1, row) if 0 <= other < len(taken)]
        if not near or min(near) > 1.0:
            found.append((at, None))
    found.sort(key=lambda place: place[0])
    return found


def _tags(road: Road, stretch: Stretch | None) -> dict[str, str]:
    tags = {"highway": road.make.highway, "maxspeed": str(road.make.speed_kmh), "surface": "asphalt"}
    tags["lanes"] = str(road.make.lanes)
    if road.ref:
        tags["ref"] = road.ref
    if road.name:
        tags["name"] = road.name
    if road.is_oneway:
        tags["oneway"] = "yes"
    return {**tags, **road.tags, **(stretch.tags if stretch else {})}


def way_ids(pieces: Iterable[Piece], label: str) -> list[int]:
    """Ways of a stretch."""
    return [piece.way_id for piece in pieces if piece.label == label]
