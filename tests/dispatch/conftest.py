"""A small synthetic province that the dispatch tests share."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from api.dispatch.directory import GENERATED, Directory, build_directory, names_of, operators_of
from api.networks import compile_network
from api.reviews.network import OpenNetwork
from data.demo import generate
from data.policies import load_policy
from tests.dispatch.ground_truth import Sources

SEED = 1
SCALE = 0.4


@dataclass(frozen=True)
class Demo:
    network: OpenNetwork
    sources: Sources
    directory: Directory


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("dispatch")
    files = generate(SEED, folder, scale=SCALE)
    compile_network([files.roads_osm], folder / "network", policy=load_policy(), roads=[files.roads])
    network = OpenNetwork.open(folder / "network")
    directory = build_directory(
        "43",
        names_of(network.divisions, "43"),
        operators=operators_of(network.graph),
        prefix="模拟",
        notice=GENERATED,
    )
    return Demo(network, Sources(Path(files.roads_osm), Path(files.roads), network.graph), directory)
