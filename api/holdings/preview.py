"""What an upload would do (导入预览): rows that count, rows that do not and why, what changes; nothing is done yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.holdings.area import Area
from api.holdings.composing import Composed, place_of, records_in_force, segments_in_force
from api.holdings.differences import changes_of
from api.holdings.reading import plain, row_of
from api.holdings.row_wording import in_chinese
from api.holdings.settings import holding_settings
from data.bridges.attach import attach
from data.bridges.link_report import OpenRow
from data.bridges.records import Inventory, Record
from data.coverage import CoverageRange
from data.roads import RoadSegment, RoadTable
from data.row_notes import RowNote

Row = dict[str, Any]
OUTSIDE: Final = ("不在本单位辖区内，未采用", "lies outside the body's area; left out")
NOT_FOUND: Final = (
    "没有坐标，按路线和桩号也不能确认在本单位辖区内，未采用",
    "has no coordinates, and route and stakes do not show that it lies in the body's area; left out",
)


@dataclass(frozen=True, slots=True)
class Previewed:
    """A preview and the rows that do not count (预览结果).

    Attributes:
        shown: Plain JSON for people.
        rows: Numbers of rows outside the area.
        coverage: Numbers of declarations outside the area, by their order.
        kept: Rows that count.
    """

    shown: Row
    rows: tuple[int, ...]
    coverage: tuple[int, ...]
    kept: int


def preview_inventory(found: Inventory, area: Area, composed: Composed, own_before: Iterable[Any]) -> Previewed:
    """Preview an inventory of bridges, culverts and clearances."""
    outside = _outside_records(found.all_records, area)
    kept = {one.key: one for one in found.all_records if row_of(one.source) not in outside}
    declared, coverage_rows = _outside_coverage(found.coverage, area)
    report = attach(area.network.graph, [found], composed.roads, doubt_unlisted=False).report
    opened = [
        *_open(report.ambiguous, "ambiguous", found, outside),
        *_open(report.unlinked, "unlinked", found, outside),
    ]
    shown = {
        **_report_of(found, [*outside.values(), *coverage_rows]),
        "open": _cut(opened),
        "doubts": _cut([_text(text) for text in (*report.doubts, *report.datums)]),
        "declared": len(found.coverage) - len(declared),
        **_cut_all(changes_of(kept, records_in_force(composed), own_before)),
    }
    return Previewed(shown, tuple(sorted(outside)), declared, len(kept))


def preview_roads(found: RoadTable, area: Area, composed: Composed, own_before: Iterable[Any]) -> Previewed:
    """Preview a road table."""
    outside = {
        row_of(one.source): _left_out(one.source, one.route_ref, reason)
        for one in found.segments
        if (reason := _segment_fault(one, area)) is not None
    }
    kept = {place_of(one): one for one in found.segments if row_of(one.source) not in outside}
    declared, coverage_rows = _outside_coverage(found.coverage, area)
    shown = {
        **_report_of(found, [*outside.values(), *coverage_rows]),
        "open": _cut([]),
        "doubts": _cut([]),
        "declared": len(found.coverage) - len(declared),
        **_cut_all(changes_of(kept, segments_in_force(composed), own_before)),
    }
    return Previewed(shown, tuple(sorted(outside)), declared, len(kept))


def note_row(note: RowNote) -> Row:
    """A reader's note on a row."""
    return {
        "file": plain(note.source),
        "row": note.row,
        "column": plain(note.column),
        "value": plain(note.value)[:200],
        "reason_zh": in_chinese(plain(note.reason)),
        "reason_en": plain(note.reason),
    }


def _report_of(found: Inventory | RoadTable, left_out: Sequence[Row]) -> Row:
    report = found.report
    return {
        "rows_in": report.rows_in,
        "rejected": _cut([*map(note_row, report.rejected), *left_out]),
        "faults": _cut(list(map(note_row, report.faults))),
        "warnings": _cut(list(map(note_row, report.warnings))),
        "notes": [_text(text) for text in report.notes],
        "unused_columns": [plain(text) for text in report.unused_columns[:100]],
    }


def _outside_records(records: Sequence[Record], area: Area) -> dict[int, Row]:
    """Rows outside the area, by number: by their coordinates, else by route and stake."""
    placed = [one for one in records if one.lon_deg is not None and one.lat_deg is not None]
    inside = area.has_points([one.lon_deg or 0 for one in placed], [one.lat_deg or 0 for one in placed])
    found = [(one, OUTSIDE) for one, is_inside in zip(placed, inside.tolist(), strict=True) if not is_inside]
    for one in records:
        if one.lon_deg is None or one.lat_deg is None:
            stake = one.stake_m
            if stake is None or not area.has_stretch(one.route_ref, stake, stake):
                found.append((one, NOT_FOUND))
    return {row_of(one.source): _left_out(one.source, one.name or one.key, reason) for one, reason in found}


def _segment_fault(segment: RoadSegment, area: Area) -> tuple[str, str] | None:
    points = [*segment.line_deg, *(end for end in segment.ends_deg if end is not None)]
    if points:
        inside = area.has_points([lon for lon, _ in points], [lat for _, lat in points])
        if not inside.all():
            return OUTSIDE
        if not segment.is_whole_route:
            return None
    is_own = area.has_stretch(segment.route_ref, segment.from_m, segment.to_m, is_whole=segment.is_whole_route)
    return None if is_own else NOT_FOUND


def _outside_coverage(coverage: Sequence[CoverageRange], area: Area) -> tuple[tuple[int, ...], list[Row]]:
    numbers, rows = [], []
    for number, one in enumerate(coverage):
        if not area.has_stretch(one.route_ref, one.from_m, one.to_m, is_whole=one.is_whole_route):
            numbers.append(number)
            rows.append(_left_out(one.source, one.route_ref, NOT_FOUND))
    return tuple(numbers), rows


def _left_out(source: str, value: str, reason: tuple[str, str]) -> Row:
    file, row = plain(source.rpartition(":")[0]), row_of(source)
    texts = {"reason_zh": reason[0], "reason_en": reason[1]}
    return {"file": file, "row": row, "column": "", "value": plain(value)[:200], **texts}


def _open(rows: Iterable[OpenRow], kind: str, found: Inventory, outside: Mapping[int, Row]) -> list[Row]:
    """Rows that fit several roads or none: a person has to place them, declared coverage does not hold there."""
    keys = {one.source for one in found.all_records}
    return [
        {
            "file": plain(one.source.rpartition(":")[0]),
            "row": row_of(one.source),
            "column": kind,
            "value": plain(one.name or one.key)[:200],
            "reason_zh": in_chinese(plain(one.reason)),
            "reason_en": plain(one.reason),
        }
        for one in rows
        if one.source in keys and row_of(one.source) not in outside
    ]


def _text(text: str) -> Row:
    return {"zh": in_chinese(plain(text)), "en": plain(text)}


def _cut(rows: Sequence[Row]) -> Row:
    return {"total": len(rows), "items": list(rows[: holding_settings().most_shown])}


def _cut_all(lists: Mapping[str, Sequence[Row]]) -> Row:
    return {name: _cut(_plain_rows(rows)) for name, rows in lists.items()}


def _plain_rows(rows: Sequence[Row]) -> list[Row]:
    return [_each(row, plain) for row in rows]


def _each(value: Any, clean: Callable[[str], str]) -> Any:  # noqa: ANN401 - a tree of JSON values
    if isinstance(value, dict):
        return {name: _each(one, clean) for name, one in value.items()}
    if isinstance(value, list):
        return [_each(one, clean) for one in value]
    return clean(value) if isinstance(value, str) else value
