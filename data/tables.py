"""Tables of road operators (台账表格): CSV, XLSX and GeoJSON in, a header and rows of texts out."""

import csv
import datetime as dt
import hashlib
import io
import json
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import openpyxl
import shapely
from openpyxl.utils.exceptions import InvalidFileException
from shapely.geometry.base import BaseGeometry

from data.errors import BadInputError

HEADER_WITHIN: Final = 20  # rows of titles and units before the header at most
SHAPES: Final = frozenset({"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_DEGREES: Final = ("CRS84", "4326", "4490")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row (行).

    Attributes:
        number: As a spreadsheet counts, or of the feature, from 1.
        cells: Text by column, empty cells left out.
        shape: Geometry in degrees, as the file says it.
        fault: Why the row cannot be read at all, or empty.
        shape_fault: Why its geometry cannot be used, or empty.
    """

    number: int
    cells: Mapping[str, str]
    shape: BaseGeometry | None = field(default=None, compare=False)
    fault: str = ""
    shape_fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read, nothing interpreted.

    Attributes:
        source: The file's name.
        sha256: Hash of its content ("sha256:…").
        header: Column names, each once.
        rows: Rows with anything in them.
        notes: Remarks on the file, such as an encoding.
    """

    source: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()


def read_table(path: Path, is_known: Callable[[str], bool], *, sheet: str | None = None) -> Table:
    """Read a table whatever its format.

    Args:
        path: ``.csv``, ``.xlsx``, ``.geojson`` or ``.json``.
        is_known: Whether a column name means something; the header is the row with most of these.
        sheet: Of an XLSX file, None for the first.

    Raises:
        BadInputError: The file cannot be read, has no header, or names a known column twice.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputError(str(path), [f"cannot be read: {error.strerror}"]) from error
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        return _from_features(path, content, digest)
    if suffix == ".xlsx":
        return _from_grid(path, _xlsx_grid(path, content, sheet), digest, is_known, ())
    if suffix != ".csv":
        raise BadInputError(str(path), [f"is a {suffix or 'file without suffix'}, expected .csv, .xlsx or .geojson"])
    grid, notes = _csv_grid(path, content)
    return _from_grid(path, grid, digest, is_known, notes)


def plain_name(text: str) -> str:
    """One spelling of a column name: full-width signs folded, blanks and line ends removed, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _csv_grid(path: Path, content: bytes) -> tuple[list[list[str]], tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text, notes = content.decode("gb18030"), ("is not UTF-8 and was read as GB 18030",)
        except UnicodeDecodeError:
            raise BadInputError(str(path), ["is neither UTF-8 nor GB 18030; save it as CSV UTF-8"]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [[cell.strip() for cell in row] for row in reader], notes
    except csv.Error as error:
        raise BadInputError(str(path), [f"line {reader.line_num}: is not CSV: {error}"]) from error


def _xlsx_grid(path: Path, content: bytes, sheet: str | None) -> list[list[str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that openpyxl leaves out
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            page = book[sheet] if sheet else book.worksheets[0]
            page.reset_dimensions()
            grid = [[_cell_text(value) for value in row] for row in page.iter_rows(values_only=True)]
            book.close()
    except KeyError as error:
        raise BadInputError(str(path), [f"has no sheet {error}"]) from error
    except (InvalidFileException, zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise BadInputError(str(path), [f"is not XLSX: {error}"]) from error
    return grid


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        is_date = value.time() == dt.time()
        return value.date().isoformat() if is_date else value.isoformat(sep=" ")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip()


def _from_grid(
    path: Path, grid: Sequence[Sequence[str]], digest: str, is_known: Callable[[str], bool], notes: tuple[str, ...]
) -> Table:
    found = [sum(map(is_known, row)) for row in grid[:HEADER_WITHIN]]
    if not found or max(found) == 0:
        seen = ", ".join(repr(cell) for cell in (grid[0] if grid else ()) if cell)
        raise BadInputError(str(path), [f"has no header with a known column; the first row says {seen or 'nothing'}"])
    at = found.index(max(found))
    header = _column_names(path, grid[at], is_known)
    rows = []
    for number, cells in enumerate(grid[at + 1 :], start=at + 2):
        if any(cells):
            spare = [cell for cell in cells[len(header) :] if cell]
            fault = f"has {len(cells)} cells, the header {len(header)}" if spare else ""
            named = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
            rows.append(TableRow(number, named, fault=fault))
    return Table(path.name, digest, tuple(header), tuple(rows), notes)


def _column_names(path: Path, cells: Sequence[str], is_known: Callable[[str], bool]) -> list[str]:
    names: list[str] = []
    faults = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {place}"
        if name in names:
            faults += [f"column {name!r} stands there twice"] if is_known(name) else []
            name = f"{name} ({place})"
        names.append(name)
    if faults:
        raise BadInputError(str(path), faults)
    return names


def _from_features(path: Path, content: bytes, digest: str) -> Table:
    try:
        collection = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInputError(str(path), [f"is not JSON: {error}"]) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise BadInputError(str(path), ["is not a GeoJSON FeatureCollection"])
    name = _crs_name(collection)
    if name and not name.upper().endswith(_DEGREES):
        raise BadInputError(str(path), [f"has the reference system {name}, expected degrees (CGCS2000 or WGS-84)"])
    rows = tuple(_feature_rows(features))
    header = dict.fromkeys(name for row in rows for name in row.cells)
    return Table(path.name, digest, tuple(header), rows)


def _crs_name(collection: Mapping[str, Any]) -> str:
    crs = collection.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else ""


def _feature_rows(features: Sequence[object]) -> Iterator[TableRow]:
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(properties, dict):
            yield TableRow(number, {}, fault="is not a Feature with properties")
            continue
        texts = {" ".join(str(name).split()): _cell_text(value) for name, value in properties.items()}
        cells = {name: text for name, text in texts.items() if text}
        try:
            yield TableRow(number, cells, read_shape(feature.get("geometry")))
        except ValueError as error:
            yield TableRow(number, cells, shape_fault=str(error))


def read_shape(raw: object) -> BaseGeometry | None:
    """GeoJSON geometry or WKT to a shape with finite coordinates in degrees; None if there is none.

    Raises:
        ValueError: What is wrong with it.
    """
    if raw is None or raw == "":
        return None
    try:
        shape = shapely.from_wkt(raw) if isinstance(raw, str) else shapely.from_geojson(json.dumps(raw))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    if shape is None or shape.geom_type not in SHAPES or shape.is_empty:
        raise ValueError(f"must be one of {', '.join(sorted(SHAPES))} with coordinates")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004  degrees of the globe
        raise ValueError("has coordinates outside [lon, lat] in degrees")
    return shape
