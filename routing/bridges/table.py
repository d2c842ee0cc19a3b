"""Many bridges against one vehicle (桥梁效应比表): everything that does not depend on the vehicle is computed once.

Bridges with the same key have the same ratio, and keys share spans and beams, so a vehicle is moved over each different
section once.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing._kernels.bridge_table import RowArrays, SectionArrays, table_ratios
from routing.bridges.design_loads import DesignLoad
from routing.bridges.effects import Effect
from routing.bridges.policy import BridgePolicy
from routing.bridges.ratio import ONE_LANE, Deck, cautious_effects, ratio_per_unit
from routing.bridges.sections import LINE_COLUMNS, PlacedLines, Sections, System, Units, sections_of
from routing.bridges.trains import AxleTrain
from routing.graph import F64, I64, U8


@dataclass(frozen=True, slots=True)
class BridgeKey:
    """All that a bridge's ratio depends on besides the vehicle (桥梁计算键)."""

    units: Units
    system: System
    load: DesignLoad
    deck: Deck = ONE_LANE


@dataclass(frozen=True, slots=True, eq=False)
class BridgeRatios:
    """Ratios of one vehicle on every bridge of a table; first axis `Crossing`.

    Attributes:
        ratio: float64[2, bridges], worst of M+, M-, V and R.
        effect: uint8[2, bridges], the `Effect` that governs.
        at_m: float64[2, bridges], the governing section from the bridge's start.
        uplift: float64[2, bridges], worst ratio of uplift, 0 where there is none.
    """

    ratio: F64
    effect: U8
    at_m: F64
    uplift: F64


@dataclass(slots=True)
class _Collector:
    """Unique sections of all bridges, and the rows that use them."""

    points: dict[tuple[float, ...], int] = field(default_factory=dict)
    lines: dict[Hashable, tuple[int, PlacedLines]] = field(default_factory=dict)
    line_count: int = 0
    effect: list[U8] = field(default_factory=list)
    at_m: list[F64] = field(default_factory=list)
    column: list[I64] = field(default_factory=list)
    per_unit: list[F64] = field(default_factory=list)
    bridge: list[I64] = field(default_factory=list)

    def add(self, bridge: int, sections: Sections, per_unit: F64) -> None:
        """Add the rows of a bridge; columns of lines are negative until all points are known."""
        columns = self._columns(sections)[sections.column]
        used = np.any(per_unit > 0, axis=0)
        self.effect.append(sections.effect[used])
        self.at_m.append(sections.at_m[used])
        self.column.append(columns[used])
        self.per_unit.append(per_unit[:, used])
        self.bridge.append(np.full(int(np.sum(used)), bridge, dtype=np.int64))

    def _columns(self, sections: Sections) -> I64:
        points = sections.points
        found = [
            self.points.setdefault(row, len(self.points))
            for row in zip(
                points.kind.tolist(), points.span_m.tolist(), points.x_m.tolist(), points.scale.tolist(), strict=True
            )
        ]
        for group in sections.groups:
            if group.name not in self.lines:
                self.lines[group.name] = (self.line_count, group)
                self.line_count += len(group.lines)
            first = self.lines[group.name][0]
            found += [-1 - LINE_COLUMNS * first - n for n in range(LINE_COLUMNS * len(group.lines))]
        return np.array(found, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class BridgeTable:
    """Precomputed columns of many bridges; make one with `of`.

    Attributes:
        keys: The bridges, in the order of every result.
        sections: Arrays of the unique sections, as `table_ratios` takes them.
        main: Rows of M+, M-, V, R: column, ratio per unit, first row a bridge.
        uplift: The same for uplift.
        effect: `Effect` code a main row.
        at_m: Place a main row.
    """

    keys: tuple[BridgeKey, ...]
    sections: SectionArrays
    main: RowArrays
    uplift: RowArrays
    effect: U8
    at_m: F64

    @staticmethod
    def of(keys: Sequence[BridgeKey], policy: BridgePolicy) -> "BridgeTable":
        """Precompute a table.

        Args:
            keys: Bridges; give each different one once.
            policy: Factors of the ratio.

        Raises:
            BridgeError: A span list that cannot be computed with.
        """
        collector = _Collector()
        made: dict[tuple[Units, System], Sections] = {}
        effects: dict[tuple[Units, System, DesignLoad], F64] = {}
        for number, key in enumerate(keys):
            systems = (System.SIMPLE, System.CONTINUOUS) if key.system is System.UNKNOWN else (key.system,)
            for system in systems:
                place = (key.units, system)
                if place not in made:
                    made[place] = sections_of(*place)
                loads = [load for load in (key.load, key.load.check_load) if load is not None]
                for load in loads:
                    if (*place, load) not in effects:
                        effects[*place, load] = cautious_effects(made[place], load)
                known = {load.name: effects[*place, load] for load in loads}
                collector.add(number, made[place], ratio_per_unit(made[place], key.load, key.deck, policy, known))
        return _freeze(tuple(keys), collector)

    def ratios(self, train: AxleTrain) -> BridgeRatios:
        """Ratios of one vehicle on every bridge."""
        ratio, row, uplift = table_ratios(train.loads_kn, train.offsets_m, self.sections, self.main, self.uplift)
        found = row >= 0
        effect = np.where(found, self.effect[row], Effect.SAGGING).astype(np.uint8)
        return BridgeRatios(ratio, effect, np.where(found, self.at_m[row], 0.0), uplift)


def _freeze(keys: tuple[BridgeKey, ...], found: _Collector) -> BridgeTable:
    effect = np.concatenate(found.effect) if found.effect else np.empty(0, np.uint8)
    column = np.concatenate(found.column) if found.column else np.empty(0, np.int64)
    column = np.where(column < 0, len(found.points) - 1 - column, column)
    per_unit = np.concatenate(found.per_unit, axis=1) if found.per_unit else np.empty((2, 0))
    bridge = np.concatenate(found.bridge) if found.bridge else np.empty(0, np.int64)
    at_m = np.concatenate(found.at_m) if found.at_m else np.empty(0)
    lifts = effect == Effect.UPLIFT
    parts = [
        (column[rows], np.ascontiguousarray(per_unit[:, rows]), np.searchsorted(bridge[rows], np.arange(len(keys) + 1)))
        for rows in (~lifts, lifts)
    ]
    return BridgeTable(keys, _section_arrays(found), parts[0], parts[1], effect[~lifts], at_m[~lifts])


def _section_arrays(found: _Collector) -> SectionArrays:
    points = np.array(list(found.points), dtype=np.float64).reshape(-1, 4)
    groups = [group for _, group in found.lines.values()]
    supports = [group.lines.supports_m for group in groups]
    counts = np.array([len(group.lines) for group in groups], dtype=np.int64)
    supports_each = np.array([len(one) for one in supports], dtype=np.int64)
    per_line = np.repeat(supports_each, counts)
    return (
        points[:, 0].astype(np.uint8),
        points[:, 1].copy(),
        points[:, 2].copy(),
        points[:, 3].copy(),
        np.concatenate(([0], np.cumsum(supports_each))).astype(np.int64),
        np.concatenate([np.empty(0), *supports]),
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        np.concatenate(([0], np.cumsum(per_line)))[:-1].astype(np.int64),
        np.concatenate([np.empty((0, 4)), *(group.lines.jumps.reshape(-1, 4) for group in groups)]),
        np.concatenate([np.empty(0), *(group.lines.at_m for group in groups)]),
        np.concatenate([np.empty((0, 2)), *(group.lines.section_jump for group in groups)]),
    )
