"""The hierarchy in the folder of its network: opened as it was made, and never with another network or damaged."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from routing.errors import SnapshotError
from routing.graph import RoadGraph
from routing.hierarchy.errors import HierarchyError
from routing.hierarchy.topology import build_hierarchy, open_hierarchy, save_hierarchy
from routing.storage import MANIFEST, load, load_part, save, save_part
from tests.graphs import Road, make_graph

ROADS = [Road(0, 1), Road(1, 2), Road(2, 3), Road(3, 0), Road(0, 2, two_way=False)]
PLACES = [(112.0, 28.0), (112.01, 28.0), (112.01, 28.01), (112.0, 28.01)]


def town(roads: list[Road] | None = None) -> RoadGraph:
    return make_graph(PLACES, roads or ROADS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(town(), tmp_path / "town", {})
    return tmp_path / "town"


def test_a_network_that_was_never_prepared_has_none(folder: Path) -> None:
    assert open_hierarchy(folder, load(folder)) is None


def test_what_was_stored_is_opened_memory_mapped(folder: Path) -> None:
    graph = load(folder)
    made = build_hierarchy(graph)
    save_hierarchy(made, folder)
    opened = open_hierarchy(folder, graph, verify=True)
    assert opened is not None
    for name, array in opened.columns().items():
        assert np.array_equal(array, made.columns()[name])
        assert not array.flags.writeable
        assert array.dtype == made.columns()[name].dtype
    assert isinstance(opened.triangle.base, np.memmap) or len(opened.triangle) == 0


def test_the_network_stays_what_it_was(folder: Path) -> None:
    before = load(folder)
    save_hierarchy(build_hierarchy(before), folder)
    save_hierarchy(build_hierarchy(before), folder)
    assert load(folder, verify=True).network_id == before.network_id
    assert sorted(path.name for path in folder.iterdir()) == ["columns", "hierarchy", MANIFEST]
    save(town(), folder, {})
    assert open_hierarchy(folder, load(folder)) is None


def test_a_damaged_file_is_found_out(folder: Path) -> None:
    graph = load(folder)
    save_hierarchy(build_hierarchy(graph), folder)
    path = folder / "hierarchy" / "parent.npy"
    damaged = np.load(path)
    damaged[0] = damaged[0] - 1 if damaged[0] > 0 else damaged[0] + 1
    np.save(path, damaged)
    with pytest.raises(SnapshotError, match=r"parent\.npy does not have the content"):
        open_hierarchy(folder, graph, verify=True)
    path.unlink()
    with pytest.raises(SnapshotError, match=r"parent\.npy cannot be opened"):
        open_hierarchy(folder, graph)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parent": np.array([9, 9, 9, 9], np.int32)}, "parent has a value outside"),
        ({"parent": np.array([1], np.int32)}, "parent has 1 rows"),
        ({"extra": np.array([1], np.int32)}, "extra"),
        ({"head": np.full(9, -1, np.int32)}, "head has a value outside"),
        ({"first_up": np.zeros(5, np.int32)}, "first_up does not rise"),
        ({"triangle": np.zeros(0, np.int32)}, "triangle does not have"),
    ],
)
def test_columns_that_would_mislead_a_kernel_are_refused(
    folder: Path, change: dict[str, np.ndarray], message: str
) -> None:
    graph = load(folder)
    save_part(folder, "hierarchy", build_hierarchy(graph).columns() | change)
    with pytest.raises(HierarchyError, match=message):
        open_hierarchy(folder, graph, verify="rows" not in message)


def test_the_hierarchy_of_another_network_is_refused(folder: Path, tmp_path: Path) -> None:
    save(town([*ROADS[:4], Road(1, 3, two_way=False)]), tmp_path / "other", {})
    other = build_hierarchy(load(tmp_path / "other"))
    with pytest.raises(HierarchyError, match="made for another network"):
        save_hierarchy(other, folder)
    save_part(folder, "hierarchy", other.columns())
    with pytest.raises(HierarchyError, match="made for another network"):
        open_hierarchy(folder, load(folder))
    assert issubclass(HierarchyError, SnapshotError)


def test_the_hierarchy_of_a_network_that_was_never_saved_is_not_stored(folder: Path) -> None:
    with pytest.raises(HierarchyError, match="made for another network"):
        save_hierarchy(build_hierarchy(town()), folder)


def test_parts_stand_beside_each_other(folder: Path) -> None:
    save_part(folder, "one", {"numbers": np.arange(3)})
    save_part(folder, "other", {"numbers": np.arange(4)})
    save_part(folder, "one", {"letters": np.arange(5)})
    assert {name: list(load_part(folder, name) or ()) for name in ("one", "other")} == {
        "one": ["letters"],
        "other": ["numbers"],
    }
    assert load_part(folder, "third") is None
    assert set(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["parts"]) == {"one", "other"}
    with pytest.raises(SnapshotError):
        save_part(folder / "nowhere", "one", {})


def test_without_the_library_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyroutingkit", None)
    with pytest.raises(HierarchyError, match="pip install pyroutingkit"):
        build_hierarchy(town())
    assert len(build_hierarchy(town(), rank=np.arange(4, dtype=np.int32)).parent) == 4
