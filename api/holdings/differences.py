"""What a file changes (与生效数据的差异): new, changed and gone rows against what is in force."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, Final

from data.bridges.records import Record
from data.bridges.tables import spans_text
from data.coverage import WHOLE_ROUTE_M
from data.roads import RoadSegment

# Where a row stands, or what follows from other cells.
_NOT_TOLD: Final = frozenset(
    {"key", "source", "bearing_deg", "line_deg", "ends_deg", "line_beam_doubts", "design_load", "trailer"}
)
_SAME_PLACE_DEG: Final = 1e-6


def changes_of(
    after: Mapping[Any, Record] | Mapping[Any, RoadSegment],
    in_force: Mapping[Any, Record] | Mapping[Any, RoadSegment],
    own_before: Iterable[Any],
) -> dict[str, list[dict[str, Any]]]:
    """New, changed and gone rows.

    Args:
        after: Rows of the file by key.
        in_force: Rows in force by key, of all files.
        own_before: Keys that the body's version in force has; what it lists no more is gone, nothing else.
    """
    added = [entry(key, row) for key, row in after.items() if key not in in_force]
    changed = []
    for key, row in after.items():
        before = in_force.get(key)
        told = _fields_changed(before, row) if before is not None else []
        if told:
            changed.append(entry(key, row) | {"fields": told})
    gone = [entry(key, in_force[key]) for key in own_before if key not in after and key in in_force]
    return {"new": added, "changed": changed, "gone": gone}


def entry(key: object, row: Record | RoadSegment) -> dict[str, Any]:
    """A row in a list."""
    if isinstance(row, RoadSegment):
        place = row.line_deg[0] if row.line_deg else row.ends_deg[0]
        return {"key": _stretch(row), "name": row.route_name, "lon": place and place[0], "lat": place and place[1]}
    return {"key": str(key), "name": row.name, "lon": row.lon_deg, "lat": row.lat_deg}


def _stretch(row: RoadSegment) -> str:
    if row.is_whole_route:
        return f"{row.route_ref} 全线"
    text = f"{row.route_ref} {_stake(row.from_m)}–{_stake(min(row.to_m, WHOLE_ROUTE_M))}"
    return f"{text} {row.direction.value}" if row.direction.value != "unknown" else text


def _stake(metres: int) -> str:
    return f"K{metres // 1000}+{metres % 1000:03d}"


def _fields_changed(before: object, after: object) -> list[dict[str, Any]]:
    if type(before) is not type(after):
        return [{"field": "kind", "before": type(before).__name__, "after": type(after).__name__}]
    found = []
    for field in fields(after):  # type: ignore[arg-type]  # both are the dataclasses above
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name not in _NOT_TOLD and not _is_same(old, new):
            found.append({"field": field.name, "before": said(field.name, old), "after": said(field.name, new)})
    return found


def _is_same(old: object, new: object) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) < _SAME_PLACE_DEG
    return old == new


def said(name: str, value: Any) -> str:  # noqa: ANN401 - of any field
    """A value as people write it; empty where nothing is known."""
    if value is None or value == "":
        return ""
    if name == "units":
        return spans_text(value)
    if isinstance(value, Enum):
        return value.name.lower()
    if name in {"stake_m", "from_m", "to_m"}:
        return _stake(value)
    unit = {"_mm": "m", "_kg": "t"}.get(name[-3:])
    return f"{value / 1000:g} {unit}" if unit else str(value)
