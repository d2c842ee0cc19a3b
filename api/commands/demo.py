"""``dajian network demo`` and ``demo-applications``: the synthetic province (合成省域) and a year of requests in it."""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from api.commands.output import write_whole
from api.networks import LINK_REPORT, compile_network, prepare_network
from data.build import write_network
from data.build_report import BuildReport
from data.demo import DemoFiles, generate, generate_applications
from data.demo.osm_map import SYNTHETIC
from data.errors import BadInputError
from data.policies import load_policy
from routing.graph import RoadGraph
from routing.storage import read_manifest

SOURCES = "sources"
ATTRIBUTION = f"{SYNTHETIC} 演示路网，非真实道路"
LICENCE = "Apache-2.0"
MOST_ROWS = 1_000_000
_BY_BUILD = ("sources", "licence", "attribution")


@click.command("demo")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Network folder to write.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed: the same province.")
def demo_command(out: Path, seed: int) -> None:
    """Draw and compile the synthetic province; its files and the answers of its traps go to OUT/sources."""
    build_demo(out, seed)
    click.echo(f"{out}: {SYNTHETIC}; answers of the traps in {out / SOURCES / 'ground_truth.json'}", err=True)


def build_demo(out: Path, seed: int, *, scale: float = 1.0) -> RoadGraph:
    """Draw, compile and label the synthetic province.

    Args:
        out: Network folder; an earlier one is replaced.
        seed: Of the drawing.
        scale: Share of the prefectures, for tests.

    Raises:
        SnapshotError: `out` holds something that is not a network.
    """
    with tempfile.TemporaryDirectory(prefix="dajian-demo-") as draft:
        files = generate(seed, Path(draft), scale=scale)
        graph, report = compile_network(
            [files.roads_osm], out, policy=load_policy(), bridges=[files.bridges], roads=[files.roads]
        )
        labelled = _label(out, graph, report, seed)
        _keep_sources(files, out)
    return labelled


def _label(out: Path, graph: RoadGraph, report: BuildReport, seed: int) -> RoadGraph:
    """Write the banner into the network, so that every picture made of it says what it is."""
    about = {key: value for key, value in read_manifest(out)["about"].items() if key not in _BY_BUILD}
    about |= {"licence": LICENCE, "synthetic": SYNTHETIC, "seed": seed}
    links = out / LINK_REPORT
    extra_files = {LINK_REPORT: links.read_text(encoding="utf-8")} if links.exists() else {}
    labelled = replace(graph, attribution=ATTRIBUTION, network_id="")
    write_network(labelled, report, out, about=about, extra_files=extra_files)
    prepare_network(out, policy=load_policy())
    return labelled


def _keep_sources(files: DemoFiles, out: Path) -> None:
    shutil.copytree(files.roads_osm.parent, out / SOURCES, dirs_exist_ok=True)


@click.command("demo-applications")
@click.option("--network", required=True, type=click.Path(path_type=Path), help="Folder of the synthetic province.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="JSONL file to write.")
@click.option("--count", type=click.IntRange(1, MOST_ROWS), default=20_000, show_default=True, help="Rows.")
@click.option("--year", type=click.IntRange(2012, 2100), default=2025, show_default=True, help="Year of travel.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed: the same rows.")
def applications_command(network: Path, out: Path, count: int, year: int, seed: int) -> None:
    """Write a year of generated applications, one JSON object a line, each labelled as generated."""
    if "synthetic" not in read_manifest(network)["about"]:
        raise BadInputError(str(network), ["is not the synthetic province; make it with `dajian network demo`"])
    rows = (json.dumps(row, ensure_ascii=False) for row in generate_applications(seed, year, count))
    write_whole(out, "\n".join(rows) + "\n")
    click.echo(f"{out}: {count} generated applications of {year}; class shares are assumptions", err=True)
