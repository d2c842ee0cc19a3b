"""Columns that follow from others: the same as if they were made anew, and never those of another network or policy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from api.networks import compile_network, prepare_network
from api.reviews.network import Keeping, OpenNetwork
from data.county_names import open_county_names, save_county_names
from data.policies import load_policy
from routing.columns import RoadClass
from routing.derived import open_derived, save_derived
from routing.metric import TravelTimes
from routing.storage import load, save, save_part
from tests.api.asking import map_file
from tests.graphs import Road, make_graph

POLICY = load_policy()
PLACES = [(112.0, 28.0), (112.01, 28.0), (112.01, 28.01)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    graph = make_graph(PLACES, [Road(0, 1), Road(1, 2, two_way=False)])
    graph.arcs.county_code[:] = 430_102
    save(graph, tmp_path / "town", {})
    return tmp_path / "town"


def test_what_was_stored_is_what_would_be_made(folder: Path) -> None:
    graph = load(folder)
    assert open_derived(folder, graph) is None
    save_derived(graph, POLICY.cost, folder)
    found = open_derived(folder, graph)
    assert found is not None
    made, stored = TravelTimes.of(graph, POLICY.cost), found.times_under(POLICY.cost)
    assert stored is not None
    for name in ("duration_ms", "preferred_ms"):
        assert np.array_equal(getattr(stored, name), getattr(made, name))
        assert getattr(stored, name).dtype == getattr(made, name).dtype
        assert getattr(stored, name).flags.writeable == getattr(made, name).flags.writeable
    for kept, computed in zip(found.bounds, graph.geometry_bounds, strict=True):
        assert np.array_equal(kept, computed)


@pytest.mark.parametrize("table", ["speed_kmh", "preference_permille"])
def test_times_of_another_policy_are_not_taken(folder: Path, table: str) -> None:
    graph = load(folder)
    save_derived(graph, POLICY.cost, folder)
    found = open_derived(folder, graph)
    assert found is not None
    changed = dict(getattr(POLICY.cost, table)) | {RoadClass.PRIMARY: 7}
    assert found.times_under(replace(POLICY.cost, **{table: changed})) is None
    other = replace(POLICY, policy_id="other", cost=replace(POLICY.cost, **{table: changed}))
    network = OpenNetwork.open(folder)
    assert np.array_equal(network.times(other).preferred_ms, TravelTimes.of(graph, other.cost).preferred_ms)


def test_those_of_another_network_or_version_are_not_taken(folder: Path, tmp_path: Path) -> None:
    save(make_graph(PLACES, [Road(0, 1), Road(0, 2)]), tmp_path / "other", {})
    other = load(tmp_path / "other")
    save_derived(other, POLICY.cost, folder)
    assert open_derived(folder, load(folder)) is None
    save_part(folder, "derived", {"network": np.zeros(32, np.uint8)})
    assert open_derived(folder, load(folder)) is None


def test_names_of_counties_are_kept(folder: Path) -> None:
    graph = load(folder)
    assert open_county_names(folder) is None
    save_county_names(graph, {430_102: "芙蓉区", 110_101: "东城区"}, folder)
    assert open_county_names(folder) == {430_102: "芙蓉区"}
    network = OpenNetwork.open(folder)
    assert network.county_name(430_102) == "芙蓉区"
    assert network.county_name(430_999) == ""
    assert "divisions" not in vars(network)


def test_a_folder_without_names_takes_those_of_all_counties(folder: Path) -> None:
    assert OpenNetwork.open(folder).county_name(430_102) == "芙蓉区"


def test_preparing_writes_everything_and_compiling_prepares(folder: Path, tmp_path: Path) -> None:
    prepare_network(folder, policy=POLICY)
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"columns", "hierarchy", "derived", "counties"}
    assert load(folder, verify=True).network_id
    compile_network([map_file("helsinki")], tmp_path / "net", policy=POLICY)
    network = OpenNetwork.open(tmp_path / "net")
    assert network._hierarchy is not None
    assert network._derived is not None


def test_what_is_kept_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAJIAN_KEEP_METRICS", "3")
    assert Keeping().metrics == 3
    graph = make_graph(PLACES, [Road(0, 1)])
    assert OpenNetwork(graph).keeping.metrics == 3
    assert OpenNetwork(graph, keeping=Keeping(metrics=5)).keeping.metrics == 5
