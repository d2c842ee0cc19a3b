"""Compile OpenStreetMap files into a road network folder (路网编译)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.build_report import (
    BuildReport,
    NotUnderstood,
    SourceFile,
    count_network,
    count_unstated_clearances,
    list_rejections,
    share_limits,
)
from data.components import flag_components
from data.errors import BadInputError
from data.osm.arcs import Layout, arc_table, geometry_table, lay_arcs, node_table
from data.osm.crossings import Crossings, Levels, find_crossings
from data.osm.extract import extract
from data.osm.objects import OsmExtract, Progress, Selection
from data.osm.points import PointProfile, is_point, read_point
from data.osm.profiles import RoadProfile, is_bridge, is_hidden, is_overhead, level, read_profile, reject_road
from data.osm.restrictions import ArcIndex, Bans, find_bans
from data.osm.structures import Source, StructureBuilder
from data.osm.topology import Pieces, cut_ways
from data.ragged import offsets
from data.texts import TextTable
from routing.columns import ArcFlag, RoadClass, TechnicalGrade
from routing.graph import BorderCrossings, RoadGraph, TurnBans
from routing.policy import Policy, RoadPolicy
from routing.storage import save

REPORT = "build_report.json"
LICENCE = "ODbL-1.0"
ATTRIBUTION = "© OpenStreetMap contributors"
MAINLAND_CODES = (110_000, 710_000)
_HASH_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the reading of the files leads to, before it is laid down as tables."""

    extract: OsmExtract
    pieces: Pieces
    profiles: Sequence[RoadProfile | None]
    points: Mapping[int, PointProfile]
    layout: Layout


def build_network(
    sources: Sequence[Path], *, policy: Policy, progress: Progress | None = None
) -> tuple[RoadGraph, BuildReport]:
    """Compile one network from OpenStreetMap files.

    Counties, technical grades and bridge coverage stay unknown; other data fills them in. The same files in the same
    order give the same columns.

    Args:
        sources: .osm.pbf, .osm, .osm.gz, .osm.xml.gz; an element in several files counts once.
        policy: Usual lane widths and counts where the map states none.
        progress: Told the name of each stage and how many objects it has handled.

    Returns:
        The network, not yet saved, and the report.

    Raises:
        BadInputError: A file is absent, cut short or no OpenStreetMap file, or no file holds a usable road.
    """
    tell = progress or (lambda _stage, _done: None)
    files = [_describe(path) for path in sources]
    osm = extract(sources, Selection(reject_road, is_overhead, is_point), progress)
    parts = _lay_down(osm, policy.road)
    if not len(parts.layout.tail):
        names = ", ".join(str(path) for path in sources)
        raise BadInputError(names, ["no road that a heavy vehicle may use, with the positions of its nodes"])
    tell("arcs", len(parts.layout.tail))
    crossings = _cross(parts)
    tell("crossings", len(crossings.piece))
    texts = TextTable()
    arcs = arc_table(osm, parts.pieces, parts.layout, parts.profiles, texts)
    source = Source(osm, parts.pieces, parts.layout, parts.profiles, parts.points, crossings)
    builder = StructureBuilder(source, texts)
    structures, arc_structures, limits = builder.build()
    tell("limits", len(limits.quantity))
    flags = arcs.flags.copy()
    flags[sorted(builder.covered)] |= np.uint32(ArcFlag.UNDER_STRUCTURE)
    bans = find_bans(osm.restrictions, _index(parts))
    graph = RoadGraph(
        nodes=node_table(osm, parts.layout),
        arcs=replace(arcs, flags=flags),
        limits=limits,
        geometries=geometry_table(osm, parts.pieces),
        structures=structures,
        arc_structures=arc_structures,
        turn_bans=_ban_table(bans, texts),
        border_crossings=BorderCrossings(*(np.empty(0, np.int32) for _ in range(4))),
        strings=texts.to_strings(),
        attribution=ATTRIBUTION,
    )
    graph, components = flag_components(graph)
    report = BuildReport(
        sources=tuple(files),
        counts_in=_counts_in(parts, bans),
        counts_out={**count_network(graph), "limits_clearance_not_stated": count_unstated_clearances(graph)},
        limits=share_limits(graph),
        components=components,
        rejected=list_rejections(_rejected(parts, bans)),
        not_understood=_not_understood(parts),
        doubts={
            "barrier where more than two roads meet (node)": builder.barriers_at_junctions,
            "two bridges of the same layer cross (ways)": [f"{low} {high}" for low, high in crossings.unclear],
            "node is in no file, the road is cut there (node)": parts.pieces.missing_nodes.tolist(),
        },
    )
    return graph, report


def write_network(
    graph: RoadGraph,
    report: BuildReport,
    out: Path,
    *,
    about: Mapping[str, Any] | None = None,
    extra_files: Mapping[str, str] | None = None,
) -> str:
    """Write a network folder with its report, whole or not at all.

    Args:
        graph: As built, perhaps with counties, bridges and operator data added.
        report: Written as ``build_report.json``.
        out: Folder; an earlier network there is replaced.
        about: More facts for the manifest, beside sources, licence and attribution.
        extra_files: More texts by file name, written in the same step.

    Returns:
        The network id.

    Raises:
        SnapshotError: The folder holds something that is not a network.
    """
    facts = {
        "sources": [{"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in report.sources],
        "licence": LICENCE,
        "attribution": graph.attribution,
        **(about or {}),
    }
    return save(graph, out, facts, extra_files={REPORT: report.to_json(), **(extra_files or {})})


def grade_expressways(graph: RoadGraph) -> RoadGraph:
    """Give motorways of mainland China the technical grade 高速, which the map's class leaves no doubt about.

    Args:
        graph: With county codes filled in (`data.divisions.assign_counties`).
    """
    arcs = graph.arcs
    first, end = MAINLAND_CODES
    is_motorway = (arcs.road_class == RoadClass.MOTORWAY) & (arcs.county_code >= first) & (arcs.county_code < end)
    grade = np.where(
        is_motorway & (arcs.technical_grade == 0), np.uint8(TechnicalGrade.EXPRESSWAY), arcs.technical_grade
    )
    return replace(graph, arcs=replace(arcs, technical_grade=grade), network_id="")


def _describe(path: Path) -> SourceFile:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_HASH_CHUNK):
                digest.update(chunk)
        return SourceFile(path.name, path.stat().st_size, f"sha256:{digest.hexdigest()}")
    except OSError as error:
        raise BadInputError(str(path), [f"cannot be read: {error.strerror}"]) from error


def _lay_down(osm: OsmExtract, policy: RoadPolicy) -> _Parts:
    used = set(osm.roads.tag_set.tolist())
    profiles = [read_profile(tags, policy) if row in used else None for row, tags in enumerate(osm.tag_sets)]
    points = {node: point for node, tags in osm.points.items() if (point := read_point(tags)) is not None}
    via = {
        ref for relation in osm.restrictions for kind, ref, role in relation.members if kind == "n" and role == "via"
    }
    pieces = cut_ways(osm, np.array(sorted(via | points.keys()), dtype=np.int64))
    return _Parts(osm, pieces, profiles, points, lay_arcs(osm, pieces, profiles))


def _cross(parts: _Parts) -> Crossings:
    osm = parts.extract
    levels = [(level(tags), is_bridge(tags), is_hidden(tags)) for tags in osm.tag_sets]
    layer, bridge, hidden = (np.array(column) for column in zip(*levels, strict=True))
    road, above = osm.roads.tag_set[parts.pieces.way], osm.overhead.tag_set
    return find_crossings(
        osm,
        parts.pieces,
        Levels(layer[road].astype(np.int8), bridge[road], hidden[road]),
        Levels(layer[above].astype(np.int8), bridge[above], hidden[above]),
    )


def _index(parts: _Parts) -> ArcIndex:
    roads, layout, osm = parts.extract.roads, parts.layout, parts.extract
    named = {ref for relation in osm.restrictions for kind, ref, _ in relation.members if kind == "w"}
    ways = np.array(sorted(named), dtype=np.int64)
    rows = np.flatnonzero(np.isin(roads.way_id, ways))

    def find_node(node_id: int) -> int:
        row = int(np.searchsorted(osm.node_id, node_id))
        return layout.find_node(row) if row < len(osm.node_id) and osm.node_id[row] == node_id else -1

    return ArcIndex(
        way_arcs={int(roads.way_id[row]): sorted(layout.arcs_of_way(row).tolist()) for row in rows.tolist()},
        tail=layout.tail,
        head=layout.head,
        twin=layout.twin,
        leaving=layout.arcs_out_of,
        find_node=find_node,
    )


def _ban_table(bans: Bans, texts: TextTable) -> TurnBans:
    sequences = [sequence for sequence, _, _ in bans.sequences]
    return TurnBans(
        first_arc=offsets(np.array([len(sequence) for sequence in sequences], dtype=np.int64)),
        arc=np.array([arc for sequence in sequences for arc in sequence], dtype=np.int32),
        condition=texts.add_all([condition for _, condition, _ in bans.sequences]),
        source=texts.add_all([source for _, _, source in bans.sequences]),
    )


def _counts_in(parts: _Parts, bans: Bans) -> dict[str, int]:
    osm = parts.extract
    return {
        **osm.counts,
        "roads": len(osm.roads.way_id),
        "ways_overhead": len(osm.overhead.way_id),
        "nodes_tagged": len(parts.points),
        "restrictions": len(osm.restrictions),
        "restrictions_used": bans.used,
        "nodes_named_twice_in_a_row": parts.pieces.repeated_nodes,
    }


def _rejected(parts: _Parts, bans: Bans) -> dict[str, Sequence[int]]:
    broken = parts.extract.roads.way_id[parts.pieces.broken_ways].tolist()
    return {**parts.extract.rejected, **bans.rejected, "way has fewer than two nodes with a position": broken}


def _not_understood(parts: _Parts) -> tuple[NotUnderstood, ...]:
    roads = parts.extract.roads
    failed = np.array([bool(one and one.not_understood) for one in parts.profiles], dtype=bool)
    found = []
    for row in np.flatnonzero(failed[roads.tag_set]).tolist():
        profile = parts.profiles[roads.tag_set[row]]
        tags = profile.not_understood if profile else ()
        found.append(NotUnderstood(f"way/{roads.way_id[row]}", tuple(dict.fromkeys(tags))))
    found += [
        NotUnderstood(f"node/{node}", one.not_understood) for node, one in parts.points.items() if one.not_understood
    ]
    return tuple(found)
