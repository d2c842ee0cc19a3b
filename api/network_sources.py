"""The files a network was made of (路网原始资料), kept in its folder so that it can be made anew with other data.

They lie in ``sources`` under the names that the manifest gives them. Of several files of one name the second lies in
``sources/2``, the third in ``sources/3``.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from data.coverage import sidecar_of
from data.errors import BadInputError
from routing.columns import RoadClass
from routing.errors import SnapshotError
from routing.policy import RoadPolicy
from routing.storage import read_manifest

SOURCES: Final = "sources"
_LANES: Final = ("lane_width_mm", "lanes_per_direction")


@dataclass(frozen=True, slots=True)
class Original:
    """A file that a network was made of, as its manifest names it (原始文件).

    Attributes:
        place: Where a copy lies, below ``sources``.
        sha256: Of its content.
        is_map: It is a map file; else an inventory or road table.
        coverage: Hash of the declarations of coverage beside it; None: there were none, or the manifest does not say.
    """

    place: Path
    sha256: str
    is_map: bool
    coverage: str | None

    @property
    def parts(self) -> Mapping[Path, str]:
        """Hashes by place: the file's, and that of its declarations."""
        declared = {sidecar_of(self.place): self.coverage} if self.coverage else {}
        return {self.place: self.sha256, **declared}


def originals_of(about: Mapping[str, Any]) -> tuple[Original, ...]:
    """Every file that a manifest names, in the order they were read in: maps, then tables."""
    taken: set[Path] = set()
    found = []
    for key in ("sources", "inventories"):
        for entry in about.get(key, ()):
            place = _free_place(Path(entry["name"]).name, taken)
            found.append(Original(place, entry["sha256"], key == "sources", entry.get("coverage")))
    return tuple(found)


def _free_place(name: str, taken: set[Path]) -> Path:
    """The first folder where neither the file nor declarations beside it meet others."""
    for number in count(1):
        place = Path(name) if number == 1 else Path(str(number)) / name
        claims = {place, sidecar_of(place)}
        if not claims & taken:
            taken |= claims
            return place
    raise AssertionError


def keep_sources(folder: Path, maps: Sequence[Path], tables: Sequence[Path]) -> None:
    """Put the files that a network was made of into its folder.

    Map files share their bytes with the originals where the disk allows (hard links); tables, which people edit in
    place, are copied.

    Args:
        folder: Network folder, just made of these files.
        maps: Map files, in the order they were read in.
        tables: Inventories, then road tables, in theirs.

    Raises:
        BadInputError: A file changed while the network was made.
        SnapshotError: The disk cannot be written.
    """
    for original, path in zip(originals_of(read_manifest(folder)["about"]), (*maps, *tables), strict=True):
        for place, sha256 in original.parts.items():
            source = path if place == original.place else sidecar_of(path)
            kept = folder / SOURCES / place
            try:
                _keep(source, kept, may_link=original.is_map)
                is_same = hash_of(kept) == sha256
            except OSError as error:
                said = f"{source} cannot be kept in {SOURCES}: {error.strerror or error}"
                raise SnapshotError(f"{said}; --no-sources leaves the files out") from error
            if not is_same:
                raise BadInputError(str(source), ["changed while the network was made of it; build again"])


def _keep(source: Path, kept: Path, *, may_link: bool) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if may_link:
        with suppress(OSError):
            os.link(source.resolve(), kept)
            return
    shutil.copyfile(source, kept)


def entry_of(path: Path) -> dict[str, str]:
    """An inventory or road table as a manifest names it."""
    declared = sidecar_of(path)
    coverage = {"coverage": hash_of(declared)} if declared.is_file() else {}
    return {"name": path.name, "sha256": hash_of(path), **coverage}


def hash_of(path: Path) -> str:
    """SHA-256 of a file's content, as manifests write it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def missing_of(folder: Path) -> tuple[str, ...]:
    """Files that a network folder does not hold, by name only: quick, and blind to changed content.

    Raises:
        SnapshotError: The folder is no network.
    """
    originals = originals_of(read_manifest(folder)["about"])
    return tuple(
        place.as_posix() for one in originals for place in one.parts if not (folder / SOURCES / place).is_file()
    )


def lanes_as_json(road: RoadPolicy) -> dict[str, dict[str, int]]:
    """Lane widths and counts that a network was made with, as its manifest keeps them."""
    return {
        "lane_width_mm": {code.name: value for code, value in sorted(road.lane_width_mm.items())},
        "lanes_per_direction": {code.name: value for code, value in sorted(road.lanes_per_direction.items())},
    }


def lanes_of(about: Mapping[str, Any]) -> RoadPolicy | None:
    """Lane widths and counts that a manifest names; None: it names none."""
    lanes = about.get("lanes")
    if lanes is None:
        return None
    width, number = ({RoadClass[name]: int(value) for name, value in lanes[key].items()} for key in _LANES)
    return RoadPolicy(width, number)
