"""`dajian network build` keeps what it read, so that the same network can be made again from its own folder."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import cli
from api.errors import ConflictError
from api.holdings.base import base_of
from api.holdings.building import build
from api.network_sources import SOURCES, missing_of, originals_of
from api.networks import compile_network
from data.build_report import BuildReport
from data.coverage import sidecar_of
from data.demo import DemoFiles, generate
from data.policies import DEFAULT_POLICY
from routing.graph import RoadGraph
from routing.storage import load, read_manifest

NARROW = ("SECONDARY: 3500", "SECONDARY: 3100")


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return generate(4, tmp_path_factory.mktemp("drawn"), scale=0.1)


@pytest.fixture(scope="module")
def asked_for(files: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """Arguments of a hard case: two inventories of one name, each with declarations, and lanes of our own."""
    folder = tmp_path_factory.mktemp("given")
    header, *rows = files.bridges.read_text(encoding="utf-8").splitlines(keepends=True)
    declared = files.coverage.read_text(encoding="utf-8").splitlines(keepends=True)
    arguments: list[object] = []
    for number, place in enumerate(("north", "south")):
        (folder / place).mkdir()
        inventory = folder / place / "桥梁.csv"
        inventory.write_text(header + "".join(rows[number::2]), encoding="utf-8")
        sidecar_of(inventory).write_text(declared[0] + "".join(declared[1 + number :: 2]), encoding="utf-8")
        arguments += ["--bridges", inventory]
    policy = folder / "policy.yaml"
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    assert text.count(NARROW[0]) == 1
    policy.write_text(text.replace(*NARROW), encoding="utf-8")
    return (files.roads_osm, *arguments, "--roads", files.roads, "--policy", policy)


@pytest.fixture(scope="module")
def built(asked_for: tuple[Any, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "deep" / "network"
    assert run("network", "build", *asked_for, "--out", out) == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_lies_in_the_folder_as_it_was_read(
    built: Path, files: DemoFiles, asked_for: tuple[Any, ...]
) -> None:
    north, south = (Path(asked_for[at]) for at in (2, 4))
    assert contents(built / SOURCES) == {
        files.roads_osm.name: files.roads_osm.read_bytes(),
        "桥梁.csv": north.read_bytes(),
        "桥梁.coverage.csv": sidecar_of(north).read_bytes(),
        "2/桥梁.csv": south.read_bytes(),
        "2/桥梁.coverage.csv": sidecar_of(south).read_bytes(),
        files.roads.name: files.roads.read_bytes(),
    }
    assert missing_of(built) == ()


def test_the_same_network_is_made_again_from_its_own_folder(built: Path, tmp_path: Path) -> None:
    made = build(base_of(built), [], tmp_path)
    assert made.network_id == read_manifest(built)["network_id"]
    assert load(tmp_path / made.folder, verify=True).network_id == made.network_id


def test_what_the_round_trip_rests_on_matters(built: Path, asked_for: tuple[Any, ...], tmp_path: Path) -> None:
    """Without the policy, or without the second inventory, it is another network: nothing was kept in vain."""
    wanted = read_manifest(built)["network_id"]
    for number, fewer in enumerate((asked_for[:-2], (*asked_for[:3], *asked_for[5:]))):
        assert run("network", "build", *fewer, "--out", tmp_path / str(number)) == 0
        assert read_manifest(tmp_path / str(number))["network_id"] != wanted


def test_files_can_be_left_out_and_publishing_says_what_to_do(
    built: Path, asked_for: tuple[Any, ...], tmp_path: Path
) -> None:
    out = tmp_path / "network"
    assert run("network", "build", *asked_for, "--out", out, "--no-sources") == 0
    assert not (out / SOURCES).exists()
    whole, bare = contents(built), contents(out)
    assert bare == {name: content for name, content in whole.items() if not name.startswith(f"{SOURCES}/")}
    with pytest.raises(ConflictError) as refused:
        base_of(out)
    for said in (refused.value.message_zh, refused.value.message_en):
        assert "dajian network build" in said
        assert "--no-sources" in said
    named = {one.message_en.partition(":")[0] for one in refused.value.reasons}
    assert named == set(missing_of(out)) == {path.removeprefix("sources/") for path in whole if SOURCES in path}


def test_a_map_is_shared_with_the_original_and_tables_are_copies(
    built: Path, files: DemoFiles, asked_for: tuple[Any, ...]
) -> None:
    if built.stat().st_dev == files.roads_osm.stat().st_dev:
        assert (built / SOURCES / files.roads_osm.name).samefile(files.roads_osm)
    assert not (built / SOURCES / "桥梁.csv").samefile(asked_for[2])
    assert not (built / SOURCES / files.roads.name).samefile(files.roads)


@pytest.mark.parametrize("may_link", [True, False])
def test_a_map_behind_a_symbolic_link_is_kept_itself_linked_or_copied(
    files: DemoFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, may_link: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not may_link:
        monkeypatch.setattr("api.network_sources.os.link", refuse)
    link = tmp_path / "latest.osm.pbf"
    link.symlink_to(files.roads_osm)
    assert run("network", "build", link, "--out", tmp_path / "network") == 0
    kept = tmp_path / "network" / SOURCES / link.name
    assert not kept.is_symlink()
    assert may_link or not kept.samefile(files.roads_osm)
    assert kept.read_bytes() == files.roads_osm.read_bytes()


@pytest.mark.parametrize("name", ["roads.csv", "2/桥梁.coverage.csv", "桥梁.csv"])
def test_a_file_that_was_edited_is_not_taken_for_the_one_that_was_read(built: Path, tmp_path: Path, name: str) -> None:
    out = Path(shutil.copytree(built, tmp_path / "network"))
    with (out / SOURCES / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ConflictError) as refused:
        base_of(out)
    assert [one.message_en for one in refused.value.reasons] == [f"{name}: not what the network was made of"]


def test_a_network_is_built_again_over_itself_from_its_own_files(files: DemoFiles, tmp_path: Path) -> None:
    out = tmp_path / "network"
    assert run("network", "build", files.roads_osm, "--roads", files.roads, "--out", out) == 0
    before = contents(out)
    link = tmp_path / "in use"
    link.symlink_to(out)
    own = (out / SOURCES / files.roads_osm.name, "--roads", out / SOURCES / files.roads.name)
    assert run("network", "build", *own, "--out", link) == 0
    assert contents(out) == before
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in use", "network"]


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("step", "fault", "status"),
    [
        ("api.network_sources.shutil.copyfile", full_disk, 2),
        ("api.networks.prepare_network", interrupt, 130),
        ("api.commands.network.keep_sources", interrupt, 130),
    ],
)
def test_a_build_that_breaks_off_leaves_what_was_there(
    files: DemoFiles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    step: str,
    fault: Callable[..., None],
    status: int,
) -> None:
    earlier = tmp_path / "network"
    assert run("network", "build", files.roads_osm, "--out", earlier) == 0
    before = contents(earlier)
    monkeypatch.setattr(step, fault)
    for out in (earlier, tmp_path / "new" / "network"):
        assert run("network", "build", files.roads_osm, "--roads", files.roads, "--out", out) == status
    assert contents(earlier) == before
    assert [path.name for path in tmp_path.iterdir()] == ["network"]
    if fault is full_disk:
        said = capfd.readouterr().err
        assert "No space left on device" in said
        assert "--no-sources" in said


def test_a_table_that_changes_while_the_network_is_made_is_noticed(
    files: DemoFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    roads = Path(shutil.copy(files.roads, tmp_path))

    def meanwhile(maps: Sequence[Path], draft: Path, **more: Any) -> tuple[RoadGraph, BuildReport]:  # noqa: ANN401
        made = compile_network(maps, draft, **more)
        roads.write_bytes(roads.read_bytes() + b"\n")
        return made

    monkeypatch.setattr("api.commands.network.compile_network", meanwhile)
    assert run("network", "build", files.roads_osm, "--roads", roads, "--out", tmp_path / "network") == 2
    assert f"{roads}: changed while" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [roads.name]


NAMES = st.lists(st.sampled_from(["a.csv", "a.xlsx", "a.coverage.csv", "b.csv", "a.osm.pbf"]), max_size=8)


@given(maps=NAMES, tables=NAMES)
def test_no_file_is_kept_in_the_place_of_another(maps: list[str], tables: list[str]) -> None:
    about = {
        "sources": [{"name": name, "sha256": str(number)} for number, name in enumerate(maps)],
        "inventories": [{"name": name, "sha256": "x", "coverage": str(number)} for number, name in enumerate(tables)],
    }
    found = originals_of(about)
    assert [one.place.name for one in found] == [*maps, *tables], "names stand in findings, and stay"
    assert [one.sha256 for one in found if one.is_map] == [str(number) for number in range(len(maps))]
    places = [place for one in found for place in one.parts]
    assert len(set(places)) == len(places)
