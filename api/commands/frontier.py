"""``dajian frontier``: what sizes and masses have a route at all (通行能力前沿)."""

import datetime as dt
from pathlib import Path

import click

from api.commands.output import print_json
from api.commands.values import DateOrTime, LonLat, today
from api.reviews.frontiers import frontier
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from data.bridges.evidence import read_evidence
from data.errors import BadInputError
from data.overlays import load_overlay
from data.policies import load_policy
from data.vehicles import read_vehicle

FILE = click.Path(path_type=Path)
KINDS = {".png": "png", ".svg": "svg"}


@click.command("frontier")
@click.option("--network", "folder", required=True, type=FILE, help="Network folder.")
@click.option("--vehicle", required=True, type=FILE, help="vehicle.json; its axle layout decides about masses.")
@click.option("--from", "start", required=True, type=LonLat(), help="Start.")
@click.option("--to", "end", required=True, type=LonLat(), help="End.")
@click.option("--on", type=DateOrTime(), help="Day or time of travel. Default: today in China.")
@click.option("--overlay", type=FILE, multiple=True, help="Closures and temporary limits; may be repeated.")
@click.option("--evidence", type=FILE, multiple=True, help="Evaluated corridors, stored calculations; may be repeated.")
@click.option("--policy", type=FILE, help="Policy file (YAML). Default: the packaged one.")
@click.option("--snap-m", type=click.FloatRange(0, 100_000), default=2000.0, show_default=True)
@click.option("--plot", type=FILE, multiple=True, help="Also draw it: a .png or .svg file; may be repeated.")
def frontier_command(
    folder: Path,
    vehicle: Path,
    start: tuple[float, float],
    end: tuple[float, float],
    on: dt.date | None,
    overlay: tuple[Path, ...],
    evidence: tuple[Path, ...],
    policy: Path | None,
    snap_m: float,
    plot: tuple[Path, ...],
) -> None:
    """Print the largest height for each width, and the largest mass for each height, that still have a route."""
    wrong = [path for path in plot if path.suffix.lower() not in KINDS]
    if wrong:
        raise click.UsageError(f"--plot {wrong[0]}: a .png or .svg file is wanted")
    request = ReviewRequest(
        vehicle=read_vehicle(vehicle),
        policy=load_policy(policy),
        on=on or today(),
        stops=(start, end),
        overlays=tuple(load_overlay(path) for path in overlay),
        evidence=tuple(read_evidence(path) for path in evidence),
        snap_m=snap_m,
    )
    found = frontier(OpenNetwork.open(folder), request)
    if plot:
        from maps.frontier_plot import plot_frontier  # noqa: PLC0415 - drawing is slow to load and rarely wanted

        for path in plot:
            _write(path, plot_frontier(found, kind=KINDS[path.suffix.lower()]))
    print_json(found)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise BadInputError(str(path), [f"cannot be written: {error.strerror or error}"]) from error
