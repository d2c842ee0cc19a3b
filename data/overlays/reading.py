"""Read an overlay file, GeoJSON or CSV; the form is described in docs/overlays.md."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import shapely
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from shapely.geometry.base import BaseGeometry

from data.errors import BadInputError
from data.osm.conditional import parse_condition
from data.overlays.model import CHINA, Direction, Overlay, OverlayItem
from routing.columns import Quantity

_LIMITS: Final = {
    "height_mm": Quantity.HEIGHT,
    "width_mm": Quantity.WIDTH,
    "length_mm": Quantity.LENGTH,
    "gross_mass_kg": Quantity.GROSS_MASS,
    "axle_load_kg": Quantity.AXLE_LOAD,
    "axle_group_kg": Quantity.AXLE_GROUP,
}
_LISTS: Final = frozenset({"way_ids", "structure_ids", "classes"})
_SHAPES: Final = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")


def _read_time(value: object) -> object:
    """A bare date stays a date; a time becomes Beijing time without zone."""
    if not isinstance(value, str):
        raise ValueError("must be a text with an ISO date or date and time")  # noqa: TRY004  pydantic wants ValueError
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return dt.date.fromisoformat(value)
        if _TIME.fullmatch(value):
            time = dt.datetime.fromisoformat(value)
            return time.astimezone(CHINA).replace(tzinfo=None) if time.tzinfo else time
    except ValueError as error:
        raise ValueError(f"{value!r} does not exist: {error}") from error
    raise ValueError(f"{value!r} is not an ISO date or date and time, such as 2026-11-22 or 2026-11-22T08:00")


def _read_hours(value: object) -> object:
    if isinstance(value, str) and value:
        condition = parse_condition(value)
        if not condition.hours or condition.masses or condition.others:
            raise ValueError(f"{value!r} are not hours as OpenStreetMap writes them, such as Mo-Fr 07:00-09:00")
    return value


Time = Annotated[Any, BeforeValidator(_read_time)]
Millimetres = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Kilograms = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
WayId = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Word = Annotated[str, Field(min_length=1)]


class _Properties(BaseModel):
    """The fields of an item; `from` is a Python word, so it is spelled differently here."""

    model_config = ConfigDict(extra="forbid")

    id: Word
    start: Time = Field(default=None, alias="from")
    end: Time = Field(default=None, alias="until")
    closed: Annotated[bool, Field(strict=True)] = False
    height_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    length_mm: Millimetres | None = None
    gross_mass_kg: Kilograms | None = None
    axle_load_kg: Kilograms | None = None
    axle_group_kg: Kilograms | None = None
    reason: str = ""
    way_ids: tuple[WayId, ...] = ()
    structure_ids: tuple[Word, ...] = ()
    direction: Direction = Direction.BOTH
    hours: Annotated[str, BeforeValidator(_read_hours)] = ""
    classes: tuple[Literal["none", "I", "II", "III"], ...] = ()

    @property
    def says(self) -> dict[Quantity, int]:
        limits = {quantity: getattr(self, name) for name, quantity in _LIMITS.items()}
        stated = {quantity: value for quantity, value in limits.items() if value is not None}
        return {Quantity.CLOSURE: 0} | stated if self.closed else stated

    @model_validator(mode="after")
    def _agree(self) -> "_Properties":
        start, end = self.window()
        if start is not None and end is not None and end <= start:
            raise ValueError("until is not after from")
        if not self.says:
            raise ValueError(f"says neither closed nor any of {', '.join(_LIMITS)}")
        if self.closed and len(self.says) > 1:
            raise ValueError("says closed and a limit; make two items of it")
        if self.structure_ids and self.height_mm is not None and len(self.says) > 1:
            raise ValueError(
                "a height is for those below a structure, other limits for those on it; make two items of it"
            )
        return self

    def window(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """First moment in force and first moment after; a bare date is in force to its end."""
        end = self.end
        if end is not None and not isinstance(end, dt.datetime):
            end = None if end == dt.date.max else end + dt.timedelta(days=1)
        return _midnight(self.start), _midnight(end)


def load_overlay(path: Path) -> Overlay:
    """Read and check an overlay file.

    Args:
        path: ``.csv``, or GeoJSON under any other name.

    Raises:
        BadInputError: Naming every faulty feature or row and field, all at once.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputError(str(path), [f"cannot be read: {error.strerror}"]) from error
    rows = _csv_rows(path, content) if path.suffix.lower() == ".csv" else _geojson_rows(path, content)
    items: list[OverlayItem] = []
    faults: list[str] = []
    first_place: dict[str, str] = {}
    for place, properties, raw_shape in rows:
        try:
            item = _read_item(properties, raw_shape)
        except _ItemError as error:
            faults += [f"{place}: {fault}" for fault in error.faults]
            continue
        if item.id in first_place:
            faults.append(f"{place}: id: {item.id!r} is that of {first_place[item.id]} too")
        first_place.setdefault(item.id, place)
        items.append(item)
    if faults:
        raise BadInputError(str(path), faults)
    return Overlay(path.name, f"sha256:{hashlib.sha256(content).hexdigest()}", tuple(items))


class _ItemError(Exception):
    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _read_item(properties: Mapping[str, object], raw_shape: object) -> OverlayItem:
    faults: list[str] = []
    shape: BaseGeometry | None = None
    try:
        shape = _read_shape(raw_shape)
    except ValueError as error:
        faults.append(f"geometry: {error}")
    try:
        parsed = _Properties.model_validate({name: value for name, value in properties.items() if value is not None})
    except ValidationError as error:
        faults += [_explain(dict(fault)) for fault in error.errors()]
        raise _ItemError(faults) from error
    if not faults and shape is None and not parsed.way_ids and not parsed.structure_ids:
        faults.append("says no place: it has no geometry, way_ids or structure_ids")
    if faults:
        raise _ItemError(faults)
    start, end = parsed.window()
    kept = parsed.model_dump(include={"id", "reason", "hours", "classes", "direction", "way_ids", "structure_ids"})
    return OverlayItem(says=parsed.says, start=start, end=end, shape=shape, **kept)


def _explain(fault: Mapping[str, Any]) -> str:
    field = ".".join(str(part) for part in fault["loc"])
    text = "is not a known field" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
    return f"{field}: {text}" if field else str(text)


def _read_shape(raw: object) -> BaseGeometry | None:
    """GeoJSON object or WKT text to a shape within the world's bounds."""
    if raw is None or raw == "":
        return None
    try:
        shape = shapely.from_wkt(raw) if isinstance(raw, str) else shapely.from_geojson(json.dumps(raw))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    if shape is None or shape.geom_type not in _SHAPES or shape.is_empty:
        raise ValueError(f"must be one of {', '.join(sorted(_SHAPES))} with coordinates")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
        raise ValueError("has coordinates outside [lon, lat] in degrees")
    if not shape.is_valid:
        raise ValueError(f"is not valid: {shapely.is_valid_reason(shape)}")
    return shape


def _geojson_rows(path: Path, content: bytes) -> Iterator[tuple[str, Mapping[str, object], object]]:
    try:
        collection = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise BadInputError(str(path), [f"is not JSON: {error}"]) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise BadInputError(str(path), ["is not a GeoJSON FeatureCollection"])
    shaped = [isinstance(feature, dict) and isinstance(feature.get("properties"), dict) for feature in features]
    faults = [f"feature {n}: is not a Feature with properties" for n, ok in enumerate(shaped, start=1) if not ok]
    if faults:
        raise BadInputError(str(path), faults)
    for number, feature in enumerate(features, start=1):
        yield f"feature {number}", feature["properties"], feature.get("geometry")


def _csv_rows(path: Path, content: bytes) -> Iterator[tuple[str, Mapping[str, object], object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(str(path), ["is not UTF-8; save it as CSV UTF-8"]) from None
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header, *rows = list(reader) or [[]]
    except csv.Error as error:
        raise BadInputError(str(path), [f"row {reader.line_num}: is not CSV: {error}"]) from error
    known = {field.alias or name for name, field in _Properties.model_fields.items()} | {"geometry"}
    faults = [f"column {name!r} is not known" for name in header if name not in known]
    faults += [f"column {name!r} stands there twice" for name in sorted(set(header)) if header.count(name) > 1]
    faults += [
        f"row {n}: has {len(row)} fields, expected {len(header)}"
        for n, row in enumerate(rows, start=2)
        if row and len(row) != len(header)
    ]
    if faults or not header:
        raise BadInputError(str(path), faults or ["is empty"])
    for number, row in enumerate(rows, start=2):
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()}
        shape = cells.pop("geometry", None)
        if cells or shape:
            yield f"row {number}", {name: _read_cell(name, cell) for name, cell in cells.items()}, shape


def _read_cell(name: str, cell: str) -> object:
    """Give a cell the type that JSON would have; what does not fit stays text and is named as a fault."""
    if name in _LISTS:
        parts = [part.strip() for part in cell.split(";") if part.strip()]
        return [_read_integer(part) for part in parts] if name == "way_ids" else parts
    if name == "closed":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    return _read_integer(cell) if name in _LIMITS else cell


def _read_integer(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _midnight(time: dt.date | None) -> dt.datetime | None:
    if time is None or isinstance(time, dt.datetime):
        return time
    return dt.datetime.combine(time, dt.time())
