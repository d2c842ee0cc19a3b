"""``dajian network``: build and describe road networks (路网)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import TaskID

from api.commands.demo import applications_command, demo_command
from api.commands.output import print_json
from api.commands.progress import terminal_bars
from api.errors import RequestError
from api.network_sources import keep_sources
from api.networks import compile_network, prepare_network
from data.describe import describe_network
from data.errors import BadInputError
from data.osm.extract import Progress, source_faults
from data.policies import load_policy
from routing.policy import Policy
from routing.storage import whole_folder


@click.group("network")
def network_group() -> None:
    """Build and describe road networks."""


@network_group.command("build")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to write; an earlier network there is replaced.",
)
@click.option(
    "--bridges",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Inventory of bridges, culverts or clearances; may be repeated.",
)
@click.option(
    "--roads", multiple=True, type=click.Path(path_type=Path), help="Road table of an operator; may be repeated."
)
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file (YAML). Default: the packaged one.")
@click.option(
    "--sources/--no-sources",
    "keeps_sources",
    default=True,
    show_default=True,
    help="Keep the files in OUT/sources; without them offices cannot publish their own data on the network.",
)
def build_command(
    sources: tuple[Path, ...],
    out: Path,
    bridges: tuple[Path, ...],
    roads: tuple[Path, ...],
    policy: Path | None,
    *,
    keeps_sources: bool,
) -> None:
    """Compile OpenStreetMap files (.osm.pbf, .osm, .osm.gz, .osm.xml.gz) into a network folder."""
    settings = _read_settings(policy, sources)
    with _progress() as report, whole_folder(out) as draft:
        graph, _ = compile_network(sources, draft, policy=settings, bridges=bridges, roads=roads, progress=report)
        if keeps_sources:
            keep_sources(draft, sources, (*bridges, *roads))
    click.echo(f"{out}: {graph.node_count} nodes, {graph.arc_count} arcs; see {out / 'build_report.json'}", err=True)


def _read_settings(policy: Path | None, sources: Sequence[Path]) -> Policy:
    """Read the policy; if it is at fault, tell what is wrong with the sources' names too."""
    try:
        return load_policy(policy)
    except BadInputError as error:
        raise RequestError([str(error), *source_faults(sources)]) from error


@network_group.command("prepare")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--policy", type=click.Path(path_type=Path), help="Policy file (YAML). Default: the packaged one.")
def prepare_command(folder: Path, policy: Path | None) -> None:
    """Prepare a network FOLDER compiled by an earlier version: its hierarchy, travel times and county names."""
    prepare_network(folder, policy=load_policy(policy))


@network_group.command("describe")
@click.argument("folder", type=click.Path(path_type=Path))
def describe_command(folder: Path) -> None:
    """Describe a network FOLDER: counts, limits coverage, licence, network id."""
    print_json(describe_network(folder))


network_group.add_command(applications_command)
network_group.add_command(demo_command)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show what goes on, on a terminal."""
    with terminal_bars() as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, count: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.stop_task(task)
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=count)

        yield tell
