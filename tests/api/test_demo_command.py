"""The commands that make the synthetic province and a year of applications."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.commands.demo import SOURCES, applications_command, build_demo
from data.errors import BadInputError
from routing.storage import load, read_manifest, save
from tests.api.streets import streets


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "network"
    build_demo(out, 4, scale=0.22)
    return out


def test_the_banner_stands_in_the_network_and_its_sources_beside_it(network: Path) -> None:
    assert "合成数据 (SYNTHETIC DATA)" in load(network, verify=True).attribution
    about = read_manifest(network)["about"]
    assert (about["synthetic"], about["seed"]) == ("合成数据 (SYNTHETIC DATA)", 4)
    assert "OpenStreetMap" not in json.dumps(about)
    names = {path.name for path in (network / SOURCES).iterdir()}
    assert {"roads.osm.pbf", "bridges.csv", "roads.csv", "overlays.geojson", "ground_truth.json"} <= names


def test_the_same_seed_gives_the_same_network_in_the_same_place(network: Path) -> None:
    before = read_manifest(network)["network_id"]
    build_demo(network, 4, scale=0.22)
    assert read_manifest(network)["network_id"] == before
    assert (network / SOURCES / "ground_truth.json").exists()


def test_applications_are_written_for_the_synthetic_province_only(network: Path, tmp_path: Path) -> None:
    out = tmp_path / "year.jsonl"
    arguments = ["--network", str(network), "--out", str(out), "--count", "30"]
    assert CliRunner().invoke(applications_command, arguments).exit_code == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 30
    assert all(row["generated"] is True for row in rows)
    other = tmp_path / "other"
    save(streets().graph, other, {})
    arguments[1] = str(other)
    with pytest.raises(BadInputError, match="synthetic"):
        applications_command.main(arguments, standalone_mode=False)
