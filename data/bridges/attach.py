"""Join inventories and road tables with a network (台账入网)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.bridges.covering import Holes, coverage_bits, unlisted_bridges, valid_ranges
from data.bridges.joining import BridgeColumns, Joining
from data.bridges.link_report import LinkReport, doubts_of, methods_of, open_rows
from data.bridges.records import BridgeRecord, Inventory, LimitRecord, Record
from data.coverage import Coverage, CoverageRange
from data.datums import find_datum_doubt
from data.linking import Links, Method, link_bridges
from data.road_columns import RoadColumns, apply_roads
from data.roads import RoadTable
from data.stakes import Anchor, StakeColumns, interpolate_stakes
from routing.graph import F64, I32, RoadGraph
from routing.phrase import refs_of


@dataclass(frozen=True, slots=True)
class Attached:
    """A network with what its operators know (入网结果).

    Attributes:
        graph: With coverage, grades, widths, limits and structures; the network id is dropped.
        bridges: Bridges on arcs.
        stakes: Stakes of arcs.
        owners: Names of owners (管养单位).
        owner: int32[arcs], row of `owners`, -1 unknown.
        report: What a person should read.
    """

    graph: RoadGraph
    bridges: BridgeColumns
    stakes: StakeColumns
    owners: tuple[str, ...]
    owner: I32
    report: LinkReport


def attach(
    graph: RoadGraph,
    inventories: Sequence[Inventory],
    road_tables: Sequence[RoadTable] = (),
    *,
    coverage: Iterable[CoverageRange] = (),
    doubt_unlisted: bool = True,
) -> Attached:
    """Join inventories and road tables with a network.

    Args:
        graph: The network; what it has is kept.
        inventories: Bridges, culverts, clearances.
        road_tables: Road tables.
        coverage: Further declarations.
        doubt_unlisted: Withhold coverage of bridges where the map draws a bridge that no inventory lists.
    """
    stakes, stake_warnings = interpolate_stakes(graph, _anchors(inventories, road_tables), _lines(road_tables))
    roads = apply_roads(graph, road_tables, stakes)
    graph = roads.graph
    bridges = tuple(record for one in inventories for record in one.records)
    limits = tuple(record for one in inventories for record in one.limits)
    links = link_bridges(graph, bridges, stakes), link_bridges(graph, limits, stakes, above=True)
    join = Joining(graph, list(roads.rows))
    join.add_bridges(bridges, links[0])
    join.add_limits(limits, links[1])
    holes = Holes()
    for inventory in inventories:
        holes.add_gaps(inventory)
    holes.add_doubts(bridges, links[0])
    holes.add_doubts(limits, links[1])
    holes.add_unclear(graph, bridges, (*links[0].ambiguous, *links[0].unlinked))
    holes.add_unclear(graph, limits, (*links[1].ambiguous, *links[1].unlinked))
    datums = _datum_doubts(graph, inventories)
    trusted = [replace(one, coverage=()) if one.report.source in datums else one for one in inventories]
    declared = valid_ranges(trusted, [*coverage, *(one for table in road_tables for one in table.coverage)])
    bits = coverage_bits(graph, stakes, declared, holes)
    unlisted = unlisted_bridges(graph, bits, links) if doubt_unlisted else np.empty(0, np.int32)
    bits[unlisted] &= np.uint8(255 ^ Coverage.BRIDGES)
    joined, columns = join.finish(bridges, bits)
    report = _report(
        graph, inventories, road_tables, (bridges, limits), links, roads, holes, unlisted, stake_warnings, datums
    )
    return Attached(joined, columns, stakes, roads.owners, roads.owner, report)


def _anchors(inventories: Sequence[Inventory], road_tables: Sequence[RoadTable]) -> list[Anchor]:
    found = [anchor for table in road_tables for segment in table.segments for anchor in segment.anchors()]
    for record in (one for inventory in inventories for one in inventory.all_records):
        refs = refs_of(record.route_ref)
        if record.stake_m is not None and record.lon_deg is not None and record.lat_deg is not None and len(refs) == 1:
            found.append(Anchor(refs[0], record.stake_m, record.lon_deg, record.lat_deg, record.source))
    return found


def _lines(road_tables: Sequence[RoadTable]) -> list[tuple[str, F64]]:
    """Lines that operators draw, with their route."""
    segments = [segment for table in road_tables for segment in table.segments if segment.line_deg]
    return [(refs_of(one.route_ref)[0], np.array(one.line_deg, np.float64)) for one in segments]


def _datum_doubts(graph: RoadGraph, inventories: Sequence[Inventory]) -> dict[str, str]:
    """Files that seem to be in another datum than they say; what they declare complete is not believed."""
    found: dict[str, str] = {}
    for one in inventories:
        refs = [record.route_ref for record in one.all_records]
        lon, lat = np.array(one.raw_lon_deg, np.float64), np.array(one.raw_lat_deg, np.float64)
        for datum in sorted(set(one.datums)):
            rows = [row for row, own in enumerate(one.datums) if own is datum]
            source = one.report.source
            doubt = find_datum_doubt(
                graph, lon[rows], lat[rows], claimed=datum, source=source, route_refs=[refs[row] for row in rows]
            )
            found |= {source: str(doubt)} if doubt else {}
    return found


def _report(
    graph: RoadGraph,
    inventories: Sequence[Inventory],
    road_tables: Sequence[RoadTable],
    records: tuple[tuple[BridgeRecord, ...], tuple[LimitRecord, ...]],
    links: tuple[Links, Links],
    roads: RoadColumns,
    holes: Holes,
    unlisted: I32,
    stake_warnings: tuple[str, ...],
    datums: dict[str, str],
) -> LinkReport:
    both: tuple[tuple[Sequence[Record], Links], ...] = (records[0], links[0]), (records[1], links[1])
    distances = [link.distance_m for one in links for link in one.linked if link.method is not Method.STAKE]
    return LinkReport(
        tables=(*(one.report for one in inventories), *(one.report for one in road_tables)),
        linked=methods_of(links),
        median_distance_m=round(float(np.median(distances)), 1) if distances else None,
        ambiguous=tuple(row for rows, one in both for row in open_rows(graph, rows, one.ambiguous)),
        unlinked=tuple(row for rows, one in both for row in open_rows(graph, rows, one.unlinked)),
        doubts=tuple(text for rows, one in both for text in doubts_of(rows, one)),
        stakes=stake_warnings,
        datums=tuple(datums.values()),
        roads=roads.warnings,
        unplaced_segments=tuple(segment.source for segment in roads.unplaced),
        withheld=tuple(holes.told),
        unlisted_ways=tuple(sorted({int(way) for way in graph.arcs.way_id[unlisted]})),
    )
