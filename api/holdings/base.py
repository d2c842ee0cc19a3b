"""What published data is laid over (基础路网): the network the service was started with, and its files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from api.errors import ConflictError, FieldFault
from data.bridges.inventory import read_bridges
from data.bridges.records import Inventory
from data.errors import BadInputError
from data.roads import RoadTable, read_roads
from routing.storage import read_manifest

SOURCES: Final = "sources"


@dataclass(frozen=True, slots=True)
class Base:
    """The files of the base network (基础路网的原始资料).

    Attributes:
        network_id: Of the base.
        attribution: Shown with every picture of it.
        about: What its manifest says of its sources.
        maps: Map files, in the order they were read in.
        tables: Inventories and road tables, in their order.
    """

    network_id: str
    attribution: str
    about: Mapping[str, Any]
    maps: tuple[Path, ...]
    tables: tuple[Path, ...]


def base_of(folder: Path) -> Base:
    """The base in a network folder, with its files from the folder's ``sources``.

    Raises:
        ConflictError: Files are missing there, or are others than the network was made of; all are named.
        SnapshotError: The folder is no network.
    """
    manifest = read_manifest(folder)
    about = manifest["about"]
    faults: list[FieldFault] = []
    maps = _files(folder / SOURCES, about.get("sources", ()), faults)
    tables = _files(folder / SOURCES, about.get("inventories", ()), faults)
    if not maps and not faults:
        faults.append(FieldFault("sources", "路网没有记载所用地图文件", "the network names no map files"))
    if faults:
        raise ConflictError(
            f"基础路网目录缺少原始资料，暂不能发布台账（应放在 {SOURCES} 目录）",
            f"the base network's folder lacks the files it was made of (in {SOURCES})",
            faults,
        )
    return Base(manifest["network_id"], manifest["attribution"], about, maps, tables)


def _files(folder: Path, named: object, faults: list[FieldFault]) -> tuple[Path, ...]:
    found = []
    for one in named if isinstance(named, list) else []:
        path = folder / Path(one["name"]).name
        if not path.is_file() or _hash(path) != one["sha256"]:
            name = path.name
            faults.append(FieldFault("sources", f"{name}：没有，或者内容已变", f"{name}: missing, or changed"))
        found.append(path)
    return tuple(found)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


@lru_cache(maxsize=2)
def tables_of(network_id: str, paths: tuple[Path, ...]) -> tuple[tuple[Inventory, ...], tuple[RoadTable, ...]]:
    """Inventories and road tables of a base, read once a process.

    Args:
        network_id: Of the base: other files under the same names are read anew.
        paths: Inventories, then road tables, as the manifest lists them.
    """
    _ = network_id
    inventories, roads = [], []
    for path in paths:
        table = _as_roads(path)
        if table is None:
            inventories.append(read_bridges(path))
        else:
            roads.append(table)
    return tuple(inventories), tuple(roads)


def _as_roads(path: Path) -> RoadTable | None:
    """The file as a road table; None if it is an inventory: rows of that have no two stakes."""
    try:
        table = read_roads(path)
    except BadInputError:
        return None
    return table if table.segments else None
