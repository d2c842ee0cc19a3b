"""Structures on, over and at arcs (构造物), and the rows of the limits table that tags and structures give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from data.osm.arcs import Layout
from data.osm.crossings import Crossings
from data.osm.objects import OsmExtract
from data.osm.points import PointProfile
from data.osm.profiles import RoadProfile, is_railway
from data.osm.statements import Statement
from data.osm.topology import Pieces
from data.ragged import group_rows
from data.texts import TextTable
from routing.columns import ArcFlag, Basis, LimitState, Quantity, Role, Scope, StructureKind
from routing.graph import I64, ArcStructures, Limits, Structures

_SIGN_BEFORE_MM: Final = 30_000  # a height sign on a node so near to a passage speaks for it


@dataclass(slots=True)
class _Rows:
    """Rows of a table that is grouped by arc, while it grows; the first number of each is the arc."""

    rows: list[tuple[int, ...]] = field(default_factory=list)

    def sorted_columns(self, arc_count: int, width: int) -> tuple[I64, list[I64]]:
        table = np.array(self.rows, dtype=np.int64).reshape(-1, width)
        order, first = group_rows(table[:, 0], arc_count)
        return first, [table[order, at] for at in range(1, width)]


@dataclass(frozen=True, slots=True)
class Source:
    """The parts of a build that structures and limits are read from."""

    extract: OsmExtract
    pieces: Pieces
    layout: Layout
    profiles: Sequence[RoadProfile | None]
    points: Mapping[int, PointProfile]
    crossings: Crossings


class StructureBuilder:
    """Collects structures, how arcs meet them, and limits.

    Attributes:
        covered: Arcs that pass below or inside something.
        barriers_at_junctions: Node ids of impassable or guarded barriers where more than two roads meet.
    """

    def __init__(self, source: Source, texts: TextTable) -> None:
        self.covered: set[int] = set()
        self.barriers_at_junctions: list[int] = []
        self._source, self._texts = source, texts
        self._structures: list[tuple[int, int, int, float, float, int]] = []
        self._meetings, self._limits = _Rows(), _Rows()
        self._arcs_of_piece = group_rows(source.layout.piece, len(source.pieces.way))
        self._signed_nodes: set[int] = set()
        self._above: dict[int, list[int]] = {}  # structures an arc runs under or in

    def build(self) -> tuple[Structures, ArcStructures, Limits]:
        """Read everything and return the three tables."""
        self._add_points()
        self._add_own_structures()
        self._add_crossings()
        self._add_way_limits()
        arc_count = len(self._source.layout.tail)
        first, (structure, role, at_mm) = self._meetings.sorted_columns(arc_count, 4)
        meetings = ArcStructures(first, structure.astype(np.int32), role.astype(np.uint8), at_mm.astype(np.int32))
        first, columns = self._limits.sorted_columns(arc_count, 9)
        dtypes = (np.uint8, np.uint8, np.int32, np.uint8, np.uint8, np.int32, np.int32, np.int32)
        limits = Limits(first, *(col.astype(dtype) for col, dtype in zip(columns, dtypes, strict=True)))
        return self._structure_table(), meetings, limits

    def _structure_table(self) -> Structures:
        key, kind, name, lon, lat, way = zip(*self._structures, strict=True) if self._structures else [()] * 6
        return Structures(
            key=np.array(key, dtype=np.int32),
            kind=np.array(kind, dtype=np.uint8),
            name=np.array(name, dtype=np.int32),
            lon_deg=np.array(lon, dtype=np.float64),
            lat_deg=np.array(lat, dtype=np.float64),
            way_id=np.array(way, dtype=np.int64),
        )

    def _add_structure(self, key: str, kind: StructureKind, name: str, place: tuple[float, float], way_id: int) -> int:
        add = self._texts.add
        self._structures.append((add(key), kind, add(name), *place, way_id))
        return len(self._structures) - 1

    def _add_limit(self, arc: int, row: Statement, scope: Scope, structure: int, element: str) -> None:
        add = self._texts.add
        self._limits.rows.append((arc, *row[:4], scope, structure, add(row.condition), add(f"osm:{element} {row.raw}")))

    def _add_points(self) -> None:
        """Barriers, toll stations, interchanges and signs act on the arcs that end at their node."""
        layout, extract = self._source.layout, self._source.extract
        for node_id, point in self._source.points.items():
            row = int(np.searchsorted(extract.node_id, node_id))
            node = layout.find_node(row)
            if node < 0:
                continue
            structure, element = -1, f"node/{node_id}"
            if point.kind is not None:
                place = float(extract.lon_deg[row]), float(extract.lat_deg[row])
                structure = self._add_structure(f"osm:{element}", point.kind, point.name, place, 0)
            arcs_in = layout.arcs_into(node)
            roads = {int(layout.piece[arc]) for arc in (*arcs_in.tolist(), *layout.arcs_out_of(node))}
            self._note_point(node, node_id, point, len(roads))
            for arc in arcs_in.tolist():
                if structure >= 0:
                    length = int(self._source.pieces.length_mm[layout.piece[arc]])
                    self._meetings.rows.append((arc, structure, Role.THROUGH, length))
                for limit in point.statements:
                    # Nobody passes through a dead end, so a barrier there stops nobody.
                    if len(roads) > 1 and self._holds(limit, arc):
                        self._add_limit(arc, limit, Scope.POINT, structure, element)

    def _note_point(self, node: int, node_id: int, point: PointProfile, roads: int) -> None:
        if any(row.quantity == Quantity.HEIGHT and not row.condition for row in point.statements):
            self._signed_nodes.add(node)
        is_guarded = any(row.quantity == Quantity.ACCESS for row in point.statements)
        if is_guarded and roads > 2:  # noqa: PLR2004  one road in, one road out
            self.barriers_at_junctions.append(node_id)

    def _holds(self, row: Statement, arc: int) -> bool:
        is_reversed = bool(self._source.layout.is_reversed[arc])
        return row.direction in ("both", "backward" if is_reversed else "forward")

    def _roads_where(self, test: Sequence[bool]) -> list[int]:
        """Roads with one of these sets of tags of which anything is in the network."""
        has_arcs = np.diff(self._source.layout.way_first) > 0
        return np.flatnonzero(np.array(test, dtype=bool)[self._source.extract.roads.tag_set] & has_arcs).tolist()

    def _add_own_structures(self) -> None:
        """Bridges, tunnels, covered ways and fords that a road's own tags name."""
        profiles = self._source.profiles
        special = ArcFlag.BRIDGE | ArcFlag.FORD
        for road in self._roads_where(
            [bool(one and (one.inside is not None or one.flags & special)) for one in profiles]
        ):
            profile = self._profile(road)
            if profile.flags & ArcFlag.BRIDGE:
                self._meet(road, StructureKind.BRIDGE, Role.ON)
            if profile.flags & ArcFlag.FORD:
                self._meet(road, StructureKind.FORD, Role.ON)
            if profile.inside is not None:
                structure = self._meet(road, profile.inside, Role.THROUGH)
                for arc in self._source.layout.arcs_of_way(road).tolist():
                    self._cover(arc, structure, Scope.STRUCTURE, f"way/{self._way_id(road)}", profile.inside.label)

    def _meet(self, road: int, kind: StructureKind, role: Role) -> int:
        extract, layout = self._source.extract, self._source.layout
        arcs = layout.arcs_of_way(road).tolist()
        pieces = self._source.pieces
        point = int(pieces.point[pieces.first_point[layout.piece[arcs[0]]]])
        place = float(extract.lon_deg[point]), float(extract.lat_deg[point])
        way_id = self._way_id(road)
        tags = extract.tag_sets[extract.roads.tag_set[road]]
        name = tags.get(f"{kind.label}:name", "") or extract.texts[extract.roads.name[road]]
        structure = self._add_structure(f"osm:way/{way_id}/{kind.label}", kind, name, place, way_id)
        self._meetings.rows += [(arc, structure, role, 0) for arc in arcs]
        return structure

    def _add_crossings(self) -> None:
        """What passes over roads: one structure for every way above, however many roads it crosses."""
        crossings, extract = self._source.crossings, self._source.extract
        order, first = self._arcs_of_piece
        made: dict[int, int] = {}
        by_way = np.lexsort((crossings.at_mm, crossings.piece, crossings.overhead))
        for row in by_way.tolist():
            over = int(crossings.overhead[row])
            tags = extract.tag_sets[extract.overhead.tag_set[over]]
            way_id = int(extract.overhead.way_id[over])
            kind = StructureKind.RAILWAY_BRIDGE if is_railway(tags) else StructureKind.OVERPASS
            if over not in made:
                place = float(crossings.lon_deg[row]), float(crossings.lat_deg[row])
                name = tags.get("bridge:name", "") or extract.texts[extract.overhead.name[over]]
                made[over] = self._add_structure(f"osm:way/{way_id}", kind, name, place, way_id)
            scope = Scope.RAILWAY if kind is StructureKind.RAILWAY_BRIDGE else Scope.STRUCTURE
            piece = int(crossings.piece[row])
            for arc in order[first[piece] : first[piece + 1]].tolist():
                length, at_mm = int(self._source.pieces.length_mm[piece]), int(crossings.at_mm[row])
                at_mm = length - at_mm if self._source.layout.is_reversed[arc] else at_mm
                self._meetings.rows.append((arc, made[over], Role.UNDER, at_mm))
                what = "railway bridge above" if scope is Scope.RAILWAY else "bridge above"
                is_signed = self._has_sign_near(arc, at_mm, length)
                self._cover(arc, made[over], scope, f"way/{way_id}", "" if is_signed else what)

    def _has_sign_near(self, arc: int, at_mm: int, length_mm: int) -> bool:
        tail, head = int(self._source.layout.tail[arc]), int(self._source.layout.head[arc])
        return (at_mm <= _SIGN_BEFORE_MM and tail in self._signed_nodes) or (
            length_mm - at_mm <= _SIGN_BEFORE_MM and head in self._signed_nodes
        )

    def _cover(self, arc: int, structure: int, scope: Scope, element: str, what: str) -> None:
        """Note that an arc runs under or in something, and that nobody states the clearance if nobody does."""
        self.covered.add(arc)
        known = self._above.setdefault(arc, [])
        if structure in known:
            return
        known.append(structure)
        heights = [row for row in self._profile_of_arc(arc).statements if row.quantity == Quantity.HEIGHT]
        if what and not any(self._holds(row, arc) and not row.condition for row in heights):
            unstated = Statement(
                Quantity.HEIGHT, LimitState.NONE_STATED, 0, Basis.NONE, "both", "", f"{what}, no maxheight"
            )
            self._add_limit(arc, unstated, scope, structure, element)

    def _add_way_limits(self) -> None:
        """A number on a road holds all along it; the structure it is there for is named with it."""
        layout = self._source.layout
        for road in self._roads_where([bool(one and one.statements) for one in self._source.profiles]):
            profile, element = self._profile(road), f"way/{self._way_id(road)}"
            for arc in layout.arcs_of_way(road).tolist():
                for row in profile.statements:
                    if self._holds(row, arc):
                        above = self._above.get(arc, []) if row.quantity == Quantity.HEIGHT else []
                        self._add_limit(arc, row, Scope.ROAD, above[0] if above else -1, element)

    def _way_id(self, road: int) -> int:
        return int(self._source.extract.roads.way_id[road])

    def _profile(self, road: int) -> RoadProfile:
        profile: RoadProfile | None = self._source.profiles[self._source.extract.roads.tag_set[road]]
        assert profile is not None  # noqa: S101  every set of tags that a road has is read
        return profile

    def _profile_of_arc(self, arc: int) -> RoadProfile:
        return self._profile(int(self._source.pieces.way[self._source.layout.piece[arc]]))
