"""Snapshot folder: one .npy file a column and a manifest, content-hashed, opened memory-mapped.

The network id is the hash of the columns alone, so the same input gives the same id whatever the folder is called and
whenever it was built.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from routing.errors import SnapshotError
from routing.graph import RoadGraph, iter_columns
from routing.soundness import check, shape_faults

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
COLUMNS = "columns"
MANIFEST_TYPES = {"network_id": str, "attribution": str, "columns": dict, "about": dict}


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
        SnapshotError: There is something that is not a snapshot.
        GraphError: The columns do not fit together.
    """
    check(graph)
    with whole_folder(folder) as staging:
        network_id = _write(graph, staging, about)
        for name, text in (extra_files or {}).items():
            (staging / name).write_text(text, encoding="utf-8")
    return network_id


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """An empty folder beside a network folder, which takes its place when all that is written into it is done.

    Args:
        folder: Created; replaced if it is an earlier snapshot, refused if it holds anything else. A fault leaves it as
            it was, and a folder above it that had to be made is not left behind empty.

    Raises:
        SnapshotError: There is something that is not a snapshot, or nothing can be written.
    """
    _refuse_foreign(folder)
    target = folder.resolve()  # through a link: the link stays, what it leads to is replaced
    beside = next(parent for parent in target.parents if parent.exists())
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=beside))
    except OSError as error:
        raise SnapshotError(f"{folder} cannot be written: {error.strerror or error}") from error
    try:
        yield staging
        staging.chmod(0o755)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put_in_place(staging, target)
        except OSError as error:
            raise SnapshotError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refuse_foreign(folder: Path) -> None:
    """Stop before anything is overwritten that is not a snapshot of some version."""
    not_a_folder = next((path for path in (folder, *folder.absolute().parents) if path.exists()), folder)
    if not_a_folder.exists() and not not_a_folder.is_dir():
        raise SnapshotError(f"{folder} cannot be written: {not_a_folder} is not a folder")
    if folder.exists() and any(folder.iterdir()) and not _is_snapshot(folder):
        raise SnapshotError(f"{folder} exists and is not a network folder; nothing was written")


def _is_snapshot(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and type(manifest.get("format")) is int and (folder / COLUMNS).is_dir()


def _put_in_place(staging: Path, target: Path) -> None:
    """Move a finished folder to its place; what stood there goes only when the new one stands."""
    if not target.exists():
        staging.rename(target)
        return
    aside = staging.with_name(f"{staging.name}-replaced")
    target.rename(aside)
    try:
        staging.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write(graph: RoadGraph, folder: Path, about: Mapping[str, Any]) -> str:
    (folder / COLUMNS).mkdir()
    hashes = {}
    for name, _, array in iter_columns(graph):
        path = folder / COLUMNS / f"{name}.npy"
        np.save(path, np.ascontiguousarray(array))
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    network_id = _id_of(hashes, graph.attribution)
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


def _id_of(hashes: Mapping[str, str], attribution: str) -> str:
    digest = hashlib.sha256(json.dumps([FORMAT_VERSION, hashes, attribution]).encode()).hexdigest()
    return f"sha256:{digest}"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a snapshot's manifest.

    Raises:
        SnapshotError: Not a network folder, one of another format version, or one whose manifest lacks something.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["format"]
    except FileNotFoundError:
        raise SnapshotError(f"{folder} is not a network folder: it has no {MANIFEST}") from None
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise SnapshotError(f"{path} cannot be read: {error}") from error
    if version != FORMAT_VERSION:
        raise SnapshotError(f"{folder} has format {version}, this version reads {FORMAT_VERSION}: build it again")
    wrong = [key for key, kind in MANIFEST_TYPES.items() if not isinstance(manifest.get(key), kind)]
    if wrong:
        raise SnapshotError(f"{path} cannot be read: {', '.join(wrong)} is missing or of the wrong type")
    return dict(manifest)


def save_part(folder: Path, name: str, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Put arrays that are derived from the network into its folder, or replace them there (附加部分).

    The manifest names their hashes. The network id stays: it is that of the columns they are derived from.

    Args:
        folder: As written by `save`.
        name: Name of the part, and of the folder its files stand in.
        columns: Arrays by name.

    Raises:
        SnapshotError: It is no network folder, or cannot be written.
    """
    manifest = read_manifest(folder)
    staging = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        hashes = {}
        for column, array in columns.items():
            path = staging / f"{column}.npy"
            np.save(path, array)
            hashes[column] = _hash_of(path)
        staging.chmod(0o755)
        text = staging / MANIFEST
        parts = {**manifest.get("parts", {}), name: hashes}
        text.write_text(json.dumps({**manifest, "parts": parts}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder / name, ignore_errors=True)
        text.rename(folder / MANIFEST)
        staging.rename(folder / name)
    except OSError as error:
        raise SnapshotError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def load_part(folder: Path, name: str, *, verify: bool = False) -> dict[str, np.ndarray[Any, Any]] | None:
    """Open the arrays of a part memory-mapped; None if the folder has no such part.

    Raises:
        SnapshotError: Incomplete or damaged.
    """
    manifest = read_manifest(folder)
    hashes = manifest.get("parts", {}).get(name)
    if hashes is None:
        return None
    return {
        column: _map(folder / name / f"{column}.npy", wanted if verify else None) for column, wanted in hashes.items()
    }


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(folder: Path, *, verify: bool = False) -> RoadGraph:
    """Open a snapshot memory-mapped.

    Args:
        folder: As written by `save`.
        verify: Also compare every file with its hash and the hashes with the network id (reads everything).

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
    graph = replace(RoadGraph(**tables), network_id=manifest["network_id"], attribution=manifest["attribution"])
    faults = shape_faults(graph)
    if faults:
        raise SnapshotError(f"{folder} is damaged: {'; '.join(faults)}")
    hashes = {name: manifest["columns"].get(name) for name, _, _ in iter_columns(graph)}
    if verify and _id_of(hashes, graph.attribution) != graph.network_id:
        raise SnapshotError(f"{folder / MANIFEST} names a network id that its columns do not have")
    return graph


def _open(folder: Path, name: str, manifest: Mapping[str, Any], verify: bool) -> np.ndarray[Any, Any]:
    wanted = manifest["columns"].get(name, "")
    return _map(folder / COLUMNS / f"{name}.npy", wanted if verify else None)


def _map(path: Path, wanted_hash: str | None) -> np.ndarray[Any, Any]:
    """Map one file; None: do not compare its hash."""
    try:
        if wanted_hash is not None and _hash_of(path) != wanted_hash:
            raise SnapshotError(f"{path} does not have the content its manifest names")
        # An empty file cannot be mapped; a plain array of the mapped file spares every user the memmap subclass.
        try:
            array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
        except ValueError:
            array = np.load(path, allow_pickle=False)
            array.flags.writeable = False
    except (OSError, ValueError, EOFError) as error:
        raise SnapshotError(f"{path} cannot be opened: {error}") from error
    return array
