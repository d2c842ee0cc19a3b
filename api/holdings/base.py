"""What published data is laid over (基础路网): the network the service was started with, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.errors import ConflictError, FieldFault
from api.network_sources import SOURCES, hash_of, lanes_of, originals_of
from data.bridges.inventory import read_bridges
from data.bridges.records import Inventory
from data.errors import BadInputError
from data.roads import RoadTable, read_roads
from routing.policy import RoadPolicy
from routing.storage import read_manifest


@dataclass(frozen=True, slots=True)
class Base:
    """The files of the base network (基础路网的原始资料).

    Attributes:
        network_id: Of the base.
        attribution: Shown with every picture of it.
        about: What its manifest says of its sources.
        maps: Map files, in the order they were read in.
        tables: Inventories and road tables, in their order.
        lanes: Lane widths and counts it was made with; None: the manifest does not say, the packaged ones are taken.
    """

    network_id: str
    attribution: str
    about: Mapping[str, Any]
    maps: tuple[Path, ...]
    tables: tuple[Path, ...]
    lanes: RoadPolicy | None


def base_of(folder: Path) -> Base:
    """The base in a network folder, with its files from the folder's ``sources``.

    Raises:
        ConflictError: Files are missing there, or are others than the network was made of; all are named.
        SnapshotError: The folder is no network.
    """
    manifest = read_manifest(folder)
    about = manifest["about"]
    originals = originals_of(about)
    faults = [
        fault
        for one in originals
        for place, sha256 in one.parts.items()
        if (fault := _fault(folder / SOURCES, place, sha256)) is not None
    ]
    if not any(one.is_map for one in originals):
        faults.append(FieldFault("sources", "路网没有记载所用地图文件", "the network names no map files"))
    if faults:
        raise ConflictError(
            f"基础路网缺少原始资料，暂不能发布台账。请系统管理员把下列文件原样放回路网目录的 {SOURCES} 子目录，"
            "或者用 dajian network build 重新生成路网（不加 --no-sources）",
            f"the base network lacks the files it was made of: put them back, unchanged, into {SOURCES} below its "
            "folder, or build it again with `dajian network build`, without --no-sources",
            faults,
        )
    maps, tables = (
        tuple(folder / SOURCES / one.place for one in originals if one.is_map is wanted) for wanted in (True, False)
    )
    return Base(manifest["network_id"], manifest["attribution"], about, maps, tables, lanes_of(about))


def _fault(sources: Path, place: Path, sha256: str) -> FieldFault | None:
    if not (sources / place).is_file():
        return FieldFault("sources", f"{place.as_posix()}：没有", f"{place.as_posix()}: missing")
    if hash_of(sources / place) != sha256:
        chinese = f"{place.as_posix()}：内容与生成路网时不同"
        return FieldFault("sources", chinese, f"{place.as_posix()}: not what the network was made of")
    return None


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
