"""Read what was uploaded (读取上传文件): with the readers of `data`, as files they know nothing of their origin."""

import io
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api.applications.attachments_kinds import recognise
from api.applications.attachments_names import ending_of
from api.errors import FieldFault, InvalidError, MediaTypeError, TooLargeError
from api.holdings.row_wording import in_chinese
from api.holdings.settings import holding_settings
from data.bridges.inventory import read_bridges
from data.bridges.records import Inventory
from data.coverage import SUFFIX
from data.datums import read_datum
from data.errors import BadInputError
from data.overlays import Overlay, load_overlay
from data.roads import RoadTable, read_roads

Read = Inventory | RoadTable | Overlay
ENDINGS: Final = {
    "bridges": ("csv", "xlsx", "geojson", "json"),
    "roads": ("csv", "xlsx", "geojson", "json"),
    "closures": ("csv", "geojson", "json"),
}
_KILO: Final = 1000
_MOST_FAULTS: Final = 50


@dataclass(frozen=True, slots=True)
class Held:
    """A file with what is needed to read it (上传的文件).

    Attributes:
        kind: bridges, roads or closures.
        name: What the file is called in findings, with its ending.
        content: Its bytes.
        coverage: Bytes of the declarations beside an inventory.
        datum: Of the coordinates where the file says none.
    """

    kind: str
    name: str
    content: bytes
    coverage: bytes | None = None
    datum: str | None = None


def check_file(name: str, content: bytes, kind: str) -> str:
    """Refuse a file that is too large, of another kind, or packed to burst; gives its ending.

    Raises:
        InvalidError: Empty.
        MediaTypeError: Of a kind that is not read.
        TooLargeError: More bytes than are taken, packed or unpacked.
    """
    settings = holding_settings()
    ending = ending_of(name)
    if ending not in ENDINGS[kind]:
        taken = "、".join(f".{one}" for one in ENDINGS[kind])
        raise MediaTypeError(f"请上传 {taken} 文件", f"upload one of {', '.join(ENDINGS[kind])}")
    if len(content) > settings.largest_kb * _KILO:
        raise _too_large(settings.largest_kb)
    if not content.strip():
        raise InvalidError([FieldFault("file", "文件是空的", "the file is empty")])
    if ending == "xlsx":
        recognise(io.BytesIO(content), name)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > settings.largest_unpacked_kb * _KILO:
            raise _too_large(settings.largest_unpacked_kb)
    return ending


def _too_large(kilobytes: int) -> TooLargeError:
    return TooLargeError(f"文件（或解压后）超过 {kilobytes / _KILO:g} MB", f"larger than {kilobytes / _KILO:g} MB")


def read_held(held: Held) -> Read:
    """Read a file with everything that is wrong in it.

    Raises:
        InvalidError: It cannot be read at all, or a closure of it is unsound; every fault is named.
    """
    with tempfile.TemporaryDirectory(prefix="dajian-holding-") as folder:
        path = Path(folder) / held.name
        path.write_bytes(held.content)
        if held.coverage is not None:
            path.with_name(path.stem + SUFFIX).write_bytes(held.coverage)
        try:
            return _read(path, held)
        except BadInputError as error:
            raise InvalidError([_fault(text) for text in error.faults[:_MOST_FAULTS]]) from error
        except InvalidError:
            raise
        except Exception as error:  # whatever a hostile file does to a reader is the file's fault
            raise InvalidError([_fault(f"cannot be read: {type(error).__name__}")]) from error


def _read(path: Path, held: Held) -> Read:
    if held.datum:
        try:
            read_datum(held.datum)
        except ValueError as error:
            raise BadInputError("datum", [f"datum: {held.datum!r} {error}"]) from error
    if held.kind == "closures":
        return load_overlay(path)
    if held.kind == "roads":
        table = read_roads(path, datum=held.datum or None)
        _check_rows(table.report.rows_in)
        return table
    inventory = read_bridges(path, datum=held.datum or None)
    _check_rows(inventory.report.rows_in)
    return inventory


def _check_rows(rows: int) -> None:
    most = holding_settings().most_rows
    if rows > most:
        raise InvalidError([FieldFault("file", f"超过 {most} 行，请分次上传", f"more than {most} rows")])


def _fault(text: str) -> FieldFault:
    said = plain(text)
    return FieldFault("file", f"文件：{in_chinese(said)}", said)


def plain(text: str) -> str:
    """A text of a file without what a database or a page cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def row_of(source: str) -> int:
    """The row that a record's source names: "file:row"."""
    return int(source.rpartition(":")[2])


def only(inventory: Inventory, keep: set[str]) -> Inventory:
    """The inventory with the records of these keys alone."""
    every = inventory.all_records
    kept = [number for number, record in enumerate(every) if record.key in keep]
    return replace(
        inventory,
        records=tuple(one for one in inventory.records if one.key in keep),
        limits=tuple(one for one in inventory.limits if one.key in keep),
        raw_lon_deg=tuple(inventory.raw_lon_deg[number] for number in kept),
        raw_lat_deg=tuple(inventory.raw_lat_deg[number] for number in kept),
        datums=tuple(inventory.datums[number] for number in kept),
    )
