"""A review names the bridges on its way and gives the ratios that one bridge alone gives."""

import datetime as dt
import json
from typing import Any

import pytest

from api.networks import compile_network
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from api.sample import VEHICLES
from data.bridges.policies import load_bridge_policy
from data.bridges.resolving import resolve_design_load
from data.bridges.span_lists import read_spans
from data.bridges.tables import spans_text
from data.demo import generate
from data.policies import load_policy
from data.vehicles import LoadedVehicle, parse_vehicle
from routing.bridges.check import check_bridge
from routing.bridges.ratio import Crossing, Deck
from routing.bridges.sections import System
from routing.bridges.trains import AxleTrain
from routing.columns import BridgeSystem
from routing.vehicle import Axle
from tests.api.review_format import faults_of

START, END = (112.98, 28.19), (113.13, 27.83)  # two seats of prefectures
ON = dt.date(2026, 11, 23)


def train(lines: int, load_kg: int) -> LoadedVehicle:
    """A tractor of four axles and a modular trailer."""
    tractor = [(8000, 0), (12000, 3300), (12000, 1350), (12000, 1350)]
    trailer = [(load_kg, 1550 if line else 6000) for line in range(lines)]
    rows = [
        {"load_kg": load, "spacing_mm": gap, "tyres": 8, "unit": unit, "drive": False}
        for unit, axles in (("tractor", tractor), ("trailer", trailer))
        for load, gap in axles
    ]
    vehicle = {
        "kind": "train",
        "trailer": "modular",
        "height_mm": 4000,
        "width_mm": 2550,
        "length_mm": 60_000,
        "indivisible": True,
        "gross_mass_kg": sum(row["load_kg"] for row in rows),
        "axles": rows,
    }
    return parse_vehicle(json.dumps(vehicle), source="test")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> OpenNetwork:
    folder = tmp_path_factory.mktemp("province")
    files = generate(1, folder, scale=0.35)
    out = folder / "network"
    compile_network([files.roads_osm], out, policy=load_policy(), bridges=[files.bridges], roads=[files.roads])
    return OpenNetwork.open(out)


def ask(network: OpenNetwork, vehicle: LoadedVehicle) -> dict[str, Any]:
    return review(network, ReviewRequest(vehicle=vehicle, policy=load_policy(), on=ON, stops=(START, END)))


def bridges_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in answer["routes"][0]["findings"] if f["quantity"] == "bridge_effect"]


def test_every_ratio_is_that_of_the_bridge_alone(network: OpenNetwork) -> None:
    vehicle = train(15, 18_000)
    answer = ask(network, vehicle)
    assert faults_of(answer) == []
    named = [f for f in bridges_of(answer) if f["measured"] is not None and "count" not in f]
    assert named
    rows, texts = network.graph.bridges, network.graph.strings
    for finding in named:
        assert finding["structure"]["name"]
        assert finding["source"].startswith("bridges.csv:")
        (row,) = [r for r in range(len(rows.source)) if texts[int(rows.source[r])] == finding["source"]]
        said = finding["bridge"]
        check = check_bridge(
            read_spans(said["spans"]).units,
            System[BridgeSystem(int(rows.system[row])).name],
            AxleTrain.of_axles([Axle(axle.load_kg, axle.spacing_mm) for axle in vehicle.axles]),
            resolve_design_load(said["design_load"], "2015" if rows.built_year[row] >= 2016 else "2004").load,
            load_bridge_policy(),
            Deck(lanes=max(int(rows.lanes[row]), 1)),
        )
        assert check.governing is not None
        assert said["ratios"]["normal"] == pytest.approx(check.governing[Crossing.NORMAL].ratio, abs=6e-4)
        assert said["ratios"]["controlled"] == pytest.approx(check.governing[Crossing.CONTROLLED].ratio, abs=6e-4)


def test_a_heavy_train_is_not_let_over_what_a_legal_one_passes(network: OpenNetwork) -> None:
    legal = (VEHICLES / "semitrailer_legal.json").read_text(encoding="utf-8")
    light = ask(network, parse_vehicle(legal, source="legal"))
    assert light["verdict"] == "passes"
    assert ask(network, train(15, 18_000))["verdict"] in {"unknown", "blocked"}


def test_quiet_bridges_are_counted_in_one_line(network: OpenNetwork) -> None:
    legal = (VEHICLES / "semitrailer_legal.json").read_text(encoding="utf-8")
    counts = [f["count"] for f in bridges_of(ask(network, parse_vehicle(legal, source="legal"))) if "count" in f]
    assert len(counts) <= 1
    assert all(count > 0 for count in counts)


def test_a_leg_of_a_staked_road_says_from_where_to_where(network: OpenNetwork) -> None:
    legal = (VEHICLES / "semitrailer_legal.json").read_text(encoding="utf-8")
    route = ask(network, parse_vehicle(legal, source="legal"))["routes"][0]
    staked = [leg for leg in route["legs"] if leg["stake_from"]]
    assert staked
    assert f"{staked[0]['stake_from']}~{staked[0]['stake_to']}" in route["phrase"]


def test_the_network_remembers_what_it_was_made_from(network: OpenNetwork) -> None:
    assert len(network.graph.bridges.structure) > 100
    assert len(network.graph.arc_bridges.arc) >= len(network.graph.bridges.structure)


@pytest.mark.parametrize(
    ("units", "text"),
    [(((30_000, 30_000), (45_500,)), "(30+30)+(45.5)"), (((6_000,),), "(6)")],
)
def test_span_lists_are_written_as_they_are_read(units: tuple[tuple[int, ...], ...], text: str) -> None:
    assert spans_text(units) == text
    assert read_spans(text).units == tuple(tuple(span / 1000 for span in unit) for unit in units)
