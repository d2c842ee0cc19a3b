"""Coverage bits of arcs (覆盖标记): declarations, less what is known to be missing from them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import shapely

from data.bridges.records import Inventory, LimitRecord, Record
from data.coverage import Coverage, CoverageRange, cut_out
from data.line_arcs import arcs_by_ref
from data.linking import Links, Unclear
from data.mercator import project, project_lines, scale_at
from data.stakes import StakeColumns
from routing.columns import ArcFlag, StructureKind
from routing.graph import I32, U8, Bool, RoadGraph
from routing.phrase import refs_of

HOLE_M: Final = 500  # around a stake of which only that is known
NOWHERE_M: Final = 1000.0  # around coordinates that no road is near to
END_M: Final = 20  # a stretch may end this much short of an arc's end, the error of interpolated stakes
BITS: Final = (Coverage.BRIDGES, Coverage.CULVERTS, Coverage.CLEARANCES)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A place where a declaration does not hold, and why (覆盖缺口)."""

    place: str
    what: int
    reason: str


@dataclass(slots=True)
class Holes:
    """What is known to be missing, while it is collected.

    Attributes:
        by_route: Stretches without coverage: (route, bit) → stakes.
        arcs: Arcs without coverage: bit → arcs.
        told: For the report.
    """

    by_route: dict[tuple[str, int], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    arcs: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    told: list[Withheld] = field(default_factory=list)

    def add_gaps(self, inventory: Inventory) -> None:
        """Rejected rows: around their stake, else on their whole route, else for the whole file."""
        for gap in inventory.gaps:
            self._add(gap.route_ref, gap.stake_m, gap.what)
            where = gap.route_ref or "every route of the file"
            self.told.append(Withheld(where, gap.what, f"{gap.source} was rejected"))

    def add_unclear(self, graph: RoadGraph, records: Sequence[Record], unclear: Iterable[Unclear]) -> None:
        """Records that could not be linked: on the arcs they may be on, around their stake, around their place."""
        for one in unclear:
            record = records[one.record]
            what = bit_of(record)
            self.arcs[what] |= {arc for arc, _ in one.arcs}
            if record.stake_m is not None:
                self._add(record.route_ref, record.stake_m, what)
            if not one.arcs and record.lon_deg is not None and record.lat_deg is not None:
                self.arcs[what] |= _arcs_near(graph, record.lon_deg, record.lat_deg)
            self.told.append(Withheld(record.route_ref, what, f"{record.source} ({record.name}): {one.reason}"))

    def add_doubts(self, records: Sequence[Record], links: Links) -> None:
        """Links whose stake says another place than their coordinates: around the stake."""
        for link in links.linked:
            record = records[link.record]
            if link.doubt:
                self._add(record.route_ref, record.stake_m, bit_of(record))
                self.told.append(Withheld(record.route_ref, bit_of(record), f"{record.source}: {link.doubt}"))

    def _add(self, route_ref: str, stake_m: int | None, what: int) -> None:
        stretch = (-(10**9), 10**9) if stake_m is None else (stake_m - HOLE_M, stake_m + HOLE_M)
        for ref in refs_of(route_ref):
            self.by_route[ref, what].append(stretch)


def bit_of(record: Record) -> int:
    """Coverage that a record belongs to."""
    if isinstance(record, LimitRecord):
        return Coverage.CLEARANCES
    return Coverage.CULVERTS if record.kind is StructureKind.CULVERT else Coverage.BRIDGES


def _arcs_near(graph: RoadGraph, lon_deg: float, lat_deg: float) -> set[int]:
    xy = project(np.array([lon_deg]), np.array([lat_deg]))
    reach = NOWHERE_M * float(scale_at(xy[:, 1])[0])
    side = np.degrees(NOWHERE_M / 6.3e6) * 1.2
    west, south, east, north = graph.geometry_bounds
    across = side / max(0.01, float(np.cos(np.radians(lat_deg))))
    is_close = (west <= lon_deg + across) & (east >= lon_deg - across)
    rows = np.flatnonzero(is_close & (south <= lat_deg + side) & (north >= lat_deg - side)).astype(np.int32)
    if not len(rows):
        return set()
    near = rows[shapely.dwithin(project_lines(graph, rows), shapely.points(xy[0]), reach)]
    return set(np.flatnonzero(np.isin(graph.arcs.geometry, near)).tolist())


def valid_ranges(inventories: Sequence[Inventory], others: Iterable[CoverageRange]) -> list[CoverageRange]:
    """Declarations that hold at all: a rejected row that names no route may be anywhere its file speaks of.

    Args:
        inventories: Files with their own declarations.
        others: Declarations that are not of one file, such as those of road tables.
    """
    void = [_void_of(inventory) for inventory in inventories]
    found = [
        replace(one, what=one.what & ~bits)
        for one_of, bits in zip(inventories, void, strict=True)
        for one in one_of.coverage
    ]
    everywhere = Coverage(0)
    for bits in void:
        everywhere |= bits
    return found + [replace(one, what=one.what & ~everywhere) for one in others]


def _void_of(inventory: Inventory) -> Coverage:
    bits = Coverage(0)
    for gap in inventory.gaps:
        bits |= Coverage(0) if gap.route_ref else Coverage(gap.what)
    return bits


def coverage_bits(graph: RoadGraph, stakes: StakeColumns, ranges: Sequence[CoverageRange], holes: Holes) -> U8:
    """Coverage of every arc, uint8[arcs].

    An arc is covered only if all of it is. Ramps are covered where the declaration says so, next to a covered arc.
    """
    covered = graph.arcs.coverage.copy()
    for bit in BITS:
        valid = [one for one in ranges if one.what & bit]
        main = _main_arcs(graph, stakes, valid, bit, holes)
        main[sorted(holes.arcs[bit])] = False
        ramped = [one for one in valid if one.what & Coverage.RAMPS]
        if ramped:
            beside = _main_arcs(graph, stakes, ramped, bit, holes) & main
            main |= _ramps(graph, beside)
            main[sorted(holes.arcs[bit])] = False
        covered |= np.where(main, np.uint8(bit), np.uint8(0))
    return covered


def _main_arcs(
    graph: RoadGraph, stakes: StakeColumns, ranges: Sequence[CoverageRange], bit: Coverage, holes: Holes
) -> Bool:
    found = np.zeros(graph.arc_count, np.bool_)
    refs = sorted({ref for one in ranges for ref in refs_of(one.route_ref)})
    whole = {ref for one in ranges if one.is_whole_route for ref in refs_of(one.route_ref)}
    bearing = arcs_by_ref(graph, whole)
    for ref in refs:
        stretches = [(one.from_m, one.to_m) for one in ranges if ref in refs_of(one.route_ref)]
        missing = holes.by_route.get((ref, int(bit)), [])
        arcs = stakes.arcs_of(ref)
        low = np.minimum(stakes.from_m[arcs], stakes.to_m[arcs])
        high = np.maximum(stakes.from_m[arcs], stakes.to_m[arcs])
        for start, end in cut_out(stretches, missing):
            found[arcs[(low >= start - END_M) & (high <= end + END_M)]] = True
        if ref in whole and not missing:
            found[_unstaked(graph, stakes, bearing.get(ref, np.empty(0, np.int32)), whole)] = True
    return found


def _unstaked(graph: RoadGraph, stakes: StakeColumns, arcs: I32, whole: set[str]) -> I32:
    """Arcs of a route declared from end to end that have no stakes; with several numbers all must be declared."""
    texts = {int(text): set(refs_of(graph.strings[int(text)])) <= whole for text in np.unique(graph.arcs.ref[arcs])}
    is_whole = np.array([texts[int(text)] for text in graph.arcs.ref[arcs]], np.bool_)
    return np.asarray(arcs[is_whole & (stakes.route[arcs] < 0)])


def _ramps(graph: RoadGraph, beside: Bool) -> Bool:
    """Ramps connected, over ramps only, with arcs of a mask."""
    is_ramp = (graph.arcs.flags & ArcFlag.LINK) != 0
    reached = np.zeros(graph.node_count, np.bool_)
    reached[graph.arcs.tail[beside]] = reached[graph.arcs.head[beside]] = True
    found = np.zeros(graph.arc_count, np.bool_)
    while True:
        fresh = is_ramp & ~found & (reached[graph.arcs.tail] | reached[graph.arcs.head])
        if not fresh.any():
            return found
        found |= fresh
        reached[graph.arcs.tail[fresh]] = reached[graph.arcs.head[fresh]] = True


def unlisted_bridges(graph: RoadGraph, covered: U8, links: Iterable[Links]) -> I32:
    """Arcs the map draws as bridges inside declared coverage that no record belongs to.

    Bridge arcs that follow each other are one bridge, and so are the two directions of one line.
    """
    is_bridge = (graph.arcs.flags & ArcFlag.BRIDGE) != 0
    listed = np.zeros(graph.arc_count, np.bool_)
    listed[[arc for one in links for link in one.linked for arc, _ in link.arcs]] = True
    while True:
        lines = np.unique(graph.arcs.geometry[listed & is_bridge])
        nodes = np.unique(np.concatenate([graph.arcs.tail[listed & is_bridge], graph.arcs.head[listed & is_bridge]]))
        follows = np.isin(graph.arcs.tail, nodes) | np.isin(graph.arcs.head, nodes)
        fresh = is_bridge & ~listed & (np.isin(graph.arcs.geometry, lines) | follows)
        if not fresh.any():
            break
        listed |= fresh
    return np.flatnonzero(is_bridge & ~listed & ((covered & Coverage.BRIDGES) != 0)).astype(np.int32)
