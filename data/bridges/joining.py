"""Add what inventories say to the tables of a graph (台账写入路网)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from data.bridges.limit_rows import Below, bridge_rows, is_settled, limit_rows, role_of
from data.bridges.records import BridgeRecord, LimitRecord, Record
from data.linking import Links
from data.ragged import group_rows
from data.road_columns import LimitRow
from data.texts import TextTable
from routing.columns import ArcFlag, LimitState, Quantity, Role, Scope, StructureKind
from routing.graph import I32, U8, ArcStructures, Limits, RoadGraph, Structures

_COVERS: Final = frozenset({StructureKind.OVERPASS, StructureKind.RAILWAY_BRIDGE, StructureKind.TUNNEL})


@dataclass(frozen=True, slots=True)
class BridgeColumns:
    """Which bridge stands on which arc, one row a pair, by arc (弧与桥梁).

    Attributes:
        arc: int32[pairs].
        record: int32[pairs], row of `records`.
        at_mm: int32[pairs], from the start of the arc.
        structure: int32[pairs], row of the graph's structures.
        records: Bridges and culverts of all inventories, linked or not.
    """

    arc: I32
    record: I32
    at_mm: I32
    structure: I32
    records: tuple[BridgeRecord, ...]


@dataclass(slots=True)
class Joining:
    """Rows to be added to the tables of a graph, while they are collected."""

    graph: RoadGraph
    rows: list[LimitRow]
    structures: list[tuple[str, StructureKind, str, float, float]] = field(default_factory=list)
    meetings: list[tuple[int, int, Role, int]] = field(default_factory=list)
    pairs: list[tuple[int, int, int, int]] = field(default_factory=list)
    settled: dict[tuple[int, int], int] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def add_bridges(self, records: Sequence[BridgeRecord], links: Links) -> None:
        """Structures, meetings and limits of linked bridges, and clearances of the roads below them."""
        below = Below(self.graph)
        for link in links.linked:
            record = records[link.record]
            structure = self._add_structure(record, record.kind, link.arcs[0])
            arcs = [arc for arc, _ in link.arcs]
            self.meetings += [(arc, structure, Role.ON, at) for arc, at in link.arcs]
            self.pairs += [(arc, link.record, at, structure) for arc, at in link.arcs]
            self.rows += bridge_rows(record, arcs, structure)
            if record.clearance_below_mm is not None:
                for arc, overhead in below.roads_below(record, arcs):
                    self.settled[arc, overhead] = record.clearance_below_mm
                    self.rows.append(_clearance_row(record, arc, overhead))

    def add_limits(self, records: Sequence[LimitRecord], links: Links) -> None:
        """The same for what stands over roads; it replaces what the map says nothing about."""
        below = Below(self.graph)
        for link in links.linked:
            record = records[link.record]
            structure = -1
            if record.kind is not None:
                structure = self._add_structure(record, record.kind, link.arcs[0])
                self.meetings += [(arc, structure, role_of(record.kind), at) for arc, at in link.arcs]
            self.rows += limit_rows(record, [arc for arc, _ in link.arcs], structure)
            if record.height_mm is not None and record.kind in _COVERS:
                self.settled |= dict.fromkeys(below.over(link.arcs), record.height_mm)
            if record.kind in _COVERS:
                self.covered |= {arc for arc, _ in link.arcs}

    def finish(self, records: tuple[BridgeRecord, ...], coverage: U8) -> tuple[RoadGraph, BridgeColumns]:
        """Lay all rows down in new tables."""
        texts = TextTable()
        texts.add_all([self.graph.strings[row] for row in range(len(self.graph.strings))])
        flags = self.graph.arcs.flags.copy()
        flags[sorted(self.covered)] |= np.uint32(ArcFlag.UNDER_STRUCTURE)
        graph = replace(
            self.graph,
            arcs=replace(self.graph.arcs, coverage=coverage, flags=flags),
            limits=self._limits(texts),
            structures=self._structure_table(texts),
            arc_structures=self._meeting_table(),
            network_id="",
        )
        table = np.array(sorted(self.pairs), np.int32).reshape(-1, 4)
        columns = BridgeColumns(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), table[:, 3].copy(), records)
        return replace(graph, strings=texts.to_strings()), columns

    def _add_structure(self, record: Record, kind: StructureKind, spot: tuple[int, int]) -> int:
        key = f"inventory:{record.key}"
        key = key if key not in self.keys else f"{key}@{record.source}"
        self.keys.add(key)
        lon, lat = record.lon_deg, record.lat_deg
        if lon is None or lat is None:
            xs, ys = self.graph.arc_points(spot[0])
            share = spot[1] / max(1, int(self.graph.arcs.length_mm[spot[0]]))
            along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(xs), np.diff(ys)))])
            lon, lat = (float(np.interp(share * along[-1], along, axis)) for axis in (xs, ys))
        self.structures.append((key, kind, record.name, lon, lat))
        return len(self.graph.structures.kind) + len(self.structures) - 1

    def _limits(self, texts: TextTable) -> Limits:
        old = self.graph.limits
        keep = ~is_settled(self.graph, self.settled)
        arc = np.repeat(np.arange(self.graph.arc_count), np.diff(old.first_out))[keep]
        added = np.array([row[:7] for row in self.rows], np.int64).reshape(-1, 7)
        arcs = np.concatenate([arc, added[:, 0]])
        order, first = group_rows(arcs, self.graph.arc_count)
        names = ("quantity", "state", "value", "basis", "scope", "structure")
        columns = {
            name: np.concatenate([getattr(old, name)[keep], added[:, at].astype(getattr(old, name).dtype)])[order]
            for at, name in enumerate(names, start=1)
        }
        source = np.concatenate([old.source[keep], texts.add_all([row.source for row in self.rows])])[order]
        condition = np.concatenate([old.condition[keep], np.zeros(len(added), np.int32)])[order]
        return Limits(first, condition=condition, source=source, **columns)

    def _structure_table(self, texts: TextTable) -> Structures:
        old = self.graph.structures
        rows = self.structures
        return Structures(
            key=np.concatenate([old.key, texts.add_all([row[0] for row in rows])]),
            kind=np.concatenate([old.kind, np.array([row[1] for row in rows], np.uint8)]),
            name=np.concatenate([old.name, texts.add_all([row[2] for row in rows])]),
            lon_deg=np.concatenate([old.lon_deg, np.array([row[3] for row in rows], np.float64)]),
            lat_deg=np.concatenate([old.lat_deg, np.array([row[4] for row in rows], np.float64)]),
            way_id=np.concatenate([old.way_id, np.zeros(len(rows), np.int64)]),
        )

    def _meeting_table(self) -> ArcStructures:
        old = self.graph.arc_structures
        added = np.array(self.meetings, np.int64).reshape(-1, 4)
        arc = np.concatenate([np.repeat(np.arange(self.graph.arc_count), np.diff(old.first_out)), added[:, 0]])
        order, first = group_rows(arc, self.graph.arc_count)
        return ArcStructures(
            first,
            np.concatenate([old.structure, added[:, 1].astype(np.int32)])[order],
            np.concatenate([old.role, added[:, 2].astype(np.uint8)])[order],
            np.concatenate([old.at_mm, added[:, 3].astype(np.int32)])[order],
        )


def _clearance_row(record: BridgeRecord, arc: int, overhead: int) -> LimitRow:
    value = record.clearance_below_mm or 0
    source = f"inventory:{record.source}"
    return LimitRow(
        arc, Quantity.HEIGHT, LimitState.NUMBER, value, record.limit_basis, Scope.STRUCTURE, overhead, source
    )
