"""Writing snapshot folders: in place of an earlier one, never of anything else, whole or not at all."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.errors import GraphError, SnapshotError
from routing.storage import load, save
from tests.graphs import Road, make_graph

ABOUT = {"sources": [{"name": "手工", "sha256": "0"}]}
GRAPH = make_graph([(112.0, 28.0), (112.01, 28.0)], [Road(0, 1)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(GRAPH, tmp_path / "network", ABOUT)
    return tmp_path / "network"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "thesis.txt").write_text("years of work")
    with pytest.raises(SnapshotError, match="is not a network folder; nothing was written"):
        save(GRAPH, tmp_path / "network", ABOUT)
    assert contents(tmp_path) == {"network/thesis.txt": b"years of work"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    save(GRAPH, tmp_path / "network", ABOUT)
    assert load(tmp_path / "network").arc_count == GRAPH.arc_count


def test_an_earlier_snapshot_is_replaced_wholly(folder: Path) -> None:
    (folder / "columns" / "arcs.gone.npy").write_bytes(b"of an earlier version")
    smaller = make_graph([], [])
    save(smaller, folder, ABOUT)
    assert load(folder, verify=True).arc_count == 0
    assert not (folder / "columns" / "arcs.gone.npy").exists()
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("after", [0, 1, 20])
def test_an_interrupted_save_leaves_the_earlier_snapshot(
    after: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    real, calls = np.save, 0

    def failing(path: Path, array: np.ndarray[Any, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError("no space left on device")
        real(path, array)

    monkeypatch.setattr(np, "save", failing)
    with pytest.raises(OSError, match="no space"):
        save(make_graph([], []), folder, ABOUT)
    assert contents(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_an_interrupted_first_save_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save(GRAPH, tmp_path / "network", {"not json": object()})
    assert list(tmp_path.iterdir()) == []


def test_an_unsound_graph_is_not_written(tmp_path: Path) -> None:
    arcs = replace(GRAPH.arcs, head=GRAPH.arcs.head + np.int32(99))
    with pytest.raises(GraphError, match=r"arcs\.head"):
        save(replace(GRAPH, arcs=arcs), tmp_path / "network", ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_further_files_stand_beside_the_manifest_and_outside_the_id(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert save(GRAPH, other, ABOUT, extra_files={"build_report.json": "拒绝\n"}) == load(folder).network_id
    assert (other / "build_report.json").read_text(encoding="utf-8") == "拒绝\n"
    save(GRAPH, other, ABOUT)
    assert not (other / "build_report.json").exists()


def test_a_moved_folder_still_opens(folder: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(folder, tmp_path / "elsewhere"))
    manifest = json.loads((moved / "manifest.json").read_text(encoding="utf-8"))
    assert str(tmp_path) not in json.dumps(manifest)
    assert load(moved, verify=True).network_id == manifest["network_id"]


@pytest.mark.parametrize(
    "manifest", ['{"name": "a web app"}', '{"format": "1"}', '{"format": true}', '{"format": 1.0}', "[1]", "{", "\xff"]
)
def test_a_manifest_of_something_else_protects_its_folder(manifest: str, tmp_path: Path) -> None:
    other = tmp_path / "app"
    (other / "columns").mkdir(parents=True)
    (other / "manifest.json").write_text(manifest, encoding="latin-1")
    (other / "thesis.txt").write_text("years of work")
    before = contents(tmp_path)
    with pytest.raises(SnapshotError, match="is not a network folder; nothing was written"):
        save(GRAPH, other, ABOUT)
    assert contents(tmp_path) == before


def test_a_manifest_without_columns_protects_its_folder(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(SnapshotError, match="is not a network folder"):
        save(GRAPH, tmp_path, ABOUT)


def test_a_snapshot_of_another_version_is_replaced(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"format": 99}')
    save(GRAPH, folder, ABOUT)
    assert load(folder, verify=True).arc_count == GRAPH.arc_count


def test_a_file_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for path in (file, file / "network", file / "deep" / "network"):
        with pytest.raises(SnapshotError, match=r"cannot be written: .* is not a folder"):
            save(GRAPH, path, ABOUT)
    assert contents(tmp_path) == {"file": b"x"}


@pytest.mark.parametrize("allowed", [0, 1])
def test_a_failed_move_leaves_the_earlier_snapshot(allowed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither moving the old one aside nor moving the new one in may lose anything."""
    before = contents(folder)
    real, moves = Path.rename, 0

    def failing(path: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == allowed + 1:
            raise OSError("the disk is gone")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(SnapshotError, match="the disk is gone"):
        save(make_graph([], []), folder, ABOUT)
    monkeypatch.undo()
    assert contents(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


def test_the_earlier_snapshot_is_whole_until_the_new_one_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = shutil.rmtree

    def looking(path: Path, **options: bool) -> None:
        if path.exists():
            seen.append((load(folder, verify=True).arc_count, load(path, verify=True).arc_count))
        real(path, **options)

    monkeypatch.setattr(shutil, "rmtree", looking)
    save(make_graph([], []), folder, ABOUT)
    assert seen == [(0, GRAPH.arc_count)]
    assert list(folder.parent.iterdir()) == [folder]


def test_through_a_link_the_folder_behind_it_is_replaced(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(folder, target_is_directory=True)
    save(make_graph([], []), link, ABOUT)
    assert link.is_symlink()
    assert load(folder).arc_count == load(link).arc_count == 0
    assert sorted(tmp_path.iterdir()) == [link, folder]
