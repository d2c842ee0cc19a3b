"""``dajian classify``: what the law says of a vehicle (车货分类)."""

import datetime as dt
from pathlib import Path

import click

from api.commands.output import print_json
from api.commands.values import Day, today
from api.reviews.request import facts_of
from data.vehicles import read_vehicle
from rules.review import classify


@click.command("classify")
@click.argument("vehicle", type=click.Path(path_type=Path))
@click.option(
    "--on", type=Day(), default=None, help="Day that decides the version of the law. Default: today in China."
)
def classify_command(vehicle: Path, on: dt.date | None) -> None:
    """Classify VEHICLE (a vehicle.json): class, deciding clauses, refusals, near-threshold values."""
    print_json(classify(facts_of(read_vehicle(vehicle)), on=on or today()).to_json())
