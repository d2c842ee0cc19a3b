"""Snapshot folder: one .npy file a column and a manifest, content-hashed, opened memory-mapped.

The network id is the hash of the columns alone, so the same input gives the same id whatever the folder is called and
whenever it was built.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from routing.errors import SnapshotError
from routing.graph import RoadGraph, check, iter_columns

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
COLUMNS = "columns"


def save(
    graph: RoadGraph, folder: Path, about: Mapping[str, Any], *, extra_files: Mapping[str, str] | None = None
) -> str:
    """Write a snapshot folder, whole or not at all.

    Args:
        graph: Checked before writing.
        folder: Created; replaced if it is an earlier snapshot, refused if it holds anything else.
        about: JSON-able facts about the sources (names, hashes, licence) stored under ``about``.
        extra_files: Texts written beside the manifest, by file name; the network id does not cover them.

    Returns:
        The network id, "sha256:…".

    Raises:
        SnapshotError: The folder holds something that is not a snapshot.
        GraphError: The columns do not fit together.
    """
    check(graph)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise SnapshotError(f"{folder} exists and is not a network folder; nothing was written")
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        network_id = _write(graph, staging, about)
        for name, text in (extra_files or {}).items():
            (staging / name).write_text(text, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        staging.chmod(0o755)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return network_id


def _write(graph: RoadGraph, folder: Path, about: Mapping[str, Any]) -> str:
    (folder / COLUMNS).mkdir()
    hashes = {}
    for name, _, array in iter_columns(graph):
        path = folder / COLUMNS / f"{name}.npy"
        np.save(path, np.ascontiguousarray(array))
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256(json.dumps([FORMAT_VERSION, hashes, graph.attribution]).encode()).hexdigest()
    network_id = f"sha256:{digest}"
    manifest = {
        "format": FORMAT_VERSION,
        "network_id": network_id,
        "attribution": graph.attribution,
        "columns": hashes,
        "about": about,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return network_id


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a snapshot's manifest.

    Raises:
        SnapshotError: Not a network folder, or one of another format version.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = manifest["format"]
    except FileNotFoundError:
        raise SnapshotError(f"{folder} is not a network folder: it has no {MANIFEST}") from None
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise SnapshotError(f"{folder / MANIFEST} cannot be read: {error}") from error
    if version != FORMAT_VERSION:
        raise SnapshotError(f"{folder} has format {version}, this version reads {FORMAT_VERSION}: build it again")
    return dict(manifest)


def load(folder: Path, *, verify: bool = False) -> RoadGraph:
    """Open a snapshot memory-mapped.

    Args:
        folder: As written by `save`.
        verify: Also compare every file with its hash (reads everything).

    Raises:
        SnapshotError: Absent, incomplete, of another version, or damaged.
    """
    manifest = read_manifest(folder)
    tables = {}
    for name, hint in get_type_hints(RoadGraph).items():
        if hint is str:
            continue
        columns = {col.name: _open(folder, f"{name}.{col.name}", manifest, verify) for col in fields(hint)}
        tables[name] = hint(**columns)
    graph = RoadGraph(**tables)
    return replace(graph, network_id=manifest["network_id"], attribution=manifest["attribution"])


def _open(folder: Path, name: str, manifest: Mapping[str, Any], verify: bool) -> np.ndarray[Any, Any]:
    path = folder / COLUMNS / f"{name}.npy"
    try:
        if verify and hashlib.sha256(path.read_bytes()).hexdigest() != manifest["columns"].get(name):
            raise SnapshotError(f"{path} does not have the content its manifest names")
        # An empty file cannot be mapped; a plain array of the mapped file spares every user the memmap subclass.
        try:
            array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
        except ValueError:
            array = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path} cannot be opened: {error}") from error
    return array
