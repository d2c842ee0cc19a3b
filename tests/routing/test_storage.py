"""Snapshot folders: written whole, read as written, refused when damaged."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.columns import Basis, LimitState, Quantity, Role, Scope
from routing.errors import SnapshotError
from routing.graph import BorderCrossings, RoadGraph, iter_columns
from routing.soundness import check
from routing.storage import FORMAT_VERSION, load, read_manifest, save
from tests.graphs import Limit, Met, Road, Structure, make_graph, with_inventory

ABOUT = {"sources": [{"name": "手工", "sha256": "0"}]}


def make_full_graph() -> RoadGraph:
    rows = [
        Limit(Quantity.HEIGHT, LimitState.NUMBER, 4500, Basis.POSTED, Scope.STRUCTURE, "winter", "sign", 0),
        Limit(Quantity.WIDTH, LimitState.UNREADABLE, 0),
    ]
    graph = make_graph(
        [(112.0, 28.0), (112.01, 28.0), (112.02, 28.01)],
        [
            Road(
                0, 1, ref="G4", name="京港澳高速", limits=rows, structures=[Met(0, Role.UNDER, 1000)], surface="asphalt"
            ),
            Road(1, 2, two_way=False, smoothness="good"),
        ],
        structures=[Structure("osm:way/7", name="桥")],
        bans=[[(0, 1), (1, 2)]],
    )
    one = np.array([1], np.int32)
    graph = with_inventory(graph)
    return replace(graph, border_crossings=BorderCrossings(one, one, one, one))


GRAPH = make_full_graph()
COLUMNS = [name for name, _, _ in iter_columns(GRAPH)]


def with_change(graph: RoadGraph, name: str) -> RoadGraph:
    """The graph with the last value of one column changed."""
    table, _, col = name.partition(".")
    array = getattr(getattr(graph, table), col).copy()
    array[-1] = ~array[-1] if array.dtype == np.bool_ else array[-1] ^ 1 if array.dtype.kind in "iu" else array[-1] + 1
    return replace(graph, **{table: replace(getattr(graph, table), **{col: array})})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(GRAPH, tmp_path / "network", ABOUT)
    return tmp_path / "network"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("graph", [GRAPH, make_graph([], [])], ids=["full", "empty"])
@pytest.mark.parametrize("verify", [False, True])
def test_round_trip_keeps_every_byte(graph: RoadGraph, verify: bool, tmp_path: Path) -> None:
    network_id = save(graph, tmp_path / "deep" / "network", ABOUT)
    read = load(tmp_path / "deep" / "network", verify=verify)
    for (name, _, wrote), (_, _, found) in zip(iter_columns(graph), iter_columns(read), strict=True):
        assert (name, found.dtype, found.shape) == (name, wrote.dtype, wrote.shape)
        assert found.tobytes() == wrote.tobytes()
    check(read)
    assert (read.network_id, read.attribution) == (network_id, graph.attribution)
    assert network_id.startswith("sha256:")
    assert len(network_id) == len("sha256:") + 64


def test_sources_are_kept_in_the_manifest(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest["about"] == ABOUT
    assert manifest["format"] == FORMAT_VERSION
    assert manifest["network_id"] == load(folder).network_id
    assert sorted(manifest["columns"]) == sorted(COLUMNS)
    assert "手工" in (folder / "manifest.json").read_text(encoding="utf-8")


def test_the_same_graph_has_the_same_id_anywhere(folder: Path, tmp_path: Path) -> None:
    again = save(GRAPH, tmp_path / "another name", {"other": "facts"})
    assert again == load(folder).network_id
    assert save(load(folder), tmp_path / "copy", ABOUT) == again


@pytest.mark.parametrize("name", COLUMNS)
def test_any_changed_value_changes_the_id(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some changed values are no sound graph; the id must tell them apart all the same.
    monkeypatch.setattr("routing.storage.check", lambda _: None)
    assert save(with_change(GRAPH, name), tmp_path / "changed", ABOUT) != load(folder).network_id


def test_the_attribution_is_part_of_the_id(folder: Path, tmp_path: Path) -> None:
    assert save(replace(GRAPH, attribution="©"), tmp_path / "other", ABOUT) != load(folder).network_id


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_read_only(name: str, folder: Path) -> None:
    table, _, col = name.partition(".")
    array = getattr(getattr(load(folder), table), col)
    assert type(array) is np.ndarray
    assert isinstance(array.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = array[0]


# --- damage


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("damage", ["missing", "truncated", "garbage"])
def test_a_damaged_column_is_named(name: str, damage: str, folder: Path) -> None:
    path = folder / "columns" / f"{name}.npy"
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.write_bytes(b"this is not an array file, whatever its name says" * 9)
    with pytest.raises(SnapshotError, match=f"{name}.npy cannot be opened"):
        load(folder)


@pytest.mark.parametrize("name", COLUMNS)
def test_verifying_finds_a_changed_value(name: str, folder: Path) -> None:
    path = folder / "columns" / f"{name}.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=f"{name}.npy does not have the content its manifest names"):
        load(folder, verify=True)


def test_pickled_objects_are_never_read(folder: Path) -> None:
    path = folder / "columns" / "arcs.head.npy"
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(SnapshotError, match=r"arcs\.head\.npy cannot be opened"):
        load(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('"format"', "cannot be read"),
        ('{"format": 0}', f"has format 0, this version reads {FORMAT_VERSION}: build it again"),
        ('{"format": 99}', "has format 99"),
    ],
)
def test_unusable_manifest(text: str, message: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    for read in (load, read_manifest):
        with pytest.raises(SnapshotError, match=message) as error:
            read(folder)
        assert str(folder) in str(error.value)


def test_manifest_in_another_encoding(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b'{"format": 1, "x": "\xff"}')
    with pytest.raises(SnapshotError, match="cannot be read"):
        load(folder)


def test_what_is_no_network_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(SnapshotError, match="is not a network folder"):
            load(path)
    with pytest.raises(SnapshotError, match="cannot be read"):
        load(file)


def rewrite_manifest(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= changes
    kept = {key: value for key, value in manifest.items() if value is not None}
    (folder / "manifest.json").write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize("key", ["network_id", "attribution", "columns", "about"])
@pytest.mark.parametrize("value", [None, 7])
def test_a_manifest_that_lacks_something(key: str, value: object, folder: Path) -> None:
    rewrite_manifest(folder, **{key: value})
    for read in (load, read_manifest):
        with pytest.raises(SnapshotError, match=f"{key} is missing or of the wrong type"):
            read(folder)


@pytest.mark.parametrize("change", [{"network_id": "sha256:0"}, {"attribution": "somebody else"}])
def test_verifying_computes_the_id_again(change: dict[str, str], folder: Path) -> None:
    rewrite_manifest(folder, **change)
    load(folder)
    with pytest.raises(SnapshotError, match="names a network id that its columns do not have"):
        load(folder, verify=True)


def test_an_empty_column_file(folder: Path) -> None:
    (folder / "columns" / "arcs.head.npy").write_bytes(b"")
    with pytest.raises(SnapshotError, match=r"arcs\.head\.npy cannot be opened"):
        load(folder)


@pytest.mark.parametrize(
    ("array", "fault"),
    [
        (np.zeros(3, np.float64), "arcs.head is float64, declared int32"),
        (np.zeros(1, np.int32), "arcs.head has 1 rows, expected 3|rows, expected 1"),
        (np.zeros((3, 2), np.int32), "arcs.head has 2 dimensions"),
    ],
)
def test_a_column_of_another_shape_is_never_used(array: np.ndarray[Any, Any], fault: str, folder: Path) -> None:
    np.save(folder / "columns" / "arcs.head.npy", array)
    with pytest.raises(SnapshotError, match=fault) as error:
        load(folder)
    assert str(error.value).startswith(f"{folder} is damaged: ")
